//! The review list and what surrounds a message, told from beginning to end on the platform in memory.

use vigie::classify::context::Context;
use vigie::domain::ids::RoleId;
use vigie::domain::judgement::{Judged, JudgedState, Zone};
use vigie::domain::label::{Label, Route};
use vigie::domain::lesson::Source;
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::Status;
use vigie::domain::time::Span;
use vigie::platform::PlatformError;
use vigie::store::Decided;
use vigie::triage::{Choice, Chosen};

use crate::support::message::{answer, message};
use crate::support::store;
use crate::support::unsure::{judged, unsure, zone};
use crate::support::vigie::{Vigie, community, settings};

const CLEAR: &str = "I was charged twice this month, please check my account";

async fn state_of(vigie: &Vigie, message: &str) -> (JudgedState, Option<Label>) {
    let found = vigie.core.store.judged(&community(), &message.into()).await.expect("the store reads");
    found.map(|found| (found.state, found.label)).expect("it was judged")
}

#[tokio::test]
async fn an_unsure_message_pings_nobody_and_is_listed_with_two_guesses() {
    let vigie = Vigie::new().await;
    let text = unsure(1)[0];
    let asked = vigie.receives(message("ana", text)).await;
    assert!(vigie.platform.posts().is_empty() && vigie.requests().await.is_empty());

    let (channel, list) = vigie.review_list();
    assert_eq!((channel.as_str(), list.route), ("desk-customer-service", Route::CustomerService));
    assert!(list.title.ends_with("1 message to look at") && list.more.is_none(), "{list:?}");
    let line = &list.lines[0];
    assert_eq!((line.quote.as_str(), line.author_name.as_str(), line.at), (text, "ana", asked.at));
    let mut guesses = line.choices.clone().map(|choice| choice.label);
    guesses.sort_by_key(|label| label.index());
    assert_eq!(guesses, [Label::CustomerService, Label::None]);
    assert!(line.choices.iter().all(|choice| choice.words.starts_with("1 · ")), "{line:?}");
    assert!(line.choices.iter().all(|choice| choice.custom_id.ends_with(":m1")), "{line:?}");
}

#[tokio::test]
async fn one_tap_opens_the_request_with_its_true_clock_and_takes_the_line_away() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", unsure(1)[0])).await;
    vigie.after(Span::minutes(40)).await;
    let chosen = vigie.taps("karim", &asked, Label::CustomerService).await;
    assert!(matches!(chosen, Chosen::Opened(_)), "{chosen:?}");

    let request = vigie.request().await;
    assert_eq!((request.opened_at(), request.opener().id.clone()), (asked.at, asked.id.clone()));
    assert!(vigie.platform.reviews().is_empty());
    let card = vigie.platform.posts().remove(0);
    assert_eq!(card.pinged.as_ref().map(RoleId::as_str), Some("advisers"));
    vigie.after(Span::minutes(10)).await;
    vigie.receives(answer("karim", "Looking into it.").replying_to(&asked)).await;
    let first = vigie.request().await.first_response.expect("karim answered");
    assert_eq!(first.response_time, Span::minutes(50), "it waited since the member wrote it");

    let lessons = vigie.lessons().await;
    assert_eq!(lessons.len(), 1, "{lessons:?}");
    let taught = (lessons[0].label, lessons[0].source, lessons[0].zone, lessons[0].decided);
    assert_eq!(taught, (Label::CustomerService, Source::Review, Zone::Review, Label::None));
    assert_eq!(lessons[0].request, Some(request.id));
}

#[tokio::test]
async fn nobody_takes_the_line_away_and_teaches() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", unsure(1)[0])).await;
    assert_eq!(vigie.taps("karim", &asked, Label::None).await, Chosen::Nobody);
    assert!(vigie.platform.reviews().is_empty() && vigie.requests().await.is_empty());
    assert_eq!(state_of(&vigie, "m1").await, (JudgedState::Settled, Some(Label::None)));
    let lessons = vigie.lessons().await;
    assert_eq!((lessons.len(), lessons[0].label, lessons[0].by.as_str()), (1, Label::None, "karim"));
    let learnt = vigie.core.store.learnt(&community()).await.expect("the store reads");
    assert!(learnt.is_some_and(|learnt| learnt.week == lessons[0].week));
}

