//! Requests that can be counted by hand, in a time zone that is not UTC.

use super::*;
use crate::domain::hours::Hours;
use crate::domain::ids::RequestId;
use crate::domain::settings::{Desk, Language, Platform};
use crate::store::{Sheet, Took};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn measure(route: Route, status: Status, opened_at: &str, response: Option<(i32, i32)>) -> Measure<'static> {
    Measure {
        first_response: response.map(|(seconds, business_seconds)| Took { seconds, business_seconds }),
        ..Measure::new(route, status, at(opened_at))
    }
}

/// Those without an answer wait.
fn all(rows: &[Measure<'_>]) -> Measures {
    let mut sheet = Sheet::default();
    for row in rows {
        let id = id(row);
        let waiting = row.first_response.is_none().then_some(&id);
        sheet.push(&"questions".into(), &Measure { waiting, ..*row });
    }
    Measures { sheets: vec![sheet] }
}

fn id(measure: &Measure<'_>) -> RequestId {
    RequestId::new(format!("01JABCDEFGHJK{:013}", measure.opened_at.as_millisecond()))
}

/// In Paris; customer service answers within half an hour of its office hours, the experts at any time within four.
fn settings() -> Settings {
    let mut settings = Settings::new(Platform::Playground, "azur".into(), "Air Azur");
    settings.community.timezone = TimeZone::get("Europe/Paris").expect("it is compiled in");
    settings.community.language = Language::Fr;
    for (route, minutes) in
        [(Route::CustomerService, Some(30)), (Route::ProductExpert, Some(240)), (Route::Pr, None)]
    {
        let desk = Desk::new(route, "desk".into(), "role".into());
        let hours = match route {
            Route::CustomerService => Hours::parse("mon-fri 09:00-18:00").expect("hours"),
            Route::ProductExpert | Route::Pr => Hours::always(),
        };
        settings.desks.push(Desk { hours, first_response: minutes.map(Span::minutes), ..desk });
    }
    settings
}

fn drawn(measures: &[Measure<'_>], from: &str, to: &str) -> FiguresChart {
    picture(&all(measures), &settings(), (at(from), at(to)), at(to), "Chiffres".to_owned())
}

#[test]
fn a_day_is_the_communitys_and_its_median_is_of_business_time() {
    let care = |opened_at, seconds, business| {
        measure(Route::CustomerService, Status::Answered, opened_at, Some((seconds, business)))
    };
    let measures = [
        care("2026-03-02T22:30:00Z", 99_999, 60),
        // Half past midnight of the 3rd in Paris.
        care("2026-03-02T23:30:00Z", 99_999, 120),
        care("2026-03-03T10:00:00Z", 99_999, 300),
        care("2026-03-03T11:00:00Z", 99_999, 240),
        measure(Route::CustomerService, Status::Dismissed, "2026-03-03T12:00:00Z", Some((1, 1))),
    ];
    let chart = drawn(&measures, "2026-03-01T23:00:00Z", "2026-03-04T23:00:00Z");
    assert_eq!(chart.times.labels[..4], ["02/03", "03/03", "04/03", "05/03"].map(str::to_owned));
    let [line] = &chart.times.lines[..] else { panic!("only the desk with requests has a line") };
    assert_eq!(line.points[..3], [Some(60), Some(240), None]);
    assert_eq!((line.name.as_str(), line.target), ("Service client", Some(1800)));
    let [row] = &chart.heat[..] else { panic!("nor has another a row") };
    assert_eq!((row.hours[0], row.hours[11], row.hours[12], row.hours[23]), (1, 1, 1, 1));
    assert_eq!(row.hours.iter().sum::<u32>(), 4, "the dismissed one is not counted");
}

#[test]
fn two_days_are_drawn_by_the_hour_45_by_the_day_and_more_by_the_week() {
    let from = |to: &str| {
        let measures = [measure(Route::Pr, Status::Answered, "2026-03-04T08:20:00Z", Some((60, 60)))];
        drawn(&measures, "2026-03-04T00:00:00Z", to).times
    };
    let hours = from("2026-03-06T00:00:00Z");
    assert_eq!((hours.labels.len(), hours.labels[8].as_str()), (49, "04/03 9 h"));
    assert_eq!(hours.lines[0].points[8], Some(60));
    let days = from("2026-03-06T00:01:00Z");
    assert_eq!((days.labels.len(), days.labels[0].as_str()), (3, "04/03"));
    let days = from("2026-04-18T00:00:00Z");
    assert_eq!((days.labels.len(), days.lines[0].points[0]), (46, Some(60)));
    let weeks = from("2026-04-18T00:01:00Z");
    // 2 March is the Monday before.
    assert_eq!((weeks.labels.len(), weeks.labels[0].as_str()), (7, "02/03"));
    assert_eq!(weeks.lines[0].points[0], Some(60));
    let months = from("2029-03-04T00:00:00Z");
    assert_eq!((months.labels.len(), months.labels[0].as_str()), (37, "03/2026"));
}

#[test]
fn a_period_without_a_beginning_or_an_end_is_drawn_from_the_first_request_until_now() {
    let measures = [measure(Route::Pr, Status::Answered, "2026-03-04T08:20:00Z", Some((60, 60)))];
    let (ever, now) = ((Timestamp::MIN, Timestamp::MAX), at("2026-03-07T12:00:00Z"));
    let chart = picture(&all(&measures), &settings(), ever, now, String::new());
    assert_eq!(chart.times.labels, ["04/03", "05/03", "06/03", "07/03"].map(str::to_owned));
    let nothing = picture(&all(&[]), &settings(), ever, now, String::new());
    assert_eq!((nothing.times.labels.len(), nothing.times.lines.len()), (1, 3));
    assert!(nothing.svg().contains("Aucune réponse sur cette période."));
}

#[test]
fn who_has_least_time_left_comes_first_and_who_has_no_target_last() {
    let waits = |route, opened_at| measure(route, Status::Open, opened_at, None);
    let measures = [
        waits(Route::Pr, "2026-03-01T10:00:00Z"),
        // Since Friday evening: 20 minutes then, 60 today.
        waits(Route::CustomerService, "2026-02-27T16:40:00Z"),
        waits(Route::ProductExpert, "2026-03-02T08:55:00Z"),
        waits(Route::CustomerService, "2026-03-02T08:50:00Z"),
        measure(Route::ProductExpert, Status::Answered, "2026-03-02T08:00:00Z", Some((60, 60))),
        measure(Route::ProductExpert, Status::Dismissed, "2026-03-02T08:00:00Z", None),
    ];
    let waiting = drawn(&measures, "2026-02-27T00:00:00Z", "2026-03-02T09:00:00Z").waiting;
    let seen: Vec<(i64, Option<i64>)> = waiting.bars.iter().map(|bar| (bar.waited, bar.target)).collect();
    assert_eq!(seen, [(4800, Some(1800)), (600, Some(1800)), (300, Some(14_400)), (82_800, None)]);
    assert_eq!(waiting.bars[0].label, format!("Service client · {}", id(&measures[1]).short()));
    assert_eq!(waiting.more, 0);
}

#[test]
fn eight_that_wait_are_drawn_and_the_others_counted() {
    let measures: Vec<Measure<'_>> = (10..30)
        .map(|minute| measure(Route::Pr, Status::Claimed, &format!("2026-03-02T10:{minute}:00Z"), None))
        .collect();
    let waiting = drawn(&measures, "2026-03-02T00:00:00Z", "2026-03-02T11:00:00Z").waiting;
    assert_eq!((waiting.bars.len(), waiting.more), (8, 12));
    assert_eq!(waiting.bars[0].waited, 3000);
}
