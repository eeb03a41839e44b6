//! `/queue`: what waits, desk by desk, the one with the least time left to its target first.

use std::collections::{BTreeMap, BTreeSet};

use super::Reply;
use super::ask::Ask;
use super::meaning::figures_button;
use crate::domain::card::Piece;
use crate::domain::ids::RequestId;
use crate::domain::label::Route;
use crate::domain::request::{Request, Status};
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::words::Left;
use crate::store::{Awaiting, RequestFilter, StoreError};

/// How many requests are shown.
const SHOWN: usize = 20;
/// How many that wait are read at once.
const PAGE: u32 = 500;
/// How much of a request's text is shown.
const TEXT_SHOWN: usize = 80;

/// What waits at a desk.
#[derive(Default)]
struct Waiting {
    count: usize,
    /// Those with the least time left, by their target and by when they were asked; what has no target comes last.
    first: BTreeSet<(Timestamp, Timestamp, RequestId)>,
}

impl Waiting {
    fn add(&mut self, target: Timestamp, asked: Timestamp, id: RequestId) {
        self.count += 1;
        self.first.insert((target, asked, id));
        if self.first.len() > SHOWN {
            self.first.pop_last();
        }
    }
}

/// Leaves so many at each desk that all of them can be shown; the longest lists make room for the others.
fn share_room(waiting: &mut BTreeMap<Route, Waiting>) {
    let shown =
        |waiting: &BTreeMap<Route, Waiting>| waiting.values().map(|here| here.first.len()).sum::<usize>();
    while shown(waiting) > SHOWN {
        let longest = waiting.values_mut().max_by_key(|here| here.first.len());
        longest.and_then(|here| here.first.pop_last());
    }
}

impl Ask<'_> {
    /// `/queue`.
    pub(super) async fn queue(&self, settings: &Settings, route: Option<Route>) -> Result<Reply, StoreError> {
        let mut waiting = self.waiting(settings).await?;
        waiting.retain(|at, _| route.is_none_or(|route| route == *at));
        let count: usize = waiting.values().map(|here| here.count).sum();
        share_room(&mut waiting);
        let mut lines = Vec::new();
        for (at, here) in &waiting {
            lines.push(self.desk_line(settings, *at, here.count));
            for (_, _, id) in &here.first {
                let request = self.triage.store().request(&self.caller.community, id).await?;
                // Counted a moment ago: it may have its answer by now, or be another desk's.
                let request = request.filter(|request| request.needs_answer() && request.route == *at);
                lines.extend(request.map(|request| self.waiting_line(settings, &request)));
            }
        }
        let left_out = count - waiting.values().map(|here| here.first.len()).sum::<usize>();
        if left_out > 0 {
            lines.push(vec![Piece::text(self.words.and_more(left_out))]);
        }
        let answered = RequestFilter { route, statuses: vec![Status::Answered], ..RequestFilter::default() };
        let unresolved = self.count(&answered).await?;
        if unresolved > 0 {
            lines.push(vec![Piece::text(self.words.answered_unresolved(unresolved))]);
        }
        let buttons = if count > 0 { vec![figures_button(self.words)] } else { Vec::new() };
        Ok(Reply { buttons, ..Reply::facts(self.words.requests_wait(count), lines) })
    }

    /// What waits at each desk. However much that is, a page of it is in memory at a time.
    async fn waiting(&self, settings: &Settings) -> Result<BTreeMap<Route, Waiting>, StoreError> {
        let mut waiting = BTreeMap::<Route, Waiting>::new();
        let mut after = None;
        loop {
            let store = self.triage.store();
            let page = store.awaiting_with_times(&self.caller.community, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(waiting) };
            after = Some((last.opened_at, last.id.clone()));
            for Awaiting { opened_at, id, route, course } in page {
                let target = course.target_at(settings.clock(route)).unwrap_or(Timestamp::MAX);
                waiting.entry(route).or_default().add(target, opened_at, id);
            }
        }
    }

    fn desk_line(&self, settings: &Settings, route: Route, count: usize) -> Vec<Piece> {
        let mut line = vec![Piece::text(self.words.waiting_at(route, count))];
        let zone = &settings.community.timezone;
        match settings.desk(route) {
            None => line.push(Piece::text(self.words.desk_is_missing())),
            Some(desk) if !desk.hours.is_open(&desk.holidays, zone, self.now) => {
                line.extend(self.words.closed_until(desk.hours.next_opening(&desk.holidays, zone, self.now)));
            }
            Some(_) => {}
        }
        line
    }

    fn waiting_line(&self, settings: &Settings, request: &Request) -> Vec<Piece> {
        let since = request.course.waiting_since.unwrap_or_else(|| request.opened_at());
        let waited = Span::between(since, self.now);
        let left = request.target_at(settings).map(|target| self.left(settings, request, target));
        let mut line = vec![
            Piece::text("• "),
            Piece::Link { words: self.words.waits(waited, left), address: (self.caller.link)(request) },
            Piece::text(" · "),
            Piece::Person(request.author.clone()),
            Piece::text(" · "),
        ];
        match request.claimer() {
            Some(by) => line.extend(self.words.is_claimed_by(by)),
            None if request.first_response.is_some() => line.push(Piece::text(self.words.waits_again())),
            None => line.push(Piece::text(self.words.is_unclaimed())),
        }
        let said = self.words.first_words(&request.text(), TEXT_SHOWN);
        line.push(Piece::text(format!(" · {} · {said}", request.id.short())));
        line
    }

    /// How much of the desk's opening hours is left until the target, or has passed since.
    fn left(&self, settings: &Settings, request: &Request, target: Timestamp) -> Left {
        let clock = settings.clock(request.route);
        if target >= self.now {
            Left::Until(clock.between(self.now, target))
        } else {
            Left::Past(clock.between(target, self.now))
        }
    }
}
