//! The definitions against Discord's limits, its published description, and the reader.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use serenity::model::application::CommandDataOption;

use super::definitions;
use super::read::{read, request_ref};
use super::shape::menu;
use crate::commands::{Audience, Command, RequestRef};
use crate::domain::ids::MessageId;

fn texts<'a>(item: &'a Value, key: &str) -> Vec<&'a str> {
    let localized = item[format!("{key}_localizations").as_str()]["fr"].as_str();
    item[key].as_str().into_iter().chain(localized).collect()
}

fn options(item: &Value) -> &[Value] {
    item["options"].as_array().map_or(&[], Vec::as_slice)
}

/// Every slash command that can be run: its name, its subcommand or nothing, and its options.
fn leaves() -> Vec<(String, String, Vec<Value>)> {
    let mut leaves = Vec::new();
    for command in definitions().iter().filter(|d| d["type"] == 1 && d["name"] != "setup") {
        let name = command["name"].as_str().expect("a name").to_owned();
        if options(command).iter().any(|o| o["type"] == 1) {
            for sub in options(command) {
                leaves.push((
                    name.clone(),
                    sub["name"].as_str().expect("a name").to_owned(),
                    options(sub).to_vec(),
                ));
            }
        } else {
            leaves.push((name, String::new(), options(command).to_vec()));
        }
    }
    leaves
}

/// What Discord sends when somebody gives these options, a choice by its number.
fn given(sub: &str, options: &[Value], choice: usize) -> Vec<CommandDataOption> {
    let values = options.iter().map(|option| {
        let value = match option["type"].as_u64() {
            Some(3) => match option["choices"].as_array() {
                Some(choices) => choices[choice % choices.len()]["value"].clone(),
                None => json!("some text"),
            },
            Some(4) => json!(3),
            Some(5) => json!(true),
            _ => json!("1100000000000000001"),
        };
        json!({ "name": option["name"], "type": option["type"], "value": value })
    });
    let values: Vec<Value> = values.collect();
    let sent =
        if sub.is_empty() { json!(values) } else { json!([{ "name": sub, "type": 1, "options": values }]) };
    serde_json::from_value(sent).expect("the shape that Discord sends")
}

/// The command's name; a new variant makes this fail to compile until it is given one.
const fn name_of(command: &Command) -> (&'static str, &'static str) {
    match command {
        Command::WatchAdd { .. } => ("watch", "add"),
        Command::WatchRemove { .. } => ("watch", "remove"),
        Command::WatchList => ("watch", "list"),
        Command::WatchLimits { .. } => ("watch", "limits"),
        Command::DeskSet(_) => ("desk", "set"),
        Command::DeskRemove { .. } => ("desk", "remove"),
        Command::DeskList => ("desk", "list"),
        Command::RuleAdd { .. } => ("rule", "add"),
        Command::RuleRemove { .. } => ("rule", "remove"),
        Command::RuleList => ("rule", "list"),
        Command::RuleTest { .. } => ("rule", "test"),
        Command::Judge | Command::JudgeUndo { .. } => ("judge", ""),
        Command::Audit { .. } | Command::AuditSay { .. } => ("audit", ""),
        Command::StaffAdd { .. } => ("staff", "add"),
        Command::StaffRemove { .. } => ("staff", "remove"),
        Command::StaffList => ("staff", "list"),
        Command::ExpertSet { .. } => ("expert", "set"),
        Command::ExpertRemove { .. } => ("expert", "remove"),
        Command::ExpertList => ("expert", "list"),
        Command::Language { .. } => ("language", ""),
        Command::Export { .. } => ("export", ""),
        Command::Queue { .. } => ("queue", ""),
        Command::Stats { .. } => ("stats", ""),
        Command::Request { .. } => ("request", ""),
        Command::History { .. } => ("history", ""),
        Command::Why { .. } => ("why", ""),
        Command::Handover { .. } | Command::HandoverAccept { .. } | Command::HandoverMessages { .. } => {
            ("handover", "")
        }
        Command::Privacy | Command::EraseMine { .. } => ("privacy", ""),
        Command::Forget { .. } => ("forget", ""),
        Command::Digest => ("digest", "show"),
        Command::DigestSet { .. } => ("digest", "set"),
    }
}

