//! Time and fresh ids: the only place that asks the machine for either.

use std::sync::Mutex;

use jiff::Timestamp;

use crate::domain::ids::{NoticeId, RequestId};

/// Tells what time it is.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is told otherwise: for tests and for exports being replayed.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Sets the clock; it never goes back.
    pub fn set(&self, now: Timestamp) {
        let mut shown = self.lock();
        *shown = now.max(*shown);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.lock()
    }
}

/// Makes ids that sort by the time at which they were made, also within one millisecond.
#[derive(Debug)]
pub struct Ids(Mutex<ulid::Generator>);

impl Default for Ids {
    fn default() -> Self {
        Self(Mutex::new(ulid::Generator::new()))
    }
}

impl Ids {
    /// A name that nobody else has, and that says nothing of when it was given.
    #[must_use]
    pub fn name() -> String {
        ulid::Ulid::from_datetime(std::time::UNIX_EPOCH).to_string()
    }

    /// A ULID of that moment.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> String {
        let moment = std::time::UNIX_EPOCH
            + std::time::Duration::from_millis(u64::try_from(now.as_millisecond()).unwrap_or(0));
        let mut generator = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The generator fails only after 2^80 ids in one millisecond.
        generator
            .generate_from_datetime(moment)
            .unwrap_or_else(|_| ulid::Ulid::from_datetime(moment))
            .to_string()
    }

    /// When an id of ours was made; `None` when it is none of ours.
    #[must_use]
    pub fn made_at(id: &str) -> Option<Timestamp> {
        let milliseconds = ulid::Ulid::from_string(id).ok()?.timestamp_ms();
        Timestamp::from_millisecond(i64::try_from(milliseconds).ok()?).ok()
    }

    /// An id for a request.
    #[must_use]
    pub fn request(&self, now: Timestamp) -> RequestId {
        RequestId::new(self.next(now))
    }

    /// An id for a notice.
    #[must_use]
    pub fn notice(&self, now: Timestamp) -> NoticeId {
        NoticeId::new(self.next(now))
    }
}
