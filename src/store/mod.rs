//! What must not be lost, behind one trait that speaks the domain.
//!
//! A method is a transaction. The statements stand once, in `sql.rs`, for both databases; `adapter.rs` is compiled
//! once for each. Nothing outside this module knows that there is SQL.

mod connect;
pub mod judge;
mod pack;
pub mod privacy;
mod rows;
mod sql;
pub mod sqlite;

#[cfg(feature = "postgres")]
pub mod postgres;

use std::collections::HashMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::card::Past;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId, UserId};
use crate::domain::label::Route;
use crate::domain::linking::Heard;
use crate::domain::message::IncomingMessage;
use crate::domain::notice::QueuedNotice;
use crate::domain::request::{Deadline, Event, Length, Request, Status};
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;

pub use connect::{connect, in_memory};
pub use judge::{Decided, JudgeStore};
pub use privacy::PrivacyStore;

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
    /// The desk is told of it with others.
    Held {
        /// When.
        bundle_at: Timestamp,
    },
    /// The desk was told of these requests with one ping, or the post that pinged it shows them now.
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
    /// The card of this desk was retired.
    Retired,
    /// Not now: again at this time.
    Later {
        /// When to try again.
        at: Timestamp,
        /// Why it did not work.
        reason: String,
    },
    /// It can never be done.
    GivenUp {
        /// Why not.
        reason: String,
    },
}

/// How often a role was pinged lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pings {
    /// How often for one request.
    pub count: u64,
    /// The last post that pinged it for several.
    pub bundle: Option<Bundle>,
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
    /// By this member.
    pub author: Option<UserId>,
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

/// Requests as figures see them, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// The requests.
    pub rows: Vec<Measure>,
    /// Who answered them: what [`Measure::answered_by`] points into.
    pub people: Vec<UserId>,
}

/// One request as figures see it: no texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Which, while its member waits for the company; afterwards it is a figure among others.
    pub waiting: Option<RequestId>,
    /// The desk.
    pub route: Route,
    /// Where it stands.
    pub status: Status,
    /// When its clock started.
    #[serde(with = "pack::milliseconds")]
    pub opened_at: Timestamp,
    /// It was opened while its desk was closed.
    pub is_outside_hours: bool,
    /// Until the first claim.
    pub claim: Option<Took>,
    /// Until the first response.
    pub first_response: Option<Took>,
    /// Who gave it: a place in [`Measures::people`].
    pub answered_by: Option<usize>,
    /// Each later question of the member until its answer.
    pub next_responses: Vec<Took>,
    /// How long the member had waited for the company at the first resolution.
    pub first_resolution: Option<Took>,
    /// The same at the last one.
    pub total_resolution: Option<Took>,
    /// Since when the member waits for the company.
    #[serde(with = "pack::milliseconds_if_any")]
    pub waiting_since: Option<Timestamp>,
    /// How often it was reopened.
    pub reopened: u32,
    /// How often it changed desks.
    pub reroutes: u32,
    /// Another member answered it before any employee.
    pub has_community_answer: bool,
}

impl Measure {
    /// A request of which nothing has been measured yet.
    #[must_use]
    pub const fn new(route: Route, status: Status, opened_at: Timestamp) -> Self {
        Self {
            waiting: None,
            route,
            status,
            opened_at,
            is_outside_hours: false,
            claim: None,
            first_response: None,
            answered_by: None,
            next_responses: Vec::new(),
            first_resolution: None,
            total_resolution: None,
            waiting_since: None,
            reopened: 0,
            reroutes: 0,
            has_community_answer: false,
        }
    }
}

/// How long something took, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// On the calendar.
    pub seconds: i64,
    /// In the desk's opening hours.
    pub business_seconds: i64,
}

impl From<Length> for Took {
    fn from(length: Length) -> Self {
        Self { seconds: length.time.as_seconds(), business_seconds: length.business_seconds }
    }
}

/// Something that has fallen due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDeadline {
    /// Where.
    pub community: CommunityId,
    /// For which request.
    pub request: RequestId,
    /// What.
    pub deadline: Deadline,
    /// Since when.
    pub due_at: Timestamp,
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
pub trait Store: JudgeStore + PrivacyStore + Send + Sync + std::fmt::Debug {
    /// Whether the database answers and can be written to.
    async fn check(&self) -> Result<(), StoreError>;

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

    /// What has not been digested, oldest first.
    async fn pending(&self, limit: u32) -> Result<Vec<InboxItem>, StoreError>;

    /// The last messages heard in a channel or thread before `before`, oldest first.
    async fn talk(
        &self,
        community: &CommunityId,
        place: &ChannelId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError>;

    /// The newest message seen in a channel or thread.
    async fn last_seen(
        &self,
        community: &CommunityId,
        place: &ChannelId,
    ) -> Result<Option<MessageId>, StoreError>;

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

    // Deadlines.

    /// What has fallen due, longest ago first.
    async fn due_deadlines(&self, now: Timestamp, limit: u32) -> Result<Vec<DueDeadline>, StoreError>;

    /// When the next deadline that has not passed will pass.
    async fn next_deadline(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Puts these in place of what falls due for a request.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the request is no longer at this version.
    async fn reschedule(
        &self,
        request: &Request,
        deadlines: &[(Deadline, Timestamp)],
    ) -> Result<(), StoreError>;

    /// Forgets what was to fall due for a request that is no more.
    async fn drop_deadlines(&self, community: &CommunityId, request: &RequestId) -> Result<(), StoreError>;

    /// Communities whose settings have changed since their deadlines were worked out, with the version of the
    /// settings.
    async fn untimed(&self, limit: u32) -> Result<Vec<(CommunityId, i64)>, StoreError>;

    /// Keeps that the deadlines of a community were worked out with this version of its settings.
    async fn timed(&self, community: &CommunityId, version: i64) -> Result<(), StoreError>;

    // Outbox.

    /// The notices that can be sent now: due, and first in their lane. Oldest first.
    async fn due_notices(&self, now: Timestamp, limit: u32) -> Result<Vec<QueuedNotice>, StoreError>;

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

    /// How often a role was pinged since.
    async fn pings_since(
        &self,
        community: &CommunityId,
        role: &RoleId,
        since: Timestamp,
    ) -> Result<Pings, StoreError>;

    /// The requests that wait unclaimed at this desk and for which it has not been pinged, or only with this bundle;
    /// oldest first.
    async fn held(
        &self,
        community: &CommunityId,
        route: Route,
        bundle: Option<&NoticeId>,
    ) -> Result<Vec<Request>, StoreError>;

    /// The live card of a request in a desk's channel; without a request, the desk's review list.
    async fn live_card(
        &self,
        community: &CommunityId,
        request: Option<&RequestId>,
        route: Route,
    ) -> Result<Option<PostedCard>, StoreError>;

    /// Whether a later notice of the same kind waits for the same card, so that this one can be skipped.
    async fn is_superseded(&self, notice: &QueuedNotice) -> Result<bool, StoreError>;

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
                Self::Unreadable(error.to_string())
            }
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
