//! All that can be told at this moment: what was counted, and what was seen when somebody asked.
//!
//! What is seen lives in a registry of its own that is thrown away afterwards, so that a gauge never shows what is no
//! longer known: while the store is down there are no queues in the answer.

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use super::register::{Register, Seconds};
use crate::domain::time::Span;

/// The content type of [`exposition`].
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// What was seen of the world outside this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether the store answers and can be written to.
    pub store_is_up: bool,
    /// What waits in it; empty when it cannot be read.
    pub queues: Vec<QueueSeen>,
    /// The platforms that are configured.
    pub platforms: Vec<PlatformSeen>,
}

/// Something that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueSeen {
    /// What it is called.
    pub name: &'static str,
    /// How much waits.
    pub length: u64,
    /// How long the oldest has waited; nothing when nothing waits.
    pub oldest: Span,
}

/// A platform's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformSeen {
    /// What it is called.
    pub name: &'static str,
    /// Whether all of it is connected.
    pub is_connected: bool,
    /// Its parts, each with whether it is connected.
    pub shards: Vec<(u32, bool)>,
}

type Lengths = Family<[(&'static str, &'static str); 1], Gauge>;
type Ages = Family<[(&'static str, &'static str); 1], Seconds>;
type Shards = Family<[(&'static str, String); 2], Gauge>;

/// Everything in Prometheus's text format.
///
/// # Panics
/// Never: a text takes whatever is written to it.
#[must_use]
pub fn exposition(seen: &Seen) -> String {
    let mut text = String::new();
    for registry in [&Register::of_this_process().registry, &registry_of(seen)] {
        prometheus_text::encode(&mut text, registry).expect("a text takes whatever is written to it");
    }
    text
}

fn registry_of(seen: &Seen) -> Registry {
    let (lengths, ages) = (Lengths::default(), Ages::default());
    for queue in &seen.queues {
        let labels = [("queue", queue.name)];
        lengths.get_or_create(&labels).set(i64::try_from(queue.length).unwrap_or(i64::MAX));
        ages.get_or_create(&labels).set(seconds(queue.oldest));
    }
    let (platforms, shards) = (Lengths::default(), Shards::default());
    for platform in &seen.platforms {
        platforms.get_or_create(&[("platform", platform.name)]).set(i64::from(platform.is_connected));
        for (shard, is_connected) in &platform.shards {
            let labels = [("platform", platform.name.to_owned()), ("shard", shard.to_string())];
            shards.get_or_create(&labels).set(i64::from(*is_connected));
        }
    }
    let mut registry = Registry::with_prefix("vigie");
    registry.register(
        "store_up",
        "Whether the database answers and can be written to",
        ConstGauge::new(i64::from(seen.store_is_up)),
    );
    registry.register(
        "queue_length",
        "What waits: messages in the inbox; notices in the outbox that are due, that wait for their time, that are stuck after a failure; deadlines overdue",
        lengths,
    );
    registry.register(
        "queue_oldest_age_seconds",
        "How long the oldest of a queue has waited: since it was heard, since it was due, or, waiting or stuck, since it was written",
        ages,
    );
    registry.register("platform_connected", "Whether the platform's connection is up, all of it", platforms);
    registry.register("gateway_shard_connected", "Whether a part of the connection is up", shards);
    registry
}

#[expect(clippy::cast_precision_loss, reason = "ages are far below 2^53 milliseconds")]
fn seconds(span: Span) -> f64 {
    span.as_milliseconds().max(0) as f64 / 1000.0
}
