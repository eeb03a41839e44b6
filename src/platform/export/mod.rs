//! Exports of channels, read for `vigie replay`: the edge at which their lines become the domain's messages.
//!
//! [`read`] opens a file and finds out what it is; [`Export::messages`] goes through it once, from the first message
//! to the last, and never holds more than one of them. What is wrong with a file is said in a sentence with the line.

mod discord_chat_exporter;
mod jsonl;
mod slack;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::ids::{CommunityId, RoleId};
use crate::domain::message::IncomingMessage;
use crate::domain::time::Timestamp;

/// How much of a file is looked at to find out what it is, and read at a time.
const BUFFER: usize = 64 * 1024;

/// An export that was opened; nothing of it has been taken yet.
#[derive(Debug)]
pub struct Export {
    format: Format,
    name: String,
    source: BufReader<Counted>,
    size: u64,
    taken: Arc<AtomicU64>,
}

/// The forms of an export that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One message a line, with the fields of CONTRACT.md.
    Jsonl,
    /// `DiscordChatExporter`'s JSON.
    DiscordChatExporter,
}

/// What an export tells, in this order: once where it is from, then its messages by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Where the messages were posted.
    Origin(Origin),
    /// A message.
    Message(Box<Exported>),
}

/// Where an export is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The guild's id, or the file's name.
    pub community: CommunityId,
    /// What people call it.
    pub name: String,
}

/// A message, with what only a community's settings can turn into its author's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The message; its author is an employee only where the export itself says so.
    pub message: IncomingMessage,
    /// The author's roles, with their names, where the export has them.
    pub roles: Vec<(RoleId, String)>,
}

/// Why an export, or the rest of it, cannot be read. Each is a sentence for whoever called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be opened.
    #[error("{file} cannot be opened: {reason}")]
    Closed {
        /// The file.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// There is nothing in it.
    #[error("{file} holds no message: expected one JSON object a line, or DiscordChatExporter's JSON")]
    Empty {
        /// The file.
        file: String,
    },
    /// It is something else.
    #[error("{file} is {what}")]
    Foreign {
        /// The file.
        file: String,
        /// What it is, and what is expected.
        what: String,
    },
    /// From here on it cannot be read; everything before was.
    #[error("{file}, line {line}: {what}")]
    Broken {
        /// The file.
        file: String,
        /// Where, counted from 1.
        line: usize,
        /// What is wrong, and what is expected.
        what: String,
    },
}

/// Opens an export and finds out what it is.
///
/// # Errors
/// When it cannot be opened, holds nothing, or is nothing that can be read.
pub fn read(path: &Path) -> Result<Export, ExportError> {
    let file = path.display().to_string();
    let closed = |error: io::Error| ExportError::Closed { file: file.clone(), reason: reason(&error) };
    if path.is_dir() {
        return Err(slack::not_yet(file));
    }
    let opened = File::open(path).map_err(closed)?;
    let size = opened.metadata().map_err(closed)?.len();
    let taken = Arc::new(AtomicU64::new(0));
    let mut source = BufReader::with_capacity(BUFFER, Counted { source: opened, taken: Arc::clone(&taken) });
    let format = Format::of(source.fill_buf().map_err(closed)?, &file)?;
    if source.buffer().starts_with(BYTE_ORDER_MARK) {
        source.consume(BYTE_ORDER_MARK.len());
    }
    Ok(Export { format, name: file, source, size, taken })
}

impl Export {
    /// What it is.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// How many bytes it has, and a count of those that were read so far.
    #[must_use]
    pub fn progress(&self) -> (u64, Arc<AtomicU64>) {
        (self.size, Arc::clone(&self.taken))
    }

    /// Hands over all that it tells, until `take` has had enough and returns `false`.
    ///
    /// # Errors
    /// Where it cannot be read on; what was handed over before stands.
    pub fn messages(self, mut take: impl FnMut(Told) -> bool) -> Result<(), ExportError> {
        let mut last = None;
        let mut in_order = |told: Told| match &told {
            Told::Origin(_) => Ok(take(told)),
            Told::Message(exported) => {
                let at = exported.message.at;
                if let Some(last) = last.filter(|last| *last > at) {
                    return Err(out_of_order(last, at));
                }
                last = Some(at);
                Ok(take(told))
            }
        };
        match self.format {
            Format::Jsonl => jsonl::messages(&self.name, self.source, &mut in_order),
            Format::DiscordChatExporter => {
                discord_chat_exporter::messages(&self.name, self.source, &mut in_order)
            }
        }?;
        match last {
            Some(_) => Ok(()),
            None => Err(ExportError::Empty { file: self.name }),
        }
    }
}

/// Takes what an export tells: whether it wants more, or what is wrong with it.
type Take<'a> = dyn FnMut(Told) -> Result<bool, String> + 'a;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Format {
    /// Tells by its beginning what a file is: both forms begin with an object, whose first value is an object only in
    /// `DiscordChatExporter`'s.
    fn of(beginning: &[u8], file: &str) -> Result<Self, ExportError> {
        let beginning = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning).trim_ascii_start();
        let foreign = |what: &str| {
            const EXPECTED: &str = "one JSON object a line, or DiscordChatExporter's JSON (--format Json)";
            let what = format!("{what}: expected {EXPECTED}");
            Err(ExportError::Foreign { file: file.to_owned(), what })
        };
        match beginning {
            [] => Err(ExportError::Empty { file: file.to_owned() }),
            [b'{', inside @ ..] => Ok(match first_value(inside) {
                Some(b'{') => Self::DiscordChatExporter,
                Some(_) | None => Self::Jsonl,
            }),
            [b'P', b'K', ..] => Err(slack::not_yet(file.to_owned())),
            [b'<', ..] => foreign("a web page"),
            [b'[', ..] => foreign("a JSON list"),
            _ => foreign("no export that Vigie knows"),
        }
    }
}

/// The first character of an object's first value.
fn first_value(inside: &[u8]) -> Option<u8> {
    let key = inside.trim_ascii_start().strip_prefix(b"\"")?;
    let after = &key[key.iter().position(|b| *b == b'"')? + 1..];
    after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().first().copied()
}

fn out_of_order(last: Timestamp, at: Timestamp) -> String {
    format!(
        "this message is of {at}, the one before it of {last}: expected the messages in time order, oldest first"
    )
}

/// What the system says, without its error number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => error.to_string(),
    }
}

/// Counts what is read, for whoever shows the progress.
#[derive(Debug)]
struct Counted {
    source: File,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
