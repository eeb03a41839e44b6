//! Says once that the database is away, and once that it is back.
//!
//! Everything that runs meets a failing database again and again, and whoever reads the log has to hear of it once. A
//! process has one database, so this is one for the process.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Store, StoreError};
use crate::clock::Clock;

/// For how long nothing may have failed before it counts as over: longer than anybody rests before the next try, so that
/// a disk that takes small writes and refuses large ones does not come and go.
const QUIET: Duration = Duration::from_secs(6);
/// How often it is tried meanwhile.
const PACE: Duration = Duration::from_secs(2);

/// When the database failed last; `None` while it is there.
static FAILED_LAST: Mutex<Option<Instant>> = Mutex::new(None);
static BEGUN: Notify = Notify::const_new();

/// Whether the error means that the database is away. The first one is logged here; whoever asks need not.
pub fn is_one(error: &StoreError) -> bool {
    if !matches!(error, StoreError::Unavailable(_)) {
        return false;
    }
    let before = FAILED_LAST.lock().unwrap_or_else(PoisonError::into_inner).replace(Instant::now());
    if before.is_none() {
        tracing::error!(
            %error,
            "store.away: the database is full, read-only, locked or does not answer; what is heard waits, and all is tried again"
        );
        BEGUN.notify_one();
    }
    true
}

/// Tries, while the database is away, whether it takes writes again, and says so; until `stop`.
pub async fn watch(store: &dyn Store, clock: &dyn Clock, stop: CancellationToken) {
    let watching = async {
        loop {
            BEGUN.notified().await;
            until_over(store, clock).await;
            tracing::warn!("store.back: the database takes writes again");
        }
    };
    tokio::select! {
        () = watching => {}
        () = stop.cancelled() => {}
    }
}

async fn until_over(store: &dyn Store, clock: &dyn Clock) {
    loop {
        tokio::time::sleep(PACE).await;
        if let Err(error) = store.check(clock.now()).await {
            is_one(&error);
        }
        let mut last = FAILED_LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= QUIET) {
            *last = None;
            return;
        }
    }
}
