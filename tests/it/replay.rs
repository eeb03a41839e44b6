//! `vigie replay` as whoever calls it sees it: the document, the report, and what is said about what is wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn fixture(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "exports", name].iter().collect();
    path.display().to_string()
}

fn replay(arguments: &[&str]) -> Output {
    let mut call = Command::new(env!("CARGO_BIN_EXE_vigie"));
    call.arg("replay").args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The document of a run that went well.
fn document(arguments: &[&str]) -> Value {
    let output = replay(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON document and nothing else")
}

/// The same export with this done to its text.
fn changed(name: &str, change: impl Fn(String) -> String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let whole = std::fs::read_to_string(fixture(name)).expect("the fixture");
    std::fs::write(&path, change(whole)).expect("a file");
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn the_document_has_the_published_shape() {
    let nobody = json!({"p50": null, "p90": null, "p95": null, "mean": null, "max": null});
    let once = |s: i64, mean: f64| json!({"p50": s, "p90": s, "p95": s, "mean": mean, "max": s});
    let desk = |n: i64, first: Value| {
        let share = if n > 0 { json!(1.0) } else { Value::Null };
        json!({"requests": n, "answered": n, "waiting": 0, "oldest_waiting_seconds": 0, "within_target": share,
            "first_response": first})
    };
    let mut stats = desk(2, json!({"p50": 600, "p90": 1800, "p95": 1800, "mean": 1200.0, "max": 1800}));
    stats["by_route"] = json!({"customer_service": desk(1, once(600, 600.0)), "product_expert": desk(0, nobody),
        "pr": desk(1, once(1800, 1800.0))});
    let expected = json!({
        "requests": [
            {"message": "m1", "messages": ["m1", "m4"], "author": "u1", "channel": "support",
             "route": "customer_service", "confidence": 1.0, "opened_at": "2026-03-02T09:00:00Z",
             "first_response": {"message": "m5", "by": "e1", "at": "2026-03-02T09:10:00.25Z", "seconds": 600,
                "business_seconds": 600, "link": "reply", "confidence": 1.0},
             "state": "answered"},
            {"message": "m6", "messages": ["m6"], "author": "u2", "channel": "support", "route": "pr",
             "confidence": 1.0, "opened_at": "2026-03-02T09:20:00Z",
             "first_response": {"message": "m7", "by": "e1", "at": "2026-03-02T09:50:00Z", "seconds": 1800,
                "business_seconds": 1800, "link": "mention", "confidence": 0.9},
             "state": "answered"},
        ],
        "ignored": 2,
        "stats": stats,
    });
    assert_eq!(document(&[&fixture("support.jsonl"), "--json"]), expected);
}

#[test]
fn with_a_configuration_those_with_a_desks_role_answer_and_hours_count() {
    let config = fixture("air-azur.toml");
    let document = document(&[&fixture("discord-channel.json"), "--json", "--config", &config]);
    let requests = document["requests"].as_array().expect("a list");
    assert_eq!(requests.len(), 2, "{document:#}");
    assert_eq!(requests[0]["messages"], json!(["1100000000000100003", "1100000000000100004"]));
    let first = &requests[0]["first_response"];
    assert_eq!((&first["message"], &first["link"]), (&json!("1100000000000100006"), &json!("reply")));
    // Asked at ten in Paris, five minutes before the desk opens.
    assert_eq!((&first["seconds"], &first["business_seconds"]), (&json!(720), &json!(420)));
    assert_eq!((&requests[1]["route"], &requests[1]["state"]), (&json!("pr"), &json!("open")));
    assert_eq!(document["ignored"], 4);
}

#[test]
fn a_thread_is_watched_with_its_channel() {
    let config = fixture("air-azur.toml");
    let document = document(&[&fixture("discord-thread.json"), "--json", "--config", &config]);
    let request = &document["requests"][0];
    assert_eq!(request["channel"], "1100000000000000010");
    assert_eq!(request["first_response"]["link"], "thread");
    assert_eq!(request["first_response"]["by"], "1100000000000000601");
}

#[test]
fn without_a_configuration_it_is_said_that_nobody_is_known_as_an_employee() {
    let output = replay(&[&fixture("discord-channel.json"), "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(said.starts_with("Nobody in this export is known as an employee"), "{said}");
    assert!(said.contains("--config") && said.contains("1100000000000000901  Care (1 author)"), "{said}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["stats"]["answered"], 0);
}

#[test]
fn a_configuration_that_watches_nothing_of_the_export_is_named() {
    let config = fixture("air-azur.toml");
    let output = replay(&[&fixture("support.jsonl"), "--json", "--config", &config]);
    let said = text(&output.stderr);
    assert!(said.contains("air-azur.toml: add a [[watch]] with channel = \"support\""), "{said}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!((&document["requests"], &document["ignored"]), (&json!([]), &json!(7)));
}

#[test]
fn an_export_that_breaks_off_is_reported_as_far_as_it_goes_and_the_status_is_1() {
    let (_folder, cut) = changed("support.jsonl", |whole| whole[..whole.len() - 20].to_owned());
    let output = replay(&[&cut, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["stats"]["requests"], 2);
    assert_eq!(document["stats"]["waiting"], 1);
    let said = text(&output.stderr);
    let last = said.lines().last().expect("a line");
    assert!(last.contains("support.jsonl, line 7: the line breaks off"), "{last}");
}

#[test]
fn what_cannot_be_run_at_all_prints_nothing_and_says_why() {
    let (_folder, empty) = changed("support.jsonl", |_| String::new());
    let (_folder_too, wrong) = changed("air-azur.toml", |whole| whole.replace("\"fr\"", "\"de\""));
    for (arguments, sentence) in [
        (vec![empty.as_str()], "holds no message"),
        (vec!["no-such-export.json"], "no-such-export.json cannot be opened: there is no such file"),
        (vec![env!("CARGO_MANIFEST_DIR")], "Slack"),
        (vec![&fixture("support.jsonl"), "--config", "no-such.toml"], "no-such.toml cannot be read"),
        (vec![&fixture("support.jsonl"), "--config", &wrong], "community.language: `de` is not known"),
        (vec![&fixture("support.jsonl"), "--html", "report.html"], "not there yet"),
    ] {
        let output = replay(&arguments);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}: {said}");
        assert!(said.lines().last().is_some_and(|last| last.contains(sentence)), "{arguments:?}: {said}");
        assert!(!Path::new("report.html").exists());
    }
}

#[test]
fn the_report_speaks_the_communitys_language_and_shows_no_control_characters() {
    let (_folder, hostile) =
        changed("support.jsonl", |whole| whole.replace("Léa", "Lé\\u001b[2Ja\\n\\u202e"));
    let report = text(&replay(&[&hostile]).stdout);
    assert!(report.contains("2 requests: 2 answered, 0 waiting; 2 other messages"), "{report}");
    assert!(report.contains("Lé [2Ja"), "{report}");
    assert!(!report.contains('\u{1b}') && !report.contains('\u{202e}'), "{report}");
    let config = fixture("air-azur.toml");
    let french = text(&replay(&[&fixture("discord-channel.json"), "--config", &config]).stdout);
    assert!(french.contains("2 demandes : 1 avec réponse, 1 en attente ; 4 autres messages"), "{french}");
    assert!(french.contains("en heures d'ouverture") && french.contains("(réponse directe)"), "{french}");
}
