//! One queue for each guild, so that what happens in a channel is heard in its order and guilds do not wait for each
//! other.
//!
//! A guild that has (re)appeared is caught up with in its own queue: what happens meanwhile waits behind, and the mark
//! "seen up to here" never jumps over what was missed. A queue knows whether everything up to now was heard, because
//! what begins a gap stands in it as well.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    queues: Mutex<HashMap<GuildId, Queue>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// A guild's queue, as who fills it sees it.
#[derive(Debug)]
struct Queue {
    end: UnboundedSender<Heard>,
    state: Arc<State>,
}

/// How far a guild's queue has come.
#[derive(Debug, Default)]
struct State {
    /// How much stands in the queue or is being passed on.
    waiting: AtomicUsize,
    /// Whether nothing was missed before what stands in the queue.
    is_whole: AtomicBool,
}

/// What stands in a queue.
#[derive(Debug)]
enum Heard {
    /// Something happened in the guild.
    Event(Box<Event>),
    /// From here on something may have been missed, until the guild appears.
    Gap,
}

impl Lanes {
    /// Puts an event at the end of its guild's queue. Returns at once.
    pub(super) fn push(discord: &Arc<Discord>, guild: GuildId, event: Event, on: &tokio::runtime::Handle) {
        Self::put(discord, guild, Heard::Event(Box::new(event)), on);
    }

    /// A new session has begun, to which Discord tells nothing of what happened before.
    pub(super) fn begin_gap(discord: &Arc<Discord>, guild: GuildId, on: &tokio::runtime::Handle) {
        Self::put(discord, guild, Heard::Gap, on);
    }

    /// Whether everything that happened in a guild, as far as Discord has told, was passed on, and nothing is missing.
    pub(super) fn is_caught_up(&self, guild: GuildId) -> bool {
        let queues = self.lock();
        queues.get(&guild).is_some_and(|Queue { state, .. }| {
            state.waiting.load(Ordering::SeqCst) == 0 && state.is_whole.load(Ordering::SeqCst)
        })
    }

    fn put(discord: &Arc<Discord>, guild: GuildId, heard: Heard, on: &tokio::runtime::Handle) {
        let lanes = &discord.lanes;
        if lanes.stop.is_cancelled() {
            return;
        }
        let mut queues = lanes.lock();
        let queue = queues.entry(guild).or_insert_with(|| {
            let (end, beginning) = unbounded_channel();
            let state = Arc::new(State::default());
            lanes.spawn(work(Arc::clone(discord), guild, beginning, Arc::clone(&state)), on);
            Queue { end, state }
        });
        queue.state.waiting.fetch_add(1, Ordering::SeqCst);
        // The worker ends only when the queues are closed.
        let _ = queue.end.send(heard);
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

    fn lock(&self) -> MutexGuard<'_, HashMap<GuildId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work(discord: Arc<Discord>, guild: GuildId, mut queue: UnboundedReceiver<Heard>, state: Arc<State>) {
    while let Some(heard) = queue.recv().await {
        match heard {
            Heard::Gap => state.is_whole.store(false, Ordering::SeqCst),
            Heard::Event(event) => hear(&discord, guild, &event, &state).await,
        }
        state.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn hear(discord: &Discord, guild: GuildId, event: &Event, state: &State) {
    discord.directory.learn(event);
    // Serenity's enum, open-ended by declaration.
    match event {
        Event::GuildCreate(event) => {
            if let Some(me) = discord.me() {
                discord.directory.learn_own_roles(&event.guild, me.id);
            }
            catch_up(discord, guild).await;
            // Also when it could not be done: a clock that never rings again would be worse than one that may ring
            // for what was answered meanwhile.
            state.is_whole.store(true, Ordering::SeqCst);
        }
        Event::GuildDelete(_) => {
            // Gone, or out of order: what is said there is not told until it appears again.
            state.is_whole.store(false, Ordering::SeqCst);
            pass_on(discord, event).await;
        }
        event => pass_on(discord, event).await,
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
