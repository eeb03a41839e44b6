//! PostgreSQL, or a distributed database that speaks its language.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::home::Home;
use super::sql::claims::postgres as claims;
use super::sql::shards::postgres as shards;
use super::{StoreError, read_only};

#[path = "adapter.rs"]
#[expect(clippy::duplicate_mod, reason = "one source for both databases: see docs/decisions/0004")]
mod adapter;

pub use adapter::SqlStore as PostgresStore;

type Db = sqlx::Postgres;

const BEGIN: &str = "begin";
/// What was erased goes with the next vacuum, which the server runs by itself.
const SCRUB: &[&str] = &[];
const CONNECTIONS: u32 = 8;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// Connects to the server that the address names and brings its tables up to date.
///
/// # Errors
/// When the server cannot be reached or its tables cannot be brought up to date.
pub async fn open(address: &str) -> Result<PostgresStore, StoreError> {
    let options = PgConnectOptions::from_str(address).map_err(|e| StoreError::Unavailable(e.to_string()))?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .before_acquire(|_, about| {
            let is_of_use = read_only::has_passed(about.age);
            Box::pin(async move { Ok(is_of_use) })
        })
        .connect_with(options)
        .await?;
    MIGRATIONS
        .run(&pool)
        .await
        .map_err(|e| StoreError::Unreadable(format!("its tables could not be brought up to date: {e}")))?;
    let store = PostgresStore::new(pool.clone(), pool, Home::default());
    store.work_out_courses().await?;
    Ok(store)
}
