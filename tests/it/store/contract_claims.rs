//! The promises to processes that share a database: each thing is done by one of them, and taken over when that one is
//! gone.

use std::collections::HashMap;
use std::sync::Arc;

use vigie::clock::{Ids, ManualClock};
use vigie::domain::ids::{CommunityId, NoticeId};
use vigie::domain::label::Route;
use vigie::domain::notice::{Lane, Notice, QueuedNotice};
use vigie::domain::request::{Deadline, Request};
use vigie::domain::settings::{Platform, Settings};
use vigie::platform::recording::Recording;
use vigie::road::Core;
use vigie::store::claims::{NOTICE_LEASE, WORK_LEASE};
use vigie::store::{self, Decided, Delivery, Incoming, PostedCard, Store, StoreError};

use super::Database;
use super::contract::{asked, at, community, opened};

/// A second process.
async fn another(database: &Database) -> Arc<dyn Store> {
    store::connect(&database.address).await.expect("the database is there")
}

const NOTICE_LAPSES: i64 = NOTICE_LEASE.as_seconds();
const WORK_LAPSES: i64 = WORK_LEASE.as_seconds();

async fn requested(store: &dyn Store, community: &CommunityId, id: &str, seconds: i64) -> Request {
    let change = opened(&asked(community, id, seconds), Route::Pr);
    let request = change.request.clone();
    store.apply(community, &change.into(), None, at(seconds)).await.expect("stored");
    request
}

/// The card that this store may post now.
async fn card(store: &dyn Store, seconds: i64) -> Option<QueuedNotice> {
    let due = store.due_notices(at(seconds), 1000, &Platform::ALL).await.expect("claims");
    due.into_iter().find(|notice| matches!(notice.notice, Notice::PostCard { .. }))
}

fn posted(post: &str) -> Delivery {
    let card = PostedCard { channel: "desk".into(), post: post.into() };
    Delivery::Posted { card, pinged: Some("press".into()), bundle_at: None }
}

pub async fn a_process_without_a_platform_leaves_its_notices_to_others(Database { store, .. }: Database) {
    let community = community();
    let settings = Settings::new(Platform::Discord, community.clone(), "Air Azur");
    store.save_settings(&settings, None, at(0)).await.expect("stored");
    requested(store.as_ref(), &community, "m1", 0).await;
    let taken = async |platforms: &[Platform]| {
        let due = store.due_notices(at(1), 1000, platforms).await.expect("claims");
        due.iter().filter(|notice| notice.community == community).count()
    };
    assert_eq!(taken(&[]).await, 0);
    assert_eq!(taken(&[Platform::Playground, Platform::Slack]).await, 0);
    assert!(taken(&[Platform::Playground, Platform::Discord]).await > 0);
}

pub async fn a_notice_is_handed_out_once(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    requested(here.as_ref(), &community, "m1", 0).await;
    let (one, other) = tokio::join!(card(here.as_ref(), 1), card(there.as_ref(), 1));
    assert!(one.is_some() != other.is_some(), "{one:?} {other:?}");
    assert_eq!(card(here.as_ref(), 2).await, None, "nor is it handed again to who has it");
    assert_eq!(card(there.as_ref(), 2).await, None);
}

pub async fn what_is_held_while_its_bundle_is_under_way_gets_another(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let held = async |id: &str, seconds: i64| {
        let request = requested(store, &community, id, seconds).await;
        let card = card(store, seconds).await.expect("its card is due");
        let posted = PostedCard { channel: "desk".into(), post: id.into() };
        let delivery = Delivery::Posted { card: posted, pinged: None, bundle_at: Some(at(seconds)) };
        store.record_delivery(&card, &delivery, at(seconds)).await.expect("it has the claim");
        request.id
    };
    let bundle = async |seconds: i64| {
        let due = store.due_notices(at(seconds), 1000, &Platform::ALL).await.expect("claims");
        due.into_iter().find(|notice| matches!(notice.notice, Notice::Bundle { .. }))
    };
    let first = held("m1", 1).await;
    let under_way = bundle(2).await.expect("due");
    let (second, third) = (held("m2", 3).await, held("m3", 4).await);
    let post = Some(PostedCard { channel: "desk".into(), post: "list".into() });
    let (by, role) = (under_way.id.clone(), "press".into());
    let told = Delivery::Bundled { by, post, role, requests: vec![first] };
    store.record_delivery(&under_way, &told, at(5)).await.expect("it has the claim");
    let another = bundle(5).await.expect("due, for what came meanwhile");
    let left = store.held(&community, Route::Pr, None).await.expect("reads");
    assert_eq!(left.iter().map(|request| &request.id).collect::<Vec<_>>(), [&second, &third]);
    store.record_delivery(&another, &Delivery::Done(None), at(6)).await.expect("it has the claim");
    assert_eq!(bundle(6).await, None, "one for both");
}

