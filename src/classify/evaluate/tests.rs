//! The figures against ones worked out by hand, and the shape against CONTRACT.md.

use super::*;
use crate::domain::verdict::Stage;

const FILE: &str = r#"
{"id":"a","text":"where is my parcel","label":"customer_service","lang":"en","also":null,"source":"x"}
{"text":"où est ma facture","label":"customer_service"}
{"id":"c","text":"merci à vous","label":"none","lang":"fr","also":"pr"}
{"id":"d","text":"thanks","label":"none","lang":"en"}
"#;

fn says(label: Label, confidence: f64) -> Verdict {
    let (also, unsure, why) = (None, false, vec!["a word".to_owned()]);
    Verdict { label, also, confidence, unsure, stage: Stage::Model, why, lang: Lang::En, second: None }
}

/// Right, right, wrong (pr for none), right.
fn judged() -> (Evaluation, Vec<Mistake>) {
    let labelled = read_labelled(FILE).expect("the file is well formed");
    evaluate(&labelled, |text| match text {
        "merci à vous" => says(Label::Pr, 0.7),
        "thanks" => says(Label::None, 1.0),
        _case => says(Label::CustomerService, 0.9),
    })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn figures_are_those_worked_out_by_hand() {
    let (scores, _) = judged();
    assert!(close(scores.accuracy, 0.75));
    // customer_service 1, pr 0, none 2/3; product_expert never met.
    assert!(close(scores.macro_f1, (1.0 + 0.0 + 2.0 / 3.0) / 3.0));
    // Bin 7: one message, 0.7 against 0; bin 9: 2.8 of confidence against three right.
    assert!(close(scores.ece, (0.7 + 0.2) / 4.0));
    assert!(close(scores.request.precision, 2.0 / 3.0) && close(scores.request.recall, 1.0));
    assert_eq!(scores.confusion[&Label::None][&Label::Pr], 1);
    assert_eq!(scores.labels[&Label::None].support, 2);
}

#[test]
fn a_missing_language_is_told_from_the_text() {
    let (scores, _) = judged();
    assert_eq!((scores.languages["fr"].n, scores.languages["en"].n), (2, 2));
    assert!(close(scores.languages["fr"].accuracy, 0.5));
}

#[test]
fn json_has_the_shape_of_the_contract() {
    let json = serde_json::to_value(judged().0).expect("scores serialise");
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let mut all = keys(&json);
    all.sort();
    assert_eq!(all, ["accuracy", "confusion", "ece", "labels", "languages", "macro_f1", "n", "request"]);
    for label in ["customer_service", "product_expert", "pr", "none"] {
        for key in ["precision", "recall", "f1", "support"] {
            assert!(json["labels"][label][key].is_number(), "labels.{label}.{key}");
        }
        assert!(json["confusion"]["pr"][label].is_number(), "confusion.pr.{label}");
    }
    assert!(json["languages"]["fr"]["macro_f1"].is_number() && json["request"]["f1"].is_number());
}

#[test]
fn mistakes_name_the_message_the_right_label_and_the_reasons() {
    let (_, mistakes) = judged();
    assert_eq!(mistakes.len(), 1);
    let described = mistakes[0].describe();
    assert_eq!(described, "c  pr at 0.70, right is none (or pr)\n    merci à vous\n    because of: a word");
}

#[test]
fn a_wrong_line_is_named() {
    let error = read_labelled("{\"text\":\"a\",\"label\":\"none\"}\n\n{\"text\":\"b\",\"label\":\"press\"}");
    let message = error.expect_err("press is no label").to_string();
    assert!(message.starts_with("line 3: ") && message.contains("press"), "{message}");
}

#[test]
fn the_files_own_prior_holds_its_shares() {
    let labelled = read_labelled(FILE).expect("the file is well formed");
    let shares = PriorChoice::File.prior(&labelled).shares();
    assert!(close(shares[0], shares[3]) && shares[0] > 0.49 && shares[1] < 0.01);
    assert_eq!(PriorChoice::Uniform.prior(&labelled), Prior::uniform());
}

#[test]
fn no_messages_give_zeros_and_no_division_by_zero() {
    let (scores, mistakes) = evaluate(&[], |_| says(Label::None, 1.0));
    assert!(close(scores.accuracy, 0.0) && close(scores.ece, 0.0) && mistakes.is_empty());
}

#[test]
fn the_table_shows_every_label_and_language() {
    let table = judged().0.to_string();
    for word in [
        "customer_service",
        "product_expert",
        "pr ",
        "none",
        "needs an answer",
        "fr ",
        "en ",
        "macro-F1 0.556",
    ] {
        assert!(table.contains(word), "{word} not in\n{table}");
    }
}
