//! Erases what has been kept for long enough, community by community.
//!
//! When a community is looked through next stands in the store: at once after its settings changed or somebody was
//! forgotten, otherwise when its oldest text will be old enough, and once a day. Texts go first; the cards that show
//! them are drawn anew a few at a time, so that a desk's new cards never wait behind a year of old ones.

use std::sync::{Arc, Mutex, PoisonError};

use crate::bell::Bell;
use crate::communities::Communities;
use crate::domain::ids::CommunityId;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::store::privacy::Bounds;
use crate::store::{Store, StoreError};
use crate::triage::Progress;

/// How many communities are looked through before other work gets a turn.
const BATCH: u32 = 32;
/// How many texts, and rows of each other kind, are erased in one look at a community.
const ROWS: u32 = 200;
/// How many cards of a community are drawn anew …
const CARDS: u32 = 8;
/// … in this time. It is also how long another process leaves a community alone that is being looked through.
const PACE: Span = Span::seconds(10);
/// No community is left alone for longer: what is younger than a day cannot be too old.
const DAY: Span = Span::minutes(24 * 60);

/// How long it is kept that there was a message. It tells a message that was heard from one that is new, and who spoke
/// to whom: nothing reaches back further than the talk before a message and what is read back after an outage, a month
/// at most.
const HEARD_IS_KEPT: Span = Span::minutes(30 * 24 * 60);
/// How long notices are kept that were sent: to find out what was said to whom, when somebody asks the week after.
const SENT_IS_KEPT: Span = Span::minutes(14 * 24 * 60);
/// How long messages that opened no request are kept at least: the figures of the judge reach back five weeks.
const JUDGED_IS_KEPT: Span = Span::minutes(35 * 24 * 60);
/// How long it is kept that a role was pinged; more than the hour that counts.
const PINGS_ARE_KEPT: Span = Span::minutes(3 * 60);
/// How often what was erased is cleared out of the database's files.
const SCRUB_EVERY: Span = Span::minutes(1);

/// Erases what has been kept for long enough.
#[derive(Debug)]
pub struct Retention {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    /// Rung when cards are to be drawn anew.
    outbox: Arc<Bell>,
    scrubbed_at: Mutex<Timestamp>,
}

impl Retention {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Arc<dyn Store>, communities: Arc<Communities>, outbox: Arc<Bell>) -> Self {
        Self { store, communities, outbox, scrubbed_at: Mutex::new(Timestamp::UNIX_EPOCH) }
    }

    /// Looks through the communities whose turn it is.
    ///
    /// # Errors
    /// When the store fails: their turn comes again.
    #[tracing::instrument(name = "retention.step", skip_all)]
    pub async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        for (community, due_at) in self.store.erasures_due(now, BATCH).await? {
            let held = after(now, PACE);
            if !self.store.move_erasure(&community, due_at, held).await? {
                continue;
            }
            let next = self.look_through(&community, now).await?;
            // Whoever made it due at once meanwhile is not overruled.
            self.store.move_erasure(&community, held, next).await?;
            progress = Progress::Worked;
        }
        if self.is_time_to_scrub(now) {
            self.store.scrub().await?;
        }
        Ok(progress)
    }

    /// When the next community is to be looked through.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_erasure(now).await
    }

    /// Erases some of what is too old; says when to look again.
    async fn look_through(&self, community: &CommunityId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let tomorrow = after(now, DAY);
        let Some(known) = self.communities.of(community).await? else { return Ok(tomorrow) };
        let bounds = bounds(&known.settings, now);
        let texts = self.store.erase_texts(community, bounds.texts, ROWS, now).await?;
        let rows = self.store.prune(community, &bounds, ROWS, now).await?;
        if texts.count > 0 || rows.count > 0 {
            tracing::info!(%community, texts = texts.count, rows = rows.count, "retention.erased");
        }
        if texts.has_more || rows.has_more {
            return Ok(now);
        }
        let cards = self.store.redraw_erased(community, CARDS, now).await?;
        if cards.count > 0 {
            self.outbox.ring();
        }
        if cards.has_more {
            return Ok(after(now, PACE));
        }
        let oldest = self.store.oldest_text(community).await?;
        let kept = Span::between(bounds.texts, now).plus(Span::milliseconds(1));
        Ok(oldest.map_or(tomorrow, |written_at| after(written_at, kept).min(tomorrow)))
    }

    fn is_time_to_scrub(&self, now: Timestamp) -> bool {
        let mut last = self.scrubbed_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = Span::between(*last, now) >= SCRUB_EVERY;
        if is_time {
            *last = now;
        }
        is_time
    }
}

/// What is too old by the settings of a community.
fn bounds(settings: &Settings, now: Timestamp) -> Bounds {
    let kept = Span::minutes(i64::from(settings.community.retention_days) * 24 * 60);
    Bounds {
        texts: before(now, kept),
        judgements: before(now, kept.max(JUDGED_IS_KEPT)),
        heard: before(now, HEARD_IS_KEPT),
        sent: before(now, SENT_IS_KEPT),
        pings: before(now, PINGS_ARE_KEPT),
    }
}

fn after(moment: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond() + span.as_milliseconds()).unwrap_or(Timestamp::MAX)
}

fn before(moment: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond() - span.as_milliseconds()).unwrap_or(Timestamp::MIN)
}
