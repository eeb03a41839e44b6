//! What is seen from outside while the real program works on the stand-in: figures, logs, readiness.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{LOST_PARCEL, Scene, config, home_at, registered, server};
use crate::support::bot::Bot;
use crate::support::discord::{Discord, Failure, World};
use crate::support::exposition::Exposition;

/// A member whose name stands in no other word.
const AUTHOR: &str = "Wilhelmina-Quux";
/// What is in a hostile member's message: labels, lines and series of the exposition, a forged line of the log.
const HOSTILE: &str =
    "zorbel\"} 1\nvigie_store_up 7\n# HELP zorbel x\n{\"level\":\"ERROR\",\"message\":\"zorbel\"} \\";

pub async fn exposed(bot: &Bot) -> (String, Exposition) {
    let answer = reqwest::get(bot.url("/metrics")).await.expect("the web side answers");
    let kind = answer.headers()["content-type"].to_str().expect("ASCII").to_owned();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.expect("text");
    let read = Exposition::read(&text);
    (text, read)
}

/// Asks for the figures until they satisfy the test.
async fn until(bot: &Bot, what: &str, is_it: impl Fn(&Exposition) -> bool) -> Exposition {
    let begun = Instant::now();
    loop {
        let (text, read) = exposed(bot).await;
        if is_it(&read) {
            return read;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} never came; at last:\n{text}");
        tokio::task::yield_now().await;
    }
}

/// How many calls the stand-in has answered with such a status; a call that hung has none.
fn answered(world: &World, class: &str) -> usize {
    let is_it = |status: u16| match class {
        "429" => status == 429,
        "none" => status == 0,
        "4xx" => status != 429 && status / 100 == 4,
        class => class.starts_with(char::from_digit(u32::from(status / 100), 10).unwrap_or('?')),
    };
    // Serenity's own call is none of ours.
    let ours = world.requests.iter().filter(|request| request.path != "/gateway");
    ours.filter(|request| is_it(request.status)).count()
}

