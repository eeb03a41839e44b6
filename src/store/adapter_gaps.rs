//! The gaps' part of the store over one database; compiled once for each, like `adapter.rs`.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{FromRow, QueryBuilder, Transaction};

use super::super::Db;
use super::requests::push_list;
use super::{DELETED, POSTED, SqlStore, receive};
use crate::domain::gap::{Bound, Gap, Missed, Start};
use crate::domain::ids::{ChannelId, CommunityId, MessageId};
use crate::domain::notice::Notice;
use crate::domain::settings::{Settings, Watch};
use crate::domain::time::Timestamp;
use crate::store::rows::moment;
use crate::store::sql::gaps as sql;
use crate::store::{GapStore, Incoming, LastWord, StoreError};

/// How many messages are looked up at a time.
const LOOKED_UP: usize = 500;

#[derive(FromRow)]
struct GapRow {
    channel: String,
    after: Option<String>,
    is_owed: i64,
    reason: Option<String>,
    noticed_at: i64,
}

impl GapRow {
    fn gap(self) -> Result<Gap, StoreError> {
        let start = match self.after {
            Some(after) => Start::After(MessageId::new(after)),
            None => Start::Watched(moment(self.noticed_at)?),
        };
        let channel = ChannelId::new(self.channel);
        let noticed_at = moment(self.noticed_at)?;
        Ok(Gap { channel, start, is_owed: self.is_owed == 1, reason: self.reason, noticed_at })
    }
}

#[derive(FromRow)]
struct MissedRow {
    channel: String,
    from_at: i64,
    to_at: i64,
    bound: String,
}

impl MissedRow {
    fn missed(self) -> Result<Missed, StoreError> {
        let unreadable = || StoreError::Unreadable(format!("`{}` is no limit", self.bound));
        Ok(Missed {
            channel: ChannelId::new(self.channel),
            from: moment(self.from_at)?,
            to: moment(self.to_at)?,
            bound: Bound::parse(&self.bound).ok_or_else(unreadable)?,
        })
    }
}

