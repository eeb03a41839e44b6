//! The command line of the real program: what it prints where, and how it ends.

use serde_json::Value;

use crate::support::bot::{Home, path_text};
use crate::support::shared::shared;

const COMMUNITY: &str = r#"
[community]
platform = "discord"
id = "1100000000000000001"
name = "Air Azur"

[[watch]]
channel = "1100000000000000010"

[[desk]]
route = "customer_service"
channel = "1100000000000000020"
role = "1100000000000000901"
"#;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn classify_prints_one_object_a_line_in_the_shape_of_the_contract() {
    let home = Home::new();
    let output = home
        .call(&[
            "classify",
            "--json",
            "journaliste ici, une réaction de votre direction sur la fuite de données ?",
        ])
        .await;
    assert!(output.status.success());
    let verdict: Value = serde_json::from_str(text(&output.stdout).trim()).expect("one object");
    let keys: Vec<&str> = verdict.as_object().expect("an object").keys().map(String::as_str).collect();
    let mut expected = ["label", "also", "confidence", "unsure", "stage", "why", "lang"];
    expected.sort_unstable();
    let mut keys = keys;
    keys.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(
        (&verdict["label"], &verdict["stage"], &verdict["lang"]),
        (&"pr".into(), &"model".into(), &"fr".into())
    );
}

#[tokio::test]
async fn a_wrong_variable_ends_the_start_with_status_2_and_its_name_last() {
    for (name, value) in [
        ("VIGIE_HTTP", "here"),
        ("VIGIE_SHARDS", "9/3"),
        ("VIGIE_LOG", "vigie=loud"),
        ("DATABASE_URL", "mysql://x"),
    ] {
        let output = Home::new().set(name, value).call(&["serve"]).await;
        assert_eq!(output.status.code(), Some(2), "{name}");
        let said = text(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        assert!(last.contains(name) && last.contains(value), "{said}");
    }
}

#[tokio::test]
async fn a_wrong_call_ends_with_status_2_and_a_later_command_says_so() {
    let home = Home::new();
    assert_eq!(home.call(&["serve", "--nonsense"]).await.status.code(), Some(2));
    for later in ["forget"] {
        let output = home.call(&[later, "x"]).await;
        assert_eq!(output.status.code(), Some(1), "{later}");
        assert!(text(&output.stderr).contains("not there yet"), "{later}");
    }
}

#[tokio::test]
async fn a_configuration_is_applied_once_and_given_back() {
    let home = Home::new();
    let file = home.write("c.toml", COMMUNITY);
    let first = home.call(&["config", "apply", path_text(&file)]).await;
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(text(&first.stdout).contains("customer_service"), "{}", text(&first.stdout));
    let second = home.call(&["config", "apply", path_text(&file)]).await;
    assert!(text(&second.stdout).contains("nothing to change"), "{}", text(&second.stdout));

    let exported = home.call(&["config", "export", "1100000000000000001"]).await;
    let again = home.write("again.toml", &text(&exported.stdout));
    let third = home.call(&["config", "apply", path_text(&again)]).await;
    assert!(text(&third.stdout).contains("nothing to change"), "{}", text(&third.stdout));
}

#[tokio::test]
async fn a_broken_configuration_changes_nothing_and_names_every_mistake() {
    let home = Home::new();
    home.apply(COMMUNITY).await;
    let broken = COMMUNITY
        .replace("platform = \"discord\"", "platform = \"discord\"\ntimezone = \"Europe/Pariss\"")
        + "hours = \"mon-fri 9-25\"\n[[rule]]\nroute = \"pr\"\npattern = \"(\"\n";
    let file = home.write("broken.toml", &broken);
    let output = home.call(&["config", "apply", path_text(&file)]).await;
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for place in ["community.timezone", "desk[0].hours", "rule[0].pattern"] {
        assert!(said.contains(place), "{place} is not named in:\n{said}");
    }
    let exported = text(&home.call(&["config", "export", "1100000000000000001"]).await.stdout);
    assert!(!exported.contains("Pariss") && exported.contains("1100000000000000901"));
}

#[tokio::test]
async fn exporting_an_unknown_community_says_which_are_known() {
    let home = Home::new();
    home.apply(COMMUNITY).await;
    let output = home.call(&["config", "export", "42"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("1100000000000000001"));
}

#[tokio::test]
async fn the_doctor_says_what_to_mend() {
    let home = Home::new();
    let well = home.call(&["doctor"]).await;
    assert!(well.status.success(), "{}", text(&well.stdout));
    home.apply(COMMUNITY).await;
    let ill = home.call(&["doctor"]).await;
    assert_eq!(ill.status.code(), Some(1));
    assert!(text(&ill.stdout).contains("no desk answers product_expert, pr"), "{}", text(&ill.stdout));
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named() {
    let output = Home::new().set("DATABASE_URL", "sqlite:///nowhere/at/all/vigie.db").call(&["serve"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).lines().last().is_some_and(|line| line.contains("DATABASE_URL")));
}

#[tokio::test]
async fn a_real_channel_is_replayed_and_scored() {
    let (Some(export), Some(gold)) = (shared("replay/stripe-0.jsonl"), shared("replay/stripe-0.gold.json"))
    else {
        return;
    };
    let output = Home::new().call(&["replay", path_text(&export), "--json"]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let replay: Value = serde_json::from_str(&text(&output.stdout)).expect("one JSON document");
    let gold: Value = serde_json::from_str(&std::fs::read_to_string(gold).expect("readable")).expect("JSON");
    let f1 = f1(&replay, &gold);
    assert!(f1 >= 0.85, "F1 is {f1}");
}

/// F1 over found first responses, as `score.py` beside the data computes it.
fn f1(replay: &Value, gold: &Value) -> f64 {
    let requests = replay["requests"].as_array().expect("requests");
    let (mut right, mut found, mut wanted) = (0.0, 0.0, 0.0);
    for (opener, want) in gold["first_response"].as_object().expect("the annotation") {
        let is_opener =
            |r: &&Value| r["messages"].as_array().is_some_and(|m| m.iter().any(|m| m == opener.as_str()));
        let have = requests.iter().find(is_opener).map_or(&Value::Null, |r| &r["first_response"]["message"]);
        found += f64::from(u8::from(!have.is_null()));
        wanted += f64::from(u8::from(!want.is_null()));
        right += f64::from(u8::from(!want.is_null() && have == want));
    }
    if right == 0.0 { 0.0 } else { 2.0 * right / (found + wanted) }
}

#[tokio::test]
async fn a_move_that_cannot_be_done_says_why() {
    let home = Home::new();
    for (from, to, status, why) in [
        ("postgres://a:secret@b/c", "postgres://b/c", 2, "expected sqlite://FILE"),
        ("sqlite://vigie.db", "vigie.db", 2, "expected postgres://"),
        ("sqlite://none.db", "postgres://vigie@127.0.0.1:1/vigie", 1, "no such file"),
    ] {
        let output = home.call(&["move", from, to]).await;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains(why) && !said.contains("secret"), "{said}");
        assert!(output.stdout.is_empty());
    }
}
