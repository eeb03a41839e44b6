//! A message as every platform's edge hands it over.

use serde::{Deserialize, Serialize};

use super::ids::{ChannelId, CommunityId, MessageId, UserId};
use super::label::Label;
use super::time::Timestamp;

/// What somebody posted in a channel; platform-neutral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingMessage {
    /// Where it happened.
    pub community: CommunityId,
    /// The watched channel; for a message in a thread or a forum post, the parent channel.
    pub channel: ChannelId,
    /// The thread or forum post, when it was posted in one.
    pub thread: Option<ChannelId>,
    /// The platform's id of the message.
    pub id: MessageId,
    /// The platform's own time stamp, never ours.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: UserId,
    /// What to call the author on a card.
    pub author_name: String,
    /// What the author is to the company.
    pub standing: Standing,
    /// The text as it was written.
    pub text: String,
    /// The message that this one replies to.
    pub reply_to: Option<MessageId>,
    /// Who wrote the message that this one replies to, where the platform says so.
    pub reply_to_author: Option<UserId>,
    /// Users that the message mentions.
    pub mentions: Vec<UserId>,
    /// A label that came with the message (an export's annotation); taken as the classification.
    pub label: Option<Label>,
}

impl IncomingMessage {
    /// What messages say that belong together, one a line.
    #[must_use]
    pub fn text_of<'a>(messages: impl IntoIterator<Item = &'a Self>) -> String {
        messages.into_iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// What an author is to the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Someone of the community: a customer, a visitor.
    Member,
    /// Someone with a desk's role or a staff role.
    Employee,
    /// A program. Never asks, never answers.
    Bot,
}
