//! The context menu of a message: send it to a desk, or say which request it answers.
//!
//! The first step shows a select whose custom id names the message; the choice then reads the message from Discord,
//! so that nothing is kept in between and the text is the one of that moment.

use serde_json::{Value, json};
use serenity::model::channel::{GuildChannel, Message};
use serenity::model::id::{ChannelId, MessageId};

use super::super::escape::{clean, plain};
use super::super::events::Said;
use super::asker::Asker;
use super::call::{Call, Page};
use crate::commands::Reply;
use crate::domain::card::Piece;
use crate::domain::ids::RequestId;
use crate::domain::label::Route;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::request::Request;
use crate::domain::time::{Span, Timestamp};
use crate::domain::words::Words;
use crate::platform::PlatformError;
use crate::triage::Outcome;

/// Discord's limit for the options of a select.
const OPTIONS: usize = 25;
/// Discord's limit for the label and the description of an option.
const LABEL: usize = 100;

/// How much of a name an option shows.
const NAME: usize = 60;

/// The message that a select is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    channel: ChannelId,
    message: MessageId,
}

impl Target {
    /// That message in that channel or thread.
    pub const fn new(channel: ChannelId, message: MessageId) -> Self {
        Self { channel, message }
    }

    /// Reads `CHANNEL:MESSAGE`.
    pub fn parse(text: &str) -> Option<Self> {
        let (channel, message) = text.split_once(':')?;
        let is_written = |id: &u64, text: &str| *id != 0 && *id != u64::MAX && id.to_string() == text;
        let id = |text: &str| text.parse().ok().filter(|id| is_written(id, text));
        Some(Self::new(ChannelId::new(id(channel)?), MessageId::new(id(message)?)))
    }

    /// The custom id of a select about it.
    pub fn custom_id(self, word: &str) -> String {
        format!("vigie:{word}:{}:{}", self.channel, self.message)
    }
}

/// *Send to a desk*: which one?
pub async fn choose_desk(call: &Call<'_>, message: MessageId) -> Page {
    let asker = match Asker::employee(call).await {
        Ok(asker) => asker,
        Err(refused) => return refused,
    };
    let words = asker.words;
    let target = Target::new(call.channel, message);
    let desks = Route::ALL.into_iter().map(|route| {
        let mut option =
            json!({ "label": words.route(route), "value": route, "emoji": { "name": Words::emoji(route) } });
        let is_set_up = asker.known.as_ref().is_some_and(|known| known.settings.desk(route).is_some());
        if !is_set_up {
            option["description"] = json!(words.desk_waits_for_setup());
        }
        option
    });
    let select = select(&target.custom_id("send"), words.choose_desk(), &desks.collect::<Vec<_>>());
    Page { components: vec![select], ..Reply::facts(words.which_desk(), Vec::new()).into() }
}

/// *Send to a desk*: this one.
pub async fn send(call: &Call<'_>, target: Target, to: Route) -> Page {
    let asker = match Asker::employee(call).await {
        Ok(asker) => asker,
        Err(refused) => return refused,
    };
    let message = match found(call, &asker, target).await {
        Ok(message) if message.standing == Standing::Bot => {
            return Reply::refused(asker.words.bots_ask_nothing()).into();
        }
        Ok(message) => message,
        Err(refused) => return refused,
    };
    match call.discord.triage.send_to_desk(&message, to, &asker.caller.user, call.at()).await {
        Ok(Outcome::Done(_)) => Reply::done(asker.words.sent_to(to), Vec::new()).into(),
        Ok(outcome) => asker.refusal(&outcome),
        Err(error) => asker.failed(&error),
    }
}

