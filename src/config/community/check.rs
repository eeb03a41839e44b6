//! Checks a community file into settings, and writes settings back into the file's shape.
//!
//! A value that is wrong is noted and something stands in for it, so that the rest is still checked; settings only
//! come out when nothing was noted.

use std::collections::BTreeMap;

use super::values::{self, word, word_of};
use super::{
    CommunityFile, CommunityTable, DeskTable, ExpertTable, Mistake, Mistakes, RuleTable, StaffTable,
    WatchTable,
};
use crate::domain::hours::Hours;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::{Label, Route};
use crate::domain::settings::{Community, Desk, Expert, Platform, Rule, Settings, Watch};
use crate::domain::time::{Span, TimeZone};

impl TryFrom<CommunityFile> for Settings {
    type Error = Mistakes;

    fn try_from(file: CommunityFile) -> Result<Self, Mistakes> {
        let CommunityFile { community, watch, desk, staff, rule, expert } = file;
        let mut mistakes = Vec::new();
        let platform = word(&community.platform, "discord, slack or playground");
        let platform = note(&mut mistakes, "community.platform", platform);
        // Of an unknown platform's ids only what every platform asks for can be checked.
        let mut check = Check { platform: platform.unwrap_or(Platform::Playground), mistakes };
        let settings = Self {
            community: check.community(&community),
            watches: check.watches(&watch),
            desks: check.desks(&desk, &watch),
            staff: check.staff(&staff),
            rules: check.rules(&rule),
            experts: check.experts(&expert),
        };
        if check.mistakes.is_empty() { Ok(settings) } else { Err(Mistakes(check.mistakes)) }
    }
}

/// The value, or the mistake noted.
fn note<T>(mistakes: &mut Vec<Mistake>, place: impl Into<String>, value: Result<T, String>) -> Option<T> {
    value.map_err(|what| mistakes.push(Mistake { place: place.into(), what })).ok()
}

/// What has been found wrong so far.
struct Check {
    platform: Platform,
    mistakes: Vec<Mistake>,
}

impl Check {
    fn community(&mut self, table: &CommunityTable) -> Community {
        let at = |key: &str| format!("community.{key}");
        self.id(at("id"), &table.id);
        self.take(at("name"), values::name(&table.name));
        let language = table.language.as_deref().map(|text| word(text, "en or fr"));
        let sensitivity = table.sensitivity.as_deref().map(|text| word(text, "eager, balanced or quiet"));
        Community {
            platform: self.platform,
            id: table.id.as_str().into(),
            name: table.name.clone(),
            language: self.maybe(at("language"), language).unwrap_or_default(),
            timezone: self
                .maybe(at("timezone"), table.timezone.as_deref().map(values::timezone))
                .unwrap_or(TimeZone::UTC),
            coordinator: self.role(at("coordinator"), table.coordinator.as_deref()),
            coordinator_channel: table.coordinator_channel.as_deref().map(|text| {
                self.id(at("coordinator_channel"), text);
                text.into()
            }),
            retention_days: self
                .maybe(at("retention_days"), table.retention_days.map(values::retention_days))
                .unwrap_or(Settings::RETENTION_DAYS),
            sensitivity: self.maybe(at("sensitivity"), sensitivity).unwrap_or_default(),
            merge_window: self
                .maybe(at("merge_window"), table.merge_window.as_deref().map(values::merge_window))
                .unwrap_or(Settings::MERGE_WINDOW),
            second_readings_per_day: self
                .maybe(
                    at("second_readings_per_day"),
                    table.second_readings_per_day.map(values::second_readings),
                )
                .unwrap_or(Settings::SECOND_READINGS_PER_DAY),
            backfill_age: self
                .maybe(at("backfill_age"), table.backfill_age.as_deref().map(values::backfill_age))
                .unwrap_or(Settings::BACKFILL_AGE),
            backfill_messages: self
                .maybe(at("backfill_messages"), table.backfill_messages.map(values::backfill_messages))
                .unwrap_or(Settings::BACKFILL_MESSAGES),
        }
    }

    fn watches(&mut self, tables: &[WatchTable]) -> Vec<Watch> {
        let mut seen = Seen::in_list("watch", "channel");
        let mut watches = Vec::new();
        for (i, table) in tables.iter().enumerate() {
            let at = |key: &str| format!("watch[{i}].{key}");
            self.id(at("channel"), &table.channel);
            self.take(at("channel"), seen.once(i, &table.channel));
            let tag = table.tag.as_deref().map(|text| word(text, "reaction, forum_tag or none"));
            let acknowledge =
                table.acknowledge.as_deref().map(|text| word(text, "never, off_hours or always"));
            watches.push(Watch {
                channel: table.channel.as_str().into(),
                tag: self.maybe(at("tag"), tag).unwrap_or_default(),
                acknowledge: self.maybe(at("acknowledge"), acknowledge).unwrap_or_default(),
            });
        }
        watches
    }

