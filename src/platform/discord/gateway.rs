//! The connection to Discord's gateway: serenity's client, on a thread of its own.
//!
//! Serenity spawns a task for each event. On a runtime with one thread tasks start in the order in which they were
//! spawned, and ours only put the event into its guild's queue: so the order survives. What serenity learns about the
//! gateway's address is overruled by what `GET /gateway/bot` said to us, because it would fall back to Discord's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serenity::all::ShardId;
use serenity::client::{ClientBuilder, Context, RawEventHandler};
use serenity::gateway::GatewayError;
use serenity::http::HttpBuilder;
use serenity::model::event::Event;
use serenity::model::gateway::GatewayIntents;
use serenity::model::id::{ApplicationId, GuildId};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::lanes::Lanes;
use super::shards::Own;
use super::{Discord, Me, NAME, closes, commands, interactions, refusals};
use crate::metrics::{self, Session};
use crate::platform::PlatformError;

/// What Vigie listens to; nothing else, and one privileged intent among them: without it messages have no text.
const INTENTS: GatewayIntents =
    GatewayIntents::GUILDS.union(GatewayIntents::GUILD_MESSAGES).union(GatewayIntents::MESSAGE_CONTENT);
/// How long a polite end may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long to wait before a connection is made anew that ended in trouble; it doubles …
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// … up to this, with which a whole day takes fewer of the 1,000 sessions that Discord lets a bot start in it.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);
/// How often the commands are sent until Discord takes them.
const TRIES_TO_REGISTER: u32 = 5;

/// Why the connection to Discord ended or never began.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    /// The token is wrong.
    #[error("{}", refusals::WRONG_TOKEN)]
    Token,
    /// Message content may not be listened to.
    #[error(
        "Discord does not let the bot read messages: switch on MESSAGE CONTENT INTENT in the developer portal \
         (your application, Bot, Privileged Gateway Intents)"
    )]
    Intents,
    /// The gateway's address makes no sense.
    #[error(
        "GET /gateway/bot gave `{0}` as the gateway's address, expected ws:// or wss://: check DISCORD_API_URL"
    )]
    Address(String),
    /// The shards do not fit the bot.
    #[error("{0}")]
    Shards(String),
    /// Discord refused something else.
    #[error("{0}")]
    Refused(String),
    /// Discord cannot be reached just now; worth another try.
    #[error("{0}")]
    Unreachable(String),
}

/// What is known of the connection.
#[derive(Default)]
pub(super) struct Link {
    own: Mutex<Option<Own>>,
    has_registered: AtomicBool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("has_registered", &self.has_registered).finish_non_exhaustive()
    }
}

/// What `GET /gateway/bot` answers.
#[derive(Debug, Deserialize)]
struct Gateway {
    url: String,
    shards: u32,
    session_start_limit: SessionStarts,
}

#[derive(Debug, Deserialize)]
struct SessionStarts {
    remaining: u32,
    reset_after: u64,
}

