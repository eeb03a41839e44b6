//! What the store keeps of channels in which nothing can be posted.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::ids::{ChannelId, CommunityId};
use crate::domain::label::Route;
use crate::domain::time::Timestamp;

/// A channel in which nothing can be posted until somebody mends something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The channel.
    pub channel: ChannelId,
    /// What the platform said first.
    pub reason: String,
    /// Since when, which is also when the administrator was to be told.
    pub told_at: Timestamp,
}

/// The troubles' part of [`Store`](super::Store). They begin and end with what becomes of notices: see
/// [`Delivery`](super::Delivery).
#[async_trait]
pub trait TroubleStore: Send + Sync {
    /// The channels of a community in which nothing can be posted now.
    async fn troubles(&self, community: &CommunityId) -> Result<Vec<Trouble>, StoreError>;

    /// How many cards wait to be posted at a desk.
    async fn cards_waiting(&self, community: &CommunityId, route: Route) -> Result<usize, StoreError>;
}
