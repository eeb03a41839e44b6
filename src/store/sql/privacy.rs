//! The statements of what is erased.

pub const ERASURES_DUE: &str = "
    select community, erase_at
    from communities
    where erase_at <= $1
    order by erase_at
    limit $2";

pub const NEXT_ERASURE: &str = "
    select min(erase_at)
    from communities
    where erase_at > $1";

/// Guarded: whoever changes the settings or forgets somebody meanwhile makes it due at once, and that stays.
pub const MOVE_ERASURE: &str = "
    update communities
    set erase_at = $3
    where community = $1
      and erase_at = $2";

pub const HASTEN_ERASURE: &str = "
    update communities
    set erase_at = 0
    where community = $1";

pub const OLDEST_TEXT: &str = "
    select min(at)
    from request_messages
    where community = $1
      and text is not null";

/// Without an index: a channel is seldom deleted.
pub const TEXTS_IN: &str = "
    select m.message
    from requests r
    join request_messages m
      on m.community = r.community
     and m.request = r.id
    where r.community = $1
      and (r.channel = $2 or r.thread = $2)
      and m.text is not null
    order by m.at, m.message";

/// Where a message stands is what the inbox says as long as it remembers; afterwards it is likely to be where its request
/// was opened.
pub const TEXTS_BEFORE: &str = "
    select r.channel, r.thread, i.place, m.message, m.at, m.text
    from request_messages m
    join requests r
      on r.community = m.community
     and r.id = m.request
    left join inbox i
      on i.community = r.community
     and i.channel = r.channel
     and i.message = m.message
     and i.revision = 0
    where m.community = $1
      and m.text is not null
      and m.at = (select max(at) from request_messages where community = $1 and text is not null and at < $2)
    order by m.message";

pub const OLD_TEXTS: &str = "
    select request
    from request_messages
    where community = $1
      and text is not null
      and at < $2
    order by at
    limit $3";

/// The post of a card shows what is erased now. One that is on its way shows it too, and is followed by an edit.
pub const REDRAW_CARDS: &str = "
    update cards
    set shows_erased = 1
    where community = $1
      and request = $2
      and is_live = 1";

pub const CARD_ON_ITS_WAY: &str = "
    select count(*)
    from outbox
    where community = $1
      and request = $2
      and state = 'due'";

pub const CARDS_TO_REDRAW: &str = "
    select request, notice, route
    from cards
    where community = $1
      and shows_erased = 1
    order by notice
    limit $2";

pub const CARD_IS_REDRAWN: &str = "
    update cards
    set shows_erased = 0
    where community = $1
      and request = $2
      and notice = $3";

/// Never digested, and older than anything is kept.
pub const DROP_UNREAD: &str = "
    update inbox
    set incoming = null, digested_at = $3
    where community = $1
      and digested_at is null
      and at < $2";

/// The channels of a community in which something was heard, from one to the next along the key.
pub const CHANNELS_HEARD: &str = "
    with recursive channels (channel) as (
        select min(channel)
        from inbox
        where community = $1
        union all
        select (select min(i.channel) from inbox i where i.community = $1 and i.channel > channels.channel)
        from channels
        where channels.channel is not null
    )
    select channel
    from channels
    where channel is not null";

/// The newest message of a channel stays, with those of the minute before: it is the mark from a little before which
/// what was missed is read back. Where something has still to be read back, everything stays.
pub const PRUNE_INBOX: &str = "
    delete from inbox
    where community = $1
      and channel = $2
      and (message, revision) in (
          select message, revision
          from inbox
          where community = $1
            and channel = $2
            and digested_at is not null
            and received_at < $3
            and not exists (select 1 from gaps g where g.community = $1 and g.channel = $2 and g.is_owed = 1)
            and received_at < (
                select max(received_at) - 60000
                from inbox
                where community = $1
                  and channel = $2
                  and revision = 0
            )
          order by received_at
          limit $4
      )";

pub const PRUNE_OUTBOX: &str = "
    delete from outbox
    where community = $1
      and id in (
          select id
          from outbox
          where community = $1
            and state <> 'due'
            and done_at < $2
          order by done_at
          limit $3
      )";

pub const PRUNE_JUDGEMENTS: &str = "
    delete from judgements
    where community = $1
      and message in (
          select message
          from judgements
          where community = $1
            and zone = $2
            and at < $3
          order by at
          limit $4
      )";

pub const PRUNE_PINGS: &str = "
    delete from pings
    where community = $1
      and at < $2";

pub const PRUNE_TEACHERS: &str = "
    update lessons
    set taught_by = $3
    where community = $1
      and at < $2
      and taught_by <> $3";

pub const PRUNE_PLAYGROUND: &str = "
    delete from playground_posts
    where community = $1
      and at < $2";

pub const KEPT_REQUESTS: &str = "
    select count(*), min(opened_at)
    from requests
    where community = $1
      and author = $2";

pub const KEPT_TEXTS: &str = "
    select count(*), min(m.at)
    from requests r
    join request_messages m
      on m.community = r.community
     and m.request = r.id
    where r.community = $1
      and r.author = $2
      and m.text is not null";

/// $3 is the person's id as it stands in JSON, between wildcards.
pub const REQUESTS_NAMING: &str = r"
    select id
    from requests
    where community = $1
      and (author = $2
        or status_by = $2
        or claimed_by = $2
        or first_response_by = $2
        or course like $3 escape '\')
    order by id";

/// A day whose requests have changed since it was packed still holds the names of before.
pub const EMPTY_VOID_DAYS: &str = "
    update days
    set pack = null
    where community = $1
      and packed <> version";

pub const EVENTS_NAMING: &str = r"
    select request, seq, at, actor, detail
    from request_events
    where community = $1
      and detail like $2 escape '\'";

pub const PUT_EVENT_DETAIL: &str = "
    update request_events
    set detail = $4
    where community = $1
      and request = $2
      and seq = $3";

pub const FORGET_ACTOR: &str = "
    update request_events
    set actor = $3
    where community = $1
      and actor = $2";

pub const IN_LISTS: &str = "
    select distinct route
    from judgements
    where community = $1
      and author = $2
      and zone = 'review'
      and state = 'open'";

/// What nobody has looked at leaves the lists.
pub const LEAVE_LISTS: &str = "
    update judgements
    set state = 'deleted', settled_at = $3
    where community = $1
      and author = $2
      and state = 'open'";

pub const FORGET_JUDGED: &str = "
    update judgements
    set author = $3
    where community = $1
      and author = $2";

pub const FORGET_SETTLER: &str = "
    update judgements
    set settled_by = $3
    where community = $1
      and settled_by = $2";

pub const FORGET_TEACHER: &str = "
    update lessons
    set taught_by = $3
    where community = $1
      and taught_by = $2";

/// What has not been judged yet goes unjudged.
pub const FORGET_UNREAD: &str = r"
    update inbox
    set incoming = null, digested_at = $3
    where community = $1
      and digested_at is null
      and incoming like $2 escape '\'";

pub const FORGET_HEARD: &str = "
    update inbox
    set author = $3
    where community = $1
      and author = $2";

/// $2 and $3 are ids as they stand in JSON; the column holds ids and nothing else.
pub const FORGET_MENTIONS: &str = r"
    update inbox
    set mentions = replace(mentions, $2, $3)
    where community = $1
      and mentions like $4 escape '\'";
