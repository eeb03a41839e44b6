-- What those who watch need: proof that writing works, and a count of what is stuck.

-- One row, of no community: when somebody last looked whether the database takes what is written.
create table pulse (
    community text   not null primary key,
    at        bigint not null
);

-- Notices that have failed at least once: few, and counted at every look from outside. What goes well never enters it.
create index outbox_stuck on outbox (created_at) where state = 'due' and attempts > 0;
