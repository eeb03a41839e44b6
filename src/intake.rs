//! Hears everything, keeps what happens in watched channels, and nothing else.
//!
//! From the moment at which [`Intake::hear`] returns, what was heard survives a crash.

use std::borrow::Cow;
use std::sync::Arc;

use crate::bell::Bell;
use crate::clock::Ids;
use crate::communities::Communities;
use crate::domain::ids::{ChannelId, CommunityId};
use crate::domain::time::Timestamp;
use crate::metrics;
use crate::store::{Incoming, Store, StoreError};

/// How much is kept in one transaction: others have to write too.
const AT_ONCE: usize = 1000;

/// Hears everything, keeps what happens in watched channels.
#[derive(Debug)]
pub struct Intake {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    ids: Arc<Ids>,
    /// Rung when something new is in the inbox.
    bell: Arc<Bell>,
}

impl Intake {
    /// An intake into that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, communities: Arc<Communities>, ids: Arc<Ids>, bell: Arc<Bell>) -> Self {
        Self { store, communities, ids, bell }
    }

    /// Keeps what happened when it happened in a watched channel, or concerns what is kept, and was not known; says
    /// whether it did.
    ///
    /// # Errors
    /// When the store cannot keep it: the caller has to hear it again later.
    pub async fn hear(&self, incoming: &Incoming, now: Timestamp) -> Result<bool, StoreError> {
        let (community, channel) = incoming.place();
        if !self.is_watched(community, channel).await? && !self.deletes_what_is_kept(incoming).await? {
            return Ok(false);
        }
        let is_new = self.store.receive(&self.ids.next(now), &storable(incoming), now).await?;
        if is_new {
            metrics::heard(incoming.as_str());
            self.bell.ring();
        }
        Ok(is_new)
    }

    /// What is kept of a channel that is watched no more is erased like the rest.
    async fn deletes_what_is_kept(&self, incoming: &Incoming) -> Result<bool, StoreError> {
        match incoming {
            Incoming::Deleted { community, message, .. } => {
                Ok(self.store.request_of(community, message).await?.is_some())
            }
            Incoming::Posted(_) | Incoming::Edited { .. } => Ok(false),
        }
    }

    /// Keeps what happened in one watched channel, in this order, and says how much of it was not known. Nothing of it
    /// is digested before all of it is kept, so that a question and its answer are read together.
    ///
    /// # Errors
    /// When the store cannot keep it: the caller has to hear it again later.
    pub async fn hear_all(&self, heard: &[Incoming], now: Timestamp) -> Result<usize, StoreError> {
        let named: Vec<_> =
            heard.iter().map(|incoming| (self.ids.next(now), storable(incoming).into_owned())).collect();
        let mut new = 0;
        for some in named.chunks(AT_ONCE) {
            let is_new = self.store.receive_all(some, now).await?;
            for ((_, incoming), _) in some.iter().zip(is_new).filter(|(_, is_new)| *is_new) {
                metrics::heard(incoming.as_str());
                new += 1;
            }
        }
        if new > 0 {
            self.bell.ring();
        }
        Ok(new)
    }

    /// Whether a channel is watched.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_watched(&self, community: &CommunityId, channel: &ChannelId) -> Result<bool, StoreError> {
        Ok(self.communities.of(community).await?.is_some_and(|known| known.settings.watch(channel).is_some()))
    }
}

/// What happened in words that every database takes: PostgreSQL knows no text with a NUL, and one such message would hold
/// up all that come after it.
fn storable(incoming: &Incoming) -> Cow<'_, Incoming> {
    const NUL: char = '\0';
    let mut heard = Cow::Borrowed(incoming);
    if let Incoming::Posted(message) | Incoming::Edited { message, .. } = incoming
        && (message.text.contains(NUL) || message.author_name.contains(NUL))
        && let Incoming::Posted(message) | Incoming::Edited { message, .. } = heard.to_mut()
    {
        for words in [&mut message.text, &mut message.author_name] {
            *words = words.replace(NUL, "\u{fffd}");
        }
    }
    heard
}
