//! The promises themselves.

use vigie::clock::Ids;
use vigie::domain::ids::{CommunityId, RequestId};
use vigie::domain::label::Route;
use vigie::domain::message::IncomingMessage;
use vigie::domain::notice::{Notice, QueuedNotice};
use vigie::domain::request::{Change, Opening, Request, Status, Step};
use vigie::domain::settings::{Desk, Platform, Settings};
use vigie::domain::time::{Timestamp, from_milliseconds};
use vigie::domain::verdict::{Lang, Verdict};
use vigie::store::{Awaiting, Decided, Delivery, Incoming, Page, PostedCard, RequestFilter, StoreError};

use super::Database;
use crate::support::message::{answer, message};

const OLDEST: Page = Page::OldestFirst { limit: 100 };

pub fn at(seconds: i64) -> Timestamp {
    from_milliseconds(1_772_000_000_000 + seconds * 1000).expect("a time of our days")
}

/// A community of the test's own, so that tests can share a server.
pub fn community() -> CommunityId {
    CommunityId::new(format!("community-{}", Ids::default().next(at(0))))
}

pub fn asked(community: &CommunityId, id: &str, seconds: i64) -> IncomingMessage {
    IncomingMessage {
        community: community.clone(),
        ..message("ana", "my parcel is lost").sent(id, at(seconds))
    }
}

/// A community in which no desk is set up.
pub fn nothing_set() -> Settings {
    Settings::new(Platform::Playground, "nowhere".into(), "Nowhere")
}

pub fn opened(message: &IncomingMessage, route: Route) -> Change {
    let id = RequestId::new(Ids::default().next(message.at));
    let verdict = Verdict::given(route.label(), "test", Lang::En);
    let opening = Opening { id, route, verdict, by: None, heard_at: message.at };
    Request::open(opening, message, &[], &nothing_set())
}

fn everything() -> RequestFilter {
    RequestFilter::default()
}

pub async fn settings_are_given_back_and_changed_from_one_version_only(Database { store, .. }: Database) {
    let mut settings = Settings::new(Platform::Discord, CommunityId::from("1100000000000000001"), "Air Azur");
    settings.community.id = community();
    settings.community.platform = Platform::Playground;
    assert_eq!(store.settings(&settings.community.id).await.expect("reads"), None);
    let version = store.save_settings(&settings, None, at(0)).await.expect("stored");
    assert!(matches!(store.save_settings(&settings, None, at(1)).await, Err(StoreError::Conflict)));

    "Air Azur & Co".clone_into(&mut settings.community.name);
    let next = store.save_settings(&settings, Some(version), at(2)).await.expect("stored");
    assert!(matches!(store.save_settings(&settings, Some(version), at(3)).await, Err(StoreError::Conflict)));
    let stored = store.settings(&settings.community.id).await.expect("reads").expect("known");
    assert_eq!((stored.settings, stored.version), (settings.clone(), next));
    assert_eq!(store.versions(&settings.community.id).await.expect("reads").map(|v| v.settings), Some(next));
}

pub async fn what_is_heard_twice_is_new_once(Database { store, .. }: Database) {
    let (community, ids) = (community(), Ids::default());
    let incoming = Incoming::Posted(asked(&community, "m1", 0));
    assert!(store.receive(&ids.next(at(0)), &incoming, at(0)).await.expect("stored"));
    assert!(!store.receive(&ids.next(at(1)), &incoming, at(1)).await.expect("known"));
    let edited = Incoming::Edited { message: asked(&community, "m1", 0), at: at(5) };
    assert!(store.receive(&ids.next(at(5)), &edited, at(5)).await.expect("an edit is something new"));
    let last = store.last_seen(&community, &"support".into()).await.expect("reads");
    assert_eq!(last, Some("m1".into()));
}

