//! The times that a log tells, case by case, and the deadlines that follow from them.

use super::tests::{answer, asked, at, claim, further, opened, opening, settings};
use super::*;
use crate::domain::hours::Hours;
use crate::domain::settings::{Desk, Settings};

/// Customer service has targets and timers; it is open from nine to five on weekdays, and `at(0)` is Wednesday,
/// 25 February 2026, 06:13:20 UTC.
fn timed() -> Settings {
    let mut settings = settings();
    let desk = settings.desks.iter_mut().find(|d| d.route == Route::CustomerService).expect("it is there");
    *desk = Desk {
        first_response: Some(Span::minutes(40)),
        resolution: Some(Span::minutes(240)),
        remind_after: Some(Span::minutes(15)),
        return_after: Some(Span::minutes(45)),
        ..desk.clone()
    };
    settings
}

fn in_office_hours() -> Settings {
    let mut settings = timed();
    let desk = settings.desks.iter_mut().find(|d| d.route == Route::CustomerService).expect("it is there");
    desk.hours = Hours::parse("mon-fri 09:00-17:00").expect("hours");
    settings
}

/// The request after these steps, each at its second.
fn after(steps: impl IntoIterator<Item = (Step, i64)>, settings: &Settings) -> (Request, Vec<Event>) {
    let change = Request::open(opening(), &asked(), &[], settings);
    let (mut request, mut log) = (change.request, change.events);
    for (step, seconds) in steps {
        let change = request.apply(step.clone(), at(seconds), settings);
        let change = change.unwrap_or_else(|refusal| panic!("{step:?} at {seconds}: {refusal:?}"));
        log.extend(change.events);
        request = change.request;
    }
    assert_eq!(Course::of(&log), request.course, "what is kept is what the log says");
    (request, log)
}

fn asks(message: &str, seconds: i64) -> (Step, i64) {
    let message = RequestMessage { id: message.into(), at: at(seconds), text: Some("and now?".into()) };
    (Step::Append { message, asks: true }, seconds)
}

fn seconds(length: Option<Length>) -> Option<i64> {
    length.map(|length| length.time.as_seconds())
}

fn due(request: &Request, settings: &Settings) -> Vec<(&'static str, i64)> {
    let deadlines = request.deadlines(settings);
    let seconds = |when: Timestamp| (when.as_millisecond() - at(0).as_millisecond()) / 1000;
    deadlines.into_iter().map(|(deadline, when)| (deadline.as_str(), seconds(when))).collect()
}

fn rings(deadline: Deadline, seconds: i64) -> (Step, i64) {
    (Step::FallDue { deadline }, seconds)
}

#[test]
fn each_figure_is_counted_from_where_its_definition_says() {
    let steps = [
        (claim("bob"), 60),
        (answer("bob"), 100),
        asks("102", 400),
        (answer("eve"), 450),
        (Step::Resolve { by: "eve".into() }, 1000),
    ];
    let (request, _) = after(steps, &settings());
    let course = &request.course;
    assert_eq!(seconds(course.claim), Some(60));
    assert_eq!(seconds(course.first_response), Some(100));
    assert_eq!(course.next_responses().map(|l| l.time.as_seconds()).collect::<Vec<_>>(), [50]);
    // From 100 to 400 and from 450 on the company waited for the member, not the other way round.
    assert_eq!(seconds(course.first_resolution()), Some(150));
    assert_eq!(request.first_response.expect("answered").by, "bob".into(), "credit goes to who answered");
}

#[test]
fn a_reopened_request_does_not_show_the_week_in_between() {
    let week = 7 * 86_400;
    let resolved = |seconds| (Step::Resolve { by: "bob".into() }, seconds);
    let steps = [
        (answer("bob"), 100),
        resolved(200),
        asks("102", week),
        (answer("bob"), week + 30),
        resolved(week + 500),
    ];
    let (request, _) = after(steps, &settings());
    let course = &request.course;
    assert_eq!(
        (seconds(course.first_resolution()), seconds(course.total_resolution())),
        (Some(100), Some(130))
    );
    assert_eq!((course.reopened, seconds(course.first_response)), (1, Some(100)));
}

