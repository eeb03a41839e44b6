//! `vigie export`, the real program: what it writes where, and how it ends; and how much `/export` takes.

use std::process::Output;

use serde_json::Value;
use vigie::clock::Ids;
use vigie::commands::{Command, Tone};
use vigie::domain::ids::RequestId;
use vigie::domain::label::Route;
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::{LinkKind, Opening, Request, Step};
use vigie::domain::settings::{Platform, Settings};
use vigie::domain::time::Timestamp;
use vigie::domain::verdict::{Lang, Verdict};
use vigie::stats::export::Format;
use vigie::store::Store;

use crate::support::bot::{Home, path_text};
use crate::support::message::message;
use crate::support::vigie::{LARGEST_FILE, Vigie};

const AIR_AZUR: &str = "1100000000000000001";
const COMMUNITY: &str = r#"
[community]
platform = "discord"
id = "1100000000000000001"
name = "Air Azur"
timezone = "Europe/Paris"
"#;

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Opens a request on a message of that moment, and takes these steps, a minute each.
async fn asked(store: &dyn Store, id: &str, at: &str, text: &str, steps: Vec<Step>) -> RequestId {
    let mut now = time(at);
    let message = IncomingMessage { community: AIR_AZUR.into(), ..message("ana", text).sent(id, now) };
    let request = RequestId::new(Ids::default().next(now));
    let verdict = Verdict::given(Route::Pr.label(), "test", Lang::Fr);
    let opening = Opening { id: request.clone(), route: Route::Pr, verdict, by: None, heard_at: now };
    let settings = Settings::new(Platform::Discord, AIR_AZUR.into(), "Air Azur");
    let mut change = Request::open(opening, &message, &[], &settings);
    for step in steps {
        store.apply(&message.community, &change.into(), None, now).await.expect("stored");
        now += jiff::SignedDuration::from_mins(1);
        let stored = store.request(&message.community, &request).await.expect("reads").expect("there");
        change = stored.apply(step, now, &settings).expect("a step that is possible");
    }
    store.apply(&message.community, &change.into(), None, now).await.expect("stored");
    request
}

