//! The real program on a disk that takes no more, and on a database that another program holds: it goes on, says why it is
//! not ready, says so once in its log, and catches up when it can write again.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sqlx::Connection as _;

use super::*;
use crate::support::exposition::Exposition;

const LOG: &str = "vigie.log";
/// Members who ask while nothing can be written.
const ASKING: usize = 6;
/// How often something has to fail at once, or after five seconds of waiting, before the log is looked at: about twenty
/// seconds of trouble.
const AT_ONCE: f64 = 25.0;
const AFTER_WAITING: f64 = 4.0;
/// How long anything may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

fn asking(n: usize) -> String {
    format!("asking{n}")
}

/// A brand's server with everybody who will ask.
async fn crowded() -> Discord {
    let discord = server(Discord::builder().at("2026-03-02T09:00:00Z").running());
    (0..ASKING).fold(discord, |discord, n| discord.member(&asking(n), &[])).start().await
}

async fn ask(bot: &Bot, path: &str) -> (u16, String) {
    let answer = reqwest::get(bot.url(path)).await.expect("the web side answers");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

/// Waits until it is ready, or not; gives what it says.
async fn until_ready(bot: &Bot, is_ready: bool) -> String {
    let asking = async {
        loop {
            let (status, said) = ask(bot, "/readyz").await;
            if (status == 200) == is_ready {
                return said;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it comes to that")
}

async fn until_failed(bot: &Bot, times: f64) {
    let asking = async {
        loop {
            let metrics = Exposition::read(&ask(bot, "/metrics").await.1);
            if metrics.sum("vigie_store_errors_total", &[("kind", "unavailable")]) >= times {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it fails again and again");
}

/// The lines of the log that say this.
fn lines(home: &Home, word: &str) -> Vec<String> {
    let log = fs::read_to_string(home.path(LOG)).expect("the log is there");
    log.lines().filter(|line| line.contains(word)).map(str::to_owned).collect()
}

/// Nothing can be written between `close` and `open`, and members go on all the same.
async fn ridden_out(
    scene: Scene,
    why: &str,
    failures: f64,
    close: impl AsyncFnOnce(&Scene),
    open: impl AsyncFnOnce(&Scene),
) {
    let (question, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    scene.discord.wait_for_reaction(&question, "🛎️").await;
    close(&scene).await;
    let mut questions = Vec::new();
    for n in 0..ASKING {
        questions.push(scene.discord.post(
            &asking(n),
            "support",
            &format!("{LOST_PARCEL} It is number {n}."),
        ));
    }
    scene.discord.reply("karim", &question, "It is on its way.");
    let said = until_ready(&scene.bot, false).await;
    assert!(said.contains(&format!("store: {why}")), "{said}");
    until_failed(&scene.bot, failures).await;
    assert_eq!(lines(&scene.home, "").len(), 1, "{:#?}", lines(&scene.home, ""));
    assert_eq!(lines(&scene.home, "store.away").len(), 1);
    open(&scene).await;
    until_ready(&scene.bot, true).await;
    scene.discord.wait_until_reads(&card, "· Answered").await;
    for n in 0..ASKING {
        scene
            .discord
            .wait_for(|world| {
                let desk = world.channel("desk-service").id;
                let shown = world
                    .shown_in(desk, 0..u64::MAX)
                    .filter(|post| world.read_aloud(post).contains(&format!("number {n}")));
                (shown.count() == 1).then_some(())
            })
            .await;
    }
    let back = async {
        while lines(&scene.home, "store.back").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, back).await.expect("it is said that it is over");
    assert_eq!(lines(&scene.home, "store.").len(), 2, "{:#?}", lines(&scene.home, ""));
    assert_eq!(scene.discord.posts("desk-service").len(), 1 + ASKING, "none is lost and none is there twice");
    scene.end().await;
}

/// The program started by a script, on a database in which the brand is set up.
async fn started_by(script: &str, at_home: impl FnOnce(Home) -> Home) -> Scene {
    let discord = crowded().await;
    let home = home_at(&discord);
    home.apply(&config(&discord)).await;
    let home = at_home(home);
    let bot = home.start_by(script, LOG);
    discord.identified().await;
    registered(&discord).await;
    Scene { discord, home, bot }
}

/// From now on the program can write no further than so far into a file; "unlimited" for as far as it likes.
fn limit_files(scene: &Scene, bytes: &str) {
    let pid = scene.bot.id().to_string();
    let limited = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status();
    assert!(limited.expect("prlimit is part of util-linux").success());
}

#[tokio::test]
async fn where_no_file_may_grow_everything_waits_and_nothing_is_lost() {
    // What is refused ends a program that does not ask for the error instead.
    let scene = started_by("trap '' XFSZ; exec \"$0\"", |home| home).await;
    let close = async |scene: &Scene| limit_files(scene, "4096");
    let open = async |scene: &Scene| limit_files(scene, "unlimited");
    ridden_out(scene, "the database is not available", AT_ONCE, close, open).await;
}

#[tokio::test]
#[ignore = "needs root, to mount a small disk of its own: cargo nextest run --run-ignored only"]
async fn on_a_small_disk_that_is_full_everything_waits_and_nothing_is_lost() {
    let script = "exec unshare --mount sh -c 'mount -t tmpfs -o size=2m tmpfs \"$1/disk\" && \
                  cp \"$1\"/vigie.db* \"$1/disk\" && exec \"$0\"' \"$0\" \"$1\"";
    let scene = started_by(script, |home| {
        fs::create_dir(home.path("disk")).expect("the folder is ours");
        let file = home.path("disk").join("vigie.db");
        home.set("DATABASE_URL", format!("sqlite://{}", file.display()))
    })
    .await;
    // The disk is the program's alone; this is the way to it from outside.
    let filler = |scene: &Scene| {
        let disk = scene.home.path("disk");
        format!("/proc/{}/root{}/filler", scene.bot.id(), disk.display())
    };
    let close = async |scene: &Scene| {
        assert!(fs::write(filler(scene), vec![0; 4 << 20]).is_err(), "the disk is small");
    };
    let open = async |scene: &Scene| fs::remove_file(filler(scene)).expect("it is there");
    ridden_out(scene, "the database is not available", AT_ONCE, close, open).await;
}

/// Files that may not be changed, whoever asks, until this is dropped.
struct Immutable(Vec<PathBuf>);

impl Immutable {
    fn set(&self, sign: char) -> bool {
        let set = Command::new("chattr").arg(format!("{sign}i")).args(&self.0).status();
        set.expect("chattr is part of e2fsprogs").success()
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        self.set('-');
    }
}

#[tokio::test]
#[ignore = "needs root, and a disk whose files can be made immutable: cargo nextest run --run-ignored only"]
async fn while_its_files_are_immutable_everything_waits_and_nothing_is_lost() {
    let scene = started_by("exec \"$0\"", |home| home).await;
    let files = Immutable(["vigie.db", "vigie.db-wal"].map(|name| scene.home.path(name)).into());
    let close = async |_: &Scene| assert!(files.set('+'), "by root, on a disk that knows it");
    let open = async |_: &Scene| assert!(files.set('-'));
    ridden_out(scene, "the database is not available", AT_ONCE, close, open).await;
}

#[tokio::test]
async fn while_another_program_holds_the_database_everything_waits_and_nothing_is_lost() {
    let scene = started_by("exec \"$0\"", |home| home).await;
    let file = format!("sqlite://{}", scene.home.path("vigie.db").display());
    let other = sqlx::SqliteConnection::connect(&file).await.expect("the file is there");
    let other = tokio::sync::Mutex::new(other);
    let hold = async |_: &Scene| {
        sqlx::query("begin exclusive")
            .execute(&mut *other.lock().await)
            .await
            .expect("it is free now and then");
    };
    let let_go = async |_: &Scene| {
        sqlx::query("rollback").execute(&mut *other.lock().await).await.expect("it was begun");
    };
    ridden_out(scene, "no answer within", AFTER_WAITING, hold, let_go).await;
}

/// Each row that is written takes its time.
#[tokio::test]
async fn on_a_slow_file_nothing_is_lost_and_nothing_is_there_twice() {
    let scene = started_by("exec \"$0\"", |home| home).await;
    let file = format!("sqlite://{}", scene.home.path("vigie.db").display());
    let mut other = sqlx::SqliteConnection::connect(&file).await.expect("the file is there");
    let slowly = "create view slowly as with recursive counted (n) as \
                  (select 1 union all select n + 1 from counted where n < 500000) select sum(n) as n from counted; \
                  create trigger slowly_heard after insert on inbox begin select n from slowly; end; \
                  create trigger slowly_digested after update on inbox begin select n from slowly; end; \
                  create trigger slowly_opened after insert on requests begin select n from slowly; end; \
                  create trigger slowly_changed after update on requests begin select n from slowly; end; \
                  create trigger slowly_queued after insert on outbox begin select n from slowly; end; \
                  create trigger slowly_sent after update on outbox begin select n from slowly; end";
    sqlx::raw_sql(slowly).execute(&mut other).await.expect("done");
    waited_for(scene).await;
}

/// Members ask and an employee answers while writing takes long; all of it is there in the end, once.
async fn waited_for(scene: Scene) {
    let questions: Vec<Post> = (0..ASKING)
        .map(|n| {
            let text = format!("{LOST_PARCEL} It is number {n}.");
            scene.discord.post(&asking(n), "support", &text)
        })
        .collect();
    scene.discord.reply("karim", &questions[0], "It is on its way.");
    let desk = scene.discord.look(|world| world.channel("desk-service").id);
    let all_there = |world: &World| {
        let shown: Vec<String> =
            world.shown_in(desk, 0..u64::MAX).map(|post| world.read_aloud(post)).collect();
        let has_one = |n| shown.iter().filter(|card| card.contains(&format!("number {n}"))).count() == 1;
        ((0..ASKING).all(has_one) && shown.iter().any(|card| card.contains("· Answered"))).then_some(())
    };
    scene.discord.wait_for(all_there).await;
    assert_eq!(scene.discord.posts("desk-service").len(), ASKING, "none is there twice");
    scene.end().await;
}

/// The program on a PostgreSQL database of its own.
#[cfg(feature = "postgres")]
async fn on_a_server() -> (Scene, sqlx::PgConnection) {
    let database = crate::support::postgres::database().await;
    let discord = crowded().await;
    let home = home_at(&discord).on(database.clone());
    home.apply(&config(&discord)).await;
    let bot = home.start_by("exec \"$0\"", LOG);
    discord.identified().await;
    registered(&discord).await;
    let other = sqlx::PgConnection::connect(&database).await.expect("the server answers");
    (Scene { discord, home, bot }, other)
}

#[cfg(feature = "postgres")]
async fn runs(connection: &tokio::sync::Mutex<sqlx::PgConnection>, commands: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(commands)).execute(&mut *connection.lock().await).await.expect("done");
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_postgres_server_that_is_read_only_for_a_while_everything_waits_and_nothing_is_lost() {
    let (scene, other) = on_a_server().await;
    let other = tokio::sync::Mutex::new(other);
    // As after a failover: connections break off, and those made anew find a server that only answers.
    let set = |mode: &str| {
        format!(
            "do $$ begin execute format('alter database %I set default_transaction_read_only = {mode}', \
             current_database()); end $$"
        )
    };
    let close = async |_: &Scene| {
        runs(&other, &set("on")).await;
        let broken_off = "select pg_terminate_backend(pid) from pg_stat_activity \
                          where datname = current_database() and pid <> pg_backend_pid()";
        runs(&other, broken_off).await;
    };
    // Nobody tells the connections that were made meanwhile.
    let open = async |_: &Scene| {
        let anyway = format!("set default_transaction_read_only = off; {}", set("off"));
        runs(&other, &anyway).await;
    };
    ridden_out(scene, "the database is not available", AT_ONCE, close, open).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_postgres_server_whose_tables_are_locked_everything_waits_and_nothing_is_lost() {
    let (scene, other) = on_a_server().await;
    let other = tokio::sync::Mutex::new(other);
    let hold = async |_: &Scene| {
        runs(&other, "begin; lock table inbox, requests, outbox, pulse in access exclusive mode").await;
    };
    let let_go = async |_: &Scene| runs(&other, "rollback").await;
    ridden_out(scene, "no answer within", AFTER_WAITING, hold, let_go).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_slow_postgres_server_nothing_is_lost_and_nothing_is_there_twice() {
    let (scene, other) = on_a_server().await;
    let slowly = "create function slowly() returns trigger language plpgsql as \
                  $$ begin perform pg_sleep(0.4); return new; end $$; \
                  create trigger slowly before insert or update on inbox for each row execute function slowly(); \
                  create trigger slowly before insert or update on requests for each row execute function slowly(); \
                  create trigger slowly before insert or update on outbox for each row execute function slowly()";
    runs(&tokio::sync::Mutex::new(other), slowly).await;
    waited_for(scene).await;
}
