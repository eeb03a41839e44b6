//! What this Discord knows: servers, channels, people, posts, and what has been asked of it.
//!
//! Plain data behind one lock; nothing here talks to anybody. Tests see it through `wait_for` and the views.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use super::clock::{Clock, born};
use super::failure::Injected;
use super::mentions::Pings;
use super::permission::Permission;
use super::session::Session;

/// A snowflake.
pub type Id = u64;

/// What a channel is; the numbers are Discord's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// An ordinary channel, 0.
    Text,
    /// A thread that everyone sees, 11; a forum's post is one too.
    Thread,
    /// A channel that holds posts only, 15.
    Forum,
    /// A heading over channels, 4.
    Category,
}

impl ChannelKind {
    /// Discord's number for it.
    pub fn number(self) -> u64 {
        match self {
            Self::Text => 0,
            Self::Category => 4,
            Self::Thread => 11,
            Self::Forum => 15,
        }
    }
}

/// A server.
pub struct Guild {
    /// Its id, which is its `@everyone` role's too.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: Id,
    /// Its roles; the first is `@everyone`.
    pub roles: Vec<Role>,
    /// Who is in it, with their roles.
    pub members: BTreeMap<Id, Member>,
    /// The language it is set to.
    pub locale: String,
}

/// A role.
#[derive(Clone)]
pub struct Role {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Permission bits.
    pub permissions: u64,
    /// Whether everybody may ping it.
    pub mentionable: bool,
}

/// Somebody's membership of a server.
#[derive(Clone, Default)]
pub struct Member {
    /// The roles that they have, without `@everyone`.
    pub roles: Vec<Id>,
    /// The name they go by here.
    pub nick: Option<String>,
}

/// A person or a bot.
#[derive(Clone)]
pub struct User {
    /// Their id.
    pub id: Id,
    /// Their name, unique here.
    pub name: String,
    /// Whether it is a bot.
    pub bot: bool,
    /// The language of their client.
    pub locale: String,
}

/// A channel, thread or forum post.
#[derive(Clone)]
pub struct Channel {
    /// Its id.
    pub id: Id,
    /// The server it belongs to.
    pub guild: Id,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// The category, or the channel whose thread it is.
    pub parent: Option<Id>,
    /// Who started it (threads).
    pub owner: Option<Id>,
    /// The tags a forum offers, as Discord shows them.
    pub tags: Vec<Value>,
    /// The tags a forum post has.
    pub applied_tags: Vec<Id>,
    /// Whether the thread sleeps.
    pub archived: bool,
    /// When it fell asleep, or was woken, last.
    pub archived_at: Option<Timestamp>,
    /// Whether the thread is closed.
    pub locked: bool,
    /// What the bot may not do here.
    pub denied: u64,
    /// Whatever else the bot set: topic, overwrites.
    pub extra: serde_json::Map<String, Value>,
}

impl Channel {
    /// A thread falls asleep or is woken.
    pub fn set_archived(&mut self, archived: bool, now: Timestamp) {
        if self.archived != archived {
            self.archived = archived;
            self.archived_at = Some(now);
        }
    }

    /// When a thread fell asleep, or was woken, last; when it began otherwise.
    pub fn archived_at(&self) -> Timestamp {
        self.archived_at.unwrap_or_else(|| born(self.id))
    }
}

/// A file that came with a post.
#[derive(Clone)]
pub struct File {
    /// The attachment's id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
}

/// A reaction, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji as it stands in the path: the character, or `name:id`.
    pub emoji: String,
    /// Who reacted.
    pub by: BTreeSet<Id>,
}

/// A message, a person's or the bot's, with what became of it.
#[derive(Clone)]
pub struct Post {
    /// Its id, and so its time.
    pub id: Id,
    /// Where it is.
    pub channel: Id,
    /// Whose it is.
    pub author: Id,
    /// Its text.
    pub content: String,
    /// Its embeds, as they were sent.
    pub embeds: Vec<Value>,
    /// Its rows of buttons and selects, as they were sent.
    pub components: Vec<Value>,
    /// Its files.
    pub files: Vec<File>,
    /// Discord's message flags.
    pub flags: u64,
    /// The post that it replies to.
    pub reply_to: Option<Id>,
    /// The de-duplication key that it came with.
    pub nonce: Option<Value>,
    /// Who was really notified by it.
    pub pings: Pings,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// How its text and embeds' titles read before each edit, oldest first.
    pub before: Vec<String>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// Its reactions, in the order in which they came.
    pub reactions: Vec<Reaction>,
    /// The only person who sees it.
    pub ephemeral_for: Option<Id>,
    /// The interaction that it answers.
    pub interaction: Option<Id>,
    /// When it came into being, on the machine's monotonic clock: for latencies.
    pub instant: Instant,
}

impl Post {
    /// When it was posted, on the stand-in's clock.
    pub fn at(&self) -> Timestamp {
        born(self.id)
    }

    /// How much real time lies between an earlier post and this one: from `MESSAGE_CREATE` to the card, say.
    pub fn real_time_since(&self, earlier: &Self) -> Duration {
        self.instant.saturating_duration_since(earlier.instant)
    }
}

