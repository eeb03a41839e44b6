//! The gate: how far what was taught is trusted.
//!
//! A handful of experts each trust the community's weights and its mix of labels to another degree. Each pays for
//! every label with the logarithm of the probability that it had given it beforehand; the trust is the experts' mean,
//! weighted by what they paid (Vovk's aggregating algorithm). The one that trusts nothing begins with most of
//! the weight, so that learning has to earn its place, and older payments fade, so that it can lose it again.

use super::Trust;

/// Weights of the experts before the first label: the shared model alone first.
const EXPERTS: [(Trust, f64); 6] = [
    (Trust { weights: 0.0, mix: 0.0 }, 0.50),
    (Trust { weights: 0.0, mix: 1.0 }, 0.10),
    (Trust { weights: 0.5, mix: 0.0 }, 0.10),
    (Trust { weights: 0.5, mix: 1.0 }, 0.10),
    (Trust { weights: 1.0, mix: 0.0 }, 0.10),
    (Trust { weights: 1.0, mix: 1.0 }, 0.10),
];

/// What remains of an older payment with each new one: half after about seventy labels.
const FADES: f64 = 0.99;

/// The least probability that is paid for: one mistake does not ruin an expert.
const FLOOR: f64 = 0.02;

/// What the experts have paid.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Gate {
    pub(super) paid: [f64; EXPERTS.len()],
}

impl Gate {
    /// Lets every expert pay for a label; `probability` says what one with that trust had given it.
    pub(super) fn score(&mut self, probability: impl Fn(Trust) -> f64) {
        for (paid, (trust, _)) in self.paid.iter_mut().zip(EXPERTS) {
            *paid = *paid * FADES - probability(trust).max(FLOOR).ln();
        }
    }

    /// The experts' mean trust.
    pub(super) fn trust(&self) -> Trust {
        let least = self.paid.into_iter().fold(f64::INFINITY, f64::min);
        let (mut weights, mut mix, mut sum) = (0.0, 0.0, 0.0);
        for (paid, (trust, before)) in self.paid.into_iter().zip(EXPERTS) {
            let weight = before * (least - paid).exp();
            weights += weight * trust.weights;
            mix += weight * trust.mix;
            sum += weight;
        }
        Trust { weights: weights / sum, mix: mix / sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_taught_is_hardly_trusted_and_what_helps_is_soon() {
        let mut gate = Gate::default();
        let before = gate.trust();
        assert!(before.weights < 0.4 && before.mix < 0.4, "{before:?}");
        for _ in 0..30 {
            gate.score(|trust| 0.5 + 0.4 * trust.weights);
        }
        assert!(gate.trust().weights > 0.9, "{:?}", gate.trust());
        for _ in 0..120 {
            gate.score(|trust| 0.9 - 0.4 * trust.weights);
        }
        assert!(gate.trust().weights < 0.05, "{:?}", gate.trust());
    }
}
