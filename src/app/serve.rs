//! `vigie serve`: everything that runs until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::shutdown;
use super::worker::{self, Work};
use super::{open_to_serve, second_reader};
use crate::audits::Audits;
use crate::bell::Bell;
use crate::clock::SystemClock;
use crate::config::environment::{Environment, EnvironmentError, LogFormat};
use crate::deadlines::Deadlines;
use crate::domain::settings::Platform;
use crate::domain::time::Timestamp;
use crate::metrics;
use crate::outbox::{Outbox, Platforms};
use crate::platform::playground::Playground;
use crate::retention::Retention;
use crate::road::Core;
use crate::store::{StoreError, outage};
use crate::triage::{Progress, Triage};
use crate::web::{self, Health, Origin, Site};

/// How long the parts have to finish what they are doing when Vigie is stopped.
const GRACE: Duration = Duration::from_secs(4);

/// Runs every platform that is configured, and the playground when none is or when it is asked for.
///
/// # Errors
/// When something that is configured cannot be started, or a platform ends the connection for good.
pub async fn serve(environment: &Environment, with_playground: bool) -> Result<(), Failure> {
    let listener = web::bind(environment.http).await.map_err(|error| {
        let expected = format!("this address cannot be listened on ({error}); is Vigie running already?");
        EnvironmentError::wrong("VIGIE_HTTP", environment.http, expected)
    })?;
    let reader = second_reader(environment)?;
    let model = reader.as_ref().map(|reader| reader.model().to_owned());
    let (store, _alone) = open_to_serve(environment).await?;
    let core = Core::new(store, Arc::new(SystemClock), reader.map(|reader| Arc::new(reader) as _));
    let mut platforms = Platforms::new();

    let has_platform = environment.discord_token.is_some();
    let playground = if with_playground || !has_platform {
        let playground = Playground::open(core.clone()).await.map_err(anyhow::Error::from)?;
        platforms.insert(Platform::Playground, Arc::clone(&playground) as _);
        Some(playground)
    } else {
        None
    };
    #[cfg(feature = "discord")]
    let discord = match &environment.discord_token {
        Some(token) => Some(discord(environment, token, &core)?),
        None => None,
    };
    #[cfg(feature = "discord")]
    if let Some(discord) = &discord {
        platforms.insert(Platform::Discord, Arc::clone(discord) as _);
    }
    #[cfg(feature = "discord")]
    let connections = discord
        .iter()
        .map(|discord| web::Connection { name: "discord", platform: Arc::clone(discord) as _ })
        .collect();
    #[cfg(not(feature = "discord"))]
    let connections = Vec::new();

    metrics::started(core.clock.now());
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let outbox = core.outbox(platforms);
    start_workers(&core, &outbox, &tasks, &stop);
    watch_store(&core, &tasks, &stop);
    let site = Site {
        health: Health::new(Arc::clone(&core.store), Arc::clone(&core.clock), connections),
        playground: playground.clone(),
        origin: Origin::new(environment.http, &environment.public_url),
    };
    tasks.spawn(web::serve(listener, site, stop.clone()));
    // For somebody at a terminal; what reads JSON finds the address in `vigie.started`.
    if playground.is_some() && environment.log_format == LogFormat::Pretty {
        eprintln!("Vigie's playground: {}", environment.public_url);
    }
    tracing::info!(http = %environment.http, model, "vigie.started");

    #[cfg(feature = "discord")]
    let ended = match discord {
        Some(discord) => {
            stop_on_signal(&tasks, &stop);
            discord.run(stop.clone()).await.map_err(|error| why_discord_ended(error, environment))
        }
        None => wait_for_signal().await,
    };
    #[cfg(not(feature = "discord"))]
    let ended = wait_for_signal().await;

    stop.cancel();
    tasks.close();
    let settled = tokio::time::timeout(GRACE, async {
        tasks.wait().await;
        outbox.idle().await;
    });
    if settled.await.is_err() {
        tracing::warn!("vigie.stopped with calls under way; what they were to do stands in the outbox");
    }
    if let Err(error) = core.store.leave().await {
        tracing::warn!(%error, "vigie.stopped: its claims lapse by themselves");
    }
    ended
}

async fn wait_for_signal() -> Result<(), Failure> {
    let signal = shutdown::signal().await;
    tracing::info!(signal, "vigie.stopping");
    Ok(())
}

