//! Claims: several processes over one database do nothing twice.
//!
//! A store is one claimant. What it takes to do is nobody else's until the claim lapses, so that the work of a process
//! that died is taken over, and one that was stopped for long and wakes up finds out. Clocks of machines that share a
//! database may differ by a few seconds at most.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::notice::QueuedNotice;
use crate::domain::time::{Span, Timestamp};

/// For how long a notice is its taker's, unless it is held for longer: more than loading what is to be said and one call
/// take, and short enough that a desk does not wait long for what a dead process left.
pub const NOTICE_LEASE: Span = Span::seconds(20);

/// For how long deadlines, and the turn to digest a community's messages, are their taker's. What is done meanwhile is
/// guarded by versions, so that lapsing too early costs work and nothing else.
pub const WORK_LEASE: Span = Span::seconds(5);

/// What several processes need to share a database.
#[async_trait]
pub trait ClaimStore {
    /// Keeps a notice until `until`; `false` when somebody else has taken it since, or it is done.
    async fn hold(&self, notice: &QueuedNotice, until: Timestamp) -> Result<bool, StoreError>;

    /// Gives a notice back of which nothing is recorded, so that it can be taken at once.
    async fn give_back(&self, notice: &QueuedNotice) -> Result<(), StoreError>;

    /// Makes this store's own claims void: its process ends, and others need not wait.
    async fn leave(&self) -> Result<(), StoreError>;

    /// Makes all claims void. Only for who knows that nobody else is at work on this database.
    async fn void_claims(&self) -> Result<(), StoreError>;
}

/// The end of a claim that is made now.
pub(super) fn until(now: Timestamp, lease: Span) -> i64 {
    now.as_millisecond().saturating_add(lease.as_milliseconds())
}
