//! The guilds' channels, threads and roles, in memory: as much as is needed to place a message and to say which
//! permission is missing.
//!
//! Built from `GUILD_CREATE` and kept by the events that follow it. A thread that is not known (an old one that
//! somebody has woken) is looked up once; that there is none is remembered too.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serenity::model::channel::{ChannelType, ForumTag, GuildChannel, PermissionOverwrite};
use serenity::model::event::Event;
use serenity::model::guild::{Guild as GuildModel, Role as RoleModel};
use serenity::model::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use serenity::model::permissions::Permissions;

use super::rest::Rest;
use crate::domain::ids;
use crate::platform::PlatformError;

/// How many absent channels are remembered in one guild before all are asked for again.
const ABSENT_REMEMBERED: usize = 1000;

/// What is known of the guilds.
#[derive(Debug, Default)]
pub struct Directory(RwLock<HashMap<GuildId, Guild>>);

/// What is known of a guild.
#[derive(Clone, Debug, Default)]
pub struct Guild {
    /// What people call it.
    pub name: String,
    /// Who may do everything.
    pub owner: Option<UserId>,
    /// The bot itself.
    pub me: Option<UserId>,
    /// The bot's roles, without @everyone.
    pub my_roles: Vec<RoleId>,
    /// The roles, @everyone (whose id is the guild's) among them.
    pub roles: HashMap<RoleId, Role>,
    /// The channels and the threads that are not archived.
    pub channels: HashMap<ChannelId, Channel>,
    /// Channels that Discord did not show when asked.
    pub(super) absent: HashSet<ChannelId>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// What people call it.
    pub name: String,
    /// What its holders may do everywhere in the guild.
    pub permissions: Permissions,
    /// The higher, the mightier.
    pub position: u16,
    /// Whether everybody may ping it.
    pub is_mentionable: bool,
}

/// A channel, a category, a thread or a forum post.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What it is.
    pub kind: ChannelType,
    /// What people call it; for a forum post, its title.
    pub name: String,
    /// The channel of a thread, the forum of a post, the category of a channel.
    pub parent: Option<ChannelId>,
    /// Who may do more or less there than elsewhere.
    pub overwrites: Vec<PermissionOverwrite>,
    /// The tags that a forum offers.
    pub tags: Vec<ForumTag>,
    /// The newest message when the channel was told of; only a hint.
    pub last_message: Option<MessageId>,
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The channel, or the parent of the thread.
    pub channel: ChannelId,
    /// The thread or forum post.
    pub thread: Option<ChannelId>,
    /// The title of the forum post; none for other threads.
    pub title: Option<String>,
}

impl Directory {
    /// Reads from a guild; `None` when it is not known.
    pub fn read<T>(&self, guild: GuildId, read: impl FnOnce(&Guild) -> T) -> Option<T> {
        self.shared().get(&guild).map(read)
    }

    /// The guilds that are known.
    #[must_use]
    pub fn guilds(&self) -> Vec<GuildId> {
        self.shared().keys().copied().collect()
    }

    /// Where a message in `channel` stands; `None` when there is no such channel that the bot can see.
    ///
    /// # Errors
    /// When the channel is not known and Discord cannot be asked now.
    pub async fn place(
        &self,
        rest: &Rest,
        guild: GuildId,
        channel: ChannelId,
    ) -> Result<Option<Place>, PlatformError> {
        if let Some(place) = self.known_place(guild, channel) {
            return Ok(Some(place));
        }
        if self.read(guild, |known| known.absent.contains(&channel)).unwrap_or(false) {
            return Ok(None);
        }
        match rest.get::<GuildChannel>(&format!("/channels/{channel}")).await {
            Ok(found) if found.guild_id == guild => self.keep(guild, &found),
            Err(error @ PlatformError::Retry { .. }) => return Err(error),
            Ok(_) | Err(_) => {
                self.remember_absent(guild, channel);
            }
        }
        Ok(self.known_place(guild, channel))
    }

