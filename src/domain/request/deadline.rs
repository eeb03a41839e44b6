//! When somebody has to be told that a request waits: the timers of a request, as points in time.
//!
//! They are computed from the request and its desk's settings alone, kept as rows beside it, and computed anew with
//! every change: an answer takes them away in the transaction that stores it. Each is told at most once, because that
//! it was told stands in the log.

use serde::{Deserialize, Serialize};

use super::{Course, Request, Status};
use crate::domain::settings::{Desk, DeskClock, Settings};
use crate::domain::time::{Span, Timestamp};

/// Something that falls due while a request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// Nobody has claimed it for so long: the desk is pinged again.
    Remind,
    /// Its claimer has been silent for so long: it goes back to the desk.
    Return,
    /// The target of the first response is near.
    Warn,
    /// The target of the first response has passed: the role of `escalate_to` is told.
    Escalate,
    /// It has passed twice over: the coordinator is told.
    EscalateFurther,
    /// The target of the resolution is near.
    WarnResolution,
    /// The target of the resolution has passed.
    EscalateResolution,
    /// It was to be left alone until now.
    SnoozeOver,
}

/// Which part of a target has passed when the desk is warned: late enough to be true, early enough to help.
const WARN_AT: (i64, i64) = (3, 4);

impl Deadline {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Remind,
        Self::Return,
        Self::Warn,
        Self::Escalate,
        Self::EscalateFurther,
        Self::WarnResolution,
        Self::EscalateResolution,
        Self::SnoozeOver,
    ];

    /// The word under which it is stored and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Return => "return",
            Self::Warn => "warn",
            Self::Escalate => "escalate",
            Self::EscalateFurther => "escalate_further",
            Self::WarnResolution => "warn_resolution",
            Self::EscalateResolution => "escalate_resolution",
            Self::SnoozeOver => "snooze_over",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deadline| deadline.as_str() == word)
    }

    /// Whether it is told anew in a later wait of the same request. Targets are the whole request's.
    pub(super) const fn is_of_one_wait(self) -> bool {
        match self {
            Self::Remind | Self::Return | Self::SnoozeOver => true,
            Self::Warn
            | Self::Escalate
            | Self::EscalateFurther
            | Self::WarnResolution
            | Self::EscalateResolution => false,
        }
    }

    /// Whether somebody who is told this need not be told that as well.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        match self {
            Self::Escalate => matches!(other, Self::Warn),
            Self::EscalateFurther => matches!(other, Self::Warn | Self::Escalate),
            Self::EscalateResolution => matches!(other, Self::WarnResolution),
            Self::Remind | Self::Return | Self::Warn | Self::WarnResolution | Self::SnoozeOver => false,
        }
    }

    /// Of several that fall due at once the gravest is told, and says it all. [`Self::Return`] is no telling: it gives
    /// the request back, whatever else is due.
    pub(super) const fn gravity(self) -> Option<u8> {
        match self {
            Self::Return => None,
            Self::Remind => Some(0),
            Self::SnoozeOver => Some(1),
            Self::Warn => Some(2),
            Self::WarnResolution => Some(3),
            Self::Escalate => Some(4),
            Self::EscalateResolution => Some(5),
            Self::EscalateFurther => Some(6),
        }
    }

    /// Whether what was to be told is still true.
    #[must_use]
    pub fn is_still_true(self, request: &Request) -> bool {
        let waits = request.course.waiting_since.is_some();
        match self {
            Self::Remind => waits && request.claimer().is_none(),
            Self::Return => waits && request.state.status() == Status::Open,
            Self::Warn | Self::Escalate | Self::EscalateFurther => waits && request.first_response.is_none(),
            Self::WarnResolution | Self::EscalateResolution | Self::SnoozeOver => waits,
        }
    }
}

impl Request {
    /// Everything that will fall due unless something happens before, each with its time.
    #[must_use]
    pub fn deadlines(&self, settings: &Settings) -> Vec<(Deadline, Timestamp)> {
        let clock = settings.clock(self.route);
        let (Some(since), Some(desk)) = (self.course.waiting_since, clock.desk()) else {
            return Vec::new();
        };
        let has_coordinator = settings.community.coordinator.is_some();
        let timers = Timers { request: self, clock, desk, has_coordinator };
        let due = |deadline| timers.due(deadline, since).map(|at| (deadline, at));
        let is_told = |deadline: Deadline| {
            self.course.rung.iter().any(|rung| *rung == deadline || rung.includes(deadline))
        };
        Deadline::ALL.into_iter().filter(|deadline| !is_told(*deadline)).filter_map(due).collect()
    }

