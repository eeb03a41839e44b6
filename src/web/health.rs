//! `/healthz` and `/readyz`: for those who run Vigie, and for what watches over it.
//!
//! Whoever asks, the store and the platforms are looked at once in a while and no more often; whatever hangs, the look is
//! over within [`PATIENCE`].

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::clock::Clock;
use crate::domain::time::Timestamp;
use crate::platform::Platform;
use crate::store::{Backlogs, Store};

/// How long anything may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long what was seen is told again.
const FRESH: Duration = Duration::from_secs(2);

/// A platform's connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// What the platform is called.
    pub name: &'static str,
    /// The platform.
    pub platform: Arc<dyn Platform>,
}

/// Looks whether everything is up.
#[derive(Debug)]
pub struct Health {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    connections: Vec<Connection>,
    last: Mutex<Option<(Instant, Arc<Look>)>>,
}

/// What was seen at a moment.
#[derive(Clone, Debug)]
pub struct Look {
    /// The moment.
    pub at: Timestamp,
    /// Whether the store answers and can be written to; if not, why not.
    pub store: Result<(), String>,
    /// What waits in the store, when it says so.
    pub backlogs: Option<Backlogs>,
    /// The platforms that are configured.
    pub links: Vec<Link>,
}

/// A platform's connection at a moment.
#[derive(Clone, Debug)]
pub struct Link {
    /// What the platform is called.
    pub name: &'static str,
    /// Whether all of it is connected; if not, why not.
    pub state: Result<(), &'static str>,
    /// Its parts, each with whether it is connected.
    pub shards: Vec<(u32, bool)>,
}

impl Health {
    /// Looks at this store and at the platforms that are configured.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, connections: Vec<Connection>) -> Arc<Self> {
        Arc::new(Self { store, clock, connections, last: Mutex::default() })
    }

    /// How it is, as it was seen not long ago.
    ///
    /// # Panics
    /// When looking does.
    pub async fn look(self: &Arc<Self>) -> Arc<Look> {
        let health = Arc::clone(self);
        // On a task of its own: a caller who hangs up does not make the next one wait for a second look.
        let look = tokio::spawn(async move { health.fresh().await }).await;
        look.expect("nobody cancels it")
    }

    /// The last look, or a new one; who comes meanwhile waits for the same.
    async fn fresh(&self) -> Arc<Look> {
        let mut last = self.last.lock().await;
        if let Some((at, look)) = last.as_ref()
            && at.elapsed() < FRESH
        {
            return Arc::clone(look);
        }
        let look = Arc::new(self.look_now().await);
        *last = Some((Instant::now(), Arc::clone(&look)));
        look
    }

    async fn look_now(&self) -> Look {
        let at = self.clock.now();
        let links = futures::future::join_all(self.connections.iter().map(Connection::look));
        let check = timeout(PATIENCE, self.store.check(at));
        let backlogs = timeout(PATIENCE, self.store.backlogs(at));
        let (store, backlogs, links) = tokio::join!(check, backlogs, links);
        let store = match store {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(too_slow()),
        };
        Look { at, store, backlogs: backlogs.ok().and_then(Result::ok), links }
    }
}

impl Connection {
    async fn look(&self) -> Link {
        let both = async { (self.platform.is_connected().await, self.platform.shards().await) };
        let (state, shards) = match timeout(PATIENCE, both).await {
            Ok((true, shards)) => (Ok(()), shards),
            Ok((false, shards)) => (Err("not connected"), shards),
            Err(_) => (Err("does not say whether it is connected"), Vec::new()),
        };
        Link { name: self.name, state, shards }
    }
}

impl Look {
    /// What is down, each with its reason; empty when all is well.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        let store = self.store.as_ref().err().map(|why| format!("store: {why}"));
        let links =
            self.links.iter().filter_map(|link| Some(format!("{}: {}", link.name, link.state.err()?)));
        store.into_iter().chain(links).collect()
    }
}

fn too_slow() -> String {
    format!("no answer within {} ms", PATIENCE.as_millis())
}

/// The two addresses.
pub fn routes(health: Arc<Health>) -> Router {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).with_state(health)
}

async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, String) {
    let troubles = health.look().await.troubles();
    if troubles.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{}\n", troubles.join("\n")))
}