/// What somebody did that the bot has to answer.
pub struct Interaction {
    /// Its id.
    pub id: Id,
    /// Its token, which is all the authority that answering it needs.
    pub token: String,
    /// Discord's number for its kind: 2 command, 3 component, 4 autocomplete, 5 modal.
    pub kind: u64,
    /// Who did it.
    pub by: Id,
    /// Where.
    pub channel: Id,
    /// The post whose component was used.
    pub source: Option<Id>,
    /// When, on the stand-in's clock.
    pub at: Timestamp,
    /// When, on the monotonic clock.
    pub instant: Instant,
    /// The type of the first answer, and when it came.
    pub answered: Option<(u64, Instant)>,
    /// Whether the first answer's deferral was ephemeral.
    pub deferred_ephemeral: bool,
    /// Whether the promise of an answer ("thinking…") was taken back; what comes then stands for itself.
    pub withdrawn: bool,
    /// The post that `@original` names.
    pub original: Option<Id>,
    /// Later posts.
    pub follow_ups: Vec<Id>,
    /// The modal that was shown.
    pub modal: Option<Value>,
    /// The autocompletions that were offered.
    pub choices: Vec<Value>,
}

/// A call of the REST API, and what was answered.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it came, on the stand-in's clock.
    pub at: Timestamp,
    /// When it came, on the monotonic clock.
    pub arrived: Instant,
    /// When it had been answered.
    pub answered: Instant,
    /// `GET`, `POST` …
    pub method: String,
    /// The path after `/api/v10`, without the query.
    pub path: String,
    /// The query.
    pub query: String,
    /// What was sent.
    pub body: Option<Value>,
    /// The status of the answer.
    pub status: u16,
    /// The answer.
    pub answer: Option<Value>,
}

/// Something that Discord would not have taken.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The call, or `gateway`.
    pub route: String,
    /// What was wrong with it.
    pub reason: String,
}

/// What a test can set.
pub struct Settings {
    /// The bot's token.
    pub token: String,
    /// Whether the limits of calls are not kept.
    pub unlimited: bool,
    /// The privileged intents that the application was granted.
    pub granted: u64,
    /// How often the bot has to say that it lives.
    pub heartbeat_ms: u64,
    /// The number of shards that `GET /gateway/bot` recommends.
    pub shards: u64,
    /// Whether the gateway takes connections.
    pub gateway_up: bool,
    /// Whether heartbeats are acknowledged.
    pub acknowledges: bool,
    /// `http://127.0.0.1:port`
    pub http: String,
    /// `ws://127.0.0.1:port`
    pub ws: String,
}

/// Everything.
pub struct World {
    /// The time.
    pub clock: Clock,
    /// What the test set.
    pub settings: Settings,
    /// The bot's user, whose id is the application's too.
    pub bot: Id,
    /// Everybody.
    pub users: BTreeMap<Id, User>,
    /// The servers.
    pub guilds: BTreeMap<Id, Guild>,
    /// Channels and threads.
    pub channels: BTreeMap<Id, Channel>,
    /// Posts, deleted ones too.
    pub posts: BTreeMap<Id, Post>,
    /// Registered commands, of one server or of all.
    pub commands: BTreeMap<Option<Id>, Vec<Value>>,
    /// What waits for an answer or had one.
    pub interactions: BTreeMap<Id, Interaction>,
    /// The gateway's sessions.
    pub sessions: Vec<Session>,
    /// When the REST call that is being answered arrived.
    pub arrived: Instant,
    /// Every REST call.
    pub requests: Vec<Request>,
    /// What Discord would not have taken.
    pub violations: Vec<Violation>,
    /// Failures to come.
    pub failures: Vec<Injected>,
    /// When each channel's five seconds began, and the posts since.
    pub windows: HashMap<Id, (Timestamp, u32)>,
    /// The posts a nonce has made, a channel.
    pub nonces: HashMap<(Id, String), Id>,
    /// The bot's last post in a channel that a test has waited for.
    pub read_until: HashMap<Id, Id>,
}

impl World {
    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The violations' home: what was wrong, and where.
    pub fn violated(&mut self, route: impl Into<String>, reason: impl Into<String>) {
        self.violations.push(Violation { route: route.into(), reason: reason.into() });
    }

    /// What the bot may do in a channel; a thread inherits its parent's.
    pub fn bot_may(&self, channel: Id, permission: Permission) -> bool {
        let Some(channel) = self.channels.get(&channel) else { return false };
        let parent = channel.parent.and_then(|id| self.channels.get(&id)).map_or(0, |parent| parent.denied);
        let granted = self.permissions_of(channel.guild, self.bot) & !(channel.denied | parent);
        granted & permission.bit() != 0
    }

    /// The permission bits that a member's roles add up to in a server.
    pub fn permissions_of(&self, guild: Id, user: Id) -> u64 {
        let Some(guild) = self.guilds.get(&guild) else { return 0 };
        let Some(member) = guild.members.get(&user) else { return 0 };
        let bits = guild
            .roles
            .iter()
            .filter(|role| role.id == guild.id || member.roles.contains(&role.id))
            .fold(0, |bits, role| bits | role.permissions);
        let is_admin = bits & Permission::Administrator.bit() != 0 || guild.owner == user;
        if is_admin { bits | Permission::bits(&Permission::ALL) } else { bits }
    }

    /// The posts that a channel shows, of those with such ids, oldest first: neither deleted nor ephemeral.
    pub fn shown_in(&self, channel: Id, ids: Range<Id>) -> impl DoubleEndedIterator<Item = &Post> {
        let posts = self.posts.range(ids).map(|(_, post)| post);
        let is_shown = |post: &&Post| post.deleted.is_none() && post.ephemeral_for.is_none();
        posts.filter(move |post| post.channel == channel && is_shown(post))
    }

    /// The server that a channel belongs to.
    pub fn guild_of(&self, channel: Id) -> &Guild {
        let channel = &self.channels[&channel];
        &self.guilds[&channel.guild]
    }
}
