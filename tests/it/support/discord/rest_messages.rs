//! Calls about messages and reactions.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::files;
use super::mentions;
use super::multipart::Upload;
use super::permission::Permission;
use super::refusal::Refusal;
use super::rest::{Answer, Call, Outcome, demand, permission_to_post};
use super::session::MESSAGE_CONTENT;
use super::state::{ChannelKind, Id, Post, Reaction, World};
use super::wire;

/// How long a nonce is remembered; Discord says "a few minutes".
const NONCE_KEPT: SignedDuration = SignedDuration::from_mins(5);

/// Calls under `/channels/{id}/messages`.
pub fn answer(world: &mut World, call: Call<'_>, channel: Id, rest: &[&str]) -> Outcome {
    match (call.method, rest) {
        ("GET", []) => history(world, &call, channel),
        ("POST", []) => post(world, call, channel),
        (method, [message, rest @ ..]) => {
            let id = message.parse().ok().filter(|id| is_there(world, channel, *id));
            let known = id.ok_or_else(Refusal::unknown_message);
            match (method, rest) {
                ("GET", []) => {
                    demand(world, channel, Permission::ReadMessageHistory)?;
                    Ok(Answer::ok(readable(world, &world.posts[&known?])))
                }
                ("PATCH", []) => edit(world, call, known?),
                ("DELETE", []) => {
                    let id = known?;
                    if world.posts[&id].author != world.bot {
                        demand(world, channel, Permission::ManageMessages)?;
                    }
                    world.remove_post(id);
                    Ok(Answer::nothing())
                }
                ("POST", ["threads"]) => super::rest_channels::start_thread_at(world, &call, channel, known?),
                ("PUT", ["reactions", emoji, "@me"]) => react(world, known?, emoji),
                ("DELETE", ["reactions", emoji, "@me"]) => unreact(world, known?, emoji),
                _ => Err(Refusal::unknown_route()),
            }
        }
        _ => Err(Refusal::unknown_route()),
    }
}

fn is_there(world: &World, channel: Id, message: Id) -> bool {
    let post = world.posts.get(&message).filter(|post| post.channel == channel);
    post.is_some_and(|post| post.deleted.is_none() && post.ephemeral_for.is_none())
}

/// The message, without its content where the application was not granted to read it.
fn readable(world: &World, post: &Post) -> Value {
    let message = world.message(post);
    let may_read = world.settings.granted & MESSAGE_CONTENT != 0;
    if may_read { message } else { world.without_content(post, message) }
}

fn history(world: &World, call: &Call<'_>, channel: Id) -> Outcome {
    if !world.bot_may(channel, Permission::ReadMessageHistory) {
        return Ok(Answer::ok(json!([])));
    }
    let limit = call.number("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::form(format!("limit={limit}: it is 1 to 100")));
    }
    let limit = usize::try_from(limit).expect("at most 100");
    let (after, before) = (call.number("after"), call.number("before").unwrap_or(Id::MAX));
    let start = after.map_or(0, |id| id.saturating_add(1));
    let within = world.shown_in(channel, start..before.max(start));
    // After something, the oldest that follow it; otherwise the newest. Newest first either way.
    let mut page: Vec<_> =
        if after.is_some() { within.take(limit).collect() } else { within.rev().take(limit).collect() };
    page.sort_by_key(|post| std::cmp::Reverse(post.id));
    Ok(Answer::ok(page.into_iter().map(|post| readable(world, post)).collect()))
}

fn post(world: &mut World, call: Call<'_>, channel: Id) -> Outcome {
    let body = call.checked_message(None)?.clone();
    let place = &world.channels[&channel];
    if matches!(place.kind, ChannelKind::Forum | ChannelKind::Category) {
        return Err(Refusal::wrong_channel_type());
    }
    demand(world, channel, permission_to_post(place))?;
    demand_for_content(world, channel, &body, &call.files)?;
    if place.locked {
        return Err(Refusal::thread_archived());
    }
    if is_empty(&body, &call.files) {
        return Err(Refusal::empty_message());
    }
    let replied_to = replied_to(world, channel, &body)?;
    if let Some(first) = made_by_same_nonce(world, channel, &body) {
        return Ok(Answer::ok(world.message(&world.posts[&first])));
    }
    let now = world.now();
    world.channels.get_mut(&channel).expect("the call named one that exists").set_archived(false, now);
    let mut post = bot_post(world, channel, &body, call.files)?;
    post.reply_to = replied_to;
    let id = publish(world, post, &body);
    Ok(Answer::ok(world.message(&world.posts[&id])))
}

