//! Where logs go: standard error, never standard output, which belongs to answers.
//!
//! Every line begins with the dotted name of what happened. No line may hold what a member wrote, a person's name or a
//! token, so other crates are kept to what they say at `info`, and a panic to what cannot quote anybody.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::environment::{EnvironmentError, LogFormat};
use crate::metrics;

/// Starts logging with that filter; panics are logged like everything else.
///
/// # Errors
/// When the filter is none.
pub fn start(filter: &str, format: LogFormat) -> Result<(), EnvironmentError> {
    let has_colours = std::io::stderr().is_terminal();
    // A second start in one process (tests) keeps the first.
    let _ = subscriber(filter, format, has_colours, std::io::stderr)?.try_init();
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn subscriber<W>(
    filter: &str,
    format: LogFormat,
    has_colours: bool,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, EnvironmentError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Serenity's spans and warnings carry whole events, and with them what people wrote. The database's driver says with each
    // call what `store.away` says once.
    let guarded = format!("{filter},serenity=error,sqlx=error");
    let filter = EnvFilter::try_new(guarded).map_err(|error| {
        let expected = format!("expected a filter like info or vigie=debug ({error})");
        EnvironmentError::wrong("VIGIE_LOG", filter, expected)
    })?;
    let lines = fmt::layer().with_writer(writer).with_ansi(has_colours);
    let lines = match format {
        LogFormat::Pretty => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let subscriber = registry().with(lines.with_filter(filter).with_filter(filter_fn(is_harmless)));
    #[cfg(feature = "discord")]
    let subscriber = subscriber.with(crate::platform::discord::closes::listener());
    Ok(subscriber)
}

/// What other crates say below `info` quotes frames, headers and bodies: texts and the token among them.
fn is_harmless(said: &Metadata<'_>) -> bool {
    let is_ours = said.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
    is_ours || *said.level() <= Level::INFO
}

/// Logs where it panicked. What it said is left out unless it is a literal: it may quote a member's text.
fn log_panic(panic: &PanicHookInfo<'_>) {
    metrics::panicked();
    let literal = panic.payload().downcast_ref::<&'static str>().copied();
    let place = panic.location().map(ToString::to_string);
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(literal, place, thread = thread.name(), backtrace, "vigie.panicked: this is a bug");
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was written, for a test to read.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panics while writing").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Paper {
        fn lines(&self) -> Vec<serde_json::Value> {
            let bytes = self.0.lock().expect("nobody panics while writing");
            let text = String::from_utf8(bytes.clone()).expect("logs are text");
            text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
        }
    }

    fn logged(filter: &str, work: impl FnOnce()) -> Vec<serde_json::Value> {
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = subscriber(filter, LogFormat::Json, false, move || writer.clone());
        tracing::subscriber::with_default(subscriber.expect("a filter"), work);
        paper.lines()
    }

    #[test]
    fn a_panic_is_logged_like_everything_else_without_what_it_quotes() {
        let lines = logged("info", || {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(log_panic));
            let text = String::from("my secret");
            let outcome = std::panic::catch_unwind(|| panic!("cannot cut {text}"));
            std::panic::set_hook(before);
            assert!(outcome.is_err());
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((&lines[0]["level"], &lines[0]["literal"]), (&"ERROR".into(), &serde_json::Value::Null));
        assert!(lines[0]["place"].as_str().is_some_and(|place| place.contains("telemetry.rs")), "{lines:?}");
        assert!(!format!("{lines:?}").contains("my secret"), "{lines:?}");
    }

    #[test]
    fn other_crates_say_nothing_below_info_whatever_the_filter() {
        let lines = logged("trace", || {
            tracing::trace!(target: "tungstenite::protocol", "Received message: my secret");
            tracing::debug!(target: "vigieless", "my secret");
            tracing::info!(target: "another::one", "other.info");
            tracing::trace!("vigie.trace");
        });
        let said: Vec<_> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
        assert_eq!(said, ["other.info", "vigie.trace"]);
    }

    #[test]
    fn a_filter_that_is_none_names_its_variable() {
        let wrong = start("vigie=loud", LogFormat::Pretty).expect_err("no such level");
        assert!(wrong.to_string().starts_with("VIGIE_LOG holds"), "{wrong}");
    }
}
