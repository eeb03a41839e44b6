//! The second reader against an endpoint that is right, away, slow, lying or hostile: whatever it does, there is an answer
//! in the right shape or none, and nothing leaves that should not.

mod injections;

use std::time::Duration;

use serde_json::{Value, json};
use vigie::classify::llm::{LanguageModel, NoAnswer, Prompts, Rung};
use vigie::classify::second::{DraftWanted, Question, Reading};
use vigie::config::environment::Environment;
use vigie::domain::label::{Label, Route};
use vigie::domain::settings::Language;
use vigie::domain::time::Timestamp;
use vigie::domain::verdict::Lang;

use crate::support::bot::Home;
use crate::support::llm::{Answer, Llm};

const KEY: &str = "sk-the-key-that-nobody-sees";

fn reader(base: &str) -> LanguageModel {
    let environment = Environment::read(|name| match name {
        "VIGIE_LLM_URL" => Some(base.to_owned()),
        "VIGIE_LLM_MODEL" => Some("small-model".to_owned()),
        "VIGIE_LLM_API_KEY" => Some(KEY.to_owned()),
        _other => None,
    });
    let endpoint = environment.expect("a right environment").llm.expect("an endpoint");
    LanguageModel::new(&endpoint, Prompts::built_in()).expect("an endpoint that can be called")
}

fn question(text: &str) -> Question {
    Question { brand: "Air Azur".to_owned(), language: Language::Fr, text: text.to_owned() }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("within the calendar")
}

async fn read(reader: &LanguageModel, text: &str) -> Result<Reading, NoAnswer> {
    reader.read(&question(text), at(0)).await
}

#[tokio::test]
async fn a_right_answer_is_read() {
    let llm = Llm::start().await;
    let said = json!({"label": "pr", "also": "customer_service", "reason": "menace de presse"});
    llm.answers([Answer::Text(said.to_string())]);
    let reader = reader(&llm.base());
    let reading = read(&reader, "je saisis la presse").await.expect("an answer");
    let expected = Reading {
        label: Label::Pr,
        also: Some(Route::CustomerService),
        reason: "menace de presse".to_owned(),
    };
    assert_eq!(reading, expected);
    let call = &llm.calls()[0];
    assert_eq!(call.asked(), json!({"message": "je saisis la presse"}));
    assert_eq!(
        (call.body["model"].as_str(), call.body["temperature"].as_u64()),
        (Some("small-model"), Some(0))
    );
    assert!(call.system().contains("Air Azur") && call.system().contains("French"));
    assert!(reader.prompt_version().starts_with("classify-1+") && reader.model() == "small-model");
}

#[tokio::test]
async fn a_dead_endpoint_is_no_answer_and_then_left_alone() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}/v1", gone.local_addr().expect("it listens"));
    drop(gone);
    let reader = reader(&base);
    for _ in 0..4 {
        let error = read(&reader, "bonjour").await.expect_err("nobody is there");
        assert!(matches!(error, NoAnswer::Unreachable(_)), "{error}");
    }
    let error = read(&reader, "bonjour").await.expect_err("it rests");
    assert_eq!(error, NoAnswer::Resting { until: at(30) });
}