pub async fn what_was_digested_is_gone_from_the_inbox_and_stays_in_the_talk(
    Database { store, .. }: Database,
) {
    let (community, ids) = (community(), Ids::default());
    let said = IncomingMessage { community: community.clone(), ..answer("karim", "hello").sent("m1", at(0)) };
    store.receive(&ids.next(at(0)), &Incoming::Posted(said), at(0)).await.expect("stored");
    let pending = store.pending(at(900), 1000).await.expect("reads");
    let item = pending.iter().find(|item| item.incoming.place().0 == &community).expect("it is pending");
    store.apply(&community, &Decided::default(), Some(item), at(1)).await.expect("digested");
    let pending = store.pending(at(900), 1000).await.expect("reads");
    assert!(pending.iter().all(|item| item.incoming.place().0 != &community));
    let talk = store.talk(&community, &"support".into(), at(9), 10).await.expect("reads");
    assert_eq!(talk.iter().map(|heard| heard.author.as_str()).collect::<Vec<_>>(), ["karim"]);
}

pub async fn what_one_person_said_is_found_by_place_and_time(Database { store, .. }: Database) {
    let (community, ids) = (community(), Ids::default());
    let said = [
        (answer("karim", "too early").sent("m1", at(0)), None),
        (answer("karim", "in the channel").sent("m2", at(10)), None),
        (answer("solene", "somebody else").sent("m3", at(11)), None),
        (answer("karim", "elsewhere").sent("m4", at(12)), Some("t2")),
        (answer("karim", "in the thread").sent("m5", at(13)), Some("t1")),
        (answer("karim", "too late").sent("m6", at(21)), None),
    ];
    for (message, thread) in said {
        let thread = thread.map(Into::into);
        let posted = Incoming::Posted(IncomingMessage { community: community.clone(), thread, ..message });
        store.receive(&ids.next(at(30)), &posted, at(30)).await.expect("stored");
    }
    let (places, time) = (["support".into(), "t1".into()], at(10)..=at(20));
    let said = store.said(&community, &places, &"karim".into(), time.clone(), 10).await.expect("reads");
    assert_eq!(said.iter().map(|heard| heard.id.as_str()).collect::<Vec<_>>(), ["m2", "m5"]);
    let first = store.said(&community, &places, &"karim".into(), time, 1).await.expect("reads");
    assert_eq!(first[0].id, "m2".into());

    let digested = store.digested(&community, &places, at(10), 10).await.expect("reads");
    assert_eq!(digested, [], "nothing was looked at yet");
    for item in store.pending(at(900), 1000).await.expect("reads") {
        if item.incoming.place().0 == &community {
            store.apply(&community, &Decided::default(), Some(&item), at(31)).await.expect("digested");
        }
    }
    let digested = store.digested(&community, &places, at(11), 10).await.expect("reads");
    assert_eq!(digested.iter().map(|heard| heard.id.as_str()).collect::<Vec<_>>(), ["m3", "m5", "m6"]);
}

pub async fn requests_are_counted_by_what_is_asked_for(Database { store, .. }: Database) {
    let community = community();
    let (mut first, second) = (asked(&community, "m1", 0), opened(&asked(&community, "m2", 5), Route::Pr));
    first.thread = Some("t1".into());
    let first = opened(&first, Route::CustomerService);
    let id = first.request.id.clone();
    let both = Decided { changes: vec![first, second], ..Decided::default() };
    store.apply(&community, &both, None, at(5)).await.expect("stored");
    let stored = store.request(&community, &id).await.expect("reads").expect("it is there");
    let claim = Step::Claim { by: "karim".into() };
    let claimed = stored.apply(claim, at(6), &nothing_set()).expect("nobody has");
    store.apply(&community, &claimed.into(), None, at(6)).await.expect("stored");
    for (filter, count) in [
        (everything(), 2),
        (RequestFilter { route: Some(Route::Pr), ..everything() }, 1),
        (RequestFilter { statuses: vec![Status::Open], ..everything() }, 1),
        (RequestFilter { is_awaiting: true, ..everything() }, 2),
        (RequestFilter { thread: Some("t1".into()), ..everything() }, 1),
        (RequestFilter { claimer: Some("karim".into()), ..everything() }, 1),
        (RequestFilter { claimer: Some("ana".into()), ..everything() }, 0),
        (RequestFilter { to: Some(at(5)), ..everything() }, 1),
    ] {
        assert_eq!(store.count(&community, &filter).await.expect("reads"), count, "{filter:?}");
        let found = store.requests(&community, &filter, OLDEST).await.expect("reads");
        assert_eq!(found.len(), count, "{filter:?}");
    }
}

