-- The clock: what a request's log says of its times, what falls due, who was pinged, days worked out before.

-- Folded from the log; worked out at the start for requests that are older than this.
alter table requests add column course text;
-- Since when the member waits for the company, if so.
alter table requests add column waiting_since bigint;
drop index requests_waiting;
drop index requests_waiting_in_channel;
create index requests_awaiting on requests (community, opened_at) where waiting_since is not null;
create index requests_awaiting_in_channel on requests (community, channel, opened_at) where waiting_since is not null;
create index requests_without_course on requests (community, id) where course is null;

create table deadlines (
    community text   not null,
    request   text   not null,
    deadline  text   not null check (deadline in ('remind', 'return', 'warn', 'escalate', 'escalate_further', 'warn_resolution', 'escalate_resolution', 'snooze_over')),
    due_at    bigint not null,
    primary key (community, request, deadline)
);
create index deadlines_by_time on deadlines (due_at);

-- The settings that the deadlines of a community were worked out with.
alter table communities add column timed bigint not null default 0;
create index communities_untimed on communities (community) where timed <> version;

-- By which notice the desk was pinged for a card; null while the ping is held back.
alter table cards add column pinged_by text;
create index cards_held on cards (community, route, notice) where is_live = 1 and pinged_by is null;

create table pings (
    community text   not null,
    notice    text   not null,
    role      text   not null,
    at        bigint not null,
    bundle    text,
    channel   text   not null,
    primary key (community, notice)
);
create index pings_by_role on pings (community, role, at);

-- The requests of a day (UTC) as figures see them, in one row; void once one of them has changed.
create table days (
    community text   not null,
    day       bigint not null,
    version   bigint not null,
    packed    bigint not null,
    pack      bytea,
    primary key (community, day)
);
