//! What a request is without what has to be erased: texts that were kept long enough, or a person who was forgotten.
//!
//! States, times and counts stay as they were, so that every figure does.

use super::{Event, EventKind, Request, RequestState};
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::domain::verdict::Stage;

impl Request {
    /// Erases the texts of messages that were written before; says how many there were.
    pub fn erase_texts(&mut self, before: Timestamp) -> usize {
        let old = self.messages.iter_mut().filter(|message| message.at < before);
        let erased = old.filter_map(|message| message.text.take()).count();
        self.forget_unsaid_words();
        erased
    }

    /// Puts `marker` in place of a person; of one who asked, the name, the texts and the words that decided go too.
    /// Says how many texts there were.
    pub fn erase_person(&mut self, person: &UserId, marker: &UserId) -> usize {
        let mut erased = 0;
        if &self.author == person {
            self.author = marker.clone();
            self.author_name.clear();
            self.verdict.why.clear();
            erased = self.messages.iter_mut().filter_map(|message| message.text.take()).count();
        }
        let in_state = match &mut self.state {
            RequestState::Open => None,
            RequestState::Claimed { by, .. }
            | RequestState::Answered { by, .. }
            | RequestState::Resolved { by, .. } => Some(by),
            RequestState::Dismissed { by, .. } => by.as_mut(),
        };
        let named = [
            in_state,
            self.first_claim.as_mut().map(|claim| &mut claim.by),
            self.first_response.as_mut().map(|response| &mut response.by),
            self.course.community_answer.as_mut().map(|answer| &mut answer.by),
            self.course.snooze.as_mut().map(|snooze| &mut snooze.by),
        ];
        named.into_iter().flatten().for_each(|name| replace(name, person, marker));
        erased
    }

    /// The words that decided stand beside the member's messages: those that are in none of them any more go with the
    /// text. What a person or an export gave as the reason is nobody's text.
    pub(super) fn forget_unsaid_words(&mut self) {
        if self.verdict.stage != Stage::Given {
            let said = self.text().to_lowercase();
            self.verdict.why.retain(|word| said.contains(&word.to_lowercase()));
        }
    }
}

impl Event {
    /// Puts `marker` in place of a person, whatever they did or had done to them.
    pub fn erase_person(&mut self, person: &UserId, marker: &UserId) {
        if let Some(by) = &mut self.by {
            replace(by, person, marker);
        }
        match &mut self.kind {
            EventKind::HandedOver { from, to } => {
                replace(from, person, marker);
                replace(to, person, marker);
            }
            EventKind::Corrected { answered_by, .. } => replace(answered_by, person, marker),
            EventKind::Opened { .. }
            | EventKind::Appended { .. }
            | EventKind::Edited { .. }
            | EventKind::Deleted { .. }
            | EventKind::Claimed
            | EventKind::Answered { .. }
            | EventKind::Unanswered
            | EventKind::CommunityAnswered { .. }
            | EventKind::Resolved
            | EventKind::Dismissed
            | EventKind::Withdrawn
            | EventKind::Rerouted { .. }
            | EventKind::Reopened { .. }
            | EventKind::Rung { .. }
            | EventKind::Snoozed { .. }
            | EventKind::Urged => {}
        }
    }
}

fn replace(name: &mut UserId, person: &UserId, marker: &UserId) {
    if name == person {
        name.clone_from(marker);
    }
}
