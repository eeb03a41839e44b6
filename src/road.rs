//! The parts of the road of a message, put together: the same whatever platform is connected.

use std::sync::Arc;

use crate::audits::Audits;
use crate::bell::Bell;
use crate::classify::second::SecondReader;
use crate::clock::{Clock, Ids};
use crate::communities::Communities;
use crate::deadlines::Deadlines;
use crate::domain::time::Timestamp;
use crate::intake::Intake;
use crate::outbox::{Outbox, Platforms};
use crate::store::{Store, StoreError};
use crate::triage::{Progress, Triage};

/// The parts that are the same whatever platform is connected.
#[derive(Clone, Debug)]
pub struct Core {
    /// What must not be lost.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<Ids>,
    /// Every community's settings.
    pub communities: Arc<Communities>,
    /// Hears what happens.
    pub intake: Arc<Intake>,
    /// Decides what it means.
    pub triage: Arc<Triage>,
    /// Draws the weekly audits.
    pub audits: Arc<Audits>,
    /// Tells what falls due.
    pub deadlines: Arc<Deadlines>,
    /// Rung when something was heard.
    pub inbox_bell: Arc<Bell>,
    /// Rung when something is to be sent.
    pub outbox_bell: Arc<Bell>,
}

impl Core {
    /// The parts over that store; `reader` is asked about what the local model is unsure of.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, reader: Option<Arc<dyn SecondReader>>) -> Self {
        let ids = Arc::new(Ids::default());
        let (inbox_bell, outbox_bell) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
        let communities = Arc::new(Communities::new(Arc::clone(&store)));
        let intake = Arc::new(Intake::new(
            Arc::clone(&store),
            Arc::clone(&communities),
            Arc::clone(&ids),
            Arc::clone(&inbox_bell),
        ));
        let triage = Arc::new(Triage::new(
            Arc::clone(&store),
            Arc::clone(&communities),
            Arc::clone(&clock),
            Arc::clone(&ids),
            (Arc::clone(&inbox_bell), Arc::clone(&outbox_bell)),
            reader,
        ));
        let audits = Audits::new(Arc::clone(&store), Arc::clone(&communities), Arc::clone(&outbox_bell));
        let audits = Arc::new(audits);
        let deadlines = Deadlines::new(Arc::clone(&store), Arc::clone(&communities), Arc::clone(&triage));
        let deadlines = Arc::new(deadlines);
        Self { store, clock, ids, communities, intake, triage, audits, deadlines, inbox_bell, outbox_bell }
    }

    /// An outbox that sends through these platforms.
    #[must_use]
    pub fn outbox(&self, platforms: Platforms) -> Arc<Outbox> {
        Outbox::new(
            Arc::clone(&self.store),
            Arc::clone(&self.communities),
            platforms,
            Arc::clone(&self.clock),
            Arc::clone(&self.outbox_bell),
            self.triage.has_reader(),
        )
    }

    /// Runs every worker until there is nothing left to do at this moment: how tests and replay move on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle(&self, outbox: &Arc<Outbox>, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let audited = self.audits.step(now).await?;
            let rung = self.deadlines.step(outbox.platforms(), now).await?;
            let triaged = self.triage.step(now).await?;
            let has_read = self.triage.idle().await;
            let sent = outbox.step(now).await?;
            outbox.idle().await;
            if !has_read && [audited, rung, triaged, sent].iter().all(|progress| *progress == Progress::Idle)
            {
                return Ok(());
            }
        }
    }
}
