//! Opening hours against a calendar read minute by minute.

use proptest::prelude::*;

use super::*;

fn hours(text: &str) -> Hours {
    Hours::parse(text).expect(text)
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("the time zones are compiled in")
}

fn date(text: &str) -> civil::Date {
    text.parse().expect(text)
}

/// A wall-clock time in a zone.
fn local(text: &str, zone: &TimeZone) -> Timestamp {
    let at: civil::DateTime = text.parse().expect(text);
    at.to_zoned(zone.clone()).expect("in the calendar's range").timestamp()
}

#[test]
fn hours_are_written_back_in_one_form() {
    for (text, form) in [
        ("mon-fri 09:00-18:00, sat 10:00-13:00", "mon-fri 09:00-18:00, sat 10:00-13:00"),
        (" SAT 10:00 - 13:00 ,Mon-Friday 9:00–18:00", "mon-fri 09:00-18:00, sat 10:00-13:00"),
        ("mon 14:00-18:00, mon 09:00-12:00", "mon 09:00-12:00, mon 14:00-18:00"),
        ("mon 09:00-12:00, mon 11:00-15:00, mon 15:00-16:00", "mon 09:00-16:00"),
        ("sat-mon 08:00-12:00", "sat-mon 08:00-12:00"),
        ("fri 22:00-06:00", "fri 22:00-06:00"),
        ("mon-sun 22:00-06:00", "mon-sun 22:00-06:00"),
        ("sun 22:00-24:00, mon 00:00-06:00", "sun 22:00-06:00"),
        ("sun 22:00-00:00", "sun 22:00-24:00"),
        ("sat 00:00-24:00", "sat 00:00-24:00"),
        ("sat-sun 00:00-24:00", "sat-sun 00:00-24:00"),
        ("mon 10:00-24:00, tue 00:00-11:00", "mon 10:00-24:00, tue 00:00-11:00"),
        ("mon 10:00-24:00, tue 00:00-10:00", "mon 10:00-24:00, tue 00:00-10:00"),
        ("mon-sun 00:00-24:00", "always open"),
        ("mon-thu 00:00-24:00, fri-sun 00:00-12:00, fri-sun 12:00-24:00", "always open"),
        ("Always", "always open"),
    ] {
        assert_eq!(hours(text).to_string(), form, "{text}");
    }
}

#[test]
fn a_mistake_is_named_with_what_is_expected() {
    for (text, says) in [
        ("", "no hours are given: write them like mon-fri 09:00-18:00"),
        ("mon", "`mon` is not days and times: write it like mon-fri 09:00-18:00"),
        ("09:00-18:00", "`09:00-18:00` is not days and times"),
        ("mon 09:00", "`mon 09:00` is not days and times"),
        ("mon 09:00-18:00,", "`` is not days and times"),
        ("lun-ven 09:00-18:00", "`lun` is no day: write mon, tue, wed"),
        ("mon-tue-wed 09:00-18:00", "`tue-wed` is no day"),
        ("mon 9-18", "`9` is no time: write 00:00 to 23:59, or 24:00"),
        ("mon 09:00-25:00", "`25:00` is no time"),
        ("mon 09:60-10:00", "`09:60` is no time"),
        ("mon 24:00-06:00", "`24:00` is no time"),
        ("mon 09:00-24:01", "`24:01` is no time"),
        ("mon 09:00-+9:00", "`+9:00` is no time"),
        ("mon 09:00-18:00-19:00", "`18:00-19:00` is no time"),
        ("mon 09:00-09:00", "`mon 09:00-09:00` is never open"),
        ("mon 24:00-24:00", "`mon 24:00-24:00` is never open"),
    ] {
        let said = Hours::parse(text).expect_err(text).to_string();
        assert!(said.starts_with(says), "{text}: {said}");
    }
    assert_eq!(Hours::parse(&"mon 09:00-18:00,".repeat(1000)), Err(HoursError::Long));
}

#[test]
fn a_lunch_break_and_a_weekend_do_not_count() {
    let paris = zone("Europe/Paris");
    let hours = hours("mon-fri 09:00-12:00, mon-fri 14:00-18:00");
    let time = |from, to| hours.open_time(&[], &paris, local(from, &paris), local(to, &paris));
    assert_eq!(time("2026-03-02T11:30:00", "2026-03-02T14:10:30"), Span::seconds(40 * 60 + 30));
    assert_eq!(time("2026-03-06T17:00:00", "2026-03-09T09:05:00"), Span::minutes(65));
    assert_eq!(time("2026-03-02T00:00:00", "2026-03-09T00:00:00"), Span::minutes(5 * 7 * 60));
    assert_eq!(time("2026-03-09T10:00:00", "2026-03-02T10:00:00"), Span::ZERO, "backwards");
    assert_eq!(time("2026-03-02T12:00:00", "2026-03-02T14:00:00"), Span::ZERO);
}

