//! A desk's channel that is closed to Vigie or gone: who can mend it is told once, and nothing that waits is lost.

use super::*;

/// With a channel and a role for the coordinator.
fn with_coordinator(discord: &Discord) -> String {
    let coordinator = format!(
        "coordinator = \"{}\"\ncoordinator_channel = \"{}\"\n",
        discord.role_id("managers"),
        discord.channel_id("chat")
    );
    config(discord).replacen("language = \"en\"", &format!("{coordinator}language = \"en\""), 1)
}

/// The only note in a channel, read aloud.
fn note_in(discord: &Discord, channel: &str) -> String {
    let posts = discord.posts(channel);
    assert_eq!(posts.len(), 1, "{}", discord.transcript(channel));
    discord.transcript(channel)
}

/// So many tries to post at the desk were refused.
async fn refused(discord: &Discord, desk: u64, tries: usize) {
    // A channel that is not known any more is asked for before something is posted in it.
    let paths = [format!("/channels/{desk}/messages"), format!("/channels/{desk}")];
    let is_refused =
        |r: &crate::support::discord::Request| paths.contains(&r.path) && matches!(r.status, 403 | 404);
    discord
        .wait_for(|world| (world.requests.iter().filter(|r| is_refused(r)).count() >= tries).then_some(()))
        .await;
}

fn desk(discord: &Discord) -> u64 {
    discord.look(|world| world.channel("desk-service").id)
}

#[tokio::test]
async fn a_forbidden_channel_is_told_once_and_gets_its_cards_when_it_is_open_again() {
    // Its limits run with the time.
    let discord = Discord::builder().at("2026-03-02T09:00:00Z").running();
    let discord = server(discord).member("lea", &[]).start().await;
    let config = with_coordinator(&discord);
    let mut scene = Scene::with(discord, &config).await;
    scene.discord.forbid("desk-service", Permission::SendMessages);
    for (member, text) in
        [("ana", LOST_PARCEL), ("tom", "I was charged twice this month, please check my account")]
    {
        scene.discord.post(member, "support", text);
    }
    let note = scene.discord.next_post_in("chat").await;
    assert_eq!(scene.discord.pinged_by(&note), ["@managers"]);
    let said = note_in(&scene.discord, "chat");
    for part in
        ["I cannot post in", "#desk-service", "Customer service", "Send Messages", "wait", "/desk set"]
    {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    refused(&scene.discord, desk(&scene.discord), 2).await;
    scene.restart().await;
    refused(&scene.discord, desk(&scene.discord), 3).await;
    scene.discord.allow("desk-service", Permission::SendMessages);
    for _ in 0..2 {
        scene.discord.next_post_in("desk-service").await;
    }
    note_in(&scene.discord, "chat");

    scene.discord.forbid("desk-service", Permission::ViewChannel);
    scene.discord.post("lea", "support", "My parcel is still not here, where is it?");
    scene.discord.next_post_in("chat").await;
    assert!(scene.discord.transcript("chat").contains("View Channels"), "it was well in between");
    scene.discord.allow("desk-service", Permission::ViewChannel);
    scene.discord.next_post_in("desk-service").await;
    assert_eq!(scene.discord.posts("desk-service").len(), 3);
    assert_eq!(scene.discord.posts("chat").len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn a_deleted_channel_is_told_once_and_its_cards_go_to_the_new_one() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    let (question, _) = scene.asked(LOST_PARCEL, "desk-service").await;
    discord.wait_for_reaction(&question, "🛎️").await;
    let gone = desk(discord);
    discord.delete_channel("desk-service");
    // The card that was there is to be changed, and the next one comes behind it.
    discord.reply("karim", &question, "We have found it.");
    discord.post("tom", "support", "I was charged twice this month, please check my account");
    // Without a coordinator it is said at the next desk.
    discord.next_post_in("desk-product").await;
    let said = note_in(discord, "desk-product");
    for part in ["I cannot post in", "does not exist any more", "1 card waits", "/desk set"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    refused(discord, gone, 2).await;
    let seen = discord
        .run_command("boss", "desk set", json!({ "route": "customer_service", "channel": "chat" }), "desk-pr")
        .await;
    assert!(seen.is_ephemeral());
    let card = discord.next_post_in("chat").await;
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    assert!(discord.transcript("chat").contains("charged twice"));
    note_in(discord, "desk-product");
    scene.end().await;
}

/// However it came that the desk reads elsewhere; what is settled stays where it was.
#[tokio::test]
async fn cards_that_wait_follow_a_desk_into_its_new_channel_without_a_ping() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    let (parcel, settled) = scene.asked(LOST_PARCEL, "desk-service").await;
    discord.reply("karim", &parcel, "We have found it.");
    discord.wait_until_reads(&settled, "· Answered").await;
    let twice = discord.post("tom", "support", "I was charged twice this month, please check my account");
    let card = discord.next_post_in("desk-service").await;
    discord.press("karim", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    let moves = async |channel: &str| {
        let options = json!({ "route": "customer_service", "channel": channel });
        discord.run_command("boss", "desk set", options, "desk-pr").await;
        discord.next_post_in(channel).await
    };
    let in_chat = moves("chat").await;
    assert_eq!(discord.pinged_by(&in_chat), Vec::<String>::new());
    discord.wait_until_reads(&in_chat, "· Claimed").await;
    let left = discord.wait_until_reads(&card, "reads in another channel").await;
    assert!(left.components.is_empty());
    discord.wait_until_reads(&settled, "· Answered").await;

    // Its channel is deleted, and it gets another one.
    discord.delete_channel("chat");
    let elsewhere = moves("desk-product").await;
    assert_eq!(discord.pinged_by(&elsewhere), Vec::<String>::new());
    discord.reply("karim", &twice, "It is refunded.");
    discord.wait_until_reads(&elsewhere, "· Answered").await;
    assert_eq!(discord.posts("desk-product").len(), 1, "{}", discord.transcript("desk-product"));
    scene.end().await;
}

#[tokio::test]
async fn where_the_coordinators_channel_is_closed_too_another_desk_is_told_of_both() {
    let discord = brand().await;
    let config = with_coordinator(&discord);
    let scene = Scene::with(discord, &config).await;
    for channel in ["chat", "desk-service"] {
        scene.discord.forbid(channel, Permission::SendMessages);
    }
    scene.discord.post("ana", "support", LOST_PARCEL);
    scene.discord.next_post_in("desk-product").await;
    scene.discord.next_post_in("desk-product").await;
    let said = scene.discord.transcript("desk-product");
    for part in ["#desk-service", "#chat", "/desk set", "/digest set"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    for channel in ["chat", "desk-service"] {
        scene.discord.allow(channel, Permission::SendMessages);
    }
    scene.discord.next_post_in("desk-service").await;
    scene.end().await;
}
