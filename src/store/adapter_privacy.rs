//! What is erased, over one database; compiled once for each, like `adapter.rs`.
//!
//! A request is loaded, changed by the domain and written back under its version, so that a change under way that
//! still holds the old text is refused and decided anew.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::{QueryBuilder, Transaction};

use super::super::{Db, SCRUB};
use super::requests::{put_messages, put_request};
use super::{SqlStore, forget};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RequestId, UserId};
use crate::domain::judgement::Zone;
use crate::domain::notice::Notice;
use crate::domain::request::Request;
use crate::domain::time::Timestamp;
use crate::store::privacy::{Bounds, Erased, Forgotten, Kept, KeptText, PrivacyStore};
use crate::store::rows::privacy::{CardToRedraw, KeptTextRow};
use crate::store::rows::{MessageRow, RequestRow, moment, route};
use crate::store::{StoreError, sql, sql::privacy};

/// Stands for whoever taught a lesson that is older than such things are kept.
const NOBODY: &str = "erased";

#[async_trait]
impl PrivacyStore for SqlStore {
    async fn erasures_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CommunityId, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(privacy::ERASURES_DUE)
            .bind(now.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(|(id, at)| Ok((CommunityId::new(id), moment(at)?))).collect()
    }

    async fn next_erasure(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = sqlx::query_scalar(privacy::NEXT_ERASURE)
            .bind(now.as_millisecond())
            .fetch_one(&self.read)
            .await?;
        next.map(moment).transpose()
    }

