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

/// The numbers that answer a question, and the picture of them.
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
    let measures = measured(store, settings, question).await?;
    let period = (question.from.unwrap_or(Timestamp::MIN), question.to.unwrap_or(now));
    let chart = picture::picture(&measures.rows, settings, period, now, title);
    Ok((Figures::of(&measures, settings, now), chart))
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
        let at_desk = |route: Route| measures.rows.iter().filter(move |m| m.route == route);
        let tally = |route| (route, Tally::of(at_desk(route), &measures.people, settings, now));
        Self {
            total: Tally::of(measures.rows.iter(), &measures.people, settings, now),
            by_route: Route::ALL.map(tally).into(),
        }
    }
}

/// Lengths on both clocks, before they are summed up.
#[derive(Default)]
struct Lengths {
    calendar: Vec<i64>,
    business: Vec<i64>,
}

impl Lengths {
    fn push(&mut self, took: Took) {
        self.calendar.push(took.seconds);
        self.business.push(took.business_seconds);
    }

    fn summed_up(self) -> Times {
        // Where desks are always open the two are one.
        let is_same = self.calendar == self.business;
        let calendar = summary(self.calendar);
        Times { calendar, business: if is_same { calendar } else { summary(self.business) } }
    }
}

impl Tally {
    fn of<'a>(
        measures: impl Iterator<Item = &'a Measure>,
        people: &[UserId],
        settings: &Settings,
        now: Timestamp,
    ) -> Self {
        let mut tally = Self::default();
        let [mut claims, mut responses, mut next, mut first, mut total] =
            std::array::from_fn(|_| Lengths::default());
        let mut answered_by = vec![0_usize; people.len()];
        for measure in measures {
            if measure.status == Status::Dismissed {
                tally.dismissed += 1;
                continue;
            }
            tally.count(measure, settings, now);
            measure.claim.into_iter().for_each(|took| claims.push(took));
            measure.first_response.into_iter().for_each(|took| responses.push(took));
            measure.next_responses.iter().for_each(|took| next.push(*took));
            measure.first_resolution.into_iter().for_each(|took| first.push(took));
            measure.total_resolution.into_iter().for_each(|took| total.push(took));
            if let Some(count) = measure.answered_by.and_then(|person| answered_by.get_mut(person)) {
                *count += 1;
            }
        }
        let mut answered_by: Vec<(UserId, usize)> =
            people.iter().cloned().zip(answered_by).filter(|(_, count)| *count > 0).collect();
        answered_by.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Self {
            claim: claims.summed_up(),
            first_response: responses.summed_up(),
            next_response: next.summed_up(),
            first_resolution: first.summed_up(),
            total_resolution: total.summed_up(),
            answered_by,
            ..tally
        }
    }

    /// Adds one request to what is counted.
    fn count(&mut self, measure: &Measure, settings: &Settings, now: Timestamp) {
        self.requests += 1;
        if measure.first_response.is_some() {
            self.answered += 1;
            self.waiting_again += usize::from(measure.waiting_since.is_some());
        } else {
            self.waiting += 1;
            let waited = Span::between(measure.opened_at, now);
            self.oldest_waiting = self.oldest_waiting.max(Some(waited));
        }
        match is_in_target(measure, settings, now) {
            Some(true) => self.in_target += 1,
            Some(false) => self.missed += 1,
            None => {}
        }
        self.resolved += usize::from(measure.status == Status::Resolved);
        self.reopened += usize::from(measure.reopened > 0);
        self.rerouted += usize::from(measure.reroutes > 0);
        self.outside_hours += usize::from(measure.is_outside_hours);
        self.community_answered += usize::from(measure.has_community_answer);
    }

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
        Some(took) => Some(took.business_seconds <= target),
        None => (clock.between(measure.opened_at, now).as_seconds() > target).then_some(false),
    }
}
