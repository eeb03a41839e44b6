//! Learning, on written communities: one with habits of its own, one without. Each message is predicted before it is
//! learnt.

use serde::Deserialize;
use vigie::classify::Judge;
use vigie::classify::learn::Adaptation;
use vigie::classify::model::{Model, Prior};
use vigie::domain::label::Label;
use vigie::domain::settings::{Platform, Settings};

#[derive(Deserialize)]
struct Line {
    text: String,
    label: Label,
}

/// How often the shared model and the judge of the community were right.
#[derive(Clone, Copy, Debug)]
struct Accuracy {
    shared: f64,
    own: f64,
}

fn lines(name: &str) -> Vec<Line> {
    let path = format!("{}/tests/fixtures/judge/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a labelled line")).collect()
}

fn settings() -> Settings {
    Settings::new(Platform::Playground, "test".into(), "Test")
}

/// Predicts each line, then teaches it; accuracies are over the lines from `from` on.
fn taught_line_by_line(known: &mut Adaptation, lines: &[Line], from: usize) -> Accuracy {
    let (mut shared, mut own, mut counted) = (0.0, 0.0, 0.0);
    let mut seen = [0.0; 3];
    let mut rehearsed: Vec<&Line> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let look = Model::shipped().look(&line.text);
        let by_shared = look.verdict(look.scores().probabilities(Prior::default()), |_| [0.0; 4]).label;
        let judgement = Judge::new(&settings(), known.clone()).text(&line.text);
        if place >= from {
            counted += 1.0;
            shared += f64::from(u8::from(by_shared == line.label));
            own += f64::from(u8::from(judgement.verdict.label == line.label));
        }
        seen[judgement.zone.index()] += 1.0;
        known.learn(&look, line.label, judgement.zone, seen);
        for earlier in rehearsed.iter().rev().take(12) {
            known.rehearse(&Model::shipped().look(&earlier.text), earlier.label);
        }
        rehearsed.push(line);
    }
    Accuracy { shared: shared / counted, own: own / counted }
}

#[test]
fn corrections_of_a_community_with_habits_of_its_own_raise_its_accuracy() {
    let lines = lines("concerts");
    let accuracy = taught_line_by_line(&mut Adaptation::default(), &lines[..150], 0);
    println!("concerts, 150 corrections: {accuracy:?}");
    assert!(accuracy.own >= accuracy.shared + 0.05, "{accuracy:?}");
    let mut known = Adaptation::default();
    let later = taught_line_by_line(&mut known, &lines, 150);
    println!("concerts, the messages after them: {later:?}, trust {:?}", known.trust());
    assert!(later.own >= later.shared + 0.05, "{later:?}");
}

#[test]
fn an_ordinary_community_loses_nothing_by_learning() {
    let lines = lines("broadband");
    let mut known = Adaptation::default();
    let accuracy = taught_line_by_line(&mut known, &lines[..150], 0);
    println!("broadband, 150 corrections: {accuracy:?}, trust {:?}", known.trust());
    assert!(accuracy.own >= accuracy.shared, "{accuracy:?}");
    let later = taught_line_by_line(&mut Adaptation::default(), &lines, 150);
    println!("broadband, the messages after them: {later:?}");
}

#[test]
fn what_one_community_taught_stays_there() {
    let mut known = Adaptation::default();
    taught_line_by_line(&mut known, &lines("concerts")[..150], 0);
    let own = Judge::new(&settings(), known);
    let other = Judge::new(&settings(), Adaptation::default());
    let right = |judge: &Judge| {
        let lines = lines("broadband");
        lines.iter().filter(|line| judge.text(&line.text).verdict.label == line.label).count()
    };
    let shared = lines("broadband")
        .iter()
        .filter(|line| Model::shipped().judge(&line.text, &Prior::default()).label == line.label)
        .count();
    assert!(right(&other).abs_diff(shared) <= 1, "an untaught judge is the shared model");
    assert!(right(&own) < shared, "this community's habits would have misled there");
}

#[test]
#[ignore = "prints the figures by which the constants of `classify::learn` were chosen"]
fn figures_of_the_communities_for_choosing() {
    for name in ["concerts-other", "garden"] {
        let mut known = Adaptation::default();
        let accuracy = taught_line_by_line(&mut known, &lines(name), 0);
        println!("{name}: {accuracy:?}, trust {:?}", known.trust());
    }
}
