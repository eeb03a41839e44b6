//! The two formats against CONTRACT.md and against each other.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::clock::Ids;
use crate::domain::ids::RequestId;
use crate::domain::label::{Label, Route};
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::request::{Change, LinkKind, Opening, RequestMessage, Step};
use crate::domain::settings::{Platform, Settings};
use crate::domain::time::from_milliseconds;
use crate::domain::verdict::{Lang, Verdict};

fn at(seconds: i64) -> Timestamp {
    from_milliseconds(1_772_000_000_000 + seconds * 1000).expect("a time of our days")
}

fn asked(id: &str, author: &str, text: &str, seconds: i64) -> IncomingMessage {
    IncomingMessage {
        community: "1".into(),
        channel: "10".into(),
        thread: None,
        id: id.into(),
        at: at(seconds),
        author: author.into(),
        author_name: author.to_owned(),
        standing: Standing::Member,
        text: text.to_owned(),
        reply_to: None,
        reply_to_author: None,
        mentions: Vec::new(),
        label: None,
    }
}

fn nothing_set() -> Settings {
    Settings::new(Platform::Playground, "1".into(), "Air Azur")
}

fn opened(message: &IncomingMessage) -> Change {
    let verdict = Verdict::given(Label::CustomerService, "test", Lang::En);
    let id = RequestId::new(Ids::default().next(message.at));
    let opening = Opening { id, route: Route::CustomerService, verdict, by: None, heard_at: message.at };
    Request::open(opening, message, &[], &nothing_set())
}

fn address(request: &Request) -> String {
    format!("https://example.org/{}", request.opener().id)
}

/// The steps that the numbers stand for, one after the other, as far as each is possible.
fn after(change: Change, steps: &[u8]) -> (Request, Vec<Event>) {
    let (mut request, mut log) = (change.request, change.events);
    for (step, seconds) in steps.iter().zip(60..) {
        let by = "karim".into();
        let step = match step % 7 {
            0 => Step::Claim { by },
            1 => Step::Answer { by, message: Some("m2".into()), link: LinkKind::Mention, confidence: 0.75 },
            2 => Step::Resolve { by },
            3 => Step::Dismiss { by },
            4 => Step::Reroute { by, to: Route::Pr },
            5 => {
                let message = asked(&format!("m{seconds}"), "ana", "still there?", seconds);
                Step::Append { message: RequestMessage::of(&message), asks: true }
            }
            _ => Step::Delete { message: request.opener().id.clone() },
        };
        if let Ok(change) = request.apply(step, at(seconds), &nothing_set()) {
            request = change.request;
            log.extend(change.events);
        }
    }
    (request, log)
}

/// The rows of a table, by its header.
fn read(table: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.expect("as long as the header"));
    (header, rows.map(|row| row.iter().map(str::to_owned).collect()).collect())
}

