//! From a question to numbers: how many requests, how long until the first response, how many in time.
//!
//! Everything is computed from the requests' log as the store hands it over ([`Measure`]). Dismissed requests are
//! counted apart and are in no other figure. A request that still waits is counted, never averaged in; once it has
//! waited longer than its desk's target, it counts as missed.

pub mod chart;
pub mod digest;
pub mod export;
pub mod judging;
pub mod picture;
mod published;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::ids::{ChannelId, UserId};
use crate::domain::label::Route;
use crate::domain::request::Status;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timing::{Summary, summary};
use crate::store::{Measure, Measures, RequestFilter, Store, StoreError, Took};

use chart::FiguresChart;

pub use published::{FirstResponseStats, ReplayStats, RouteStats};

/// Which requests figures are about: those whose first message was posted in this time, at this desk, in this channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// At this desk now.
    pub route: Option<Route>,
    /// In this watched channel.
    pub channel: Option<ChannelId>,
}

/// The numbers, together and by desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// All desks together.
    pub total: Tally,
    /// Each desk, in the order of [`Route::ALL`], those without a request too.
    pub by_route: Vec<(Route, Tally)>,
}

/// The numbers of one set of requests. What each means is said in `docs/figures.md`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// All that were not dismissed: `answered + waiting`.
    pub requests: usize,
    /// Those with a first response.
    pub answered: usize,
    /// Those without.
    pub waiting: usize,
    /// How long the one that waits longest has waited; `None` when none does.
    pub oldest_waiting: Option<Span>,
    /// Answered ones whose member waits for the company again.
    pub waiting_again: usize,
    /// Those that were no request after all, or were withdrawn; in no other figure.
    pub dismissed: usize,
    /// How many kept their desk's target for the first response, in business time.
    pub in_target: usize,
    /// How many did not: answered later, or still waiting though the target has passed.
    pub missed: usize,
    /// Those that are resolved now.
    pub resolved: usize,
    /// Those on which the member came back after they were resolved.
    pub reopened: usize,
    /// Those that changed desks.
    pub rerouted: usize,
    /// Those opened while their desk was closed.
    pub outside_hours: usize,
    /// Those that another member answered before any employee did.
    pub community_answered: usize,
    /// Until the first claim.
    pub claim: Times,
    /// Until the first response.
    pub first_response: Times,
    /// From each later question to its answer.
    pub next_response: Times,
    /// How long the member waited for the company until the first resolution.
    pub first_resolution: Times,
    /// The same until the last one.
    pub total_resolution: Times,
    /// Who gave first responses and how many, most first.
    pub answered_by: Vec<(UserId, usize)>,
}

/// Lengths on both clocks; `None` when nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// On the calendar.
    pub calendar: Option<Summary>,
    /// In the desks' opening hours.
    pub business: Option<Summary>,
}

/// The numbers that answer a question, at this moment.
///
/// # Errors
/// When the store cannot be read.
pub async fn answer(
    store: &dyn Store,
    settings: &Settings,
    question: &Question,
    now: Timestamp,
) -> Result<Figures, StoreError> {
    Ok(Figures::of(&measured(store, settings, question).await?, settings, now))
}

/// The numbers that answer a question, and the picture of them, drawn: with a million requests that is work for a
/// while, so it is done beside everything else that goes on.
///
/// # Errors
/// When the store cannot be read.
pub async fn pictured(
    store: &dyn Store,
    settings: &Settings,
    question: &Question,
    now: Timestamp,
    title: String,
) -> Result<(Figures, FiguresChart), StoreError> {
    let measures = Arc::new(measured(store, settings, question).await?);
    let period = (question.from.unwrap_or(Timestamp::MIN), question.to.unwrap_or(now));
    let (also_measures, also_settings) = (Arc::clone(&measures), settings.clone());
    let chart = tokio::task::spawn_blocking(move || {
        picture::picture(&also_measures.rows, &also_settings, period, now, title)
    });
    let settings = settings.clone();
    let figures = tokio::task::spawn_blocking(move || Figures::of(&measures, &settings, now));
    let (figures, chart) = tokio::try_join!(figures, chart).expect("counting does not panic");
    Ok((figures, chart))
}

async fn measured(
    store: &dyn Store,
    settings: &Settings,
    question: &Question,
) -> Result<Measures, StoreError> {
    let filter = RequestFilter {
        from: question.from,
        to: question.to,
        route: question.route,
        channel: question.channel.clone(),
        ..RequestFilter::default()
    };
    store.measures(&settings.community.id, &filter).await
}

impl Figures {
    /// The numbers of these requests; `settings` for the desks' hours and targets, `now` for what still waits.
    #[must_use]
    pub fn of(measures: &Measures, settings: &Settings, now: Timestamp) -> Self {
        let mut total = Gathered::new(&measures.people);
        let mut by_route = Route::ALL.map(|route| (route, Gathered::new(&measures.people)));
        for measure in &measures.rows {
            let is_in_target = is_in_target(measure, settings, now);
            total.count(measure, is_in_target, now);
            if let Some((_, desk)) = by_route.iter_mut().find(|(route, _)| *route == measure.route) {
                desk.count(measure, is_in_target, now);
                desk.lengths.push(measure);
            }
        }
        for (_, desk) in &by_route {
            total.lengths.append(&desk.lengths);
        }
        Self {
            total: total.summed_up(),
            by_route: by_route.map(|(route, desk)| (route, desk.summed_up())).into(),
        }
    }
}