#[test]
fn thanks_after_the_answer_start_no_clock() {
    let thanks = Step::Append {
        message: RequestMessage { id: "102".into(), at: at(300), text: Some("thanks!".into()) },
        asks: false,
    };
    let (request, _) = after([(answer("bob"), 100), (thanks, 300)], &settings());
    assert_eq!(request.course.waiting_since, None);
    assert_eq!(
        request.apply(answer("eve"), at(400), &settings()),
        Err(Refusal::AlreadyAnswered { by: "bob".into() })
    );
}

#[test]
fn a_corrected_answer_moves_the_time_and_the_credit() {
    let correct = Step::Correct { by: "chief".into(), answered_by: "eve".into(), message: "201".into() };
    let (request, log) = after([(answer("bob"), 100), (correct, 700)], &settings());
    let first = request.first_response.clone().expect("answered");
    assert_eq!((first.by.as_str(), first.response_time), ("eve", Span::seconds(700)));
    assert_eq!((first.link, first.confidence), (LinkKind::Button, 1.0));
    assert_eq!(seconds(request.course.first_response), Some(700));
    assert_eq!(log.last().and_then(|event| event.by.clone()), Some("chief".into()));
}

#[test]
fn an_answer_that_was_none_gives_the_member_their_wait_back() {
    let (request, _) = after([(answer("bob"), 100), (Step::Unanswer { by: "eve".into() }, 500)], &settings());
    assert_eq!((request.state.status(), request.first_response), (Status::Open, None));
    assert_eq!(request.course.waiting_since, Some(at(0)));
}

#[test]
fn an_answer_before_the_request_is_refused_and_one_before_the_next_question_too() {
    assert_eq!(opened().apply(answer("bob"), at(-1), &settings()), Err(Refusal::BeforeTheRequest));
    let (request, _) = after([(answer("bob"), 100), asks("102", 400)], &settings());
    assert_eq!(request.apply(answer("eve"), at(350), &settings()), Err(Refusal::BeforeTheRequest));
}

#[test]
fn a_members_answer_stops_no_clock_and_is_kept_once() {
    let helps = |by: &str| Step::CommunityAnswer { by: by.into(), message: "300".into() };
    let (request, _) = after([(helps("tom"), 50)], &settings());
    assert!(request.is_waiting());
    assert_eq!(request.course.community_answer.as_ref().map(|answer| answer.by.as_str()), Some("tom"));
    assert_eq!(request.apply(helps("lea"), at(60), &settings()), Err(Refusal::NothingToChange));
    assert_eq!(opened().apply(helps("ana"), at(60), &settings()), Err(Refusal::NothingToChange));
}

#[test]
fn deadlines_are_those_of_the_desk_in_its_opening_hours() {
    let (request, _) = after([], &timed());
    let expected = [
        ("remind", 900),
        ("warn", 1800),
        ("escalate", 2400),
        ("warn_resolution", 10_800),
        ("escalate_resolution", 14_400),
    ];
    assert_eq!(due(&request, &timed()), expected);
    // Posted at 06:13:20; the desk opens at nine.
    let opens = 2 * 3600 + 46 * 60 + 40;
    let (request, _) = after([], &in_office_hours());
    assert_eq!(due(&request, &in_office_hours())[..2], [("remind", opens + 900), ("warn", opens + 1800)]);
    assert!(request.course.is_outside_hours);
}

#[test]
fn the_coordinator_is_told_after_twice_the_target_if_there_is_one() {
    let mut settings = timed();
    settings.community.coordinator = Some("900".into());
    let (request, _) = after([], &settings);
    assert!(due(&request, &settings).contains(&("escalate_further", 4800)));
    // Of several that are due at once the gravest says it all.
    let (request, log) = after([rings(Deadline::Warn, 5000)], &settings);
    assert!(matches!(
        log.last().map(|event| &event.kind),
        Some(EventKind::Rung { deadline: Deadline::EscalateFurther, .. })
    ));
    let left = due(&request, &settings);
    assert!(left.iter().all(|(deadline, _)| !["warn", "escalate", "escalate_further"].contains(deadline)));
}

