//! What would have followed: how many messages of each kind come out in which zone, by sensitivity. Not part of the
//! contract's document: it is printed with the table.

use std::fmt;

use super::{Labelled, count, share};
use crate::classify::model::{Model, Prior};
use crate::classify::zones::Bounds;
use crate::domain::judgement::Zone;
use crate::domain::label::{Label, Route};
use crate::domain::settings::Sensitivity;

/// How a labelled file divides, and how far confidence can be believed at its upper end.
#[derive(Clone, Debug, PartialEq)]
pub struct Zones {
    by_sensitivity: Vec<(Sensitivity, Division)>,
    /// Accuracy of the half of the messages that the judge is surest of.
    confident_half: f64,
    /// Share of messages that are unsure: those that a second reader would be asked about.
    unsure: f64,
    /// Accuracy of the others.
    sure_accuracy: f64,
}

/// How many requests and how many other messages came out in each zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Division {
    requests: [usize; 3],
    others: [usize; 3],
    /// Pings of the press office.
    press: usize,
    /// Those for what was not its own.
    needless_press: usize,
}

impl Zones {
    /// Judges the messages in a channel with this prior.
    #[must_use]
    pub fn of(labelled: &[Labelled], prior: Prior) -> Self {
        let model = Model::shipped();
        let sensitivities = [Sensitivity::Eager, Sensitivity::Balanced, Sensitivity::Quiet];
        let mut by_sensitivity = sensitivities.map(|sensitivity| (sensitivity, Division::default()));
        let mut judged = Vec::with_capacity(labelled.len());
        for message in labelled {
            let scores = model.scores(&message.text);
            let (shares, even) = (scores.probabilities(prior), scores.probabilities(Prior::uniform()));
            for (sensitivity, division) in &mut by_sensitivity {
                let (zone, route) = Bounds::of(*sensitivity).zone(shares, even);
                division.count(message.label, zone, route);
            }
            let verdict = model.judge(&message.text, &prior);
            judged.push((verdict.confidence, verdict.unsure, verdict.label == message.label));
        }
        judged.sort_by(|a, b| b.0.total_cmp(&a.0));
        let accuracy = |of: &[(f64, bool, bool)]| share(of.iter().filter(|one| one.2).count(), of.len());
        let sure: Vec<_> = judged.iter().filter(|one| !one.1).copied().collect();
        Self {
            by_sensitivity: by_sensitivity.to_vec(),
            confident_half: accuracy(&judged[..judged.len().div_ceil(2)]),
            unsure: share(judged.len() - sure.len(), judged.len()),
            sure_accuracy: accuracy(&sure),
        }
    }
}

impl Division {
    fn count(&mut self, label: Label, zone: Zone, route: Route) {
        let counts = if label.route().is_some() { &mut self.requests } else { &mut self.others };
        counts[zone.index()] += 1;
        if zone == Zone::Ping && route == Route::Pr {
            self.press += 1;
            self.needless_press += usize::from(label != Label::Pr);
        }
    }
}

impl fmt::Display for Zones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "surest half {:.3} right; unsure {:.0} %, the others {:.3} right\n",
            self.confident_half,
            self.unsure * 100.0,
            self.sure_accuracy
        )?;
        writeln!(f, "{:<12}{:<18}{:>8}{:>8}{:>8}", "sensitivity", "", "ping", "review", "quiet")?;
        for (sensitivity, division) in &self.by_sensitivity {
            let name = format!("{sensitivity:?}").to_lowercase();
            row(f, &name, "needs an answer", division.requests)?;
            row(f, "", "does not", division.others)?;
            writeln!(
                f,
                "{:<12}pings of the press office {}, needless {}",
                "", division.press, division.needless_press
            )?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, what: &str, counts: [usize; 3]) -> fmt::Result {
    let all: usize = counts.iter().sum();
    write!(f, "{name:<12}{what:<18}")?;
    for number in counts {
        write!(f, "{:>8}", format!("{:.0} %", 100.0 * count(number) / count(all.max(1))))?;
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_out_in_one_zone_and_needless_pings_are_counted() {
        let file = r#"{"text":"journalist here, please comment on the layoffs","label":"none"}
                      {"text":"where is my refund, order 4471 was cancelled","label":"customer_service"}
                      {"text":"haha nice","label":"none"}"#;
        let labelled = super::super::read_labelled(file).expect("three lines");
        let zones = Zones::of(&labelled, Prior::default());
        for (_, division) in &zones.by_sensitivity {
            assert_eq!(division.requests.iter().sum::<usize>(), 1);
            assert_eq!(division.others.iter().sum::<usize>(), 2);
        }
        assert_eq!(zones.by_sensitivity[1].1.needless_press, 1);
        assert!(zones.to_string().contains("balanced"));
    }
}