pub async fn a_lapsed_claim_is_handed_out_again_and_shows_it(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    requested(here.as_ref(), &community, "m1", 0).await;
    let first = card(here.as_ref(), 1).await.expect("due");
    assert_eq!((first.claims, first.attempts, first.claimed_until), (1, 0, at(1 + NOTICE_LAPSES)));
    assert_eq!(card(there.as_ref(), NOTICE_LAPSES).await, None);
    let again = card(there.as_ref(), 1 + NOTICE_LAPSES).await.expect("nobody has it any more");
    assert_eq!((again.id, again.claims, again.attempts), (first.id, 2, 0));
}

pub async fn who_lost_a_claim_changes_nothing(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    let request = requested(here.as_ref(), &community, "m1", 0).await;
    let lost = card(here.as_ref(), 1).await.expect("due");
    let taken = card(there.as_ref(), 100).await.expect("it has lapsed");
    assert!(!here.hold(&lost, at(200)).await.expect("answers"));
    let later =
        Delivery::Later { at: at(900), reason: "asleep".to_owned(), perhaps_sent: true, blocked_in: None };
    for delivery in [posted("p1"), later] {
        let kept = here.record_delivery(&lost, &delivery, at(101)).await;
        assert!(matches!(kept, Err(StoreError::Conflict)), "{kept:?}");
    }
    here.give_back(&lost).await.expect("answers");
    assert_eq!(card(here.as_ref(), 102).await, None, "it is not theirs to give back");
    let shown = async || here.live_card(&community, Some(&request.id), Route::Pr).await.expect("reads");
    assert_eq!(shown().await, None);

    there.record_delivery(&taken, &posted("p2"), at(103)).await.expect("theirs");
    assert_eq!(shown().await.map(|card| card.post), Some("p2".into()));
    let pings = here.pings_since(&community, &"press".into(), at(0)).await.expect("reads");
    assert_eq!(pings, 1);
    let twice = there.record_delivery(&taken, &posted("p3"), at(104)).await;
    assert!(matches!(twice, Err(StoreError::Conflict)), "what is done is done: {twice:?}");
}

pub async fn a_claim_lasts_as_long_as_it_is_held(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    requested(here.as_ref(), &community, "m1", 0).await;
    let held = card(here.as_ref(), 1).await.expect("due");
    assert!(here.hold(&held, at(200)).await.expect("answers"));
    assert_eq!(card(there.as_ref(), 199).await, None);
    // Late, and yet nobody else was there.
    assert!(here.hold(&held, at(300)).await.expect("answers"));
    assert_eq!(card(there.as_ref(), 299).await, None);
    assert!(card(there.as_ref(), 300).await.is_some());
}

pub async fn what_is_given_back_is_taken_at_once(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    requested(here.as_ref(), &community, "m1", 0).await;
    let notice = card(here.as_ref(), 1).await.expect("due");
    here.give_back(&notice).await.expect("answers");
    assert_eq!(card(there.as_ref(), 1).await.map(|again| again.id), Some(notice.id));
}

