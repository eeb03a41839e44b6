//! What exports tell, and what is said about those that cannot be read.

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::domain::label::Label;
use crate::domain::message::Standing;

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "exports", name].iter().collect()
}

/// All that an export tells, and where it could not be read on.
fn told(path: &Path) -> (Option<Origin>, Vec<Exported>, Option<ExportError>) {
    let (mut origin, mut messages) = (None, Vec::new());
    let export = match read(path) {
        Ok(export) => export,
        Err(error) => return (None, Vec::new(), Some(error)),
    };
    let end = export.messages(|told| {
        match told {
            Told::Origin(from) => origin = Some(from),
            Told::Message(message) => messages.push(*message),
        }
        true
    });
    (origin, messages, end.err())
}

/// The same of a file with this in it; the sentence names it `export.x`.
fn told_of(text: &[u8]) -> (Vec<Exported>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.x");
    std::fs::write(&path, text).expect("a file");
    let (_, messages, error) = told(&path);
    let sentence = error.map_or_else(String::new, |error| error.to_string());
    (messages, sentence.replace(&format!("{}/", folder.path().display()), ""))
}

fn line(id: &str, at: &str) -> String {
    format!("{{\"id\":\"{id}\",\"channel\":\"c\",\"author\":\"u\",\"at\":\"{at}\",\"text\":\"hello\"}}\n")
}

#[test]
fn a_line_has_every_field_of_the_contract() {
    let (origin, messages, error) = told(&fixture("support.jsonl"));
    assert_eq!(error, None);
    let origin = origin.expect("an origin");
    assert_eq!((origin.community.as_str(), origin.name.as_str()), ("support", "support"));
    assert_eq!(messages.len(), 7);
    let answer = &messages[4].message;
    assert_eq!(answer.id, MessageId::from("m5"));
    assert_eq!(answer.at.to_string(), "2026-03-02T09:10:00.25Z");
    assert_eq!((answer.author.as_str(), answer.author_name.as_str()), ("e1", "Nora"));
    assert_eq!(answer.standing, Standing::Employee);
    assert_eq!(answer.reply_to, Some(MessageId::from("m1")));
    assert_eq!(answer.mentions, [UserId::from("u1")]);
    assert_eq!((&answer.thread, answer.label), (&None, None));
    assert_eq!(messages[0].message.label, Some(Label::CustomerService));
    assert_eq!(messages[0].message.standing, Standing::Member);
    assert_eq!(
        (messages[2].message.standing, messages[2].message.author_name.as_str()),
        (Standing::Bot, "b1")
    );
}

#[test]
fn a_discord_channel_tells_its_guild_people_and_replies() {
    let (origin, messages, error) = told(&fixture("discord-channel.json"));
    assert_eq!(error, None);
    let origin = origin.expect("an origin");
    assert_eq!((origin.community.as_str(), origin.name.as_str()), ("1100000000000000001", "Air Azur"));
    assert_eq!(messages.len(), 8);
    assert!(messages.iter().all(|m| m.message.channel == ChannelId::from("1100000000000000010")));
    assert!(messages.iter().all(|m| m.message.thread.is_none()));
    let answer = &messages[5];
    assert_eq!(answer.message.author_name, "Nora (Air Azur)");
    assert_eq!(answer.message.reply_to, Some(MessageId::from("1100000000000100003")));
    assert_eq!(answer.message.mentions, [UserId::from("1100000000000000501")]);
    assert_eq!(answer.roles, [(RoleId::from("1100000000000000901"), "Care".to_owned())]);
}

#[test]
fn bots_and_what_discord_itself_says_are_nobodys_messages() {
    let (_, messages, _) = told(&fixture("discord-channel.json"));
    let bots: Vec<usize> = (0..8).filter(|i| messages[*i].message.standing == Standing::Bot).collect();
    assert_eq!(bots, [0, 1, 6], "the join, the bot, the pin");
    assert_eq!(messages[6].message.reply_to, None, "a pin replies to nothing");
}

#[test]
fn a_discord_thread_belongs_to_its_parent_channel() {
    let (_, messages, error) = told(&fixture("discord-thread.json"));
    assert_eq!(error, None);
    for exported in &messages {
        assert_eq!(exported.message.channel, ChannelId::from("1100000000000000010"));
        assert_eq!(exported.message.thread, Some(ChannelId::from("1100000000000200001")));
    }
}

#[test]
fn the_form_is_known_by_the_content_and_not_by_the_name() {
    let compact = std::fs::read_to_string(fixture("discord-thread.json")).expect("the fixture");
    let compact: serde_json::Value = serde_json::from_str(&compact).expect("JSON");
    // Keys in alphabetical order, on one line: what other tools make of it.
    let (messages, error) = told_of(compact.to_string().as_bytes());
    assert_eq!((messages.len(), error.as_str()), (3, ""));
    let spaced =
        format!("\u{feff}\n  {}\n\n{}", line("1", "2026-03-01T09:00:00Z"), line("2", "2026-03-01T09:00:00Z"));
    let (messages, error) = told_of(spaced.as_bytes());
    assert_eq!((messages.len(), error.as_str()), (2, ""));
}

