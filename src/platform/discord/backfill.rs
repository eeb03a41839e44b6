//! Makes good what happened while nobody listened.
//!
//! Run whenever a guild appears: after each READY (Discord replays nothing then), when the guild comes back from an
//! outage, and again later while Discord does not answer. Where reading begins is a row (`gaps`) that stays until the
//! channel has been read, so neither a crash nor what is heard meanwhile hides anything. What is found is passed on
//! channel by channel, its threads among its messages, in the order in which it happened, in one transaction.

mod news;
mod pages;
mod places;

use std::collections::{HashMap, HashSet};

use serenity::model::channel::GuildChannel;
use serenity::model::id::{ChannelId, GuildId, MessageId, UserId};
use serenity::model::permissions::Permissions;

use super::directory::{Guild, Place};
use super::events::{Membership, NotNow, first_id_at, posted_at};
use super::{Discord, channel_of, permissions, snowflake};
use crate::communities::Known;
use crate::domain::gap::{Gap, Missed, Start, shown_since};
use crate::domain::ids::{self, CommunityId};
use crate::domain::time::{Span, Timestamp, from_milliseconds};
use crate::platform::PlatformError;
use crate::store::StoreError;
pub(super) use news::edited_at;
use pages::too_old;

/// So long before the last message that was heard reading begins: what was said in two threads at the same moment may
/// have come in either order.
const OVERLAP: Span = Span::seconds(10);
/// Remarks that were written so long before the gap are looked at again, for an edit that made a question of them.
/// Requests that are not settled are looked at however old they are, within the limits; so is whatever else stands on
/// the pages that are read, at least the last hundred messages of a channel. An older edit of an older remark is not
/// found: each thread with a remark costs a call.
const REMARKS: Span = Span::minutes(60);

/// What came of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caught {
    /// How much was new.
    pub heard: usize,
    /// How many channels cannot be read until somebody has mended something.
    pub blocked: usize,
}

/// Notes where reading has to begin in a guild's watched channels; to be called before anything else is heard there.
/// A channel that was never listened to begins when it was set to be watched, or now where nobody has kept when.
///
/// # Errors
/// When the store does not answer.
pub async fn open(discord: &Discord, guild: GuildId) -> Result<(), StoreError> {
    let community = CommunityId::new(guild.to_string());
    let Some(known) = discord.triage.communities().of(&community).await? else { return Ok(()) };
    let store = discord.triage.store();
    let gaps = store.gaps(&community).await?;
    let is_known = discord.directory.read(guild, |_| ()).is_some();
    let mut starts = Vec::new();
    for watch in &known.settings.watches {
        let Some(channel) = channel_of(&watch.channel) else { continue };
        let seen = store.last_seen(&community, &watch.channel).await?;
        let seen = seen.and_then(|id| snowflake(id.as_str()));
        let seen = seen.map(|seen| first_id_at(earlier(posted_at(seen.into()), OVERLAP)));
        let after = match gaps.iter().find(|gap| gap.channel == watch.channel).map(|gap| &gap.start) {
            Some(Start::After(begun)) => seen.max(snowflake(begun.as_str())),
            // Of a guild that has not appeared yet nothing is known: such a channel begins when it does.
            Some(Start::Watched(_)) | None if seen.is_some() || !is_known => seen,
            // Our clock may be ahead of Discord's, but what is there already is no later than this moment.
            Some(Start::Watched(at)) => Some(first_id_at(*at).min(newest(discord, guild, channel))),
            None => Some(newest(discord, guild, channel)),
        };
        starts.extend(after.map(|after| (watch.channel.clone(), message_id(after))));
    }
    discord.doubts.raise(guild, discord.clock.now());
    store.open_gaps(&community, &starts, discord.clock.now()).await
}