#[test]
fn every_command_that_is_defined_is_read_and_every_command_there_is_is_defined() {
    let mut reached = BTreeSet::new();
    for (name, sub, options) in leaves() {
        let command = read(&name, &given(&sub, &options, 0));
        let command = command.unwrap_or_else(|| panic!("/{name} {sub} cannot be read"));
        assert_eq!(name_of(&command), (name.as_str(), sub.as_str()));
        reached.insert(name_of(&command));
    }
    // As many as `name_of` has arms.
    assert_eq!(reached.len(), 31, "{reached:?}");
}

#[test]
fn every_option_says_something_and_only_required_ones_have_to_be_given() {
    for (name, sub, options) in leaves() {
        // A choice that nothing given does not mean: of five the first, of two the second.
        let whole = read(&name, &given(&sub, &options, 5));
        for i in 0..options.len() {
            let mut fewer = options.clone();
            let left_out = fewer.remove(i);
            let without = read(&name, &given(&sub, &fewer, 5));
            assert_ne!(without, whole, "/{name} {sub} does not read {}", left_out["name"]);
            assert_eq!(
                without.is_none(),
                left_out["required"] == true,
                "/{name} {sub} without {}",
                left_out["name"]
            );
        }
    }
}

#[test]
fn every_choice_is_understood_as_a_thing_of_its_own() {
    for (name, sub, options) in leaves() {
        for option in options.iter().filter(|o| o["choices"].is_array()) {
            let choices = option["choices"].as_array().map_or(0, Vec::len);
            let read: Vec<Option<Command>> =
                (0..choices).map(|i| read(&name, &given(&sub, &options, i))).collect();
            assert!(read.iter().all(Option::is_some), "/{name} {sub} {}", option["name"]);
            assert!(read.windows(2).all(|two| two[0] != two[1]), "/{name} {sub} {}", option["name"]);
        }
    }
}

#[test]
fn what_is_not_ours_reads_as_nothing() {
    assert_eq!(read("dance", &[]), None);
    assert_eq!(read("watch", &given("dance", &[], 0)), None);
    let route = json!({ "name": "route", "type": 3, "choices": [{ "value": "nowhere" }] });
    assert_eq!(read("queue", &given("", &[route], 0)), None);
}

#[test]
fn administrators_commands_are_hidden_from_others() {
    for (name, sub, options) in leaves() {
        let command = read(&name, &given(&sub, &options, 0)).expect("see above");
        let definitions = definitions();
        let definition = definitions.iter().find(|d| d["name"] == *name).expect("it came from there");
        let is_hidden = definition["default_member_permissions"] == json!(0x20);
        // A coordinator without the permission begins the audit by the button of its invitation.
        let is_for_few = matches!(command.audience(), Audience::Administrators | Audience::Auditors);
        assert_eq!(is_hidden, is_for_few, "/{name}");
    }
    let setup = definitions().into_iter().find(|d| d["name"] == "setup").expect("there is one");
    assert_eq!(setup["default_member_permissions"], json!(0x20));
}

