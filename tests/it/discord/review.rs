//! The review list on Discord: what the bot really sends, and what people can do with it.

use vigie::clock::{Clock, SystemClock};

use super::{LOST_PARCEL, Scene, config, server};
use crate::support::discord::{Builder, Discord, Permission, Post, Request, World};
use crate::support::unsure::unsure;

/// The brand's server as it is now: a list leaves out what has waited for a week, by Vigie's own clock.
fn today() -> Builder {
    server(Discord::builder().at(&SystemClock.now().to_string()))
}

/// What was sent to a channel's messages, and not by an interaction.
fn sent(discord: &Discord, method: &str, channel: &str) -> Vec<Request> {
    let start = format!("/channels/{}/messages", discord.channel_id(channel));
    let all = discord.requests().into_iter();
    all.filter(|call| call.method == method && call.path.starts_with(&start)).collect()
}

/// A member writes something unsure, and the list is there.
async fn listed(scene: &Scene, member: &str, text: &str) -> (Post, Post) {
    let question = scene.discord.post(member, "support", text);
    let list = scene.discord.next_post_in("desk-service").await;
    (question, list)
}

async fn until_deleted(discord: &Discord, post: &Post) {
    discord.wait_for(|world| world.post(post.id).deleted.map(|_| ())).await;
}

