//! Statements about times in which nobody listened.

/// The newest message of a watched channel or its threads, by the platform's time. What was heard when it was watched
/// before does not count, by our own time.
pub const LAST_SEEN: &str = "
    select message
    from inbox
    where community = $1
      and channel = $2
      and revision = 0
      and received_at >= coalesce(
          (select noticed_at from gaps where community = $1 and channel = $2 and after is null), 0)
    order by at desc, id desc
    limit 1";

/// The last that was heard of messages; their ids follow.
pub const SELECT_LAST_WORDS: &str = "
    select message, max(revision)
    from inbox
    where community = ";

pub const GAPS: &str = "
    select channel, after, is_owed, reason, noticed_at
    from gaps
    where community = $1
    order by channel";

/// A channel is watched from now on, whatever was heard there when it was watched before.
pub const BEGIN_WATCH: &str = "
    insert into gaps (community, channel, is_owed, noticed_at)
    values ($1, $2, 0, $3)
    on conflict (community, channel) do update
    set after = null, is_owed = 0, reason = null, noticed_at = excluded.noticed_at";

pub const FORGET_GAP: &str = "
    delete from gaps
    where community = $1
      and channel = $2";

/// The start of what is owed already stays; that it was noticed again keeps an earlier look from closing it.
pub const OPEN_GAP: &str = "
    insert into gaps (community, channel, after, is_owed, noticed_at)
    values ($1, $2, $3, 1, $4)
    on conflict (community, channel) do update
    set after = case when gaps.is_owed = 1 then gaps.after else excluded.after end,
        reason = case when gaps.is_owed = 1 then gaps.reason end,
        is_owed = 1,
        noticed_at = excluded.noticed_at";

pub const GAP_REASON: &str = "
    update gaps
    set reason = $3
    where community = $1
      and channel = $2
      and is_owed = 1";

pub const CLOSE_GAP: &str = "
    update gaps
    set is_owed = 0, reason = null
    where community = $1
      and channel = $2
      and noticed_at = $3";

/// Messages whose change or end would matter: those of requests that are not settled, and remarks that nobody has
/// looked at. Where a message stands is what the inbox says, which knows the thread of each.
pub const UNSETTLED: &str = "
    select i.place, m.message
    from requests r
    join request_messages m
      on m.community = r.community
     and m.request = r.id
     and m.text is not null
    join inbox i
      on i.community = r.community
     and i.channel = r.channel
     and i.message = m.message
     and i.revision = 0
    where r.community = $1
      and r.channel = $2
      and r.opened_at >= $3
      and r.status in ('open', 'claimed', 'answered')
    union
    select coalesce(j.thread, j.channel), j.message
    from judgements j
    where j.community = $1
      and j.channel = $2
      and j.zone in ('review', 'quiet')
      and j.at >= $4
      and j.state = 'open'";

/// What waits to be digested is little; the concatenation keeps a database from walking the whole channel instead.
pub const MAY_BE_ANSWERED: &str = "
    select id
    from inbox
    where digested_at is null
      and community || '' = $1
      and channel || '' = $2
      and standing = 'employee'
      and at >= $3
    order by id
    limit 1";

pub const NOTE_MISSED: &str = "
    insert into missed (community, channel, from_at, to_at, bound)
    values ($1, $2, $3, $4, $5)
    on conflict (community, channel, from_at) do update
    set to_at = excluded.to_at
    where missed.to_at < excluded.to_at";

pub const TELL_MISSED: &str = "
    update missed
    set told_at = $2
    where community = $1
      and told_at is null";

pub const FORGET_MISSED: &str = "
    delete from missed
    where community = $1
      and told_at < $2";

pub const MISSED: &str = "
    select channel, from_at, to_at, bound
    from missed
    where community = $1
      and told_at = $2
    order by from_at, channel";

pub const MISSED_SINCE: &str = "
    select channel, from_at, to_at, bound
    from missed
    where community = $1
      and (told_at is null or told_at >= $2)
    order by from_at, channel";
