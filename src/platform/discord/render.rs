//! Draws cards and replies as Discord's messages.
//!
//! Only the one line above a card can ping, and only the one role that it names; whatever people wrote stands in the
//! embed, where nothing pings, and is made harmless as well ([`super::escape`]). Lengths stay below Discord's limits
//! (title 256, description 4096, 25 fields of 1024, 6000 in all), counted in UTF-16 units to be on the safe side.

pub mod lists;
pub mod notes;

use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed, CreateEmbedAuthor, CreateEmbedFooter,
    CreateMessage, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, EditMessage,
};
use serenity::model::application::ButtonStyle;
use serenity::model::channel::Nonce;
use serenity::model::id::RoleId;

use super::escape::{clean, escape, length, shorten};
use super::snowflake;
use crate::commands::{Reply, Tone};
use crate::domain::action::{Action, Meaning};
use crate::domain::card::{Card, Piece};
use crate::domain::ids::NoticeId;
use crate::domain::request::Status;
use crate::platform::Ping;

/// How many characters of a member's text a card shows.
const QUOTE: usize = 1500;
/// How long the quote may be with everything that makes it harmless.
const QUOTE_DRAWN: usize = 3000;
/// How many lines of it.
const QUOTE_LINES: usize = 30;
/// How long a field may be.
const FIELD: usize = 1024;
/// How long all fields together may be, so that the embed stays below 6000.
const FIELDS: usize = 2400;
/// How many fields an embed takes.
const FIELD_COUNT: usize = 25;
/// How long a name is shown.
const NAME: usize = 80;
/// How long one embed of a reply may be; Discord takes 4096, and 6000 with everything around it.
const REPLY: usize = 4000;
/// How many buttons a row takes.
const BUTTONS_IN_A_ROW: usize = 5;
/// The stars around a headline.
const BOLD: usize = 4;

/// A card to be posted. Posting it twice with the same key shows it once.
pub fn card(card: &Card, ping: Option<&Ping>, key: &NoticeId) -> CreateMessage {
    let mut message = CreateMessage::new()
        .allowed_mentions(mentions(ping))
        .embed(embed(card))
        .components(components(card))
        .nonce(nonce(key))
        .enforce_nonce(true);
    if let Some(content) = content(ping) {
        message = message.content(content);
    }
    message
}

/// A card that is there, as it is now.
pub fn edited_card(card: &Card, ping: Option<&Ping>) -> EditMessage {
    EditMessage::new()
        .content(content(ping).unwrap_or_default())
        .allowed_mentions(mentions(ping))
        .embed(embed(card))
        .components(components(card))
}

/// What stays of a card whose request went elsewhere: a line, the link, no buttons.
pub fn retired_card(card: &Card, line: &str) -> EditMessage {
    let embed = CreateEmbed::new()
        .colour(colour(Status::Dismissed))
        .description(format!("{}\n{}", escape(&clean(line)), link(card)))
        .footer(CreateEmbedFooter::new(card.request.short()));
    EditMessage::new().content("").allowed_mentions(mentions(None)).embed(embed).components(Vec::new())
}

/// A reply that fits into one embed; what does not fit is cut off. See [`replies`].
pub fn reply(reply: &Reply) -> CreateEmbed {
    replies(reply).swap_remove(0)
}

/// A reply in as many embeds as it needs, at least one. Each has to go into a message of its own.
///
/// # Panics
/// Never: there is a part for the headline.
#[must_use]
pub fn replies(reply: &Reply) -> Vec<CreateEmbed> {
    let colour = match reply.tone {
        Tone::Done => 0x2E_CC_71,
        Tone::Facts => 0x34_98_DB,
        Tone::Refused => 0xE6_7E_22,
    };
    let title = headline(&clean(&reply.title));
    let headline = if reply.tone == Tone::Refused { title } else { format!("**{title}**") };
    let mut parts = vec![headline];
    for line in &reply.lines {
        let line = pieces(line, REPLY);
        let part = parts.last_mut().expect("the headline is there");
        if length(part) + 1 + length(&line) > REPLY {
            parts.push(line);
        } else {
            part.push('\n');
            part.push_str(&line);
        }
    }
    parts.into_iter().map(|part| CreateEmbed::new().colour(colour).description(part)).collect()
}

