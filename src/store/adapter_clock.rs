//! The clock's part of the store over one database; compiled once for each, like `adapter.rs`.

use async_trait::async_trait;
use sqlx::{FromRow, QueryBuilder, Transaction};

use super::super::Db;
use super::{SqlStore, claims};
use crate::domain::ids::{CommunityId, RequestId};
use crate::domain::request::{Deadline, Request};
use crate::domain::time::Timestamp;
use crate::store::rows::{AwaitingRow, moment};
use crate::store::sql::clock as sql;
use crate::store::{Awaiting, ClockStore, DueDeadline, StoreError};

/// What falls due for a request, in place of what was to fall due before.
pub(super) async fn put_deadlines(
    tx: &mut Transaction<'_, Db>,
    request: &Request,
    deadlines: &[(Deadline, Timestamp)],
) -> Result<(), StoreError> {
    let (community, id) = (request.community.as_str(), request.id.as_str());
    if request.version > 0 {
        sqlx::query(sql::CLEAR_DEADLINES).bind(community).bind(id).execute(&mut **tx).await?;
    }
    if deadlines.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Db>::new(sql::INSERT_DEADLINES);
    query.push_values(deadlines, |mut row, (deadline, due_at)| {
        row.push_bind(community)
            .push_bind(id)
            .push_bind(deadline.as_str())
            .push_bind(due_at.as_millisecond());
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}

/// So many rows after this one, by opening and then by id.
async fn page<T>(
    store: &SqlStore,
    statement: &'static str,
    community: &CommunityId,
    after: Option<&(Timestamp, RequestId)>,
    limit: u32,
) -> Result<Vec<T>, StoreError>
where
    T: Send + Unpin + for<'r> FromRow<'r, <Db as sqlx::Database>::Row>,
{
    let page = sqlx::query_as(statement)
        .bind(community.as_str())
        .bind(after.map_or(i64::MIN, |(opened_at, _)| opened_at.as_millisecond()))
        .bind(after.map_or("", |(_, id)| id.as_str()))
        .bind(i64::from(limit));
    Ok(page.fetch_all(&store.read).await?)
}

#[async_trait]
impl ClockStore for SqlStore {
    async fn communities_due(&self, now: Timestamp) -> Result<Vec<CommunityId>, StoreError> {
        let due: Vec<String> =
            sqlx::query_scalar(sql::COMMUNITIES_DUE).bind(now.as_millisecond()).fetch_all(&self.read).await?;
        Ok(due.into_iter().map(CommunityId::new).collect())
    }

    async fn may_have_unread_answers(&self, community: &CommunityId) -> Result<bool, StoreError> {
        let unread: i64 = sqlx::query_scalar(sql::COUNT_UNREAD_ANSWERS)
            .bind(community.as_str())
            .fetch_one(&self.read)
            .await?;
        Ok(unread > 0)
    }

    async fn due_deadlines(
        &self,
        community: &CommunityId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDeadline>, StoreError> {
        claims::deadlines(self, community, now, limit).await
    }

    async fn next_deadline(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> =
            sqlx::query_scalar(sql::NEXT_DEADLINE).bind(now.as_millisecond()).fetch_one(&self.read).await?;
        next.map(moment).transpose()
    }

    async fn postpone(&self, due: &DueDeadline, until: Timestamp) -> Result<(), StoreError> {
        sqlx::query(sql::POSTPONE_DEADLINE)
            .bind(due.community.as_str())
            .bind(due.request.as_str())
            .bind(due.deadline.as_str())
            .bind(until.as_millisecond())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn awaiting(
        &self,
        community: &CommunityId,
        after: Option<&(Timestamp, RequestId)>,
        limit: u32,
    ) -> Result<Vec<(Timestamp, RequestId)>, StoreError> {
        let rows: Vec<(i64, String)> = page(self, sql::AWAITING, community, after, limit).await?;
        rows.into_iter().map(|(opened_at, id)| Ok((moment(opened_at)?, RequestId::new(id)))).collect()
    }

    async fn awaiting_with_times(
        &self,
        community: &CommunityId,
        after: Option<&(Timestamp, RequestId)>,
        limit: u32,
    ) -> Result<Vec<Awaiting>, StoreError> {
        let rows = page(self, sql::AWAITING_WITH_TIMES, community, after, limit).await?;
        rows.into_iter().map(AwaitingRow::awaiting).collect()
    }

    async fn reschedule(
        &self,
        request: &Request,
        deadlines: &[(Deadline, Timestamp)],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let same = sqlx::query(sql::SAME_VERSION)
            .bind(request.community.as_str())
            .bind(request.id.as_str())
            .bind(request.version)
            .execute(&mut *tx)
            .await?;
        if same.rows_affected() == 0 {
            return Err(StoreError::Conflict);
        }
        put_deadlines(&mut tx, request, deadlines).await?;
        Ok(tx.commit().await?)
    }

    async fn drop_deadlines(&self, community: &CommunityId, request: &RequestId) -> Result<(), StoreError> {
        sqlx::query(sql::CLEAR_DEADLINES)
            .bind(community.as_str())
            .bind(request.as_str())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn untimed(&self, limit: u32) -> Result<Vec<(CommunityId, i64)>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as(sql::UNTIMED).bind(i64::from(limit)).fetch_all(&self.read).await?;
        Ok(rows.into_iter().map(|(id, version)| (CommunityId::new(id), version)).collect())
    }

    async fn timed(&self, community: &CommunityId, version: i64) -> Result<(), StoreError> {
        sqlx::query(sql::TIMED).bind(community.as_str()).bind(version).execute(&self.write).await?;
        Ok(())
    }
}