#[test]
fn the_options_of_stats_are_those_of_the_contract() {
    let stats = definitions().into_iter().find(|d| d["name"] == "stats").expect("there is one");
    let names: Vec<_> = options(&stats).iter().map(|o| o["name"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, ["period", "route", "channel", "share"]);
    let periods = options(&stats)[0]["choices"].as_array().expect("choices");
    let periods: Vec<_> = periods.iter().map(|c| c["value"].as_str().unwrap_or_default()).collect();
    assert_eq!(periods, ["today", "7d", "30d", "month", "all"]);
}

/// Discord's documented limits, which its published description leaves out in part.
fn check_limits(item: &Value, is_menu: bool) {
    let names = texts(item, "name");
    assert_eq!(names.len(), 2, "{item} has no French name");
    for name in names {
        assert!((1..=32).contains(&name.chars().count()), "{name}");
        let takes = |c: char| c.is_alphanumeric() || "-_'".contains(c);
        assert!(is_menu || name.chars().all(takes), "{name} has a character that Discord does not take");
        assert!(is_menu || name.to_lowercase() == name, "{name} is not in lower case");
    }
    let descriptions = texts(item, "description");
    assert_eq!(descriptions.len(), if is_menu { 0 } else { 2 }, "{item}");
    assert!(descriptions.iter().all(|d| (1..=100).contains(&d.chars().count())), "{descriptions:?}");
    let choices = item["choices"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(choices.len() <= 25);
    for choice in choices {
        assert!(texts(choice, "name").iter().all(|n| (1..=100).contains(&n.chars().count())), "{choice}");
        assert_eq!(texts(choice, "name").len(), 2, "{choice} has no French name");
    }
    assert!(choices.is_empty() || item["autocomplete"] != true, "{item} has choices and asks for more");
    let options = options(item);
    assert!(options.len() <= 25);
    let required: Vec<bool> = options.iter().map(|o| o["required"] == true).collect();
    assert!(
        required.windows(2).all(|two| two[0] || !two[1]),
        "{} wants required options first",
        item["name"]
    );
    for key in ["name", "name_localizations"] {
        let of =
            |o: &Value| if key == "name" { o["name"].clone() } else { o["name_localizations"]["fr"].clone() };
        let unique: BTreeSet<String> = options.iter().map(|o| of(o).to_string()).collect();
        assert_eq!(unique.len(), options.len(), "{} has two options of one name", item["name"]);
    }
    for option in options {
        check_limits(option, false);
    }
}

/// The characters that count towards a command's 8000: of each text the longest version.
fn weight(item: &Value) -> usize {
    let longest = |key| texts(item, key).iter().map(|t| t.chars().count()).max().unwrap_or(0);
    let choices = item["choices"].as_array().map_or(0, |choices| {
        choices.iter().map(|c| weight(c) + c["value"].as_str().map_or(0, |v| v.chars().count())).sum()
    });
    longest("name") + longest("description") + choices + options(item).iter().map(weight).sum::<usize>()
}

#[test]
fn the_definitions_keep_to_discords_limits() {
    let all = definitions();
    for definition in &all {
        check_limits(definition, definition["type"] == 3);
        assert!(weight(definition) <= 8000, "{} weighs {}", definition["name"], weight(definition));
        assert_eq!(definition["contexts"], json!([0]), "only in a guild");
    }
    assert!(all.iter().filter(|d| d["type"] == 3).count() <= 15);
    let names: BTreeSet<String> = all.iter().map(|d| d["name"].to_string()).collect();
    assert_eq!(names.len(), all.len());
}

#[test]
fn the_definitions_are_what_discords_published_description_takes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/discord-openapi.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("IGNORED: {path} is not there, nothing was compared with Discord's description");
        return;
    };
    let mut spec: Value = serde_json::from_str(&text).expect("the description is JSON");
    spec["$ref"] = json!("#/components/schemas/ApplicationCommandUpdateRequest");
    let schema = jsonschema::validator_for(&spec).expect("the description is a schema");
    for definition in definitions() {
        let wrong: Vec<String> = schema.iter_errors(&definition).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", definition["name"]);
    }
    assert!(
        !schema.is_valid(&menu(("a name that is longer than Discord takes", "x"))),
        "the schema says nothing"
    );
}

#[test]
fn a_request_is_named_by_its_id_or_by_a_message() {
    let message = RequestRef::Message(MessageId::new("1100000000000000077"));
    for text in ["1100000000000000077", " https://discord.com/channels/1/2/1100000000000000077 "] {
        assert_eq!(request_ref(text), message, "{text}");
    }
    assert_eq!(request_ref("#abc123"), RequestRef::Id("ABC123".to_owned()));
    assert_eq!(request_ref("123456"), RequestRef::Id("123456".to_owned()));
}
