//! Proves the stand-in for Discord with the client that the bot is built on.
//!
//! What the journeys lean on is shown here once: login, dispatch, resumption, posts, nonces, reactions, interactions;
//! and that what Discord would not take does not go unnoticed.

mod answers;
mod bot;
mod gateway;

use std::sync::Arc;

use serde_json::{Value, json};
use serenity::all::{
    ChannelId, CreateActionRow, CreateButton, CreateMessage, GatewayIntents, HttpBuilder, Nonce,
};

use self::bot::{air_azur, all_intents, http, start};
use crate::support::discord::{Discord, Failure, Permission, spec};

#[tokio::test]
async fn a_members_message_reaches_the_client_and_its_card_reaches_the_desk() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.identified().await;

    let question = discord.post("alice", "support", "I was charged twice, @everyone and @bob");
    let card = discord.next_post_in("desk").await;
    discord.wait_for_reaction(&question, "🛎️").await;

    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    assert_eq!(
        discord.transcript("support"),
        "09:00:00 alice: I was charged twice, @everyone and @bob\n    🛎️ vigie\n    → pings @bob"
    );
    assert_eq!(
        discord.transcript("desk"),
        "09:00:00 vigie: @advisers I was charged twice, @everyone and @bob\n    | Open\n    | Author: alice\n    \
         [Claim] [Note]\n    [ ▾ PR / CS]\n    → pings @advisers"
    );
    discord.assert_clean();
}

#[tokio::test]
async fn somebody_presses_selects_and_fills_in_and_sees_the_answers() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.identified().await;
    discord.post("alice", "support", "Hello?");
    let card = discord.next_post_in("desk").await;

    let note = discord.press("bob", &card, "Note").await;
    discord.submit_modal("bob", &note, &[("note", "call back")]).await;
    assert_eq!(discord.again(&card).content, "Noted: call back");

    let seen = discord.select("bob", &card, "vigie:reroute", &["PR"]).await;
    assert_eq!(seen.until_says("Yours.").await, "Yours.");
    assert!(seen.is_ephemeral());
    assert_eq!(discord.again(&card).content, "vigie:reroute:1 by bob with 1 role");
}

#[tokio::test]
async fn registered_commands_run_with_the_options_that_they_have() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.wait_for(|world| world.commands.values().next().map(Vec::len)).await;

    let stats = discord.run_command("bob", "stats", json!({"period": "7d"}), "desk").await;
    assert!(stats.is_ephemeral());
    assert!(stats.text().contains("7d"), "{}", stats.text());

    let watch = discord.run_command("carol", "watch add", json!({"channel": "support"}), "desk").await;
    assert!(watch.text().contains(&discord.channel_id("support")), "{}", watch.text());
    assert!(discord.sees_command("carol", "watch"));
    assert!(!discord.sees_command("alice", "watch"));

    let typing = discord.autocomplete("bob", "stats", json!({"topic": "bi"}), "topic", "desk").await;
    assert_eq!(typing.choices(), ["Billing"]);

    let question = discord.post("alice", "support", "Hello?");
    let why = discord.context_menu("bob", "Why this desk?", &question).await;
    assert_eq!(why.text(), "Because of \"Hello?\"");
}

#[tokio::test]
async fn what_happens_while_the_bot_is_away_is_told_when_it_resumes() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.identified().await;

    discord.kick(4000);
    discord.post("alice", "support", "Is anybody there?");
    let card = discord.next_post_in("desk").await;

    assert!(card.content.ends_with("Is anybody there?"));
    let resumed =
        discord.look(|world| world.sessions.iter().map(|session| session.resumed).collect::<Vec<_>>());
    assert_eq!(resumed, [1]);
}

#[tokio::test]
async fn a_forgotten_session_is_identified_anew() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.identified().await;

    discord.kick(4000);
    discord.forget_sessions();
    discord.identified().await;
    discord.post("alice", "support", "Still there?");
    discord.next_post_in("desk").await;
}

#[tokio::test]
async fn texts_arrive_empty_without_the_intent_unless_they_name_the_bot() {
    let discord = air_azur().await;
    start(&discord, GatewayIntents::non_privileged()).await;
    discord.identified().await;

    discord.post("alice", "support", "secret");
    assert!(!discord.next_post_in("desk").await.content.contains("secret"));
    discord.post("alice", "support", "open, @vigie");
    assert!(discord.next_post_in("desk").await.content.contains("open"));
}

#[tokio::test]
async fn an_intent_that_was_not_granted_turns_the_bot_away() {
    let discord = Discord::builder()
        .guild("Air Azur")
        .channel("desk")
        .role("advisers")
        .without_message_content()
        .start()
        .await;
    let bot = start(&discord, all_intents()).await;
    let patience = std::time::Duration::from_secs(10);
    tokio::time::timeout(patience, bot).await.expect("it is turned away").expect("the client ends by itself");
    assert!(discord.look(|world| world.sessions.is_empty()));
}

