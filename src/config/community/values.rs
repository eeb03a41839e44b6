//! One value each, as people type it: in the community file or as an option of a command.
//!
//! Every function gives the checked value, or a sentence that says what is wrong and what is expected. The sentence
//! does not name the key: whoever asked knows it.

use std::ops::RangeInclusive;

use jiff::tz::TimeZoneDatabase;
use regex::{Regex, RegexBuilder};
use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error as WordError};

use crate::domain::hours::Hours;
use crate::domain::label::Route;
use crate::domain::settings::Platform;
use crate::domain::time::{Span, TimeZone, civil};

/// Bytes that a compiled pattern may take.
pub const PATTERN_SIZE: usize = 1 << 20;
/// Characters that a pattern may have.
pub const PATTERN_LENGTH: usize = 1000;
/// Characters that the name of a community may have; Discord's own limit.
pub const NAME_LENGTH: usize = 100;
/// Characters that a desk's guidelines may have; they have to fit a field of a card.
pub const GUIDELINES_LENGTH: usize = 1000;
/// Characters that a topic may have.
pub const TOPIC_LENGTH: usize = 100;
/// The longest time during which a member's messages join one request.
pub const LONGEST_MERGE_WINDOW: Span = Span::minutes(60);
/// How far back may be read.
pub const BACKFILL_AGE: RangeInclusive<Span> = Span::minutes(1)..=Span::minutes(30 * 24 * 60);
/// How many messages of a channel may be read back; the least is what one call gives.
pub const BACKFILL_MESSAGES: RangeInclusive<u32> = 100..=100_000;

/// Opening hours, `mon-fri 09:00-18:00, sat 10:00-13:00`.
///
/// # Errors
/// A sentence.
pub fn hours(text: &str) -> Result<Hours, String> {
    Hours::parse(text).map_err(|error| error.to_string())
}

/// A day, `2026-12-25`.
///
/// # Errors
/// A sentence.
pub fn date(text: &str) -> Result<civil::Date, String> {
    let text = text.trim();
    let date = text.parse().ok().filter(|date: &civil::Date| date.to_string() == text);
    date.ok_or_else(|| format!("`{text}` is no date: write it like 2026-12-25"))
}

/// Days, `2026-12-25, 2027-01-01`, given back in order and each once; no text is no days.
///
/// # Errors
/// A sentence about the first that is no date.
pub fn holidays(text: &str) -> Result<Vec<civil::Date>, String> {
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    Ok(in_order(texts.map(date).collect::<Result<_, _>>()?))
}

/// Dates in order and each once, as settings hold them.
#[must_use]
pub fn in_order(mut dates: Vec<civil::Date>) -> Vec<civil::Date> {
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// A length of time, `30m`, `8h`, `1h30m`; a target or a deadline, so never none.
///
/// # Errors
/// A sentence.
pub fn span(text: &str) -> Result<Span, String> {
    match Span::parse(text)? {
        Span::ZERO => Err(format!("`{text}` is no time at all: write at least 1s, or leave it out")),
        span => Ok(span),
    }
}

/// How long a member is still being heard: up to an hour, `0s` for not at all.
///
/// # Errors
/// A sentence.
pub fn merge_window(text: &str) -> Result<Span, String> {
    let span = Span::parse(text)?;
    if span > LONGEST_MERGE_WINDOW {
        return Err(format!("`{text}` is too long: write at most {LONGEST_MERGE_WINDOW}"));
    }
    Ok(span)
}

/// How far back is read what was written while nobody listened: from a minute to 30 days.
///
/// # Errors
/// A sentence.
pub fn backfill_age(text: &str) -> Result<Span, String> {
    let age = Span::parse(text)?;
    if !BACKFILL_AGE.contains(&age) {
        return Err(format!("`{text}` is out of range: write a time from 1m to 30d"));
    }
    Ok(age)
}

/// How many messages of a channel are read back at most: 100, which is one call, to 100000.
///
/// # Errors
/// A sentence.
pub fn backfill_messages(number: i64) -> Result<u32, String> {
    let checked = u32::try_from(number).ok().filter(|number| BACKFILL_MESSAGES.contains(number));
    checked.ok_or_else(|| format!("{number} is out of range: write a number from 100 to 100000"))
}

/// A time zone of the IANA database that is compiled in, so that a name means the same on every machine.
///
/// # Errors
/// A sentence.
pub fn timezone(text: &str) -> Result<TimeZone, String> {
    let zone = TimeZoneDatabase::bundled().get(text.trim()).ok().filter(|zone| zone.iana_name().is_some());
    zone.ok_or_else(|| format!("`{text}` is no time zone: write an IANA name like Europe/Paris or UTC"))
}

/// The regular expression of a rule.
///
/// # Errors
/// A sentence.
pub fn pattern(text: &str) -> Result<Regex, String> {
    if text.is_empty() {
        return Err(
            "the pattern is empty and would match every message: write a regular expression".to_owned()
        );
    }
    at_most(PATTERN_LENGTH, text)?;
    RegexBuilder::new(text).size_limit(PATTERN_SIZE).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            format!("`{text}` takes too much memory: use smaller repetitions, [a-z] instead of \\w")
        }
        // The last line of the message names the reason, those before it draw where.
        error => {
            let message = error.to_string();
            let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("`{text}` is no regular expression: {reason}")
        }
    })
}

