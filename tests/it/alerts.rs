//! The example alerts hold together: they can be read, say what to do, and name only what `/metrics` really tells.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use regex::Regex;
use serde::Deserialize;
use vigie::domain::judgement::Zone;
use vigie::domain::label::Label;
use vigie::domain::lesson::Source;
use vigie::domain::notice::Notice;
use vigie::domain::time::{Span, Timestamp};
use vigie::domain::verdict::{NoReading, Stage};
use vigie::metrics::{self, Outcome, PlatformSeen, Purpose, QueueSeen, Seen, Session, Step};

use crate::support::exposition::Exposition;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    alert: String,
    expr: String,
    #[serde(default, rename = "for")]
    lasts: Option<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

fn rules() -> Vec<Rule> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/alerts.yml");
    let text = std::fs::read_to_string(path).expect("the file is there");
    let file: File = serde_saphyr::from_str(&text).expect("rules as Prometheus reads them");
    assert_eq!(file.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["vigie"]);
    file.groups.into_iter().flat_map(|group| group.rules).collect()
}

/// What is told once everything has happened.
fn everything() -> Exposition {
    metrics::started(Timestamp::UNIX_EPOCH);
    metrics::heard("posted");
    metrics::judged(Stage::Model, Zone::Ping, Label::Pr);
    metrics::taught(Source::Review);
    for outcome in [Ok(()), Err(NoReading::Resting), Err(NoReading::TooSlow), Err(NoReading::Down)] {
        metrics::second_reading(outcome);
    }
    metrics::asked_model(Purpose::Reading, true, Duration::from_millis(800));
    metrics::sent(&Notice::Acknowledge, Outcome::GivenUp);
    metrics::card_posted(Span::seconds(3), Span::milliseconds(4));
    metrics::called("discord", Some(429), Duration::from_millis(80));
    metrics::invalid_call("discord");
    metrics::held_back("discord");
    metrics::told("discord", Timestamp::UNIX_EPOCH);
    metrics::connected("discord", Session::Resumed);
    metrics::caught_up(2);
    metrics::catch_up_failed();
    metrics::stepped("triage", Step::Worked);
    metrics::store_failed("unavailable");
    metrics::panicked();
    let queues = ["inbox", "outbox_due", "outbox_waiting", "outbox_stuck", "deadlines_overdue"];
    let queues = queues.map(|name| QueueSeen { name, length: 3, oldest: Span::seconds(61) });
    let discord = PlatformSeen { name: "discord", is_connected: true, shards: vec![(0, true), (1, false)] };
    let seen = Seen { store_is_up: true, queues: queues.to_vec(), platforms: vec![discord] };
    Exposition::read(&metrics::exposition(&seen))
}

#[test]
fn every_alert_says_what_is_wrong_and_what_to_do() {
    let length = Regex::new("^[1-9][0-9]*[smh]$").expect("a pattern");
    let mut names = std::collections::BTreeSet::new();
    for Rule { alert, lasts, labels, annotations, .. } in rules() {
        assert!(alert.starts_with("Vigie") && names.insert(alert.clone()), "{alert}");
        assert!(lasts.is_none_or(|lasts| length.is_match(&lasts)), "{alert}");
        assert!(labels.keys().eq(["severity"]), "{alert}: {labels:?}");
        assert!(["page", "ticket"].contains(&labels["severity"].as_str()), "{alert}: {labels:?}");
        assert!(annotations.keys().eq(["action", "summary"]), "{alert}: {annotations:?}");
        assert!(annotations.values().all(|words| words.ends_with('.')), "{alert}: {annotations:?}");
    }
}

#[test]
fn every_alert_names_only_what_is_told() {
    let told = everything();
    let named = Regex::new(r"\b((?:vigie|process)_[a-z_]+)(?:\{([^}]*)\})?").expect("a pattern");
    let label = Regex::new(r#"([a-z_]+)=(~?)"([^"]*)""#).expect("a pattern");
    for Rule { alert, expr, .. } in rules() {
        let mut count = 0;
        for metric in named.captures_iter(&expr) {
            count += 1;
            let name = &metric[1];
            assert!(told.samples.iter().any(|sample| sample.name == name), "{alert}: nobody tells {name}");
            for pair in label.captures_iter(metric.get(2).map_or("", |labels| labels.as_str())) {
                // Put on by whoever scrapes.
                if &pair[1] == "job" {
                    continue;
                }
                for value in pair[3].split('|') {
                    let is_told = told.of(name, &[(&pair[1], value)]).next().is_some();
                    assert!(is_told, "{alert}: {name} never has {}={value}", &pair[1]);
                }
            }
        }
        assert!(count > 0 || expr.starts_with("up{"), "{alert} looks at nothing of ours: {expr}");
        assert_eq!(expr.matches(['(', '{', '[']).count(), expr.matches([')', '}', ']']).count(), "{alert}");
    }
}

#[test]
fn every_metric_is_explained_to_whoever_operates_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let text = std::fs::read_to_string(path).expect("the file is there");
    for name in everything().kinds.keys() {
        assert!(text.contains(&format!("`{name}`")), "docs/operating.md says nothing of {name}");
    }
}
