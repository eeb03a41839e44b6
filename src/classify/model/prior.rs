//! What share of a channel's messages each label has, before a message is read.
//!
//! The model's scores leave this out, because it differs more between channels than language does: a help desk's
//! inbox has few `none`, an open chat little else.

use super::math::ln;

/// Shares of the four labels in the order of `Label::ALL`; none is zero and they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior([f64; 4]);

/// The least share of a label: what has never been seen is still possible.
const FLOOR: f64 = 0.002;

impl Default for Prior {
    /// An ordinary channel of a brand. Nearly half of what is said there needs no answer, and a question about
    /// the product is as frequent as somebody's own case. The press is rare, but is given three times its usual
    /// share of 2 %: a journalist who is missed costs more than a needless ping.
    fn default() -> Self {
        Self([0.26, 0.26, 0.06, 0.42])
    }
}

impl Prior {
    /// All four equally likely.
    #[must_use]
    pub const fn uniform() -> Self {
        Self([0.25; 4])
    }

    /// A prior from shares or counts, in the order of `Label::ALL`; they need not sum to 1.
    #[must_use]
    pub fn from_shares(shares: [f64; 4]) -> Self {
        let sum: f64 = shares.iter().sum();
        let raised = shares.map(|share| if sum > 0.0 { (share / sum).max(FLOOR) } else { 0.25 });
        let total: f64 = raised.iter().sum();
        Self(raised.map(|share| share / total))
    }

    /// The shares, in the order of `Label::ALL`.
    #[must_use]
    pub const fn shares(self) -> [f64; 4] {
        self.0
    }

    pub(super) fn logs(self) -> [f64; 4] {
        self.0.map(ln)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_shares_and_what_was_never_seen_stays_possible() {
        let shares = Prior::from_shares([30.0, 10.0, 0.0, 60.0]).shares();
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((shares[0] - 0.3).abs() < 0.01 && shares[2] > 0.0);
    }

    #[test]
    fn no_counts_at_all_are_a_uniform_prior() {
        assert_eq!(Prior::from_shares([0.0; 4]), Prior::uniform());
    }

    #[test]
    fn the_default_sums_to_one() {
        assert!((Prior::default().shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
