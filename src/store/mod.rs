//! What must not be lost, behind one trait that speaks the domain.
//!
//! A method is a transaction. The statements stand once, in `sql.rs`, for both databases; `adapter.rs` is compiled
//! once for each. Nothing outside this module knows that there is SQL.

mod alone;
pub mod claims;
mod clock;
mod connect;
mod gaps;
mod home;
pub mod judge;
mod measure;
pub mod outage;
mod outbox;
pub mod privacy;
mod read_only;
mod rows;
pub mod shards;
mod sheet;
mod sql;
pub mod sqlite;
mod troubles;
mod watch;

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "postgres")]
pub mod transfer;

use std::collections::HashMap;
use std::ops::RangeInclusive;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::card::Past;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RequestId, UserId};
use crate::domain::label::Route;
use crate::domain::linking::Heard;
use crate::domain::message::IncomingMessage;
use crate::domain::request::{Event, Request, Status};
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::metrics;

pub use alone::{Alone, Seat, alone};
pub use claims::ClaimStore;
pub use clock::{Awaiting, ClockStore, DueDeadline};
pub use connect::{connect, in_memory};
pub use gaps::{GapStore, LastWord};
pub use judge::{Decided, JudgeStore};
pub use measure::{Measure, Measures, Took};
pub use outbox::{Bundle, Delivery, OutboxStore, PostedCard, StuckNotice};
pub use privacy::PrivacyStore;
pub use shards::ShardStore;
pub use sheet::Sheet;
pub use troubles::{Trouble, TroubleStore};
pub use watch::{Backlog, Backlogs, WatchStore};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed it first; load it again and decide anew.
    #[error("changed by somebody else in the meantime")]
    Conflict,
    /// The database did not answer, was busy, full or read-only: worth another try.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// What is stored cannot be read: a bug, or a database of a newer Vigie.
    #[error("the database holds something that this Vigie cannot read: {0}")]
    Unreadable(String),
}

/// Something that happened in a watched channel, kept until it has been digested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Incoming {
    /// A message was posted.
    Posted(IncomingMessage),
    /// A message was changed; it says now what `message.text` says.
    Edited {
        /// The message as it is now, with the time stamp of its posting.
        message: IncomingMessage,
        /// When it was changed.
        at: Timestamp,
    },
    /// A message was deleted.
    Deleted {
        /// Where.
        community: CommunityId,
        /// The watched channel.
        channel: ChannelId,
        /// Which.
        message: MessageId,
        /// When, as near as the platform tells.
        at: Timestamp,
    },
}

/// A row of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxItem {
    /// Its name; sorts by the time of arrival.
    pub id: String,
    /// What happened.
    pub incoming: Incoming,
}

/// A community's settings as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSettings {
    /// What is set.
    pub settings: Settings,
    /// Counts the changes.
    pub version: i64,
}

/// The versions of what is known of a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Of its settings.
    pub settings: i64,
    /// Of what it has taught.
    pub learnt: i64,
}

/// Which requests are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Opened at or after.
    pub from: Option<Timestamp>,
    /// Opened before.
    pub to: Option<Timestamp>,
    /// At this desk.
    pub route: Option<Route>,
    /// In this watched channel.
    pub channel: Option<ChannelId>,
    /// In this thread or forum post of it.
    pub thread: Option<ChannelId>,
    /// By this member.
    pub author: Option<UserId>,
    /// Held by this employee: they have claimed it and nobody has answered yet.
    pub claimer: Option<UserId>,
    /// Only those whose member waits for the company.
    pub is_awaiting: bool,
    /// In one of these states; empty for any.
    pub statuses: Vec<Status>,
    /// Behind this one, by opening and then by id: how a long list is read page by page, oldest first.
    pub after: Option<(Timestamp, RequestId)>,
}

/// The order and number of requests that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The oldest first.
    OldestFirst {
        /// How many at most.
        limit: u32,
    },
    /// The newest first.
    NewestFirst {
        /// How many at most.
        limit: u32,
    },
}

/// What is said about a stored post of the playground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaygroundPost {
    /// The channel.
    pub channel: ChannelId,
    /// The post.
    pub id: MessageId,
    /// When it was posted.
    pub at: Timestamp,
    /// The post as the page shows it, JSON.
    pub body: String,
}

