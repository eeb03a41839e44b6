//! What was read, held against what was heard: what is new, what was changed, what is gone.
//!
//! A message that is new is heard as it reads now; its edits are in it. One that was heard before is heard again when
//! it was changed since. Of those that are gone only such are told whose end matters.

use std::collections::hash_map::Entry;

use serenity::model::channel::Message;

use super::pages::Read;
use super::{Extent, Run, Spot, message_id};
use crate::domain::gap::{Gap, Missed};
use crate::domain::message::IncomingMessage;
use crate::domain::time::{Timestamp, from_milliseconds};
use crate::platform::discord::events::{NotNow, Said, posted_at};
use crate::store::{Incoming, LastWord};

/// What happened in a watched channel and its threads.
#[derive(Default)]
pub(super) struct News {
    happened: Vec<(Timestamp, u64, Incoming)>,
    gone: Vec<Incoming>,
    missed: Vec<Missed>,
}

impl News {
    /// Adds what stands on one page, newest first.
    pub(super) async fn gather(
        &mut self,
        run: &mut Run<'_>,
        gap: &Gap,
        spot: &Spot,
        page: &[Message],
        extent: Extent,
        read: &mut Read,
    ) -> Result<(), NotNow> {
        let store = run.discord.triage.store();
        let ids: Vec<_> = page.iter().map(|message| message_id(message.id.get())).collect();
        let words = store.last_words(&run.community, &gap.channel, &ids).await?;
        for (message, id) in page.iter().zip(&ids) {
            let is_new = read.takes(message.id.get(), extent);
            if !run.is_of_people(message) {
                continue;
            }
            match (words.get(id), edited_at(message)) {
                (None, _) if is_new => {
                    let said = run.said(spot, message).await?;
                    self.happened.push((said.at, message.id.get(), Incoming::Posted(said)));
                }
                // What is read twice for safety has been heard.
                (None, _) if message.id.get() > extent.after => read.leaves_out(),
                (Some(LastWord::Posted), Some(at)) => self.changed(run, spot, message, at).await?,
                (Some(LastWord::Edited(last)), Some(at)) if at > *last => {
                    self.changed(run, spot, message, at).await?;
                }
                (None | Some(LastWord::Posted | LastWord::Edited(_) | LastWord::Deleted), _) => {}
            }
        }
        Ok(())
    }

    /// Adds what is not there any more, and what was not read, once a place has been read.
    pub(super) fn conclude(&mut self, run: &Run<'_>, gap: &Gap, spot: &Spot, read: &Read, extent: Extent) {
        self.missed.extend(read.missed(&gap.channel, extent));
        let mut gone: Vec<u64> = spot.unsettled.iter().copied().filter(|id| read.has_lost(*id)).collect();
        gone.sort_unstable();
        // Discord keeps no time of a deletion: it was some time before it is noticed, as with one that is heard.
        let at = run.discord.clock.now();
        self.gone.extend(gone.into_iter().map(|id| Incoming::Deleted {
            community: run.community.clone(),
            channel: gap.channel.clone(),
            message: message_id(id),
            at,
        }));
    }

    /// What the limits have kept from being read.
    pub(super) const fn missed(&self) -> &Vec<Missed> {
        &self.missed
    }

    /// Everything, in the order in which it happened; deletions last, whose time nobody knows.
    pub(super) fn in_order(mut self) -> Vec<Incoming> {
        self.happened.sort_by_key(|(at, id, _)| (*at, *id));
        self.happened.into_iter().map(|(_, _, incoming)| incoming).chain(self.gone).collect()
    }

    async fn changed(
        &mut self,
        run: &mut Run<'_>,
        spot: &Spot,
        message: &Message,
        at: Timestamp,
    ) -> Result<(), NotNow> {
        let said = run.said(spot, message).await?;
        self.happened.push((at, message.id.get(), Incoming::Edited { message: said, at }));
        Ok(())
    }
}

impl Run<'_> {
    /// Whether a message is neither our own nor the system's.
    fn is_of_people(&self, message: &Message) -> bool {
        let is_ours = self.discord.me().is_some_and(|me| me.id == message.author.id);
        !is_ours && Said::of(message, self.guild).is_of_people()
    }

    /// The message as the domain has it.
    async fn said(&mut self, spot: &Spot, message: &Message) -> Result<IncomingMessage, NotNow> {
        let said = Said::of(message, self.guild);
        let member = match self.members.entry(message.author.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.discord.membership(&said).await?),
        };
        Ok(said.message(&spot.place, member, &self.known.settings))
    }
}

/// When a message was changed last, to the millisecond as edits that are heard are.
pub(in crate::platform::discord) fn edited_at(message: &Message) -> Option<Timestamp> {
    let at = message.edited_timestamp?;
    let milliseconds = i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok();
    Some(milliseconds.and_then(from_milliseconds).unwrap_or_else(|| posted_at(message.id)))
}
