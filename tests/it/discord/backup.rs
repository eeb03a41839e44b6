//! A copy of the database of a running Vigie, made and put back as docs/operating.md says: what was in it goes on, and
//! what was written since is read again.

use std::path::Path;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use super::{LOST_PARCEL, brand, config, home_at, registered};
use crate::support::bot::{Home, path_text};
use crate::support::discord::{Discord, World};

const CHARGED_TWICE: &str = "I was charged twice this month, please check my account";

/// The page that says how it is done says it in these words.
fn assert_documented(command: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = std::fs::read_to_string(page).expect("readable");
    assert!(page.contains(command), "{command} is not in docs/operating.md");
}

/// Calls a program that has to succeed.
fn call(program: &str, arguments: &[&str]) {
    let output = std::process::Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is not here: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Every request with its log and its texts.
async fn exported(discord: &Discord, home: &Home) -> Vec<Value> {
    let output = home.call(&["export", &discord.guild_id(), "--format", "jsonl", "--texts"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("text");
    lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

/// Backs up a Vigie at work, lets it go on, and puts the copy back.
async fn survives(
    discord: Discord,
    home: Home,
    back_up: impl AsyncFnOnce(&Home),
    put_back: impl AsyncFnOnce(&Home),
) {
    home.apply(&config(&discord)).await;
    let bot = home.start(&[]);
    discord.identified().await;
    registered(&discord).await;
    let question = discord.post("ana", "support", LOST_PARCEL);
    let card = discord.next_post_in("desk-service").await;
    discord.press("karim", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    let kept = exported(&discord, &home).await;
    assert_eq!((kept.len(), &kept[0]["state"]), (1, &json!("claimed")));
    back_up(&home).await;

    discord.reply("karim", &question, "It is on its way!");
    discord.wait_until_reads(&card, "· Answered").await;
    discord.post("tom", "support", CHARGED_TWICE);
    discord.next_post_in("desk-service").await;
    assert!(bot.stop().await.success());
    put_back(&home).await;
    assert_eq!(exported(&discord, &home).await, kept, "it is what it was when it was copied");

    let started = |world: &World| world.requests.iter().filter(|r| r.path.ends_with("/gateway")).count();
    let before = discord.look(started);
    let bot = home.start(&[]);
    discord.wait_for(|world| (started(world) > before).then_some(())).await;
    discord.next_post_in("desk-service").await;
    discord.wait_until_reads(&card, "· Answered").await;
    discord.press("karim", &card, "vigie:resolve").await;
    discord.wait_until_reads(&card, "· Resolved").await;
    let texts: Vec<_> = exported(&discord, &home).await.iter().map(|line| line["text"].clone()).collect();
    assert_eq!(texts, [LOST_PARCEL, CHARGED_TWICE]);
    assert!(bot.stop().await.success());
    discord.assert_clean();
}

/// Nothing stays of the file but the copy, which is put in its place.
async fn put_file_back(home: &Home) {
    for lost in ["vigie.db", "vigie.db-wal", "vigie.db-shm"] {
        let gone = std::fs::remove_file(home.path(lost));
        assert!(gone.is_ok() || lost != "vigie.db", "{gone:?}");
    }
    std::fs::rename(home.path("vigie-backup.db"), home.path("vigie.db")).expect("the copy is there");
}

#[tokio::test]
async fn a_backup_of_a_running_vigie_is_put_back_and_goes_on() {
    const COMMAND: &str = "VACUUM INTO 'vigie-backup.db'";
    assert_documented(COMMAND);
    let discord = brand().await;
    let home = home_at(&discord);
    let back_up = async |home: &Home| {
        let mut database = SqliteConnection::connect(home.database()).await.expect("the file is there");
        let copy = home.path("vigie-backup.db");
        let command = COMMAND.replace("vigie-backup.db", path_text(&copy));
        sqlx::query(AssertSqlSafe(command)).execute(&mut database).await.expect("copied");
    };
    survives(discord, home, back_up, put_file_back).await;
}

#[tokio::test]
#[ignore = "needs the sqlite3 program"]
async fn a_backup_made_by_the_sqlite3_program_is_put_back_and_goes_on() {
    const COMMAND: &str = ".backup 'vigie-backup.db'";
    assert_documented(COMMAND);
    let discord = brand().await;
    let home = home_at(&discord);
    let back_up = async |home: &Home| {
        let copy = home.path("vigie-backup.db");
        let command = COMMAND.replace("vigie-backup.db", path_text(&copy));
        call("sqlite3", &[path_text(&home.path("vigie.db")), &command]);
    };
    survives(discord, home, back_up, put_file_back).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server and its programs: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_postgres_server_a_dump_of_a_running_vigie_is_put_back_and_goes_on() {
    for command in ["pg_dump --format=custom", "dropdb vigie", "pg_restore --no-owner --exit-on-error"] {
        assert_documented(command);
    }
    let address = crate::support::postgres::database().await;
    let discord = brand().await;
    let home = home_at(&discord).on(address.clone());
    let back_up = async |home: &Home| {
        let file = format!("--file={}", home.path("vigie.dump").display());
        call("pg_dump", &["--format=custom", &file, &address]);
    };
    let put_back = async |home: &Home| {
        crate::support::postgres::made_anew(&address).await;
        let target = format!("--dbname={address}");
        call("pg_restore", &["--no-owner", "--exit-on-error", &target, path_text(&home.path("vigie.dump"))]);
    };
    survives(discord, home, back_up, put_back).await;
}
