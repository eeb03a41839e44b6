//! One queue for each guild, so that what happens in a channel is heard in its order and guilds do not wait for each
//! other.
//!
//! A guild that has (re)appeared is caught up with in its own queue: what happens meanwhile waits behind, and the mark
//! "seen up to here" never jumps over what was missed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serenity::model::event::Event;
use serenity::model::id::GuildId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::events::NotNow;
use super::{Discord, backfill};
use crate::metrics;

/// How long to wait before something is passed on again that the store could not keep: longer each time.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// How often catching up with a guild is tried before its queue goes on without.
const TRIES_TO_CATCH_UP: usize = 6;

/// The guilds' queues.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    queues: Mutex<HashMap<GuildId, UnboundedSender<Box<Event>>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Lanes {
    /// Puts an event at the end of its guild's queue. Returns at once.
    pub(super) fn push(discord: &Arc<Discord>, guild: GuildId, event: Event, on: &tokio::runtime::Handle) {
        let lanes = &discord.lanes;
        if lanes.stop.is_cancelled() {
            return;
        }
        let mut queues = lanes.lock();
        let queue = queues.entry(guild).or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            lanes.spawn(work(Arc::clone(discord), guild, receiver), on);
            sender
        });
        // The worker ends only when the queues are closed.
        let _ = queue.send(Box::new(event));
    }

    /// Does something beside the queues, until the end.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static, on: &tokio::runtime::Handle) {
        let stop = self.stop.clone();
        self.tasks.spawn_on(
            async move {
                tokio::select! {
                    () = work => {}
                    () = stop.cancelled() => {}
                }
            },
            on,
        );
    }

    /// Ends all queues and what runs beside them; what has not been heard is found again at the next start.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.lock().clear();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<GuildId, UnboundedSender<Box<Event>>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work(discord: Arc<Discord>, guild: GuildId, mut queue: UnboundedReceiver<Box<Event>>) {
    while let Some(event) = queue.recv().await {
        discord.directory.learn(&event);
        if let Event::GuildCreate(event) = event.as_ref() {
            if let Some(me) = discord.me() {
                discord.directory.learn_own_roles(&event.guild, me.id);
            }
            catch_up(&discord, guild).await;
        } else {
            pass_on(&discord, &event).await;
        }
    }
}

/// Passes on what happened, again and again while the store cannot keep it: nothing behind it may overtake it.
async fn pass_on(discord: &Discord, event: &Event) {
    let mut tries = 0;
    while let Err(error) = discord.hear(event).await {
        // A store that is away is waited for; what Discord does not tell is not, or one channel would hold up all.
        let is_last = matches!(error, NotNow::Platform(_)) && tries >= PAUSES.len();
        tracing::warn!(%error, is_last, "discord.event could not be passed on");
        if is_last {
            return;
        }
        pause(tries).await;
        tries += 1;
    }
}

async fn catch_up(discord: &Discord, guild: GuildId) {
    let Ok(_turn) = discord.catching_up.acquire().await else { return };
    for tries in 0..TRIES_TO_CATCH_UP {
        match backfill::catch_up(discord, guild).await {
            Ok(caught) if caught.heard > 0 => {
                metrics::caught_up(caught.heard);
                tracing::info!(%guild, heard = caught.heard, "discord.backfill found what was missed");
                return;
            }
            Ok(_) => return,
            Err(error) => {
                metrics::catch_up_failed();
                tracing::warn!(%guild, %error, tries, "discord.backfill failed");
            }
        }
        pause(tries).await;
    }
}

async fn pause(tries: usize) {
    tokio::time::sleep(PAUSES[tries.min(PAUSES.len() - 1)]).await;
}
