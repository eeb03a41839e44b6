//! The material handed to the project, which tests may read and the project does not need.

use std::path::PathBuf;

/// A file of `../shared`; `None`, and a loud word, when it is not here.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("NOT CHECKED: ../shared/{path} is not here");
    None
}
