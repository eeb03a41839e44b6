//! Statements about deadlines, and about what waits.

/// Locks the request, and tells whether it is still at this version.
pub const SAME_VERSION: &str = "
    update requests
    set version = version
    where community = $1
      and id = $2
      and version = $3";

pub const CLEAR_DEADLINES: &str = "
    delete from deadlines
    where community = $1
      and request = $2";

pub const INSERT_DEADLINES: &str = "
    insert into deadlines (community, request, deadline, due_at) ";

pub const COMMUNITIES_DUE: &str = "
    select distinct community
    from deadlines
    where due_at <= $1";

/// What is not by a member: employees' messages, and what was changed or deleted, of which the author is not kept.
pub const COUNT_UNREAD_ANSWERS: &str = "
    select count(*)
    from inbox
    where community = $1
      and digested_at is null
      and (standing is null or standing <> 'member')";

pub const POSTPONE_DEADLINE: &str = "
    update deadlines
    set due_at = $4
    where community = $1
      and request = $2
      and deadline = $3";

pub const AWAITING: &str = "
    select opened_at, id
    from requests
    where community = $1
      and waiting_since is not null
      and opened_at >= $2
      and (opened_at > $2 or id > $3)
    order by opened_at, id
    limit $4";

pub const AWAITING_WITH_TIMES: &str = "
    select opened_at, id, route, course
    from requests
    where community = $1
      and waiting_since is not null
      and opened_at >= $2
      and (opened_at > $2 or id > $3)
    order by opened_at, id
    limit $4";

pub const NEXT_DEADLINE: &str = "
    select min(due_at)
    from deadlines
    where due_at > $1";

pub const UNTIMED: &str = "
    select community, version
    from communities
    where timed <> version
    order by community
    limit $1";

pub const TIMED: &str = "
    update communities
    set timed = $2
    where community = $1";
