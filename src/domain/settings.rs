//! How one community has set Vigie up: what it watches, which desks answer, who belongs to the staff.
//!
//! Values of these types have been checked (`crate::config::community` reads and checks the file's shape); code that
//! holds one need not ask again whether a pattern compiles or a time zone exists.

use serde::{Deserialize, Serialize};

use super::hours::Hours;
use super::ids::{ChannelId, CommunityId, RoleId, UserId};
use super::label::{Label, Route};
use super::message::Standing;
use super::time::{Span, TimeZone, Timestamp, civil, from_milliseconds};

/// Everything that is set up for one community.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The community itself.
    pub community: Community,
    /// Channels whose messages are judged.
    pub watches: Vec<Watch>,
    /// The desks, at most one a route.
    pub desks: Vec<Desk>,
    /// Roles, beside the desks' own, whose holders are employees.
    pub staff: Vec<RoleId>,
    /// Rules that are tried before the model, in order.
    pub rules: Vec<Rule>,
    /// Who knows what.
    pub experts: Vec<Expert>,
}

/// The `[community]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct Community {
    /// Which platform it lives on.
    pub platform: Platform,
    /// The platform's id of it.
    pub id: CommunityId,
    /// What people call it.
    pub name: String,
    /// What the bot speaks to employees.
    pub language: Language,
    /// Where its days begin and its desks open.
    pub timezone: TimeZone,
    /// The role told of escalations, crises and digests.
    pub coordinator: Option<RoleId>,
    /// Where the coordinator reads; the first desk's channel when absent.
    pub coordinator_channel: Option<ChannelId>,
    /// Message texts are erased after so many days.
    pub retention_days: u32,
    /// A miss against a needless ping.
    pub sensitivity: Sensitivity,
    /// A member's further messages join the request within this time.
    pub merge_window: Span,
    /// How often a language model may be asked in a day about this community's messages; 0 for never.
    pub second_readings_per_day: u32,
    /// How far back is read, from the newest message, what was written while nobody listened.
    pub backfill_age: Span,
    /// How many messages of a channel or thread are read back at most.
    pub backfill_messages: u32,
}

/// Where a community lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// A Discord guild.
    Discord,
    /// A Slack workspace.
    Slack,
    /// The built-in playground.
    Playground,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Discord, Self::Slack, Self::Playground];
}

/// A language in which Vigie speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// What weighs more: a missed request or a needless ping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    /// Rather one ping too many.
    Eager,
    /// In between.
    #[default]
    Balanced,
    /// Rather one ping too few.
    Quiet,
}

/// A watched channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// The channel; its threads and forum posts are watched with it.
    pub channel: ChannelId,
    /// How a request is tagged on the member's message.
    pub tag: Tag,
    /// When the member is told when to expect an answer.
    pub acknowledge: Acknowledge,
}

/// How a request is tagged on the member's message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// A reaction on the message.
    #[default]
    Reaction,
    /// A tag on the forum post.
    ForumTag,
    /// Not at all.
    None,
}

/// When the member is told when to expect an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledge {
    /// Never.
    #[default]
    Never,
    /// While the desk is closed.
    OffHours,
    /// For each request.
    Always,
}

/// The team that answers one route.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// What it answers.
    pub route: Route,
    /// The internal channel where its cards appear.
    pub channel: ChannelId,
    /// The role that is pinged; its holders are employees.
    pub role: RoleId,
    /// When it answers.
    pub hours: Hours,
    /// Days on which it does not, in the community's time zone.
    pub holidays: Vec<civil::Date>,
    /// Target for the first response, in business time.
    pub first_response: Option<Span>,
    /// Target for the resolution, in business time.
    pub resolution: Option<Span>,
    /// Unclaimed for so long: ping again.
    pub remind_after: Option<Span>,
    /// Claimed but silent for so long: back to the desk.
    pub return_after: Option<Span>,
    /// Above it, pings are bundled.
    pub max_pings_per_hour: u32,
    /// No public tag on the member's message.
    pub discreet: bool,
    /// The role told when a target is about to be missed.
    pub escalate_to: Option<RoleId>,
    /// What whoever answers should keep to.
    pub guidelines: Option<String>,
}

