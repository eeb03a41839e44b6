//! The web side: health and figures for those who run Vigie, the playground for those who want to see it.
//!
//! It listens on this machine only unless told otherwise, sends no secret anywhere, and takes changes only from its
//! own pages.

mod guard;
mod health;
mod limits;
mod metrics;
mod playground;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::platform::playground::Playground;

pub use guard::Origin;
pub use health::{Connection, Health, Link, Look};

/// What the web side shows.
#[derive(Clone, Debug)]
pub struct Site {
    /// Whether everything is up.
    pub health: Arc<Health>,
    /// The playground, when it runs.
    pub playground: Option<Arc<Playground>>,
    /// Under which names it may be called.
    pub origin: Origin,
}

/// Every page and call.
pub fn router(site: Site) -> Router {
    let pages = match site.playground {
        Some(playground) => playground::routes(playground),
        None => Router::new().route("/", get(landing)),
    };
    pages
        .merge(health::routes(Arc::clone(&site.health)))
        .merge(metrics::routes(site.health))
        .fallback(async || (StatusCode::NOT_FOUND, "There is no such page here.\n"))
        .layer(axum::middleware::from_fn_with_state(site.origin, guard::guard))
}

/// Binds the address; a port that is taken is found out here, before anything is connected.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Answers until `stop`; open event streams do not hold it up.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, site: Site, stop: CancellationToken) -> std::io::Result<()> {
    let ending = stop.clone();
    let server =
        axum::serve(listener, router(site)).with_graceful_shutdown(async move { ending.cancelled().await });
    tokio::select! {
        ended = server => ended,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// How long a call that is under way may take when Vigie is stopped.
const GRACE: std::time::Duration = std::time::Duration::from_secs(1);

async fn landing() -> impl IntoResponse {
    "Vigie is running. Its playground is off: start it with `vigie serve --playground`.\n/healthz, /readyz and /metrics say how it is.\n"
}