#[test]
fn a_file_that_breaks_off_tells_what_comes_before_and_where() {
    let whole = line("1", "2026-03-01T09:00:00Z") + &line("2", "2026-03-01T09:01:00Z");
    let (messages, error) = told_of(&whole.as_bytes()[..whole.len() - 12]);
    assert_eq!(messages.len(), 1);
    assert_eq!(
        error,
        "export.x, line 2: the line breaks off: expected one JSON object with id, channel, author, at and text"
    );

    let whole = std::fs::read(fixture("discord-thread.json")).expect("the fixture");
    let third = whole.windows(5).rposition(|w| w == b"Great").expect("the third message");
    let (messages, error) = told_of(&whole[..third + 3]);
    assert_eq!(messages.len(), 2);
    let cut = whole[..third].split(|b| *b == b'\n').count();
    let expected = "the file breaks off here: expected the rest of DiscordChatExporter's JSON";
    assert_eq!(error, format!("export.x, line {cut}: {expected}"));
}

#[test]
fn a_broken_line_is_named_with_what_is_expected() {
    let good = line("1", "2026-03-01T09:00:00Z");
    let expected = "expected one JSON object with id, channel, author, at and text";
    for (bad, what) in [
        ("{\"id\":\"2\",\"channel\":\"c\",\"author\":\"u\",\"text\":\"x\"}", "missing field `at`"),
        ("{\"id\":2,\"channel\":\"c\"}", "invalid type: integer `2`, expected a string"),
        ("{\"id\":\"2\" \"channel\"}", "expected `,` or `}` at column 11"),
        ("hello", "expected value at column 1"),
    ] {
        let (messages, error) = told_of(format!("{good}{bad}\n{good}").as_bytes());
        assert_eq!(messages.len(), 1, "{bad}");
        assert_eq!(error, format!("export.x, line 2: {what}: {expected}"));
    }
    let bad = good.replace("\"text\"", "\"label\":\"spam\",\"text\"");
    let (_, error) = told_of(bad.as_bytes());
    assert!(error.starts_with("export.x, line 1: unknown variant `spam`"), "{error}");
}

#[test]
fn messages_out_of_order_are_named() {
    let text = line("1", "2026-03-01T09:00:00Z") + &line("2", "2026-03-01T08:00:00Z");
    let (messages, error) = told_of(text.as_bytes());
    assert_eq!(messages.len(), 1);
    assert_eq!(
        error,
        "export.x, line 2: this message is of 2026-03-01T08:00:00Z, the one before it of 2026-03-01T09:00:00Z: \
         expected the messages in time order, oldest first"
    );
}

#[test]
fn what_is_no_export_is_told_apart() {
    let forms = "expected one JSON object a line, or DiscordChatExporter's JSON (--format Json)";
    for (text, sentence) in [
        (
            "",
            "export.x holds no message: expected one JSON object a line, or DiscordChatExporter's JSON"
                .to_owned(),
        ),
        (
            " \n",
            "export.x holds no message: expected one JSON object a line, or DiscordChatExporter's JSON"
                .to_owned(),
        ),
        ("<!DOCTYPE html>", format!("export.x is a web page: {forms}")),
        ("[{\"id\":\"1\"}]", format!("export.x is a JSON list: {forms}")),
        ("AuthorID,Author,Date", format!("export.x is no export that Vigie knows: {forms}")),
    ] {
        let (messages, error) = told_of(text.as_bytes());
        assert_eq!((messages.len(), error), (0, sentence), "{text}");
    }
    for slack in [
        read(Path::new(env!("CARGO_MANIFEST_DIR"))).err().map(|e| e.to_string()),
        Some(told_of(b"PK\x03\x04").1),
    ] {
        let sentence = slack.expect("an error");
        assert!(sentence.contains("Slack") && sentence.contains("yet"), "{sentence}");
    }
    let missing = read(Path::new("no-such-file.jsonl")).expect_err("there is none").to_string();
    assert_eq!(missing, "no-such-file.jsonl cannot be opened: there is no such file");
}

#[test]
fn whoever_has_had_enough_is_told_no_more() {
    for name in ["support.jsonl", "discord-channel.json"] {
        let mut count = 0;
        let end = read(&fixture(name)).expect("the fixture").messages(|told| {
            count += usize::from(matches!(told, Told::Message(_)));
            count < 2
        });
        assert_eq!((end, count), (Ok(()), 2), "{name}");
    }
}

/// An export as it may come: whole, cut off, with bytes that are others, or something else altogether.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let whole = select(vec!["support.jsonl", "discord-channel.json", "discord-thread.json"])
        .prop_map(|name| std::fs::read(fixture(name)).expect("the fixture is there"));
    let changes = prop::collection::vec((any::<Index>(), any::<u8>()), 0..4);
    let cut =
        (whole, changes, any::<Index>(), any::<bool>()).prop_map(|(mut bytes, changes, end, is_cut)| {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(if is_cut { end.index(bytes.len()) } else { bytes.len() });
            bytes
        });
    let keys = r#"[{}\[\]":,a-z0-9 \n]{0,200}"#;
    prop_oneof![3 => cut, 1 => prop::collection::vec(any::<u8>(), 0..300), 1 => keys.prop_map(String::into_bytes)]
}

proptest! {
    #[test]
    fn whatever_a_file_holds_it_gives_messages_or_a_sentence(bytes in damaged()) {
        let (messages, sentence) = told_of(&bytes);
        prop_assert!(!messages.is_empty() || !sentence.is_empty());
        prop_assert!(sentence.is_empty() || sentence.starts_with("export.x"), "{}", sentence);
        let is_in_order = messages.windows(2).all(|two| two[0].message.at <= two[1].message.at);
        prop_assert!(is_in_order);
    }
}
