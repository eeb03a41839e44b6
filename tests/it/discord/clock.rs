//! The clock on Discord: reminders, one ping for many, the word to the member, urgency and handing over, through the
//! real client.

use serde_json::json;
use vigie::clock::{Clock, SystemClock};

use super::{LOST_PARCEL, Scene, config, server};
use crate::support::discord::Discord;

/// A brand on today's clock, whose settings differ from the others' by this.
async fn scene(change: impl Fn(&str) -> String) -> Scene {
    let builder = server(Discord::builder().at(&SystemClock.now().to_string()).running());
    let discord = (0..5).fold(builder, |builder, n| builder.member(&format!("member{n}"), &[]));
    let discord = discord.member("paul", &["press-office"]).start().await;
    let config = change(&config(&discord));
    Scene::with(discord, &config).await
}

#[tokio::test]
async fn a_request_that_nobody_claims_is_reminded_of_and_pings_its_desk_alone() {
    let timer = "first_response = \"30m\"\n        remind_after = \"1s\"";
    let scene = scene(|config| config.replace("first_response = \"30m\"", timer)).await;
    let discord = &scene.discord;
    let (_, card) = scene.asked(&format!("{LOST_PARCEL} @everyone"), "desk-service").await;
    let reminder = discord.next_post_in("desk-service").await;
    assert!(reminder.content.contains("Nobody is on this one"), "{}", reminder.content);
    assert_eq!(discord.pinged_by(&reminder), ["@advisers"]);
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    let told = discord.press("karim", &reminder, "What do these figures mean?").await;
    told.until_says("Still waiting").await;
    scene.end().await;
}