/// Discord takes 25 characters and a ULID has 26. The first one holds only the top three bits of the time and is `0`
/// until 2^45 ms after 1970, in the year 3084, so nothing is lost without it.
fn nonce(key: &NoticeId) -> Nonce {
    Nonce::String(key.as_str().chars().skip(1).collect())
}

fn content(ping: Option<&Ping>) -> Option<String> {
    let ping = ping?;
    let role = role(ping)?;
    Some(format!("<@&{role}> {}", ping.words))
}

/// Names the one role; nothing else that stands in the message may ping.
fn mentions(ping: Option<&Ping>) -> CreateAllowedMentions {
    CreateAllowedMentions::new().roles(ping.and_then(role))
}

fn role(ping: &Ping) -> Option<RoleId> {
    snowflake(ping.role.as_str()).map(RoleId::new)
}

fn embed(card: &Card) -> CreateEmbed {
    let name = shorten(clean(&card.author_name).replace('\n', " ").trim(), NAME);
    let mut embed = CreateEmbed::new()
        .colour(colour(card.status))
        .title(shorten(&card.title, 256))
        .author(CreateEmbedAuthor::new(if name.is_empty() { "…".to_owned() } else { name }))
        .description(format!("{}\n{}", quote(&card.quote), link(card)))
        .footer(CreateEmbedFooter::new(card.request.short()));
    let mut left = FIELDS;
    for line in card.lines.iter().take(FIELD_COUNT) {
        let most = FIELD.min(left.saturating_sub(length(line.name)));
        let value = pieces(&line.value, most);
        if value.trim().is_empty() {
            continue;
        }
        left = left.saturating_sub(length(line.name) + length(&value));
        embed = embed.field(line.name, value, line.is_short);
    }
    embed
}

/// The state as a colour: waiting red, being handled yellow, answered blue, done green, dismissed grey.
const fn colour(status: Status) -> u32 {
    match status {
        Status::Open => 0xE7_4C_3C,
        Status::Claimed => 0xF1_C4_0F,
        Status::Answered => 0x34_98_DB,
        Status::Resolved => 0x2E_CC_71,
        Status::Dismissed => 0x95_A5_A6,
    }
}

fn link(card: &Card) -> String {
    format!("[{}]({})", card.link_word, card.link)
}

/// The member's words as a block quote.
fn quote(text: &str) -> String {
    let clean = clean(text);
    let mut lines: Vec<&str> = clean.trim().lines().collect();
    let is_cut = lines.len() > QUOTE_LINES;
    lines.truncate(QUOTE_LINES);
    let mut text = lines.join("\n");
    if is_cut {
        text.push_str("\n…");
    }
    let mut most = QUOTE;
    loop {
        let drawn = format!("> {}", escape(&shorten(&text, most)).replace('\n', "\n> "));
        if length(&drawn) <= QUOTE_DRAWN {
            return drawn;
        }
        most = most * 3 / 4;
    }
}

/// The parts of a line, as many as fit; a text is cut, anything else is left out as a whole.
fn pieces(pieces: &[Piece], most: usize) -> String {
    let mut drawn = String::new();
    for piece in pieces {
        let left = most.saturating_sub(length(&drawn));
        let part = match piece {
            Piece::Text(words) => fitting(&clean(words), left),
            // Nobody whom Discord knows; where the language is known, words stand here instead.
            Piece::Person(user) if user.is_erased() => "…".to_owned(),
            Piece::Person(user) => format!("<@{user}>"),
            Piece::Channel(channel) => format!("<#{channel}>"),
            Piece::Role(role) => format!("<@&{role}>"),
            Piece::Time(at) => format!("<t:{}:R>", at.as_second()),
            Piece::Link { words, address } => format!("[{}]({address})", escape(&clean(words))),
        };
        if length(&part) > left {
            break;
        }
        drawn.push_str(&part);
    }
    drawn
}

