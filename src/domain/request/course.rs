//! What a request's log says about its times: how long the member waited, each time, and what has been rung about it.
//!
//! A [`Course`] is folded from the log, entry by entry, and from nothing else: it is kept beside the request so that
//! figures need not read every log, and can be computed anew at any time ([`Course::of`]). What each figure means is
//! said in `docs/figures.md`.

use serde::{Deserialize, Serialize};

use super::deadline::Deadline;
use super::{Event, EventKind};
use crate::domain::ids::{MessageId, UserId};
use crate::domain::settings::DeskClock;
use crate::domain::time::{Span, Timestamp};

/// The times of a request, as its log tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// When it was opened: the platform's time stamp of its first message.
    #[serde(skip_serializing_if = "is_default")]
    pub opened_at: Timestamp,
    /// When Vigie came to know of it, by its own clock: what fell due before is told later.
    #[serde(skip_serializing_if = "is_default")]
    pub heard_at: Timestamp,
    /// It was opened while its desk was closed.
    #[serde(skip_serializing_if = "is_default")]
    pub is_outside_hours: bool,
    /// Since when the member waits for the company. `None` while the company waits for the member, or nobody waits.
    #[serde(skip_serializing_if = "is_default")]
    pub waiting_since: Option<Timestamp>,
    /// Since when nobody holds it.
    #[serde(skip_serializing_if = "is_default")]
    pub open_since: Timestamp,
    /// From the opening to the first claim.
    #[serde(skip_serializing_if = "is_default")]
    pub claim: Option<Length>,
    /// From the opening to the first response.
    #[serde(skip_serializing_if = "is_default")]
    pub first_response: Option<Length>,
    /// The waits of the member for the company that are over, oldest first: the one for the first response, then those
    /// for the answers to later questions.
    #[serde(skip_serializing_if = "is_default")]
    pub waits: Vec<Wait>,
    /// When it was resolved for the first time.
    #[serde(skip_serializing_if = "is_default")]
    pub first_resolved_at: Option<Timestamp>,
    /// When it was resolved for the last time.
    #[serde(skip_serializing_if = "is_default")]
    pub last_resolved_at: Option<Timestamp>,
    /// How often the member came back after it was resolved.
    #[serde(skip_serializing_if = "is_default")]
    pub reopened: u32,
    /// Another member has answered it, before any employee did.
    #[serde(skip_serializing_if = "is_default")]
    pub community_answer: Option<CommunityAnswer>,
    /// The deadlines that have passed and been told, for this desk and this spell of waiting.
    #[serde(skip_serializing_if = "is_default")]
    pub rung: Vec<Deadline>,
    /// It is left alone until then.
    #[serde(skip_serializing_if = "is_default")]
    pub snooze: Option<Snooze>,
    /// The press office has marked it urgent.
    #[serde(skip_serializing_if = "is_default")]
    pub is_urgent: bool,
}

/// A wait of the member for the company that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Since when.
    pub from: Timestamp,
    /// How long.
    pub length: Length,
    /// Whether an answer ended it, and not a resolution without one.
    pub is_answered: bool,
}

/// A length on both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length {
    /// On the calendar.
    pub time: Span,
    /// Seconds of the desk's opening hours.
    pub business_seconds: i64,
}

/// A member's answer to another member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunityAnswer {
    /// The message that answers.
    pub message: MessageId,
    /// Who wrote it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A request is left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Who wants that.
    pub by: UserId,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl Length {
    fn plus(self, other: Self) -> Self {
        Self {
            time: self.time.plus(other.time),
            business_seconds: self.business_seconds + other.business_seconds,
        }
    }
}

