//! The promises about channels in which nothing can be posted.

use vigie::domain::ids::CommunityId;
use vigie::domain::label::Route;
use vigie::domain::notice::{Notice, QueuedNotice};
use vigie::domain::settings::{Desk, Platform};
use vigie::store::{self, Delivery, PostedCard, Store, Trouble};

use super::Database;
use super::contract::{asked, at, community, nothing_set, opened};

fn closed() -> Delivery {
    let reason = "closed to us".to_owned();
    Delivery::Later { at: at(0), reason, perhaps_sent: false, blocked_in: Some("desk".into()) }
}

fn posted() -> Delivery {
    let card = PostedCard { channel: "desk".into(), post: "p1".into() };
    Delivery::Posted { card, pinged: None, bundle_at: None }
}

async fn due(store: &dyn Store, community: &CommunityId, seconds: i64) -> Vec<QueuedNotice> {
    let due = store.due_notices(at(seconds), 1000, &Platform::ALL).await.expect("claims");
    due.into_iter().filter(|notice| notice.community == *community).collect()
}

/// What is to be told, of what is due.
fn told(due: &[QueuedNotice]) -> Vec<Notice> {
    due.iter().map(|n| n.notice).filter(|notice| matches!(notice, Notice::Trouble { .. })).collect()
}

pub async fn a_closed_channel_is_told_once_until_something_was_posted_there(database: Database) {
    let (here, community) = (&database.store, community());
    let there = store::connect(&database.address).await.expect("the database is there");
    let routes = [Route::Pr, Route::Pr, Route::ProductExpert];
    let changes: Vec<_> =
        routes.iter().zip(0..).map(|(r, n)| opened(&asked(&community, &format!("m{n}"), n), *r)).collect();
    here.apply(&community, &changes.into(), None, at(0)).await.expect("stored");
    assert_eq!(here.cards_waiting(&community, Route::Pr).await.expect("reads"), 2);

    let cards: Vec<_> =
        due(here.as_ref(), &community, 1).await.into_iter().filter(|n| n.notice.desk().is_some()).collect();
    here.record_delivery(&cards[0], &closed(), at(1)).await.expect("its own");
    here.record_delivery(&cards[1], &closed(), at(2)).await.expect("its own");
    let trouble = Trouble { channel: "desk".into(), reason: "closed to us".to_owned(), told_at: at(1) };
    assert_eq!(there.troubles(&community).await.expect("reads"), [trouble]);
    let due_there = due(there.as_ref(), &community, 3).await;
    assert_eq!(told(&due_there), [Notice::Trouble { told_at: at(1) }]);
    for notice in &due_there {
        let outcome = if notice.notice.desk().is_some() { closed() } else { Delivery::Done(None) };
        there.record_delivery(notice, &outcome, at(4)).await.expect("its own");
    }
    let again = due(here.as_ref(), &community, 5).await;
    assert_eq!(told(&again), [], "not at each try");
    here.record_delivery(&again[0], &posted(), at(5)).await.expect("its own");
    assert_eq!(here.troubles(&community).await.expect("reads"), []);
    here.record_delivery(&again[1], &closed(), at(6)).await.expect("its own");
    assert_eq!(told(&due(here.as_ref(), &community, 7).await), [Notice::Trouble { told_at: at(6) }]);
}

pub async fn a_channel_that_the_desk_has_left_is_no_trouble(Database { store, .. }: Database) {
    let community = community();
    let mut settings = nothing_set();
    settings.community.id = community.clone();
    settings.desks = vec![Desk::new(Route::Pr, "desk".into(), "press".into())];
    let version = store.save_settings(&settings, None, at(0)).await.expect("stored");
    let change = opened(&asked(&community, "m1", 0), Route::Pr);
    store.apply(&community, &change.into(), None, at(0)).await.expect("stored");
    let cards = due(store.as_ref(), &community, 1).await;
    let card = cards.iter().find(|notice| notice.notice.desk().is_some()).expect("due");
    store.record_delivery(card, &closed(), at(1)).await.expect("its own");
    settings.community.retention_days += 1;
    let version = store.save_settings(&settings, Some(version), at(2)).await.expect("stored");
    assert_eq!(store.troubles(&community).await.expect("reads").len(), 1);
    settings.desks[0].channel = "elsewhere".into();
    store.save_settings(&settings, Some(version), at(3)).await.expect("stored");
    assert_eq!(store.troubles(&community).await.expect("reads"), []);
}
