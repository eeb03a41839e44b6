//! /export on Discord: a file for the asker alone.

use serde_json::{Value, json};

use super::{LOST_PARCEL, Scene};

#[tokio::test]
async fn an_administrator_gets_the_requests_as_a_file_for_their_eyes_only() {
    let scene = Scene::open().await;
    let (discord, (question, _)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    let seen = discord.run_command("boss", "export", json!({}), "desk-service").await;
    let text = seen.until_says("1 request in the file").await;
    assert!(seen.is_ephemeral() && text.contains("All requests so far."), "{text}");
    let files = seen.files();
    assert_eq!((files.len(), files[0].name.as_str(), files[0].alt.as_deref()), (1, "vigie-export.csv", None));
    assert!(seen.post().embeds[0]["image"].is_null(), "a table is no picture");
    let table = String::from_utf8(files[0].bytes.clone()).expect("UTF-8");
    let address = format!(
        "https://discord.com/channels/{}/{}/{}",
        discord.guild_id(),
        discord.channel_id("support"),
        question.id
    );
    assert!(table.starts_with("request,community,") && table.trim_end().ends_with(&address), "{table}");
    assert!(!table.contains(LOST_PARCEL), "no texts unless they are asked for");

    let options = json!({ "from": "2026-03-02", "to": "2026-03-02", "format": "jsonl", "texts": true });
    let seen = discord.run_command("boss", "export", options, "desk-service").await;
    let text = seen.until_says("personal data").await;
    assert!(text.contains("Opened from 2026-03-02 to the end of 2026-03-02"), "{text}");
    let files = seen.files();
    assert_eq!(files[0].name, "vigie-export.jsonl");
    let line: Value = serde_json::from_slice(&files[0].bytes).expect("one object");
    assert_eq!((&line["text"], &line["url"]), (&json!(LOST_PARCEL), &json!(address)));
    assert_eq!(line["log"][0]["event"], "opened");
    discord.assert_clean();
    scene.end().await;
}

#[tokio::test]
async fn what_cannot_be_exported_is_said_without_a_file() {
    let scene = Scene::open().await;
    let (discord, _) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    for (by, options, said) in [
        ("karim", json!({}), "Manage Server"),
        ("boss", json!({ "from": "02/03/2026" }), "write it like 2026-12-25"),
        ("boss", json!({ "from": "2026-03-02", "to": "2026-03-01" }), "2026-03-02 comes after 2026-03-01"),
        ("boss", json!({ "to": "2026-03-01" }), "No request in this time"),
    ] {
        let seen = discord.run_command(by, "export", options, "desk-service").await;
        seen.until_says(said).await;
        assert!(seen.is_ephemeral() && seen.files().is_empty(), "{said}");
    }
    scene.end().await;
}
