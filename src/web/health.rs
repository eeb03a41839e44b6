//! `/healthz` and `/readyz`: for those who run Vigie, and for what watches over it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::platform::Platform;
use crate::store::Store;

/// How long the store may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether everything is up.
#[derive(Debug)]
pub struct Health {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The platforms that are configured.
    pub connections: Vec<Connection>,
}

/// A platform's connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// What the platform is called.
    pub name: &'static str,
    /// The platform.
    pub platform: Arc<dyn Platform>,
}

impl Health {
    /// What is down at this moment, each with its reason; empty when all is well.
    pub async fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        match tokio::time::timeout(PATIENCE, self.store.check()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => troubles.push(format!("store: {error}")),
            Err(_) => troubles.push(format!("store: no answer within {} s", PATIENCE.as_secs())),
        }
        for connection in &self.connections {
            if !connection.platform.is_connected().await {
                troubles.push(format!("{}: not connected", connection.name));
            }
        }
        troubles
    }
}

/// The two addresses.
pub fn routes(health: Arc<Health>) -> Router {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).with_state(health)
}

async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, String) {
    let troubles = health.troubles().await;
    if troubles.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{}\n", troubles.join("\n")))
}
