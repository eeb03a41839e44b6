//! The statements with which a process takes work for itself, for some time.
//!
//! Two of them end differently: PostgreSQL skips rows that another process is taking at this very moment. SQLite, which
//! has one writer, has neither the words nor the need.

/// Claims the first due notice of each lane that nobody has. The lanes are walked from one to the next along the
/// index, so that a long queue in one of them costs nothing; a lane whose first notice is claimed yields none. $5 are the
/// platforms that the asker can send through, as `,discord,playground,`.
macro_rules! claim_notices {
    ($skip_locked:literal) => {
        concat!(
            "
    with recursive lanes (lane) as (
        select min(lane)
        from outbox
        where state = 'due'
        union all
        select (select min(o.lane) from outbox o where o.state = 'due' and o.lane > lanes.lane)
        from lanes
        where lanes.lane is not null
    ),
    picked as (
        select o.community, o.id
        from lanes
        join outbox o
          on o.state = 'due'
         and o.lane = lanes.lane
         and o.id = (select min(h.id) from outbox h where h.state = 'due' and h.lane = lanes.lane)
        where o.due_at <= $1
          and (o.claimed_until is null or o.claimed_until <= $1)
          and not exists (
              select 1
              from communities c
              where c.community = o.community
                and $5 not like '%,' || c.platform || ',%'
          )
        order by o.id
        limit $2
        ",
            $skip_locked,
            "
    )
    update outbox
    set claimed_by = $3, claimed_until = $4, claims = claims + 1
    from picked
    where outbox.community = picked.community
      and outbox.id = picked.id
    returning outbox.id, outbox.community, outbox.request, outbox.lane, outbox.notice, outbox.attempts, outbox.due_at,
              outbox.perhaps_sent_at, outbox.claims, outbox.claimed_until"
        )
    };
}

/// Claims what has fallen due, longest ago first; what the asker has claimed before is given again.
macro_rules! claim_deadlines {
    ($skip_locked:literal) => {
        concat!(
            "
    with picked as (
        select d.community, d.request, d.deadline
        from deadlines d
        where d.community = $5
          and d.due_at <= $1
          and (d.claimed_until is null or d.claimed_until <= $1 or d.claimed_by = $3)
        order by d.due_at, d.community, d.request, d.deadline
        limit $2
        ",
            $skip_locked,
            "
    )
    update deadlines
    set claimed_by = $3, claimed_until = $4
    from picked
    where deadlines.community = picked.community
      and deadlines.request = picked.request
      and deadlines.deadline = picked.deadline
    returning deadlines.community, deadlines.request, deadlines.deadline, deadlines.due_at"
        )
    };
}

/// As SQLite takes them.
pub mod sqlite {
    pub const CLAIM_NOTICES: &str = claim_notices!("");
    pub const CLAIM_DEADLINES: &str = claim_deadlines!("");
}

/// As PostgreSQL takes them.
#[cfg(feature = "postgres")]
pub mod postgres {
    pub const CLAIM_NOTICES: &str = claim_notices!("for update of o skip locked");
    pub const CLAIM_DEADLINES: &str = claim_deadlines!("for update of d skip locked");
}

/// Makes a claim last longer, unless somebody else has taken the notice in the meantime.
pub const HOLD_NOTICE: &str = "
    update outbox
    set claimed_until = $4
    where community = $1
      and id = $2
      and claimed_by = $3
      and state = 'due'";

pub const GIVE_NOTICE_BACK: &str = "
    update outbox
    set claimed_by = null, claimed_until = null
    where community = $1
      and id = $2
      and claimed_by = $3
      and state = 'due'";

/// Takes the turn in each community where something waits, if it is nobody's; $4 is when a turn of one's own is due to
/// be made longer. Communities are walked like lanes.
pub const TAKE_TURNS: &str = "
    with recursive waiting (community) as (
        select min(community)
        from inbox
        where digested_at is null
        union all
        select (select min(i.community) from inbox i where i.digested_at is null and i.community > waiting.community)
        from waiting
        where waiting.community is not null
    )
    insert into turns (community, claimed_by, claimed_until)
    select w.community, $2, $3
    from waiting w
    where w.community is not null
      and not exists (
          select 1
          from turns t
          where t.community = w.community
            and (t.claimed_by <> $2 and t.claimed_until > $1 or t.claimed_by = $2 and t.claimed_until > $4)
      )
    order by w.community
    limit $5
    on conflict (community) do update
    set claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
    where turns.claimed_by = excluded.claimed_by
       or turns.claimed_until <= $1";

pub const PENDING: &str = "
    select id, incoming
    from inbox
    where digested_at is null
      and exists (
          select 1
          from turns t
          where t.community = inbox.community
            and t.claimed_by = $1
            and t.claimed_until > $2
      )
    order by id
    limit $3";

/// Makes one's own claims void; one statement a table that has them.
pub const LEAVE: [&str; 5] = [
    "update outbox set claimed_until = 0 where state = 'due' and claimed_by = $1",
    "update deadlines set claimed_until = 0 where claimed_by = $1",
    "update turns set claimed_until = 0 where claimed_by = $1",
    "update shards set claimed_until = 0, claimed_at = 0 where claimed_by = $1",
    "delete from attendants where claimed_by = $1",
];

/// Makes every claim void.
pub const VOID_CLAIMS: [&str; 5] = [
    "update outbox set claimed_until = 0 where state = 'due' and claimed_until > 0",
    "update deadlines set claimed_until = 0 where claimed_until > 0",
    "update turns set claimed_until = 0 where claimed_until > 0",
    "update shards set claimed_until = 0, claimed_at = 0 where claimed_at > 0",
    "delete from attendants where claimed_until > 0",
];
