//! An interaction as the bot is told of it, whatever a person did to cause it.

use std::time::Instant;

use serde_json::{Value, json};

use super::state::{ChannelKind, Id, Interaction, World};

impl World {
    /// Tells the bot that `by` did something; the interaction waits for its answer from now on.
    pub fn begin(&mut self, kind: u64, by: Id, channel: Id, source: Option<Id>, data: &Value) -> Id {
        let id = self.clock.snowflake();
        let token = format!("interaction-token-{id:x}");
        let guild = &self.guilds[&self.channels[&channel].guild];
        assert!(guild.members.contains_key(&by), "{} is no member of {}", self.users[&by].name, guild.name);
        let mut member = self.member(guild, by);
        member["permissions"] = json!(self.permissions_of(guild.id, by).to_string());
        let mut told = json!({
            "id": id.to_string(), "application_id": self.bot.to_string(), "type": kind, "token": token, "version": 1,
            "guild_id": guild.id.to_string(), "guild": {"id": guild.id.to_string(), "locale": guild.locale},
            "channel_id": channel.to_string(), "channel": self.partial_channel(channel, by), "member": member,
            "locale": self.users[&by].locale, "guild_locale": guild.locale,
            "app_permissions": self.permissions_of(guild.id, self.bot).to_string(), "entitlements": [],
            "authorizing_integration_owners": {"0": guild.id.to_string()}, "context": 0,
            "attachment_size_limit": super::files::LARGEST, "data": data,
        });
        if let Some(source) = source {
            told["message"] = self.message(&self.posts[&source]);
        }
        let guild = guild.id;
        let interaction = Interaction {
            id,
            token,
            kind,
            by,
            channel,
            source,
            at: self.now(),
            instant: Instant::now(),
            answered: None,
            deferred_ephemeral: false,
            withdrawn: false,
            original: None,
            follow_ups: vec![],
            modal: None,
            choices: vec![],
        };
        self.interactions.insert(id, interaction);
        self.tell_interaction(guild, &told);
        id
    }

    /// A channel as interactions carry it.
    pub fn partial_channel(&self, id: Id, seen_by: Id) -> Value {
        let channel = &self.channels[&id];
        let mut shown = json!({
            "id": id.to_string(), "type": channel.kind.number(), "name": channel.name,
            "permissions": self.permissions_of(channel.guild, seen_by).to_string(),
            "parent_id": channel.parent.map(|id| id.to_string()),
        });
        if channel.kind == ChannelKind::Thread {
            shown["thread_metadata"] = self.channel_json(channel)["thread_metadata"].clone();
        }
        shown
    }
}
