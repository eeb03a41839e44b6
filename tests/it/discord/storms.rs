//! Discord on a bad day, one storm a test: Vigie goes on, says so, and catches up.

use std::time::Instant;

use serde_json::json;
use sqlx::Connection;

use super::{LOST_PARCEL, Scene, brand, config, home_at, registered, server};
use crate::support::discord::{Discord, Failure, World};

/// Somebody asks, and exactly one card comes of it.
async fn one_card(discord: &Discord, member: &str) {
    let before = discord.posts("desk-service").len();
    discord.post(member, "support", LOST_PARCEL);
    discord.next_post_in("desk-service").await;
    assert_eq!(discord.posts("desk-service").len(), before + 1);
}

#[tokio::test]
async fn a_discord_that_is_down_at_the_start_is_waited_for() {
    for failure in [Failure::Status(502), Failure::Status(503), Failure::Cut] {
        let discord = brand().await;
        let home = home_at(&discord);
        home.apply(&config(&discord)).await;
        discord.fail_next("GET /users/@me", failure, 2);
        let bot = home.start(&[]);
        discord.identified().await;
        one_card(&discord, "ana").await;
        assert!(bot.stop().await.success(), "{failure:?}");
        discord.assert_clean();
    }
}

/// The brand's server, with heartbeats so frequent that a dead line is noticed soon.
async fn lively() -> Discord {
    server(Discord::builder().at("2026-03-02T09:00:00Z").heartbeat_every(300)).start().await
}

#[tokio::test]
async fn every_close_after_which_discord_lets_a_bot_come_back_is_come_back_from() {
    let scene = Scene::at(lively().await).await;
    // Those after which Discord's documentation says to reconnect, and those of any server that restarts.
    for code in [4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 1000, 1001, 1012] {
        println!("closed with {code}");
        scene.discord.kick(code);
        scene.discord.identified().await;
    }
    scene.discord.cut_gateway();
    scene.discord.identified().await;
    one_card(&scene.discord, "ana").await;
    scene.end().await;
}

#[tokio::test]
async fn a_close_for_good_ends_the_program_with_the_reason() {
    for (code, status, reason) in [
        (4004, 2, "DISCORD_TOKEN"),
        (4010, 1, "check VIGIE_SHARDS"),
        (4011, 1, "more shards"),
        (4012, 1, "a newer one"),
        (4013, 1, "4013"),
        (4014, 1, "MESSAGE CONTENT INTENT"),
    ] {
        let discord = brand().await;
        let home = home_at(&discord);
        let closed = async {
            discord.identified().await;
            registered(&discord).await;
            discord.kick(code);
        };
        let (output, ()) = tokio::join!(home.call(&[]), closed);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.lines().last().is_some_and(|line| line.contains(reason)), "{code}: {said}");
    }
}

#[tokio::test]
async fn heartbeats_that_nobody_acknowledges_end_the_connection_and_a_new_one_is_made() {
    let scene = Scene::at(lively().await).await;
    one_card(&scene.discord, "ana").await;
    scene.discord.set_acknowledges(false);
    let lines = |world: &World| world.sessions.iter().filter(|session| session.line.is_some()).count();
    scene.discord.wait_for(|world| (lines(world) == 0).then_some(())).await;
    scene.discord.post("tom", "support", LOST_PARCEL);
    scene.discord.set_acknowledges(true);
    scene.discord.next_post_in("desk-service").await;
    assert_eq!(scene.discord.posts("desk-service").len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn a_database_that_is_locked_is_waited_for_and_said_to_be_gone() {
    let scene = Scene::open().await;
    let ready = async |status: u16| {
        while reqwest::get(scene.bot.url("/readyz")).await.expect("the web side answers").status() != status {
            tokio::task::yield_now().await;
        }
    };
    let file = format!("sqlite://{}", scene.home.path("vigie.db").display());
    let mut other = sqlx::SqliteConnection::connect(&file).await.expect("the file is there");
    sqlx::query("begin immediate").execute(&mut other).await.expect("it is free");
    scene.discord.post("ana", "support", LOST_PARCEL);
    ready(503).await;
    assert_eq!(scene.discord.posts("desk-service").len(), 0);
    sqlx::query("rollback").execute(&mut other).await.expect("it was begun");
    ready(200).await;
    scene.discord.next_post_in("desk-service").await;
    assert_eq!(scene.discord.posts("desk-service").len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_session_that_was_forgotten_is_begun_anew_and_its_gap_made_good() {
    let scene = Scene::open().await;
    one_card(&scene.discord, "ana").await;
    scene.discord.set_gateway_up(false);
    scene.discord.kick(4000);
    scene.discord.post("tom", "support", LOST_PARCEL);
    scene.discord.forget_sessions();
    scene.discord.set_gateway_up(true);
    scene.discord.next_post_in("desk-service").await;
    assert_eq!(scene.discord.posts("desk-service").len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn a_hung_call_holds_up_nobody_else() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    discord.fail_next("POST /channels/#desk-service/messages", Failure::Hang, 1);
    discord.post("ana", "support", LOST_PARCEL);
    discord
        .wait_for(|world| {
            let desk = format!("/channels/{}/messages", world.channel("desk-service").id);
            world.requests.iter().any(|r| r.method == "POST" && r.path == desk && r.status == 0).then_some(())
        })
        .await;
    let asked = Instant::now();
    discord.post("tom", "support", "Hello, journalist of the Gazette here, who can I talk to?");
    discord.next_post_in("desk-pr").await;
    let text = discord.run_command("karim", "queue", json!({}), "desk-service").await.text();
    assert!(text.contains('2'), "{text}");
    // The hung call is given up after ten seconds; the others did not wait for that.
    assert!(asked.elapsed().as_secs() < 8, "{:?}", asked.elapsed());
    // Either the nonce or a look at the channel keeps it from being there twice.
    discord
        .wait_for(|world| {
            let desk = world.channel("desk-service").id;
            (world.shown_in(desk, 0..u64::MAX).count() == 1).then_some(())
        })
        .await;
    scene.end().await;
}

#[tokio::test]
async fn refusals_for_too_many_calls_are_waited_out() {
    let scene = Scene::open().await;
    scene.discord.fail_next("POST /channels/*/messages", Failure::RateLimited(1), 3);
    one_card(&scene.discord, "ana").await;
    let refused = scene.discord.look(|world| world.requests.iter().filter(|r| r.status == 429).count());
    assert_eq!(refused, 3, "each refusal was waited out");
    scene.end().await;
}
