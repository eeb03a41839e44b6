//! `/request`, `/history`, `/why`: one request, a member's requests, and the reasons.

use super::ask::Ask;
use super::meaning::figures_button;
use super::{Reply, RequestRef};
use crate::domain::card::Piece;
use crate::domain::ids::{RequestId, UserId};
use crate::domain::request::{EventKind, Request, Status};
use crate::domain::settings::{Rule, Settings};
use crate::domain::time::Span;
use crate::domain::verdict::Stage;
use crate::store::{Page, RequestFilter, StoreError};

/// How many of an id's last characters name a request, at least.
const SHORTEST_END: usize = 6;
/// How many entries of a log are shown.
const ENTRIES_SHOWN: usize = 25;
/// How many of a member's requests are shown.
const HISTORY_SHOWN: u32 = 20;

impl Ask<'_> {
    /// `/request`.
    pub(super) async fn request(&self, which: &RequestRef) -> Result<Reply, StoreError> {
        let Some(request) = self.find(which).await? else {
            return Ok(self.not_found(which));
        };
        let words = self.words;
        let mut lines = vec![words.asked_in(&request.author, request.place()), self.link(&request)];
        let text = request.text();
        lines.push(vec![Piece::text(if text.is_empty() {
            words.text_is_gone().to_owned()
        } else {
            words.quoted(&text)
        })]);
        if let Some(first) = &request.first_response {
            lines.push(words.first_response(first));
        } else if request.is_waiting() {
            lines
                .push(vec![Piece::text(words.no_response_yet(Span::between(request.opened_at(), self.now)))]);
        }
        lines.push(vec![Piece::text(words.log())]);
        let events = self.triage.store().events(&request.community, &request.id).await?;
        let left_out = events.len().saturating_sub(ENTRIES_SHOWN);
        if left_out > 0 {
            lines.push(vec![Piece::text(words.earlier_entries(left_out))]);
        }
        for event in events.iter().skip(left_out) {
            let mut line = vec![Piece::Time(event.at), Piece::text(" · ")];
            line.extend(words.event(&event.kind, event.by.as_ref()));
            lines.push(line);
        }
        let title = format!(
            "{} · {}",
            words.desk_and_status(request.route, request.state.status()),
            request.id.short()
        );
        let shows_times = request.first_response.is_some() || request.is_waiting();
        let buttons = if shows_times { vec![figures_button(words)] } else { Vec::new() };
        Ok(Reply { buttons, ..Reply::facts(title, lines) })
    }

    /// `/history`.
    pub(super) async fn history(&self, member: &UserId) -> Result<Reply, StoreError> {
        let filter = RequestFilter { author: Some(member.clone()), ..RequestFilter::default() };
        let store = self.triage.store();
        let all = self.count(&filter).await?;
        let dismissed = RequestFilter { statuses: vec![Status::Dismissed], ..filter.clone() };
        let dismissed = self.count(&dismissed).await?;
        let page = Page::NewestFirst { limit: HISTORY_SHOWN };
        let mut lines = vec![vec![Piece::Person(member.clone())]];
        if dismissed > 0 {
            lines.push(vec![Piece::text(self.words.dismissed_among_them(dismissed))]);
        }
        let mut buttons = Vec::new();
        for request in store.requests(&self.caller.community, &filter, page).await? {
            let status = self.words.desk_and_status(request.route, request.state.status());
            let mut line = vec![
                Piece::text("• "),
                Piece::Time(request.opened_at()),
                Piece::text(" · "),
                Piece::Link { words: status, address: (self.caller.link)(&request) },
            ];
            if let Some(first) = &request.first_response {
                line.push(Piece::text(format!(" · {}", self.words.after(first.response_time))));
                buttons = vec![figures_button(self.words)];
            }
            line.push(Piece::text(format!(" · {}", request.id.short())));
            lines.push(line);
        }
        let left_out = all.saturating_sub(HISTORY_SHOWN as usize);
        if left_out > 0 {
            lines.push(vec![Piece::text(self.words.and_more(left_out))]);
        }
        Ok(Reply { buttons, ..Reply::facts(self.words.requests_of_member(all), lines) })
    }

    /// `/why`.
    pub(super) async fn why(&self, settings: &Settings, which: &RequestRef) -> Result<Reply, StoreError> {
        let Some(request) = self.find(which).await? else {
            return Ok(self.not_found(which));
        };
        let words = self.words;
        let events = self.triage.store().events(&request.community, &request.id).await?;
        let sent_by =
            events.iter().find(|e| matches!(e.kind, EventKind::Opened { .. })).and_then(|e| e.by.as_ref());
        let mut lines = vec![words.because(&request.verdict, rule_of(settings, &request), sent_by)];
        lines.extend(words.how_sure(&request.verdict).map(|sentence| vec![Piece::text(sentence)]));
        lines.extend(request.also.map(|also| vec![Piece::text(words.second_guess(also))]));
        if request.reroutes > 0 {
            lines.push(vec![Piece::text(words.is_now_at(request.route))]);
            for event in events.iter().filter(|e| matches!(e.kind, EventKind::Rerouted { .. })) {
                let mut line = vec![Piece::text("• "), Piece::Time(event.at), Piece::text(" · ")];
                line.extend(words.event(&event.kind, event.by.as_ref()));
                lines.push(line);
            }
        }
        lines.push(self.link(&request));
        lines.push(vec![Piece::text(words.wrong_desk())]);
        let title = format!(
            "{} · {}",
            words.desk_and_status(request.route, request.state.status()),
            request.id.short()
        );
        Ok(Reply::facts(title, lines))
    }

    async fn find(&self, which: &RequestRef) -> Result<Option<Request>, StoreError> {
        let (store, community) = (self.triage.store(), &self.caller.community);
        match which {
            RequestRef::Message(message) => store.request_of(community, message).await,
            RequestRef::Id(text) => {
                let text = text.trim().trim_start_matches('#').to_ascii_uppercase();
                match RequestId::parse(&text) {
                    Some(id) => store.request(community, &id).await,
                    // Shorter ends fit too many requests.
                    None if text.len() < SHORTEST_END => Ok(None),
                    None => store.request_ending(community, &text).await,
                }
            }
        }
    }

    fn not_found(&self, which: &RequestRef) -> Reply {
        match which {
            RequestRef::Message(_) => Reply::refused(self.words.message_is_no_request()),
            RequestRef::Id(_) => Reply::refused(self.words.request_not_found()),
        }
    }

    fn link(&self, request: &Request) -> Vec<Piece> {
        vec![Piece::Link {
            words: self.words.go_to_message().to_owned(),
            address: (self.caller.link)(request),
        }]
    }
}

/// The number of the rule that still says what the verdict says.
fn rule_of(settings: &Settings, request: &Request) -> Option<usize> {
    if request.verdict.stage != Stage::Rule {
        return None;
    }
    let text = request.messages.first().and_then(|message| message.text.clone())?;
    let says_so = |rule: &Rule| {
        let is_for_here = rule
            .channel
            .as_ref()
            .is_none_or(|channel| *channel == request.channel || channel == request.place());
        is_for_here && rule.label == request.verdict.label && rule.pattern.is_match(&text)
    };
    settings.rules.iter().position(says_so).map(|place| place + 1)
}
