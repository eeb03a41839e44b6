//! Answers what people do: presses on cards, commands, context menus, the set-up.
//!
//! Nothing waits in memory for a press: a custom id carries all there is to know, and what the presser may do is asked
//! anew each time, of what Discord sends with the press. Discord gives three seconds for the first answer, so a press
//! is acknowledged before any work, and a command's work that takes longer is deferred.

mod asker;
mod call;
mod complete;
mod menus;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serenity::model::application::{
    ActionRowComponent, ButtonKind, CommandInteraction, CommandType, ComponentInteraction,
    ComponentInteractionDataKind as Chosen, Interaction,
};
use serenity::model::id::TargetId;

use super::{Discord, commands, setup};
use crate::commands::{Command, Reply};
use crate::domain::action::{Action, Meaning, More, Press};
use crate::domain::ids::{MessageId, RequestId, UserId};
use crate::domain::lesson::Source;
use crate::domain::review::ReviewPress;
use crate::triage::{Choice, ChoiceError, Outcome};

pub(super) use asker::Asker;
pub use call::{Call, How, Page};

/// Answers an interaction.
#[tracing::instrument(name = "discord.interaction", skip_all, fields(id = %interaction.id()))]
pub async fn handle(discord: &Arc<Discord>, interaction: Interaction) {
    match interaction {
        Interaction::Command(interaction) => {
            command(&Call::of_command(discord, &interaction), &interaction).await;
        }
        Interaction::Component(interaction) => {
            component(&Call::of_component(discord, &interaction), &interaction).await;
        }
        Interaction::Autocomplete(interaction) => {
            complete::answer(&Call::of_command(discord, &interaction), &interaction.data).await;
        }
        other => {
            tracing::warn!(kind = ?other.kind(), "discord.interaction.unknown: of a kind that Vigie never asks for");
        }
    }
}

async fn command(call: &Call<'_>, interaction: &CommandInteraction) {
    let data = &interaction.data;
    if data.kind == CommandType::Message {
        return menu(call, interaction).await;
    }
    if data.name == "setup" {
        return call.answer(How::Privately, setup::open(call)).await;
    }
    match commands::read::read(&data.name, &data.options) {
        Some(command) => {
            let how = if is_shared(&command) { How::Publicly } else { How::Privately };
            call.answer(how, run(call, command)).await;
        }
        None => unknown(call, &data.name).await,
    }
}

/// Whether the answer is for everybody, unless it turns out to be a refusal.
const fn is_shared(command: &Command) -> bool {
    matches!(command, Command::Stats { share: true, .. })
}

async fn run(call: &Call<'_>, command: Command) -> Page {
    match Asker::of(call).await {
        Ok(asker) => {
            let discord = call.discord;
            let now = discord.clock.now();
            crate::commands::run(&discord.triage, discord, &asker.caller, command, now).await.into()
        }
        Err(refused) => refused,
    }
}

async fn menu(call: &Call<'_>, interaction: &CommandInteraction) {
    let data = &interaction.data;
    let Some(target) = data.target_id.map(TargetId::to_message_id) else {
        return unknown(call, &data.name).await;
    };
    match data.name.as_str() {
        commands::SEND => call.answer(How::Privately, menus::choose_desk(call, target)).await,
        commands::ANSWERS => call.answer(How::Privately, menus::choose_request(call, target)).await,
        commands::WHY => {
            let request = crate::commands::RequestRef::Message(MessageId::new(target.to_string()));
            call.answer(How::Privately, run(call, Command::Why { request })).await;
        }
        name => unknown(call, name).await,
    }
}

async fn component(call: &Call<'_>, interaction: &ComponentInteraction) {
    let data = &interaction.data;
    let values = chosen(&data.kind);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    if let Some(press) = Press::parse(&data.custom_id, &values) {
        if press.action == Action::Draft {
            return call.answer(How::Privately, draft(call, &press.request)).await;
        }
        call.acknowledge().await;
        if let Err(refused) = pressed(call, &press).await {
            call.follow_up(&refused).await;
        }
        return;
    }
    if let Some(press) = ReviewPress::parse(&data.custom_id) {
        call.acknowledge().await;
        if let Err(refused) = reviewed(call, &press).await {
            call.follow_up(&refused).await;
        }
        return;
    }
    if let Some(meaning) = Meaning::parse(&data.custom_id) {
        return call.answer(How::Privately, explained(call, meaning)).await;
    }
    let in_place = in_place(interaction);
    let (word, rest) =
        data.custom_id.strip_prefix("vigie:").and_then(|id| id.split_once(':')).unwrap_or_default();
    match word {
        "setup" => match setup::Press::parse(rest, &values) {
            Some(press) => call.answer(in_place, setup::pressed(call, press)).await,
            None => unknown(call, &data.custom_id).await,
        },
        "send" => match (menus::Target::parse(rest), values.first().and_then(|value| value.parse().ok())) {
            (Some(target), Some(to)) => call.answer(in_place, menus::send(call, target, to)).await,
            (_, _) => unknown(call, &data.custom_id).await,
        },
        "judge" | "audit" | "handover" | "claims" | "privacy" | "forget" => {
            match commands::read::pressed(word, rest) {
                Some(command) => call.answer(how_to_show(call, &command, in_place), run(call, command)).await,
                None => unknown(call, &data.custom_id).await,
            }
        }
        "answers" => match (menus::Target::parse(rest), values.first()) {
            (Some(target), Some(request)) => {
                call.answer(in_place, menus::answers(call, target, request)).await;
            }
            (_, _) => unknown(call, &data.custom_id).await,
        },
        _ => unknown(call, &data.custom_id).await,
    }
}

