//! Training: multinomial logistic regression on each view, then one temperature for both.
//!
//! Deterministic to the bit on every machine: the views are learnt on a thread each and never share a sum,
//! sums run in the corpus's order, and the mathematics is our own ([`super::math`]).

use std::thread;

use super::corpus::{Example, fingerprint};
use super::cues::cues;
use super::features::Side;
use super::lessons::{Lesson, lessons};
use super::math::{exp, ln, softmax};
use super::optimise::minimise;
use super::text::Tokens;
use super::view::{ROWS, Row, View, WORTH_STEPS, value};
use super::{Model, Scores};
use crate::domain::label::Label;

/// How freely weights may grow: the inverse of the ridge penalty.
const FREEDOM: f64 = 24.0;

/// Of what is to be learnt for a lesson so much goes to all labels alike: no example is beyond doubt.
const DOUBT: f64 = 0.1;

/// … and of the rest so much to the second label, where there is one.
const SECOND: f64 = 0.2;

/// What a feature is worth that all labels show alike; one that belongs to a single label is worth up to 1.7.
const WORTH_AT_LEAST: f64 = 0.2;

/// So many occurrences, shared as the labels are, are imagined before a feature's own are counted.
const IMAGINED: f64 = 2.0;

/// Steps of the solver at most.
const STEPS: usize = 80;

/// Rounds in which a share of the industries is held out, to see how sure the model may be of what is new to it.
const ROUNDS: usize = 4;

/// How much less sure the model is than held-out examples would allow. Examples are tidier than people: on 253 real
/// messages, never learnt from, this brings confidence and truth together.
const CAUTION: f64 = 1.5;

/// Trains a model; the same examples in the same order give the same bytes. `progress` hears how many of how many
/// rounds are done.
///
/// # Panics
/// When `examples` is empty.
#[must_use]
pub fn train(examples: &[Example], mut progress: impl FnMut(usize, usize)) -> Model {
    assert!(!examples.is_empty(), "there is nothing to learn from");
    let held_out = hold_out(examples, |round| progress(round, ROUNDS + 1));
    let mut model = uncalibrated(&examples.iter().collect::<Vec<_>>());
    model.temperature = temperature(&held_out, model.learnt_from) * CAUTION;
    model.corpus = fingerprint(examples);
    progress(ROUNDS + 1, ROUNDS + 1);
    model
}

/// What models that never saw an example's group of industries say of it: the honest measure of what is learnt.
/// The scores' temperature is 1.
///
/// # Panics
/// Never: a group that is looked up is one of those listed.
pub fn hold_out(examples: &[Example], mut progress: impl FnMut(usize)) -> Vec<(Scores, Label)> {
    let mut groups: Vec<&str> = examples.iter().map(Example::group).collect();
    groups.sort_unstable();
    groups.dedup();
    let round_of =
        |example: &Example| groups.binary_search(&example.group()).expect("it is one of them") % ROUNDS;

    let mut held_out = Vec::new();
    for round in 0..ROUNDS {
        let (test, rest): (Vec<&Example>, Vec<&Example>) =
            examples.iter().partition(|e| round_of(e) == round);
        if !rest.is_empty() && !test.is_empty() {
            let model = uncalibrated(&rest);
            held_out.extend(test.iter().map(|example| (model.scores(&example.text), example.label)));
        }
        progress(round + 1);
    }
    held_out
}

fn uncalibrated(examples: &[&Example]) -> Model {
    let lessons = lessons(examples);
    let learn = |side: Side| learn_view(side, &lessons);
    let views = thread::scope(|scope| {
        let words = scope.spawn(|| learn(Side::Words));
        let letters = learn(Side::Letters);
        [words.join().expect("learning does not panic"), letters]
    });
    Model { corpus: 0, temperature: 1.0, learnt_from: log_shares(&lessons), views }
}

