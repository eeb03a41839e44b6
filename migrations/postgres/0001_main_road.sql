-- The road of a message: settings, inbox, requests with their log, outbox, cards.
-- Times are Unix milliseconds UTC, our ids are ULIDs, platforms' ids are text as the platform writes them.

create table communities (
    community  text   not null primary key,
    platform   text   not null check (platform in ('discord', 'slack', 'playground')),
    settings   text   not null,
    version    bigint not null,
    changed_at bigint not null
);

create table inbox (
    community   text   not null,
    channel     text   not null,
    message     text   not null,
    revision    bigint not null,
    id          text   not null,
    place       text   not null,
    at          bigint not null,
    author      text,
    standing    text   check (standing in ('member', 'employee', 'bot')),
    reply_to    text,
    mentions    text,
    incoming    text,
    received_at bigint not null,
    digested_at bigint,
    primary key (community, channel, message, revision)
);
create index inbox_pending on inbox (id) where digested_at is null;
create index inbox_talk on inbox (community, place, at) where revision = 0;

create table requests (
    community              text   not null,
    id                     text   not null,
    version                bigint not null,
    channel                text   not null,
    thread                 text,
    author                 text   not null,
    author_name            text   not null,
    route                  text   not null check (route in ('customer_service', 'product_expert', 'pr')),
    also                   text   check (also in ('customer_service', 'product_expert', 'pr')),
    verdict                text   not null,
    status                 text   not null check (status in ('open', 'claimed', 'answered', 'resolved', 'dismissed')),
    status_by              text,
    status_at              bigint,
    opened_at              bigint not null,
    claimed_by             text,
    claimed_at             bigint,
    first_response_message text,
    first_response_by      text,
    first_response_at      bigint,
    response_ms            bigint,
    business_ms            bigint,
    link                   text   check (link in ('reply', 'thread', 'mention', 'claim', 'context', 'button')),
    link_confidence        double precision,
    reroutes               bigint not null,
    primary key (community, id)
);
create index requests_by_opening on requests (community, opened_at);
create index requests_waiting on requests (community, opened_at) where status in ('open', 'claimed');
create index requests_waiting_in_channel on requests (community, channel, opened_at) where status in ('open', 'claimed');
create index requests_by_author on requests (community, author, opened_at);

create table request_messages (
    community text   not null,
    request   text   not null,
    position  bigint not null,
    message   text   not null,
    at        bigint not null,
    text      text,
    primary key (community, request, message)
);
create index request_messages_by_message on request_messages (community, message);

create table request_events (
    community text   not null,
    request   text   not null,
    seq       bigint not null,
    at        bigint not null,
    actor     text,
    event     text   not null,
    detail    text   not null,
    primary key (community, request, seq)
);

create table outbox (
    community  text   not null,
    id         text   not null,
    request    text   not null,
    lane       text   not null,
    notice     text   not null,
    state      text   not null check (state in ('due', 'done', 'given_up')),
    due_at     bigint not null,
    attempts   bigint not null,
    reason     text,
    created_at bigint not null,
    done_at    bigint,
    primary key (community, id)
);
create index outbox_lanes on outbox (lane, id) where state = 'due';
create index outbox_due on outbox (due_at) where state = 'due';
create index outbox_of_request on outbox (community, request, id);

create table cards (
    community text   not null,
    request   text   not null,
    notice    text   not null,
    route     text   not null check (route in ('customer_service', 'product_expert', 'pr')),
    channel   text   not null,
    post      text   not null,
    is_live   bigint not null check (is_live in (0, 1)),
    primary key (community, request, notice)
);

create table playground_posts (
    community text   not null,
    channel   text   not null,
    id        text   not null,
    at        bigint not null,
    body      text   not null,
    primary key (community, channel, id)
);
