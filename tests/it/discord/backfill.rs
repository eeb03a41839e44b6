//! Times in which nobody listened: nothing is lost, nothing is heard twice, nobody is called for nothing, and what a
//! limit left unread is said aloud.

use vigie::clock::{Clock as _, SystemClock};

use super::*;

const CHARGED_TWICE: &str = "I was charged twice this month, please check my account";

/// The settings with more in `[community]`.
fn config_with(discord: &Discord, more: &str) -> String {
    config(discord).replacen("name = \"Air Azur\"", &format!("name = \"Air Azur\"\n{more}"), 1)
}

/// The calls since, that read messages of this channel or of a thread in it.
fn pages_read(discord: &Discord, since: usize, channel: &str) -> usize {
    let path = format!("/channels/{}/messages", discord.channel_id(channel));
    discord.look(|world| {
        let calls = world.requests.iter().skip(since);
        calls.filter(|call| call.method == "GET" && call.path == path).count()
    })
}

fn calls_so_far(discord: &Discord) -> usize {
    discord.look(|world| world.requests.len())
}

#[tokio::test]
async fn edits_deletions_and_threads_that_fell_asleep_are_made_good() {
    let mut scene = Scene::open().await;
    let (question, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    let discord = &scene.discord;
    let remark = discord.post("tom", "support", "good morning everybody");
    let post = discord.forum_post("tom", "questions", "Order lost", LOST_PARCEL);
    let in_forum = discord.next_post_in("desk-service").await;
    discord.wait_for_reaction(&question, "🛎️").await;

    scene.bot.kill().await;
    let discord = &scene.discord;
    discord.advance(SignedDuration::from_mins(5));
    discord.delete(&question);
    discord.advance(SignedDuration::from_mins(1));
    discord.edit(&remark, CHARGED_TWICE);
    let asleep = discord.look(|world| world.channels[&post.channel].name.clone());
    discord.advance(SignedDuration::from_mins(1));
    discord.post("karim", &asleep, "We have found it, it comes tomorrow.");
    discord.archive(&asleep);
    let second = discord.forum_post("ana", "questions", "And mine", CHARGED_TWICE);
    let second_name = discord.look(|world| world.channels[&second.channel].name.clone());
    discord.archive(&second_name);
    discord.advance(SignedDuration::from_mins(5));

    scene.come_back().await;
    let discord = &scene.discord;
    discord.wait_until_reads(&card, "· Dismissed").await;
    assert!(
        !discord.transcript("desk-service").contains(LOST_PARCEL) || discord.again(&in_forum).id != card.id
    );
    discord.wait_until_reads(&in_forum, "· Answered").await;
    let (one, other) =
        (discord.next_post_in("desk-service").await, discord.next_post_in("desk-service").await);
    for card in [&one, &other] {
        assert_eq!(discord.pinged_by(card), ["@advisers"]);
    }
    assert_eq!(discord.posts("desk-service").len(), 4);
    scene.end().await;
}

#[tokio::test]
async fn what_was_asked_and_answered_meanwhile_gets_its_card_and_calls_nobody() {
    let mut scene = Scene::open().await;
    scene.asked(LOST_PARCEL, "desk-service").await;
    scene.bot.kill().await;
    scene.discord.advance(SignedDuration::from_mins(5));
    let asked = scene.discord.post("tom", "support", CHARGED_TWICE);
    scene.discord.advance(SignedDuration::from_mins(4));
    scene.discord.reply("karim", &asked, "Refunded, sorry!");
    scene.discord.advance(SignedDuration::from_mins(4));
    scene.come_back().await;
    let card = scene.discord.next_post_in("desk-service").await;
    scene.discord.wait_until_reads(&card, "· Answered").await;
    assert_eq!(scene.discord.pinged_by(&card), Vec::<String>::new());
    let seen = scene.discord.run_command("karim", "stats", json!({ "period": "all" }), "desk-service").await;
    assert!(seen.text().contains("4 min"), "{}", seen.text());
    scene.end().await;
}

#[tokio::test]
async fn what_a_limit_left_unread_is_said_once_and_shown() {
    let discord = brand().await;
    let config = config_with(&discord, "backfill_messages = 100");
    let mut scene = Scene::with(discord, &config).await;
    scene.asked(LOST_PARCEL, "desk-service").await;
    scene.bot.kill().await;
    scene.discord.advance(SignedDuration::from_mins(5));
    for _ in 0..150 {
        scene.discord.post("tom", "support", "good morning everybody");
        scene.discord.advance(SignedDuration::from_secs(1));
    }
    scene.discord.post("tom", "support", CHARGED_TWICE);
    scene.come_back().await;
    let (discord, mut said) = (&scene.discord, Vec::new());
    for _ in 0..2 {
        said.push(discord.next_post_in("desk-service").await);
    }
    let note = said.iter().find(|post| post.content.contains("may have missed")).expect("it is said");
    assert_eq!(discord.pinged_by(note), Vec::<String>::new());
    let read = discord.look(|world| world.read_aloud(note));
    assert!(read.contains("#support: from 2026-03-02 10:00 to 2026-03-02 10:05"), "{read}");
    let doctor = scene.home.call(&["doctor"]).await;
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(found.contains("may have been missed"), "{found}");
    let seen = discord.run_command("boss", "setup", json!({}), "chat").await;
    seen.until_says("than it reads back").await;

    scene.restart().await;
    let (_, card) = scene.asked("Where is my refund? I need an answer please", "desk-service").await;
    assert!(!card.content.contains("may have missed"), "{}", card.content);
    let notes = |post: &&Post| post.content.contains("may have missed");
    assert_eq!(scene.discord.posts("desk-service").iter().filter(notes).count(), 1);
    scene.end().await;
}

/// Also where nothing was ever heard there: before the first start, and after a command.
#[tokio::test]
async fn a_channel_is_heard_from_when_it_was_set_to_be_watched() {
    let discord = server(Discord::builder().clock(|| SystemClock.now())).member("zoe", &[]).start().await;
    let home = home_at(&discord);
    discord.post("ana", "support", LOST_PARCEL);
    discord.post("ana", "chat", LOST_PARCEL);
    home.apply(&config(&discord)).await;
    discord.post("tom", "support", CHARGED_TWICE);
    let bot = home.start(&[]);
    discord.identified().await;
    registered(&discord).await;
    let mut scene = Scene { discord, home, bot };
    let card = scene.discord.next_post_in("desk-service").await;
    assert!(scene.discord.look(|world| world.read_aloud(&card)).contains(CHARGED_TWICE));

    let watched = json!({ "channel": "chat" });
    scene.discord.run_command("boss", "watch add", watched, "chat").await.until_says("Watching").await;
    scene.bot.kill().await;
    scene.discord.post("zoe", "chat", CHARGED_TWICE);
    scene.come_back().await;
    scene.discord.next_post_in("desk-service").await;
    scene.asked("Where is my refund? I need an answer please", "desk-service").await;
    assert_eq!(scene.discord.posts("desk-service").len(), 3, "what was written before is nobody's business");
    scene.end().await;
}

#[tokio::test]
async fn limits_are_set_by_a_command() {
    let scene = Scene::open().await;
    let limits = json!({ "age": "7d", "messages": 5000 });
    let seen = scene.discord.run_command("boss", "watch limits", limits, "chat").await;
    let said = seen.until_says("5000").await;
    assert!(said.contains("7 d"), "{said}");
    let exported = scene.home.call(&["config", "export", &scene.discord.guild_id()]).await;
    let text = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert!(text.contains("backfill_age = \"7d\"") && text.contains("backfill_messages = 5000"), "{text}");
    let wrong = json!({ "age": "90d" });
    let seen = scene.discord.run_command("boss", "watch limits", wrong, "chat").await;
    seen.until_says("from 1m to 30d").await;
    scene.end().await;
}

/// Discord's history does not answer: what is said now is heard, and what was missed as soon as it answers again,
/// even by another process.
#[tokio::test]
async fn while_the_history_does_not_answer_the_gap_stays_open() {
    for crashes in [false, true] {
        let mut scene = Scene::open().await;
        scene.asked(LOST_PARCEL, "desk-service").await;
        scene.bot.kill().await;
        scene.discord.advance(SignedDuration::from_mins(5));
        scene.discord.post("tom", "support", CHARGED_TWICE);
        scene.discord.advance(SignedDuration::from_mins(5));
        let history = "GET /channels/#support/messages";
        scene.discord.fail_next(history, Failure::Status(503), usize::MAX);
        scene.come_back().await;
        scene.asked("Hello, journalist of the Gazette here, who can I talk to?", "desk-pr").await;
        assert_eq!(scene.discord.posts("desk-service").len(), 1, "what was missed is still missing");
        if crashes {
            scene.bot.kill().await;
            scene.discord.heal();
            scene.come_back().await;
        } else {
            scene.discord.heal();
        }
        let missed = scene.discord.next_post_in("desk-service").await;
        assert_eq!(scene.discord.pinged_by(&missed), ["@advisers"]);
        assert_eq!(scene.discord.posts("desk-pr").len(), 1);
        scene.end().await;
    }
}

#[tokio::test]
async fn a_channel_that_cannot_be_read_proves_nothing_and_stays_owed() {
    let mut scene = Scene::open().await;
    let (_, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    scene.bot.kill().await;
    scene.discord.post("tom", "support", CHARGED_TWICE);
    scene.discord.forbid("support", Permission::ReadMessageHistory);
    let before = calls_so_far(&scene.discord);
    scene.come_back().await;
    // The forum comes after the channel, which is therefore known to be unread by then.
    let forum = format!("/channels/{}/threads/archived/public", scene.discord.channel_id("questions"));
    scene
        .discord
        .wait_for(|world| world.requests.iter().skip(before).any(|call| call.path == forum).then_some(()))
        .await;
    let seen = scene.discord.run_command("boss", "setup", json!({}), "chat").await;
    let said = seen.until_says("not read yet").await;
    assert!(said.contains("Read Message History"), "{said}");
    scene.discord.allow("support", Permission::ReadMessageHistory);
    let missed = scene.discord.next_post_in("desk-service").await;
    assert_eq!(scene.discord.pinged_by(&missed), ["@advisers"]);
    scene.discord.wait_until_reads(&card, "· Open").await;
    scene.end().await;
}

#[tokio::test]
async fn a_session_that_cannot_be_resumed_is_a_gap_like_any_other() {
    let scene = Scene::open().await;
    let (question, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    let discord = &scene.discord;
    discord.set_gateway_up(false);
    discord.cut_gateway();
    discord.advance(SignedDuration::from_mins(2));
    discord.post("tom", "support", CHARGED_TWICE);
    discord.delete(&question);
    discord.forget_sessions();
    discord.set_gateway_up(true);
    let missed = discord.next_post_in("desk-service").await;
    assert_eq!(discord.pinged_by(&missed), ["@advisers"]);
    discord.wait_until_reads(&card, "· Dismissed").await;
    assert_eq!(discord.posts("desk-service").len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn many_waiting_requests_cost_pages_and_not_calls_each() {
    const WAITING: usize = 12;
    let discord = server(Discord::builder().at("2026-03-02T09:00:00Z").unlimited());
    let discord = (0..WAITING).fold(discord, |d, n| d.member(&format!("member{n:02}"), &[])).start().await;
    let mut scene = Scene::at(discord).await;
    for n in 0..WAITING {
        scene.discord.post(&format!("member{n:02}"), "support", LOST_PARCEL);
        scene.discord.next_post_in("desk-service").await;
    }
    scene.bot.kill().await;
    scene.discord.advance(SignedDuration::from_mins(5));
    scene.discord.post("tom", "support", CHARGED_TWICE);
    let before = calls_so_far(&scene.discord);
    scene.come_back().await;
    scene.discord.next_post_in("desk-service").await;
    assert_eq!(pages_read(&scene.discord, before, "support"), 1, "all of them stand on one page");
    scene.end().await;
}
