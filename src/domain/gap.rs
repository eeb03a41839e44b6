//! Times in which nobody listened: where reading has to begin again, and what was left unread.

use super::ids::{ChannelId, MessageId};
use super::time::{Span, Timestamp, from_milliseconds};

/// For how long it is remembered, and shown, that messages may have been missed.
const MISSED_IS_SHOWN: Span = Span::minutes(7 * 24 * 60);

/// Since when it is still shown that messages may have been missed.
#[must_use]
pub fn shown_since(now: Timestamp) -> Timestamp {
    from_milliseconds(now.as_millisecond() - MISSED_IS_SHOWN.as_milliseconds()).unwrap_or(Timestamp::MIN)
}

/// Where reading begins in a watched channel after nobody listened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The watched channel; its threads are meant too.
    pub channel: ChannelId,
    /// Where.
    pub start: Start,
    /// Whether what comes after it has still to be read; otherwise it only says since when the channel is watched.
    pub is_owed: bool,
    /// Why that could not be done so far.
    pub reason: Option<String>,
    /// When it was noticed last, by our clock.
    pub noticed_at: Timestamp,
}

/// From where on what was written in a channel may not have been heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nobody has listened there yet: from when it was set to be watched, by our clock.
    Watched(Timestamp),
    /// After this message. On Discord any id says a moment, so there need not be such a message.
    After(MessageId),
}

/// A time in a channel of which messages were not read, because a limit stood in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The watched channel; its threads are meant too.
    pub channel: ChannelId,
    /// After this moment.
    pub from: Timestamp,
    /// Before this moment.
    pub to: Timestamp,
    /// The limit.
    pub bound: Bound,
}

/// A limit on what is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// It was too long ago.
    Age,
    /// There were too many messages.
    Messages,
}

impl Bound {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Messages => "messages",
        }
    }

    /// The limit that a stored word means.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Age, Self::Messages].into_iter().find(|bound| bound.as_str() == word)
    }
}
