//! `vigie replay` as whoever calls it sees it: the document, the report, and what is said about what is wrong.

use std::path::PathBuf;
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
        (vec![&empty, "--html", &empty], "is the export itself"),
    ] {
        let output = replay(&arguments);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}: {said}");
        assert!(said.lines().last().is_some_and(|last| last.contains(sentence)), "{arguments:?}: {said}");
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

/// The page of a run that went well, and what was printed beside it.
fn page(arguments: &[&str]) -> (String, Output) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    let output = replay(&[arguments, &["--html", &file.display().to_string()]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    (std::fs::read_to_string(&file).expect("the page was written"), output)
}

/// The number that a card of the page holds beside what a person reads.
fn figure<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("data-figure=\"{name}\" value=\"")).expect("the card is there");
    rest.split('"').next().expect("the attribute ends")
}

#[test]
fn the_page_holds_the_figures_of_the_document_beside_whatever_is_printed() {
    let (page, output) = page(&[&fixture("support.jsonl"), "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document and nothing else");
    let stats = &document["stats"];
    for name in ["requests", "answered", "waiting"] {
        assert_eq!(figure(&page, name), stats[name].to_string(), "{name}");
    }
    for name in ["p50", "p90", "p95"] {
        assert_eq!(figure(&page, name), stats["first_response"][name].to_string(), "{name}");
    }
    assert_eq!(figure(&page, "within_target").parse::<f64>().ok(), stats["within_target"].as_f64());
    for said in [
        "<h1>support</h1>",
        "2 messages were neither part of a request nor a first response.",
        "every channel is watched; three desks, always open, target 30 min.",
        "<td class=\"name\">Nora (mention)</td>",
        "Journalist here: can your press office comment on the strike?",
        "<tr><th scope=\"row\">support</th><td>7</td><td>2</td><td>2</td><td>0</td></tr>",
        "No request waits for an answer.",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert_eq!(page.matches("<svg ").count(), 3);
    let printed = text(&replay(&[&fixture("support.jsonl"), "--json"]).stdout);
    assert_eq!(text(&output.stdout), printed);
}

#[test]
fn the_page_speaks_french_and_counts_those_that_wait() {
    let config = fixture("air-azur.toml");
    let (page, output) = page(&[&fixture("discord-channel.json"), "--config", &config]);
    assert!(text(&output.stdout).contains("2 demandes"), "the report is printed all the same");
    for said in [
        "<html lang=\"fr\">",
        "Équipes, horaires, objectifs et rôles des employés sont ceux de air-azur.toml.",
        "4 messages ne font partie ni d&#x27;une demande ni d&#x27;une première réponse.",
        "Ce que signifient les chiffres",
        "Plus longues attentes sans réponse",
        ">Qui attend, le plus urgent d'abord</text>",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert_eq!((figure(&page, "answered"), figure(&page, "waiting")), ("1", "1"));
    assert_eq!(figure(&page, "p50"), "720");
    assert!(!page.contains("tests/fixtures"), "no path of the machine: the page may be handed on");
}

#[test]
fn what_members_wrote_is_text_on_the_page_and_nothing_is_loaded() {
    let evil =
        r#"<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>'\"\u202e{{ 7*7 }}"#;
    let (_folder, hostile) = changed("support.jsonl", |whole| {
        let whole = whole.replace("\"support\"", &format!("\"{evil}\""));
        whole.replace("Léa", evil).replace("Nora", evil).replace("I was charged twice", evil)
    });
    let (page, _) = page(&[&hostile]);
    assert_eq!(figure(&page, "requests"), "2");
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    for never in ["<script", "<img", "http://", "https://", "\u{202e}", "<link", "url(", "@import"] {
        let found =
            page.find(never).map(|at| page[at.saturating_sub(80)..].chars().take(200).collect::<String>());
        assert_eq!(found, None, "{never}");
    }
    assert!(page.contains("{{ 7*7 }}"), "nor is it read as a template");
}

#[test]
fn an_export_without_requests_makes_a_page_too() {
    let (_folder, quiet) = changed("support.jsonl", |whole| {
        whole.replace("\"customer_service\"", "\"none\"").replace("\"pr\"", "\"none\"")
    });
    let (page, _) = page(&[&quiet]);
    assert!(page.contains("No message needed an answer from the company."), "{page}");
    assert_eq!((figure(&page, "requests"), figure(&page, "p50")), ("0", ""));
}

#[test]
fn a_page_that_cannot_be_written_is_named_and_the_report_is_printed_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("nowhere").join("page.html").display().to_string();
    let output = replay(&[&fixture("support.jsonl"), "--html", &file]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(&format!("the page cannot be written to {file}")), "{said}");
    assert!(text(&output.stdout).contains("2 requests"), "the report was printed");
}
