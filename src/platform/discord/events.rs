//! Translates what happens on Discord into what the intake hears, at the door.
//!
//! Ignored here: direct messages, our own messages, and the system's (joins, pins, boosts). Nothing is decided; a
//! message of an employee or a bot is passed on as theirs.

use serenity::model::channel::{GuildChannel, Message, MessageReference, MessageReferenceKind, MessageType};
use serenity::model::event::{Event, MessageUpdateEvent};
use serenity::model::guild::PartialMember;
use serenity::model::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use serenity::model::user::User;

use super::Discord;
use super::directory::Place;
use crate::domain::ids;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::settings::Settings;
use crate::domain::time::{Timestamp, from_milliseconds};
use crate::platform::PlatformError;
use crate::store::outage;
use crate::store::{Incoming, StoreError};

/// The first millisecond of Discord's ids: 2015-01-01T00:00:00Z.
const DISCORD_EPOCH: i64 = 1_420_070_400_000;
/// An id holds its time above so many other bits.
const TIME_SHIFT: u32 = 22;

/// Why something that happened could not be passed on just now.
#[derive(Debug, thiserror::Error)]
pub enum NotNow {
    /// The store could not keep it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord did not say what has to be known about it.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

impl NotNow {
    /// Whether the database is away, which is said once for all.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Store(error) => outage::is_one(error),
            Self::Platform(_) => false,
        }
    }
}

/// A message as it came, from the gateway or from REST.
pub(super) struct Said<'a> {
    pub(super) guild: GuildId,
    pub(super) channel: ChannelId,
    pub(super) id: MessageId,
    pub(super) kind: MessageType,
    pub(super) author: &'a User,
    pub(super) is_webhook: bool,
    pub(super) text: &'a str,
    pub(super) mentions: &'a [User],
    pub(super) reference: Option<&'a MessageReference>,
    pub(super) referenced: Option<&'a Message>,
}

/// What is known of the author as a member of the guild.
#[derive(Clone, Debug, Default)]
pub(super) struct Membership {
    pub(super) roles: Vec<RoleId>,
    pub(super) nick: Option<String>,
}

impl Discord {
    /// Passes on what an event means, if it means anything.
    pub(super) async fn hear(&self, event: &Event) -> Result<(), NotNow> {
        // Serenity's enum, open-ended by declaration: everything else says nothing about messages.
        match event {
            Event::MessageCreate(event) => {
                let message = &event.message;
                let Some(said) = message.guild_id.map(|guild| Said::of(message, guild)) else {
                    return Ok(());
                };
                self.hear_said(&said, message.member.as_deref(), None).await
            }
            Event::MessageUpdate(event) => {
                let (Some(said), Some(at)) = (Said::changed(event), event.edited_timestamp) else {
                    return Ok(());
                };
                let member = event.member.as_ref().and_then(|member| member.as_deref());
                let at =
                    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().and_then(from_milliseconds);
                let at = at.unwrap_or_else(|| posted_at(event.id));
                self.hear_said(&said, member, Some(at)).await
            }
            Event::MessageDelete(event) => {
                self.hear_deleted(event.guild_id, event.channel_id, &[event.message_id]).await
            }
            Event::MessageDeleteBulk(event) => {
                self.hear_deleted(event.guild_id, event.channel_id, &event.ids).await
            }
            Event::ThreadUpdate(event) => self.hear_titled(&event.thread).await,
            Event::ThreadDelete(event) => {
                let thread = &event.thread;
                let parent = thread.parent_id;
                let is_post = |guild: &super::directory::Guild| {
                    guild.channels.get(&parent).is_some_and(super::directory::Channel::is_forum)
                };
                if self.directory.read(thread.guild_id, is_post).unwrap_or(false) {
                    // A post goes with its first message, which has the post's id.
                    let first = MessageId::new(thread.id.get());
                    self.hear_deleted(Some(thread.guild_id), parent, &[first]).await?;
                }
                self.hear_gone(thread.guild_id, thread.id, parent).await
            }
            Event::ChannelDelete(event) => {
                let channel = &event.channel;
                self.hear_gone(channel.guild_id, channel.id, channel.id).await
            }
            _ => Ok(()),
        }
    }

