//! The troubles' part of the store over one database; compiled once for each, like `adapter.rs`.

use async_trait::async_trait;
use sqlx::Transaction;

use super::super::Db;
use super::SqlStore;
use crate::domain::ids::{ChannelId, CommunityId};
use crate::domain::label::Route;
use crate::domain::notice::Notice;
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::store::rows::moment;
use crate::store::sql::troubles as sql;
use crate::store::{StoreError, Trouble, TroubleStore, encode};

impl SqlStore {
    /// Nothing can be posted in a channel. The administrator is told by whoever notices it first, and by nobody else
    /// before something was posted there again.
    pub(super) async fn trouble_in(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        channel: &ChannelId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let begun = sqlx::query(sql::BEGIN)
            .bind(community.as_str())
            .bind(channel.as_str())
            .bind(reason)
            .bind(now.as_millisecond())
            .execute(&mut **tx)
            .await?;
        if begun.rows_affected() == 0 {
            return Ok(());
        }
        let told_at = moment(now.as_millisecond())?;
        self.put_notices(tx, community, None, &[Notice::Trouble { told_at }], now).await
    }
}

/// Something was posted in a channel.
pub(super) async fn all_is_well(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    channel: &ChannelId,
) -> Result<(), StoreError> {
    sqlx::query(sql::END).bind(community.as_str()).bind(channel.as_str()).execute(&mut **tx).await?;
    Ok(())
}

/// What is wrong with a channel in which employees read no more concerns nobody.
pub(super) async fn left_behind(tx: &mut Transaction<'_, Db>, settings: &Settings) -> Result<(), StoreError> {
    let community = &settings.community.id;
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as(sql::ALL).bind(community.as_str()).fetch_all(&mut **tx).await?;
    for (channel, _, _) in rows {
        let channel = ChannelId::new(channel);
        if !settings.employees_read(&channel) {
            all_is_well(tx, community, &channel).await?;
        }
    }
    Ok(())
}

#[async_trait]
impl TroubleStore for SqlStore {
    async fn troubles(&self, community: &CommunityId) -> Result<Vec<Trouble>, StoreError> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as(sql::ALL).bind(community.as_str()).fetch_all(&self.read).await?;
        rows.into_iter()
            .map(|(channel, reason, told_at)| {
                Ok(Trouble { channel: ChannelId::new(channel), reason, told_at: moment(told_at)? })
            })
            .collect()
    }

    async fn cards_waiting(&self, community: &CommunityId, route: Route) -> Result<usize, StoreError> {
        let card = Notice::PostCard { route };
        let count: i64 = sqlx::query_scalar(sql::CARDS_WAITING)
            .bind(community.as_str())
            .bind(format!("{community}:{}", card.lane(None)))
            .bind(encode(&card)?)
            .fetch_one(&self.read)
            .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}