/// Makes good what is owed in a guild, channel by channel.
///
/// # Errors
/// When the store or Discord does not answer: to be tried again; what was done by then is done. A channel that the
/// bot may not read stays owed, and holds up no other.
pub async fn catch_up(discord: &Discord, guild: GuildId) -> Result<Caught, NotNow> {
    let community = CommunityId::new(guild.to_string());
    let Some(known) = discord.triage.communities().of(&community).await? else {
        return Ok(Caught::default());
    };
    let store = discord.triage.store();
    let mut owed = store.gaps(&community).await?;
    owed.retain(|gap| gap.is_owed && known.settings.watch(&gap.channel).is_some());
    // A channel that was tried in vain keeps no other from being read.
    owed.sort_by_key(|gap| gap.reason.is_some());
    if owed.is_empty() {
        return Ok(Caught::default());
    }
    let mut run = Run { discord, guild, community, known: &known, members: HashMap::new() };
    let outcome = run.make_good(&owed).await;
    // Also when the rest has to wait: what was left unread by now stays unread.
    let now = discord.clock.now();
    store.tell_missed(&run.community, shown_since(now), now).await?;
    outcome
}

/// Whether all that was missed in a community has been made good as far as it can be: a channel that was tried in vain
/// is not waited for. A clock that never rings again would be worse than one that may ring for what was answered
/// meanwhile. While the store does not answer nothing is known to be done.
pub async fn is_done(discord: &Discord, community: &CommunityId) -> bool {
    let Ok(Some(known)) = discord.triage.communities().of(community).await else { return false };
    let is_waited_for =
        |gap: &Gap| gap.is_owed && gap.reason.is_none() && known.settings.watch(&gap.channel).is_some();
    let gaps = discord.triage.store().gaps(community).await;
    gaps.is_ok_and(|gaps| !gaps.iter().any(is_waited_for))
}

/// One attempt in one guild.
struct Run<'a> {
    discord: &'a Discord,
    guild: GuildId,
    community: CommunityId,
    known: &'a Known,
    members: HashMap<UserId, Membership>,
}

/// A channel or thread that is read.
struct Spot {
    place: Place,
    /// Messages in it whose change or end would matter.
    unsettled: HashSet<u64>,
}

/// How far a watched channel and its threads are read.
#[derive(Clone, Copy)]
struct Extent {
    /// What comes after this id is new.
    after: u64,
    /// What comes before this id is too long ago.
    reach: u64,
    /// How many messages of a place are read, and how many of those before the gap are looked at again.
    most: usize,
}

