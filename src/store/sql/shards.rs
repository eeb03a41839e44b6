//! The statements with which processes share out shards.

pub const LIVE_TOTAL: &str = "
    select max(total)
    from shards
    where claimed_until > $1";

pub const ATTEND: &str = "
    insert into attendants (claimed_by, claimed_until)
    values ($1, $2)
    on conflict (claimed_by) do update
    set claimed_until = excluded.claimed_until";

pub const FORGET_THE_LATE: &str = "
    delete from attendants
    where claimed_until <= $1";

pub const ATTENDING: &str = "
    select count(*)
    from attendants";

/// All shards of this total, each once.
pub const LAY_OUT: &str = "
    with recursive numbers (number) as (
        select 0
        union all
        select number + 1
        from numbers
        where number + 1 < $1
    )
    insert into shards (total, shard, claimed_until, claimed_at)
    select $1, number, 0, 0
    from numbers
    where not exists (select 1 from shards s where s.total = $1 and s.shard = number)
    on conflict (total, shard) do nothing";

pub const KEEP: &str = "
    update shards
    set claimed_until = $3
    where total = $1
      and claimed_by = $2
    returning shard";

pub const GIVE_BACK: &str = "
    update shards
    set claimed_by = null, claimed_until = 0
    where total = $1
      and claimed_by = $2
      and shard = $3";

/// Lets one process share out at a time, so that two never take a shard within the pace.
macro_rules! take_turns {
    ($for_update:literal) => {
        concat!(
            "
    select shard
    from shards
    where total = $1
      and shard = 0
    ",
            $for_update
        )
    };
}

/// Takes the first shard that is nobody's, unless one was taken after $5.
macro_rules! take {
    ($skip_locked:literal) => {
        concat!(
            "
    update shards
    set claimed_by = $2, claimed_until = $3, claimed_at = $4
    where total = $1
      and shard = (
          select s.shard
          from shards s
          where s.total = $1
            and s.claimed_until <= $4
            and not exists (select 1 from shards t where t.claimed_at > $5)
          order by s.shard
          limit 1
          ",
            $skip_locked,
            "
      )
    returning shard"
        )
    };
}

/// As SQLite takes it.
pub mod sqlite {
    /// Its transactions take turns anyway.
    pub const TAKE_TURNS: &str = take_turns!("");
    pub const TAKE: &str = take!("");
}

/// As PostgreSQL takes it.
#[cfg(feature = "postgres")]
pub mod postgres {
    pub const TAKE_TURNS: &str = take_turns!("for update");
    pub const TAKE: &str = take!("for update skip locked");
}
