//! Counting: from requests, one by one, to a [`Tally`].

use std::collections::HashMap;

use super::{Tally, Times};
use crate::domain::ids::UserId;
use crate::domain::label::Route;
use crate::domain::request::Status;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timing::summary;
use crate::store::{Measure, Sheet, Took};

/// What some requests of one set come to. Several of them are summed up together.
#[derive(Default)]
pub struct Count {
    /// What can be counted at once.
    tally: Tally,
    /// Every length that is measured, in the order of [`Tally`].
    lengths: [Lengths; 5],
    /// How many first responses these people gave.
    answers: HashMap<UserId, usize>,
}

/// The requests of these sheets, by desk in the order of [`Route::ALL`].
pub fn by_desk(sheets: &[Sheet], settings: &Settings, now: Timestamp) -> [Count; 3] {
    let mut counts = Route::ALL.map(|_| Count::default());
    for sheet in sheets {
        let mut answers = Route::ALL.map(|_| vec![0; sheet.people().len()]);
        for measure in sheet.rows() {
            let desk = match measure.route {
                Route::CustomerService => 0,
                Route::ProductExpert => 1,
                Route::Pr => 2,
            };
            if measure.status == Status::Dismissed {
                counts[desk].tally.dismissed += 1;
                continue;
            }
            counts[desk].add(&measure, is_in_target(&measure, settings, now), now);
            if let Some(person) = measure.answered_by {
                answers[desk][person as usize] += 1;
            }
        }
        for (count, answers) in counts.iter_mut().zip(answers) {
            let given = sheet.people().iter().zip(answers).filter(|(_, given)| *given > 0);
            given.for_each(|(person, given)| *count.answers.entry(person.clone()).or_default() += given);
        }
    }
    counts
}

impl Count {
    /// Adds a request that was not dismissed.
    fn add(&mut self, measure: &Measure<'_>, is_in_target: Option<bool>, now: Timestamp) {
        let tally = &mut self.tally;
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
        tally.reopened += usize::from(measure.was_reopened);
        tally.rerouted += usize::from(measure.was_rerouted);
        tally.outside_hours += usize::from(measure.is_outside_hours);
        tally.community_answered += usize::from(measure.has_community_answer);
        let [claim, first_response, next_response, first_resolution, total_resolution] = &mut self.lengths;
        claim.extend(measure.claim);
        first_response.extend(measure.first_response);
        next_response.extend(measure.next_responses.iter().copied());
        first_resolution.extend(measure.first_resolution);
        total_resolution.extend(measure.total_resolution);
    }

    /// The numbers of all that these have counted.
    pub fn summed_up(counts: &[&Self]) -> Tally {
        let mut answers: HashMap<&UserId, usize> = HashMap::new();
        for (person, given) in counts.iter().flat_map(|count| &count.answers) {
            *answers.entry(person).or_default() += given;
        }
        let mut answered_by: Vec<_> =
            answers.into_iter().map(|(person, given)| (person.clone(), given)).collect();
        answered_by.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let sum = |of: fn(&Tally) -> usize| counts.iter().map(|count| of(&count.tally)).sum();
        let times = |place: usize| Lengths::summed_up(counts.iter().map(|count| &count.lengths[place]));
        Tally {
            requests: sum(|tally| tally.requests),
            answered: sum(|tally| tally.answered),
            waiting: sum(|tally| tally.waiting),
            oldest_waiting: counts.iter().filter_map(|count| count.tally.oldest_waiting).max(),
            waiting_again: sum(|tally| tally.waiting_again),
            dismissed: sum(|tally| tally.dismissed),
            in_target: sum(|tally| tally.in_target),
            missed: sum(|tally| tally.missed),
            resolved: sum(|tally| tally.resolved),
            reopened: sum(|tally| tally.reopened),
            rerouted: sum(|tally| tally.rerouted),
            outside_hours: sum(|tally| tally.outside_hours),
            community_answered: sum(|tally| tally.community_answered),
            claim: times(0),
            first_response: times(1),
            next_response: times(2),
            first_resolution: times(3),
            total_resolution: times(4),
            answered_by,
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

    fn summed_up<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Times {
        let calendar: Vec<&[i32]> = parts.clone().map(|part| part.calendar.as_slice()).collect();
        let business: Vec<&[i32]> = parts.map(|part| part.business.as_slice()).collect();
        Times { calendar: summary(&calendar), business: summary(&business) }
    }
}

/// Whether a request kept its desk's target; `None` when there is no target, or it may still be kept.
fn is_in_target(measure: &Measure<'_>, settings: &Settings, now: Timestamp) -> Option<bool> {
    let clock = settings.clock(measure.route);
    let target = clock.desk()?.first_response?.as_seconds();
    match measure.first_response {
        Some(took) => Some(i64::from(took.business_seconds) <= target),
        None => (clock.between(measure.opened_at, now).as_seconds() > target).then_some(false),
    }
}
