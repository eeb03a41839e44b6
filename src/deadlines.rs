//! Tells people that something falls due: a step of each request whose time has come.
//!
//! The times are rows, written with the change that made them and taken away with the one that makes them void. Each
//! is looked at again when it comes: settings or the request may have changed since. What was told stands in the log,
//! in the same transaction as the notice, so that a restart or a second process tells nothing twice.

use std::sync::Arc;

use crate::communities::Communities;
use crate::domain::ids::CommunityId;
use crate::domain::request::Step;
use crate::domain::time::Timestamp;
use crate::store::{DueDeadline, Page, RequestFilter, Store, StoreError};
use crate::triage::{Outcome, Progress, Triage};

/// How many deadlines, or communities, are looked at before other work gets a turn.
const BATCH: u32 = 128;
/// How many waiting requests have their deadlines worked out anew at a time.
const REQUESTS: u32 = 500;

/// Tells people that something falls due.
#[derive(Debug)]
pub struct Deadlines {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    triage: Arc<Triage>,
}

impl Deadlines {
    /// Over that store; what is told goes through the triage like everything that happens to a request.
    #[must_use]
    pub const fn new(store: Arc<dyn Store>, communities: Arc<Communities>, triage: Arc<Triage>) -> Self {
        Self { store, communities, triage }
    }

    /// Works the deadlines out anew where settings have changed, then tells what has fallen due.
    ///
    /// # Errors
    /// When the store fails: what was not told is due still.
    #[tracing::instrument(name = "deadlines.step", skip_all)]
    pub async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        for (community, version) in self.store.untimed(BATCH).await? {
            self.work_out(&community, version).await?;
            progress = Progress::Worked;
        }
        for due in self.store.due_deadlines(now, BATCH).await? {
            self.falls_due(&due, now).await?;
            progress = Progress::Worked;
        }
        Ok(progress)
    }

    /// When the next deadline passes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_deadline(now).await
    }

    async fn falls_due(&self, due: &DueDeadline, now: Timestamp) -> Result<(), StoreError> {
        let DueDeadline { community, request, deadline, .. } = due;
        let step = Step::FallDue { deadline: *deadline };
        match self.triage.take(community, request, step, now).await? {
            Outcome::Done(_) => Ok(()),
            // Not due any more, or not yet: its row is put right.
            Outcome::Refused(_) => self.put_right(due).await,
            Outcome::Unknown => {
                tracing::error!(%community, %request, "deadlines.orphan: a row without a request is left out");
                self.store.drop_deadlines(community, request).await
            }
        }
    }

    async fn put_right(&self, due: &DueDeadline) -> Result<(), StoreError> {
        let request = self.store.request(&due.community, &due.request).await?;
        let (Some(request), Some(known)) = (request, self.communities.of(&due.community).await?) else {
            return self.store.drop_deadlines(&due.community, &due.request).await;
        };
        match self.store.reschedule(&request, &request.deadlines(&known.settings)).await {
            // Whoever was faster has put it right.
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Works out what falls due for every waiting request of a community, by its settings as they are now.
    async fn work_out(&self, community: &CommunityId, version: i64) -> Result<(), StoreError> {
        self.communities.forget(community);
        let Some(known) = self.communities.of(community).await? else { return Ok(()) };
        let mut filter = RequestFilter { is_awaiting: true, ..RequestFilter::default() };
        loop {
            let page = Page::OldestFirst { limit: REQUESTS };
            let requests = self.store.requests(community, &filter, page).await?;
            for request in &requests {
                match self.store.reschedule(request, &request.deadlines(&known.settings)).await {
                    // Whoever was faster worked with these settings, or newer ones.
                    Ok(()) | Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            let Some(last) = requests.last() else { break };
            filter.after = Some((last.opened_at(), last.id.clone()));
        }
        self.store.timed(community, version).await
    }
}
