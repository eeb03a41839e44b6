//! The stand-in's time and the ids made of it.
//!
//! A snowflake carries its moment of birth, and response times are computed from such moments. The clock is
//! therefore the test's: it stands still until told to move, or follows a function that the test shares with the bot.

use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// The first millisecond of Discord's own epoch, 2015-01-01T00:00:00Z.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// Where time comes from, before what `advance` adds to it.
#[derive(Clone)]
pub enum Source {
    /// Time stands still here.
    Still(Timestamp),
    /// Time runs from here, as fast as the machine's monotonic clock.
    Running(Timestamp, Instant),
    /// Somebody else knows the time.
    Shared(Arc<dyn Fn() -> Timestamp + Send + Sync>),
}

/// The time of the stand-in, and a counter that keeps ids of one millisecond apart.
pub struct Clock {
    source: Source,
    ahead: SignedDuration,
    ids_made: u64,
}

impl Clock {
    /// A clock that reads `source`.
    pub fn new(source: Source) -> Self {
        Self { source, ahead: SignedDuration::ZERO, ids_made: 0 }
    }

    /// The moment it is now, to the millisecond, which is as fine as an id can say it.
    pub fn now(&self) -> Timestamp {
        let base = match &self.source {
            Source::Still(at) => *at,
            Source::Running(from, started) => {
                *from + SignedDuration::try_from(started.elapsed()).expect("a test ends within centuries")
            }
            Source::Shared(now) => now(),
        };
        let now = base + self.ahead;
        Timestamp::from_millisecond(now.as_millisecond()).expect("it was a timestamp before it was cut")
    }

    /// Moves time on by `span`.
    pub fn advance(&mut self, span: SignedDuration) {
        self.ahead += span;
    }

    /// Makes the id of something that comes into being now.
    pub fn snowflake(&mut self) -> u64 {
        self.ids_made += 1;
        snowflake_at(self.now(), self.ids_made)
    }
}

/// The id of the `nth` thing, born at `at`.
pub fn snowflake_at(at: Timestamp, nth: u64) -> u64 {
    let since =
        u64::try_from(at.as_millisecond() - EPOCH_MS).expect("the test plays after Discord's epoch, 2015");
    (since << 22) | (nth & 0x003f_ffff)
}

/// When the thing with this id came into being.
pub fn born(id: u64) -> Timestamp {
    let ms = i64::try_from(id >> 22).expect("42 bits fit");
    Timestamp::from_millisecond(EPOCH_MS + ms).expect("42 bits of milliseconds end in the year 2154")
}