pub async fn a_lane_keeps_its_order_among_several(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    let first = requested(here.as_ref(), &community, "m1", 0).await;
    let second = requested(here.as_ref(), &community, "m2", 1).await;
    let one = card(here.as_ref(), 2).await.expect("due");
    assert_eq!(one.request, Some(first.id));
    assert_eq!(card(there.as_ref(), 3).await, None, "the first of its lane is under way");
    let later =
        Delivery::Later { at: at(60), reason: "429".to_owned(), perhaps_sent: false, blocked_in: None };
    here.record_delivery(&one, &later, at(4)).await.expect("kept");
    assert_eq!(card(there.as_ref(), 5).await, None, "the first of its lane waits");
    let one = card(there.as_ref(), 60).await.expect("due again, for whoever comes");
    assert_eq!((one.claims, one.attempts), (2, 1), "nobody has left it");
    there.record_delivery(&one, &posted("p1"), at(61)).await.expect("kept");
    assert_eq!(card(here.as_ref(), 62).await.and_then(|next| next.request), Some(second.id));
}

pub async fn a_deadline_is_handed_to_one_until_its_claim_lapses(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    let request = requested(here.as_ref(), &community, "m1", 0).await;
    let request = here.request(&community, &request.id).await.expect("reads").expect("there");
    here.reschedule(&request, &[(Deadline::Remind, at(50))]).await.expect("nobody has changed it");
    let due = async |store: &dyn Store, seconds| {
        let due = store.due_deadlines(&community, at(seconds), 1000).await.expect("claims");
        due.into_iter().map(|due| due.deadline).collect::<Vec<_>>()
    };
    assert_eq!(due(here.as_ref(), 60).await, [Deadline::Remind]);
    assert_eq!(due(there.as_ref(), 60).await, []);
    assert_eq!(due(here.as_ref(), 61).await, [Deadline::Remind], "what failed is tried again");
    assert_eq!(due(there.as_ref(), 60 + WORK_LAPSES).await, [], "which makes the claim longer");
    assert_eq!(due(there.as_ref(), 61 + WORK_LAPSES).await, [Deadline::Remind]);
    assert_eq!(due(here.as_ref(), 61 + WORK_LAPSES).await, []);
}

pub async fn a_deadline_is_told_once_by_two_workers(database: Database) {
    let settings = vigie::config::community::parse(
        r#"
        [community]
        platform = "playground"
        id = "air-azur"
        name = "Air Azur"

        [[desk]]
        route = "pr"
        channel = "desk"
        role = "press"
        remind_after = "10m"
        "#,
    )
    .expect("the settings are right");
    let community = &settings.community.id;
    let (here, there) = (&database.store, another(&database).await);
    here.save_settings(&settings, None, at(0)).await.expect("stored");
    let mut requests = Vec::new();
    for number in 0..20 {
        requests.push(requested(here.as_ref(), community, &format!("m{number}"), number).await.id);
    }
    let process = |store: &Arc<dyn Store>| {
        Core::new(Arc::clone(store), Arc::new(ManualClock::at(at(0))), None).deadlines
    };
    let (one, other) = (process(here), process(&there));
    let platform: Arc<dyn vigie::platform::Platform> = Arc::new(Recording::forgetful());
    let platforms = HashMap::from([(Platform::Playground, platform)]);
    for minute in 1..=3 {
        let now = at(minute * 600);
        let (one, other) = tokio::join!(one.step(&platforms, now), other.step(&platforms, now));
        one.and(other).expect("the store works");
    }
    for request in &requests {
        let log = here.events(community, request).await.expect("reads");
        let names: Vec<&str> = log.iter().map(|event| event.kind.name()).collect();
        assert_eq!(names, ["opened", "rung"]);
    }
}

pub async fn what_is_heard_in_a_community_is_digested_by_one_at_a_time(database: Database) {
    let (here, there, ids) = (&database.store, another(&database).await, Ids::default());
    let (first, second) = (community(), CommunityId::new(format!("{}-other", community())));
    let hear = async |community: &CommunityId, id: &str, seconds: i64| {
        let incoming = Incoming::Posted(asked(community, id, seconds));
        here.receive(&ids.next(at(seconds)), &incoming, at(seconds)).await.expect("stored");
    };
    let pending = async |store: &dyn Store, seconds| {
        let pending = store.pending(at(seconds), 1000).await.expect("claims");
        pending.iter().map(|item| if item.incoming.place().0 == &first { 1 } else { 2 }).collect::<Vec<_>>()
    };
    hear(&first, "m1", 0).await;
    assert_eq!(pending(here.as_ref(), 1).await, [1]);
    hear(&first, "m2", 2).await;
    hear(&second, "m3", 3).await;
    assert_eq!(pending(there.as_ref(), 3).await, [2], "what nobody has");
    // Every look makes a turn longer whose half is over.
    let half_time = 1 + WORK_LAPSES / 2 + 1;
    assert_eq!(pending(here.as_ref(), half_time).await, [1, 1]);
    assert_eq!(pending(there.as_ref(), 1 + WORK_LAPSES).await, [2]);
    let over = half_time + WORK_LAPSES;
    assert_eq!(pending(there.as_ref(), over).await, [1, 1, 2]);
    assert_eq!(pending(here.as_ref(), over).await, Vec::<i32>::new());
}