pub async fn an_item_digested_elsewhere_changes_nothing(Database { store, .. }: Database) {
    let (community, ids) = (community(), Ids::default());
    let message = asked(&community, "m1", 0);
    store.receive(&ids.next(at(0)), &Incoming::Posted(message.clone()), at(0)).await.expect("stored");
    let pending = store.pending(at(900), 1000).await.expect("reads");
    let item = pending.into_iter().find(|item| item.incoming.place().0 == &community).expect("it is pending");
    let change = opened(&message, Route::Pr);
    store.apply(&community, &change.clone().into(), Some(&item), at(1)).await.expect("digested");
    let second = opened(&message, Route::Pr);
    store.apply(&community, &second.into(), Some(&item), at(1)).await.expect("too late, and no error");
    assert_eq!(store.requests(&community, &everything(), OLDEST).await.expect("reads").len(), 1);
}

pub async fn a_request_is_given_back_as_it_was_stored(Database { store, .. }: Database) {
    let community = community();
    let change = opened(&asked(&community, "m1", 0), Route::CustomerService);
    store.apply(&community, &change.clone().into(), None, at(0)).await.expect("stored");
    let stored = store.request(&community, &change.request.id).await.expect("reads").expect("there");
    assert_eq!(stored, Request { version: 1, ..change.request });
    let steps = [
        Step::Claim { by: "karim".into() },
        Step::Edit { message: "m1".into(), text: "my two parcels are lost".into() },
        Step::Answer {
            by: "karim".into(),
            message: Some("m2".into()),
            link: vigie::domain::request::LinkKind::Mention,
            confidence: 0.9,
        },
        Step::Resolve { by: "karim".into() },
    ];
    let mut request = stored;
    for (step, seconds) in steps.into_iter().zip(10..) {
        let change = request.apply(step, at(seconds), &nothing_set()).expect("the plain road");
        store.apply(&community, &change.clone().into(), None, at(seconds)).await.expect("stored");
        request = store.request(&community, &change.request.id).await.expect("reads").expect("there");
        assert_eq!(request, Request { version: change.request.version + 1, ..change.request });
    }
    let log = store.events(&community, &request.id).await.expect("reads");
    let names: Vec<&str> = log.iter().map(|event| event.kind.name()).collect();
    assert_eq!(names, ["opened", "claimed", "edited", "answered", "resolved"]);
}

pub async fn of_two_changes_from_one_version_one_is_stored(Database { store, .. }: Database) {
    let community = community();
    let change = opened(&asked(&community, "m1", 0), Route::Pr);
    store.apply(&community, &change.clone().into(), None, at(0)).await.expect("stored");
    let request = store.request(&community, &change.request.id).await.expect("reads").expect("there");
    let claim = |by: &str| request.apply(Step::Claim { by: by.into() }, at(5), &nothing_set()).expect("open");
    store.apply(&community, &claim("karim").into(), None, at(5)).await.expect("first");
    assert!(matches!(
        store.apply(&community, &claim("solene").into(), None, at(5)).await,
        Err(StoreError::Conflict)
    ));
    let claimed = store.request(&community, &request.id).await.expect("reads").expect("there");
    assert_eq!(claimed.claimer().map(vigie::domain::ids::UserId::as_str), Some("karim"));
    assert_eq!(store.events(&community, &request.id).await.expect("reads").len(), 2);
}

pub async fn a_conflict_stores_nothing_of_the_others(Database { store, .. }: Database) {
    let community = community();
    let first = opened(&asked(&community, "m1", 0), Route::Pr);
    store.apply(&community, &first.clone().into(), None, at(0)).await.expect("stored");
    let stale = Change { request: Request { version: 7, ..first.request.clone() }, ..first };
    let second = opened(&asked(&community, "m2", 1), Route::Pr);
    assert!(matches!(
        store.apply(&community, &vec![second, stale].into(), None, at(1)).await,
        Err(StoreError::Conflict)
    ));
    assert_eq!(store.requests(&community, &everything(), OLDEST).await.expect("reads").len(), 1);
}