    /// The point at which the target of the first response passes, or of the resolution once there was one.
    #[must_use]
    pub fn target_at(&self, settings: &Settings) -> Option<Timestamp> {
        self.course.target_at(settings.clock(self.route))
    }
}

impl Course {
    /// The same, by the clock of the request's desk.
    #[must_use]
    pub fn target_at(&self, clock: DeskClock<'_>) -> Option<Timestamp> {
        let desk = clock.desk()?;
        match self.first_response {
            None => clock.after(self.opened_at, desk.first_response?),
            Some(_) => self.resolution_at(desk, clock, (1, 1), self.waiting_since?),
        }
    }

    /// The point at which this part of the resolution's target will have been waited. While the company waits for the
    /// member it does not come nearer.
    fn resolution_at(
        &self,
        desk: &Desk,
        clock: DeskClock<'_>,
        part: (i64, i64),
        waiting_since: Timestamp,
    ) -> Option<Timestamp> {
        let target = part_of(desk.resolution?, part).as_seconds();
        let left = target - self.waited().business_seconds;
        clock.after(waiting_since, Span::seconds(left))
    }
}

struct Timers<'a> {
    request: &'a Request,
    clock: DeskClock<'a>,
    desk: &'a Desk,
    has_coordinator: bool,
}

impl Timers<'_> {
    fn due(&self, deadline: Deadline, waiting_since: Timestamp) -> Option<Timestamp> {
        let request = self.request;
        let course = &request.course;
        let is_first = request.first_response.is_none();
        // Who snoozes it is left alone; the target does not move.
        let unless_snoozed = |at: Timestamp| course.snooze.as_ref().map_or(at, |snooze| at.max(snooze.until));
        let target = self.desk.first_response.filter(|_| is_first);
        match deadline {
            Deadline::Remind => {
                let is_free = request.claimer().is_none();
                let since = course.open_since.max(waiting_since).max(course.heard_at);
                let after = self.desk.remind_after.filter(|_| is_free)?;
                self.clock.after(since, after).map(unless_snoozed)
            }
            Deadline::Return => {
                let after = self.desk.return_after?;
                let super::RequestState::Claimed { at, .. } = &request.state else { return None };
                // Whoever snoozes promises to come back then.
                let since = course.snooze.as_ref().map_or(*at, |snooze| snooze.until.max(*at));
                self.clock.after(since, after)
            }
            Deadline::Warn => self.of_opening(target?, WARN_AT),
            Deadline::Escalate => self.of_opening(target?, (1, 1)),
            Deadline::EscalateFurther => self.of_opening(target.filter(|_| self.has_coordinator)?, (2, 1)),
            Deadline::WarnResolution => self.of_resolution(WARN_AT, waiting_since),
            Deadline::EscalateResolution => self.of_resolution((1, 1), waiting_since),
            Deadline::SnoozeOver => course.snooze.as_ref().map(|snooze| snooze.until),
        }
    }

    /// The point at which this part of a target has passed since the opening. What had passed before anybody could
    /// know of the request is told when as much has passed since then.
    fn of_opening(&self, target: Span, part: (i64, i64)) -> Option<Timestamp> {
        let (after, heard_at) = (part_of(target, part), self.request.course.heard_at);
        let at = self.clock.after(self.request.opened_at(), after)?;
        if at < heard_at { self.clock.after(heard_at, after) } else { Some(at) }
    }

    fn of_resolution(&self, part: (i64, i64), waiting_since: Timestamp) -> Option<Timestamp> {
        let heard_at = self.request.course.heard_at;
        let at = self.request.course.resolution_at(self.desk, self.clock, part, waiting_since)?;
        if at < heard_at {
            self.clock.after(heard_at, part_of(self.desk.resolution?, part))
        } else {
            Some(at)
        }
    }
}

fn part_of(span: Span, (part, whole): (i64, i64)) -> Span {
    Span::milliseconds(span.as_milliseconds().saturating_mul(part) / whole)
}
