//! Draws the review list as Discord's messages.
//!
//! The list pings nobody. What members wrote stands in the embed's fields, made harmless as on cards.

use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed, CreateMessage, EditMessage,
};
use serenity::model::application::ButtonStyle;

use super::{NAME, clean, escape, fitting, nonce, shorten};
use crate::domain::ids::NoticeId;
use crate::domain::review::{ReviewLine, ReviewList};

/// How much of a message a line shows, with everything that makes it harmless: five of them stay below what an embed
/// takes.
const QUOTE: usize = 400;

/// Neither waiting nor done: a colour that asks for nothing.
const COLOUR: u32 = 0x8E_9A_AF;

/// A review list to be posted. Posting it twice with the same key shows it once.
pub fn review(list: &ReviewList, key: &NoticeId) -> CreateMessage {
    CreateMessage::new()
        .allowed_mentions(CreateAllowedMentions::new())
        .embed(embed(list))
        .components(components(list))
        .nonce(nonce(key))
        .enforce_nonce(true)
}

/// A review list that is there, as it is now.
pub fn edited_review(list: &ReviewList) -> EditMessage {
    EditMessage::new()
        .allowed_mentions(CreateAllowedMentions::new())
        .embed(embed(list))
        .components(components(list))
}

fn embed(list: &ReviewList) -> CreateEmbed {
    let mut hint = list.hint.to_owned();
    if let Some(more) = &list.more {
        hint.push('\n');
        hint.push_str(more);
    }
    let embed = CreateEmbed::new().colour(COLOUR).title(&list.title).description(hint);
    list.lines.iter().fold(embed, |embed, line| embed.field(head(line), body(line), false))
}

fn head(line: &ReviewLine) -> String {
    let name = shorten(clean(&line.author_name).replace('\n', " ").trim(), NAME);
    format!("{} · {}", line.number, escape(&name))
}

fn body(line: &ReviewLine) -> String {
    let text = clean(&line.quote).split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "> {}\n<t:{}:R> · [{}]({})",
        fitting(&text, QUOTE),
        line.at.as_second(),
        line.link_word,
        line.link
    )
}

/// One row of buttons a line: its two best guesses, the likelier one first and filled.
fn components(list: &ReviewList) -> Vec<CreateActionRow> {
    let styles = [ButtonStyle::Primary, ButtonStyle::Secondary];
    list.lines
        .iter()
        .map(|line| {
            let buttons = line.choices.iter().zip(styles).map(|(choice, style)| {
                CreateButton::new(&choice.custom_id).label(&choice.words).style(style)
            });
            CreateActionRow::Buttons(buttons.collect())
        })
        .collect()
}
