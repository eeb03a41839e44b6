//! `/readyz` of the real program over a database that goes wrong, and how long it takes to say so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use vigie::clock::Clock;
use vigie::store;
use vigie::web::Health;

use crate::support::bot::{Bot, Home};
use crate::support::exposition::Exposition;

/// How long a watcher waits for an answer; Vigie promises two seconds, the rest is for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(4);

async fn ask(bot: &Bot, path: &str) -> Option<(u16, String)> {
    let asking = async {
        let answer = reqwest::get(bot.url(path)).await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.text().await.ok()?))
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("an answer comes in time, whatever hangs")
}

/// Waits until the program says that it is ready, or that it is not.
async fn until(bot: &Bot, status: u16) -> String {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        match ask(bot, "/readyz").await {
            Some((found, text)) if found == status => return text,
            Some(_) | None => tokio::task::yield_now().await,
        }
    }
    panic!("/readyz never said {status}");
}

async fn metrics_of(bot: &Bot) -> Exposition {
    Exposition::read(&ask(bot, "/metrics").await.expect("the web side answers").1)
}

async fn second_connection(home: &Home) -> SqliteConnection {
    let address = format!("sqlite://{}", home.path("vigie.db").display());
    SqliteConnection::connect(&address).await.expect("the file can be opened")
}

#[tokio::test]
async fn a_database_that_somebody_else_holds_is_told_and_comes_back() {
    let home = Home::new();
    let bot = home.start(&[]);
    until(&bot, 200).await;
    let mut other = second_connection(&home).await;
    other.execute("begin immediate").await.expect("the lock is free now and then");
    let told = until(&bot, 503).await;
    assert!(told.contains("store: no answer within"), "{told}");
    let metrics = metrics_of(&bot).await;
    assert_eq!(metrics.count("vigie_store_up", &[]), 0);
    assert_eq!(metrics.of("vigie_queue_length", &[]).count(), 5, "what can be read is read still");
    other.execute("rollback").await.expect("it was begun");
    until(&bot, 200).await;
    assert_eq!(metrics_of(&bot).await.count("vigie_store_up", &[]), 1);
}

#[tokio::test]
async fn a_database_whose_file_is_gone_or_another_is_told() {
    let home = Home::new();
    let bot = home.start(&[]);
    until(&bot, 200).await;
    let (file, aside) = (home.path("vigie.db"), home.path("aside.db"));
    std::fs::rename(&file, &aside).expect("the folder is ours");
    assert!(until(&bot, 503).await.contains("store: the database is not available: its file is gone"));
    std::fs::copy(&aside, &file).expect("the folder is ours");
    assert!(until(&bot, 503).await.contains("its file"));
    std::fs::rename(&aside, &file).expect("the folder is ours");
    until(&bot, 200).await;
}

#[tokio::test]
async fn a_check_really_writes_so_that_a_full_disk_is_found() {
    let home = Home::new();
    let bot = home.start(&[]);
    until(&bot, 200).await;
    let mut other = second_connection(&home).await;
    // Moves with every commit of another connection that changed something.
    let mut version = async || -> i64 {
        sqlx::query_scalar("pragma data_version").fetch_one(&mut other).await.expect("it reads")
    };
    let before = version().await;
    let begun = Instant::now();
    while version().await == before {
        assert!(begun.elapsed() < Duration::from_secs(30), "no look has written anything");
        ask(&bot, "/readyz").await;
    }
}

/// Counts how often it was looked at.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::UNIX_EPOCH
    }
}

#[tokio::test]
async fn a_storm_of_calls_costs_the_database_one_look() {
    let store = store::in_memory().await.expect("SQLite in memory");
    let clock = Arc::new(Counting::default());
    let health = Health::new(store, Arc::clone(&clock) as _, Vec::new());
    let looks = futures::future::join_all((0..500).map(|_| health.look())).await;
    assert!(looks.iter().all(|look| look.troubles().is_empty() && look.backlogs.is_some()));
    assert_eq!(clock.0.load(Ordering::Relaxed), 1);
}
