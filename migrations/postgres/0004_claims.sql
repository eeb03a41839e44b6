-- Who is at work on what: processes that share a database do nothing twice. A claim lapses by itself.

alter table outbox add column claimed_by text;
alter table outbox add column claimed_until bigint;
-- How often it was claimed; more often than it was tried when somebody never told how it went.
alter table outbox add column claims bigint not null default 0;

alter table deadlines add column claimed_by text;
alter table deadlines add column claimed_until bigint;

-- Whose turn it is to digest what is heard in a community: one at a time, so that messages keep their order.
create table turns (
    community     text   not null primary key,
    claimed_by    text   not null,
    claimed_until bigint not null
);
create index inbox_pending_by_community on inbox (community, id) where digested_at is null;
