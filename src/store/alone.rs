//! Whether a SQLite file is served by this process alone.
//!
//! SQLite is for one process. The one that serves a file holds a lock beside it, which dies with its process: whoever
//! gets it knows that claims of before are nobody's any more, so that a restart need not wait for them to lapse.

use std::fs::{File, OpenOptions, TryLockError};

/// Who serves a database.
#[derive(Debug)]
pub enum Alone {
    /// This process and no other, until this is dropped.
    Yes(Seat),
    /// Another process is at it.
    No,
    /// It cannot be told: a server, memory, or a folder that may not be written to.
    Unknown,
}

/// The place of the one who serves a file.
#[derive(Debug)]
pub struct Seat {
    _lock: File,
}

/// Takes the place of the one who serves the database at this address.
#[must_use]
pub fn alone(address: &str) -> Alone {
    let Some(file) = file_of(address) else { return Alone::Unknown };
    let lock = OpenOptions::new().create(true).append(true).open(format!("{file}-serve"));
    let Ok(lock) = lock else { return Alone::Unknown };
    match lock.try_lock() {
        Ok(()) => Alone::Yes(Seat { _lock: lock }),
        Err(TryLockError::WouldBlock) => Alone::No,
        Err(TryLockError::Error(_)) => Alone::Unknown,
    }
}

/// The file that an address names, if it names one.
pub(super) fn file_of(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let file = rest.split_once('?').map_or(rest, |(file, _)| file);
    (!file.is_empty() && file != ":memory:").then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_served_by_one_until_it_ends() {
        let folder = tempfile::TempDir::new().expect("a folder of our own");
        let address = format!("sqlite://{}?mode=rwc", folder.path().join("vigie.db").display());
        let first = alone(&address);
        assert!(matches!(first, Alone::Yes(_)), "{first:?}");
        assert!(matches!(alone(&address), Alone::No));
        drop(first);
        assert!(matches!(alone(&address), Alone::Yes(_)));
    }

    #[test]
    fn of_servers_and_memory_it_cannot_be_told() {
        for address in ["postgres://localhost/vigie", "sqlite::memory:", "sqlite:///nowhere/at/all/vigie.db"]
        {
            assert!(matches!(alone(address), Alone::Unknown), "{address}");
        }
    }
}
