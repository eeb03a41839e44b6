//! Which channels and threads have to be read: those in which something is new, and those in which something stands
//! whose change or end would matter.
//!
//! Archived threads are asked for by the time at which they fell asleep: a message wakes a thread, so one that has
//! slept since before the gap has nothing new. Private threads that are archived are left out: to list them takes a
//! permission that Vigie does not ask for.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serenity::model::channel::GuildChannel;
use serenity::model::id::ChannelId;

use super::{Extent, Run, Spot};
use crate::domain::ids;
use crate::domain::time::Timestamp;
use crate::platform::PlatformError;
use crate::platform::discord::channel_of;
use crate::platform::discord::directory::{Channel, Guild, Place};
use crate::platform::discord::events::channel_id;

/// How many threads Discord lists at a time.
const PAGE: usize = 100;

#[derive(Deserialize)]
struct Active {
    threads: Vec<GuildChannel>,
}

#[derive(Deserialize)]
struct Archived {
    threads: Vec<GuildChannel>,
    has_more: bool,
}

impl Run<'_> {
    /// The guild's threads that are not archived.
    pub(super) async fn active_threads(&self) -> Result<Vec<GuildChannel>, PlatformError> {
        let path = format!("/guilds/{}/threads/active", self.guild);
        let active: Active = self.discord.rest.patient().get(&path).await?;
        Ok(active.threads)
    }

    /// The threads of a channel in which something may have been written since then: those that are awake, and those
    /// that fell asleep later.
    pub(super) async fn threads_since(
        &self,
        channel: ChannelId,
        since: Timestamp,
        active: &[GuildChannel],
    ) -> Result<Vec<GuildChannel>, PlatformError> {
        let awake = active.iter().filter(|thread| thread.parent_id == Some(channel));
        let mut found: Vec<GuildChannel> = awake.cloned().collect();
        let mut before: Option<Timestamp> = None;
        loop {
            let before_then = before.map(|before| format!("&before={before}")).unwrap_or_default();
            let path = format!("/channels/{channel}/threads/archived/public?limit={PAGE}{before_then}");
            let page: Archived = self.discord.rest.patient().get(&path).await?;
            let oldest = page.threads.iter().filter_map(archived_at).min();
            found.extend(page.threads.into_iter().filter(|thread| archived_at(thread) >= Some(since)));
            // The list goes back in time; Discord giving the same page again must not keep us here.
            if !page.has_more || oldest < Some(since) || before.is_some_and(|before| oldest >= Some(before)) {
                return Ok(found);
            }
            before = oldest;
        }
    }

    /// What has to be read of a watched channel, the channel itself first.
    pub(super) async fn spots(
        &self,
        channel: ChannelId,
        threads: &[GuildChannel],
        extent: Extent,
        unsettled: &mut HashMap<ids::ChannelId, HashSet<u64>>,
    ) -> Result<Vec<Spot>, PlatformError> {
        let directory = &self.discord.directory;
        let since = extent.after.max(extent.reach);
        let mut spots = Vec::new();
        let is_forum = |known: &Guild| known.channels.get(&channel).is_some_and(Channel::is_forum);
        let own = unsettled.remove(&channel_id(channel)).unwrap_or_default();
        // A forum itself holds no messages.
        if !directory.read(self.guild, is_forum).unwrap_or(false) {
            spots.push(Spot { place: Place { channel, thread: None, title: None }, unsettled: own });
        }
        for thread in threads {
            let unsettled = unsettled.remove(&channel_id(thread.id)).unwrap_or_default();
            let has_news = thread.last_message_id.is_none_or(|newest| newest.get() > since);
            if has_news || !unsettled.is_empty() {
                directory.keep(self.guild, thread);
                let place = directory.known_place(self.guild, thread.id);
                spots.extend(place.map(|place| Spot { place, unsettled }));
            }
        }
        // Threads that fell asleep before, in which something is not settled.
        for (thread, unsettled) in unsettled.drain() {
            let Some(thread) = channel_of(&thread) else { continue };
            let place = directory.place(&self.discord.rest.patient(), self.guild, thread).await?;
            spots.extend(place.map(|place| Spot { place, unsettled }));
        }
        Ok(spots)
    }
}

/// When a thread fell asleep.
fn archived_at(thread: &GuildChannel) -> Option<Timestamp> {
    let at = thread.thread_metadata.as_ref()?.archive_timestamp?;
    Timestamp::from_nanosecond(at.unix_timestamp_nanos()).ok()
}
