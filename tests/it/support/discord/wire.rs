//! How things look on the wire: the JSON that Discord would send for them.
//!
//! A test of the stand-in holds these shapes against the published description.

use serde_json::{Map, Value, json};

use super::clock::born;
use super::state::{Channel, ChannelKind, Guild, Id, Post, Reaction, Role, User, World};

/// The flag of a message that only one person sees.
pub const EPHEMERAL: u64 = 1 << 6;

/// A user, as others see them.
pub fn user(user: &User) -> Value {
    json!({
        "id": user.id.to_string(), "username": user.name, "global_name": user.name, "discriminator": "0",
        "avatar": null, "public_flags": 0, "flags": 0, "bot": user.bot, "primary_guild": null,
    })
}

/// A role.
pub fn role(role: &Role) -> Value {
    json!({
        "id": role.id.to_string(), "name": role.name, "permissions": role.permissions.to_string(), "position": 1,
        "color": 0, "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false, "managed": false, "mentionable": role.mentionable, "icon": null, "unicode_emoji": null,
        "flags": 0,
    })
}

fn ids(ids: &[Id]) -> Value {
    ids.iter().map(Id::to_string).collect()
}

/// A member without the user, as `MESSAGE_CREATE` carries them.
pub fn partial_member(guild: &Guild, id: Id) -> Value {
    let member = guild.members.get(&id).cloned().unwrap_or_default();
    json!({
        "roles": ids(&member.roles), "nick": member.nick, "avatar": null, "banner": null, "flags": 0,
        "joined_at": born(guild.id).to_string(), "premium_since": null, "communication_disabled_until": null,
        "pending": false, "mute": false, "deaf": false,
    })
}

/// What REST says of a server.
pub fn guild(guild: &Guild) -> Value {
    json!({
        "id": guild.id.to_string(), "name": guild.name, "icon": null, "description": null, "home_header": null,
        "splash": null, "discovery_splash": null, "features": ["COMMUNITY"], "banner": null,
        "owner_id": guild.owner.to_string(), "application_id": null, "region": "deprecated",
        "afk_channel_id": null, "afk_timeout": 300, "system_channel_id": null, "system_channel_flags": 0,
        "widget_enabled": false, "widget_channel_id": null, "verification_level": 1,
        "roles": guild.roles.iter().map(role).collect::<Vec<_>>(), "default_message_notifications": 1,
        "mfa_level": 0, "explicit_content_filter": 2, "max_presences": null, "max_members": 500_000,
        "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": null,
        "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": guild.locale,
        "rules_channel_id": null, "safety_alerts_channel_id": null, "public_updates_channel_id": null,
        "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [],
        "incidents_data": null,
    })
}

impl World {
    /// A member with the user.
    pub fn member(&self, guild: &Guild, id: Id) -> Value {
        let mut member = partial_member(guild, id);
        member["user"] = user(&self.users[&id]);
        member
    }

    /// A channel or a thread.
    pub fn channel_json(&self, channel: &Channel) -> Value {
        let mut shown = json!({
            "id": channel.id.to_string(), "type": channel.kind.number(), "guild_id": channel.guild.to_string(),
            "name": channel.name, "flags": 0, "rate_limit_per_user": 0,
            "parent_id": channel.parent.map(|id| id.to_string()),
            "last_message_id": self.shown_in(channel.id, 0..Id::MAX).next_back().map(|post| post.id.to_string()),
        });
        let more = match channel.kind {
            ChannelKind::Thread => self.thread_part(channel),
            ChannelKind::Text | ChannelKind::Category => self.channel_part(channel),
            ChannelKind::Forum => {
                let mut part = self.channel_part(channel);
                part["available_tags"] = json!(channel.tags);
                part["default_forum_layout"] = json!(0);
                part
            }
        };
        merge(&mut shown, &more);
        merge(&mut shown, &Value::Object(channel.extra.clone()));
        shown
    }

    fn channel_part(&self, channel: &Channel) -> Value {
        let deny =
            json!({"id": self.bot.to_string(), "type": 1, "allow": "0", "deny": channel.denied.to_string()});
        let overwrites = if channel.denied == 0 { vec![] } else { vec![deny] };
        json!({"position": 0, "topic": null, "nsfw": false, "permission_overwrites": overwrites})
    }

    fn thread_part(&self, thread: &Channel) -> Value {
        let posts = self.shown_in(thread.id, 0..Id::MAX).count();
        json!({
            "owner_id": thread.owner.unwrap_or(self.bot).to_string(), "message_count": posts, "member_count": 1,
            "total_message_sent": posts, "applied_tags": ids(&thread.applied_tags),
            "thread_metadata": {
                "archived": thread.archived, "locked": thread.locked, "auto_archive_duration": 1440,
                "archive_timestamp": thread.archived_at().to_string(), "create_timestamp": born(thread.id).to_string(),
            },
        })
    }

    /// What the gateway says of a server when the bot arrives.
    pub fn guild_create(&self, guild: &Guild) -> Value {
        let of_guild = |threads: bool| -> Vec<Value> {
            let wanted = |channel: &&Channel| {
                channel.guild == guild.id
                    && (channel.kind == ChannelKind::Thread) == threads
                    && !(threads && channel.archived)
                    && self.bot_may(channel.id, super::Permission::ViewChannel)
            };
            self.channels.values().filter(wanted).map(|channel| self.channel_json(channel)).collect()
        };
        let mut shown = self::guild(guild);
        let more = json!({
            "joined_at": born(guild.id).to_string(), "large": false, "unavailable": false,
            "member_count": guild.members.len(), "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [], "members": [self.member(guild, self.bot)],
            "channels": of_guild(false), "threads": of_guild(true),
        });
        merge(&mut shown, &more);
        shown
    }

