//! Rows of what is kept for the judge.

use sqlx::FromRow;

use super::{json, label, moment, unreadable, word};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RequestId, UserId};
use crate::domain::judgement::Judged;
use crate::domain::label::Label;
use crate::domain::lesson::{Lesson, Week};
use crate::store::StoreError;
use crate::store::judge::{JudgedMessage, Learnt};

#[derive(FromRow)]
pub struct JudgedRow {
    pub community: String,
    pub message: String,
    pub channel: String,
    pub thread: Option<String>,
    pub author: String,
    pub at: i64,
    pub judgement: String,
    pub state: String,
    pub label: Option<String>,
}

impl JudgedRow {
    pub fn message(self) -> Result<JudgedMessage, StoreError> {
        Ok(JudgedMessage {
            judged: Judged {
                community: CommunityId::new(self.community),
                channel: ChannelId::new(self.channel),
                thread: self.thread.map(ChannelId::new),
                message: MessageId::new(self.message),
                author: UserId::new(self.author),
                at: moment(self.at)?,
                judgement: json(&self.judgement)?,
            },
            state: word(&self.state)?,
            label: self.label.as_deref().map(label).transpose()?,
        })
    }
}

#[derive(FromRow)]
pub struct LessonRow {
    pub message: String,
    pub request: Option<String>,
    pub at: i64,
    pub taught_by: String,
    pub source: String,
    pub zone: String,
    pub label: String,
    pub decided: String,
    pub shared: Option<String>,
    pub own: Option<String>,
    pub week: String,
}

impl LessonRow {
    pub fn lesson(self) -> Result<Lesson, StoreError> {
        Ok(Lesson {
            message: MessageId::new(self.message),
            request: self.request.map(RequestId::new),
            at: moment(self.at)?,
            by: UserId::new(self.taught_by),
            source: word(&self.source)?,
            zone: word(&self.zone)?,
            label: label(&self.label)?,
            decided: label(&self.decided)?,
            shared: self.shared.as_deref().map(label).transpose()?,
            own: self.own.as_deref().map(label).transpose()?,
            week: week(&self.week)?,
        })
    }
}

#[derive(FromRow)]
pub struct LessonTextRow {
    pub lesson: String,
    pub label: String,
    pub request: String,
    pub text: String,
}

/// The texts of one request as one; rows of one lesson stand together. Of several lessons about a request the last
/// one says what it is.
pub fn put_together(rows: &[LessonTextRow]) -> Result<Vec<(Label, String)>, StoreError> {
    let lessons: Vec<&[LessonTextRow]> = rows.chunk_by(|a, b| a.lesson == b.lesson).collect();
    let is_last = |place: usize, request: &str| lessons[place + 1..].iter().all(|l| l[0].request != request);
    lessons
        .iter()
        .enumerate()
        .filter(|(place, rows)| is_last(*place, &rows[0].request))
        .map(|(_, rows)| {
            let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
            Ok((label(&rows[0].label)?, texts.join("\n")))
        })
        .collect()
}

#[derive(FromRow)]
pub struct LearntRow {
    pub week: String,
    pub state: Vec<u8>,
}

impl LearntRow {
    pub fn learnt(self) -> Result<Learnt, StoreError> {
        Ok(Learnt { week: week(&self.week)?, state: self.state })
    }
}

pub fn week(text: &str) -> Result<Week, StoreError> {
    Week::parse(text).ok_or_else(|| unreadable("a week that does not begin on a Monday"))
}
