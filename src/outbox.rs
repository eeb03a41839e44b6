//! Sends what the domain decided to say.
//!
//! A notice is written in the same transaction as the change that caused it, and sent from here afterwards. A
//! platform outage therefore delays a ping; it never loses one. Sending twice is made harmless by the notice id,
//! which the platform receives as its de-duplication key. Each lane is sent in order, one notice at a time; lanes do
//! not wait for each other, so a call that hangs holds up its own lane only.

mod errand;
mod lists;
mod notes;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::clock::{Clock, Ids};
use crate::communities::Communities;
use crate::domain::card::Past;
use crate::domain::notice::{Lane, Notice, QueuedNotice};
use crate::domain::settings;
use crate::domain::time::{Span, Timestamp};
use crate::platform::{Platform, PlatformError};
use crate::store::{Delivery, Store, StoreError};
use crate::triage::Progress;
use errand::Errand;
use lists::ListErrand;

pub use lists::{BEGIN_AUDIT, FIGURES_MEAN};

/// How many lanes are looked at in one step.
const LANES: u32 = 256;
/// The first wait after a failure; it doubles with each further one …
const FIRST_RETRY: Span = Span::seconds(1);
/// … up to this when the platform is in trouble …
const LONGEST_RETRY: Span = Span::minutes(1);
/// … and up to this when somebody has to mend something first.
const LONGEST_BLOCKED: Span = Span::minutes(15);

/// For how long a platform is trusted to remember a key; Discord says "a few minutes".
const KEY_IS_REMEMBERED: Span = Span::minutes(1);

/// The platforms of this process.
pub type Platforms = HashMap<settings::Platform, Arc<dyn Platform>>;

/// Sends what the domain decided to say.
#[derive(Debug)]
pub struct Outbox {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    platforms: Platforms,
    clock: Arc<dyn Clock>,
    /// When this process began to send.
    began_at: Timestamp,
    /// Rung when a lane is free again.
    bell: Arc<Bell>,
    /// Whether a language model is there to draft answers.
    can_draft: bool,
    /// The lanes in which something is being sent.
    busy: Mutex<HashSet<Lane>>,
    freed: Notify,
    tasks: TaskTracker,
}

