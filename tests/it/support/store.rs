//! The database of tests that walk the whole road: SQLite, or with `VIGIE_TEST_ROAD=postgres` a schema of their own on
//! the server that `VIGIE_TEST_POSTGRES` names. `./check` runs them once on each.

use std::sync::Arc;

use vigie::store::{self, Store};

/// An empty store.
pub async fn empty() -> Arc<dyn Store> {
    #[cfg(feature = "postgres")]
    if is_on_postgres() {
        let address = super::postgres::empty().await;
        return store::connect(&address).await.expect("the database is there");
    }
    store::in_memory().await.expect("SQLite in memory")
}

/// The address of an empty database for a process, if it is not to make a file of its own.
pub fn empty_address() -> Option<String> {
    #[cfg(feature = "postgres")]
    if is_on_postgres() {
        return Some(super::postgres::empty_now());
    }
    None
}

/// Whether the road of this run is PostgreSQL's.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
pub fn is_on_postgres() -> bool {
    std::env::var("VIGIE_TEST_ROAD").is_ok_and(|road| road == "postgres")
}