#[test]
fn a_holiday_closes_its_whole_local_day() {
    let paris = zone("Europe/Paris");
    let nights = hours("mon-sun 22:00-06:00");
    let holidays = [date("2026-12-25"), date("2026-12-25")];
    let open = |at| nights.is_open(&holidays, &paris, local(at, &paris));
    assert!(open("2026-12-24T23:59:59"));
    assert!(!open("2026-12-25T00:00:00"), "the shift of the 24th stops at midnight");
    assert!(!open("2026-12-25T23:00:00"));
    assert!(open("2026-12-26T00:00:00"), "what is left of the night after the holiday");
    let (from, to) = (local("2026-12-24T12:00:00", &paris), local("2026-12-26T12:00:00", &paris));
    assert_eq!(nights.open_time(&holidays, &paris, from, to), Span::minutes(8 * 60));
    assert_eq!(
        nights.next_opening(&holidays, &paris, local("2026-12-25T01:00:00", &paris)),
        Some(local("2026-12-26T00:00:00", &paris))
    );
    // The same date is another stretch of time elsewhere.
    let tokyo = zone("Asia/Tokyo");
    assert!(!Hours::always().is_open(&holidays, &tokyo, local("2026-12-24T16:00:00", &TimeZone::UTC)));
    assert!(Hours::always().is_open(&holidays, &tokyo, local("2026-12-25T15:00:00", &TimeZone::UTC)));
}

#[test]
fn real_time_counts_where_clocks_change() {
    let paris = zone("Europe/Paris");
    let nights = hours("sat 22:00-06:00");
    let night = |from, to| nights.open_time(&[], &paris, local(from, &paris), local(to, &paris));
    assert_eq!(night("2026-03-14T12:00:00", "2026-03-15T12:00:00"), Span::minutes(8 * 60));
    assert_eq!(
        night("2026-03-28T12:00:00", "2026-03-29T12:00:00"),
        Span::minutes(7 * 60),
        "an hour is skipped"
    );
    assert_eq!(
        night("2026-10-24T12:00:00", "2026-10-25T12:00:00"),
        Span::minutes(9 * 60),
        "an hour is lived twice"
    );
    // The clock never shows 02:30 on that day: it opens when the clock jumps over it.
    let early = hours("sun 02:30-05:00");
    let change = local("2026-03-29T03:00:00", &paris);
    assert_eq!(early.next_opening(&[], &paris, local("2026-03-28T12:00:00", &paris)), Some(change));
}

#[test]
fn the_next_opening_is_searched_for_a_bounded_time() {
    let paris = zone("Europe/Paris");
    let hours = hours("mon-fri 09:00-18:00");
    let next = |at| hours.next_opening(&[date("2026-05-01")], &paris, local(at, &paris));
    assert_eq!(next("2026-04-30T12:34:56"), Some(local("2026-04-30T12:34:56", &paris)), "open already");
    assert_eq!(
        next("2026-04-30T18:00:00"),
        Some(local("2026-05-04T09:00:00", &paris)),
        "over a long weekend"
    );
    let closed: Vec<_> = date("2026-01-01").series(jiff::Span::new().days(1)).take(500).collect();
    assert_eq!(hours.next_opening(&closed, &paris, local("2026-01-01T09:00:00", &paris)), None);
}

#[test]
fn the_ends_of_the_calendar_are_no_trouble() {
    let paris = zone("Europe/Paris");
    let whole = Span::between(Timestamp::MIN, Timestamp::MAX);
    assert_eq!(Hours::always().open_time(&[], &paris, Timestamp::MIN, Timestamp::MAX), whole);
    assert_eq!(hours("mon 09:00-10:00").next_opening(&[], &paris, Timestamp::MAX), None);
}

/// One entry as it was written: first and last day, start and end in minutes.
type Entry = (usize, usize, u16, u16);

fn written(entries: &[Entry]) -> String {
    let time = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
    let entry =
        |(a, b, start, end): &Entry| format!("{}-{} {}-{}", DAYS[*a], DAYS[*b], time(*start), time(*end));
    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
}

/// What the entries say about one point, read off the calendar without any of the arithmetic above.
fn says_open(entries: &[Entry], holidays: &[civil::Date], zone: &TimeZone, at: Timestamp) -> bool {
    let clock = at.to_zoned(zone.clone());
    let today = usize::try_from(clock.weekday().to_monday_zero_offset()).expect("0 to 6");
    let minute = u16::try_from(i32::from(clock.hour()) * 60 + i32::from(clock.minute())).expect("below 1440");
    let covers = |first: usize, last: usize, day: usize| (day + 7 - first) % 7 <= (last + 7 - first) % 7;
    let is_in = |(first, last, start, end): &Entry| {
        if start < end {
            covers(*first, *last, today) && (*start..*end).contains(&minute)
        } else {
            (covers(*first, *last, today) && minute >= *start)
                || (covers(*first, *last, (today + 6) % 7) && minute < *end)
        }
    };
    !holidays.contains(&clock.date()) && entries.iter().any(is_in)
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    // Quarters of an hour meet and overlap often; single minutes catch what is off by one.
    let minute = |last: u16| prop_oneof![(0..=last / 15).prop_map(|q| q * 15), 0..=last];
    let entry = (0usize..7, 0usize..7, minute(1439), minute(1440));
    prop::collection::vec(entry.prop_filter("never open", |e| e.2 != e.3), 1..6)
}