    /// Refuses a channel of another guild that the bot is in as well. Settings are typed by people: whatever stands in
    /// them, nothing is read from another community, and nothing is posted there.
    ///
    /// # Errors
    /// When it is another guild's, or when that cannot be found out.
    pub async fn check_own(
        &self,
        rest: &Rest,
        guild: GuildId,
        channel: ChannelId,
    ) -> Result<(), PlatformError> {
        if self.known_place(guild, channel).is_some() {
            return Ok(());
        }
        let found: GuildChannel = rest.get(&format!("/channels/{channel}")).await?;
        if found.guild_id == guild {
            return Ok(());
        }
        tracing::warn!(%guild, %channel, "discord.channel.foreign: the settings name one of another server");
        Err(PlatformError::Blocked {
            channel: Some(ids::ChannelId::new(channel.to_string())),
            reason: format!("channel {channel} belongs to another server: choose one of this server"),
        })
    }

    /// Where a message in `channel` stands, without asking anybody.
    #[must_use]
    pub fn known_place(&self, guild: GuildId, channel: ChannelId) -> Option<Place> {
        self.read(guild, |known| known.place(channel)).flatten()
    }

    /// Whether a thread had another name: Discord tells of it anew with each tag, and whenever it falls asleep or wakes.
    /// Of one that slept until now nothing is known: an old question is not asked anew because somebody woke it.
    pub(super) fn is_renamed(&self, thread: &GuildChannel) -> bool {
        let had_another =
            |known: &Guild| known.channels.get(&thread.id).is_some_and(|known| known.name != thread.name);
        self.read(thread.guild_id, had_another).unwrap_or(false)
    }

    /// Learns from an event what it says about channels, roles and the bot itself.
    pub fn learn(&self, event: &Event) {
        match event {
            Event::GuildCreate(event) => self.replace(&event.guild),
            Event::GuildDelete(event) => drop(self.exclusive().remove(&event.guild.id)),
            Event::GuildUpdate(event) => {
                let guild = &event.guild;
                self.change(guild.id, |known| {
                    known.name.clone_from(&guild.name);
                    known.owner = Some(guild.owner_id);
                    known.roles = guild.roles.values().map(|role| (role.id, Role::from(role))).collect();
                });
            }
            Event::GuildRoleCreate(event) => self.keep_role(&event.role),
            Event::GuildRoleUpdate(event) => self.keep_role(&event.role),
            Event::GuildRoleDelete(event) => self.change(event.guild_id, |known| {
                known.roles.remove(&event.role_id);
                known.my_roles.retain(|role| *role != event.role_id);
            }),
            Event::GuildMemberUpdate(event) => self.change(event.guild_id, |known| {
                if known.me == Some(event.user.id) {
                    known.my_roles.clone_from(&event.roles);
                }
            }),
            Event::ChannelCreate(event) => self.keep(event.channel.guild_id, &event.channel),
            Event::ChannelUpdate(event) => self.keep(event.channel.guild_id, &event.channel),
            Event::ThreadCreate(event) => self.keep(event.thread.guild_id, &event.thread),
            Event::ThreadUpdate(event) => self.keep(event.thread.guild_id, &event.thread),
            Event::ThreadListSync(event) => {
                event.threads.iter().for_each(|thread| self.keep(event.guild_id, thread));
            }
            Event::ChannelDelete(event) => self.forget(event.channel.guild_id, event.channel.id),
            Event::ThreadDelete(event) => self.forget(event.thread.guild_id, event.thread.id),
            // Serenity's enum, open-ended by declaration: everything else says nothing about these.
            _ => {}
        }
    }

    /// Says who the bot is in every guild that is told of from now on.
    pub(super) fn i_am(&self, guild: GuildId, me: UserId) {
        self.change(guild, |known| known.me = Some(me));
    }

    /// Keeps a channel or thread as it is now.
    pub fn keep(&self, guild: GuildId, channel: &GuildChannel) {
        self.change(guild, |known| {
            known.absent.remove(&channel.id);
            known.channels.insert(channel.id, Channel::from(channel));
        });
    }

