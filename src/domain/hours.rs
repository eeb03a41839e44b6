//! Weekly opening hours, and the business time between two points.
//!
//! A point in time is open when the clock on the desk's wall reads a time within the hours of that day of the week
//! and the day is no holiday. A holiday closes its whole local day, midnight to midnight: also the early hours of
//! a shift that began the evening before, while a shift that began on the holiday opens at midnight. Where clocks
//! change, real elapsed time counts.

use std::collections::BTreeSet;
use std::fmt;

use super::time::{Span, TimeZone, Timestamp, civil, from_milliseconds};

/// The days as they are written, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The days in full, which are read as well.
const LONG_DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Milliseconds of a minute and of a day.
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = DAY as i64 * MINUTE_MS;
/// Hours that are open every minute of the week.
const ALWAYS: &str = "always open";
/// A year's holidays may follow one another; whoever is closed for longer than this has no next opening.
const SEARCHED_DAYS: i64 = 400;
/// Whatever is due later than this by a desk's hours is never due: four years.
const LONGEST_SEARCH_DAYS: i64 = 4 * 366;
/// More than a week of different shifts takes; keeps what people send in bounds.
const LONGEST_TEXT: usize = 2000;

/// Opening hours of a week, on the clock of the community's time zone. They are open at some time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hours {
    /// For each day, Monday first, when it is open: in order, with a gap between one opening and the next.
    days: [Vec<Opening>; 7],
}

/// Part of one day, in minutes since its midnight; `end` is not included and at most 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Opening {
    start: u16,
    end: u16,
}

/// Why a text is not opening hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Nothing is open.
    #[error(
        "no hours are given: write them like mon-fri 09:00-18:00, sat 10:00-13:00, or leave them out for always open"
    )]
    Empty,
    /// The text is longer than any week needs.
    #[error("the hours are longer than {LONGEST_TEXT} characters")]
    Long,
    /// An entry without both days and times.
    #[error(
        "`{0}` is not days and times: write it like mon-fri 09:00-18:00 or sat 10:00-13:00, with a comma between two"
    )]
    Entry(String),
    /// A word that is no day.
    #[error("`{0}` is no day: write mon, tue, wed, thu, fri, sat or sun, or a range like mon-fri")]
    Day(String),
    /// Something that is no time of the day.
    #[error("`{0}` is no time: write 00:00 to 23:59, or 24:00 for the end of a day")]
    Time(String),
    /// An entry that ends where it starts.
    #[error("`{0}` is never open: it ends when it starts; write 00:00-24:00 for a whole day")]
    Never(String),
}

impl Hours {
    /// Open at all times (but for holidays).
    #[must_use]
    pub fn always() -> Self {
        Self { days: std::array::from_fn(|_| vec![Opening { start: 0, end: DAY }]) }
    }

