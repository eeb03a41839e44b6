//! What employees ask for: the queue, a request, a history, the reasons, and the context menus.

use jiff::SignedDuration;
use serde_json::json;

use super::{LOST_PARCEL, Scene};

#[tokio::test]
async fn the_queue_the_request_the_history_and_the_reasons() {
    let scene = Scene::open().await;
    let (discord, (question, _card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    let queue = discord.run_command("karim", "queue", json!({}), "desk-service").await;
    let text = queue.text();
    assert!(queue.is_ephemeral() && text.contains("1 request waits") && text.contains("ana"), "{text}");
    assert!(queue.latency().is_some_and(|latency| latency.as_millis() < 1500));

    let offered =
        discord.autocomplete("karim", "request", json!({ "request": "" }), "request", "desk-service").await;
    assert_eq!(offered.choices().len(), 1, "{:?}", offered.choices());

    let history = discord.run_command("karim", "history", json!({ "member": "ana" }), "desk-service").await;
    assert!(history.text().contains("1 request of this member"), "{}", history.text());

    let why = discord.context_menu("karim", "Why this desk?", &question).await;
    let text = why.text();
    assert!(text.contains("Customer service, because of") && text.contains("sure"), "{text}");

    let shared = discord
        .run_command("karim", "stats", json!({ "period": "all", "share": true }), "desk-service")
        .await;
    assert!(!shared.is_ephemeral());
    scene.end().await;
}

#[tokio::test]
async fn a_missed_message_is_sent_to_a_desk_by_hand() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    let chatter = discord.post("ana", "support", "good morning everybody");
    let menu = discord.context_menu("karim", "Send to a desk", &chatter).await;
    discord.select("karim", &menu.post(), "vigie:send", &["product_expert"]).await;
    let card = discord.next_post_in("desk-product").await;
    assert_eq!(discord.pinged_by(&card), ["@experts"]);
    let refused = discord.context_menu("tom", "Send to a desk", &chatter).await;
    refused.until_says("Only employees").await;
    scene.end().await;
}

#[tokio::test]
async fn an_answer_that_was_not_recognised_is_pointed_out() {
    let scene = Scene::open().await;
    let (discord, (_, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.advance(SignedDuration::from_mins(4));
    let answer = discord.post("karim", "support", "@tom hello, and parcels are on their way, everyone");
    discord.advance(SignedDuration::from_mins(6));
    let menu = discord.context_menu("karim", "This answers…", &answer).await;
    let request =
        card.components[0]["components"][0]["custom_id"].as_str().and_then(|id| id.rsplit(':').next());
    discord.select("karim", &menu.post(), "vigie:answers", &[request.expect("the card has its id")]).await;
    discord.wait_until_reads(&card, "· Answered").await;
    let figures = discord.run_command("karim", "stats", json!({ "period": "all" }), "desk-service").await;
    assert!(figures.text().contains("4 min"), "{}", figures.text());
    scene.end().await;
}
