//! From measured requests to the picture of them: by day, by hour of the day, and who waits.
//!
//! Everything is of the community's own days and hours. Dismissed requests are nowhere in it.

#[cfg(test)]
mod tests;

use jiff::ToSpan;

use super::chart::{FiguresChart, HeatRow, TimeLine, Times, WaitBar, Waits};
use crate::domain::ids::RequestId;
use crate::domain::label::Route;
use crate::domain::request::Status;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, TimeZone, Timestamp, civil};
use crate::domain::timing::summary;
use crate::domain::words::Words;
use crate::store::{Measure, Measures};

/// The longest periods that are shown by the hour, by the day and by the week; longer ones are by the month.
const BY_HOUR: Span = Span::minutes(2 * 24 * 60);
const BY_DAY: Span = Span::minutes(45 * 24 * 60);
const BY_WEEK: Span = Span::minutes(730 * 24 * 60);
/// A period that begins longer before its first request than this is drawn from that request on.
const QUIET: Span = BY_DAY;
/// How many points a line has at most; the last ones are drawn.
const POINTS: usize = 240;
/// Milliseconds of a day and of an hour.
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 3_600_000;
/// How many waiting requests are drawn.
const BARS: usize = 8;

/// The picture of these requests, all opened in `period` (its end not included), as of `now`.
#[must_use]
pub fn picture(
    measures: &Measures,
    settings: &Settings,
    period: (Timestamp, Timestamp),
    now: Timestamp,
    title: String,
) -> FiguresChart {
    let words = Words::new(settings.community.language);
    let counted = || measures.rows().filter(|measure| measure.status != Status::Dismissed);
    let grid = Grid::of(counted(), settings, period, now);
    let mut desks = Route::ALL.map(|route| (route, Desk::new(grid.begins.len())));
    let mut wall = WallClock::new(&settings.community.timezone);
    for measure in counted() {
        if let Some((_, desk)) = desks.iter_mut().find(|(route, _)| *route == measure.route) {
            desk.add(&measure, &grid, wall.milliseconds(measure.opened_at));
        }
    }
    // All desks when none has a request.
    let is_quiet = counted().next().is_none();
    let is_shown = |(route, desk): &(Route, Desk)| {
        if is_quiet { settings.desk(*route).is_some() } else { desk.is_busy() }
    };
    let (lines, heat) = desks
        .into_iter()
        .filter(is_shown)
        .map(|(route, desk)| {
            let name = words.route(route).to_owned();
            let target = target(settings, route);
            (
                TimeLine { name: name.clone(), points: desk.points(), target },
                HeatRow { name, hours: desk.hours },
            )
        })
        .unzip();
    FiguresChart {
        title,
        language: settings.community.language,
        times: Times { labels: grid.labels(words), lines },
        heat,
        waiting: waiting(counted(), settings, now, words),
    }
}

/// The part of the period that is drawn: until now, and not from long before the first request.
fn shown<'a>(
    measures: impl Iterator<Item = Measure<'a>>,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> (Timestamp, Timestamp) {
    let opened = measures.map(|measure| measure.opened_at);
    let ends = opened.fold(None, |ends: Option<(Timestamp, Timestamp)>, at| {
        Some(ends.map_or((at, at), |(first, last)| (first.min(at), last.max(at))))
    });
    // Where a period has no end, nothing lies after now; an export's now is its last message.
    let to = ends.map_or(to.min(now), |(_, last)| to.min(now).max(last));
    let first = ends.map_or(to, |(first, _)| first);
    let from = if Span::between(from, first) > QUIET { first } else { from.min(first) };
    (from, to)
}

/// The points in time for which something is drawn.
struct Grid {
    grain: Grain,
    begins: Vec<civil::DateTime>,
    /// The same by the clock on the wall.
    on_the_wall: Vec<i64>,
}

impl Grid {
    fn of<'a>(
        measures: impl Iterator<Item = Measure<'a>>,
        settings: &Settings,
        period: (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Self {
        let (from, to) = shown(measures, period, now);
        let zone = &settings.community.timezone;
        let grain = Grain::of(Span::between(from, to));
        let begins = begins(grain, zone.to_datetime(from), zone.to_datetime(to));
        let on_the_wall = begins.iter().map(|begin| wall_milliseconds(*begin)).collect();
        Self { grain, begins, on_the_wall }
    }

    /// The last point that begins no later.
    fn place(&self, on_the_wall: i64) -> Option<usize> {
        self.on_the_wall.partition_point(|begin| *begin <= on_the_wall).checked_sub(1)
    }

    fn labels(&self, words: Words) -> Vec<String> {
        self.begins.iter().map(|begin| self.grain.label(*begin, words)).collect()
    }
}

/// What is drawn of one desk, on its way.
struct Desk {
    /// The response times of each point.
    seconds: Vec<Vec<i32>>,
    /// How many requests were opened in each hour of the day.
    hours: [u32; 24],
}

impl Desk {
    fn new(points: usize) -> Self {
        Self { seconds: vec![Vec::new(); points], hours: [0; 24] }
    }

