//! Stops asking an endpoint that does not answer, and tries it again now and then.
//!
//! Our own, because it has to be told the time like everything here (a library's would ask the clock) and because two
//! kinds of failure count differently: an endpoint that is away rests at once, while an answer that cannot be used may be
//! the doing of the message's author, who must not be able to switch the reader off with a few posts.

use crate::domain::time::{Span, Timestamp};

/// That many calls in a row that the endpoint failed make it rest.
const FAILURES: u32 = 4;
/// That many answers in a row that could not be used do too.
const UNUSABLE: u32 = 8;
/// The first rest; each one after it is twice as long.
const FIRST_REST: Span = Span::seconds(30);
/// No rest is longer.
const LONGEST_REST: Span = Span::minutes(10);
/// How long others wait for the one call that tries whether the endpoint is back.
const PROBE: Span = Span::seconds(10);

/// Whether the endpoint may be asked.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    unusable: u32,
    rest: Option<Rest>,
}

#[derive(Clone, Copy, Debug)]
struct Rest {
    until: Timestamp,
    length: Span,
}

/// Leave to ask; handed back with what came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    is_probe: bool,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer that could be used.
    Answered,
    /// The endpoint answered, but not with what was asked for.
    Unusable,
    /// The endpoint failed.
    Failed,
}

impl Breaker {
    /// Leave to ask now, or until when nobody asks.
    ///
    /// When a rest is over, one caller gets leave; the others wait until it is back or has taken too long.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<Pass, Timestamp> {
        match &mut self.rest {
            None => Ok(Pass { is_probe: false }),
            Some(rest) if now < rest.until => Err(rest.until),
            Some(rest) => {
                rest.until = later(now, PROBE);
                Ok(Pass { is_probe: true })
            }
        }
    }

    /// Takes in what came of a call; returns until when nobody asks if this call began a rest.
    pub(super) fn record(&mut self, pass: Pass, outcome: Outcome, now: Timestamp) -> Option<Timestamp> {
        match outcome {
            Outcome::Answered => {
                *self = Self::default();
                return None;
            }
            Outcome::Unusable => {
                self.failures = 0;
                self.unusable += 1;
                if self.unusable < UNUSABLE {
                    self.rest = None;
                    return None;
                }
            }
            Outcome::Failed => self.failures += 1,
        }
        let is_due = pass.is_probe || self.failures >= FAILURES || self.unusable >= UNUSABLE;
        let length = match self.rest {
            // A call from before the rest began has nothing new to say.
            Some(_) if !pass.is_probe => return None,
            Some(rest) => rest.length.plus(rest.length).min(LONGEST_REST),
            None if is_due => FIRST_REST,
            None => return None,
        };
        let until = later(now, length);
        self.rest = Some(Rest { until, length });
        Some(until)
    }
}

/// That much later, or the end of the calendar.
fn later(now: Timestamp, by: Span) -> Timestamp {
    let milliseconds = now.as_millisecond().saturating_add(by.as_milliseconds());
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).expect("within the calendar")
    }

    /// Calls `times` times at that moment with that outcome.
    fn calls(breaker: &mut Breaker, times: u32, outcome: Outcome, now: Timestamp) {
        for _ in 0..times {
            let pass = breaker.admit(now).expect("nothing rests yet");
            breaker.record(pass, outcome, now);
        }
    }

    #[test]
    fn four_failures_in_a_row_begin_a_rest_of_thirty_seconds() {
        let mut breaker = Breaker::default();
        calls(&mut breaker, 3, Outcome::Failed, at(0));
        calls(&mut breaker, 1, Outcome::Answered, at(0));
        calls(&mut breaker, 3, Outcome::Failed, at(0));
        assert!(breaker.admit(at(0)).is_ok(), "a success in between begins the count anew");
        calls(&mut breaker, 1, Outcome::Failed, at(0));
        assert_eq!(breaker.admit(at(29)).expect_err("it rests"), at(30));
    }

    #[test]
    fn one_call_tries_whether_it_is_back_and_a_success_ends_the_rest() {
        let mut breaker = Breaker::default();
        calls(&mut breaker, 4, Outcome::Failed, at(0));
        let probe = breaker.admit(at(30)).expect("the rest is over");
        assert!(breaker.admit(at(30)).is_err(), "one at a time");
        assert_eq!(breaker.record(probe, Outcome::Answered, at(30)), None);
        calls(&mut breaker, 3, Outcome::Failed, at(31));
        assert!(breaker.admit(at(31)).is_ok(), "it counts from nothing again");
    }

    #[test]
    fn rests_double_up_to_ten_minutes() {
        let mut breaker = Breaker::default();
        calls(&mut breaker, 4, Outcome::Failed, at(0));
        let (mut now, mut rests) = (30, Vec::new());
        for _ in 0..6 {
            let probe = breaker.admit(at(now)).expect("the rest is over");
            let until = breaker.record(probe, Outcome::Failed, at(now)).expect("a longer rest");
            rests.push(until.as_second() - at(now).as_second());
            now = until.as_second() - at(0).as_second();
        }
        assert_eq!(rests, [60, 120, 240, 480, 600, 600]);
    }

    #[test]
    fn a_probe_that_never_comes_back_does_not_block_the_next_one() {
        let mut breaker = Breaker::default();
        calls(&mut breaker, 4, Outcome::Failed, at(0));
        breaker.admit(at(30)).expect("the rest is over");
        assert_eq!(breaker.admit(at(35)).expect_err("the probe is under way"), at(40));
        assert!(breaker.admit(at(40)).is_ok());
    }

    #[test]
    fn calls_from_before_the_rest_do_not_lengthen_it() {
        let mut breaker = Breaker::default();
        let passes: Vec<Pass> = (0..9).map(|_| breaker.admit(at(0)).expect("nothing rests")).collect();
        for pass in passes {
            breaker.record(pass, Outcome::Failed, at(6));
        }
        assert_eq!(breaker.admit(at(7)).expect_err("it rests"), at(36));
    }

    #[test]
    fn unusable_answers_begin_a_rest_only_after_eight_in_a_row() {
        let mut breaker = Breaker::default();
        calls(&mut breaker, 7, Outcome::Unusable, at(0));
        calls(&mut breaker, 1, Outcome::Answered, at(0));
        calls(&mut breaker, 7, Outcome::Unusable, at(0));
        assert!(breaker.admit(at(0)).is_ok(), "a usable answer in between begins the count anew");
        calls(&mut breaker, 1, Outcome::Unusable, at(0));
        assert!(breaker.admit(at(0)).is_err());
        let probe = breaker.admit(at(30)).expect("the rest is over");
        assert_eq!(breaker.record(probe, Outcome::Unusable, at(30)), Some(at(90)), "the ninth");
    }

    #[test]
    fn an_endpoint_that_is_back_with_a_useless_answer_is_back() {
        let mut breaker = Breaker::default();
        calls(&mut breaker, 4, Outcome::Failed, at(0));
        let probe = breaker.admit(at(30)).expect("the rest is over");
        assert_eq!(breaker.record(probe, Outcome::Unusable, at(30)), None);
        assert!(breaker.admit(at(30)).is_ok());
    }
}