/// Zones with a clock change or another oddity, and a point near it.
fn places() -> impl Strategy<Value = (TimeZone, Timestamp)> {
    let places = [
        ("Europe/Paris", "2026-03-29T01:00:00Z"),
        ("Europe/Paris", "2026-10-25T01:00:00Z"),
        ("America/New_York", "2026-11-01T06:00:00Z"),
        ("America/St_Johns", "2026-03-08T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"), // clocks change by half an hour
        ("Africa/Casablanca", "2026-02-15T02:00:00Z"),   // Ramadan
        ("Pacific/Apia", "2011-12-30T10:00:00Z"),        // a day was left out
        ("Asia/Kathmandu", "2026-06-01T00:00:00Z"),      // 5 h 45 min
        ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),   // midnight was skipped
        ("UTC", "1970-01-01T00:00:00Z"),
    ];
    prop::sample::select(places.to_vec())
        .prop_map(|(name, at)| (zone(name), at.parse().expect("a point in time")))
}

fn plus_minutes(at: Timestamp, minutes: i64) -> Timestamp {
    from_milliseconds(at.as_millisecond() + minutes * MINUTE_MS).expect("in the calendar's range")
}

/// Dates around a point, by how many days they are off.
fn dates(at: Timestamp, off: &[i64]) -> Vec<civil::Date> {
    off.iter().map(|days| plus_minutes(at, days * 1440).to_zoned(TimeZone::UTC).date()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn business_time_is_what_a_calendar_counts_minute_by_minute(
        entries in entries(),
        (zone, around) in places(),
        off in prop::collection::vec(-4i64..=4, 0..3),
        start in -5 * 1440i64..2 * 1440,
        minutes in 0i64..5 * 1440,
    ) {
        let hours = hours(&written(&entries));
        let holidays = dates(around, &off);
        let from = plus_minutes(around, start);
        let mut counted = 0;
        for minute in 0..minutes {
            let at = plus_minutes(from, minute);
            let is_open = says_open(&entries, &holidays, &zone, at);
            prop_assert_eq!(hours.is_open(&holidays, &zone, at), is_open, "{}", at);
            counted += i64::from(is_open);
        }
        let to = plus_minutes(from, minutes);
        prop_assert_eq!(hours.open_time(&holidays, &zone, from, to), Span::minutes(counted));
    }

    #[test]
    fn the_next_opening_is_the_first_open_minute(
        entries in entries(),
        (zone, around) in places(),
        off in prop::collection::vec(-4i64..=4, 0..5),
        start in -5 * 1440i64..2 * 1440,
    ) {
        let hours = hours(&written(&entries));
        let holidays = dates(around, &off);
        let from = plus_minutes(around, start);
        let first = (0..20 * 1440).map(|m| plus_minutes(from, m)).find(|at| says_open(&entries, &holidays, &zone, *at));
        prop_assert!(first.is_some());
        prop_assert_eq!(hours.next_opening(&holidays, &zone, from), first);
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_as_the_same_hours(entries in entries()) {
        let hours = hours(&written(&entries));
        let form = hours.to_string();
        prop_assert_eq!(Hours::parse(&form), Ok(hours.clone()), "{}", form);
        prop_assert!(form.split(',').count() <= 7 * 6, "{form}");
    }

    #[test]
    fn business_time_adds_up(
        entries in entries(),
        (zone, around) in places(),
        off in prop::collection::vec(-2000i64..2000, 0..20),
        mut points in prop::array::uniform3(-200_000_000_000i64..200_000_000_000),
    ) {
        points.sort_unstable();
        let hours = hours(&written(&entries));
        let holidays = dates(around, &off);
        let [a, b, c] = points.map(|ms| from_milliseconds(around.as_millisecond() + ms).expect("some years"));
        let time = |from, to| hours.open_time(&holidays, &zone, from, to);
        prop_assert_eq!(time(a, b).plus(time(b, c)), time(a, c));
        prop_assert!(time(a, c) <= Span::between(a, c));
    }

    #[test]
    fn no_text_makes_it_panic(text in "(mon|tue|sat)?-?(sun|fri)? ?[0-9:, –-]{0,20}|\\PC{0,30}") {
        if let Ok(hours) = Hours::parse(&text) {
            prop_assert_eq!(Hours::parse(&hours.to_string()), Ok(hours));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_point_after_some_open_time_is_the_first_at_which_so_much_has_passed(
        entries in entries(),
        (zone, around) in places(),
        off in prop::collection::vec(-4i64..=4, 0..3),
        start in -5 * 1440i64..2 * 1440,
        seconds in 1i64..200_000,
    ) {
        let hours = hours(&written(&entries));
        let holidays = dates(around, &off);
        let from = plus_minutes(around, start);
        let span = Span::seconds(seconds);
        let after = hours.after(&holidays, &zone, from, span).expect("every week is open at some time");
        prop_assert_eq!(hours.open_time(&holidays, &zone, from, after), span);
        let before = from_milliseconds(after.as_millisecond() - 1).expect("in the calendar's range");
        prop_assert!(hours.open_time(&holidays, &zone, from, before) < span);
    }
}
