//! A request: one or more messages of one member that need an answer from one desk.
//!
//! A [`Request`] is what is true now; the log of [`Event`]s is how it came to be and what every figure is computed
//! from. Only [`transition`] makes a new request out of an old one.

mod course;
mod deadline;
mod event;
mod step;
mod transition;

#[cfg(test)]
mod course_tests;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::ids::{ChannelId, CommunityId, MessageId, RequestId, UserId};
use super::label::Route;
use super::message::IncomingMessage;
use super::time::{Span, Timestamp};
use super::verdict::Verdict;

pub use course::{CommunityAnswer, Course, Length, Snooze, Wait};
pub use deadline::Deadline;
pub use event::{Event, EventKind, LinkKind};
pub use step::{Change, Opening, Refusal, Step};

/// One or more messages of one member that need an answer from one desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Where it happened.
    pub community: CommunityId,
    /// Its name; stays through every re-route.
    pub id: RequestId,
    /// Counts the changes; of two changes made from the same version the store takes one.
    pub version: i64,
    /// The watched channel.
    pub channel: ChannelId,
    /// The thread or forum post in it, if any.
    pub thread: Option<ChannelId>,
    /// Who asks.
    pub author: UserId,
    /// What to call who asks.
    pub author_name: String,
    /// What was written, oldest first; never empty.
    pub messages: Vec<RequestMessage>,
    /// The desk that has to answer.
    pub route: Route,
    /// The second desk that it concerns.
    pub also: Option<Route>,
    /// What the judge said when the request was opened.
    pub verdict: Verdict,
    /// Where it stands.
    pub state: RequestState,
    /// The first claim, whoever holds it now.
    pub first_claim: Option<Claim>,
    /// The first message by an employee that answers it.
    pub first_response: Option<FirstResponse>,
    /// How often it changed desks.
    pub reroutes: u32,
    /// Its times, folded from its log.
    pub course: Course,
}

/// One message of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestMessage {
    /// The platform's id.
    pub id: MessageId,
    /// The platform's time stamp.
    pub at: Timestamp,
    /// What it says now; `None` once the member deleted it or the time to keep it ran out.
    pub text: Option<String>,
}

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has taken it.
    Open,
    /// Somebody has said that they will answer.
    Claimed {
        /// Who.
        by: UserId,
        /// Since when.
        at: Timestamp,
    },
    /// An employee has answered.
    Answered {
        /// Who answered last.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// Nothing is left to do.
    Resolved {
        /// Who said so.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It was no request, or the member withdrew it.
    Dismissed {
        /// Who said so; `None` when the member deleted it.
        by: Option<UserId>,
        /// When.
        at: Timestamp,
    },
}

/// The states without what they hold: what is stored, filtered by and shown as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nobody has taken it.
    Open,
    /// Somebody has said that they will answer.
    Claimed,
    /// An employee has answered.
    Answered,
    /// Nothing is left to do.
    Resolved,
    /// It was no request, or the member withdrew it.
    Dismissed,
}

/// Somebody said that they would answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub by: UserId,
    /// When, by the platform's clock.
    pub at: Timestamp,
}

/// The first message by an employee, visible to the member, that answers the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstResponse {
    /// The message; `None` when an employee pressed *Answered* and no message of theirs could be found.
    pub message: Option<MessageId>,
    /// Who answered.
    pub by: UserId,
    /// The message's platform time stamp.
    pub at: Timestamp,
    /// Since the request's first message.
    pub response_time: Span,
    /// The same, counting only the desk's opening hours as they were then.
    pub business_time: Span,
    /// How it was found out that this message answers that request.
    pub link: LinkKind,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
}

impl RequestMessage {
    /// A message as it was posted.
    #[must_use]
    pub fn of(message: &IncomingMessage) -> Self {
        Self { id: message.id.clone(), at: message.at, text: Some(message.text.clone()) }
    }
}

impl Request {
    /// The first message: what response times are counted from.
    ///
    /// # Panics
    /// Never: a request is opened with a message and none is ever taken out.
    #[must_use]
    pub fn opener(&self) -> &RequestMessage {
        self.messages.first().expect("a request has at least the message that opened it")
    }

    /// When its clock started: the platform's time stamp of its first message.
    #[must_use]
    pub fn opened_at(&self) -> Timestamp {
        self.opener().at
    }

    /// All that the member wrote and did not delete, one message a line.
    #[must_use]
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.messages.iter().filter_map(|m| m.text.as_deref()).collect();
        texts.join("\n")
    }

    /// Where its messages were posted: the thread if there is one, otherwise the channel.
    #[must_use]
    pub fn place(&self) -> &ChannelId {
        self.thread.as_ref().unwrap_or(&self.channel)
    }

    /// Who holds it at the moment.
    #[must_use]
    pub fn claimer(&self) -> Option<&UserId> {
        match &self.state {
            RequestState::Claimed { by, .. } => Some(by),
            RequestState::Open
            | RequestState::Answered { .. }
            | RequestState::Resolved { .. }
            | RequestState::Dismissed { .. } => None,
        }
    }

    /// Whether the member waits for the company: for a first answer, or for the next one.
    #[must_use]
    pub const fn needs_answer(&self) -> bool {
        self.course.waiting_since.is_some()
    }

    /// Whether its first response can be said to have been none: nothing has been built on it.
    #[must_use]
    pub fn may_be_unanswered(&self) -> bool {
        self.first_response.is_some()
            && self.state.status() != Status::Dismissed
            && self.course.next_responses().next().is_none()
            && self.course.reopened == 0
    }

    /// Whether an answered member has deleted all that they had asked since.
    fn has_taken_back_its_question(&self) -> bool {
        let Some(since) = self.course.waiting_since.filter(|_| self.first_response.is_some()) else {
            return false;
        };
        // A wait that began with a re-route was begun by no message.
        let is_by_message = self.messages.iter().any(|message| message.at == since);
        is_by_message && self.messages.iter().all(|message| message.at < since || message.text.is_none())
    }

    /// Whether a member is waiting for a first answer.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.first_response.is_none() && matches!(self.state.status(), Status::Open | Status::Claimed)
    }
}

impl RequestState {
    /// The state without what it holds.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Open => Status::Open,
            Self::Claimed { .. } => Status::Claimed,
            Self::Answered { .. } => Status::Answered,
            Self::Resolved { .. } => Status::Resolved,
            Self::Dismissed { .. } => Status::Dismissed,
        }
    }
}

impl Status {
    /// All five, in the order in which a request goes through them.
    pub const ALL: [Self; 5] = [Self::Open, Self::Claimed, Self::Answered, Self::Resolved, Self::Dismissed];

    /// The word of CONTRACT.md.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
            Self::Dismissed => "dismissed",
        }
    }

    /// Reads the word of CONTRACT.md.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}