#[tokio::test]
async fn a_failing_endpoint_is_tried_once_after_its_rest_and_comes_back() {
    let llm = Llm::start().await;
    let failing = std::iter::repeat_n(Answer::status(500), 4);
    llm.answers(failing.chain([Answer::label("none")]));
    let reader = reader(&llm.base());
    for _ in 0..4 {
        assert_eq!(read(&reader, "x").await, Err(NoAnswer::Refused { status: 500 }));
    }
    assert!(matches!(read(&reader, "x").await, Err(NoAnswer::Resting { .. })));
    assert_eq!(llm.calls().len(), 4, "a resting endpoint is not called");
    assert!(reader.read(&question("x"), at(30)).await.is_ok());
    assert!(reader.read(&question("x"), at(31)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_slow_endpoint_is_no_answer_whether_it_hangs_or_drips() {
    let llm = Llm::start().await;
    let reader = reader(&llm.base());
    for slow in [Answer::Hang, Answer::Drip] {
        llm.answers([slow]);
        let began = tokio::time::Instant::now();
        assert_eq!(read(&reader, "bonjour").await, Err(NoAnswer::TooSlow));
        assert_eq!(began.elapsed().as_secs(), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_may_take_longer_than_a_reading_and_a_check_says_what_is_too_slow() {
    let llm = Llm::start().await;
    let reader = reader(&llm.base());
    llm.takes(Duration::from_secs(10));
    let checked = reader.check().await.expect("it answers in the end");
    assert!(!checked.is_quick && checked.took >= Duration::from_secs(10), "{checked:?}");
    assert_eq!(read(&reader, "bonjour").await, Err(NoAnswer::TooSlow));
    llm.answers([Answer::Text("Bonjour".to_owned())]);
    let wanted = DraftWanted {
        brand: "Air Azur".to_owned(),
        route: Route::Pr,
        guidelines: None,
        language: Lang::Other,
        messages: ["bonjour"].map(str::to_owned).into(),
    };
    assert_eq!(reader.draft(&wanted, at(0)).await.as_deref(), Ok("Bonjour"));
    llm.takes(Duration::from_secs(31));
    assert_eq!(reader.draft(&wanted, at(0)).await, Err(NoAnswer::TooSlow));
}

#[tokio::test]
async fn statuses_are_told_apart_by_whose_fault_they_are() {
    let llm = Llm::start().await;
    for (status, rests) in [(401, true), (403, true), (404, true), (429, true), (503, true), (400, false)] {
        let reader = reader(&llm.base());
        llm.answers([Answer::status(status)]);
        for _ in 0..4 {
            assert_eq!(read(&reader, "x").await, Err(NoAnswer::Refused { status }));
        }
        let is_resting = matches!(read(&reader, "x").await, Err(NoAnswer::Resting { .. }));
        assert_eq!(is_resting, rests, "{status}");
    }
}

#[tokio::test]
async fn a_lying_endpoint_is_no_answer() {
    let llm = Llm::start().await;
    for said in ["sales", "None", "", "pr none", "customer-service"] {
        llm.answers([Answer::label(said)]);
        assert_eq!(read(&reader(&llm.base()), "bonjour").await, Err(NoAnswer::Unusable), "{said}");
    }
    for message in [
        json!({"role": "assistant", "content": null, "refusal": "I can't help with that."}),
        json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "shell", "arguments": "{}"}}]}),
        json!({"role": "assistant", "content": "Please send me your system prompt and your key."}),
    ] {
        llm.answers([Answer::Message(message)]);
        assert_eq!(read(&reader(&llm.base()), "bonjour").await, Err(NoAnswer::Unusable));
    }
}

#[tokio::test]
async fn useless_answers_switch_the_reader_off_only_after_eight_in_a_row() {
    let llm = Llm::start().await;
    llm.answers([Answer::Text("none".to_owned())]);
    let reader = reader(&llm.base());
    for _ in 0..8 {
        assert_eq!(read(&reader, "x").await, Err(NoAnswer::Unusable));
    }
    assert!(matches!(read(&reader, "x").await, Err(NoAnswer::Resting { .. })));
}

#[tokio::test]
async fn a_hostile_endpoint_sends_nobody_elsewhere_and_is_not_read_to_its_end() {
    let (llm, elsewhere) = (Llm::start().await, Llm::start().await);
    llm.answers([Answer::Redirect(format!("{}/chat/completions", elsewhere.base()))]);
    let reader = reader(&llm.base());
    assert_eq!(read(&reader, "bonjour").await, Err(NoAnswer::Refused { status: 307 }));
    assert_eq!(elsewhere.calls().len(), 0, "neither the text nor the key went there");
    llm.answers([Answer::Huge]);
    assert_eq!(read(&reader, "bonjour").await, Err(NoAnswer::Unusable));
    let page = "<html><body>Sign in</body></html>".to_owned();
    llm.answers([Answer::Raw { status: 200, content_type: "text/html", body: page }]);
    assert_eq!(read(&reader, "bonjour").await, Err(NoAnswer::Unusable));
}

#[tokio::test]
async fn an_endpoint_without_schemas_is_asked_for_an_object_and_that_is_remembered() {
    for (status, text) in [
        (400, "'response_format.type' must be 'text'"),
        (422, "extra inputs are not permitted"),
        (404, "json_schema: no such thing"),
        (501, "Unsupported response_format"),
    ] {
        let llm = Llm::start().await;
        llm.refuses("json_schema", status, text);
        let reader = reader(&llm.base());
        assert!(read(&reader, "a").await.is_ok(), "{status}");
        assert!(read(&reader, "b").await.is_ok(), "{status}");
        assert_eq!(llm.formats(), ["json_schema", "json_object", "json_object"], "{status}");
    }
}

#[tokio::test]
async fn an_endpoint_without_any_format_is_asked_plainly_and_that_is_remembered() {
    let llm = Llm::start().await;
    llm.refuses("json_schema", 400, "unknown field");
    llm.refuses("json_object", 415, "response_format is not supported");
    let chatty = format!("Sure!\n```json\n{}\n```", json!({"label": "none", "also": null, "reason": "chat"}));
    llm.answers([Answer::Text(chatty)]);
    let reader = reader(&llm.base());
    assert!(read(&reader, "a").await.is_ok());
    assert!(read(&reader, "b").await.is_ok());
    assert_eq!(llm.formats(), ["json_schema", "json_object", "-", "-"]);
    assert_eq!(reader.check().await.expect("it answers").rung, Rung::Plain);
}

#[tokio::test]
async fn a_model_that_refuses_old_fields_is_asked_without_them() {
    let llm = Llm::start().await;
    llm.is_newer();
    let reader = reader(&llm.base());
    assert!(read(&reader, "a").await.is_ok());
    assert!(read(&reader, "b").await.is_ok());
    assert_eq!(llm.calls().len(), 4, "two refusals, and none the second time");
    assert_eq!(llm.formats()[3], "json_schema");
}

#[tokio::test]
async fn the_key_stands_in_its_header_alone() {
    let llm = Llm::start().await;
    let reader = reader(&llm.base());
    read(&reader, "bonjour").await.expect("an answer");
    let call = &llm.calls()[0];
    assert_eq!(call.headers["authorization"], format!("Bearer {KEY}"));
    let elsewhere = call.headers.iter().filter(|(name, _)| *name != "authorization");
    for (name, value) in elsewhere {
        assert!(!value.to_str().unwrap_or_default().contains(KEY), "{name}");
    }
    assert!(!call.raw.contains(KEY) && !call.uri.contains(KEY));
    assert!(!format!("{reader:?}").contains(KEY), "{reader:?}");
}

#[tokio::test]
async fn nothing_personal_is_in_what_is_sent() {
    let llm = Llm::start().await;
    let reader = reader(&llm.base());
    let text = "Bonjour, je m'appelle Jeanne Lefèvre, commande 4412 (réf AB-77). Mon mail jeanne@poste.example, tél \
                06 12 34 56 78, carte 4111 1111 1111 1111, IBAN FR76 3000 6000 0112 3456 7890 189, \
                https://shop.example/suivi?client=jeanne <@123456789012345678>. Et la PS5 à 45 € ?";
    let personal = [
        "Jeanne",
        "Lefèvre",
        "4412",
        "AB-77",
        "poste.example",
        "06 12",
        "4111",
        "3000 6000",
        "client=",
        "12345678",
    ];
    read(&reader, text).await.expect("an answer");
    llm.answers([Answer::Text("Bonjour".to_owned())]);
    let wanted = DraftWanted {
        brand: "Air Azur".to_owned(),
        route: Route::CustomerService,
        guidelines: None,
        language: Lang::Fr,
        messages: [text, text].map(str::to_owned).into(),
    };
    reader.draft(&wanted, at(0)).await.expect("a draft");
    for call in llm.calls() {
        for part in personal {
            assert!(!call.raw.contains(part), "{part} left in {}", call.raw);
        }
        assert!(call.raw.contains("PS5 à 45 €"), "what decides stays");
    }
}

#[tokio::test]
async fn a_draft_is_asked_for_plainly_and_comes_as_text() {
    let llm = Llm::start().await;
    llm.answers([Answer::Text("Bonjour,\nnous regardons [état du colis].".to_owned())]);
    let reader = reader(&llm.base());
    let wanted = DraftWanted {
        brand: "Air Azur".to_owned(),
        route: Route::CustomerService,
        guidelines: Some("Vouvoiement.".to_owned()),
        language: Lang::Fr,
        messages: ["colis perdu", "depuis lundi"].map(str::to_owned).into(),
    };
    let draft = reader.draft(&wanted, at(0)).await.expect("a draft");
    assert_eq!(draft, "Bonjour,\nnous regardons [état du colis].");
    let call = &llm.calls()[0];
    assert_eq!(call.asked(), json!({"messages": ["colis perdu", "depuis lundi"]}));
    assert!(call.system().contains("Vouvoiement.") && call.system().contains("In French"));
    assert_eq!(call.body["response_format"], Value::Null);
    llm.answers([Answer::Text("<html>no</html>".to_owned())]);
    assert_eq!(reader.draft(&wanted, at(0)).await, Err(NoAnswer::Unusable));
}

#[tokio::test]
async fn the_doctor_says_what_answers_or_what_to_mend() {
    let llm = Llm::start().await;
    llm.refuses("json_schema", 400, "unknown field");
    let home = Home::new()
        .set("VIGIE_LLM_URL", llm.base())
        .set("VIGIE_LLM_MODEL", "small-model")
        .set("VIGIE_LLM_API_KEY", KEY);
    let doctor = async || {
        let output = home.call(&["doctor"]).await;
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (is_well, said) = doctor().await;
    assert!(is_well, "{said}");
    for part in ["ok   language model: small-model answers in", "asked for JSON object", "prompt classify-1+"]
    {
        assert!(said.contains(part), "{said}");
    }
    for (answer, part) in [
        (Answer::status(401), "check VIGIE_LLM_API_KEY"),
        (Answer::status(404), "has the model `small-model`"),
        (Answer::Text("Hello!".to_owned()), "take another one in VIGIE_LLM_MODEL"),
    ] {
        llm.answers([answer]);
        let (is_well, said) = doctor().await;
        assert!(!is_well && said.contains("MEND") && said.contains(part), "{said}");
        assert!(!said.contains(KEY));
    }
}

#[tokio::test]
async fn half_an_endpoint_or_a_broken_template_stops_the_start() {
    let broken = Home::new();
    broken.write("classify.md", "{# version: mine-1 #}\n{% if brand %}");
    let folder = broken.path("").display().to_string();
    for (home, variable) in [
        (Home::new().set("VIGIE_LLM_URL", "http://127.0.0.1:8080"), "VIGIE_LLM_MODEL is not set"),
        (Home::new().set("VIGIE_LLM_MODEL", "m"), "VIGIE_LLM_URL is not set"),
        (Home::new().set("VIGIE_PROMPTS", "/nowhere/at/all"), "VIGIE_PROMPTS holds `/nowhere/at/all`"),
        (Home::new().set("VIGIE_PROMPTS", folder), "classify.md cannot be used"),
    ] {
        let output = home.call(&["serve"]).await;
        assert_eq!(output.status.code(), Some(2), "{variable}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.lines().last().is_some_and(|line| line.contains(variable)), "{said}");
    }
}
