//! Draws notes of ours as Discord's messages: what fell due, when to expect an answer, how a week went.
//!
//! The first line stands in the message itself, where the one role and the one person that the note names are pinged;
//! everything else stands in an embed, where nothing pings. What members wrote is made harmless in both.

use serde_json::{Value, json};

use super::{REPLY, clean, nonce, pieces, shorten};
use crate::commands::File;
use crate::domain::action::Meaning;
use crate::domain::ids::NoticeId;
use crate::platform::Note;

/// Discord takes 2000 characters of content.
const CONTENT: usize = 1800;
/// The longest description of a picture.
const ALT: usize = 1024;
/// Neither waiting nor done: a colour that asks for nothing.
const COLOUR: u32 = 0x8E_9A_AF;

/// A note to be posted. Posting it twice with the same key shows it once.
#[must_use]
pub fn note(note: &Note, key: &NoticeId) -> Value {
    let mut message = body(note);
    let role = note.role.as_ref().map(|role| format!("<@&{role}> "));
    let person = note.person.as_ref().map(|person| format!("<@{person}> "));
    let content = message["content"].as_str().unwrap_or_default();
    let content = format!("{}{}{content}", role.unwrap_or_default(), person.unwrap_or_default());
    message["content"] = json!(content);
    message["allowed_mentions"] = json!({
        "parse": [],
        "roles": note.role.iter().collect::<Vec<_>>(),
        "users": note.person.iter().collect::<Vec<_>>(),
        "replied_user": false,
    });
    message["nonce"] = json!(nonce(key));
    message["enforce_nonce"] = json!(true);
    if let Some(message_id) = &note.reply_to {
        message["message_reference"] = json!({ "message_id": message_id, "fail_if_not_exists": false });
    }
    message
}

/// A note that is there, as it is now. Whom it pinged is not named any more.
#[must_use]
pub fn edited_note(note: &Note) -> Value {
    let mut message = body(note);
    message["allowed_mentions"] = json!({ "parse": [] });
    message
}

fn body(note: &Note) -> Value {
    let mut lines = note.lines.iter();
    let first = lines.next().map(|line| pieces(line, CONTENT)).unwrap_or_default();
    let mut message = json!({ "content": first });
    let mut rest = String::new();
    for line in lines {
        let line = pieces(line, REPLY - 1 - super::length(&rest));
        if !rest.is_empty() {
            rest.push('\n');
        }
        rest.push_str(&line);
        if super::length(&rest) + 2 > REPLY {
            break;
        }
    }
    let mut embed = json!({ "color": COLOUR, "description": rest });
    if let Some(File::Image(image)) = note.image.as_deref() {
        embed["image"] = json!({ "url": format!("attachment://{}", image.name) });
        let alt = shorten(&clean(&image.alt), ALT);
        message["attachments"] = json!([{ "id": 0, "filename": image.name, "description": alt }]);
    }
    if !rest.is_empty() || note.image.is_some() {
        message["embeds"] = json!([embed]);
    }
    if let Some(button) = &note.button {
        // What only explains is grey, what there is to do is blue.
        let style = if Meaning::parse(&button.custom_id).is_some() { 2 } else { 1 };
        let button =
            json!({ "type": 2, "style": style, "label": button.label, "custom_id": button.custom_id });
        message["components"] = json!([{ "type": 1, "components": [button] }]);
    }
    message
}
