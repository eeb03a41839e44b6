//! One interaction, and the ways in which it is answered.
//!
//! Discord wants a first answer within three seconds; afterwards the interaction's token is good for fifteen minutes.
//! The token is a secret: it stands in no log line.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use serenity::model::Permissions;
use serenity::model::application::{CommandInteraction, ComponentInteraction};
use serenity::model::guild::Member;
use serenity::model::id::{ChannelId, GuildId, MessageId, UserId};

use super::super::escape::{clean, shorten};
use super::super::events::posted_at;
use super::super::{Discord, render};
use crate::commands::{File, Reply};
use crate::domain::settings::Language;
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::PlatformError;

/// Work that takes longer is deferred; leaves half of Discord's three seconds for the network.
const SOON: Duration = Duration::from_millis(1500);
/// The flag of a message that only who asked can see.
const EPHEMERAL: u64 = 64;
/// How long the description of a picture may be.
const ALT: usize = 1024;
/// A file larger than this would not be there within Discord's three seconds over a line of two Mbit/s.
const LIGHT: usize = 256 << 10;
/// The largest file that Discord takes from a bot, in a server without boosts.
pub(super) const LARGEST_FILE: usize = 10 << 20;
/// Discord's types of first answers.
const MESSAGE: u8 = 4;
const DEFERRED_MESSAGE: u8 = 5;
const DEFERRED_UPDATE: u8 = 6;
const UPDATE: u8 = 7;
const CHOICES: u8 = 8;
/// Discord's styles of buttons.
const SECONDARY: u8 = 2;
const DANGER: u8 = 4;

/// One interaction: what all kinds of them carry.
pub struct Call<'a> {
    /// Where it is answered.
    pub discord: &'a Discord,
    /// Where it came from; none in a private conversation.
    pub guild: Option<GuildId>,
    /// The channel or thread.
    pub channel: ChannelId,
    /// Who it came from, as a member of the guild at this moment.
    pub member: Option<&'a Member>,
    /// What Vigie may do in that channel.
    pub held: Permissions,
    id: u64,
    application: u64,
    token: &'a str,
    locale: &'a str,
}

/// How an interaction is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With a message that only who asked can see.
    Privately,
    /// With a message for everybody, unless it is a refusal.
    Publicly,
    /// By changing the message that was pressed on.
    InPlace,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What is said.
    pub reply: Box<Reply>,
    /// Rows of buttons and selects, as Discord's JSON.
    pub components: Vec<Value>,
}

impl From<Reply> for Page {
    fn from(reply: Reply) -> Self {
        let buttons = reply.buttons.iter().map(|button| {
            let style = if button.is_dangerous { DANGER } else { SECONDARY };
            json!({ "type": 2, "style": style, "label": button.label, "custom_id": button.custom_id })
        });
        let buttons: Vec<Value> = buttons.collect();
        let rows =
            if buttons.is_empty() { Vec::new() } else { vec![json!({ "type": 1, "components": buttons })] };
        Self { reply: Box::new(reply), components: rows }
    }
}

impl Page {
    /// The bodies of the messages that show it, at least one: an embed too long for one goes on in the next. The
    /// file is named in the first, and goes along with it.
    pub(super) fn messages(&self) -> Vec<Value> {
        let mut messages: Vec<Value> = render::replies(&self.reply)
            .into_iter()
            .map(|embed| json!({ "embeds": [embed], "components": [], "allowed_mentions": { "parse": [] } }))
            .collect();
        if let Some(last) = messages.last_mut() {
            last["components"] = json!(self.components);
        }
        if let (Some(first), Some(person)) = (messages.first_mut(), &self.reply.pings) {
            first["content"] = json!(super::mention(person));
            first["allowed_mentions"] = json!({ "parse": [], "users": [person] });
        }
        if let (Some(first), Some(file)) = (messages.first_mut(), self.reply.file.as_deref()) {
            let name = file.name();
            first["attachments"] = json!([{ "id": 0, "filename": name }]);
            if let Some(image) = file.image() {
                first["attachments"][0]["description"] = json!(shorten(&clean(&image.alt), ALT));
                first["embeds"][0]["image"] = json!({ "url": format!("attachment://{name}") });
            }
        }
        messages
    }

    /// Whether it takes long to send.
    fn is_heavy(&self) -> bool {
        self.reply.file.as_ref().is_some_and(|file| file.bytes().len() > LIGHT)
    }
}

impl<'a> Call<'a> {
    /// A command, or one that is being typed.
    pub fn of_command(discord: &'a Discord, interaction: &'a CommandInteraction) -> Self {
        Self {
            discord,
            guild: interaction.guild_id,
            channel: interaction.channel_id,
            member: interaction.member.as_deref(),
            held: interaction.app_permissions.unwrap_or_default(),
            id: interaction.id.get(),
            application: interaction.application_id.get(),
            token: &interaction.token,
            locale: interaction.guild_locale.as_deref().unwrap_or(&interaction.locale),
        }
    }

    /// A press on a button, or a choice.
    pub fn of_component(discord: &'a Discord, interaction: &'a ComponentInteraction) -> Self {
        Self {
            discord,
            guild: interaction.guild_id,
            channel: interaction.channel_id,
            member: interaction.member.as_ref(),
            held: interaction.app_permissions.unwrap_or_default(),
            id: interaction.id.get(),
            application: interaction.application_id.get(),
            token: &interaction.token,
            locale: interaction.guild_locale.as_deref().unwrap_or(&interaction.locale),
        }
    }

