//! Pings through trouble: what is late still pings, what may have arrived does not ping twice.

use vigie::domain::action::{Meaning, More};
use vigie::domain::label::Label;
use vigie::domain::settings::Acknowledge;
use vigie::domain::time::{Span, Timestamp};
use vigie::platform::PlatformError;
use vigie::store::{self, Incoming};
use vigie::triage::Progress;

use crate::journey_clock::{asked, chooses, pinged, pings_of_cards, said, timed, vigie, with_hours};
use crate::support::message::{answer, message};
use crate::support::vigie::{Vigie, community, settings};

/// One call too many: nothing was sent.
fn limited(wait: Span) -> PlatformError {
    PlatformError::Retry { after: Some(wait), reason: "429".into(), perhaps_posted: false }
}

/// A broken answer: nobody knows whether it was sent.
fn unanswered() -> PlatformError {
    PlatformError::Retry { after: None, reason: "503".into(), perhaps_posted: true }
}

#[tokio::test]
async fn the_morning_bundle_pings_although_its_first_try_was_one_call_too_many() {
    let vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.platform.fail_next(limited(Span::seconds(5)));
    vigie.after(Span::minutes(107)).await;
    assert_eq!(said(&vigie), Vec::<String>::new());
    vigie.after(Span::seconds(6)).await;
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
}

#[tokio::test]
async fn the_morning_bundle_pings_although_its_first_try_got_no_answer() {
    let vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.platform.fail_next(unanswered());
    vigie.after(Span::minutes(107)).await;
    vigie.after(Span::seconds(2)).await;
    // The platform still knows the key, and shows one post for both tries.
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
}

#[tokio::test]
async fn a_morning_bundle_that_fell_due_while_vigie_was_away_pings_all_the_same() {
    let mut vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    // The desk opens after 107 minutes; nobody was there to send it then.
    vigie.begins_after(Span::minutes(160));
    vigie.settle().await;
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
}

#[tokio::test]
async fn a_reminder_that_stood_in_a_long_queue_pings() {
    let vigie = vigie(timed()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    asked(&vigie, "tom", "I was charged twice").await;
    vigie.platform.fail_next(limited(Span::minutes(3)));
    vigie.after(Span::minutes(16)).await;
    assert_eq!(said(&vigie), Vec::<String>::new(), "the first one holds up the second");
    vigie.after(Span::minutes(4)).await;
    assert_eq!(pinged(&vigie), ["advisers", "advisers"], "{:#?}", said(&vigie));
}

#[tokio::test]
async fn an_urgent_mark_pings_however_late_it_gets_through() {
    let vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    // The card is edited and the desk is told, in one lane.
    (0..2).for_each(|_| vigie.platform.fail_next(limited(Span::minutes(2))));
    chooses(&vigie, "solene", More::Urgent).await;
    vigie.after(Span::minutes(5)).await;
    vigie.after(Span::minutes(5)).await;
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
}

#[tokio::test]
async fn what_may_have_arrived_longer_ago_than_a_key_is_remembered_is_said_without_a_ping() {
    let vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.platform.fail_next(unanswered());
    vigie.after(Span::minutes(107)).await;
    vigie.after(Span::seconds(61)).await;
    assert_eq!((said(&vigie).len(), pinged(&vigie).len()), (1, 0), "{:#?}", said(&vigie));
}

#[tokio::test]
async fn the_word_to_the_member_is_late_rather_than_never() {
    let mut settings = with_hours(settings());
    settings.watches[0].acknowledge = Acknowledge::OffHours;
    let vigie = vigie(settings).await;
    // The card's try and the word's.
    (0..2).for_each(|_| vigie.platform.fail_next(limited(Span::minutes(2))));
    vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    assert_eq!((vigie.platform.posts().len(), said(&vigie).len()), (0, 0));
    vigie.after(Span::seconds(121)).await;
    assert_eq!((vigie.platform.posts().len(), said(&vigie).len()), (1, 1));
    assert_eq!(pings_of_cards(&vigie), 0, "the desk is closed");
}

#[tokio::test]
async fn a_closed_coordinators_channel_holds_up_nothing_that_the_desk_is_shown_or_told() {
    let vigie = vigie(timed()).await;
    let coordination = "coordination".into();
    vigie.platform.closes(&coordination);
    asked(&vigie, "ana", "my parcel is lost").await;
    for minutes in [16, 15, 10, 40] {
        vigie.after(Span::minutes(minutes)).await;
    }
    let told = ["advisers", "advisers", "chiefs", "coordinators"];
    assert_eq!(pinged(&vigie), told, "the fourth cannot be told: that it cannot is, at a desk");
    asked(&vigie, "tom", "I was charged twice").await;
    assert_eq!(vigie.platform.posts().len(), 2);
    for minutes in [16, 15, 10] {
        vigie.after(Span::minutes(minutes)).await;
    }
    assert_eq!(pinged(&vigie)[4..], ["advisers", "advisers", "chiefs"], "{:#?}", said(&vigie));
    vigie.platform.opens(&coordination);
    vigie.after(Span::minutes(15)).await;
    assert!(pinged(&vigie)[7..].contains(&"coordinators".to_owned()), "kept until it can be told");
}

#[tokio::test]
async fn a_card_that_is_found_without_its_ping_is_told_when_the_desk_opens() {
    let vigie = vigie(with_hours(settings())).await;
    vigie.platform.lose_next_answer();
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(2)).await;
    assert_eq!((vigie.platform.posts().len(), pings_of_cards(&vigie)), (1, 0));
    vigie.after(Span::minutes(105)).await;
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
}