    fn desks(&mut self, tables: &[DeskTable], watches: &[WatchTable]) -> Vec<Desk> {
        let mut seen = Seen::in_list("desk", "route");
        let mut desks = Vec::new();
        for (i, table) in tables.iter().enumerate() {
            let at = |key: &str| format!("desk[{i}].{key}");
            let route = self.take(at("route"), values::route(&table.route));
            self.take(at("route"), seen.once(i, &table.route));
            self.id(at("channel"), &table.channel);
            if let Some(watch) = watches.iter().position(|watch| watch.channel == table.channel) {
                let what =
                    format!("watch[{watch}] watches it: write an internal channel, cards would be judged");
                self.take::<()>(at("channel"), Err(what));
            }
            self.id(at("role"), &table.role);
            let hours = self.maybe(at("hours"), table.hours.as_deref().map(values::hours));
            let mut holidays = Vec::new();
            for (day, text) in table.holidays.iter().enumerate() {
                holidays.extend(self.take(format!("desk[{i}].holidays[{day}]"), values::date(text)));
            }
            let pings = table.max_pings_per_hour.map(values::max_pings_per_hour);
            let guidelines = table.guidelines.as_deref().map(values::guidelines);
            let route = route.unwrap_or(Route::CustomerService);
            desks.push(Desk {
                route,
                channel: table.channel.as_str().into(),
                role: table.role.as_str().into(),
                hours: hours.unwrap_or_else(Hours::always),
                holidays: values::in_order(holidays),
                first_response: self.span(at("first_response"), table.first_response.as_deref()),
                resolution: self.span(at("resolution"), table.resolution.as_deref()),
                remind_after: self.span(at("remind_after"), table.remind_after.as_deref()),
                return_after: self.span(at("return_after"), table.return_after.as_deref()),
                max_pings_per_hour: self
                    .maybe(at("max_pings_per_hour"), pings)
                    .unwrap_or(Desk::MAX_PINGS_PER_HOUR),
                discreet: table.discreet.unwrap_or(Desk::is_discreet_by_default(route)),
                escalate_to: self.role(at("escalate_to"), table.escalate_to.as_deref()),
                guidelines: self.maybe(at("guidelines"), guidelines),
            });
        }
        desks
    }

    fn staff(&mut self, table: &StaffTable) -> Vec<RoleId> {
        let mut seen = Seen::in_list("staff.roles", "");
        let mut roles = Vec::new();
        for (i, role) in table.roles.iter().enumerate() {
            let place = format!("staff.roles[{i}]");
            self.take(place.clone(), seen.once(i, role));
            roles.extend(self.role(place, Some(role)));
        }
        roles
    }

    fn rules(&mut self, tables: &[RuleTable]) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (i, table) in tables.iter().enumerate() {
            let at = |key: &str| format!("rule[{i}].{key}");
            let label = table.route.parse::<Label>().map_err(|error| error.to_string());
            let label = self.take(at("route"), label);
            let pattern = self.take(at("pattern"), values::pattern(&table.pattern));
            if let Some(channel) = &table.channel {
                self.id(at("channel"), channel);
            }
            let channel = table.channel.as_deref().map(ChannelId::from);
            let rule = label.zip(pattern).map(|(label, pattern)| Rule { label, pattern, channel });
            rules.extend(rule);
        }
        rules
    }

    fn experts(&mut self, tables: &[ExpertTable]) -> Vec<Expert> {
        let mut seen = Seen::in_list("expert", "user");
        let mut experts = Vec::new();
        for (i, table) in tables.iter().enumerate() {
            let at = |key: &str| format!("expert[{i}].{key}");
            self.id(at("user"), &table.user);
            self.take(at("user"), seen.once(i, &table.user));
            if table.topics.is_empty() {
                self.take::<()>(at("topics"), Err(values::no_topics()));
            }
            for (t, topic) in table.topics.iter().enumerate() {
                self.take(format!("expert[{i}].topics[{t}]"), values::topic(topic));
            }
            experts.push(Expert { user: table.user.as_str().into(), topics: table.topics.clone() });
        }
        experts
    }

    fn take<T>(&mut self, place: String, value: Result<T, String>) -> Option<T> {
        note(&mut self.mistakes, place, value)
    }

    fn maybe<T>(&mut self, place: String, value: Option<Result<T, String>>) -> Option<T> {
        value.and_then(|value| self.take(place, value))
    }

    fn id(&mut self, place: String, text: &str) {
        self.take(place, values::id(self.platform, text));
    }

    fn role(&mut self, place: String, text: Option<&str>) -> Option<RoleId> {
        text.map(|text| {
            self.id(place, text);
            text.into()
        })
    }

    fn span(&mut self, place: String, text: Option<&str>) -> Option<Span> {
        self.maybe(place, text.map(values::span))
    }
}

