//! `DiscordChatExporter`'s JSON: one document, a channel or a thread, with the guild and the channel before the messages.
//!
//! The messages are read one by one as the document is parsed. A thread's or forum post's `categoryId` is the channel
//! it belongs to. What is no message of a person (joins, pins, …) counts as a program's.

use std::io::Read;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{ExportError, Exported, Origin, Take, Told};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RoleId, UserId};
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::time::Timestamp;

/// How the error begins with which the parser is told that nobody wants more.
const ENOUGH: &str = "that is enough";

#[derive(Deserialize)]
struct Guild {
    id: CommunityId,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Channel {
    id: ChannelId,
    #[serde(rename = "type")]
    kind: String,
    category_id: Option<ChannelId>,
}

#[derive(Deserialize)]
struct Message {
    id: MessageId,
    #[serde(rename = "type")]
    kind: String,
    timestamp: Timestamp,
    content: String,
    author: Author,
    #[serde(default)]
    mentions: Vec<Mention>,
    reference: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Author {
    id: UserId,
    name: String,
    nickname: Option<String>,
    #[serde(default)]
    is_bot: bool,
    // Exports of older versions have none.
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Role {
    id: RoleId,
    name: String,
}

#[derive(Deserialize)]
struct Mention {
    id: UserId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    message_id: Option<MessageId>,
}

/// Hands over the messages of the document.
pub(super) fn messages(file: &str, source: impl Read, take: &mut Take<'_>) -> Result<(), ExportError> {
    let mut document = serde_json::Deserializer::from_reader(source);
    let read = Document { take }.deserialize(&mut document);
    let Err(error) = read.and_then(|()| document.end()) else {
        return Ok(());
    };
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    if what == ENOUGH {
        return Ok(());
    }
    let what = match error.classify() {
        serde_json::error::Category::Eof => {
            "the file breaks off here: expected the rest of DiscordChatExporter's JSON".to_owned()
        }
        serde_json::error::Category::Io => format!("it cannot be read on: {error}"),
        serde_json::error::Category::Syntax => format!("{what} at column {}", error.column()),
        serde_json::error::Category::Data => what.to_owned(),
    };
    Err(ExportError::Broken { file: file.to_owned(), line: error.line(), what })
}

/// Where the messages of this file are posted.
struct Place {
    community: CommunityId,
    channel: ChannelId,
    thread: Option<ChannelId>,
}

impl Place {
    fn of(guild: &Guild, channel: &Channel) -> Self {
        let parent = channel.category_id.clone().filter(|_| channel.kind.ends_with("Thread"));
        let (channel, thread) = match parent {
            Some(parent) => (parent, Some(channel.id.clone())),
            None => (channel.id.clone(), None),
        };
        Self { community: guild.id.clone(), channel, thread }
    }
}

impl Message {
    fn exported(self, place: &Place) -> Exported {
        let is_reply = self.kind == "Reply";
        let standing = if self.author.is_bot || !(is_reply || self.kind == "Default") {
            Standing::Bot
        } else {
            Standing::Member
        };
        let message = IncomingMessage {
            community: place.community.clone(),
            channel: place.channel.clone(),
            thread: place.thread.clone(),
            id: self.id,
            at: self.timestamp,
            author: self.author.id,
            author_name: self.author.nickname.unwrap_or(self.author.name),
            standing,
            text: self.content,
            // Pins and forwarded messages have a reference, too.
            reply_to: self.reference.filter(|_| is_reply).and_then(|reference| reference.message_id),
            reply_to_author: None,
            mentions: self.mentions.into_iter().map(|mention| mention.id).collect(),
            label: None,
        };
        let roles = self.author.roles.into_iter().map(|role| (role.id, role.name)).collect();
        Exported { message, roles }
    }
}

/// The whole document.
struct Document<'a, 'b> {
    take: &'a mut Take<'b>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an export by DiscordChatExporter")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut guild, mut channel, mut has_messages) = (None::<Guild>, None::<Channel>, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "guild" => guild = Some(map.next_value()?),
                "channel" => channel = Some(map.next_value()?),
                "messages" => {
                    let (Some(guild), Some(channel)) = (&guild, &channel) else {
                        return Err(A::Error::custom("expected `guild` and `channel` before `messages`"));
                    };
                    let origin = Origin { community: guild.id.clone(), name: guild.name.clone() };
                    taken((self.take)(Told::Origin(origin)))?;
                    map.next_value_seed(Messages {
                        take: &mut *self.take,
                        place: Place::of(guild, channel),
                    })?;
                    has_messages = true;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if has_messages { Ok(()) } else { Err(A::Error::missing_field("messages")) }
    }
}

/// The list of messages.
struct Messages<'a, 'b> {
    take: &'a mut Take<'b>,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for Messages<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(message) = list.next_element::<Message>()? {
            taken((self.take)(Told::Message(Box::new(message.exported(&self.place)))))?;
        }
        Ok(())
    }
}

/// Goes on, or leaves the parser with an error.
fn taken<E: Error>(taken: Result<bool, String>) -> Result<(), E> {
    match taken {
        Ok(true) => Ok(()),
        Ok(false) => Err(E::custom(ENOUGH)),
        Err(what) => Err(E::custom(what)),
    }
}
