//! What people teach the judge: each thing that an employee does with a request or a listed message says what the
//! message was.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::ids::{MessageId, RequestId, UserId};
use super::judgement::Zone;
use super::label::Label;
use super::time::{TimeZone, Timestamp, civil};

/// What somebody did that says what a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Sent a request to another desk.
    Reroute,
    /// Said that a request is none.
    Dismiss,
    /// *Send to a desk*.
    Send,
    /// Chose in the review list.
    Review,
    /// Chose in the weekly audit.
    Audit,
    /// Claimed a request and answered it without sending it on.
    Confirm,
}

/// One label given by a person. What was predicted before it was learnt stands beside it: from these rows the judge's
/// accuracy is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The message that the label is about; the first one of a request.
    pub message: MessageId,
    /// The request, where there is one.
    pub request: Option<RequestId>,
    /// When it was taught.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// By doing what.
    pub source: Source,
    /// What had followed from the judgement.
    pub zone: Zone,
    /// What the message is.
    pub label: Label,
    /// What had been decided: the desk that was pinged, or nobody.
    pub decided: Label,
    /// What the shared model says of it; `None` when the text is gone.
    pub shared: Option<Label>,
    /// What the judge said with all that it had learnt here before.
    pub own: Option<Label>,
    /// The week in which it was taught.
    pub week: Week,
}

/// A week of the community's calendar, by its Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Week(civil::Date);

impl Source {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Reroute, Self::Dismiss, Self::Send, Self::Review, Self::Audit, Self::Confirm];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reroute => "reroute",
            Self::Dismiss => "dismiss",
            Self::Send => "send",
            Self::Review => "review",
            Self::Audit => "audit",
            Self::Confirm => "confirm",
        }
    }
}

impl Week {
    /// The week in which a point in time lies there.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let day = at.to_zoned(zone.clone()).date();
        let since_monday = i64::from(day.weekday().to_monday_zero_offset());
        Self(day.saturating_sub(since_monday.days()))
    }

    /// Reads `2026-11-23`; `None` when it is no Monday.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let day: civil::Date = text.parse().ok()?;
        (day.weekday() == civil::Weekday::Monday).then_some(Self(day))
    }

    /// Its Monday.
    #[must_use]
    pub const fn monday(self) -> civil::Date {
        self.0
    }

    /// So many weeks before.
    #[must_use]
    pub fn before(self, weeks: i64) -> Self {
        Self(self.0.saturating_sub((7 * weeks).days()))
    }

    /// The week after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(7.days()))
    }

    /// When it begins there.
    #[must_use]
    pub fn begins(self, zone: &TimeZone) -> Timestamp {
        self.0.to_zoned(zone.clone()).map_or(Timestamp::MIN, |midnight| midnight.timestamp())
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday_in_the_communitys_own_time() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone of the database");
        // A Sunday evening in London is Monday in Paris.
        let at: Timestamp = "2026-11-22T23:30:00Z".parse().expect("a time");
        let week = Week::of(at, &zone);
        assert_eq!(week.to_string(), "2026-11-23");
        assert_eq!(Week::of(at, &TimeZone::UTC).to_string(), "2026-11-16");
        assert_eq!(week.begins(&zone).to_string(), "2026-11-22T23:00:00Z");
        assert_eq!((week.before(1).next(), Week::parse("2026-11-23")), (week, Some(week)));
        assert_eq!(Week::parse("2026-11-24"), None);
    }
}