impl Course {
    /// The times that a whole log tells.
    #[must_use]
    pub fn of<'a>(log: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut course = Self::default();
        for event in log {
            course.follow(event);
        }
        course
    }

    /// From each later question of the member to the employee's message that answers it.
    pub fn next_responses(&self) -> impl Iterator<Item = Length> {
        self.waits.iter().skip(1).filter(|wait| wait.is_answered).map(|wait| wait.length)
    }

    /// How long the member has waited for the company, without the wait that is under way.
    #[must_use]
    pub fn waited(&self) -> Length {
        self.waits.iter().fold(Length::default(), |sum, wait| sum.plus(wait.length))
    }

    /// How long the member had waited for the company when it was resolved for the first time.
    #[must_use]
    pub fn first_resolution(&self) -> Option<Length> {
        self.first_resolved_at.map(|at| self.waited_until(at))
    }

    /// The same when it was resolved for the last time.
    #[must_use]
    pub fn total_resolution(&self) -> Option<Length> {
        self.last_resolved_at.map(|at| self.waited_until(at))
    }

    /// A resolution ends the wait that is under way, so each that began before it was over with it.
    fn waited_until(&self, at: Timestamp) -> Length {
        let before = self.waits.iter().filter(|wait| wait.from < at);
        before.fold(Length::default(), |sum, wait| sum.plus(wait.length))
    }

    /// Has the entry that comes next say what the clock of the desk says of its time.
    pub fn time(&self, event: &mut Event, clock: DeskClock<'_>) {
        let since = |from| clock.between(from, event.at).as_seconds();
        if let EventKind::Opened { outside_hours, .. } = &mut event.kind {
            *outside_hours = !clock.is_open(event.at);
            return;
        }
        event.business_seconds = since(self.opened_at);
        event.waited_seconds = self.waiting_since.map_or(0, since);
    }

    /// What one more entry of the log changes.
    pub fn follow(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Opened { outside_hours, heard_at, .. } => {
                *self = Self { opened_at: event.at, open_since: event.at, ..Self::default() };
                self.is_outside_hours = *outside_hours;
                self.heard_at = *heard_at;
                self.waiting_since = Some(event.at);
            }
            EventKind::Appended { asks, .. } => {
                if *asks && self.waiting_since.is_none() {
                    self.wait_again(event.at);
                }
            }
            EventKind::Deleted { ends_wait, .. } => {
                if *ends_wait {
                    self.nobody_waits();
                }
            }
            EventKind::Edited { .. } => {}
            EventKind::Claimed | EventKind::HandedOver { .. } => {
                if self.first_response.is_none() {
                    self.claim.get_or_insert(self.since_the_opening(event));
                }
                self.rung.retain(|deadline| *deadline != Deadline::Return);
                self.snooze = None;
            }
            EventKind::Answered { .. } => {
                if self.first_response.is_none() {
                    self.first_response = Some(self.since_the_opening(event));
                }
                self.end_wait(event, true);
            }
            EventKind::Corrected { .. } => self.corrected(event),
            EventKind::Unanswered => self.unanswered(event.at),
            EventKind::CommunityAnswered { message } => {
                let by = event.by.clone().unwrap_or_else(|| UserId::new(""));
                let answer = CommunityAnswer { message: message.clone(), by, at: event.at };
                self.community_answer.get_or_insert(answer);
            }
            EventKind::Resolved => {
                self.end_wait(event, false);
                self.first_resolved_at.get_or_insert(event.at);
                self.last_resolved_at = Some(event.at);
            }
            EventKind::Dismissed | EventKind::Withdrawn => self.nobody_waits(),
            EventKind::Rerouted { .. } => {
                self.waiting_since.get_or_insert(event.at);
                self.open_since = event.at;
                // The new desk has been told nothing; the coordinator has, whichever desk it is at.
                self.rung.retain(|deadline| *deadline == Deadline::EscalateFurther);
                self.snooze = None;
            }
            EventKind::Reopened { .. } => {
                self.reopened += 1;
                self.open_since = event.at;
                self.wait_again(event.at);
            }
            EventKind::Rung { deadline, also } => {
                also.iter().chain([deadline]).for_each(|deadline| self.rang(*deadline, event.at));
            }
            EventKind::Snoozed { until } => {
                let by = event.by.clone().unwrap_or_else(|| UserId::new(""));
                self.snooze = Some(Snooze { by, at: event.at, until: *until });
                self.rung.retain(|deadline| *deadline != Deadline::Return);
            }
            EventKind::Urged => self.is_urgent = true,
        }
    }

    fn since_the_opening(&self, event: &Event) -> Length {
        let time = Span::between(self.opened_at, event.at);
        Length { time, business_seconds: event.business_seconds }
    }

    /// The member waits for the company once more: what was rung or urgent about the wait before is so no longer.
    fn wait_again(&mut self, since: Timestamp) {
        self.waiting_since = Some(since);
        self.rung.retain(|deadline| !deadline.is_of_one_wait());
        self.is_urgent = false;
    }

    /// The first response was another message: it answered all that had been asked before it, and what was asked after
    /// it stays.
    fn corrected(&mut self, event: &Event) {
        let length = self.since_the_opening(event);
        self.first_response = Some(length);
        self.waits.retain(|wait| wait.from >= event.at && wait.from > self.opened_at);
        self.waits.insert(0, Wait { from: self.opened_at, length, is_answered: true });
        if self.waiting_since.is_some_and(|since| since < event.at) {
            self.nobody_waits();
        }
    }

    /// What was taken for the first response was none: the member has waited all along, and nothing was resolved.
    fn unanswered(&mut self, at: Timestamp) {
        self.first_response = None;
        self.waits.clear();
        (self.first_resolved_at, self.last_resolved_at) = (None, None);
        self.open_since = at;
        self.wait_again(self.opened_at);
    }

    fn end_wait(&mut self, event: &Event, is_answered: bool) {
        if let Some(from) = self.waiting_since {
            let time = Span::between(from, event.at);
            let length = Length { time, business_seconds: event.waited_seconds };
            self.waits.push(Wait { from, length, is_answered });
        }
        self.nobody_waits();
    }

    fn nobody_waits(&mut self) {
        self.waiting_since = None;
        self.snooze = None;
    }

    fn rang(&mut self, deadline: Deadline, at: Timestamp) {
        self.rung.push(deadline);
        match deadline {
            Deadline::Return => {
                self.open_since = at;
                self.rung.retain(|deadline| *deadline != Deadline::Remind);
            }
            Deadline::SnoozeOver => {
                self.snooze = None;
                self.rung.retain(|deadline| *deadline != Deadline::SnoozeOver);
            }
            Deadline::Remind
            | Deadline::Warn
            | Deadline::Escalate
            | Deadline::EscalateFurther
            | Deadline::WarnResolution
            | Deadline::EscalateResolution => {}
        }
    }
}

/// What is as it is at the opening need not be written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
