-- Times in which nobody listened: where reading begins again, and what was left unread.

create index inbox_seen on inbox (community, channel, at) where revision = 0;

-- One row a watched channel. While `is_owed`, what comes after `after` has still to be read, whatever was heard since.
-- Where nobody has listened yet there is no `after`: `noticed_at` is when the channel was set to be watched.
create table gaps (
    community  text   not null,
    channel    text   not null,
    after      text,
    is_owed    bigint not null check (is_owed in (0, 1)),
    reason     text,
    noticed_at bigint not null,
    primary key (community, channel)
);

create table missed (
    community text   not null,
    channel   text   not null,
    from_at   bigint not null,
    to_at     bigint not null,
    bound     text   not null check (bound in ('age', 'messages')),
    told_at   bigint,
    primary key (community, channel, from_at)
);
