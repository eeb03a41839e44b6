//! The clock, through the whole bot: who is told when, who is not, and what the member hears.

use vigie::commands::{Command, Reply, RequestRef, Tone};
use vigie::domain::action::{Action, Meaning, More, Press};
use vigie::domain::label::{Label, Route};
use vigie::domain::request::{Change, Opening, Refusal, Request, RequestState, Status};
use vigie::domain::settings::{Acknowledge, Settings};
use vigie::domain::time::{Span, Timestamp};
use vigie::domain::verdict::{Lang, Verdict};
use vigie::store::Decided;
use vigie::triage::Outcome;

use crate::support::message::{answer, message};
use crate::support::store;
use crate::support::vigie::{Vigie, community, settings};

/// Customer service has every timer; the coordinator reads elsewhere.
pub fn timed() -> Settings {
    let mut settings = settings();
    settings.community.coordinator = Some("coordinators".into());
    settings.community.coordinator_channel = Some("coordination".into());
    let desk = &mut settings.desks[0];
    desk.first_response = Some(Span::minutes(40));
    desk.resolution = Some(Span::minutes(480));
    desk.remind_after = Some(Span::minutes(15));
    desk.return_after = Some(Span::minutes(45));
    desk.escalate_to = Some("chiefs".into());
    settings
}

/// The desk is open from nine to six on weekdays.
pub fn with_hours(mut settings: Settings) -> Settings {
    settings.desks[0].hours = vigie::domain::hours::Hours::parse("mon-fri 09:00-18:00").expect("hours");
    settings
}

pub async fn vigie(settings: Settings) -> Vigie {
    Vigie::with(settings, store::empty().await).await
}

pub fn said(vigie: &Vigie) -> Vec<String> {
    let notes = vigie.platform.notes();
    notes.iter().map(|posted| format!("#{} {}", posted.channel, posted.words())).collect()
}

