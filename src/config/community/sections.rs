//! A community file as a list of sections, key by key: what is written for people and what changes are told by.

use std::fmt::Write;

use toml::Value;

use super::{CommunityFile, CommunityTable, DeskTable, ExpertTable, RuleTable, StaffTable, WatchTable};
use crate::domain::settings::Settings;

/// One table of the file.
pub(super) struct Section {
    /// As the file heads it.
    header: &'static str,
    /// As changes name it: `desk.pr`, `watch.1100000000000000010`.
    pub(super) name: String,
    /// Its keys in order.
    pub(super) entries: Vec<Entry>,
}

/// One key.
pub(super) struct Entry {
    pub(super) key: &'static str,
    /// `None` where the key is left out.
    pub(super) value: Option<Value>,
    /// What leaving it out means.
    pub(super) absent: &'static str,
    /// What it is for, in a few words; empty where the key says it.
    comment: &'static str,
}

/// Writes settings as a community file; [`super::parse`] reads it back as the same settings.
#[must_use]
pub fn write(settings: &Settings) -> String {
    let mut text = String::from("# Every key is explained in docs/configuration.md.\n");
    for section in sections(&CommunityFile::from(settings)) {
        let lines = section.entries.iter().filter_map(Entry::line).collect::<String>();
        if !lines.is_empty() {
            write!(text, "\n{}\n{lines}", section.header).expect("a string takes everything");
        }
    }
    text
}

impl Entry {
    /// The key's line in the file, if it has one.
    fn line(&self) -> Option<String> {
        let value = self.value.as_ref()?;
        let comment = if self.comment.is_empty() { String::new() } else { format!(" # {}", self.comment) };
        Some(format!("{} = {value}{comment}\n", self.key))
    }
}

/// Every section with every key, those left out included.
pub(super) fn sections(file: &CommunityFile) -> Vec<Section> {
    // Taken apart without `..`, here and below: a new key cannot be forgotten.
    let CommunityFile { community: table, watch, desk, staff, rule, expert } = file;
    let mut sections = vec![community(table)];
    sections.extend(watch.iter().map(watched));
    sections.extend(desk.iter().map(desk_section));
    sections.push(staff_section(staff));
    sections.extend(rule.iter().enumerate().map(|(i, table)| rule_section(i, table)));
    sections.extend(expert.iter().map(expert_section));
    sections
}

fn community(table: &CommunityTable) -> Section {
    let CommunityTable {
        platform,
        id,
        name,
        language,
        timezone,
        coordinator,
        coordinator_channel,
        retention_days,
        sensitivity,
        merge_window,
        second_readings_per_day,
        backfill_age,
        backfill_messages,
    } = table;
    let entries = vec![
        some("platform", platform, ""),
        some("id", id, ""),
        some("name", name, ""),
        text("language", language.as_ref(), "what the bot speaks to employees: en | fr"),
        text("timezone", timezone.as_ref(), ""),
        text("coordinator", coordinator.as_ref(), "role told of escalations, crises and digests"),
        text(
            "coordinator_channel",
            coordinator_channel.as_ref(),
            "where that role reads; the first desk's channel when absent",
        ),
        plain("retention_days", *retention_days, "message texts are erased after this"),
        text("sensitivity", sensitivity.as_ref(), "eager | balanced | quiet"),
        text("merge_window", merge_window.as_ref(), "a member's further messages join the request"),
        plain("second_readings_per_day", *second_readings_per_day, "calls of the language model; 0: none"),
        text("backfill_age", backfill_age.as_ref(), "after a time away: how far back is read"),
        plain("backfill_messages", *backfill_messages, "after a time away: how much of a channel is read"),
    ];
    Section { header: "[community]", name: "community".to_owned(), entries }
}

fn watched(table: &WatchTable) -> Section {
    let WatchTable { channel, tag, acknowledge } = table;
    let entries = vec![
        some("channel", channel, ""),
        text("tag", tag.as_ref(), "reaction | forum_tag | none"),
        text("acknowledge", acknowledge.as_ref(), "never | off_hours | always"),
    ];
    Section { header: "[[watch]]", name: format!("watch.{channel}"), entries }
}

fn desk_section(table: &DeskTable) -> Section {
    let DeskTable {
        route,
        channel,
        role,
        hours,
        holidays,
        first_response,
        resolution,
        remind_after,
        return_after,
        max_pings_per_hour,
        discreet,
        escalate_to,
        guidelines,
    } = table;
    let entries = vec![
        some("route", route, ""),
        some("channel", channel, "where the cards appear"),
        some("role", role, "who is pinged"),
        Entry { absent: "always open", ..text("hours", hours.as_ref(), "") },
        list("holidays", holidays, "closed all day"),
        text("first_response", first_response.as_ref(), "target, in business time"),
        text("resolution", resolution.as_ref(), "target, in business time"),
        text("remind_after", remind_after.as_ref(), "unclaimed: ping again"),
        text("return_after", return_after.as_ref(), "claimed but silent: back to the desk"),
        plain("max_pings_per_hour", *max_pings_per_hour, "above it, pings are bundled"),
        plain("discreet", *discreet, "true: no public tag on the member's message"),
        text("escalate_to", escalate_to.as_ref(), "role told when a target is about to be missed"),
        text("guidelines", guidelines.as_ref(), ""),
    ];
    Section { header: "[[desk]]", name: format!("desk.{route}"), entries }
}

fn staff_section(table: &StaffTable) -> Section {
    let StaffTable { roles } = table;
    let entries = vec![list("roles", roles, "employees, beside the desks' roles")];
    Section { header: "[staff]", name: "staff".to_owned(), entries }
}

fn rule_section(i: usize, table: &RuleTable) -> Section {
    let RuleTable { route, pattern, channel } = table;
    let entries = vec![
        some("route", route, ""),
        some("pattern", pattern, ""),
        Entry { absent: "everywhere", ..text("channel", channel.as_ref(), "only there") },
    ];
    Section { header: "[[rule]]", name: format!("rule[{i}]"), entries }
}

fn expert_section(table: &ExpertTable) -> Section {
    let ExpertTable { user, topics } = table;
    let entries = vec![some("user", user, ""), list("topics", topics, "")];
    Section { header: "[[expert]]", name: format!("expert.{user}"), entries }
}

fn some(key: &'static str, value: &str, comment: &'static str) -> Entry {
    plain(key, Some(value), comment)
}

fn text(key: &'static str, value: Option<&String>, comment: &'static str) -> Entry {
    plain(key, value.map(String::as_str), comment)
}

fn list(key: &'static str, values: &[String], comment: &'static str) -> Entry {
    let value = (!values.is_empty()).then(|| values.to_vec());
    Entry { absent: "none", ..plain(key, value, comment) }
}

fn plain(key: &'static str, value: Option<impl Into<Value>>, comment: &'static str) -> Entry {
    Entry { key, value: value.map(Into::into), absent: "not set", comment }
}
