//! What a community has taught: additive weights, its own mix of labels, and a gate that trusts both only as far as
//! they have done better than the shared model on the labels that came.
//!
//! Only weights are kept, no texts. A lesson is learnt at once: first every expert of the gate is scored on it, as
//! it was before, then the weights take a step towards it, then the newest lessons whose texts are still there are
//! gone over once more, so that one label does not push out the others.

mod bytes;
mod gate;
mod mix;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::model::{self, Look, Prior, Scores};
use crate::domain::judgement::Zone;
use crate::domain::label::Label;

use gate::Gate;
use mix::Mix;

pub use bytes::Unreadable;
pub use mix::Seen;

/// How far one lesson moves the score of its own text, in units of log-odds, at most.
const STEP: f64 = 1.2;

/// What remains of the step for a lesson that is gone over again.
const REHEARSAL: f64 = 0.25;

/// Weights that are kept; beyond it the weakest go.
const KEPT: usize = 20_000;

/// What a community has taught so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adaptation {
    /// What is added to the shared model's weights, by feature.
    weights: HashMap<u32, [f32; 4]>,
    /// Lessons learnt.
    lessons: u32,
    /// Its own mix of labels.
    mix: Mix,
    /// How far both are trusted.
    gate: Gate,
    /// The mix of labels to assume as long as nothing else is known.
    assumed: Prior,
}

/// How far what was taught is trusted, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trust {
    /// The weights.
    pub weights: f64,
    /// The mix of labels.
    pub mix: f64,
}

impl Adaptation {
    /// Nothing taught yet, in a channel of which this mix is assumed.
    #[must_use]
    pub fn assuming(assumed: Prior) -> Self {
        Self { assumed, ..Self::default() }
    }

    /// How many lessons were learnt.
    #[must_use]
    pub const fn lessons(&self) -> u32 {
        self.lessons
    }

    /// How far what was taught is trusted.
    #[must_use]
    pub fn trust(&self) -> Trust {
        if self.lessons == 0 { Trust { weights: 0.0, mix: 0.0 } } else { self.gate.trust() }
    }

    /// The community's own mix of labels, as far as it is trusted.
    #[must_use]
    pub fn prior(&self) -> Prior {
        self.mixed(self.trust().mix)
    }

    /// The probabilities of the labels with all that was taught, as far as it is trusted.
    #[must_use]
    pub fn shares(&self, look: &Look<'_>) -> [f64; 4] {
        self.shares_with(look.scores(), self.pull(&look.words()), self.trust())
    }

    /// The probabilities of the labels, all being equally likely beforehand.
    #[must_use]
    pub fn even_shares(&self, look: &Look<'_>) -> [f64; 4] {
        let pull = self.pull(&look.words());
        let pulled = pull.map(|log| log * self.trust().weights);
        add(look.scores().probabilities(Prior::uniform()), pulled)
    }

    /// What is added to a feature's weights, as far as it is trusted.
    #[must_use]
    pub fn weight(&self, feature: u32) -> [f64; 4] {
        let trust = self.trust().weights;
        self.weights.get(&feature).map_or([0.0; 4], |four| four.map(|weight| f64::from(weight) * trust))
    }

    /// Learns what a message is. `seen` says how many messages came out in which zone lately.
    pub fn learn(&mut self, look: &Look<'_>, label: Label, zone: Zone, seen: Seen) {
        let (scores, words) = (look.scores(), look.words());
        let pull = self.pull(&words);
        let mut gate = self.gate;
        gate.score(|trust| self.shares_with(scores, pull, trust)[label.index()]);
        self.gate = gate;
        self.mix.count(zone, label, seen);
        self.step(scores, &words, label, STEP);
        self.lessons = self.lessons.saturating_add(1);
        self.prune();
    }

    /// Counts a label whose text is gone.
    pub fn count(&mut self, label: Label, zone: Zone, seen: Seen) {
        self.mix.count(zone, label, seen);
    }

    /// Goes over a lesson again that was learnt before.
    pub fn rehearse(&mut self, look: &Look<'_>, label: Label) {
        self.step(look.scores(), &look.words(), label, STEP * REHEARSAL);
    }

    /// One step of the weights down the slope of the logarithmic loss, as if they were trusted wholly.
    fn step(&mut self, scores: Scores, words: &[(u32, f64)], label: Label, step: f64) {
        let whole = Trust { weights: 1.0, mix: 1.0 };
        let mut errors = self.shares_with(scores, self.pull(words), whole);
        errors[label.index()] -= 1.0;
        for (feature, value) in words {
            let four = self.weights.entry(*feature).or_default();
            for (weight, error) in four.iter_mut().zip(errors) {
                *weight -= to_f32(step * value * error);
            }
        }
    }

    /// The probabilities when the weights and the mix are trusted that far.
    fn shares_with(&self, scores: Scores, pull: [f64; 4], trust: Trust) -> [f64; 4] {
        let pulled = pull.map(|log| log * trust.weights);
        add(scores.probabilities(self.mixed(trust.mix)), pulled)
    }

    /// The mix of labels when the community's own is trusted that far.
    fn mixed(&self, trust: f64) -> Prior {
        let (own, assumed) = (self.mix.prior().shares(), self.assumed.shares());
        Prior::from_shares([0, 1, 2, 3].map(|l| trust.mul_add(own[l], (1.0 - trust) * assumed[l])))
    }

    /// What the weights add to the labels' log-odds.
    fn pull(&self, words: &[(u32, f64)]) -> [f64; 4] {
        let mut pull = [0.0; 4];
        for (feature, value) in words {
            let Some(four) = self.weights.get(feature) else { continue };
            for (sum, weight) in pull.iter_mut().zip(four) {
                *sum += value * f64::from(*weight);
            }
        }
        pull
    }

    fn prune(&mut self) {
        if self.weights.len() <= KEPT {
            return;
        }
        let strength = |four: &[f32; 4]| four.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
        let mut strengths: Vec<f32> = self.weights.values().map(strength).collect();
        strengths.sort_by(f32::total_cmp);
        let floor = strengths[strengths.len() - KEPT * 9 / 10];
        self.weights.retain(|_, four| strength(four) >= floor);
    }
}

/// The probabilities with something added to their logarithms.
fn add(shares: [f64; 4], logs: [f64; 4]) -> [f64; 4] {
    model::softmax([0, 1, 2, 3].map(|l| model::ln(shares[l].max(f64::MIN_POSITIVE)) + logs[l]))
}

#[expect(clippy::cast_possible_truncation, reason = "a weight is small and needs few digits")]
const fn to_f32(weight: f64) -> f32 {
    weight as f32
}