/// Numbers on their way.
struct Gathered<'a> {
    tally: Tally,
    lengths: AllLengths,
    people: &'a [UserId],
    /// How many first responses each of these people gave.
    answers: Vec<usize>,
}

impl<'a> Gathered<'a> {
    fn new(people: &'a [UserId]) -> Self {
        Self {
            tally: Tally::default(),
            lengths: AllLengths::default(),
            people,
            answers: vec![0; people.len()],
        }
    }

    /// Adds one request to what is counted.
    fn count(&mut self, measure: &Measure, is_in_target: Option<bool>, now: Timestamp) {
        let tally = &mut self.tally;
        if measure.status == Status::Dismissed {
            tally.dismissed += 1;
            return;
        }
        tally.requests += 1;
        if measure.first_response.is_some() {
            tally.answered += 1;
            tally.waiting_again += usize::from(measure.waiting.is_some());
        } else {
            tally.waiting += 1;
            let waited = Span::between(measure.opened_at, now);
            tally.oldest_waiting = tally.oldest_waiting.max(Some(waited));
        }
        match is_in_target {
            Some(true) => tally.in_target += 1,
            Some(false) => tally.missed += 1,
            None => {}
        }
        tally.resolved += usize::from(measure.status == Status::Resolved);
        tally.reopened += usize::from(measure.reopened > 0);
        tally.rerouted += usize::from(measure.reroutes > 0);
        tally.outside_hours += usize::from(measure.is_outside_hours);
        tally.community_answered += usize::from(measure.has_community_answer);
        let person = measure.answered_by.and_then(|person| usize::try_from(person).ok());
        if let Some(count) = person.and_then(|person| self.answers.get_mut(person)) {
            *count += 1;
        }
    }

    fn summed_up(self) -> Tally {
        let answered = self.people.iter().cloned().zip(self.answers);
        let mut answered_by: Vec<(UserId, usize)> = answered.filter(|(_, count)| *count > 0).collect();
        answered_by.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let AllLengths([claim, first_response, next_response, first_resolution, total_resolution]) =
            self.lengths;
        Tally {
            claim: claim.summed_up(),
            first_response: first_response.summed_up(),
            next_response: next_response.summed_up(),
            first_resolution: first_resolution.summed_up(),
            total_resolution: total_resolution.summed_up(),
            answered_by,
            ..self.tally
        }
    }
}

/// Every length that is measured, in the order of [`Tally`], before they are summed up.
#[derive(Default)]
struct AllLengths([Lengths; 5]);

impl AllLengths {
    fn push(&mut self, measure: &Measure) {
        if measure.status == Status::Dismissed {
            return;
        }
        let Self([claim, first_response, next_response, first_resolution, total_resolution]) = self;
        claim.extend(measure.claim);
        first_response.extend(measure.first_response);
        next_response.extend(measure.next_responses.iter().copied());
        first_resolution.extend(measure.first_resolution);
        total_resolution.extend(measure.total_resolution);
    }

    fn append(&mut self, others: &Self) {
        for (lengths, others) in self.0.iter_mut().zip(&others.0) {
            lengths.calendar.extend_from_slice(&others.calendar);
            lengths.business.extend_from_slice(&others.business);
        }
    }
}

/// Lengths on both clocks.
#[derive(Default)]
struct Lengths {
    calendar: Vec<i32>,
    business: Vec<i32>,
}

impl Lengths {
    fn extend(&mut self, took: impl IntoIterator<Item = Took>) {
        for Took { seconds, business_seconds } in took {
            self.calendar.push(seconds);
            self.business.push(business_seconds);
        }
    }

    fn summed_up(self) -> Times {
        // Where desks are always open the two are one.
        let is_same = self.calendar == self.business;
        let calendar = summary(self.calendar);
        Times { calendar, business: if is_same { calendar } else { summary(self.business) } }
    }
}

impl Tally {
    /// The share that kept the target; `None` when no request has a target that could be kept or missed yet.
    #[must_use]
    pub fn within_target(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "numbers of requests are exact in an f64")]
        let share = self.in_target as f64 / (self.in_target + self.missed) as f64;
        (self.in_target + self.missed > 0).then_some(share)
    }
}

/// Whether a request kept its desk's target; `None` when there is no target, or it may still be kept.
fn is_in_target(measure: &Measure, settings: &Settings, now: Timestamp) -> Option<bool> {
    let clock = settings.clock(measure.route);
    let target = clock.desk()?.first_response?.as_seconds();
    match measure.first_response {
        Some(took) => Some(i64::from(took.business_seconds) <= target),
        None => (clock.between(measure.opened_at, now).as_seconds() > target).then_some(false),
    }
}
