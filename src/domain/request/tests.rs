//! The state machine: its table, and what must hold whatever happens.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::label::Label;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::notice::Notice;
use crate::domain::settings::{Desk, Platform, Settings};
use crate::domain::time::from_milliseconds;
use crate::domain::verdict::{Lang, Verdict};

pub fn at(seconds: i64) -> Timestamp {
    from_milliseconds(1_772_000_000_000 + seconds * 1000).expect("a time of our days")
}

/// Every desk is there, always open and without targets.
pub fn settings() -> Settings {
    let mut settings = Settings::new(Platform::Playground, "1".into(), "Air Azur");
    settings.desks = Route::ALL.map(|route| Desk::new(route, "20".into(), "901".into())).into();
    settings
}

/// What opens the request.
pub fn asked() -> IncomingMessage {
    IncomingMessage {
        community: "1".into(),
        channel: "10".into(),
        thread: None,
        id: "100".into(),
        at: at(0),
        author: "ana".into(),
        author_name: "Ana".into(),
        standing: Standing::Member,
        text: "I was charged twice".into(),
        reply_to: None,
        reply_to_author: None,
        mentions: Vec::new(),
        label: None,
    }
}

pub fn opening() -> Opening {
    Opening {
        id: RequestId::new("01JABCDEFGHJKMNPQRSTVWXYZ0"),
        route: Route::CustomerService,
        verdict: Verdict::given(Label::CustomerService, "test", Lang::En),
        by: None,
        heard_at: at(0),
    }
}

pub fn opened() -> Request {
    Request::open(opening(), &asked(), &[], &settings()).request
}

pub fn claim(by: &str) -> Step {
    Step::Claim { by: by.into() }
}

pub fn answer(by: &str) -> Step {
    let link = LinkKind::Reply;
    Step::Answer { by: by.into(), message: Some("200".into()), link, confidence: 1.0 }
}

pub fn further() -> Step {
    Step::Append {
        message: RequestMessage { id: "101".into(), at: at(70), text: Some("and a third time".into()) },
        asks: true,
    }
}

fn all_steps() -> Vec<(&'static str, Step)> {
    vec![
        ("claim", claim("bob")),
        ("claim by another", claim("eve")),
        ("answer", answer("bob")),
        ("resolve", Step::Resolve { by: "bob".into() }),
        ("dismiss", Step::Dismiss { by: "bob".into() }),
        ("re-route", Step::Reroute { by: "bob".into(), to: Route::ProductExpert }),
        ("member writes on", further()),
        ("member edits", Step::Edit { message: "100".into(), text: "charged three times".into() }),
        ("member deletes", Step::Delete { message: "100".into() }),
    ]
}

/// What happens less often.
fn further_steps() -> Vec<(&'static str, Step)> {
    let eve = || UserId::from("eve");
    vec![
        (
            "another message answered",
            Step::Correct { by: eve(), answered_by: "max".into(), message: "201".into() },
        ),
        ("that was no answer", Step::Unanswer { by: eve() }),
        ("a member answers", Step::CommunityAnswer { by: "tom".into(), message: "300".into() }),
        ("hand over the claim", Step::HandOver { by: eve(), from: "bob".into(), to: eve() }),
        ("later", Step::Snooze { by: eve(), until: at(3600) }),
        ("urgent", Step::Urge { by: eve() }),
    ]
}

fn in_state(status: Status) -> Request {
    let open = opened();
    let then = |request: &Request, step: Step, seconds: i64| {
        request.apply(step, at(seconds), &settings()).expect("a step of the plain road").request
    };
    match status {
        Status::Open => open,
        Status::Claimed => then(&open, claim("bob"), 10),
        Status::Answered => then(&open, answer("bob"), 20),
        Status::Resolved => then(&in_state(Status::Answered), Step::Resolve { by: "bob".into() }, 30),
        Status::Dismissed => then(&open, Step::Dismiss { by: "bob".into() }, 30),
    }
}

/// The table of `docs/architecture.md`.
fn table() -> String {
    let mut table = String::from("| step |");
    for status in Status::ALL {
        write!(table, " {} |", status.as_str()).expect("writing to a string");
    }
    table.push_str("\n|---|---|---|---|---|---|\n");
    for (name, step) in all_steps().into_iter().chain(further_steps()) {
        write!(table, "| {name} |").expect("writing to a string");
        for status in Status::ALL {
            let cell = match in_state(status).apply(step.clone(), at(60), &settings()) {
                Ok(change) if change.request.state.status() == status => "stays".to_owned(),
                Ok(change) => format!("**{}**", change.request.state.status().as_str()),
                Err(refusal) => {
                    let debug = format!("{refusal:?}");
                    let name = debug.split([' ', '{']).next().unwrap_or_default();
                    format!("refused: {name}")
                }
            };
            write!(table, " {cell} |").expect("writing to a string");
        }
        table.push('\n');
    }
    table
}

