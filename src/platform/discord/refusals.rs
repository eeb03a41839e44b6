//! What Discord says against a call, as what the caller can do about it.
//!
//! A wrong token, a missing permission and a deleted channel can be mended by an administrator, so their sentences
//! say how; everything else that Discord refuses will be refused again.

use reqwest::{Method, StatusCode};
use serde::Deserialize;

use crate::domain::ids::ChannelId;
use crate::platform::PlatformError;

/// What to do about a token that Discord does not take.
pub(super) const WRONG_TOKEN: &str = "Discord does not accept the token: set DISCORD_TOKEN to the bot's current token \
     (developer portal, your application, Bot, Reset Token)";

/// The body of a refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refused {
    pub(super) code: u32,
    pub(super) message: String,
    pub(super) errors: Option<serde_json::Value>,
    pub(super) retry_after: Option<f64>,
    pub(super) global: bool,
}

/// What the caller can do about a refusal that is neither a limit nor Discord's own trouble.
pub(super) fn error(method: &Method, path: &str, status: StatusCode, refused: &Refused) -> PlatformError {
    if status == StatusCode::UNAUTHORIZED && !is_by_secret(path) {
        return PlatformError::Blocked { channel: None, reason: WRONG_TOKEN.to_owned() };
    }
    let place = place(path);
    let blocked = |reason| PlatformError::Blocked { channel: channel(path), reason };
    match (refused.code, status) {
        // A deleted channel or thread takes its messages along, and nobody can mend that.
        (10003, _) if is_about_one_message_of(path) => {
            PlatformError::Gone { reason: format!("the message in {place} is gone with it") }
        }
        (10003, _) => {
            blocked(format!("{place} does not exist any more: an administrator has to choose another one"))
        }
        (50001, _) => {
            blocked(format!("Vigie cannot see {place}: give its role the permission View Channels there"))
        }
        (50013, _) => blocked(format!(
            "Vigie lacks a permission in {place}: give its role {} there",
            needed(method, path)
        )),
        (_, StatusCode::FORBIDDEN) if !is_about_one_message(refused.code) => {
            blocked(format!("Discord does not let Vigie act in {place}: {}", said(refused, status)))
        }
        (10008, _) => PlatformError::Gone { reason: format!("the message in {place} is gone") },
        _ => PlatformError::Permanent {
            reason: format!("Discord refused {method} {}: {}", shown(path), said(refused, status)),
        },
    }
}

/// Whether the call is about one message that was there.
fn is_about_one_message_of(path: &str) -> bool {
    path.contains("/messages/")
}

/// Refusals with status 403 that no administrator can mend: a member who blocks us, a message that is not ours.
const fn is_about_one_message(code: u32) -> bool {
    matches!(code, 50005 | 50007 | 90001)
}

/// Which permissions a refused call most likely lacked.
fn needed(method: &Method, path: &str) -> &'static str {
    if path.contains("/reactions/") {
        "Add Reactions and Read Message History"
    } else if path.contains("/messages") && *method == Method::GET {
        "Read Message History"
    } else if path.contains("/messages") {
        "Send Messages, Send Messages in Threads and Embed Links"
    } else if path.starts_with("/channels/") {
        "Manage Threads (to tag forum posts) and Manage Channels (to make a forum's tags)"
    } else {
        "the permissions of the invitation link"
    }
}

/// `channel 123`, as far as the path tells.
fn place(path: &str) -> String {
    let mut parts = path.split(['/', '?']).skip(1);
    match (parts.next(), parts.next()) {
        (Some("channels"), Some(id)) => format!("channel {id}"),
        (Some("guilds"), Some(id)) => format!("server {id}"),
        _ => "Discord".to_owned(),
    }
}

/// The channel that the call is about, as far as the path tells.
fn channel(path: &str) -> Option<ChannelId> {
    let mut parts = path.split(['/', '?']).skip(1);
    (parts.next() == Some("channels")).then(|| parts.next().map(ChannelId::from)).flatten()
}

/// Discord's own words, and which field they are about.
fn said(refused: &Refused, status: StatusCode) -> String {
    let words = if refused.message.is_empty() { status.to_string() } else { refused.message.clone() };
    // The fields' names and Discord's complaints, not what we sent.
    let errors =
        refused.errors.as_ref().map(|errors| errors.to_string().chars().take(400).collect::<String>());
    let errors = errors.map(|errors| format!(" ({errors})")).unwrap_or_default();
    let code = if refused.code == 0 { String::new() } else { format!(" [{}]", refused.code) };
    format!("{words}{errors}{code}")
}

/// Whether the call proves itself by a secret in its path and not by the token.
fn is_by_secret(path: &str) -> bool {
    path.starts_with("/webhooks/") || path.starts_with("/interactions/")
}

/// The path as it may be shown: without the secret of an interaction.
pub(super) fn shown(path: &str) -> String {
    if !is_by_secret(path) {
        return path.to_owned();
    }
    path.split('/')
        .enumerate()
        .map(|(place, part)| if place == 3 { "…" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}
