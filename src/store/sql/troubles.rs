//! Statements about channels in which nothing can be posted.

/// Changes nothing where it was known already.
pub const BEGIN: &str = "
    insert into troubles (community, channel, reason, told_at)
    values ($1, $2, $3, $4)
    on conflict (community, channel) do nothing";

pub const END: &str = "
    delete from troubles
    where community = $1
      and channel = $2";

pub const ALL: &str = "
    select channel, reason, told_at
    from troubles
    where community = $1
    order by told_at, channel";

pub const CARDS_WAITING: &str = "
    select count(*)
    from outbox
    where community = $1
      and lane = $2
      and state = 'due'
      and notice = $3";