#[test]
fn what_fell_due_before_anybody_could_know_is_told_later() {
    let opening = Opening { heard_at: at(100_000), ..opening() };
    let request = Request::open(opening, &asked(), &[], &timed()).request;
    let due = due(&request, &timed());
    assert_eq!(due[..3], [("remind", 100_900), ("warn", 101_800), ("escalate", 102_400)]);
}

#[test]
fn an_answer_takes_every_deadline_away() {
    let (request, _) = after([(claim("bob"), 60), (answer("bob"), 100)], &timed());
    assert_eq!(due(&request, &timed()), []);
}

#[test]
fn each_deadline_is_told_once() {
    let (request, _) = after([rings(Deadline::Remind, 900)], &timed());
    assert!(due(&request, &timed()).iter().all(|(deadline, _)| *deadline != "remind"));
    let again = request.apply(Step::FallDue { deadline: Deadline::Remind }, at(901), &timed());
    assert_eq!(again, Err(Refusal::NothingToChange));
}

#[test]
fn nothing_rings_before_its_time() {
    let early = opened().apply(Step::FallDue { deadline: Deadline::Remind }, at(899), &timed());
    assert_eq!(early, Err(Refusal::NothingToChange));
}

#[test]
fn a_silent_claim_goes_back_to_the_desk_which_is_reminded_anew() {
    let (request, _) =
        after([rings(Deadline::Remind, 900), (claim("bob"), 1000), rings(Deadline::Return, 3700)], &timed());
    assert_eq!(request.state, RequestState::Open);
    assert_eq!(due(&request, &timed())[0], ("remind", 3700 + 900));
    let (claimed, _) = after([(claim("bob"), 1000)], &timed());
    assert_eq!(due(&claimed, &timed())[0], ("return", 1000 + 2700));
}

#[test]
fn a_pause_holds_reminders_and_leaves_the_target_alone() {
    let pause = (Step::Snooze { by: "bob".into(), until: at(5000) }, 100);
    let (request, _) = after([pause], &timed());
    let due = due(&request, &timed());
    assert!(due.contains(&("remind", 5000)) && due.contains(&("escalate", 2400)), "{due:?}");
    assert!(due.contains(&("snooze_over", 5000)));
    let past = Step::Snooze { by: "bob".into(), until: at(50) };
    assert_eq!(opened().apply(past, at(100), &timed()), Err(Refusal::NoSuchTime));
}

#[test]
fn while_the_company_waits_for_the_member_the_resolution_does_not_come_nearer() {
    let (request, _) = after([(answer("bob"), 3600), asks("102", 100_000)], &timed());
    let due = due(&request, &timed());
    // An hour was waited before; three hours are left from the next question on.
    assert!(due.contains(&("escalate_resolution", 100_000 + 3 * 3600)), "{due:?}");
    assert!(due.iter().all(|(deadline, _)| *deadline != "escalate"), "{due:?}");
}

#[test]
fn a_handed_over_claim_is_the_colleagues() {
    let hand = |from: &str, to: &str| Step::HandOver { by: "bob".into(), from: from.into(), to: to.into() };
    let (request, _) = after([(claim("bob"), 60), (hand("bob", "eve"), 90)], &settings());
    assert_eq!(request.claimer(), Some(&"eve".into()));
    assert_eq!(request.apply(hand("bob", "max"), at(95), &settings()), Err(Refusal::NotTheirs));
    assert_eq!(request.apply(hand("eve", "ana"), at(95), &settings()), Err(Refusal::OwnRequest));
}

