//! Some requests as figures see them, with a column for each thing about them: few bytes to store, and a million are
//! read within a moment.
//!
//! Names of people and channels stand once a sheet. A packed one begins with the number of its format: one of another
//! format counts as none.

use serde::{Deserialize, Serialize};

use super::{Measure, RequestFilter, StoreError, Took};
use crate::domain::ids::{ChannelId, RequestId, UserId};
use crate::domain::label::Route;
use crate::domain::request::Status;
use crate::domain::time::from_milliseconds;

/// Counts the shapes that packed sheets have had.
const FORMAT: u8 = 3;

/// Requests as figures see them, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Who answered.
    people: Vec<UserId>,
    /// Where it was asked.
    channels: Vec<ChannelId>,
    channel: Vec<u32>,
    route: Vec<Route>,
    status: Vec<Status>,
    /// In milliseconds: text would be most of the sheet, and of the time that it takes to read.
    opened_at: Vec<i64>,
    is_outside_hours: Vec<bool>,
    claim: Lengths,
    first_response: Lengths,
    /// A place among the people, counted from 1; 0 for nobody.
    answered_by: Vec<u32>,
    /// How many of the later answers are this request's.
    next_counts: Vec<u32>,
    /// Those of all requests, one after the other.
    next_responses: Vec<Took>,
    first_resolution: Lengths,
    total_resolution: Lengths,
    was_reopened: Vec<bool>,
    was_rerouted: Vec<bool>,
    has_community_answer: Vec<bool>,
    /// Those whose member waits, by their row.
    waiting: Vec<(u32, RequestId)>,
}