impl Run<'_> {
    async fn make_good(&mut self, owed: &[Gap]) -> Result<Caught, NotNow> {
        let store = self.discord.triage.store();
        let active = match self.active_threads().await {
            Ok(active) => active,
            Err(error) => {
                for gap in owed {
                    store.gap_stays(&self.community, &gap.channel, &error.to_string()).await?;
                }
                return Err(error.into());
            }
        };
        let mut caught = Caught::default();
        for gap in owed {
            match self.channel(gap, &active).await {
                Ok(heard) => {
                    caught.heard += heard;
                    store.close_gap(&self.community, gap).await?;
                }
                Err(NotNow::Platform(error)) => {
                    let reason = error.to_string();
                    tracing::warn!(guild = %self.guild, channel = %gap.channel, reason, "discord.backfill: a channel stays unread");
                    store.gap_stays(&self.community, &gap.channel, &reason).await?;
                    if matches!(error, PlatformError::Retry { .. }) {
                        return Err(error.into());
                    }
                    caught.blocked += 1;
                }
                Err(error @ NotNow::Store(_)) => return Err(error),
            }
        }
        Ok(caught)
    }

    /// Passes on what happened in a watched channel and its threads; says how much was new.
    async fn channel(&mut self, gap: &Gap, active: &[GuildChannel]) -> Result<usize, NotNow> {
        let Start::After(after) = &gap.start else { return Ok(0) };
        let (Some(channel), Some(after)) = (channel_of(&gap.channel), snowflake(after.as_str())) else {
            return Ok(0);
        };
        self.discord.directory.check_own(&self.discord.rest.patient(), self.guild, channel).await?;
        self.discord.may_read(self.guild, channel)?;
        let threads = self.threads_since(channel, posted_at(after.into()), active).await?;
        // Counted from the newest message and not from our clock: what matters is how much of the talk is read, and
        // a channel in which nobody wrote since has nothing that is too old.
        let newest = threads.iter().filter_map(|thread| thread.last_message_id).map(MessageId::get);
        let newest = newest.max().unwrap_or(0).max(newest_known(self.discord, self.guild, channel));
        let community = &self.known.settings.community;
        let since = earlier(posted_at(newest.max(after).into()), community.backfill_age);
        let most = usize::try_from(community.backfill_messages).unwrap_or(usize::MAX);
        let extent = Extent { after, reach: first_id_at(since), most };

        let mut unsettled = self.unsettled(gap, since, after).await?;
        let spots = self.spots(channel, &threads, extent, &mut unsettled).await?;
        let mut news = news::News::default();
        for spot in spots {
            match self.read(gap, &spot, extent, &mut news).await {
                // A thread may have gone or become private meanwhile; that proves nothing about what stood in it.
                Err(NotNow::Platform(error))
                    if spot.place.thread.is_some() && !matches!(error, PlatformError::Retry { .. }) =>
                {
                    tracing::warn!(guild = %self.guild, %error, "discord.backfill leaves a thread out");
                }
                done => done?,
            }
        }
        let missed = too_old(&threads, &gap.channel, extent);
        if let Some(missed) = missed.iter().chain(news.missed()).max_by_key(|missed| missed.to) {
            let Missed { channel, from, to, bound } = missed;
            tracing::warn!(guild = %self.guild, %channel, %from, %to, ?bound, "discord.backfill: messages may be missed");
            // Before what was read is passed on: then a crash in between is told too.
            self.discord.triage.store().note_missed(&self.community, missed).await?;
        }
        let heard = news.in_order();
        Ok(self.discord.intake.hear_all(&heard, self.discord.clock.now()).await?)
    }

    /// What would matter of what was written before, by the channel or thread in which it stands.
    async fn unsettled(
        &self,
        gap: &Gap,
        since: Timestamp,
        after: u64,
    ) -> Result<HashMap<ids::ChannelId, HashSet<u64>>, StoreError> {
        let remarks = earlier(posted_at(after.into()), REMARKS).max(since);
        let store = self.discord.triage.store();
        let mut by_place: HashMap<_, HashSet<u64>> = HashMap::new();
        for (place, message) in store.unsettled(&self.community, &gap.channel, since, remarks).await? {
            by_place.entry(place).or_default().extend(snowflake(message.as_str()));
        }
        Ok(by_place)
    }
}

impl Discord {
    /// Discord gives an empty history to who may not read it; taken for the truth it would mean that all is deleted.
    pub(super) fn may_read(&self, guild: GuildId, channel: ChannelId) -> Result<(), PlatformError> {
        let needed = Permissions::VIEW_CHANNEL.union(Permissions::READ_MESSAGE_HISTORY);
        let lacking = |known: &Guild| {
            let channel = known.channels.get(&channel)?;
            Some(needed.difference(permissions::allowed(guild, known, Some(channel))))
        };
        let lacking = self.directory.read(guild, lacking).flatten();
        let names = permissions::names(lacking.unwrap_or(Permissions::empty()));
        if names.is_empty() {
            return Ok(());
        }
        let names = names.join(" and ");
        Err(PlatformError::Blocked {
            channel: None,
            reason: format!("Vigie cannot read channel {channel} back: give its role {names} there"),
        })
    }
}

/// The newest message of a channel and its threads as far as Discord has told, or the channel's own beginning.
fn newest(discord: &Discord, guild: GuildId, channel: ChannelId) -> u64 {
    newest_known(discord, guild, channel).max(channel.get())
}

fn newest_known(discord: &Discord, guild: GuildId, channel: ChannelId) -> u64 {
    let newest = |known: &Guild| {
        let here = known.channels.iter().filter(|(id, c)| **id == channel || c.parent == Some(channel));
        here.filter_map(|(_, channel)| channel.last_message).map(MessageId::get).max()
    };
    discord.directory.read(guild, newest).flatten().unwrap_or(0)
}

fn message_id(id: u64) -> ids::MessageId {
    ids::MessageId::new(id.to_string())
}

fn earlier(at: Timestamp, span: Span) -> Timestamp {
    from_milliseconds(at.as_millisecond() - span.as_milliseconds()).unwrap_or(Timestamp::MIN)
}