/// Embeds and files take permissions of their own.
pub fn demand_for_content(world: &World, channel: Id, body: &Value, files: &[Upload]) -> Result<(), Refusal> {
    if body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty()) {
        demand(world, channel, Permission::EmbedLinks)?;
    }
    if files.is_empty() { Ok(()) } else { demand(world, channel, Permission::AttachFiles) }
}

/// Whether there is nothing to show.
pub fn is_empty(body: &Value, files: &[Upload]) -> bool {
    let has = |key: &str| body[key].as_array().is_some_and(|items| !items.is_empty());
    let text = body["content"].as_str().unwrap_or_default();
    text.trim().is_empty() && !has("embeds") && !has("components") && !has("sticker_ids") && files.is_empty()
}

fn replied_to(world: &World, channel: Id, body: &Value) -> Result<Option<Id>, Refusal> {
    let reference = &body["message_reference"];
    let Some(id) = reference["message_id"].as_str().and_then(|id| id.parse().ok()) else { return Ok(None) };
    if is_there(world, channel, id) {
        return Ok(Some(id));
    }
    // A reply to what is gone is refused, unless the bot said that it does not mind.
    if reference["fail_if_not_exists"] == false { Ok(None) } else { Err(Refusal::unknown_reference()) }
}

fn made_by_same_nonce(world: &World, channel: Id, body: &Value) -> Option<Id> {
    if body["enforce_nonce"] != true || body["nonce"].is_null() {
        return None;
    }
    let first = *world.nonces.get(&(channel, body["nonce"].to_string()))?;
    (world.now().duration_since(world.posts[&first].at()) <= NONCE_KEPT).then_some(first)
}

/// Publishes the bot's post, with the pings that the body allows, and tells of it.
pub fn publish(world: &mut World, mut post: Post, body: &Value) -> Id {
    let allowed = body.get("allowed_mentions").filter(|allowed| !allowed.is_null());
    if post.ephemeral_for.is_none() {
        post.pings =
            mentions::notified(world, post.channel, world.bot, &post.content, allowed, post.reply_to);
    }
    if let Some(nonce) = &post.nonce {
        world.nonces.insert((post.channel, nonce.to_string()), post.id);
    }
    world.posts.insert(post.id, post.clone());
    world.tell_message("MESSAGE_CREATE", &post);
    post.id
}

/// A post of the bot's with what the body says, not yet published; it pings nobody.
pub fn bot_post(world: &mut World, channel: Id, body: &Value, files: Vec<Upload>) -> Result<Post, Refusal> {
    let list = |key: &str| body[key].as_array().cloned().unwrap_or_default();
    let files = files::after(&mut world.clock, body, files, &[])?;
    Ok(Post {
        id: world.clock.snowflake(),
        channel,
        author: world.bot,
        content: body["content"].as_str().unwrap_or_default().to_owned(),
        embeds: list("embeds"),
        components: list("components"),
        files,
        flags: body["flags"].as_u64().unwrap_or_default(),
        reply_to: None,
        nonce: body.get("nonce").filter(|nonce| !nonce.is_null()).cloned(),
        pings: mentions::Pings::default(),
        edited: None,
        before: vec![],
        deleted: None,
        reactions: vec![],
        ephemeral_for: None,
        interaction: None,
        instant: world.arrived,
    })
}

fn edit(world: &mut World, call: Call<'_>, id: Id) -> Outcome {
    let body = call.checked_message(None)?.clone();
    if world.posts[&id].author != world.bot {
        return Err(Refusal::not_the_author());
    }
    Ok(Answer::ok(change(world, id, &body, call.files)?))
}

