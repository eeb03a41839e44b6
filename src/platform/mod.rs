//! Where communities live: the edge at which foreign types become the domain's and back.
//!
//! Incoming: each platform's `events.rs` turns what it hears into `store::Incoming` and hands it to the intake.
//! Outgoing: [`Platform`] is all that the outbox knows of a platform. `recording.rs` is the one in memory, which
//! tests and `vigie replay` run on.

#[cfg(feature = "discord")]
pub mod discord;
pub mod export;
pub mod playground;
pub mod recording;

use async_trait::async_trait;

use crate::commands::File;
use crate::domain::action::Meaning;
use crate::domain::card::{Card, Piece};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId, UserId};
use crate::domain::judgement::Judged;
use crate::domain::label::Route;
use crate::domain::message::IncomingMessage;
use crate::domain::request::Request;
use crate::domain::review::ReviewList;
use crate::domain::settings::{self, Language, Tag};
use crate::domain::time::Span;
use crate::domain::words::Words;

/// Why something could not be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// Not now: the platform is busy, limits us, or does not answer. Worth another try, at the earliest after so long
    /// where the platform said.
    #[error("{reason}")]
    Retry {
        /// How long to wait at least.
        after: Option<Span>,
        /// What happened.
        reason: String,
        /// Whether something new may have been posted all the same: a call that posts was not answered, or not with
        /// what became of it. What changes or reads is harmless to repeat.
        perhaps_posted: bool,
    },
    /// Somebody has to mend something first (a channel that was deleted, a permission that is missing): keep it, and
    /// try again now and then.
    #[error("{reason}")]
    Blocked {
        /// The channel in which it has to be mended, if it is one.
        channel: Option<ChannelId>,
        /// What is wrong and what would mend it.
        reason: String,
    },
    /// What it was about is gone for good: the message was deleted, or its channel with it.
    #[error("{reason}")]
    Gone {
        /// What is gone.
        reason: String,
    },
    /// It can never be done: the request makes no sense, or its answer none to us.
    #[error("{reason}")]
    Permanent {
        /// What happened.
        reason: String,
    },
}

/// The member's message, as far as it has to be found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePlace {
    /// The watched channel.
    pub channel: ChannelId,
    /// The thread or forum post in it.
    pub thread: Option<ChannelId>,
    /// The message.
    pub message: MessageId,
}

impl MessagePlace {
    /// Where a request's first message stands.
    #[must_use]
    pub fn of_request(request: &Request) -> Self {
        Self {
            channel: request.channel.clone(),
            thread: request.thread.clone(),
            message: request.opener().id.clone(),
        }
    }

    /// Where a judged message stands.
    #[must_use]
    pub fn of(judged: &Judged) -> Self {
        Self {
            channel: judged.channel.clone(),
            thread: judged.thread.clone(),
            message: judged.message.clone(),
        }
    }
}

/// Reads a judged message as it is now, after those that it was read together with; `None` when it is gone. Of these, what
/// is gone is left out.
///
/// # Errors
/// When one of them cannot be read just now.
pub async fn read_burst(
    platform: &dyn Platform,
    judged: &Judged,
) -> Result<Option<Vec<IncomingMessage>>, PlatformError> {
    let place = MessagePlace::of(judged);
    let Some(message) = platform.read(&judged.community, &place).await? else { return Ok(None) };
    let mut burst = Vec::with_capacity(judged.judgement.earlier.len() + 1);
    for earlier in &judged.judgement.earlier {
        let place = MessagePlace { message: earlier.clone(), ..place.clone() };
        burst.extend(platform.read(&judged.community, &place).await?);
    }
    burst.push(message);
    Ok(Some(burst))
}

/// How the address under which a person opens a request's first message is made on a platform, without a connection;
/// `None` where this build cannot make it.
#[must_use]
pub fn addresses(platform: settings::Platform) -> Option<fn(&Request) -> String> {
    match platform {
        #[cfg(feature = "discord")]
        settings::Platform::Discord => Some(discord::address_of),
        #[cfg(not(feature = "discord"))]
        settings::Platform::Discord => None,
        settings::Platform::Slack => None,
        settings::Platform::Playground => Some(playground::address_of),
    }
}

/// A community's platform, as the outbox sees it.
#[async_trait]
pub trait Platform: Send + Sync + std::fmt::Debug {
    /// Whether the connection is up now.
    async fn is_connected(&self) -> bool {
        true
    }

