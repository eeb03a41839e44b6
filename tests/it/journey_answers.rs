//! Who answered, where the platform alone does not say it: the button, late deliveries, floods, deletions.

use vigie::domain::action::{Action, More, Press};
use vigie::domain::label::Label;
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::{FirstResponse, LinkKind, Status};
use vigie::domain::time::{Span, from_milliseconds};
use vigie::store::Incoming;
use vigie::triage::Outcome;

use crate::support::message::{answer, message};
use crate::support::vigie::{Vigie, community};

async fn asked(vigie: &Vigie, author: &str, text: &str) -> IncomingMessage {
    vigie.receives(message(author, text).labelled(Label::CustomerService)).await
}

/// The channel moves on, so that what comes next answers nothing by its place alone.
async fn others_talk(vigie: &Vigie) {
    for author in ["tom", "nina", "lea"] {
        vigie.receives(message(author, "good morning everybody").labelled(Label::None)).await;
    }
}

async fn answered(vigie: &Vigie, by: &str) -> Outcome {
    vigie.press(by, Action::Answered, &vigie.request().await, None).await
}

/// An employee says that what was taken for the answer was none.
async fn not_answered(vigie: &Vigie, by: &str) {
    let (request, more) = (vigie.request().await.id, Some(More::NotAnswered));
    let press = Press { request, action: Action::More, to: None, more };
    vigie.core.triage.press(&community(), &press, &by.into(), vigie.now()).await.expect("the store works");
    vigie.settle().await;
}

async fn first_response(vigie: &Vigie) -> FirstResponse {
    vigie.request().await.first_response.expect("it is answered")
}

#[tokio::test]
async fn the_answered_button_finds_the_first_message_that_answered() {
    let vigie = Vigie::new().await;
    asked(&vigie, "ana", "my parcel is lost").await;
    others_talk(&vigie).await;
    vigie.after(Span::minutes(2)).await;
    vigie.receives(answer("karim", "Good morning to you").mentioning("tom")).await;
    vigie.after(Span::minutes(3)).await;
    let written = vigie.receives(answer("karim", "It left the depot this morning")).await;
    vigie.after(Span::minutes(35)).await;
    vigie.receives(answer("karim", "We close early today")).await;
    assert!(vigie.request().await.is_waiting(), "nothing was linked by itself");
    answered(&vigie, "karim").await;
    let first = first_response(&vigie).await;
    assert_eq!((first.message, first.link), (Some(written.id), LinkKind::Button));
    assert_eq!(first.response_time, Span::minutes(5));
}

#[tokio::test]
async fn what_was_said_to_somebody_else_is_no_answer() {
    let vigie = Vigie::new().await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(2)).await;
    vigie.receives(answer("karim", "Good morning to you").mentioning("tom")).await;
    vigie.after(Span::minutes(8)).await;
    answered(&vigie, "karim").await;
    let first = first_response(&vigie).await;
    assert_eq!((first.message, first.response_time), (None, Span::minutes(10)), "the press is all there is");
}

#[tokio::test]
async fn a_further_question_that_was_answered_elsewhere_is_answered_by_the_press() {
    let vigie = Vigie::new().await;
    let question = asked(&vigie, "ana", "my parcel is lost").await;
    let reply = vigie.receives(answer("karim", "Found it.").replying_to(&question)).await;
    vigie.press("karim", Action::Resolve, &vigie.request().await, None).await;
    vigie.after(Span::minutes(7 * 24 * 60)).await;
    vigie
        .receives(message("ana", "it is lost again").labelled(Label::CustomerService).replying_to(&reply))
        .await;
    assert_eq!(vigie.request().await.state.status(), Status::Open);
    vigie.after(Span::minutes(9)).await;
    let outcome = answered(&vigie, "karim").await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    let lengths: Vec<_> = vigie.request().await.course.next_responses().collect();
    assert_eq!(lengths.iter().map(|length| length.time).collect::<Vec<_>>(), [Span::minutes(9)]);
}

#[tokio::test]
async fn what_was_taken_back_as_an_answer_is_not_found_again() {
    let vigie = Vigie::new().await;
    let question = asked(&vigie, "ana", "my parcel is lost").await;
    vigie.receives(answer("karim", "Hello!").replying_to(&question)).await;
    not_answered(&vigie, "karim").await;
    vigie.after(Span::minutes(6)).await;
    answered(&vigie, "karim").await;
    let first = first_response(&vigie).await;
    assert_eq!((first.message, first.response_time), (None, Span::minutes(6)));
}

/// Sixty members ask, one after the other; their messages, oldest first.
async fn flood(vigie: &Vigie) -> Vec<IncomingMessage> {
    let mut questions = Vec::new();
    for n in 0..60 {
        questions.push(asked(vigie, &format!("member{n}"), "my parcel is lost").await);
        vigie.after(Span::seconds(20)).await;
    }
    questions
}

/// Whose requests are answered, of those who asked first.
async fn answered_members(vigie: &Vigie) -> Vec<String> {
    let requests = vigie.requests().await;
    requests.iter().filter(|r| !r.needs_answer()).map(|r| r.author.to_string()).collect()
}

