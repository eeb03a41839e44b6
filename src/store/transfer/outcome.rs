//! What carrying a database over comes to: how far it is, what arrived, or why nothing did and what to do.

/// Why a database was not carried over.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The old database cannot be read.
    #[error("the SQLite database cannot be read: {0}")]
    Source(String),
    /// A Vigie runs on the old database.
    #[error(
        "a Vigie is running on the SQLite database: stop it first, or what it hears meanwhile is left behind"
    )]
    InUse,
    /// The old database is of another version.
    #[error(
        "the SQLite database has the tables of another version: run `vigie doctor` of this version on it once, which \
         brings them up to date, and try again"
    )]
    OtherVersion,
    /// The new database cannot be reached or written to.
    #[error("nothing was carried over, the PostgreSQL database is as empty as before: {0}")]
    Target(String),
    /// There is something in the new database already.
    #[error(
        "the PostgreSQL database is not empty ({table} has rows): nothing was changed; name a new database, or empty \
         that one if nobody needs it"
    )]
    NotEmpty {
        /// A table that has rows.
        table: String,
    },
    /// What arrived is not what was sent.
    #[error(
        "{table} did not arrive as it was ({sent} rows sent, {arrived} arrived, or a column differs): nothing was carried \
         over, the PostgreSQL database is as empty as before; try again, and if it happens again keep both and report it"
    )]
    Differs {
        /// The table, or "the figures".
        table: String,
        /// Rows in the old database.
        sent: u64,
        /// Rows in the new one.
        arrived: u64,
    },
}

/// A table that was carried over and is the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// A digest over all its columns.
    pub digest: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The table that is under way.
    pub table: &'a str,
    /// Rows written so far, and rows read back to be verified.
    pub done: u64,
    /// How many there are of both.
    pub total: u64,
}
