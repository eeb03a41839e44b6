//! What can happen to a request, what comes of it, and why it cannot: the words of the state machine.

use super::{Deadline, Event, LinkKind, Request, RequestMessage};
use crate::domain::ids::{MessageId, RequestId, UserId};
use crate::domain::label::Route;
use crate::domain::notice::Notice;
use crate::domain::time::Timestamp;
use crate::domain::verdict::Verdict;

/// Something that somebody did, or that happened, to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// An employee takes it.
    Claim {
        /// Who.
        by: UserId,
    },
    /// An employee answered.
    Answer {
        /// Who.
        by: UserId,
        /// The message that answers; `None` when only the button says so.
        message: Option<MessageId>,
        /// How the message was linked.
        link: LinkKind,
        /// How sure the link is, 0 to 1.
        confidence: f64,
    },
    /// An employee says which message was the first response, after another one had been taken for it.
    Correct {
        /// Who says so.
        by: UserId,
        /// Who answered.
        answered_by: UserId,
        /// The message that answers.
        message: MessageId,
    },
    /// An employee says that what was taken for the first response was none.
    Unanswer {
        /// Who.
        by: UserId,
    },
    /// Another member answered.
    CommunityAnswer {
        /// Who.
        by: UserId,
        /// Their message.
        message: MessageId,
    },
    /// A colleague takes over a claim.
    HandOver {
        /// Who says so.
        by: UserId,
        /// Who holds it.
        from: UserId,
        /// Who takes it.
        to: UserId,
    },
    /// An employee wants to be left alone with it until then.
    Snooze {
        /// Who.
        by: UserId,
        /// Until when.
        until: Timestamp,
    },
    /// The press office says that it cannot wait for opening hours.
    Urge {
        /// Who.
        by: UserId,
    },
    /// Something fell due.
    FallDue {
        /// What.
        deadline: Deadline,
    },
    /// An employee says that nothing is left to do.
    Resolve {
        /// Who.
        by: UserId,
    },
    /// An employee says that it is no request.
    Dismiss {
        /// Who.
        by: UserId,
    },
    /// An employee sends it to another desk.
    Reroute {
        /// Who.
        by: UserId,
        /// Where to.
        to: Route,
    },
    /// The member wrote on.
    Append {
        /// The further message.
        message: RequestMessage,
        /// Whether it needs an answer of its own.
        asks: bool,
    },
    /// The member changed a message.
    Edit {
        /// Which.
        message: MessageId,
        /// What it says now.
        text: String,
    },
    /// The member deleted a message.
    Delete {
        /// Which.
        message: MessageId,
    },
}

/// What a step makes of a request; stored as a whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The request as it is now, with the version that it had before.
    pub request: Request,
    /// What the log gains.
    pub events: Vec<Event>,
    /// What has to be said or done on the platform.
    pub notices: Vec<Notice>,
    /// What falls due from now on, in place of what was to fall due before.
    pub deadlines: Vec<(Deadline, Timestamp)>,
}

/// Why a step is not possible; told to whoever asked for it. Not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The presser holds it already.
    AlreadyYours,
    /// Somebody else holds it.
    ClaimedBy {
        /// Who.
        by: UserId,
        /// Since when.
        at: Timestamp,
    },
    /// It has been answered.
    AlreadyAnswered {
        /// Who answered.
        by: UserId,
    },
    /// It cannot be resolved before it is answered.
    NotAnswered,
    /// It is resolved.
    AlreadyResolved {
        /// Who resolved it.
        by: UserId,
    },
    /// It is dismissed or withdrawn.
    AlreadyDismissed {
        /// Who dismissed it; `None` when the member withdrew it.
        by: Option<UserId>,
    },
    /// It is at that desk already.
    SameDesk,
    /// The message belongs to it already, or does not belong to it.
    NothingToChange,
    /// Nobody can answer their own request.
    OwnRequest,
    /// The answer is older than the request.
    BeforeTheRequest,
    /// There is no first response that could be taken back, or more was answered since.
    NothingToTakeBack,
    /// Somebody else holds it now, or nobody.
    NotTheirs,
    /// The time has passed, or is too far away.
    NoSuchTime,
}

/// What opens a request beside the messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// Its name.
    pub id: RequestId,
    /// The desk that has to answer.
    pub route: Route,
    /// The judgement.
    pub verdict: Verdict,
    /// Who opened it; `None` for Vigie itself.
    pub by: Option<UserId>,
    /// When Vigie came to know of it, by its own clock: nobody can be late before.
    pub heard_at: Timestamp,
}
