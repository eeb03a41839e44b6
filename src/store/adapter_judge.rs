//! The judge's half of the store over one database; compiled once for each, like `adapter.rs`.

use async_trait::async_trait;
use sqlx::Transaction;

use super::super::Db;
use super::SqlStore;
use crate::domain::ids::{CommunityId, MessageId, UserId};
use crate::domain::judgement::{Judged, JudgedState, Zone};
use crate::domain::label::{Label, Route};
use crate::domain::lesson::{Lesson, Week};
use crate::domain::time::Timestamp;
use crate::store::judge::{
    Audit, Draw, InReview, JudgeStore, JudgedMessage, Learnt, Readings, Settled, Taught, ZoneCounts,
};
use crate::store::rows::judge::{JudgedRow, LearntRow, LessonRow, LessonTextRow, put_together, week};
use crate::store::rows::moment;
use crate::store::{StoreError, encode, sql::judge as sql};

/// For so many weeks it can be gone back to what was known at their end.
const WEEKS_KEPT: i64 = 9;

/// Keeps a message that opened no request.
pub(super) async fn put_judged(tx: &mut Transaction<'_, Db>, judged: &Judged) -> Result<(), StoreError> {
    sqlx::query(sql::PUT_JUDGED)
        .bind(judged.community.as_str())
        .bind(judged.message.as_str())
        .bind(judged.channel.as_str())
        .bind(judged.thread.as_ref().map(crate::domain::ids::ChannelId::as_str))
        .bind(judged.author.as_str())
        .bind(judged.at.as_millisecond())
        .bind(judged.judgement.zone.as_str())
        .bind(judged.judgement.route.as_str())
        .bind(encode(&judged.judgement)?)
        .bind(lot(&judged.message))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps what became of a message. Of two people who say what it is at the same moment one is heard; the other's whole
/// decision is not stored.
pub(super) async fn settle(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    settled: &Settled,
) -> Result<(), StoreError> {
    let moved = sqlx::query(sql::SETTLE)
        .bind(community.as_str())
        .bind(settled.message.as_str())
        .bind(settled.state.as_str())
        .bind(settled.label.map(Label::as_str))
        .bind(settled.by.as_ref().map(UserId::as_str))
        .bind(settled.at.as_millisecond())
        .execute(&mut **tx)
        .await?;
    let is_said = settled.state == JudgedState::Settled;
    if is_said && moved.rows_affected() == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Keeps a lesson and what is known after it.
pub(super) async fn teach(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    id: &str,
    taught: &Taught,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Taught { lesson, state, learnt } = taught;
    let moved =
        sqlx::query(sql::NEXT_LEARNT).bind(community.as_str()).bind(learnt).execute(&mut **tx).await?;
    if moved.rows_affected() == 0 {
        return Err(StoreError::Conflict);
    }
    sqlx::query(sql::INSERT_LESSON)
        .bind(community.as_str())
        .bind(id)
        .bind(lesson.message.as_str())
        .bind(lesson.request.as_ref().map(crate::domain::ids::RequestId::as_str))
        .bind(lesson.at.as_millisecond())
        .bind(lesson.by.as_str())
        .bind(lesson.source.as_str())
        .bind(lesson.zone.as_str())
        .bind(lesson.label.as_str())
        .bind(lesson.decided.as_str())
        .bind(lesson.shared.map(Label::as_str))
        .bind(lesson.own.map(Label::as_str))
        .bind(lesson.week.to_string())
        .execute(&mut **tx)
        .await?;
    sqlx::query(sql::PUT_LEARNT)
        .bind(community.as_str())
        .bind(lesson.week.to_string())
        .bind(state.as_slice())
        .bind(now.as_millisecond())
        .execute(&mut **tx)
        .await?;
    sqlx::query(sql::FORGET_OLD_LEARNT)
        .bind(community.as_str())
        .bind(lesson.week.before(WEEKS_KEPT).to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// FNV-1a over 63 bits.
fn lot(message: &MessageId) -> i64 {
    let hash = message.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // One more stir: ids of one day differ in their last digits alone, and the hash's upper bits are the weaker.
    i64::try_from((hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1).unwrap_or(0)
}

#[async_trait]
impl JudgeStore for SqlStore {
    async fn judged(
        &self,
        community: &CommunityId,
        message: &MessageId,
    ) -> Result<Option<JudgedMessage>, StoreError> {
        let row: Option<JudgedRow> = sqlx::query_as(sql::JUDGED)
            .bind(community.as_str())
            .bind(message.as_str())
            .fetch_optional(&self.read)
            .await?;
        row.map(JudgedRow::message).transpose()
    }

    async fn in_review(
        &self,
        community: &CommunityId,
        route: Route,
        since: Timestamp,
        limit: u32,
    ) -> Result<InReview, StoreError> {
        let rows: Vec<JudgedRow> = sqlx::query_as(sql::IN_REVIEW)
            .bind(community.as_str())
            .bind(route.as_str())
            .bind(since.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        let count: i64 = sqlx::query_scalar(sql::COUNT_IN_REVIEW)
            .bind(community.as_str())
            .bind(route.as_str())
            .bind(since.as_millisecond())
            .fetch_one(&self.read)
            .await?;
        let oldest =
            rows.into_iter().map(|row| Ok(row.message()?.judged)).collect::<Result<_, StoreError>>()?;
        Ok(InReview { oldest, count: usize::try_from(count).unwrap_or(0) })
    }

    async fn zone_counts(
        &self,
        community: &CommunityId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<ZoneCounts, StoreError> {
        let pinged: i64 = sqlx::query_scalar(sql::COUNT_PINGED)
            .bind(community.as_str())
            .bind(from.as_millisecond())
            .bind(to.as_millisecond())
            .fetch_one(&self.read)
            .await?;
        let mut counts = [0_i64; 2];
        for (count, zone) in counts.iter_mut().zip([Zone::Review, Zone::Quiet]) {
            *count = sqlx::query_scalar(sql::COUNT_ZONE)
                .bind(community.as_str())
                .bind(zone.as_str())
                .bind(from.as_millisecond())
                .bind(to.as_millisecond())
                .fetch_one(&self.read)
                .await?;
        }
        let [ping, review, quiet] = [pinged, counts[0], counts[1]].map(|n| u64::try_from(n).unwrap_or(0));
        Ok(ZoneCounts { ping, review, quiet })
    }

    async fn lessons(&self, community: &CommunityId, from: Timestamp) -> Result<Vec<Lesson>, StoreError> {
        let rows: Vec<LessonRow> = sqlx::query_as(sql::LESSONS)
            .bind(community.as_str())
            .bind(from.as_millisecond())
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(LessonRow::lesson).collect()
    }

    async fn lesson_texts(
        &self,
        community: &CommunityId,
        limit: u32,
    ) -> Result<Vec<(Label, String)>, StoreError> {
        let rows: Vec<LessonTextRow> = sqlx::query_as(sql::LESSON_TEXTS)
            .bind(community.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        put_together(&rows)
    }

    async fn learnt(&self, community: &CommunityId) -> Result<Option<Learnt>, StoreError> {
        let row: Option<LearntRow> =
            sqlx::query_as(sql::LEARNT).bind(community.as_str()).fetch_optional(&self.read).await?;
        row.map(LearntRow::learnt).transpose()
    }

    async fn undo_learning(&self, community: &CommunityId, week_: Week) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let undone = sqlx::query(sql::UNDO_LESSONS)
            .bind(community.as_str())
            .bind(week_.to_string())
            .execute(&mut *tx)
            .await?;
        sqlx::query(sql::UNDO_LEARNT)
            .bind(community.as_str())
            .bind(week_.to_string())
            .execute(&mut *tx)
            .await?;
        sqlx::query(sql::BUMP_LEARNT).bind(community.as_str()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(undone.rows_affected())
    }

    async fn audits_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CommunityId, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql::AUDITS_DUE)
            .bind(now.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(|(id, at)| Ok((CommunityId::new(id), moment(at)?))).collect()
    }

    async fn draw_audit(
        &self,
        community: &CommunityId,
        draw: &Draw,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let Draw { week, period: (from, to), size, next, notice, digest } = draw;
        let mut tx = self.begin().await?;
        sqlx::query(sql::NEXT_AUDIT)
            .bind(community.as_str())
            .bind(next.as_millisecond())
            .execute(&mut *tx)
            .await?;
        let is_new = sqlx::query(sql::INSERT_AUDIT)
            .bind(community.as_str())
            .bind(week.to_string())
            .bind(now.as_millisecond())
            .bind(from.as_millisecond())
            .bind(to.as_millisecond())
            .execute(&mut *tx)
            .await?
            .rows_affected()
            > 0;
        let mut drawn = 0;
        if is_new {
            drawn = sqlx::query(sql::DRAW_AUDIT)
                .bind(community.as_str())
                .bind(week.to_string())
                .bind(from.as_millisecond())
                .bind(to.as_millisecond())
                .bind(i64::from(*size))
                .execute(&mut *tx)
                .await?
                .rows_affected();
            sqlx::query(sql::AUDIT_DRAWN)
                .bind(community.as_str())
                .bind(week.to_string())
                .bind(i64::try_from(drawn).unwrap_or(0))
                .execute(&mut *tx)
                .await?;
        }
        if is_new {
            self.put_notices(&mut tx, community, None, digest.as_slice(), now).await?;
        }
        if drawn > 0 {
            self.put_notices(&mut tx, community, None, notice.as_slice(), now).await?;
        }
        tx.commit().await?;
        Ok(drawn)
    }

    async fn last_audit(&self, community: &CommunityId) -> Result<Option<Audit>, StoreError> {
        let found: Option<(String, i64)> =
            sqlx::query_as(sql::LAST_AUDIT).bind(community.as_str()).fetch_optional(&self.read).await?;
        let Some((text, drawn_from)) = found else { return Ok(None) };
        let rows: Vec<JudgedRow> = sqlx::query_as(sql::DRAWN)
            .bind(community.as_str())
            .bind(text.as_str())
            .fetch_all(&self.read)
            .await?;
        let drawn = rows.into_iter().map(JudgedRow::message).collect::<Result<_, _>>()?;
        let drawn_from = u64::try_from(drawn_from).unwrap_or(0);
        Ok(Some(Audit { week: week(&text)?, drawn_from, drawn }))
    }

    async fn take_reading(
        &self,
        community: &CommunityId,
        day: &str,
        budget: u32,
    ) -> Result<bool, StoreError> {
        if budget == 0 {
            return Ok(false);
        }
        let taken = sqlx::query(sql::TAKE_READING)
            .bind(community.as_str())
            .bind(day)
            .bind(i64::from(budget))
            .execute(&self.write)
            .await?;
        Ok(taken.rows_affected() > 0)
    }

    async fn reading_unanswered(&self, community: &CommunityId, day: &str) -> Result<(), StoreError> {
        sqlx::query(sql::READING_UNANSWERED).bind(community.as_str()).bind(day).execute(&self.write).await?;
        Ok(())
    }

    async fn readings(&self, community: &CommunityId, from: &str) -> Result<Readings, StoreError> {
        let (asked, unanswered): (i64, i64) =
            sqlx::query_as(sql::READINGS).bind(community.as_str()).bind(from).fetch_one(&self.read).await?;
        let [asked, unanswered] = [asked, unanswered].map(|n| u64::try_from(n).unwrap_or(0));
        Ok(Readings { asked, unanswered })
    }
}
