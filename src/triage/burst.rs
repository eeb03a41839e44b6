//! What a member wrote just now and needed no answer: so that half sentences over several messages are read as one.
//!
//! Kept in memory alone and for two minutes of the platform's time; after a restart a burst is simply read in two
//! halves.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::ids::{ChannelId, CommunityId, MessageId, UserId};
use crate::domain::message::IncomingMessage;
use crate::domain::time::Span;

/// How long after one message the next one may belong to it.
const WINDOW: Span = Span::minutes(2);

/// Messages of one burst, at most.
const MESSAGES: usize = 6;

/// Characters of a burst, at most: the judge reads no more of one message either.
const CHARACTERS: usize = 4_000;

/// Members whose last messages are remembered.
const MEMBERS: usize = 10_000;

type Voice = (CommunityId, ChannelId, UserId);

/// The last messages of members whose messages needed no answer.
#[derive(Debug, Default)]
pub(super) struct Bursts(Mutex<HashMap<Voice, Vec<IncomingMessage>>>);

impl Bursts {
    /// What the author said just before this message, in the same place; empty when that is too long ago.
    pub(super) fn before(&self, message: &IncomingMessage) -> Vec<IncomingMessage> {
        let known = self.known();
        let Some(said) = known.get(&voice(message)) else { return Vec::new() };
        let goes_on = said.last().is_some_and(|last| is_soon_after(last, message));
        if goes_on { said.iter().filter(|said| said.id != message.id).cloned().collect() } else { Vec::new() }
    }

    /// Remembers a message that needed no answer.
    pub(super) fn keep(&self, message: &IncomingMessage) {
        let mut known = self.known();
        let said = known.entry(voice(message)).or_default();
        if let Some(same) = said.iter_mut().find(|said| said.id == message.id) {
            same.clone_from(message);
            return;
        }
        if !said.last().is_some_and(|last| is_soon_after(last, message)) {
            said.clear();
        }
        said.push(message.clone());
        while said.len() > MESSAGES || characters(said) > CHARACTERS {
            said.remove(0);
        }
        if known.len() > MEMBERS {
            known.retain(|_, said| said.last().is_some_and(|last| is_soon_after(last, message)));
            // A flood: a sweep for each of its messages would cost more than reading bursts in halves does.
            if known.len() > MEMBERS / 2 {
                known.clear();
            }
        }
    }

    /// Forgets what a member said there: it has become part of a request.
    pub(super) fn forget(&self, message: &IncomingMessage) {
        self.known().remove(&voice(message));
    }

    /// Forgets one message: it was deleted, answered, or somebody has said what it is.
    pub(super) fn remove(&self, community: &CommunityId, message: &MessageId) {
        self.known().retain(|(place, ..), said| {
            if place == community {
                said.retain(|said| &said.id != message);
            }
            !said.is_empty()
        });
    }

    /// Forgets whatever a member said.
    pub(super) fn forget_member(&self, community: &CommunityId, member: &UserId) {
        self.known().retain(|(place, _, author), _| place != community || author != member);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Voice, Vec<IncomingMessage>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn voice(message: &IncomingMessage) -> Voice {
    let place = message.thread.as_ref().unwrap_or(&message.channel);
    (message.community.clone(), place.clone(), message.author.clone())
}

fn is_soon_after(last: &IncomingMessage, message: &IncomingMessage) -> bool {
    last.at <= message.at && Span::between(last.at, message.at) <= WINDOW
}

fn characters(said: &[IncomingMessage]) -> usize {
    said.iter().map(|message| message.text.len()).sum()
}
