//! Answers on standard output.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;

/// Writes a line to standard output. Whoever reads may have enough (`vigie evaluate … | head`): that is no failure.
///
/// # Errors
/// When it cannot be written for another reason, a full disk for instance.
pub fn say(line: impl fmt::Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written to"),
    }
}