/// The words, harmless, and as many of them as fit.
fn fitting(words: &str, left: usize) -> String {
    let whole = escape(words);
    if length(&whole) <= left {
        return whole;
    }
    let mut most = left.min(words.chars().count());
    while most > 0 {
        let drawn = escape(&shorten(words, most));
        if length(&drawn) <= left {
            return drawn;
        }
        most = most * 3 / 4;
    }
    String::new()
}

/// A reply's first sentence, harmless; what somebody typed may stand in it, however long.
fn headline(title: &str) -> String {
    let mut most = REPLY;
    loop {
        let drawn = escape_around_mentions(&shorten(title, most));
        if length(&drawn) + BOLD <= REPLY {
            return drawn;
        }
        most = most * 3 / 4;
    }
}

/// A sentence of ours in which people and channels are named by mentions, and perhaps words that somebody typed.
/// Nothing in an embed pings, so that keeping the mentions only shows names.
fn escape_around_mentions(text: &str) -> String {
    let mut escaped = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        escaped.push_str(&escape(before));
        let end = from.find('>').map(|end| end + 1).filter(|end| is_mention(&from[..*end]));
        let end = end.unwrap_or(1);
        escaped.push_str(&if end > 1 { from[..end].to_owned() } else { escape(&from[..end]) });
        rest = &from[end..];
    }
    escaped + &escape(rest)
}

fn is_mention(token: &str) -> bool {
    let inner = token.trim_start_matches('<').trim_end_matches('>');
    let id = inner.strip_prefix("@&").or_else(|| inner.strip_prefix('@')).or_else(|| inner.strip_prefix('#'));
    id.is_some_and(|id| !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()))
}

fn components(card: &Card) -> Vec<CreateActionRow> {
    let mut rows = Vec::new();
    let buttons = card.buttons.iter().map(|button| {
        CreateButton::new(button.action.custom_id(&card.request))
            .label(button.label)
            .style(style(button.action))
            .disabled(!button.is_enabled)
    });
    let what_times_mean = card.what_times_mean.map(|label| {
        CreateButton::new(Meaning::on_card(&card.request)).label(label).style(ButtonStyle::Secondary)
    });
    let buttons: Vec<CreateButton> = buttons.chain(what_times_mean).collect();
    rows.extend(buttons.chunks(BUTTONS_IN_A_ROW).map(|row| CreateActionRow::Buttons(row.to_vec())));
    if !card.reroute_to.is_empty() {
        let options = card.reroute_to.iter().map(|choice| {
            CreateSelectMenuOption::new(choice.label, choice.route.as_str())
                .default_selection(choice.is_current)
        });
        let kind = CreateSelectMenuKind::String { options: options.collect() };
        let select = CreateSelectMenu::new(Action::Reroute.custom_id(&card.request), kind);
        rows.push(CreateActionRow::SelectMenu(select.placeholder(card.reroute_word)));
    }
    if !card.more.is_empty() {
        let options =
            card.more.iter().map(|(more, words)| CreateSelectMenuOption::new(*words, more.as_str()));
        let kind = CreateSelectMenuKind::String { options: options.collect() };
        let select = CreateSelectMenu::new(Action::More.custom_id(&card.request), kind);
        rows.push(CreateActionRow::SelectMenu(select.placeholder(card.more_word)));
    }
    rows
}

const fn style(action: Action) -> ButtonStyle {
    match action {
        Action::Claim => ButtonStyle::Primary,
        Action::Answered | Action::Resolve => ButtonStyle::Success,
        Action::Dismiss | Action::Reroute | Action::Draft | Action::More => ButtonStyle::Secondary,
    }
}

#[cfg(test)]
mod tests;
