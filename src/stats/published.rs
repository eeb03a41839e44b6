//! The figures in the shape that scripts read: the `stats` object of `vigie replay --json`.
//!
//! Every key is always there. What cannot be computed is `null`: the percentiles when nobody has answered, the share
//! in target when no desk has one. `oldest_waiting_seconds` is 0 when nobody waits.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Figures, Tally};
use crate::domain::label::Route;
use crate::domain::timing::Summary;

/// The `stats` object: all desks together, and each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayStats {
    /// All desks together.
    #[serde(flatten)]
    pub total: RouteStats,
    /// The same for each route, also for those without a request.
    pub by_route: BTreeMap<Route, RouteStats>,
}

/// The figures of one set of requests; dismissed ones are in none of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteStats {
    /// Answered and waiting ones.
    pub requests: usize,
    /// Those with a first response.
    pub answered: usize,
    /// Those without.
    pub waiting: usize,
    /// How long the one that waits longest has waited; 0 when none does.
    pub oldest_waiting_seconds: i64,
    /// Share that kept the target, 0 to 1; `None` without targets.
    pub within_target: Option<f64>,
    /// Seconds until the first response.
    pub first_response: FirstResponseStats,
}

/// Seconds until the first response; every one `None` when nobody has answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FirstResponseStats {
    /// Half took no longer.
    pub p50: Option<i64>,
    /// Nine in ten took no longer.
    pub p90: Option<i64>,
    /// Nineteen in twenty took no longer.
    pub p95: Option<i64>,
    /// The arithmetic mean, rounded to one decimal.
    pub mean: Option<f64>,
    /// The longest.
    pub max: Option<i64>,
}

impl From<&Figures> for ReplayStats {
    fn from(figures: &Figures) -> Self {
        let by_route = figures.by_route.iter().map(|(route, tally)| (*route, tally.into())).collect();
        Self { total: (&figures.total).into(), by_route }
    }
}

impl From<&Tally> for RouteStats {
    fn from(tally: &Tally) -> Self {
        Self {
            requests: tally.requests,
            answered: tally.answered,
            waiting: tally.waiting,
            oldest_waiting_seconds: tally
                .oldest_waiting
                .map_or(0, super::super::domain::time::Span::as_seconds),
            within_target: tally.within_target(),
            first_response: tally.first_response.calendar.map(FirstResponseStats::from).unwrap_or_default(),
        }
    }
}

impl From<Summary> for FirstResponseStats {
    fn from(summary: Summary) -> Self {
        let Summary { count: _, p50, p90, p95, mean, max } = summary;
        Self { p50: Some(p50), p90: Some(p90), p95: Some(p95), mean: Some(mean), max: Some(max) }
    }
}
