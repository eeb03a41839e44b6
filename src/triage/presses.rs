//! What a press on a card means when the button alone does not say it: which message *Answered* is about, and until
//! when *later* is.

use super::candidates::places_of;
use super::{TALK, Triage};
use crate::domain::action::More;
use crate::domain::ids::{MessageId, UserId};
use crate::domain::linking::Heard;
use crate::domain::request::{EventKind, Request, Step};
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::store::StoreError;

/// How far ahead a desk's closing is looked for, in half hours: as far as a request can be left alone.
const HALF_HOURS: i64 = 7 * 48;

impl Triage {
    /// The message with which the presser of *Answered* answered: their first one since the member waits, one that
    /// turns to the member before one that turns to nobody. `None` when they answered elsewhere: the press is all there
    /// is.
    pub(super) async fn said_by_presser(
        &self,
        request: &Request,
        by: &UserId,
        pressed_at: Timestamp,
    ) -> Result<Option<Heard>, StoreError> {
        let Some(since) = request.course.waiting_since else { return Ok(None) };
        let (places, time) = (places_of(request), since..=pressed_at);
        let mut said = self.store.said(&request.community, &places, by, time, TALK).await?;
        let refused = self.taken_back(request).await?;
        said.retain(|heard| !refused.contains(&heard.id));
        let turns = |wanted: Turns| said.iter().find(|heard| Turns::of(heard, request) == wanted);
        Ok(turns(Turns::Member).or_else(|| turns(Turns::Nobody)).cloned())
    }

    /// The messages that were taken for answers before: as the member waits, somebody has said that they were none.
    async fn taken_back(&self, request: &Request) -> Result<Vec<MessageId>, StoreError> {
        let log = self.store.events(&request.community, &request.id).await?;
        let linked = log.into_iter().filter_map(|event| match event.kind {
            EventKind::Answered { message, .. } | EventKind::Corrected { message, .. } => message,
            EventKind::Opened { .. }
            | EventKind::Appended { .. }
            | EventKind::Edited { .. }
            | EventKind::Deleted { .. }
            | EventKind::Claimed
            | EventKind::HandedOver { .. }
            | EventKind::Unanswered
            | EventKind::CommunityAnswered { .. }
            | EventKind::Resolved
            | EventKind::Dismissed
            | EventKind::Withdrawn
            | EventKind::Rerouted { .. }
            | EventKind::Reopened { .. }
            | EventKind::Rung { .. }
            | EventKind::Snoozed { .. }
            | EventKind::Urged => None,
        });
        Ok(linked.collect())
    }
}

/// The step that a choice is for a request at this moment.
pub(super) fn chosen(more: More, by: UserId, request: &Request, settings: &Settings, now: Timestamp) -> Step {
    let after = |minutes: i64| {
        let until = now.as_millisecond() + Span::minutes(minutes).as_milliseconds();
        Timestamp::from_millisecond(until).unwrap_or(Timestamp::MAX)
    };
    match more {
        More::Snooze { minutes } => Step::Snooze { by, until: after(i64::from(minutes)) },
        More::SnoozeToOpening => {
            let clock = settings.clock(request.route);
            // While the desk is open, the opening after it has closed is meant; one that never closes has none.
            let closed = (0..=HALF_HOURS).map(|n| after(n * 30)).find(|at| !clock.is_open(*at));
            let opening = closed.and_then(|at| clock.next_opening(at));
            Step::Snooze { by, until: opening.unwrap_or(Timestamp::MAX) }
        }
        More::Urgent => Step::Urge { by },
        More::NotAnswered => Step::Unanswer { by },
    }
}

/// To whom a message turns, as a request sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turns {
    /// To the member: a reply to the request, a mention, a post in the thread that grew out of it.
    Member,
    /// To nobody in particular.
    Nobody,
    /// To somebody else.
    Another,
}

impl Turns {
    fn of(heard: &Heard, request: &Request) -> Self {
        let is_own = |id: &MessageId| request.messages.iter().any(|message| &message.id == id);
        let in_its_thread =
            heard.thread.as_ref().is_some_and(|thread| is_own(&MessageId::new(thread.as_str())));
        let replies = heard.reply_to.as_ref().map(is_own);
        if in_its_thread || replies == Some(true) || heard.mentions.contains(&request.author) {
            Self::Member
        } else if replies == Some(false) || !heard.mentions.is_empty() {
            Self::Another
        } else {
            Self::Nobody
        }
    }
}
