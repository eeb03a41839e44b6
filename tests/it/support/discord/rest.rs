//! Which call does what. A call that is not here does not exist, and asking for it is a violation.
//!
//! Bodies are held against the published description and the limits before anything is done.

use serde_json::{Value, json};

use super::limits;
use super::multipart::Upload;
use super::permission::Permission;
use super::refusal::Refusal;
use super::spec;
use super::state::{Channel, Guild, Id, World};
use super::{
    rest_callbacks as callbacks, rest_channels as channels, rest_guilds as guilds, rest_messages as messages,
};

/// A call, read.
pub struct Call<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// The path after `/api/v10`.
    pub path: &'a str,
    /// What stands after the question mark.
    pub query: &'a str,
    /// The JSON that was sent.
    pub body: Option<&'a Value>,
    /// The files that were sent.
    pub files: Vec<Upload>,
}

/// An answer to a call that was done.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON.
    pub body: Option<Value>,
}

impl Answer {
    /// 200 with this.
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// 201 with this.
    pub fn created(body: Value) -> Self {
        Self { status: 201, body: Some(body) }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: 204, body: None }
    }
}

/// What calls end in.
pub type Outcome = Result<Answer, Refusal>;

impl Call<'_> {
    /// The body, held against the description; `schema` where that leaves open what the body is.
    pub fn checked(&self, schema: Option<&str>) -> Result<&Value, Refusal> {
        let body = self.body.ok_or_else(|| Refusal::form("a body is missing"))?;
        match spec::fault_in_body(self.method, self.path, schema, body) {
            Some(reason) => Err(Refusal::form(reason)),
            None => Ok(body),
        }
    }

    /// The body of a message, held against the limits too.
    pub fn checked_message(&self, schema: Option<&str>) -> Result<&Value, Refusal> {
        let body = self.checked(schema)?;
        limits::message(body).map_err(Refusal::form)?;
        Ok(body)
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// A parameter of the query that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.parameter(name)?.parse().ok()
    }
}

/// Does what the call asks for.
pub fn answer(world: &mut World, call: Call<'_>) -> Outcome {
    let path = call.path.to_owned();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (call.method, segments.as_slice()) {
        ("GET", ["gateway"]) => Ok(Answer::ok(json!({"url": world.settings.ws}))),
        ("GET", ["gateway", "bot"]) => Ok(Answer::ok(guilds::gateway_bot(world))),
        ("GET", ["users", "@me"]) => Ok(Answer::ok(guilds::me(world))),
        ("GET", ["users", "@me", "guilds"]) => Ok(Answer::ok(guilds::my_guilds(world))),
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => {
            Ok(Answer::ok(guilds::application(world)))
        }
        (_, ["applications", app, rest @ ..]) if *app == world.bot.to_string() => {
            guilds::commands(world, &call, rest)
        }
        (_, ["guilds", guild, rest @ ..]) => {
            let guild = guild.parse().ok().filter(|id| world.guilds.contains_key(id));
            guilds::answer(world, &call, guild.ok_or_else(Refusal::unknown_guild)?, rest)
        }
        (_, ["channels", channel, rest @ ..]) => {
            let id = channel.parse().ok().filter(|id| world.channels.contains_key(id));
            let id = id.ok_or_else(Refusal::unknown_channel)?;
            demand(world, id, Permission::ViewChannel)?;
            match rest.first() {
                Some(&"messages") => messages::answer(world, call, id, &rest[1..]),
                Some(_) | None => channels::answer(world, &call, id, rest),
            }
        }
        ("POST", ["interactions", id, token, "callback"]) => callbacks::first_answer(world, call, id, token),
        (_, ["webhooks", app, token, rest @ ..]) if *app == world.bot.to_string() => {
            callbacks::later_answer(world, call, token, rest)
        }
        _ => Err(Refusal::unknown_route()),
    }
}

/// Refuses when the bot lacks the permission in the channel.
pub fn demand(world: &World, channel: Id, permission: Permission) -> Result<(), Refusal> {
    if !world.bot_may(channel, Permission::ViewChannel) {
        return Err(Refusal::missing_access());
    }
    if world.bot_may(channel, permission) { Ok(()) } else { Err(Refusal::missing_permissions()) }
}

/// Refuses when the bot lacks the permission in the server.
pub fn demand_in_guild(world: &World, guild: &Guild, permission: Permission) -> Result<(), Refusal> {
    let has = world.permissions_of(guild.id, world.bot) & permission.bit() != 0;
    if has { Ok(()) } else { Err(Refusal::missing_permissions()) }
}

/// The permission that posting into the channel takes.
pub fn permission_to_post(channel: &Channel) -> Permission {
    match channel.kind {
        super::state::ChannelKind::Thread => Permission::SendMessagesInThreads,
        super::state::ChannelKind::Text
        | super::state::ChannelKind::Forum
        | super::state::ChannelKind::Category => Permission::SendMessages,
    }
}