pub async fn who_leaves_leaves_their_own_claims(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    let hear = async |id: &str| {
        let other = CommunityId::new(format!("{community}-{id}"));
        let incoming = Incoming::Posted(asked(&other, id, 0));
        here.receive(&Ids::default().next(at(0)), &incoming, at(0)).await.expect("stored");
    };
    hear("m0").await;
    requested(here.as_ref(), &community, "m1", 0).await;
    let first = card(here.as_ref(), 1).await.expect("due");
    assert_eq!(here.pending(at(1), 10).await.expect("claims").len(), 1);
    hear("m2").await;
    assert_eq!(there.pending(at(1), 10).await.expect("claims").len(), 1);
    there.leave().await.expect("voided");
    assert_eq!(here.pending(at(1), 10).await.expect("claims").len(), 2);
    assert_eq!(card(there.as_ref(), 1).await, None);
    here.leave().await.expect("voided");
    assert_eq!(card(there.as_ref(), 1).await.map(|again| again.id), Some(first.id));
    assert_eq!(there.pending(at(1), 10).await.expect("claims").len(), 2);
}

pub async fn void_claims_are_nobodys(database: Database) {
    let (here, there, community) = (&database.store, another(&database).await, community());
    let incoming = Incoming::Posted(asked(&community, "m0", 0));
    here.receive(&Ids::default().next(at(0)), &incoming, at(0)).await.expect("stored");
    requested(here.as_ref(), &community, "m1", 0).await;
    let first = card(here.as_ref(), 1).await.expect("due");
    assert_eq!(here.pending(at(1), 10).await.expect("claims").len(), 1);
    there.void_claims().await.expect("voided");
    let again = card(there.as_ref(), 1).await.expect("nobody's");
    assert_eq!((again.id, again.claims), (first.id, 2), "it may have been sent");
    assert_eq!(there.pending(at(1), 10).await.expect("claims").len(), 1);
}

/// Takes and does what there is until nothing is left, and says what it did, in order.
async fn drain(store: &dyn Store) -> Vec<(Lane, NoticeId)> {
    let mut done = Vec::new();
    let mut idle = 0;
    while idle < 100 {
        let due = store.due_notices(at(1), 1000, &Platform::ALL).await.expect("claims");
        idle = if due.is_empty() { idle + 1 } else { 0 };
        for notice in due {
            store.record_delivery(&notice, &Delivery::Done(None), at(1)).await.expect("its own");
            done.push((notice.lane, notice.id));
        }
    }
    done
}

pub async fn ten_thousand_notices_are_shared_out_each_once_and_in_order(database: Database) {
    let (here, there) = (&database.store, another(&database).await);
    for number in 0..20 {
        let community = CommunityId::new(format!("{}-{number}", community()));
        let notices = (0..500).map(|n| Notice::ReviewList { route: Route::ALL[n % 3] }).collect();
        let decided = Decided { notices, ..Decided::default() };
        here.apply(&community, &decided, None, at(0)).await.expect("stored");
    }
    let (one, other) = tokio::join!(drain(here.as_ref()), drain(there.as_ref()));
    assert_eq!(one.len() + other.len(), 10_000, "each once");
    assert!(!one.is_empty() && !other.is_empty(), "{} and {}", one.len(), other.len());
    for done in [one, other] {
        let mut last = HashMap::new();
        for (lane, id) in done {
            let before = last.insert(lane, id.clone());
            assert!(before.is_none_or(|before| before.as_str() < id.as_str()), "out of order");
        }
    }
}