impl Sheet {
    /// How many requests are on it.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.opened_at.len()
    }

    /// None is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.opened_at.is_empty()
    }

    /// Who answered them: what [`Measure::answered_by`] points into.
    #[must_use]
    pub fn people(&self) -> &[UserId] {
        &self.people
    }

    /// A person's place among the people.
    pub fn person(&mut self, person: &UserId) -> u32 {
        place(&mut self.people, person)
    }

    /// Adds a request, later than all that are there.
    pub fn push(&mut self, channel: &ChannelId, measure: &Measure<'_>) {
        let channel = place(&mut self.channels, channel);
        self.push_at(channel, measure);
    }

    fn push_at(&mut self, channel: u32, measure: &Measure<'_>) {
        let row = count(self.len());
        self.waiting.extend(measure.waiting.map(|id| (row, id.clone())));
        self.channel.push(channel);
        self.route.push(measure.route);
        self.status.push(measure.status);
        self.opened_at.push(measure.opened_at.as_millisecond());
        self.is_outside_hours.push(measure.is_outside_hours);
        self.claim.push(measure.claim);
        self.first_response.push(measure.first_response);
        self.answered_by.push(measure.answered_by.map_or(0, |person| person + 1));
        self.next_counts.push(count(measure.next_responses.len()));
        self.next_responses.extend_from_slice(measure.next_responses);
        self.first_resolution.push(measure.first_resolution);
        self.total_resolution.push(measure.total_resolution);
        self.was_reopened.push(measure.was_reopened);
        self.was_rerouted.push(measure.was_rerouted);
        self.has_community_answer.push(measure.has_community_answer);
    }

    /// Each request.
    pub fn rows(&self) -> impl Iterator<Item = Measure<'_>> {
        let mut waiting = self.waiting.iter().peekable();
        let mut nexts = self.next_responses.as_slice();
        (0..self.len()).map(move |row| {
            let (own, later) = nexts.split_at(self.next_counts[row] as usize);
            nexts = later;
            Measure {
                waiting: waiting.next_if(|(at, _)| *at as usize == row).map(|(_, id)| id),
                route: self.route[row],
                status: self.status[row],
                // It was checked when it came.
                opened_at: from_milliseconds(self.opened_at[row]).unwrap_or_default(),
                is_outside_hours: self.is_outside_hours[row],
                claim: self.claim.get(row),
                first_response: self.first_response.get(row),
                answered_by: self.answered_by[row].checked_sub(1),
                next_responses: own,
                first_resolution: self.first_resolution.get(row),
                total_resolution: self.total_resolution.get(row),
                was_reopened: self.was_reopened[row],
                was_rerouted: self.was_rerouted[row],
                has_community_answer: self.has_community_answer[row],
            }
        })
    }

    /// Those of a desk and of a channel, if they are asked for.
    pub(super) fn only(self, filter: &RequestFilter) -> Self {
        if filter.channel.is_none() && filter.route.is_none() {
            return self;
        }
        let channel = filter.channel.as_ref().map(|wanted| self.channels.iter().position(|at| at == wanted));
        let mut kept =
            Self { people: self.people.clone(), channels: self.channels.clone(), ..Self::default() };
        for (measure, at) in self.rows().zip(&self.channel) {
            let is_there = channel.is_none_or(|place| place == Some(*at as usize));
            if is_there && filter.route.is_none_or(|route| route == measure.route) {
                kept.push_at(*at, &measure);
            }
        }
        kept
    }

    /// Its bytes.
    pub(super) fn pack(&self) -> Result<Vec<u8>, StoreError> {
        postcard::to_extend(self, vec![FORMAT]).map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    /// The sheet of these bytes.
    pub(super) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let sheet = bytes.get(1..).and_then(|bytes| postcard::from_bytes::<Self>(bytes).ok());
        sheet.filter(Self::is_whole).ok_or_else(|| {
            StoreError::Unreadable("a day of figures (empty the table days: it is filled again)".to_owned())
        })
    }

    /// Every column has an entry for each request, and whatever points somewhere points at something.
    fn is_whole(&self) -> bool {
        let rows = self.len();
        let (people, channels) = (count(self.people.len()), count(self.channels.len()));
        let lengths = [&self.claim, &self.first_response, &self.first_resolution, &self.total_resolution];
        let marks =
            [&self.is_outside_hours, &self.was_reopened, &self.was_rerouted, &self.has_community_answer];
        let places = [&self.channel, &self.answered_by, &self.next_counts];
        let nexts: u64 = self.next_counts.iter().map(|nexts| u64::from(*nexts)).sum();
        lengths.iter().all(|lengths| lengths.seconds.len() == rows && lengths.business.len() == rows)
            && marks.iter().all(|marks| marks.len() == rows)
            && places.iter().all(|places| places.len() == rows)
            && (self.route.len(), self.status.len()) == (rows, rows)
            && nexts == self.next_responses.len() as u64
            && self.channel.iter().all(|place| *place < channels)
            && self.answered_by.iter().all(|place| *place <= people)
            && self.opened_at.iter().all(|at| from_milliseconds(*at).is_some())
    }
}

/// Whether these bytes are a packed sheet of the format of today.
pub fn is_current(bytes: &[u8]) -> bool {
    bytes.first() == Some(&FORMAT)
}

/// How long one thing took for each request, on both clocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Lengths {
    seconds: Vec<i32>,
    business: Vec<i32>,
}

impl Lengths {
    /// What stands where nothing has been measured: no length is below 0.
    const NONE: i32 = -1;

    fn push(&mut self, took: Option<Took>) {
        self.seconds.push(took.map_or(Self::NONE, |took| took.seconds));
        self.business.push(took.map_or(Self::NONE, |took| took.business_seconds));
    }

    fn get(&self, row: usize) -> Option<Took> {
        let took = Took { seconds: self.seconds[row], business_seconds: self.business[row] };
        (took.seconds >= 0).then_some(took)
    }
}

/// A sheet has few different names, so that looking through them is no longer than looking one up.
fn place<T: PartialEq + Clone>(names: &mut Vec<T>, name: &T) -> u32 {
    count(names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    }))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).expect("fewer than requests, and those fit into memory")
}
