//! The road of a message, told from its beginning to its end on the platform in memory.

use insta::assert_snapshot;
use vigie::domain::action::Action;
use vigie::domain::label::{Label, Route};
use vigie::domain::request::{LinkKind, Refusal, RequestState, Status};
use vigie::domain::settings::Platform;
use vigie::domain::time::Span;
use vigie::platform::PlatformError;
use vigie::store::Incoming;
use vigie::triage::Outcome;

use crate::support::message::{answer, message};
use crate::support::store;
use crate::support::vigie::{Vigie, community};

#[tokio::test]
async fn a_question_is_claimed_answered_and_resolved() {
    let vigie = Vigie::new().await;
    let asked =
        vigie.receives(message("ana", "I was charged twice this month, please check my account")).await;
    assert_snapshot!(vigie.platform.transcript(), @"#desk-customer-service pings advisers: 🛎️ Customer service · Open “I was charged twice this month, please check my account”");
    assert_eq!(vigie.platform.tags(), [(asked.id.clone(), Route::CustomerService)]);

    vigie.after(Span::minutes(4)).await;
    vigie.press("karim", Action::Claim, &vigie.request().await, None).await;
    vigie.after(Span::minutes(8)).await;
    let reply = vigie.receives(answer("karim", "I have refunded the second one.").replying_to(&asked)).await;

    let request = vigie.request().await;
    let first = request.first_response.clone().expect("karim answered");
    assert_eq!((first.message, first.by.as_str(), first.link), (Some(reply.id), "karim", LinkKind::Reply));
    assert_eq!(first.response_time, Span::minutes(12));
    assert_eq!(request.state.status(), Status::Answered);

    vigie.press("karim", Action::Resolve, &request, None).await;
    assert_snapshot!(vigie.platform.transcript(), @"#desk-customer-service pings advisers: 🛎️ Customer service · Resolved “I was charged twice this month, please check my account”");
    assert_eq!(vigie.log(&request).await, ["opened", "claimed", "answered", "resolved"]);
}

#[tokio::test]
async fn chatter_pings_nobody_and_leaves_no_text_behind() {
    let vigie = Vigie::new().await;
    vigie.receives(message("ana", "haha same here").labelled(Label::None)).await;
    assert!(vigie.platform.posts().is_empty());
    assert!(vigie.requests().await.is_empty());
    assert!(vigie.core.store.pending(vigie.now(), 10).await.expect("the store reads").is_empty());
}

#[tokio::test]
async fn a_text_that_a_database_would_refuse_is_heard_and_holds_up_nobody() {
    let vigie = Vigie::new().await;
    vigie.receives(message("ana", "my parcel\0 is lost").labelled(Label::CustomerService)).await;
    assert_eq!(vigie.request().await.text(), "my parcel\u{fffd} is lost");
    vigie.receives(message("tom", "mine too").labelled(Label::CustomerService)).await;
    assert_eq!(vigie.requests().await.len(), 2);
}

#[tokio::test]
async fn an_outage_delays_the_ping_and_loses_nothing() {
    let vigie = Vigie::new().await;
    vigie.platform.fail_next(PlatformError::Retry {
        after: Some(Span::seconds(5)),
        reason: "429".into(),
        perhaps_posted: false,
    });
    vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    assert!(vigie.platform.posts().is_empty());

    vigie.after(Span::seconds(4)).await;
    assert!(vigie.platform.posts().is_empty());
    vigie.after(Span::seconds(2)).await;
    assert_eq!(vigie.platform.posts().len(), 1);
}

#[tokio::test]
async fn the_same_message_heard_twice_opens_one_request() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    assert!(!vigie.hears_again(&Incoming::Posted(asked)).await);
    vigie.settle().await;
    assert_eq!(vigie.platform.posts().len(), 1);
}

