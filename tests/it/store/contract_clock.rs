//! The promises about time: what falls due, who was pinged, and figures of whole days.

use std::collections::HashSet;

use vigie::clock::Ids;
use vigie::domain::ids::{CommunityId, UserId};
use vigie::domain::label::Route;
use vigie::domain::message::IncomingMessage;
use vigie::domain::notice::{Notice, QueuedNotice};
use vigie::domain::request::{Deadline, LinkKind, Request, Step};
use vigie::domain::settings::{Platform, Settings};
use vigie::store::{Decided, Delivery, Incoming, PostedCard, RequestFilter, Sheet, Store, StoreError};

use super::Database;
use super::contract::{asked, at, community, nothing_set, opened};
use crate::support::message::answer;

const DAY: i64 = 86_400;

async fn stored(store: &dyn Store, community: &CommunityId, id: &str, seconds: i64) -> Request {
    let change = opened(&asked(community, id, seconds), Route::Pr);
    let request = change.request.id.clone();
    store.apply(community, &change.into(), None, at(seconds)).await.expect("stored");
    store.request(community, &request).await.expect("reads").expect("there")
}

async fn due(store: &dyn Store, community: &CommunityId, seconds: i64) -> Vec<Deadline> {
    let due = store.due_deadlines(community, at(seconds), 10_000).await.expect("reads");
    let is_due = store.communities_due(at(seconds)).await.expect("reads").contains(community);
    assert_eq!(is_due, !due.is_empty());
    due.into_iter().map(|due| due.deadline).collect()
}

pub async fn what_falls_due_is_what_the_last_change_said(Database { store, .. }: Database) {
    let community = community();
    let request = stored(store.as_ref(), &community, "m1", 0).await;
    let first = [(Deadline::Warn, at(70)), (Deadline::Remind, at(50))];
    store.reschedule(&request, &first).await.expect("nobody has changed it");
    assert_eq!(due(store.as_ref(), &community, 49).await, []);
    assert_eq!(due(store.as_ref(), &community, 70).await, [Deadline::Remind, Deadline::Warn]);
    let next = store.next_deadline(at(50)).await.expect("reads").expect("one is left");
    assert!(next <= at(70));

    let claimed = request.apply(Step::Claim { by: "karim".into() }, at(60), &nothing_set()).expect("open");
    store.apply(&community, &claimed.into(), None, at(60)).await.expect("stored");
    assert_eq!(due(store.as_ref(), &community, 900).await, [], "a claim without timers takes them away");
    let late = store.reschedule(&request, &first).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "it was worked out from an older version: {late:?}");
}

pub async fn answers_and_deletions_are_unread_until_they_are_digested(Database { store, .. }: Database) {
    let (store, community, ids) = (store.as_ref(), community(), Ids::default());
    let is_unread = async || store.may_have_unread_answers(&community).await.expect("reads");
    let digest = async || {
        let pending = store.pending(at(9), 10_000).await.expect("reads");
        for item in pending.iter().filter(|item| item.incoming.place().0 == &community) {
            store.apply(&community, &Decided::default(), Some(item), at(9)).await.expect("digested");
        }
    };
    let hear = async |incoming: Incoming| {
        store.receive(&ids.next(at(0)), &incoming, at(0)).await.expect("stored");
    };
    hear(Incoming::Posted(asked(&community, "m1", 0))).await;
    assert!(!is_unread().await, "a member's message is no answer of ours");
    let said = answer("karim", "hello").sent("m2", at(1));
    hear(Incoming::Posted(IncomingMessage { community: community.clone(), ..said })).await;
    assert!(is_unread().await);
    digest().await;
    assert!(!is_unread().await);
    let channel = "support".into();
    hear(Incoming::Deleted { community: community.clone(), channel, message: "m1".into(), at: at(2) }).await;
    assert!(is_unread().await);
}

pub async fn a_community_is_timed_until_its_settings_change(Database { store, .. }: Database) {
    let settings = Settings::new(Platform::Playground, community(), "X");
    let id = &settings.community.id;
    let version = store.save_settings(&settings, None, at(0)).await.expect("stored");
    let is_untimed = async || {
        store.untimed(10_000).await.expect("reads").into_iter().find(|(community, _)| community == id)
    };
    assert_eq!(is_untimed().await, Some((id.clone(), version)));
    store.timed(id, version).await.expect("stored");
    assert_eq!(is_untimed().await, None);
    let version = store.save_settings(&settings, Some(version), at(1)).await.expect("stored");
    assert_eq!(is_untimed().await, Some((id.clone(), version)));
}

async fn card_of(store: &dyn Store, community: &CommunityId, request: &Request) -> QueuedNotice {
    let due = store.due_notices(at(20), 10_000, &Platform::ALL).await.expect("reads");
    let is_it = |notice: &QueuedNotice| {
        &notice.community == community
            && notice.request.as_ref() == Some(&request.id)
            && matches!(notice.notice, Notice::PostCard { .. })
    };
    due.into_iter().find(is_it).expect("the card is first in its lane")
}

