//! Messages, described as far as a test cares.

use vigie::domain::ids::UserId;
use vigie::domain::label::Label;
use vigie::domain::message::{IncomingMessage, Standing};
use vigie::domain::time::Timestamp;

/// A message under construction.
#[derive(Clone, Debug)]
pub struct Draft(IncomingMessage);

/// A member's message in #support; its id and time are given when it is received.
pub fn message(author: &str, text: &str) -> Draft {
    Draft(IncomingMessage {
        community: super::vigie::COMMUNITY.into(),
        channel: "support".into(),
        thread: None,
        id: "".into(),
        at: Timestamp::UNIX_EPOCH,
        author: author.into(),
        author_name: author.to_owned(),
        standing: Standing::Member,
        text: text.to_owned(),
        reply_to: None,
        reply_to_author: None,
        mentions: Vec::new(),
        label: None,
    })
}

/// An employee's message in #support.
pub fn answer(author: &str, text: &str) -> Draft {
    let mut draft = message(author, text);
    draft.0.standing = Standing::Employee;
    draft
}

impl Draft {
    pub fn by_a_bot(mut self) -> Self {
        self.0.standing = Standing::Bot;
        self
    }

    pub fn in_channel(mut self, channel: &str) -> Self {
        self.0.channel = channel.into();
        self
    }

    pub fn in_thread(mut self, thread: &str) -> Self {
        self.0.thread = Some(thread.into());
        self
    }

    pub fn replying_to(mut self, message: &IncomingMessage) -> Self {
        self.0.reply_to = Some(message.id.clone());
        self.0.reply_to_author = Some(message.author.clone());
        self
    }

    pub fn mentioning(mut self, user: &str) -> Self {
        self.0.mentions.push(UserId::from(user));
        self
    }

    pub fn labelled(mut self, label: Label) -> Self {
        self.0.label = Some(label);
        self
    }

    /// The message with its id and its time.
    pub fn sent(mut self, id: &str, at: Timestamp) -> IncomingMessage {
        self.0.id = id.into();
        self.0.at = at;
        self.0
    }
}