impl Desk {
    /// How many pings an hour a desk gets when nothing else is set.
    pub const MAX_PINGS_PER_HOUR: u32 = 20;

    /// A desk of which nothing else is set: always open, without targets.
    #[must_use]
    pub fn new(route: Route, channel: ChannelId, role: RoleId) -> Self {
        Self {
            route,
            channel,
            role,
            hours: Hours::always(),
            holidays: Vec::new(),
            first_response: None,
            resolution: None,
            remind_after: None,
            return_after: None,
            max_pings_per_hour: Self::MAX_PINGS_PER_HOUR,
            discreet: Self::is_discreet_by_default(route),
            escalate_to: None,
            guidelines: None,
        }
    }

    /// Whether a route's requests are left without a public tag when nothing else is set: who speaks to the press
    /// office is not marked before everybody.
    #[must_use]
    pub const fn is_discreet_by_default(route: Route) -> bool {
        matches!(route, Route::Pr)
    }
}

/// The clock by which a desk's business time is counted. A route without a desk is open at all times.
#[derive(Clone, Copy, Debug)]
pub struct DeskClock<'a> {
    zone: &'a TimeZone,
    desk: Option<&'a Desk>,
}

impl<'a> DeskClock<'a> {
    /// The desk, if there is one.
    #[must_use]
    pub const fn desk(self) -> Option<&'a Desk> {
        self.desk
    }

    /// The time between two points during which the desk is open.
    #[must_use]
    pub fn between(self, from: Timestamp, to: Timestamp) -> Span {
        self.desk.map_or_else(
            || Span::between(from, to),
            |desk| desk.hours.open_time(&desk.holidays, self.zone, from, to),
        )
    }

    /// The first point at which so much opening time has passed; `None` when the desk does not open for that long
    /// within a few years.
    #[must_use]
    pub fn after(self, from: Timestamp, span: Span) -> Option<Timestamp> {
        match self.desk {
            Some(desk) => desk.hours.after(&desk.holidays, self.zone, from, span),
            None => from_milliseconds(from.as_millisecond().saturating_add(span.as_milliseconds())),
        }
    }

    /// Whether the desk is open at this point.
    #[must_use]
    pub fn is_open(self, at: Timestamp) -> bool {
        self.desk.is_none_or(|desk| desk.hours.is_open(&desk.holidays, self.zone, at))
    }

    /// The first point, not before `at`, at which the desk is open; `None` when it does not open for more than a year.
    #[must_use]
    pub fn next_opening(self, at: Timestamp) -> Option<Timestamp> {
        self.desk.map_or(Some(at), |desk| desk.hours.next_opening(&desk.holidays, self.zone, at))
    }
}

/// A rule that is tried before the model.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What a match means; `none` is never a request.
    pub label: Label,
    /// What is looked for.
    pub pattern: regex::Regex,
    /// Only in this channel.
    pub channel: Option<ChannelId>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (self.label, self.pattern.as_str(), &self.channel)
            == (other.label, other.pattern.as_str(), &other.channel)
    }
}

/// Somebody who knows about some topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expert {
    /// Who.
    pub user: UserId,
    /// About what, in words that members use.
    pub topics: Vec<String>,
}

impl Settings {
    /// How long message texts are kept when nothing else is set.
    pub const RETENTION_DAYS: u32 = 365;
    /// How long a member is still being heard when nothing else is set.
    pub const MERGE_WINDOW: Span = Span::minutes(5);
    /// How often a language model may be asked in a day when nothing else is set.
    pub const SECOND_READINGS_PER_DAY: u32 = 500;
    /// How far back is read when nothing else is set: from Friday evening to Monday morning are 63 hours.
    pub const BACKFILL_AGE: Span = Span::minutes(3 * 24 * 60);
    /// How many messages of a channel or thread are read back when nothing else is set: ten calls.
    pub const BACKFILL_MESSAGES: u32 = 1000;