async fn posts(store: &dyn Store, notice: &QueuedNotice, is_pinged: bool, seconds: i64) {
    let card = PostedCard { channel: "desk".into(), post: notice.id.as_str().into() };
    let (pinged, bundle_at) = if is_pinged { (Some("press".into()), None) } else { (None, Some(at(500))) };
    let delivery = Delivery::Posted { card, pinged, bundle_at };
    store.record_delivery(notice, &delivery, at(seconds)).await.expect("stored");
}

pub async fn held_pings_wait_for_one_bundle_and_are_told_once(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let first = stored(store, &community, "m1", 0).await;
    let second = stored(store, &community, "m2", 1).await;
    let third = stored(store, &community, "m3", 2).await;
    for (request, is_pinged) in [(&first, true), (&second, false), (&third, false)] {
        let card = card_of(store, &community, request).await;
        posts(store, &card, is_pinged, 10).await;
    }
    let pings = store.pings_since(&community, &"press".into(), at(0)).await.expect("reads");
    assert_eq!(pings, 1);
    assert_eq!(store.pings_since(&community, &"press".into(), at(10)).await.expect("reads"), 0);
    let ids = |requests: Vec<Request>| requests.into_iter().map(|request| request.id).collect::<Vec<_>>();
    let held = store.held(&community, Route::Pr, None).await.expect("reads");
    assert_eq!(ids(held), [second.id.clone(), third.id.clone()]);

    let due = store.due_notices(at(10 * DAY), 10_000, &Platform::ALL).await.expect("reads");
    let is_bundle = |n: &&QueuedNotice| n.community == community && matches!(n.notice, Notice::Bundle { .. });
    let bundles: Vec<_> = due.iter().filter(is_bundle).collect();
    assert_eq!(bundles.len(), 1, "one notice for both");
    assert_eq!(bundles[0].due_at, at(500));
    let told = Delivery::Bundled {
        by: bundles[0].id.clone(),
        post: Some(PostedCard { channel: "desk".into(), post: "p9".into() }),
        role: "press".into(),
        requests: vec![second.id.clone(), third.id.clone()],
    };
    store.record_delivery(bundles[0], &told, at(500)).await.expect("stored");
    assert!(store.held(&community, Route::Pr, None).await.expect("reads").is_empty());
    let again = store.held(&community, Route::Pr, Some(&bundles[0].id)).await.expect("reads");
    assert_eq!(ids(again), [second.id, third.id], "its post can be drawn anew");
    assert_eq!(store.pings_since(&community, &"press".into(), at(0)).await.expect("reads"), 1);
    let posted = async |notice: &QueuedNotice, channel: &str| {
        let bundle = store.last_bundle(notice, &"press".into(), &channel.into(), at(0)).await.expect("reads");
        bundle.map(|bundle| bundle.post.post)
    };
    assert_eq!(posted(bundles[0], "desk").await, Some("p9".into()));
    assert_eq!(posted(bundles[0], "elsewhere").await, None);
    let lane = Notice::Bundle { route: Route::ProductExpert }.lane(None);
    let others = QueuedNotice { lane, ..bundles[0].clone() };
    assert_eq!(posted(&others, "desk").await, None, "another desk's list is another post");
}

pub async fn figures_of_whole_days_follow_every_change(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let early = stored(store, &community, "m1", 0).await;
    stored(store, &community, "m2", 100).await;
    stored(store, &community, "m3", 3 * DAY).await;
    let all = RequestFilter::default();
    let answered = async || {
        let measures = store.measures(&community, &all).await.expect("reads");
        let answered = measures.rows().filter(|measure| measure.first_response.is_some()).count();
        let people: HashSet<&UserId> = measures.sheets.iter().flat_map(Sheet::people).collect();
        (measures.len(), answered, people.len())
    };
    // Twice: the first look packs the first day, the second one reads the pack.
    assert_eq!((answered().await, answered().await), ((3, 0, 0), (3, 0, 0)));
    let link = LinkKind::Reply;
    let step = Step::Answer { by: "karim".into(), message: None, link, confidence: 1.0 };
    let change = early.apply(step, at(4 * DAY), &nothing_set()).expect("it waits");
    store.apply(&community, &change.into(), None, at(4 * DAY)).await.expect("stored");
    assert_eq!((answered().await, answered().await), ((3, 1, 1), (3, 1, 1)));
    let within = RequestFilter { from: Some(at(50)), to: Some(at(3 * DAY)), ..RequestFilter::default() };
    assert_eq!(store.measures(&community, &within).await.expect("reads").len(), 1);
    let elsewhere = RequestFilter { channel: Some("nowhere".into()), ..RequestFilter::default() };
    assert!(store.measures(&community, &elsewhere).await.expect("reads").is_empty());
}

pub async fn the_first_try_that_may_have_arrived_is_kept(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let request = stored(store, &community, "m1", 0).await;
    let mut notice = card_of(store, &community, &request).await;
    let tries = [(false, 10, None), (true, 20, Some(20)), (true, 30, Some(20)), (false, 40, Some(20))];
    for (perhaps_sent, seconds, kept) in tries {
        let later =
            Delivery::Later { at: at(5), reason: "trouble".to_owned(), perhaps_sent, blocked_in: None };
        store.record_delivery(&notice, &later, at(seconds)).await.expect("stored");
        notice = card_of(store, &community, &request).await;
        assert_eq!(notice.perhaps_sent_at, kept.map(at));
    }
}