impl Outbox {
    /// An outbox over that store that sends through these platforms.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        communities: Arc<Communities>,
        platforms: Platforms,
        clock: Arc<dyn Clock>,
        bell: Arc<Bell>,
        can_draft: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            communities,
            platforms,
            began_at: clock.now(),
            clock,
            bell,
            can_draft,
            busy: Mutex::default(),
            freed: Notify::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Starts to send the first due notice of each lane that is free.
    ///
    /// # Errors
    /// When the store cannot be read.
    #[tracing::instrument(name = "outbox.step", skip_all)]
    pub async fn step(self: &Arc<Self>, now: Timestamp) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        for notice in self.store.due_notices(now, LANES).await? {
            if !self.busy().insert(notice.lane.clone()) {
                continue;
            }
            progress = Progress::Worked;
            let outbox = Arc::clone(self);
            self.tasks.spawn(async move { outbox.send(notice).await });
        }
        Ok(progress)
    }

    /// When there will be something to send that is not due yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_due(now).await
    }

    /// Waits until nothing is being sent.
    pub async fn idle(&self) {
        loop {
            let freed = self.freed.notified();
            if self.busy().is_empty() {
                return;
            }
            freed.await;
        }
    }

    async fn send(&self, notice: QueuedNotice) {
        let outcome = match self.deliver(&notice).await {
            Ok(delivery) => self.record(&notice, delivery).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            // Nothing is recorded, so the notice is due still; the platform's key makes a second sending harmless.
            tracing::error!(notice = %notice.id, %error, "outbox.send: the store failed, will try again");
        }
        self.busy().remove(&notice.lane);
        self.freed.notify_waiters();
        self.bell.ring();
    }

    async fn record(&self, notice: &QueuedNotice, delivery: Delivery) -> Result<(), StoreError> {
        let now = self.clock.now();
        match &delivery {
            Delivery::Done(_)
            | Delivery::Posted { .. }
            | Delivery::Pinged { .. }
            | Delivery::Held { .. }
            | Delivery::Bundled { .. }
            | Delivery::Retired => {}
            Delivery::Later { at, reason } => {
                tracing::warn!(notice = %notice.id, request = ?notice.request, %at, reason, "outbox.later");
            }
            Delivery::GivenUp { reason } => {
                tracing::error!(notice = %notice.id, request = ?notice.request, reason, "outbox.given_up");
            }
        }
        self.store.record_delivery(notice, &delivery, now).await
    }

    async fn deliver(&self, notice: &QueuedNotice) -> Result<Delivery, StoreError> {
        let gone = |what: &str| Ok(Delivery::GivenUp { reason: format!("the {what} is no longer known") });
        let Some(known) = self.communities.of(&notice.community).await? else {
            return gone("community");
        };
        let Some(platform) = self.platforms.get(&known.settings.community.platform) else {
            let reason = "its platform is not connected in this process".to_owned();
            return Ok(self.outcome(notice, Err(PlatformError::Blocked { reason })));
        };
        let Some(id) = &notice.request else {
            let errand = ListErrand { outbox: self, known: &known, platform: platform.as_ref(), notice };
            return match notice.notice {
                Notice::ReviewList { route } => errand.review_list(route).await,
                Notice::InviteToAudit { week } => errand.invite_to_audit(week).await,
                Notice::Bundle { route } => {
                    notes::bundle(self, &known, platform.as_ref(), notice, route).await
                }
                Notice::Digest { week } => errand.digest(week).await,
                Notice::Missed { told_at } => errand.missed(told_at).await,
                Notice::PostCard { .. }
                | Notice::EditCard { .. }
                | Notice::RetireCard { .. }
                | Notice::Ring { .. }
                | Notice::Urge { .. }
                | Notice::Acknowledge
                | Notice::Tag { .. }
                | Notice::Untag { .. } => gone("request"),
            };
        };
        let request = self.store.request(&notice.community, id);
        let (request, past) = match notice.notice.desk() {
            Some(_) => tokio::try_join!(request, self.store.past(&notice.community, id))?,
            None => (request.await?, Past::default()),
        };
        let Some(request) = request else {
            return gone("request");
        };
        let errand = Errand {
            outbox: self,
            known: &known,
            request: &request,
            past,
            platform: platform.as_ref(),
            notice,
        };
        match notice.notice {
            Notice::PostCard { route } => errand.post_card(route).await,
            Notice::EditCard { route } => errand.edit_card(route).await,
            Notice::RetireCard { route, to } => errand.retire_card(route, to).await,
            Notice::Tag { route } => errand.tag(route).await,
            Notice::Untag { route } => errand.untag(route).await,
            Notice::Ring { route, deadline } => errand.ring(route, deadline).await,
            Notice::Urge { route } => errand.urge(route).await,
            Notice::Acknowledge => errand.acknowledge().await,
            Notice::ReviewList { .. }
            | Notice::InviteToAudit { .. }
            | Notice::Bundle { .. }
            | Notice::Digest { .. }
            | Notice::Missed { .. } => gone("community's notice"),
        }
    }

    /// Whether a card may be there already though the platform has forgotten its key: it was due before this
    /// process began, which may have ended between the sending and the marking, or it has been tried for long.
    fn may_have_been_sent(&self, notice: &QueuedNotice) -> bool {
        let made_at = Ids::made_at(notice.id.as_str());
        // Nothing is sent before it is due; each failure moves that, so that afterwards its making counts.
        let due_at = made_at.map(|at| if notice.attempts == 0 { at.max(notice.due_at) } else { at });
        let is_older_than = |moment: Timestamp| due_at.is_none_or(|at| at < moment);
        let remembered = self.clock.now().as_millisecond() - KEY_IS_REMEMBERED.as_milliseconds();
        is_older_than(self.began_at)
            || is_older_than(Timestamp::from_millisecond(remembered).unwrap_or(Timestamp::MIN))
    }

    /// What the platform's answer means for the notice.
    fn outcome(&self, notice: &QueuedNotice, answer: Result<Delivery, PlatformError>) -> Delivery {
        let later = |wait: Span, reason: String| {
            let at = Timestamp::from_millisecond(self.clock.now().as_millisecond() + wait.as_milliseconds());
            Delivery::Later { at: at.unwrap_or(Timestamp::MAX), reason }
        };
        match answer {
            Ok(delivery) => delivery,
            Err(PlatformError::Retry { after, reason }) => {
                later(after.unwrap_or_else(|| backoff(notice.attempts, LONGEST_RETRY)), reason)
            }
            Err(PlatformError::Blocked { reason }) => {
                later(backoff(notice.attempts, LONGEST_BLOCKED), reason)
            }
            Err(PlatformError::Permanent { reason }) => Delivery::GivenUp { reason },
        }
    }

    fn busy(&self) -> MutexGuard<'_, HashSet<Lane>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to wait after that many failures.
fn backoff(attempts: u32, longest: Span) -> Span {
    let doubled = FIRST_RETRY.as_milliseconds().saturating_mul(1_i64 << attempts.min(20));
    Span::milliseconds(doubled).min(longest)
}
