//! The store over one database; compiled once for each, with `super::Db` and `super::BEGIN` as the difference.

#[path = "adapter_cards.rs"]
mod cards;
#[path = "adapter_claims.rs"]
mod claims;
#[path = "adapter_clock.rs"]
mod clock;
#[path = "adapter_days.rs"]
mod days;
#[path = "adapter_forget.rs"]
mod forget;
#[path = "adapter_gaps.rs"]
mod gaps;
#[path = "adapter_judge.rs"]
mod judge;
#[path = "adapter_outbox.rs"]
mod outbox;
#[path = "adapter_privacy.rs"]
mod privacy;
#[path = "adapter_requests.rs"]
mod requests;
#[path = "adapter_shards.rs"]
mod shards;
#[path = "adapter_troubles.rs"]
mod troubles;
#[path = "adapter_watch.rs"]
mod watch;

use std::collections::HashMap;
use std::ops::RangeInclusive;

use async_trait::async_trait;
use sqlx::{Executor, Pool, QueryBuilder, Transaction};

use super::{BEGIN, Db};
use crate::clock::Ids;
use crate::config::community;
use crate::domain::card::{PAST_SHOWN, Past};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RequestId, UserId};
use crate::domain::linking::Heard;
use crate::domain::request::{Event, Request};
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::store::home::Home;
use crate::store::rows::{
    EventRow, HeardRow, LoggedRow, MessageRow, PastRow, PlaygroundRow, RequestRow, SettingsRow, moment,
};
use crate::store::{
    Decided, InboxItem, Incoming, Measures, Page, PlaygroundPost, RequestFilter, Store, StoreError,
    StoredSettings, Versions, encode, sql,
};

/// The revision of a message as it was posted.
const POSTED: i64 = 0;
/// The revision of a message that was deleted: nothing comes after it.
const DELETED: i64 = i64::MAX;

/// The store over one database.
#[derive(Debug)]
pub struct SqlStore {
    read: Pool<Db>,
    write: Pool<Db>,
    ids: Ids,
    /// Its name in claims.
    claimant: String,
    /// Looked at when somebody asks whether all is well.
    home: Home,
}

impl SqlStore {
    /// A store that reads through one pool and writes through the other; they may be the same.
    pub(super) fn new(read: Pool<Db>, write: Pool<Db>, home: Home) -> Self {
        Self { read, write, ids: Ids::default(), claimant: Ids::name(), home }
    }