    async fn move_erasure(
        &self,
        community: &CommunityId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<bool, StoreError> {
        let moved = sqlx::query(privacy::MOVE_ERASURE)
            .bind(community.as_str())
            .bind(from.as_millisecond())
            .bind(to.as_millisecond())
            .execute(&self.write)
            .await?;
        Ok(moved.rows_affected() > 0)
    }

    async fn oldest_text(&self, community: &CommunityId) -> Result<Option<Timestamp>, StoreError> {
        let oldest: Option<i64> =
            sqlx::query_scalar(privacy::OLDEST_TEXT).bind(community.as_str()).fetch_one(&self.read).await?;
        oldest.map(moment).transpose()
    }

    async fn texts_in(
        &self,
        community: &CommunityId,
        place: &ChannelId,
    ) -> Result<Vec<MessageId>, StoreError> {
        let messages: Vec<String> = sqlx::query_scalar(privacy::TEXTS_IN)
            .bind(community.as_str())
            .bind(place.as_str())
            .fetch_all(&self.read)
            .await?;
        Ok(messages.into_iter().map(MessageId::new).collect())
    }

    async fn texts_before(
        &self,
        community: &CommunityId,
        before: Timestamp,
    ) -> Result<Vec<KeptText>, StoreError> {
        let rows: Vec<KeptTextRow> = sqlx::query_as(privacy::TEXTS_BEFORE)
            .bind(community.as_str())
            .bind(before.as_millisecond())
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(KeptText::try_from).collect()
    }

    async fn erase_texts(
        &self,
        community: &CommunityId,
        before: Timestamp,
        limit: u32,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let old: Vec<String> = sqlx::query_scalar(privacy::OLD_TEXTS)
            .bind(community.as_str())
            .bind(before.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        if old.is_empty() {
            return Ok(Erased::default());
        }
        let has_more = old.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let mut count = 0;
        let mut tx = self.begin().await?;
        for id in old.into_iter().collect::<BTreeSet<String>>() {
            let Some(mut request) = load(&mut tx, community, &id).await? else { continue };
            let erased = request.erase_texts(before);
            if erased > 0 && put_erased(&mut tx, &request).await? {
                self.redraw(&mut tx, &request, now).await?;
                count += as_count(erased);
            }
        }
        tx.commit().await?;
        Ok(Erased { count, has_more })
    }

    async fn prune(
        &self,
        community: &CommunityId,
        bounds: &Bounds,
        limit: u32,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let mut erased = Erased::default();
        let mut deleted = |rows: u64, is_limited: bool| {
            erased.count += rows;
            erased.has_more |= is_limited && rows >= u64::from(limit);
        };
        let (community, limit) = (community.as_str(), i64::from(limit));
        let channels: Vec<String> =
            sqlx::query_scalar(privacy::CHANNELS_HEARD).bind(community).fetch_all(&self.read).await?;
        for channel in channels {
            let heard = sqlx::query(privacy::PRUNE_INBOX)
                .bind(community)
                .bind(channel)
                .bind(bounds.heard.as_millisecond())
                .bind(limit);
            deleted(heard.execute(&self.write).await?.rows_affected(), true);
        }
        for zone in [Zone::Review, Zone::Quiet] {
            let judged = sqlx::query(privacy::PRUNE_JUDGEMENTS)
                .bind(community)
                .bind(zone.as_str())
                .bind(bounds.judgements.as_millisecond())
                .bind(limit);
            deleted(judged.execute(&self.write).await?.rows_affected(), true);
        }
        let sent =
            sqlx::query(privacy::PRUNE_OUTBOX).bind(community).bind(bounds.sent.as_millisecond()).bind(limit);
        deleted(sent.execute(&self.write).await?.rows_affected(), true);
        let pings = sqlx::query(privacy::PRUNE_PINGS).bind(community).bind(bounds.pings.as_millisecond());
        deleted(pings.execute(&self.write).await?.rows_affected(), false);
        let posts =
            sqlx::query(privacy::PRUNE_PLAYGROUND).bind(community).bind(bounds.texts.as_millisecond());
        deleted(posts.execute(&self.write).await?.rows_affected(), false);
        let teachers = sqlx::query(privacy::PRUNE_TEACHERS)
            .bind(community)
            .bind(bounds.judgements.as_millisecond())
            .bind(NOBODY);
        deleted(teachers.execute(&self.write).await?.rows_affected(), false);
        let unread = sqlx::query(privacy::DROP_UNREAD)
            .bind(community)
            .bind(bounds.texts.as_millisecond())
            .bind(now.as_millisecond());
        deleted(unread.execute(&self.write).await?.rows_affected(), false);
        Ok(erased)
    }

    async fn redraw_erased(
        &self,
        community: &CommunityId,
        limit: u32,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let cards: Vec<CardToRedraw> = sqlx::query_as(privacy::CARDS_TO_REDRAW)
            .bind(community.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        if cards.is_empty() {
            return Ok(Erased::default());
        }
        let count = as_count(cards.len());
        let mut tx = self.begin().await?;
        for CardToRedraw { request, notice, route: desk } in cards {
            sqlx::query(privacy::CARD_IS_REDRAWN)
                .bind(community.as_str())
                .bind(request.as_str())
                .bind(notice)
                .execute(&mut *tx)
                .await?;
            if let Some(request) = load(&mut tx, community, &request).await? {
                let edit = Notice::EditCard { route: route(&desk)? };
                self.put_notices(&mut tx, community, Some(&request), &[edit], now).await?;
            }
        }
        tx.commit().await?;
        Ok(Erased { count, has_more: count >= u64::from(limit) })
    }

    async fn kept_of(&self, community: &CommunityId, member: &UserId) -> Result<Kept, StoreError> {
        let (requests, oldest): (i64, Option<i64>) = sqlx::query_as(privacy::KEPT_REQUESTS)
            .bind(community.as_str())
            .bind(member.as_str())
            .fetch_one(&self.read)
            .await?;
        let (texts, oldest_text): (i64, Option<i64>) = sqlx::query_as(privacy::KEPT_TEXTS)
            .bind(community.as_str())
            .bind(member.as_str())
            .fetch_one(&self.read)
            .await?;
        Ok(Kept {
            requests: u64::try_from(requests).unwrap_or(0),
            texts: u64::try_from(texts).unwrap_or(0),
            oldest: oldest.map(moment).transpose()?,
            oldest_text: oldest_text.map(moment).transpose()?,
        })
    }

    async fn forget(
        &self,
        community: &CommunityId,
        person: &UserId,
        marker: &UserId,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        forget::forget(self, community, &forget::Replacement { person, marker }, now).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        if SCRUB.is_empty() {
            return Ok(());
        }
        let mut connection = self.write.acquire().await?;
        for statement in SCRUB {
            sqlx::query(*statement).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

impl SqlStore {
    /// Has the cards of a request drawn anew: those that stand there when their turn comes, the one that is on its way
    /// right behind it.
    pub(super) async fn redraw(
        &self,
        tx: &mut Transaction<'_, Db>,
        request: &Request,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (community, id) = (request.community.as_str(), request.id.as_str());
        sqlx::query(privacy::REDRAW_CARDS).bind(community).bind(id).execute(&mut **tx).await?;
        let on_its_way: i64 = sqlx::query_scalar(privacy::CARD_ON_ITS_WAY)
            .bind(community)
            .bind(id)
            .fetch_one(&mut **tx)
            .await?;
        if on_its_way > 0 {
            let edit = Notice::EditCard { route: request.route };
            self.put_notices(tx, &request.community, Some(request), &[edit], now).await?;
        }
        Ok(())
    }
}

/// A request as this transaction sees it.
pub(super) async fn load(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    id: &str,
) -> Result<Option<Request>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST);
    query.push_bind(community.as_str()).push(" and id = ").push_bind(RequestId::new(id).as_str().to_owned());
    let Some(row) = query.build_query_as::<RequestRow>().fetch_optional(&mut **tx).await? else {
        return Ok(None);
    };
    let messages: Vec<MessageRow> = sqlx::query_as(sql::MESSAGES_OF_REQUEST)
        .bind(community.as_str())
        .bind(id)
        .fetch_all(&mut **tx)
        .await?;
    let messages = messages.into_iter().map(MessageRow::message).collect::<Result<_, _>>()?;
    row.request(messages).map(Some)
}

/// Writes a request back; `false` when somebody has changed it meanwhile.
pub(super) async fn put_erased(tx: &mut Transaction<'_, Db>, request: &Request) -> Result<bool, StoreError> {
    match put_request(tx, request).await {
        Ok(()) => put_messages(tx, request).await.map(|()| true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn as_count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
