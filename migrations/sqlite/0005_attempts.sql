-- What is known of attempts to send, and what falls due where.

-- When something that may have arrived was first sent without hearing whether it did; null when every attempt was refused.
alter table outbox add column perhaps_sent_at bigint;

-- What falls due is looked for in one community after the other: in those of which everything was heard.
drop index deadlines_by_time;
create index deadlines_by_time on deadlines (due_at, community);
create index deadlines_of_community on deadlines (community, due_at);

-- The queue of the notice that pinged: of several lists that ping one role, each is drawn anew by itself.
alter table pings add column lane text;

-- A note whose ping was held back: the notice that pinged for it since; empty while none has.
alter table outbox add column told_by text;
create index outbox_held on outbox (community, lane, told_by) where told_by is not null;