pub async fn each_lane_gives_its_first_notice_and_then_the_next(Database { store, .. }: Database) {
    let community = community();
    let changes: Vec<Change> =
        (0..3).map(|n| opened(&asked(&community, &format!("m{n}"), n), Route::Pr)).collect();
    store.apply(&community, &changes.clone().into(), None, at(0)).await.expect("stored");
    let mut shown = Vec::new();
    for _ in 0..3 {
        let due = store.due_notices(at(1), 1000, &Platform::ALL).await.expect("reads");
        let ours: Vec<_> = due.into_iter().filter(|notice| notice.community == community).collect();
        let card =
            ours.iter().find(|notice| notice.notice.desk().is_some()).expect("a card is first in its lane");
        assert_eq!(ours.iter().filter(|notice| notice.lane == card.lane).count(), 1);
        shown.push(card.request.clone());
        store.record_delivery(card, &Delivery::Done(None), at(1)).await.expect("stored");
    }
    let asked_in_order: Vec<RequestId> = changes.into_iter().map(|change| change.request.id).collect();
    let asked_in_order: Vec<_> = asked_in_order.into_iter().map(Some).collect();
    assert_eq!(shown, asked_in_order);
}

pub async fn a_delayed_notice_holds_up_its_own_lane_only(Database { store, .. }: Database) {
    let community = community();
    let changes = [Route::Pr, Route::Pr, Route::ProductExpert]
        .into_iter()
        .zip(0..)
        .map(|(route, n)| opened(&asked(&community, &format!("m{n}"), n), route))
        .collect::<Vec<_>>();
    store.apply(&community, &changes.clone().into(), None, at(0)).await.expect("stored");
    let cards = async |now| {
        let due = store.due_notices(now, 1000, &Platform::ALL).await.expect("reads");
        due.into_iter().filter(|n| n.community == community && n.notice.desk().is_some()).collect::<Vec<_>>()
    };
    let due = cards(at(1)).await;
    assert_eq!(
        due.iter().filter_map(|n| n.notice.desk()).collect::<Vec<_>>(),
        [Route::Pr, Route::ProductExpert]
    );
    let first = &due[0];
    let later =
        Delivery::Later { at: at(60), reason: "429".to_owned(), perhaps_sent: false, blocked_in: None };
    store.record_delivery(first, &later, at(1)).await.expect("stored");
    store.record_delivery(&due[1], &Delivery::Done(None), at(1)).await.expect("the other lane goes on");
    assert_eq!(cards(at(2)).await, [], "the second of its lane waits with it");
    assert!(store.next_due(at(2)).await.expect("reads").is_some_and(|due| due <= at(60)));
    assert_eq!(store.stuck_notices(&community).await.expect("reads").len(), 1);
    let due = cards(at(60)).await;
    assert!(due.iter().any(|n| n.id == first.id && n.attempts == 1));
}

pub async fn new_settings_make_what_waited_due(Database { store, .. }: Database) {
    let community = community();
    let change = opened(&asked(&community, "m1", 0), Route::Pr);
    store.apply(&community, &change.into(), None, at(0)).await.expect("stored");
    for notice in store.due_notices(at(1), 1000, &Platform::ALL).await.expect("reads") {
        if notice.community == community {
            let later = Delivery::Later {
                at: at(900),
                reason: "no desk".to_owned(),
                perhaps_sent: false,
                blocked_in: None,
            };
            store.record_delivery(&notice, &later, at(1)).await.expect("stored");
        }
    }
    let settings = Settings::new(Platform::Playground, community.clone(), "X");
    store.save_settings(&settings, None, at(5)).await.expect("stored");
    let due = store.due_notices(at(5), 1000, &Platform::ALL).await.expect("reads");
    assert!(due.iter().any(|notice| notice.community == community));
}

