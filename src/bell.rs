//! Wakes a worker when there is something to do, so that nobody has to look all the time.
//!
//! A bell only saves waiting: what there is to do stands in the store, so a ring that nobody heard loses nothing.

use tokio::sync::Notify;

/// Wakes one worker.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// Wakes the worker, now or the next time it would go to sleep.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody rings.
    pub async fn wait(&self) {
        self.0.notified().await;
    }
}
