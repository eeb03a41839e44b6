//! Tells people that something falls due: a step of each request whose time has come.
//!
//! The times are rows, written with the change that made them and taken away with the one that makes them void. Each
//! is looked at again when it comes: settings or the request may have changed since. What was told stands in the log,
//! in the same transaction as the notice, so that a restart or a second process tells nothing twice. Nothing is told
//! where an answer may have been given that was not heard yet: while the connection is down, before what was missed
//! has been read, while it waits to be digested.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::communities::{Communities, Known};
use crate::domain::ids::{CommunityId, RequestId};
use crate::domain::request::{Request, Step};
use crate::domain::time::{Span, Timestamp};
use crate::outbox::Platforms;
use crate::store::{DueDeadline, Store, StoreError};
use crate::triage::{Outcome, Progress, Triage};

/// How many deadlines, or communities, are looked at before other work gets a turn.
const BATCH: u32 = 128;
/// How many waiting requests have their deadlines worked out anew before other work gets a turn.
const REQUESTS: u32 = 500;
/// When what could not be read is looked at again.
const UNREADABLE: Span = Span::minutes(10);

/// Tells people that something falls due.
#[derive(Debug)]
pub struct Deadlines {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    triage: Arc<Triage>,
    /// The communities whose deadlines are being worked out anew.
    halfway: Mutex<HashMap<CommunityId, Halfway>>,
}

/// How far the deadlines of a community have been worked out.
#[derive(Debug)]
struct Halfway {
    /// The settings that they are worked out with.
    version: i64,
    /// The last request that has been looked at.
    after: (Timestamp, RequestId),
}

impl Deadlines {
    /// Over that store; what is told goes through the triage like everything that happens to a request.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, communities: Arc<Communities>, triage: Arc<Triage>) -> Self {
        Self { store, communities, triage, halfway: Mutex::default() }
    }

    /// Works the deadlines out anew where settings have changed, some requests a step, then tells what has fallen due.
    /// What cannot be read is said and put off, so that nobody else has to wait for it.
    ///
    /// # Errors
    /// When the store does not answer: what was not told is due still.
    #[tracing::instrument(name = "deadlines.step", skip_all)]
    pub async fn step(&self, platforms: &Platforms, now: Timestamp) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        let mut left = REQUESTS;
        for (community, version) in self.store.untimed(BATCH).await? {
            match self.work_out(&community, version, left).await {
                Ok(still_left) => (left, progress) = (still_left, Progress::Worked),
                Err(error) => leave_out(&community, error)?,
            }
            if left == 0 {
                break;
            }
        }
        for community in self.store.communities_due(now).await? {
            match self.tell(platforms, &community, now).await {
                Ok(Progress::Worked) => progress = Progress::Worked,
                Ok(Progress::Idle) => {}
                Err(error) => leave_out(&community, error)?,
            }
        }
        Ok(progress)
    }

    /// Tells what has fallen due in a community, if every answer that was given there is known.
    async fn tell(
        &self,
        platforms: &Platforms,
        community: &CommunityId,
        now: Timestamp,
    ) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        if !self.has_heard_all(platforms, community).await? {
            return Ok(progress);
        }
        for due in self.store.due_deadlines(community, now, BATCH).await? {
            match self.falls_due(&due, now).await {
                Ok(()) => {}
                Err(StoreError::Unreadable(what)) => self.put_off(&due, &what, now).await?,
                Err(error @ (StoreError::Unavailable(_) | StoreError::Conflict)) => return Err(error),
            }
            progress = Progress::Worked;
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
                tracing::error!(%community, %request, "deadlines.orphan: a row without a request is left out");
                self.store.drop_deadlines(community, request).await
            }
        }
    }

    async fn put_off(&self, due: &DueDeadline, what: &str, now: Timestamp) -> Result<(), StoreError> {
        let DueDeadline { community, request, deadline, .. } = due;
        tracing::error!(%community, %request, ?deadline, what, "deadlines.unreadable: left for later");
        let until = now.as_millisecond() + UNREADABLE.as_milliseconds();
        self.store.postpone(due, Timestamp::from_millisecond(until).unwrap_or(Timestamp::MAX)).await
    }

    async fn put_right(&self, due: &DueDeadline) -> Result<(), StoreError> {
        let request = self.store.request(&due.community, &due.request).await?;
        let (Some(request), Some(known)) = (request, self.communities.of(&due.community).await?) else {
            return self.store.drop_deadlines(&due.community, &due.request).await;
        };
        self.reschedule(&request, &known).await
    }

    /// Works out what falls due for waiting requests of a community, by its settings as they are now, for so many of
    /// them at most. Returns how many more may be looked at in this step.
    async fn work_out(&self, community: &CommunityId, version: i64, left: u32) -> Result<u32, StoreError> {
        self.communities.forget(community);
        let Some(known) = self.communities.of(community).await? else { return Ok(left) };
        let after = self.halfway().remove(community).filter(|halfway| halfway.version == version);
        let after = after.map(|halfway| halfway.after);
        let waiting = self.store.awaiting(community, after.as_ref(), left).await?;
        for (_, id) in &waiting {
            match self.store.request(community, id).await {
                Ok(Some(request)) => self.reschedule(&request, &known).await?,
                Ok(None) => {}
                Err(StoreError::Unreadable(what)) => {
                    tracing::error!(%community, request = %id, what, "deadlines.unreadable: left as they are");
                }
                Err(error) => return Err(error),
            }
        }
        let looked_at = u32::try_from(waiting.len()).unwrap_or(left);
        match waiting.into_iter().next_back() {
            Some(after) if looked_at == left => {
                self.halfway().insert(community.clone(), Halfway { version, after });
            }
            Some(_) | None => self.store.timed(community, version).await?,
        }
        Ok(left - looked_at)
    }

    async fn reschedule(&self, request: &Request, known: &Known) -> Result<(), StoreError> {
        match self.store.reschedule(request, &request.deadlines(&known.settings)).await {
            // Whoever was faster has put it right, by these settings or newer ones.
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn halfway(&self) -> MutexGuard<'_, HashMap<CommunityId, Halfway>> {
        self.halfway.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What cannot be read, or is being changed all the time, in one community must not stop the clocks of the others.
fn leave_out(community: &CommunityId, error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::Unavailable(_) => Err(error),
        StoreError::Conflict | StoreError::Unreadable(_) => {
            tracing::error!(%community, %error, "deadlines.unreadable: a community is left out");
            Ok(())
        }
    }
}