#[tokio::test]
async fn what_was_answered_while_vigie_was_away_is_not_reminded_of() {
    let mut scene = scene(str::to_owned).await;
    let (question, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    scene.bot.kill().await;
    scene.discord.reply("karim", &question, "It is on its way!");
    let timer = "first_response = \"30m\"\n        remind_after = \"1s\"";
    scene.home.apply(&config(&scene.discord).replace("first_response = \"30m\"", timer)).await;
    // The reminder is due when Vigie comes back, before it has read what it missed.
    let due = SystemClock.now().as_millisecond() + 1000;
    while SystemClock.now().as_millisecond() < due {
        tokio::task::yield_now().await;
    }
    scene.bot = scene.home.start(&[]);
    scene.discord.wait_until_reads(&card, "· Answered").await;
    let said: Vec<String> =
        scene.discord.posts("desk-service").into_iter().map(|post| post.content).collect();
    assert!(said.iter().all(|words| !words.contains("Nobody is on")), "{said:#?}");
    scene.end().await;
}

#[tokio::test]
async fn a_flood_pings_as_often_as_is_set_and_once_for_the_rest() {
    let budget = "first_response = \"30m\"\n        max_pings_per_hour = 2";
    let scene = scene(|config| config.replace("first_response = \"30m\"", budget)).await;
    let discord = &scene.discord;
    for n in 0..5 {
        discord.post(&format!("member{n}"), "support", LOST_PARCEL);
    }
    discord
        .wait_for(|world| {
            let cards = world.posts.values().filter(|post| !post.components.is_empty()).count();
            let is_told = world.posts.values().any(|post| post.content.contains("3 requests wait"));
            (cards == 5 && is_told).then_some(())
        })
        .await;
    let posts = discord.posts("desk-service");
    let pinging = posts.iter().filter(|post| !discord.pinged_by(*post).is_empty()).count();
    assert_eq!(
        (posts.len(), pinging),
        (6, 3),
        "five cards, two with a ping, and one post for the other three"
    );
    assert_eq!(discord.calls_too_many(), 0);
    scene.end().await;
}

#[tokio::test]
async fn the_member_is_told_once_when_to_expect_an_answer_and_is_not_pinged() {
    let told = |config: &str| config.replacen("[[watch]]", "[[watch]]\n        acknowledge = \"always\"", 1);
    let scene = scene(told).await;
    let discord = &scene.discord;
    let (question, _card) = scene.asked(LOST_PARCEL, "desk-service").await;
    let word = discord.next_post_in("support").await;
    assert!(word.content.contains("passed on to the team"), "{}", word.content);
    assert_eq!(word.reply_to, Some(question.id));
    assert!(discord.pinged_by(&word).is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_member_who_is_told_the_usual_time_can_ask_what_that_means() {
    let told = |config: &str| config.replacen("[[watch]]", "[[watch]]\n        acknowledge = \"always\"", 1);
    let mut scene = scene(told).await;
    for n in 0..5 {
        let question = scene.discord.post(&format!("member{n}"), "support", LOST_PARCEL);
        let card = scene.discord.next_post_in("desk-service").await;
        scene.discord.reply("karim", &question, "It is on its way!");
        scene.discord.wait_until_reads(&card, "· Answered").await;
    }
    // What is usual is worked out anew after a while, and after a restart.
    scene.bot.kill().await;
    scene.bot = scene.home.start(&[]);
    scene.asked(LOST_PARCEL, "desk-service").await;
    let discord = &scene.discord;
    let usual = |content: &str| content.contains("Usually answered within 1 min");
    let word =
        discord.wait_for(|world| world.posts.values().find(|post| usual(&post.content)).cloned()).await;
    let meaning = discord.press("ana", &word, "What does “usually” mean?").await;
    let text = meaning.until_says("It is no promise").await;
    assert!(meaning.is_ephemeral() && text.contains("last 30 days"), "{text}");
    scene.end().await;
}

#[tokio::test]
async fn only_the_press_office_marks_a_request_urgent() {
    let scene = scene(str::to_owned).await;
    let (discord, (_, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    let refused = discord.select("karim", &card, "vigie:more", &["urgent"]).await;
    refused.until_says("Only the press office").await;
    discord.select("paul", &card, "vigie:more", &["urgent"]).await;
    let note = discord.next_post_in("desk-service").await;
    assert!(note.content.contains("Urgent, says"), "{}", note.content);
    assert_eq!(discord.pinged_by(&note), ["@advisers"]);
    scene.end().await;
}

#[tokio::test]
async fn an_answer_that_was_none_is_taken_back() {
    let scene = scene(str::to_owned).await;
    let (discord, (question, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.reply("karim", &question, "hello everybody");
    discord.wait_until_reads(&card, "· Answered").await;
    discord.select("karim", &card, "vigie:more", &["not_answered"]).await;
    discord.wait_until_reads(&card, "· Open").await;
    scene.end().await;
}

#[tokio::test]
async fn a_card_says_what_its_times_mean_and_stays_as_it_is() {
    let scene = scene(str::to_owned).await;
    let (discord, (question, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.reply("karim", &question, "it arrives tomorrow");
    discord.wait_until_reads(&card, "· Answered").await;
    let told = discord.press("karim", &card, "Figures?").await;
    let text = told.until_says("What do these figures mean?").await;
    assert!(text.contains("never a bot, a reaction or a claim"), "{text}");
    assert!(told.post().ephemeral_for.is_some());
    discord.wait_until_reads(&card, "· Answered").await;
    scene.end().await;
}

#[tokio::test]
async fn claims_go_to_the_colleague_who_accepts() {
    let scene = scene(str::to_owned).await;
    let (discord, (_, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.press("karim", &card, "Claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    let offer = discord.run_command("karim", "handover", json!({ "to": "solene" }), "desk-service").await;
    let text = offer.until_says("1 claim to hand over").await;
    let [answer, posted] = &offer.posts()[..] else { panic!("an answer and an offer: {text}") };
    assert!(answer.ephemeral_for.is_some() && discord.pinged_by(answer).is_empty(), "{text}");
    assert!(posted.ephemeral_for.is_none() && text.contains("due") && !text.contains("parcel"), "{text}");
    let shown = discord.press("paul", &offer.post(), "Last messages").await;
    shown.until_says("My parcel never arrived").await;
    assert!(shown.is_ephemeral());
    let forged = format!("vigie:claims:{}", discord.user_id("karim"));
    let refused = discord.forge_press("tom", &offer.post(), &forged).await;
    let text = refused.until_says("Only employees").await;
    assert!(refused.is_ephemeral() && !text.contains("parcel"), "{text}");
    assert_eq!(discord.pinged_by(posted), ["@solene"]);
    let refused = discord.press("paul", &offer.post(), "Accept").await;
    refused.until_says("offered to somebody else").await;
    discord.press("solene", &offer.post(), "Accept").await;
    discord.wait_until_reads(&offer.post(), "1 claim handed over").await;
    let queue = discord.run_command("solene", "queue", json!({}), "desk-service").await;
    queue.until_says("claimed by @solene").await;
    scene.end().await;
}

#[tokio::test]
async fn claims_are_shown_to_nobody_where_members_read() {
    let scene = scene(str::to_owned).await;
    let (discord, (_, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.press("karim", &card, "Claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    let refused = discord.run_command("karim", "handover", json!({ "to": "solene" }), "support").await;
    let text = refused.until_says("Others would read along").await;
    assert!(refused.is_ephemeral() && !text.contains("parcel"), "{text}");
    assert_eq!(discord.posts("support").len(), 1, "the question alone");
    scene.end().await;
}

#[tokio::test]
async fn figures_come_with_their_picture_and_say_what_they_mean() {
    let scene = scene(str::to_owned).await;
    let (discord, (question, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.reply("karim", &question, "It is on its way.");
    discord.wait_until_reads(&card, "· Answered").await;
    let stats = discord.run_command("karim", "stats", json!({ "period": "today" }), "desk-service").await;
    let text = stats.until_says("1 request").await;
    assert!(text.contains("Answered by") && text.contains("in target"), "{text}");
    let files = stats.files();
    assert!(files.len() == 1 && files[0].png_size().is_some(), "the picture goes with it");
    let meaning = discord.press("karim", &stats.post(), "What do these figures mean?").await;
    let text = meaning.until_says("Next responses").await;
    assert!(meaning.is_ephemeral() && text.contains("nearest rank"), "{text}");
    let shared = json!({ "period": "today", "share": true });
    let shared = discord.run_command("karim", "stats", shared, "support").await;
    shared.until_says("1 request").await;
    // Whoever sees a figure may know what it means.
    let meaning = discord.press("ana", &shared.post(), "What do these figures mean?").await;
    meaning.until_says("Next responses").await;

    let set = json!({ "channel": "desk-pr", "role": "managers" });
    let set = discord.run_command("boss", "digest set", set, "desk-service").await;
    set.until_says("every Monday at nine").await;
    discord.run_command("boss", "digest show", json!({}), "desk-service").await.until_says("last week").await;
    let refused = discord.run_command("karim", "digest show", json!({}), "desk-service").await;
    refused.until_says("Manage Server").await;
    scene.end().await;
}
