//! `vigie move`: what arrives is what was sent, or nothing arrives.

use std::path::Path;
use std::sync::Arc;

use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use vigie::clock::Ids;
use vigie::domain::gap::{Bound, Missed};
use vigie::domain::ids::CommunityId;
use vigie::domain::label::Route;
use vigie::domain::notice::Notice;
use vigie::domain::request::{Deadline, LinkKind, Step};
use vigie::domain::settings::Platform;
use vigie::store::transfer::{Carried, TransferError, transfer};
use vigie::store::{self, Delivery, Incoming, Page, PlaygroundPost, PostedCard, RequestFilter, Store};

use super::contract::{asked, at, nothing_set, opened};
use super::contract_judge::{fill, learner};
use crate::support::postgres;

const DAY: i64 = 86_400;
const ALL: Page = Page::OldestFirst { limit: 100 };

/// A SQLite file with a row of each kind.
async fn everything(folder: &Path) -> (String, Arc<dyn Store>, CommunityId) {
    let address = format!("sqlite://{}", folder.join("vigie.db").display());
    let store = store::connect(&address).await.expect("SQLite makes the file");
    let community = learner(store.as_ref()).await;
    fill(store.as_ref(), &community).await;

    let heard = asked(&community, "h1", 0);
    store.receive(&Ids::default().next(at(0)), &Incoming::Posted(heard), at(0)).await.expect("stored");
    store.pending(at(1), 10).await.expect("its turn");
    let change = opened(&asked(&community, "Où est mon colis ? 🛎️", 3), Route::CustomerService);
    store.apply(&community, &change.clone().into(), None, at(3)).await.expect("stored");
    let request = store.request(&community, &change.request.id).await.expect("reads").expect("there");
    let step = Step::Answer { by: "karim".into(), message: None, link: LinkKind::Reply, confidence: 0.75 };
    let answered = request.apply(step, at(600), &nothing_set()).expect("it waits");
    store.apply(&community, &answered.into(), None, at(600)).await.expect("stored");
    let waiting = store.request_of(&community, &"m2".into()).await.expect("reads").expect("there");
    store.reschedule(&waiting, &[(Deadline::Remind, at(900))]).await.expect("nobody has changed it");
    let due = store.due_notices(at(601), 100, &Platform::ALL).await.expect("claims");
    let card = due.iter().find(|notice| matches!(notice.notice, Notice::PostCard { .. })).expect("due");
    let posted = PostedCard { channel: "desk".into(), post: "p1".into() };
    let posted = Delivery::Posted { card: posted, pinged: Some("press".into()), bundle_at: None };
    store.record_delivery(card, &posted, at(602)).await.expect("kept");
    let other = due.iter().find(|notice| notice.id != card.id).expect("a tag, at least");
    let blocked_in = Some("closed".into());
    let later =
        Delivery::Later { at: at(900), reason: "forbidden".to_owned(), perhaps_sent: false, blocked_in };
    store.record_delivery(other, &later, at(603)).await.expect("kept");
    let post = PlaygroundPost { channel: "c".into(), id: "p".into(), at: at(5), body: "{}".to_owned() };
    store.put_playground_post(&community, &post).await.expect("stored");
    store.open_gaps(&community, &[("c".into(), "m1".into())], at(6)).await.expect("stored");
    let missed = Missed { channel: "c".into(), from: at(0), to: at(6), bound: Bound::Age };
    store.note_missed(&community, &missed).await.expect("stored");
    // A look packs the days that are over.
    let later = opened(&asked(&community, "m9", 3 * DAY), Route::Pr);
    store.apply(&community, &later.into(), None, at(3 * DAY)).await.expect("stored");
    store.measures(&community, &RequestFilter::default()).await.expect("reads");
    (address, store, community)
}

async fn carry(source: &str, target: &str) -> Result<Vec<Carried>, TransferError> {
    transfer(source, target, |_| ()).await
}

