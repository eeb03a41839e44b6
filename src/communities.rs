//! The settings of every community, read once and read again when they changed.
//!
//! Several processes (and `vigie config apply`) may change them, so the version is looked up again when the last look
//! is older than [`FRESH`], and the settings are loaded and compiled only when it is a new one. What another process
//! changes is seen after that time at the latest, what this one changes at its next use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::classify::Judge;
use crate::classify::learn::Adaptation;
use crate::config::community::{self, Mistakes};
use crate::domain::ids::CommunityId;
use crate::domain::settings::{Platform, Settings};
use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, Versions};

/// The settings of every community.
#[derive(Debug)]
pub struct Communities {
    store: Arc<dyn Store>,
    known: Mutex<HashMap<CommunityId, Looked>>,
}

/// What was known at the last look.
#[derive(Debug)]
struct Looked {
    known: Arc<Known>,
    at: Instant,
}

/// A community's settings, and what is made from them once.
#[derive(Debug)]
pub struct Known {
    /// What is set.
    pub settings: Settings,
    /// Count the changes of the settings and of what was taught.
    pub versions: Versions,
    /// Judges this community's messages.
    pub judge: Judge,
}

/// Why settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// What was asked for is wrong; the sentence says why.
    #[error("{0}")]
    Wrong(String),
    /// The settings would not hold together.
    #[error("{0}")]
    Mistakes(#[from] Mistakes),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How old a look may be: a message passes through in milliseconds and needs one, not three.
const FRESH: Duration = Duration::from_millis(200);

/// How often a change is tried again when somebody else was faster.
const TRIES: usize = 5;

impl Communities {
    /// The settings in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Mutex::default() }
    }

    /// A community's settings; `None` when nothing was ever set up for it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(&self, community: &CommunityId) -> Result<Option<Arc<Known>>, StoreError> {
        let looked = self.lock().get(community).map(|looked| (Arc::clone(&looked.known), looked.at));
        if let Some((known, at)) = &looked
            && at.elapsed() < FRESH
        {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(versions) = self.store.versions(community).await? else {
            return Ok(None);
        };
        if let Some((known, _)) = looked.filter(|(known, _)| known.versions == versions) {
            self.remember(community, &known);
            return Ok(Some(known));
        }
        let Some(stored) = self.store.settings(community).await? else {
            return Ok(None);
        };
        let judge = Judge::new(&stored.settings, self.taught(community).await?);
        let versions = Versions { settings: stored.version, ..versions };
        let known = Arc::new(Known { settings: stored.settings, versions, judge });
        self.remember(community, &known);
        Ok(Some(known))
    }

    /// What a community has taught; what another version of Vigie learnt counts as nothing.
    async fn taught(&self, community: &CommunityId) -> Result<Adaptation, StoreError> {
        let Some(learnt) = self.store.learnt(community).await? else {
            return Ok(Adaptation::default());
        };
        Ok(Adaptation::from_bytes(&learnt.state).unwrap_or_else(|error| {
            tracing::warn!(%community, %error, "communities.taught begins anew");
            Adaptation::default()
        }))
    }

    /// Changes a community's settings, all or nothing; makes the community known when it was not. Returns what
    /// `change` returned.
    ///
    /// # Errors
    /// What `change` says is wrong, settings that would not hold together, or the store.
    pub async fn change<T>(
        &self,
        community: &CommunityId,
        platform: Platform,
        name: &str,
        now: Timestamp,
        change: impl Fn(&mut Settings) -> Result<T, String> + Send + Sync,
    ) -> Result<T, ChangeError> {
        let mut tries = 0;
        loop {
            let stored = self.store.settings(community).await?;
            let (mut settings, version) = match stored {
                Some(stored) => (stored.settings, Some(stored.version)),
                None => (Settings::new(platform, community.clone(), name), None),
            };
            let outcome = change(&mut settings).map_err(ChangeError::Wrong)?;
            community::check(&settings)?;
            match self.store.save_settings(&settings, version, now).await {
                Ok(_) => {
                    self.forget(community);
                    return Ok(outcome);
                }
                Err(StoreError::Conflict) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn remember(&self, community: &CommunityId, known: &Arc<Known>) {
        let looked = Looked { known: Arc::clone(known), at: Instant::now() };
        self.lock().insert(community.clone(), looked);
    }

    /// Forgets what was read of a community, so that the next use reads it again.
    pub fn forget(&self, community: &CommunityId) {
        self.lock().remove(community);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CommunityId, Looked>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
