//! What a member, a former employee or another server may try, by all the ways that Discord has.

use regex::Regex;
use serde_json::{Value, json};

use super::{LOST_PARCEL, Scene, config, home_at, registered, server};
use crate::support::discord::{Discord, Post, World};

/// A name that would like to be a ping, a link, a heading and somebody else.
const NAME: &str = "all @everyone [x](https://evil.example)\u{202e}```# \u{200b}karim";

/// A second server with this Vigie in it, with a desk of its own.
async fn two_servers() -> Discord {
    let ours = server(Discord::builder().at("2026-03-02T09:00:00Z"));
    let theirs = ours.guild("Bel Air").channel("aide").channel("guichet").role("conseil");
    theirs.member("zoe", &[]).member("yann", &["conseil"]).start().await
}

fn their_guild(discord: &Discord) -> String {
    discord.look(|world| {
        world.guilds.values().find(|g| g.name == "Bel Air").expect("it is there").id.to_string()
    })
}

fn their_config(discord: &Discord) -> String {
    format!(
        "[community]\nplatform = 'discord'\nid = '{}'\nname = 'Bel Air'\nlanguage = 'en'\ntimezone = 'UTC'\n\
         [[watch]]\nchannel = '{}'\n[[desk]]\nroute = 'customer_service'\nchannel = '{}'\nrole = '{}'\n",
        their_guild(discord),
        discord.channel_id("aide"),
        discord.channel_id("guichet"),
        discord.role_id("conseil"),
    )
}

async fn opened(discord: Discord, configs: &[String]) -> Scene {
    let home = home_at(&discord);
    for config in configs {
        home.apply(config).await;
    }
    let bot = home.start(&[]);
    discord.identified().await;
    registered(&discord).await;
    Scene { discord, home, bot }
}

/// The request that a card is about.
fn request_of(card: &Post) -> String {
    let claim = card.components[0]["components"][0]["custom_id"].as_str().unwrap_or_default();
    claim.rsplit(':').next().unwrap_or_default().to_owned()
}