#[test]
fn a_desk_that_never_opens_has_no_deadlines() {
    let mut settings = in_office_hours();
    let desk = settings.desks.iter_mut().find(|d| d.route == Route::CustomerService).expect("it is there");
    let first = at(0).to_zoned(crate::domain::time::TimeZone::UTC).date();
    desk.holidays = first.series(jiff::Span::new().days(1)).take(6 * 366).collect();
    let (request, _) = after([], &settings);
    assert_eq!(due(&request, &settings), []);
}

#[test]
fn what_is_further_told_of_a_wait_is_told_of_the_next_one_too() {
    let steps = [rings(Deadline::Remind, 900), (answer("bob"), 1000), (further(), 2000)];
    let (request, _) = after(steps, &timed());
    // `further` is a question posted at second 70, before the answer: it waits since then by the platform's clock.
    assert!(request.needs_answer());
    assert!(due(&request, &timed()).iter().any(|(deadline, _)| *deadline == "remind"));
}

fn correct(message: &str, seconds: i64) -> (Step, i64) {
    let (by, answered_by) = ("chief".into(), "eve".into());
    (Step::Correct { by, answered_by, message: message.into() }, seconds)
}

fn next_seconds(request: &Request) -> Vec<(i64, i64)> {
    request.course.next_responses().map(|next| (next.time.as_seconds(), next.business_seconds)).collect()
}

/// Product questions are answered at all hours, those to customer service in office hours.
#[test]
fn a_wait_is_timed_by_the_desk_that_ends_it_from_its_own_beginning_on() {
    // Wednesday 09:00 and Thursday 09:00 UTC; the request itself is of 06:13:20.
    let (nine, next_nine) = (10_000, 10_000 + 86_400);
    let steps = [
        (answer("bob"), nine),
        asks("102", next_nine),
        (Step::Reroute { by: "bob".into(), to: Route::ProductExpert }, next_nine + 60),
        (answer("eve"), next_nine + 3600),
        (Step::Resolve { by: "eve".into() }, next_nine + 4000),
    ];
    let (request, log) = after(steps, &in_office_hours());
    assert_eq!(next_seconds(&request), [(3600, 3600)]);
    let resolution = request.course.first_resolution().expect("resolved");
    assert!(resolution.business_seconds <= resolution.time.as_seconds(), "{resolution:?}");
    let answered = log.iter().rev().find(|event| event.kind.name() == "answered").expect("twice");
    assert_eq!(answered.waited_seconds, 3600);
}

#[test]
fn a_later_first_response_answers_all_that_was_asked_before_it() {
    // Asked at 0; taken for answered at 300; "and now?" at 600; really answered at 3600.
    let steps = [(answer("bob"), 300), asks("102", 600), (answer("eve"), 3600), correct("201", 3600)];
    let (request, _) = after(steps, &settings());
    assert_eq!((seconds(request.course.first_response), next_seconds(&request)), (Some(3600), vec![]));
    assert_eq!(request.course.waited().time.as_seconds(), 3600, "the member waited an hour, once");
    // The same before the next answer was found: nobody waits any more.
    let (request, _) = after([(answer("bob"), 300), asks("102", 600), correct("201", 3600)], &settings());
    assert!(!request.needs_answer());
    assert!(matches!(&request.state, RequestState::Answered { by, .. } if by.as_str() == "eve"));
    // What was asked after it is still waited for.
    let (request, _) = after([(answer("bob"), 300), asks("102", 600), correct("201", 500)], &settings());
    assert_eq!(request.course.waiting_since, Some(at(600)));
}

#[test]
fn a_question_after_the_answer_can_be_taken_and_answered() {
    let steps = [(answer("bob"), 100), asks("102", 400), (claim("eve"), 450)];
    let (request, _) = after(steps.clone(), &settings());
    assert_eq!(request.claimer(), Some(&"eve".into()));
    assert_eq!((request.first_claim.clone(), request.course.claim), (None, None), "it is no first claim");
    let (request, _) = after(steps.into_iter().chain([(answer("eve"), 500)]), &settings());
    assert_eq!((request.state.status(), next_seconds(&request)), (Status::Answered, vec![(100, 100)]));
    // Nobody waits: there is nothing to take.
    let refused = request.apply(claim("bob"), at(600), &settings());
    assert_eq!(refused, Err(Refusal::AlreadyAnswered { by: "eve".into() }));
}