    /// Passes on a message that was posted, or changed at that time.
    async fn hear_said(
        &self,
        said: &Said<'_>,
        member: Option<&PartialMember>,
        changed: Option<Timestamp>,
    ) -> Result<(), NotNow> {
        if self.me().is_some_and(|me| me.id == said.author.id) || !said.is_of_people() {
            return Ok(());
        }
        let community = ids::CommunityId::new(said.guild.to_string());
        let Some(known) = self.triage.communities().of(&community).await? else { return Ok(()) };
        let Some(place) = self.directory.place(&self.rest, said.guild, said.channel).await? else {
            return Ok(());
        };
        if known.settings.watch(&channel_id(place.channel)).is_none() {
            return Ok(());
        }
        let membership = match member {
            Some(member) => Membership { roles: member.roles.clone(), nick: member.nick.clone() },
            None => self.membership(said).await?,
        };
        let message = said.message(&place, &membership, &known.settings);
        let incoming = match changed {
            Some(at) => Incoming::Edited { message, at },
            None => Incoming::Posted(message),
        };
        self.intake.hear(&incoming, self.clock.now()).await?;
        Ok(())
    }

    /// A thread has another name: as a forum post's title it is a part of what its first message says.
    async fn hear_titled(&self, thread: &GuildChannel) -> Result<(), NotNow> {
        let guild = thread.guild_id;
        let community = ids::CommunityId::new(guild.to_string());
        let place = self.directory.place(&self.rest, guild, thread.id).await?;
        let Some(forum) = place.filter(|place| place.title.is_some()) else { return Ok(()) };
        if !self.intake.is_watched(&community, &channel_id(forum.channel)).await? {
            return Ok(());
        }
        let path = format!("/channels/{0}/messages/{0}", thread.id);
        match self.rest.patient().get::<Message>(&path).await {
            // Discord keeps no time of it.
            Ok(first) => self.hear_said(&Said::of(&first, guild), None, Some(self.clock.now())).await,
            Err(error @ PlatformError::Retry { .. }) => Err(error.into()),
            // Its first message is gone, or may not be read: nothing of it is to be heard.
            Err(_) => Ok(()),
        }
    }

    async fn hear_deleted(
        &self,
        guild: Option<GuildId>,
        channel: ChannelId,
        messages: &[MessageId],
    ) -> Result<(), NotNow> {
        let Some(guild) = guild else { return Ok(()) };
        let community = ids::CommunityId::new(guild.to_string());
        if self.triage.communities().of(&community).await?.is_none() {
            return Ok(());
        }
        let Some(place) = self.directory.place(&self.rest, guild, channel).await? else { return Ok(()) };
        let messages = messages.iter().map(|message| ids::MessageId::new(message.to_string()));
        self.pass_deletions_on(&community, place.channel, messages).await
    }

    /// A channel, or a thread of it, is gone with all that was said there: Discord does not tell of each message.
    async fn hear_gone(&self, guild: GuildId, place: ChannelId, channel: ChannelId) -> Result<(), NotNow> {
        let community = ids::CommunityId::new(guild.to_string());
        let kept = self.triage.store().texts_in(&community, &channel_id(place)).await?;
        self.pass_deletions_on(&community, channel, kept.into_iter()).await
    }

    async fn pass_deletions_on(
        &self,
        community: &ids::CommunityId,
        channel: ChannelId,
        messages: impl Iterator<Item = ids::MessageId>,
    ) -> Result<(), NotNow> {
        let now = self.clock.now();
        for message in messages {
            let incoming = Incoming::Deleted {
                community: community.clone(),
                channel: channel_id(channel),
                message,
                at: now,
            };
            self.intake.hear(&incoming, now).await?;
        }
        Ok(())
    }

    /// Asks Discord for the author's roles; somebody who has left has none.
    pub(super) async fn membership(&self, said: &Said<'_>) -> Result<Membership, PlatformError> {
        #[derive(serde::Deserialize)]
        struct Member {
            roles: Vec<RoleId>,
            #[serde(default)]
            nick: Option<String>,
        }
        if said.is_bot() {
            return Ok(Membership::default());
        }
        let path = format!("/guilds/{}/members/{}", said.guild, said.author.id);
        match self.rest.patient().get::<Member>(&path).await {
            Ok(member) => Ok(Membership { roles: member.roles, nick: member.nick }),
            Err(error @ PlatformError::Retry { .. }) => Err(error),
            Err(_) => Ok(Membership::default()),
        }
    }
}

