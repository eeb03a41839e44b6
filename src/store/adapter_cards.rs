//! What stays of a notice that went out: the card that it posted, whom it pinged, what it held back; compiled once for
//! each database, like `adapter.rs`.

use sqlx::{QueryBuilder, Transaction};

use super::super::Db;
use super::requests::push_list;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId};
use crate::domain::label::Route;
use crate::domain::notice::{Notice, QueuedNotice};
use crate::domain::time::{Span, Timestamp};
use crate::store::sql::outbox as sql;
use crate::store::{PostedCard, StoreError};

/// How long it is kept that a role was pinged; more than the hour that counts.
const PINGS_ARE_KEPT: Span = Span::minutes(180);

/// What stands in place of a request's id in what is about no request.
pub(super) const OF_THE_COMMUNITY: &str = "";

/// Keeps where the card stands, and whether somebody was told with it.
pub(super) async fn put_card(
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

/// What this notice would have told is told with others.
pub(super) async fn hold_back(
    tx: &mut Transaction<'_, Db>,
    notice: &QueuedNotice,
    route: Route,
    bundle: &Notice,
) -> Result<(), StoreError> {
    let query = if matches!(bundle, Notice::BundleRings { .. }) {
        sqlx::query(sql::HOLD_NOTE).bind(notice.community.as_str()).bind(notice.id.as_str())
    } else {
        let held = sqlx::query(sql::HOLD_CARD).bind(notice.community.as_str());
        held.bind(request_of(notice)).bind(route.as_str())
    };
    query.execute(&mut **tx).await?;
    Ok(())
}

/// The cards that were there before this notice are none any more.
pub(super) async fn retire_cards(
    tx: &mut Transaction<'_, Db>,
    notice: &QueuedNotice,
    route: Route,
) -> Result<(), StoreError> {
    sqlx::query(sql::RETIRE_CARDS)
        .bind(notice.community.as_str())
        .bind(request_of(notice))
        .bind(route.as_str())
        .bind(notice.id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps with which post the requests were told of that had been held back.
pub(super) async fn put_told(
    tx: &mut Transaction<'_, Db>,
    notice: &QueuedNotice,
    route: Route,
    by: &NoticeId,
    requests: &[RequestId],
) -> Result<(), StoreError> {
    let community = notice.community.as_str();
    let mut query = if let Notice::BundleRings { route, deadline } = notice.notice {
        let rings = lane_of_rings(&notice.community, Notice::Ring { route, deadline });
        let mut query = QueryBuilder::<Db>::new("update outbox set told_by = ");
        query.push_bind(by.as_str()).push(" where community = ").push_bind(community);
        query.push(" and lane = ").push_bind(rings);
        query.push(" and told_by is not null and request in (");
        query
    } else {
        let mut query = QueryBuilder::<Db>::new("update cards set pinged_by = ");
        query.push_bind(by.as_str()).push(" where community = ").push_bind(community);
        query.push(" and route = ").push_bind(route.as_str());
        query.push(" and is_live = 1 and request in (");
        query
    };
    let is_kept = push_list(&mut query, requests.iter().map(RequestId::as_str));
    query.push(")");
    query.build().persistent(is_kept).execute(&mut **tx).await?;
    Ok(())
}

/// Keeps that a role was pinged, and forgets what is too old to count.
pub(super) async fn put_ping(
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
        .bind(notice.lane.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The queue in which these notes of a community wait.
pub(super) fn lane_of_rings(community: &CommunityId, ring: Notice) -> String {
    format!("{community}:{}", ring.lane(None))
}

/// The request that it is about, as the tables have it.
pub(super) fn request_of(notice: &QueuedNotice) -> &str {
    notice.request.as_ref().map_or(OF_THE_COMMUNITY, RequestId::as_str)
}