#[tokio::test]
async fn a_card_that_is_found_with_its_ping_is_not_told_again_and_counts() {
    let mut settings = settings();
    settings.desks[0].max_pings_per_hour = 1;
    let vigie = vigie(settings).await;
    vigie.platform.lose_next_answer();
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(2)).await;
    assert_eq!((vigie.platform.posts().len(), pings_of_cards(&vigie), said(&vigie).len()), (1, 1, 0));
    asked(&vigie, "tom", "I was charged twice").await;
    assert_eq!(pings_of_cards(&vigie), 1, "the hour's only ping was the found card's");
}

#[tokio::test]
async fn what_was_answered_while_nobody_listened_is_told_to_nobody() {
    let store = store::in_memory().await.expect("SQLite in memory");
    let before = Vigie::with(timed(), std::sync::Arc::clone(&store)).await;
    let question = asked(&before, "ana", "my parcel is lost").await;
    let answered = answer("karim", "It is on its way.").replying_to(&question).sent("m2", before.now());

    let vigie = Vigie::with(timed(), store).await;
    vigie.clock.set(before.now());
    vigie.platform.is_deaf(true);
    vigie.after(Span::minutes(120)).await;
    assert_eq!(said(&vigie), Vec::<String>::new(), "the channel has not been read yet");
    vigie.hears_again(&Incoming::Posted(answered)).await;
    vigie.platform.is_deaf(false);
    vigie.settle().await;
    assert_eq!(said(&vigie), Vec::<String>::new(), "the answer was there before the deadline");
    assert_eq!(vigie.log(&vigie.request().await).await, ["opened", "answered"]);
}