#[tokio::test]
async fn what_the_member_adds_joins_the_request_without_a_second_ping() {
    let vigie = Vigie::new().await;
    vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    vigie.after(Span::seconds(40)).await;
    vigie.receives(message("ana", "the number is 4412")).await;
    let request = vigie.request().await;
    assert_eq!(request.text(), "my parcel is lost\nthe number is 4412");
    assert_snapshot!(vigie.platform.transcript(), @r"
    #desk-customer-service pings advisers: 🛎️ Customer service · Open “my parcel is lost
    the number is 4412”
    ");
}

#[tokio::test]
async fn of_two_claims_one_wins_and_the_other_is_told_who() {
    let vigie = Vigie::new().await;
    vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    let request = vigie.request().await;
    assert!(matches!(vigie.press("karim", Action::Claim, &request, None).await, Outcome::Done(_)));
    let second = vigie.press("solene", Action::Claim, &request, None).await;
    assert!(matches!(second, Outcome::Refused(Refusal::ClaimedBy { by, .. }) if by.as_str() == "karim"));
}

#[tokio::test]
async fn a_reroute_pings_the_new_desk_and_leaves_a_line_at_the_old_one() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", "does it work abroad?").labelled(Label::CustomerService)).await;
    vigie.press("karim", Action::Reroute, &vigie.request().await, Some(Route::ProductExpert)).await;
    assert_snapshot!(vigie.platform.transcript(), @r"
    #desk-customer-service: ➜ Went to 🔧 Product expert
    #desk-product pings experts: 🔧 Product expert · Open “does it work abroad?”
    ");
    assert_eq!(vigie.platform.tags(), [(asked.id, Route::ProductExpert)]);
}

#[tokio::test]
async fn a_card_of_the_process_before_is_found_also_when_the_search_had_to_wait() {
    use crate::support::vigie::settings;
    use vigie::domain::card::{Card, Past};
    use vigie::platform::Platform as _;

    let store = vigie::store::in_memory().await.expect("SQLite in memory");
    let before = Vigie::with(settings(), std::sync::Arc::clone(&store)).await;
    before.hears(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    before.core.triage.step(before.now()).await.expect("the store works");

    let mut vigie = Vigie::with(settings(), store).await;
    // The process before took it, posted it, and ended before it could say so.
    vigie.core.store.due_notices(vigie.now(), 100, &Platform::ALL).await.expect("the store works");
    vigie.begins_after(Span::minutes(2));
    let request = vigie.request().await;
    let card = Card::of(&request, &settings(), &Past::default(), String::new(), false);
    let (desk, key) = ("desk-customer-service".into(), "forgotten".into());
    vigie.platform.post_card(&community(), &desk, &key, &card, None).await.expect("posted");
    vigie.platform.fail_next(PlatformError::Retry {
        after: Some(Span::seconds(5)),
        reason: "429".into(),
        perhaps_posted: false,
    });
    vigie.settle().await;
    vigie.after(Span::seconds(6)).await;
    assert_eq!(vigie.platform.posts().len(), 1);
}

#[tokio::test]
async fn a_request_that_is_rerouted_before_its_card_was_posted_pings_only_the_new_desk() {
    let vigie = Vigie::new().await;
    vigie.platform.fail_next(PlatformError::Retry {
        after: Some(Span::seconds(30)),
        reason: "down".into(),
        perhaps_posted: false,
    });
    vigie.receives(message("ana", "does it work abroad?").labelled(Label::CustomerService)).await;
    vigie.press("karim", Action::Reroute, &vigie.request().await, Some(Route::ProductExpert)).await;
    vigie.after(Span::minutes(1)).await;
    assert_snapshot!(vigie.platform.transcript(), @"#desk-product pings experts: 🔧 Product expert · Open “does it work abroad?”");
}

#[tokio::test]
async fn pr_is_discreet_and_leaves_no_tag_on_the_message() {
    let vigie = Vigie::new().await;
    vigie.receives(message("ana", "journalist here").labelled(Label::Pr)).await;
    assert!(vigie.platform.tags().is_empty());
    assert_eq!(vigie.platform.posts().len(), 1);
}

#[tokio::test]
async fn a_bot_neither_asks_nor_answers() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    vigie.receives(message("helper", "Have you tried our FAQ?").by_a_bot().replying_to(&asked)).await;
    vigie
        .receives(message("helper", "I was charged twice").by_a_bot().labelled(Label::CustomerService))
        .await;
    let request = vigie.request().await;
    assert_eq!(request.state, RequestState::Open);
    assert!(request.first_response.is_none());
}

#[tokio::test]
async fn each_way_of_answering_gets_its_link() {
    for (way, link) in [
        ("reply", LinkKind::Reply),
        ("thread", LinkKind::Thread),
        ("mention", LinkKind::Mention),
        ("claim", LinkKind::Claim),
    ] {
        let vigie = Vigie::new().await;
        let draft = message("ana", "my parcel is lost").labelled(Label::CustomerService);
        let draft = if way == "thread" { draft.in_thread("t1") } else { draft };
        let asked = vigie.receives(draft).await;
        if way == "claim" {
            vigie.press("karim", Action::Claim, &vigie.request().await, None).await;
        }
        vigie.after(Span::minutes(7)).await;
        let draft = answer("karim", "It is on its way.");
        let draft = match way {
            "reply" => draft.replying_to(&asked),
            "thread" => draft.in_thread("t1"),
            "mention" => draft.mentioning("ana"),
            _ => draft,
        };
        vigie.receives(draft).await;
        let first = vigie.request().await.first_response.unwrap_or_else(|| panic!("{way}: answered"));
        assert_eq!((first.link, first.response_time), (link, Span::minutes(7)), "{way}");
    }
}

#[tokio::test]
async fn an_edit_that_turns_a_remark_into_a_question_opens_a_request() {
    let vigie = Vigie::new().await;
    let said = vigie.receives(message("ana", "nice weather").labelled(Label::None)).await;
    let mut said = said;
    said.label = None;
    vigie.edited(&said, "I was charged twice this month, please check my account").await;
    assert_eq!(vigie.request().await.route, Route::CustomerService);
    vigie.after(Span::seconds(20)).await;
    vigie.edited(&said, "I was charged three times this month, please check my account").await;
    assert_eq!(vigie.platform.posts().len(), 1);
    assert!(vigie.platform.transcript().contains("three times"));
}

#[tokio::test]
async fn a_deleted_question_is_withdrawn_and_the_card_says_so() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    vigie.deleted(&asked).await;
    let request = vigie.request().await;
    assert_eq!(request.state, RequestState::Dismissed { by: None, at: vigie.now() });
    assert_eq!(request.text(), "");
    assert_snapshot!(vigie.platform.transcript(), @"#desk-customer-service pings advisers: 🛎️ Customer service · Dismissed “(the text was erased)”");
}

