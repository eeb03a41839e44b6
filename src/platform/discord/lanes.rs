//! One queue for each guild, so that what happens in a channel is heard in its order and guilds do not wait for each
//! other.
//!
//! A guild that has (re)appeared is caught up with in its own queue, and what happens meanwhile waits behind. When
//! Discord does not answer, the queue goes on for the time being: where reading has to begin is kept, and it is tried
//! again. What begins a gap stands in the queue as well, so that whoever asks learns of it in time.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use serenity::model::event::Event;
use serenity::model::id::GuildId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::events::NotNow;
use super::{Discord, backfill};
use crate::metrics;
use crate::store::outage;

/// How long to wait before something is passed on again that the store could not keep: longer each time.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// How often catching up with a guild is tried before its queue goes on for the time being.
const TRIES_TO_CATCH_UP: usize = 4;
/// How long to wait before it is tried again beside what is said meanwhile: longer each time.
const PAUSES_LATER: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(5),
];
/// How long to wait before a channel that the bot may not read is tried again: Discord counts what it refuses.
const UNTIL_MENDED: Duration = Duration::from_mins(15);

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
    /// How much stands in it or is being passed on.
    waiting: Arc<AtomicUsize>,
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

    /// Whether everything that Discord has told of a guild was passed on; not before it has told anything.
    pub(super) fn is_empty(&self, guild: GuildId) -> bool {
        self.lock().get(&guild).is_some_and(|queue| queue.waiting.load(Ordering::SeqCst) == 0)
    }

    fn put(discord: &Arc<Discord>, guild: GuildId, heard: Heard, on: &tokio::runtime::Handle) {
        let lanes = &discord.lanes;
        if lanes.stop.is_cancelled() {
            return;
        }
        let mut queues = lanes.lock();
        let queue = queues.entry(guild).or_insert_with(|| {
            let (end, beginning) = unbounded_channel();
            let waiting = Arc::new(AtomicUsize::new(0));
            lanes.spawn(work(Arc::clone(discord), guild, beginning, Arc::clone(&waiting)), on);
            Queue { end, waiting }
        });
        queue.waiting.fetch_add(1, Ordering::SeqCst);
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

async fn work(
    discord: Arc<Discord>,
    guild: GuildId,
    mut queue: UnboundedReceiver<Heard>,
    waiting: Arc<AtomicUsize>,
) {
    let mut owed = Owed::default();
    loop {
        let heard = tokio::select! {
            heard = queue.recv() => match heard {
                Some(heard) => heard,
                None => return,
            },
            () = owed.is_due() => {
                let tries = owed.tries;
                owed = fenced(attempt(&discord, guild, tries)).await.unwrap_or_else(|| Owed::after(tries));
                continue;
            }
        };
        match heard {
            Heard::Gap => open_gaps(&discord, guild).await,
            Heard::Event(event) => {
                if fenced(hear(&discord, guild, &event, &mut owed)).await.is_none() {
                    // What it said is read back from Discord.
                    open_gaps(&discord, guild).await;
                    owed = Owed::after(owed.tries);
                }
            }
        }
        waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Does it; `None` when that panicked. The log has said so by then, and one event does not silence a guild for good.
async fn fenced<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}

async fn hear(discord: &Discord, guild: GuildId, event: &Event, owed: &mut Owed) {
    if matches!(event, Event::GuildDelete(_)) {
        // Gone, or out of order: what is said there is not told until it appears again.
        open_gaps(discord, guild).await;
    }
    let says_nothing =
        matches!(event, Event::ThreadUpdate(event) if !discord.directory.is_renamed(&event.thread));
    discord.directory.learn(event);
    if let Event::GuildCreate(event) = event {
        if let Some(me) = discord.me() {
            discord.directory.learn_own_roles(&event.guild, me.id);
        }
        open_gaps(discord, guild).await;
        *owed = catch_up(discord, guild).await;
    } else if owed.due.is_some() && changes_permissions(event) {
        // Perhaps what could not be read may be read now.
        owed.due = Some(Instant::now());
    } else if !says_nothing && !pass_on(discord, event).await {
        // What could not be passed on is read back from Discord when it answers again.
        open_gaps(discord, guild).await;
        *owed = Owed::after(owed.tries);
    }
}

/// Whether what the bot may read may have changed with it.
const fn changes_permissions(event: &Event) -> bool {
    matches!(event, Event::ChannelUpdate(_) | Event::GuildRoleUpdate(_) | Event::GuildMemberUpdate(_))
}

/// What has still to be read of a guild, if anything has, and when that is tried again.
#[derive(Default)]
struct Owed {
    due: Option<Instant>,
    tries: usize,
}

impl Owed {
    /// After so many tries that failed.
    fn after(tries: usize) -> Self {
        let pause = PAUSES_LATER[tries.min(PAUSES_LATER.len() - 1)];
        Self { due: Some(Instant::now() + pause), tries: tries + 1 }
    }

    /// Until it is due; for ever when nothing is owed.
    async fn is_due(&self) {
        match self.due {
            Some(due) => tokio::time::sleep_until(due).await,
            None => std::future::pending().await,
        }
    }
}

/// Passes on what happened, again and again while the store cannot keep it: nothing behind it may overtake it. `false`
/// when Discord did not say what has to be known about it.
async fn pass_on(discord: &Discord, event: &Event) -> bool {
    let mut tries = 0;
    while let Err(error) = discord.hear(event).await {
        // A store that is away is waited for; what Discord does not tell is not, or one channel would hold up all.
        let is_last = matches!(error, NotNow::Platform(_)) && tries >= PAUSES.len();
        if !error.is_outage() {
            tracing::warn!(%error, is_last, "discord.event could not be passed on");
        }
        if is_last {
            return false;
        }
        pause(tries).await;
        tries += 1;
    }
    true
}

/// Notes where reading has to begin: before anything is heard that comes after it.
async fn open_gaps(discord: &Discord, guild: GuildId) {
    let mut tries = 0;
    while let Err(error) = backfill::open(discord, guild).await {
        if !outage::is_one(&error) {
            tracing::warn!(%guild, %error, "discord.backfill cannot be begun");
        }
        pause(tries).await;
        tries += 1;
    }
}

/// Makes good what was missed while the lane waits, so that all is heard in its order; when Discord does not answer,
/// only so long that what is said now is not kept waiting for it.
async fn catch_up(discord: &Discord, guild: GuildId) -> Owed {
    for tries in 0..TRIES_TO_CATCH_UP {
        let owed = attempt(discord, guild, 0).await;
        if owed.tries == 0 {
            return owed;
        }
        pause(tries).await;
    }
    Owed::after(0)
}

/// One attempt to make good what is owed, after so many that failed.
async fn attempt(discord: &Discord, guild: GuildId, tries: usize) -> Owed {
    if discord.directory.read(guild, |_| ()).is_none() {
        // Gone, or away: it is told of when it comes back.
        return Owed::default();
    }
    let Ok(_turn) = discord.catching_up.acquire().await else { return Owed::default() };
    match backfill::catch_up(discord, guild).await {
        Ok(caught) => {
            if caught.heard > 0 {
                metrics::caught_up(caught.heard);
                tracing::info!(%guild, heard = caught.heard, "discord.backfill found what was missed");
            }
            let due = (caught.blocked > 0).then(|| Instant::now() + UNTIL_MENDED);
            Owed { due, tries: 0 }
        }
        Err(error) => {
            metrics::catch_up_failed();
            if !error.is_outage() {
                tracing::warn!(%guild, %error, tries, "discord.backfill failed, will try again");
            }
            Owed::after(tries)
        }
    }
}

async fn pause(tries: usize) {
    tokio::time::sleep(PAUSES[tries.min(PAUSES.len() - 1)]).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_what_panicked_and_nothing_else() {
        assert_eq!(fenced(async { 1 }).await, Some(1));
        assert_eq!(fenced(async { panic!("what cannot be") }).await, None::<()>);
    }
}
