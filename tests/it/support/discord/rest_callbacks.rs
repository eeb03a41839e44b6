//! Calls that answer an interaction: the first answer within three seconds, and what follows within fifteen minutes.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::limits;
use super::refusal::Refusal;
use super::rest::{Answer, Call, Outcome};
use super::rest_messages::{bot_post, change, is_empty, publish};
use super::state::{Id, Post, World};
use super::wire::EPHEMERAL;

const FIRST_ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(3);
const TOKEN_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// `POST /interactions/{id}/{token}/callback`
pub fn first_answer(world: &mut World, call: Call<'_>, id: &str, token: &str) -> Outcome {
    let id: Id = id.parse().map_err(|_| Refusal::unknown_interaction())?;
    let now = world.now();
    let interaction = world.interactions.get(&id).filter(|interaction| interaction.token == token);
    let interaction = interaction.ok_or_else(Refusal::unknown_interaction)?;
    if interaction.answered.is_some() {
        return Err(Refusal::already_acknowledged());
    }
    if now.duration_since(interaction.at) > FIRST_ANSWER_WITHIN {
        return Err(Refusal::unknown_interaction());
    }
    let body = call.checked(None)?.clone();
    let answer = body["type"].as_u64().unwrap_or_default();
    let (kind, source) = (interaction.kind, interaction.source);
    let fits = match answer {
        4 | 5 => kind != 4,
        6 | 7 => source.is_some(),
        8 => kind == 4,
        9 => kind == 2 || kind == 3,
        _ => false,
    };
    if !fits {
        return Err(Refusal::form(format!("an answer of type {answer} to an interaction of type {kind}")));
    }
    let data = &body["data"];
    let mut original = None;
    match answer {
        4 => {
            limits::message(data).map_err(Refusal::form)?;
            if is_empty(data, &call.files) {
                return Err(Refusal::empty_message());
            }
            let post = reply_of(world, id, data, call, false)?;
            original = Some(publish(world, post, data));
        }
        7 => {
            limits::message(data).map_err(Refusal::form)?;
            let source = source.expect("checked above");
            change(world, source, data, call.files)?;
            original = Some(source);
        }
        6 => original = source,
        8 if data["choices"].as_array().is_some_and(|choices| choices.len() > 25) => {
            return Err(Refusal::form("more than 25 autocompletions"));
        }
        _ => {}
    }
    let arrived = world.arrived;
    let interaction = world.interactions.get_mut(&id).expect("it was there above");
    interaction.answered = Some((answer, arrived));
    interaction.original = original;
    interaction.deferred_ephemeral = answer == 5 && is_ephemeral(data);
    match answer {
        8 => interaction.choices = data["choices"].as_array().cloned().unwrap_or_default(),
        9 => interaction.modal = Some(data.clone()),
        _ => {}
    }
    Ok(Answer::nothing())
}

fn is_ephemeral(data: &Value) -> bool {
    data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0
}

/// The bot's post that answers; `always_ephemeral` where the deferral said so.
fn reply_of(
    world: &mut World,
    interaction: Id,
    data: &Value,
    call: Call<'_>,
    always_ephemeral: bool,
) -> Result<Post, Refusal> {
    let (channel, by) = (world.interactions[&interaction].channel, world.interactions[&interaction].by);
    let mut post = bot_post(world, channel, data, call.files)?;
    post.interaction = Some(interaction);
    if always_ephemeral || is_ephemeral(data) {
        post.flags |= EPHEMERAL;
        post.ephemeral_for = Some(by);
    }
    Ok(post)
}

/// Calls under `/webhooks/{app}/{token}`: follow-ups, and changes of what was answered.
pub fn later_answer(world: &mut World, call: Call<'_>, token: &str, rest: &[&str]) -> Outcome {
    let interaction = world.interactions.values().find(|interaction| interaction.token == token);
    let interaction = interaction.filter(|interaction| interaction.answered.is_some());
    let interaction = interaction.ok_or_else(Refusal::unknown_webhook)?;
    if world.now().duration_since(interaction.at) > TOKEN_LASTS {
        return Err(Refusal::token_expired());
    }
    let (id, original) = (interaction.id, interaction.original);
    let is_deferred =
        original.is_none() && !interaction.withdrawn && matches!(interaction.answered, Some((5, _)));
    match (call.method, rest) {
        ("POST", []) => {
            call.checked_message(Some("IncomingWebhookRequestPartial"))?;
            if is_deferred { finish_deferral(world, id, call) } else { follow_up(world, id, call) }
        }
        (method, ["messages", which]) => {
            if *which == "@original" && is_deferred && method == "PATCH" {
                call.checked_message(None)?;
                return finish_deferral(world, id, call);
            }
            if *which == "@original" && is_deferred && method == "DELETE" {
                world.interactions.get_mut(&id).expect("it was found above").withdrawn = true;
                return Ok(Answer::nothing());
            }
            let named = if *which == "@original" { original } else { which.parse().ok() };
            let mine =
                |post: &Id| Some(*post) == original || world.interactions[&id].follow_ups.contains(post);
            let post = named.filter(mine).filter(|post| world.posts[post].deleted.is_none());
            let post = post.ok_or_else(Refusal::unknown_message)?;
            match method {
                "GET" => Ok(Answer::ok(world.message(&world.posts[&post]))),
                "PATCH" => {
                    let body = call.checked_message(None)?.clone();
                    Ok(Answer::ok(change(world, post, &body, call.files)?))
                }
                "DELETE" => {
                    world.remove_post(post);
                    Ok(Answer::nothing())
                }
                _ => Err(Refusal::unknown_route()),
            }
        }
        _ => Err(Refusal::unknown_route()),
    }
}

/// What was promised with "thinking…" comes, as visible as the promise was.
fn finish_deferral(world: &mut World, id: Id, call: Call<'_>) -> Outcome {
    let body = call.body.cloned().unwrap_or_else(|| json!({}));
    if is_empty(&body, &call.files) {
        return Err(Refusal::empty_message());
    }
    let ephemeral = world.interactions[&id].deferred_ephemeral;
    let mut post = reply_of(world, id, &body, call, ephemeral)?;
    if !ephemeral {
        post.ephemeral_for = None;
        post.flags &= !EPHEMERAL;
    }
    let post = publish(world, post, &body);
    world.interactions.get_mut(&id).expect("the caller has it").original = Some(post);
    Ok(Answer::ok(world.message(&world.posts[&post])))
}

fn follow_up(world: &mut World, id: Id, call: Call<'_>) -> Outcome {
    let body = call.body.cloned().unwrap_or_else(|| json!({}));
    if is_empty(&body, &call.files) {
        return Err(Refusal::empty_message());
    }
    let post = reply_of(world, id, &body, call, false)?;
    let post = publish(world, post, &body);
    world.interactions.get_mut(&id).expect("the caller has it").follow_ups.push(post);
    Ok(Answer::ok(world.message(&world.posts[&post])))
}
