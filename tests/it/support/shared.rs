//! The material handed to the project, which tests may read and the project does not need.

use std::path::PathBuf;

use vigie::classify::evaluate::read_labelled;
use vigie::domain::label::Label;

/// A file of `../shared`; `None`, and a loud word, when it is not here.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("NOT CHECKED: ../shared/{path} is not here");
    None
}

/// Real messages with their labels; `None`, and a loud word, when they are not here.
pub fn labelled() -> Option<Vec<(String, Label)>> {
    let file = shared("labelled/real-dev.jsonl")?;
    let content = std::fs::read_to_string(file).expect("the file can be read");
    let lines = read_labelled(&content).expect("the file is well formed");
    Some(lines.into_iter().map(|line| (line.text, line.label)).collect())
}
