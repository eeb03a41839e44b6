//! From a question to numbers: how many requests, how long until the first response, how many in time.
//!
//! Everything is computed from the requests' log as the store hands it over ([`Measure`]). Dismissed requests are
//! counted apart and are in no other figure. A request that still waits is counted, never averaged in; once it has
//! waited longer than its desk's target, it counts as missed.

pub mod chart;
pub mod judging;
pub mod picture;
mod published;

#[cfg(test)]
mod tests;

use crate::domain::ids::ChannelId;
use crate::domain::label::Route;
use crate::domain::request::Status;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timing::{Summary, summary};
use crate::store::{Measure, RequestFilter, Store, StoreError};

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

/// The numbers of one set of requests.
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
    /// Those that were no request after all, or were withdrawn; in no other figure.
    pub dismissed: usize,
    /// How many kept their desk's target for the first response, in business time.
    pub in_target: usize,
    /// How many did not: answered later, or still waiting though the target has passed.
    pub missed: usize,
    /// Until the first response, of those that have one.
    pub first_response: Option<Summary>,
    /// The same, counting only the desks' opening hours.
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
    let filter = RequestFilter {
        from: question.from,
        to: question.to,
        route: question.route,
        channel: question.channel.clone(),
        ..RequestFilter::default()
    };
    Ok(Figures::of(&store.measures(&settings.community.id, &filter).await?, settings, now))
}

impl Figures {
    /// The numbers of these requests; `settings` for the desks' hours and targets, `now` for what still waits.
    #[must_use]
    pub fn of(measures: &[Measure], settings: &Settings, now: Timestamp) -> Self {
        let at_desk = |route: Route| measures.iter().filter(move |m| m.route == route);
        Self {
            total: Tally::of(measures.iter(), settings, now),
            by_route: Route::ALL.map(|route| (route, Tally::of(at_desk(route), settings, now))).into(),
        }
    }
}

impl Tally {
    fn of<'a>(measures: impl Iterator<Item = &'a Measure>, settings: &Settings, now: Timestamp) -> Self {
        let mut tally = Self::default();
        let (mut response, mut business) = (Vec::new(), Vec::new());
        for measure in measures {
            if measure.status == Status::Dismissed {
                tally.dismissed += 1;
                continue;
            }
            tally.requests += 1;
            if let Some(seconds) = measure.response_seconds {
                tally.answered += 1;
                response.push(seconds);
                business.push(measure.business_seconds.unwrap_or(seconds));
            } else {
                tally.waiting += 1;
                let waited = Span::between(measure.opened_at, now);
                tally.oldest_waiting = tally.oldest_waiting.max(Some(waited));
            }
            match is_in_target(measure, settings, now) {
                Some(true) => tally.in_target += 1,
                Some(false) => tally.missed += 1,
                None => {}
            }
        }
        Self { first_response: summary(response), business: summary(business), ..tally }
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
    let desk = settings.desk(measure.route)?;
    let target = desk.first_response?.as_seconds();
    let Some(response) = measure.response_seconds else {
        let open = desk.business_time(&settings.community.timezone, measure.opened_at, now);
        return (open.as_seconds() > target).then_some(false);
    };
    Some(measure.business_seconds.unwrap_or(response) <= target)
}