    /// Whether all that people wrote in a community up to now has come in: the connection is up, and what was missed
    /// before has been made good as far as it can be.
    async fn is_caught_up(&self, community: &CommunityId) -> bool {
        let _ = community;
        true
    }

    /// The parts of the connection in this process, each with whether it is up; none where it is one thing, or was never
    /// made.
    async fn shards(&self) -> Vec<(u32, bool)> {
        Vec::new()
    }

    /// The address under which a person opens a message.
    fn link(&self, community: &CommunityId, place: &MessagePlace) -> String;

    /// Looks for a request's card with its buttons among the last posts of a channel: for a card that was perhaps
    /// posted longer ago than the platform remembers its key. A platform that never forgets a key need not look.
    async fn find_card(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        request: &RequestId,
    ) -> Result<Option<FoundCard>, PlatformError> {
        let _ = (community, channel, request);
        Ok(None)
    }

    /// Posts a card and pings at most this role. Posting twice with the same key within a minute shows one card.
    async fn post_card(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<MessageId, PlatformError>;

    /// Shows the card as it is now.
    async fn edit_card(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<(), PlatformError>;

    /// Turns a card into one line without buttons.
    async fn retire_card(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        card: &Card,
        line: &str,
    ) -> Result<(), PlatformError>;

    /// Reads a member's message as it is now; `None` when it is gone.
    async fn read(
        &self,
        community: &CommunityId,
        place: &MessagePlace,
    ) -> Result<Option<IncomingMessage>, PlatformError>;

    /// Reads the last messages of a watched channel, oldest first, at most so many.
    async fn recent(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        limit: usize,
    ) -> Result<Vec<IncomingMessage>, PlatformError>;

    /// Posts a desk's review list; pings nobody.
    async fn post_review(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        list: &ReviewList,
    ) -> Result<MessageId, PlatformError>;

    /// Shows a desk's review list as it is now.
    async fn edit_review(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        list: &ReviewList,
    ) -> Result<(), PlatformError>;

    /// Takes away a post of ours; one that is gone already is no error.
    async fn delete_post(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
    ) -> Result<(), PlatformError>;

    /// Posts a note of ours; it pings whom it names as its role and person, and nobody else.
    async fn post_note(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        note: &Note,
    ) -> Result<MessageId, PlatformError>;

    /// Shows a note as it is now; pings nobody.
    async fn edit_note(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        note: &Note,
    ) -> Result<(), PlatformError>;

    /// Puts a route's tag on the member's message.
    async fn tag(
        &self,
        community: &CommunityId,
        place: &MessagePlace,
        tag: Tag,
        route: Route,
        language: Language,
    ) -> Result<(), PlatformError>;

    /// Takes a route's tag off the member's message.
    async fn untag(
        &self,
        community: &CommunityId,
        place: &MessagePlace,
        tag: Tag,
        route: Route,
        language: Language,
    ) -> Result<(), PlatformError>;
}

/// A card that was found in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCard {
    /// The post.
    pub post: MessageId,
    /// Whether it pinged the desk's role when it was posted.
    pub has_pinged: bool,
}

/// Something of ours to be said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// The role that it pings.
    pub role: Option<RoleId>,
    /// The person that it pings.
    pub person: Option<UserId>,
    /// What is said; people and roles named in it are shown and not pinged.
    pub lines: Vec<Vec<Piece>>,
    /// The member's message that it replies to, without pinging the member.
    pub reply_to: Option<MessageId>,
    /// A button below it.
    pub button: Option<NoteButton>,
    /// A picture that goes with it.
    pub image: Option<Box<File>>,
}

/// A button below a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteButton {
    /// What is written on it.
    pub label: &'static str,
    /// What it sends.
    pub custom_id: String,
}

impl NoteButton {
    /// What the figures in the note mean.
    #[must_use]
    pub fn figures(words: Words) -> Self {
        Self { label: words.what_figures_mean(), custom_id: Meaning::Figures.custom_id().to_owned() }
    }

    /// What *usually* means, for a member who was told it.
    #[must_use]
    pub fn usual(words: Words) -> Self {
        Self { label: words.what_usually_means(), custom_id: Meaning::Usual.custom_id().to_owned() }
    }
}

/// The one role that a card pings, and the words beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// The role.
    pub role: RoleId,
    /// What is said with it.
    pub words: String,
}