impl Discord {
    /// Listens to Discord until `stop`.
    ///
    /// # Errors
    /// What keeps the connection from being made, or has ended it for good.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) -> Result<(), DiscordError> {
        let outcome = self.keep_listening(&stop).await;
        *self.link.lock() = None;
        if tokio::time::timeout(FAREWELL, self.lanes.close()).await.is_err() {
            tracing::warn!("discord.stop did not wait for everything that was under way");
        }
        outcome
    }

    /// Listens, and begins anew whenever Discord is in trouble.
    async fn keep_listening(self: &Arc<Self>, stop: &CancellationToken) -> Result<(), DiscordError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            let Err(error) = self.listen_once(stop).await else { return Ok(()) };
            let DiscordError::Unreachable(reason) = error else { return Err(error) };
            // Where nothing has ever answered the address may be wrong, and whoever wrote it is still there.
            if self.me.get().is_none() && !self.rest.is_answered().await {
                return Err(DiscordError::Unreachable(reason));
            }
            if began.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            tracing::warn!(reason, ?pause, "discord.connection.ended: trying again");
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    async fn listen_once(self: &Arc<Self>, stop: &CancellationToken) -> Result<(), DiscordError> {
        let rest = self.rest.patient();
        let (me, gateway) =
            tokio::try_join!(rest.get::<Me>("/users/@me"), rest.get::<Gateway>("/gateway/bot"))?;
        let _ = self.me.set(me);
        check_address(&gateway.url)?;
        if gateway.session_start_limit.remaining == 0 {
            let seconds = gateway.session_start_limit.reset_after / 1000;
            let why = "Discord lets this bot start no more sessions today (it has started 1000)";
            return Err(DiscordError::Refused(format!("{why}: start again in {seconds} s")));
        }
        let Some(own) = self.first_shards(gateway.shards, stop).await? else { return Ok(()) };
        tokio::select! {
            ended = Arc::clone(self).listen(gateway.url, own, stop) => ended,
            () = self.keep_sharing() => Ok(()),
            () = self.keep_rereading() => Ok(()),
        }
    }

    /// Whether every shard of this process is connected.
    pub async fn is_connected(&self) -> bool {
        match self.link.own() {
            Some(own) => own.is_connected().await,
            None => false,
        }
    }

    /// The shards of this process, each with whether it is connected; none before they are started.
    pub async fn shards(&self) -> Vec<(u32, bool)> {
        match self.link.own() {
            Some(own) => own.states().await,
            None => Vec::new(),
        }
    }

    /// Whether the shard that hears of this guild is this process's, and connected.
    pub(super) async fn is_listening(&self, guild: GuildId) -> bool {
        let Some(own) = self.link.own() else { return false };
        let shard = serenity::utils::shard_id(guild, own.total);
        own.states().await.contains(&(shard, true))
    }

    /// Runs serenity's client on a thread of its own until it ends or `stop`.
    async fn listen(
        self: Arc<Self>,
        url: String,
        own: Own,
        stop: &CancellationToken,
    ) -> Result<(), DiscordError> {
        let (done, ended) = oneshot::channel();
        let ear = Ear { discord: Arc::clone(&self), home: Handle::current() };
        let until = stop.clone();
        let thread = std::thread::Builder::new().name("discord-gateway".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let outcome = match runtime {
                Ok(runtime) => {
                    let outcome = runtime.block_on(self.connect(ear, url, own, until));
                    runtime.shutdown_background();
                    outcome
                }
                Err(error) => Err(DiscordError::Unreachable(format!("no runtime for the gateway: {error}"))),
            };
            // Nobody waits any more when the end took too long.
            let _ = done.send(outcome);
        });
        if let Err(error) = thread {
            return Err(DiscordError::Unreachable(format!("no thread for the gateway: {error}")));
        }
        let too_late = async {
            stop.cancelled().await;
            tokio::time::sleep(FAREWELL * 2).await;
        };
        tokio::select! {
            outcome = ended => outcome.unwrap_or_else(|_| Err(DiscordError::Unreachable("the gateway's thread died".to_owned()))),
            () = too_late => Ok(()),
        }
    }

    async fn connect(
        self: Arc<Self>,
        ear: Ear,
        url: String,
        own: Own,
        stop: CancellationToken,
    ) -> Result<(), DiscordError> {
        // Serenity's limiter would make it ignore the address; its calls are none but GET /gateway.
        let mut http = HttpBuilder::new(&self.credentials.token).ratelimiter_disabled(true);
        if let Some(api_url) = &self.credentials.api_url {
            http = http.proxy(api_url);
        }
        let mut client = ClientBuilder::new_with_http(http.build(), INTENTS)
            .raw_event_handler(ear)
            .await
            .map_err(|error| DiscordError::Unreachable(format!("the gateway's client: {error}")))?;
        *client.ws_url.lock().await = url;
        let manager = Arc::clone(&client.shard_manager);
        let (first, last) = own.first_run().expect("nobody begins without a shard");
        let others: Vec<u32> = own.shards.iter().copied().filter(|shard| *shard > last).collect();
        let total = own.total;
        self.link.set(Own { manager: Some(Arc::clone(&manager)), ..own });
        // Serenity's range includes its end.
        let listening = client.start_shard_range(first..last, total);
        let also = async {
            for shard in others {
                manager.restart(ShardId(shard)).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = listening => match ended {
                Ok(()) => Err(DiscordError::Unreachable("the connection to Discord ended".to_owned())),
                Err(error) => Err(fatal(&error)),
            },
            () = also => Ok(()),
            error = closes::for_good() => Err(error),
            () = stop.cancelled() => {
                // A shard that is connected answers a farewell; waiting for another could take for ever.
                if self.is_connected().await {
                    let _ = tokio::time::timeout(FAREWELL, manager.shutdown_all()).await;
                }
                Ok(())
            }
        }
    }

    /// Takes what the gateway says; returns at once.
    fn dispatch(self: &Arc<Self>, event: Event, home: &Handle) {
        metrics::told(NAME, self.clock.now());
        match event {
            Event::Ready(event) => {
                metrics::connected(NAME, Session::Identified);
                tracing::info!(guilds = event.ready.guilds.len(), "discord.ready");
                event.ready.guilds.iter().for_each(|guild| Lanes::begin_gap(self, guild.id, home));
                if !self.link.has_registered.swap(true, Ordering::Relaxed) {
                    let discord = Arc::clone(self);
                    let application = event.ready.application.id;
                    self.lanes.spawn(async move { discord.register(application).await }, home);
                }
            }
            Event::Resumed(_) => {
                metrics::connected(NAME, Session::Resumed);
                tracing::info!("discord.resumed");
            }
            Event::InteractionCreate(event) => {
                // Has to be answered within three seconds: never behind messages.
                let discord = Arc::clone(self);
                self.lanes.spawn(
                    Box::pin(
                        async move { Box::pin(interactions::handle(&discord, event.interaction)).await },
                    ),
                    home,
                );
            }
            event => {
                if let Some(guild) = guild_of(&event) {
                    Lanes::push(self, guild, event, home);
                }
            }
        }
    }

    /// Tells Discord which commands there are.
    async fn register(&self, application: ApplicationId) {
        let definitions = commands::definitions();
        let path = format!("/applications/{application}/commands");
        for _ in 0..TRIES_TO_REGISTER {
            match self.rest.patient().tell(reqwest::Method::PUT, &path, Some(&definitions)).await {
                Ok(()) => {
                    return tracing::info!(count = definitions.len(), "discord.commands are registered");
                }
                Err(error @ PlatformError::Retry { .. }) => {
                    tracing::warn!(%error, "discord.commands: trying again");
                }
                Err(error) => return tracing::error!(%error, "discord.commands are refused"),
            }
            tokio::time::sleep(FAREWELL).await;
        }
    }
}

