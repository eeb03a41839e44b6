//! The statements of what is kept for the judge.

pub const PUT_JUDGED: &str = "
    insert into judgements
        (community, message, channel, thread, author, at, zone, route, judgement, lot, state)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open')
    on conflict (community, message) do update
    set zone = excluded.zone, route = excluded.route, judgement = excluded.judgement, state = 'open', label = null,
        settled_by = null, settled_at = null, audit = null";

/// What a person has said stays, whatever happens afterwards and whoever says something else.
pub const SETTLE: &str = "
    update judgements
    set state = $3, label = $4, settled_by = $5, settled_at = $6
    where community = $1
      and message = $2
      and (state = 'open' or ($3 = 'settled' and state <> 'settled'))";

pub const JUDGED: &str = "
    select community, message, channel, thread, author, at, judgement, state, label
    from judgements
    where community = $1
      and message = $2";

pub const IN_REVIEW: &str = "
    select community, message, channel, thread, author, at, judgement, state, label
    from judgements
    where community = $1
      and route = $2
      and zone = 'review'
      and state = 'open'
      and at >= $3
    order by at, message
    limit $4";

pub const COUNT_IN_REVIEW: &str = "
    select count(*)
    from judgements
    where community = $1
      and route = $2
      and zone = 'review'
      and state = 'open'
      and at >= $3";

pub const COUNT_ZONE: &str = "
    select count(*)
    from judgements
    where community = $1
      and zone = $2
      and at >= $3
      and at < $4";

/// Requests that the judge opened: those that a person opened stand in the log with the person.
pub const COUNT_PINGED: &str = "
    select count(*)
    from requests r
    join request_events e
      on e.community = r.community
     and e.request = r.id
     and e.event = 'opened'
     and e.actor is null
    where r.community = $1
      and r.opened_at >= $2
      and r.opened_at < $3";

pub const INSERT_LESSON: &str = "
    insert into lessons
        (community, id, message, request, at, taught_by, source, zone, label, decided, shared, own, week, is_undone)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)";

pub const LESSONS: &str = "
    select message, request, at, taught_by, source, zone, label, decided, shared, own, week
    from lessons
    where community = $1
      and at >= $2
      and is_undone = 0
    order by at, id";

pub const LESSON_TEXTS: &str = "
    select l.id as lesson, l.label, m.request, m.text
    from (
        select id, label, request
        from lessons
        where community = $1
          and is_undone = 0
          and request is not null
        order by at desc, id desc
        limit $2
    ) l
    join request_messages m
      on m.community = $1
     and m.request = l.request
    where m.text is not null
    order by l.id, m.position";

pub const PUT_LEARNT: &str = "
    insert into learnt (community, week, state, changed_at)
    values ($1, $2, $3, $4)
    on conflict (community, week) do update
    set state = excluded.state, changed_at = excluded.changed_at";

/// Guards what is learnt: of two lessons that were learnt from the same knowledge one is taken.
pub const NEXT_LEARNT: &str = "
    update communities
    set learnt = learnt + 1
    where community = $1
      and learnt = $2";

pub const BUMP_LEARNT: &str = "
    update communities
    set learnt = learnt + 1
    where community = $1";

pub const LEARNT: &str = "
    select week, state
    from learnt
    where community = $1
    order by week desc
    limit 1";

/// Two months of weeks can be gone back to.
pub const FORGET_OLD_LEARNT: &str = "
    delete from learnt
    where community = $1
      and week < $2";

pub const UNDO_LESSONS: &str = "
    update lessons
    set is_undone = 1
    where community = $1
      and week >= $2
      and is_undone = 0";

pub const UNDO_LEARNT: &str = "
    delete from learnt
    where community = $1
      and week >= $2";

pub const AUDITS_DUE: &str = "
    select community, audit_at
    from communities
    where audit_at <= $1
    order by audit_at
    limit $2";

pub const NEXT_AUDIT: &str = "
    update communities
    set audit_at = $2
    where community = $1";

pub const INSERT_AUDIT: &str = "
    insert into audits (community, week, drawn, drawn_from, created_at)
    values ($1, $2, 0, (
        select count(*)
        from judgements
        where community = $1
          and state = 'open'
          and at >= $4
          and at < $5
    ), $3)
    on conflict (community, week) do nothing";

/// The lot of a message is a hash of its id: as good as chance, and the same in every process.
pub const DRAW_AUDIT: &str = "
    update judgements
    set audit = $2
    where community = $1
      and message in (
          select message
          from judgements
          where community = $1
            and state = 'open'
            and at >= $3
            and at < $4
          order by lot
          limit $5
      )";

pub const AUDIT_DRAWN: &str = "
    update audits
    set drawn = $3
    where community = $1
      and week = $2";

pub const LAST_AUDIT: &str = "
    select week, drawn_from
    from audits
    where community = $1
      and drawn > 0
    order by week desc
    limit 1";

pub const DRAWN: &str = "
    select community, message, channel, thread, author, at, judgement, state, label
    from judgements
    where community = $1
      and audit = $2
    order by lot";

pub const TAKE_READING: &str = "
    insert into second_readings (community, day, asked, unanswered)
    values ($1, $2, 1, 0)
    on conflict (community, day) do update
    set asked = second_readings.asked + 1
    where second_readings.asked < $3";

pub const READING_UNANSWERED: &str = "
    update second_readings
    set unanswered = unanswered + 1
    where community = $1
      and day = $2";

pub const READINGS: &str = "
    select cast(coalesce(sum(asked), 0) as bigint), cast(coalesce(sum(unanswered), 0) as bigint)
    from second_readings
    where community = $1
      and day >= $2";