#[tokio::test]
async fn the_same_nonce_makes_one_post_even_when_the_answer_was_lost() {
    let discord = air_azur().await;
    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");
    let card =
        || CreateMessage::new().content("once").nonce(Nonce::String("n1".to_owned())).enforce_nonce(true);

    discord.fail_next("POST /channels/#desk/messages", Failure::LoseAnswer, 1);
    assert!(desk.send_message(&http, card()).await.is_err());
    let second = desk.send_message(&http, card()).await.expect("the second is answered with the first");

    let posts = discord.posts("desk");
    assert_eq!(posts.len(), 1);
    assert_eq!(second.id.get(), posts[0].id);
}

#[tokio::test]
async fn a_broken_connection_does_nothing_and_a_status_does_nothing() {
    let discord = air_azur().await;
    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");

    discord.fail_next("POST /channels/*/messages", Failure::Cut, 1);
    assert!(desk.say(&http, "cut").await.is_err());
    discord.fail_next("* *", Failure::Status(503), 1);
    assert!(desk.say(&http, "503").await.is_err());
    desk.say(&http, "done").await.expect("all is well again");

    assert_eq!(discord.posts("desk").iter().map(|post| post.content.as_str()).collect::<Vec<_>>(), ["done"]);
}

#[tokio::test]
async fn the_sixth_post_in_five_seconds_is_one_too_many() {
    let discord = air_azur().await;
    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");
    for _ in 0..5 {
        desk.say(&http, "a card").await.expect("five are taken");
    }
    let call = reqwest::Client::new().post(format!("{}/api/v10/channels/{desk}/messages", discord.url()));
    let call = call
        .header("authorization", format!("Bot {}", discord.token()))
        .json(&json!({"content": "one more"}));
    let refused = call.try_clone().expect("it can be sent twice").send().await.expect("an answer");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "5");
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    let body: Value = refused.json().await.expect("it is JSON");
    assert_eq!(body["retry_after"], json!(5.0));

    discord.advance(jiff::SignedDuration::from_secs(5));
    assert_eq!(call.send().await.expect("an answer").status(), 200);
    assert_eq!(discord.calls_too_many(), 1);
}

#[tokio::test]
async fn permissions_and_what_is_gone_are_told_with_discords_codes() {
    let discord = air_azur().await;
    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");
    let code = |error: serenity::Error| match error {
        serenity::Error::Http(serenity::http::HttpError::UnsuccessfulRequest(response)) => {
            response.error.code
        }
        other => panic!("{other}"),
    };

    assert_eq!(desk.message(&http, 1).await.map_err(code).err(), Some(10008));
    discord.forbid("desk", Permission::SendMessages);
    assert_eq!(desk.say(&http, "no").await.map_err(code).err(), Some(50013));
    discord.forbid("desk", Permission::ViewChannel);
    assert_eq!(desk.say(&http, "no").await.map_err(code).err(), Some(50001));
    discord.delete_channel("desk");
    assert_eq!(desk.say(&http, "no").await.map_err(code).err(), Some(10003));
    let stranger = HttpBuilder::new("wrong").proxy(discord.url()).ratelimiter_disabled(true).build();
    let unauthorized = stranger.get_current_user().await.map_err(code).err();
    assert_eq!(unauthorized, Some(0));
}

#[tokio::test]
async fn a_late_answer_and_a_second_answer_are_refused() {
    let discord = Arc::new(air_azur().await);
    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");
    let button = CreateActionRow::Buttons(vec![CreateButton::new("b").label("B")]);
    desk.send_message(&http, CreateMessage::new().content("c").components(vec![button]))
        .await
        .expect("taken");
    let card = discord.next_post_in("desk").await;

    let presser = Arc::clone(&discord);
    let press = tokio::spawn(async move { presser.press("bob", &card, "B").await.answer_type() });
    let (id, token) = discord
        .wait_for(|world| {
            world.interactions.values().next().map(|waiting| (waiting.id, waiting.token.clone()))
        })
        .await;
    let body = json!({"type": 6});
    let answer = || http.create_interaction_response(id.into(), &token, &body, vec![]);
    discord.advance(jiff::SignedDuration::from_millis(3001));
    assert!(answer().await.expect_err("too late").to_string().contains("Unknown interaction"));
    discord.advance(jiff::SignedDuration::from_millis(-1));
    answer().await.expect("just in time");
    assert!(answer().await.expect_err("twice").to_string().contains("already been acknowledged"));

    assert_eq!(press.await.expect("the press is answered"), 6);
    assert_eq!(discord.take_violations().len(), 1);
}

#[tokio::test]
async fn an_unknown_route_is_a_violation() {
    let discord = air_azur().await;
    let url = format!("{}/api/v10/guilds/{}/nonsense", discord.url(), discord.guild_id());
    let call = reqwest::Client::new().get(url).header("authorization", format!("Bot {}", discord.token()));
    assert_eq!(call.send().await.expect("an answer").status(), 404);
    let violations = discord.take_violations();
    assert_eq!(violations.len(), 1);
    assert!(violations[0].route.ends_with("/nonsense"), "{violations:?}");
}

