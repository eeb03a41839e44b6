//! The store over one database; compiled once for each, with `super::Db` and `super::BEGIN` as the difference.

#[path = "adapter_days.rs"]
mod days;
#[path = "adapter_forget.rs"]
mod forget;
#[path = "adapter_judge.rs"]
mod judge;
#[path = "adapter_privacy.rs"]
mod privacy;

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{Pool, QueryBuilder, Transaction};

use super::{BEGIN, Db};
use crate::clock::Ids;
use crate::config::community;
use crate::domain::card::{PAST_SHOWN, Past};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId};
use crate::domain::label::Route;
use crate::domain::linking::Heard;
use crate::domain::notice::{Notice, QueuedNotice};
use crate::domain::request::{
    Change, Course, Deadline, Event, EventKind, Request, RequestMessage, RequestState,
};
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::store::rows::{
    BundleRow, CardRow, CourseRow, DeadlineRow, EventDetail, EventRow, HeardRow, LoggedRow, MessageRow,
    NoticeRow, PastRow, PendingRow, PlaygroundRow, RequestRow, SettingsRow, StuckRow, moment,
};
use crate::store::{
    Decided, Delivery, DueDeadline, InboxItem, Incoming, Measures, Page, Pings, PlaygroundPost, PostedCard,
    RequestFilter, Store, StoreError, StoredSettings, StuckNotice, Versions, encode, sql,
};

/// The revision of a message as it was posted.
const POSTED: i64 = 0;
/// The revision of a message that was deleted: nothing comes after it.
const DELETED: i64 = i64::MAX;
/// Log entries that one change may have; keeps their numbers in the order of the request's versions.
const EVENTS_A_VERSION: i64 = 16;

/// How long it is kept that a role was pinged; more than the hour that counts.
const PINGS_ARE_KEPT: Span = Span::minutes(180);
/// How many requests one bundle is about, at most.
const HELD_AT_MOST: i64 = 500;
/// How many requests' times are worked out with one look.
const COURSES_AT_A_TIME: i64 = 1000;

/// What stands in place of a request's id in what is about no request.
const OF_THE_COMMUNITY: &str = "";

/// The store over one database.
#[derive(Debug)]
pub struct SqlStore {
    read: Pool<Db>,
    write: Pool<Db>,
    ids: Ids,
}

impl SqlStore {
    /// A store that reads through one pool and writes through the other; they may be the same.
    pub(super) fn new(read: Pool<Db>, write: Pool<Db>) -> Self {
        Self { read, write, ids: Ids::default() }
    }

    /// Works out the times of requests that were stored before these were kept, some at a time.
    pub(super) async fn work_out_courses(&self) -> Result<(), StoreError> {
        loop {
            let rows: Vec<CourseRow> =
                sqlx::query_as(sql::WITHOUT_COURSE).bind(COURSES_AT_A_TIME).fetch_all(&self.write).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for CourseRow { community, id } in rows {
                let (of, which) = (CommunityId::new(community.as_str()), RequestId::new(id.as_str()));
                let course = Course::of(&self.events(&of, &which).await?);
                sqlx::query(sql::PUT_COURSE)
                    .bind(community)
                    .bind(id)
                    .bind(encode(&course)?)
                    .bind(course.waiting_since.map(|since| since.at.as_millisecond()))
                    .execute(&self.write)
                    .await?;
                let mut tx = self.begin().await?;
                days::touch(&mut tx, &of, course.opened_at).await?;
                tx.commit().await?;
            }
        }
    }

