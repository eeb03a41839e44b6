//! Reads what Discord sends when somebody runs a command.
//!
//! Discord has checked the shapes against the definitions; what still does not fit (an old client, a command of
//! an older Vigie) reads as nothing, and whoever asked is told so.

use serenity::model::application::{CommandDataOption, CommandDataOptionValue as Given};

use crate::commands::{self, Command, DeskChange, Period, RequestRef};
use crate::domain::ids::{ChannelId, MessageId, RoleId, UserId};
use crate::domain::label::Route;
use crate::domain::lesson::Week;
use crate::domain::settings::{Acknowledge, Language, Tag};
use crate::stats::export::Format;

/// The command of that name with these options; `None` when it is none of ours.
#[must_use]
pub fn read(name: &str, options: &[CommandDataOption]) -> Option<Command> {
    let (sub, given) = match options {
        [CommandDataOption { name, value: Given::SubCommand(options), .. }] => {
            (name.as_str(), Options(options))
        }
        options => ("", Options(options)),
    };
    match (name, sub) {
        ("watch", "add") => Some(Command::WatchAdd {
            channel: given.channel("channel")?,
            tag: given.choice("tag", tag)?,
            acknowledge: given.choice("acknowledge", acknowledge)?,
        }),
        ("watch", "remove") => Some(Command::WatchRemove { channel: given.channel("channel")? }),
        ("watch", "list") => Some(Command::WatchList),
        ("watch", "limits") => Some(Command::WatchLimits {
            age: given.text("age").map(str::to_owned),
            messages: given.number("messages"),
        }),
        ("desk", "set") => Some(Command::DeskSet(Box::new(desk_change(&given)?))),
        ("desk", "remove") => Some(Command::DeskRemove { route: given.route()?? }),
        ("desk", "list") => Some(Command::DeskList),
        ("rule", "add") => Some(Command::RuleAdd {
            label: given.text("route")?.parse().ok()?,
            pattern: given.text("pattern")?.to_owned(),
            channel: given.channel("channel"),
        }),
        ("rule", "remove") => {
            Some(Command::RuleRemove { number: usize::try_from(given.number("number")?).ok()? })
        }
        ("rule", "test") => Some(Command::RuleTest {
            label: given.text("route")?.parse().ok()?,
            pattern: given.text("pattern")?.to_owned(),
            channel: given.channel("channel"),
        }),
        ("rule", "list") => Some(Command::RuleList),
        ("judge", "") => Some(Command::Judge),
        ("audit", "") => Some(Command::Audit { after: None }),
        ("staff", "add") => Some(Command::StaffAdd { role: given.role("role")? }),
        ("staff", "remove") => Some(Command::StaffRemove { role: given.role("role")? }),
        ("staff", "list") => Some(Command::StaffList),
        ("expert", "set") => {
            Some(Command::ExpertSet { user: given.user("user")?, topics: given.text("topics")?.to_owned() })
        }
        ("expert", "remove") => Some(Command::ExpertRemove { user: given.user("user")? }),
        ("expert", "list") => Some(Command::ExpertList),
        ("language", "") => Some(Command::Language {
            language: given.choice("language", language)?,
            timezone: given.text("timezone").map(str::to_owned),
        }),
        ("export", "") => Some(Command::Export {
            from: given.text("from").map(str::to_owned),
            to: given.text("to").map(str::to_owned),
            format: given.choice("format", format)?.unwrap_or_default(),
            texts: given.flag("texts").unwrap_or(false),
        }),
        ("queue", "") => Some(Command::Queue { route: given.route()? }),
        ("stats", "") => Some(Command::Stats {
            period: given.choice("period", period)?.unwrap_or_default(),
            route: given.route()?,
            channel: given.channel("channel"),
            share: given.flag("share").unwrap_or(false),
        }),
        ("request", "") => Some(Command::Request { request: request_ref(given.text("request")?) }),
        ("history", "") => Some(Command::History { member: given.user("member")? }),
        ("privacy", "") => Some(Command::Privacy),
        ("forget", "") => Some(Command::Forget { member: given.user("member")?, is_meant: false }),
        ("handover", "") => Some(Command::Handover { from: given.user("from"), to: given.user("to")? }),
        ("digest", "show") => Some(Command::Digest),
        ("digest", "set") => {
            Some(Command::DigestSet { channel: given.channel("channel"), role: given.role("role") })
        }
        ("why", "") => Some(Command::Why { request: request_ref(given.text("request")?) }),
        (_, _) => None,
    }
}

