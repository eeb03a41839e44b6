//! The figures of a few requests that can be counted by hand.

use super::*;
use crate::domain::hours::Hours;
use crate::domain::request::Status;
use crate::domain::settings::{Desk, Platform};
use crate::store::{Measure, Sheet, Took};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn all(rows: &[Measure<'_>]) -> Measures {
    let mut sheet = Sheet::default();
    sheet.person(&"karim".into());
    for measure in rows {
        sheet.push(&"questions".into(), measure);
    }
    Measures { sheets: vec![sheet] }
}

fn measure(route: Route, status: Status, opened_at: &str, response: Option<(i32, i32)>) -> Measure<'static> {
    Measure {
        first_response: response.map(|(seconds, business_seconds)| Took { seconds, business_seconds }),
        answered_by: response.map(|_| 0),
        ..Measure::new(route, status, at(opened_at))
    }
}

/// Customer service answers within half an hour of its office hours in UTC; the other desks have no target.
fn settings() -> Settings {
    let mut settings = Settings::new(Platform::Playground, "azur".into(), "Air Azur");
    for route in Route::ALL {
        settings.desks.push(Desk {
            route,
            channel: "desk".into(),
            role: "role".into(),
            hours: Hours::parse("mon-fri 09:00-18:00").expect("hours"),
            holidays: Vec::new(),
            first_response: (route == Route::CustomerService).then(|| Span::minutes(30)),
            resolution: None,
            remind_after: None,
            return_after: None,
            max_pings_per_hour: Desk::MAX_PINGS_PER_HOUR,
            discreet: false,
            escalate_to: None,
            guidelines: None,
        });
    }
    settings
}

/// Monday 2 March 2026, ten o'clock: the desks have been open for an hour.
const NOW: &str = "2026-03-02T10:00:00Z";

#[test]
fn what_waits_is_counted_and_never_averaged_in() {
    let measures = [
        measure(Route::Pr, Status::Answered, "2026-03-02T09:00:00Z", Some((60, 60))),
        measure(Route::Pr, Status::Resolved, "2026-03-02T09:10:00Z", Some((120, 120))),
        measure(Route::Pr, Status::Open, "2026-02-20T09:00:00Z", None),
        measure(Route::Pr, Status::Claimed, "2026-03-02T09:30:00Z", None),
    ];
    let total = Figures::of(&all(&measures), &settings(), at(NOW)).total;
    assert_eq!((total.requests, total.answered, total.waiting), (4, 2, 2));
    assert_eq!(total.oldest_waiting, Some(Span::seconds(10 * 86_400 + 3600)));
    assert_eq!(total.first_response.calendar.map(|s| (s.p50, s.max)), Some((60, 120)));
}

#[test]
fn dismissed_requests_are_in_no_other_figure() {
    let measures = [
        measure(
            Route::CustomerService,
            Status::Dismissed,
            "2026-01-01T00:00:00Z",
            Some((9_999_999, 9_999_999)),
        ),
        measure(Route::CustomerService, Status::Dismissed, "2026-01-01T00:00:00Z", None),
    ];
    let total = Figures::of(&all(&measures), &settings(), at(NOW)).total;
    assert_eq!(total, Tally { dismissed: 2, ..Tally::default() });
    assert_eq!(total.within_target(), None);
}

#[test]
fn a_request_that_waits_past_its_target_counts_as_missed_and_one_within_it_not_yet() {
    let friday_evening = "2026-02-27T17:40:00Z";
    let measures = [
        // A whole weekend, but only 20 minutes of office hours.
        measure(Route::CustomerService, Status::Answered, friday_evening, Some((232_800, 1200))),
        // Answered at once on the clock of nobody's office: still more than 30 minutes.
        measure(Route::CustomerService, Status::Answered, "2026-03-02T09:00:00Z", Some((1801, 1801))),
        // Open for 20 minutes on Friday and an hour today.
        measure(Route::CustomerService, Status::Open, friday_evening, None),
        // Could still be answered in time.
        measure(Route::CustomerService, Status::Claimed, "2026-03-02T09:31:00Z", None),
        // No target at that desk.
        measure(Route::Pr, Status::Open, "2026-01-01T00:00:00Z", None),
    ];
    let figures = Figures::of(&all(&measures), &settings(), at(NOW));
    assert_eq!((figures.total.in_target, figures.total.missed), (1, 2));
    assert_eq!(figures.total.within_target(), Some(1.0 / 3.0));
    let pr = figures.by_route.iter().find(|(route, _)| *route == Route::Pr).map(|(_, tally)| tally);
    assert_eq!(pr.and_then(Tally::within_target), None);
}

#[test]
fn exactly_the_target_is_in_time() {
    let measures =
        [measure(Route::CustomerService, Status::Answered, "2026-03-02T09:00:00Z", Some((1800, 1800)))];
    assert_eq!(Figures::of(&all(&measures), &settings(), at(NOW)).total.within_target(), Some(1.0));
}

#[test]
fn scripts_read_the_keys_of_the_contract() {
    let measures = [
        measure(Route::CustomerService, Status::Answered, "2026-03-02T09:00:00Z", Some((90, 90))),
        measure(Route::Pr, Status::Open, "2026-03-02T09:59:00Z", None),
    ];
    let stats = ReplayStats::from(&Figures::of(&all(&measures), &settings(), at(NOW)));
    let nobody = r#"{"p50":null,"p90":null,"p95":null,"mean":null,"max":null}"#;
    let once = r#"{"p50":90,"p90":90,"p95":90,"mean":90.0,"max":90}"#;
    let desk = |n, answered, waiting, oldest, share, first| {
        format!(
            "{{\"requests\":{n},\"answered\":{answered},\"waiting\":{waiting},\"oldest_waiting_seconds\":{oldest},\
             \"within_target\":{share},\"first_response\":{first}}}"
        )
    };
    let total = desk(2, 1, 1, 60, "1.0", once);
    let expected = format!(
        "{},\"by_route\":{{\"customer_service\":{},\"product_expert\":{},\"pr\":{}}}}}",
        total.trim_end_matches('}').to_owned() + "}",
        desk(1, 1, 0, 0, "1.0", once),
        desk(0, 0, 0, 0, "null", nobody),
        desk(1, 0, 1, 60, "null", nobody),
    );
    assert_eq!(serde_json::to_string(&stats).expect("plain numbers"), expected);
}