impl Link {
    /// The shards of this process; `None` before it is known which.
    pub fn own(&self) -> Option<Own> {
        self.lock().clone()
    }

    pub fn set(&self, own: Own) {
        *self.lock() = Some(own);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Own>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes serenity's events home, to the runtime that the rest of Vigie runs on.
struct Ear {
    discord: Arc<Discord>,
    home: Handle,
}

#[serenity::async_trait]
impl RawEventHandler for Ear {
    async fn raw_event(&self, _: Context, event: Event) {
        self.discord.dispatch(event, &self.home);
    }
}

/// The guild that something happened in, as far as Vigie cares.
pub(super) fn guild_of(event: &Event) -> Option<GuildId> {
    // Serenity's enum, open-ended by declaration: what is not named here is not listened to.
    match event {
        Event::GuildCreate(event) => Some(event.guild.id),
        Event::GuildDelete(event) => Some(event.guild.id),
        Event::GuildUpdate(event) => Some(event.guild.id),
        Event::GuildRoleCreate(event) => Some(event.role.guild_id),
        Event::GuildRoleUpdate(event) => Some(event.role.guild_id),
        Event::GuildRoleDelete(event) => Some(event.guild_id),
        Event::GuildMemberUpdate(event) => Some(event.guild_id),
        Event::ChannelCreate(event) => Some(event.channel.guild_id),
        Event::ChannelUpdate(event) => Some(event.channel.guild_id),
        Event::ChannelDelete(event) => Some(event.channel.guild_id),
        Event::ThreadCreate(event) => Some(event.thread.guild_id),
        Event::ThreadUpdate(event) => Some(event.thread.guild_id),
        Event::ThreadDelete(event) => Some(event.thread.guild_id),
        Event::ThreadListSync(event) => Some(event.guild_id),
        Event::MessageCreate(event) => event.message.guild_id,
        Event::MessageUpdate(event) => event.guild_id,
        Event::MessageDelete(event) => event.guild_id,
        Event::MessageDeleteBulk(event) => event.guild_id,
        _ => None,
    }
}

fn check_address(url: &str) -> Result<(), DiscordError> {
    let is_gateway =
        reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host());
    if is_gateway { Ok(()) } else { Err(DiscordError::Address(url.to_owned())) }
}

/// What ended the connection for good.
fn fatal(error: &serenity::Error) -> DiscordError {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication) => {
            DiscordError::Token
        }
        serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents) => DiscordError::Intents,
        serenity::Error::Gateway(GatewayError::InvalidGatewayIntents) => {
            DiscordError::Refused("Discord does not know the intents that Vigie asks for (4013)".to_owned())
        }
        other => DiscordError::Unreachable(format!("the connection to Discord ended: {other}")),
    }
}

impl From<PlatformError> for DiscordError {
    fn from(error: PlatformError) -> Self {
        match error {
            PlatformError::Blocked { reason, .. } if reason == refusals::WRONG_TOKEN => Self::Token,
            PlatformError::Blocked { reason, .. }
            | PlatformError::Gone { reason }
            | PlatformError::Permanent { reason } => Self::Refused(reason),
            PlatformError::Retry { reason, .. } => Self::Unreachable(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_websockets_address_is_taken_for_a_gateway() {
        assert!(check_address("wss://gateway.discord.gg").is_ok());
        assert!(check_address("ws://127.0.0.1:4001").is_ok());
        for wrong in ["", "gateway", "https://gateway.discord.gg", "ws://"] {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
    }
}
