//! `/metrics`: what was counted, and how it is at this moment.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::health::{Health, Look};
use crate::domain::time::{Span, Timestamp};
use crate::metrics::{self, PlatformSeen, QueueSeen, Seen};
use crate::store::{Backlog, Backlogs};

/// The address.
pub fn routes(health: Arc<Health>) -> Router {
    Router::new().route("/metrics", get(tell)).with_state(health)
}

async fn tell(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let text = metrics::exposition(&seen(&*health.look().await));
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text)
}

fn seen(look: &Look) -> Seen {
    let platforms = look.links.iter().map(|link| PlatformSeen {
        name: link.name,
        is_connected: link.state.is_ok(),
        shards: link.shards.clone(),
    });
    Seen {
        store_is_up: look.store.is_ok(),
        queues: look.backlogs.map(|backlogs| queues(backlogs, look.at)).unwrap_or_default(),
        platforms: platforms.collect(),
    }
}

fn queues(backlogs: Backlogs, now: Timestamp) -> Vec<QueueSeen> {
    let Backlogs { inbox, due, waiting, stuck, overdue } = backlogs;
    let queue = |name, Backlog { length, oldest }: Backlog| QueueSeen {
        name,
        length,
        oldest: oldest.map(|since| Span::between(since, now)).unwrap_or_default(),
    };
    vec![
        queue("inbox", inbox),
        queue("outbox_due", due),
        queue("outbox_waiting", waiting),
        queue("outbox_stuck", stuck),
        queue("deadlines_overdue", overdue),
    ]
}
