//! Discord: what happens there comes in through the gateway, what Vigie says goes out through REST.
//!
//! `events` translates at the edge, `backfill` looks for what was missed, `render` draws; [`Discord`] is the
//! [`Platform`] that the outbox posts through. Serenity lends the gateway, the models and the builders; the calls are
//! our own (`rest`).

pub mod backfill;
pub mod closes;
pub mod commands;
pub mod directory;
pub mod doctor;
mod escape;
mod events;
pub mod gateway;
pub mod interactions;
mod lanes;
mod limits;
pub mod permissions;
mod read;
mod refusals;
pub mod render;
mod reread;
pub mod rest;
mod setup;
mod shards;
mod tags;

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use serde::Deserialize;
use serenity::model::id::{ChannelId as Channel, GuildId, UserId};

use crate::clock::Clock;
use crate::config::environment::Shards;
use crate::domain::action::Action;
use crate::domain::card::Card;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId};
use crate::domain::label::Route;
use crate::domain::message::IncomingMessage;
use crate::domain::request::Request;
use crate::domain::review::ReviewList;
use crate::domain::settings::{Language, Tag};
use crate::intake::Intake;
use crate::platform::{FoundCard, MessagePlace, Note, Ping, Platform, PlatformError};
use crate::store::ShardStore;
use crate::triage::Triage;
use directory::Directory;
use rest::Rest;

/// What is needed to be a bot on Discord.
#[derive(Clone)]
pub struct Credentials {
    /// The bot's token.
    pub token: String,
    /// The base of the REST API when it is not Discord's own.
    pub api_url: Option<String>,
    /// The shards of this process; its share of all when absent.
    pub shards: Option<Shards>,
}

/// Shows no token.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token: _, api_url, shards } = self;
        f.debug_struct("Credentials")
            .field("api_url", api_url)
            .field("shards", shards)
            .finish_non_exhaustive()
    }
}

/// The Discord side of Vigie.
#[derive(Debug)]
pub struct Discord {
    credentials: Credentials,
    rest: Rest,
    intake: Arc<Intake>,
    triage: Arc<Triage>,
    store: Arc<dyn ShardStore>,
    clock: Arc<dyn Clock>,
    directory: Directory,
    lanes: lanes::Lanes,
    link: gateway::Link,
    me: OnceLock<Me>,
    doubts: reread::Doubts,
    /// At most so many guilds are caught up with at a time.
    catching_up: tokio::sync::Semaphore,
}

/// Who the bot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// The bot's user, which is also its application for every bot made since 2016.
    pub id: UserId,
}

/// The address under which Discord opens a message.
fn address(community: &CommunityId, channel: &ChannelId, message: &MessageId) -> String {
    format!("https://discord.com/channels/{community}/{channel}/{message}")
}

/// The address under which Discord opens a request's first message.
pub(super) fn address_of(request: &Request) -> String {
    address(&request.community, request.place(), &request.opener().id)
}

/// What the platform is called in figures.
const NAME: &str = "discord";

/// How many guilds are caught up with at a time.
const CATCHING_UP: usize = 4;

impl Discord {
    /// The Discord side; nothing is connected before [`gateway::run`].
    ///
    /// # Errors
    /// When the token cannot be a token, or the machine has no TLS.
    pub fn new(
        credentials: Credentials,
        intake: Arc<Intake>,
        triage: Arc<Triage>,
        store: Arc<dyn ShardStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, PlatformError> {
        let rest = Rest::new(credentials.api_url.as_deref(), &credentials.token)?;
        Ok(Arc::new(Self {
            credentials,
            rest,
            intake,
            triage,
            store,
            clock,
            directory: Directory::default(),
            lanes: lanes::Lanes::default(),
            link: gateway::Link::default(),
            me: OnceLock::new(),
            doubts: reread::Doubts::default(),
            catching_up: tokio::sync::Semaphore::new(CATCHING_UP),
        }))
    }

    /// Calls to Discord.
    #[must_use]
    pub const fn rest(&self) -> &Rest {
        &self.rest
    }

    /// What is known of the guilds.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The middle of the road.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// What hears.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// What tells the time.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Refuses a channel that is not the community's own.
    async fn check_own(&self, community: &CommunityId, channel: &ChannelId) -> Result<(), PlatformError> {
        let (Some(guild), Some(channel)) = (guild_of(community), channel_of(channel)) else {
            return Err(PlatformError::Permanent {
                reason: format!("channel {channel} is none of Discord's"),
            });
        };
        self.directory.check_own(&self.rest, guild, channel).await
    }

    /// Who the bot is; `None` before it has been asked.
    #[must_use]
    pub fn me(&self) -> Option<Me> {
        self.me.get().copied()
    }
}

/// What Discord answers to a message that was posted.
#[derive(Debug, Deserialize)]
struct Posted {
    id: String,
}

/// A post, as far as it can be told to be a request's card.
#[derive(Debug, Deserialize)]
struct Found {
    id: String,
    author: Author,
    /// Roles that it pinged: while a ping is held back a card names none.
    #[serde(default)]
    mention_roles: Vec<String>,
    #[serde(default)]
    components: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Author {
    id: UserId,
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Debug, Deserialize)]
struct Component {
    custom_id: Option<String>,
}

impl Found {
    fn is_card_of(&self, request: &RequestId, me: Option<Me>) -> bool {
        let claim = Action::Claim.custom_id(request);
        let buttons = self.components.iter().flat_map(|row| &row.components);
        let has_button = buttons.filter_map(|button| button.custom_id.as_ref()).any(|id| *id == claim);
        has_button && me.is_none_or(|me| me.id == self.author.id)
    }
}

#[async_trait]
impl Platform for Discord {
    async fn is_connected(&self) -> bool {
        self.is_connected().await
    }

