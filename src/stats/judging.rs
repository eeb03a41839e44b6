//! How right the judge is, from the labels that people gave: precision and recall by desk and week, accuracy before
//! learning, and the recall that the audit speaks for, with its interval.

use std::collections::{BTreeMap, HashMap};

use crate::domain::ids::MessageId;
use crate::domain::label::{Label, Route};
use crate::domain::lesson::{Lesson, Source, Week};

/// How often a desk was right to be pinged, and how often it was not pinged when it should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Pinged, and rightly.
    pub right: usize,
    /// Pinged for what was not its own.
    pub needless: usize,
    /// Not pinged for what was.
    pub missed: usize,
}

/// What people's labels say of the judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judging {
    /// The last label of each message, oldest first.
    pub labels: usize,
    /// How many lessons came from where.
    pub sources: BTreeMap<Source, usize>,
    /// By desk.
    pub routes: BTreeMap<Route, Hits>,
    /// By week and desk, oldest first; weeks without a label are left out.
    pub weeks: BTreeMap<Week, BTreeMap<Route, Hits>>,
    /// Share of labels that the shared model alone had right …
    pub shared: Option<f64>,
    /// … and the judge with all that it had learnt before each; both over the same labels.
    pub own: Option<f64>,
}

/// What an audit says of a week: which share of its requests was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recall {
    /// The best guess.
    pub share: f64,
    /// Where it lies nineteen times in twenty.
    pub interval: (f64, f64),
}

impl Hits {
    /// The share of pings that were right; `None` without pings.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        share(self.right, self.right + self.needless)
    }

    /// The share of the desk's own that it was pinged for; `None` when there was none.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        share(self.right, self.right + self.missed)
    }

    fn count(&mut self, route: Route, lesson: &Lesson) {
        match (lesson.decided == route.label(), lesson.label == route.label()) {
            (true, true) => self.right += 1,
            (true, false) => self.needless += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }
}

impl Judging {
    /// What these lessons say, oldest first. Of several about one message the last one counts.
    #[must_use]
    pub fn of(lessons: &[Lesson]) -> Self {
        let mut last: HashMap<&MessageId, usize> = HashMap::new();
        for (place, lesson) in lessons.iter().enumerate() {
            last.insert(&lesson.message, place);
        }
        let mut judging = Self::default();
        let (mut predicted, mut shared, mut own) = (0, 0, 0);
        for (place, lesson) in lessons.iter().enumerate() {
            *judging.sources.entry(lesson.source).or_default() += 1;
            if last.get(&lesson.message) != Some(&place) {
                continue;
            }
            judging.labels += 1;
            for route in Route::ALL {
                judging.routes.entry(route).or_default().count(route, lesson);
                judging.weeks.entry(lesson.week).or_default().entry(route).or_default().count(route, lesson);
            }
            if let (Some(by_shared), Some(by_own)) = (lesson.shared, lesson.own) {
                predicted += 1;
                shared += usize::from(by_shared == lesson.label);
                own += usize::from(by_own == lesson.label);
            }
        }
        judging.shared = share(shared, predicted);
        judging.own = share(own, predicted);
        judging
    }
}

/// The recall of a week: `found` requests were found by Vigie, `missed` ones by people, and of `judged` messages drawn
/// from `ignored` ones `requests` turned out to be requests. The interval is Wilson's for the share of requests among
/// the ignored ones. `None` when nothing can be said.
#[must_use]
pub fn recall(found: u64, missed: u64, ignored: u64, judged: u64, requests: u64) -> Option<Recall> {
    if judged == 0 {
        return None;
    }
    let [found, missed, ignored, judged, requests] = [found, missed, ignored, judged, requests].map(count);
    let among_ignored = requests / judged;
    let (low, high) = wilson(among_ignored, judged);
    let share = |among: f64| found / (found + missed + ignored * among);
    if found + missed + ignored * among_ignored == 0.0 {
        return None;
    }
    Some(Recall { share: share(among_ignored), interval: (share(high), share(low)) })
}

/// Wilson's score interval of a share seen among `n`, 95 %. After E. B. Wilson, 1927.
fn wilson(share: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_985;
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let centre = share + Z * Z / (2.0 * n);
    let scale = 1.0 + Z * Z / n;
    (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
}

/// How many of these labels are routes.
#[must_use]
pub fn requests_among(labels: impl Iterator<Item = Label>) -> usize {
    labels.filter(|label| label.route().is_some()).count()
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
const fn count(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::judgement::Zone;
    use crate::domain::time::{TimeZone, Timestamp};

    fn lesson(message: &str, decided: Label, label: Label, (shared, own): (Label, Label)) -> Lesson {
        Lesson {
            message: message.into(),
            request: None,
            at: Timestamp::UNIX_EPOCH,
            by: "ana".into(),
            source: Source::Review,
            zone: Zone::Review,
            label,
            decided,
            shared: Some(shared),
            own: Some(own),
            week: Week::of(Timestamp::UNIX_EPOCH, &TimeZone::UTC),
        }
    }

    #[test]
    fn the_last_label_of_a_message_is_the_one_that_counts() {
        use Label::{CustomerService as Cs, None as No, Pr};
        let judging = Judging::of(&[
            lesson("a", Cs, Pr, (Cs, Cs)),
            lesson("a", Cs, Cs, (Cs, Cs)),
            lesson("b", Cs, No, (Cs, No)),
            lesson("c", No, Cs, (No, Cs)),
        ]);
        assert_eq!(judging.labels, 3);
        assert_eq!(judging.routes[&Route::CustomerService], Hits { right: 1, needless: 1, missed: 1 });
        assert_eq!(judging.routes[&Route::Pr], Hits::default());
        assert_eq!(judging.routes[&Route::CustomerService].precision(), Some(0.5));
        assert!((judging.shared.expect("three were predicted") - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(judging.own, Some(1.0));
    }

    #[test]
    fn an_audit_that_finds_nothing_still_leaves_room_for_doubt() {
        let recall = recall(100, 0, 300, 20, 0).expect("twenty were judged");
        assert!((recall.share - 1.0).abs() < 1e-9);
        // Wilson's upper end for 0 of 20 is 16.1 %.
        assert!((recall.interval.0 - 100.0 / (100.0 + 300.0 * 0.161)).abs() < 0.01, "{recall:?}");
        assert!((recall.interval.1 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_missed_lowers_the_recall() {
        let one = recall(90, 0, 200, 20, 1).expect("judged");
        assert!((one.share - 0.9).abs() < 1e-9 && one.interval.0 < 0.9 && one.interval.1 > 0.9, "{one:?}");
        assert_eq!(recall(0, 0, 200, 0, 0), None);
        assert_eq!(recall(0, 0, 200, 20, 0), None);
    }
}
