//! Requests as figures see them: small, because a question may be about a million of them, and without any text.

use serde::{Deserialize, Serialize};

use super::pack;
use crate::domain::ids::{RequestId, UserId};
use crate::domain::label::Route;
use crate::domain::request::{Length, Status};
use crate::domain::time::Timestamp;

/// Requests as figures see them, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// The requests.
    pub rows: Vec<Measure>,
    /// Who answered them: what [`Measure::answered_by`] points into.
    pub people: Vec<UserId>,
}

/// One request as figures see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Which, while its member waits for the company; afterwards it is a figure among others.
    pub waiting: Option<Box<RequestId>>,
    /// The desk.
    pub route: Route,
    /// Where it stands.
    pub status: Status,
    /// When its clock started.
    #[serde(with = "pack::milliseconds")]
    pub opened_at: Timestamp,
    /// It was opened while its desk was closed.
    pub is_outside_hours: bool,
    /// Until the first claim.
    pub claim: Option<Took>,
    /// Until the first response.
    pub first_response: Option<Took>,
    /// Who gave it: a place in [`Measures::people`].
    pub answered_by: Option<u32>,
    /// Each later question of the member until its answer.
    pub next_responses: Box<[Took]>,
    /// How long the member had waited for the company at the first resolution.
    pub first_resolution: Option<Took>,
    /// The same at the last one.
    pub total_resolution: Option<Took>,
    /// How often it was reopened.
    pub reopened: u32,
    /// How often it changed desks.
    pub reroutes: u32,
    /// Another member answered it before any employee.
    pub has_community_answer: bool,
}

impl Measure {
    /// A request of which nothing has been measured yet.
    #[must_use]
    pub fn new(route: Route, status: Status, opened_at: Timestamp) -> Self {
        Self {
            waiting: None,
            route,
            status,
            opened_at,
            is_outside_hours: false,
            claim: None,
            first_response: None,
            answered_by: None,
            next_responses: Box::default(),
            first_resolution: None,
            total_resolution: None,
            reopened: 0,
            reroutes: 0,
            has_community_answer: false,
        }
    }
}

/// How long something took, in whole seconds: 68 years at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// On the calendar.
    pub seconds: i32,
    /// In the desk's opening hours.
    pub business_seconds: i32,
}

impl From<Length> for Took {
    fn from(length: Length) -> Self {
        let whole = |seconds: i64| i32::try_from(seconds).unwrap_or(i32::MAX);
        Self { seconds: whole(length.time.as_seconds()), business_seconds: whole(length.business_seconds) }
    }
}
