//! Requests as figures see them: small, because a question may be about a million of them, and without any text.

use serde::{Deserialize, Serialize};

use super::sheet::Sheet;
use crate::domain::ids::RequestId;
use crate::domain::label::Route;
use crate::domain::request::{Length, Status};
use crate::domain::time::Timestamp;

/// Requests as figures see them, oldest first: some sheets of them, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// The sheets.
    pub sheets: Vec<Sheet>,
}

impl Measures {
    /// Each request.
    pub fn rows(&self) -> impl Iterator<Item = Measure<'_>> {
        self.sheets.iter().flat_map(Sheet::rows)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sheets.iter().map(Sheet::len).sum()
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One request as figures see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "marks that have nothing to do with each other")]
pub struct Measure<'a> {
    /// Which, while its member waits for the company; afterwards it is a figure among others.
    pub waiting: Option<&'a RequestId>,
    /// The desk.
    pub route: Route,
    /// Where it stands.
    pub status: Status,
    /// When its clock started.
    pub opened_at: Timestamp,
    /// It was opened while its desk was closed.
    pub is_outside_hours: bool,
    /// Until the first claim.
    pub claim: Option<Took>,
    /// Until the first response.
    pub first_response: Option<Took>,
    /// Who gave it: a place in [`Sheet::people`].
    pub answered_by: Option<u32>,
    /// Each later question of the member until its answer.
    pub next_responses: &'a [Took],
    /// How long the member had waited for the company at the first resolution.
    pub first_resolution: Option<Took>,
    /// The same at the last one.
    pub total_resolution: Option<Took>,
    /// The member came back after it was resolved.
    pub was_reopened: bool,
    /// It changed desks.
    pub was_rerouted: bool,
    /// Another member answered it before any employee.
    pub has_community_answer: bool,
}

impl Measure<'_> {
    /// A request of which nothing has been measured yet.
    #[must_use]
    pub const fn new(route: Route, status: Status, opened_at: Timestamp) -> Self {
        Self {
            waiting: None,
            route,
            status,
            opened_at,
            is_outside_hours: false,
            claim: None,
            first_response: None,
            answered_by: None,
            next_responses: &[],
            first_resolution: None,
            total_resolution: None,
            was_reopened: false,
            was_rerouted: false,
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
        let whole = |seconds: i64| i32::try_from(seconds.max(0)).unwrap_or(i32::MAX);
        Self { seconds: whole(length.time.as_seconds()), business_seconds: whole(length.business_seconds) }
    }
}
