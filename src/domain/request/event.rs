//! What happened to a request: one row of the append-only log each.

use serde::{Deserialize, Serialize};

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
    },
    /// The member wrote on.
    Appended {
        /// The further message.
        message: MessageId,
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
    },
    /// An employee said that they would answer.
    Claimed,
    /// An employee answered.
    Answered {
        /// The answer; `None` when only *Answered* was pressed.
        message: Option<MessageId>,
        /// How the answer was found.
        link: LinkKind,
        /// How sure that is, 0 to 1.
        confidence: f64,
        /// Seconds of the desk's opening hours since the request's first message.
        business_seconds: i64,
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
            Self::Answered { .. } => "answered",
            Self::Resolved => "resolved",
            Self::Dismissed => "dismissed",
            Self::Withdrawn => "withdrawn",
            Self::Rerouted { .. } => "rerouted",
            Self::Reopened { .. } => "reopened",
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
