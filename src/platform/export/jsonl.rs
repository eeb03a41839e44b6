//! One message a line, in time order, with the fields of CONTRACT.md; others are ignored, and so are empty lines.

use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;

use super::{ExportError, Exported, Origin, Take, Told};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, UserId};
use crate::domain::label::Label;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::time::Timestamp;

/// A line. `null` stands for what is not there.
#[derive(Deserialize)]
struct Line {
    id: MessageId,
    channel: ChannelId,
    author: UserId,
    at: Timestamp,
    text: String,
    author_name: Option<String>,
    employee: Option<bool>,
    bot: Option<bool>,
    reply_to: Option<MessageId>,
    thread: Option<ChannelId>,
    mentions: Option<Vec<UserId>>,
    label: Option<Label>,
}

/// Hands over the lines; the file's name stands for the community.
pub(super) fn messages(file: &str, mut source: impl BufRead, take: &mut Take<'_>) -> Result<(), ExportError> {
    let broken = |line, what| ExportError::Broken { file: file.to_owned(), line, what };
    let name = Path::new(file)
        .file_stem()
        .map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned());
    let community = CommunityId::new(name.clone());
    take(Told::Origin(Origin { community: community.clone(), name })).map_err(|what| broken(1, what))?;
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let count = source.read_until(b'\n', &mut bytes).map_err(|error| broken(line, error.to_string()))?;
        if count == 0 {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let read: Line = serde_json::from_slice(&bytes).map_err(|error| broken(line, mistake(&error)))?;
        let exported = Box::new(read.exported(&community));
        if !take(Told::Message(exported)).map_err(|what| broken(line, what))? {
            break;
        }
    }
    Ok(())
}

/// What is wrong with a line, and what is expected.
fn mistake(error: &serde_json::Error) -> String {
    const EXPECTED: &str = "expected one JSON object with id, channel, author, at and text";
    if error.is_eof() {
        return format!("the line breaks off: {EXPECTED}");
    }
    let text = error.to_string();
    // The line is known better here; the column helps only where the JSON itself is broken.
    let what = text.split(" at line ").next().unwrap_or(&text);
    if error.is_syntax() {
        format!("{what} at column {}: {EXPECTED}", error.column())
    } else {
        format!("{what}: {EXPECTED}")
    }
}

impl Line {
    fn exported(self, community: &CommunityId) -> Exported {
        let standing = match (self.bot.unwrap_or(false), self.employee.unwrap_or(false)) {
            (true, _) => Standing::Bot,
            (false, true) => Standing::Employee,
            (false, false) => Standing::Member,
        };
        let message = IncomingMessage {
            community: community.clone(),
            channel: self.channel,
            thread: self.thread,
            id: self.id,
            at: self.at,
            author_name: self.author_name.unwrap_or_else(|| self.author.to_string()),
            author: self.author,
            standing,
            text: self.text,
            reply_to: self.reply_to,
            reply_to_author: None,
            mentions: self.mentions.unwrap_or_default(),
            label: self.label,
        };
        Exported { message, roles: Vec::new() }
    }
}
