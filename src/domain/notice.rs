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
    /// Show the request in the channel in which this desk reads now, without a ping, instead of where it read before.
    MoveCard {
        /// The desk.
        route: Route,
        /// Whether some that were opened before it may have to follow, too.
        #[serde(default)]
        older: bool,
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
    /// Ping whom this deadline is told, who is above the desk, once for all requests of which they were told without a
    /// ping.
    BundleRings {
        /// The desk.
        route: Route,
        /// What fell due: [`Deadline::Escalate`] or [`Deadline::EscalateFurther`].
        deadline: Deadline,
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
    /// Tell the coordinator that nothing can be posted in a channel.
    Trouble {
        /// Which: what the store keeps under this moment.
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
    /// Every word of [`Notice::as_str`].
    pub const WORDS: [&'static str; 16] = [
        "post_card",
        "edit_card",
        "retire_card",
        "move_card",
        "tag",
        "untag",
        "ring",
        "urge",
        "acknowledge",
        "bundle",
        "bundle_rings",
        "digest",
        "review_list",
        "missed",
        "trouble",
        "invite_to_audit",
    ];

    /// What kind of notice it is, as it is stored and counted.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::PostCard { .. } => "post_card",
            Self::EditCard { .. } => "edit_card",
            Self::RetireCard { .. } => "retire_card",
            Self::MoveCard { .. } => "move_card",
            Self::Tag { .. } => "tag",
            Self::Untag { .. } => "untag",
            Self::Ring { .. } => "ring",
            Self::Urge { .. } => "urge",
            Self::Acknowledge => "acknowledge",
            Self::Bundle { .. } => "bundle",
            Self::BundleRings { .. } => "bundle_rings",
            Self::Digest { .. } => "digest",
            Self::ReviewList { .. } => "review_list",
            Self::Missed { .. } => "missed",
            Self::Trouble { .. } => "trouble",
            Self::InviteToAudit { .. } => "invite_to_audit",
        }
    }

    /// The queue it belongs to; `place` is where the member's message stands, if it is about one.
    #[must_use]
    pub fn lane(&self, place: Option<&ChannelId>) -> Lane {
        match self {
            Self::PostCard { route }
            | Self::EditCard { route }
            | Self::RetireCard { route, .. }
            | Self::MoveCard { route, .. }
            | Self::Urge { route } => Lane(format!("desk:{route}")),
            Self::Ring { route, deadline } => match deadline {
                Deadline::Remind
                | Deadline::Return
                | Deadline::Warn
                | Deadline::WarnResolution
                | Deadline::SnoozeOver => Lane(format!("desk:{route}")),
                // What is said elsewhere, or may be: a channel that is closed to us must not hold up the desk's cards,
                // and the coordinator's must not hold up what another role is told.
                Deadline::Escalate | Deadline::EscalateResolution => Lane(format!("escalation:{route}")),
                Deadline::EscalateFurther => Lane(format!("coordinator:{route}")),
            },
            // Waits for its time, and must not hold up the cards meanwhile.
            Self::Bundle { route } => Lane(format!("bundle:{route}")),
            Self::BundleRings { route, deadline } => Lane(format!("bundle:{}:{route}", deadline.as_str())),
            Self::Acknowledge => Lane(format!("acknowledge:{}", place.map_or("", ChannelId::as_str))),
            Self::Tag { .. } | Self::Untag { .. } => {
                Lane(format!("tag:{}", place.map_or("", ChannelId::as_str)))
            }
            Self::ReviewList { route } => Lane(format!("review:{route}")),
            Self::InviteToAudit { .. } => Lane("audit".to_owned()),
            Self::Digest { .. } => Lane("digest".to_owned()),
            Self::Missed { .. } => Lane("missed".to_owned()),
            Self::Trouble { .. } => Lane("trouble".to_owned()),
        }
    }

    /// The notice that pings for it together with others, when its own ping is held back.
    #[must_use]
    pub const fn bundle(&self) -> Option<Self> {
        match *self {
            Self::PostCard { route } | Self::Bundle { route } => Some(Self::Bundle { route }),
            Self::Ring { route, deadline } | Self::BundleRings { route, deadline } => Some(match deadline {
                Deadline::Remind
                | Deadline::Return
                | Deadline::Warn
                | Deadline::WarnResolution
                | Deadline::SnoozeOver => Self::Bundle { route },
                Deadline::Escalate | Deadline::EscalateResolution => {
                    Self::BundleRings { route, deadline: Deadline::Escalate }
                }
                Deadline::EscalateFurther => Self::BundleRings { route, deadline: Deadline::EscalateFurther },
            }),
            Self::EditCard { .. }
            | Self::RetireCard { .. }
            | Self::MoveCard { .. }
            | Self::Tag { .. }
            | Self::Untag { .. }
            | Self::Urge { .. }
            | Self::Acknowledge
            | Self::Digest { .. }
            | Self::ReviewList { .. }
            | Self::Missed { .. }
            | Self::Trouble { .. }
            | Self::InviteToAudit { .. } => None,
        }
    }

    /// Whether employees read it, and not the members.
    #[must_use]
    pub const fn is_for_employees(&self) -> bool {
        match self {
            Self::Tag { .. } | Self::Untag { .. } | Self::Acknowledge => false,
            Self::PostCard { .. }
            | Self::EditCard { .. }
            | Self::RetireCard { .. }
            | Self::MoveCard { .. }
            | Self::Ring { .. }
            | Self::Urge { .. }
            | Self::Bundle { .. }
            | Self::BundleRings { .. }
            | Self::Digest { .. }
            | Self::ReviewList { .. }
            | Self::Missed { .. }
            | Self::Trouble { .. }
            | Self::InviteToAudit { .. } => true,
        }
    }

    /// The desk in whose channel it shows, if it does.
    #[must_use]
    pub const fn desk(&self) -> Option<Route> {
        match self {
            Self::PostCard { route }
            | Self::EditCard { route }
            | Self::RetireCard { route, .. }
            | Self::MoveCard { route, .. }
            | Self::Ring { route, .. }
            | Self::Urge { route }
            | Self::Bundle { route }
            | Self::BundleRings { route, .. }
            | Self::ReviewList { route } => Some(*route),
            Self::Tag { .. }
            | Self::Untag { .. }
            | Self::Acknowledge
            | Self::InviteToAudit { .. }
            | Self::Digest { .. }
            | Self::Trouble { .. }
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
    /// When it was first sent without hearing whether it arrived; none when every attempt is known to have failed.
    pub perhaps_sent_at: Option<Timestamp>,
    /// How often somebody took it to do it; more often than it was tried when one of them never told how it went.
    pub claims: u32,
    /// Until when nobody else takes it.
    pub claimed_until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::TimeZone;

    #[test]
    fn a_notice_is_counted_under_the_word_that_is_stored() {
        let (route, to, deadline) = (Route::Pr, Route::CustomerService, Deadline::Warn);
        let week = Week::of(Timestamp::UNIX_EPOCH, &TimeZone::UTC);
        let all = [
            Notice::PostCard { route },
            Notice::EditCard { route },
            Notice::RetireCard { route, to },
            Notice::MoveCard { route, older: true },
            Notice::Tag { route },
            Notice::Untag { route },
            Notice::Ring { route, deadline },
            Notice::Urge { route },
            Notice::Acknowledge,
            Notice::Bundle { route },
            Notice::BundleRings { route, deadline },
            Notice::Digest { week },
            Notice::ReviewList { route },
            Notice::Missed { told_at: Timestamp::UNIX_EPOCH },
            Notice::Trouble { told_at: Timestamp::UNIX_EPOCH },
            Notice::InviteToAudit { week },
        ];
        assert_eq!(all.map(|notice| notice.as_str()), Notice::WORDS);
        for notice in all {
            let stored = serde_json::to_value(notice).expect("notices are stored as JSON");
            assert_eq!(stored["notice"], notice.as_str());
        }
    }
}
