//! One view's half of the model: a weight for each bucket and label, in eight bits.
//!
//! A feature's value is how often it occurs (damped) times its worth, which is how rare it is in the corpus and how
//! unevenly the labels share it; the values of a message are scaled to length one, so that an essay does not outweigh
//! a line.

use super::features::{BITS, Occurrence};
use super::math::ln;
use crate::domain::label::Label;

/// Steps in which the worth of a feature is stored.
pub(super) const WORTH_STEPS: f64 = 16.0;

/// What the model knows of a bucket. Five bytes side by side: one look-up in memory for a feature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// How much the feature counts, in [`WORTH_STEPS`]; 0 for one that the corpus never showed.
    pub worth: u8,
    /// A weight for each label, in units of the view's scale.
    pub weights: [i8; 4],
}

impl Row {
    /// The weight for a label, in the score's own unit.
    pub(super) fn weight(self, label: Label, view: &View) -> f64 {
        f64::from(self.weights[label.index()]) * view.scale[label.index()]
    }
}

/// A view's weights.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    /// What a message without features gets.
    pub bias: [f64; 4],
    /// What a weight of 1 stands for, by label.
    pub scale: [f64; 4],
    /// One row a bucket.
    pub rows: Vec<Row>,
}

/// Rows of a view.
pub(super) const ROWS: usize = 1 << BITS;

impl View {
    /// The scores of the four labels for a message's features, which are ordered by bucket.
    pub(super) fn scores(&self, features: &[Occurrence]) -> [f64; 4] {
        let mut sums = [0.0; 4];
        let mut square = 0.0;
        for (row, same) in self.known(features) {
            let value = value(row.worth, same.len());
            square += value * value;
            for (sum, weight) in sums.iter_mut().zip(row.weights) {
                *sum += value * f64::from(weight);
            }
        }
        let shrink = if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 };
        let mut scores = self.bias;
        for label in 0..4 {
            scores[label] += sums[label] * self.scale[label] * shrink;
        }
        scores
    }

    /// The values of a message's features, scaled to length one.
    pub(super) fn values(&self, features: &[Occurrence]) -> Vec<(u32, f64)> {
        let mut values: Vec<(u32, f64)> =
            self.known(features).map(|(row, same)| (same[0].bucket, value(row.worth, same.len()))).collect();
        let length = values.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
        for (_, value) in &mut values {
            *value /= length;
        }
        values
    }

    /// What each occurrence adds to a score, when a bucket's weight in it is what `weight` says.
    pub(super) fn shares(
        &self,
        features: &[Occurrence],
        weight: impl Fn(Row, u32) -> f64,
        mut tell: impl FnMut(&Occurrence, f64),
    ) {
        let square: f64 = self.known(features).map(|(row, same)| value(row.worth, same.len()).powi(2)).sum();
        for (row, same) in self.known(features) {
            let value = value(row.worth, same.len()) * weight(row, same[0].bucket);
            let share = value / square.sqrt() / count(same.len());
            for occurrence in same {
                tell(occurrence, share);
            }
        }
    }

    /// The features that the corpus showed, with all their occurrences.
    fn known<'f>(&self, features: &'f [Occurrence]) -> impl Iterator<Item = (Row, &'f [Occurrence])> {
        features
            .chunk_by(|a, b| a.bucket == b.bucket)
            .map(|same| (self.rows[same[0].bucket as usize], same))
            .filter(|(row, _)| row.worth > 0)
    }
}

/// The value of a feature that occurs `times` times, before the message is scaled to length one.
pub(super) fn value(worth: u8, times: usize) -> f64 {
    let damped = if times == 1 { 1.0 } else { 1.0 + ln(count(times)) };
    damped * f64::from(worth) / WORTH_STEPS
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(super) const fn count(times: usize) -> f64 {
    times as f64
}
