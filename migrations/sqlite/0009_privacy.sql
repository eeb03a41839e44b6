-- What has to be erased, and when somebody looks for it.

-- When this community is looked through next; 0 for as soon as possible.
alter table communities add column erase_at bigint not null default 0;
create index communities_by_erasure on communities (erase_at);

create index request_messages_kept on request_messages (community, at) where text is not null;
create index inbox_by_arrival on inbox (community, channel, received_at);
create index outbox_past on outbox (community, done_at) where state <> 'due';

-- The post still shows what has been erased here since.
alter table cards add column shows_erased bigint not null default 0;
create index cards_to_redraw on cards (community, notice) where shows_erased = 1;
