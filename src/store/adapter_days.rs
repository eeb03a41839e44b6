//! Figures of many requests: whole days (UTC) are read as one row each, the days at the ends request by request.
//!
//! A day's row holds its requests as figures see them, packed. It counts the changes of its requests in the transaction
//! that makes them, and its pack is void once it has counted another one since it was packed: the next question packs
//! it anew. Nothing else knows of it, and throwing all rows away only makes the next question slower.

use futures::future;
use sqlx::{QueryBuilder, Transaction};

use super::requests::push_filter;
use super::{Db, SqlStore};
use crate::domain::ids::CommunityId;
use crate::domain::time::{Timestamp, from_milliseconds};
use crate::store::rows::{DayRow, MeasureRow};
use crate::store::sheet::{self, Sheet};
use crate::store::sql::days as sql;
use crate::store::{Measures, RequestFilter, StoreError};

/// The length of a day in milliseconds.
const DAY: i64 = 86_400_000;
/// How many days are worth being read beside others.
const WORTH_A_HALF: i64 = 32;

/// A request of this day has changed.
pub(super) async fn touch(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    opened_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(sql::TOUCH_DAY)
        .bind(community.as_str())
        .bind(opened_at.as_millisecond().div_euclid(DAY))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The requests that a filter lets through, as figures see them.
pub(super) async fn measures(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
) -> Result<Measures, StoreError> {
    let Some((first, last)) = whole_days(store, community, filter).await? else {
        let sheet = read(store, community, filter).await?;
        return Ok(Measures { sheets: vec![sheet] });
    };
    let middle = if last - first < WORTH_A_HALF { last } else { first + (last - first) / 2 };
    let before = RequestFilter { to: from_milliseconds(first * DAY), ..filter.clone() };
    let after = RequestFilter { from: from_milliseconds(last * DAY), ..filter.clone() };
    let (before, early, late, after) = future::try_join4(
        read(store, community, &before),
        days(store, community, filter, first, middle),
        days(store, community, filter, middle, last),
        read(store, community, &after),
    )
    .await?;
    let sheets = [before].into_iter().chain(early).chain(late).chain([after]);
    Ok(Measures { sheets: sheets.filter(|sheet| !sheet.is_empty()).collect() })
}

/// The first day and the day after the last one that lie whole within the filter and are worth packing; `None` where
/// a person or a state is asked for, or there is no such day.
async fn whole_days(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
) -> Result<Option<(i64, i64)>, StoreError> {
    let RequestFilter {
        from,
        to,
        route: _,
        channel: _,
        thread,
        author,
        claimer,
        after,
        is_awaiting,
        statuses,
    } = filter;
    let is_of_a_person = author.is_some() || claimer.is_some();
    if is_of_a_person || thread.is_some() || after.is_some() || *is_awaiting || !statuses.is_empty() {
        return Ok(None);
    }
    let (first, last): (Option<i64>, Option<i64>) =
        sqlx::query_as(sql::DAYS_SEEN).bind(community.as_str()).fetch_one(&store.read).await?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
    let from = from.map_or(first, |from| first.max((from.as_millisecond() + DAY - 1).div_euclid(DAY)));
    // The newest day changes with every message: packing it would not pay.
    let to = to.map_or(last, |to| last.min(to.as_millisecond().div_euclid(DAY)));
    Ok((from < to).then_some((from, to)))
}

/// The sheets of these days, oldest first, and of them what the filter lets through.
async fn days(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
    first: i64,
    last: i64,
) -> Result<Vec<Sheet>, StoreError> {
    if first >= last {
        return Ok(Vec::new());
    }
    let packs = packs(store, community, first, last).await?;
    let filter = filter.clone();
    let unpack = move || packs.iter().map(|pack| Ok(Sheet::unpack(pack)?.only(&filter))).collect();
    tokio::task::spawn_blocking(unpack).await.expect("unpacking does not panic")
}

/// The packed sheets of these days, oldest first; a day without one is read and packed now.
async fn packs(
    store: &SqlStore,
    community: &CommunityId,
    first: i64,
    last: i64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let days: Vec<DayRow> = sqlx::query_as(sql::DAYS)
        .bind(community.as_str())
        .bind(first)
        .bind(last)
        .fetch_all(&store.read)
        .await?;
    let mut packs = Vec::with_capacity(days.len());
    for DayRow { day, version, packed, pack } in days {
        let pack = pack.filter(|pack| packed == version && sheet::is_current(pack));
        packs.push(match pack {
            Some(pack) => pack,
            None => packed_now(store, community, day, version).await?,
        });
    }
    Ok(packs)
}

async fn packed_now(
    store: &SqlStore,
    community: &CommunityId,
    day: i64,
    version: i64,
) -> Result<Vec<u8>, StoreError> {
    let filter = RequestFilter {
        from: from_milliseconds(day * DAY),
        to: from_milliseconds((day + 1) * DAY),
        ..RequestFilter::default()
    };
    let pack = read(store, community, &filter).await?.pack()?;
    // Only while it has counted no other change: otherwise what was read may be old already.
    sqlx::query(sql::PACK_DAY)
        .bind(community.as_str())
        .bind(day)
        .bind(version)
        .bind(pack.as_slice())
        .execute(&store.write)
        .await?;
    Ok(pack)
}

/// Reads requests one by one.
async fn read(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
) -> Result<Sheet, StoreError> {
    let mut query = QueryBuilder::<Db>::new(sql::SELECT_MEASURE);
    query.push_bind(community.as_str());
    push_filter(&mut query, filter);
    query.push(" order by opened_at, id");
    let rows: Vec<MeasureRow> = query.build_query_as().fetch_all(&store.read).await?;
    let mut sheet = Sheet::default();
    for row in rows {
        row.write(&mut sheet)?;
    }
    Ok(sheet)
}
