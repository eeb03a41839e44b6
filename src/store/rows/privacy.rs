//! Rows of what is to be erased.

use sqlx::FromRow;

use super::EventRow;

/// A card whose post shows what was erased.
#[derive(FromRow)]
pub struct CardToRedraw {
    pub request: String,
    pub notice: String,
    pub route: String,
}

/// An entry of a log that may name a person.
#[derive(FromRow)]
pub struct NamingRow {
    pub request: String,
    pub seq: i64,
    #[sqlx(flatten)]
    pub event: EventRow,
}
