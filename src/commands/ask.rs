//! Somebody asks: who, in which words to answer, and the ways that all commands share.

use super::{Caller, Reply};
use crate::communities::{ChangeError, Known};
use crate::domain::card::Piece;
use crate::domain::ids::RoleId;
use crate::domain::settings::{self, Settings};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::Platform;
use crate::store::{RequestFilter, StoreError};
use crate::triage::Triage;

/// Somebody asks.
pub(super) struct Ask<'a> {
    pub(super) triage: &'a Triage,
    /// Where messages are read back from.
    pub(super) platform: &'a dyn Platform,
    pub(super) caller: &'a Caller,
    pub(super) words: Words,
    pub(super) now: Timestamp,
}

/// What a change of the settings is told as.
pub(super) struct Changed {
    title: String,
    lines: Vec<Vec<Piece>>,
}

impl Changed {
    pub(super) fn new(title: impl Into<String>, lines: Vec<Vec<Piece>>) -> Self {
        Self { title: title.into(), lines }
    }
}

impl Ask<'_> {
    /// Changes the settings, all or nothing, and says what came of it.
    pub(super) async fn change(
        &self,
        change: impl Fn(&mut Settings) -> Result<Changed, String> + Send + Sync,
    ) -> Reply {
        let Caller { community, community_name, .. } = self.caller;
        let communities = self.triage.communities();
        match communities
            .change(community, settings::Platform::Discord, community_name, self.now, change)
            .await
        {
            Ok(changed) => Reply::done(changed.title, changed.lines),
            Err(ChangeError::Wrong(why)) => Reply::refused(why),
            Err(ChangeError::Mistakes(mistakes)) => {
                let mut reply = Reply::refused(self.words.settings_refused());
                reply.lines = mistakes.iter().map(|mistake| vec![Piece::text(mistake.to_string())]).collect();
                reply
            }
            Err(ChangeError::Store(error)) => self.failed(&error),
        }
    }

    /// The store failed: said once in the log, and in words that help to the person.
    pub(super) fn failed(&self, error: &StoreError) -> Reply {
        tracing::error!(community = %self.caller.community, %error, "commands.failed: the store failed");
        Reply::refused(self.words.try_again())
    }

    /// What is known of the community; an empty one when nothing was ever set up.
    pub(super) async fn settings(&self) -> Result<Settings, StoreError> {
        let known = self.triage.communities().of(&self.caller.community).await?;
        Ok(known.map_or_else(|| self.empty(), |known: std::sync::Arc<Known>| known.settings.clone()))
    }

    fn empty(&self) -> Settings {
        Settings::new(
            settings::Platform::Discord,
            self.caller.community.clone(),
            self.caller.community_name.clone(),
        )
    }

    /// Whether everybody has this role: on Discord it bears the server's own id. Its holders cannot all be employees.
    pub(super) fn is_everyone(&self, role: &RoleId) -> bool {
        role.as_str() == self.caller.community.as_str()
    }

    /// How many requests match.
    pub(super) async fn count(&self, filter: &RequestFilter) -> Result<usize, StoreError> {
        self.triage.store().count(&self.caller.community, filter).await
    }

    /// How many waiting requests match; a failure counts as none, as it only shortens what is said.
    pub(super) async fn count_waiting(&self, filter: RequestFilter) -> usize {
        let filter = RequestFilter { is_awaiting: true, ..filter };
        self.count(&filter).await.unwrap_or_else(|error| {
            tracing::error!(community = %self.caller.community, %error, "commands.failed: waiting requests could not be counted");
            0
        })
    }
}
