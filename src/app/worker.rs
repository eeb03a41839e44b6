//! The one loop that every worker runs in: a step, a rest, and the end.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::domain::time::{Span, Timestamp};
use crate::metrics::{self, Step};
use crate::store::{StoreError, outage};
use crate::triage::Progress;

/// The longest rest: by then another process may have left something to do.
const LONGEST_REST: Span = Span::seconds(1);
/// The rest after a failure of the store; it doubles up to the longest.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// Something that does a little at a time.
pub trait Work: Send + Sync {
    /// What it is called in logs.
    const NAME: &'static str;

    /// Does what there is to do now.
    fn step(&self, now: Timestamp) -> impl Future<Output = Result<Progress, StoreError>> + Send;

    /// When there will be something to do that is not due yet.
    fn next_due(&self, now: Timestamp) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send {
        let _ = now;
        std::future::ready(Ok(None))
    }
}

/// Steps until `stop`: again at once while there is work, otherwise when the bell rings or something falls due.
pub async fn run(work: impl Work, bell: Arc<Bell>, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut backoff = FIRST_BACKOFF;
    while !stop.is_cancelled() {
        let rest = match step(&work, clock.as_ref()).await {
            Ok(None) => {
                metrics::stepped(work_name(&work), Step::Worked);
                backoff = FIRST_BACKOFF;
                continue;
            }
            Ok(Some(rest)) => {
                metrics::stepped(work_name(&work), Step::Idle);
                backoff = FIRST_BACKOFF;
                rest
            }
            Err(error) => {
                metrics::stepped(work_name(&work), Step::Failed);
                if !outage::is_one(&error) {
                    tracing::error!(worker = work_name(&work), %error, "worker.step failed, will try again");
                }
                backoff = (backoff * 2).min(LONGEST_BACKOFF);
                backoff
            }
        };
        tokio::select! {
            () = bell.wait() => {}
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// One step; how long to rest after it, `None` when there may be more to do.
async fn step(work: &impl Work, clock: &dyn Clock) -> Result<Option<Duration>, StoreError> {
    let now = clock.now();
    if work.step(now).await? == Progress::Worked {
        return Ok(None);
    }
    let due = work.next_due(now).await?.map_or(LONGEST_REST, |at| Span::between(now, at));
    let rest = due.min(LONGEST_REST).as_milliseconds();
    Ok(Some(Duration::from_millis(u64::try_from(rest).unwrap_or(0))))
}

const fn work_name<W: Work>(_: &W) -> &'static str {
    W::NAME
}