/// What a table has where a line has this.
fn as_in_a_table(column: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if ["author", "text"].contains(&column) => {
            harmless(Cow::Borrowed(text)).into_owned()
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[=+@\t\r-]?[a-z,;\"' \n\réè😀]{0,20}", "\\PC{0,20}"]
}

proptest! {
    #[test]
    fn a_table_and_lines_say_the_same_of_the_same_requests(
        text in texts(), author in "[=+@-]?[a-z]{1,8}", steps in prop::collection::vec(0u8..7, 0..8), with_texts: bool,
    ) {
        let (request, log) = after(opened(&asked("m1", &author, &text, 0)), &steps);
        let logs = HashMap::from([(request.id.clone(), log.clone())]);
        let requests = [request];
        let (header, rows) = read(&table(&requests, with_texts, Some(address), true));
        let line = lines(&requests, &logs, with_texts, Some(address));
        let line: Value = serde_json::from_slice(&line).expect("one object");
        prop_assert_eq!(rows.len(), 1);
        for (column, cell) in header.iter().zip(&rows[0]) {
            prop_assert_eq!(cell, &as_in_a_table(column, &line[column.as_str()]), "{}", column);
        }
        let keys = line.as_object().map_or(0, serde_json::Map::len);
        prop_assert_eq!(keys, header.len() + 1, "only the log is not in the table");
        prop_assert_eq!(&line["log"], &serde_json::to_value(&log).expect("plain"));
        prop_assert_eq!(line["state"] == "resolved", !line["resolved_at"].is_null());
        prop_assert_eq!(line["state"] == "dismissed", !line["dismissed_at"].is_null());
    }
}

#[test]
fn columns_and_keys_are_those_of_the_contract_in_its_order() {
    let (request, log) = after(opened(&asked("m1", "ana", "lost", 0)), &[0, 1, 2]);
    let logs = HashMap::from([(request.id.clone(), log)]);
    let requests = [request];
    let line = String::from_utf8(lines(&requests, &logs, true, Some(address))).expect("UTF-8");
    let mut place = 0;
    for key in COLUMNS.iter().chain(&["log", TEXT]) {
        let found = line[place..].find(&format!("\"{key}\":"));
        place += found.unwrap_or_else(|| panic!("{key} is not where it should be in {line}"));
    }
    let table = String::from_utf8(table(&requests, true, Some(address), true)).expect("UTF-8");
    let id = requests[0].id.as_str();
    assert_eq!(
        table,
        format!(
            "request,community,channel,message,author,route,also,state,opened_at,claimed_at,claimed_by,\
             first_response_at,first_response_by,response_seconds,business_seconds,link,resolved_at,dismissed_at,\
             reroutes,url,text\n\
             {id},1,10,m1,ana,customer_service,,resolved,2026-02-25T06:13:20Z,2026-02-25T06:14:20Z,karim,\
             2026-02-25T06:14:21Z,karim,61,61,mention,2026-02-25T06:14:22Z,,0,https://example.org/m1,lost\n"
        )
    );
}

#[test]
fn a_claim_or_an_answer_that_did_not_last_is_still_the_first() {
    // Claimed, sent elsewhere, claimed again, answered, resolved, and then the member comes back.
    let (request, _) = after(opened(&asked("m1", "ana", "lost", 0)), &[0, 4, 0, 1, 2, 5]);
    let row = Row::of(&request, None);
    assert_eq!((row.state, row.reroutes, row.route), ("open", 1, "pr"));
    assert_eq!((row.claimed_at, row.first_response_at), (Some(at(60)), Some(at(63))));
    assert_eq!((row.resolved_at, row.url), (None, None), "it is open again");
}

#[test]
fn erased_texts_are_null_and_what_is_left_is_given() {
    let (gone, _) = after(opened(&asked("m1", "ana", "lost", 0)), &[6]);
    assert_eq!(text_of(&gone), None);
    assert_eq!(Row::of(&gone, None).dismissed_at, Some(at(60)), "withdrawn");
    let (left, _) = after(opened(&asked("m1", "ana", "lost", 0)), &[5, 6]);
    assert_eq!(text_of(&left).as_deref(), Some("still there?"));
}

#[test]
fn nothing_that_a_member_writes_becomes_a_formula() {
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
        assert_eq!(harmless(Cow::Borrowed(text)), format!("'{text}"));
    }
    for text in ["", "1=1", "'=1", "é", " -"] {
        assert_eq!(harmless(Cow::Borrowed(text)), text);
    }
}

#[test]
fn days_are_those_of_the_communitys_calendar_the_last_one_included() {
    let paris = TimeZone::get("Europe/Paris").expect("compiled in");
    let day = |text: &str| text.parse().ok();
    // The clocks go forward on the 29th.
    let days = Days { from: day("2026-03-28"), to: day("2026-03-29") };
    let time = |text: &str| text.parse::<Timestamp>().ok();
    assert_eq!(days.within(&paris), (time("2026-03-27T23:00:00Z"), time("2026-03-29T22:00:00Z")));
    assert!(days.are_in_order() && Days::default().are_in_order());
    assert_eq!(Days::default().within(&paris), (None, None));
    assert!(!Days { from: days.to, to: days.from }.are_in_order());
    assert_eq!(Days { from: None, to: day("9999-12-31") }.within(&paris), (None, None));
}

#[tokio::test]
async fn every_request_is_exported_once_however_many_there_are() {
    let store = crate::store::in_memory().await.expect("SQLite in memory");
    let settings = Settings::new(Platform::Playground, "1".into(), "Air Azur");
    // Two and a half pages, ten requests a second.
    let requests: i64 = i64::from(AT_ONCE) * 5 / 2;
    let changes: Vec<Change> =
        (0..requests).map(|n| opened(&asked(&format!("m{n}"), "ana", "lost", n / 10))).collect();
    store.apply(&"1".into(), &changes.into(), None, at(0)).await.expect("stored");
    for format in [Format::Csv, Format::Jsonl] {
        let wanted = Wanted { format, ..Wanted::default() };
        let mut export = Export::new(store.as_ref(), &settings, wanted, None);
        let (mut bytes, mut chunks) = (Vec::new(), Vec::new());
        while let Some(chunk) = export.next().await.expect("the store reads") {
            bytes.extend(chunk.bytes);
            chunks.push(chunk.requests);
        }
        assert_eq!(chunks, [250, 250, 125]);
        let messages: Vec<String> = match format {
            Format::Csv => read(&bytes).1.into_iter().map(|row| row[3].clone()).collect(),
            Format::Jsonl => bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(|line| serde_json::from_slice::<Value>(line).expect("JSON"))
                .inspect(|line| assert_eq!(line["log"][0]["event"], "opened"))
                .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
                .collect(),
        };
        let unique: std::collections::BTreeSet<&String> = messages.iter().collect();
        assert_eq!((messages.len(), unique.len()), (625, 625));
    }
}