/// Who was pinged by notes so far: roles and people.
pub fn pinged(vigie: &Vigie) -> Vec<String> {
    let ids = |posted: &vigie::platform::recording::PostedNote| {
        let role = posted.note.role.as_ref().map(ToString::to_string);
        role.into_iter().chain(posted.note.person.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
    };
    vigie.platform.notes().iter().flat_map(ids).collect()
}

pub fn pings_of_cards(vigie: &Vigie) -> usize {
    vigie.platform.posts().iter().filter(|post| post.pinged.is_some()).count()
}

pub async fn asked(vigie: &Vigie, author: &str, text: &str) -> vigie::domain::message::IncomingMessage {
    vigie.receives(message(author, text).labelled(Label::CustomerService)).await
}

pub async fn chooses(vigie: &Vigie, by: &str, more: More) -> Outcome {
    let request = vigie.request().await.id;
    let press = Press { request, action: Action::More, to: None, more: Some(more) };
    let outcome = vigie.core.triage.press(&community(), &press, &by.into(), vigie.now()).await;
    vigie.settle().await;
    outcome.expect("the store works")
}

#[tokio::test]
async fn a_request_that_nobody_takes_climbs_from_the_desk_to_the_coordinator_each_step_once() {
    let vigie = vigie(timed()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    let mut heard = Vec::new();
    for _ in 0..100 {
        vigie.after(Span::minutes(1)).await;
        let now = pinged(&vigie);
        heard.extend(now[heard.len()..].iter().cloned());
    }
    // Reminded after 15, warned after 30, escalated after 40 and 80 minutes.
    assert_eq!(heard, ["advisers", "advisers", "chiefs", "coordinators"]);
    let said = said(&vigie);
    assert!(said[0].contains("Nobody is on this one (15 min)"), "{said:#?}");
    assert!(said[1].contains("near (30 min)") && said[2].contains("passed (40 min)"), "{said:#?}");
    assert!(said[3].starts_with("#coordination ") && said[3].contains("twice"), "{said:#?}");
    // Who asked; what was asked stands on the card alone, which follows what becomes of the text.
    assert!(said.iter().all(|note| note.contains("ana") && !note.contains("parcel")), "{said:#?}");
    assert_eq!(pings_of_cards(&vigie), 1);
}

#[tokio::test]
async fn an_answer_cancels_everything_that_was_to_come() {
    let vigie = vigie(timed()).await;
    let asked = asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(14)).await;
    vigie.receives(answer("karim", "It is on its way.").replying_to(&asked)).await;
    vigie.after(Span::minutes(300)).await;
    assert_eq!(said(&vigie), Vec::<String>::new());
}

#[tokio::test]
async fn a_claim_without_an_answer_goes_back_with_a_word_to_the_claimer() {
    let vigie = vigie(timed()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.press("karim", Action::Claim, &vigie.request().await, None).await;
    vigie.after(Span::minutes(31)).await;
    vigie.after(Span::minutes(13)).await;
    assert_eq!(vigie.request().await.state.status(), Status::Claimed);
    // Warned while it was his: he is pinged, not the whole desk.
    assert_eq!(pinged(&vigie), ["karim", "chiefs"]);
    vigie.after(Span::minutes(2)).await;
    assert_eq!(vigie.request().await.state, RequestState::Open);
    assert_eq!(pinged(&vigie)[2..], ["advisers", "karim"]);
    assert!(said(&vigie)[2].contains("Back to the desk"), "{:#?}", said(&vigie));
    // Nobody else takes it: the desk is reminded, counted from when it came back.
    vigie.after(Span::minutes(16)).await;
    assert_eq!(pinged(&vigie)[4..], ["advisers"]);
}

#[tokio::test]
async fn a_restart_tells_nothing_again_and_what_fell_due_meanwhile_once() {
    let store = store::empty().await;
    let first = Vigie::with(timed(), std::sync::Arc::clone(&store)).await;
    asked(&first, "ana", "my parcel is lost").await;
    first.after(Span::minutes(16)).await;
    assert_eq!(pinged(&first), ["advisers"]);
    // Another process over the same store, two hours later: of warning, escalation and coordinator only the last.
    let second = Vigie::with(timed(), store).await;
    second.clock.set(first.now());
    second.after(Span::minutes(120)).await;
    assert_eq!(pinged(&second), ["coordinators"]);
    let log = second.log(&second.request().await).await;
    assert_eq!(log, ["opened", "rung", "rung"]);
}

#[tokio::test]
async fn a_pause_is_kept_and_its_end_told() {
    // Without a target, which would be near at the same moment and be told instead.
    let mut settings = timed();
    settings.desks[0].first_response = None;
    let vigie = vigie(settings).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    assert!(matches!(chooses(&vigie, "karim", More::Snooze { minutes: 30 }).await, Outcome::Done(_)));
    vigie.after(Span::minutes(29)).await;
    assert_eq!(said(&vigie), Vec::<String>::new());
    vigie.after(Span::minutes(2)).await;
    assert!(said(&vigie).iter().any(|note| note.contains("The pause is over")), "{:#?}", said(&vigie));
}

#[tokio::test]
async fn a_pause_until_the_desk_opens_ends_with_its_next_opening() {
    // Wednesday 07:13 in Paris; the desk opens at nine, and on Thursday again.
    for (minutes, opening) in [(0, "2026-02-25T08:00:00Z"), (200, "2026-02-26T08:00:00Z")] {
        let vigie = vigie(with_hours(timed())).await;
        asked(&vigie, "ana", "my parcel is lost").await;
        vigie.after(Span::minutes(minutes)).await;
        chooses(&vigie, "karim", More::SnoozeToOpening).await;
        let until = vigie.request().await.course.snooze.map(|snooze| snooze.until.to_string());
        assert_eq!(until.as_deref(), Some(opening), "after {minutes} minutes");
    }
    // From Monday to Friday around the clock: it opens again on Monday.
    let mut settings = timed();
    settings.desks[0].hours = vigie::domain::hours::Hours::parse("mon-fri 00:00-24:00").expect("hours");
    let vigie = vigie(settings).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    chooses(&vigie, "karim", More::SnoozeToOpening).await;
    let until = vigie.request().await.course.snooze.map(|snooze| snooze.until.to_string());
    assert_eq!(until.as_deref(), Some("2026-03-01T23:00:00Z"));
}

#[tokio::test]
async fn a_desk_that_never_closes_has_no_opening_to_pause_until() {
    let vigie = vigie(timed()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    let refused = chooses(&vigie, "karim", More::SnoozeToOpening).await;
    assert_eq!(refused, Outcome::Refused(Refusal::NoSuchTime));
}

#[tokio::test]
async fn above_the_budget_cards_appear_without_a_ping_and_one_post_pings_for_all_of_them() {
    let mut settings = settings();
    settings.desks[0].max_pings_per_hour = 3;
    let vigie = vigie(settings).await;
    for n in 0..8 {
        asked(&vigie, &format!("member{n}"), &format!("my parcel {n} is lost")).await;
        vigie.after(Span::seconds(20)).await;
    }
    assert_eq!(vigie.platform.posts().len(), 8);
    assert_eq!(pings_of_cards(&vigie), 3);
    assert_eq!(pinged(&vigie), ["advisers"], "{:#?}", said(&vigie));
    let bundle = said(&vigie).remove(0);
    assert!(bundle.contains("5 requests wait"), "{bundle}");
    for n in 3..8 {
        assert!(bundle.contains(&format!("• member{n} · ")), "{bundle}");
    }
    // An hour later there is room again.
    vigie.after(Span::minutes(61)).await;
    asked(&vigie, "late", "my parcel is lost too").await;
    assert_eq!((pings_of_cards(&vigie), pinged(&vigie).len()), (4, 1));
}

#[tokio::test]
async fn a_closed_desk_is_pinged_once_when_it_opens() {
    let vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    asked(&vigie, "tom", "I was charged twice").await;
    vigie.after(Span::minutes(60)).await;
    assert_eq!((vigie.platform.posts().len(), pings_of_cards(&vigie), said(&vigie).len()), (2, 0, 0));
    // It opens at nine, 1 h 46 min 40 s after the start.
    vigie.after(Span::minutes(47)).await;
    assert_eq!(pinged(&vigie), ["advisers"]);
    let list = &said(&vigie)[0];
    assert!(list.contains("2 requests wait, since the desk was closed"), "{list}");
    assert!(list.contains("• tom · ") && !list.contains("charged"), "{list}");
    asked(&vigie, "lea", "my card was refused").await;
    assert_eq!(pings_of_cards(&vigie), 1);
}

#[tokio::test]
async fn what_was_claimed_or_answered_before_the_desk_opened_is_in_no_bundle() {
    let vigie = vigie(with_hours(settings())).await;
    let asked = asked(&vigie, "ana", "my parcel is lost").await;
    vigie.receives(answer("karim", "Found it.").replying_to(&asked)).await;
    vigie.after(Span::minutes(200)).await;
    assert_eq!(said(&vigie), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_press_office_marks_urgent_pings_a_closed_desk_at_once() {
    let vigie = vigie(with_hours(settings())).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    assert!(matches!(chooses(&vigie, "solene", More::Urgent).await, Outcome::Done(_)));
    assert_eq!(pinged(&vigie), ["advisers"]);
    assert!(said(&vigie)[0].contains("Urgent, says solene"), "{:#?}", said(&vigie));
    // Told once; marking it again does nothing.
    assert!(matches!(chooses(&vigie, "solene", More::Urgent).await, Outcome::Refused(_)));
}

#[tokio::test]
async fn a_member_who_writes_outside_hours_is_told_once_when_to_expect_an_answer_in_their_language() {
    let mut settings = with_hours(settings());
    settings.watches[0].acknowledge = Acknowledge::OffHours;
    let vigie = vigie(settings).await;
    let asked = vigie
        .receives(
            message("ana", "Bonjour, mon colis est perdu, pouvez-vous vérifier ?")
                .labelled(Label::CustomerService),
        )
        .await;
    vigie.after(Span::seconds(30)).await;
    vigie.receives(message("ana", "Il devait arriver lundi.").labelled(Label::CustomerService)).await;
    let notes = vigie.platform.notes();
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert_eq!((notes[0].channel.as_str(), &notes[0].note.reply_to), ("support", &Some(asked.id)));
    let opens: Timestamp = "2026-02-25T08:00:00Z".parse().expect("nine in Paris");
    assert!(notes[0].words().starts_with("Merci") && notes[0].words().contains(&opens.to_string()));
    assert_eq!((&notes[0].note.role, &notes[0].note.person), (&None, &None));
    // In the opening hours nothing is said.
    vigie.after(Span::minutes(120)).await;
    let before = vigie.platform.notes().len();
    vigie.receives(message("tom", "I was charged twice").labelled(Label::CustomerService)).await;
    assert_eq!(vigie.platform.notes().len(), before);
}

#[tokio::test]
async fn new_settings_move_the_deadlines_of_what_waits() {
    let store = store::empty().await;
    let vigie = Vigie::with(settings(), store).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(20)).await;
    assert_eq!(said(&vigie), Vec::<String>::new());
    vigie.core.store.save_settings(&timed(), Some(1), vigie.now()).await.expect("nobody else changed them");
    vigie.core.communities.forget(&community());
    vigie.settle().await;
    assert_eq!(pinged(&vigie), ["advisers"], "15 minutes have passed");
}

#[tokio::test]
async fn a_member_who_answers_another_is_told_to_the_desk_and_stops_no_clock() {
    let vigie = vigie(settings()).await;
    let asked = asked(&vigie, "ana", "how do I change my seat?").await;
    vigie.after(Span::minutes(2)).await;
    let helped = message("tom", "you can do that in the app under bookings").labelled(Label::None);
    vigie.receives(helped.replying_to(&asked)).await;
    let request = vigie.request().await;
    assert!(request.is_waiting());
    let card = vigie.platform.posts().remove(0).card;
    assert!(card.lines.iter().any(|line| line.name == "A member answered"), "{:#?}", card.lines);
    assert_eq!(vigie.log(&request).await, ["opened", "community_answered"]);
}

#[tokio::test]
async fn a_further_question_waits_anew_and_its_answer_is_a_next_response() {
    let vigie = vigie(settings()).await;
    let asked = asked(&vigie, "ana", "my parcel is lost").await;
    let reply = vigie.receives(answer("karim", "Which order?").replying_to(&asked)).await;
    vigie.after(Span::minutes(5)).await;
    let again = message("ana", "where is it now, has anybody found it?").labelled(Label::CustomerService);
    let again = vigie.receives(again.replying_to(&reply)).await;
    assert!(vigie.request().await.needs_answer());
    vigie.after(Span::minutes(7)).await;
    vigie.receives(answer("solene", "In Lyon.").replying_to(&again)).await;
    let request = vigie.request().await;
    let next: Vec<Span> = request.course.next_responses().map(|length| length.time).collect();
    assert_eq!((next, request.needs_answer()), (vec![Span::minutes(7)], false));
    assert_eq!(request.first_response.expect("answered").by, "karim".into());
}

#[tokio::test]
async fn claims_are_handed_over_to_the_colleague_who_accepts_and_to_nobody_else() {
    let vigie = vigie(timed()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.press("karim", Action::Claim, &vigie.request().await, None).await;
    let offered = vigie.asks(Command::Handover { from: Some("karim".into()), to: "solene".into() }).await;
    assert!(!offered.is_shared && offered.pings.is_none() && offered.lines.is_empty(), "{offered:?}");
    let posted = offered.posted.expect("the offer");
    assert!(posted.title.contains("1 claim") && posted.pings == Some("solene".into()), "{posted:?}");
    assert_eq!(posted.buttons[0].custom_id, "vigie:handover:karim:solene");
    let accept = || Command::HandoverAccept { from: "karim".into(), to: "solene".into() };
    vigie.asks(accept()).await;
    assert_eq!(vigie.request().await.claimer(), Some(&"karim".into()), "the asker is not solene");
    vigie.asks_as("solene", accept()).await;
    assert_eq!(vigie.request().await.claimer(), Some(&"solene".into()));
}

#[tokio::test]
async fn a_handover_stays_within_the_desk_in_whose_channel_it_is() {
    let vigie = vigie(settings()).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.receives(message("nina", "I write for the Gazette").labelled(Label::Pr)).await;
    for request in vigie.requests().await {
        vigie.press("karim", Action::Claim, &request, None).await;
    }
    let offer = || Command::Handover { from: Some("karim".into()), to: "solene".into() };
    let refused = vigie.asks_in("support", "chef", offer()).await;
    assert!(refused.tone == Tone::Refused && refused.lines.is_empty(), "{refused:?}");
    assert_eq!(refused.posted, None);

    let offered = vigie.asks_in("desk-customer-service", "chef", offer()).await;
    let posted = format!("{:?}", offered.posted.expect("the offer").lines);
    assert!(
        posted.contains("last word") && !posted.contains("parcel"),
        "it stays when a text goes: {posted}"
    );
    let last_messages = || Command::HandoverMessages { from: "karim".into() };
    let shown = vigie.asks_in("desk-customer-service", "solene", last_messages()).await;
    let said = format!("{:?}", shown.lines);
    assert!(!shown.is_shared && said.contains("my parcel is lost") && !said.contains("Gazette"), "{shown:?}");
    let refused = vigie.asks_in("support", "solene", last_messages()).await;
    assert!(refused.tone == Tone::Refused && refused.lines.is_empty(), "{refused:?}");
    let elsewhere = format!("{:?}", offered.lines);
    assert!(elsewhere.contains("PR · 1") && elsewhere.contains("desk-pr"), "{elsewhere}");

    let accept = Command::HandoverAccept { from: "karim".into(), to: "solene".into() };
    vigie.asks_in("desk-customer-service", "solene", accept).await;
    let mut holders = Vec::new();
    for request in vigie.requests().await {
        holders.push((request.route, request.claimer().cloned()));
    }
    let expected = [(Route::CustomerService, "solene"), (Route::Pr, "karim")];
    assert_eq!(holders, expected.map(|(route, who)| (route, Some(who.into()))));
}

#[tokio::test]
async fn the_queue_goes_by_the_time_that_is_left() {
    let mut settings = timed();
    settings.desks[1].first_response = Some(Span::minutes(600));
    let vigie = vigie(settings).await;
    vigie.receives(message("old", "does it support SSO?").labelled(Label::ProductExpert)).await;
    vigie.after(Span::minutes(5)).await;
    asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(50)).await;
    let queue = vigie.asks(Command::Queue { route: None }).await;
    let text = format!("{:?}", queue.lines);
    assert!(text.contains("10 min past the target"), "{text}");
    assert!(text.contains("9 h 05 left"), "{text}");
    assert_eq!(queue.buttons.len(), 1, "what the times mean is one tap away");
}

#[tokio::test]
async fn the_week_is_told_on_monday_where_the_coordinator_reads() {
    let vigie = vigie(timed()).await;
    let asked = asked(&vigie, "ana", "my parcel is lost").await;
    vigie.after(Span::minutes(10)).await;
    vigie.receives(answer("karim", "Found it.").replying_to(&asked)).await;
    vigie.receives(message("tom", "still charged twice").labelled(Label::CustomerService)).await;
    vigie.after(Span::minutes(8 * 24 * 60)).await;
    let week: Vec<_> =
        vigie.platform.notes().into_iter().filter(|posted| posted.note.image.is_some()).collect();
    assert_eq!(week.len(), 1, "{:#?}", said(&vigie));
    assert_eq!(
        (week[0].channel.as_str(), &week[0].note.role),
        ("coordination", &Some("coordinators".into()))
    );
    let words = week[0].words();
    assert!(words.contains("2 requests came") && words.contains("half within 10 min"), "{words}");
    assert!(words.contains("1 missed its target. 1 of that week still waits."), "{words}");
}

#[tokio::test]
async fn what_times_mean_is_one_tap_away_wherever_they_are_shown() {
    let vigie = vigie(settings()).await;
    let history = || Command::History { member: "ana".into() };
    let buttons = |reply: Reply| reply.buttons.into_iter().map(|button| button.custom_id).collect::<Vec<_>>();
    let none = Vec::<String>::new();
    assert_eq!(buttons(vigie.asks(Command::Queue { route: None }).await), none);
    assert_eq!(buttons(vigie.asks(history()).await), none);
    let question = asked(&vigie, "ana", "my parcel is lost").await;
    let which = || Command::Request { request: RequestRef::Message(question.id.clone()) };
    let means = [Meaning::Figures.custom_id()];
    assert_eq!(buttons(vigie.asks(Command::Queue { route: None }).await), means);
    assert_eq!(buttons(vigie.asks(which()).await), means);
    vigie.after(Span::minutes(3)).await;
    vigie.receives(answer("karim", "Found it.").replying_to(&question)).await;
    assert_eq!(buttons(vigie.asks(which()).await), means);
    assert_eq!(buttons(vigie.asks(history()).await), means);
}

#[tokio::test]
async fn what_times_mean_is_one_tap_away_on_cards_and_notes_that_show_one() {
    let vigie = vigie(timed()).await;
    let explains = |vigie: &Vigie| {
        let card = vigie.platform.posts().pop().expect("a card").card;
        card.what_times_mean.is_some()
    };
    let question = asked(&vigie, "ana", "my parcel is lost").await;
    assert!(explains(&vigie), "it shows the target");
    chooses(&vigie, "solene", More::Urgent).await;
    vigie.after(Span::minutes(16)).await;
    let button = |words: &str| {
        let notes = vigie.platform.notes();
        let posted = notes.into_iter().find(|posted| posted.words().contains(words)).expect("it was said");
        posted.note.button.map(|button| button.custom_id)
    };
    assert_eq!(button("Nobody is on this one (16 min)").as_deref(), Some(Meaning::Figures.custom_id()));
    assert_eq!(button("Urgent"), None, "it shows no time");
    vigie.receives(answer("karim", "Found it.").replying_to(&question)).await;
    assert!(explains(&vigie), "it shows the response time");
    vigie.press("karim", Action::Resolve, &vigie.request().await, None).await;
    assert!(!explains(&vigie), "a closed card shows none");
}

/// So many members wait for a desk since now.
async fn flooded(vigie: &Vigie, members: usize, route: Route) {
    let open = |n: usize| {
        let asked = message(&format!("member{n}"), "my parcel is lost").sent(&format!("f{n}"), vigie.now());
        let verdict = Verdict::given(route.label(), "test", Lang::En);
        let id = vigie.core.ids.request(vigie.now());
        let opening = Opening { id, route, verdict, by: None, heard_at: vigie.now() };
        Change { notices: Vec::new(), ..Request::open(opening, &asked, &[], &settings()) }
    };
    let decided = Decided { changes: (0..members).map(open).collect(), ..Decided::default() };
    vigie.core.store.apply(&community(), &decided, None, vigie.now()).await.expect("stored");
}

#[tokio::test]
async fn the_queue_and_the_digest_count_what_they_do_not_list() {
    let vigie = vigie(settings()).await;
    flooded(&vigie, 1100, Route::CustomerService).await;
    let queue = vigie.asks(Command::Queue { route: None }).await;
    let text = format!("{:?}", queue.lines);
    assert!(queue.title.starts_with("1100 requests wait"), "{}", queue.title);
    assert!(text.contains("1100 waiting") && text.contains("and 1080 more"), "{text}");
    let removed = vigie.asks(Command::DeskRemove { route: Route::CustomerService }).await;
    assert!(format!("{:?}", removed.lines).contains("1100"), "{removed:?}");
    vigie.after(Span::minutes(7 * 24 * 60)).await;
    let digest = vigie.asks(Command::Digest).await;
    let text = format!("{:?}", digest.lines);
    assert!(text.contains("and 1095 more"), "{text}");
}

#[tokio::test]
async fn a_flood_at_one_desk_hides_no_other_desk_in_the_queue() {
    let mut settings = timed();
    settings.desks[1].first_response = Some(Span::minutes(600));
    let vigie = vigie(settings).await;
    flooded(&vigie, 1100, Route::CustomerService).await;
    vigie.after(Span::minutes(5)).await;
    vigie.receives(message("zoe", "does it support SSO?").labelled(Label::ProductExpert)).await;
    let queue = vigie.asks(Command::Queue { route: None }).await;
    let text = format!("{:?}", queue.lines);
    assert!(queue.title.starts_with("1101 requests wait"), "{}", queue.title);
    assert!(text.contains("does it support SSO?") && text.contains("and 1081 more"), "{text}");
}

/// The opening hours in these tests are counted from Wednesday, 07:13:20 in Paris.
#[tokio::test]
async fn the_tests_clock_starts_when_the_tests_think() {
    let start: Timestamp = "2026-02-25T06:13:20Z".parse().expect("a time");
    assert_eq!(Vigie::new().await.now(), start);
}
