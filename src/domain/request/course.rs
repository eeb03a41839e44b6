//! What a request's log says about its times: how long the member waited, each time, and what has been rung about it.
//!
//! A [`Course`] is folded from the log, entry by entry, and from nothing else: it is kept beside the request so that
//! figures need not read every log, and can be computed anew at any time ([`Course::of`]). What each figure means is
//! said in `docs/figures.md`.

use serde::{Deserialize, Serialize};

use super::deadline::Deadline;
use super::{Event, EventKind};
use crate::domain::ids::{MessageId, UserId};
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
    pub waiting_since: Option<Moment>,
    /// Since when nobody holds it.
    #[serde(skip_serializing_if = "is_default")]
    pub open_since: Timestamp,
    /// From the opening to the first claim.
    #[serde(skip_serializing_if = "is_default")]
    pub claim: Option<Length>,
    /// From the opening to the first response.
    #[serde(skip_serializing_if = "is_default")]
    pub first_response: Option<Length>,
    /// From each later question of the member to the employee's message that answers it.
    #[serde(skip_serializing_if = "is_default")]
    pub next_responses: Vec<Length>,
    /// How long the member has waited for the company, without the wait that is under way.
    #[serde(skip_serializing_if = "is_default")]
    pub waited: Length,
    /// How long the member had waited for the company when it was resolved for the first time.
    #[serde(skip_serializing_if = "is_default")]
    pub first_resolution: Option<Length>,
    /// The same when it was resolved for the last time.
    #[serde(skip_serializing_if = "is_default")]
    pub total_resolution: Option<Length>,
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

/// A point on both clocks of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The point in time.
    pub at: Timestamp,
    /// Seconds of the desk's opening hours since the request was opened.
    pub business_seconds: i64,
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

impl Moment {
    /// From this moment to a later one; none on the clock on which it is not later.
    fn until(self, later: Self) -> Length {
        Length {
            time: Span::between(self.at, later.at),
            business_seconds: (later.business_seconds - self.business_seconds).max(0),
        }
    }
}

impl Length {
    fn plus(self, other: Self) -> Self {
        Self {
            time: self.time.plus(other.time),
            business_seconds: self.business_seconds + other.business_seconds,
        }
    }

    /// With `new` in place of `old`, which is part of it.
    fn with(self, new: Self, old: Self) -> Self {
        let time = self.time.plus(new.time).as_milliseconds() - old.time.as_milliseconds();
        let business_seconds = self.business_seconds + new.business_seconds - old.business_seconds;
        Self { time: Span::milliseconds(time), business_seconds: business_seconds.max(0) }
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

    /// What one more entry of the log changes.
    pub fn follow(&mut self, event: &Event) {
        let now = Moment { at: event.at, business_seconds: event.business_seconds };
        match &event.kind {
            EventKind::Opened { outside_hours, heard_at, .. } => {
                let opened = Moment { at: event.at, business_seconds: 0 };
                *self = Self { opened_at: event.at, open_since: event.at, ..Self::default() };
                self.is_outside_hours = *outside_hours;
                self.heard_at = *heard_at;
                self.waiting_since = Some(opened);
            }
            EventKind::Appended { asks, .. } => {
                if *asks && self.waiting_since.is_none() {
                    self.wait_again(now);
                }
            }
            EventKind::Edited { .. } | EventKind::Deleted { .. } => {}
            EventKind::Claimed | EventKind::HandedOver { .. } => {
                self.claim.get_or_insert(self.opened().until(now));
                self.rung.retain(|deadline| *deadline != Deadline::Return);
                self.snooze = None;
            }
            EventKind::Answered { .. } => self.answered(now),
            EventKind::Corrected { .. } => self.corrected(now),
            EventKind::Unanswered => self.unanswered(event.at),
            EventKind::CommunityAnswered { message } => {
                let by = event.by.clone().unwrap_or_else(|| UserId::new(""));
                let answer = CommunityAnswer { message: message.clone(), by, at: event.at };
                self.community_answer.get_or_insert(answer);
            }
            EventKind::Resolved => {
                self.end_wait(now);
                self.first_resolution.get_or_insert(self.waited);
                self.total_resolution = Some(self.waited);
            }
            EventKind::Dismissed | EventKind::Withdrawn => {
                self.waiting_since = None;
                self.snooze = None;
            }
            EventKind::Rerouted { .. } => {
                self.waiting_since.get_or_insert(now);
                self.open_since = event.at;
                self.rung.clear();
                self.snooze = None;
            }
            EventKind::Reopened { .. } => {
                self.reopened += 1;
                self.open_since = event.at;
                self.wait_again(now);
            }
            EventKind::Rung { deadline } => self.rang(*deadline, event.at),
            EventKind::Snoozed { until } => {
                let by = event.by.clone().unwrap_or_else(|| UserId::new(""));
                self.snooze = Some(Snooze { by, at: event.at, until: *until });
                self.rung.retain(|deadline| *deadline != Deadline::Return);
            }
            EventKind::Urged => self.is_urgent = true,
        }
    }

    const fn opened(&self) -> Moment {
        Moment { at: self.opened_at, business_seconds: 0 }
    }

    /// The member waits for the company once more: what was rung about the wait before it may ring again.
    fn wait_again(&mut self, now: Moment) {
        self.waiting_since = Some(now);
        self.rung.retain(|deadline| !deadline.is_of_one_wait());
    }

    fn answered(&mut self, now: Moment) {
        let Some(since) = self.waiting_since else { return };
        if self.first_response.is_none() {
            self.first_response = Some(self.opened().until(now));
        } else {
            self.next_responses.push(since.until(now));
        }
        self.end_wait(now);
    }

    /// The first response was another message: what was waited until it changes with it, what came after it stays.
    fn corrected(&mut self, now: Moment) {
        let corrected = self.opened().until(now);
        let Some(before) = self.first_response.replace(corrected) else { return };
        let resolutions = self.first_resolution.iter_mut().chain(&mut self.total_resolution);
        for waited in resolutions.chain([&mut self.waited]) {
            *waited = waited.with(corrected, before);
        }
    }

    /// What was taken for the first response was none: the member has waited all along.
    fn unanswered(&mut self, at: Timestamp) {
        self.first_response = None;
        self.waited = Length::default();
        self.waiting_since = Some(self.opened());
        self.open_since = at;
    }

    fn end_wait(&mut self, now: Moment) {
        if let Some(since) = self.waiting_since.take() {
            self.waited = self.waited.plus(since.until(now));
        }
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
