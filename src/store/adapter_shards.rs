//! Shards over one database; compiled once for each, like `adapter.rs`.

use async_trait::async_trait;

use super::super::shards as take;
use super::SqlStore;
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::claims::until;
use crate::store::shards::{SHARD_LEASE, SHARD_PACE, ShardStore};
use crate::store::sql::shards as sql;

#[async_trait]
impl ShardStore for SqlStore {
    async fn shard_total(&self, now: Timestamp) -> Result<Option<u32>, StoreError> {
        let total: Option<i64> =
            sqlx::query_scalar(sql::LIVE_TOTAL).bind(now.as_millisecond()).fetch_one(&self.read).await?;
        Ok(total.and_then(|total| u32::try_from(total).ok()))
    }

    async fn share_shards(&self, total: u32, now: Timestamp) -> Result<Vec<u32>, StoreError> {
        let (me, all, lease) = (self.claimant.as_str(), i64::from(total), until(now, SHARD_LEASE));
        let now = now.as_millisecond();
        let mut tx = self.begin().await?;
        sqlx::query(sql::LAY_OUT).bind(all).execute(&mut *tx).await?;
        sqlx::query(take::TAKE_TURNS).bind(all).execute(&mut *tx).await?;
        sqlx::query(sql::FORGET_THE_LATE).bind(now).execute(&mut *tx).await?;
        sqlx::query(sql::ATTEND).bind(me).bind(lease).execute(&mut *tx).await?;
        let attending: i64 = sqlx::query_scalar(sql::ATTENDING).fetch_one(&mut *tx).await?;
        let mut own: Vec<i64> =
            sqlx::query_scalar(sql::KEEP).bind(all).bind(me).bind(lease).fetch_all(&mut *tx).await?;
        own.sort_unstable();
        let share = usize::try_from((all + attending - 1) / attending.max(1)).unwrap_or(usize::MAX);
        if own.len() < share {
            let taken: Option<i64> = sqlx::query_scalar(take::TAKE)
                .bind(all)
                .bind(me)
                .bind(lease)
                .bind(now)
                .bind(now - SHARD_PACE.as_milliseconds())
                .fetch_optional(&mut *tx)
                .await?;
            own.extend(taken);
        }
        for shard in own.split_off(own.len().min(share)) {
            sqlx::query(sql::GIVE_BACK).bind(all).bind(me).bind(shard).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        own.sort_unstable();
        Ok(own.into_iter().filter_map(|shard| u32::try_from(shard).ok()).collect())
    }
}
