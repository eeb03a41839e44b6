//! The outbox's part of the store over one database; compiled once for each, like `adapter.rs`.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{QueryBuilder, Transaction};

use super::super::Db;
use super::requests::push_list;
use super::{SqlStore, cards, claims, troubles};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId};
use crate::domain::label::Route;
use crate::domain::notice::{Notice, QueuedNotice};
use crate::domain::request::{Deadline, Request};
use crate::domain::settings::{Desk, Platform};
use crate::domain::time::Timestamp;
use crate::store::rows::{BundleRow, CardRow, RequestRow, StuckRow, json, moment};
use crate::store::{
    Bundle, Delivery, OutboxStore, PostedCard, StoreError, StuckNotice, encode, sql, sql::outbox,
};

/// How many requests one bundle is about, at most.
const HELD_AT_MOST: i64 = 500;
/// So many cards follow a desk into another channel before others do: Discord takes one a second, and a new one comes
/// behind those that are queued.
const CARDS_THAT_FOLLOW: usize = 50;

/// How many notices a change of a request has at most, usually: so many statements are kept prepared.
const OF_ONE_CHANGE: usize = 4;

/// What stands in place of the notice that pinged for a note while none has.
const TOLD_BY_NONE: &str = "";

impl SqlStore {
    /// Puts notices into the outbox; without a request they are about the community.
    pub(super) async fn put_notices(
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
        let id_of_request = request.map_or(cards::OF_THE_COMMUNITY, |request| request.id.as_str());
        let mut queued = Vec::with_capacity(notices.len());
        for notice in notices {
            let lane = format!("{community}:{}", notice.lane(request.map(Request::place)));
            queued.push((id_of_request, lane, encode(notice)?));
        }
        self.queue(tx, community, queued, now).await
    }