#[tokio::test]
async fn who_taps_second_is_told_so() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", unsure(1)[0])).await;
    assert!(matches!(vigie.taps("karim", &asked, Label::CustomerService).await, Chosen::Opened(_)));
    assert_eq!(vigie.taps("solene", &asked, Label::Pr).await, Chosen::Already);
    assert_eq!(vigie.taps("solene", &asked, Label::None).await, Chosen::Already);
    assert_eq!((vigie.request().await.route, vigie.lessons().await.len()), (Route::CustomerService, 1));
}

#[tokio::test]
async fn of_two_who_tap_at_once_one_opens_the_request() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", unsure(1)[0])).await;
    let choice = |by: &str, label| Choice { label, source: Source::Review, by: by.into(), at: vigie.now() };
    let (first, second) = (choice("karim", Label::CustomerService), choice("solene", Label::ProductExpert));
    let (triage, here) = (&vigie.core.triage, community());
    let (one, other) = tokio::join!(
        triage.choose(vigie.platform.as_ref(), &here, &asked.id, &first),
        triage.choose(vigie.platform.as_ref(), &here, &asked.id, &second),
    );
    vigie.settle().await;
    let outcomes = [one.expect("it works"), other.expect("it works")];
    assert_eq!(outcomes.iter().filter(|chosen| matches!(chosen, Chosen::Opened(_))).count(), 1);
    assert_eq!(outcomes.iter().filter(|chosen| **chosen == Chosen::Already).count(), 1);
    assert_eq!((vigie.requests().await.len(), vigie.lessons().await.len()), (1, 1));
}

#[tokio::test]
async fn a_deleted_message_leaves_the_list() {
    let vigie = Vigie::new().await;
    let texts = unsure(2);
    let first = vigie.receives(message("ana", texts[0])).await;
    vigie.receives(message("tom", texts[1])).await;
    vigie.deleted(&first).await;
    assert_eq!(vigie.listed(), [texts[1]]);
    assert_eq!(vigie.taps("karim", &first, Label::Pr).await, Chosen::Gone);
    assert_eq!(state_of(&vigie, "m1").await, (JudgedState::Deleted, None));
    assert!(vigie.requests().await.is_empty());
}

#[tokio::test]
async fn messages_whose_deletion_nobody_heard_do_not_stand_in_the_way() {
    let vigie = Vigie::new().await;
    let texts = unsure(7);
    let mut asked = Vec::new();
    for (number, text) in texts[..6].iter().enumerate() {
        asked.push(vigie.receives(message(&format!("member{number}"), text)).await);
    }
    // Vigie was away while five of them were deleted.
    asked[..5].iter().for_each(|message| vigie.platform.is_gone(&message.id));
    assert_eq!(vigie.taps("karim", &asked[0], Label::Pr).await, Chosen::Gone);
    assert_eq!(vigie.listed(), [texts[5]]);
    vigie.receives(message("zoe", texts[6])).await;
    let (_, list) = vigie.review_list();
    assert!(list.title.ends_with("2 messages to look at") && list.more.is_none(), "{list:?}");
}

#[tokio::test]
async fn an_edit_is_judged_anew() {
    let texts = unsure(2);
    for (text, listed, requests) in [(texts[1], true, 0), ("haha same here", false, 0), (CLEAR, false, 1)] {
        let vigie = Vigie::new().await;
        let asked = vigie.receives(message("ana", texts[0])).await;
        vigie.edited(&asked, text).await;
        let lists = vigie.platform.reviews();
        assert_eq!(lists.len(), usize::from(listed), "{text}: {lists:#?}");
        assert!(lists.iter().all(|(_, list)| list.lines[0].quote == text), "{text}: {lists:#?}");
        assert_eq!(vigie.requests().await.len(), requests, "{text}");
        let expected = if requests == 1 { JudgedState::Joined } else { JudgedState::Open };
        assert_eq!(state_of(&vigie, "m1").await.0, expected, "{text}");
    }
}

