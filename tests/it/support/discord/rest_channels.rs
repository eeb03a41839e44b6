//! Calls about channels and threads.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::limits;
use super::permission::Permission;
use super::refusal::Refusal;
use super::rest::{Answer, Call, Outcome, demand};
use super::rest_messages;
use super::state::{Channel, ChannelKind, Id, World};

/// Calls under `/channels/{id}`, without those about messages.
pub fn answer(world: &mut World, call: &Call<'_>, id: Id, rest: &[&str]) -> Outcome {
    match (call.method, rest) {
        ("GET", []) => Ok(Answer::ok(world.channel_json(&world.channels[&id]))),
        ("PATCH", []) => change(world, call, id),
        ("DELETE", []) => {
            demand(world, id, permission_to_manage(world, id))?;
            let gone = world.remove_channel(id);
            Ok(Answer::ok(gone))
        }
        ("GET", ["threads", "archived", "public"]) => {
            demand(world, id, Permission::ReadMessageHistory)?;
            archived(world, call, id)
        }
        ("POST", ["threads"]) => start_thread(world, call, id),
        ("POST", ["typing"]) => {
            demand(world, id, Permission::SendMessages)?;
            Ok(Answer::nothing())
        }
        _ => Err(Refusal::unknown_route()),
    }
}

/// The threads that sleep, the one that fell asleep last first.
fn archived(world: &World, call: &Call<'_>, id: Id) -> Outcome {
    let limit = call.number("limit").unwrap_or(50);
    if !(2..=100).contains(&limit) {
        return Err(Refusal::form(format!("limit={limit}: it is 2 to 100")));
    }
    let before = match call.parameter("before").map(str::parse::<Timestamp>) {
        Some(Err(error)) => return Err(Refusal::form(format!("before is no moment: {error}"))),
        Some(Ok(before)) => before,
        None => Timestamp::MAX,
    };
    let is_wanted = |t: &Channel| t.parent == Some(id) && t.archived && t.archived_at() < before;
    let mut asleep: Vec<Channel> = world.channels.values().filter(|t| is_wanted(t)).cloned().collect();
    asleep.sort_by_key(|thread| std::cmp::Reverse((thread.archived_at(), thread.id)));
    let has_more = asleep.len() as u64 > limit;
    let page = asleep.iter().take(usize::try_from(limit).expect("at most 100"));
    let threads: Vec<_> = page.map(|thread| world.channel_json(thread)).collect();
    Ok(Answer::ok(json!({"threads": threads, "members": [], "has_more": has_more})))
}

fn permission_to_manage(world: &World, id: Id) -> Permission {
    match world.channels[&id].kind {
        ChannelKind::Thread => Permission::ManageThreads,
        ChannelKind::Text | ChannelKind::Forum | ChannelKind::Category => Permission::ManageChannels,
    }
}

fn change(world: &mut World, call: &Call<'_>, id: Id) -> Outcome {
    let is_thread = world.channels[&id].kind == ChannelKind::Thread;
    let schema = if is_thread { "UpdateThreadRequestPartial" } else { "UpdateGuildChannelRequestPartial" };
    let body = call.checked(Some(schema))?.clone();
    if !(is_thread && world.channels[&id].owner == Some(world.bot)) {
        demand(world, id, permission_to_manage(world, id))?;
    }
    let only_wakes = body["archived"] == false;
    if world.channels[&id].archived && !only_wakes {
        return Err(Refusal::thread_archived());
    }
    let offered = world.channels[&id].parent.map_or(vec![], |parent| world.channels[&parent].tags.clone());
    let tags =
        body["available_tags"].as_array().map(|tags| tags.iter().map(|tag| forum_tag(world, tag)).collect());
    let tags: Option<Result<Vec<Value>, Refusal>> = tags;
    let tags = tags.transpose()?;
    let now = world.now();
    let channel = world.channels.get_mut(&id).expect("the call named one that exists");
    if let Some(applied) = body["applied_tags"].as_array() {
        let known = |tag: &Value| offered.iter().any(|offered| offered["id"] == *tag);
        if let Some(unknown) = applied.iter().find(|tag| !known(tag)) {
            return Err(Refusal::form(format!("the forum does not offer the tag {unknown}")));
        }
        channel.applied_tags = applied.iter().filter_map(|tag| tag.as_str()?.parse().ok()).collect();
    }
    if let Some(tags) = tags {
        if channel.kind != ChannelKind::Forum || tags.len() > 20 {
            return Err(Refusal::form("tags belong to forums, at most 20 of them"));
        }
        channel.tags = tags;
    }
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut channel.name);
    }
    if let Some(archived) = body["archived"].as_bool() {
        channel.set_archived(archived, now);
    }
    channel.locked = body["locked"].as_bool().unwrap_or(channel.locked);
    for key in ["topic", "permission_overwrites"] {
        if let Some(value) = body.get(key) {
            channel.extra.insert(key.to_owned(), value.clone());
        }
    }
    let channel = channel.clone();
    world.tell_channel("UPDATE", &channel);
    Ok(Answer::ok(world.channel_json(&channel)))
}

/// A tag as the forum will show it; one without an id is new.
fn forum_tag(world: &mut World, given: &Value) -> Result<Value, Refusal> {
    let name = given["name"].as_str().unwrap_or_default();
    if name.is_empty() || name.chars().count() > 20 {
        return Err(Refusal::form(format!("a forum tag's name has 1 to 20 characters, not {name:?}")));
    }
    let id = match given["id"].as_str() {
        Some(id) => id.to_owned(),
        None => world.clock.snowflake().to_string(),
    };
    Ok(json!({
        "id": id, "name": name, "moderated": given["moderated"] == true, "emoji_id": given["emoji_id"],
        "emoji_name": given["emoji_name"],
    }))
}

/// A thread without a message, or a forum's post.
fn start_thread(world: &mut World, call: &Call<'_>, id: Id) -> Outcome {
    let is_forum = world.channels[&id].kind == ChannelKind::Forum;
    let schema = if is_forum { "CreateForumThreadRequest" } else { "CreateTextThreadWithoutMessageRequest" };
    let body = call.checked(Some(schema))?;
    demand(world, id, if is_forum { Permission::SendMessages } else { Permission::CreatePublicThreads })?;
    if is_forum {
        limits::message(&body["message"]).map_err(Refusal::form)?;
    }
    let name = body["name"].as_str().unwrap_or_default();
    let thread = world.add_thread(id, name, world.bot, None);
    if is_forum {
        // A forum's post and its first message share their id.
        let mut first = rest_messages::bot_post(world, thread, &body["message"], vec![])?;
        first.id = thread;
        rest_messages::publish(world, first, &body["message"]);
    }
    Ok(Answer::created(world.channel_json(&world.channels[&thread])))
}

/// A thread that begins at a message.
pub fn start_thread_at(world: &mut World, call: &Call<'_>, channel: Id, message: Id) -> Outcome {
    let body = call.checked(None)?;
    demand(world, channel, Permission::CreatePublicThreads)?;
    let thread =
        world.add_thread(channel, body["name"].as_str().unwrap_or_default(), world.bot, Some(message));
    Ok(Answer::created(world.channel_json(&world.channels[&thread])))
}
