//! Shards: a large bot's connection comes in parts, and the processes over one database share them out.
//!
//! Each process says every few seconds that it is there, takes what is nobody's until it has its share, and gives back
//! what is more than that. What a process that died had is free once it lapses.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::time::{Span, Timestamp};

/// For how long a shard is its taker's unless it says again that it is there: with the next round of another process and
/// the time to connect, a dead process's shards are heard again well within half a minute.
pub const SHARD_LEASE: Span = Span::seconds(12);

/// How often a process takes part.
pub const SHARD_ROUND: Span = Span::seconds(4);

/// How much time lies between two shards that are taken, by whom they may be: Discord lets a bot identify itself once
/// in five seconds.
pub const SHARD_PACE: Span = Span::seconds(5);

/// What processes need to share out a connection.
#[async_trait]
pub trait ShardStore: Send + Sync + std::fmt::Debug {
    /// In how many shards the processes that are there have divided the connection; `None` when nobody is there.
    async fn shard_total(&self, now: Timestamp) -> Result<Option<u32>, StoreError>;

    /// Takes part in sharing out `total` shards; those that are this store's now, in their order.
    async fn share_shards(&self, total: u32, now: Timestamp) -> Result<Vec<u32>, StoreError>;
}
