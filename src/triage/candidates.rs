//! Which requests a message may be about: the newest that wait in its channel, and what it points at itself, however
//! many were asked since.
//!
//! In a flood most answers are to what was asked long ago; a reply, a mention, a thread and a claim still say to what.

use std::collections::HashSet;

use super::Triage;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::domain::message::IncomingMessage;
use crate::domain::request::{Request, Status};
use crate::store::{Page, RequestFilter, StoreError};

/// How many requests of one channel are looked at, the newest; and how many of those that a message points at.
const NEWEST: u32 = 50;
/// How many of the people that a message mentions are looked up.
const PEOPLE: usize = 10;

impl Triage {
    /// The requests in this channel whose members wait for the company and which a message may answer, newest first.
    pub(super) async fn awaiting(&self, message: &IncomingMessage) -> Result<Vec<Request>, StoreError> {
        let waiting = RequestFilter { is_awaiting: true, ..in_channel(message) };
        let mut found = self.newest(message, &waiting).await?;
        // What it points at is among them unless more wait than were looked at.
        if found.len() == NEWEST as usize {
            for request in self.pointed_at(message).await? {
                if request.needs_answer() && found.iter().all(|known| known.id != request.id) {
                    found.push(request);
                }
            }
            found.sort_by(|a, b| (b.opened_at(), &b.id).cmp(&(a.opened_at(), &a.id)));
        }
        Ok(found)
    }

    /// The requests in this channel that a message may have answered, likeliest first: of those that wait what it points
    /// at, then those of its own thread, then the newest; after all that wait what was answered, in case another
    /// message was taken for the answer.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn answerable(&self, message: &IncomingMessage) -> Result<Vec<Request>, StoreError> {
        let asked_before = RequestFilter { to: Some(message.at), ..in_channel(message) };
        let waiting = RequestFilter { is_awaiting: true, ..asked_before.clone() };
        let answered = RequestFilter { statuses: vec![Status::Answered], ..asked_before };
        let mut found = self.pointed_at(message).await?;
        let pointed: Vec<_> = found.iter().map(|request| request.id.clone()).collect();
        for filter in [waiting, answered] {
            for request in self.newest(message, &filter).await? {
                if found.iter().all(|known| known.id != request.id) {
                    found.push(request);
                }
            }
        }
        found.retain(|request| request.opened_at() <= message.at && request.author != message.author);
        let place = message.thread.as_ref().unwrap_or(&message.channel);
        found.sort_by_key(|r| (!r.needs_answer(), !pointed.contains(&r.id), r.place() != place));
        Ok(found)
    }

    /// The requests of this channel that a message points at, not resolved and not dismissed: the one it replies to, the
    /// one that its thread grew out of, those of its thread, those of whom it mentions, and those its author has claimed.
    async fn pointed_at(&self, message: &IncomingMessage) -> Result<Vec<Request>, StoreError> {
        let mut found = Vec::new();
        let thread = message.thread.as_ref();
        let grown_from = thread.map(|thread| MessageId::new(thread.as_str()));
        for id in message.reply_to.iter().chain(&grown_from) {
            found.extend(self.store.request_of(&message.community, id).await?);
        }
        let is_awaiting = RequestFilter { is_awaiting: true, ..in_channel(message) };
        if message.thread.is_some() {
            let thread = RequestFilter { thread: message.thread.clone(), ..is_awaiting.clone() };
            found.extend(self.newest(message, &thread).await?);
        }
        let people: Vec<&UserId> = message.mentions.iter().chain(&message.reply_to_author).collect();
        for author in people.into_iter().take(PEOPLE) {
            let theirs = RequestFilter { author: Some(author.clone()), ..is_awaiting.clone() };
            found.extend(self.newest(message, &theirs).await?);
        }
        let claimed = RequestFilter { claimer: Some(message.author.clone()), ..is_awaiting };
        found.extend(self.newest(message, &claimed).await?);
        let is_closed = |request: &Request| match request.state.status() {
            Status::Open | Status::Claimed | Status::Answered => false,
            Status::Resolved | Status::Dismissed => true,
        };
        let mut seen = HashSet::new();
        found.retain(|request| {
            request.channel == message.channel && !is_closed(request) && seen.insert(request.id.clone())
        });
        Ok(found)
    }

    async fn newest(
        &self,
        message: &IncomingMessage,
        filter: &RequestFilter,
    ) -> Result<Vec<Request>, StoreError> {
        self.store.requests(&message.community, filter, Page::NewestFirst { limit: NEWEST }).await
    }
}

fn in_channel(message: &IncomingMessage) -> RequestFilter {
    RequestFilter { channel: Some(message.channel.clone()), ..RequestFilter::default() }
}

/// Where a request stands, and the threads that grew out of it: such a thread bears the id of its message.
pub(super) fn places_of(request: &Request) -> Vec<ChannelId> {
    let threads = request.messages.iter().map(|message| ChannelId::new(message.id.as_str()));
    std::iter::once(request.place().clone()).chain(threads).collect()
}
