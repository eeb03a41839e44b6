//! SQLite: one file, made when missing, or memory.
//!
//! SQLite takes one writer at a time. Writes go through a pool of one connection, so that they queue here instead of
//! failing with "busy"; reads have a pool of their own and see the last commit (WAL).

use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::home::Home;
use super::sql::claims::sqlite as claims;
use super::sql::shards::sqlite as shards;
use super::{StoreError, read_only};

#[path = "adapter.rs"]
#[cfg_attr(
    feature = "postgres",
    expect(clippy::duplicate_mod, reason = "one source for both databases: see docs/decisions/0004")
)]
mod adapter;

pub use adapter::SqlStore as SqliteStore;

type Db = sqlx::Sqlite;

/// Takes the write lock at once: a transaction that began as a reader could fail at its first write.
const BEGIN: &str = "begin immediate";

/// How long a write waits for another process (`vigie config apply`, a backup) to let go.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 3;

/// Moves what was committed from the log into the file and cuts the log off: old pages in it hold what was erased. Does
/// not wait for readers; the next time will do.
const SCRUB: &[&str] =
    &["pragma busy_timeout = 20", "pragma wal_checkpoint(truncate)", "pragma busy_timeout = 5000"];

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// The migrations of this Vigie.
#[cfg(feature = "postgres")]
pub(super) fn versions() -> Vec<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).collect()
}

/// Opens the file that the address names and brings its tables up to date.
///
/// # Errors
/// When the file cannot be opened or written to, or its tables cannot be brought up to date.
pub async fn open(address: &str) -> Result<SqliteStore, StoreError> {
    let options = SqliteConnectOptions::from_str(address)
        .map_err(|e| StoreError::Unavailable(e.to_string()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode a crash of the process loses nothing at NORMAL; a power cut may lose the last commits, never
        // the file. What was lost then is read again from the platform at the next start.
        .synchronous(SqliteSynchronous::Normal)
        // Pages and parts of pages that are free again hold no text.
        .pragma("secure_delete", "on")
        // In KiB, for each connection: the system keeps the file's pages, too, and hours of work use what they use at first.
        .pragma("cache_size", "-256")
        .busy_timeout(BUSY_TIMEOUT);
    // A connection to a file does not break while it rests: asking it each time whether it lives only costs time.
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    // On a full disk SQLite itself takes a transaction back, and the driver's own attempt fails: what it takes for an open
    // transaction would let none begin on that connection any more.
    let write = pool()
        .max_connections(1)
        .before_acquire(|connection, about| {
            let is_of_use = !connection.is_in_transaction() && read_only::has_passed(about.age);
            Box::pin(async move { Ok(is_of_use) })
        })
        .connect_with(options.clone())
        .await?;
    MIGRATIONS.run(&write).await.map_err(migration)?;
    let home = Home::of(options.get_filename());
    // From here on a file that is gone is an error, and not an empty database.
    let options = options.create_if_missing(false);
    write.set_connect_options(options.clone());
    let read = pool().max_connections(READERS).min_connections(0).connect_lazy_with(options);
    let store = SqliteStore::new(read, write, home);
    store.work_out_courses().await?;
    Ok(store)
}

/// A database in memory that goes away with its last connection.
///
/// # Errors
/// When SQLite cannot be started.
pub async fn in_memory() -> Result<SqliteStore, StoreError> {
    let options = SqliteConnectOptions::from_str("sqlite::memory:")
        .map_err(|e| StoreError::Unavailable(e.to_string()))?;
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    MIGRATIONS.run(&pool).await.map_err(migration)?;
    Ok(SqliteStore::new(pool.clone(), pool, Home::default()))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn migration(error: sqlx::migrate::MigrateError) -> StoreError {
    StoreError::Unreadable(format!("its tables could not be brought up to date: {error}"))
}
