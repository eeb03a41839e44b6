//! Figures about many lengths of time: percentiles, mean, maximum.
//!
//! Only what has been measured goes in. Whatever still waits is counted by whoever asks, never averaged in.

use serde::Serialize;

/// What is published about a set of response times, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How many were measured. Not among the published keys: a count stands beside them.
    #[serde(skip)]
    pub count: usize,
    /// Half took no longer.
    pub p50: i64,
    /// Nine in ten took no longer.
    pub p90: i64,
    /// Nineteen in twenty took no longer.
    pub p95: i64,
    /// The arithmetic mean, rounded to one decimal, halves away from zero.
    pub mean: f64,
    /// The longest.
    pub max: i64,
}

/// The figures of these lengths, which may lie in several places; `None` when there are none.
///
/// Nothing is sorted, moved or copied: a first look counts how many values lie in which bucket, a second one picks the
/// values of the buckets in which the percentiles lie.
#[must_use]
pub fn summary(parts: &[&[i32]]) -> Option<Summary> {
    let mut counts = [0_usize; BUCKETS];
    let (mut sum, mut max) = (0, None);
    for value in parts.iter().copied().flatten() {
        counts[bucket(*value)] += 1;
        sum += i64::from(*value);
        max = max.max(Some(*value));
    }
    let max = i64::from(max?);
    let count: usize = parts.iter().map(|part| part.len()).sum();
    let mut wanted = [50, 90, 95].map(|percent| Wanted::at(rank(count, percent) - 1, &counts));
    for value in parts.iter().copied().flatten() {
        let bucket = bucket(*value);
        for wanted in &mut wanted {
            if wanted.bucket == bucket {
                wanted.values.push(*value);
            }
        }
    }
    let [p50, p90, p95] = wanted.map(Wanted::value);
    Some(Summary { count, p50, p90, p95, mean: mean(sum, count), max })
}

/// How many buckets the values of an `i32` fall into.
const BUCKETS: usize = 864;

/// The bucket of a value: one for each of the smallest, and of each power of two above them 32, in the order of values.
const fn bucket(value: i32) -> usize {
    let value = if value < 0 { 0 } else { value.unsigned_abs() };
    let above = (value | 32).ilog2() - 5;
    (32 * above + (value >> above)) as usize
}

/// A value that is looked for among many.
struct Wanted {
    /// The bucket in which it lies.
    bucket: usize,
    /// How many values of this bucket are smaller.
    place: usize,
    /// The values of this bucket.
    values: Vec<i32>,
}

impl Wanted {
    /// The value at a place, counted from 0.
    fn at(mut place: usize, counts: &[usize; BUCKETS]) -> Self {
        let bucket = counts.iter().position(|count| {
            let is_here = place < *count;
            place -= if is_here { 0 } else { *count };
            is_here
        });
        let bucket = bucket.expect("a place among the values that were counted");
        Self { bucket, place, values: Vec::with_capacity(counts[bucket]) }
    }

    fn value(mut self) -> i64 {
        i64::from(*self.values.select_nth_unstable(self.place).1)
    }
}

/// The nearest rank, counted from 1: ⌈percent · n / 100⌉. At it stands the smallest value that at least `percent` of all
/// values do not exceed; it is always one of the values, never something between two.
fn rank(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).max(1)
}

/// Summed and rounded as whole tenths, so that no digit depends on the order of the values.
fn mean(sum: i64, count: usize) -> f64 {
    let (sum, count) = (i128::from(sum), i128::try_from(count).expect("a length fits"));
    let tenths = (sum.abs() * 20 + count) / (count * 2) * sum.signum();
    #[expect(clippy::cast_precision_loss, reason = "seconds of ten years times ten are exact in an f64")]
    let mean = tenths as f64 / 10.0;
    mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_percentile_is_the_value_at_the_nearest_rank() {
        let s = summary(&[&(1..=20).rev().collect::<Vec<_>>()]).expect("twenty values");
        assert_eq!((s.count, s.p50, s.p90, s.p95, s.max), (20, 10, 18, 19, 20));
        // The textbook's example: ranks 3, 5 and 5 of five values.
        let s = summary(&[&[15, 20], &[], &[35, 40, 50]]).expect("five values");
        assert_eq!((s.p50, s.p90, s.p95, s.max), (35, 50, 50, 50));
        // An even number of values: the lower of the two in the middle, not their mean.
        assert_eq!(summary(&[&[1, 2]]).map(|s| s.p50), Some(1));
    }

    #[test]
    fn one_value_is_every_figure_and_no_value_is_none() {
        let one = Summary { count: 1, p50: 42, p90: 42, p95: 42, mean: 42.0, max: 42 };
        assert_eq!(summary(&[&[42]]), Some(one));
        assert_eq!(summary(&[&[]]), None);
    }

    #[test]
    fn the_mean_is_rounded_to_one_decimal() {
        let mean = |values: &[i32]| summary(&[values]).map(|s| s.mean);
        assert_eq!(mean(&[1, 2]), Some(1.5));
        assert_eq!(mean(&[1, 1, 2]), Some(1.3));
        assert_eq!(mean(&[1, 2, 2]), Some(1.7));
        assert_eq!(mean(&[0, 0, 0, 1]), Some(0.3), "a quarter, halves away from zero");
        assert_eq!(mean(&[-1, 0, 0, 0]), Some(-0.3));
        assert_eq!(mean(&[0, 0]), Some(0.0));
    }

    #[test]
    fn the_published_keys_are_those_of_the_contract() {
        let json = serde_json::to_string(&summary(&[&[30, 31, 90]])).expect("plain numbers");
        assert_eq!(json, r#"{"p50":31,"p90":90,"p95":90,"mean":50.3,"max":90}"#);
    }

    #[test]
    fn a_larger_value_is_in_no_earlier_bucket() {
        let powers = (0..31).map(|power| 1_i32 << power);
        let values = powers.flat_map(|power| [power - 1, power, power + power / 33]).chain([i32::MAX]);
        let buckets: Vec<usize> = [i32::MIN, -1].into_iter().chain(values).map(bucket).collect();
        assert!(buckets.is_sorted(), "{buckets:?}");
        assert_eq!((buckets[0], buckets.last()), (0, Some(&(BUCKETS - 1))));
    }

    proptest! {
        #[test]
        fn at_least_the_percentage_is_not_above_a_percentile(
            values in prop::collection::vec(prop_oneof![-9i32..100_000, 0i32..40, any::<i32>()], 1..200),
            cut: prop::sample::Index,
        ) {
            let (some, others) = values.split_at(cut.index(values.len()));
            let s = summary(&[some, others]).expect("not empty");
            for (percent, value) in [(50, s.p50), (90, s.p90), (95, s.p95), (100, s.max)] {
                let up_to = values.iter().filter(|v| i64::from(**v) <= value).count();
                let below = values.iter().filter(|v| i64::from(**v) < value).count();
                prop_assert!(up_to * 100 >= percent * values.len());
                prop_assert!(below * 100 < percent * values.len(), "a smaller value would do");
            }
        }
    }
}
