//! Choices for what somebody is typing: requests, rules, time zones.
//!
//! Desks, labels and periods need none: their choices are part of the command's definition. Whoever may not run the
//! command is offered nothing.

use std::time::Duration;

use jiff::tz::TimeZoneDatabase;
use serde_json::{Value, json};
use serenity::model::application::CommandData;

use super::super::escape::{clean, plain};
use super::asker::Asker;
use super::call::Call;
use crate::domain::request::{Request, Status};
use crate::domain::settings::Settings;
use crate::domain::words::Words;
use crate::store::{Page, RequestFilter};

/// Discord's limit for choices.
const CHOICES: usize = 25;
/// Discord's limit for a choice's name.
const NAME: usize = 100;
/// How much of a member's name is shown.
const AUTHOR: usize = 30;
/// How much of what a member wrote is shown.
const FIRST_WORDS: usize = 80;
/// How many of the newest requests are searched.
const REQUESTS: u32 = 100;
/// No choices are better than choices that come too late.
const IN_TIME: Duration = Duration::from_secs(2);

/// Offers choices; none when there is nothing to offer.
pub async fn answer(call: &Call<'_>, data: &CommandData) {
    let choices = tokio::time::timeout(IN_TIME, choices(call, data)).await.unwrap_or_default();
    call.complete(choices).await;
}

async fn choices(call: &Call<'_>, data: &CommandData) -> Vec<Value> {
    let Some(focused) = data.autocomplete() else { return Vec::new() };
    match (data.name.as_str(), focused.name) {
        ("request" | "why", "request") => requests(call, focused.value).await,
        ("rule", "number") => match Asker::administrator(call).await {
            Ok(Asker { known: Some(known), words, .. }) => rules(&known.settings, words, focused.value),
            Ok(_) | Err(_) => Vec::new(),
        },
        ("language", "timezone") => time_zones(focused.value),
        (command, option) => {
            tracing::warn!(
                command,
                option,
                "discord.interaction.unknown: choices for an option that has none"
            );
            Vec::new()
        }
    }
}

/// The requests that are not closed and match what was typed, newest first.
async fn requests(call: &Call<'_>, typed: &str) -> Vec<Value> {
    let Ok(asker) = Asker::employee(call).await else { return Vec::new() };
    let filter = RequestFilter {
        statuses: vec![Status::Open, Status::Claimed, Status::Answered],
        ..RequestFilter::default()
    };
    let store = call.discord.triage.store();
    let newest = Page::NewestFirst { limit: REQUESTS };
    let requests = store.requests(&asker.caller.community, &filter, newest).await.unwrap_or_default();
    let typed = typed.trim().trim_start_matches('#').to_lowercase();
    let name = |request: &Request| {
        let author = plain(&request.author_name, AUTHOR);
        let said = asker.words.first_words(&clean(&request.text()), FIRST_WORDS);
        let emoji = Words::emoji(request.route);
        plain(&format!("{emoji} #{} · {author} · {said}", request.id.short()), NAME)
    };
    requests
        .iter()
        .map(|request| (name(request), &request.id))
        .filter(|(name, id)| typed.is_empty() || format!("{name} {id}").to_lowercase().contains(&typed))
        .take(CHOICES)
        .map(|(name, id)| json!({ "name": name, "value": id }))
        .collect()
}

/// The rules by number, with what they look for.
pub(super) fn rules(settings: &Settings, words: Words, typed: &str) -> Vec<Value> {
    let typed = typed.trim().to_lowercase();
    settings
        .rules
        .iter()
        .enumerate()
        .map(|(i, rule)| {
            (i + 1, format!("{} · {} · {}", i + 1, words.label(rule.label), rule.pattern.as_str()))
        })
        .filter(|(_, name)| name.to_lowercase().contains(&typed))
        .take(CHOICES)
        .map(|(number, name)| json!({ "name": plain(&name, NAME), "value": number }))
        .collect()
}

/// The time zones with what was typed in their name; those whose city begins with it come first.
pub(super) fn time_zones(typed: &str) -> Vec<Value> {
    let typed = typed.trim().replace(' ', "_").to_lowercase();
    let mut zones: Vec<String> = TimeZoneDatabase::bundled()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name.to_lowercase().contains(&typed))
        .collect();
    let city = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase();
    zones.sort_by_key(|name| (!city(name).starts_with(&typed), !name.starts_with("Europe/"), name.clone()));
    zones.truncate(CHOICES);
    zones.into_iter().map(|name| json!({ "name": name, "value": name })).collect()
}
