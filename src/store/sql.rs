//! Every statement, once, for both databases.
//!
//! `$n` binds are understood by SQLite and PostgreSQL alike. What has a filter that differs from call to call is
//! composed in `adapter.rs` with binds; nothing is ever pasted into a statement.

pub mod claims;
pub mod clock;
pub mod days;
pub mod gaps;
pub mod judge;
pub mod outbox;
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