/// Changes what the body names and nothing else; pings nobody.
pub fn change(world: &mut World, id: Id, body: &Value, files: Vec<Upload>) -> Result<Value, Refusal> {
    let at = world.now();
    let before = &world.posts[&id].files;
    let files = files::after(&mut world.clock, body, files, before)?;
    let post = world.posts.get_mut(&id).expect("the caller has looked");
    let was = super::transcript::wording(post);
    post.files = files;
    if let Some(content) = body.get("content") {
        content.as_str().unwrap_or_default().clone_into(&mut post.content);
    }
    for (key, part) in [("embeds", &mut post.embeds), ("components", &mut post.components)] {
        if let Some(given) = body.get(key) {
            *part = given.as_array().cloned().unwrap_or_default();
        }
    }
    if post.content.is_empty()
        && post.embeds.is_empty()
        && post.components.is_empty()
        && post.files.is_empty()
    {
        return Err(Refusal::empty_message());
    }
    post.before.push(was);
    post.edited = Some(at);
    let post = post.clone();
    world.tell_message("MESSAGE_UPDATE", &post);
    Ok(world.message(&post))
}

fn react(world: &mut World, id: Id, emoji: &str) -> Outcome {
    let emoji = percent_decoded(emoji).filter(|emoji| is_emoji(emoji)).ok_or_else(Refusal::unknown_emoji)?;
    let channel = world.posts[&id].channel;
    demand(world, channel, Permission::ReadMessageHistory)?;
    demand(world, channel, Permission::AddReactions)?;
    world.add_reaction(id, world.bot, &emoji);
    Ok(Answer::nothing())
}

fn unreact(world: &mut World, id: Id, emoji: &str) -> Outcome {
    let emoji = percent_decoded(emoji).filter(|emoji| is_emoji(emoji)).ok_or_else(Refusal::unknown_emoji)?;
    world.remove_reaction(id, world.bot, &emoji);
    Ok(Answer::nothing())
}

/// A character that is no letter or digit of ASCII, or a custom emoji's `name:id`.
fn is_emoji(text: &str) -> bool {
    let is_custom = text.split_once(':').is_some_and(|(_, id)| id.parse::<Id>().is_ok());
    is_custom || (!text.is_empty() && !text.is_ascii())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let hex = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

impl World {
    /// Somebody reacts.
    pub fn add_reaction(&mut self, id: Id, by: Id, emoji: &str) {
        let post = self.posts.get_mut(&id).expect("the caller has looked");
        if !post.reactions.iter().any(|reaction| reaction.emoji == emoji) {
            post.reactions.push(Reaction { emoji: emoji.to_owned(), by: BTreeSet::new() });
        }
        let mut same = post.reactions.iter_mut().filter(|reaction| reaction.emoji == emoji);
        if same.next().expect("it has just been added").by.insert(by) {
            self.tell_reaction("MESSAGE_REACTION_ADD", id, by, emoji);
        }
    }

    /// Somebody takes a reaction back.
    pub fn remove_reaction(&mut self, id: Id, by: Id, emoji: &str) {
        let post = self.posts.get_mut(&id).expect("the caller has looked");
        let mut was_there = false;
        for reaction in post.reactions.iter_mut().filter(|reaction| reaction.emoji == emoji) {
            was_there |= reaction.by.remove(&by);
        }
        post.reactions.retain(|reaction| !reaction.by.is_empty());
        if was_there {
            self.tell_reaction("MESSAGE_REACTION_REMOVE", id, by, emoji);
        }
    }

    fn tell_reaction(&mut self, event: &str, id: Id, by: Id, emoji: &str) {
        let post = &self.posts[&id];
        let guild = self.guild_of(post.channel);
        let mut data = json!({
            "user_id": by.to_string(), "channel_id": post.channel.to_string(), "message_id": id.to_string(),
            "guild_id": guild.id.to_string(), "emoji": wire::emoji(emoji), "burst": false, "type": 0,
            "message_author_id": post.author.to_string(),
        });
        if event.ends_with("ADD") {
            data["member"] = self.member(guild, by);
        }
        let channel = post.channel;
        self.tell_about(channel, event, &data);
    }

    /// A post disappears.
    pub fn remove_post(&mut self, id: Id) {
        let at = self.now();
        let post = self.posts.get_mut(&id).expect("the caller has looked");
        post.deleted = Some(at);
        let (channel, is_private) = (post.channel, post.ephemeral_for.is_some());
        let guild = self.channels[&channel].guild.to_string();
        let data = json!({"id": id.to_string(), "channel_id": channel.to_string(), "guild_id": guild});
        if !is_private {
            self.tell_about(channel, "MESSAGE_DELETE", &data);
        }
    }
}
