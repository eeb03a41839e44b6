//! A regular expression that is held against the start of what is left of a text.

use regex::{Captures, Regex};

/// No pattern looks further ahead, in bytes: the longest shape is a mail address, of 254 (RFC 5321).
const AHEAD: usize = 260;

/// One of our own patterns; begins with `\A`.
pub(super) struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern in which spaces and line ends mean nothing.
    pub(super) fn new(pattern: &str) -> Self {
        Self(Regex::new(&format!("(?x){pattern}")).expect("our own patterns are tried by the tests"))
    }

    /// How much of the start it covers, in bytes.
    pub(super) fn length(&self, rest: &str) -> Option<usize> {
        self.0.find(ahead(rest)).map(|found| found.end())
    }

    /// How much of the start it covers, and its groups.
    pub(super) fn groups<'a>(&self, rest: &'a str) -> Option<(usize, Captures<'a>)> {
        let groups = self.0.captures(ahead(rest))?;
        Some((groups.get(0)?.end(), groups))
    }
}

/// The start of a text. Without it, engines that prepare for the whole of what they are given would make the work grow
/// with the square of the text.
fn ahead(rest: &str) -> &str {
    &rest[..rest.floor_char_boundary(AHEAD)]
}
