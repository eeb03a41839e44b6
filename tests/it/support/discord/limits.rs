//! Discord's limits that its published description does not state, or states too widely.
//!
//! They hold without the description too. Each check answers what is wrong, in words for the person who mends it.

use std::collections::BTreeSet;

use serde_json::Value;

/// The characters that a message's text may have; the description says 4000, which only some people's may.
const CONTENT: usize = 2000;
/// The characters that all embeds of a message may have together.
const EMBEDS_TOGETHER: usize = 6000;

type Check = Result<(), String>;

/// Checks a message, a reply or an edit.
pub fn message(body: &Value) -> Check {
    at_most("content", &body["content"], CONTENT)?;
    if let Value::String(nonce) = &body["nonce"] {
        at_most("nonce", &body["nonce"], 25)?;
        if nonce.is_empty() {
            return Err("an empty nonce".to_owned());
        }
    }
    embeds(body["embeds"].as_array().map_or(&[], Vec::as_slice))?;
    components(body["components"].as_array().map_or(&[], Vec::as_slice))?;
    allowed_mentions(&body["allowed_mentions"])
}

fn embeds(embeds: &[Value]) -> Check {
    few("embeds", embeds, 10)?;
    let mut together = 0;
    for embed in embeds {
        let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
        few("fields of an embed", fields, 25)?;
        at_most("an embed's title", &embed["title"], 256)?;
        at_most("an embed's description", &embed["description"], 4096)?;
        at_most("an embed's footer", &embed["footer"]["text"], 2048)?;
        at_most("an embed's author", &embed["author"]["name"], 256)?;
        let texts =
            [&embed["title"], &embed["description"], &embed["footer"]["text"], &embed["author"]["name"]];
        together += texts.into_iter().map(length).sum::<usize>();
        for field in fields {
            required("a field's name", &field["name"], 256)?;
            required("a field's value", &field["value"], 1024)?;
            together += length(&field["name"]) + length(&field["value"]);
        }
    }
    if together > EMBEDS_TOGETHER {
        return Err(format!("the embeds have {together} characters together, {EMBEDS_TOGETHER} are allowed"));
    }
    Ok(())
}

fn components(rows: &[Value]) -> Check {
    few("rows of components", rows, 5)?;
    let mut custom_ids = BTreeSet::new();
    for row in rows {
        if row["type"] != 1 {
            return Err(format!("a component of type {} outside a row", row["type"]));
        }
        let inside = row["components"].as_array().map_or(&[][..], Vec::as_slice);
        let buttons = inside.iter().filter(|component| component["type"] == 2).count();
        match inside.len() - buttons {
            0 if (1..=5).contains(&buttons) => {}
            1 if buttons == 0 => {}
            selects => return Err(format!("a row of {buttons} buttons and {selects} selects")),
        }
        for component in inside {
            if component["type"] == 2 {
                button(component)?;
            } else {
                select(component)?;
            }
            let custom_id = component["custom_id"].as_str().unwrap_or_default();
            if !custom_id.is_empty() && !custom_ids.insert(custom_id) {
                return Err(format!("two components with the custom id {custom_id:?}"));
            }
        }
    }
    Ok(())
}

fn button(button: &Value) -> Check {
    at_most("a button's label", &button["label"], 80)?;
    if length(&button["label"]) == 0 && button["emoji"].is_null() {
        return Err("a button with neither label nor emoji".to_owned());
    }
    if button["style"] == 5 {
        let is_plain_link = button["url"].is_string() && button["custom_id"].is_null();
        return if is_plain_link {
            Ok(())
        } else {
            Err("a link button has a url and no custom id".to_owned())
        };
    }
    required("a button's custom id", &button["custom_id"], 100)
}

