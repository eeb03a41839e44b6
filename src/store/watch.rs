//! What those who watch over Vigie want to know of the store: what waits in it, and for how long.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::time::Timestamp;

/// Something that waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How much.
    pub length: u64,
    /// Since when the oldest waits; `None` when nothing waits.
    pub oldest: Option<Timestamp>,
}

/// What waits, of all communities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlogs {
    /// Heard and not digested, since it was heard.
    pub inbox: Backlog,
    /// Notices whose time has come, since then.
    pub due: Backlog,
    /// Notices whose time has not come, since they were written.
    pub waiting: Backlog,
    /// Notices that have failed at least once and are tried again, since they were written; they are among the others.
    pub stuck: Backlog,
    /// Deadlines that have passed and were not told, since they passed.
    pub overdue: Backlog,
}

/// The part of [`Store`](super::Store) for those who watch over it.
#[async_trait]
pub trait WatchStore: Send + Sync {
    /// Whether the database answers and can be written to: a row is really written.
    async fn check(&self, now: Timestamp) -> Result<(), StoreError>;

    /// What waits at this moment. Costs as much as there is waiting, and nothing for what is done.
    async fn backlogs(&self, now: Timestamp) -> Result<Backlogs, StoreError>;
}