async fn is_empty(target: &str) -> bool {
    let store = store::connect(target).await.expect("the database is there");
    store.communities().await.expect("reads").is_empty()
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored all"]
async fn on_a_postgres_server_a_database_arrives_as_it_was() {
    let folder = TempDir::new().expect("a folder of our own");
    let (source, old, community) = everything(folder.path()).await;
    let target = postgres::empty().await;
    // Vigie was started on it once, and looked whether it can write.
    store::connect(&target).await.expect("the database is there").check(at(1)).await.expect("it can");
    let (mut last, mut total) = (0, 0);
    let carried = transfer(&source, &target, |progress| {
        assert!(progress.done >= last && progress.done <= progress.total, "{progress:?}");
        (last, total) = (progress.done, progress.total);
    });
    let carried = carried.await.expect("carried over");
    assert_eq!(last, total);
    for Carried { table, rows, .. } in &carried {
        assert!(*rows > 0, "no row of {table} was tried: add one to the sample");
    }

    let new = store::connect(&target).await.expect("the database is there");
    let (old, new) = (old.as_ref(), new.as_ref());
    let everything = RequestFilter::default();
    let requests =
        async |store: &dyn Store| store.requests(&community, &everything, ALL).await.expect("reads");
    let measures = async |store: &dyn Store| store.measures(&community, &everything).await.expect("reads");
    let judged = async |store: &dyn Store| store.judged(&community, &"m1".into()).await.expect("reads");
    assert_eq!(requests(new).await, requests(old).await);
    assert_eq!(measures(new).await, measures(old).await);
    assert_eq!(judged(new).await, judged(old).await);
    for request in requests(old).await {
        let log = async |store: &dyn Store| store.events(&community, &request.id).await.expect("reads");
        assert_eq!(log(new).await, log(old).await);
    }
    assert_eq!(
        new.versions(&community).await.expect("reads"),
        old.versions(&community).await.expect("reads")
    );
    // It goes on from here.
    let due = new.due_deadlines(&community, at(900), 10).await.expect("claims");
    assert_eq!(due.len(), 1);
    assert_eq!(new.pending(at(DAY), 10).await.expect("claims").len(), 1);

    let again = carry(&source, &target).await;
    assert!(matches!(again, Err(TransferError::NotEmpty { .. })), "{again:?}");
    assert_eq!(requests(new).await, requests(old).await, "what is there is left alone");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored all"]
async fn on_a_postgres_server_a_row_that_arrives_changed_is_found_and_nothing_stays() {
    let folder = TempDir::new().expect("a folder of our own");
    let (source, ..) = everything(folder.path()).await;
    let changes = [
        ("requests", "new.author_name := new.author_name || ' '"),
        ("days", "new.pack := new.pack || '\\x00'::bytea"),
        ("request_events", "new.at := new.at + 1"),
        ("requests", "new.link_confidence := new.link_confidence + 1e-12"),
        ("cards", "new.pinged_by := null"),
    ];
    for (table, change) in changes {
        let target = postgres::empty().await;
        drop(store::connect(&target).await.expect("the tables are made"));
        let mut connection = PgConnection::connect(&target).await.expect("the server answers");
        let trigger = format!(
            "create function worm() returns trigger language plpgsql as $$ begin {change}; return new; end $$;
             create trigger worm before insert on {table} for each row execute function worm();"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(trigger)).execute(&mut connection).await.expect("the worm is in");
        let carried = carry(&source, &target).await;
        let found = matches!(&carried, Err(TransferError::Differs { table: found, .. }) if found == table);
        assert!(found, "{change}: {carried:?}");
        assert!(is_empty(&target).await, "{change}");
    }
}

#[tokio::test]
async fn a_file_that_is_served_is_not_carried_over() {
    let folder = TempDir::new().expect("a folder of our own");
    let (source, ..) = everything(folder.path()).await;
    let seat = store::alone(&source);
    let carried = carry(&source, "postgres://nowhere").await;
    assert!(matches!(carried, Err(TransferError::InUse)), "{carried:?}");
    drop(seat);
    let carried = carry(&source, "postgres://vigie@127.0.0.1:1/nowhere").await;
    assert!(matches!(carried, Err(TransferError::Target(_))), "nobody serves it now: {carried:?}");
}

#[tokio::test]
async fn a_file_of_another_version_or_none_is_not_carried_over() {
    let folder = TempDir::new().expect("a folder of our own");
    let none = format!("sqlite://{}", folder.path().join("none.db").display());
    let carried = carry(&none, "postgres://nowhere").await;
    assert!(matches!(carried, Err(TransferError::Source(_))), "{carried:?}");
    assert!(!folder.path().join("none.db").exists(), "nor is one made");

    let (source, ..) = everything(folder.path()).await;
    let mut connection = SqliteConnection::connect(&source).await.expect("the file is there");
    let older = "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)";
    sqlx::query(older).execute(&mut connection).await.expect("written");
    let carried = carry(&source, "postgres://nowhere").await;
    assert!(matches!(carried, Err(TransferError::OtherVersion)), "{carried:?}");
}