/// Topics, `5G, roaming, eSIM`.
///
/// # Errors
/// A sentence.
pub fn topics(text: &str) -> Result<Vec<String>, String> {
    let topics = text.split(',').map(str::trim).filter(|topic| !topic.is_empty());
    let topics: Vec<String> = topics.map(topic).collect::<Result<_, _>>()?;
    if topics.is_empty() { Err(no_topics()) } else { Ok(topics) }
}

/// One topic: words that members use.
///
/// # Errors
/// A sentence.
pub fn topic(text: &str) -> Result<String, String> {
    if !text.chars().any(char::is_alphanumeric) {
        return Err(format!("`{text}` has no letter or digit: write words that members use, like roaming"));
    }
    one_line(TOPIC_LENGTH, text)
}

/// What is said when somebody is an expert on nothing.
pub(super) fn no_topics() -> String {
    "there are no topics: write at least one, like roaming".to_owned()
}

/// What people call the community.
///
/// # Errors
/// A sentence.
pub fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("the name is empty: write what people call the community".to_owned());
    }
    one_line(NAME_LENGTH, text)
}

/// What whoever answers at a desk should keep to.
///
/// # Errors
/// A sentence.
pub fn guidelines(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("the guidelines are empty: write some, or leave them out".to_owned());
    }
    at_most(GUIDELINES_LENGTH, text).map(str::to_owned)
}

/// After how many days message texts are erased: 1 to 3650.
///
/// # Errors
/// A sentence.
pub fn retention_days(days: i64) -> Result<u32, String> {
    let checked = u32::try_from(days).ok().filter(|days| (1..=3650).contains(days));
    checked.ok_or_else(|| format!("{days} is out of range: write a number of days from 1 to 3650"))
}

/// How often a language model may be asked in a day: 0 to 1000000.
///
/// # Errors
/// A sentence.
pub fn second_readings(number: i64) -> Result<u32, String> {
    let checked = u32::try_from(number).ok().filter(|number| *number <= 1_000_000);
    checked.ok_or_else(|| format!("{number} is out of range: write a number from 0 (never) to 1000000"))
}

/// How many pings an hour a desk may get: 1 to 10000.
///
/// # Errors
/// A sentence.
pub fn max_pings_per_hour(pings: i64) -> Result<u32, String> {
    let checked = u32::try_from(pings).ok().filter(|pings| (1..=10_000).contains(pings));
    checked.ok_or_else(|| format!("{pings} is out of range: write a number from 1 to 10000"))
}

/// The word of a desk's route.
///
/// # Errors
/// A sentence.
pub fn route(text: &str) -> Result<Route, String> {
    text.parse().map_err(|_| format!("`{text}` is no route: write customer_service, product_expert or pr"))
}

/// An id as the platform writes it.
///
/// # Errors
/// A sentence.
pub fn id(platform: Platform, text: &str) -> Result<String, String> {
    let (is_one, expected) = match platform {
        // Digits alone are not enough: an id is a 64-bit number other than 0, written without leading zeros.
        Platform::Discord => (
            text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0') && text.parse::<u64>().is_ok(),
            "Discord's own, up to 20 digits like 1100000000000000001",
        ),
        Platform::Slack => (
            (2..=32).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
            "Slack's own, capital letters and digits like C0123456789",
        ),
        Platform::Playground => (
            !text.is_empty()
                && text.chars().count() <= NAME_LENGTH
                && !text.chars().any(|c| c.is_whitespace() || c.is_control()),
            "a word of at most 100 characters without spaces",
        ),
    };
    if is_one { Ok(text.to_owned()) } else { Err(format!("`{text}` is no id: write {expected}")) }
}

/// One of our words, read as settings and JSON write it; `expected` lists them.
pub(super) fn word<T: DeserializeOwned>(text: &str, expected: &str) -> Result<T, String> {
    let word = T::deserialize(IntoDeserializer::<WordError>::into_deserializer(text));
    word.map_err(|_| format!("`{text}` is not known: write {expected}"))
}

/// The word that [`word`] reads as this value.
pub(super) fn word_of(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned));
    word.expect("our words are variants without fields")
}

/// Text without line breaks, not too long.
fn one_line(longest: usize, text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("it holds a line break or another control character: write one line".to_owned());
    }
    at_most(longest, text).map(str::to_owned)
}

/// Text that is not too long.
fn at_most(longest: usize, text: &str) -> Result<&str, String> {
    let length = text.chars().count();
    if length > longest {
        return Err(format!("it has {length} characters: write at most {longest}"));
    }
    Ok(text)
}
