//! Where logs go: standard error, never standard output, which belongs to answers.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::environment::{EnvironmentError, LogFormat};

/// Starts logging with that filter.
///
/// # Errors
/// When the filter is none.
pub fn start(filter: &str, format: LogFormat) -> Result<(), EnvironmentError> {
    // Serenity's spans and warnings carry whole events, and with them what people wrote.
    let guarded = format!("{filter},serenity=error");
    let filter = EnvFilter::try_new(guarded).map_err(|error| {
        let expected = format!("expected a filter like info or vigie=debug ({error})");
        EnvironmentError::wrong("VIGIE_LOG", filter, expected)
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second start in one process (tests) keeps the first.
    let _ = match format {
        LogFormat::Pretty => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}