/// *This answers…*: which request?
pub async fn choose_request(call: &Call<'_>, message: MessageId) -> Page {
    let asker = match Asker::employee(call).await {
        Ok(asker) => asker,
        Err(refused) => return refused,
    };
    let words = asker.words;
    let target = Target::new(call.channel, message);
    let message = match answer(call, &asker, target).await {
        Ok(message) => message,
        Err(refused) => return refused,
    };
    let requests = match call.discord.triage.answerable(&message).await {
        Ok(requests) => requests,
        Err(error) => return asker.failed(&error),
    };
    let now = call.at();
    let options: Vec<Value> = requests.iter().take(OPTIONS).map(|r| request_option(r, words, now)).collect();
    if options.is_empty() {
        return Reply::refused(words.nothing_waits_here()).into();
    }
    let select = select(&target.custom_id("answers"), words.choose_request(), &options);
    let mut reply = Reply::facts(words.which_request(), Vec::new());
    if requests.len() > OPTIONS {
        reply.lines.push(vec![Piece::text(words.more_than_offered())]);
    }
    Page { components: vec![select], ..reply.into() }
}

/// *This answers…*: this one.
pub async fn answers(call: &Call<'_>, target: Target, request: &str) -> Page {
    let asker = match Asker::employee(call).await {
        Ok(asker) => asker,
        Err(refused) => return refused,
    };
    let Some(request) = RequestId::parse(request) else {
        return asker.refusal(&Outcome::Unknown);
    };
    let message = match answer(call, &asker, target).await {
        Ok(message) => message,
        Err(refused) => return refused,
    };
    let written = (&message.id, message.at, &message.author);
    let triage = &call.discord.triage;
    match triage.this_answers(&message.community, &request, written, &asker.caller.user).await {
        Ok(Outcome::Done(_)) => Reply::done(asker.words.answer_is_kept(), Vec::new()).into(),
        Ok(outcome) => asker.refusal(&outcome),
        Err(error) => asker.failed(&error),
    }
}

/// The message as one that answers: an employee's.
async fn answer(call: &Call<'_>, asker: &Asker, target: Target) -> Result<IncomingMessage, Page> {
    let message = found(call, asker, target).await?;
    match message.standing {
        Standing::Employee => Ok(message),
        Standing::Member | Standing::Bot => Err(Reply::refused(asker.words.not_by_an_employee()).into()),
    }
}

/// Reads the message as it is now; refuses what belongs to another community.
async fn found(call: &Call<'_>, asker: &Asker, target: Target) -> Result<IncomingMessage, Page> {
    let discord = call.discord;
    let unreadable = || Page::from(Reply::refused(asker.words.message_is_unreadable()));
    let refused = |error: PlatformError| {
        tracing::warn!(%error, "discord.message.unreadable: somebody pointed at it");
        unreadable()
    };
    let (Some(guild), Some(known)) = (call.guild, &asker.known) else {
        return Err(Reply::refused(asker.words.nothing_is_set_up()).into());
    };
    let rest = discord.rest.patient();
    if discord.directory.known_place(guild, target.channel).is_none() {
        let channel: GuildChannel =
            rest.get(&format!("/channels/{}", target.channel)).await.map_err(refused)?;
        if channel.guild_id != guild {
            tracing::warn!("discord.message.foreign: one of another community was pointed at");
            return Err(unreadable());
        }
        discord.directory.keep(guild, &channel);
    }
    let place = discord.directory.known_place(guild, target.channel).ok_or_else(unreadable)?;
    let path = format!("/channels/{}/messages/{}", target.channel, target.message);
    let message: Message = rest.get(&path).await.map_err(refused)?;
    let said = Said::of(&message, guild);
    let membership = discord.membership(&said).await.map_err(refused)?;
    Ok(said.message(&place, &membership, &known.settings))
}

fn request_option(request: &Request, words: Words, now: Timestamp) -> Value {
    let age = words.duration(Span::between(request.opened_at(), now));
    let name = plain(&request.author_name, NAME);
    json!({
        "label": plain(&format!("{name} · {age}"), LABEL),
        "description": plain(&words.first_words(&clean(&request.text()), LABEL), LABEL),
        "value": request.id,
        "emoji": { "name": Words::emoji(request.route) },
    })
}

fn select(custom_id: &str, placeholder: &str, options: &[Value]) -> Value {
    let select = json!({ "type": 3, "custom_id": custom_id, "placeholder": placeholder, "options": options });
    json!({ "type": 1, "components": [select] })
}
