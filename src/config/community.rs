//! The community file: how one community's settings are written down, in TOML for people and in JSON for the store.
//!
//! Reading is strict: a key that is not known is refused, and every value is checked into the types of
//! [`crate::domain::settings`]. All mistakes are reported at once, each with its key. Only what is not of the file's
//! shape at all (broken TOML, an unknown or missing key, a number where text belongs) is reported alone, by line.

mod changes;
mod check;
mod sections;
pub mod values;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::settings::Settings;

pub use changes::changes;
pub use sections::write;

/// Reads a community file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str) -> Result<Settings, Mistakes> {
    let file: CommunityFile = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}"));
        Mistakes::one(place, error.message())
    })?;
    Settings::try_from(file)
}

/// Reads what [`to_json`] wrote.
///
/// # Errors
/// Everything that is wrong with it.
pub fn from_json(text: &str) -> Result<Settings, Mistakes> {
    let file: CommunityFile =
        serde_json::from_str(text).map_err(|error| Mistakes::one(String::new(), &error.to_string()))?;
    Settings::try_from(file)
}

/// Writes settings as the store keeps them: the community file as JSON.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "text, numbers and lists always have a JSON form")]
pub fn to_json(settings: &Settings) -> String {
    serde_json::to_string(&CommunityFile::from(settings)).expect("text, numbers and lists have a JSON form")
}

/// Whether settings that were put together elsewhere (by a command) would be taken from a file.
///
/// # Errors
/// Everything that is wrong with them, by the keys of the file.
pub fn check(settings: &Settings) -> Result<(), Mistakes> {
    Settings::try_from(CommunityFile::from(settings)).map(|_| ())
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The key (`desk[0].hours`) or `line 3`; empty when it is the whole text.
    pub place: String,
    /// What is wrong and what is expected.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.what)
        } else {
            write!(f, "{}: {}", self.place, self.what)
        }
    }
}

/// Everything that is wrong with a community's settings, at least one thing; shown one a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(Mistake::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    fn one(place: String, what: &str) -> Self {
        Self(vec![Mistake { place, what: what.trim_end().replace('\n', ", ") }])
    }

    /// One after the other, in the order of the file's sections.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

/// The file's shape, not checked yet. Words, times and ids are still text, so that all of them can be checked before
/// any is complained about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommunityFile {
    community: CommunityTable,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    watch: Vec<WatchTable>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    desk: Vec<DeskTable>,
    #[serde(default)]
    staff: StaffTable,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rule: Vec<RuleTable>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expert: Vec<ExpertTable>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommunityTable {
    platform: String,
    id: String,
    name: String,
    language: Option<String>,
    timezone: Option<String>,
    coordinator: Option<String>,
    coordinator_channel: Option<String>,
    retention_days: Option<i64>,
    sensitivity: Option<String>,
    merge_window: Option<String>,
    second_readings_per_day: Option<i64>,
    backfill_age: Option<String>,
    backfill_messages: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WatchTable {
    channel: String,
    tag: Option<String>,
    acknowledge: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskTable {
    route: String,
    channel: String,
    role: String,
    hours: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<String>,
    first_response: Option<String>,
    resolution: Option<String>,
    remind_after: Option<String>,
    return_after: Option<String>,
    max_pings_per_hour: Option<i64>,
    discreet: Option<bool>,
    escalate_to: Option<String>,
    guidelines: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffTable {
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    route: String,
    pattern: String,
    channel: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpertTable {
    user: String,
    topics: Vec<String>,
}

#[cfg(test)]
mod tests;
