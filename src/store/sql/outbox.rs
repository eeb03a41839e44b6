//! Statements about notices, the cards that they posted and whom they pinged.

pub const INSERT_NOTICES: &str = "
    insert into outbox (community, id, request, lane, notice, state, due_at, attempts, created_at) ";

pub const NEXT_DUE: &str = "
    select min(due_at)
    from outbox
    where state = 'due'
      and due_at > $1";

pub const STUCK_NOTICES: &str = "
    select id, community, request, lane, notice, attempts, due_at, perhaps_sent_at, claims, claimed_until, reason
    from outbox
    where community = $1
      and state = 'due'
      and attempts > 0
      and reason is not null
    order by id
    limit 100";

pub const NOTICE_DONE: &str = "
    update outbox
    set state = $3, done_at = $4, attempts = attempts + 1, reason = $5, claimed_by = null, claimed_until = null
    where community = $1
      and id = $2
      and claimed_by = $6
      and state = 'due'";

pub const NOTICE_LATER: &str = "
    update outbox
    set due_at = $3, attempts = attempts + 1, reason = $4, perhaps_sent_at = coalesce(perhaps_sent_at, $6),
        claimed_by = null, claimed_until = null
    where community = $1
      and id = $2
      and claimed_by = $5
      and state = 'due'";

pub const INSERT_CARD: &str = "
    insert into cards (community, request, notice, route, channel, post, is_live, pinged_by)
    values ($1, $2, $3, $4, $5, $6, 1, $7)
    on conflict (community, request, notice) do update
    set channel = excluded.channel, post = excluded.post";

/// The card that takes the place of the live one is told of like that.
pub const MOVE_CARD: &str = "
    insert into cards (community, request, notice, route, channel, post, is_live, pinged_by)
    select $1, $2, $3, $4, $5, $6, 1, pinged_by
    from cards
    where community = $1
      and request = $2
      and route = $4
      and is_live = 1
    order by notice desc
    limit 1";

/// What waits at a desk and has its card in another channel than that one, newest first, and only what was opened
/// before one.
pub const CARDS_ELSEWHERE: &str = "
    select r.id
    from requests r
    where r.community = $1
      and r.route = $2
      and r.waiting_since is not null
      and (r.opened_at, r.id) < ($4, $5)
      and exists (
          select 1
          from cards c
          where c.community = r.community
            and c.request = r.id
            and c.route = r.route
            and c.channel <> $3
            and c.is_live = 1
      )
    order by r.opened_at desc, r.id desc
    limit $6";

/// The desk is to be told of this card with the next bundle.
pub const HOLD_CARD: &str = "
    update cards
    set pinged_by = null
    where community = $1
      and request = $2
      and route = $3
      and is_live = 1";

/// Whom a note concerns is to be told of it with the next bundle.
pub const HOLD_NOTE: &str = "
    update outbox
    set told_by = ''
    where community = $1
      and id = $2
      and request <> ''";

pub const HELD_NOTES: &str = "
    select request, notice
    from outbox
    where community = $1
      and lane = $2
      and told_by in ('', $3)
    order by id
    limit $4";

pub const INSERT_PING: &str = "
    insert into pings (community, notice, role, at, bundle, channel, lane)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (community, notice) do nothing";

pub const FORGET_PINGS: &str = "
    delete from pings
    where community = $1
      and role = $2
      and at < $3";

pub const COUNT_PINGS: &str = "
    select count(*)
    from pings
    where community = $1
      and role = $2
      and at > $3
      and bundle is null";

pub const LAST_BUNDLE: &str = "
    select notice, channel, bundle
    from pings
    where community = $1
      and lane = $2
      and role = $3
      and channel = $4
      and at > $5
      and bundle is not null
    order by at desc
    limit 1";

/// Also where nothing is hastened: whoever takes the bundle at this moment is waited for, or waits.
pub const HASTEN_BUNDLE: &str = "
    update outbox
    set due_at = case when due_at > $3 then $3 else due_at end
    where community = $1
      and lane = $2
      and state = 'due'";

/// One that is under way may have been written already, without what is held now.
pub const INSERT_BUNDLE: &str = "
    insert into outbox (community, id, request, lane, notice, state, due_at, attempts, created_at)
    select $1, $2, '', $3, $4, 'due', cast($5 as bigint), 0, cast($6 as bigint)
    where not exists (
        select 1
        from outbox
        where community = $1
          and lane = $3
          and state = 'due'
          and claimed_by is null
    )";

pub const RETIRE_CARDS: &str = "
    update cards
    set is_live = 0
    where community = $1
      and request = $2
      and route = $3
      and notice < $4";

pub const LIVE_CARD: &str = "
    select channel, post
    from cards
    where community = $1
      and request = $2
      and route = $3
      and is_live = 1
    order by notice desc
    limit 1";

pub const LATER_NOTICE: &str = "
    select count(*)
    from outbox
    where community = $1
      and request = $2
      and id > $3
      and state = 'due'
      and notice = $4";