/// What is wrong with something that the bot sent: a living link that is not Discord's, or text that runs backwards. In
/// an author's name nothing is formatted.
fn wrong_with(sent: &Value) -> Vec<String> {
    let link = Regex::new(r"(^|[^\\])\]\((?<to>[^)]*)\)").expect("a pattern");
    let mut wrong = Vec::new();
    let is_hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    wrong.extend(sent.to_string().contains(is_hidden).then(|| "it runs backwards".to_owned()));
    let mut left = vec![sent];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => {
                let links = link.captures_iter(text).map(|found| found["to"].to_owned());
                wrong.extend(links.filter(|to| !to.starts_with("https://discord.com/channels/")));
            }
            Value::Array(values) => left.extend(values),
            Value::Object(fields) => {
                left.extend(fields.iter().filter(|(name, _)| *name != "author").map(|(_, value)| value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    wrong
}

#[tokio::test]
async fn a_hostile_name_does_nothing_wherever_it_is_shown() {
    let discord = server(Discord::builder().at("2026-03-02T09:00:00Z")).member(NAME, &[]).start().await;
    let config = config(&discord);
    let scene = opened(discord, &[config]).await;
    let discord = &scene.discord;
    let hostile = format!("{LOST_PARCEL} [refund](https://evil.example) \u{202e}@here");
    let question = discord.post(NAME, "support", &hostile);
    let card = discord.next_post_in("desk-service").await;
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    discord.press("karim", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    let talk = discord.post("tom", "support", "hello everybody");
    let answer = discord.reply("karim", &talk, "hello Tom");
    let request = request_of(&card);

    let menu = discord.context_menu("karim", "This answers…", &answer).await;
    let offered = menu.post();
    for (line, options) in [
        ("queue", json!({})),
        ("request", json!({ "request": request })),
        ("why", json!({ "request": request })),
        ("history", json!({ "member": discord.look(|world| world.user(NAME).id.to_string()) })),
    ] {
        let seen = discord.run_command("karim", line, options, "desk-service").await;
        assert!(seen.is_ephemeral(), "{line}");
    }
    let offer = discord.run_command("karim", "handover", json!({ "to": "solene" }), "desk-service").await;
    offer.until_says("1 claim to hand over").await;
    discord.press("karim", &offer.post(), "Last messages").await.until_says("My parcel").await;
    let typed = json!({ "request": "" });
    let choices = discord.autocomplete("karim", "request", typed, "request", "desk-service").await.choices();
    assert_eq!(choices.len(), 1);
    // Choices and options are plain text: what looks like a link there is none.
    assert!(!choices[0].contains('\u{202e}') && choices[0].contains("My parcel"), "{choices:?}");
    let label = &offered.components[0]["components"][0]["options"][0];
    assert!(label.is_object() && !label.to_string().contains('\u{202e}'), "{label}");

    let sent = discord.look(|world| {
        let posts = world.posts.values().filter(|post| post.author == world.bot);
        posts.map(|post| (post.id, json!([post.content, post.embeds]))).collect::<Vec<_>>()
    });
    assert!(sent.len() >= 7, "{}", sent.len());
    for (post, sent) in sent {
        assert_eq!(wrong_with(&sent), [""; 0], "{sent}");
        let pinged = discord.pinged_by(post);
        assert!(pinged.iter().all(|who| ["@advisers", "@solene"].contains(&who.as_str())), "{pinged:?}");
    }
    assert!(discord.again(&question).deleted.is_none());
    scene.end().await;
}

#[tokio::test]
async fn an_id_of_another_community_opens_nothing() {
    let discord = two_servers().await;
    let configs = [config(&discord), their_config(&discord)];
    let scene = opened(discord, &configs).await;
    let discord = &scene.discord;
    discord.post("zoe", "aide", LOST_PARCEL);
    let theirs = discord.next_post_in("guichet").await;
    let (_, ours) = scene.asked(LOST_PARCEL, "desk-service").await;
    let (request, question) = (request_of(&theirs), discord.posts("aide")[0].id);

    for action in ["claim", "answered", "resolve", "dismiss", "draft"] {
        let seen = discord.forge_press("karim", &ours, &format!("vigie:{action}:{request}")).await;
        let refused = if action == "draft" { "No language model" } else { "does not know this request" };
        let text = seen.until_says(refused).await;
        assert!(seen.is_ephemeral() && !text.contains("parcel"), "{action}: {text}");
    }
    for custom_id in [
        format!("vigie:review:none:{question}"),
        format!("vigie:handover:{}:{}", discord.user_id("yann"), discord.user_id("karim")),
        format!("vigie:claims:{}", discord.user_id("yann")),
    ] {
        let seen = discord.forge_press("karim", &ours, &custom_id).await;
        assert!(!seen.text().contains("parcel"), "{custom_id}: {}", seen.text());
    }
    for (line, options) in [
        ("request", json!({ "request": request })),
        ("request", json!({ "request": &request[20..] })),
        ("why", json!({ "request": request })),
        ("history", json!({ "member": discord.user_id("zoe") })),
    ] {
        let seen = discord.run_command("karim", line, options, "desk-service").await;
        let text = seen.text();
        assert!(
            !text.is_empty() && !text.contains("parcel") && !text.contains("1 request"),
            "{line}: {text}"
        );
    }
    let asked = json!({ "member": "zoe" });
    let sure = discord.run_command("boss", "forget", asked, "desk-service").await;
    sure.until_says("0 requests").await;
    let queue = discord.run_command("karim", "queue", json!({}), "desk-service").await.text();
    assert!(!queue.contains("zoe"), "{queue}");
    assert!(discord.transcript("guichet").contains("· Open"), "nothing has happened to theirs");
    assert_eq!(discord.posts("guichet").len(), 1);

    let ours = scene.home.call(&["export", &discord.guild_id(), "--format", "jsonl"]).await;
    let exported = String::from_utf8_lossy(&ours.stdout).into_owned();
    assert!(exported.lines().count() == 1 && !exported.contains(&request), "{exported}");
    scene.end().await;
}

#[tokio::test]
async fn a_channel_of_another_server_is_neither_read_nor_posted_in() {
    let discord = two_servers().await;
    discord.post("zoe", "aide", LOST_PARCEL);
    // Somebody has managed to write their channels into our settings.
    let desk = discord.channel_id("desk-product");
    let greedy = format!("{}\n[[watch]]\nchannel = '{}'\n", config(&discord), discord.channel_id("aide"));
    let greedy = greedy.replace(&desk, &discord.channel_id("guichet"));
    let mut scene = opened(discord, &[greedy]).await;
    scene.discord.post("zoe", "aide", "I was charged twice this month, please check my account");
    let (_, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    scene.bot.kill().await;
    scene.discord.post("zoe", "aide", "My invoice is wrong, can somebody check my account please?");
    scene.restart().await;
    scene.discord.post("tom", "support", "I was charged twice this month, please check my account");
    scene.discord.next_post_in("desk-service").await;
    let discord = &scene.discord;
    let read = discord.transcript("desk-service");
    assert!(discord.posts("desk-service").len() == 2 && !read.contains("zoe"), "{read}");
    let pattern = json!({ "route": "pr", "pattern": "parcel", "channel": discord.channel_id("aide") });
    let seen = discord.run_command("boss", "rule test", pattern, "desk-service").await;
    assert!(!seen.text().contains("never arrived"), "{}", seen.text());

    // A card of theirs would go to a desk in the other server: it waits, and the set-up says why.
    discord.select("karim", &card, "vigie:reroute", &["product_expert"]).await;
    discord.wait_until_reads(&card, "Went to").await;
    let said = discord.run_command("boss", "setup", json!({}), "desk-service").await;
    said.until_says("belongs to another server").await;
    assert_eq!(discord.posts("guichet").len(), 0, "{}", discord.transcript("guichet"));
    let aide = discord.channel_id("aide");
    let looked = |world: &World| {
        let messages = format!("/channels/{aide}/messages");
        world.requests.iter().filter(|request| request.path.contains(&messages)).count()
    };
    assert_eq!(discord.look(looked), 0, "nothing of it was asked for");
    scene.end().await;
}

#[tokio::test]
async fn commands_of_administrators_and_employees_ask_for_the_permission_of_now() {
    let scene = Scene::open().await;
    let (discord, (_, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    let administrators = [
        ("watch list", json!({})),
        ("desk list", json!({})),
        ("rule list", json!({})),
        ("staff list", json!({})),
        ("expert list", json!({})),
        ("export", json!({})),
        ("digest show", json!({})),
        ("judge", json!({})),
        ("language", json!({ "language": "fr" })),
        ("forget", json!({ "member": "ana" })),
        ("setup", json!({})),
    ];
    discord.take_role("boss", "managers");
    for (line, options) in administrators {
        let seen = discord.run_command("boss", line, options, "desk-service").await;
        seen.until_says("Manage Server").await;
        assert!(seen.is_ephemeral(), "{line}");
    }
    for custom_id in ["vigie:judge:undo!:2026-02-23", "vigie:setup:create", "vigie:forget:them:1"] {
        let seen = discord.forge_press("boss", &card, custom_id).await;
        seen.until_says("Manage Server").await;
        assert!(seen.is_ephemeral(), "{custom_id}");
    }
    assert_eq!(discord.again(&card).components, card.components, "a press that was made up changes no card");
    discord.take_role("karim", "advisers");
    for (line, options) in [
        ("queue", json!({})),
        ("stats", json!({})),
        ("request", json!({ "request": request_of(&card) })),
        ("history", json!({ "member": "ana" })),
        ("why", json!({ "request": request_of(&card) })),
        ("handover", json!({ "to": "solene" })),
    ] {
        let seen = discord.run_command("karim", line, options, "desk-service").await;
        let text = seen.until_says("Only employees").await;
        assert!(seen.is_ephemeral() && !text.contains("parcel"), "{line}");
    }
    for action in ["claim", "answered", "resolve", "dismiss", "draft"] {
        let custom_id = format!("vigie:{action}:{}", request_of(&card));
        discord.forge_press("karim", &card, &custom_id).await.until_says("Only employees").await;
    }
    let typed = json!({ "request": "" });
    let seen = discord.autocomplete("karim", "request", typed, "request", "desk-service").await;
    assert_eq!(seen.choices(), [""; 0]);
    assert!(discord.transcript("desk-service").contains("· Open"));
    scene.end().await;
}
