//! A community's own mix of labels, estimated from the labels that people gave.
//!
//! People label what was pinged far more often than what was left alone, so a plain count would take the desk's
//! inbox for the channel. Labels are therefore counted by zone, and the zones weighed by how many messages came out in
//! each (a stratified estimate). The first labels count beside what an ordinary channel would show.

use crate::classify::model::Prior;
use crate::domain::judgement::Zone;
use crate::domain::label::Label;

/// How many messages came out in which zone lately, in the order of [`Zone::ALL`].
pub type Seen = [f64; 3];

/// What an ordinary channel shows of each label in each zone.
const ORDINARY: [[f64; 4]; 3] =
    [[0.45, 0.40, 0.07, 0.08], [0.18, 0.25, 0.07, 0.50], [0.02, 0.03, 0.01, 0.94]];

/// How its messages divide among the zones.
const ORDINARY_SEEN: Seen = [0.52, 0.16, 0.32];

/// For how many labels of a zone the ordinary channel counts …
const STANDS_FOR: f64 = 12.0;

/// … and for how many messages in its division among the zones.
const STANDS_FOR_SEEN: f64 = 60.0;

/// What remains of an older label with each new one of its zone: a mix that changes is followed.
const FADES: f64 = 0.995;

/// Labels that people gave, by zone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Mix {
    pub(super) labelled: [[f64; 4]; 3],
    pub(super) seen: Seen,
}

impl Mix {
    /// Counts a label of a message that had come out in that zone.
    pub(super) fn count(&mut self, zone: Zone, label: Label, seen: Seen) {
        let labelled = &mut self.labelled[zone.index()];
        for count in labelled.iter_mut() {
            *count *= FADES;
        }
        labelled[label.index()] += 1.0;
        self.seen = seen;
    }

    /// The mix.
    pub(super) fn prior(&self) -> Prior {
        let all: f64 = self.seen.iter().sum::<f64>() + STANDS_FOR_SEEN;
        let mut shares = [0.0; 4];
        for zone in 0..3 {
            let weight = (self.seen[zone] + STANDS_FOR_SEEN * ORDINARY_SEEN[zone]) / all;
            let labels: f64 = self.labelled[zone].iter().sum::<f64>() + STANDS_FOR;
            for (label, share) in shares.iter_mut().enumerate() {
                let count = self.labelled[zone][label] + STANDS_FOR * ORDINARY[zone][label];
                *share += weight * count / labels;
            }
        }
        Prior::from_shares(shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_labels_it_is_near_the_ordinary_channel() {
        let (mix, ordinary) = (Mix::default().prior().shares(), Prior::default().shares());
        for (own, usual) in mix.into_iter().zip(ordinary) {
            assert!((own - usual).abs() < 0.04, "{mix:?} and {ordinary:?}");
        }
    }

    #[test]
    fn labels_of_pings_alone_do_not_make_a_channel_of_requests() {
        let mut mix = Mix::default();
        for _ in 0..200 {
            mix.count(Zone::Ping, Label::CustomerService, [20.0, 10.0, 970.0]);
        }
        assert!(mix.prior().shares()[Label::None.index()] > 0.8, "{:?}", mix.prior());
    }

    #[test]
    fn the_audit_is_what_says_how_quiet_the_quiet_is() {
        let mut mix = Mix::default();
        for _ in 0..100 {
            mix.count(Zone::Quiet, Label::ProductExpert, [20.0, 10.0, 970.0]);
        }
        assert!(mix.prior().shares()[Label::ProductExpert.index()] > 0.7, "{:?}", mix.prior());
    }
}
