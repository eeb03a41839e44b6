//! A person is forgotten: in the store, in the settings that name them, and in memory.

use super::Triage;
use crate::clock::Ids;
use crate::communities::ChangeError;
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::message::IncomingMessage;
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::privacy::Forgotten;

/// How often it is begun anew because one of their requests was changed meanwhile.
const TRIES: usize = 8;

impl Triage {
    /// Erases what is stored of a person; every figure stays. The cards that show it are drawn anew bit by bit.
    ///
    /// # Errors
    /// When the store cannot do it: then nothing was erased.
    pub async fn forget(
        &self,
        community: &CommunityId,
        person: &UserId,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        self.bursts.forget_member(community, person);
        let marker = Ids::erased();
        let mut tries = 0;
        let forgotten = loop {
            match self.store.forget(community, person, &marker, now).await {
                Err(StoreError::Conflict) if tries < TRIES => tries += 1,
                outcome => break outcome?,
            }
        };
        self.forget_expert(community, person, now).await?;
        // What was under way when it began may have kept something in memory since.
        self.bursts.forget_member(community, person);
        self.outbox.ring();
        tracing::info!(%community, requests = forgotten.requests, texts = forgotten.texts, "triage.forgotten");
        Ok(forgotten)
    }

    /// Those messages of a burst whose author is still known: they may have been forgotten by another process.
    pub(super) async fn still_known(
        &self,
        said: Vec<IncomingMessage>,
    ) -> Result<Vec<IncomingMessage>, StoreError> {
        let mut known = Vec::with_capacity(said.len());
        for message in said {
            let judged = self.store.judged(&message.community, &message.id).await?;
            if judged.is_some_and(|judged| judged.judged.author == message.author) {
                known.push(message);
            }
        }
        Ok(known)
    }

    /// Nobody is named as an expert on the cards of a community that has forgotten them.
    async fn forget_expert(
        &self,
        community: &CommunityId,
        person: &UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(known) = self.communities.of(community).await? else { return Ok(()) };
        if known.settings.experts.iter().all(|expert| &expert.user != person) {
            return Ok(());
        }
        let set = |settings: &mut Settings| {
            settings.experts.retain(|expert| &expert.user != person);
            Ok(())
        };
        let general = &known.settings.community;
        match self.communities.change(community, general.platform, &general.name, now, set).await {
            Ok(()) => Ok(()),
            Err(ChangeError::Store(error)) => Err(error),
            Err(ChangeError::Wrong(why)) => Err(StoreError::Unreadable(why)),
            Err(ChangeError::Mistakes(mistakes)) => Err(StoreError::Unreadable(mistakes.to_string())),
        }
    }
}
