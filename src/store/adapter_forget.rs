//! A person is forgotten: one transaction over every table that names them, compiled once for each database.
//!
//! Most of these tables have no index by person: it happens seldom, and an index would cost with every message.

use sqlx::Transaction;

use super::super::Db;
use super::privacy::{as_count, load, put_erased};
use super::{SqlStore, days};
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::notice::Notice;
use crate::domain::time::Timestamp;
use crate::store::privacy::Forgotten;
use crate::store::rows::privacy::NamingRow;
use crate::store::rows::{EventDetail, route};
use crate::store::{StoreError, encode, sql::privacy as sql};

/// A marker in place of a person.
pub(super) struct Replacement<'a> {
    pub(super) person: &'a UserId,
    pub(super) marker: &'a UserId,
}

/// Erases a person: all of it or nothing.
pub(super) async fn forget(
    store: &SqlStore,
    community: &CommunityId,
    replacement: &Replacement<'_>,
    now: Timestamp,
) -> Result<Forgotten, StoreError> {
    let Replacement { person, .. } = replacement;
    let mut tx = store.begin().await?;
    let mut forgotten = in_requests(store, &mut tx, community, replacement, now).await?;
    forgotten.entries = in_logs(&mut tx, community, replacement).await?;
    leave_lists(store, &mut tx, community, person, now).await?;
    forgotten.judgements = replacement.run(&mut tx, community, sql::FORGET_JUDGED).await?;
    replacement.run(&mut tx, community, sql::FORGET_SETTLER).await?;
    replacement.run(&mut tx, community, sql::FORGET_TEACHER).await?;
    forgotten.messages = in_inbox(&mut tx, community, replacement, now).await?;
    sqlx::query(sql::HASTEN_ERASURE).bind(community.as_str()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(forgotten)
}

impl Replacement<'_> {
    /// In one column of a table; says how many rows that were.
    async fn run(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        statement: &'static str,
    ) -> Result<u64, StoreError> {
        let replaced = sqlx::query(statement)
            .bind(community.as_str())
            .bind(self.person.as_str())
            .bind(self.marker.as_str())
            .execute(&mut **tx)
            .await?;
        Ok(replaced.rows_affected())
    }
}

/// In the requests that they opened, or that tell what they did.
async fn in_requests(
    store: &SqlStore,
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    Replacement { person, marker }: &Replacement<'_>,
    now: Timestamp,
) -> Result<Forgotten, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(sql::REQUESTS_NAMING)
        .bind(community.as_str())
        .bind(person.as_str())
        .bind(containing(&encode(person)?))
        .fetch_all(&mut **tx)
        .await?;
    let mut forgotten = Forgotten::default();
    for id in ids {
        let Some(before) = load(tx, community, &id).await? else { continue };
        let mut request = before.clone();
        let texts = request.erase_person(person, marker);
        if request == before {
            continue;
        }
        if !put_erased(tx, &request).await? {
            return Err(StoreError::Conflict);
        }
        days::touch(tx, community, request.opened_at()).await?;
        store.redraw(tx, &request, now).await?;
        forgotten.texts += as_count(texts);
        forgotten.requests += u64::from(request.author != before.author);
    }
    sqlx::query(sql::EMPTY_VOID_DAYS).bind(community.as_str()).execute(&mut **tx).await?;
    Ok(forgotten)
}

/// In the logs; says how many entries named them.
async fn in_logs(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    replacement: &Replacement<'_>,
) -> Result<u64, StoreError> {
    let Replacement { person, marker } = replacement;
    let rows: Vec<NamingRow> = sqlx::query_as(sql::EVENTS_NAMING)
        .bind(community.as_str())
        .bind(containing(&encode(person)?))
        .fetch_all(&mut **tx)
        .await?;
    let mut entries = 0;
    for NamingRow { request, seq, event } in rows {
        // An entry that they made themselves is counted below.
        entries += u64::from(event.actor.as_deref() != Some(person.as_str()));
        let mut event = event.event()?;
        event.erase_person(person, marker);
        sqlx::query(sql::PUT_EVENT_DETAIL)
            .bind(community.as_str())
            .bind(request)
            .bind(seq)
            .bind(encode(&EventDetail::of(&event))?)
            .execute(&mut **tx)
            .await?;
    }
    Ok(entries + replacement.run(tx, community, sql::FORGET_ACTOR).await?)
}

/// What nobody has looked at leaves the review lists, and the lists are drawn anew.
async fn leave_lists(
    store: &SqlStore,
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    person: &UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let lists: Vec<String> = sqlx::query_scalar(sql::IN_LISTS)
        .bind(community.as_str())
        .bind(person.as_str())
        .fetch_all(&mut **tx)
        .await?;
    let lists: Vec<Notice> = lists
        .iter()
        .map(|list| Ok(Notice::ReviewList { route: route(list)? }))
        .collect::<Result<_, StoreError>>()?;
    store.put_notices(tx, community, None, &lists, now).await?;
    sqlx::query(sql::LEAVE_LISTS)
        .bind(community.as_str())
        .bind(person.as_str())
        .bind(now.as_millisecond())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// In what was heard; says how many messages of theirs that were.
async fn in_inbox(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    replacement: &Replacement<'_>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let (person, marker) = (encode(replacement.person)?, encode(replacement.marker)?);
    sqlx::query(sql::FORGET_UNREAD)
        .bind(community.as_str())
        .bind(containing(&format!("\"author\":{person}")))
        .bind(now.as_millisecond())
        .execute(&mut **tx)
        .await?;
    sqlx::query(sql::FORGET_MENTIONS)
        .bind(community.as_str())
        .bind(person.as_str())
        .bind(marker)
        .bind(containing(&person))
        .execute(&mut **tx)
        .await?;
    replacement.run(tx, community, sql::FORGET_HEARD).await
}

/// A pattern of `like` for what holds this text, backslashes as the escape.
fn containing(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