/// Does what a press on a card asks for; the card itself is changed by the outbox.
async fn pressed(call: &Call<'_>, press: &Press) -> Result<(), Page> {
    let asker = Asker::employee(call).await?;
    let community = &asker.caller.community;
    let may_urge = asker.known.as_ref().is_some_and(|known| known.settings.may_urge(&asker.caller.roles));
    if press.more == Some(More::Urgent) && !may_urge && !asker.caller.is_administrator {
        return Err(Reply::refused(asker.words.press_office_only()).into());
    }
    match call.discord.triage.press(community, press, &asker.caller.user, call.at()).await {
        Ok(Outcome::Done(_)) => Ok(()),
        Ok(outcome) => Err(asker.refusal(&outcome)),
        Err(error) => Err(asker.failed(&error)),
    }
}

/// How an answer takes the place of the message that was pressed on: only where that message has the button. A press
/// that was made up changes nothing that others see, a card least of all.
fn in_place(interaction: &ComponentInteraction) -> How {
    let components = interaction.message.components.iter().flat_map(|row| &row.components);
    let mut ids = components.filter_map(|component| match component {
        ActionRowComponent::Button(button) => match &button.data {
            ButtonKind::NonLink { custom_id, .. } => Some(custom_id),
            ButtonKind::Link { .. } | ButtonKind::Premium { .. } => None,
        },
        ActionRowComponent::SelectMenu(select) => select.custom_id.as_ref(),
        // Serenity's enum, open-ended by declaration: nothing else is posted here.
        _ => None,
    });
    if ids.any(|id| *id == interaction.data.custom_id) { How::InPlace } else { How::Privately }
}

/// The audit begins under an invitation that others see too; from then on its page changes in place. A refusal to whoever
/// claims were not offered to is shown beside the offer, and so is what members wrote in them.
fn how_to_show(call: &Call<'_>, command: &Command, in_place: How) -> How {
    let is_not = |user: &UserId| call.member.is_none_or(|member| member.user.id.to_string() != user.as_str());
    let is_beside = matches!(command, Command::Audit { after: None } | Command::HandoverMessages { .. })
        || matches!(command, Command::HandoverAccept { to: whose, .. } | Command::EraseMine { member: whose, .. } if is_not(whose));
    if is_beside { How::Privately } else { in_place }
}

/// What the figures beside the button mean. What employees read is in the community's language; a member is told in
/// their own.
async fn explained(call: &Call<'_>, meaning: Meaning) -> Page {
    let words = match meaning {
        Meaning::Figures => match Asker::of(call).await {
            Ok(asker) => asker.words,
            Err(refused) => return refused,
        },
        Meaning::Usual => call.words(),
    };
    crate::commands::meaning(meaning, words).into()
}

/// A draft of an answer for who has claimed a request; nobody else sees it.
async fn draft(call: &Call<'_>, request: &RequestId) -> Page {
    let asker = match Asker::employee(call).await {
        Ok(asker) => asker,
        Err(refused) => return refused,
    };
    let (triage, caller) = (&call.discord.triage, &asker.caller);
    match triage.draft(&caller.community, request, &caller.user, call.discord.clock.now()).await {
        Ok(drafted) => crate::commands::drafted(asker.words, drafted).into(),
        Err(error) => asker.failed(&error),
    }
}

/// Keeps what an employee says in a review list; the list itself is changed by the outbox.
async fn reviewed(call: &Call<'_>, press: &ReviewPress) -> Result<(), Page> {
    let asker = Asker::employee(call).await?;
    let by = asker.caller.user.clone();
    let choice = Choice { label: press.label, source: Source::Review, by, at: call.at() };
    let (discord, community) = (call.discord, &asker.caller.community);
    match discord.triage.choose(discord, community, &press.message, &choice).await {
        Ok(chosen) => chosen.refusal(asker.words).map_or(Ok(()), |why| Err(Reply::refused(why).into())),
        Err(ChoiceError::Store(error)) => Err(asker.failed(&error)),
        Err(ChoiceError::Platform(error)) => {
            tracing::warn!(%error, "discord.message.unreadable: it is listed for review");
            Err(Reply::refused(asker.words.try_again()).into())
        }
    }
}

/// Something that this Vigie does not offer: a card of another bot version, a command that is no more.
async fn unknown(call: &Call<'_>, name: &str) {
    tracing::warn!(name, "discord.interaction.unknown: none of this Vigie's");
    let refused = Reply::refused(call.words().unknown_interaction()).into();
    call.answer(How::Privately, async { refused }).await;
}

/// The values that were chosen, as text.
fn chosen(kind: &Chosen) -> Vec<String> {
    match kind {
        Chosen::Button | Chosen::Unknown(_) => Vec::new(),
        Chosen::StringSelect { values } => values.clone(),
        Chosen::UserSelect { values } => values.iter().map(ToString::to_string).collect(),
        Chosen::RoleSelect { values } => values.iter().map(ToString::to_string).collect(),
        Chosen::MentionableSelect { values } => values.iter().map(ToString::to_string).collect(),
        Chosen::ChannelSelect { values } => values.iter().map(ToString::to_string).collect(),
    }
}

/// A person as Discord shows a name; nobody is pinged, since no answer allows a mention.
fn mention(user: &UserId) -> String {
    format!("<@{user}>")
}
