//! `/queue`: what waits, desk by desk, the one with the least time left to its target first.

use super::Reply;
use super::ask::Ask;
use super::meaning::figures_button;
use crate::domain::card::Piece;
use crate::domain::label::Route;
use crate::domain::request::{Request, Status};
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::words::Left;
use crate::store::{RequestFilter, StoreError};

/// How many requests are shown.
const SHOWN: usize = 20;
/// How much of a request's text is shown.
const TEXT_SHOWN: usize = 80;

impl Ask<'_> {
    /// `/queue`.
    pub(super) async fn queue(&self, settings: &Settings, route: Option<Route>) -> Result<Reply, StoreError> {
        let mut waiting = self.waiting(RequestFilter { route, ..RequestFilter::default() }).await?;
        // What has no target comes last; of the same target, and among those without, what was asked first.
        waiting.sort_by_key(|request| {
            (request.target_at(settings).unwrap_or(Timestamp::MAX), request.opened_at())
        });
        let mut lines = Vec::new();
        let (mut count, mut room) = (0, SHOWN);
        for route in Route::ALL.into_iter().filter(|at| route.is_none_or(|route| route == *at)) {
            let filter = RequestFilter { route: Some(route), is_awaiting: true, ..RequestFilter::default() };
            let count_here = self.count(&filter).await?;
            if count_here == 0 {
                continue;
            }
            count += count_here;
            lines.push(self.desk_line(settings, route, count_here));
            let here = waiting.iter().filter(|request| request.route == route).take(room);
            let shown = lines.len();
            lines.extend(here.map(|request| self.waiting_line(settings, request)));
            room -= lines.len() - shown;
        }
        let left_out = count.saturating_sub(SHOWN - room);
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
