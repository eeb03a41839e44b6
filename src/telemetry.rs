//! Where logs go: standard error, never standard output, which belongs to answers.

use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

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
    // What passes through the libraries is what people wrote, and the token: whatever the filter says, they only warn.
    let guard = filter_fn(|log| is_ours(log.target()) || *log.level() <= Level::WARN);
    let log = tracing_subscriber::registry().with(filter).with(guard);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // A second start in one process (tests) keeps the first.
    let _ = match format {
        LogFormat::Pretty => log.with(lines.with_target(false)).try_init(),
        LogFormat::Json => log.with(lines.json().flatten_event(true)).try_init(),
    };
    Ok(())
}

/// Whether Vigie itself speaks.
fn is_ours(target: &str) -> bool {
    target == "vigie" || target.starts_with("vigie::")
}
