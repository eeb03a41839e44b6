//! Who answered whom: what an employee's message answers, what another member's does, and what was answered before it
//! was heard.

use super::candidates::places_of;
use super::{TALK, Triage};
use crate::communities::Known;
use crate::domain::judgement::JudgedState;
use crate::domain::linking::{self, Heard, Waiting};
use crate::domain::message::IncomingMessage;
use crate::domain::request::{Change, Request, Step};
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::store::{Decided, StoreError};

impl Triage {
    /// An employee wrote: which waiting requests does it answer?
    pub(super) async fn answers(&self, message: &IncomingMessage) -> Result<Decided, StoreError> {
        let mut decided = Decided::default();
        if let Some(replied) = &message.reply_to {
            self.settle(&mut decided, &message.community, replied, JudgedState::Answered, message.at).await?;
        }
        let requests = self.awaiting(message).await?;
        let Some(known) = self.communities.of(&message.community).await?.filter(|_| !requests.is_empty())
        else {
            return Ok(decided);
        };
        let talk = self.talk_before(message).await?;
        let waiting: Vec<Waiting> = requests.iter().map(waiting).collect();
        for link in linking::answers(message, &waiting, &talk) {
            let Some(request) = requests.iter().find(|r| r.id == link.request) else { continue };
            let step = Step::Answer {
                by: message.author.clone(),
                message: Some(message.id.clone()),
                link: link.kind,
                confidence: link.confidence,
            };
            // Of several requests that one message answers the first one teaches: what is learnt is one chain.
            if decided.taught.is_none() {
                decided.taught = self.taught_by_step(request, &step, message.at).await?;
            }
            decided.changes.extend(request.apply(step, message.at, &known.settings).ok());
        }
        Ok(decided)
    }

    /// Another member wrote: whose waiting request does that answer, so that the desk may look whether it still has to?
    pub(super) async fn community_answer(
        &self,
        message: &IncomingMessage,
        talk: &[Heard],
        known: &Known,
    ) -> Result<Option<Change>, StoreError> {
        let addresses_somebody = message.reply_to.is_some() || !message.mentions.is_empty();
        let is_thread = message.thread.is_some();
        if !addresses_somebody && !is_thread {
            return Ok(None);
        }
        let requests = self.awaiting(message).await?;
        let waiting: Vec<Waiting> = requests.iter().filter(|r| r.is_waiting()).map(waiting).collect();
        let Some(id) = linking::helps(message, &waiting, talk) else { return Ok(None) };
        let step = Step::CommunityAnswer { by: message.author.clone(), message: message.id.clone() };
        let request = requests.iter().find(|request| request.id == id);
        Ok(request.and_then(|request| request.apply(step, message.at, &known.settings).ok()))
    }

    /// With the answer that was heard before the request itself, as happens where messages arrive out of their order.
    pub(super) async fn with_answer_before(
        &self,
        opened: Change,
        said_at: Timestamp,
        settings: &Settings,
    ) -> Result<Change, StoreError> {
        let request = waiting(&opened.request);
        let places = places_of(&opened.request);
        let said = self.store.digested(&opened.request.community, &places, said_at, TALK).await?;
        let answer = said.iter().find_map(|heard| Some((heard, linking::answered_already(heard, &request)?)));
        let Some((heard, link)) = answer else { return Ok(opened) };
        let step = Step::Answer {
            by: heard.author.clone(),
            message: Some(heard.id.clone()),
            link: link.kind,
            confidence: link.confidence,
        };
        let Ok(answered) = opened.request.apply(step, heard.at, settings) else { return Ok(opened) };
        // The card that is about to be posted shows the answer: there is nothing to edit.
        let events = [opened.events, answered.events].concat();
        Ok(Change { events, notices: opened.notices, ..answered })
    }
}

/// A request as the linking sees it.
pub(super) fn waiting(request: &Request) -> Waiting {
    Waiting {
        request: request.id.clone(),
        author: request.author.clone(),
        author_name: request.author_name.clone(),
        thread: request.thread.clone(),
        messages: request.messages.iter().map(|m| (m.id.clone(), m.at)).collect(),
        text: request.text(),
        claimed_by: request.claimer().cloned(),
    }
}