    /// When it happened, by Discord's clock.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        posted_at(MessageId::new(self.id))
    }

    /// The words for somebody whose community has not chosen a language.
    #[must_use]
    pub fn words(&self) -> Words {
        let is_french = self.locale.starts_with("fr");
        Words::new(if is_french { Language::Fr } else { Language::En })
    }

    /// Answers when the work is done; says at once that it is under way when that takes long.
    pub async fn answer(&self, how: How, work: impl Future<Output = Page>) {
        let mut work = pin!(work);
        match tokio::time::timeout(SOON, &mut work).await {
            Ok(page) if !page.is_heavy() => self.answer_now(how, &page).await,
            Ok(page) => {
                self.defer(how).await;
                self.answer_deferred(how, &page).await;
            }
            Err(_) => {
                self.defer(how).await;
                self.answer_deferred(how, &work.await).await;
            }
        }
    }

    async fn answer_now(&self, how: How, page: &Page) {
        let is_private = how != How::Publicly || !page.reply.is_shared;
        let mut messages = page.messages().into_iter();
        let mut first = messages.next().unwrap_or_default();
        let file = page.reply.file.as_deref();
        if how == How::InPlace {
            drop_old_file(&mut first);
            self.call_back(&json!({ "type": UPDATE, "data": first }), file).await;
        } else {
            set_private(&mut first, is_private);
            self.call_back(&json!({ "type": MESSAGE, "data": first }), file).await;
        }
        self.say_more(messages, None, is_private).await;
        self.post(page).await;
    }

    async fn defer(&self, how: How) {
        let body = match how {
            How::Privately => json!({ "type": DEFERRED_MESSAGE, "data": { "flags": EPHEMERAL } }),
            How::Publicly => json!({ "type": DEFERRED_MESSAGE }),
            How::InPlace => json!({ "type": DEFERRED_UPDATE }),
        };
        self.call_back(&body, None).await;
    }

    async fn answer_deferred(&self, how: How, page: &Page) {
        let original = self.webhook("/messages/@original");
        if how == How::Publicly && !page.reply.is_shared {
            // Whether a message is private is settled when it is deferred: a refusal needs another one.
            logged(self.discord.rest.delete(&original).await);
            return self.follow_up(page).await;
        }
        let mut messages = page.messages().into_iter();
        let mut first = messages.next().unwrap_or_default();
        drop_old_file(&mut first);
        self.send(Method::PATCH, &original, &first, page.reply.file.as_deref()).await;
        self.say_more(messages, None, how != How::Publicly).await;
        self.post(page).await;
    }

    /// Posts what everybody in the channel is to see, after the answer that is for who asked.
    async fn post(&self, page: &Page) {
        if let Some(posted) = page.reply.posted.as_deref().cloned() {
            self.say_more(Page::from(posted).messages(), None, false).await;
        }
    }

    /// Says that a press has arrived; nothing on the screen changes.
    pub async fn acknowledge(&self) {
        self.call_back(&json!({ "type": DEFERRED_UPDATE }), None).await;
    }

    /// Says something to who asked, and to nobody else, after the first answer.
    pub async fn follow_up(&self, page: &Page) {
        self.say_more(page.messages(), page.reply.file.as_deref(), true).await;
    }

    /// Posts further messages; the file goes with the first of them.
    async fn say_more(
        &self,
        messages: impl IntoIterator<Item = Value>,
        mut file: Option<&File>,
        is_private: bool,
    ) {
        for mut message in messages {
            set_private(&mut message, is_private);
            self.send(Method::POST, &self.webhook(""), &message, file.take()).await;
        }
    }

    /// Offers choices for what is being typed.
    pub async fn complete(&self, choices: Vec<Value>) {
        self.call_back(&json!({ "type": CHOICES, "data": { "choices": choices } }), None).await;
    }

    async fn call_back(&self, body: &Value, file: Option<&File>) {
        let path = format!("/interactions/{}/{}/callback", self.id, self.token);
        self.send(Method::POST, &path, body, file).await;
    }

    async fn send(&self, method: Method, path: &str, body: &Value, file: Option<&File>) {
        let rest = &self.discord.rest;
        logged(match file {
            Some(file) => rest.upload(method, path, body, file).await,
            None => rest.tell(method, path, Some(body)).await,
        });
    }

    /// The bot's own user.
    #[must_use]
    pub fn bot(&self) -> UserId {
        self.discord.me().map_or_else(|| UserId::new(self.application), |me| me.id)
    }

    fn webhook(&self, rest: &str) -> String {
        format!("/webhooks/{}/{}{rest}", self.application, self.token)
    }
}

fn set_private(message: &mut Value, is_private: bool) {
    if is_private {
        message["flags"] = json!(EPHEMERAL);
    }
}

/// A message that is changed keeps its files unless it says which ones it has.
fn drop_old_file(message: &mut Value) {
    if message["attachments"].is_null() {
        message["attachments"] = json!([]);
    }
}

fn logged(outcome: Result<(), PlatformError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "discord.interaction.unanswered");
    }
}
