-- What the judge said of messages that opened no request, what people taught it, and what it asked and audited.

alter table communities add column learnt bigint not null default 0;
alter table communities add column audit_at bigint not null default 0;
create index communities_by_audit on communities (audit_at);

create table judgements (
    community  text   not null,
    message    text   not null,
    channel    text   not null,
    thread     text,
    author     text   not null,
    at         bigint not null,
    zone       text   not null check (zone in ('review', 'quiet')),
    route      text   not null check (route in ('customer_service', 'product_expert', 'pr')),
    judgement  text   not null,
    lot        bigint not null,
    state      text   not null check (state in ('open', 'settled', 'answered', 'joined', 'deleted')),
    label      text   check (label in ('customer_service', 'product_expert', 'pr', 'none')),
    settled_by text,
    settled_at bigint,
    audit      text,
    primary key (community, message)
);
create index judgements_in_review on judgements (community, route, at) where zone = 'review' and state = 'open';
create index judgements_by_time on judgements (community, zone, at);
create index judgements_by_audit on judgements (community, audit) where audit is not null;

create table lessons (
    community text   not null,
    id        text   not null,
    message   text   not null,
    request   text,
    at        bigint not null,
    taught_by text   not null,
    source    text   not null check (source in ('reroute', 'dismiss', 'send', 'review', 'audit', 'confirm')),
    zone      text   not null check (zone in ('ping', 'review', 'quiet')),
    label     text   not null check (label in ('customer_service', 'product_expert', 'pr', 'none')),
    decided   text   not null check (decided in ('customer_service', 'product_expert', 'pr', 'none')),
    shared    text   check (shared in ('customer_service', 'product_expert', 'pr', 'none')),
    own       text   check (own in ('customer_service', 'product_expert', 'pr', 'none')),
    week      text   not null,
    is_undone bigint not null check (is_undone in (0, 1)),
    primary key (community, id)
);
create index lessons_by_time on lessons (community, at);

create table learnt (
    community  text   not null,
    week       text   not null,
    state      bytea  not null,
    changed_at bigint not null,
    primary key (community, week)
);

create table audits (
    community  text   not null,
    week       text   not null,
    drawn      bigint not null,
    drawn_from bigint not null,
    created_at bigint not null,
    primary key (community, week)
);

create table second_readings (
    community  text   not null,
    day        text   not null,
    asked      bigint not null,
    unanswered bigint not null,
    primary key (community, day)
);
