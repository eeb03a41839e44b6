//! /judge, /audit and /rule test on Discord, through the real client, as an administrator sees them.

use serde_json::json;
use vigie::clock::{Clock, SystemClock};
use vigie::domain::ids::CommunityId;
use vigie::domain::lesson::Week;
use vigie::domain::notice::Notice;
use vigie::domain::time::{TimeZone, Timestamp};
use vigie::store::judge::Draw;

use super::{LOST_PARCEL, Scene, server};
use crate::support::discord::Discord;

/// What nobody is pinged for, whatever the model has learnt.
const CHAT: &str = "haha nice";

#[tokio::test]
async fn an_administrator_audits_what_was_ignored_and_sees_how_right_vigie_is() {
    let scene = Scene::at(server(Discord::builder().at(&SystemClock.now().to_string())).start().await).await;
    let discord = &scene.discord;
    discord.post("tom", "support", CHAT);
    // Heard in order: when this one has its card, the chat before it has been judged.
    let (_, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    discord.press("karim", &card, "Not a request").await;
    discord.wait_until_reads(&card, "Dismissed").await;

    let none = discord.run_command("boss", "audit", json!({}), "desk-service").await;
    none.until_says("No audit yet").await;
    draw(&scene).await;
    let invitation = discord.next_post_in("desk-service").await;
    assert!(invitation.content.contains("Weekly audit: 1 message of"), "{}", invitation.content);
    let refused = discord.press("ana", &invitation, "Begin").await;
    refused.until_says("coordinator").await;
    let audit = discord.press("boss", &invitation, "Begin").await;
    let text = audit.until_says(CHAT).await;
    assert!(audit.is_ephemeral() && text.contains("Weekly audit · 1 of 1"), "{text}");
    discord.press("boss", &audit.post(), "Nobody").await;
    let judged = "1 of 1 ignored messages judged, 0 needed an answer";
    discord.wait_until_reads(&audit.post(), judged).await;

    let judge = discord.run_command("boss", "judge", json!({}), "desk-service").await;
    let text = judge.until_says("Learnt this week from 2 decisions").await;
    assert!(text.contains("1 not a request") && text.contains("1 from the audit"), "{text}");
    let files = judge.files();
    assert!(files.len() == 1 && files[0].png_size().is_some(), "the chart goes with it");
    discord.press("boss", &judge.post(), "Undo this week's learning").await;
    discord.wait_until_reads(&judge.post(), "Sure?").await;
    discord.press("boss", &judge.post(), "Undo this week's learning").await;
    discord.wait_until_reads(&judge.post(), "2 lessons taken back").await;
    scene.end().await;
}

#[tokio::test]
async fn a_rule_is_tried_before_it_is_saved() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    discord.post("tom", "support", CHAT);
    let options = json!({ "route": "pr", "pattern": "(?i)haha" });
    let tried = discord.run_command("boss", "rule test", options, "desk-service").await;
    let text = tried.until_says("matches 1 of the last 1 messages").await;
    assert!(tried.is_ephemeral() && text.contains(CHAT), "{text}");
    let rules = discord.run_command("boss", "rule list", json!({}), "desk-service").await;
    assert!(!rules.text().contains("haha"), "{}", rules.text());
    let refused =
        discord.run_command("karim", "rule test", json!({ "route": "pr", "pattern": "x" }), "desk-service");
    refused.await.until_says("Manage Server").await;
    scene.end().await;
}

/// Draws an audit of today as the worker does on Mondays.
async fn draw(scene: &Scene) {
    let now = SystemClock.now();
    let week = Week::of(now, &TimeZone::UTC);
    let draw = Draw {
        week,
        period: (week.before(1).begins(&TimeZone::UTC), Timestamp::MAX),
        size: 20,
        next: Timestamp::MAX,
        notice: Some(Notice::InviteToAudit { week }),
        digest: None,
    };
    let store = vigie::store::connect(scene.home.database()).await.expect("the bot's own database");
    let community = CommunityId::new(scene.discord.guild_id().clone());
    assert_eq!(store.draw_audit(&community, &draw, now).await.expect("the store works"), 1);
}