    async fn is_caught_up(&self, community: &CommunityId) -> bool {
        let Some(guild) = guild_of(community) else { return false };
        self.lanes.is_empty(guild)
            && self.is_listening(guild).await
            && backfill::is_done(self, community).await
    }

    async fn shards(&self) -> Vec<(u32, bool)> {
        self.shards().await
    }

    fn link(&self, community: &CommunityId, place: &MessagePlace) -> String {
        address(community, place.thread.as_ref().unwrap_or(&place.channel), &place.message)
    }

    async fn find_card(
        &self,
        _community: &CommunityId,
        channel: &ChannelId,
        request: &RequestId,
    ) -> Result<Option<FoundCard>, PlatformError> {
        let posts: Vec<Found> = self.rest.get(&format!("/channels/{channel}/messages?limit=100")).await?;
        let card = posts.into_iter().find(|post| post.is_card_of(request, self.me()));
        let found = |card: Found| {
            let has_pinged = !card.mention_roles.is_empty();
            FoundCard { post: MessageId::new(card.id), has_pinged }
        };
        Ok(card.map(found))
    }

    async fn post_card(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<MessageId, PlatformError> {
        self.check_own(community, channel).await?;
        let message = render::card(card, ping, key);
        let posted: Posted = self.rest.post(&format!("/channels/{channel}/messages"), &message).await?;
        Ok(MessageId::new(posted.id))
    }

    async fn edit_card(
        &self,
        _community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<(), PlatformError> {
        let message = render::edited_card(card, ping);
        self.rest
            .tell(reqwest::Method::PATCH, &format!("/channels/{channel}/messages/{post}"), Some(&message))
            .await
    }

    async fn retire_card(
        &self,
        _community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        card: &Card,
        line: &str,
    ) -> Result<(), PlatformError> {
        let message = render::retired_card(card, line);
        self.rest
            .tell(reqwest::Method::PATCH, &format!("/channels/{channel}/messages/{post}"), Some(&message))
            .await
    }

    async fn read(
        &self,
        community: &CommunityId,
        place: &MessagePlace,
    ) -> Result<Option<IncomingMessage>, PlatformError> {
        self.read_message(community, place).await
    }

    async fn recent(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        limit: usize,
    ) -> Result<Vec<IncomingMessage>, PlatformError> {
        self.recent_messages(community, channel, limit).await
    }

    async fn post_review(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        list: &ReviewList,
    ) -> Result<MessageId, PlatformError> {
        self.check_own(community, channel).await?;
        let message = render::lists::review(list, key);
        let posted: Posted = self.rest.post(&format!("/channels/{channel}/messages"), &message).await?;
        Ok(MessageId::new(posted.id))
    }

    async fn edit_review(
        &self,
        _community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        list: &ReviewList,
    ) -> Result<(), PlatformError> {
        let message = render::lists::edited_review(list);
        self.rest
            .tell(reqwest::Method::PATCH, &format!("/channels/{channel}/messages/{post}"), Some(&message))
            .await
    }

    async fn delete_post(
        &self,
        _community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
    ) -> Result<(), PlatformError> {
        match self.rest.delete(&format!("/channels/{channel}/messages/{post}")).await {
            Err(PlatformError::Gone { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    async fn post_note(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        note: &Note,
    ) -> Result<MessageId, PlatformError> {
        self.check_own(community, channel).await?;
        let message = render::notes::note(note, key);
        let path = format!("/channels/{channel}/messages");
        let posted: Posted = match &note.image {
            Some(image) => self.rest.post_with(&path, &message, image).await?,
            None => self.rest.post(&path, &message).await?,
        };
        Ok(MessageId::new(posted.id))
    }

    async fn edit_note(
        &self,
        _community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        note: &Note,
    ) -> Result<(), PlatformError> {
        let message = render::notes::edited_note(note);
        self.rest
            .tell(reqwest::Method::PATCH, &format!("/channels/{channel}/messages/{post}"), Some(&message))
            .await
    }

    async fn tag(
        &self,
        _community: &CommunityId,
        place: &MessagePlace,
        tag: Tag,
        route: Route,
        language: Language,
    ) -> Result<(), PlatformError> {
        tags::put(&self.rest, place, tag, route, language).await
    }

    async fn untag(
        &self,
        _community: &CommunityId,
        place: &MessagePlace,
        tag: Tag,
        route: Route,
        _language: Language,
    ) -> Result<(), PlatformError> {
        tags::take_off(&self.rest, place, tag, route).await
    }
}

/// The guild that a community is; `None` when its id is no snowflake.
pub(crate) fn guild_of(community: &CommunityId) -> Option<GuildId> {
    snowflake(community.as_str()).map(GuildId::new)
}

/// A channel of ours as Discord's; `None` when its id is no snowflake.
pub(crate) fn channel_of(channel: &ChannelId) -> Option<Channel> {
    snowflake(channel.as_str()).map(Channel::new)
}

/// A snowflake out of text; `None` when it is none.
pub(crate) fn snowflake(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| *number != 0)
}
