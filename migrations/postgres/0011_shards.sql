-- Discord's connection in parts, shared out among the processes that are there. Neither table is about a community, and
-- both are as small as the number of processes and shards.

create table attendants (
    claimed_by    text   not null primary key,
    claimed_until bigint not null
);

create table shards (
    total         bigint not null,
    shard         bigint not null,
    claimed_by    text,
    claimed_until bigint not null,
    claimed_at    bigint not null,
    primary key (total, shard)
);