    /// Whether every minute of the week is open.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.days.iter().all(|openings| *openings == [Opening { start: 0, end: DAY }])
    }

    /// Reads `mon-fri 09:00-18:00, sat 10:00-13:00`.
    ///
    /// A day may occur more than once (a lunch break), ranges may pass the end of the week (`sat-mon`), an end
    /// before its start lies on the following day (`fri 22:00-06:00`). `always open` is read too.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what is expected.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        if text.len() > LONGEST_TEXT {
            return Err(HoursError::Long);
        }
        // Telephones turn a hyphen between numbers into a dash.
        let text = text.trim().to_lowercase().replace(['–', '—'], "-");
        if text == ALWAYS || text == "always" {
            return Ok(Self::always());
        }
        if text.is_empty() {
            return Err(HoursError::Empty);
        }
        let mut days: [Vec<Opening>; 7] = Default::default();
        for entry in text.split(',') {
            add_entry(entry.trim(), &mut days)?;
        }
        Ok(Self { days: days.map(merged) })
    }

    /// Whether the desk is open at this point.
    #[must_use]
    pub fn is_open(&self, holidays: &[civil::Date], zone: &TimeZone, at: Timestamp) -> bool {
        let local = at.as_millisecond() + offset_ms(zone, at);
        let (day, into_day) = (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS));
        self.days[weekday(day)].iter().any(|o| o.contains(into_day)) && !day_numbers(holidays).contains(&day)
    }

    /// The first point, not before `at`, at which the desk is open: `at` itself while it is. `None` when
    /// holidays close it for more than a year.
    #[must_use]
    pub fn next_opening(
        &self,
        holidays: &[civil::Date],
        zone: &TimeZone,
        at: Timestamp,
    ) -> Option<Timestamp> {
        if self.is_open(holidays, zone, at) {
            return Some(at);
        }
        let holidays = day_numbers(holidays);
        let from = at.as_millisecond();
        for stretch in stretches(zone, from, from + SEARCHED_DAYS * DAY_MS) {
            for day in stretch.start.div_euclid(DAY_MS)..=(stretch.end - 1).div_euclid(DAY_MS) {
                if holidays.contains(&day) {
                    continue;
                }
                let points = self.days[weekday(day)].iter().map(|o| o.on(day));
                let first = points
                    .map(|(start, end)| (start.max(stretch.start), end.min(stretch.end)))
                    .find(|(start, end)| start < end);
                if let Some((start, _)) = first {
                    return from_milliseconds(start - stretch.offset);
                }
            }
        }
        None
    }

    /// Business time: how much of the time from `from` to `to` the desk was open. None when `to` is not later.
    ///
    /// The cost grows with the clock changes in between (two a year) and the holidays, not with the length: between
    /// two clock changes the open time since a fixed Monday is a sum of whole weeks and a rest.
    #[must_use]
    pub fn open_time(
        &self,
        holidays: &[civil::Date],
        zone: &TimeZone,
        from: Timestamp,
        to: Timestamp,
    ) -> Span {
        let holidays = day_numbers(holidays);
        let mut open = 0;
        for stretch in stretches(zone, from.as_millisecond(), to.as_millisecond()) {
            open += self.open_before(stretch.end) - self.open_before(stretch.start);
            let (first, last) = (stretch.start.div_euclid(DAY_MS), stretch.end.div_euclid(DAY_MS));
            for day in holidays.range(first..=last) {
                let start = stretch.start.max(day * DAY_MS);
                let end = stretch.end.min((day + 1) * DAY_MS);
                open -= self.open_before(end) - self.open_before(start);
            }
        }
        Span::milliseconds(open)
    }

    /// The first point at which so much open time has passed since `from`; `None` when that takes more than
    /// [`LONGEST_SEARCH_DAYS`] days, as for a desk that holidays keep closed.
    ///
    /// Open time only grows, so the point is found by halving the stretch in which it must lie.
    #[must_use]
    pub fn after(
        &self,
        holidays: &[civil::Date],
        zone: &TimeZone,
        from: Timestamp,
        span: Span,
    ) -> Option<Timestamp> {
        let begin = from.as_millisecond();
        let has_passed = |at: i64| {
            from_milliseconds(at).is_some_and(|to| self.open_time(holidays, zone, from, to) >= span)
        };
        let longest = LONGEST_SEARCH_DAYS * DAY_MS;
        let mut reach = span.as_milliseconds().clamp(MINUTE_MS, longest);
        while !has_passed(begin.saturating_add(reach)) {
            if reach == longest {
                return None;
            }
            reach = (reach * 2).min(longest);
        }
        let (mut before, mut after) = (begin - 1, begin + reach);
        while after - before > 1 {
            let middle = i64::midpoint(before, after);
            if has_passed(middle) {
                after = middle;
            } else {
                before = middle;
            }
        }
        from_milliseconds(after)
    }

    /// Open milliseconds from the Monday before 1970 to a local point (milliseconds since 1970 on the wall clock),
    /// holidays not considered.
    fn open_before(&self, local: i64) -> i64 {
        let day = local.div_euclid(DAY_MS);
        let into_day = local.rem_euclid(DAY_MS);
        let whole_day = |openings: &Vec<Opening>| openings.iter().map(|o| o.before(DAY_MS)).sum::<i64>();
        let week: i64 = self.days.iter().map(whole_day).sum();
        let today = weekday(day);
        (day + MONDAY_OFFSET).div_euclid(7) * week
            + self.days[..today].iter().map(whole_day).sum::<i64>()
            + self.days[today].iter().map(|o| o.before(into_day)).sum::<i64>()
    }
}

