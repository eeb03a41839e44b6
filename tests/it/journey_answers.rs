//! Who answered, where the platform alone does not say it: the button, late deliveries, floods, deletions.

use vigie::domain::action::{Action, More, Press};
use vigie::domain::label::Label;
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::{FirstResponse, LinkKind, Status};
use vigie::domain::time::Span;
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
    let lengths = vigie.request().await.course.next_responses;
    assert_eq!(lengths.iter().map(|length| length.time).collect::<Vec<_>>(), [Span::minutes(9)]);
}

#[tokio::test]
async fn what_was_taken_back_as_an_answer_is_not_found_again() {
    let vigie = Vigie::new().await;
    let question = asked(&vigie, "ana", "my parcel is lost").await;
    vigie.receives(answer("karim", "Hello!").replying_to(&question)).await;
    let press = Press {
        request: vigie.request().await.id,
        action: Action::More,
        to: None,
        more: Some(More::NotAnswered),
    };
    vigie.core.triage.press(&community(), &press, &"karim".into(), vigie.now()).await.expect("it works");
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
