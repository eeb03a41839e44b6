//! What the store keeps for the outbox: notices on their way, cards that were posted, roles that were pinged.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId};
use crate::domain::label::Route;
use crate::domain::notice::{Notice, QueuedNotice};
use crate::domain::request::{Deadline, Request};
use crate::domain::settings::{Desk, Platform};
use crate::domain::time::Timestamp;

/// A card that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedCard {
    /// The channel it was posted in.
    pub channel: ChannelId,
    /// The post.
    pub post: MessageId,
}

/// What became of sending a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is done; for a card that was posted, where.
    Done(Option<PostedCard>),
    /// A card was posted.
    Posted {
        /// Where.
        card: PostedCard,
        /// The role that was pinged with it.
        pinged: Option<RoleId>,
        /// When the desk is told of it with others, if its ping was held back.
        bundle_at: Option<Timestamp>,
    },
    /// A note was posted that pinged a desk.
    Pinged {
        /// The role.
        role: RoleId,
        /// Where.
        channel: ChannelId,
    },
    /// A note was posted that pinged no desk.
    Said {
        /// Where.
        channel: ChannelId,
    },
    /// Whom it concerns is told of it with others.
    Held {
        /// When.
        bundle_at: Timestamp,
    },
    /// Somebody was told of these requests with one ping, or the post that pinged them shows them now.
    Bundled {
        /// The notice whose post pinged.
        by: NoticeId,
        /// The post, when it is a new one.
        post: Option<PostedCard>,
        /// The role.
        role: RoleId,
        /// The requests.
        requests: Vec<RequestId>,
    },
    /// The card stands in another channel now.
    Moved(PostedCard),
    /// The card of this desk was retired.
    Retired,
    /// Not now: again at this time.
    Later {
        /// When to try again.
        at: Timestamp,
        /// Why it did not work.
        reason: String,
        /// It may have arrived all the same.
        perhaps_sent: bool,
        /// The channel in which somebody has to mend something first: the administrator is told of it once.
        blocked_in: Option<ChannelId>,
    },
    /// It can never be done.
    GivenUp {
        /// Why not.
        reason: String,
    },
}

impl Delivery {
    /// The channel in which something new was posted, if there was.
    #[must_use]
    pub const fn posted_in(&self) -> Option<&ChannelId> {
        match self {
            Self::Done(Some(card))
            | Self::Posted { card, .. }
            | Self::Moved(card)
            | Self::Bundled { post: Some(card), .. } => Some(&card.channel),
            Self::Pinged { channel, .. } | Self::Said { channel } => Some(channel),
            Self::Done(None)
            | Self::Held { .. }
            | Self::Bundled { post: None, .. }
            | Self::Retired
            | Self::Later { .. }
            | Self::GivenUp { .. } => None,
        }
    }
}

/// A post that pinged a role for several requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The notice with which it was posted.
    pub notice: NoticeId,
    /// The post.
    pub post: PostedCard,
}

/// A notice that waits longer than it should, for `doctor` and `/setup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckNotice {
    /// The notice.
    pub notice: QueuedNotice,
    /// What the platform said last.
    pub reason: String,
}

/// The outbox's part of [`Store`](super::Store).
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// The notices that can be sent now through one of these platforms: due, and first in their lane. Oldest first.
    async fn due_notices(
        &self,
        now: Timestamp,
        limit: u32,
        platforms: &[Platform],
    ) -> Result<Vec<QueuedNotice>, StoreError>;

    /// Has the cards of what waits at a desk and was opened before `first` follow it into the channel in which it reads
    /// now, some at a time.
    async fn let_older_follow(&self, first: &Request, desk: &Desk, now: Timestamp) -> Result<(), StoreError>;

    /// When the next notice that is not due yet will be.
    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Notices that have failed at least once and still wait.
    async fn stuck_notices(&self, community: &CommunityId) -> Result<Vec<StuckNotice>, StoreError>;

    /// Keeps what became of a notice.
    async fn record_delivery(
        &self,
        notice: &QueuedNotice,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// How often a role was pinged for one request since.
    async fn pings_since(
        &self,
        community: &CommunityId,
        role: &RoleId,
        since: Timestamp,
    ) -> Result<u64, StoreError>;

    /// The last post since with which a notice of the same queue pinged this role for several requests in this
    /// channel.
    async fn last_bundle(
        &self,
        notice: &QueuedNotice,
        role: &RoleId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<Option<Bundle>, StoreError>;

    /// The requests that wait unclaimed at this desk and for which it has not been pinged, or only with this bundle;
    /// oldest first.
    async fn held(
        &self,
        community: &CommunityId,
        route: Route,
        bundle: Option<&NoticeId>,
    ) -> Result<Vec<Request>, StoreError>;

    /// The requests of which was told without a ping in this queue, and what fell due, and for which nothing has pinged
    /// since, or only this bundle; oldest first. Of a request of which was told twice, what was told last.
    async fn held_rings(
        &self,
        community: &CommunityId,
        queue: Notice,
        bundle: Option<&NoticeId>,
    ) -> Result<Vec<(Request, Deadline)>, StoreError>;

    /// The live card of a request in a desk's channel; without a request, the desk's review list.
    async fn live_card(
        &self,
        community: &CommunityId,
        request: Option<&RequestId>,
        route: Route,
    ) -> Result<Option<PostedCard>, StoreError>;

    /// Whether a later notice of the same kind waits for the same card, so that this one can be skipped.
    async fn is_superseded(&self, notice: &QueuedNotice) -> Result<bool, StoreError>;
}
