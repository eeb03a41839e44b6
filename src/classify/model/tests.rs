//! What the shipped model promises, and that it comes from `corpus/`.

use std::path::Path;

use super::*;
use crate::domain::verdict::Lang;

fn judge(text: &str) -> Verdict {
    Model::shipped().judge(text, &Prior::default())
}

#[test]
fn plain_cases_in_both_languages_go_where_the_routes_say() {
    for (text, label) in [
        ("my parcel says delivered but nothing came", Label::CustomerService),
        ("prélevé deux fois ce mois-ci, qui peut regarder mon compte ?", Label::CustomerService),
        ("does the new headset work with a PS5?", Label::ProductExpert),
        ("c'est quoi la différence entre le forfait 50 et 100 Go ?", Label::ProductExpert),
        ("journalist here, can I get a comment on the layoffs?", Label::Pr),
        ("boycott ! vous exploitez vos livreurs", Label::Pr),
        ("haha same", Label::None),
        ("merci, ça marche nickel", Label::None),
    ] {
        let verdict = judge(text);
        assert_eq!(verdict.label, label, "{text}: {verdict:?}");
    }
}

#[test]
fn a_message_without_words_needs_no_answer_and_that_is_sure() {
    for text in ["", "   ", "👍👍🔥", "https://a.example/my-refund", "@user @brand", "<:wave:12> !!!"] {
        let verdict = judge(text);
        assert_eq!((verdict.label, verdict.unsure), (Label::None, false), "{text}");
        assert!(verdict.confidence > 0.9 && verdict.why == ["no words"], "{text}: {verdict:?}");
    }
}

#[test]
fn a_foreign_language_is_unsure_however_it_looks() {
    let verdict = judge("Wo ist meine Bestellung? Ich warte seit zwei Wochen und niemand antwortet");
    assert!(verdict.unsure && verdict.lang == Lang::Other);
}

#[test]
fn a_low_confidence_is_unsure_and_a_high_one_is_not() {
    for text in
        ["my invoice was charged twice, please refund order 4471", "hm", "what about the box then", "ok lol"]
    {
        let verdict = judge(text);
        assert_eq!(verdict.unsure, verdict.confidence < SURE_FROM, "{text}: {verdict:?}");
    }
}

#[test]
fn reasons_stand_in_the_message_or_name_a_sign_of_form() {
    let text = "Bonjour, j'ai été prélevé deux fois, je veux être REMBOURSÉ de ma commande @brand ?";
    let why = judge(text).why;
    assert!(!why.is_empty() && why.len() <= 5, "{why:?}");
    let words: Vec<&String> = why.iter().filter(|reason| text.contains(reason.as_str())).collect();
    assert!(words.iter().any(|reason| reason.contains("prélevé") || reason.contains("REMBOURSÉ")), "{why:?}");
    let why = judge("is the T4 compatible with eSIM?").why;
    assert!(why.iter().any(|reason| reason.contains("question") || reason.contains("compatible")), "{why:?}");
}

#[test]
fn the_prior_moves_a_doubtful_message() {
    let model = Model::shipped();
    let text = "the app again this morning";
    let busy = model.judge(text, &Prior::from_shares([90.0, 5.0, 1.0, 4.0]));
    let idle = model.judge(text, &Prior::from_shares([1.0, 1.0, 1.0, 97.0]));
    assert_eq!((busy.label, idle.label), (Label::CustomerService, Label::None));
}

#[test]
fn a_second_route_must_be_likely_and_stand_out() {
    assert_eq!(second_route(Label::Pr, [0.35, 0.1, 0.5, 0.05]), Some(Label::CustomerService));
    assert_eq!(second_route(Label::Pr, [0.25, 0.2, 0.5, 0.05]), None);
    assert_eq!(second_route(Label::Pr, [0.2, 0.05, 0.7, 0.05]), None);
    assert_eq!(second_route(Label::None, [0.4, 0.0, 0.0, 0.6]), None);
}

#[test]
fn scores_and_prior_make_probabilities() {
    let probabilities = Model::shipped().scores("where is my order").probabilities(Prior::uniform());
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
}

#[test]
fn any_text_can_be_judged() {
    for text in
        ["\u{0}", "<@", "<", "@", "….…", &"x".repeat(100_000), &"é👍<".repeat(20_000), "a\u{301}\u{301}"]
    {
        let confidence = judge(text).confidence;
        assert!((0.0..=1.0).contains(&confidence));
    }
}

#[test]
fn the_same_examples_give_the_same_bytes_whatever_ran_before() {
    let examples: Vec<Example> = corpus().into_iter().step_by(200).collect();
    let model = train(&examples, |_, _| ());
    assert_eq!(model.to_bytes(), train(&examples, |_, _| ()).to_bytes());
    assert_eq!(model.scores("where is my order"), train(&examples, |_, _| ()).scores("where is my order"));
}

#[test]
fn the_shipped_model_was_trained_from_this_corpus() {
    assert_eq!(
        Model::shipped().corpus(),
        fingerprint(&corpus()),
        "the corpus or cues.txt changed: run `vigie train corpus -o src/classify/model/shipped.bin`"
    );
}

/// The full proof; the fingerprint above is its cheap stand-in.
#[test]
#[ignore = "trains for a minute or more: ./check trains with the program itself and compares the files"]
fn training_anew_gives_the_shipped_bytes() {
    let anew = train(&corpus(), |_, _| ()).to_bytes();
    assert!(
        anew == include_bytes!("shipped.bin"),
        "run `vigie train corpus -o src/classify/model/shipped.bin`"
    );
}

fn corpus() -> Vec<Example> {
    read_corpus(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))).expect("the corpus is well formed")
}
