//! How a test describes its server before the story begins.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::clock::{Clock, Source, snowflake_at};
use super::permission::Permission;
use super::session::PRIVILEGED;
use super::state::{ChannelKind, Guild, Id, Member, Role, Settings, User, World};
use super::{Discord, Inner, gateway, server, session};

/// The token of the bot, unless a test sets another.
const TOKEN: &str = "stand-in.token.of-the-bot";
/// When a story begins, unless it says so: a Monday morning.
const BEGINNING: &str = "2026-03-02T09:00:00Z";

/// A Discord that has not started.
pub struct Builder {
    world: World,
    guild: Option<Id>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let begin: Timestamp = BEGINNING.parse().expect("the constant is a timestamp");
        let settings = Settings {
            token: TOKEN.to_owned(),
            unlimited: false,
            granted: PRIVILEGED,
            heartbeat_ms: 41_250,
            shards: 1,
            gateway_up: true,
            acknowledges: true,
            http: String::new(),
            ws: String::new(),
        };
        // What was there before the story is as old as this.
        let bot = snowflake_at(begin - SignedDuration::from_hours(24), 0);
        let user = User { id: bot, name: "vigie".to_owned(), bot: true, locale: "en-US".to_owned() };
        let world = World {
            clock: Clock::new(Source::Still(begin)),
            settings,
            bot,
            users: BTreeMap::from([(bot, user)]),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            posts: BTreeMap::new(),
            commands: BTreeMap::new(),
            interactions: BTreeMap::new(),
            sessions: vec![],
            arrived: Instant::now(),
            requests: vec![],
            violations: vec![],
            failures: vec![],
            windows: HashMap::new(),
            nonces: HashMap::new(),
            read_until: HashMap::new(),
        };
        Self { world, guild: None }
    }

    /// The story begins at this moment, and time stands still until the test moves it.
    ///
    /// # Panics
    /// When it is no timestamp.
    #[must_use]
    pub fn at(mut self, moment: &str) -> Self {
        self.world.clock =
            Clock::new(Source::Still(moment.parse().expect("a timestamp, as 2026-03-02T09:00:00Z")));
        self
    }

    /// Time is what this says: the bot's own clock, say.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.world.clock = Clock::new(Source::Shared(Arc::new(now)));
        self
    }

    /// Time runs, from the story's beginning on.
    #[must_use]
    pub fn running(mut self) -> Self {
        self.world.clock = Clock::new(Source::Running(self.world.now(), Instant::now()));
        self
    }

    /// A server; what follows is in it.
    #[must_use]
    pub fn guild(mut self, name: &str) -> Self {
        // Shards are dealt out by the millisecond of birth: neighbours come to different ones.
        let nth = u64::try_from(self.world.guilds.len()).expect("a few");
        let born = self.world.now() - SignedDuration::from_hours(24);
        let id = snowflake_at(born, 1) + (nth << 22);
        let owner = self.add_user(&format!("{name}'s owner"), false);
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            permissions: Permission::everyone(),
            mentionable: false,
        };
        let of_bot = Role {
            id: self.world.clock.snowflake(),
            name: "vigie".to_owned(),
            permissions: Permission::bot(),
            mentionable: false,
        };
        let bot = Member { roles: vec![of_bot.id], nick: None };
        let members = BTreeMap::from([(owner, Member::default()), (self.world.bot, bot)]);
        let (name, locale) = (name.to_owned(), "en-US".to_owned());
        self.world
            .guilds
            .insert(id, Guild { id, name, owner, roles: vec![everyone, of_bot], members, locale });
        self.guild = Some(id);
        self
    }

    /// A text channel.
    #[must_use]
    pub fn channel(self, name: &str) -> Self {
        self.with_channel(name, ChannelKind::Text, &[])
    }

    /// A forum, with the tags that it offers.
    #[must_use]
    pub fn forum(self, name: &str, tags: &[&str]) -> Self {
        self.with_channel(name, ChannelKind::Forum, tags)
    }

    fn with_channel(mut self, name: &str, kind: ChannelKind, tags: &[&str]) -> Self {
        let (builder, guild) = self.in_guild();
        self = builder;
        let id = self.world.add_channel(guild, name, kind, None);
        let tags = tags.iter().map(|tag| {
            let id = self.world.clock.snowflake().to_string();
            json!({"id": id, "name": tag, "moderated": false, "emoji_id": null, "emoji_name": null})
        });
        let tags = tags.collect();
        self.world.channels.get_mut(&id).expect("it has just been added").tags = tags;
        self
    }

    /// A role that anybody may ping.
    #[must_use]
    pub fn role(self, name: &str) -> Self {
        self.role_with(name, &[])
    }

    /// A role with permissions.
    #[must_use]
    pub fn role_with(self, name: &str, permissions: &[Permission]) -> Self {
        let (mut builder, guild) = self.in_guild();
        let id = builder.world.clock.snowflake();
        let role =
            Role { id, name: name.to_owned(), permissions: Permission::bits(permissions), mentionable: true };
        builder.world.guilds.get_mut(&guild).expect("it is the one being described").roles.push(role);
        builder
    }

    /// A person with these roles; the same name in two servers is the same person.
    #[must_use]
    pub fn member(self, name: &str, roles: &[&str]) -> Self {
        self.with_member(name, roles, false)
    }

    /// Another bot.
    #[must_use]
    pub fn other_bot(self, name: &str) -> Self {
        self.with_member(name, &[], true)
    }

    fn with_member(self, name: &str, roles: &[&str], bot: bool) -> Self {
        let (mut builder, guild) = self.in_guild();
        let known = builder.world.users.values().find(|user| user.name == name).map(|user| user.id);
        let id = known.unwrap_or_else(|| builder.add_user(name, bot));
        let roles = roles.iter().map(|role| builder.world.role(role).id).collect();
        let guild = builder.world.guilds.get_mut(&guild).expect("it is the one being described");
        guild.members.insert(id, Member { roles, nick: None });
        builder
    }

    /// The language of the last server and of everybody's client, `fr`.
    #[must_use]
    pub fn speaking(self, locale: &str) -> Self {
        let (mut builder, guild) = self.in_guild();
        let guild = builder.world.guilds.get_mut(&guild).expect("it is the one being described");
        locale.clone_into(&mut guild.locale);
        builder.world.users.values_mut().for_each(|user| locale.clone_into(&mut user.locale));
        builder
    }

    /// The application was not granted to read texts.
    #[must_use]
    pub fn without_message_content(mut self) -> Self {
        self.world.settings.granted &= !session::MESSAGE_CONTENT;
        self
    }

    /// Nobody counts calls: for benchmarks.
    #[must_use]
    pub fn unlimited(mut self) -> Self {
        self.world.settings.unlimited = true;
        self
    }

    /// The token that the bot has to have.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.world.settings.token);
        self
    }

    /// How many shards `GET /gateway/bot` recommends.
    #[must_use]
    pub fn shards(mut self, shards: u64) -> Self {
        self.world.settings.shards = shards;
        self
    }

    /// How often the bot has to send a heartbeat.
    #[must_use]
    pub fn heartbeat_every(mut self, milliseconds: u64) -> Self {
        self.world.settings.heartbeat_ms = milliseconds;
        self
    }

    /// Opens the doors.
    ///
    /// # Panics
    /// When the loopback has no port left.
    pub async fn start(self) -> Discord {
        let (mut builder, _) = self.in_guild();
        let rest = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback is free");
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback is free");
        let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
        builder.world.settings.http = format!("http://{}", address(&rest));
        builder.world.settings.ws = format!("ws://{}", address(&socket));
        let inner = Arc::new(Inner { world: Mutex::new(builder.world), changes: watch::Sender::new(0) });
        let servers = vec![
            tokio::spawn(server::listen(rest, Arc::clone(&inner))),
            tokio::spawn(gateway::listen(socket, Arc::clone(&inner))),
        ];
        Discord { inner, servers }
    }

    /// The server that is being described; one without a name to speak of, if none was.
    fn in_guild(self) -> (Self, Id) {
        let builder = if self.guild.is_some() { self } else { self.guild("Server") };
        let guild = builder.guild.expect("there is one now");
        (builder, guild)
    }

    fn add_user(&mut self, name: &str, bot: bool) -> Id {
        let id = self.world.clock.snowflake();
        self.world.users.insert(id, User { id, name: name.to_owned(), bot, locale: "en-US".to_owned() });
        id
    }
}

