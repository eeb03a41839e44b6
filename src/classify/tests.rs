use super::*;
use crate::domain::ids::CommunityId;
use crate::domain::settings::{Platform, Sensitivity};
use crate::domain::verdict::Lang;

fn judge() -> Judge {
    let mut settings = Settings::new(Platform::Playground, CommunityId::from("test"), "Test");
    settings.community.sensitivity = Sensitivity::Balanced;
    Judge::new(&settings, Adaptation::default())
}

fn again(first: Judgement, label: Label, also: Option<Route>) -> Judgement {
    let reading = Reading { label, also, reason: "because".into() };
    judge().read_again(first, reading, "reader", "classify-1")
}

fn unsure(shares: [f64; 4]) -> Judgement {
    let mut verdict = Verdict::given(Label::None, "fog", Lang::En);
    verdict.stage = Stage::Model;
    Judgement { verdict, shares, zone: Zone::Review, route: Route::CustomerService, earlier: Vec::new() }
}

#[test]
fn a_second_readers_label_comes_first_even_against_the_model() {
    for label in Label::ALL {
        let again = again(unsure([0.02, 0.02, 0.01, 0.95]), label, None);
        assert_eq!((again.verdict.label, again.verdict.stage), (label, Stage::Llm));
        assert!(again.verdict.confidence >= READER_AT_LEAST);
        assert!((again.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(again.verdict.why[0], "because");
    }
}

#[test]
fn what_the_second_reader_says_decides_the_zone() {
    let none = again(unsure([0.3, 0.1, 0.05, 0.55]), Label::None, None);
    assert_eq!(none.zone, Zone::Quiet);
    let first = unsure([0.2, 0.2, 0.05, 0.55]);
    let asks = again(first, Label::ProductExpert, Some(Route::CustomerService));
    assert_eq!((asks.zone, asks.route), (Zone::Ping, Route::ProductExpert));
    assert_eq!(asks.verdict.also, Some(Label::CustomerService));
}

#[test]
fn without_an_answer_the_local_verdict_stands_marked() {
    let first = unsure([0.2, 0.2, 0.05, 0.55]);
    let marked = without_second(first.clone(), "reader", "classify-1", NoReading::TooSlow);
    assert_eq!(marked.verdict.second.as_ref().and_then(|s| s.no_answer), Some(NoReading::TooSlow));
    assert_eq!((marked.zone, marked.shares, marked.verdict.stage), (first.zone, first.shares, Stage::Model));
}