#[tokio::test]
async fn bodies_that_discord_refuses_are_violations() {
    let discord = air_azur().await;
    let url = format!("{}/api/v10/channels/{}/messages", discord.url(), discord.channel_id("desk"));
    let button = |id: &str| json!({"type": 2, "style": 1, "label": "B", "custom_id": id});
    let row = |buttons: Vec<Value>| json!([{"type": 1, "components": buttons}]);
    let long = |length: usize| "x".repeat(length);
    let mut refused = vec![
        json!({}),
        json!({"content": long(2001)}),
        json!({"content": "x", "nonce": long(26)}),
        json!({"embeds": [{"title": long(257)}]}),
        json!({"embeds": [{"description": long(4096)}, {"description": long(1905)}]}),
        json!({"content": "x", "components": row((0..6).map(|n| button(&n.to_string())).collect())}),
        json!({"content": "x", "components": row(vec![button("a"), button("a")])}),
        json!({"content": "x", "components": row(vec![button(&long(101))])}),
        json!({"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}),
    ];
    if spec::is_present() {
        refused.push(json!({"content": 7}));
        refused.push(json!({"content": "x", "embed": {}}));
    }
    for body in &refused {
        let call =
            reqwest::Client::new().post(&url).header("authorization", format!("Bot {}", discord.token()));
        let answer = call.json(body).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{body}");
        assert_eq!(discord.take_violations().len(), 1, "{body}");
        discord.advance(jiff::SignedDuration::from_secs(5));
    }
}

#[tokio::test]
#[should_panic(expected = "Discord would not have taken this")]
async fn a_violation_that_nobody_looks_at_fails_the_test() {
    let discord = air_azur().await;
    let url = format!("{}/api/v10/nowhere", discord.url());
    let call = reqwest::Client::new().get(url).header("authorization", format!("Bot {}", discord.token()));
    call.send().await.expect("an answer");
    drop(discord);
}

#[tokio::test]
async fn history_is_paged_as_discord_pages_it() {
    let discord = air_azur().await;
    let http = http(&discord);
    let support: ChannelId = discord.channel_id("support").parse().expect("an id");
    let posts: Vec<_> = (1..=5).map(|n| discord.post("alice", "support", &format!("m{n}"))).collect();
    discord.delete(&posts[4]);
    let texts = async |page: serenity::builder::GetMessages| {
        let messages = support.messages(&http, page).await.expect("a page");
        messages.into_iter().map(|message| message.content).collect::<Vec<_>>().join(" ")
    };
    let page = serenity::builder::GetMessages::new;
    assert_eq!(texts(page()).await, "m4 m3 m2 m1");
    assert_eq!(texts(page().limit(2)).await, "m4 m3");
    assert_eq!(texts(page().after(posts[0].id).limit(2)).await, "m3 m2");
    assert_eq!(texts(page().before(posts[2].id)).await, "m2 m1");
}

#[tokio::test]
async fn a_cut_line_and_a_request_to_reconnect_are_resumed_too() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.identified().await;

    discord.cut_gateway();
    discord.post("alice", "support", "one");
    discord.next_post_in("desk").await;
    discord.ask_to_reconnect();
    discord.post("alice", "support", "two");
    discord.next_post_in("desk").await;
    discord.wait_for(|world| (world.sessions[0].resumed == 2).then_some(())).await;
}

#[tokio::test]
async fn after_an_outage_the_session_goes_on() {
    let discord = air_azur().await;
    start(&discord, all_intents()).await;
    discord.identified().await;

    discord.go_down();
    discord.post("alice", "support", "Is it me?");
    discord.come_back();
    assert!(discord.next_post_in("desk").await.content.ends_with("Is it me?"));
}

#[tokio::test]
async fn only_what_was_allowed_and_is_named_pings() {
    let discord = air_azur().await;
    let http = http(&discord);
    let desk: ChannelId = discord.channel_id("desk").parse().expect("an id");
    let (bob, advisers) = (discord.user_id("bob"), discord.role_id("advisers"));
    let text = format!("@everyone <@{bob}> <@&{advisers}> `<@{bob}>`");
    let pinged = async |allowed: Value| {
        let body = json!({"content": text, "allowed_mentions": allowed});
        let sent = http.send_message(desk, vec![], &body).await.expect("it is taken");
        discord.advance(jiff::SignedDuration::from_secs(5));
        discord.pinged_by(sent.id.get())
    };
    assert_eq!(pinged(Value::Null).await, ["@everyone", "@advisers", "@bob"]);
    assert_eq!(pinged(json!({"parse": []})).await, [""; 0]);
    assert_eq!(pinged(json!({"parse": ["users"]})).await, ["@bob"]);
    assert_eq!(pinged(json!({"roles": [advisers]})).await, ["@advisers"]);
    assert_eq!(pinged(json!({"users": [discord.user_id("alice")]})).await, [""; 0]);
    discord.forbid("desk", Permission::MentionEveryone);
    assert_eq!(pinged(Value::Null).await, ["@advisers", "@bob"]);
}