#[tokio::test]
async fn a_listed_message_that_is_edited_into_an_open_request_leaves_the_list() {
    let vigie = Vigie::new().await;
    let texts = unsure(2);
    let asked = vigie.receives(message("ana", CLEAR)).await;
    vigie.after(Span::minutes(6)).await;
    let further = vigie.receives(message("ana", texts[0])).await;
    assert_eq!(vigie.listed(), [texts[0]], "too late to belong to the request by itself");
    vigie.receives(message("ana", "any news?").replying_to(&asked)).await;
    vigie.receives(message("tom", texts[1])).await;
    vigie.edited(&further, "the order is 4412").await;
    assert_eq!(vigie.listed(), [texts[1]]);
    assert_eq!(vigie.request().await.messages.len(), 3);
}

#[tokio::test]
async fn a_message_of_another_community_cannot_be_pointed_at() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", unsure(1)[0])).await;
    let kept = vigie.core.store.judged(&community(), &asked.id).await.expect("the store reads");
    let theirs =
        Judged { community: "elsewhere".into(), message: "x1".into(), ..kept.expect("judged").judged };
    let decided = Decided { judged: Some(theirs.clone()), ..Decided::default() };
    vigie.core.store.apply(&theirs.community, &decided, None, vigie.now()).await.expect("stored");
    let forged = IncomingMessage { id: theirs.message, ..asked };
    assert_eq!(vigie.taps("karim", &forged, Label::Pr).await, Chosen::Unknown);
    assert!(vigie.requests().await.is_empty());
}

#[tokio::test]
async fn an_employee_who_simply_replies_settles_it() {
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", unsure(1)[0])).await;
    vigie.receives(answer("karim", "It should arrive on Monday.").replying_to(&asked)).await;
    assert!(vigie.platform.reviews().is_empty() && vigie.requests().await.is_empty());
    assert_eq!(state_of(&vigie, "m1").await, (JudgedState::Answered, None));
    assert_eq!(vigie.taps("karim", &asked, Label::Pr).await, Chosen::Already);
}

#[tokio::test]
async fn a_list_of_seven_shows_the_five_oldest_and_says_how_many_more() {
    let vigie = Vigie::new().await;
    let texts = unsure(7);
    let mut asked = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        asked.push(vigie.receives(message(&format!("member{number}"), text)).await);
        vigie.after(Span::seconds(1)).await;
    }
    assert_eq!(vigie.listed(), texts[..5]);
    let (_, list) = vigie.review_list();
    assert!(list.title.ends_with("7 messages to look at"), "{}", list.title);
    assert!(list.more.is_some_and(|more| more.contains("2 more")));

    vigie.taps("karim", &asked[1], Label::None).await;
    assert_eq!(vigie.listed(), [texts[0], texts[2], texts[3], texts[4], texts[5]]);
    assert!(vigie.review_list().1.more.is_some_and(|more| more.contains("1 more")));
}

#[tokio::test]
async fn an_empty_list_goes_and_a_new_one_comes_later() {
    let vigie = Vigie::new().await;
    let texts = unsure(2);
    let first = vigie.receives(message("ana", texts[0])).await;
    vigie.taps("karim", &first, Label::None).await;
    assert!(vigie.platform.reviews().is_empty());
    vigie.receives(message("tom", texts[1])).await;
    assert_eq!(vigie.listed(), [texts[1]]);
}

#[tokio::test]
async fn what_waited_a_week_leaves_the_list_to_the_audit() {
    let vigie = Vigie::new().await;
    let texts = unsure(2);
    vigie.receives(message("ana", texts[0])).await;
    vigie.after(Span::minutes(7 * 24 * 60 + 1)).await;
    vigie.receives(message("tom", texts[1])).await;
    assert_eq!(vigie.listed(), [texts[1]]);
    assert_eq!(state_of(&vigie, "m1").await.0, JudgedState::Open);
}

