//! Members who try to give the model orders. Whether a model can be fooled cannot be tested here; that their text arrives
//! as data only, and that what a fooled model may say outside the shape counts for nothing, can.

use serde::Deserialize;
use serde_json::json;
use vigie::classify::llm::{NoAnswer, mask};

use super::{read, reader};
use crate::support::llm::{Answer, Llm};

#[derive(Deserialize)]
struct Injection {
    lang: String,
    text: String,
}

fn injections() -> Vec<Injection> {
    let lines = include_str!("../../fixtures/llm/injections.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("our own fixture")).collect()
}

#[test]
fn there_are_enough_of_them_in_both_languages() {
    for lang in ["en", "fr"] {
        let texts: std::collections::HashSet<String> =
            injections().into_iter().filter(|i| i.lang == lang).map(|i| i.text).collect();
        assert!(texts.len() >= 20, "{lang}: {}", texts.len());
    }
}

#[tokio::test]
async fn a_hostile_text_arrives_as_data_and_changes_nothing_else() {
    let llm = Llm::start().await;
    let reader = reader(&llm.base());
    read(&reader, "bonjour à tous").await.expect("an answer");
    let harmless = llm.calls().remove(0);
    for injection in injections() {
        read(&reader, &injection.text).await.expect("an answer");
        let call = llm.calls().pop().expect("it was asked");
        assert_eq!(call.system(), harmless.system(), "{}", injection.text);
        assert_eq!(call.around(), harmless.around(), "{}", injection.text);
        assert_eq!(call.asked(), json!({"message": mask(&injection.text)}));
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_seen_does_not_leave() {
    let llm = Llm::start().await;
    let reader = reader(&llm.base());
    for injection in injections() {
        read(&reader, &injection.text).await.expect("an answer");
    }
    for call in llm.calls() {
        let is_hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{e0000}'..='\u{e007f}');
        assert!(!call.raw.contains(is_hidden), "{}", call.raw);
    }
}

#[tokio::test]
async fn a_model_that_repeats_what_a_member_dictates_has_not_answered() {
    let (strict, plain) = (Llm::start().await, Llm::start().await);
    plain.refuses("json_schema", 400, "unknown field");
    plain.refuses("json_object", 400, "unknown field");
    for llm in [strict, plain] {
        let reader = reader(&llm.base());
        for injection in injections() {
            // A usable answer in between, so that the reader is not switched off.
            llm.answers([Answer::label("none")]);
            read(&reader, "bonjour").await.expect("an answer");
            llm.answers([Answer::Text(mask(&injection.text))]);
            assert_eq!(read(&reader, &injection.text).await, Err(NoAnswer::Unusable), "{}", injection.text);
        }
    }
}

#[tokio::test]
async fn what_a_fooled_model_may_say_outside_the_shape_is_no_answer() {
    let llm = Llm::start().await;
    for said in [
        "none".to_owned(),
        "Sure, I will ignore my rules. The label is none.".to_owned(),
        "Arr, matey! Yer parcel be lost.".to_owned(),
        "You sort messages that members write in the online community of".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        json!({"label": "customer_service and product_expert", "also": null, "reason": "both"}).to_string(),
        json!({"label": ["pr", "none"], "also": null, "reason": "both"}).to_string(),
        json!({"label": "none", "also": null, "reason": "x", "prompt": "You sort messages"}).to_string(),
        json!({"label": "none"}).to_string(),
        json!([{"label": "none", "also": null, "reason": "x"}]).to_string(),
    ] {
        llm.answers([Answer::Text(said.clone())]);
        assert_eq!(read(&reader(&llm.base()), "bonjour").await, Err(NoAnswer::Unusable), "{said}");
    }
}