    /// A community of which only the name is known yet: nothing is watched, no desk answers.
    #[must_use]
    pub fn new(platform: Platform, id: CommunityId, name: impl Into<String>) -> Self {
        Self {
            community: Community {
                platform,
                id,
                name: name.into(),
                language: Language::default(),
                timezone: TimeZone::UTC,
                coordinator: None,
                coordinator_channel: None,
                retention_days: Self::RETENTION_DAYS,
                sensitivity: Sensitivity::default(),
                merge_window: Self::MERGE_WINDOW,
                second_readings_per_day: Self::SECOND_READINGS_PER_DAY,
                backfill_age: Self::BACKFILL_AGE,
                backfill_messages: Self::BACKFILL_MESSAGES,
            },
            watches: Vec::new(),
            desks: Vec::new(),
            staff: Vec::new(),
            rules: Vec::new(),
            experts: Vec::new(),
        }
    }

    /// The desk that answers `route`, if there is one.
    #[must_use]
    pub fn desk(&self, route: Route) -> Option<&Desk> {
        self.desks.iter().find(|d| d.route == route)
    }

    /// The clock of the desk that answers `route`.
    #[must_use]
    pub fn clock(&self, route: Route) -> DeskClock<'_> {
        DeskClock { zone: &self.community.timezone, desk: self.desk(route) }
    }

    /// Where the coordinator reads: their own channel, or that of the first desk that there is.
    #[must_use]
    pub fn coordinator_reads(&self) -> Option<&ChannelId> {
        let first_desk =
            || Route::ALL.into_iter().find_map(|route| self.desk(route)).map(|desk| &desk.channel);
        self.community.coordinator_channel.as_ref().or_else(first_desk)
    }

    /// The channels in which employees read: the coordinator's, then the desks'.
    #[must_use]
    pub fn where_employees_read(&self) -> Vec<&ChannelId> {
        let desks = Route::ALL.into_iter().filter_map(|route| self.desk(route)).map(|desk| &desk.channel);
        self.community.coordinator_channel.iter().chain(desks).collect()
    }

    /// Whether employees read in this channel.
    #[must_use]
    pub fn employees_read(&self, channel: &ChannelId) -> bool {
        self.where_employees_read().contains(&channel)
    }

    /// How `channel` is watched, if it is.
    #[must_use]
    pub fn watch(&self, channel: &ChannelId) -> Option<&Watch> {
        self.watches.iter().find(|w| &w.channel == channel)
    }

    /// Whether the holder of these roles may say that a request cannot wait for opening hours: the press office; where
    /// there is none, everybody who answers.
    #[must_use]
    pub fn may_urge(&self, roles: &[RoleId]) -> bool {
        self.desk(Route::Pr).is_none_or(|desk| roles.contains(&desk.role))
    }

    /// What the holder of these roles is to the company.
    pub fn standing<'a>(&self, roles: impl IntoIterator<Item = &'a RoleId>) -> Standing {
        let is_employee =
            roles.into_iter().any(|r| self.staff.contains(r) || self.desks.iter().any(|d| &d.role == r));
        if is_employee { Standing::Employee } else { Standing::Member }
    }

    /// The experts of whose topics one occurs in `text` as whole words, upper and lower case alike.
    #[must_use]
    pub fn experts_on(&self, text: &str) -> Vec<&Expert> {
        let padded = words_of(text);
        let knows = |e: &&Expert| e.topics.iter().any(|t| padded.contains(&words_of(t)));
        self.experts.iter().filter(knows).collect()
    }
}

/// The words of a text in lower case with one space before and after each, so that a search finds whole words only.
fn words_of(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        words.extend(word.chars().flat_map(char::to_lowercase));
        words.push(' ');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expert_is_found_by_whole_words_only() {
        let mut settings = Settings::new(Platform::Playground, "x".into(), "X");
        settings.experts.push(Expert { user: "1".into(), topics: vec!["eSIM".into(), "5 G".into()] });
        assert_eq!(settings.experts_on("Is the ESIM, er, ready?").len(), 1);
        assert_eq!(settings.experts_on("la 5 G arrive").len(), 1);
        assert_eq!(settings.experts_on("resimulate").len(), 0);
    }
}
