//! How requests are written, found and put together over one database; compiled once for each, like `adapter.rs`.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Transaction};

use super::super::Db;
use super::{SqlStore, clock, days};
use crate::domain::ids::{ChannelId, CommunityId};
use crate::domain::label::Route;
use crate::domain::request::{Change, Course, EventKind, Request, RequestMessage, RequestState};
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::store::rows::{CourseRow, EventDetail, EventRow, MessageRow, RequestRow};
use crate::store::{RequestFilter, Store, StoreError, encode, sql};

/// Log entries that one change may have; keeps their numbers in the order of the request's versions.
const EVENTS_A_VERSION: i64 = 16;
/// How many requests' times are worked out with one look.
const COURSES_AT_A_TIME: i64 = 1000;

impl SqlStore {
    /// Works out the times of requests that were stored before these were kept, some at a time.
    pub(in crate::store) async fn work_out_courses(&self) -> Result<(), StoreError> {
        let mut settings = None;
        loop {
            let rows: Vec<CourseRow> =
                sqlx::query_as(sql::WITHOUT_COURSE).bind(COURSES_AT_A_TIME).fetch_all(&self.write).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let community = CommunityId::new(row.community.as_str());
                if settings.as_ref().is_none_or(|known: &Settings| known.community.id != community) {
                    settings = self.settings(&community).await?.map(|stored| stored.settings);
                }
                self.work_out_course(&community, row, settings.as_ref()).await?;
            }
        }
    }

    /// Where the log of an older version does not say how long the desk was open, its hours of today do.
    async fn work_out_course(
        &self,
        community: &CommunityId,
        row: CourseRow,
        settings: Option<&Settings>,
    ) -> Result<(), StoreError> {
        let log: Vec<EventRow> = sqlx::query_as(sql::EVENTS)
            .bind(community.as_str())
            .bind(row.id.as_str())
            .fetch_all(&self.write)
            .await?;
        let mut course = Course::default();
        let mut route = None;
        for entry in log {
            let (mut event, is_timed) = entry.logged()?;
            if let EventKind::Opened { route: to, .. } | EventKind::Rerouted { to, .. } = &event.kind {
                route = Some(*to);
            }
            if let (false, Some(settings), Some(route)) = (is_timed, settings, route) {
                course.time(&mut event, settings.clock(route));
            }
            course.follow(&event);
        }
        // What was counted at the time is better than what is counted now.
        if let (Some(first), Some(business)) = (&mut course.first_response, row.business_ms) {
            first.business_seconds = business / 1000;
        }
        let mut tx = self.begin().await?;
        sqlx::query(sql::PUT_COURSE)
            .bind(community.as_str())
            .bind(row.id)
            .bind(encode(&course)?)
            .bind(course.waiting_since.map(Timestamp::as_millisecond))
            .execute(&mut *tx)
            .await?;
        days::touch(&mut tx, community, course.opened_at).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn put_change(
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
        clock::put_deadlines(tx, request, &change.deadlines).await?;
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

    /// The messages of these requests, which all belong to one community.
    pub(super) async fn with_messages(&self, rows: Vec<RequestRow>) -> Result<Vec<Request>, StoreError> {
        let Some(first) = rows.first() else {
            return Ok(Vec::new());
        };
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST_MESSAGES);
        query.push_bind(first.community.as_str()).push(" and request in (");
        let is_kept = push_list(&mut query, rows.iter().map(|row| row.id.as_str()));
        query.push(") order by request, position");
        let found: Vec<MessageRow> = query.build_query_as().persistent(is_kept).fetch_all(&self.read).await?;
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

/// Inserts a new request, or updates the one whose version it was made from.
pub(super) async fn put_request(tx: &mut Transaction<'_, Db>, request: &Request) -> Result<(), StoreError> {
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
        .bind(request.course.waiting_since.map(Timestamp::as_millisecond));
    let query = if is_new { query } else { query.bind(request.version) };
    match query.execute(&mut **tx).await?.rows_affected() {
        0 => Err(StoreError::Conflict),
        _ => Ok(()),
    }
}

pub(super) async fn put_messages(tx: &mut Transaction<'_, Db>, request: &Request) -> Result<(), StoreError> {
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

/// Adds a list to a statement, and says whether the statement is to be kept prepared: each length makes another one, and
/// a connection would soon keep nothing else.
pub(super) fn push_list<'a>(query: &mut QueryBuilder<Db>, items: impl Iterator<Item = &'a str>) -> bool {
    let (mut list, mut length) = (query.separated(", "), 0);
    for item in items {
        list.push_bind(item.to_owned());
        length += 1;
    }
    length == 1
}

/// What was said in these channels and threads, and whether the statement is to be kept prepared.
pub(super) fn said(community: &CommunityId, places: &[ChannelId]) -> (QueryBuilder<Db>, bool) {
    let mut query = QueryBuilder::<Db>::new(sql::SELECT_SAID);
    query.push_bind(community.as_str().to_owned()).push(" and place in (");
    let is_kept = push_list(&mut query, places.iter().map(ChannelId::as_str));
    query.push(")");
    (query, is_kept)
}

/// Narrows a select of requests. Composed, because a condition that is "this or anything" would keep the database
/// from using its indexes.
pub(super) fn push_filter(query: &mut QueryBuilder<Db>, filter: &RequestFilter) {
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
    if let Some(thread) = &filter.thread {
        query.push(" and thread = ").push_bind(thread.as_str().to_owned());
    }
    if let Some(author) = &filter.author {
        query.push(" and author = ").push_bind(author.as_str().to_owned());
    }
    if let Some(claimer) = &filter.claimer {
        query.push(" and status = 'claimed' and status_by = ").push_bind(claimer.as_str().to_owned());
    }
    if filter.is_awaiting {
        query.push(" and waiting_since is not null");
    }
    // Words of our own, written out: the database knows a partial index by them, a single one only by its `=`.
    match filter.statuses.as_slice() {
        [] => {}
        [status] => {
            query.push(" and status = '").push(status.as_str()).push("'");
        }
        statuses => {
            query.push(" and status in (");
            let mut list = query.separated(", ");
            for status in statuses {
                list.push("'").push_unseparated(status.as_str()).push_unseparated("'");
            }
            query.push(")");
        }
    }
    if let Some((opened_at, id)) = &filter.after {
        query.push(" and (opened_at, id) > (").push_bind(opened_at.as_millisecond());
        query.push(", ").push_bind(id.as_str().to_owned()).push(")");
    }
}
