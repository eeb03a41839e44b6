//! `/queue`: what waits, desk by desk, the longest wait first.

use super::Reply;
use super::ask::Ask;
use crate::domain::card::Piece;
use crate::domain::label::Route;
use crate::domain::request::{Request, Status};
use crate::domain::settings::Settings;
use crate::domain::time::Span;
use crate::store::{Page, RequestFilter, StoreError};

/// How many requests are shown.
const SHOWN: usize = 20;
/// How much of a request's text is shown.
const TEXT_SHOWN: usize = 80;

impl Ask<'_> {
    /// `/queue`.
    pub(super) async fn queue(&self, settings: &Settings, route: Option<Route>) -> Result<Reply, StoreError> {
        let waiting = self.waiting(RequestFilter { route, ..RequestFilter::default() }).await?;
        let mut lines = Vec::new();
        let mut room = SHOWN;
        for route in Route::ALL {
            let here: Vec<&Request> = waiting.iter().filter(|request| request.route == route).collect();
            if here.is_empty() {
                continue;
            }
            lines.push(self.desk_line(settings, route, here.len()));
            lines.extend(here.iter().take(room).map(|request| self.waiting_line(settings, request)));
            room = room.saturating_sub(here.len());
        }
        if waiting.len() > SHOWN {
            lines.push(vec![Piece::text(self.words.and_more(waiting.len() - SHOWN))]);
        }
        let unresolved = self.count(Status::Answered, route).await?;
        if unresolved > 0 {
            lines.push(vec![Piece::text(self.words.answered_unresolved(unresolved))]);
        }
        let again = self.open_again(route).await?;
        if again > 0 {
            lines.push(vec![Piece::text(self.words.open_again(again))]);
        }
        Ok(Reply::facts(self.words.requests_wait(waiting.len()), lines))
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
        let waited = Span::between(request.opened_at(), self.now);
        let desk = settings.desk(request.route);
        let is_late = desk.and_then(|desk| desk.first_response.map(|target| (desk, target))).is_some_and(
            |(desk, target)| {
                desk.business_time(&settings.community.timezone, request.opened_at(), self.now) > target
            },
        );
        let text: String = request.text().replace('\n', " ");
        let short: String = text.chars().take(TEXT_SHOWN).collect();
        let ellipsis = if short.len() < text.len() { "…" } else { "" };
        let mut line = vec![
            Piece::text("• "),
            Piece::Link { words: self.words.waits(waited, is_late), address: (self.caller.link)(request) },
            Piece::text(" · "),
            Piece::Person(request.author.clone()),
            Piece::text(" · "),
        ];
        match request.claimer() {
            Some(by) => line.extend(self.words.is_claimed_by(by)),
            None => line.push(Piece::text(self.words.is_unclaimed())),
        }
        line.push(Piece::text(format!(" · {} · {short}{ellipsis}", request.id.short())));
        line
    }

    async fn count(&self, status: Status, route: Option<Route>) -> Result<usize, StoreError> {
        let filter = RequestFilter { route, statuses: vec![status], ..RequestFilter::default() };
        Ok(self.triage.store().measures(&self.caller.community, &filter).await?.len())
    }

    /// Requests that are open though they have a first response.
    async fn open_again(&self, route: Option<Route>) -> Result<usize, StoreError> {
        let statuses = vec![Status::Open, Status::Claimed];
        let filter = RequestFilter { route, statuses, ..RequestFilter::default() };
        let page = Page::OldestFirst { limit: super::ask::WAITING_LOOKED_AT };
        let requests = self.triage.store().requests(&self.caller.community, &filter, page).await?;
        Ok(requests.iter().filter(|request| request.first_response.is_some()).count())
    }
}
