//! The promises to those who watch: what waits is counted, and a check writes.

use vigie::domain::label::Route;
use vigie::domain::request::Deadline;
use vigie::domain::settings::{Platform, Settings};
use vigie::domain::time::Timestamp;
use vigie::store::{Backlog, Backlogs, Delivery, Incoming};

use super::Database;
use super::contract::{asked, at, community, opened};
use vigie::clock::Ids;

fn backlog(length: u64, oldest: Timestamp) -> Backlog {
    Backlog { length, oldest: Some(oldest) }
}

pub async fn what_waits_is_counted_with_its_oldest(Database { store, .. }: Database) {
    assert_eq!(store.backlogs(at(0)).await.expect("reads"), Backlogs::default());
    let (community, ids) = (community(), Ids::default());
    for (message, seconds) in [("m1", 5), ("m2", 6)] {
        let incoming = Incoming::Posted(asked(&community, message, seconds));
        store.receive(&ids.next(at(seconds)), &incoming, at(seconds)).await.expect("stored");
    }
    let item = store.pending(at(10), 1).await.expect("reads").remove(0);
    let change = opened(&asked(&community, "m1", 5), Route::Pr);
    let request = change.request.clone();
    store.apply(&community, &change.into(), Some(&item), at(10)).await.expect("stored");
    let seen = store.backlogs(at(20)).await.expect("reads");
    assert_eq!(seen.inbox, backlog(1, at(6)), "what was digested waits no longer");
    assert_eq!(seen.due.oldest, Some(at(10)));
    assert_eq!((seen.waiting, seen.stuck, seen.overdue), Default::default());

    let first = store.due_notices(at(20), 1, &Platform::ALL).await.expect("reads").remove(0);
    let later =
        Delivery::Later { at: at(300), reason: "busy".to_owned(), perhaps_sent: false, blocked_in: None };
    store.record_delivery(&first, &later, at(20)).await.expect("stored");
    let failed = store.backlogs(at(20)).await.expect("reads");
    assert_eq!(failed.due.length, seen.due.length - 1);
    assert_eq!((failed.waiting, failed.stuck), (backlog(1, at(10)), backlog(1, at(10))));
    let due_again = store.backlogs(at(301)).await.expect("reads");
    assert_eq!((due_again.due.length, due_again.waiting.length), (seen.due.length, 0));
    let first = store.due_notices(at(301), 1, &Platform::ALL).await.expect("reads").remove(0);
    store.record_delivery(&first, &Delivery::Done(None), at(301)).await.expect("stored");
    let done = store.backlogs(at(301)).await.expect("reads");
    assert_eq!((done.due.length, done.stuck), (seen.due.length - 1, Backlog::default()));

    let stored = store.request(&community, &request.id).await.expect("reads").expect("it is there");
    let deadlines = [(Deadline::Remind, at(400)), (Deadline::Warn, at(500))];
    store.reschedule(&stored, &deadlines).await.expect("nobody has changed it");
    let overdue = store.backlogs(at(450)).await.expect("reads").overdue;
    assert_eq!(overdue, backlog(1, at(400)), "what is to come is not overdue");
}

pub async fn a_check_of_a_healthy_store_goes_well(Database { store, .. }: Database) {
    store.check(at(1)).await.expect("an empty store is fine");
    let settings = Settings::new(Platform::Playground, community(), "X");
    store.save_settings(&settings, None, at(0)).await.expect("stored");
    store.check(at(2)).await.expect("and so is one with a community");
    let kept = store.settings(&settings.community.id).await.expect("reads").expect("it is there");
    assert_eq!((kept.settings, kept.version), (settings, 1), "a check changes nothing");
}
