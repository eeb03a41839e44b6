//! Reads messages again whose texts are kept: Discord tells of nothing that was changed or deleted while nobody listened.
//!
//! Whatever was written before a guild appears is in doubt, newest first. What matters to those who wait has been read by
//! then (`backfill`); this is for what was settled long ago and must not be kept any longer than its author wants it
//! to be. One text at a time, slowly, guild after guild: nobody waits for it. Where a guild appears anew before all was
//! read, reading goes on and comes round to the newest afterwards: however often that happens, each text has its turn.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serenity::model::channel::Message;
use serenity::model::id::GuildId;

use super::backfill::edited_at;
use super::events::{Membership, NotNow, Said};
use super::{Discord, channel_of};
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::platform::{Platform as _, PlatformError};
use crate::store::Incoming;
use crate::store::privacy::KeptText;

/// The time between two texts: Discord takes fifty calls in a second, and there is more important work.
const PACE: Duration = Duration::from_millis(200);
/// The time after one that could not be read: Discord counts what it refuses.
const PAUSE: Duration = Duration::from_secs(5);

/// The guilds whose texts are in doubt, and which of them.
#[derive(Debug, Default)]
pub(super) struct Doubts(Mutex<BTreeMap<GuildId, Doubt>>);

/// What was written in a stretch of time, and what is read after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Doubt {
    stretch: Stretch,
    then: Option<Stretch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    from: Timestamp,
    before: Timestamp,
}

impl Doubts {
    /// All that was written in a guild up to now is in doubt.
    pub(super) fn raise(&self, guild: GuildId, now: Timestamp) {
        let mut all = self.all();
        let reached = all.get(&guild).map(|doubt| doubt.stretch.before);
        let stretch = Stretch { from: Timestamp::MIN, before: reached.unwrap_or(now) };
        all.insert(guild, Doubt { stretch, then: reached.map(|from| Stretch { from, before: now }) });
    }

    /// The guild whose turn it is after that one.
    fn next(&self, last: GuildId) -> Option<(GuildId, Doubt)> {
        let all = self.all();
        let behind = all.range((Bound::Excluded(last), Bound::Unbounded)).next();
        behind.or_else(|| all.first_key_value()).map(|(guild, doubt)| (*guild, *doubt))
    }