impl World {
    /// A new channel, of which nobody is told.
    pub fn add_channel(&mut self, guild: Id, name: &str, kind: ChannelKind, parent: Option<Id>) -> Id {
        let id = self.clock.snowflake();
        self.channels.insert(id, blank_channel(id, guild, name, kind, parent));
        id
    }

    /// A new thread, of which the bot is told; one that begins at a message has its id.
    pub fn add_thread(&mut self, parent: Id, name: &str, owner: Id, at: Option<Id>) -> Id {
        let id = at.unwrap_or_else(|| self.clock.snowflake());
        let guild = self.channels[&parent].guild;
        let mut thread = blank_channel(id, guild, name, ChannelKind::Thread, Some(parent));
        thread.owner = Some(owner);
        self.channels.insert(id, thread.clone());
        self.tell_channel("CREATE", &thread);
        id
    }
}

fn blank_channel(
    id: Id,
    guild: Id,
    name: &str,
    kind: ChannelKind,
    parent: Option<Id>,
) -> super::state::Channel {
    super::state::Channel {
        id,
        guild,
        name: name.to_owned(),
        kind,
        parent,
        owner: None,
        tags: vec![],
        applied_tags: vec![],
        archived: false,
        archived_at: None,
        locked: false,
        denied: 0,
        extra: Map::new(),
    }
}
