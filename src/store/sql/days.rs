//! Statements about the figures of a day.

/// One more request of this day has changed.
pub const TOUCH_DAY: &str = "
    insert into days (community, day, version, packed)
    values ($1, $2, 1, 0)
    on conflict (community, day) do update
    set version = days.version + 1";

pub const DAYS_SEEN: &str = "
    select min(day), max(day)
    from days
    where community = $1";

pub const DAYS: &str = "
    select day, version, packed, pack
    from days
    where community = $1
      and day >= $2
      and day < $3
    order by day";

pub const PACK_DAY: &str = "
    update days
    set pack = $4, packed = $3
    where community = $1
      and day = $2
      and version = $3";

pub const SELECT_MEASURE: &str = "
    select id, channel, route, status, opened_at, first_response_by, reroutes, course
    from requests
    where community = ";