#[tokio::test]
async fn the_figures_are_those_that_discord_saw() {
    let scene = Scene::open().await;
    let (discord, bot) = (&scene.discord, &scene.bot);
    discord.fail_next("POST /channels/#desk-service/messages", Failure::Status(500), 1);
    let (question, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    discord.wait_for_reaction(&question, "🛎️").await;
    discord.fail_next("PATCH /channels/#desk-service/messages/*", Failure::RateLimited(1), 1);
    discord.press("karim", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    discord.post("tom", "support", "haha nice");
    discord.edit(&question, &format!("{LOST_PARCEL} It is for Quimper."));
    discord.wait_until_reads(&card, "Quimper").await;

    let read = until(bot, "the last edit", |read| {
        read.count("vigie_messages_heard_total", &[("what", "edited")]) == 1
            && read.count("vigie_messages_judged_total", &[("zone", "quiet")]) == 1
            && read.count("vigie_notices_total", &[("notice", "edit_card"), ("outcome", "sent")]) == 2
            && read.sum("vigie_queue_length", &[("queue", "outbox_due")]) == 0.0
    });
    let read = read.await;
    assert_eq!(read.count("vigie_messages_heard_total", &[("what", "posted")]), 2);
    let judged = [("zone", "ping"), ("label", "customer_service"), ("stage", "model")];
    assert_eq!(read.count("vigie_messages_judged_total", &judged), 1);
    let sent =
        |notice, outcome| read.count("vigie_notices_total", &[("notice", notice), ("outcome", outcome)]);
    let posts = discord.posts("desk-service").len();
    assert_eq!((sent("post_card", "sent"), sent("post_card", "retried")), (posts, 1));
    assert_eq!((sent("edit_card", "retried"), sent("tag", "sent")), (1, 1));
    assert_eq!(read.count("vigie_message_to_card_seconds_count", &[]), posts);
    assert_eq!(read.count("vigie_heard_to_card_seconds_count", &[]), posts);
    assert_eq!(read.count("vigie_platform_invalid_calls_total", &[]), discord.calls_too_many());
    for class in ["2xx", "4xx", "429", "5xx", "none"] {
        let calls = read.count("vigie_platform_call_duration_seconds_count", &[("status", class)]);
        assert_eq!(calls, discord.look(|world| answered(world, class)), "{class}");
    }
    assert_eq!(read.count("vigie_store_up", &[]), 1);
    assert_eq!(read.count("vigie_platform_connected", &[("platform", "discord")]), 1);
    assert_eq!(read.count("vigie_gateway_shard_connected", &[("shard", "0")]), 1);
    assert_eq!(read.count("vigie_panics_total", &[]) + read.count("vigie_store_errors_total", &[]), 0);

    discord.cut_gateway();
    let resumed = [("how", "resumed")];
    until(bot, "the resumption", |read| read.count("vigie_gateway_sessions_total", &resumed) == 1).await;
    let told = |world: &World| world.sessions.iter().map(|session| session.told.len()).sum::<usize>();
    let events = discord.look(told);
    let all = |read: &Exposition| read.count("vigie_gateway_events_total", &[]) == events;
    let read = until(bot, "every event", all).await;
    assert_eq!(read.count("vigie_gateway_sessions_total", &[("how", "identified")]), 1);
    scene.end().await;
}

#[tokio::test]
async fn neither_figures_nor_logs_tell_what_was_said_by_whom_or_the_token() {
    let builder = server(Discord::builder().at("2026-03-02T09:00:00Z")).member(AUTHOR, &[]);
    let discord = builder.token("zorbel-token.of.the-bot").start().await;
    let home = home_at(&discord).set("VIGIE_LOG", "trace").set("VIGIE_LOG_FORMAT", "json");
    home.apply(&config(&discord)).await;
    let bot = home.start_logging(&[], "log");
    discord.identified().await;
    registered(&discord).await;

    discord.fail_next("POST /channels/#desk-service/messages", Failure::Status(500), 1);
    discord.fail_next("PUT /channels/#support/messages/*", Failure::Status(400), 1);
    let question = discord.post(AUTHOR, "support", &format!("{LOST_PARCEL} {HOSTILE}"));
    let card = discord.next_post_in("desk-service").await;
    discord.post(AUTHOR, "support", "zorbel, haha nice");
    discord.edit(&question, &format!("{LOST_PARCEL} {HOSTILE} zorbel again"));
    discord.wait_until_reads(&card, "zorbel again").await;
    discord.forge_press(AUTHOR, &card, "vigie:nonsense:1").await.until_says("does not know").await;
    discord.press("karim", &card, "vigie:claim").await;
    discord.reply("karim", &question, "zorbel found it");
    discord.wait_until_reads(&card, "· Answered").await;
    discord.delete(&question);
    discord.cut_gateway();
    until(&bot, "the deletion", |read| {
        read.count("vigie_messages_heard_total", &[("what", "deleted")]) == 1
            && read.count("vigie_gateway_sessions_total", &[("how", "resumed")]) == 1
    })
    .await;
    let (figures, _) = exposed(&bot).await;
    assert!(bot.stop().await.success(), "Vigie stops cleanly");
    let _ = discord.take_violations();

    let log = std::fs::read_to_string(home.path("log")).expect("it was written");
    let is_dotted = |message: &str| {
        let name = message.split([':', ' ']).next().unwrap_or_default();
        name.split('.').count() > 1 && name.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b))
    };
    let mut events = Vec::new();
    for line in log.lines() {
        let said: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let field =
            |name: &str| said[name].as_str().unwrap_or_else(|| panic!("no {name}: {line}")).to_owned();
        let (_, _, target) = (field("timestamp"), field("level"), field("target"));
        if target.starts_with("vigie") {
            assert!(is_dotted(&field("message")), "{line}");
            events.push(field("message"));
        }
    }
    for expected in ["vigie.started", "discord.ready", "outbox.later", "outbox.given_up", "vigie.stopping"] {
        assert!(events.iter().any(|event| event == expected), "{expected} is not in {events:?}");
    }
    for secret in ["zorbel", "parcel", "check my order", AUTHOR, "karim", "refund"] {
        for (place, text) in [("the figures", &figures), ("the log", &log)] {
            let found = text.lines().find(|line| line.contains(secret));
            assert_eq!(found, None, "{secret} stands in {place}");
        }
    }
    for id in [discord.user_id(AUTHOR), discord.guild_id(), discord.channel_id("support")] {
        assert!(!figures.contains(&id), "an id is a label: {figures}");
    }
}

#[tokio::test]
async fn a_gateway_that_is_half_open_is_told() {
    let discord = server(Discord::builder().at("2026-03-02T09:00:00Z").heartbeat_every(300)).start().await;
    let config = config(&discord);
    let scene = Scene::with(discord, &config).await;
    let connected = [("platform", "discord")];
    let is_connected = |read: &Exposition| read.count("vigie_platform_connected", &connected) == 1;
    until(&scene.bot, "the connection", is_connected).await;
    // The line stands and nobody answers on it any more.
    scene.discord.set_acknowledges(false);
    until(&scene.bot, "the trouble", |read| !is_connected(read)).await;
    scene.discord.set_acknowledges(true);
    until(&scene.bot, "the connection", is_connected).await;
    assert!(scene.bot.stop().await.success(), "Vigie stops cleanly");
    let _ = scene.discord.take_violations();
}
