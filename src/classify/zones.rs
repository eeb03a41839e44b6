//! From probabilities to what follows: ping, review or quiet.
//!
//! `sensitivity` moves two bounds of the probability that an answer is needed at all. The press office has bounds of
//! its own on the score before the prior: it is asked for so rarely that its share of the channel would drown it,
//! and a journalist who is missed costs more than a needless ping.

use crate::domain::judgement::Zone;
use crate::domain::label::{Label, Route};
use crate::domain::settings::Sensitivity;

/// The bounds of one sensitivity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// From this probability of "needs an answer" on the desk is pinged.
    ping: f64,
    /// Below this one nothing happens.
    quiet: f64,
    /// From this probability of `pr` on, all labels being equally likely beforehand, the press office is pinged …
    pr_ping: f64,
    /// … and from this one on the message is at least listed for it.
    pr_review: f64,
}

impl Bounds {
    /// The bounds of a sensitivity. Chosen on examples of industries that the model had not seen, and checked on real
    /// messages: `vigie evaluate` prints what they do.
    #[must_use]
    pub const fn of(sensitivity: Sensitivity) -> Self {
        match sensitivity {
            Sensitivity::Eager => Self { ping: 0.40, quiet: 0.15, pr_ping: 0.50, pr_review: 0.35 },
            Sensitivity::Balanced => Self { ping: 0.55, quiet: 0.25, pr_ping: 0.60, pr_review: 0.45 },
            Sensitivity::Quiet => Self { ping: 0.72, quiet: 0.35, pr_ping: 0.72, pr_review: 0.52 },
        }
    }

    /// What follows, and which desk it concerns. `shares` are the labels' probabilities here, `even` those that they
    /// would have if all labels were equally likely beforehand.
    #[must_use]
    pub fn zone(self, shares: [f64; 4], even: [f64; 4]) -> (Zone, Route) {
        let press = even[Label::Pr.index()];
        let needs_answer = 1.0 - shares[Label::None.index()];
        if press >= self.pr_ping {
            return (Zone::Ping, Route::Pr);
        }
        let route = most_probable_route(shares);
        if needs_answer >= self.ping {
            (Zone::Ping, route)
        } else if press >= self.pr_review {
            (Zone::Review, Route::Pr)
        } else if needs_answer >= self.quiet {
            (Zone::Review, route)
        } else {
            (Zone::Quiet, route)
        }
    }
}

fn most_probable_route(shares: [f64; 4]) -> Route {
    let of = |route: Route| shares[route.label().index()];
    let better = |a: Route, b: Route| if of(b) > of(a) { b } else { a };
    Route::ALL.into_iter().reduce(better).expect("there are three routes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVEN: [f64; 4] = [0.25; 4];

    #[test]
    fn the_zones_follow_from_how_much_an_answer_is_needed() {
        let bounds = Bounds::of(Sensitivity::Balanced);
        let zone = |none: f64| bounds.zone([1.0 - none - 0.02, 0.01, 0.01, none], EVEN).0;
        assert_eq!([0.05, 0.6, 0.95].map(zone), [Zone::Ping, Zone::Review, Zone::Quiet]);
    }

    #[test]
    fn the_more_eager_the_louder() {
        let zone = |sensitivity| Bounds::of(sensitivity).zone([0.45, 0.02, 0.01, 0.52], EVEN).0;
        assert_eq!(zone(Sensitivity::Eager), Zone::Ping);
        assert_eq!(zone(Sensitivity::Balanced), Zone::Review);
        let quieter = |sensitivity| Bounds::of(sensitivity).zone([0.25, 0.02, 0.01, 0.72], EVEN).0;
        assert_eq!(quieter(Sensitivity::Balanced), Zone::Review);
        assert_eq!(quieter(Sensitivity::Quiet), Zone::Quiet);
    }

    #[test]
    fn the_press_office_is_not_drowned_by_its_small_share() {
        let bounds = Bounds::of(Sensitivity::Balanced);
        let rare = [0.15, 0.05, 0.15, 0.65];
        assert_eq!(bounds.zone(rare, EVEN), (Zone::Review, Route::CustomerService));
        assert_eq!(bounds.zone(rare, [0.1, 0.1, 0.7, 0.1]), (Zone::Ping, Route::Pr));
        assert_eq!(bounds.zone([0.02, 0.02, 0.06, 0.9], [0.1, 0.1, 0.5, 0.3]), (Zone::Review, Route::Pr));
    }
}
