//! From a question to numbers: how many requests, how long until the first response, how many in time.
//!
//! Everything is computed from the requests' log as the store hands it over ([`Measure`]). Dismissed requests are
//! counted apart and are in no other figure. A request that still waits is counted, never averaged in; once it has
//! waited longer than its desk's target, it counts as missed.

pub mod chart;
mod count;
pub mod digest;
pub mod export;
pub mod judging;
pub mod picture;
mod published;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::thread;

use crate::domain::ids::{ChannelId, UserId};
use crate::domain::label::Route;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timing::Summary;
use crate::store::{Measures, RequestFilter, Store, StoreError};

use chart::FiguresChart;
use count::Count;

pub use published::{FirstResponseStats, ReplayStats, RouteStats};

/// How many sheets are worth a thread of their own.
const SHEETS: usize = 8;

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
        picture::picture(&also_measures, &also_settings, period, now, title)
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
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = measures.sheets.len().div_ceil(cores).max(SHEETS);
        let shares = measures.sheets.chunks(share);
        let shares = in_parallel(shares.map(|sheets| move || count::by_desk(sheets, settings, now)));
        let desk = |place| shares.iter().map(|desks: &[Count; 3]| &desks[place]).collect();
        let everything: Vec<&Count> = shares.iter().flatten().collect();
        let sets = (0..Route::ALL.len()).map(desk).chain([everything]);
        let mut tallies = in_parallel(sets.map(|counts: Vec<&Count>| move || Count::summed_up(&counts)));
        let total = tallies.pop().unwrap_or_default();
        Self { total, by_route: Route::ALL.into_iter().zip(tallies).collect() }
    }
}

/// The results of these computations, each in a thread of its own.
fn in_parallel<T: Send, F: FnOnce() -> T + Send>(computations: impl Iterator<Item = F>) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = computations.map(|compute| scope.spawn(compute)).collect();
        threads.into_iter().map(|thread| thread.join().expect("counting does not panic")).collect()
    })
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
