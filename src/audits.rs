//! Once a week: the digest for the coordinator, and the audit, which draws twenty of the messages for which nobody was
//! pinged, so that a person can say whether one was missed.
//!
//! When the next one is due stands in the store; whichever process comes first draws it, once.

use std::sync::Arc;

use crate::bell::Bell;
use crate::communities::Communities;
use crate::domain::ids::CommunityId;
use crate::domain::lesson::Week;
use crate::domain::notice::Notice;
use crate::domain::time::Timestamp;
use crate::store::judge::Draw;
use crate::store::{Store, StoreError};
use crate::triage::Progress;

/// Messages of one audit.
pub const SIZE: u32 = 20;

/// The hour of Monday, on the community's clock, at which an audit is drawn.
const HOUR: i8 = 9;

/// Communities that are looked at in one step.
const BATCH: u32 = 32;

/// Draws the audits that are due.
#[derive(Debug)]
pub struct Audits {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    /// Rung when there is an invitation to be sent.
    outbox: Arc<Bell>,
}

impl Audits {
    /// Audits over that store.
    #[must_use]
    pub const fn new(store: Arc<dyn Store>, communities: Arc<Communities>, outbox: Arc<Bell>) -> Self {
        Self { store, communities, outbox }
    }

    /// Draws the audits that are due, and says when the next ones are.
    ///
    /// # Errors
    /// When the store cannot do it: they stay due.
    #[tracing::instrument(name = "audits.step", skip_all)]
    pub async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        let due = self.store.audits_due(now, BATCH).await?;
        if due.is_empty() {
            return Ok(Progress::Idle);
        }
        for (community, due_at) in due {
            self.draw(&community, due_at, now).await?;
        }
        Ok(Progress::Worked)
    }

    /// Draws the audit of the week before this one. A community that was set up this week has nothing to be told yet.
    async fn draw(
        &self,
        community: &CommunityId,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(known) = self.communities.of(community).await? else { return Ok(()) };
        let zone = &known.settings.community.timezone;
        let this = Week::of(now, zone);
        let last = this.before(1);
        let period = (last.begins(zone), this.begins(zone));
        let next = this.next().monday().at(HOUR, 0, 0, 0).to_zoned(zone.clone());
        let next = next.map_or_else(|_| this.next().begins(zone), |at| at.timestamp());
        let notice = Some(Notice::InviteToAudit { week: last });
        let digest = (due_at > Timestamp::UNIX_EPOCH).then_some(Notice::Digest { week: last });
        let draw = Draw { week: last, period, size: SIZE, next, notice, digest };
        let drawn = self.store.draw_audit(community, &draw, now).await?;
        if drawn > 0 {
            tracing::info!(%community, drawn, week = %last, "audits.drawn");
        }
        self.outbox.ring();
        Ok(())
    }
}