/// Two messages that only say enough together.
pub fn halves() -> [&'static str; 2] {
    let pairs = [
        ["my subscription", "never arrived"],
        ["my subscription", "it never came at all"],
        ["my parcel", "it never came at all"],
        ["my parcel", "it's been two weeks"],
        ["my card", "is wrong on it"],
        ["my delivery", "never came, it's been two weeks"],
        ["my subscription", "is wrong, it's been two weeks"],
    ];
    let says_enough_together = |halves: &[&str; 2]| {
        halves.iter().all(|half| zone(half) != Zone::Ping) && zone(&halves.join("\n")) == Zone::Ping
    };
    pairs.into_iter().find(says_enough_together).expect("one pair says enough only together")
}

#[tokio::test]
async fn a_burst_of_half_sentences_opens_one_request_with_all_of_it() {
    let halves = halves();
    let vigie = Vigie::new().await;
    let first = vigie.receives(message("ana", halves[0])).await;
    vigie.receives(message("tom", "haha same here")).await;
    vigie.after(Span::seconds(30)).await;
    let second = vigie.receives(message("ana", halves[1])).await;
    let request = vigie.request().await;
    let ids: Vec<_> = request.messages.iter().map(|message| message.id.clone()).collect();
    assert_eq!((ids, request.opened_at()), (vec![first.id, second.id], first.at));
    assert_eq!(vigie.platform.posts().len(), 1);
    assert!(vigie.platform.reviews().is_empty(), "what has become part of a request is not listed");
    assert_eq!(state_of(&vigie, "m1").await.0, JudgedState::Joined);
}

#[tokio::test]
async fn a_burst_that_is_listed_shows_and_opens_all_of_it_by_its_true_clock() {
    let pairs = [
        ["so", "the weather was bad, my parcel too"],
        ["hi", "about my parcel maybe"],
        ["ok so", "not sure my bill is right"],
        ["my parcel", "it's been two weeks"],
        ["my subscription", "haha"],
        ["my subscription", "see you tomorrow"],
        ["my card", "it's been two weeks"],
        ["my bill", "haha nice"],
        ["my refund maybe", "it's been two weeks"],
    ];
    let is_listed_together = |halves: &&[&str; 2]| {
        zone(halves[0]) != Zone::Ping
            && zone(halves[1]) == Zone::Quiet
            && zone(&halves.join("\n")) == Zone::Review
    };
    let halves = pairs.iter().find(is_listed_together).expect("one pair is listed only together");

    let vigie = Vigie::new().await;
    let first = vigie.receives(message("ana", halves[0])).await;
    vigie.after(Span::seconds(30)).await;
    let second = vigie.receives(message("ana", halves[1])).await;
    assert_eq!(vigie.listed(), [halves.join("\n")]);
    vigie.taps("karim", &second, Label::CustomerService).await;
    let request = vigie.request().await;
    let ids: Vec<_> = request.messages.iter().map(|message| message.id.clone()).collect();
    assert_eq!((ids, request.opened_at()), (vec![first.id, second.id], first.at));
}

#[tokio::test]
async fn halves_that_are_far_apart_or_deleted_are_not_read_together() {
    let vigie = Vigie::new().await;
    vigie.receives(message("ana", "my subscription")).await;
    vigie.after(Span::minutes(3)).await;
    vigie.receives(message("ana", "never arrived")).await;
    assert!(vigie.requests().await.is_empty());

    let deleted = vigie.receives(message("tom", "my subscription")).await;
    vigie.deleted(&deleted).await;
    vigie.receives(message("tom", "never arrived")).await;
    assert!(vigie.requests().await.is_empty(), "a deleted text does not come back");
}