pub async fn a_card_is_live_until_it_is_retired(Database { store, .. }: Database) {
    let community = community();
    let change = opened(&asked(&community, "m1", 0), Route::Pr);
    store.apply(&community, &change.clone().into(), None, at(0)).await.expect("stored");
    let due = store.due_notices(at(1), 1000, &Platform::ALL).await.expect("reads");
    let is_card = |n: &&QueuedNotice| n.community == community && n.notice.desk().is_some();
    let card = due.iter().find(is_card).expect("the card is due");
    let posted = PostedCard { channel: "desk".into(), post: "p1".into() };
    store.record_delivery(card, &Delivery::Done(Some(posted.clone())), at(1)).await.expect("stored");
    let live = store.live_card(&community, Some(&change.request.id), Route::Pr).await.expect("reads");
    assert_eq!(live, Some(posted));

    let request = store.request(&community, &change.request.id).await.expect("reads").expect("there");
    let moved = request
        .apply(Step::Reroute { by: "karim".into(), to: Route::ProductExpert }, at(2), &nothing_set())
        .expect("open");
    store.apply(&community, &moved.into(), None, at(2)).await.expect("stored");
    let due = store.due_notices(at(3), 1000, &Platform::ALL).await.expect("reads");
    let retire = due
        .iter()
        .find(|n| n.community == community && n.notice.desk() == Some(Route::Pr))
        .expect("the old card is to be retired");
    store.record_delivery(retire, &Delivery::Retired, at(3)).await.expect("stored");
    assert_eq!(store.live_card(&community, Some(&request.id), Route::Pr).await.expect("reads"), None);
}

pub async fn a_card_that_waits_follows_its_desk(Database { store, .. }: Database) {
    let community = community();
    let desk = |channel: &str| Desk::new(Route::Pr, channel.into(), "press".into());
    let mut settings = Settings::new(Platform::Playground, community.clone(), "Air Azur");
    settings.desks = vec![desk("old")];
    let version = store.save_settings(&settings, None, at(0)).await.expect("stored");
    let mut requests = Vec::new();
    for (n, bundle_at) in [None, Some(at(900)), None].into_iter().enumerate() {
        let second = i64::try_from(n).expect("few") * 10;
        let request = opened(&asked(&community, &format!("m{n}"), second), Route::Pr);
        store.apply(&community, &request.clone().into(), None, at(second)).await.expect("stored");
        let posted = PostedCard { channel: "old".into(), post: format!("p{n}").as_str().into() };
        let delivery = Delivery::Posted { card: posted, pinged: None, bundle_at };
        let due = store.due_notices(at(second + 1), 1000, &Platform::ALL).await.expect("reads");
        let is_card = |n: &&QueuedNotice| n.community == community && n.notice.desk().is_some();
        let card = due.iter().find(is_card).expect("its card is due");
        store.record_delivery(card, &delivery, at(second + 1)).await.expect("stored");
        requests.push(request.request);
    }
    let last = store.request(&community, &requests[2].id).await.expect("reads").expect("there");
    let settled = last.apply(Step::Dismiss { by: "karim".into() }, at(30), &nothing_set());
    store.apply(&community, &settled.expect("it waits").into(), None, at(30)).await.expect("stored");

    settings.desks = vec![desk("new")];
    store.save_settings(&settings, Some(version), at(40)).await.expect("stored");
    let mut moved = Vec::new();
    loop {
        let mut due = store.due_notices(at(41), 1000, &Platform::ALL).await.expect("reads");
        due.retain(|notice| notice.community == community && notice.notice.desk().is_some());
        for notice in &due {
            let delivery = if matches!(notice.notice, Notice::MoveCard { route: Route::Pr, older: false }) {
                let post = format!("q{}", moved.len());
                moved.push(notice.request.clone().expect("it is about one"));
                Delivery::Moved(PostedCard { channel: "new".into(), post: post.as_str().into() })
            } else {
                Delivery::Done(None)
            };
            store.record_delivery(notice, &delivery, at(41)).await.expect("stored");
        }
        if due.is_empty() {
            break;
        }
    }
    assert_eq!(moved, [requests[0].id.clone(), requests[1].id.clone()], "what waits, in its order");
    for (n, request) in requests.iter().enumerate() {
        let live = store.live_card(&community, Some(&request.id), Route::Pr).await.expect("reads");
        let expected = if n < 2 { format!("new q{n}") } else { format!("old p{n}") };
        assert_eq!(live.map(|card| format!("{} {}", card.channel, card.post)), Some(expected));
    }
    let held = store.held(&community, Route::Pr, None).await.expect("reads");
    assert_eq!(
        held.iter().map(|r| &r.id).collect::<Vec<_>>(),
        [&requests[1].id],
        "its ping is still to come"
    );
    store.let_older_follow(&requests[1], &desk("newest"), at(50)).await.expect("stored");
    let due = store.due_notices(at(51), 1000, &Platform::ALL).await.expect("reads");
    let follow = due.iter().filter(|notice| notice.community == community).map(|notice| &notice.request);
    assert_eq!(follow.collect::<Vec<_>>(), [&Some(requests[0].id.clone())], "what was opened before it");
}