fn select(select: &Value) -> Check {
    required("a select's custom id", &select["custom_id"], 100)?;
    at_most("a select's placeholder", &select["placeholder"], 150)?;
    if select["type"] != 3 {
        return Ok(());
    }
    let options = select["options"].as_array().map_or(&[][..], Vec::as_slice);
    few("options of a select", options, 25)?;
    if options.is_empty() {
        return Err("a select without options".to_owned());
    }
    let mut values = BTreeSet::new();
    for option in options {
        required("an option's label", &option["label"], 100)?;
        required("an option's value", &option["value"], 100)?;
        at_most("an option's description", &option["description"], 100)?;
        if !values.insert(option["value"].as_str()) {
            return Err(format!("two options with the value {}", option["value"]));
        }
    }
    Ok(())
}

fn allowed_mentions(allowed: &Value) -> Check {
    for kind in ["users", "roles"] {
        let parsed =
            allowed["parse"].as_array().is_some_and(|kinds| kinds.iter().any(|parsed| parsed == kind));
        let listed = allowed[kind].as_array().map_or(&[][..], Vec::as_slice);
        if parsed && !listed.is_empty() {
            return Err(format!("allowed_mentions both parses {kind} and lists some"));
        }
        few("ids in allowed_mentions", listed, 100)?;
    }
    Ok(())
}

/// Checks the commands of one scope, registered together.
pub fn commands(commands: &[Value]) -> Check {
    let mut names = BTreeSet::new();
    for command in commands {
        let kind = command["type"].as_u64().unwrap_or(1);
        let name = command["name"].as_str().unwrap_or_default();
        if !names.insert((kind, name)) {
            return Err(format!("two commands called {name:?}"));
        }
        if kind != 1 {
            required("a command's name", &command["name"], 32)?;
            if length(&command["description"]) > 0 {
                return Err(format!("the context menu entry {name:?} has a description"));
            }
            continue;
        }
        described(command)?;
        options(command)?;
    }
    Ok(())
}

fn options(of: &Value) -> Check {
    let defined = of["options"].as_array().map_or(&[][..], Vec::as_slice);
    few("options of a command", defined, 25)?;
    let mut names = BTreeSet::new();
    let mut optional_seen = false;
    for option in defined {
        described(option)?;
        let name = option["name"].as_str().unwrap_or_default();
        if !names.insert(name) {
            return Err(format!("two options called {name:?}"));
        }
        if option["type"].as_u64().is_some_and(|kind| kind <= 2) {
            options(option)?;
            continue;
        }
        let is_required = option["required"] == true;
        if is_required && optional_seen {
            return Err(format!("the required option {name:?} comes after an optional one"));
        }
        optional_seen |= !is_required;
        let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
        few("choices of an option", choices, 25)?;
        if !choices.is_empty() && option["autocomplete"] == true {
            return Err(format!("the option {name:?} has choices and autocompletion"));
        }
    }
    Ok(())
}

/// A name in small letters without blanks, and a description, in every language.
fn described(thing: &Value) -> Check {
    let localized =
        |key: &str| thing[key].as_object().into_iter().flat_map(|texts| texts.values()).cloned().collect();
    let mut names: Vec<Value> = localized("name_localizations");
    names.push(thing["name"].clone());
    for name in &names {
        required("a command's or option's name", name, 32)?;
        let name = name.as_str().unwrap_or_default();
        let fits = |c: char| (c.is_alphanumeric() && c.to_lowercase().eq([c])) || "-_'".contains(c);
        if !name.chars().all(fits) {
            return Err(format!("{name:?} is no name for a command or option"));
        }
    }
    let mut descriptions: Vec<Value> = localized("description_localizations");
    descriptions.push(thing["description"].clone());
    descriptions.iter().try_for_each(|text| required("a description", text, 100))
}

fn length(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.chars().count())
}

fn at_most(what: &str, text: &Value, limit: usize) -> Check {
    let has = length(text);
    if has > limit { Err(format!("{what} has {has} characters, {limit} are allowed")) } else { Ok(()) }
}

fn required(what: &str, text: &Value, limit: usize) -> Check {
    if length(text) == 0 {
        return Err(format!("{what} is missing"));
    }
    at_most(what, text, limit)
}

fn few(what: &str, items: &[Value], limit: usize) -> Check {
    let has = items.len();
    if has > limit { Err(format!("{has} {what}, {limit} are allowed")) } else { Ok(()) }
}
