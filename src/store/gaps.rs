//! What the store keeps of times in which nobody listened: where reading begins again, and what was left unread.

use std::collections::HashMap;

use async_trait::async_trait;

use super::{Incoming, StoreError};
use crate::domain::gap::{Gap, Missed};
use crate::domain::ids::{ChannelId, CommunityId, MessageId};
use crate::domain::time::Timestamp;

/// The last that was heard of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastWord {
    /// That it was posted.
    Posted,
    /// That it was changed, then.
    Edited(Timestamp),
    /// That it is gone.
    Deleted,
}

/// The gaps' part of [`Store`](super::Store).
#[async_trait]
pub trait GapStore: Send + Sync {
    /// The newest message seen in a watched channel or its threads since it is watched.
    async fn last_seen(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
    ) -> Result<Option<MessageId>, StoreError>;

    /// The last that was heard of each of these messages; those never heard of are left out.
    async fn last_words(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        messages: &[MessageId],
    ) -> Result<HashMap<MessageId, LastWord>, StoreError>;

    /// Keeps what happened, all of it or nothing; says of each whether it was new. The ids sort by the time of arrival.
    async fn receive_all(
        &self,
        heard: &[(String, Incoming)],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError>;

    /// The gaps of a community, those that are made good among them.
    async fn gaps(&self, community: &CommunityId) -> Result<Vec<Gap>, StoreError>;

    /// In these channels, what was written after these messages has still to be read. Where something was owed
    /// before, it stays as it was.
    async fn open_gaps(
        &self,
        community: &CommunityId,
        starts: &[(ChannelId, MessageId)],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Keeps why a gap could not be made good so far.
    async fn gap_stays(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        reason: &str,
    ) -> Result<(), StoreError>;

    /// A gap is made good, unless nobody listened once more since this was read of it.
    async fn close_gap(&self, community: &CommunityId, gap: &Gap) -> Result<(), StoreError>;

    /// The messages of a watched channel whose change or end would matter, with the channel or thread in which each
    /// stands: those of requests opened since `requests` that are not settled, and of remarks judged since `remarks`.
    async fn unsettled(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        requests: Timestamp,
        remarks: Timestamp,
    ) -> Result<Vec<(ChannelId, MessageId)>, StoreError>;

    /// Whether something that an employee wrote in a channel since then waits to be digested.
    async fn may_be_answered(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Keeps what was left unread in a channel.
    async fn note_missed(&self, community: &CommunityId, missed: &Missed) -> Result<(), StoreError>;

    /// Has the coordinator told of everything left unread of which they were not; `false` when there is nothing.
    /// Forgets what they were told before `until`.
    async fn tell_missed(
        &self,
        community: &CommunityId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// What the coordinator is told with one note.
    async fn missed(&self, community: &CommunityId, told_at: Timestamp) -> Result<Vec<Missed>, StoreError>;

    /// What was left unread and told since, or not told yet.
    async fn missed_since(
        &self,
        community: &CommunityId,
        since: Timestamp,
    ) -> Result<Vec<Missed>, StoreError>;
}