/// What must not be lost.
#[async_trait]
pub trait Store:
    ClaimStore
    + ClockStore
    + GapStore
    + JudgeStore
    + OutboxStore
    + PrivacyStore
    + ShardStore
    + TroubleStore
    + WatchStore
    + Send
    + Sync
    + std::fmt::Debug
{
    // Settings.

    /// The communities, with the version of their settings.
    async fn communities(&self) -> Result<Vec<(CommunityId, i64)>, StoreError>;

    /// The versions of a community's settings and of what it has taught; `None` when it is not known. Cheap: asked
    /// for each message.
    async fn versions(&self, community: &CommunityId) -> Result<Option<Versions>, StoreError>;

    /// The settings of a community; `None` when it is not known.
    async fn settings(&self, community: &CommunityId) -> Result<Option<StoredSettings>, StoreError>;

    /// Stores the settings of a community whose stored version is `expected` (`None`: there must be none yet), and
    /// makes due at once what waited for a desk.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else has changed them.
    async fn save_settings(
        &self,
        settings: &Settings,
        expected: Option<i64>,
        now: Timestamp,
    ) -> Result<i64, StoreError>;

    // Inbox.

    /// Keeps what happened; `false` when it was known already. `id` sorts by the time of arrival.
    async fn receive(&self, id: &str, incoming: &Incoming, now: Timestamp) -> Result<bool, StoreError>;

    /// What has not been digested in the communities that this store may digest now, oldest first. No two stores have
    /// the same community at a time, so that what is heard in it keeps its order.
    async fn pending(&self, now: Timestamp, limit: u32) -> Result<Vec<InboxItem>, StoreError>;

    /// The last messages heard in a channel or thread before `before`, oldest first.
    async fn talk(
        &self,
        community: &CommunityId,
        place: &ChannelId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError>;

    /// What one person has said in these channels and threads within this time, oldest first.
    async fn said(
        &self,
        community: &CommunityId,
        places: &[ChannelId],
        by: &UserId,
        time: RangeInclusive<Timestamp>,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError>;

    /// What anybody has said in these channels and threads from then on and was digested, oldest first.
    async fn digested(
        &self,
        community: &CommunityId,
        places: &[ChannelId],
        from: Timestamp,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError>;

    // Requests.

    /// Stores what was decided and, when it comes from the inbox, marks that item as digested and erases its text:
    /// all of it or nothing. An item that another process has digested in the meantime changes nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a request, or what was learnt, is no longer at the version that the decision was
    /// made from.
    async fn apply(
        &self,
        community: &CommunityId,
        decided: &Decided,
        digested: Option<&InboxItem>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// A request by its id.
    async fn request(&self, community: &CommunityId, id: &RequestId) -> Result<Option<Request>, StoreError>;

    /// The newest request whose id ends like this: what people read out to each other.
    async fn request_ending(
        &self,
        community: &CommunityId,
        tail: &str,
    ) -> Result<Option<Request>, StoreError>;

    /// The request that a message belongs to; the newest when an earlier one was dismissed.
    async fn request_of(
        &self,
        community: &CommunityId,
        message: &MessageId,
    ) -> Result<Option<Request>, StoreError>;

    /// Requests in full, texts included.
    async fn requests(
        &self,
        community: &CommunityId,
        filter: &RequestFilter,
        page: Page,
    ) -> Result<Vec<Request>, StoreError>;

    /// How many requests match.
    async fn count(&self, community: &CommunityId, filter: &RequestFilter) -> Result<usize, StoreError>;

    /// Requests as figures see them, oldest first; all that match.
    async fn measures(&self, community: &CommunityId, filter: &RequestFilter)
    -> Result<Measures, StoreError>;

    /// The log of a request, oldest first.
    async fn events(&self, community: &CommunityId, request: &RequestId) -> Result<Vec<Event>, StoreError>;

    /// The logs of a page of requests, each oldest first.
    async fn events_of(
        &self,
        community: &CommunityId,
        requests: &[RequestId],
    ) -> Result<HashMap<RequestId, Vec<Event>>, StoreError>;

    /// The member's requests before this one.
    async fn past(&self, community: &CommunityId, request: &RequestId) -> Result<Past, StoreError>;

    // Playground.

    /// Keeps a post of the playground, new or changed.
    async fn put_playground_post(
        &self,
        community: &CommunityId,
        post: &PlaygroundPost,
    ) -> Result<(), StoreError>;

    /// Forgets a post of the playground.
    async fn remove_playground_post(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        id: &MessageId,
    ) -> Result<(), StoreError>;

    /// The playground's posts, oldest first.
    async fn playground_posts(&self, community: &CommunityId) -> Result<Vec<PlaygroundPost>, StoreError>;

    /// Forgets a community with everything in it; the playground's *start again*.
    async fn erase_community(&self, community: &CommunityId) -> Result<(), StoreError>;
}

impl Incoming {
    /// What happened, in a word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Posted(_) => "posted",
            Self::Edited { .. } => "edited",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// The community and the watched channel in which it happened.
    #[must_use]
    pub const fn place(&self) -> (&CommunityId, &ChannelId) {
        match self {
            Self::Posted(message) | Self::Edited { message, .. } => (&message.community, &message.channel),
            Self::Deleted { community, channel, .. } => (community, channel),
        }
    }
}

/// As JSON, for a column.
fn encode(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Unreadable(e.to_string()))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Conflict,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                metrics::store_failed("unreadable");
                Self::Unreadable(error.to_string())
            }
            other => {
                if let sqlx::Error::Database(inner) = other {
                    read_only::note(inner.as_ref());
                }
                metrics::store_failed("unavailable");
                Self::Unavailable(error.to_string())
            }
        }
    }
}