#[tokio::test]
async fn an_unsure_message_is_listed_and_one_tap_after_a_restart_opens_its_request() {
    let mut scene = Scene::at(today().start().await).await;
    let text = unsure(1)[0];
    let (question, list) = listed(&scene, "ana", text).await;
    let discord = &scene.discord;
    assert!(discord.pinged_by(&list).is_empty() && list.content.is_empty());
    let read = discord.look(|world| world.read_aloud(&list));
    for part in ["1 message to look at", text, "ana", "1 · Customer service", "1 · Nobody"] {
        assert!(read.contains(part), "{part} is not in the list:\n{read}");
    }

    let seen = discord.press("tom", &list, "1 · Nobody").await;
    seen.until_says("Only employees").await;
    assert!(seen.is_ephemeral());
    assert!(discord.again(&list).edited.is_none() && discord.again(&list).deleted.is_none());

    scene.restart().await;
    let discord = &scene.discord;
    discord.press("karim", &list, "1 · Customer service").await;
    let card = discord.next_post_in("desk-service").await;
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    until_deleted(discord, &list).await;
    discord.wait_for_reaction(&question, "🛎️").await;
    assert_eq!(sent(discord, "DELETE", "desk-service").len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_list_of_hostile_texts_pings_nobody_and_forges_nothing() {
    let members = ["ana", "bea", "carl", "dora", "eve", "tom"];
    let discord =
        ["bea", "carl", "dora", "eve"].iter().fold(today(), |discord, name| discord.member(name, &[]));
    let scene = Scene::at(discord.start().await).await;
    let discord = &scene.discord;
    let texts = unsure(members.len());
    let (first, list) = listed(&scene, members[0], texts[0]).await;
    let mut asked = vec![first];
    for number in 1..5 {
        asked.push(discord.post(members[number], "support", texts[number]));
        discord.wait_until_reads(&list, &format!("{} messages to look at", number + 1)).await;
    }
    let (press, tom) = (discord.role_id("press-office"), discord.user_id("tom"));
    let hostile = [
        format!("@everyone @here <@&{press}> @advisers <@{tom}>"),
        "[refund here](https://evil.example) https://evil.example/x ```\n**x** # big\n> quote ||spoiler||"
            .to_owned(),
        format!("z{}algo \u{202e}txet sdrawkcab \u{202e}", "\u{35b}".repeat(900)),
        "*_~`|<>[]()#\\".repeat(300).chars().take(4000).collect(),
        "😀 I have been waiting for weeks. ".repeat(110),
    ];
    for (post, text) in asked.iter().zip(&hostile) {
        discord.rewrite(post, text);
    }
    discord.post(members[5], "support", texts[5]);
    let list = discord.wait_until_reads(&list, "6 messages to look at").await;

    assert!(discord.pinged_by(&list).is_empty());
    let fields = list.embeds[0]["fields"].as_array().cloned().unwrap_or_default();
    assert_eq!((fields.len(), list.components.len()), (5, 5));
    assert!(discord.look(|world| world.read_aloud(&list)).contains("1 more"));
    let (guild, support) = (discord.guild_id(), discord.channel_id("support"));
    for (field, post) in fields.iter().zip(&asked) {
        let value = field["value"].as_str().unwrap_or_default();
        let link = format!("](https://discord.com/channels/{guild}/{support}/{})", post.id);
        assert!(value.ends_with(&link), "the link is not kept: {value}");
        let quote = value.split("\n<t:").next().unwrap_or_default();
        assert!(quote.starts_with("> ") && quote.lines().count() == 1, "{quote}");
        for forged in ["](", "@everyone", "@here", "<@", "||", "**", "```", "\u{202e}", "://"] {
            let is_bare = quote.match_indices(forged).any(|(at, _)| !quote[..at].ends_with('\\'));
            assert!(!is_bare, "{forged} is not made harmless in {quote}");
        }
    }
    for call in sent(discord, "POST", "desk-service").iter().chain(&sent(discord, "PATCH", "desk-service")) {
        let allowed = call.body.as_ref().map(|body| body["allowed_mentions"].clone()).unwrap_or_default();
        let is_empty = |key: &str| allowed[key].as_array().is_none_or(Vec::is_empty);
        assert!(allowed["parse"].is_array() && ["parse", "roles", "users"].iter().all(|key| is_empty(key)));
    }
    scene.end().await;
}

#[tokio::test]
async fn the_list_is_refreshed_in_place_and_posted_anew_when_somebody_deleted_it() {
    let scene = Scene::at(today().start().await).await;
    let discord = &scene.discord;
    let texts = unsure(3);
    let (first, list) = listed(&scene, "ana", texts[0]).await;
    discord.post("tom", "support", texts[1]);
    discord.wait_until_reads(&list, "2 messages to look at").await;
    let calls = (sent(discord, "POST", "desk-service").len(), sent(discord, "PATCH", "desk-service").len());
    assert_eq!(calls, (1, 1));
    discord.delete(&first);
    discord.wait_until_reads(&list, "1 message to look at").await;

    discord.delete(&list);
    discord.post("boss", "support", texts[2]);
    let again = discord.next_post_in("desk-service").await;
    assert!(discord.look(|world| world.read_aloud(&again)).contains("2 messages to look at"));
    discord.press("karim", &again, "1 · Nobody").await;
    discord.wait_until_reads(&again, "1 message to look at").await;
    scene.end().await;
}

#[tokio::test]
async fn a_forged_press_is_refused_politely() {
    let scene = Scene::at(today().start().await).await;
    let discord = &scene.discord;
    let (_, list) = listed(&scene, "tom", unsure(1)[0]).await;
    let (_, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    let claim = card.components[0]["components"][0]["custom_id"].as_str().unwrap_or_default();
    let request = claim.rsplit(':').next().unwrap_or_default();
    for (custom_id, said) in [
        ("vigie:review:pr:1100000000000000099".to_owned(), "in no list"),
        (format!("vigie:review:none:{request}"), "in no list"),
        (format!("vigie:review:none:{}", list.id), "in no list"),
        ("vigie:review:press:1".to_owned(), "does not know this"),
        ("vigie:review:none:1:2".to_owned(), "does not know this"),
    ] {
        let seen = discord.forge_press("karim", &list, &custom_id).await;
        let text = seen.until_says(said).await;
        assert!(seen.is_ephemeral(), "{custom_id}: {text}");
    }
    assert_eq!(discord.posts("desk-service").len(), 2);
    let shown = discord.again(&list);
    assert!(shown.deleted.is_none() && discord.again(&card).deleted.is_none());
    scene.end().await;
}

#[tokio::test]
async fn a_forbidden_desk_channel_keeps_the_list_and_the_doctor_says_so() {
    let scene = Scene::at(today().start().await).await;
    let discord = &scene.discord;
    discord.forbid("desk-service", Permission::SendMessages);
    discord.post("ana", "support", unsure(1)[0]);
    let refused = |world: &World| world.requests.iter().filter(|call| call.status == 403).count();
    discord.wait_for(|world| (refused(world) >= 2).then_some(())).await;
    let doctor = scene.home.call(&["doctor"]).await;
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let line = said.lines().find(|line| line.contains("a list waits to be shown")).unwrap_or_default();
    assert!(line.starts_with("MEND") && line.contains("Send Messages"), "{said}");
    discord.allow("desk-service", Permission::SendMessages);
    scene.home.apply(&config(discord).replace("30m", "45m")).await;
    let list = discord.next_post_in("desk-service").await;
    assert!(discord.pinged_by(&list).is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_thread_that_is_gone_takes_its_lines_along() {
    let scene = Scene::at(today().start().await).await;
    let discord = &scene.discord;
    let texts = unsure(2);
    let question = discord.post("tom", "support", "good morning everybody");
    discord.start_thread_at("tom", &question, "tom's thread");
    discord.post("tom", "tom's thread", texts[0]);
    let list = discord.next_post_in("desk-service").await;
    discord.delete_channel("tom's thread");
    discord.post("ana", "support", texts[1]);
    let list = discord.wait_until_reads(&list, texts[1]).await;
    let read = discord.look(|world| world.read_aloud(&list));
    assert!(read.contains("1 message to look at") && !read.contains(texts[0]), "{read}");
    scene.end().await;
}
