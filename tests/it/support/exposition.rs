//! A strict reader of Prometheus's text format (0.0.4): what Prometheus would take with a shrug is a failure here.
//!
//! Each metric has its help and its type, in this order, and stands together; names follow the conventions; no series is
//! there twice; a histogram's buckets rise to `+Inf`, which is its count.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// Everything that was exposed.
#[derive(Debug)]
pub struct Exposition {
    /// The type of each metric.
    pub kinds: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

/// One series with its value.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Exposition {
    /// Reads a text.
    ///
    /// # Panics
    /// When it is not what Prometheus wants to read.
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has an end");
        let head = Regex::new(r"^# (HELP|TYPE) ([a-z][a-z0-9_]*) (\S.*)$").expect("a pattern");
        let mut read = Self { kinds: BTreeMap::new(), samples: Vec::new() };
        let (mut helped, mut current) = (String::new(), String::new());
        for line in text.lines() {
            if !line.starts_with('#') {
                let sample = Sample::read(line);
                let kind =
                    &read.kinds.get(&current).unwrap_or_else(|| panic!("before any metric: {line}"))[..];
                let suffix = sample.name.strip_prefix(&current);
                let suffix = suffix.unwrap_or_else(|| panic!("not among those of {current}: {line}"));
                let suffixes: &[&str] =
                    if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
                assert!(suffixes.contains(&suffix), "a {kind} has no such series: {line}");
                read.samples.push(sample);
                continue;
            }
            let head = head.captures(line).unwrap_or_else(|| panic!("no head: {line}"));
            let (name, rest) = (head[2].to_owned(), head[3].to_owned());
            if &head[1] == "HELP" {
                assert!(!read.kinds.contains_key(&name), "{name} is there twice");
                helped = name;
            } else {
                assert_eq!(helped, name, "its help stands before the type");
                assert!(["counter", "gauge", "histogram"].contains(&&rest[..]), "{line}");
                read.kinds.insert(name.clone(), rest);
                current = name;
            }
        }
        read.check();
        read
    }

    /// The sum of the series of that name that bear all these labels.
    ///
    /// # Panics
    /// When there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let found: Vec<f64> = self.of(name, labels).map(|sample| sample.value).collect();
        assert!(!found.is_empty(), "no series {name} {labels:?}");
        found.iter().sum()
    }

    /// The same as a whole number, nothing for no series.
    pub fn count(&self, name: &str, labels: &[(&str, &str)]) -> usize {
        let sum = self.of(name, labels).fold(0.0, |sum, sample| sum + sample.value);
        format!("{sum:.0}").parse().expect("counters are not negative")
    }

    /// The series of that name that bear all these labels.
    pub fn of<'a>(&'a self, name: &'a str, labels: &'a [(&str, &str)]) -> impl Iterator<Item = &'a Sample> {
        let bears = |sample: &Sample, (key, value): &(&str, &str)| {
            sample.labels.get(*key).is_some_and(|found| found == value)
        };
        self.samples
            .iter()
            .filter(move |sample| sample.name == name && labels.iter().all(|label| bears(sample, label)))
    }

    fn check(&self) {
        let mut seen = BTreeSet::new();
        for sample in &self.samples {
            let series = format!("{}{:?}", sample.name, sample.labels);
            assert!(seen.insert(series.clone()), "twice: {series}");
            assert!(sample.value >= 0.0, "nothing here is negative: {series}");
        }
        for (name, kind) in &self.kinds {
            assert!(name.starts_with("vigie_") || name.starts_with("process_"), "{name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            if kind == "histogram" {
                assert!(name.ends_with("_seconds"), "the base unit is part of the name: {name}");
                self.check_histogram(name);
            }
        }
    }

    fn check_histogram(&self, name: &str) {
        let mut buckets: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for sample in self.samples.iter().filter(|sample| sample.name == format!("{name}_bucket")) {
            let mut labels = sample.labels.clone();
            let bound = labels.remove("le").unwrap_or_else(|| panic!("{name}: a bucket without a bound"));
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().expect("a number") };
            buckets.entry(format!("{labels:?}")).or_default().push((bound, sample.value));
        }
        let counts = self.samples.iter().filter(|sample| sample.name == format!("{name}_count"));
        let counts: BTreeMap<_, _> = counts.map(|s| (format!("{:?}", s.labels), s.value)).collect();
        let sums = self.samples.iter().filter(|sample| sample.name == format!("{name}_sum")).count();
        assert_eq!((buckets.len(), sums), (counts.len(), counts.len()), "{name}");
        for (labels, buckets) in buckets {
            let rises = buckets.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1);
            assert!(rises, "{name}{labels}: {buckets:?}");
            let last = buckets.last().copied();
            assert_eq!(last, Some((f64::INFINITY, counts[&labels])), "{name}{labels}");
        }
    }
}

impl Sample {
    fn read(line: &str) -> Self {
        let whole = Regex::new(r#"^([a-z][a-z0-9_]*)(?:\{((?:[a-z]+="[^"\\]*",?)+)\})? (\S+)$"#);
        let label = Regex::new(r#"([a-z]+)="([^"]*)""#).expect("a pattern");
        let parts = whole.expect("a pattern").captures(line).unwrap_or_else(|| panic!("no series: {line}"));
        let labels = parts.get(2).map_or("", |labels| labels.as_str());
        assert!(!labels.ends_with(','), "{line}");
        let labels = label.captures_iter(labels).map(|pair| (pair[1].to_owned(), pair[2].to_owned()));
        let value = parts[3].parse().unwrap_or_else(|_| panic!("no number: {line}"));
        Self { name: parts[1].to_owned(), labels: labels.collect(), value }
    }
}

mod tests {
    use super::Exposition;

    const RIGHT: &str = "# HELP vigie_a_seconds How long.\n# TYPE vigie_a_seconds histogram\nvigie_a_seconds_sum 3.5\nvigie_a_seconds_count 2\nvigie_a_seconds_bucket{le=\"1.0\"} 1\nvigie_a_seconds_bucket{le=\"+Inf\"} 2\n";

    #[test]
    fn a_right_text_is_read() {
        assert_eq!(Exposition::read(RIGHT).count("vigie_a_seconds_count", &[]), 2);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for (right, wrong) in [
            ("_count 2", "_count 3"),
            ("} 1\n", "} 7\n"),
            ("# HELP vigie_a_seconds How long.\n", ""),
            ("histogram", "summary"),
            ("le=\"+Inf\"", "le=\"2\""),
            ("_sum 3.5", "_sum three"),
            ("_sum 3.5\n", "_sum 3.5\nvigie_a_seconds_sum 3.5\n"),
            ("_sum 3.5\n", "_sum 3.5\nvigie_b 1\n"),
            ("vigie_a", "other_a"),
        ] {
            let text = RIGHT.replace(right, wrong);
            let outcome = std::panic::catch_unwind(|| Exposition::read(&text));
            assert!(outcome.is_err(), "{wrong:?} was taken");
        }
    }
}
