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
    /// Adds what was read of one place.
    pub(super) async fn gather(
        &mut self,
        run: &mut Run<'_>,
        gap: &Gap,
        spot: &Spot,
        read: Read,
        extent: Extent,
    ) -> Result<(), NotNow> {
        let store = run.discord.triage.store();
        let ids: Vec<_> = read.messages.iter().map(|message| message_id(message.id.get())).collect();
        let words = store.last_words(&run.community, &gap.channel, &ids).await?;
        let new = read.count_new(extent);
        let mut is_cut = read.down_to > extent.after;
        for (n, (message, id)) in read.messages.iter().zip(&ids).enumerate() {
            let changed_at = edited_at(message);
            match (words.get(id), changed_at) {
                (None, _) if n < new => {
                    if let Some(said) = run.said(spot, message).await? {
                        self.happened.push((said.at, message.id.get(), Incoming::Posted(said)));
                    }
                }
                // Over a limit, and never heard: what is read twice for safety has been.
                (None, _) if message.id.get() > extent.after => {
                    is_cut |= run.said(spot, message).await?.is_some();
                }
                (Some(LastWord::Posted), Some(at)) => self.changed(run, spot, message, at).await?,
                (Some(LastWord::Edited(last)), Some(at)) if at > *last => {
                    self.changed(run, spot, message, at).await?;
                }
                (None | Some(LastWord::Posted | LastWord::Edited(_) | LastWord::Deleted), _) => {}
            }
        }
        if is_cut {
            self.missed.push(read.missed(&gap.channel, extent));
        }
        let is_there = |id: u64| read.messages.binary_search_by(|m| id.cmp(&m.id.get())).is_ok();
        let mut gone: Vec<u64> = spot.unsettled.iter().copied().collect();
        gone.retain(|id| *id >= read.down_to && !is_there(*id));
        gone.sort_unstable();
        // Discord keeps no time of a deletion: it was some time before it is noticed, as with one that is heard.
        let at = run.discord.clock.now();
        self.gone.extend(gone.into_iter().map(|id| Incoming::Deleted {
            community: run.community.clone(),
            channel: gap.channel.clone(),
            message: message_id(id),
            at,
        }));
        Ok(())
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
        if let Some(said) = run.said(spot, message).await? {
            self.happened.push((at, message.id.get(), Incoming::Edited { message: said, at }));
        }
        Ok(())
    }
}

impl Run<'_> {
    /// The message as the domain has it; `None` when it is our own or the system's.
    async fn said(&mut self, spot: &Spot, message: &Message) -> Result<Option<IncomingMessage>, NotNow> {
        let said = Said::of(message, self.guild);
        let is_ours = self.discord.me().is_some_and(|me| me.id == message.author.id);
        if is_ours || !said.is_of_people() {
            return Ok(None);
        }
        let member = match self.members.entry(message.author.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.discord.membership(&said).await?),
        };
        Ok(Some(said.message(&spot.place, member, &self.known.settings)))
    }
}

/// When a message was changed last, to the millisecond as edits that are heard are.
pub(in crate::platform::discord) fn edited_at(message: &Message) -> Option<Timestamp> {
    let at = message.edited_timestamp?;
    let milliseconds = i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok();
    Some(milliseconds.and_then(from_milliseconds).unwrap_or_else(|| posted_at(message.id)))
}
