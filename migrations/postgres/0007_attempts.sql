-- What is known of attempts to send.

-- When something that may have arrived was first sent without hearing whether it did; null when every attempt was refused.
alter table outbox add column perhaps_sent_at bigint;
