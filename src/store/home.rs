//! The file that the database lives in, as it was when it was opened.
//!
//! A file that is deleted or replaced under an open database takes every write and loses it with the process: the
//! database itself notices nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Where a database lives; nowhere in particular for one in memory or behind a server.
#[derive(Debug, Default)]
pub(super) struct Home(Option<File>);

#[derive(Debug)]
struct File {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Home {
    /// A file that is open.
    pub(super) fn of(path: &Path) -> Self {
        let found = fs::metadata(path).ok();
        Self(found.map(|found| File { path: path.to_owned(), device: found.dev(), inode: found.ino() }))
    }

    /// Whether the file is still there, and the same.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let Some(File { path, device, inode }) = &self.0 else { return Ok(()) };
        match fs::metadata(path) {
            Ok(found) if (found.dev(), found.ino()) == (*device, *inode) => Ok(()),
            Ok(_) => {
                Err(StoreError::Unavailable("its file was replaced by another one: start again".to_owned()))
            }
            Err(error) => Err(StoreError::Unavailable(format!("its file is gone ({error}): start again"))),
        }
    }
}
