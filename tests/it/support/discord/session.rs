//! The gateway's sessions, and what is told to them.
//!
//! A session outlives its connection: what happens meanwhile is kept, and told when the bot resumes.

use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::permission::Permission;
use super::state::{Channel, Id, Post, World};

/// `GUILD_MEMBERS`, privileged.
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// `GUILD_PRESENCES`, privileged.
pub const GUILD_PRESENCES: u64 = 1 << 8;
/// `MESSAGE_CONTENT`, privileged: without it, texts that do not concern the bot arrive empty.
pub const MESSAGE_CONTENT: u64 = 1 << 15;
/// Those that an application has to be granted.
pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;

const GUILDS: u64 = 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;

/// What goes out to a connection.
pub enum Out {
    /// A payload.
    Say(String),
    /// A close frame with this code.
    Close(u16),
    /// Nothing more: the line is cut.
    Cut,
}

/// An event that was told, or is to be told on resumption.
pub struct Dispatched {
    /// Its number in the session.
    pub seq: u64,
    /// Its name, `MESSAGE_CREATE`.
    pub event: String,
    /// What it carried.
    pub data: Value,
    /// When it was written to the connection, or would have been.
    pub instant: Instant,
}

impl Dispatched {
    /// The payload of the gateway.
    pub fn payload(&self) -> String {
        json!({"op": 0, "s": self.seq, "t": self.event, "d": self.data}).to_string()
    }
}

/// One session of the bot.
pub struct Session {
    /// Its id, which resuming needs.
    pub id: String,
    /// What it wants to hear.
    pub intents: u64,
    /// Which shard it is, of how many.
    pub shard: (u64, u64),
    /// Everything it was told.
    pub told: Vec<Dispatched>,
    /// How many times it was resumed.
    pub resumed: u32,
    /// How many heartbeats came.
    pub heartbeats: u32,
    /// The connection, while there is one.
    pub line: Option<UnboundedSender<Out>>,
}

impl Session {
    /// Tells the session something, now or when it resumes.
    pub fn tell(&mut self, event: &str, data: Value) {
        let seq = self.told.last().map_or(1, |last| last.seq + 1);
        let dispatched = Dispatched { seq, event: event.to_owned(), data, instant: Instant::now() };
        let payload = dispatched.payload();
        self.told.push(dispatched);
        self.say(payload);
    }

    /// Sends a payload as it is; a lost line loses it.
    pub fn say(&mut self, payload: String) {
        if let Some(line) = &self.line
            && line.send(Out::Say(payload)).is_err()
        {
            self.line = None;
        }
    }

    fn hears(&self, guild: Id, intent: u64) -> bool {
        let mine = (guild >> 22) % self.shard.1.max(1) == self.shard.0;
        mine && (intent == 0 || self.intents & intent != 0)
    }
}

impl World {
    /// Tells every session whose shard and intents fit; `intent` 0 is heard by all.
    fn tell(&mut self, guild: Id, intent: u64, event: &str, data: &Value) {
        for session in self.sessions.iter_mut().filter(|session| session.hears(guild, intent)) {
            session.tell(event, data.clone());
        }
    }

    /// Tells of a message in a channel that the bot sees.
    pub fn tell_message(&mut self, event: &str, post: &Post) {
        if post.ephemeral_for.is_some() || !self.bot_may(post.channel, Permission::ViewChannel) {
            return;
        }
        let guild = self.channels[&post.channel].guild;
        let full = self.message_event(post);
        let without = self.without_content(post, full.clone());
        for session in self.sessions.iter_mut().filter(|session| session.hears(guild, GUILD_MESSAGES)) {
            let may_read = session.intents & MESSAGE_CONTENT != 0;
            session.tell(event, if may_read { full.clone() } else { without.clone() });
        }
    }

    /// The message as an application without `MESSAGE_CONTENT` reads it.
    pub fn without_content(&self, post: &Post, mut message: Value) -> Value {
        let names_bot = super::mentions::named(self, post.channel, &post.content).users.contains(&self.bot);
        if post.author != self.bot && !names_bot {
            message["content"] = json!("");
            for key in ["embeds", "attachments", "components"] {
                message[key] = json!([]);
            }
        }
        message
    }

    /// Tells of something else about a message.
    pub fn tell_about(&mut self, channel: Id, event: &str, data: &Value) {
        if self.bot_may(channel, Permission::ViewChannel) {
            let intent = if event.contains("REACTION") { GUILD_MESSAGE_REACTIONS } else { GUILD_MESSAGES };
            self.tell(self.channels[&channel].guild, intent, event, data);
        }
    }

    /// Tells of a channel's or a thread's birth, change or end: `CREATE`, `UPDATE`, `DELETE`.
    pub fn tell_channel(&mut self, what: &str, channel: &Channel) {
        let kind = if channel.kind == super::state::ChannelKind::Thread { "THREAD" } else { "CHANNEL" };
        let mut data = self.channel_json(channel);
        if kind == "THREAD" && what == "CREATE" {
            data["newly_created"] = json!(true);
        }
        self.tell(channel.guild, GUILDS, &format!("{kind}_{what}"), &data);
    }

    /// Tells of a server's roles: `GUILD_ROLE_CREATE`, `GUILD_ROLE_DELETE`.
    pub fn tell_guild(&mut self, guild: Id, event: &str, data: &Value) {
        self.tell(guild, GUILDS, event, data);
    }

    /// Tells of a member, to those who were granted to hear of them.
    pub fn tell_member(&mut self, guild: Id, event: &str, data: &Value) {
        self.tell(guild, GUILD_MEMBERS, event, data);
    }

    /// Tells of an interaction, which needs no intent.
    pub fn tell_interaction(&mut self, guild: Id, data: &Value) {
        self.tell(guild, 0, "INTERACTION_CREATE", data);
    }
}
