//! The shapes that Discord wants commands in, so that the definitions beside this file read as a table.

use serde_json::{Value, json};
use serenity::model::Permissions;

use crate::domain::label::{Label, Route};
use crate::domain::settings::Language;
use crate::domain::words::Words;

/// A text in English and in French.
pub type Both = (&'static str, &'static str);

/// Discord's types of options.
pub const SUBCOMMAND: u8 = 1;
pub const STRING: u8 = 3;
pub const INTEGER: u8 = 4;
pub const BOOLEAN: u8 = 5;
pub const USER: u8 = 6;
pub const CHANNEL: u8 = 7;
pub const ROLE: u8 = 8;

/// A command that only *Manage Server* shows; the bot refuses others as well.
pub fn administrator(name: Both, about: Both, options: &[Value]) -> Value {
    let mut command = employee(name, about, options);
    command["default_member_permissions"] = json!(Permissions::MANAGE_GUILD.bits());
    command
}

/// A command that everybody sees, and that the bot refuses to those who are no employees.
pub fn employee(name: Both, about: Both, options: &[Value]) -> Value {
    let mut command = named(name, about);
    command["type"] = json!(1);
    command["contexts"] = json!([0]);
    command["integration_types"] = json!([0]);
    command["options"] = json!(options);
    command
}

/// A command that everybody sees, and that answers everybody about themselves.
pub fn everybody(name: Both, about: Both, options: &[Value]) -> Value {
    employee(name, about, options)
}

/// An entry of a message's context menu.
pub fn menu((en, fr): Both) -> Value {
    json!({ "type": 3, "name": en, "name_localizations": { "fr": fr }, "contexts": [0], "integration_types": [0] })
}

pub fn sub(name: Both, about: Both, options: &[Value]) -> Value {
    let mut sub = option(SUBCOMMAND, name, about);
    sub["options"] = json!(options);
    sub
}

pub fn option(kind: u8, name: Both, about: Both) -> Value {
    let mut option = named(name, about);
    option["type"] = json!(kind);
    option
}

pub fn text(name: Both, about: Both) -> Value {
    option(STRING, name, about)
}

pub fn channel(name: Both, about: Both, types: &[u8]) -> Value {
    let mut option = option(CHANNEL, name, about);
    option["channel_types"] = json!(types);
    option
}

pub fn a_role() -> Value {
    option(ROLE, ("role", "rôle"), ("The role", "Le rôle"))
}

pub fn a_user() -> Value {
    option(USER, ("user", "personne"), ("Who", "Qui"))
}

pub fn route(about: Both) -> Value {
    labels(("route", "équipe"), about, &Route::ALL.map(Route::label))
}

/// A label to choose, by its name in either language.
pub fn labels(name: Both, about: Both, labels: &[Label]) -> Value {
    let (en, fr) = (Words::new(Language::En), Words::new(Language::Fr));
    let choices: Vec<_> = labels.iter().map(|l| (l.as_str(), (en.label(*l), fr.label(*l)))).collect();
    choice(name, about, &choices)
}

pub fn choice(name: Both, about: Both, choices: &[(&str, Both)]) -> Value {
    let mut option = text(name, about);
    let choices = choices
        .iter()
        .map(|(value, (en, fr))| json!({ "name": en, "name_localizations": { "fr": fr }, "value": value }));
    option["choices"] = choices.collect();
    option
}

pub fn required(mut option: Value) -> Value {
    option["required"] = json!(true);
    option
}

/// An option for which the bot offers choices while somebody types.
pub fn completed(mut option: Value) -> Value {
    option["autocomplete"] = json!(true);
    option
}

pub fn longest(length: u16, mut option: Value) -> Value {
    option["max_length"] = json!(length);
    option
}

pub fn between((least, most): (u32, u32), mut option: Value) -> Value {
    option["min_value"] = json!(least);
    option["max_value"] = json!(most);
    option
}

fn named((name, nom): Both, (about, description): Both) -> Value {
    json!({
        "name": name,
        "name_localizations": { "fr": nom },
        "description": about,
        "description_localizations": { "fr": description },
    })
}
