//! Sends what the domain decided to say.
//!
//! A notice is written in the same transaction as the change that caused it, and sent from here afterwards. A
//! platform outage therefore delays a ping; it never loses one. Sending twice is made harmless by the notice id,
//! which the platform receives as its de-duplication key. Each lane is sent in order, one notice at a time, whatever
//! process claims it; lanes do not wait for each other, so a call that hangs holds up its own lane only.

mod bundles;
mod errand;
mod lists;
mod notes;
mod troubles;
mod usual;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::communities::Communities;
use crate::domain::card::Past;
use crate::domain::notice::{Lane, Notice, QueuedNotice};
use crate::domain::settings;
use crate::domain::time::{Span, Timestamp};
use crate::metrics::{self, Outcome};
use crate::platform::{Platform, PlatformError};
use crate::store::claims::NOTICE_LEASE;
use crate::store::{Delivery, Store, StoreError, outage};
use crate::triage::Progress;
use errand::Errand;
use lists::ListErrand;
use usual::UsualTimes;

pub use lists::BEGIN_AUDIT;

/// How many lanes are looked at in one step.
const LANES: u32 = 256;
/// The first wait after a failure; it doubles with each further one …
const FIRST_RETRY: Span = Span::seconds(1);
/// … up to this when the platform is in trouble …
const LONGEST_RETRY: Span = Span::minutes(1);
/// … and up to this when somebody has to mend something first.
const LONGEST_BLOCKED: Span = Span::minutes(15);