    /// What was written at `reached` and after it has been read, or all there is, unless a new doubt was raised since.
    fn lower(&self, guild: GuildId, doubt: Doubt, reached: Option<Timestamp>) {
        let mut all = self.all();
        if all.get(&guild) != Some(&doubt) {
            return;
        }
        let Doubt { stretch, then } = doubt;
        let rest = reached.filter(|reached| *reached > stretch.from);
        let rest = rest.map(|before| Doubt { stretch: Stretch { before, ..stretch }, then });
        match rest.or_else(|| then.map(|stretch| Doubt { stretch, then: None })) {
            Some(rest) => all.insert(guild, rest),
            None => all.remove(&guild),
        };
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<GuildId, Doubt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Discord {
    /// Reads what is in doubt again. Never ends.
    pub(super) async fn keep_rereading(&self) {
        let (mut last, mut rest) = (GuildId::new(1), PACE);
        loop {
            tokio::time::sleep(rest).await;
            rest = PACE;
            let Some((guild, doubt)) = self.doubts.next(last) else { continue };
            last = guild;
            match self.reread_before(guild, doubt.stretch.before).await {
                Ok(reached) => self.doubts.lower(guild, doubt, reached),
                Err(error) => {
                    rest = PAUSE;
                    if !error.is_outage() {
                        tracing::debug!(%guild, %error, "discord.reread will be tried again");
                    }
                }
            }
        }
    }

    /// Reads the newest text again that was written before; says from where on it goes on, if there is more.
    async fn reread_before(&self, guild: GuildId, before: Timestamp) -> Result<Option<Timestamp>, NotNow> {
        let community = CommunityId::new(guild.to_string());
        if self.directory.read(guild, |_| ()).is_none() {
            // Left, or away: the doubt is raised again when it appears.
            return Ok(None);
        }
        if !self.is_caught_up(&community).await {
            return Ok(Some(before));
        }
        let kept = self.triage.store().texts_before(&community, before).await?;
        let Some(at) = kept.first().map(|text| text.at) else { return Ok(None) };
        for text in kept {
            let Some(change) = self.reread(guild, &community, text).await? else { continue };
            tracing::info!(%community, change = change.as_str(), "discord.reread found what was missed");
            // Not `hear`: what is kept of a channel that nobody watches any more changes with it, too.
            self.intake.hear_all(&[change], self.clock.now()).await?;
        }
        Ok(Some(at))
    }

    /// What has become of a message, if it is not as we know it.
    async fn reread(
        &self,
        guild: GuildId,
        community: &CommunityId,
        kept: KeptText,
    ) -> Result<Option<Incoming>, NotNow> {
        if channel_of(&kept.channel).is_none_or(|channel| self.may_read(guild, channel).is_err()) {
            return Ok(None);
        }
        for place in kept.places.iter().filter_map(channel_of) {
            match self.rest.get(&format!("/channels/{place}/messages/{}", kept.message)).await {
                Ok(message) => return self.as_edited(guild, community, &kept, &message).await,
                Err(PlatformError::Gone { .. }) => {}
                // What may not be read says nothing about what stands there.
                Err(PlatformError::Blocked { .. } | PlatformError::Permanent { .. }) => {
                    tokio::time::sleep(PAUSE).await;
                    return Ok(None);
                }
                Err(error @ PlatformError::Retry { .. }) => return Err(error.into()),
            }
        }
        let (KeptText { channel, message, .. }, at) = (kept, self.clock.now());
        Ok(Some(Incoming::Deleted { community: community.clone(), channel, message, at }))
    }

    /// The message as it reads now, if that is not what is kept.
    async fn as_edited(
        &self,
        guild: GuildId,
        community: &CommunityId,
        kept: &KeptText,
        message: &Message,
    ) -> Result<Option<Incoming>, NotNow> {
        let Some(known) = self.triage.communities().of(community).await? else { return Ok(None) };
        let place = self.directory.place(&self.rest, guild, message.channel_id).await?;
        let Some(place) = place else { return Ok(None) };
        // Discord keeps no time of a new title.
        let retitled_at = place.title.is_some().then(|| self.clock.now());
        let Some(at) = edited_at(message).or(retitled_at) else { return Ok(None) };
        let message = Said::of(message, guild).message(&place, &Membership::default(), &known.settings);
        Ok((message.text != kept.text).then_some(Incoming::Edited { message, at }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn guilds_take_turns() {
        let (doubts, one, other) = (Doubts::default(), GuildId::new(1), GuildId::new(2));
        let next = |last| doubts.next(last).map(|(guild, doubt)| (guild, doubt.stretch.before));
        let doubt = |guild| doubts.all()[&guild];
        assert_eq!(next(one), None);
        doubts.raise(one, at(10));
        doubts.raise(other, at(10));
        assert_eq!(next(one), Some((other, at(10))));
        assert_eq!(next(other), Some((one, at(10))));
        doubts.lower(one, doubt(one), Some(at(5)));
        assert_eq!(next(other), Some((one, at(5))));
        let before = doubt(one);
        doubts.raise(one, at(20));
        doubts.lower(one, before, None);
        assert_eq!(next(other), Some((one, at(5))), "a new doubt is not lowered by what was read before");
        doubts.lower(other, doubt(other), None);
        assert_eq!(next(one), Some((one, at(5))));
    }

    /// In which order five texts are read, so many times at most, where a new doubt is raised after the numbers of
    /// texts that `is_raised` says.
    fn order(is_raised: impl Fn(usize) -> bool, most: usize) -> Vec<i64> {
        let (doubts, guild) = (Doubts::default(), GuildId::new(1));
        doubts.raise(guild, at(100));
        let mut read = Vec::new();
        while let Some((_, doubt)) = doubts.next(guild).filter(|_| read.len() < most) {
            let text = (1..=5).rev().find(|text| at(*text) < doubt.stretch.before);
            doubts.lower(guild, doubt, text.map(at));
            read.extend(text);
            if text.is_some() && is_raised(read.len()) {
                doubts.raise(guild, at(100));
            }
        }
        read
    }

    #[test]
    fn each_text_has_its_turn_however_often_a_new_doubt_is_raised() {
        assert_eq!(order(|_| false, 99), [5, 4, 3, 2, 1]);
        assert_eq!(order(|read| read == 2, 99), [5, 4, 3, 2, 1, 5, 4]);
        assert_eq!(order(|read| read % 2 == 0, 9), [5, 4, 3, 2, 1, 5, 4, 3, 2]);
    }
}
