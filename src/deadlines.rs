//! Tells people that something falls due: a step of each request whose time has come.
//!
//! The times are rows, written with the change that made them and taken away with the one that makes them void. Each
//! is looked at again when it comes: settings or the request may have changed since. What was told stands in the log,
//! in the same transaction as the notice, so that a restart or a second process tells nothing twice. Nothing is told
//! where an answer may have been given that was not heard yet: while the connection is down, before what was missed
//! has been read, while it waits to be digested.

use std::sync::Arc;

use crate::communities::Communities;
use crate::domain::ids::CommunityId;
use crate::domain::request::Step;
use crate::domain::time::Timestamp;
use crate::outbox::Platforms;
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
    pub async fn step(&self, platforms: &Platforms, now: Timestamp) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        for (community, version) in self.store.untimed(BATCH).await? {
            self.work_out(&community, version).await?;
            progress = Progress::Worked;
        }
        for community in self.store.communities_due(now).await? {
            if !self.has_heard_all(platforms, &community).await? {
                continue;
            }
            for due in self.store.due_deadlines(&community, now, BATCH).await? {
                self.falls_due(&due, now).await?;
                progress = Progress::Worked;
            }
        }
        Ok(progress)
    }

    /// Whether every answer that was given in a community is known. One that nothing is known of any more is done
    /// with.
    async fn has_heard_all(
        &self,
        platforms: &Platforms,
        community: &CommunityId,
    ) -> Result<bool, StoreError> {
        let Some(known) = self.communities.of(community).await? else { return Ok(true) };
        let Some(platform) = platforms.get(&known.settings.community.platform) else { return Ok(false) };
        Ok(platform.is_caught_up(community).await && !self.store.may_have_unread_answers(community).await?)
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
                tracing::error!(%community, %request, "deadlines: a row without a request is left out");
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
