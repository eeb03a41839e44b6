//! Every statement, once, for both databases.
//!
//! `$n` binds are understood by SQLite and PostgreSQL alike. What has a filter that differs from call to call is
//! composed in `adapter.rs` with binds; nothing is ever pasted into a statement.

pub mod claims;
pub mod gaps;
pub mod judge;
pub mod privacy;
pub mod shards;
#[cfg(feature = "postgres")]
pub mod transfer;
pub mod troubles;
pub mod watch;

pub const COMMUNITIES: &str = "
    select community, version
    from communities
    order by community";

pub const VERSIONS: &str = "
    select version, learnt
    from communities
    where community = $1";

pub const SETTINGS: &str = "
    select settings, version
    from communities
    where community = $1";

pub const INSERT_SETTINGS: &str = "
    insert into communities (community, platform, settings, version, changed_at)
    values ($1, $2, $3, 1, $4)
    on conflict (community) do nothing";

pub const UPDATE_SETTINGS: &str = "
    update communities
    set platform = $2, settings = $3, version = version + 1, changed_at = $4, erase_at = 0
    where community = $1
      and version = $5";

/// New settings may have mended what notices wait for, so they are tried at once.
pub const HASTEN_NOTICES: &str = "
    update outbox
    set due_at = $2
    where community = $1
      and state = 'due'
      and due_at > $2";

pub const RECEIVE: &str = "
    insert into inbox
        (community, channel, message, revision, id, place, at, author, standing, reply_to, mentions, incoming,
         received_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (community, channel, message, revision) do nothing";

/// The text goes with the digestion: what is no request is not kept past its judgement.
pub const DIGEST: &str = "
    update inbox
    set digested_at = $4, incoming = null
    where community = $1
      and channel = $2
      and id = $3
      and digested_at is null";

pub const TALK: &str = "
    select message, place, channel, at, author, standing, reply_to, mentions
    from inbox
    where community = $1
      and place = $2
      and revision = 0
      and at <= $3
    order by at desc, id desc
    limit $4";

/// What was said; places and time follow.
pub const SELECT_SAID: &str = "
    select message, place, channel, at, author, standing, reply_to, mentions
    from inbox
    where revision = 0
      and community = ";

pub const INSERT_REQUEST: &str = "
    insert into requests
        (community, id, version, channel, thread, author, author_name, route, also, verdict, status, status_by,
         status_at, opened_at, claimed_by, claimed_at, first_response_message, first_response_by, first_response_at,
         response_ms, business_ms, link, link_confidence, reroutes, course, waiting_since)
    values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25)";

pub const UPDATE_REQUEST: &str = "
    update requests
    set version = version + 1, channel = $3, thread = $4, author = $5, author_name = $6, route = $7, also = $8,
        verdict = $9, status = $10, status_by = $11, status_at = $12, opened_at = $13, claimed_by = $14,
        claimed_at = $15, first_response_message = $16, first_response_by = $17, first_response_at = $18,
        response_ms = $19, business_ms = $20, link = $21, link_confidence = $22, reroutes = $23, course = $24,
        waiting_since = $25
    where community = $1
      and id = $2
      and version = $26";

pub const PUT_REQUEST_MESSAGE: &str = "
    insert into request_messages (community, request, position, message, at, text)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (community, request, message) do update
    set text = excluded.text";

pub const INSERT_EVENT: &str = "
    insert into request_events (community, request, seq, at, actor, event, detail)
    values ($1, $2, $3, $4, $5, $6, $7)";

pub const INSERT_NOTICES: &str = "
    insert into outbox (community, id, request, lane, notice, state, due_at, attempts, created_at) ";

/// One more request of this day has changed.
pub const TOUCH_DAY: &str = "
    insert into days (community, day, version, packed)
    values ($1, $2, 1, 0)
    on conflict (community, day) do update
    set version = days.version + 1";

pub const DAYS_SEEN: &str = "
    select min(day), max(day)
    from days
    where community = $1";

pub const DAYS: &str = "
    select day, version, packed, pack
    from days
    where community = $1
      and day >= $2
      and day < $3
    order by day";

pub const PACK_DAY: &str = "
    update days
    set pack = $4, packed = $3
    where community = $1
      and day = $2
      and version = $3";

/// Requests that were stored before their times were worked out.
pub const WITHOUT_COURSE: &str = "
    select community, id, business_ms
    from requests
    where course is null
    order by community, id
    limit $1";

pub const PUT_COURSE: &str = "
    update requests
    set course = $3, waiting_since = $4
    where community = $1
      and id = $2";

/// Locks the request, and tells whether it is still at this version.
pub const SAME_VERSION: &str = "
    update requests
    set version = version
    where community = $1
      and id = $2
      and version = $3";

pub const CLEAR_DEADLINES: &str = "
    delete from deadlines
    where community = $1
      and request = $2";

pub const INSERT_DEADLINES: &str = "
    insert into deadlines (community, request, deadline, due_at) ";

pub const COMMUNITIES_DUE: &str = "
    select distinct community
    from deadlines
    where due_at <= $1";