#[tokio::test]
async fn what_comes_back_on_an_employees_question_goes_on_with_the_request() {
    let text = "yes, order 4412";
    assert_ne!(zone(text), Zone::Ping, "by itself it needs no answer");
    let vigie = Vigie::new().await;
    let asked = vigie.receives(message("ana", CLEAR)).await;
    vigie.receives(answer("karim", "Sorry! Is it an order of this month?").replying_to(&asked)).await;
    vigie.after(Span::minutes(2)).await;
    vigie.receives(message("ana", text)).await;
    let request = vigie.request().await;
    assert_eq!((request.messages.len(), request.state.status()), (2, Status::Answered));
    assert!(vigie.platform.reviews().is_empty());
    assert_eq!(vigie.log(&request).await, ["opened", "answered", "appended"]);

    // Half an hour later nobody knows what it is about.
    vigie.after(Span::minutes(31)).await;
    vigie.receives(message("ana", text)).await;
    assert_eq!(vigie.request().await.messages.len(), 2);
}

#[tokio::test]
async fn a_reply_to_another_member_is_quieter() {
    let to_member = Context { is_to_member: true, ..Context::default() };
    let text = unsure(7).into_iter().find(|text| judged(text, to_member).zone == Zone::Quiet);
    let text = text.expect("a text is unsure alone and chatter among members");
    let vigie = Vigie::new().await;
    let remark = vigie.receives(message("tom", "haha same here")).await;
    vigie.receives(message("ana", text).replying_to(&remark)).await;
    assert!(vigie.platform.reviews().is_empty());
    let kept = vigie.core.store.judged(&community(), &"m2".into()).await.expect("the store reads");
    assert_eq!(kept.expect("it was judged").judged.judgement.zone, Zone::Quiet);

    vigie.receives(message("zoe", text)).await;
    assert_eq!(vigie.listed(), [text]);
}

#[tokio::test]
async fn a_desk_that_is_not_set_up_yet_gets_its_list_with_the_next_message() {
    let mut settings = settings();
    let desk = settings.desks.remove(0);
    let store = store::empty().await;
    let vigie = Vigie::with(settings.clone(), store).await;
    let texts = unsure(2);
    vigie.receives(message("ana", texts[0])).await;
    assert!(vigie.platform.reviews().is_empty());
    assert!(vigie.core.store.stuck_notices(&community()).await.expect("the store reads").is_empty());

    settings.desks.push(desk);
    vigie.core.store.save_settings(&settings, Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.core.communities.forget(&community());
    vigie.receives(message("tom", texts[1])).await;
    assert_eq!(vigie.listed(), texts);
}

#[tokio::test]
async fn the_list_follows_its_desk_to_another_channel() {
    let mut settings = settings();
    let vigie = Vigie::new().await;
    let texts = unsure(2);
    vigie.receives(message("ana", texts[0])).await;
    settings.desks[0].channel = "desk-elsewhere".into();
    vigie.core.store.save_settings(&settings, Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.core.communities.forget(&community());
    vigie.receives(message("tom", texts[1])).await;
    assert_eq!(vigie.review_list().0.as_str(), "desk-elsewhere");
    assert_eq!(vigie.listed(), texts);
}

#[tokio::test]
async fn an_outage_delays_the_list_and_what_has_to_be_mended_is_told() {
    let vigie = Vigie::new().await;
    let texts = unsure(2);
    vigie.platform.fail_next(PlatformError::Retry {
        after: Some(Span::seconds(5)),
        reason: "429".into(),
        perhaps_posted: false,
    });
    let asked = vigie.receives(message("ana", texts[0])).await;
    assert!(vigie.platform.reviews().is_empty());
    vigie.after(Span::seconds(6)).await;
    assert_eq!(vigie.listed(), [texts[0]]);

    vigie
        .platform
        .fail_next(PlatformError::Blocked { channel: None, reason: "Vigie lacks a permission".into() });
    vigie.taps("karim", &asked, Label::None).await;
    let stuck = vigie.core.store.stuck_notices(&community()).await.expect("the store reads");
    assert_eq!(
        stuck.iter().map(|notice| notice.reason.as_str()).collect::<Vec<_>>(),
        ["Vigie lacks a permission"]
    );
    vigie.after(Span::minutes(1)).await;
    assert!(vigie.platform.reviews().is_empty());
}
