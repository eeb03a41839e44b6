//! Claims over one database: what a process takes to do, keeps, and gives back.

use async_trait::async_trait;

use super::super::claims as sql;
use super::{SqlStore, encode_word};
use crate::domain::ids::CommunityId;
use crate::domain::notice::QueuedNotice;
use crate::domain::settings::Platform;
use crate::domain::time::{Span, Timestamp};
use crate::store::claims::{ClaimStore, NOTICE_LEASE, WORK_LEASE, until};
use crate::store::rows::{DeadlineRow, NoticeRow, PendingRow};
use crate::store::sql::claims::{GIVE_NOTICE_BACK, HOLD_NOTICE, LEAVE, PENDING, TAKE_TURNS, VOID_CLAIMS};
use crate::store::{DueDeadline, InboxItem, StoreError};

/// What of a turn may have passed before it is made longer.
const HALF_A_TURN: Span = Span::milliseconds(WORK_LEASE.as_milliseconds() / 2);

/// Takes the first due notice of each lane that is free, oldest first.
pub(super) async fn notices(
    store: &SqlStore,
    now: Timestamp,
    limit: u32,
    platforms: &[Platform],
) -> Result<Vec<QueuedNotice>, StoreError> {
    let mut ours = String::from(",");
    for platform in platforms {
        ours += &encode_word(platform)?;
        ours += ",";
    }
    let rows: Vec<NoticeRow> = sqlx::query_as(sql::CLAIM_NOTICES)
        .bind(now.as_millisecond())
        .bind(i64::from(limit))
        .bind(store.claimant.as_str())
        .bind(until(now, NOTICE_LEASE))
        .bind(ours)
        .fetch_all(&store.write)
        .await?;
    let mut notices = rows.into_iter().map(NoticeRow::notice).collect::<Result<Vec<_>, _>>()?;
    notices.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    Ok(notices)
}

/// Takes what has fallen due, longest ago first.
pub(super) async fn deadlines(
    store: &SqlStore,
    community: &CommunityId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<DueDeadline>, StoreError> {
    let rows: Vec<DeadlineRow> = sqlx::query_as(sql::CLAIM_DEADLINES)
        .bind(now.as_millisecond())
        .bind(i64::from(limit))
        .bind(store.claimant.as_str())
        .bind(until(now, WORK_LEASE))
        .bind(community.as_str())
        .fetch_all(&store.write)
        .await?;
    let mut due = rows.into_iter().map(DeadlineRow::due).collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|due| due.due_at);
    Ok(due)
}

/// What was heard in the communities whose turn is this store's, oldest first.
pub(super) async fn pending(
    store: &SqlStore,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<InboxItem>, StoreError> {
    let limit = i64::from(limit);
    sqlx::query(TAKE_TURNS)
        .bind(now.as_millisecond())
        .bind(store.claimant.as_str())
        .bind(until(now, WORK_LEASE))
        .bind(until(now, HALF_A_TURN))
        .bind(limit)
        .execute(&store.write)
        .await?;
    let rows: Vec<PendingRow> = sqlx::query_as(PENDING)
        .bind(store.claimant.as_str())
        .bind(now.as_millisecond())
        .bind(limit)
        .fetch_all(&store.read)
        .await?;
    rows.into_iter().map(PendingRow::item).collect()
}

#[async_trait]
impl ClaimStore for SqlStore {
    async fn hold(&self, notice: &QueuedNotice, until: Timestamp) -> Result<bool, StoreError> {
        let held = sqlx::query(HOLD_NOTICE)
            .bind(notice.community.as_str())
            .bind(notice.id.as_str())
            .bind(self.claimant.as_str())
            .bind(until.as_millisecond())
            .execute(&self.write)
            .await?;
        Ok(held.rows_affected() > 0)
    }

    async fn give_back(&self, notice: &QueuedNotice) -> Result<(), StoreError> {
        sqlx::query(GIVE_NOTICE_BACK)
            .bind(notice.community.as_str())
            .bind(notice.id.as_str())
            .bind(self.claimant.as_str())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn leave(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for statement in LEAVE {
            sqlx::query(statement).bind(self.claimant.as_str()).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn void_claims(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for statement in VOID_CLAIMS {
            sqlx::query(statement).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}
