//! What has to be said or done on a platform because of a change: decided here, sent by the outbox.
//!
//! A notice says what, never in which words: those come from `words.rs` when it is sent, so that a card always shows
//! the request as it is at that moment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{ChannelId, CommunityId, NoticeId, RequestId};
use super::label::Route;
use super::lesson::Week;
use super::request::Deadline;
use super::time::Timestamp;

/// Something to be said or done about a request, or in a desk's channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// Show the request in this desk's channel and ping its role once.
    PostCard {
        /// The desk.
        route: Route,
    },
    /// Show what changed on the card in this desk's channel.
    EditCard {
        /// The desk.
        route: Route,
    },
    /// Turn this desk's card into a line that says where the request went, without buttons.
    RetireCard {
        /// The desk.
        route: Route,
        /// Where the request went; the same desk when a new card replaces an old one.
        to: Route,
    },
    /// Put the route's tag on the member's message.
    Tag {
        /// The route.
        route: Route,
    },
    /// Take the route's tag off the member's message.
    Untag {
        /// The route.
        route: Route,
    },
    /// Tell the desk, and whom else it concerns, that something fell due.
    Ring {
        /// The desk.
        route: Route,
        /// What.
        deadline: Deadline,
    },
    /// Ping the desk at once, whatever its hours: the press office says that it cannot wait.
    Urge {
        /// The desk.
        route: Route,
    },
    /// Tell the member when to expect an answer.
    Acknowledge,
    /// Ping the desk once for all requests whose cards appeared without a ping.
    Bundle {
        /// The desk.
        route: Route,
    },
    /// Tell the coordinator how a week went.
    Digest {
        /// The week.
        week: Week,
    },
    /// Show the messages that wait for review in this desk's channel as they are now.
    ReviewList {
        /// The desk.
        route: Route,
    },
    /// Tell the coordinator which messages may have been missed.
    Missed {
        /// Which of them: what the store keeps under this moment.
        told_at: Timestamp,
    },
    /// Tell the coordinator that the audit of a week can be done.
    InviteToAudit {
        /// The week.
        week: Week,
    },
}

/// A queue in which notices are sent one after the other: what is said in one desk's channel, or tagged in one
/// channel, keeps its order; queues do not wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane(String);

impl Notice {
    /// The queue it belongs to; `place` is where the member's message stands, if it is about one.
    #[must_use]
    pub fn lane(&self, place: Option<&ChannelId>) -> Lane {
        match self {
            Self::PostCard { route }
            | Self::EditCard { route }
            | Self::RetireCard { route, .. }
            | Self::Ring { route, .. }
            | Self::Urge { route } => Lane(format!("desk:{route}")),
            // Waits for its time, and must not hold up the cards meanwhile.
            Self::Bundle { route } => Lane(format!("bundle:{route}")),
            Self::Acknowledge => Lane(format!("acknowledge:{}", place.map_or("", ChannelId::as_str))),
            Self::Tag { .. } | Self::Untag { .. } => {
                Lane(format!("tag:{}", place.map_or("", ChannelId::as_str)))
            }
            Self::ReviewList { route } => Lane(format!("review:{route}")),
            Self::InviteToAudit { .. } => Lane("audit".to_owned()),
            Self::Digest { .. } => Lane("digest".to_owned()),
            Self::Missed { .. } => Lane("missed".to_owned()),
        }
    }

    /// The desk in whose channel it shows, if it does.
    #[must_use]
    pub const fn desk(&self) -> Option<Route> {
        match self {
            Self::PostCard { route }
            | Self::EditCard { route }
            | Self::RetireCard { route, .. }
            | Self::Ring { route, .. }
            | Self::Urge { route }
            | Self::Bundle { route }
            | Self::ReviewList { route } => Some(*route),
            Self::Tag { .. }
            | Self::Untag { .. }
            | Self::Acknowledge
            | Self::InviteToAudit { .. }
            | Self::Digest { .. }
            | Self::Missed { .. } => None,
        }
    }
}

impl Lane {
    /// A lane as the store kept it.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text that the store keeps.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A notice on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedNotice {
    /// Its name, and the platform's de-duplication key.
    pub id: NoticeId,
    /// Where.
    pub community: CommunityId,
    /// The request that it is about; none when it is about the whole community.
    pub request: Option<RequestId>,
    /// Its queue.
    pub lane: Lane,
    /// What is to be done.
    pub notice: Notice,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it is to be done.
    pub due_at: Timestamp,
}
