//! What a time without writes leaves behind: a connection that was opened meanwhile to a file that was read-only, or to a
//! server that only answers (a PostgreSQL after a failover), stays so for good, also when the others can write again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::error::DatabaseError;

/// SQLite's number for that, in the lowest byte of its codes.
const SQLITE: u32 = 8;
/// PostgreSQL's word for it.
const POSTGRES: &str = "25006";

/// When somebody was last told that the database is read-only. A process has one database, so this is one for it.
static TOLD_LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// Looks at an error of the database for what only a new connection mends.
pub(super) fn note(error: &dyn DatabaseError) {
    if error.code().is_some_and(|code| is_one(&code)) {
        *TOLD_LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// Whether a connection of this age may still be used: one that was there when somebody was told may not.
pub(super) fn has_passed(age: Duration) -> bool {
    let told_last = *TOLD_LAST.lock().unwrap_or_else(PoisonError::into_inner);
    told_last.is_none_or(|at| age < at.elapsed())
}

/// Codes of PostgreSQL have five characters, those of SQLite are shorter numbers.
fn is_one(code: &str) -> bool {
    code == POSTGRES || code.len() < POSTGRES.len() && code.parse::<u32>().is_ok_and(|n| n & 0xff == SQLITE)
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn both_databases_say_it_in_their_own_way() {
        for code in ["8", "264", "520", "776", "1032", "1288", "1544", "25006"] {
            assert!(is_one(code), "{code}");
        }
        for code in ["", "5", "13", "2067", "25001", "22024", "57P01"] {
            assert!(!is_one(code), "{code}");
        }
    }
}
