//! Reads one channel or thread, from its newest message back, as far as anything matters and the limits allow.
//!
//! One walk serves all: what is new, what was changed and what is gone. Of too many messages the newest are read, so
//! that what is left out is one stretch of time, which can be named.

use serenity::model::channel::{GuildChannel, Message};

use super::news::News;
use super::{Extent, Run, Spot};
use crate::domain::gap::{Bound, Gap, Missed};
use crate::domain::ids::ChannelId;
use crate::domain::time::Timestamp;
use crate::platform::discord::events::{NotNow, posted_at};

/// How many messages Discord gives at a time.
const PAGE: usize = 100;

/// What has been read of a place: a channel's history is long, and of most of it only the ids matter.
#[derive(Default)]
pub(super) struct Read {
    /// The ids, newest first.
    ids: Vec<u64>,
    /// How many of them, the newest, count as what was missed: the others are old, or over a limit.
    new: usize,
    /// Whether something that came after the gap's start and was never heard is over a limit.
    is_cut: bool,
    /// From this id on, nothing else is there.
    down_to: u64,
}

impl Run<'_> {
    /// Reads a place back to what is not settled and to the gap's start, whichever is older, and adds what happened
    /// there to the news.
    pub(super) async fn read(
        &mut self,
        gap: &Gap,
        spot: &Spot,
        extent: Extent,
        news: &mut News,
    ) -> Result<(), NotNow> {
        let channel = spot.place.thread.unwrap_or(spot.place.channel);
        let oldest_unsettled = spot.unsettled.iter().min().copied().unwrap_or(u64::MAX);
        let until = oldest_unsettled.min(extent.after).max(extent.reach);
        let mut read = Read::default();
        let mut path = format!("/channels/{channel}/messages?limit={PAGE}");
        loop {
            let mut page: Vec<Message> = self.discord.rest.patient().get(&path).await?;
            page.sort_unstable_by_key(|message| std::cmp::Reverse(message.id));
            news.gather(self, gap, spot, &page, extent, &mut read).await?;
            if page.len() < PAGE {
                break;
            }
            let oldest = read.ids.last().copied().unwrap_or(0);
            let after = read.ids.partition_point(|id| *id > extent.after);
            if oldest <= until || after >= extent.most || read.ids.len() - after >= extent.most {
                read.down_to = oldest;
                break;
            }
            path = format!("/channels/{channel}/messages?limit={PAGE}&before={oldest}");
        }
        news.conclude(self, gap, spot, &read, extent);
        Ok(())
    }
}

impl Read {
    /// Whether the next message counts as what was missed.
    pub(super) fn takes(&mut self, id: u64, extent: Extent) -> bool {
        self.ids.push(id);
        let is_new = id > extent.after.max(extent.reach) && self.new < extent.most;
        self.new += usize::from(is_new);
        is_new
    }

    /// A message that came after the gap's start and was never heard is not taken.
    pub(super) const fn leaves_out(&mut self) {
        self.is_cut = true;
    }

    /// Whether a message that we know is gone, as far as can be said.
    pub(super) fn has_lost(&self, id: u64) -> bool {
        id >= self.down_to && self.ids.binary_search_by(|there| id.cmp(there)).is_err()
    }

    /// What a limit has kept from being read of what came after the gap's start.
    pub(super) fn missed(&self, channel: &ChannelId, extent: Extent) -> Option<Missed> {
        let is_cut = self.is_cut || self.down_to > extent.after;
        let (to, bound) = match self.ids[..self.new].last() {
            Some(oldest) if self.new >= extent.most => (*oldest, Bound::Messages),
            Some(_) | None => (extent.reach, Bound::Age),
        };
        is_cut.then(|| extent.missed(channel, posted_at(to.into()), bound))
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