#[test]
fn what_was_no_answer_can_be_said_after_a_reroute_and_a_resolution_and_reminds_anew() {
    let none = |seconds| (Step::Unanswer { by: "eve".into() }, seconds);
    let (request, _) = after([rings(Deadline::Remind, 900), (answer("bob"), 1000), none(2000)], &timed());
    assert_eq!(due(&request, &timed())[0], ("remind", 2000 + 900));
    let moved = (Step::Reroute { by: "bob".into(), to: Route::ProductExpert }, 200);
    let (request, _) = after([(answer("bob"), 100), moved, (claim("eve"), 250), none(300)], &settings());
    assert_eq!(request.claimer(), Some(&"eve".into()), "who has taken it meanwhile keeps it");
    let resolved = (Step::Resolve { by: "bob".into() }, 200);
    let (request, _) = after([(answer("bob"), 100), resolved, none(300)], &settings());
    assert_eq!((request.state.status(), request.course.first_resolution()), (Status::Open, None));
    assert_eq!(request.course.waiting_since, Some(at(0)));
}

#[test]
fn a_question_that_was_deleted_is_waited_for_no_longer() {
    let delete = |message: &str, seconds| (Step::Delete { message: message.into() }, seconds);
    let (request, _) = after([(answer("bob"), 100), asks("102", 400), delete("102", 500)], &timed());
    assert_eq!((request.state.status(), request.needs_answer()), (Status::Answered, false));
    assert_eq!((due(&request, &timed()), next_seconds(&request)), (vec![], vec![]));
    // Something is left of it.
    let (request, _) =
        after([(answer("bob"), 100), asks("102", 400), asks("103", 420), delete("103", 500)], &timed());
    assert!(request.needs_answer());
    // Back from a resolution, and taken back.
    let back = [
        (answer("bob"), 100),
        (Step::Resolve { by: "bob".into() }, 200),
        asks("102", 400),
        (claim("eve"), 450),
        delete("102", 500),
    ];
    let (request, _) = after(back, &timed());
    assert_eq!((request.state.status(), request.needs_answer()), (Status::Answered, false));
}

#[test]
fn what_was_urgent_once_is_not_urgent_for_ever() {
    let steps = [(Step::Urge { by: "press".into() }, 50), (answer("bob"), 100), asks("102", 400)];
    let (request, _) = after(steps, &settings());
    assert!(!request.course.is_urgent);
    assert!(request.apply(Step::Urge { by: "press".into() }, at(500), &settings()).is_ok());
}

#[test]
fn of_all_that_is_due_at_once_one_thing_is_told() {
    let mut settings = timed();
    settings.community.coordinator = Some("900".into());
    let (request, log) = after([rings(Deadline::Remind, 100_000)], &settings);
    let told: Vec<_> = request.apply(claim("bob"), at(100_001), &settings).expect("free").notices;
    assert!(told.iter().all(|notice| !matches!(notice, crate::domain::notice::Notice::Ring { .. })));
    assert_eq!(due(&request, &settings), [], "the lesser ones count as told");
    assert!(matches!(
        log.last().map(|e| &e.kind),
        Some(EventKind::Rung { deadline: Deadline::EscalateFurther, .. })
    ));
    // The coordinator is not told again because the desk has changed.
    let moved = (Step::Reroute { by: "bob".into(), to: Route::ProductExpert }, 100_100);
    let (request, _) = after([rings(Deadline::Remind, 100_000), moved], &settings);
    assert!(due(&request, &settings).iter().all(|(deadline, _)| *deadline != "escalate_further"));
    // At the end of a pause the desk hears of it once.
    let pause = (Step::Snooze { by: "bob".into(), until: at(1000) }, 100);
    let (request, _) = after([pause, rings(Deadline::Remind, 1000)], &timed());
    assert!(due(&request, &timed()).iter().all(|(_, when)| *when > 1000));
}
