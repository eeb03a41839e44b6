//! A process that is stopped just before it posts, and wakes up after another one has taken its work over.

use std::sync::Arc;

use sqlx::{Connection, PgConnection};
use vigie::clock::ManualClock;
use vigie::domain::label::Route;
use vigie::domain::notice::Notice;
use vigie::domain::settings::{Platform, Settings};
use vigie::outbox::Platforms;
use vigie::platform::recording::Recording;
use vigie::road::Core;
use vigie::store;

use super::contract::{asked, at, opened};
use crate::support::{postgres, vigie::settings};

#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored all"]
async fn on_a_postgres_server_who_wakes_up_after_a_takeover_posts_nothing() {
    let address = postgres::empty().await;
    let (here, there) = (
        store::connect(&address).await.expect("the database is there"),
        store::connect(&address).await.expect("the database is there"),
    );
    let settings: Settings = settings();
    let community = &settings.community.id;
    here.save_settings(&settings, None, at(0)).await.expect("stored");
    let change = opened(&asked(community, "m1", 0), Route::Pr);
    here.apply(community, &change.into(), None, at(0)).await.expect("stored");

    let clock = Arc::new(ManualClock::at(at(0)));
    let platform = Arc::new(Recording::default());
    let core = Core::new(here, Arc::clone(&clock) as _, None);
    let outbox = core.outbox(Platforms::from([(Platform::Playground, Arc::clone(&platform) as _)]));

    // Before a card is posted it is looked up whether the desk may be pinged: here the process stands still.
    let mut gate = PgConnection::connect(&address).await.expect("the server answers");
    let mut closed = gate.begin().await.expect("a transaction");
    sqlx::query("lock table pings in access exclusive mode").execute(&mut *closed).await.expect("locked");
    outbox.step(at(1)).await.expect("claims");
    let waits = "select exists (select 1 from pg_locks where relation = 'pings'::regclass and not granted)";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut *closed).await.expect("answers") {
        tokio::task::yield_now().await;
    }

    clock.set(at(100));
    let taken = there.due_notices(at(100), 10, &Platform::ALL).await.expect("claims");
    assert!(taken.iter().any(|notice| matches!(notice.notice, Notice::PostCard { .. })), "{taken:?}");
    closed.commit().await.expect("the gate opens");
    outbox.idle().await;
    assert_eq!(platform.posts(), [], "it is another's to post");

    // Had nobody taken it, it would have been its own still.
    for notice in taken {
        there.give_back(&notice).await.expect("answers");
    }
    core.settle(&outbox, at(100)).await.expect("the store works");
    assert_eq!(platform.posts().len(), 1);
}
