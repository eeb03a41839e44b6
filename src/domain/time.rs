//! Points in time and lengths of time, as the domain counts them.
//!
//! Points are UTC; a community's time zone only matters for opening hours and for what people read. Lengths are
//! whole milliseconds underneath and whole seconds in every published figure.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use jiff::{Timestamp, civil, tz::TimeZone};

/// A length of time, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span {
    milliseconds: i64,
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self { milliseconds: 0 };

    /// That many milliseconds; a negative number counts as none.
    #[must_use]
    pub const fn milliseconds(milliseconds: i64) -> Self {
        Self { milliseconds: if milliseconds < 0 { 0 } else { milliseconds } }
    }

    /// That many seconds; a negative number counts as none.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self::milliseconds(seconds.saturating_mul(1000))
    }

    /// That many minutes; a negative number counts as none.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }

    /// From one point to a later one; none when `to` is not later.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self::milliseconds(to.as_millisecond() - from.as_millisecond())
    }

    /// Whole milliseconds.
    #[must_use]
    pub const fn as_milliseconds(self) -> i64 {
        self.milliseconds
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.milliseconds / 1000
    }

    /// The two lengths one after the other.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { milliseconds: self.milliseconds.saturating_add(other.milliseconds) }
    }

    /// Reads `30m`, `8h`, `1h30m`, `45s`, `2d`: what the community file and the commands take.
    ///
    /// # Errors
    /// A sentence that says what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no length of time: write it like 45s, 30m, 8h, 1h30m or 2d");
        let mut total: i64 = 0;
        let mut number = String::new();
        for c in text.trim().chars() {
            if c.is_ascii_digit() {
                number.push(c);
                continue;
            }
            let unit: i64 = match c {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86_400,
                ' ' if number.is_empty() => continue,
                _ => return Err(wrong()),
            };
            let count: i64 = number.parse().map_err(|_| wrong())?;
            total = count.checked_mul(unit).and_then(|s| total.checked_add(s)).ok_or_else(wrong)?;
            number.clear();
        }
        if !number.is_empty() || text.trim().is_empty() {
            return Err(wrong());
        }
        if total > 3650 * 86_400 {
            return Err(format!("`{text}` is longer than ten years"));
        }
        Ok(Self::seconds(total))
    }
}

/// Writes what [`Span::parse`] reads: `1h30m`, `45s`, `0s`. Milliseconds are left out.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.as_seconds();
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, size) in [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)] {
            if rest >= size {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

/// Milliseconds since 1970 as the store keeps them; `None` when out of the calendar's range.
#[must_use]
pub fn from_milliseconds(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [("45s", 45), ("30m", 1800), ("8h", 28_800), ("1h30m", 5400), ("2d", 172_800)]
        {
            assert_eq!(Span::parse(text), Ok(Span::seconds(seconds)), "{text}");
        }
        for wrong in ["", "30", "m", "-5m", "5 minutes", "1x", "99999999999999999999h", "9999999d"] {
            assert!(Span::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in 0i64..3650 * 86_400) {
            let span = Span::seconds(seconds);
            prop_assert_eq!(Span::parse(&span.to_string()), Ok(span));
        }
    }
}