impl Opening {
    /// Whether it is open so many milliseconds into its day.
    fn contains(self, into_day: i64) -> bool {
        (i64::from(self.start) * MINUTE_MS..i64::from(self.end) * MINUTE_MS).contains(&into_day)
    }

    /// How much of it has passed so many milliseconds into its day.
    fn before(self, into_day: i64) -> i64 {
        let start = i64::from(self.start) * MINUTE_MS;
        into_day.clamp(start, i64::from(self.end) * MINUTE_MS) - start
    }

    /// Its start and end on a day, in local milliseconds.
    fn on(self, day: i64) -> (i64, i64) {
        let at = |minute: u16| day * DAY_MS + i64::from(minute) * MINUTE_MS;
        (at(self.start), at(self.end))
    }
}

/// Time during which the clocks do not change, in local milliseconds; `end` is not included.
struct Stretch {
    start: i64,
    end: i64,
    /// Local minus universal time.
    offset: i64,
}

/// Cuts the time between two points (milliseconds since 1970) at the clock changes of a time zone.
fn stretches(zone: &TimeZone, from: i64, to: i64) -> impl Iterator<Item = Stretch> {
    let mut next = Some(from);
    std::iter::from_fn(move || {
        let start = next.take().filter(|start| *start < to)?;
        let start_point = from_milliseconds(start)?;
        let change = zone.following(start_point).next().map(|change| change.timestamp().as_millisecond());
        let end = change.filter(|change| *change < to).unwrap_or(to);
        next = Some(end);
        let offset = offset_ms(zone, start_point);
        Some(Stretch { start: start + offset, end: end + offset, offset })
    })
}

/// Local minus universal time at a point.
fn offset_ms(zone: &TimeZone, at: Timestamp) -> i64 {
    i64::from(zone.to_offset(at).seconds()) * 1000
}

/// 1 January 1970 was a Thursday: so many days after a Monday.
const MONDAY_OFFSET: i64 = 3;

/// Which day of the week (Monday is 0) the day so many days after 1 January 1970 is.
fn weekday(day: i64) -> usize {
    usize::try_from((day + MONDAY_OFFSET).rem_euclid(7))
        .expect("a remainder of seven is small and not negative")
}

/// Dates as days since 1 January 1970, each once.
fn day_numbers(dates: &[civil::Date]) -> BTreeSet<i64> {
    let midnight = |date: &civil::Date| date.to_zoned(TimeZone::UTC).ok();
    dates
        .iter()
        .filter_map(midnight)
        .map(|zoned| zoned.timestamp().as_millisecond().div_euclid(DAY_MS))
        .collect()
}

/// Reads one entry (`mon-fri 09:00-18:00`) into the days that it opens.
fn add_entry(entry: &str, days: &mut [Vec<Opening>; 7]) -> Result<(), HoursError> {
    let wrong = || HoursError::Entry(entry.to_owned());
    let split = entry.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
    let (names, times) = entry.split_at(split);
    let (first, last) = match names.trim().split_once('-') {
        Some((first, last)) => (day_named(first)?, day_named(last)?),
        None if names.trim().is_empty() => return Err(wrong()),
        None => (day_named(names)?, day_named(names)?),
    };
    let (start, end) = times.split_once('-').ok_or_else(wrong)?;
    let (from, to) = (time_of_day(start)?, time_of_day(end)?);
    if from == to {
        return Err(HoursError::Never(entry.to_owned()));
    }
    if from == DAY {
        return Err(HoursError::Time(start.trim().to_owned()));
    }
    for step in 0..=(last + 7 - first) % 7 {
        let day = (first + step) % 7;
        if from < to {
            days[day].push(Opening { start: from, end: to });
        } else {
            days[day].push(Opening { start: from, end: DAY });
            days[(day + 1) % 7].push(Opening { start: 0, end: to });
        }
    }
    Ok(())
}

