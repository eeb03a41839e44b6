//! Calls about the bot itself, its commands, and servers.

use serde_json::{Map, Value, json};

use super::limits;
use super::permission::Permission;
use super::refusal::Refusal;
use super::rest::{Answer, Call, Outcome, demand_in_guild};
use super::state::{Channel, ChannelKind, Id, Role, World};
use super::wire;

/// `GET /gateway/bot`
pub fn gateway_bot(world: &World) -> Value {
    let limit = json!({"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1});
    json!({"url": world.settings.ws, "shards": world.settings.shards, "session_start_limit": limit})
}

/// `GET /users/@me`
pub fn me(world: &World) -> Value {
    let mut me = wire::user(&world.users[&world.bot]);
    wire::merge(&mut me, &json!({"mfa_enabled": false, "locale": "en-US", "verified": true, "email": null}));
    me
}

/// `GET /users/@me/guilds`
pub fn my_guilds(world: &World) -> Value {
    let mine = world.guilds.values().map(|guild| {
        let permissions = world.permissions_of(guild.id, world.bot).to_string();
        json!({
            "id": guild.id.to_string(), "name": guild.name, "icon": null, "banner": null, "owner": false,
            "permissions": permissions, "features": [],
        })
    });
    mine.collect()
}

/// `GET /applications/@me`
pub fn application(world: &World) -> Value {
    let bot = &world.users[&world.bot];
    let granted = world.settings.granted;
    let flag = |intent: u64, flag: u64| if granted & intent == 0 { 0 } else { flag };
    // The flags "limited", as applications in fewer than a hundred servers have them.
    let flags = flag(super::session::GUILD_MEMBERS, 1 << 15)
        | flag(super::session::MESSAGE_CONTENT, 1 << 19)
        | flag(super::session::GUILD_PRESENCES, 1 << 13);
    let owner = world.guilds.values().next().map_or(world.bot, |guild| guild.owner);
    json!({
        "id": bot.id.to_string(), "name": bot.name, "icon": null, "description": "", "type": null,
        "bot": wire::user(bot), "bot_public": false, "bot_require_code_grant": false, "verify_key": "0".repeat(64),
        "flags": flags, "flags_new": flags.to_string(), "redirect_uris": [], "interactions_endpoint_url": null,
        "role_connections_verification_url": null, "owner": wire::user(&world.users[&owner]),
        "approximate_guild_count": world.guilds.len(), "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": null,
        "eligible_oauth2_scopes": [],
    })
}

/// Commands, of all servers or of one.
pub fn commands(world: &mut World, call: &Call<'_>, rest: &[&str]) -> Outcome {
    let scope = match rest {
        ["commands", ..] => None,
        ["guilds", guild, "commands", ..] => {
            let guild = guild.parse().ok().filter(|id| world.guilds.contains_key(id));
            Some(guild.ok_or_else(Refusal::missing_access)?)
        }
        _ => return Err(Refusal::unknown_route()),
    };
    match (call.method, rest.last()) {
        ("GET", Some(&"commands")) => {
            Ok(Answer::ok(json!(world.commands.get(&scope).cloned().unwrap_or_default())))
        }
        ("PUT", Some(&"commands")) => {
            let given = call.checked(None)?.as_array().cloned().unwrap_or_default();
            limits::commands(&given).map_err(Refusal::form)?;
            let registered: Vec<_> = given.iter().map(|command| registered(world, scope, command)).collect();
            world.commands.insert(scope, registered.clone());
            Ok(Answer::ok(json!(registered)))
        }
        ("POST", Some(&"commands")) => {
            let given = call.checked(None)?.clone();
            limits::commands(std::slice::from_ref(&given)).map_err(Refusal::form)?;
            let registered = registered(world, scope, &given);
            let known = world.commands.entry(scope).or_default();
            known.retain(|old| (&old["name"], &old["type"]) != (&registered["name"], &registered["type"]));
            known.push(registered.clone());
            Ok(Answer::created(registered))
        }
        _ => Err(Refusal::unknown_route()),
    }
}

fn registered(world: &mut World, scope: Option<Id>, given: &Value) -> Value {
    let known = world.commands.get(&scope);
    let same =
        |old: &&Value| old["name"] == given["name"] && old["type"] == given["type"].as_u64().unwrap_or(1);
    let id = known.and_then(|known| known.iter().find(same)).map(|old| old["id"].clone());
    let id = id.unwrap_or_else(|| json!(world.clock.snowflake().to_string()));
    let mut command = json!({
        "id": id, "application_id": world.bot.to_string(), "version": world.clock.snowflake().to_string(),
        "default_member_permissions": null, "type": 1, "name": "", "description": "", "options": [], "nsfw": false,
        "dm_permission": true, "contexts": null, "integration_types": [0],
    });
    wire::merge(&mut command, &wire::without_nulls(given));
    without_empty_lists(&mut command["options"]);
    if let Some(bits) = command["default_member_permissions"].as_u64() {
        command["default_member_permissions"] = json!(bits.to_string());
    }
    if let Some(guild) = scope {
        command["guild_id"] = json!(guild.to_string());
    }
    command
}

/// Options without the lists that the client sent empty.
fn without_empty_lists(options: &mut Value) {
    for option in options.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        option.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
        if let Some(inner) = option.get_mut("options") {
            without_empty_lists(inner);
        }
    }
}

/// Calls under `/guilds/{id}`.
pub fn answer(world: &mut World, call: &Call<'_>, id: Id, rest: &[&str]) -> Outcome {
    let guild = &world.guilds[&id];
    match (call.method, rest) {
        ("GET", []) => Ok(Answer::ok(wire::guild(guild))),
        ("GET", ["roles"]) => Ok(Answer::ok(guild.roles.iter().map(wire::role).collect())),
        ("GET", ["members"]) => {
            // Listing everybody is a privileged intent's matter on REST too.
            if world.settings.granted & super::session::GUILD_MEMBERS == 0 {
                return Err(Refusal::missing_access());
            }
            let limit = usize::try_from(call.number("limit").unwrap_or(1)).unwrap_or(usize::MAX);
            let after = call.number("after").unwrap_or(0);
            let page = guild.members.keys().filter(|id| **id > after).take(limit);
            Ok(Answer::ok(page.map(|id| world.member(guild, *id)).collect()))
        }
        ("GET", ["members", user]) => {
            let user = user.parse().ok().filter(|user| guild.members.contains_key(user));
            let user = user.ok_or_else(Refusal::unknown_member)?;
            Ok(Answer::ok(world.member(guild, user)))
        }
        ("GET", ["channels"]) => {
            let here = world.channels.values().filter(|channel| channel.guild == id);
            let here = here.filter(|channel| channel.kind != ChannelKind::Thread);
            Ok(Answer::ok(here.map(|channel| world.channel_json(channel)).collect()))
        }
        ("GET", ["threads", "active"]) => {
            Ok(Answer::ok(threads(world, |thread| thread.guild == id && !thread.archived)))
        }
        ("POST", ["channels"]) => create_channel(world, call, id),
        ("POST", ["roles"]) => create_role(world, call, id),
        _ => Err(Refusal::unknown_route()),
    }
}

/// The answer of the calls that list threads; only those whose channel the bot sees.
fn threads(world: &World, wanted: impl Fn(&Channel) -> bool) -> Value {
    let all = world.channels.values().rev().filter(|channel| channel.kind == ChannelKind::Thread);
    let seen = all.filter(|thread| wanted(thread) && world.bot_may(thread.id, Permission::ViewChannel));
    let threads: Vec<_> = seen.map(|thread| world.channel_json(thread)).collect();
    json!({"threads": threads, "members": [], "has_more": false})
}

fn create_channel(world: &mut World, call: &Call<'_>, guild: Id) -> Outcome {
    demand_in_guild(world, &world.guilds[&guild], Permission::ManageChannels)?;
    let body = call.checked(None)?;
    let kind = match body["type"].as_u64().unwrap_or(0) {
        0 => ChannelKind::Text,
        4 => ChannelKind::Category,
        15 => ChannelKind::Forum,
        other => return Err(Refusal::form(format!("the stand-in makes no channels of type {other}"))),
    };
    let name = body["name"].as_str().unwrap_or_default();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Refusal::form("a channel's name has 1 to 100 characters"));
    }
    let mut extra = Map::new();
    for key in ["topic", "permission_overwrites"] {
        if let Some(value) = body.get(key).filter(|value| !value.is_null()) {
            extra.insert(key.to_owned(), value.clone());
        }
    }
    let parent = body["parent_id"].as_str().and_then(|id| id.parse().ok());
    let id = world.add_channel(guild, name, kind, parent);
    world.channels.get_mut(&id).expect("it has just been added").extra = extra;
    let channel = world.channels[&id].clone();
    world.tell_channel("CREATE", &channel);
    Ok(Answer::created(world.channel_json(&channel)))
}

fn create_role(world: &mut World, call: &Call<'_>, guild: Id) -> Outcome {
    demand_in_guild(world, &world.guilds[&guild], Permission::ManageRoles)?;
    let body = call.checked(None)?;
    let permissions = &body["permissions"];
    let bits = permissions.as_u64().or_else(|| permissions.as_str()?.parse().ok());
    let role = Role {
        id: world.clock.snowflake(),
        name: body["name"].as_str().unwrap_or("new role").to_owned(),
        permissions: bits.unwrap_or_else(Permission::everyone),
        mentionable: body["mentionable"] == true,
    };
    world.guilds.get_mut(&guild).expect("the call named one that exists").roles.push(role.clone());
    let data = json!({"guild_id": guild.to_string(), "role": wire::role(&role)});
    world.tell_guild(guild, "GUILD_ROLE_CREATE", &data);
    Ok(Answer::ok(wire::role(&role)))
}