    async fn begin(&self) -> Result<Transaction<'_, Db>, StoreError> {
        Ok(self.write.begin_with(BEGIN).await?)
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn communities(&self) -> Result<Vec<(CommunityId, i64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql::COMMUNITIES).fetch_all(&self.read).await?;
        Ok(rows.into_iter().map(|(id, version)| (CommunityId::new(id), version)).collect())
    }

    async fn versions(&self, community: &CommunityId) -> Result<Option<Versions>, StoreError> {
        let row: Option<(i64, i64)> =
            sqlx::query_as(sql::VERSIONS).bind(community.as_str()).fetch_optional(&self.read).await?;
        Ok(row.map(|(settings, learnt)| Versions { settings, learnt }))
    }

    async fn settings(&self, community: &CommunityId) -> Result<Option<StoredSettings>, StoreError> {
        let row: Option<SettingsRow> =
            sqlx::query_as(sql::SETTINGS).bind(community.as_str()).fetch_optional(&self.read).await?;
        row.map(|row| {
            let settings =
                community::from_json(&row.settings).map_err(|e| StoreError::Unreadable(e.to_string()))?;
            Ok(StoredSettings { settings, version: row.version })
        })
        .transpose()
    }

    async fn save_settings(
        &self,
        settings: &Settings,
        expected: Option<i64>,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let community = settings.community.id.as_str();
        let mut tx = self.begin().await?;
        let before: Option<SettingsRow> =
            sqlx::query_as(sql::SETTINGS).bind(community).fetch_optional(&mut *tx).await?;
        let query = match expected {
            None => sqlx::query(sql::INSERT_SETTINGS),
            Some(_) => sqlx::query(sql::UPDATE_SETTINGS),
        }
        .bind(community)
        .bind(encode_word(&settings.community.platform)?)
        .bind(community::to_json(settings))
        .bind(now.as_millisecond());
        let query = match expected {
            None => query,
            Some(version) => query.bind(version),
        };
        if query.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(StoreError::Conflict);
        }
        // Settings that cannot be read any more watched nothing.
        let before = before.and_then(|row| community::from_json(&row.settings).ok());
        let watched = before.as_ref().map_or(&[][..], |before| &before.watches);
        gaps::watch(&mut tx, watched, settings, now).await?;
        troubles::left_behind(&mut tx, settings).await?;
        for desk in &settings.desks {
            let had = before.as_ref().and_then(|before| before.desk(desk.route));
            if had.is_some_and(|had| had.channel != desk.channel) {
                self.let_cards_follow(&mut tx, &settings.community.id, desk, None, now).await?;
            }
        }
        sqlx::query(sql::HASTEN_NOTICES).bind(community).bind(now.as_millisecond()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(expected.unwrap_or(0) + 1)
    }

    async fn receive(&self, id: &str, incoming: &Incoming, now: Timestamp) -> Result<bool, StoreError> {
        receive(&self.write, id, incoming, now).await
    }

    async fn pending(&self, now: Timestamp, limit: u32) -> Result<Vec<InboxItem>, StoreError> {
        claims::pending(self, now, limit).await
    }

    async fn talk(
        &self,
        community: &CommunityId,
        place: &ChannelId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError> {
        let rows: Vec<HeardRow> = sqlx::query_as(sql::TALK)
            .bind(community.as_str())
            .bind(place.as_str())
            .bind(before.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().rev().map(HeardRow::heard).collect()
    }

    async fn said(
        &self,
        community: &CommunityId,
        places: &[ChannelId],
        by: &UserId,
        time: RangeInclusive<Timestamp>,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError> {
        let (mut query, is_kept) = requests::said(community, places);
        query.push(" and author = ").push_bind(by.as_str());
        query.push(" and at between ").push_bind(time.start().as_millisecond());
        query.push(" and ").push_bind(time.end().as_millisecond());
        query.push(" order by at, id limit ").push_bind(i64::from(limit));
        let rows: Vec<HeardRow> = query.build_query_as().persistent(is_kept).fetch_all(&self.read).await?;
        rows.into_iter().map(HeardRow::heard).collect()
    }

    async fn digested(
        &self,
        community: &CommunityId,
        places: &[ChannelId],
        from: Timestamp,
        limit: u32,
    ) -> Result<Vec<Heard>, StoreError> {
        let (mut query, is_kept) = requests::said(community, places);
        query.push(" and digested_at is not null and at >= ").push_bind(from.as_millisecond());
        query.push(" order by at, id limit ").push_bind(i64::from(limit));
        let rows: Vec<HeardRow> = query.build_query_as().persistent(is_kept).fetch_all(&self.read).await?;
        rows.into_iter().map(HeardRow::heard).collect()
    }

    async fn apply(
        &self,
        community: &CommunityId,
        decided: &Decided,
        digested: Option<&InboxItem>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if let Some(item) = digested {
            let (_, channel) = item.incoming.place();
            let marked = sqlx::query(sql::DIGEST)
                .bind(community.as_str())
                .bind(channel.as_str())
                .bind(item.id.as_str())
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
            if marked.rows_affected() == 0 {
                return Ok(());
            }
        }
        for change in &decided.changes {
            self.put_change(&mut tx, change, now).await?;
        }
        for settled in &decided.settled {
            judge::settle(&mut tx, community, settled).await?;
        }
        // After what was settled: a message that was judged anew is open again.
        if let Some(judged) = &decided.judged {
            judge::put_judged(&mut tx, judged).await?;
        }
        if let Some(taught) = &decided.taught {
            judge::teach(&mut tx, community, &self.ids.next(now), taught, now).await?;
        }
        self.put_notices(&mut tx, community, None, &decided.notices, now).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn request(&self, community: &CommunityId, id: &RequestId) -> Result<Option<Request>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST);
        query.push_bind(community.as_str()).push(" and id = ").push_bind(id.as_str());
        let row = query.build_query_as::<RequestRow>().fetch_optional(&self.read);
        let messages = sqlx::query_as::<Db, MessageRow>(sql::MESSAGES_OF_REQUEST)
            .bind(community.as_str())
            .bind(id.as_str())
            .fetch_all(&self.read);
        let (row, messages) = tokio::try_join!(row, messages)?;
        let messages = messages.into_iter().map(MessageRow::message).collect::<Result<_, _>>()?;
        row.map(|row| row.request(messages)).transpose()
    }

    async fn request_ending(
        &self,
        community: &CommunityId,
        tail: &str,
    ) -> Result<Option<Request>, StoreError> {
        if tail.is_empty() || !tail.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        let id: Option<String> = sqlx::query_scalar(sql::REQUEST_BY_SHORT_ID)
            .bind(community.as_str())
            .bind(format!("%{}", tail.to_ascii_uppercase()))
            .fetch_optional(&self.read)
            .await?;
        match id {
            Some(id) => self.request(community, &RequestId::new(id)).await,
            None => Ok(None),
        }
    }

    async fn request_of(
        &self,
        community: &CommunityId,
        message: &MessageId,
    ) -> Result<Option<Request>, StoreError> {
        let id: Option<String> = sqlx::query_scalar(sql::REQUEST_OF_MESSAGE)
            .bind(community.as_str())
            .bind(message.as_str())
            .fetch_optional(&self.read)
            .await?;
        match id {
            Some(id) => self.request(community, &RequestId::new(id)).await,
            None => Ok(None),
        }
    }

    async fn requests(
        &self,
        community: &CommunityId,
        filter: &RequestFilter,
        page: Page,
    ) -> Result<Vec<Request>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST);
        query.push_bind(community.as_str());
        requests::push_filter(&mut query, filter);
        let limit = match page {
            Page::OldestFirst { limit } => {
                query.push(" order by opened_at, id limit ");
                limit
            }
            Page::NewestFirst { limit } => {
                query.push(" order by opened_at desc, id desc limit ");
                limit
            }
        };
        query.push_bind(i64::from(limit));
        let rows: Vec<RequestRow> = query.build_query_as().fetch_all(&self.read).await?;
        self.with_messages(rows).await
    }

    async fn count(&self, community: &CommunityId, filter: &RequestFilter) -> Result<usize, StoreError> {
        let mut query = QueryBuilder::<Db>::new(sql::COUNT_REQUESTS);
        query.push_bind(community.as_str());
        requests::push_filter(&mut query, filter);
        let count: i64 = query.build_query_scalar().fetch_one(&self.read).await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    async fn measures(
        &self,
        community: &CommunityId,
        filter: &RequestFilter,
    ) -> Result<Measures, StoreError> {
        days::measures(self, community, filter).await
    }

    async fn events(&self, community: &CommunityId, request: &RequestId) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(sql::EVENTS)
            .bind(community.as_str())
            .bind(request.as_str())
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(EventRow::event).collect()
    }

    async fn events_of(
        &self,
        community: &CommunityId,
        requests: &[RequestId],
    ) -> Result<HashMap<RequestId, Vec<Event>>, StoreError> {
        let mut logs: HashMap<RequestId, Vec<Event>> = HashMap::with_capacity(requests.len());
        if requests.is_empty() {
            return Ok(logs);
        }
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_EVENTS);
        query.push_bind(community.as_str()).push(" and request in (");
        let is_kept = requests::push_list(&mut query, requests.iter().map(RequestId::as_str));
        query.push(") order by request, seq");
        let rows: Vec<LoggedRow> = query.build_query_as().persistent(is_kept).fetch_all(&self.read).await?;
        for row in rows {
            logs.entry(RequestId::new(row.request)).or_default().push(row.event.event()?);
        }
        Ok(logs)
    }

    async fn past(&self, community: &CommunityId, request: &RequestId) -> Result<Past, StoreError> {
        let count: i64 = sqlx::query_scalar(sql::PAST_COUNT)
            .bind(community.as_str())
            .bind(request.as_str())
            .fetch_one(&self.read)
            .await?;
        if count == 0 {
            return Ok(Past::default());
        }
        let rows: Vec<PastRow> = sqlx::query_as(sql::PAST)
            .bind(community.as_str())
            .bind(request.as_str())
            .bind(i64::try_from(PAST_SHOWN).unwrap_or(i64::MAX))
            .fetch_all(&self.read)
            .await?;
        let latest = rows.into_iter().map(PastRow::past).collect::<Result<_, _>>()?;
        Ok(Past { count: u64::try_from(count).unwrap_or(0), latest })
    }

    async fn put_playground_post(
        &self,
        community: &CommunityId,
        post: &PlaygroundPost,
    ) -> Result<(), StoreError> {
        sqlx::query(sql::PUT_PLAYGROUND_POST)
            .bind(community.as_str())
            .bind(post.channel.as_str())
            .bind(post.id.as_str())
            .bind(post.at.as_millisecond())
            .bind(post.body.as_str())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn remove_playground_post(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        id: &MessageId,
    ) -> Result<(), StoreError> {
        sqlx::query(sql::REMOVE_PLAYGROUND_POST)
            .bind(community.as_str())
            .bind(channel.as_str())
            .bind(id.as_str())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn playground_posts(&self, community: &CommunityId) -> Result<Vec<PlaygroundPost>, StoreError> {
        let rows: Vec<PlaygroundRow> =
            sqlx::query_as(sql::PLAYGROUND_POSTS).bind(community.as_str()).fetch_all(&self.read).await?;
        rows.into_iter()
            .map(|row| {
                Ok(PlaygroundPost {
                    channel: ChannelId::new(row.channel),
                    id: MessageId::new(row.id),
                    at: moment(row.at)?,
                    body: row.body,
                })
            })
            .collect()
    }

    async fn erase_community(&self, community: &CommunityId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for statement in sql::ERASE_COMMUNITY {
            sqlx::query(statement).bind(community.as_str()).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Keeps one thing that happened; `false` when it was known already.
async fn receive(
    executor: impl Executor<'_, Database = Db>,
    id: &str,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (community, channel) = incoming.place();
    let (message, revision, at, posted) = match incoming {
        Incoming::Posted(message) => (&message.id, POSTED, message.at, Some(message)),
        Incoming::Edited { message, at } => (&message.id, at.as_millisecond(), *at, None),
        Incoming::Deleted { message, at, .. } => (message, DELETED, *at, None),
    };
    let place = posted.and_then(|m| m.thread.as_ref()).unwrap_or(channel);
    let inserted = sqlx::query(sql::RECEIVE)
        .bind(community.as_str())
        .bind(channel.as_str())
        .bind(message.as_str())
        .bind(revision)
        .bind(id)
        .bind(place.as_str())
        .bind(at.as_millisecond())
        .bind(posted.map(|m| m.author.as_str()))
        .bind(posted.map(|m| encode_word(&m.standing)).transpose()?)
        .bind(posted.and_then(|m| m.reply_to.as_ref()).map(crate::domain::ids::MessageId::as_str))
        .bind(posted.filter(|m| !m.mentions.is_empty()).map(|m| encode(&m.mentions)).transpose()?)
        .bind(encode(incoming)?)
        .bind(now.as_millisecond())
        .execute(executor)
        .await?;
    Ok(inserted.rows_affected() > 0)
}

/// One of our words as serde writes it, without the quotes.
fn encode_word(word: &impl serde::Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(_) => Err(StoreError::Unreadable("a word that is no word".to_owned())),
        Err(error) => Err(StoreError::Unreadable(error.to_string())),
    }
}
