//! What differs between two settings, in lines for people.

use toml::Value;

use super::CommunityFile;
use super::sections::{Entry, Section, sections};
use crate::domain::settings::Settings;

/// What is different, a line a key: `desk.customer_service.hours: always open → mon-fri 09:00-18:00`.
///
/// Empty when nothing is. Watches go by their channel, desks by their route, experts by their person, whatever their
/// order; rules by their place, as the first match wins. Without old settings everything is new.
#[must_use]
pub fn changes(old: Option<&Settings>, new: &Settings) -> Vec<String> {
    let old = old.map(|settings| sections(&CommunityFile::from(settings))).unwrap_or_default();
    let new = sections(&CommunityFile::from(new));
    let mut lines = Vec::new();
    for section in &new {
        match old.iter().find(|before| before.name == section.name) {
            Some(before) => lines.extend(differences(before, section)),
            None => lines.extend(additions(section)),
        }
    }
    let is_gone = |before: &&Section| !new.iter().any(|section| section.name == before.name);
    lines.extend(old.iter().filter(is_gone).map(|section| format!("{}: removed", section.name)));
    lines
}

/// A line for each key whose value is another; both sections have all keys, in the same order.
fn differences<'a>(old: &'a Section, new: &'a Section) -> impl Iterator<Item = String> {
    let pairs = old.entries.iter().zip(&new.entries).filter(|(old, new)| old.value != new.value);
    pairs.map(|(old, entry)| format!("{}.{}: {} → {}", new.name, entry.key, shown(old), shown(entry)))
}

/// A line for each key that a new section sets.
fn additions(section: &Section) -> impl Iterator<Item = String> {
    let set = section.entries.iter().filter(|entry| entry.value.is_some());
    set.map(|entry| format!("{}.{}: {} (new)", section.name, entry.key, shown(entry)))
}

/// The value without quotes and on one line.
fn shown(entry: &Entry) -> String {
    let text = match &entry.value {
        None => entry.absent.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    };
    text.replace(char::is_control, " ")
}
