//! `/handover`: a person's open claims, offered to a colleague, who accepts them with one press.
//!
//! Who asks is answered alone. The offer is posted in the desk's own channel only, and quotes nothing: it stays as it is when
//! a text is erased. What members wrote last is shown to whoever of the desk presses for it, and to nobody else.

use super::ask::Ask;
use super::meaning::figures_button;
use super::{Reply, ReplyButton};
use crate::domain::card::Piece;
use crate::domain::ids::UserId;
use crate::domain::label::Route;
use crate::domain::request::{Request, Step};
use crate::domain::settings::Settings;
use crate::store::{Page, RequestFilter, StoreError};
use crate::triage::Outcome;

/// How many claims are listed.
const LISTED: usize = 15;
/// How much of a request's text is shown.
const TEXT_SHOWN: usize = 60;
/// How many claims of a person are looked at.
const LOOKED_AT: u32 = 2000;

/// What the button sends, before who hands over and who accepts.
const ACCEPT: &str = "vigie:handover:";
/// What the button sends that shows what was written last, before who hands over.
const LAST_MESSAGES: &str = "vigie:claims:";

impl Ask<'_> {
    /// Offers the open claims that `from` holds at the desks of this channel to `to`. The offer is posted here, where
    /// the desk reads and the colleague can accept it; nowhere else, where others would read along.
    pub(super) async fn handover(
        &self,
        settings: &Settings,
        from: Option<&UserId>,
        to: &UserId,
    ) -> Result<Reply, StoreError> {
        let words = self.words;
        let from = from.unwrap_or(&self.caller.user);
        if from == to {
            return Ok(Reply::refused(words.hand_over_to_somebody_else()));
        }
        if !self.is_at_a_desk(settings) {
            return Ok(Reply::refused(words.hand_over_at_a_desk()));
        }
        let claims = self.claims(from).await?;
        let (here, elsewhere): (Vec<&Request>, Vec<&Request>) =
            claims.iter().partition(|request| self.is_here(settings, request));
        let elsewhere = Route::ALL.into_iter().filter_map(|route| {
            let count = elsewhere.iter().filter(|request| request.route == route).count();
            let channel = settings.desk(route).map(|desk| &desk.channel);
            (count > 0).then(|| words.claims_elsewhere(route, count, channel))
        });
        let elsewhere: Vec<_> = elsewhere.collect();
        if here.is_empty() {
            return Ok(Reply { lines: elsewhere, ..Reply::refused(words.nothing_to_hand_over()) });
        }
        let mut lines = vec![words.handover(from, to)];
        lines.extend(here.iter().take(LISTED).map(|request| self.claim_line(settings, request)));
        lines.extend(self.and_more(here.len()));
        let button = |label, custom_id| ReplyButton { label, custom_id, is_dangerous: false };
        let accept = button(words.accept(), format!("{ACCEPT}{from}:{to}"));
        let last_messages = button(words.last_messages(), format!("{LAST_MESSAGES}{from}"));
        let offer = Reply {
            is_shared: true,
            buttons: vec![accept, last_messages, figures_button(words)],
            pings: Some(to.clone()),
            ..Reply::facts(words.handover_title(here.len()), lines)
        };
        Ok(Reply {
            posted: Some(Box::new(offer)),
            ..Reply::done(words.handover_offered(here.len()), elsewhere)
        })
    }

    /// What members wrote last in the open claims that `from` holds at the desks of this channel.
    pub(super) async fn last_messages(
        &self,
        settings: &Settings,
        from: &UserId,
    ) -> Result<Reply, StoreError> {
        let mut claims = self.claims(from).await?;
        claims.retain(|request| self.is_here(settings, request));
        if claims.is_empty() {
            return Ok(Reply::refused(self.words.nothing_to_hand_over()));
        }
        let mut lines: Vec<_> =
            claims.iter().take(LISTED).map(|request| self.message_line(request)).collect();
        lines.extend(self.and_more(claims.len()));
        Ok(Reply::facts(self.words.last_messages(), lines))
    }

    /// The colleague accepts: what `from` still holds at the desks of this channel is theirs now.
    pub(super) async fn handover_accept(
        &self,
        settings: &Settings,
        from: &UserId,
        to: &UserId,
    ) -> Result<Reply, StoreError> {
        if &self.caller.user != to {
            return Ok(Reply::refused(self.words.not_offered_to_you()));
        }
        let mut count = 0;
        for request in self.claims(from).await?.iter().filter(|request| self.is_here(settings, request)) {
            let step = Step::HandOver { by: to.clone(), from: from.clone(), to: to.clone() };
            let outcome = self.triage.take(&request.community, &request.id, step, self.now).await?;
            // What was answered or taken by somebody else meanwhile stays as it is.
            count += usize::from(matches!(outcome, Outcome::Done(_)));
        }
        Ok(Reply {
            is_shared: true,
            ..Reply::done(self.words.handed_over(count), vec![vec![Piece::Person(to.clone())]])
        })
    }

    async fn claims(&self, of: &UserId) -> Result<Vec<Request>, StoreError> {
        let filter =
            RequestFilter { is_awaiting: true, claimer: Some(of.clone()), ..RequestFilter::default() };
        let page = Page::OldestFirst { limit: LOOKED_AT };
        self.triage.store().requests(&self.caller.community, &filter, page).await
    }

    /// Whether this channel is a desk's.
    fn is_at_a_desk(&self, settings: &Settings) -> bool {
        settings.desks.iter().any(|desk| desk.channel == self.caller.channel)
    }

    /// Whether a request's desk reads in this channel.
    fn is_here(&self, settings: &Settings, request: &Request) -> bool {
        settings.desk(request.route).is_some_and(|desk| desk.channel == self.caller.channel)
    }

    /// How many are not listed.
    fn and_more(&self, count: usize) -> Option<Vec<Piece>> {
        (count > LISTED).then(|| vec![Piece::text(self.words.and_more(count - LISTED))])
    }

    fn claim_line(&self, settings: &Settings, request: &Request) -> Vec<Piece> {
        let last =
            request.messages.iter().map(|message| message.at).max().unwrap_or_else(|| request.opened_at());
        let snoozed = request.course.snooze.as_ref().map(|snooze| snooze.until);
        let mut line = self.whose(request);
        line.push(Piece::text(" · "));
        line.extend(self.words.last_word(last, snoozed.or_else(|| request.target_at(settings))));
        line
    }

    fn message_line(&self, request: &Request) -> Vec<Piece> {
        let text =
            request.messages.iter().rev().find_map(|message| message.text.as_deref()).unwrap_or_default();
        let mut line = self.whose(request);
        line.push(Piece::text(format!(" {}", self.words.quoted(&self.words.first_words(text, TEXT_SHOWN)))));
        line
    }

    fn whose(&self, request: &Request) -> Vec<Piece> {
        vec![
            Piece::text("• "),
            Piece::Link { words: request.id.short().to_owned(), address: (self.caller.link)(request) },
            Piece::text(" · "),
            Piece::Person(request.author.clone()),
        ]
    }
}

/// Who hands over and who accepts, as the button says.
#[must_use]
pub fn accepted(rest: &str) -> Option<(UserId, UserId)> {
    let (from, to) = rest.split_once(':')?;
    (!from.is_empty() && !to.is_empty() && !to.contains(':')).then(|| (UserId::new(from), UserId::new(to)))
}
