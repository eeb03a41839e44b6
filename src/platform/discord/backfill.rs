//! Looks for what was written while nobody was listening.
//!
//! Run whenever a guild appears: after each READY (Discord replays nothing then) and when the guild comes back from an
//! outage. A channel's messages are passed on in the order in which they were written, those of its threads among
//! them, so that a crash half-way leaves a true mark. What was changed or deleted meanwhile is not told by Discord.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Deserialize;
use serenity::model::channel::{GuildChannel, Message};
use serenity::model::id::{ChannelId, GuildId, UserId};

use super::Discord;
use super::directory::{Channel, Guild, Place};
use super::events::{Membership, NotNow, Said, channel_id, first_id_at, posted_at};
use crate::domain::ids;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp, from_milliseconds};
use crate::platform::PlatformError;
use crate::store::Incoming;

/// How many messages Discord gives at a time.
const PAGE: usize = 100;
/// How many messages of one channel or thread are looked at.
const MOST: usize = 1000;
/// How far back from the newest message is looked: by Discord's own time stamps, never by our clock.
const REACH: Span = Span::minutes(24 * 60);

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caught {
    /// How many messages were new.
    pub heard: usize,
}

/// The threads that are not archived.
#[derive(Deserialize)]
struct Active {
    threads: Vec<GuildChannel>,
}

/// A channel or thread, the newest message of it that was seen, and the oldest id that is looked at.
struct Gap {
    place: Place,
    after: u64,
    reach: u64,
}

/// Passes on what was written in a guild's watched channels since the last message that was seen there. A channel
/// never seen before starts now.
///
/// # Errors
/// When the store or Discord does not answer: to be tried again. A channel that the bot cannot read is left out.
pub async fn catch_up(discord: &Discord, guild: GuildId) -> Result<Caught, NotNow> {
    let community = ids::CommunityId::new(guild.to_string());
    let Some(known) = discord.triage.communities().of(&community).await? else {
        return Ok(Caught::default());
    };
    if known.settings.watches.is_empty() {
        return Ok(Caught::default());
    }
    let active: Active = match discord.rest.patient().get(&format!("/guilds/{guild}/threads/active")).await {
        Ok(active) => active,
        Err(error @ PlatformError::Retry { .. }) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(%guild, %error, "discord.backfill cannot list threads");
            Active { threads: Vec::new() }
        }
    };
    active.threads.iter().for_each(|thread| discord.directory.keep(guild, thread));

    let mut run =
        Run { discord, guild, settings: &known.settings, members: HashMap::new(), caught: Caught::default() };
    for watch in &known.settings.watches {
        let Some(channel) = super::channel_of(&watch.channel) else { continue };
        let threads = active.threads.iter().filter(|thread| thread.parent_id == Some(channel));
        let missed = run.missed(&community, channel, threads).await?;
        run.pass_on(missed).await?;
    }
    Ok(run.caught)
}

struct Run<'a> {
    discord: &'a Discord,
    guild: GuildId,
    settings: &'a Settings,
    members: HashMap<UserId, Membership>,
    caught: Caught,
}

