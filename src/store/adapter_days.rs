//! Figures of many requests: whole days (UTC) are read as one row each, the days at the ends request by request.
//!
//! A day's row holds its requests as figures see them, packed. It counts the changes of its requests in the transaction
//! that makes them, and its pack is void once it has counted another one since it was packed: the next question packs
//! it anew. Nothing else knows of it, and throwing all rows away only makes the next question slower.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Transaction};

use super::{Db, SqlStore, push_filter};
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::time::{Timestamp, from_milliseconds};
use crate::store::pack::{self, Packed};
use crate::store::rows::{DayRow, MeasureRow};
use crate::store::{Measures, RequestFilter, StoreError, sql};

/// The length of a day in milliseconds.
const DAY: i64 = 86_400_000;

/// The day (UTC) on which something was opened, as the table counts them.
pub(super) fn day_of(opened_at: Timestamp) -> i64 {
    opened_at.as_millisecond().div_euclid(DAY)
}

/// A request of this day has changed.
pub(super) async fn touch(
    tx: &mut Transaction<'_, Db>,
    community: &CommunityId,
    opened_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(sql::TOUCH_DAY).bind(community.as_str()).bind(day_of(opened_at)).execute(&mut **tx).await?;
    Ok(())
}

/// The requests that a filter lets through, as figures see them.
pub(super) async fn measures(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
) -> Result<Measures, StoreError> {
    let mut gathered = Gathered::default();
    let Some((first, last)) = whole_days(store, community, filter).await? else {
        gathered.read(store, community, filter).await?;
        return Ok(gathered.measures);
    };
    let before = RequestFilter { to: from_milliseconds(first * DAY), ..filter.clone() };
    if filter.from.is_none_or(|from| Some(from) < before.to) {
        gathered.read(store, community, &before).await?;
    }
    for day in packs(store, community, first, last).await? {
        gathered.take(packed(store, community, day).await?, filter)?;
    }
    let after = RequestFilter { from: from_milliseconds(last * DAY), ..filter.clone() };
    gathered.read(store, community, &after).await?;
    Ok(gathered.measures)
}

/// The first day and the day after the last one that lie whole within the filter and are worth packing; `None` where
/// a person or a state is asked for, or there is no such day.
async fn whole_days(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
) -> Result<Option<(i64, i64)>, StoreError> {
    let RequestFilter { from, to, route: _, channel: _, author, after, is_awaiting, statuses } = filter;
    if author.is_some() || after.is_some() || *is_awaiting || !statuses.is_empty() {
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

/// The rows of these days, oldest first.
async fn packs(
    store: &SqlStore,
    community: &CommunityId,
    first: i64,
    last: i64,
) -> Result<Vec<DayRow>, StoreError> {
    Ok(sqlx::query_as(sql::DAYS)
        .bind(community.as_str())
        .bind(first)
        .bind(last)
        .fetch_all(&store.read)
        .await?)
}

/// A day's requests: as they are packed, or read and packed now.
async fn packed(store: &SqlStore, community: &CommunityId, row: DayRow) -> Result<Packed, StoreError> {
    if let Some(pack) = row.pack.filter(|_| row.packed == row.version) {
        return pack::unpack(&pack);
    }
    let filter = RequestFilter {
        from: from_milliseconds(row.day * DAY),
        to: from_milliseconds((row.day + 1) * DAY),
        ..RequestFilter::default()
    };
    let mut packed = Packed::default();
    for request in rows(store, community, &filter).await? {
        packed.add(request)?;
    }
    // Only while it has counted no other change: otherwise what was read may be old already.
    sqlx::query(sql::PACK_DAY)
        .bind(community.as_str())
        .bind(row.day)
        .bind(row.version)
        .bind(pack::pack(&packed)?)
        .execute(&store.write)
        .await?;
    Ok(packed)
}

async fn rows(
    store: &SqlStore,
    community: &CommunityId,
    filter: &RequestFilter,
) -> Result<Vec<MeasureRow>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(sql::SELECT_MEASURE);
    query.push_bind(community.as_str());
    push_filter(&mut query, filter);
    query.push(" order by opened_at, id");
    Ok(query.build_query_as().fetch_all(&store.read).await?)
}

/// Measures on their way, with the places of the people in them.
#[derive(Default)]
struct Gathered {
    measures: Measures,
    places: HashMap<String, usize>,
}

impl Gathered {
    /// Reads requests one by one.
    async fn read(
        &mut self,
        store: &SqlStore,
        community: &CommunityId,
        filter: &RequestFilter,
    ) -> Result<(), StoreError> {
        for row in rows(store, community, filter).await? {
            let Self { measures, places } = self;
            let measure = row.measure(|person| place(&mut measures.people, places, person))?;
            measures.rows.push(measure);
        }
        Ok(())
    }

    /// Takes those of a packed day that the filter lets through.
    fn take(&mut self, packed: Packed, filter: &RequestFilter) -> Result<(), StoreError> {
        let Self { measures, places } = self;
        let here: Vec<usize> =
            packed.people.into_iter().map(|person| place(&mut measures.people, places, person)).collect();
        let channel = filter.channel.as_ref();
        let channel = channel.map(|channel| packed.channels.iter().position(|c| c == channel.as_str()));
        for (mut measure, in_channel) in packed.rows {
            let is_there = channel.is_none_or(|channel| channel == Some(in_channel));
            if !is_there || filter.route.is_some_and(|route| route != measure.route) {
                continue;
            }
            measure.answered_by = match measure.answered_by {
                Some(person) => Some(*here.get(person).ok_or_else(pack::broken)?),
                None => None,
            };
            measures.rows.push(measure);
        }
        Ok(())
    }
}

/// The place of a person among the people, a new one where they had none.
fn place(people: &mut Vec<UserId>, places: &mut HashMap<String, usize>, person: String) -> usize {
    if let Some(place) = places.get(&person) {
        return *place;
    }
    people.push(UserId::new(person.as_str()));
    places.insert(person, people.len() - 1);
    people.len() - 1
}