/// Which values a key has had so far in a list where each may occur once.
struct Seen {
    list: &'static str,
    key: &'static str,
    first: BTreeMap<String, usize>,
}

impl Seen {
    fn in_list(list: &'static str, key: &'static str) -> Self {
        Self { list, key, first: BTreeMap::new() }
    }

    fn once(&mut self, i: usize, text: &str) -> Result<(), String> {
        let Self { list, key, .. } = *self;
        let first = *self.first.entry(text.to_owned()).or_insert(i);
        if first == i {
            return Ok(());
        }
        let dot = if key.is_empty() { "" } else { "." };
        Err(format!("`{text}` is {list}[{first}]{dot}{key} already: write each once"))
    }
}

impl From<&Settings> for CommunityFile {
    fn from(settings: &Settings) -> Self {
        let Settings { community, watches, desks, staff, rules, experts } = settings;
        Self {
            community: CommunityTable::from(community),
            watch: watches.iter().map(WatchTable::from).collect(),
            desk: desks.iter().map(DeskTable::from).collect(),
            staff: StaffTable { roles: staff.iter().map(ToString::to_string).collect() },
            rule: rules.iter().map(RuleTable::from).collect(),
            expert: experts.iter().map(ExpertTable::from).collect(),
        }
    }
}

impl From<&Community> for CommunityTable {
    fn from(community: &Community) -> Self {
        Self {
            platform: word_of(&community.platform),
            id: community.id.to_string(),
            name: community.name.clone(),
            language: Some(word_of(&community.language)),
            timezone: Some(community.timezone.iana_name().unwrap_or("UTC").to_owned()),
            coordinator: community.coordinator.as_ref().map(ToString::to_string),
            coordinator_channel: community.coordinator_channel.as_ref().map(ToString::to_string),
            retention_days: Some(community.retention_days.into()),
            sensitivity: Some(word_of(&community.sensitivity)),
            merge_window: Some(community.merge_window.to_string()),
            // No words of the contract's file: written where somebody chose them.
            second_readings_per_day: Some(community.second_readings_per_day)
                .filter(|number| *number != Settings::SECOND_READINGS_PER_DAY)
                .map(Into::into),
            backfill_age: Some(community.backfill_age)
                .filter(|age| *age != Settings::BACKFILL_AGE)
                .map(|age| age.to_string()),
            backfill_messages: Some(community.backfill_messages)
                .filter(|number| *number != Settings::BACKFILL_MESSAGES)
                .map(Into::into),
        }
    }
}

impl From<&Watch> for WatchTable {
    fn from(watch: &Watch) -> Self {
        Self {
            channel: watch.channel.to_string(),
            tag: Some(word_of(&watch.tag)),
            acknowledge: Some(word_of(&watch.acknowledge)),
        }
    }
}

impl From<&Desk> for DeskTable {
    fn from(desk: &Desk) -> Self {
        let span = |span: &Option<Span>| span.map(|span| span.to_string());
        Self {
            route: desk.route.to_string(),
            channel: desk.channel.to_string(),
            role: desk.role.to_string(),
            hours: (!desk.hours.is_always()).then(|| desk.hours.to_string()),
            holidays: desk.holidays.iter().map(ToString::to_string).collect(),
            first_response: span(&desk.first_response),
            resolution: span(&desk.resolution),
            remind_after: span(&desk.remind_after),
            return_after: span(&desk.return_after),
            max_pings_per_hour: Some(desk.max_pings_per_hour.into()),
            discreet: Some(desk.discreet),
            escalate_to: desk.escalate_to.as_ref().map(ToString::to_string),
            guidelines: desk.guidelines.clone(),
        }
    }
}

impl From<&Rule> for RuleTable {
    fn from(rule: &Rule) -> Self {
        Self {
            route: rule.label.to_string(),
            pattern: rule.pattern.as_str().to_owned(),
            channel: rule.channel.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Expert> for ExpertTable {
    fn from(expert: &Expert) -> Self {
        Self { user: expert.user.to_string(), topics: expert.topics.clone() }
    }
}
