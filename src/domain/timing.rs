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

/// The figures of these lengths; `None` when there are none.
#[must_use]
pub fn summary(seconds: impl IntoIterator<Item = i32>) -> Option<Summary> {
    let mut values: Vec<i32> = seconds.into_iter().collect();
    let max = i64::from(*values.iter().max()?);
    let (count, mean) = (values.len(), mean(&values));
    // Each selection leaves the smaller values in front, where the next one looks: no need to sort them all.
    let [p95, p90, p50] = [95, 90, 50].map(|percent| {
        let place = rank(count, percent) - 1;
        let value = *values.select_nth_unstable(place).1;
        values.truncate(place + 1);
        i64::from(value)
    });
    Some(Summary { count, p50, p90, p95, mean, max })
}

/// The nearest rank, counted from 1: ⌈percent · n / 100⌉. At it stands the smallest value that at least `percent` of all
/// values do not exceed; it is always one of the values, never something between two.
fn rank(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).max(1)
}

/// Summed and rounded as whole tenths, so that no digit depends on the order of the values.
fn mean(values: &[i32]) -> f64 {
    let count = i128::try_from(values.len()).expect("a length fits");
    let sum = i128::from(values.iter().copied().map(i64::from).sum::<i64>());
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
        let s = summary((1..=20).rev()).expect("twenty values");
        assert_eq!((s.count, s.p50, s.p90, s.p95, s.max), (20, 10, 18, 19, 20));
        // The textbook's example: ranks 3, 5 and 5 of five values.
        let s = summary([15, 20, 35, 40, 50]).expect("five values");
        assert_eq!((s.p50, s.p90, s.p95, s.max), (35, 50, 50, 50));
        // An even number of values: the lower of the two in the middle, not their mean.
        assert_eq!(summary([1, 2]).map(|s| s.p50), Some(1));
    }

    #[test]
    fn one_value_is_every_figure_and_no_value_is_none() {
        let one = Summary { count: 1, p50: 42, p90: 42, p95: 42, mean: 42.0, max: 42 };
        assert_eq!(summary([42]), Some(one));
        assert_eq!(summary([]), None);
    }

    #[test]
    fn the_mean_is_rounded_to_one_decimal() {
        let mean = |values: &[i32]| summary(values.iter().copied()).map(|s| s.mean);
        assert_eq!(mean(&[1, 2]), Some(1.5));
        assert_eq!(mean(&[1, 1, 2]), Some(1.3));
        assert_eq!(mean(&[1, 2, 2]), Some(1.7));
        assert_eq!(mean(&[0, 0, 0, 1]), Some(0.3), "a quarter, halves away from zero");
        assert_eq!(mean(&[-1, 0, 0, 0]), Some(-0.3));
        assert_eq!(mean(&[0, 0]), Some(0.0));
    }

    #[test]
    fn the_published_keys_are_those_of_the_contract() {
        let json = serde_json::to_string(&summary([30, 31, 90])).expect("plain numbers");
        assert_eq!(json, r#"{"p50":31,"p90":90,"p95":90,"mean":50.3,"max":90}"#);
    }

    proptest! {
        #[test]
        fn at_least_the_percentage_is_not_above_a_percentile(values in prop::collection::vec(0i32..100_000, 1..200)) {
            let s = summary(values.iter().copied()).expect("not empty");
            for (percent, value) in [(50, s.p50), (90, s.p90), (95, s.p95), (100, s.max)] {
                let up_to = values.iter().filter(|v| i64::from(**v) <= value).count();
                let below = values.iter().filter(|v| i64::from(**v) < value).count();
                prop_assert!(up_to * 100 >= percent * values.len());
                prop_assert!(below * 100 < percent * values.len(), "a smaller value would do");
            }
        }
    }
}