impl<'a> Said<'a> {
    /// A whole message.
    pub(super) fn of(message: &'a Message, guild: GuildId) -> Self {
        Self {
            guild,
            channel: message.channel_id,
            id: message.id,
            kind: message.kind,
            author: &message.author,
            is_webhook: message.webhook_id.is_some(),
            text: &message.content,
            mentions: &message.mentions,
            reference: message.message_reference.as_ref(),
            referenced: message.referenced_message.as_deref(),
        }
    }

    /// A changed message; `None` when Discord tells only of a part that is not read (a preview that has appeared).
    fn changed(event: &'a MessageUpdateEvent) -> Option<Self> {
        Some(Self {
            guild: event.guild_id?,
            channel: event.channel_id,
            id: event.id,
            kind: event.kind.unwrap_or(MessageType::Regular),
            author: event.author.as_ref()?,
            is_webhook: event.webhook_id.flatten().is_some(),
            text: event.content.as_deref()?,
            mentions: event.mentions.as_deref().unwrap_or_default(),
            reference: event.message_reference.as_ref().and_then(Option::as_ref),
            referenced: event.referenced_message.as_ref().and_then(|message| message.as_deref()),
        })
    }

    /// Whether somebody wrote it, not the system.
    pub(super) fn is_of_people(&self) -> bool {
        matches!(self.kind, MessageType::Regular | MessageType::InlineReply)
    }

    /// Whether a program wrote it.
    pub(super) const fn is_bot(&self) -> bool {
        self.author.bot || self.is_webhook
    }

    /// The message as the domain has it.
    pub(super) fn message(&self, place: &Place, member: &Membership, settings: &Settings) -> IncomingMessage {
        let roles: Vec<ids::RoleId> =
            member.roles.iter().map(|role| ids::RoleId::new(role.to_string())).collect();
        let author = self.author;
        let name = member.nick.as_ref().or(author.global_name.as_ref()).unwrap_or(&author.name);
        let replied = self
            .reference
            .filter(|to| self.kind == MessageType::InlineReply && to.kind == MessageReferenceKind::Default);
        IncomingMessage {
            community: ids::CommunityId::new(self.guild.to_string()),
            channel: channel_id(place.channel),
            thread: place.thread.map(channel_id),
            id: ids::MessageId::new(self.id.to_string()),
            at: posted_at(self.id),
            author: user_id(author.id),
            author_name: name.clone(),
            standing: if self.is_bot() { Standing::Bot } else { settings.standing(&roles) },
            text: self.titled(place),
            reply_to: replied.and_then(|to| to.message_id).map(|id| ids::MessageId::new(id.to_string())),
            reply_to_author: replied.and(self.referenced).map(|message| user_id(message.author.id)),
            mentions: self.mentions.iter().map(|user| user_id(user.id)).collect(),
            label: None,
        }
    }

    /// The text; a forum post's first message, which has the post's id, says its title first.
    fn titled(&self, place: &Place) -> String {
        let is_first = place.thread.is_some_and(|thread| thread.get() == self.id.get());
        match &place.title {
            Some(title) if is_first => format!("{title}\n{}", self.text).trim_end().to_owned(),
            Some(_) | None => self.text.to_owned(),
        }
    }
}

/// When a message was posted, as its id says: the platform's clock, to the millisecond.
pub(super) fn posted_at(message: MessageId) -> Timestamp {
    let milliseconds = i64::try_from(message.get() >> TIME_SHIFT).unwrap_or(0) + DISCORD_EPOCH;
    from_milliseconds(milliseconds).expect("42 bits of milliseconds end in the year 2154")
}

/// The smallest id that a message posted at that time can have.
pub(super) fn first_id_at(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() - DISCORD_EPOCH).unwrap_or(0) << TIME_SHIFT
}

/// A channel's id as the domain has it.
pub(super) fn channel_id(channel: ChannelId) -> ids::ChannelId {
    ids::ChannelId::new(channel.to_string())
}

fn user_id(user: UserId) -> ids::UserId {
    ids::UserId::new(user.to_string())
}

#[cfg(test)]
mod tests;
