//! What happened to a request: one row of the append-only log each.

use serde::{Deserialize, Serialize};

use super::deadline::Deadline;
use crate::domain::ids::{MessageId, UserId};
use crate::domain::label::Route;
use crate::domain::time::Timestamp;
use crate::domain::verdict::Verdict;

/// Something that happened, when, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened, by the platform's clock.
    pub at: Timestamp,
    /// Who did it; `None` for Vigie itself.
    pub by: Option<UserId>,
    /// Seconds of the desk's opening hours since the request's first message, by the hours that it had then.
    #[serde(default)]
    pub business_seconds: i64,
    /// The same since the member began to wait for the company; 0 when nobody waited.
    #[serde(default)]
    pub waited_seconds: i64,
    /// What happened and why.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened. Serialises with its name under `event`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// A message was judged to need an answer, or a person sent it to a desk.
    Opened {
        /// The message.
        message: MessageId,
        /// The desk that has to answer.
        route: Route,
        /// The judgement, without the member's words that decided it.
        verdict: Verdict,
        /// The desk was closed when the message was posted.
        #[serde(default)]
        outside_hours: bool,
        /// When Vigie came to know of it, by its own clock.
        #[serde(default)]
        heard_at: Timestamp,
    },
    /// The member wrote on.
    Appended {
        /// The further message.
        message: MessageId,
        /// It needs an answer of its own.
        #[serde(default)]
        asks: bool,
    },
    /// The member changed a message.
    Edited {
        /// The changed message.
        message: MessageId,
    },
    /// The member deleted a message.
    Deleted {
        /// The deleted message.
        message: MessageId,
        /// Nothing is left of what the member had asked since the last answer.
        #[serde(default)]
        ends_wait: bool,
    },
    /// An employee said that they would answer.
    Claimed,
    /// Somebody else took over the claim.
    HandedOver {
        /// Who held it
        from: UserId,
        /// and who holds it now.
        to: UserId,
    },
    /// An employee answered: the first response, or the answer to what the member wrote since.
    Answered {
        /// The answer; `None` when only *Answered* was pressed.
        message: Option<MessageId>,
        /// How the answer was found.
        link: LinkKind,
        /// How sure that is, 0 to 1.
        confidence: f64,
    },
    /// An employee said that another message was the first response.
    Corrected {
        /// Who wrote it.
        answered_by: UserId,
        /// The answer.
        message: Option<MessageId>,
    },
    /// An employee said that what was taken for the first response was none.
    Unanswered,
    /// Another member answered before any employee did.
    CommunityAnswered {
        /// Their message.
        message: MessageId,
    },
    /// An employee said that nothing is left to do.
    Resolved,
    /// An employee said that it is no request.
    Dismissed,
    /// The member deleted all of it before anybody answered.
    Withdrawn,
    /// It changed desks.
    Rerouted {
        /// From this desk
        from: Route,
        /// to that one.
        to: Route,
    },
    /// The member came back on a resolved request.
    Reopened {
        /// The message with which they came back.
        message: MessageId,
    },
    /// Something fell due and was told.
    Rung {
        /// What.
        deadline: Deadline,
        /// What fell due with it and was not told beside it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<Deadline>,
    },
    /// An employee wants to be left alone with it.
    Snoozed {
        /// Until then.
        until: Timestamp,
    },
    /// The press office marked it urgent.
    Urged,
}

impl EventKind {
    /// The name under which the log keeps it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Appended { .. } => "appended",
            Self::Edited { .. } => "edited",
            Self::Deleted { .. } => "deleted",
            Self::Claimed => "claimed",
            Self::HandedOver { .. } => "handed_over",
            Self::Answered { .. } => "answered",
            Self::Corrected { .. } => "corrected",
            Self::Unanswered => "unanswered",
            Self::CommunityAnswered { .. } => "community_answered",
            Self::Resolved => "resolved",
            Self::Dismissed => "dismissed",
            Self::Withdrawn => "withdrawn",
            Self::Rerouted { .. } => "rerouted",
            Self::Reopened { .. } => "reopened",
            Self::Rung { .. } => "rung",
            Self::Snoozed { .. } => "snoozed",
            Self::Urged => "urged",
        }
    }
}

/// How an answer was linked to its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A reply to one of the request's messages.
    Reply,
    /// A message in the request's thread.
    Thread,
    /// A mention of the member while the request waited.
    Mention,
    /// The claimer's message after claiming.
    Claim,
    /// The order and time of the talk and the words shared.
    Context,
    /// An employee said so, by a button or the context menu.
    Button,
}

impl LinkKind {
    /// The word of CONTRACT.md.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Thread => "thread",
            Self::Mention => "mention",
            Self::Claim => "claim",
            Self::Context => "context",
            Self::Button => "button",
        }
    }
}
