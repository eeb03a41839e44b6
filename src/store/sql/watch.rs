//! The statements of those who watch: each walks an index that holds only what waits.

/// Changes what stands there: SQLite leaves a page alone that would be the same afterwards, whatever the disk.
pub const PULSE: &str = "
    insert into pulse (community, at)
    values ('', $1)
    on conflict (community) do update
    set at = excluded.at";

pub const INBOX: &str = "
    select count(*), min(id)
    from inbox
    where digested_at is null";

pub const DUE: &str = "
    select count(*), min(due_at)
    from outbox
    where state = 'due'
      and due_at <= $1";

pub const WAITING: &str = "
    select count(*), min(created_at)
    from outbox
    where state = 'due'
      and due_at > $1";

pub const STUCK: &str = "
    select count(*), min(created_at)
    from outbox
    where state = 'due'
      and attempts > 0";

pub const OVERDUE: &str = "
    select count(*), min(due_at)
    from deadlines
    where due_at <= $1";