    /// Puts notices into their lanes: of which request, in which lane, and what.
    async fn queue(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        queued: Vec<(&str, String, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_kept = queued.len() <= OF_ONE_CHANGE;
        let mut query = QueryBuilder::<Db>::new(outbox::INSERT_NOTICES);
        query.push_values(queued, |mut row, (request, lane, notice)| {
            row.push_bind(community.as_str())
                .push_bind(self.ids.next(now))
                .push_bind(request)
                .push_bind(lane)
                .push_bind(notice)
                .push("'due'")
                .push_bind(now.as_millisecond())
                .push("0")
                .push_bind(now.as_millisecond());
        });
        query.build().persistent(is_kept).execute(&mut **tx).await?;
        Ok(())
    }

    /// Has cards that wait at a desk, the newest of those opened before `first`, follow it into the channel in which it
    /// reads now. With the oldest of them the next ones will.
    pub(super) async fn let_cards_follow(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        desk: &Desk,
        first: Option<&Request>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let left: Vec<String> = sqlx::query_scalar(outbox::CARDS_ELSEWHERE)
            .bind(community.as_str())
            .bind(desk.route.as_str())
            .bind(desk.channel.as_str())
            .bind(first.map_or(i64::MAX, |first| first.opened_at().as_millisecond()))
            .bind(first.map_or("", |first| first.id.as_str()))
            .bind(i64::try_from(CARDS_THAT_FOLLOW).unwrap_or(i64::MAX))
            .fetch_all(&mut **tx)
            .await?;
        if left.is_empty() {
            return Ok(());
        }
        let mut queued = Vec::with_capacity(left.len());
        for (place, request) in left.iter().enumerate().rev() {
            let notice = Notice::MoveCard { route: desk.route, older: place + 1 == CARDS_THAT_FOLLOW };
            queued.push((request.as_str(), format!("{community}:{}", notice.lane(None)), encode(&notice)?));
        }
        self.queue(tx, community, queued, now).await
    }

    /// Has the desk told of all that is held back, then or before; one notice for all of it.
    async fn put_bundle(
        &self,
        tx: &mut Transaction<'_, Db>,
        community: &CommunityId,
        notice: &Notice,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let lane = format!("{community}:{}", notice.lane(None));
        sqlx::query(outbox::HASTEN_BUNDLE)
            .bind(community.as_str())
            .bind(lane.as_str())
            .bind(at.as_millisecond())
            .execute(&mut **tx)
            .await?;
        sqlx::query(outbox::INSERT_BUNDLE)
            .bind(community.as_str())
            .bind(self.ids.next(now))
            .bind(lane)
            .bind(encode(notice)?)
            .bind(at.as_millisecond())
            .bind(now.as_millisecond())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

#[async_trait]
impl OutboxStore for SqlStore {
    async fn due_notices(
        &self,
        now: Timestamp,
        limit: u32,
        platforms: &[Platform],
    ) -> Result<Vec<QueuedNotice>, StoreError> {
        claims::notices(self, now, limit, platforms).await
    }

    async fn let_older_follow(&self, first: &Request, desk: &Desk, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        self.let_cards_follow(&mut tx, &first.community, desk, Some(first), now).await?;
        Ok(tx.commit().await?)
    }

    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar(outbox::NEXT_DUE).bind(now.as_millisecond()).fetch_one(&self.read).await?;
        at.map(moment).transpose()
    }

    async fn stuck_notices(&self, community: &CommunityId) -> Result<Vec<StuckNotice>, StoreError> {
        let rows: Vec<StuckRow> =
            sqlx::query_as(outbox::STUCK_NOTICES).bind(community.as_str()).fetch_all(&self.read).await?;
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
            | Delivery::Said { .. }
            | Delivery::Held { .. }
            | Delivery::Bundled { .. }
            | Delivery::Moved(_)
            | Delivery::Retired => ("done", None),
            Delivery::GivenUp { reason } => ("given_up", Some(reason)),
            Delivery::Later { at, reason, perhaps_sent, blocked_in } => {
                let perhaps_sent_at = notice.perhaps_sent_at.or_else(|| perhaps_sent.then_some(now));
                let kept = sqlx::query(outbox::NOTICE_LATER)
                    .bind(community)
                    .bind(id)
                    .bind(at.as_millisecond())
                    .bind(reason)
                    .bind(self.claimant.as_str())
                    .bind(perhaps_sent_at.map(Timestamp::as_millisecond))
                    .execute(&mut *tx)
                    .await?;
                if kept.rows_affected() == 0 {
                    return Err(StoreError::Conflict);
                }
                if let Some(channel) = blocked_in {
                    self.trouble_in(&mut tx, &notice.community, channel, reason, now).await?;
                }
                return Ok(tx.commit().await?);
            }
        };
        let kept = sqlx::query(outbox::NOTICE_DONE)
            .bind(community)
            .bind(id)
            .bind(state)
            .bind(now.as_millisecond())
            .bind(reason)
            .bind(self.claimant.as_str())
            .execute(&mut *tx)
            .await?;
        if kept.rows_affected() == 0 {
            return Err(StoreError::Conflict);
        }
        if let Some(channel) = delivery.posted_in() {
            troubles::all_is_well(&mut tx, &notice.community, channel).await?;
        }
        let Some(route) = notice.notice.desk() else { return Ok(tx.commit().await?) };
        match delivery {
            Delivery::Done(Some(card)) => cards::put_card(&mut tx, notice, route, card, true).await?,
            Delivery::Posted { card, pinged, bundle_at } => {
                cards::put_card(&mut tx, notice, route, card, bundle_at.is_none()).await?;
                if let Some(role) = pinged {
                    cards::put_ping(&mut tx, notice, role, &card.channel, None, now).await?;
                }
                if let Some(at) = bundle_at {
                    let bundle = Notice::Bundle { route };
                    self.put_bundle(&mut tx, &notice.community, &bundle, *at, now).await?;
                }
            }
            Delivery::Pinged { role, channel } => {
                cards::put_ping(&mut tx, notice, role, channel, None, now).await?;
            }
            Delivery::Held { bundle_at } => {
                let bundle = notice.notice.bundle().unwrap_or(Notice::Bundle { route });
                cards::hold_back(&mut tx, notice, route, &bundle).await?;
                self.put_bundle(&mut tx, &notice.community, &bundle, *bundle_at, now).await?;
            }
            Delivery::Bundled { by, post, role, requests } => {
                if let Some(PostedCard { channel, post }) = post {
                    cards::put_ping(&mut tx, notice, role, channel, Some(post), now).await?;
                }
                cards::put_told(&mut tx, notice, route, by, requests).await?;
            }
            Delivery::Moved(card) => {
                sqlx::query(outbox::MOVE_CARD)
                    .bind(community)
                    .bind(cards::request_of(notice))
                    .bind(id)
                    .bind(route.as_str())
                    .bind(card.channel.as_str())
                    .bind(card.post.as_str())
                    .execute(&mut *tx)
                    .await?;
                cards::retire_cards(&mut tx, notice, route).await?;
            }
            Delivery::Retired => cards::retire_cards(&mut tx, notice, route).await?,
            Delivery::Done(None)
            | Delivery::Said { .. }
            | Delivery::GivenUp { .. }
            | Delivery::Later { .. } => {}
        }
        Ok(tx.commit().await?)
    }

    async fn pings_since(
        &self,
        community: &CommunityId,
        role: &RoleId,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(outbox::COUNT_PINGS)
            .bind(community.as_str())
            .bind(role.as_str())
            .bind(since.as_millisecond())
            .fetch_one(&self.read)
            .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    async fn last_bundle(
        &self,
        notice: &QueuedNotice,
        role: &RoleId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<Option<Bundle>, StoreError> {
        let bundle: Option<BundleRow> = sqlx::query_as(outbox::LAST_BUNDLE)
            .bind(notice.community.as_str())
            .bind(notice.lane.as_str())
            .bind(role.as_str())
            .bind(channel.as_str())
            .bind(since.as_millisecond())
            .fetch_optional(&self.read)
            .await?;
        Ok(bundle.map(BundleRow::bundle))
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
        query.push_bind(bundle.map_or(cards::OF_THE_COMMUNITY, NoticeId::as_str));
        query.push(")) order by opened_at, id limit ").push_bind(HELD_AT_MOST);
        let rows: Vec<RequestRow> = query.build_query_as().fetch_all(&self.read).await?;
        self.with_messages(rows).await
    }

    async fn held_rings(
        &self,
        community: &CommunityId,
        queue: Notice,
        bundle: Option<&NoticeId>,
    ) -> Result<Vec<(Request, Deadline)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(outbox::HELD_NOTES)
            .bind(community.as_str())
            .bind(cards::lane_of_rings(community, queue))
            .bind(bundle.map_or(TOLD_BY_NONE, NoticeId::as_str))
            .bind(HELD_AT_MOST)
            .fetch_all(&self.read)
            .await?;
        let mut told = HashMap::new();
        for (request, notice) in rows {
            if let Notice::Ring { deadline, .. } = json(&notice)? {
                told.insert(request, deadline);
            }
        }
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Db>::new(sql::SELECT_REQUEST);
        query.push_bind(community.as_str()).push(" and id in (");
        let is_kept = push_list(&mut query, told.keys().map(String::as_str));
        query.push(") order by opened_at, id");
        let rows: Vec<RequestRow> = query.build_query_as().persistent(is_kept).fetch_all(&self.read).await?;
        let requests = self.with_messages(rows).await?.into_iter();
        Ok(requests.filter_map(|r| told.get(r.id.as_str()).map(|deadline| (r, *deadline))).collect())
    }

    async fn live_card(
        &self,
        community: &CommunityId,
        request: Option<&RequestId>,
        route: Route,
    ) -> Result<Option<PostedCard>, StoreError> {
        let row: Option<CardRow> = sqlx::query_as(outbox::LIVE_CARD)
            .bind(community.as_str())
            .bind(request.map_or(cards::OF_THE_COMMUNITY, RequestId::as_str))
            .bind(route.as_str())
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|row| PostedCard { channel: ChannelId::new(row.channel), post: MessageId::new(row.post) }))
    }

    async fn is_superseded(&self, notice: &QueuedNotice) -> Result<bool, StoreError> {
        let later: i64 = sqlx::query_scalar(outbox::LATER_NOTICE)
            .bind(notice.community.as_str())
            .bind(cards::request_of(notice))
            .bind(notice.id.as_str())
            .bind(encode(&notice.notice)?)
            .fetch_one(&self.read)
            .await?;
        Ok(later > 0)
    }
}
