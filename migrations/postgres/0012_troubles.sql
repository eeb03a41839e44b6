-- Channels in which nothing can be posted, from when the administrator was to be told until something is posted there.
create table troubles (
    community text   not null,
    channel   text   not null,
    reason    text   not null,
    told_at   bigint not null,
    primary key (community, channel)
);