#[tokio::test]
async fn what_nobody_answered_while_nobody_listened_is_told_once_all_is_heard() {
    let vigie = vigie(timed()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.platform.is_deaf(true);
    vigie.after(Span::minutes(20)).await;
    assert_eq!(said(&vigie), Vec::<String>::new());
    vigie.platform.is_deaf(false);
    vigie.settle().await;
    assert_eq!(pinged(&vigie), ["advisers"]);
}

#[tokio::test]
async fn what_was_posted_in_opening_hours_and_heard_of_at_night_waits_for_the_morning() {
    let vigie = vigie(with_hours(settings())).await;
    // 03:00 in Paris; the message is of 16:00 the day before.
    vigie.after(Span::minutes(19 * 60 + 47)).await;
    let posted: Timestamp = "2026-02-25T15:00:00Z".parse().expect("a time");
    let missed = message("ana", "my parcel is lost").labelled(Label::CustomerService).sent("m1", posted);
    vigie.hears_again(&Incoming::Posted(missed)).await;
    vigie.settle().await;
    assert_eq!((vigie.platform.posts().len(), pings_of_cards(&vigie), said(&vigie).len()), (1, 0, 0));
    vigie.after(Span::minutes(6 * 60)).await;
    assert_eq!(pinged(&vigie), ["advisers"]);
}

#[tokio::test]
async fn a_deleted_bundle_is_posted_anew_with_what_it_held_and_what_came_since() {
    let mut settings = settings();
    settings.desks[0].max_pings_per_hour = 1;
    let vigie = vigie(settings).await;
    for author in ["ana", "tom"] {
        asked(&vigie, author, &format!("the parcel of {author} is lost")).await;
    }
    assert_eq!((pings_of_cards(&vigie), pinged(&vigie).len()), (1, 1));
    vigie.platform.notes_are_deleted(&"desk-customer-service".into());
    asked(&vigie, "lea", "the parcel of lea is lost").await;
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
    let bundle = said(&vigie).remove(0);
    assert!(bundle.contains("• tom · ") && bundle.contains("• lea · "), "{bundle}");
    // The new post is the one that is drawn anew.
    asked(&vigie, "max", "the parcel of max is lost").await;
    let said = said(&vigie);
    assert!(said.len() == 1 && said[0].contains("3 requests wait"), "{said:#?}");
}

#[tokio::test]
async fn two_desks_with_one_role_and_one_channel_have_a_bundle_each() {
    let mut settings = settings();
    for desk in &mut settings.desks[..2] {
        (desk.role, desk.channel, desk.max_pings_per_hour) = ("team".into(), "desk".into(), 1);
    }
    let vigie = vigie(settings).await;
    for (author, label) in [
        ("ana", Label::CustomerService),
        ("tom", Label::CustomerService),
        ("lea", Label::ProductExpert),
        ("max", Label::CustomerService),
        ("zoe", Label::ProductExpert),
    ] {
        vigie.receives(message(author, &format!("the wish of {author}")).labelled(label)).await;
    }
    assert_eq!((pings_of_cards(&vigie), pinged(&vigie)), (1, vec!["team".to_owned(), "team".to_owned()]));
    let said = said(&vigie);
    let (service, product) = (&said[0], &said[1]);
    assert!(service.contains("• tom · ") && service.contains("• max · "), "{said:#?}");
    assert!(product.contains("• lea · ") && product.contains("• zoe · "), "{said:#?}");
}

#[tokio::test]
async fn two_desks_with_one_role_and_two_channels_ping_once_an_hour_each_for_the_rest() {
    let mut settings = settings();
    for desk in &mut settings.desks[..2] {
        (desk.role, desk.max_pings_per_hour) = ("team".into(), 1);
    }
    let vigie = vigie(settings).await;
    for n in 0..8 {
        let label = if n % 2 == 0 { Label::CustomerService } else { Label::ProductExpert };
        vigie.receives(message(&format!("member{n}"), "where is it?").labelled(label)).await;
    }
    assert_eq!((pings_of_cards(&vigie), pinged(&vigie).len()), (1, 2), "{:#?}", said(&vigie));
}

#[tokio::test]
async fn escalations_above_the_budget_are_said_and_pinged_for_in_one_list() {
    let mut settings = timed();
    settings.desks[0].max_pings_per_hour = 2;
    let vigie = vigie(settings).await;
    for n in 0..5 {
        asked(&vigie, &format!("member{n}"), &format!("my parcel {n} is lost")).await;
    }
    let pings_of = |role: &str| pinged(&vigie).iter().filter(|pinged| *pinged == role).count();
    for minutes in [16, 15, 10] {
        vigie.after(Span::minutes(minutes)).await;
    }
    assert_eq!(pings_of("chiefs"), 3, "two by themselves, one for the other three: {:#?}", said(&vigie));
    assert_eq!(said(&vigie).iter().filter(|note| note.contains("answer has passed")).count(), 5);
    let list = said(&vigie).into_iter().find(|note| note.contains("3 requests are past")).expect("a list");
    assert!((2..5).all(|n| list.contains(&format!("• member{n} · "))), "{list}");

    vigie.after(Span::minutes(40)).await;
    assert_eq!(pings_of("coordinators"), 3, "{:#?}", said(&vigie));
    let is_list = |note: &String| {
        note.starts_with("#coordination @coordinators") && note.contains("3 requests are past")
    };
    assert!(said(&vigie).iter().any(is_list), "{:#?}", said(&vigie));
}

#[tokio::test]
async fn what_was_answered_leaves_the_list_of_escalations_when_it_is_drawn_anew() {
    let mut settings = timed();
    settings.desks[0].max_pings_per_hour = 1;
    let vigie = vigie(settings).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    let question = asked(&vigie, "tom", "I was charged twice").await;
    vigie.after(Span::minutes(20)).await;
    asked(&vigie, "lea", "my card was refused").await;
    vigie.after(Span::minutes(21)).await;
    let list = |vigie: &Vigie| said(vigie).into_iter().find(|note| note.contains("past its target"));
    assert!(list(&vigie).is_some_and(|list| list.contains("• tom · ")), "{:#?}", said(&vigie));
    vigie.receives(answer("karim", "Found it.").replying_to(&question)).await;
    vigie.after(Span::minutes(20)).await;
    let list = list(&vigie).expect("one list, drawn anew");
    assert!(list.contains("• lea · ") && !list.contains("• tom · "), "{list}");
    assert_eq!(pinged(&vigie).iter().filter(|role| *role == "chiefs").count(), 2);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_stops_no_other_clock() {
    let folder = tempfile::TempDir::new().expect("a folder of our own");
    let address = format!("sqlite://{}", folder.path().join("vigie.db").display());
    let vigie = Vigie::with(timed(), store::connect(&address).await.expect("SQLite makes the file")).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    asked(&vigie, "tom", "I was charged twice").await;
    let database = sqlx::SqlitePool::connect(&address).await.expect("the same file");
    let torn = sqlx::query("update requests set course = 'torn' where author = 'ana'");
    assert_eq!(torn.execute(&database).await.expect("written").rows_affected(), 1);

    vigie.after(Span::minutes(16)).await;
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
    // New settings: the others' deadlines are worked out with them.
    let mut settings = timed();
    settings.desks[0].first_response = Some(Span::minutes(16));
    vigie.core.store.save_settings(&settings, Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.settle().await;
    assert_eq!(pinged(&vigie), ["advisers", "chiefs"], "{:#?}", said(&vigie));
    assert_eq!(vigie.core.store.untimed(10).await.expect("reads"), []);
}

#[tokio::test]
async fn deadlines_are_worked_out_anew_for_some_requests_at_a_time() {
    let vigie = vigie(settings()).await;
    for n in 0..501 {
        vigie.hears(message(&format!("member{n}"), "where is it?").labelled(Label::CustomerService)).await;
    }
    vigie.settle().await;
    let store = &vigie.core.store;
    store.save_settings(&timed(), Some(1), vigie.now()).await.expect("nobody else changed them");
    let step = async || {
        let progress = vigie.core.deadlines.step(vigie.outbox.platforms(), vigie.now()).await.expect("works");
        (progress, store.untimed(10).await.expect("reads").len())
    };
    assert_eq!(step().await, (Progress::Worked, 1), "others get a turn");
    assert_eq!(step().await, (Progress::Worked, 0));
    assert_eq!(step().await, (Progress::Idle, 0));
}

#[tokio::test]
async fn however_many_cards_wait_all_of_them_follow_their_desk() {
    let vigie = vigie(settings()).await;
    let mut asked = Vec::new();
    for n in 0..120 {
        let question = message(&format!("member{n}"), "where is it?").labelled(Label::CustomerService);
        asked.push(vigie.hears(question).await);
    }
    vigie.settle().await;
    let (store, pinged_before) = (&vigie.core.store, pings_of_cards(&vigie));
    let mut settings = settings();
    settings.desks[0].channel = "desk-elsewhere".into();
    store.save_settings(&settings, Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.core.communities.forget(&community());
    // The oldest of the first that go, with which the next ones follow: it has its answer before it has moved.
    vigie.hears(answer("karim", "It is here.").replying_to(&asked[70])).await;
    vigie.settle().await;
    let posts = vigie.platform.posts();
    let moved: Vec<&str> = posts
        .iter()
        .filter(|post| post.channel.as_str() == "desk-elsewhere")
        .map(|post| post.card.author_name.as_str())
        .collect();
    let expected = (71..120).chain(20..70).chain(0..20).map(|n| format!("member{n}"));
    assert_eq!(moved, expected.collect::<Vec<_>>(), "those that are new first, each once");
    let shown = posts.iter().filter(|post| post.retired.is_none()).count();
    assert_eq!((shown, pings_of_cards(&vigie)), (120, pinged_before), "nobody is pinged again");
}

#[tokio::test]
async fn a_desk_that_has_opened_meanwhile_is_not_called_closed() {
    for (mode, words) in
        [(Acknowledge::OffHours, None), (Acknowledge::Always, Some("passed on to the team."))]
    {
        let mut settings = with_hours(settings());
        settings.watches[0].acknowledge = mode;
        let vigie = vigie(settings).await;
        (0..2).for_each(|_| vigie.platform.fail_next(limited(Span::minutes(3 * 60))));
        asked(&vigie, "ana", "my parcel is lost").await;
        vigie.after(Span::minutes(3 * 60 + 1)).await;
        let told: Vec<String> =
            said(&vigie).into_iter().filter(|note| note.starts_with("#support")).collect();
        assert_eq!(told.len(), usize::from(words.is_some()), "{told:#?}");
        assert!(told.iter().zip(words).all(|(told, words)| told.ends_with(words)), "{told:#?}");
    }
}

#[tokio::test]
async fn of_a_desk_without_a_next_opening_no_time_is_said() {
    let mut settings = with_hours(settings());
    settings.watches[0].acknowledge = Acknowledge::Always;
    let vigie = vigie(settings.clone()).await;
    // The desk has usual times, of before its long holiday.
    vigie.after(Span::minutes(4 * 60)).await;
    for n in 0..5 {
        let question = asked(&vigie, &format!("member{n}"), "where is it?").await;
        vigie.receives(answer("karim", "In Lyon.").replying_to(&question)).await;
    }
    let today = "2026-02-25".parse::<jiff::civil::Date>().expect("a day");
    settings.desks[0].holidays = today.series(jiff::Span::new().days(1)).take(800).collect();
    vigie.core.store.save_settings(&settings, Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.core.communities.forget(&community());
    asked(&vigie, "ana", "my parcel is lost").await;
    let told = said(&vigie).pop().expect("the member is told");
    assert!(told.ends_with("has been passed on to the team."), "{told}");
}

#[tokio::test]
async fn the_usual_time_is_worked_out_now_and_then() {
    let mut settings = settings();
    settings.watches[0].acknowledge = Acknowledge::Always;
    let vigie = vigie(settings).await;
    let ask = async |author: &str| asked(&vigie, author, "where is my parcel?").await;
    let mut questions = Vec::new();
    for n in 0..5 {
        questions.push(ask(&format!("early{n}")).await);
    }
    vigie.after(Span::minutes(20)).await;
    for question in &questions {
        vigie.receives(answer("karim", "In Lyon.").replying_to(question)).await;
    }
    let button = |vigie: &Vigie| vigie.platform.notes().pop().and_then(|posted| posted.note.button);
    assert_eq!(button(&vigie), None, "no time was said so far");
    ask("ana").await;
    assert!(said(&vigie).pop().is_some_and(|told| told.contains("within 20 min")), "{:#?}", said(&vigie));
    assert_eq!(button(&vigie).expect("what it means").custom_id, Meaning::Usual.custom_id());
    for n in 0..10 {
        let question = ask(&format!("quick{n}")).await;
        vigie.receives(answer("karim", "In Lyon.").replying_to(&question)).await;
    }
    ask("tom").await;
    assert!(said(&vigie).pop().is_some_and(|told| told.contains("within 20 min")), "{:#?}", said(&vigie));
    vigie.after(Span::minutes(11)).await;
    ask("lea").await;
    assert!(said(&vigie).pop().is_some_and(|told| told.contains("within 1 min")), "{:#?}", said(&vigie));
}
