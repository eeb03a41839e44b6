//! Figures of many requests: whole days (UTC) are read as one row each, the days at the ends request by request.
//!
//! A day's row holds its requests as figures see them, packed. It counts the changes of its requests in the transaction
//! that makes them, and its pack is void once it has counted another one since it was packed: the next question packs
//! it anew. Nothing else knows of it, and throwing all rows away only makes the next question slower.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Transaction};

use super::requests::push_filter;
use super::{Db, SqlStore};
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::time::{Timestamp, from_milliseconds};
use crate::store::pack::{self, Packed};
use crate::store::rows::{DayRow, MeasureRow};
use crate::store::{Measure, Measures, RequestFilter, StoreError, sql};

/// The length of a day in milliseconds.
const DAY: i64 = 86_400_000;
/// How many days are worth a thread of their own.
const WORTH_A_THREAD: usize = 32;

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
    let mut gathered = Gathered::default();
    let Some((first, last)) = whole_days(store, community, filter).await? else {
        gathered.read(store, community, filter).await?;
        return Ok(gathered.measures);
    };
    let before = RequestFilter { to: from_milliseconds(first * DAY), ..filter.clone() };
    if filter.from.is_none_or(|from| Some(from) < before.to) {
        gathered.read(store, community, &before).await?;
    }
    let packs = packs(store, community, first, last).await?;
    gathered.append(unpacked(packs, filter.clone()).await?);
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

/// The packs of these days, oldest first; a day without one is read and packed now.
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
        let pack = pack.filter(|pack| packed == version && pack::is_current(pack));
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
    let mut packed = Packed::default();
    for request in rows(store, community, &filter).await? {
        packed.add(request)?;
    }
    let pack = pack::pack(&packed)?;
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

/// The requests of these days that the filter lets through; on as many cores as it is worth, beside all that goes on.
async fn unpacked(packs: Vec<Vec<u8>>, filter: RequestFilter) -> Result<Measures, StoreError> {
    let unpack = move || {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = packs.len().div_ceil(cores).max(WORTH_A_THREAD);
        std::thread::scope(|scope| {
            let shares = packs.chunks(share).map(|packs| scope.spawn(|| Gathered::unpack(packs, &filter)));
            let mut gathered = Gathered::default();
            for share in shares.collect::<Vec<_>>() {
                gathered.append(share.join().expect("unpacking does not panic")?);
            }
            Ok(gathered.measures)
        })
    };
    tokio::task::spawn_blocking(unpack).await.expect("unpacking does not panic")
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
    places: HashMap<UserId, u32>,
}

impl Gathered {
    fn unpack(packs: &[Vec<u8>], filter: &RequestFilter) -> Result<Measures, StoreError> {
        let mut gathered = Self::default();
        for pack in packs {
            gathered.append(pack::unpack(pack)?.measures(filter));
        }
        Ok(gathered.measures)
    }

    /// Reads requests one by one.
    async fn read(
        &mut self,
        store: &SqlStore,
        community: &CommunityId,
        filter: &RequestFilter,
    ) -> Result<(), StoreError> {
        for row in rows(store, community, filter).await? {
            let measure = row.measure(|person| self.place(UserId::new(person)))?;
            self.measures.rows.push(measure);
        }
        Ok(())
    }

    /// Adds later ones, with their own people.
    fn append(&mut self, later: Measures) {
        let places: Vec<u32> = later.people.into_iter().map(|person| self.place(person)).collect();
        let here = |place: u32| places[usize::try_from(place).expect("it was a place in a list")];
        self.measures.rows.extend(
            later
                .rows
                .into_iter()
                .map(|measure| Measure { answered_by: measure.answered_by.map(here), ..measure }),
        );
    }

    /// The place of a person among the people, a new one where they had none.
    fn place(&mut self, person: UserId) -> u32 {
        let next = u32::try_from(self.places.len()).expect("fewer people than requests");
        *self.places.entry(person).or_insert_with_key(|person| {
            self.measures.people.push(person.clone());
            next
        })
    }
}
