//! The three codes with which Discord closes a gateway for good and of which serenity tells nobody: it comes back and is
//! closed again, for ever. All that it does is to write a line to its log, so that is read here, whatever is logged.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::gateway::DiscordError;

/// What serenity writes, and the code that it means. A test closes with each, so that other words would be noticed.
const SAID: [(&str, u16); 3] = [
    ("Sent invalid shard data", 4010),
    ("Shard has too many guilds", 4011),
    ("Unknown unclean close 4012", 4012),
];

/// The last one, until somebody has asked. A process has one connection, so this is one for it.
static LAST: Mutex<Option<u16>> = Mutex::new(None);
static CLOSED: Notify = Notify::const_new();

/// Reads serenity's lines.
#[must_use]
pub fn listener<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    Listener.with_filter(filter_fn(|said| {
        said.is_event() && *said.level() <= Level::WARN && said.target() == "serenity::gateway::shard"
    }))
}

/// Waits until Discord has closed the gateway for good with one of these codes, and says why.
pub async fn for_good() -> DiscordError {
    loop {
        CLOSED.notified().await;
        match LAST.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(4010) => {
                return DiscordError::Shards(
                    "Discord refuses the shards (4010): check VIGIE_SHARDS".to_owned(),
                );
            }
            Some(4011) => {
                let why = "Discord wants more shards by now (4011): start again, with more in VIGIE_SHARDS if it is set";
                return DiscordError::Shards(why.to_owned());
            }
            Some(_) => {
                let why = "Discord no longer speaks the gateway's version that this Vigie asks for (4012): install a newer one";
                return DiscordError::Refused(why.to_owned());
            }
            None => {}
        }
    }
}

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        if let Some((_, code)) = SAID.iter().find(|(words, _)| line.0.contains(words)) {
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(*code);
            CLOSED.notify_one();
        }
    }
}

/// What an event says.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