#[test]
fn the_table_in_the_docs_is_the_one_that_the_code_gives() {
    let docs = include_str!("../../../docs/architecture.md");
    let table = table();
    assert!(docs.contains(&table), "docs/architecture.md should hold this table:\n{table}");
}

#[test]
fn second_claim_is_refused_and_names_the_first() {
    let refusal =
        in_state(Status::Claimed).apply(claim("eve"), at(15), &settings()).expect_err("bob holds it");
    assert_eq!(refusal, Refusal::ClaimedBy { by: "bob".into(), at: at(10) });
}

#[test]
fn nobody_answers_their_own_request() {
    assert_eq!(opened().apply(answer("ana"), at(5), &settings()), Err(Refusal::OwnRequest));
}

#[test]
fn an_answer_older_than_the_request_is_none() {
    assert_eq!(opened().apply(answer("bob"), at(-1), &settings()), Err(Refusal::BeforeTheRequest));
}

#[test]
fn a_reroute_keeps_id_clock_and_history_and_moves_the_card() {
    let step = Step::Reroute { by: "bob".into(), to: Route::Pr };
    let change = in_state(Status::Claimed)
        .apply(step, at(40), &settings())
        .expect("claimed requests can be re-routed");
    assert_eq!((&change.request.id, change.request.opened_at()), (&opened().id, at(0)));
    assert_eq!(change.request.first_claim, Some(Claim { by: "bob".into(), at: at(10) }));
    assert_eq!(change.request.state, RequestState::Open);
    assert!(change.notices.contains(&Notice::RetireCard { route: Route::CustomerService, to: Route::Pr }));
    assert!(change.notices.contains(&Notice::PostCard { route: Route::Pr }));
}

#[test]
fn the_first_response_stays_the_first_after_a_reroute() {
    let step = Step::Reroute { by: "bob".into(), to: Route::Pr };
    let moved = in_state(Status::Answered)
        .apply(step, at(40), &settings())
        .expect("answered requests can be re-routed")
        .request;
    let again = moved.apply(answer("eve"), at(90), &settings()).expect("the new desk answers").request;
    assert_eq!(again.first_response, in_state(Status::Answered).first_response);
    assert_eq!(again.state, RequestState::Answered { by: "eve".into(), at: at(90) });
}

#[test]
fn a_member_who_comes_back_opens_it_again_with_a_new_card() {
    let change = in_state(Status::Resolved)
        .apply(further(), at(70), &settings())
        .expect("resolved requests can be reopened");
    assert_eq!(change.request.state, RequestState::Open);
    assert!(change.notices.contains(&Notice::PostCard { route: Route::CustomerService }));
}

#[test]
fn deleting_one_of_two_messages_withdraws_nothing() {
    let two = opened().apply(further(), at(70), &settings()).expect("open requests go on").request;
    let one =
        two.apply(Step::Delete { message: "100".into() }, at(80), &settings()).expect("it is there").request;
    assert_eq!(one.state, RequestState::Open);
    assert_eq!(one.text(), "and a third time");
    let none =
        one.apply(Step::Delete { message: "101".into() }, at(81), &settings()).expect("it is there").request;
    assert_eq!(none.state, RequestState::Dismissed { by: None, at: at(81) });
}

#[test]
fn only_opening_coming_back_and_rerouting_ping_anybody() {
    for status in Status::ALL {
        for (name, step) in all_steps() {
            let Ok(change) = in_state(status).apply(step, at(60), &settings()) else { continue };
            let cards = change.notices.iter().filter(|n| matches!(n, Notice::PostCard { .. })).count();
            let expected =
                usize::from(name == "re-route" || (name == "member writes on" && status == Status::Resolved));
            assert_eq!(cards, expected, "{name} in {}", status.as_str());
        }
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let steps: Vec<Step> = all_steps().into_iter().map(|(_, step)| step).collect();
    prop::sample::select(steps)
}

proptest! {
    #[test]
    fn whatever_happens_the_request_stays_whole(steps in prop::collection::vec(any_step(), 0..20)) {
        let mut request = opened();
        for (step, seconds) in steps.into_iter().zip(100..) {
            let Ok(change) = request.apply(step, at(seconds), &settings()) else { continue };
            let next = change.request;
            prop_assert_eq!(&next.id, &request.id);
            prop_assert_eq!(next.opened_at(), request.opened_at());
            prop_assert!(!change.events.is_empty());
            if request.first_response.is_some() {
                prop_assert_eq!(&next.first_response, &request.first_response);
            }
            if request.first_claim.is_some() {
                prop_assert_eq!(&next.first_claim, &request.first_claim);
            }
            let is_answered = matches!(next.state.status(), Status::Answered | Status::Resolved);
            prop_assert!(!is_answered || next.first_response.is_some());
            request = next;
        }
    }
}