    fn add(&mut self, measure: &Measure<'_>, grid: &Grid, on_the_wall: i64) {
        if let (Some(place), Some(took)) = (grid.place(on_the_wall), measure.first_response) {
            self.seconds[place].push(took.business_seconds);
        }
        let hour = on_the_wall.rem_euclid(DAY) / HOUR;
        self.hours[usize::try_from(hour).expect("0 to 23")] += 1;
    }

    fn is_busy(&self) -> bool {
        self.hours.iter().any(|count| *count > 0)
    }

    fn points(&self) -> Vec<Option<i64>> {
        self.seconds.iter().map(|seconds| summary(&[seconds.as_slice()]).map(|s| s.p50)).collect()
    }
}

/// How long one point's time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    Hour,
    Day,
    Week,
    Month,
}

impl Grain {
    fn of(length: Span) -> Self {
        if length <= BY_HOUR {
            Self::Hour
        } else if length <= BY_DAY {
            Self::Day
        } else if length <= BY_WEEK {
            Self::Week
        } else {
            Self::Month
        }
    }

    /// When the point's time begins in which a local moment lies.
    fn begin(self, at: civil::DateTime) -> civil::DateTime {
        let day = at.date();
        match self {
            Self::Hour => day.at(at.hour(), 0, 0, 0),
            Self::Day => day.at(0, 0, 0, 0),
            Self::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.saturating_sub(since_monday.days()).at(0, 0, 0, 0)
            }
            Self::Month => day.first_of_month().at(0, 0, 0, 0),
        }
    }

    fn next(self, begin: civil::DateTime) -> Option<civil::DateTime> {
        let length = match self {
            Self::Hour => 1.hour(),
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
        };
        begin.checked_add(length).ok()
    }

    fn label(self, begin: civil::DateTime, words: Words) -> String {
        match self {
            Self::Hour => words.chart_hour(begin),
            Self::Day | Self::Week => words.short_day(begin.date()),
            Self::Month => words.chart_month(begin.date()),
        }
    }
}

/// When the times of all points begin, oldest first.
fn begins(grain: Grain, from: civil::DateTime, to: civil::DateTime) -> Vec<civil::DateTime> {
    let first = Some(grain.begin(from));
    let all = std::iter::successors(first, |begin| grain.next(*begin)).take_while(|begin| *begin <= to);
    let mut all: Vec<_> = all.collect();
    all.drain(..all.len().saturating_sub(POINTS));
    all
}

/// Those without an answer by the time that is left to their target; those without a target come last.
fn waiting<'a>(
    measures: impl Iterator<Item = Measure<'a>>,
    settings: &Settings,
    now: Timestamp,
    words: Words,
) -> Waits {
    let waits = measures.filter(|measure| measure.first_response.is_none());
    let mut waits: Vec<(Measure<'_>, i64, Option<i64>)> = waits
        .map(|measure| {
            let waited = settings.clock(measure.route).between(measure.opened_at, now);
            (measure, waited.as_seconds(), target(settings, measure.route))
        })
        .collect();
    waits.sort_by_key(|(measure, waited, target)| {
        let left = target.map(|target| target - waited);
        (left.is_none(), left, measure.opened_at)
    });
    let more = waits.len().saturating_sub(BARS);
    let bar = |(measure, waited, target): &(Measure<'_>, i64, Option<i64>)| WaitBar {
        label: words.chart_wait(measure.route, measure.waiting.map_or("", RequestId::short)),
        waited: *waited,
        target: *target,
    };
    Waits { bars: waits.iter().take(BARS).map(bar).collect(), more }
}

/// The desk's target for the first response, in seconds.
fn target(settings: &Settings, route: Route) -> Option<i64> {
    settings.desk(route)?.first_response.map(Span::as_seconds)
}

/// What the clock on the wall shows, in milliseconds since its 1 January 1970.
fn wall_milliseconds(at: civil::DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(at).map_or(i64::MIN, Timestamp::as_millisecond)
}

/// The clock on the wall of a time zone, for many points one after the other: the zone is asked only where the offset
/// may have changed.
struct WallClock<'a> {
    zone: &'a TimeZone,
    offset: i64,
    /// From when on and before when the offset is that.
    valid: (i64, i64),
}

impl<'a> WallClock<'a> {
    const fn new(zone: &'a TimeZone) -> Self {
        Self { zone, offset: 0, valid: (0, 0) }
    }

    fn milliseconds(&mut self, at: Timestamp) -> i64 {
        let now = at.as_millisecond();
        if !(self.valid.0..self.valid.1).contains(&now) {
            let change = self.zone.following(at).next();
            let until = change.map_or(i64::MAX, |change| change.timestamp().as_millisecond());
            self.offset = i64::from(self.zone.to_offset(at).seconds()) * 1000;
            self.valid = (now, until);
        }
        now + self.offset
    }
}