#[tokio::test]
async fn what_was_asked_before_a_flood_is_answered_by_reply_mention_thread_and_claim() {
    let vigie = Vigie::new().await;
    let questions = flood(&vigie).await;
    vigie.receives(answer("karim", "It left today.").replying_to(&questions[0])).await;
    assert_eq!(answered_members(&vigie).await, ["member0"]);
    vigie.receives(answer("solene", "It left today.").mentioning("member1")).await;
    assert_eq!(answered_members(&vigie).await, ["member0", "member1"]);
    let thread = questions[2].id.as_str();
    vigie.receives(answer("paul", "It left today.").in_thread(thread)).await;
    assert_eq!(answered_members(&vigie).await, ["member0", "member1", "member2"]);
    let claimed = vigie.requests().await.remove(3);
    vigie.press("rose", Action::Claim, &claimed, None).await;
    vigie.receives(answer("rose", "It left today.")).await;
    assert_eq!(answered_members(&vigie).await, ["member0", "member1", "member2", "member3"]);
}

#[tokio::test]
async fn what_a_message_points_at_is_offered_first_however_many_wait() {
    let vigie = Vigie::new().await;
    let questions = flood(&vigie).await;
    let reply = answer("karim", "It left today.").replying_to(&questions[7]).sent("reply", vigie.now());
    let offered = vigie.core.triage.answerable(&reply).await.expect("the store reads");
    let authors: Vec<_> = offered.iter().take(3).map(|request| request.author.as_str()).collect();
    assert_eq!(authors, ["member7", "member59", "member58"]);
    let times = offered.iter().filter(|request| request.author == "member7".into()).count();
    assert_eq!(times, 1);
}

#[tokio::test]
async fn an_answer_that_arrives_before_its_request_is_linked_when_the_request_does() {
    for link in [LinkKind::Reply, LinkKind::Thread] {
        let vigie = Vigie::new().await;
        let question =
            message("ana", "my parcel is lost").labelled(Label::CustomerService).sent("late", vigie.now());
        vigie.after(Span::minutes(4)).await;
        let reply = answer("karim", "Found it.");
        let is_reply = link == LinkKind::Reply;
        let thread = question.id.as_str();
        let reply = if is_reply { reply.replying_to(&question) } else { reply.in_thread(thread) };
        let reply = vigie.receives(reply).await;
        vigie.hears_again(&Incoming::Posted(question)).await;
        vigie.settle().await;
        let first = first_response(&vigie).await;
        assert_eq!((first.message, first.link), (Some(reply.id), link), "{link:?}");
        assert_eq!((first.by, first.response_time), ("karim".into(), Span::minutes(4)), "{link:?}");
        assert_eq!(vigie.log(&vigie.request().await).await, ["opened", "answered"], "{link:?}");
    }
}

/// Nothing is done in it.
fn a_minute_passes(vigie: &Vigie) {
    let later = vigie.now().as_millisecond() + Span::minutes(1).as_milliseconds();
    vigie.clock.set(from_milliseconds(later).expect("a time of our days"));
}

#[tokio::test]
async fn what_is_heard_at_once_is_digested_in_its_order() {
    let vigie = Vigie::new().await;
    let question = vigie.hears(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    a_minute_passes(&vigie);
    vigie.hears(message("ana", "it was order 4412").labelled(Label::CustomerService)).await;
    a_minute_passes(&vigie);
    vigie.hears(answer("karim", "Found it.").replying_to(&question)).await;
    vigie.settle().await;
    let request = vigie.request().await;
    assert_eq!(vigie.log(&request).await, ["opened", "appended", "answered"]);
    assert!(!request.needs_answer());
}

#[tokio::test]
async fn what_was_said_before_an_edit_made_it_a_question_is_no_answer_to_it() {
    let vigie = Vigie::new().await;
    let said = vigie.receives(message("ana", "nice weather").labelled(Label::None)).await;
    vigie.after(Span::minutes(1)).await;
    vigie.receives(answer("karim", "Indeed!").replying_to(&said)).await;
    vigie.after(Span::minutes(1)).await;
    let said = IncomingMessage { label: None, ..said };
    vigie.edited(&said, "I was charged twice this month, please check my account").await;
    assert!(vigie.request().await.is_waiting());
}

#[tokio::test]
async fn an_answer_that_is_deleted_stays_the_first_response_until_it_is_taken_back() {
    let vigie = Vigie::new().await;
    let question = asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(3)).await;
    let reply = vigie.receives(answer("karim", "Found it.").replying_to(&question)).await;
    vigie.after(Span::minutes(3)).await;
    vigie.deleted(&reply).await;
    let first = first_response(&vigie).await;
    assert_eq!((first.message, first.response_time), (Some(reply.id), Span::minutes(3)));
    assert_eq!(vigie.request().await.state.status(), Status::Answered);
    not_answered(&vigie, "solene").await;
    assert!(vigie.request().await.is_waiting());
}
