//! What is erased from the store, and what a member is told of it. The third part of `trait Store`.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, UserId};
use crate::domain::time::Timestamp;

/// Until when rows were written that have served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Whatever holds a text.
    pub texts: Timestamp,
    /// Messages that opened no request, and who taught what.
    pub judgements: Timestamp,
    /// That there was a message.
    pub heard: Timestamp,
    /// Notices that were sent.
    pub sent: Timestamp,
    /// That a role was pinged.
    pub pings: Timestamp,
}

/// How much of a piece of work was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many rows, or cards.
    pub count: u64,
    /// Whether there may be more.
    pub has_more: bool,
}

/// What is kept of a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Their requests.
    pub requests: u64,
    /// Messages of these whose text is still there.
    pub texts: u64,
    /// When the first of the requests was opened.
    pub oldest: Option<Timestamp>,
    /// When the first of the texts was written.
    pub oldest_text: Option<Timestamp>,
}

/// A message of a request whose text is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptText {
    /// The watched channel.
    pub channel: ChannelId,
    /// The channels and threads in which it may stand, the likeliest first.
    pub places: Vec<ChannelId>,
    /// The message.
    pub message: MessageId,
    /// When it was written.
    pub at: Timestamp,
    /// What it says as far as we know.
    pub text: String,
}

/// What was erased of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Forgotten {
    /// Requests that they had opened.
    pub requests: u64,
    /// Texts of these.
    pub texts: u64,
    /// Entries of logs that named them.
    pub entries: u64,
    /// Messages of theirs that opened no request.
    pub judgements: u64,
    /// Messages known by their ids.
    pub messages: u64,
}

/// What is erased.
#[async_trait]
pub trait PrivacyStore {
    /// Communities that are to be looked through, with the time since when, longest ago first.
    async fn erasures_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CommunityId, Timestamp)>, StoreError>;

    /// When the next community is to be looked through that is not yet.
    async fn next_erasure(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Has a community looked through at `to` instead of `from`; `false` when somebody else has changed that.
    async fn move_erasure(
        &self,
        community: &CommunityId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<bool, StoreError>;

    /// When the oldest text that is kept was written.
    async fn oldest_text(&self, community: &CommunityId) -> Result<Option<Timestamp>, StoreError>;

    /// The messages of requests in a channel or thread whose texts are kept, oldest first.
    async fn texts_in(
        &self,
        community: &CommunityId,
        place: &ChannelId,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// The newest of the kept texts that were written before a moment, and those written in the same millisecond.
    async fn texts_before(
        &self,
        community: &CommunityId,
        before: Timestamp,
    ) -> Result<Vec<KeptText>, StoreError>;

    /// Erases the oldest texts of requests that were written before, `limit` at most; the cards that show them are to
    /// be drawn anew.
    async fn erase_texts(
        &self,
        community: &CommunityId,
        before: Timestamp,
        limit: u32,
        now: Timestamp,
    ) -> Result<Erased, StoreError>;

    /// Deletes rows that have served, `limit` of each kind at most.
    async fn prune(
        &self,
        community: &CommunityId,
        bounds: &Bounds,
        limit: u32,
        now: Timestamp,
    ) -> Result<Erased, StoreError>;

    /// Has cards drawn anew that show what was erased, `limit` at most.
    async fn redraw_erased(
        &self,
        community: &CommunityId,
        limit: u32,
        now: Timestamp,
    ) -> Result<Erased, StoreError>;

    /// What is kept of a member.
    async fn kept_of(&self, community: &CommunityId, member: &UserId) -> Result<Kept, StoreError>;

    /// Erases a person: their texts and their name, and puts `marker` wherever they stood. Every figure stays.
    async fn forget(
        &self,
        community: &CommunityId,
        person: &UserId,
        marker: &UserId,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError>;

    /// Makes sure that what was erased is in no file of the database any more, as far as it can be done now.
    async fn scrub(&self) -> Result<(), StoreError>;
}
