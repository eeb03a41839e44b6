//! Reads one channel or thread, from its newest message back, as far as anything matters and the limits allow.
//!
//! One walk serves all: what is new, what was changed and what is gone. Of too many messages the newest are read, so
//! that what is left out is one stretch of time, which can be named.

use serenity::model::channel::{GuildChannel, Message};

use super::{Extent, Run, Spot};
use crate::domain::gap::{Bound, Missed};
use crate::domain::ids::ChannelId;
use crate::domain::time::Timestamp;
use crate::platform::PlatformError;
use crate::platform::discord::events::posted_at;

/// How many messages Discord gives at a time.
const PAGE: usize = 100;

/// What was read of a place.
pub(super) struct Read {
    /// The messages, newest first.
    pub(super) messages: Vec<Message>,
    /// From this id on, nothing else is there.
    pub(super) down_to: u64,
}

impl Run<'_> {
    /// Reads back to what is not settled and to the gap's start, whichever is older.
    pub(super) async fn read(&self, spot: &Spot, extent: Extent) -> Result<Read, PlatformError> {
        let channel = spot.place.thread.unwrap_or(spot.place.channel);
        let oldest_unsettled = spot.unsettled.iter().min().copied().unwrap_or(u64::MAX);
        let until = oldest_unsettled.min(extent.after).max(extent.reach);
        let mut messages: Vec<Message> = Vec::new();
        let mut path = format!("/channels/{channel}/messages?limit={PAGE}");
        loop {
            let page: Vec<Message> = self.discord.rest.patient().get(&path).await?;
            let is_last = page.len() < PAGE;
            messages.extend(page);
            messages.sort_unstable_by_key(|message| std::cmp::Reverse(message.id));
            let oldest = messages.last().map_or(0, |message| message.id.get());
            if is_last {
                return Ok(Read { messages, down_to: 0 });
            }
            let new = messages.partition_point(|message| message.id.get() > extent.after);
            if oldest <= until || new >= extent.most || messages.len() - new >= extent.most {
                return Ok(Read { messages, down_to: oldest });
            }
            path = format!("/channels/{channel}/messages?limit={PAGE}&before={oldest}");
        }
    }
}

impl Read {
    /// How many of the messages, the newest, count as what was missed: the others are old, or over a limit.
    pub(super) fn count_new(&self, extent: Extent) -> usize {
        let since = extent.after.max(extent.reach);
        self.messages.partition_point(|message| message.id.get() > since).min(extent.most)
    }

    /// The stretch after the gap's start of which a limit has kept something from being read.
    pub(super) fn missed(&self, channel: &ChannelId, extent: Extent) -> Missed {
        let new = self.count_new(extent);
        match self.messages[..new].last() {
            Some(oldest) if new >= extent.most => {
                extent.missed(channel, posted_at(oldest.id), Bound::Messages)
            }
            Some(_) | None => extent.missed(channel, posted_at(extent.reach.into()), Bound::Age),
        }
    }
}

/// What is not even looked at: threads whose newest message is too long ago, though it came after the gap's start.
pub(super) fn too_old(threads: &[GuildChannel], channel: &ChannelId, extent: Extent) -> Option<Missed> {
    let is_too_old = |newest: u64| newest > extent.after && newest < extent.reach;
    let mut newest = threads.iter().filter_map(|thread| thread.last_message_id);
    let missed = || extent.missed(channel, posted_at(extent.reach.into()), Bound::Age);
    newest.any(|newest| is_too_old(newest.get())).then(missed)
}

impl Extent {
    fn missed(self, channel: &ChannelId, to: Timestamp, bound: Bound) -> Missed {
        Missed { channel: channel.clone(), from: posted_at(self.after.into()), to, bound }
    }
}