/// What a button below an answer asks for: `vigie:WORD:REST`.
#[must_use]
pub fn pressed(word: &str, rest: &str) -> Option<Command> {
    if word == "handover" {
        let (from, to) = commands::accepted(rest)?;
        return Some(Command::HandoverAccept { from, to });
    }
    match (word, rest.split_once(':')) {
        ("claims", None) => (!rest.is_empty()).then(|| Command::HandoverMessages { from: UserId::new(rest) }),
        ("privacy", Some(("ask", of))) => {
            Some(Command::EraseMine { member: UserId::new(of), is_meant: false })
        }
        ("privacy", Some(("erase", of))) => {
            Some(Command::EraseMine { member: UserId::new(of), is_meant: true })
        }
        ("forget", Some(("them", who))) => Some(Command::Forget { member: UserId::new(who), is_meant: true }),
        ("audit", None) => (rest == "begin").then_some(Command::Audit { after: None }),
        ("audit", Some(("skip", message))) => Some(Command::Audit { after: Some(MessageId::new(message)) }),
        ("audit", Some((label, message))) => {
            Some(Command::AuditSay { message: MessageId::new(message), label: label.parse().ok()? })
        }
        ("judge", Some((undo, week))) => {
            let is_meant = match undo {
                "undo" => false,
                "undo!" => true,
                _ => return None,
            };
            Some(Command::JudgeUndo { week: Week::parse(week)?, is_meant })
        }
        (_, _) => None,
    }
}

fn desk_change(given: &Options<'_>) -> Option<DeskChange> {
    let text = |name| given.text(name).map(str::to_owned);
    Some(DeskChange {
        route: Some(given.route()??),
        channel: given.channel("channel"),
        role: given.role("role"),
        hours: text("hours"),
        holidays: text("holidays"),
        first_response: text("first_response"),
        resolution: text("resolution"),
        remind_after: text("remind_after"),
        return_after: text("return_after"),
        max_pings_per_hour: given.number("max_pings_per_hour").and_then(|n| u32::try_from(n).ok()),
        discreet: given.flag("discreet"),
        escalate_to: given.role("escalate_to"),
        guidelines: text("guidelines"),
    })
}

/// What a person wrote to name a request: a link to a message, a message's id, or the request's own id, whole or its
/// last characters, with or without the `#` that cards show.
#[must_use]
pub fn request_ref(text: &str) -> RequestRef {
    /// Discord's ids have 17 digits since 2015 and will have 20 at most.
    const SNOWFLAKE: std::ops::RangeInclusive<usize> = 17..=20;
    let text = text.trim();
    let last = text.rsplit('/').next().unwrap_or(text);
    if SNOWFLAKE.contains(&last.len()) && last.bytes().all(|b| b.is_ascii_digit()) {
        return RequestRef::Message(MessageId::new(last));
    }
    RequestRef::Id(text.trim_start_matches('#').to_ascii_uppercase())
}

fn tag(word: &str) -> Option<Tag> {
    match word {
        "reaction" => Some(Tag::Reaction),
        "forum_tag" => Some(Tag::ForumTag),
        "none" => Some(Tag::None),
        _ => None,
    }
}

fn acknowledge(word: &str) -> Option<Acknowledge> {
    match word {
        "never" => Some(Acknowledge::Never),
        "off_hours" => Some(Acknowledge::OffHours),
        "always" => Some(Acknowledge::Always),
        _ => None,
    }
}

fn language(word: &str) -> Option<Language> {
    match word {
        "en" => Some(Language::En),
        "fr" => Some(Language::Fr),
        _ => None,
    }
}

fn format(word: &str) -> Option<Format> {
    match word {
        "csv" => Some(Format::Csv),
        "jsonl" => Some(Format::Jsonl),
        _ => None,
    }
}

fn period(word: &str) -> Option<Period> {
    match word {
        "today" => Some(Period::Today),
        "7d" => Some(Period::SevenDays),
        "30d" => Some(Period::ThirtyDays),
        "month" => Some(Period::Month),
        "all" => Some(Period::All),
        _ => None,
    }
}

/// The options that were given, by name.
struct Options<'a>(&'a [CommandDataOption]);

impl<'a> Options<'a> {
    fn value(&self, name: &str) -> Option<&'a Given> {
        self.0.iter().find(|option| option.name == name).map(|option| &option.value)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.value(name)?.as_i64()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    fn channel(&self, name: &str) -> Option<ChannelId> {
        self.value(name)?.as_channel_id().map(|id| ChannelId::new(id.to_string()))
    }

    fn role(&self, name: &str) -> Option<RoleId> {
        self.value(name)?.as_role_id().map(|id| RoleId::new(id.to_string()))
    }

    fn user(&self, name: &str) -> Option<UserId> {
        self.value(name)?.as_user_id().map(|id| UserId::new(id.to_string()))
    }

    /// What was chosen: `Some(None)` when nothing was, `None` when it is no choice of ours.
    #[expect(clippy::option_option, reason = "not given and not understood are two things")]
    fn choice<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
        self.text(name).map_or(Some(None), |word| read(word).map(Some))
    }

    #[expect(clippy::option_option, reason = "not given and not understood are two things")]
    fn route(&self) -> Option<Option<Route>> {
        self.choice("route", |word| word.parse().ok())
    }
}