/// A connection that could not be made because of a variable is that variable's mistake.
#[cfg(feature = "discord")]
fn why_discord_ended(
    error: crate::platform::discord::gateway::DiscordError,
    environment: &Environment,
) -> Failure {
    use crate::platform::discord::gateway::DiscordError;
    match (&error, &environment.discord_token, &environment.discord_api_url) {
        (DiscordError::Token, Some(token), _) => {
            EnvironmentError::wrong("DISCORD_TOKEN", format!("{token:?}"), error.to_string()).into()
        }
        (DiscordError::Address(_) | DiscordError::Unreachable(_), _, Some(url)) => {
            EnvironmentError::wrong("DISCORD_API_URL", url, error.to_string()).into()
        }
        _ => anyhow::Error::from(error).into(),
    }
}

/// The platform says its goodbye when the token is cancelled, so it is not simply dropped.
#[cfg(feature = "discord")]
fn stop_on_signal(tasks: &TaskTracker, stop: &CancellationToken) {
    let stop = stop.clone();
    tasks.spawn(async move {
        tokio::select! {
            signal = shutdown::signal() => {
                tracing::info!(signal, "vigie.stopping");
                stop.cancel();
            }
            () = stop.cancelled() => {}
        }
    });
}

fn start_workers(core: &Core, outbox: &Arc<Outbox>, tasks: &TaskTracker, stop: &CancellationToken) {
    let triage = TriageWork(Arc::clone(&core.triage));
    tasks.spawn(worker::run(triage, Arc::clone(&core.inbox_bell), Arc::clone(&core.clock), stop.clone()));
    let audits = AuditWork(Arc::clone(&core.audits));
    tasks.spawn(worker::run(audits, Arc::new(Bell::default()), Arc::clone(&core.clock), stop.clone()));
    let deadlines = DeadlineWork(Arc::clone(&core.deadlines), Arc::clone(outbox));
    tasks.spawn(worker::run(deadlines, Arc::new(Bell::default()), Arc::clone(&core.clock), stop.clone()));
    let retention = RetentionWork(Arc::clone(&core.retention));
    tasks.spawn(worker::run(retention, Arc::new(Bell::default()), Arc::clone(&core.clock), stop.clone()));
    let outbox = OutboxWork(Arc::clone(outbox));
    tasks.spawn(worker::run(outbox, Arc::clone(&core.outbox_bell), Arc::clone(&core.clock), stop.clone()));
}

fn watch_store(core: &Core, tasks: &TaskTracker, stop: &CancellationToken) {
    let (store, clock, stop) = (Arc::clone(&core.store), Arc::clone(&core.clock), stop.clone());
    tasks.spawn(async move { outage::watch(store.as_ref(), clock.as_ref(), stop).await });
}

#[cfg(feature = "discord")]
fn discord(
    environment: &Environment,
    token: &crate::config::environment::Secret,
    core: &Core,
) -> anyhow::Result<Arc<crate::platform::discord::Discord>> {
    use crate::platform::discord::Discord;
    let credentials = credentials(environment, token);
    Ok(Discord::new(
        credentials,
        Arc::clone(&core.intake),
        Arc::clone(&core.triage),
        Arc::clone(&core.store) as _,
        Arc::clone(&core.clock),
    )?)
}

/// What the environment says of Discord.
#[cfg(feature = "discord")]
#[must_use]
pub fn credentials(
    environment: &Environment,
    token: &crate::config::environment::Secret,
) -> crate::platform::discord::Credentials {
    crate::platform::discord::Credentials {
        token: token.reveal().to_owned(),
        api_url: environment.discord_api_url.clone(),
        shards: environment.shards,
    }
}

struct TriageWork(Arc<Triage>);

impl Work for TriageWork {
    const NAME: &'static str = "triage";

    async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        self.0.step(now).await
    }
}

struct AuditWork(Arc<Audits>);

impl Work for AuditWork {
    const NAME: &'static str = "audits";

    async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        self.0.step(now).await
    }
}

struct DeadlineWork(Arc<Deadlines>, Arc<Outbox>);

impl Work for DeadlineWork {
    const NAME: &'static str = "deadlines";

    async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        self.0.step(self.1.platforms(), now).await
    }

    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.0.next_due(now).await
    }
}

struct RetentionWork(Arc<Retention>);

impl Work for RetentionWork {
    const NAME: &'static str = "retention";

    async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        self.0.step(now).await
    }

    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.0.next_due(now).await
    }
}

struct OutboxWork(Arc<Outbox>);

impl Work for OutboxWork {
    const NAME: &'static str = "outbox";

    async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        self.0.step(now).await
    }

    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.0.next_due(now).await
    }
}
