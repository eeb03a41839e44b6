//! Opens the database that an address names.

use std::sync::Arc;

use super::{Store, StoreError, sqlite};

/// Opens the database at `sqlite://…` or `postgres://…` and brings its tables up to date.
///
/// # Errors
/// When the address names no database that this Vigie knows, or it cannot be opened or written to.
pub async fn connect(address: &str) -> Result<Arc<dyn Store>, StoreError> {
    match address.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Ok(Arc::new(sqlite::open(address).await?)),
        #[cfg(feature = "postgres")]
        Some("postgres" | "postgresql") => Ok(Arc::new(super::postgres::open(address).await?)),
        _ => Err(StoreError::Unavailable(
            "the address begins neither with sqlite:// nor with postgres://".to_owned(),
        )),
    }
}

/// A database in memory, for tests and for exports being replayed.
///
/// # Errors
/// When SQLite cannot be started.
pub async fn in_memory() -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::in_memory().await?))
}