    async fn begin(&self) -> Result<Transaction<'_, Db>, StoreError> {
        Ok(self.write.begin_with(BEGIN).await?)
    }

    async fn put_change(
        &self,
        tx: &mut Transaction<'_, Db>,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let request = &change.request;
        put_request(tx, request).await?;
        days::touch(tx, &request.community, request.opened_at()).await?;
        if change.events.iter().any(|event| touches_messages(&event.kind)) {
            put_messages(tx, request).await?;
        }
        put_deadlines(tx, request, &change.deadlines).await?;
        for (seq, event) in (request.version * EVENTS_A_VERSION..).zip(&change.events) {
            sqlx::query(sql::INSERT_EVENT)
                .bind(request.community.as_str())
                .bind(request.id.as_str())
                .bind(seq)
                .bind(event.at.as_millisecond())
                .bind(event.by.as_ref().map(crate::domain::ids::UserId::as_str))
                .bind(event.kind.name())
                .bind(encode(&EventDetail::of(event))?)
                .execute(&mut **tx)
                .await?;
        }
        self.put_notices(tx, &request.community, Some(request), &change.notices, now).await
    }

    /// Puts notices into the outbox; without a request they are about the community.
    async fn put_notices(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        request: Option<&Request>,
        notices: &[Notice],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if notices.is_empty() {
            return Ok(());
        }
        let mut queued = Vec::with_capacity(notices.len());
        for notice in notices {
            let lane = format!("{community}:{}", notice.lane(request.map(Request::place)));
            queued.push((self.ids.next(now), lane, encode(notice)?));
        }
        let id_of_request = request.map_or(OF_THE_COMMUNITY, |request| request.id.as_str());
        let mut query = QueryBuilder::<Db>::new(sql::INSERT_NOTICES);
        query.push_values(queued, |mut row, (id, lane, notice)| {
            row.push_bind(community.as_str())
                .push_bind(id)
                .push_bind(id_of_request)
                .push_bind(lane)
                .push_bind(notice)
                .push("'due'")
                .push_bind(now.as_millisecond())
                .push("0")
                .push_bind(now.as_millisecond());
        });
        query.build().execute(&mut **tx).await?;
        Ok(())
    }

    /// Has the desk told of all that is held back, then or before; one notice for all of it.
    async fn put_bundle(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        route: Route,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let notice = Notice::Bundle { route };
        let lane = format!("{community}:{}", notice.lane(None));
        sqlx::query(sql::HASTEN_BUNDLE)
            .bind(community.as_str())
            .bind(lane.as_str())
            .bind(at.as_millisecond())
            .execute(&mut **tx)
            .await?;
        sqlx::query(sql::INSERT_BUNDLE)
            .bind(community.as_str())
            .bind(self.ids.next(now))
            .bind(lane)
            .bind(encode(&notice)?)
            .bind(at.as_millisecond())
            .bind(now.as_millisecond())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// The messages of these requests, which all belong to one community.
    async fn with_messages(&self, rows: Vec<RequestRow>) -> Result<Vec<Request>, StoreError> {
        let Some(first) = rows.first() else {
            return Ok(Vec::new());
        };
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST_MESSAGES);
        query.push_bind(first.community.as_str()).push(" and request in (");
        let mut ids = query.separated(", ");
        for row in &rows {
            ids.push_bind(row.id.as_str());
        }
        query.push(") order by request, position");
        let found: Vec<MessageRow> = query.build_query_as().fetch_all(&self.read).await?;
        let mut messages = HashMap::<String, Vec<RequestMessage>>::new();
        for row in found {
            messages.entry(row.request.clone()).or_default().push(row.message()?);
        }
        rows.into_iter()
            .map(|row| {
                let own = messages.remove(&row.id).unwrap_or_default();
                row.request(own)
            })
            .collect()
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query(sql::CHECK).execute(&self.write).await?;
        Ok(())
    }

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
        sqlx::query(sql::HASTEN_NOTICES).bind(community).bind(now.as_millisecond()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(expected.unwrap_or(0) + 1)
    }

    async fn receive(&self, id: &str, incoming: &Incoming, now: Timestamp) -> Result<bool, StoreError> {
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
            .execute(&self.write)
            .await?;
        Ok(inserted.rows_affected() > 0)
    }

    async fn pending(&self, limit: u32) -> Result<Vec<InboxItem>, StoreError> {
        let rows: Vec<PendingRow> =
            sqlx::query_as(sql::PENDING).bind(i64::from(limit)).fetch_all(&self.read).await?;
        rows.into_iter().map(PendingRow::item).collect()
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

    async fn last_seen(
        &self,
        community: &CommunityId,
        place: &ChannelId,
    ) -> Result<Option<MessageId>, StoreError> {
        let message: Option<String> = sqlx::query_scalar(sql::LAST_SEEN)
            .bind(community.as_str())
            .bind(place.as_str())
            .fetch_optional(&self.read)
            .await?;
        Ok(message.map(MessageId::new))
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
        push_filter(&mut query, filter);
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
        let mut ids = query.separated(", ");
        for request in requests {
            ids.push_bind(request.as_str());
        }
        query.push(") order by request, seq");
        let rows: Vec<LoggedRow> = query.build_query_as().fetch_all(&self.read).await?;
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

    async fn due_deadlines(&self, now: Timestamp, limit: u32) -> Result<Vec<DueDeadline>, StoreError> {
        let rows: Vec<DeadlineRow> = sqlx::query_as(sql::DUE_DEADLINES)
            .bind(now.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(DeadlineRow::due).collect()
    }

    async fn next_deadline(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> =
            sqlx::query_scalar(sql::NEXT_DEADLINE).bind(now.as_millisecond()).fetch_one(&self.read).await?;
        next.map(moment).transpose()
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

    async fn due_notices(&self, now: Timestamp, limit: u32) -> Result<Vec<QueuedNotice>, StoreError> {
        let rows: Vec<NoticeRow> = sqlx::query_as(sql::DUE_NOTICES)
            .bind(now.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(NoticeRow::notice).collect()
    }

    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar(sql::NEXT_DUE).bind(now.as_millisecond()).fetch_one(&self.read).await?;
        at.map(moment).transpose()
    }

    async fn stuck_notices(&self, community: &CommunityId) -> Result<Vec<StuckNotice>, StoreError> {
        let rows: Vec<StuckRow> =
            sqlx::query_as(sql::STUCK_NOTICES).bind(community.as_str()).fetch_all(&self.read).await?;
        rows.into_iter()
            .map(|row| Ok(StuckNotice { notice: row.notice.notice()?, reason: row.reason }))
            .collect()
    }

    async fn record_delivery(
        &self,
        notice: &QueuedNotice,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (community, id) = (notice.community.as_str(), notice.id.as_str());
        let mut tx = self.begin().await?;
        let (state, reason) = match delivery {
            Delivery::Done(_)
            | Delivery::Posted { .. }
            | Delivery::Pinged { .. }
            | Delivery::Held { .. }
            | Delivery::Bundled { .. }
            | Delivery::Retired => ("done", None),
            Delivery::GivenUp { reason } => ("given_up", Some(reason)),
            Delivery::Later { at, reason } => {
                sqlx::query(sql::NOTICE_LATER)
                    .bind(community)
                    .bind(id)
                    .bind(at.as_millisecond())
                    .bind(reason)
                    .execute(&mut *tx)
                    .await?;
                return Ok(tx.commit().await?);
            }
        };
        sqlx::query(sql::NOTICE_DONE)
            .bind(community)
            .bind(id)
            .bind(state)
            .bind(now.as_millisecond())
            .bind(reason)
            .execute(&mut *tx)
            .await?;
        let Some(route) = notice.notice.desk() else { return Ok(tx.commit().await?) };
        match delivery {
            Delivery::Done(Some(card)) => put_card(&mut tx, notice, route, card, true).await?,
            Delivery::Posted { card, pinged, bundle_at } => {
                put_card(&mut tx, notice, route, card, bundle_at.is_none()).await?;
                if let Some(role) = pinged {
                    put_ping(&mut tx, notice, role, &card.channel, None, now).await?;
                }
                if let Some(at) = bundle_at {
                    self.put_bundle(&mut tx, &notice.community, route, *at, now).await?;
                }
            }
            Delivery::Pinged { role, channel } => {
                put_ping(&mut tx, notice, role, channel, None, now).await?;
            }
            Delivery::Held { bundle_at } => {
                sqlx::query(sql::HOLD_CARD)
                    .bind(community)
                    .bind(request_of(notice))
                    .bind(route.as_str())
                    .execute(&mut *tx)
                    .await?;
                self.put_bundle(&mut tx, &notice.community, route, *bundle_at, now).await?;
            }
            Delivery::Bundled { by, post, role, requests } => {
                if let Some(PostedCard { channel, post }) = post {
                    put_ping(&mut tx, notice, role, channel, Some(post), now).await?;
                }
                let mut query = QueryBuilder::<Db>::new("update cards set pinged_by = ");
                query.push_bind(by.as_str()).push(" where community = ").push_bind(community);
                query.push(" and route = ").push_bind(route.as_str());
                query.push(" and is_live = 1 and pinged_by is null and request in (");
                let mut ids = query.separated(", ");
                for request in requests {
                    ids.push_bind(request.as_str());
                }
                query.push(")");
                query.build().execute(&mut *tx).await?;
            }
            Delivery::Retired => {
                sqlx::query(sql::RETIRE_CARDS)
                    .bind(community)
                    .bind(request_of(notice))
                    .bind(route.as_str())
                    .bind(id)
                    .execute(&mut *tx)
                    .await?;
            }
            Delivery::Done(None) | Delivery::GivenUp { .. } | Delivery::Later { .. } => {}
        }
        Ok(tx.commit().await?)
    }

    async fn pings_since(
        &self,
        community: &CommunityId,
        role: &RoleId,
        since: Timestamp,
    ) -> Result<Pings, StoreError> {
        let (community, role, since) = (community.as_str(), role.as_str(), since.as_millisecond());
        let count: i64 = sqlx::query_scalar(sql::COUNT_PINGS)
            .bind(community)
            .bind(role)
            .bind(since)
            .fetch_one(&self.read)
            .await?;
        let bundle: Option<BundleRow> = sqlx::query_as(sql::LAST_BUNDLE)
            .bind(community)
            .bind(role)
            .bind(since)
            .fetch_optional(&self.read)
            .await?;
        Ok(Pings { count: u64::try_from(count).unwrap_or_default(), bundle: bundle.map(BundleRow::bundle) })
    }

    async fn held(
        &self,
        community: &CommunityId,
        route: Route,
        bundle: Option<&NoticeId>,
    ) -> Result<Vec<Request>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST);
        query.push_bind(community.as_str());
        query.push(" and waiting_since is not null and status <> 'claimed' and route = ");
        query.push_bind(route.as_str());
        query.push(" and id in (select request from cards where community = ").push_bind(community.as_str());
        query.push(" and route = ").push_bind(route.as_str());
        query.push(" and is_live = 1 and (pinged_by is null or pinged_by = ");
        query.push_bind(bundle.map_or(OF_THE_COMMUNITY, NoticeId::as_str));
        query.push(")) order by opened_at, id limit ").push_bind(HELD_AT_MOST);
        let rows: Vec<RequestRow> = query.build_query_as().fetch_all(&self.read).await?;
        self.with_messages(rows).await
    }

    async fn live_card(
        &self,
        community: &CommunityId,
        request: Option<&RequestId>,
        route: Route,
    ) -> Result<Option<PostedCard>, StoreError> {
        let row: Option<CardRow> = sqlx::query_as(sql::LIVE_CARD)
            .bind(community.as_str())
            .bind(request.map_or(OF_THE_COMMUNITY, RequestId::as_str))
            .bind(route.as_str())
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|row| PostedCard { channel: ChannelId::new(row.channel), post: MessageId::new(row.post) }))
    }

    async fn is_superseded(&self, notice: &QueuedNotice) -> Result<bool, StoreError> {
        let later: i64 = sqlx::query_scalar(sql::LATER_NOTICE)
            .bind(notice.community.as_str())
            .bind(request_of(notice))
            .bind(notice.id.as_str())
            .bind(encode(&notice.notice)?)
            .fetch_one(&self.read)
            .await?;
        Ok(later > 0)
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

async fn put_card(
    tx: &mut Transaction<'_, Db>,
    notice: &QueuedNotice,
    route: Route,
    card: &PostedCard,
    is_told: bool,
) -> Result<(), StoreError> {
    sqlx::query(sql::INSERT_CARD)
        .bind(notice.community.as_str())
        .bind(request_of(notice))
        .bind(notice.id.as_str())
        .bind(route.as_str())
        .bind(card.channel.as_str())
        .bind(card.post.as_str())
        .bind(is_told.then_some(notice.id.as_str()))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps that a role was pinged, and forgets what is too old to count.
async fn put_ping(
    tx: &mut Transaction<'_, Db>,
    notice: &QueuedNotice,
    role: &RoleId,
    channel: &ChannelId,
    bundle: Option<&MessageId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let community = notice.community.as_str();
    sqlx::query(sql::FORGET_PINGS)
        .bind(community)
        .bind(role.as_str())
        .bind(now.as_millisecond() - PINGS_ARE_KEPT.as_milliseconds())
        .execute(&mut **tx)
        .await?;
    sqlx::query(sql::INSERT_PING)
        .bind(community)
        .bind(notice.id.as_str())
        .bind(role.as_str())
        .bind(now.as_millisecond())
        .bind(bundle.map(MessageId::as_str))
        .bind(channel.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn request_of(notice: &QueuedNotice) -> &str {
    notice.request.as_ref().map_or(OF_THE_COMMUNITY, RequestId::as_str)
}

/// Inserts a new request, or updates the one whose version it was made from.
async fn put_request(tx: &mut Transaction<'_, Db>, request: &Request) -> Result<(), StoreError> {
    let is_new = request.version == 0;
    let (status_by, status_at) = match &request.state {
        RequestState::Open => (None, None),
        RequestState::Claimed { by, at }
        | RequestState::Answered { by, at }
        | RequestState::Resolved { by, at } => (Some(by.as_str()), Some(at.as_millisecond())),
        RequestState::Dismissed { by, at } => {
            (by.as_ref().map(crate::domain::ids::UserId::as_str), Some(at.as_millisecond()))
        }
    };
    let first = request.first_response.as_ref();
    let claim = request.first_claim.as_ref();
    let query = sqlx::query(if is_new { sql::INSERT_REQUEST } else { sql::UPDATE_REQUEST })
        .bind(request.community.as_str())
        .bind(request.id.as_str())
        .bind(request.channel.as_str())
        .bind(request.thread.as_ref().map(crate::domain::ids::ChannelId::as_str))
        .bind(request.author.as_str())
        .bind(request.author_name.as_str())
        .bind(request.route.as_str())
        .bind(request.also.map(Route::as_str))
        .bind(encode(&request.verdict)?)
        .bind(request.state.status().as_str())
        .bind(status_by)
        .bind(status_at)
        .bind(request.opened_at().as_millisecond())
        .bind(claim.map(|claim| claim.by.as_str()))
        .bind(claim.map(|claim| claim.at.as_millisecond()))
        .bind(first.and_then(|first| first.message.as_ref()).map(crate::domain::ids::MessageId::as_str))
        .bind(first.map(|first| first.by.as_str()))
        .bind(first.map(|first| first.at.as_millisecond()))
        .bind(first.map(|first| first.response_time.as_milliseconds()))
        .bind(first.map(|first| first.business_time.as_milliseconds()))
        .bind(first.map(|first| first.link.as_str()))
        .bind(first.map(|first| first.confidence))
        .bind(i64::from(request.reroutes))
        .bind(encode(&request.course)?)
        .bind(request.course.waiting_since.map(|since| since.at.as_millisecond()));
    let query = if is_new { query } else { query.bind(request.version) };
    match query.execute(&mut **tx).await?.rows_affected() {
        0 => Err(StoreError::Conflict),
        _ => Ok(()),
    }
}

/// What falls due for a request, in place of what was to fall due before.
async fn put_deadlines(
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

async fn put_messages(tx: &mut Transaction<'_, Db>, request: &Request) -> Result<(), StoreError> {
    for (position, message) in (0_i64..).zip(&request.messages) {
        sqlx::query(sql::PUT_REQUEST_MESSAGE)
            .bind(request.community.as_str())
            .bind(request.id.as_str())
            .bind(position)
            .bind(message.id.as_str())
            .bind(message.at.as_millisecond())
            .bind(message.text.as_deref())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Whether something happened to what the member wrote.
const fn touches_messages(event: &EventKind) -> bool {
    match event {
        EventKind::Opened { .. }
        | EventKind::Appended { .. }
        | EventKind::Edited { .. }
        | EventKind::Deleted { .. }
        | EventKind::Reopened { .. } => true,
        EventKind::Claimed
        | EventKind::HandedOver { .. }
        | EventKind::Answered { .. }
        | EventKind::Corrected { .. }
        | EventKind::Unanswered
        | EventKind::CommunityAnswered { .. }
        | EventKind::Resolved
        | EventKind::Dismissed
        | EventKind::Withdrawn
        | EventKind::Rerouted { .. }
        | EventKind::Rung { .. }
        | EventKind::Snoozed { .. }
        | EventKind::Urged => false,
    }
}

/// Narrows a select of requests. Composed, because a condition that is "this or anything" would keep the database
/// from using its indexes.
fn push_filter(query: &mut QueryBuilder<Db>, filter: &RequestFilter) {
    if let Some(from) = filter.from {
        query.push(" and opened_at >= ").push_bind(from.as_millisecond());
    }
    if let Some(to) = filter.to {
        query.push(" and opened_at < ").push_bind(to.as_millisecond());
    }
    if let Some(route) = filter.route {
        query.push(" and route = ").push_bind(route.as_str());
    }
    if let Some(channel) = &filter.channel {
        query.push(" and channel = ").push_bind(channel.as_str().to_owned());
    }
    if let Some(author) = &filter.author {
        query.push(" and author = ").push_bind(author.as_str().to_owned());
    }
    if filter.is_awaiting {
        query.push(" and waiting_since is not null");
    }
    if !filter.statuses.is_empty() {
        query.push(" and status in (");
        // Words of our own, written out.
        let mut statuses = query.separated(", ");
        for status in &filter.statuses {
            statuses.push("'").push_unseparated(status.as_str()).push_unseparated("'");
        }
        query.push(")");
    }
    if let Some((opened_at, id)) = &filter.after {
        query.push(" and (opened_at, id) > (").push_bind(opened_at.as_millisecond());
        query.push(", ").push_bind(id.as_str().to_owned()).push(")");
    }
}

/// One of our words as serde writes it, without the quotes.
fn encode_word(word: &impl serde::Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(_) => Err(StoreError::Unreadable("a word that is no word".to_owned())),
        Err(error) => Err(StoreError::Unreadable(error.to_string())),
    }
}