pub async fn requests_are_found_by_message_state_and_the_end_of_their_id(Database { store, .. }: Database) {
    let community = community();
    let first = opened(&asked(&community, "m1", 0), Route::Pr);
    let second = opened(&asked(&community, "m2", 60), Route::ProductExpert);
    store.apply(&community, &vec![first.clone(), second.clone()].into(), None, at(60)).await.expect("stored");
    let by_message = store.request_of(&community, &"m2".into()).await.expect("reads").expect("there");
    assert_eq!(by_message.id, second.request.id);
    let by_end =
        store.request_ending(&community, &first.request.id.short().to_lowercase()).await.expect("reads");
    assert_eq!(by_end.map(|request| request.id), Some(first.request.id.clone()));
    for nonsense in ["", "%", "_", "' or 1=1"] {
        assert_eq!(store.request_ending(&community, nonsense).await.expect("reads"), None, "{nonsense}");
    }
    let dismissed = RequestFilter { statuses: vec![Status::Dismissed], ..everything() };
    assert!(store.requests(&community, &dismissed, OLDEST).await.expect("reads").is_empty());
    let late = RequestFilter { from: Some(at(30)), route: Some(Route::ProductExpert), ..everything() };
    assert_eq!(store.measures(&community, &late).await.expect("reads").len(), 1);
    let past = store.past(&community, &by_message.id).await.expect("reads");
    assert_eq!((past.count, past.latest.len()), (1, 1));
}

pub async fn one_community_never_sees_anothers(Database { store, .. }: Database) {
    let (ours, theirs) = (community(), CommunityId::new(format!("{}-other", community())));
    let change = opened(&asked(&theirs, "m1", 0), Route::Pr);
    store
        .apply(&change.request.community.clone(), &change.clone().into(), None, at(0))
        .await
        .expect("stored");
    assert_eq!(store.request(&ours, &change.request.id).await.expect("reads"), None);
    assert_eq!(store.request_of(&ours, &"m1".into()).await.expect("reads"), None);
    assert_eq!(store.request_ending(&ours, change.request.id.short()).await.expect("reads"), None);
    assert!(store.requests(&ours, &everything(), OLDEST).await.expect("reads").is_empty());
    assert!(store.measures(&ours, &everything()).await.expect("reads").is_empty());
    assert!(store.events(&ours, &change.request.id).await.expect("reads").is_empty());
    let ids = [change.request.id.clone()];
    assert!(store.events_of(&ours, &ids).await.expect("reads").is_empty());
    assert_eq!(store.count(&ours, &everything()).await.expect("reads"), 0);
    let kept = store.kept_of(&ours, &change.request.author).await.expect("reads");
    assert_eq!((kept.requests, kept.texts), (0, 0));
    assert_eq!(store.past(&ours, &change.request.id).await.expect("reads").count, 0);
    assert!(store.talk(&ours, &"support".into(), at(9), 10).await.expect("reads").is_empty());
}