    /// Keeps a whole guild as it is now.
    pub fn insert(&self, id: GuildId, guild: Guild) {
        self.exclusive().insert(id, guild);
    }

    fn replace(&self, guild: &GuildModel) {
        let channels =
            guild.channels.values().chain(&guild.threads).map(|c| (c.id, Channel::from(c))).collect();
        let roles = guild.roles.values().map(|role| (role.id, Role::from(role))).collect();
        let me = self.read(guild.id, |known| known.me).flatten();
        let known = Guild {
            name: guild.name.clone(),
            owner: Some(guild.owner_id),
            me,
            // Without the members' intent Discord tells of no member but the bot, and perhaps those who are speaking.
            my_roles: Vec::new(),
            roles,
            channels,
            absent: HashSet::new(),
        };
        self.insert(guild.id, known);
    }

    /// Takes the bot's own roles out of what a `GUILD_CREATE` says about members.
    pub(super) fn learn_own_roles(&self, guild: &GuildModel, me: UserId) {
        self.i_am(guild.id, me);
        if let Some(member) = guild.members.get(&me) {
            self.change(guild.id, |known| known.my_roles.clone_from(&member.roles));
        }
    }

    fn keep_role(&self, role: &RoleModel) {
        self.change(role.guild_id, |known| drop(known.roles.insert(role.id, Role::from(role))));
    }

    fn forget(&self, guild: GuildId, channel: ChannelId) {
        self.change(guild, |known| {
            known.channels.remove(&channel);
            known.channels.retain(|_, other| !(other.is_thread() && other.parent == Some(channel)));
        });
    }

    fn remember_absent(&self, guild: GuildId, channel: ChannelId) {
        self.change(guild, |known| {
            if known.absent.len() >= ABSENT_REMEMBERED {
                known.absent.clear();
            }
            known.absent.insert(channel);
        });
    }

    fn change(&self, guild: GuildId, change: impl FnOnce(&mut Guild)) {
        change(self.exclusive().entry(guild).or_default());
    }

    fn shared(&self) -> RwLockReadGuard<'_, HashMap<GuildId, Guild>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, HashMap<GuildId, Guild>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guild {
    fn place(&self, channel: ChannelId) -> Option<Place> {
        let known = self.channels.get(&channel)?;
        let Some(parent) = known.parent.filter(|_| known.is_thread()) else {
            return Some(Place { channel, thread: None, title: None });
        };
        let is_post = self.channels.get(&parent).is_some_and(Channel::is_forum);
        Some(Place { channel: parent, thread: Some(channel), title: is_post.then(|| known.name.clone()) })
    }
}

impl Channel {
    /// Whether it is a thread or a forum post.
    #[must_use]
    pub const fn is_thread(&self) -> bool {
        matches!(self.kind, ChannelType::NewsThread | ChannelType::PublicThread | ChannelType::PrivateThread)
    }

    /// Whether its threads are posts with a title and tags.
    #[must_use]
    pub fn is_forum(&self) -> bool {
        is_forum(self.kind)
    }
}

/// Whether threads in such a channel are posts with a title and tags: forums, and media channels.
#[must_use]
pub fn is_forum(kind: ChannelType) -> bool {
    /// Discord's number for media channels, which the model does not name.
    const MEDIA: u8 = 16;
    kind == ChannelType::Forum || u8::from(kind) == MEDIA
}

impl From<&GuildChannel> for Channel {
    fn from(channel: &GuildChannel) -> Self {
        Self {
            kind: channel.kind,
            name: channel.name.clone(),
            parent: channel.parent_id,
            overwrites: channel.permission_overwrites.clone(),
            tags: channel.available_tags.clone(),
            last_message: channel.last_message_id,
        }
    }
}

impl From<&RoleModel> for Role {
    fn from(role: &RoleModel) -> Self {
        Self {
            name: role.name.clone(),
            permissions: role.permissions,
            position: role.position,
            is_mentionable: role.mentionable,
        }
    }
}
