//! Waits until somebody wants Vigie to stop.

use tokio::signal::unix::{SignalKind, signal as on};

/// Returns on Ctrl-C or SIGTERM, with the signal's name.
pub async fn signal() -> &'static str {
    let Ok(mut terminate) = on(SignalKind::terminate()) else {
        // Without SIGTERM there is still Ctrl-C.
        let _ = tokio::signal::ctrl_c().await;
        return "SIGINT";
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}
