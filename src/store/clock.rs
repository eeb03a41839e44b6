//! What the store keeps for the clock: what falls due for which request.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::ids::{CommunityId, RequestId};
use crate::domain::label::Route;
use crate::domain::request::{Course, Deadline, Request};
use crate::domain::time::Timestamp;

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

/// A request in which somebody waits, and what says for how long yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaiting {
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Which.
    pub id: RequestId,
    /// At which desk.
    pub route: Route,
    /// Its times.
    pub course: Course,
}

/// The clock's part of [`Store`](super::Store).
#[async_trait]
pub trait ClockStore: Send + Sync {
    /// The communities in which something has fallen due.
    async fn communities_due(&self, now: Timestamp) -> Result<Vec<CommunityId>, StoreError>;

    /// What has fallen due in a community, longest ago first.
    async fn due_deadlines(
        &self,
        community: &CommunityId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDeadline>, StoreError>;

    /// Whether something that may be an answer, or a deletion, was heard in a community and is not digested yet.
    async fn may_have_unread_answers(&self, community: &CommunityId) -> Result<bool, StoreError>;

    /// When the next deadline that has not passed will pass.
    async fn next_deadline(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Puts off what cannot be told at the moment.
    async fn postpone(&self, due: &DueDeadline, until: Timestamp) -> Result<(), StoreError>;

    /// The requests in which somebody waits, oldest first, after this one.
    async fn awaiting(
        &self,
        community: &CommunityId,
        after: Option<&(Timestamp, RequestId)>,
        limit: u32,
    ) -> Result<Vec<(Timestamp, RequestId)>, StoreError>;

    /// The same with their times, without a word of what was written: a long list costs little. Unlike `awaiting` it fails
    /// where one of them cannot be read.
    async fn awaiting_with_times(
        &self,
        community: &CommunityId,
        after: Option<&(Timestamp, RequestId)>,
        limit: u32,
    ) -> Result<Vec<Awaiting>, StoreError>;

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
}