/// `fri` or `friday` as 4.
fn day_named(text: &str) -> Result<usize, HoursError> {
    let name = text.trim();
    let is_named = |i: &usize| DAYS[*i] == name || LONG_DAYS[*i] == name;
    (0..7).find(is_named).ok_or_else(|| HoursError::Day(name.to_owned()))
}

/// `09:30` as minutes since midnight; 24:00 is the end of the day.
fn time_of_day(text: &str) -> Result<u16, HoursError> {
    let wrong = || HoursError::Time(text.trim().to_owned());
    let (hours, minutes) = text.trim().split_once(':').ok_or_else(wrong)?;
    let number = |digits: &str, lengths: std::ops::RangeInclusive<usize>| {
        let is_number = lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if is_number { digits.parse::<u16>().map_err(|_| wrong()) } else { Err(wrong()) }
    };
    let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
    let total = hours * 60 + minutes;
    if minutes < 60 && total <= DAY { Ok(total) } else { Err(wrong()) }
}

/// The same openings in order, those that overlap or touch made one, empty ones left out.
fn merged(mut openings: Vec<Opening>) -> Vec<Opening> {
    openings.retain(|o| o.start < o.end);
    openings.sort_unstable();
    let mut result: Vec<Opening> = Vec::with_capacity(openings.len());
    for opening in openings {
        match result.last_mut() {
            Some(last) if opening.start <= last.end => last.end = last.end.max(opening.end),
            Some(_) | None => result.push(opening),
        }
    }
    result
}

/// Writes the one form that [`Hours::parse`] reads back as the same hours.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_always() {
            return f.write_str(ALWAYS);
        }
        let mut comma = "";
        for (first, last, start, end) in self.entries() {
            write!(f, "{comma}{}", DAYS[first])?;
            if first != last {
                write!(f, "-{}", DAYS[last])?;
            }
            write!(f, " {:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)?;
            comma = ", ";
        }
        Ok(())
    }
}

impl Hours {
    /// The fewest entries that say the same, as first day, last day, start, end; in the order of the week.
    fn entries(&self) -> Vec<(usize, usize, u16, u16)> {
        let shifts = self.shifts();
        let mut times: Vec<(u16, u16)> = shifts.iter().flatten().copied().collect();
        times.sort_unstable();
        times.dedup();
        let mut entries = Vec::new();
        for (start, end) in times {
            let has = |day: usize| shifts[day % 7].contains(&(start, end));
            if (0..7).all(has) {
                entries.push((0, 6, start, end));
                continue;
            }
            for first in (0..7).filter(|day| has(*day) && !has(day + 6)) {
                let length = (1..7).find(|step| !has(first + step)).expect("some day has other hours");
                entries.push((first, (first + length - 1) % 7, start, end));
            }
        }
        entries.sort_unstable_by_key(|(first, last, start, end)| (*first, *start, *last, *end));
        entries
    }

    /// For each day the shifts that begin on it: what stops at midnight and goes on after it is one shift again,
    /// as long as that does not reach the time of day at which it began.
    fn shifts(&self) -> [Vec<(u16, u16)>; 7] {
        let night_end = |day: usize| {
            let evening = self.days[day].last().filter(|o| o.end == DAY)?;
            let morning = self.days[(day + 1) % 7].first().filter(|o| o.start == 0)?;
            (morning.end < evening.start).then_some(morning.end)
        };
        std::array::from_fn(|day| {
            let of_the_night_before = usize::from(night_end((day + 6) % 7).is_some());
            let mut shifts: Vec<_> =
                self.days[day].iter().skip(of_the_night_before).map(|o| (o.start, o.end)).collect();
            if let (Some(end), Some(last)) = (night_end(day), shifts.last_mut()) {
                last.1 = end;
            }
            shifts
        })
    }
}

#[cfg(test)]
mod tests;
