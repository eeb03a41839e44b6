//! Reads the labelled examples that the model learns from: a folder of `.jsonl` files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::fnv;
use crate::domain::label::Label;
use crate::domain::verdict::Lang;

/// A line of the corpus.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The language it is written in.
    pub lang: Lang,
    /// The message.
    pub text: String,
    /// Its label.
    pub label: Label,
    /// The second label that would do, if any.
    pub also: Option<Label>,
    /// `file/part`: what was written in one go. What comes before the slash is a group of industries.
    pub batch: String,
}

impl Example {
    /// The group of industries that the example is about, as its batch says.
    #[must_use]
    pub fn group(&self) -> &str {
        self.batch.split('/').next().unwrap_or(&self.batch)
    }
}

/// Why the corpus could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A folder or file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not an example.
    #[error("{}, line {line}: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A label has no example, or there is none at all.
    #[error("{} holds no example of `{label}`", path.display())]
    Lacking {
        /// The folder.
        path: PathBuf,
        /// The label.
        label: Label,
    },
}

/// Reads all `.jsonl` files of `folder`, in the order of their names.
///
/// # Errors
/// When something cannot be read, a line is not an example (file and line are named) or a label is missing.
pub fn read_corpus(folder: &Path) -> Result<Vec<Example>, CorpusError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| CorpusError::Unreadable { path, source }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        files.push(entry.map_err(unreadable(folder))?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();

    let mut examples: Vec<Example> = Vec::new();
    for path in files {
        let content = fs::read_to_string(&path).map_err(unreadable(&path))?;
        for (line, text) in (1..).zip(content.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            let malformed = |source| CorpusError::Malformed { path: path.clone(), line, source };
            examples.push(serde_json::from_str(text).map_err(malformed)?);
        }
    }
    match Label::ALL.into_iter().find(|label| examples.iter().all(|example| example.label != *label)) {
        Some(label) => Err(CorpusError::Lacking { path: folder.to_owned(), label }),
        None => Ok(examples),
    }
}

/// A number that changes when anything does that the model is trained from: an example, their order, the cues.
#[must_use]
pub fn fingerprint(examples: &[Example]) -> u64 {
    let mut bytes = include_str!("cues.txt").as_bytes().to_vec();
    for example in examples {
        bytes.extend(fnv(example.text.as_bytes()).to_le_bytes());
        bytes.extend(fnv(example.label.as_str().as_bytes()).to_le_bytes());
        bytes.extend(fnv(example.also.map_or("", Label::as_str).as_bytes()).to_le_bytes());
        bytes.extend(fnv(example.group().as_bytes()).to_le_bytes());
    }
    fnv(&bytes)
}

#[cfg(test)]
mod tests;
