//! What the store keeps for the judge: messages that opened no request, lessons, what was learnt, audits, second
//! readings. The other half of `trait Store`.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::ids::{CommunityId, MessageId, UserId};
use crate::domain::judgement::{Judged, JudgedState};
use crate::domain::label::{Label, Route};
use crate::domain::lesson::{Lesson, Week};
use crate::domain::notice::Notice;
use crate::domain::request::Change;
use crate::domain::time::Timestamp;

/// All that one decision changes: stored as a whole or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// Requests that were opened or changed.
    pub changes: Vec<Change>,
    /// A message that opened no request.
    pub judged: Option<Judged>,
    /// Messages of which something became.
    pub settled: Vec<Settled>,
    /// What a person taught.
    pub taught: Option<Taught>,
    /// What has to be said that is about no request.
    pub notices: Vec<Notice>,
}

/// What became of a message that had opened no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The message.
    pub message: MessageId,
    /// What became of it.
    pub state: JudgedState,
    /// What it is, when a person said so.
    pub label: Option<Label>,
    /// Who.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

/// A lesson, and what is known after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taught {
    /// The lesson.
    pub lesson: Lesson,
    /// What is known after it; stored as the lesson's week's.
    pub state: Vec<u8>,
    /// The version of what was known before; somebody else must not have changed it.
    pub learnt: i64,
}

/// What a community has taught so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// The week in which it was changed last.
    pub week: Week,
    /// What is known, as [`Taught::state`] was.
    pub state: Vec<u8>,
}

/// A message that opened no request, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedMessage {
    /// What was said of it.
    pub judged: Judged,
    /// What became of it.
    pub state: JudgedState,
    /// What a person said that it is.
    pub label: Option<Label>,
}

/// The messages of a community that wait for review at one desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InReview {
    /// The oldest.
    pub oldest: Vec<Judged>,
    /// How many there are.
    pub count: usize,
}

/// How many messages came out in which zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ZoneCounts {
    /// Requests that the judge opened; those that a person opened are left out.
    pub ping: u64,
    /// Listed for review.
    pub review: u64,
    /// Left alone.
    pub quiet: u64,
}

/// An audit to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The week that it is about.
    pub week: Week,
    /// From when on and before when its messages were written.
    pub period: (Timestamp, Timestamp),
    /// How many are drawn at most.
    pub size: u32,
    /// When the next audit is due.
    pub next: Timestamp,
    /// What is to be said when something was drawn.
    pub notice: Option<Notice>,
    /// What is to be said in any case.
    pub digest: Option<Notice>,
}

/// The audit of a week.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// The week that it is about.
    pub week: Week,
    /// How many messages it was drawn from: nobody had been pinged for them, and nobody had looked at them.
    pub drawn_from: u64,
    /// The messages that were drawn, in the order in which they are judged.
    pub drawn: Vec<JudgedMessage>,
}

/// How often the second reader was asked on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Calls.
    pub asked: u64,
    /// Calls without a usable answer.
    pub unanswered: u64,
}

/// What is kept for the judge.
#[async_trait]
pub trait JudgeStore {
    /// A message that opened no request.
    async fn judged(
        &self,
        community: &CommunityId,
        message: &MessageId,
    ) -> Result<Option<JudgedMessage>, StoreError>;

    /// What waits for review at a desk since `since`, the oldest `limit` of it.
    async fn in_review(
        &self,
        community: &CommunityId,
        route: Route,
        since: Timestamp,
        limit: u32,
    ) -> Result<InReview, StoreError>;

    /// How many messages written from `from` on and before `to` came out in which zone.
    async fn zone_counts(
        &self,
        community: &CommunityId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<ZoneCounts, StoreError>;

    /// Lessons taught from `from` on, oldest first, the undone ones left out.
    async fn lessons(&self, community: &CommunityId, from: Timestamp) -> Result<Vec<Lesson>, StoreError>;

    /// The newest lessons about requests whose texts are still there, oldest first: the label and the text.
    async fn lesson_texts(
        &self,
        community: &CommunityId,
        limit: u32,
    ) -> Result<Vec<(Label, String)>, StoreError>;

    /// What a community has taught so far; `None` when nothing.
    async fn learnt(&self, community: &CommunityId) -> Result<Option<Learnt>, StoreError>;

    /// Takes back all that was taught in a week and after it; says how many lessons that were.
    async fn undo_learning(&self, community: &CommunityId, week: Week) -> Result<u64, StoreError>;

    /// Communities whose next audit is due, with the time at which it was.
    async fn audits_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CommunityId, Timestamp)>, StoreError>;

    /// Draws the audit of a week, at most `size` of the messages that nobody was pinged for and nobody looked at, and
    /// says when the next one is due. Draws once, however often it is called. Returns how many were drawn now.
    async fn draw_audit(
        &self,
        community: &CommunityId,
        draw: &Draw,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// The newest audit of a community.
    async fn last_audit(&self, community: &CommunityId) -> Result<Option<Audit>, StoreError>;

    /// Takes one of a day's `budget` of second readings; `false` when there is none left.
    async fn take_reading(&self, community: &CommunityId, day: &str, budget: u32)
    -> Result<bool, StoreError>;

    /// Keeps that a second reading gave no answer.
    async fn reading_unanswered(&self, community: &CommunityId, day: &str) -> Result<(), StoreError>;

    /// Second readings from that day on (`YYYY-MM-DD`).
    async fn readings(&self, community: &CommunityId, from: &str) -> Result<Readings, StoreError>;
}

impl From<Vec<Change>> for Decided {
    fn from(changes: Vec<Change>) -> Self {
        Self { changes, ..Self::default() }
    }
}

impl From<Change> for Decided {
    fn from(change: Change) -> Self {
        vec![change].into()
    }
}

impl Decided {
    /// Whether there is something to be sent.
    #[must_use]
    pub fn says_something(&self) -> bool {
        !self.notices.is_empty() || self.changes.iter().any(|change| !change.notices.is_empty())
    }
}