    /// A message as REST gives it; the content is the real one.
    pub fn message(&self, post: &Post) -> Value {
        let mentioned = super::mentions::named(self, post.channel, &post.content);
        let mut shown = json!({
            "id": post.id.to_string(), "channel_id": post.channel.to_string(), "type": 0, "content": post.content,
            "author": user(&self.users[&post.author]), "timestamp": post.at().to_string(),
            "edited_timestamp": post.edited.map(|at| at.to_string()), "tts": false, "pinned": false,
            "flags": post.flags, "mention_everyone": post.pings.everyone,
            "mentions": mentioned.users.iter().filter_map(|id| self.users.get(id)).map(user).collect::<Vec<_>>(),
            "mention_roles": mentioned.roles.iter().map(Id::to_string).collect::<Vec<_>>(),
            "attachments": post.files.iter().map(|file| attachment(post, file)).collect::<Vec<_>>(),
            "embeds": post.embeds.iter().map(embed).collect::<Vec<_>>(), "components": components(&post.components),
            "reactions": post.reactions.iter().map(|reaction| self.reaction(reaction)).collect::<Vec<_>>(),
        });
        if let Some(nonce) = &post.nonce {
            shown["nonce"] = nonce.clone();
        }
        if let Some(original) = post.reply_to {
            let guild = self.guild_of(post.channel).id.to_string();
            shown["type"] = json!(19);
            shown["message_reference"] = json!({
                "type": 0, "channel_id": post.channel.to_string(), "message_id": original.to_string(),
                "guild_id": guild,
            });
            let still_there = self.posts.get(&original).filter(|post| post.deleted.is_none());
            shown["referenced_message"] = still_there.map_or(Value::Null, |original| {
                let mut message = self.message(original);
                message.as_object_mut().expect("a message is an object").remove("referenced_message");
                message
            });
        }
        if self.users[&post.author].bot {
            shown["application_id"] = json!(post.author.to_string());
        }
        if let Some(interaction) = post.interaction.and_then(|id| self.interactions.get(&id)) {
            shown["webhook_id"] = json!(self.bot.to_string());
            shown["interaction_metadata"] = json!({
                "id": interaction.id.to_string(), "type": interaction.kind, "authorizing_integration_owners": {},
                "user": user(&self.users[&interaction.by]),
            });
            if let Some(source) = interaction.source {
                shown["interaction_metadata"]["interacted_message_id"] = json!(source.to_string());
            }
        }
        shown
    }

    /// A message as a `MESSAGE_CREATE` carries it.
    pub fn message_event(&self, post: &Post) -> Value {
        let guild = self.guild_of(post.channel);
        let mut event = self.message(post);
        event["guild_id"] = json!(guild.id.to_string());
        event["member"] = partial_member(guild, post.author);
        for mention in event["mentions"].as_array_mut().into_iter().flatten() {
            let id: Id = mention["id"].as_str().and_then(|id| id.parse().ok()).expect("we wrote it");
            mention["member"] = partial_member(guild, id);
        }
        event
    }

    fn reaction(&self, reaction: &Reaction) -> Value {
        let count = reaction.by.len();
        json!({
            "emoji": emoji(&reaction.emoji), "count": count, "count_details": {"burst": 0, "normal": count},
            "burst_colors": [], "me_burst": false, "me": reaction.by.contains(&self.bot),
        })
    }
}

/// An emoji, from how a path names it.
pub fn emoji(text: &str) -> Value {
    match text.split_once(':') {
        Some((name, id)) => json!({"id": id, "name": name}),
        None => json!({"id": null, "name": text}),
    }
}

fn attachment(post: &Post, file: &super::state::File) -> Value {
    let url = format!("https://cdn.example/attachments/{}/{}/{}", post.channel, file.id, file.name);
    let mut shown = json!({
        "id": file.id.to_string(), "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
    });
    if let Some((width, height)) = file.png_size() {
        merge(&mut shown, &json!({"content_type": "image/png", "width": width, "height": height}));
    }
    if let Some(alt) = &file.alt {
        shown["description"] = json!(alt);
    }
    shown
}

/// An embed as Discord gives it back: of type `rich`, without what was null.
fn embed(sent: &Value) -> Value {
    let mut embed = without_nulls(sent);
    embed["type"] = json!("rich");
    for field in embed["fields"].as_array_mut().into_iter().flatten() {
        field["inline"] = json!(field["inline"].as_bool().unwrap_or(false));
    }
    if embed["fields"].is_null() {
        embed.as_object_mut().expect("the schema takes objects only").remove("fields");
    }
    embed
}

/// Components as Discord gives them back: numbered, with what was left out at its default.
fn components(sent: &[Value]) -> Value {
    fn number(component: &mut Value, next: &mut u64) {
        component["id"] = json!(*next);
        *next += 1;
        if component["type"] == 3 {
            component["min_values"] = json!(component["min_values"].as_u64().unwrap_or(1));
            component["max_values"] = json!(component["max_values"].as_u64().unwrap_or(1));
        }
        for child in component.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten() {
            number(child, next);
        }
    }
    let mut rows: Vec<Value> = sent.iter().map(without_nulls).collect();
    let mut next = 1;
    for row in &mut rows {
        number(row, &mut next);
    }
    Value::Array(rows)
}

/// The same, without the keys that hold nothing.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        plain => plain.clone(),
    }
}

/// Lays the keys of `over` over `base`.
pub fn merge(base: &mut Value, over: &Value) {
    let empty = Map::new();
    let base = base.as_object_mut().expect("only objects are merged");
    for (key, value) in over.as_object().unwrap_or(&empty) {
        base.insert(key.clone(), value.clone());
    }
}