/// The longest that a call which posts something takes, by the platforms' time-outs …
const LONGEST_CALL: Span = Span::seconds(12);
/// … and one that carries a picture.
const LONGEST_UPLOAD: Span = Span::seconds(65);

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
    /// Rung when a lane is free again.
    bell: Arc<Bell>,
    /// Whether a language model is there to draft answers.
    can_draft: bool,
    /// What members are told of how long it takes.
    usual: UsualTimes,
    /// The lanes in which something is being sent.
    busy: Mutex<HashSet<Lane>>,
    /// Claimed notices of which the store could not keep what became of them.
    untold: Mutex<Vec<QueuedNotice>>,
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
            clock,
            bell,
            can_draft,
            usual: UsualTimes::default(),
            busy: Mutex::default(),
            untold: Mutex::default(),
            freed: Notify::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Starts to send the first due notice of each lane that is free.
    ///
    /// # Errors
    /// When the store fails.
    #[tracing::instrument(name = "outbox.step", skip_all)]
    pub async fn step(self: &Arc<Self>, now: Timestamp) -> Result<Progress, StoreError> {
        self.give_back().await?;
        let mut progress = Progress::Idle;
        let platforms: Vec<settings::Platform> = self.platforms.keys().copied().collect();
        for notice in self.store.due_notices(now, LANES, &platforms).await? {
            if !self.busy().insert(notice.lane.clone()) {
                continue;
            }
            progress = Progress::Worked;
            let outbox = Arc::clone(self);
            self.tasks.spawn(async move { outbox.send(notice).await });
        }
        Ok(progress)
    }

    /// What it sends through.
    #[must_use]
    pub const fn platforms(&self) -> &Platforms {
        &self.platforms
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

    async fn send(&self, mut notice: QueuedNotice) {
        // What is unclear now is so after this try as well, though the notice may be due at another time then.
        notice.perhaps_sent_at = perhaps_sent_since(&notice);
        let outcome = match self.deliver(&notice).await {
            Ok(delivery) => self.record(&notice, delivery).await,
            Err(error) => Err(error),
        };
        let lane = notice.lane.clone();
        if let Err(error) = outcome {
            // Nothing is recorded, so the notice is due still, here or with whoever has taken it; the platform's key
            // makes a second sending harmless.
            if !outage::is_one(&error) {
                tracing::error!(notice = %notice.id, %error, "outbox.send: nothing could be kept, will try again");
            }
            locked(&self.untold).push(notice);
        }
        self.busy().remove(&lane);
        self.freed.notify_waiters();
        self.bell.ring();
    }

    /// Gives back what nothing could be recorded of, so that it does not have to wait until the claim lapses.
    async fn give_back(&self) -> Result<(), StoreError> {
        loop {
            let untold = locked(&self.untold).last().cloned();
            let Some(notice) = untold else { return Ok(()) };
            self.store.give_back(&notice).await?;
            locked(&self.untold).retain(|other| other.id != notice.id);
        }
    }

    /// Makes sure, just before something is posted, that no other process posts it during the call: one that was
    /// stopped for long may wake up here and find that its notice has been taken.
    async fn hold(&self, notice: &QueuedNotice, longest: Span) -> Result<(), StoreError> {
        let now = self.clock.now();
        let after = |span: Span| {
            let at = now.as_millisecond() + span.as_milliseconds();
            Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
        };
        if notice.claimed_until >= after(longest) {
            return Ok(());
        }
        let is_ours = self.store.hold(notice, after(longest.max(NOTICE_LEASE))).await?;
        if is_ours { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn record(&self, notice: &QueuedNotice, delivery: Delivery) -> Result<(), StoreError> {
        let now = self.clock.now();
        let outcome = match &delivery {
            Delivery::Done(_)
            | Delivery::Posted { .. }
            | Delivery::Pinged { .. }
            | Delivery::Said { .. }
            | Delivery::Held { .. }
            | Delivery::Bundled { .. }
            | Delivery::Moved(_)
            | Delivery::Retired => Outcome::Sent,
            Delivery::Later { at, reason, .. } => {
                let (id, community) = (&notice.id, &notice.community);
                tracing::warn!(notice = %id, %community, request = ?notice.request, %at, reason, "outbox.later");
                Outcome::Retried
            }
            Delivery::GivenUp { reason } => {
                let (id, community) = (&notice.id, &notice.community);
                tracing::error!(notice = %id, %community, request = ?notice.request, reason, "outbox.given_up");
                Outcome::GivenUp
            }
        };
        metrics::sent(&notice.notice, outcome);
        self.store.record_delivery(notice, &delivery, now).await
    }

    async fn deliver(&self, notice: &QueuedNotice) -> Result<Delivery, StoreError> {
        let gone = |what: &str| Ok(Delivery::GivenUp { reason: format!("the {what} is no longer known") });
        let Some(known) = self.communities.of(&notice.community).await? else {
            return gone("community");
        };
        let Some(platform) = self.platforms.get(&known.settings.community.platform) else {
            let reason = "its platform is not connected in this process".to_owned();
            return Ok(self.outcome(notice, Err(PlatformError::Blocked { channel: None, reason })));
        };
        let Some(id) = &notice.request else {
            let errand = ListErrand { outbox: self, known: &known, platform: platform.as_ref(), notice };
            return match notice.notice {
                Notice::ReviewList { route } => errand.review_list(route).await,
                Notice::InviteToAudit { week } => errand.invite_to_audit(week).await,
                Notice::Bundle { route } => {
                    bundles::cards(self, &known, platform.as_ref(), notice, route).await
                }
                Notice::BundleRings { route, deadline } => {
                    bundles::rings(self, &known, platform.as_ref(), notice, route, deadline).await
                }
                Notice::Digest { week } => errand.digest(week).await,
                Notice::Missed { told_at } => errand.missed(told_at).await,
                Notice::Trouble { told_at } => errand.trouble(told_at).await,
                Notice::PostCard { .. }
                | Notice::EditCard { .. }
                | Notice::RetireCard { .. }
                | Notice::MoveCard { .. }
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
            Notice::MoveCard { route, older } => errand.move_along(route, older).await,
            Notice::Tag { route } => errand.tag(route).await,
            Notice::Untag { route } => errand.untag(route).await,
            Notice::Ring { route, deadline } => errand.ring(route, deadline).await,
            Notice::Urge { route } => errand.urge(route).await,
            Notice::Acknowledge => errand.acknowledge().await,
            Notice::ReviewList { .. }
            | Notice::InviteToAudit { .. }
            | Notice::Bundle { .. }
            | Notice::BundleRings { .. }
            | Notice::Digest { .. }
            | Notice::Missed { .. }
            | Notice::Trouble { .. } => gone("community's notice"),
        }
    }

    /// Whether it may be there already though the platform has forgotten its key, so that sending it again would show
    /// it, or ping, twice.
    fn may_have_been_sent(&self, notice: &QueuedNotice) -> bool {
        let remembered = earlier(self.clock.now(), KEY_IS_REMEMBERED);
        perhaps_sent_since(notice).is_some_and(|since| since < remembered)
    }

    /// What the platform's answer means for the notice.
    fn outcome(&self, notice: &QueuedNotice, answer: Result<Delivery, PlatformError>) -> Delivery {
        let moment = |wait: Span| {
            let at = Timestamp::from_millisecond(self.clock.now().as_millisecond() + wait.as_milliseconds());
            at.unwrap_or(Timestamp::MAX)
        };
        match answer {
            Ok(delivery) => delivery,
            Err(PlatformError::Retry { after, reason, perhaps_posted }) => {
                let wait = after.unwrap_or_else(|| backoff(notice.attempts, LONGEST_RETRY));
                Delivery::Later { at: moment(wait), reason, perhaps_sent: perhaps_posted, blocked_in: None }
            }
            Err(PlatformError::Blocked { channel, reason }) => {
                let at = moment(backoff(notice.attempts, LONGEST_BLOCKED));
                let blocked_in = channel.filter(|_| notice.notice.is_for_employees());
                Delivery::Later { at, reason, perhaps_sent: false, blocked_in }
            }
            Err(PlatformError::Gone { reason } | PlatformError::Permanent { reason }) => {
                Delivery::GivenUp { reason }
            }
        }
    }

    fn busy(&self) -> MutexGuard<'_, HashSet<Lane>> {
        locked(&self.busy)
    }
}

/// Since when it may be there already without our knowing: an attempt was not answered, or somebody took it and never
/// told how it went, having ended between the sending and the marking. An attempt that was refused or held back,
/// however often, sent nothing; nor did a process that was not there.
fn perhaps_sent_since(notice: &QueuedNotice) -> Option<Timestamp> {
    let is_untold = notice.claims > notice.attempts + 1;
    notice.perhaps_sent_at.or_else(|| is_untold.then_some(notice.due_at))
}

fn earlier(now: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond() - span.as_milliseconds()).unwrap_or(Timestamp::MIN)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long to wait after that many failures.
fn backoff(attempts: u32, longest: Span) -> Span {
    let doubled = FIRST_RETRY.as_milliseconds().saturating_mul(1_i64 << attempts.min(20));
    Span::milliseconds(doubled).min(longest)
}