#[tokio::test]
async fn a_member_who_comes_back_on_a_resolved_request_opens_it_again() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    let reply = vigie.receives(answer("karim", "Found it.").replying_to(&asked)).await;
    vigie.press("karim", Action::Resolve, &vigie.request().await, None).await;
    vigie.after(Span::minutes(60)).await;
    vigie
        .receives(message("ana", "it is lost again!").labelled(Label::CustomerService).replying_to(&reply))
        .await;
    let request = vigie.request().await;
    assert_eq!(request.state, RequestState::Open);
    assert_eq!(vigie.log(&request).await, ["opened", "answered", "resolved", "reopened"]);
}

#[tokio::test]
async fn an_employee_sends_a_missed_message_to_a_desk() {
    let vigie = Vigie::new().await;
    let said = vigie.receives(message("ana", "hm").labelled(Label::None)).await;
    let by = "karim".into();
    vigie.core.triage.send_to_desk(&said, Route::Pr, &by, vigie.now()).await.expect("the store works");
    vigie.settle().await;
    assert_snapshot!(vigie.platform.transcript(), @"#desk-pr pings press-office: 📣 PR · Open “hm”");
    // Sent again, to another desk, it is a re-route of the same request.
    vigie
        .core
        .triage
        .send_to_desk(&said, Route::ProductExpert, &by, vigie.now())
        .await
        .expect("the store works");
    vigie.settle().await;
    assert_eq!(vigie.request().await.reroutes, 1);
}

#[tokio::test]
async fn a_desk_that_is_not_set_up_yet_gets_its_card_as_soon_as_it_is() {
    let mut settings = crate::support::vigie::settings();
    let desk = settings.desks.remove(0);
    let store = store::empty().await;
    let vigie = Vigie::with(settings.clone(), store).await;
    vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    assert!(vigie.platform.posts().is_empty());
    let stuck = vigie.core.store.stuck_notices(&community()).await.expect("the store reads");
    assert!(stuck.iter().any(|notice| notice.reason.contains("/desk set")), "{stuck:?}");

    settings.desks.push(desk);
    vigie.core.store.save_settings(&settings, Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.core.communities.forget(&community());
    vigie.settle().await;
    assert_eq!(vigie.platform.posts().len(), 1);
}