pub async fn an_erased_community_leaves_nothing(Database { store, .. }: Database) {
    let community = community();
    let settings = Settings::new(Platform::Playground, community.clone(), "X");
    store.save_settings(&settings, None, at(0)).await.expect("stored");
    let message = asked(&community, "m1", 0);
    store
        .receive(&Ids::default().next(at(0)), &Incoming::Posted(message.clone()), at(0))
        .await
        .expect("stored");
    store.apply(&message.community, &opened(&message, Route::Pr).into(), None, at(0)).await.expect("stored");
    store.erase_community(&community).await.expect("erased");
    assert_eq!(store.settings(&community).await.expect("reads"), None);
    assert!(store.requests(&community, &everything(), OLDEST).await.expect("reads").is_empty());
    assert!(
        store
            .pending(at(900), 1000)
            .await
            .expect("reads")
            .iter()
            .all(|item| item.incoming.place().0 != &community)
    );
    let due = store.due_notices(at(9), 1000, &Platform::ALL).await.expect("reads");
    assert!(due.iter().all(|notice| notice.community != community));
}

pub async fn pages_of_requests_follow_on_each_other_even_within_one_moment(Database { store, .. }: Database) {
    let community = community();
    let seconds = [0, 5, 5, 5, 5, 9, 9];
    let changes: Vec<Change> = (0..)
        .zip(seconds)
        .map(|(n, seconds)| opened(&asked(&community, &format!("m{n}"), seconds), Route::Pr))
        .collect();
    store.apply(&community, &changes.into(), None, at(9)).await.expect("stored");
    let whole = store.requests(&community, &everything(), OLDEST).await.expect("reads");
    let mut filter = RequestFilter { to: Some(at(10)), ..everything() };
    let mut read = Vec::new();
    loop {
        let page = store.requests(&community, &filter, Page::OldestFirst { limit: 2 }).await.expect("reads");
        let Some(last) = page.last() else { break };
        filter.after = Some((last.opened_at(), last.id.clone()));
        read.extend(page);
    }
    assert_eq!(whole.len(), seconds.len());
    assert_eq!(read, whole);
    let (mut waiting, mut after) = (Vec::new(), None);
    loop {
        let page = store.awaiting_with_times(&community, after.as_ref(), 2).await.expect("reads");
        let Some(last) = page.last() else { break };
        after = Some((last.opened_at, last.id.clone()));
        waiting.extend(page);
    }
    let with_times = |request: Request| Awaiting {
        opened_at: request.opened_at(),
        id: request.id,
        route: request.route,
        course: request.course,
    };
    assert_eq!(waiting, whole.iter().cloned().map(with_times).collect::<Vec<_>>());
    filter.after = Some((at(5), whole[1].id.clone()));
    assert_eq!(store.measures(&community, &filter).await.expect("reads").len(), 5);
}

pub async fn the_logs_of_several_requests_are_those_of_each(Database { store, .. }: Database) {
    let community = community();
    let changes: Vec<Change> =
        (0..3).map(|n| opened(&asked(&community, &format!("m{n}"), n), Route::Pr)).collect();
    store.apply(&community, &changes.clone().into(), None, at(0)).await.expect("stored");
    let first = store.request(&community, &changes[0].request.id).await.expect("reads").expect("there");
    let claimed = first.apply(Step::Claim { by: "karim".into() }, at(5), &nothing_set()).expect("open");
    store.apply(&community, &claimed.into(), None, at(5)).await.expect("stored");
    let asked_for = [first.id.clone(), changes[2].request.id.clone(), RequestId::from("nobody's")];
    let logs = store.events_of(&community, &asked_for).await.expect("reads");
    assert_eq!(logs.len(), 2);
    for id in &asked_for[..2] {
        assert_eq!(logs[id], store.events(&community, id).await.expect("reads"));
    }
    assert_eq!(logs[&first.id].len(), 2);
    assert!(store.events_of(&community, &[]).await.expect("reads").is_empty());
    let theirs = CommunityId::new(format!("{community}-other"));
    assert!(store.events_of(&theirs, &asked_for).await.expect("reads").is_empty());
}
