//! How much may be asked of the playground: whoever reaches it, it stays answerable, and the database small.
//!
//! Three bounds, for all callers together: calls under way, changes in a time, open event streams. What watches over
//! Vigie (`/healthz`, `/readyz`, `/metrics`) is not counted: it answers from what was seen last.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// How many calls may be under way.
const CALLS: usize = 64;
/// How many pages may listen.
const STREAMS: usize = 64;
/// How many changes may come at once; one more is given back each [`REFILL`].
const CHANGES: u32 = 100;
/// Twenty changes a second, for as long as one likes.
const REFILL: Duration = Duration::from_millis(50);
/// How long a call may take, its body included: whoever sends it drop by drop keeps no place.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest body: a text of 4,000 characters, written as JSON at its longest.
pub const BODY: usize = 64 << 10;

/// The places that there are.
#[derive(Clone, Debug)]
pub struct Limits {
    calls: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    changes: Arc<Mutex<Bucket>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: Arc::new(Semaphore::new(CALLS)),
            streams: Arc::new(Semaphore::new(STREAMS)),
            changes: Arc::new(Mutex::new(Bucket { left: CHANGES, since: Instant::now() })),
        }
    }
}

impl Limits {
    /// A place for somebody who listens, kept for as long as they do; `None` when all are taken.
    #[must_use]
    pub fn stream(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.streams).try_acquire_owned().ok()
    }
}

/// What is left of the changes.
#[derive(Debug)]
struct Bucket {
    left: u32,
    since: Instant,
}

impl Bucket {
    /// Takes one; `false` when none is left.
    fn take(&mut self, now: Instant) -> bool {
        let back = now.duration_since(self.since).as_millis() / REFILL.as_millis();
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        self.since = if self.left.saturating_add(back) >= CHANGES { now } else { self.since + REFILL * back };
        self.left = self.left.saturating_add(back).min(CHANGES);
        let is_one = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_one
    }
}

/// Lets a call pass while there is room for it.
pub async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let Ok(_place) = limits.calls.try_acquire() else {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "too much is being asked at once, please try again");
    };
    if super::guard::changes_something(request.method()) {
        let mut changes = limits.changes.lock().unwrap_or_else(PoisonError::into_inner);
        if !changes.take(Instant::now()) {
            return refused(
                StatusCode::TOO_MANY_REQUESTS,
                "that was much in a short time, please wait a moment",
            );
        }
    }
    let late = || refused(StatusCode::REQUEST_TIMEOUT, "that took too long, please try again");
    timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| late())
}

/// A refusal as the page shows it, which may be asked again after a second.
pub fn refused(status: StatusCode, why: &'static str) -> Response {
    (status, [(header::RETRY_AFTER, "1")], axum::Json(serde_json::json!({ "error": why }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_run_out_and_come_back() {
        let mut now = Instant::now();
        let mut bucket = Bucket { left: CHANGES, since: now };
        assert_eq!((0..CHANGES + 50).filter(|_| bucket.take(now)).count(), CHANGES as usize);
        now += REFILL * 3 + REFILL / 2;
        assert_eq!((0..10).filter(|_| bucket.take(now)).count(), 3);
        now += REFILL / 2;
        assert!(bucket.take(now), "half of one that was not given is not lost");
        now += Duration::from_hours(1);
        assert_eq!((0..CHANGES + 50).filter(|_| bucket.take(now)).count(), CHANGES as usize);
    }

    #[test]
    fn listeners_have_so_many_places_and_leave_them() {
        let limits = Limits::default();
        let mut places: Vec<_> = (0..STREAMS).map_while(|_| limits.stream()).collect();
        assert_eq!(places.len(), STREAMS);
        assert!(limits.stream().is_none());
        places.pop();
        assert!(limits.stream().is_some());
    }
}