/// What is not by a member: employees' messages, and what was changed or deleted, of which the author is not kept.
pub const COUNT_UNREAD_ANSWERS: &str = "
    select count(*)
    from inbox
    where community = $1
      and digested_at is null
      and (standing is null or standing <> 'member')";

pub const POSTPONE_DEADLINE: &str = "
    update deadlines
    set due_at = $4
    where community = $1
      and request = $2
      and deadline = $3";

pub const AWAITING: &str = "
    select opened_at, id
    from requests
    where community = $1
      and waiting_since is not null
      and opened_at >= $2
      and (opened_at > $2 or id > $3)
    order by opened_at, id
    limit $4";

pub const AWAITING_WITH_TIMES: &str = "
    select opened_at, id, route, course
    from requests
    where community = $1
      and waiting_since is not null
      and opened_at >= $2
      and (opened_at > $2 or id > $3)
    order by opened_at, id
    limit $4";

pub const NEXT_DEADLINE: &str = "
    select min(due_at)
    from deadlines
    where due_at > $1";

pub const UNTIMED: &str = "
    select community, version
    from communities
    where timed <> version
    order by community
    limit $1";

pub const TIMED: &str = "
    update communities
    set timed = $2
    where community = $1";

/// The columns of a request; every select of requests begins with it.
pub const SELECT_REQUEST: &str = "
    select community, id, version, channel, thread, author, author_name, route, also, verdict, status, status_by,
           status_at, opened_at, claimed_by, claimed_at, first_response_message, first_response_by,
           first_response_at, response_ms, business_ms, link, link_confidence, reroutes, course
    from requests
    where community = ";

pub const COUNT_REQUESTS: &str = "
    select count(*)
    from requests
    where community = ";

pub const SELECT_MEASURE: &str = "
    select id, channel, route, status, opened_at, first_response_by, reroutes, course
    from requests
    where community = ";

pub const SELECT_REQUEST_MESSAGES: &str = "
    select request, message, at, text
    from request_messages
    where community = ";

pub const MESSAGES_OF_REQUEST: &str = "
    select request, message, at, text
    from request_messages
    where community = $1
      and request = $2
    order by position";

pub const REQUEST_OF_MESSAGE: &str = "
    select request
    from request_messages
    where community = $1
      and message = $2
    order by request desc
    limit 1";

pub const REQUEST_BY_SHORT_ID: &str = "
    select id
    from requests
    where community = $1
      and id like $2
    order by opened_at desc
    limit 1";

pub const EVENTS: &str = "
    select at, actor, detail
    from request_events
    where community = $1
      and request = $2
    order by seq";

/// The logs of several requests; their ids follow.
pub const SELECT_EVENTS: &str = "
    select request, at, actor, detail
    from request_events
    where community = ";

pub const PAST_COUNT: &str = "
    select count(*)
    from requests r
    join requests o
      on o.community = r.community
     and o.author = r.author
     and o.opened_at <= r.opened_at
     and o.id <> r.id
     and o.status <> 'dismissed'
    where r.community = $1
      and r.id = $2";

pub const PAST: &str = "
    select o.id, o.route, o.status, o.opened_at
    from requests r
    join requests o
      on o.community = r.community
     and o.author = r.author
     and o.opened_at <= r.opened_at
     and o.id <> r.id
     and o.status <> 'dismissed'
    where r.community = $1
      and r.id = $2
    order by o.opened_at desc
    limit $3";

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

/// What waits at a desk and has its card in another channel than that one, newest first.
pub const CARDS_ELSEWHERE: &str = "
    select r.id
    from requests r
    where r.community = $1
      and r.route = $2
      and r.waiting_since is not null
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
    limit $4";

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

pub const PUT_PLAYGROUND_POST: &str = "
    insert into playground_posts (community, channel, id, at, body)
    values ($1, $2, $3, $4, $5)
    on conflict (community, channel, id) do update
    set body = excluded.body";

pub const REMOVE_PLAYGROUND_POST: &str = "
    delete from playground_posts
    where community = $1
      and channel = $2
      and id = $3";

pub const PLAYGROUND_POSTS: &str = "
    select channel, id, at, body
    from playground_posts
    where community = $1
    order by at, id";

/// One for each table that holds something of a community, the settings last.
pub const ERASE_COMMUNITY: [&str; 20] = [
    "delete from troubles where community = $1",
    "delete from missed where community = $1",
    "delete from gaps where community = $1",
    "delete from turns where community = $1",
    "delete from days where community = $1",
    "delete from pings where community = $1",
    "delete from deadlines where community = $1",
    "delete from second_readings where community = $1",
    "delete from audits where community = $1",
    "delete from learnt where community = $1",
    "delete from lessons where community = $1",
    "delete from judgements where community = $1",
    "delete from playground_posts where community = $1",
    "delete from cards where community = $1",
    "delete from outbox where community = $1",
    "delete from request_events where community = $1",
    "delete from request_messages where community = $1",
    "delete from requests where community = $1",
    "delete from inbox where community = $1",
    "delete from communities where community = $1",
];