/// Air Azur with a request before the 28th of March in Paris, two on it (the second resolved), and one after it.
async fn brand() -> (Home, Vec<RequestId>) {
    let home = Home::new();
    home.apply(COMMUNITY).await;
    let store = vigie::store::connect(home.database()).await.expect("the program made it");
    let steps = vec![
        Step::Claim { by: "karim".into() },
        Step::Answer {
            by: "solene".into(),
            message: Some("m9".into()),
            link: LinkKind::Reply,
            confidence: 1.0,
        },
        Step::Resolve { by: "karim".into() },
    ];
    let requests = vec![
        asked(store.as_ref(), "m1", "2026-03-27T22:59:59Z", "la veille", Vec::new()).await,
        asked(store.as_ref(), "m2", "2026-03-27T23:00:00Z", "=HYPERLINK(\"x\")", Vec::new()).await,
        asked(store.as_ref(), "m3", "2026-03-28T22:59:59Z", "perdu, \"hélas\"\nhier", steps).await,
        asked(store.as_ref(), "m4", "2026-03-28T23:00:00Z", "le lendemain", Vec::new()).await,
    ];
    (home, requests)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[track_caller]
fn rows(output: &Output) -> Vec<Vec<String>> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let rows = reader.records().map(|row| row.expect("as many values as the header"));
    rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_day_of_the_communitys_calendar_is_exported_as_a_table() {
    let (home, ids) = brand().await;
    let day = ["export", AIR_AZUR, "--from", "2026-03-28", "--to", "2026-03-28"];
    let output = home.call(&day).await;
    let rows = rows(&output);
    let requests: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(requests, [ids[1].as_str(), ids[2].as_str()]);
    let answered = [
        AIR_AZUR,
        "support",
        "m3",
        "ana",
        "pr",
        "",
        "resolved",
        "2026-03-28T22:59:59Z",
        "2026-03-28T23:00:59Z",
        "karim",
        "2026-03-28T23:01:59Z",
        "solene",
        "120",
        "120",
        "reply",
        "2026-03-28T23:02:59Z",
        "",
        "0",
        "https://discord.com/channels/1100000000000000001/support/m3",
    ];
    assert_eq!(rows[1][1..], answered);
    assert!(!text(&output.stdout).contains("hélas"), "no texts without --texts");
    assert_eq!(text(&output.stderr), "", "no bar where nobody looks");
}

#[tokio::test]
async fn lines_have_the_log_and_texts_only_where_they_are_asked_for() {
    let (home, _) = brand().await;
    let output = home.call(&["export", AIR_AZUR, "--format", "jsonl", "--from", "2026-03-28"]).await;
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("one object")).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.get("text").is_none()));
    let log: Vec<&str> =
        lines[1]["log"].as_array().expect("a list").iter().filter_map(|e| e["event"].as_str()).collect();
    assert_eq!(log, ["opened", "claimed", "answered", "resolved"]);
    assert_eq!(lines[1]["log"][1]["at"], "2026-03-28T23:00:59Z");
    assert_eq!(lines[0]["claimed_at"], Value::Null);

    let table = rows(&home.call(&["export", AIR_AZUR, "--texts", "--to", "2026-03-28"]).await);
    let texts: Vec<&str> = table.iter().map(|row| row[20].as_str()).collect();
    assert_eq!(texts, ["la veille", "'=HYPERLINK(\"x\")", "perdu, \"hélas\"\nhier"]);
    let output = home.call(&["export", AIR_AZUR, "--texts", "--format", "jsonl"]).await;
    assert!(text(&output.stdout).contains(r#""text":"=HYPERLINK(\"x\")"}"#), "{}", text(&output.stdout));
}

#[tokio::test]
async fn a_file_holds_what_standard_output_would() {
    let (home, _) = brand().await;
    let said = home.call(&["export", AIR_AZUR]).await;
    let file = home.path("requests.csv");
    let written = home.call(&["export", AIR_AZUR, "-o", path_text(&file)]).await;
    assert!(written.status.success() && written.stdout.is_empty(), "{}", text(&written.stderr));
    assert!(text(&written.stderr).contains("4 requests are in"), "{}", text(&written.stderr));
    assert_eq!(std::fs::read(&file).expect("it was written"), said.stdout);
    let nowhere = home.path("nowhere/requests.csv");
    let refused = home.call(&["export", AIR_AZUR, "-o", path_text(&nowhere)]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("cannot be written"), "{}", text(&refused.stderr));
}

#[tokio::test]
async fn a_time_without_requests_is_a_header() {
    let (home, _) = brand().await;
    let output = home.call(&["export", AIR_AZUR, "--from", "2030-01-01"]).await;
    assert!(rows(&output).is_empty());
    assert!(text(&output.stdout).starts_with("request,community,channel,message,author,"));
    let lines = home.call(&["export", AIR_AZUR, "--from", "2030-01-01", "--format", "jsonl"]).await;
    assert!(lines.status.success() && lines.stdout.is_empty());
}

#[tokio::test]
async fn wrong_days_end_with_status_2_and_say_what_is_expected() {
    let (home, _) = brand().await;
    for days in [
        &["--from", "28/03/2026"][..],
        &["--to", "2026-3-28"],
        &["--from", "2026-02-30"],
        &["--from", "20260328"],
        &["--to", ""],
    ] {
        let output = home.call(&[&["export", AIR_AZUR], days].concat()).await;
        assert_eq!(output.status.code(), Some(2), "{days:?}");
        assert!(text(&output.stderr).contains("YYYY-MM-DD"), "{days:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
    let turned = home.call(&["export", AIR_AZUR, "--from", "2026-03-28", "--to", "2026-03-27"]).await;
    assert_eq!(turned.status.code(), Some(2));
    assert!(text(&turned.stderr).contains("2026-03-28 comes after --to 2026-03-27"));
    assert!(text(&turned.stderr).contains("YYYY-MM-DD"));
}

#[tokio::test]
async fn an_unknown_community_is_not_exported_and_the_known_ones_are_named() {
    let home = Home::new();
    let nobody = home.call(&["export", "42"]).await;
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stderr).contains("none yet"), "{}", text(&nobody.stderr));
    home.apply(COMMUNITY).await;
    let unknown = home.call(&["export", "42"]).await;
    assert_eq!(unknown.status.code(), Some(1));
    assert!(unknown.stdout.is_empty() && text(&unknown.stderr).contains(AIR_AZUR));
}

#[tokio::test]
async fn a_reader_who_has_seen_enough_ends_the_export_quietly_and_a_full_disk_does_not() {
    let (home, _) = brand().await;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = home.call_into(&["export", AIR_AZUR], writer).await;
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = home.call_into(&["export", AIR_AZUR], full).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("standard output cannot be written to"));
}

#[tokio::test]
async fn more_than_can_be_attached_is_refused_with_the_call_that_exports_it() {
    let vigie = Vigie::new().await;
    let export = || Command::Export {
        from: Some("2026-01-01".to_owned()),
        to: None,
        format: Format::Csv,
        texts: true,
    };
    vigie.receives(message("ana", "I was charged twice this month, please check my account")).await;
    let reply = vigie.asks(export()).await;
    let file = reply.file.expect("one request is not too much");
    assert_eq!(
        (reply.tone, file.name(), file.content_type()),
        (Tone::Facts, "vigie-export.csv", "text/csv; charset=utf-8")
    );
    assert!(file.bytes().len() <= LARGEST_FILE);

    let long = "I was charged twice, please check my account. ".repeat(LARGEST_FILE / 40);
    vigie.receives(message("tom", &long)).await;
    let reply = vigie.asks(export()).await;
    assert_eq!((reply.tone, reply.file), (Tone::Refused, None));
    let call = reply.lines[0][0].as_text().expect("words");
    assert_eq!(call, "vigie export air-azur --from 2026-01-01 --format csv --texts -o vigie-export.csv");
}
