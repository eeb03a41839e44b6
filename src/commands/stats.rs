//! `/stats`: figures in words, with what they mean.

use super::ask::Ask;
use super::meaning::figures_button;
use super::{File, Image, Period, Reply};
use crate::domain::card::Piece;
use crate::domain::ids::ChannelId;
use crate::domain::label::Route;
use crate::domain::settings::Settings;
use crate::domain::time::{TimeZone, Timestamp, civil};
use crate::domain::words::{Counts, Words};
use crate::stats::chart::FiguresChart;
use crate::stats::{self, Figures, Question, Tally, Times};
use crate::store::StoreError;

/// How long the longest bar is.
const BAR: usize = 12;
/// How many of those who answered are named.
const PEOPLE_SHOWN: usize = 5;

/// Which figures are asked for.
pub(super) struct Wanted<'a> {
    pub(super) period: Period,
    pub(super) route: Option<Route>,
    pub(super) channel: Option<&'a ChannelId>,
    pub(super) share: bool,
}

impl Ask<'_> {
    /// `/stats`.
    pub(super) async fn stats(&self, settings: &Settings, wanted: Wanted<'_>) -> Result<Reply, StoreError> {
        let zone = &settings.community.timezone;
        let today = self.now.to_zoned(zone.clone()).date();
        let first = first_day(wanted.period, today);
        let question = Question {
            from: first.and_then(|day| midnight(day, zone)),
            to: None,
            route: wanted.route,
            channel: wanted.channel.cloned(),
        };
        let title = match first {
            Some(first) => self.words.figures_since(first, today),
            None => self.words.figures_of_all().to_owned(),
        };
        let (figures, chart) =
            stats::pictured(self.triage.store(), settings, &question, self.now, title.clone()).await?;
        let mut lines = self.lines(&figures, wanted.route);
        if let Some(channel) = wanted.channel {
            lines.insert(0, self.words.only_in(channel));
        }
        let has_something = figures.total.requests > 0;
        let file = has_something.then(|| Box::new(File::Image(image(&chart))));
        Ok(Reply {
            is_shared: wanted.share,
            file,
            buttons: vec![figures_button(self.words)],
            ..Reply::facts(title, lines)
        })
    }

    fn lines(&self, figures: &Figures, route: Option<Route>) -> Vec<Vec<Piece>> {
        let words = self.words;
        let text = |text: String| vec![Piece::text(text)];
        let total = &figures.total;
        if total.requests + total.dismissed == 0 {
            return vec![text(words.no_requests().to_owned())];
        }
        let mut lines = vec![text(format!(
            "{} · {} · {}",
            words.requests(total.requests),
            words.answered(total.answered),
            words.waiting_since(total.waiting, total.oldest_waiting)
        ))];
        if total.first_response.calendar.is_none() {
            let nobody = vec![Piece::text(words.no_answer_yet())];
            lines.push(words.fact(words.first_response_figure(), nobody));
        }
        lines.extend(times(words, words.first_response_figure(), total.first_response));
        if let Some(share) = total.within_target() {
            lines.push(text(words.in_target(total.in_target, total.in_target + total.missed, share)));
        }
        lines.extend(times(words, words.claim_figure(), total.claim));
        lines.extend(times(words, words.next_response_figure(), total.next_response));
        lines.extend(times(words, words.resolution_figure(), total.first_resolution));
        if total.total_resolution != total.first_resolution {
            lines.extend(times(words, words.total_resolution_figure(), total.total_resolution));
        }
        lines.extend(words.counted(counts(total)).map(text));
        let most = figures.by_route.iter().map(|(_, tally)| tally.requests).max().unwrap_or(0);
        for (desk, tally) in
            figures.by_route.iter().filter(|(desk, _)| route.is_none_or(|route| route == *desk))
        {
            lines.push(text(desk_line(words, *desk, tally, most)));
        }
        if !total.answered_by.is_empty() {
            let people = total.answered_by.iter().take(PEOPLE_SHOWN);
            let mut line = Vec::new();
            for (person, count) in people {
                let comma = if line.is_empty() { "" } else { ", " };
                line.extend([
                    Piece::text(comma),
                    Piece::Person(person.clone()),
                    Piece::text(format!(" {count}")),
                ]);
            }
            lines.push(words.fact(words.answered_by_figure(), line));
        }
        if total.dismissed > 0 {
            lines.push(text(words.dismissed_apart(total.dismissed)));
        }
        lines.push(words.fact(words.first_response_figure(), text(words.first_response_means().to_owned())));
        lines
    }
}

/// Times, by the clock and in opening hours where the two differ; nothing where nothing was measured.
fn times(words: Words, name: &'static str, times: Times) -> Vec<Vec<Piece>> {
    let Times { calendar: Some(calendar), business } = times else { return Vec::new() };
    let mut lines = vec![words.fact(name, vec![Piece::text(words.percentiles(&calendar))])];
    if let Some(business) = business.filter(|business| *business != calendar) {
        lines.push(words.fact(words.business_figure(), vec![Piece::text(words.percentiles(&business))]));
    }
    lines
}

fn image(chart: &FiguresChart) -> Image {
    Image { name: "vigie-figures.png", png: chart.png(), alt: chart.alt() }
}

fn counts(tally: &Tally) -> Counts {
    Counts {
        resolved: tally.resolved,
        reopened: tally.reopened,
        rerouted: tally.rerouted,
        outside_hours: tally.outside_hours,
        community_answered: tally.community_answered,
        waiting_again: tally.waiting_again,
    }
}

fn desk_line(words: Words, route: Route, tally: &Tally, most: usize) -> String {
    let filled = (tally.requests * BAR).div_ceil(most.max(1));
    let bar = format!("{}{}", "█".repeat(filled), "▁".repeat(BAR - filled.min(BAR)));
    let waiting = words.waiting_since(tally.waiting, tally.oldest_waiting);
    let median = tally.first_response.calendar.as_ref().map_or_else(String::new, |summary| {
        format!(" · p50 {}", words.duration(crate::domain::time::Span::seconds(summary.p50)))
    });
    format!("{bar} {} · {}{median} · {waiting}", words.desk(route), words.requests(tally.requests))
}

/// The first day of a period that ends today; `None` for all time.
fn first_day(period: Period, today: civil::Date) -> Option<civil::Date> {
    let days_ago = |days: i64| today.checked_sub(jiff::Span::new().days(days)).ok();
    match period {
        Period::Today => Some(today),
        Period::SevenDays => days_ago(6),
        Period::ThirtyDays => days_ago(29),
        Period::Month => Some(today.first_of_month()),
        Period::All => None,
    }
}

/// When a day begins there, which is not always at 0:00.
fn midnight(day: civil::Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}