fn log_shares(lessons: &[Lesson<'_>]) -> [f64; 4] {
    let mut counts = [1.0; 4]; // One each to begin with, for a label that a round lacks.
    for lesson in lessons {
        counts[lesson.label.index()] += lesson.weight;
    }
    let total: f64 = counts.iter().sum();
    counts.map(|count| ln(count / total))
}

/// The lessons as one view sees them, in compressed rows.
struct Table {
    /// For each lesson the range of its `cells`.
    ends: Vec<usize>,
    /// Column and value; half the memory of an `f64`, and half the time.
    cells: Vec<(u32, f32)>,
    targets: Vec<Target>,
    /// The bucket of each column.
    buckets: Vec<u32>,
    /// The worth of each bucket.
    worths: Vec<u8>,
}

/// What is to be learnt for a lesson.
struct Target {
    shares: [f64; 4],
    weight: f64,
}

impl Target {
    fn of(lesson: &Lesson<'_>) -> Self {
        let mut shares = [DOUBT / 4.0; 4];
        let second = if lesson.also.is_some() { SECOND } else { 0.0 };
        shares[lesson.label.index()] += (1.0 - DOUBT) * (1.0 - second);
        if let Some(also) = lesson.also {
            shares[also.index()] += (1.0 - DOUBT) * second;
        }
        Self { shares, weight: lesson.weight }
    }
}

impl Table {
    fn of(side: Side, lessons: &[Lesson<'_>]) -> Self {
        let seen: Vec<Vec<(u32, usize)>> = lessons.iter().map(|lesson| counts(side, &lesson.text)).collect();
        let worths = worths(&seen, lessons);

        let mut columns = vec![u32::MAX; ROWS];
        let mut table =
            Self { ends: Vec::new(), cells: Vec::new(), targets: Vec::new(), buckets: Vec::new(), worths };
        for (lesson, features) in lessons.iter().zip(seen) {
            let valued: Vec<(u32, f64)> = features
                .into_iter()
                .map(|(bucket, times)| (bucket, value(table.worths[bucket as usize], times)))
                .collect();
            let length = valued.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
            for (bucket, value) in valued {
                let column = &mut columns[bucket as usize];
                if *column == u32::MAX {
                    *column =
                        u32::try_from(table.buckets.len()).expect("there are fewer columns than buckets");
                    table.buckets.push(bucket);
                }
                table.cells.push((*column, to_f32(value / length)));
            }
            table.ends.push(table.cells.len());
            table.targets.push(Target::of(lesson));
        }
        table
    }

    fn rows(&self) -> impl Iterator<Item = (&[(u32, f32)], &Target)> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .zip(&self.targets)
            .map(|((start, end), target)| (&self.cells[*start..*end], target))
    }

    /// Penalised negative log-likelihood at `weights` (four a column, then the four biases) and its gradient.
    fn loss(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let bias = self.buckets.len() * 4;
        let mut loss = 0.0;
        for (slope, weight) in gradient.iter_mut().zip(weights).take(bias) {
            *slope = weight / FREEDOM;
            loss += weight * weight / (2.0 * FREEDOM);
        }
        gradient[bias..].fill(0.0);
        for (row, target) in self.rows() {
            let mut scores: [f64; 4] = weights[bias..].try_into().expect("four biases");
            for (column, value) in row {
                let at = *column as usize * 4;
                for (score, weight) in scores.iter_mut().zip(&weights[at..at + 4]) {
                    *score += f64::from(*value) * weight;
                }
            }
            let mut errors = softmax(scores);
            for (error, share) in errors.iter_mut().zip(target.shares) {
                loss -= target.weight * share * ln(error.max(f64::MIN_POSITIVE));
                *error = target.weight * (*error - share);
            }
            for (column, value) in row {
                let at = *column as usize * 4;
                for (slope, error) in gradient[at..at + 4].iter_mut().zip(errors) {
                    *slope += f64::from(*value) * error;
                }
            }
            gradient[bias..].iter_mut().zip(errors).for_each(|(slope, error)| *slope += error);
        }
        loss
    }
}

fn learn_view(side: Side, lessons: &[Lesson<'_>]) -> View {
    let table = Table::of(side, lessons);
    let bias = table.buckets.len() * 4;
    let mut weights = vec![0.0; bias + 4];
    minimise(&mut weights, STEPS, |at, gradient| table.loss(at, gradient));

    let mut scale = [f64::MIN_POSITIVE; 4];
    for (at, weight) in weights[..bias].iter().enumerate() {
        scale[at % 4] = scale[at % 4].max(weight.abs() / 127.0);
    }
    let mut rows = vec![Row::default(); ROWS];
    for (bucket, four) in table.buckets.iter().zip(weights.chunks_exact(4)) {
        let worth = table.worths[*bucket as usize];
        let weights = [0, 1, 2, 3].map(|label| eight_bits(four[label] / scale[label]));
        rows[*bucket as usize] = Row { worth, weights };
    }
    View { bias: weights[bias..].try_into().expect("four biases"), scale, rows }
}

/// How often each bucket occurs in a text.
fn counts(side: Side, text: &str) -> Vec<(u32, usize)> {
    let tokens = Tokens::of(text);
    let features = side.features(&tokens, &cues(&tokens));
    features.chunk_by(|a, b| a.bucket == b.bucket).map(|same| (same[0].bucket, same.len())).collect()
}

/// What each bucket is worth: its inverse document frequency, smoothed (1 + ln((n + 1) / (with + 1))), times how far the
/// labels of the lessons that show it are from those of all lessons (the root of the Kullback-Leibler divergence).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a byte holds")]
fn worths(seen: &[Vec<(u32, usize)>], lessons: &[Lesson<'_>]) -> Vec<u8> {
    let mut with = vec![[0.0; 4]; ROWS];
    let mut all = [0.0; 4];
    for (lesson, features) in lessons.iter().zip(seen) {
        let label = lesson.label.index();
        all[label] += 1.0;
        for (bucket, _) in features {
            with[*bucket as usize][label] += 1.0;
        }
    }
    let n: f64 = all.iter().sum();
    let expected = all.map(|count: f64| count.max(1.0) / n);
    let worth = |counts: &[f64; 4]| {
        let times: f64 = counts.iter().sum();
        if times < 1.0 {
            return 0;
        }
        let divergence = |label: usize| {
            let share = (counts[label] + IMAGINED * expected[label]) / (times + IMAGINED);
            share * ln(share / expected[label])
        };
        let unevenness = [0, 1, 2, 3].map(divergence).iter().sum::<f64>().max(0.0).sqrt();
        let rarity = 1.0 + ln((n + 1.0) / (times + 1.0));
        (rarity * (WORTH_AT_LEAST + unevenness) * WORTH_STEPS).round().clamp(1.0, 255.0) as u8
    };
    with.iter().map(worth).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the scale is chosen so that it fits")]
fn eight_bits(weight: f64) -> i8 {
    weight.round().clamp(-127.0, 127.0) as i8
}

/// The temperature under which the held-out labels are most likely, by golden-section search.
fn temperature(held_out: &[(Scores, Label)], learnt_from: [f64; 4]) -> f64 {
    if held_out.is_empty() {
        return 1.0;
    }
    let surprise = |log: f64| -> f64 {
        let temperature = exp(log);
        let one = |(scores, label): &(Scores, Label)| {
            let cooled = [0, 1, 2, 3].map(|l| scores.values()[l] / temperature + learnt_from[l]);
            -ln(softmax(cooled)[label.index()].max(f64::MIN_POSITIVE))
        };
        held_out.iter().map(one).sum()
    };
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-2.0, 2.0);
    for _ in 0..30 {
        let width = (high - low) * ratio;
        if surprise(high - width) < surprise(low + width) {
            high = low + width;
        } else {
            low = high - width;
        }
    }
    exp(f64::midpoint(low, high))
}

#[expect(clippy::cast_possible_truncation, reason = "between 0 and 1, and seven digits are plenty")]
const fn to_f32(value: f64) -> f32 {
    value as f32
}