impl Run<'_> {
    /// What was missed in a watched channel and its threads, oldest first.
    async fn missed(
        &self,
        community: &ids::CommunityId,
        channel: ChannelId,
        threads: impl Iterator<Item = &GuildChannel>,
    ) -> Result<Vec<(Place, Message)>, NotNow> {
        let mut missed = Vec::new();
        for gap in self.gaps(community, channel, threads).await? {
            match self.read(&gap).await {
                Ok(messages) => {
                    missed.extend(messages.into_iter().map(|message| (gap.place.clone(), message)));
                }
                Err(error @ PlatformError::Retry { .. }) => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(guild = %self.guild, %error, "discord.backfill leaves a channel out");
                }
            }
        }
        missed.sort_by_key(|(_, message)| message.id);
        Ok(missed)
    }

    /// The watched channel and those of its threads in which something may have been missed.
    async fn gaps(
        &self,
        community: &ids::CommunityId,
        channel: ChannelId,
        threads: impl Iterator<Item = &GuildChannel>,
    ) -> Result<Vec<Gap>, NotNow> {
        let directory = &self.discord.directory;
        let is_forum = |known: &Guild| known.channels.get(&channel).is_some_and(Channel::is_forum);
        let mut places = Vec::new();
        if !directory.read(self.guild, is_forum).unwrap_or(false) {
            // A forum itself holds no messages.
            let newest = |known: &Guild| known.channels.get(&channel)?.last_message;
            let newest = directory.read(self.guild, newest).flatten();
            places.push((Place { channel, thread: None, title: None }, newest));
        }
        for thread in threads {
            let place = directory.known_place(self.guild, thread.id);
            places.extend(place.map(|place| (place, thread.last_message_id)));
        }
        let mut seen = Vec::new();
        for (place, newest) in places {
            let id = channel_id(place.thread.unwrap_or(place.channel));
            let last = self.discord.triage.store().last_seen(community, &id).await?;
            seen.push((place, newest, last.and_then(|id| super::snowflake(id.as_str()))));
        }
        // While anything of a watched channel was being heard, all of it was: a thread without a mark began later.
        let Some(mark) = seen.iter().filter_map(|(_, _, last)| *last).max() else { return Ok(Vec::new()) };
        let newest = seen.iter().filter_map(|(_, newest, _)| *newest).max();
        let reach = newest.map_or(0, |newest| first_id_at(reach(posted_at(newest))));
        let gaps = seen.into_iter().filter_map(|(place, newest, last)| {
            let after = last.unwrap_or(mark);
            // What was said of a thread is fresh; what was said of a channel may be older than this call.
            let is_behind = place.thread.is_none() || newest.is_none_or(|newest| newest.get() > after);
            is_behind.then_some(Gap { place, after, reach })
        });
        Ok(gaps.collect())
    }

    /// The messages of a channel or thread after the mark, as far as the limits allow.
    async fn read(&self, gap: &Gap) -> Result<Vec<Message>, PlatformError> {
        let channel = gap.place.thread.unwrap_or(gap.place.channel);
        let mut after = gap.after.max(gap.reach);
        let mut messages: Vec<Message> = Vec::new();
        loop {
            let path = format!("/channels/{channel}/messages?limit={PAGE}&after={after}");
            let page: Vec<Message> = self.discord.rest.patient().get(&path).await?;
            let count = page.len();
            messages.extend(page);
            after = messages.iter().map(|message| message.id.get()).max().unwrap_or(after);
            if count < PAGE {
                break;
            }
            if messages.len() >= MOST {
                tracing::warn!(guild = %self.guild, %channel, most = MOST, "discord.backfill stops: too many messages");
                break;
            }
        }
        if gap.after < gap.reach && !messages.is_empty() {
            tracing::warn!(guild = %self.guild, %channel, "discord.backfill looked back 24 hours and no further");
        }
        Ok(messages)
    }

    async fn pass_on(&mut self, messages: Vec<(Place, Message)>) -> Result<(), NotNow> {
        for (place, message) in messages {
            let said = Said::of(&message, self.guild);
            let is_ours = self.discord.me().is_some_and(|me| me.id == message.author.id);
            if is_ours || !said.is_of_people() {
                continue;
            }
            let member = match self.members.entry(message.author.id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(self.discord.membership(&said).await?),
            };
            let incoming = Incoming::Posted(said.message(&place, member, self.settings));
            let is_new = self.discord.intake.hear(&incoming, self.discord.clock.now()).await?;
            self.caught.heard += usize::from(is_new);
        }
        Ok(())
    }
}

fn reach(newest: Timestamp) -> Timestamp {
    from_milliseconds(newest.as_millisecond() - REACH.as_milliseconds()).unwrap_or(newest)
}
