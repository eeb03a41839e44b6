//! What is said to who asked, whatever platform shows it.

use super::File;
use crate::domain::card::Piece;
use crate::domain::ids::UserId;

/// What is said to who asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What it is.
    pub tone: Tone,
    /// The headline.
    pub title: String,
    /// The lines below it.
    pub lines: Vec<Vec<Piece>>,
    /// Whether everybody in the channel sees it.
    pub is_shared: bool,
    /// Who is pinged by it, if everybody sees it.
    pub pings: Option<UserId>,
    /// Buttons below it, at most five.
    pub buttons: Vec<ReplyButton>,
    /// A file that goes with it.
    pub file: Option<Box<File>>,
    /// What is posted below it for everybody in the channel to see.
    pub posted: Option<Box<Reply>>,
}

/// A button below a reply; who presses it is asked for their permission anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyButton {
    /// What is written on it.
    pub label: &'static str,
    /// What it sends.
    pub custom_id: String,
    /// Whether it takes something away.
    pub is_dangerous: bool,
}

/// What a reply is: platforms colour it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was changed.
    Done,
    /// Something that was asked for.
    Facts,
    /// It was not possible; says why.
    Refused,
}

impl Reply {
    /// A reply for who asked, without buttons and file.
    pub fn new(tone: Tone, title: impl Into<String>, lines: Vec<Vec<Piece>>) -> Self {
        Self {
            tone,
            title: title.into(),
            lines,
            is_shared: false,
            pings: None,
            buttons: Vec::new(),
            file: None,
            posted: None,
        }
    }

    /// It was not possible, and why.
    pub fn refused(why: impl Into<String>) -> Self {
        Self::new(Tone::Refused, why, Vec::new())
    }

    /// Something was changed.
    pub fn done(title: impl Into<String>, lines: Vec<Vec<Piece>>) -> Self {
        Self::new(Tone::Done, title, lines)
    }

    /// Something that was asked for.
    pub fn facts(title: impl Into<String>, lines: Vec<Vec<Piece>>) -> Self {
        Self::new(Tone::Facts, title, lines)
    }

    /// Its words alone, where there is nothing to show people and channels with.
    #[must_use]
    pub fn plain(&self) -> String {
        let line = |line: &Vec<Piece>| line.iter().filter_map(Piece::as_text).collect();
        let lines: Vec<String> =
            std::iter::once(self.title.clone()).chain(self.lines.iter().map(line)).collect();
        lines.join("\n\n")
    }
}
