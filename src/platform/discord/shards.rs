//! Which of Discord's shards this process listens to: those that `VIGIE_SHARDS` names, or else its share of all, as the
//! processes over one database divide them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serenity::all::{ConnectionStage, ShardId, ShardManager};
use tokio::task::JoinSet;

use super::Discord;
use super::gateway::DiscordError;
use crate::config::environment::Shards;
use crate::store::outage;
use crate::store::shards::SHARD_ROUND;

/// How many guilds Discord lets one shard have, and how many it recommends: a shard with more is closed.
const MOST_GUILDS_PER_RECOMMENDED: f64 = 2.5;
/// How Discord closes a connection whose bot says goodbye.
const GOODBYE: u16 = 1000;
const ROUND: Duration = Duration::from_secs(SHARD_ROUND.as_seconds().unsigned_abs());

/// The shards of this process.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// In how many the connection is divided.
    pub total: u32,
    /// Which are this process's.
    pub shards: BTreeSet<u32>,
    /// What keeps them connected; `None` while there are none to connect.
    pub manager: Option<Arc<ShardManager>>,
}

impl Own {
    /// Each with whether it is connected.
    pub async fn states(&self) -> Vec<(u32, bool)> {
        let Some(manager) = &self.manager else { return Vec::new() };
        let runners = manager.runners.lock().await;
        let is_connected = |shard: u32| {
            runners.get(&ShardId(shard)).is_some_and(|runner| runner.stage == ConnectionStage::Connected)
        };
        self.shards.iter().map(|shard| (*shard, is_connected(*shard))).collect()
    }

    /// Whether all are connected. A process without a share stands by, and nothing is wrong with it.
    pub async fn is_connected(&self) -> bool {
        self.states().await.iter().all(|(_, is_connected)| *is_connected)
    }

    /// The first shards, as far as their numbers follow each other: from, to and including.
    pub fn first_run(&self) -> Option<(u32, u32)> {
        let first = *self.shards.first()?;
        let last = (first..self.total).take_while(|shard| self.shards.contains(shard)).last()?;
        Some((first, last))
    }
}

impl Discord {
    /// The shards to begin with; waits until there is one for this process. `None` when Vigie is stopped before.
    pub(super) async fn first_shards(
        &self,
        recommended: u32,
        stop: &tokio_util::sync::CancellationToken,
    ) -> Result<Option<Own>, DiscordError> {
        if let Some(set) = self.credentials.shards {
            let shards = (checked(set, recommended)?.first..=set.last).collect();
            return Ok(Some(Own { total: set.total, shards, manager: None }));
        }
        let total = self.agreed_total(recommended).await;
        loop {
            match self.share(total).await {
                Some(shards) if shards.is_empty() => self.link.set(Own { total, ..Own::default() }),
                Some(shards) => return Ok(Some(Own { total, shards, manager: None })),
                None => {}
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = stop.cancelled() => return Ok(None),
            }
        }
    }

    /// What the processes that are there have agreed on, as long as it is enough for the bot.
    async fn agreed_total(&self, recommended: u32) -> u32 {
        let total = self.store.shard_total(self.clock.now()).await.unwrap_or_else(|error| {
            if !outage::is_one(&error) {
                tracing::warn!(%error, "discord.shards: how many there are cannot be read");
            }
            None
        });
        total.filter(|total| is_enough(*total, recommended)).unwrap_or_else(|| recommended.max(1))
    }

    /// Takes part in sharing out; `None` when the store cannot be asked: then nobody else can take anything either.
    async fn share(&self, total: u32) -> Option<BTreeSet<u32>> {
        match self.store.share_shards(total, self.clock.now()).await {
            Ok(own) => Some(own.into_iter().collect()),
            Err(error) => {
                if !outage::is_one(&error) {
                    tracing::warn!(%error, "discord.shards are not shared out for now");
                }
                None
            }
        }
    }

    /// Keeps this process's share, connects what is added to it and hangs up what is taken over. Never ends.
    pub(super) async fn keep_sharing(&self) {
        let mut changes = JoinSet::new();
        loop {
            tokio::time::sleep(ROUND).await;
            while changes.try_join_next().is_some() {}
            let Some(Own { total, shards: before, manager: Some(manager) }) = self.link.own() else {
                continue;
            };
            if self.credentials.shards.is_some() {
                continue;
            }
            let Some(after) = self.share(total).await else { continue };
            self.link.set(Own { total, shards: after.clone(), manager: Some(Arc::clone(&manager)) });
            for shard in before.difference(&after).copied() {
                tracing::info!(shard, total, "discord.shard.given_up");
                let manager = Arc::clone(&manager);
                changes.spawn(async move { manager.shutdown(ShardId(shard), GOODBYE).await });
            }
            for shard in after.difference(&before).copied() {
                tracing::info!(shard, total, "discord.shard.taken");
                let manager = Arc::clone(&manager);
                // Serenity's word for connecting one more, too.
                changes.spawn(async move { manager.restart(ShardId(shard)).await });
            }
        }
    }
}

/// Refuses shards that cannot be before Discord does.
fn checked(set: Shards, recommended: u32) -> Result<Shards, DiscordError> {
    let Shards { first, last, total } = set;
    if first > last || last >= total {
        return Err(DiscordError::Shards(format!("VIGIE_SHARDS is {first}-{last}/{total}: expected 0-3/16")));
    }
    if !is_enough(total, recommended) {
        let why = format!("VIGIE_SHARDS says {total} shards in all, Discord wants {recommended}");
        return Err(DiscordError::Shards(why));
    }
    Ok(set)
}

/// Whether Discord puts up with so few shards.
fn is_enough(total: u32, recommended: u32) -> bool {
    f64::from(total) * MOST_GUILDS_PER_RECOMMENDED >= f64::from(recommended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_that_cannot_be_are_refused_before_discord_does() {
        let some = Shards { first: 4, last: 7, total: 16 };
        assert_eq!(checked(some, 12).expect("they fit"), some);
        for wrong in [Shards { first: 2, last: 1, total: 4 }, Shards { first: 0, last: 4, total: 4 }] {
            assert!(matches!(checked(wrong, 1), Err(DiscordError::Shards(_))), "{wrong:?}");
        }
        let too_few = Shards { first: 0, last: 0, total: 1 };
        assert!(matches!(checked(too_few, 3), Err(DiscordError::Shards(_))));
    }

    #[test]
    fn those_that_follow_each_other_begin_together() {
        let own = |shards: &[u32]| Own { total: 8, shards: shards.iter().copied().collect(), manager: None };
        assert_eq!(own(&[2, 3, 4, 6]).first_run(), Some((2, 4)));
        assert_eq!(own(&[7]).first_run(), Some((7, 7)));
        assert_eq!(own(&[]).first_run(), None);
    }
}
