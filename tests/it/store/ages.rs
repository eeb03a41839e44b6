//! Rows of each age outlive the migrations that follow: `tests/fixtures/migrations/` has some as each migration found
//! them. A new migration that adds a table brings rows of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;
use vigie::domain::gap::Start;
use vigie::domain::ids::CommunityId;
use vigie::domain::label::Route;
use vigie::domain::request::{Deadline, Status};
use vigie::domain::settings::Platform;
use vigie::domain::time::{Timestamp, from_milliseconds};
use vigie::store::judge::Readings;
use vigie::store::{self, Page, RequestFilter, Store};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Applies each migration to rows of its predecessors.
macro_rules! grow {
    ($connection:expr, $migrations:literal) => {{
        let connection = $connection;
        let migrator = Migrator::new(folder($migrations)).await.expect("the migrations are there");
        for migration in migrator.iter() {
            migrator.run_to(migration.version, &mut *connection).await.expect("it is applied");
            let name = format!("{:04}_{}.sql", migration.version, migration.description.replace(' ', "_"));
            let rows = folder("tests/fixtures/migrations").join(name);
            let Ok(rows) = std::fs::read_to_string(rows) else { continue };
            sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut *connection).await.expect("rows of that age");
        }
    }};
}

#[tokio::test]
async fn rows_of_each_age_outlive_what_follows_on_sqlite() {
    let folder_of_the_file = TempDir::new().expect("a folder of our own");
    let address = format!("sqlite://{}?mode=rwc", folder_of_the_file.path().join("vigie.db").display());
    let mut connection = SqliteConnection::connect(&address).await.expect("SQLite makes the file");
    grow!(&mut connection, "migrations/sqlite");
    connection.close().await.expect("closed");
    assert_alive(&address).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored all"]
async fn rows_of_each_age_outlive_what_follows_on_a_postgres_server() {
    let address = crate::support::postgres::empty().await;
    let mut connection = sqlx::PgConnection::connect(&address).await.expect("the server answers");
    grow!(&mut connection, "migrations/postgres");
    assert_alive(&address).await;
}

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

/// Everything is there and of use.
async fn assert_alive(address: &str) {
    let store: Arc<dyn Store> = store::connect(address).await.expect("this Vigie opens it");
    let community = CommunityId::from("azur");
    let settings = store.settings(&community).await.expect("reads").expect("known");
    assert_eq!((settings.version, settings.settings.desks.len()), (3, 1));

    let everything = RequestFilter::default();
    let requests =
        store.requests(&community, &everything, Page::OldestFirst { limit: 9 }).await.expect("reads");
    let read: Vec<_> = requests.iter().map(|r| (r.author_name.as_str(), r.state.status())).collect();
    assert_eq!(read, [("Léa", Status::Answered), ("Ana", Status::Open)]);
    let waits: Vec<_> = requests.iter().map(|r| r.course.waiting_since).collect();
    assert_eq!(waits, [None, Some(at("2026-03-02T09:00:00Z"))], "worked out from the log");
    let measures = store.measures(&community, &everything).await.expect("reads");
    let answered: Vec<_> = measures.rows().map(|m| m.first_response.map(|took| took.seconds)).collect();
    assert_eq!(answered, [Some(300), None]);

    let now = at("2026-03-02T10:00:00Z");
    let pending = store.pending(now, 9).await.expect("claims");
    assert_eq!(
        pending.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["01KJKS0000000000000000000B"]
    );
    let due = store.due_notices(now, 9, &Platform::ALL).await.expect("claims");
    assert_eq!(due.iter().map(|n| (n.attempts, n.claims)).collect::<Vec<_>>(), [(1, 1)]);
    let deadlines = store.due_deadlines(&community, now, 9).await.expect("claims");
    assert_eq!(deadlines.iter().map(|due| due.deadline).collect::<Vec<_>>(), [Deadline::Remind]);
    let card = store.live_card(&community, Some(&requests[0].id), Route::Pr).await.expect("reads");
    assert_eq!(card.map(|card| card.post), Some("p1".into()));
    let hours_ago = from_milliseconds(1_772_438_000_000).expect("a time of our days");
    assert_eq!(store.pings_since(&community, &"press".into(), hours_ago).await.expect("reads"), 1);
    assert_eq!(store.playground_posts(&community).await.expect("reads").len(), 1);
    let audit = store.last_audit(&community).await.expect("reads").expect("drawn");
    assert_eq!(audit.week.to_string(), "2026-02-23");
    let readings = store.readings(&community, "2026-03-01").await.expect("reads");
    assert_eq!(readings, Readings { asked: 4, unanswered: 1 });
    let gaps = store.gaps(&community).await.expect("reads");
    let watched = Start::Watched(at("2026-03-02T08:00:00Z"));
    assert_eq!(gaps.iter().map(|gap| gap.is_owed).collect::<Vec<_>>(), [false, true]);
    assert_eq!(gaps[0].start, watched);
    assert_eq!(store.missed_since(&community, now).await.expect("reads").len(), 1);
}