/// Keeps from when on a channel is watched that was not, and forgets those that are watched no more.
pub(super) async fn watch(
    tx: &mut Transaction<'_, Db>,
    before: &[Watch],
    settings: &Settings,
    now: Timestamp,
) -> Result<(), StoreError> {
    let community = settings.community.id.as_str();
    for gone in before.iter().filter(|watch| settings.watch(&watch.channel).is_none()) {
        sqlx::query(sql::FORGET_GAP).bind(community).bind(gone.channel.as_str()).execute(&mut **tx).await?;
    }
    let is_new = |watch: &&Watch| before.iter().all(|before| before.channel != watch.channel);
    for new in settings.watches.iter().filter(is_new) {
        sqlx::query(sql::BEGIN_WATCH)
            .bind(community)
            .bind(new.channel.as_str())
            .bind(now.as_millisecond())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

#[async_trait]
impl GapStore for SqlStore {
    async fn last_seen(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
    ) -> Result<Option<MessageId>, StoreError> {
        let message: Option<String> = sqlx::query_scalar(sql::LAST_SEEN)
            .bind(community.as_str())
            .bind(channel.as_str())
            .fetch_optional(&self.read)
            .await?;
        Ok(message.map(MessageId::new))
    }

    async fn last_words(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        messages: &[MessageId],
    ) -> Result<HashMap<MessageId, LastWord>, StoreError> {
        let mut known = HashMap::with_capacity(messages.len());
        for some in messages.chunks(LOOKED_UP) {
            let mut query = QueryBuilder::<Db>::new(sql::SELECT_LAST_WORDS);
            query.push_bind(community.as_str()).push(" and channel = ").push_bind(channel.as_str());
            query.push(" and message in (");
            let is_kept = push_list(&mut query, some.iter().map(MessageId::as_str));
            query.push(") group by message");
            let rows: Vec<(String, i64)> =
                query.build_query_as().persistent(is_kept).fetch_all(&self.read).await?;
            for (message, revision) in rows {
                let word = match revision {
                    POSTED => LastWord::Posted,
                    DELETED => LastWord::Deleted,
                    at => LastWord::Edited(moment(at)?),
                };
                known.insert(MessageId::new(message), word);
            }
        }
        Ok(known)
    }

    async fn receive_all(
        &self,
        heard: &[(String, Incoming)],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        let mut tx = self.begin().await?;
        let mut is_new = Vec::with_capacity(heard.len());
        for (id, incoming) in heard {
            is_new.push(receive(&mut *tx, id, incoming, now).await?);
        }
        tx.commit().await?;
        Ok(is_new)
    }

    async fn gaps(&self, community: &CommunityId) -> Result<Vec<Gap>, StoreError> {
        let rows: Vec<GapRow> =
            sqlx::query_as(sql::GAPS).bind(community.as_str()).fetch_all(&self.read).await?;
        rows.into_iter().map(GapRow::gap).collect()
    }

    async fn open_gaps(
        &self,
        community: &CommunityId,
        starts: &[(ChannelId, MessageId)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (channel, after) in starts {
            sqlx::query(sql::OPEN_GAP)
                .bind(community.as_str())
                .bind(channel.as_str())
                .bind(after.as_str())
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn gap_stays(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        reason: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(sql::GAP_REASON)
            .bind(community.as_str())
            .bind(channel.as_str())
            .bind(reason)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn close_gap(&self, community: &CommunityId, gap: &Gap) -> Result<(), StoreError> {
        sqlx::query(sql::CLOSE_GAP)
            .bind(community.as_str())
            .bind(gap.channel.as_str())
            .bind(gap.noticed_at.as_millisecond())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn unsettled(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        requests: Timestamp,
        remarks: Timestamp,
    ) -> Result<Vec<(ChannelId, MessageId)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(sql::UNSETTLED)
            .bind(community.as_str())
            .bind(channel.as_str())
            .bind(requests.as_millisecond())
            .bind(remarks.as_millisecond())
            .fetch_all(&self.read)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(place, message)| (ChannelId::new(place), MessageId::new(message)))
            .collect())
    }

    async fn may_be_answered(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let waits: Option<String> = sqlx::query_scalar(sql::MAY_BE_ANSWERED)
            .bind(community.as_str())
            .bind(channel.as_str())
            .bind(since.as_millisecond())
            .fetch_optional(&self.read)
            .await?;
        Ok(waits.is_some())
    }

    async fn note_missed(&self, community: &CommunityId, missed: &Missed) -> Result<(), StoreError> {
        sqlx::query(sql::NOTE_MISSED)
            .bind(community.as_str())
            .bind(missed.channel.as_str())
            .bind(missed.from.as_millisecond())
            .bind(missed.to.as_millisecond())
            .bind(missed.bound.as_str())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn tell_missed(
        &self,
        community: &CommunityId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(sql::FORGET_MISSED)
            .bind(community.as_str())
            .bind(until.as_millisecond())
            .execute(&mut *tx)
            .await?;
        let told = sqlx::query(sql::TELL_MISSED)
            .bind(community.as_str())
            .bind(now.as_millisecond())
            .execute(&mut *tx)
            .await?;
        let is_new = told.rows_affected() > 0;
        if is_new {
            let notice = Notice::Missed { told_at: moment(now.as_millisecond())? };
            self.put_notices(&mut tx, community, None, &[notice], now).await?;
        }
        tx.commit().await?;
        Ok(is_new)
    }

    async fn missed(&self, community: &CommunityId, told_at: Timestamp) -> Result<Vec<Missed>, StoreError> {
        let rows: Vec<MissedRow> = sqlx::query_as(sql::MISSED)
            .bind(community.as_str())
            .bind(told_at.as_millisecond())
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(MissedRow::missed).collect()
    }

    async fn missed_since(
        &self,
        community: &CommunityId,
        since: Timestamp,
    ) -> Result<Vec<Missed>, StoreError> {
        let rows: Vec<MissedRow> = sqlx::query_as(sql::MISSED_SINCE)
            .bind(community.as_str())
            .bind(since.as_millisecond())
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(MissedRow::missed).collect()
    }
}
