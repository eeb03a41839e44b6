//! Holds the stand-in's own answers against the API description that Discord publishes.

use serde_json::json;
use serenity::all::{ChannelId, CreateAttachment, CreateMessage};

use super::bot::{air_azur, all_intents, http, start};
use crate::support::discord::spec;

#[tokio::test]
async fn our_answers_are_as_the_published_description_says() {
    if !spec::is_present() {
        return;
    }
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.wait_for(|world| world.commands.values().next().map(Vec::len)).await;
    let question = discord.post("alice", "support", "Hello @bob");
    discord.reply("bob", &question, "Hi");
    discord.start_thread_at("bob", &question, "about that");
    let idea = discord.forum_post("alice", "ideas", "Darker mode", "Please");
    let card = discord.next_post_in("desk").await;
    discord.press("bob", &card, "Claim").await.until_says("Yours.").await;
    discord.run_command("bob", "stats", json!({}), "desk").await;

    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");
    let chart = CreateAttachment::bytes(b"chart".to_vec(), "chart.csv");
    desk.send_files(&http, [chart], CreateMessage::new().content("figures")).await.expect("a file is taken");
    assert_eq!(discord.posts("desk").pop().expect("it was posted").files[0].bytes, b"chart");
    let guild = discord.guild_id();
    let (support, ideas, idea) = (discord.channel_id("support"), discord.channel_id("ideas"), idea.channel);
    let roles = format!("/guilds/{guild}/roles");
    let channels = format!("/guilds/{guild}/channels");
    let app = discord.user_id("vigie");
    let rows: Vec<_> = (1..=5)
        .map(|line| {
            let button = |n| json!({"type": 2, "style": n, "label": format!("{line} · {n}"), "custom_id": format!("{line}:{n}")});
            json!({"type": 1, "components": [button(1), button(2)]})
        })
        .collect();
    let list =
        json!({"embeds": [{"title": "A list"}], "components": rows, "allowed_mentions": {"parse": []}});
    let calls = [
        ("GET", "/gateway".to_owned(), None),
        ("GET", "/gateway/bot".to_owned(), None),
        ("GET", "/users/@me".to_owned(), None),
        ("GET", "/users/@me/guilds".to_owned(), None),
        ("GET", "/applications/@me".to_owned(), None),
        ("GET", "/oauth2/applications/@me".to_owned(), None),
        ("GET", format!("/guilds/{guild}"), None),
        ("GET", channels.clone(), None),
        ("POST", channels, Some(json!({"name": "new", "type": 0}))),
        ("GET", roles.clone(), None),
        ("POST", roles, Some(json!({"name": "new", "permissions": "0"}))),
        ("GET", format!("/guilds/{guild}/members/{app}"), None),
        ("GET", format!("/guilds/{guild}/threads/active"), None),
        ("GET", format!("/channels/{ideas}"), None),
        ("GET", format!("/channels/{support}/messages"), None),
        ("GET", format!("/channels/{desk}/messages"), None),
        ("POST", format!("/channels/{desk}/messages"), Some(list)),
        ("GET", format!("/channels/{support}/messages/{}", question.id), None),
        ("DELETE", format!("/channels/{desk}/messages/{}", card.id), None),
        ("GET", format!("/channels/{idea}"), None),
        ("PATCH", format!("/channels/{ideas}"), Some(json!({"available_tags": [{"name": "PR"}]}))),
        ("PATCH", format!("/channels/{idea}"), Some(json!({"applied_tags": [], "archived": true}))),
        ("GET", format!("/channels/{ideas}/threads/archived/public"), None),
        ("GET", format!("/applications/{app}/commands"), None),
        ("GET", format!("/applications/{app}/guilds/{guild}/commands"), None),
    ];
    for (method, path, body) in calls {
        let url = format!("{}/api/v10{path}", discord.url());
        let call = reqwest::Client::new().request(method.parse().expect("a method"), url);
        let call = call.header("authorization", format!("Bot {}", discord.token()));
        let call = if let Some(body) = body { call.json(&body) } else { call };
        let answer = call.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
    }
    let faults = discord.requests().into_iter().filter_map(|call| {
        let fault = spec::fault_in_answer(&call.method, &call.path, call.status, call.answer.as_ref())?;
        Some(format!("{} {} → {}: {fault}", call.method, call.path, call.status))
    });
    let faults: Vec<_> = faults.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
