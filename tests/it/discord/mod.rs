//! The whole road on Discord: the real program against a strict stand-in, told as a reader would tell it.

mod backfill;
mod backup;
mod clock;
mod crash;
mod disk;
mod downtime;
mod employees;
mod export;
mod judge;
#[cfg(feature = "postgres")]
mod partition;
mod pictures;
mod privacy;
mod review;
mod setup;
mod sharing;
mod size;
mod soak;
mod storms;
mod troubles;
mod trust;
mod watching;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::bot::{Bot, Home};
use crate::support::discord::{Builder, Discord, Failure, Permission, Post, World};

/// A brand's server with its three desks, and the program at work in it.
struct Scene {
    discord: Discord,
    home: Home,
    bot: Bot,
}

async fn brand() -> Discord {
    server(Discord::builder().at("2026-03-02T09:00:00Z")).start().await
}

/// The brand's server, with everybody in it.
fn server(builder: Builder) -> Builder {
    builder
        .guild("Air Azur")
        .channel("support")
        .channel("chat")
        .forum("questions", &[])
        .channel("desk-service")
        .channel("desk-product")
        .channel("desk-pr")
        .role("advisers")
        .role("experts")
        .role("press-office")
        .role_with("managers", &[Permission::ManageGuild])
        .member("ana", &[])
        .member("tom", &[])
        .member("karim", &["advisers"])
        .member("solene", &["experts"])
        .member("boss", &["managers"])
}

fn config(discord: &Discord) -> String {
    let (channel, role) = (|name| discord.channel_id(name), |name| discord.role_id(name));
    format!(
        r#"
        [community]
        platform = "discord"
        id = "{guild}"
        name = "Air Azur"
        language = "en"
        timezone = "Europe/Paris"

        [[watch]]
        channel = "{support}"

        [[watch]]
        channel = "{questions}"
        tag = "forum_tag"

        [[desk]]
        route = "customer_service"
        channel = "{service}"
        role = "{advisers}"
        first_response = "30m"

        [[desk]]
        route = "product_expert"
        channel = "{product}"
        role = "{experts}"

        [[desk]]
        route = "pr"
        channel = "{pr}"
        role = "{press}"

        [[rule]]
        route = "pr"
        pattern = '(?i)\bjournalist\b'

        [[expert]]
        user = "{solene}"
        topics = ["parcel"]
        "#,
        guild = discord.guild_id(),
        support = channel("support"),
        questions = channel("questions"),
        service = channel("desk-service"),
        product = channel("desk-product"),
        pr = channel("desk-pr"),
        advisers = role("advisers"),
        experts = role("experts"),
        press = role("press-office"),
        solene = discord.user_id("solene"),
    )
}

/// Commands are registered in the background, so that nothing waits for them.
async fn registered(discord: &Discord) {
    discord
        .wait_for(|world| world.requests.iter().any(|r| r.path.ends_with("/commands")).then_some(()))
        .await;
}

fn home_at(discord: &Discord) -> Home {
    Home::new().set("DISCORD_TOKEN", discord.token()).set("DISCORD_API_URL", discord.url())
}

impl Scene {
    async fn open() -> Self {
        Self::at(brand().await).await
    }

    async fn at(discord: Discord) -> Self {
        let config = config(&discord);
        Self::with(discord, &config).await
    }

    /// With these settings.
    async fn with(discord: Discord, config: &str) -> Self {
        let home = home_at(&discord);
        home.apply(config).await;
        let bot = home.start(&[]);
        discord.identified().await;
        registered(&discord).await;
        Self { discord, home, bot }
    }

    /// A member asks in #support, and the card is there.
    async fn asked(&self, text: &str, desk: &str) -> (Post, Post) {
        let question = self.discord.post("ana", "support", text);
        let card = self.discord.next_post_in(desk).await;
        (question, card)
    }

    /// The bot crashes and comes back.
    async fn restart(&mut self) {
        let started = |world: &World| world.requests.iter().filter(|r| r.path.ends_with("/gateway")).count();
        let before = self.discord.look(started);
        self.bot.kill().await;
        self.bot = self.home.start(&[]);
        self.discord.wait_for(|world| (started(world) > before).then_some(())).await;
        self.discord.identified().await;
    }

    /// The bot that was killed is started again.
    async fn come_back(&mut self) {
        self.discord.left_alone().await;
        self.bot = self.home.start(&[]);
        self.discord.identified().await;
    }

    async fn end(self) {
        assert!(self.bot.stop().await.success(), "Vigie stops cleanly");
        self.discord.assert_clean();
    }
}

const LOST_PARCEL: &str = "My parcel never arrived, can somebody check my order please?";

#[tokio::test]
async fn from_the_question_to_the_answer_and_the_figures() {
    let scene = Scene::open().await;
    let (discord, (question, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    discord.wait_for_reaction(&question, "🛎️").await;
    let read = discord.transcript("desk-service");
    for part in [
        "Customer service · Open",
        "My parcel never arrived",
        "First request of this member",
        "@solene",
        "ana",
    ] {
        assert!(read.contains(part), "{part} is not on the card:\n{read}");
    }

    discord.advance(SignedDuration::from_mins(3));
    discord.press("karim", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    discord.advance(SignedDuration::from_mins(9));
    discord.reply("karim", &question, "It is on its way, sorry!");
    let read = discord.wait_until_reads(&card, "· Answered").await;
    assert_eq!(discord.pinged_by(&read), ["@advisers"], "editing pings nobody again");

    let figures = discord.run_command("karim", "stats", json!({ "period": "all" }), "desk-service").await;
    let text = figures.text();
    assert!(text.contains("12 min"), "{text}");
    assert!(figures.is_ephemeral(), "{text}");

    discord.press("karim", &card, "vigie:resolve").await;
    discord.wait_until_reads(&card, "· Resolved").await;
    assert_eq!(discord.posts("desk-service").len(), 1, "{}", discord.transcript("desk-service"));
    assert_eq!(discord.posts("support").len(), 2, "Vigie says nothing to members");
    scene.end().await;
}

#[tokio::test]
async fn a_hostile_message_pings_one_role_and_forges_nothing() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    let hostile = format!(
        "{LOST_PARCEL} @everyone @here <@&{0}> @advisers [refund here](https://evil.example) ```\n**x** # big\n> quote \u{202e}txet \
         ||spoiler|| <@{1}> <#{2}> z\u{35b}\u{35b}\u{35b}\u{35b}\u{35b}\u{35b}\u{35b}algo",
        discord.role_id("press-office"),
        discord.user_id("tom"),
        discord.channel_id("chat"),
    );
    let (_, card) = scene.asked(&hostile, "desk-service").await;
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    let quote = card.embeds.iter().filter_map(|e| e["description"].as_str()).collect::<String>();
    for forged in
        ["](https://evil.example)", "@everyone", "<@&", "||spoiler||", "**x**", "\n# big", "\u{202e}"]
    {
        let is_bare = quote.match_indices(forged).any(|(at, _)| !quote[..at].ends_with('\\'));
        assert!(!is_bare, "{forged} is not made harmless in {quote}");
    }
    scene.end().await;
}

#[tokio::test]
async fn long_empty_and_emoji_messages_do_no_harm() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    discord.post("tom", "support", "😀😀😀🎉");
    discord.post("tom", "support", "שלום לכולם");
    let long = format!("{LOST_PARCEL} {}", "I have been waiting for weeks. ".repeat(126));
    assert!(long.chars().count() > 3900);
    let (_, card) = scene.asked(&long, "desk-service").await;
    assert!(card.embeds[0]["description"].as_str().is_some_and(|d| d.contains("My parcel never arrived")));
    assert_eq!(discord.posts("desk-service").len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn buttons_work_after_a_restart() {
    let mut scene = Scene::open().await;
    let (_, card) = scene.asked(LOST_PARCEL, "desk-service").await;
    scene.restart().await;
    scene.discord.press("karim", &card, "vigie:claim").await;
    scene.discord.wait_until_reads(&card, "· Claimed").await;
    assert_eq!(scene.discord.posts("desk-service").len(), 1, "the card is not posted again");
    scene.end().await;
}

#[tokio::test]
async fn what_was_written_while_vigie_was_away_is_made_good() {
    let mut scene = Scene::open().await;
    let (first, _) = scene.asked(LOST_PARCEL, "desk-service").await;
    scene.bot.kill().await;
    scene.discord.advance(SignedDuration::from_mins(5));
    scene.discord.reply("karim", &first, "It is on its way!");
    scene.discord.advance(SignedDuration::from_mins(10));
    scene.discord.post("tom", "support", "I was charged twice this month, please check my account");
    scene.discord.advance(SignedDuration::from_mins(10));

    scene.bot = scene.home.start(&[]);
    let second = scene.discord.next_post_in("desk-service").await;
    assert_eq!(scene.discord.pinged_by(&second), ["@advisers"]);
    let card = scene.discord.posts("desk-service")[0].clone();
    scene.discord.wait_until_reads(&card, "· Answered").await;
    let figures =
        scene.discord.run_command("karim", "stats", json!({ "period": "all" }), "desk-service").await;
    let text = figures.text();
    assert!(text.contains("5 min"), "{text}");
    scene.end().await;
}

#[tokio::test]
async fn members_are_refused_politely_and_roles_count_as_they_are_now() {
    let scene = Scene::open().await;
    let (discord, (_, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    let seen = discord.press("tom", &card, "vigie:claim").await;
    seen.until_says("Only employees").await;
    assert!(seen.is_ephemeral());
    discord.take_role("karim", "advisers");
    discord.press("karim", &card, "vigie:claim").await.until_says("Only employees").await;
    discord.give_role("tom", "experts");
    discord.press("tom", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    discord.run_command("ana", "queue", json!({}), "chat").await.until_says("Only employees").await;
    scene.end().await;
}

#[tokio::test]
async fn a_reroute_moves_the_card_and_its_ping() {
    let scene = Scene::open().await;
    let (discord, (question, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.wait_for_reaction(&question, "🛎️").await;
    discord.select("karim", &card, "vigie:reroute", &["product_expert"]).await;
    let moved = discord.next_post_in("desk-product").await;
    assert_eq!(discord.pinged_by(&moved), ["@experts"]);
    let old = discord.wait_until_reads(&card, "Went to").await;
    assert!(old.components.is_empty());
    discord.wait_for_reaction(&question, "🔧").await;
    let id = |post: &Post| post.components[0]["components"][0]["custom_id"].clone();
    assert_eq!(id(&moved), id(&card), "the request keeps its id");
    scene.end().await;
}

#[tokio::test]
async fn a_rule_decides_before_the_model_and_pr_is_discreet() {
    let scene = Scene::open().await;
    let (question, card) =
        scene.asked("Hello, journalist of the Gazette here, who can I talk to?", "desk-pr").await;
    assert_eq!(scene.discord.pinged_by(&card), ["@press-office"]);
    let seen = scene.discord.context_menu("karim", "Why this desk?", &question).await;
    seen.until_says("journalist").await;
    scene.discord.press("karim", &card, "vigie:claim").await;
    scene.discord.wait_until_reads(&card, "· Claimed").await;
    assert!(scene.discord.again(&question).reactions.is_empty(), "no public tag for PR");
    scene.end().await;
}

#[tokio::test]
async fn forum_posts_and_threads_are_heard_and_tagged() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    let post = discord.forum_post("ana", "questions", "Order lost", LOST_PARCEL);
    let card = discord.next_post_in("desk-service").await;
    assert!(discord.transcript("desk-service").contains("Order lost"));
    discord
        .wait_for(|world| {
            let thread = &world.channels[&post.channel];
            let parent = &world.channels[&thread.parent?];
            let tag = parent.tags.iter().find(|tag| tag["name"] == "Customer service")?;
            let id: u64 = tag["id"].as_str()?.parse().ok()?;
            thread.applied_tags.contains(&id).then_some(())
        })
        .await;
    let thread = discord.look(|world| world.channels[&post.channel].name.clone());
    discord.advance(SignedDuration::from_mins(2));
    discord.post("karim", &thread, "We are looking for it.");
    discord.wait_until_reads(&card, "· Answered").await;

    let question = discord.post("tom", "support", "good morning everybody");
    discord.start_thread_at("tom", &question, "tom's thread");
    discord.post("tom", "tom's thread", "I was charged twice this month, please check my account");
    let card = discord.next_post_in("desk-service").await;
    discord.press("karim", &card, "vigie:claim").await;
    discord.wait_until_reads(&card, "· Claimed").await;
    scene.end().await;
}

#[tokio::test]
async fn edits_and_deletions_show_on_the_card() {
    let scene = Scene::open().await;
    let (discord, (question, card)) = (&scene.discord, scene.asked(LOST_PARCEL, "desk-service").await);
    discord.advance(SignedDuration::from_secs(30));
    discord.edit(&question, "My parcel never arrived, can somebody check my order to Quimper please?");
    discord.wait_until_reads(&card, "Quimper").await;
    discord.delete(&question);
    discord.wait_until_reads(&card, "· Dismissed").await;
    assert!(!discord.transcript("desk-service").contains("Quimper"), "a deleted text is erased here too");
    assert_eq!(discord.posts("desk-service").len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_flood_gets_its_cards_in_order_and_none_is_answered_429() {
    let discord = server(Discord::builder().at("2026-03-02T09:00:00Z").running());
    let discord = (0..12).fold(discord, |d, n| d.member(&format!("member{n:02}"), &[])).start().await;
    let scene = Scene::at(discord).await;
    for n in 0..12 {
        scene.discord.post(
            &format!("member{n:02}"),
            "support",
            &format!("{LOST_PARCEL} It is number {n:02}."),
        );
    }
    let mut seen = Vec::new();
    for _ in 0..12 {
        let card = scene.discord.next_post_in("desk-service").await;
        let quote = card.embeds[0]["description"].as_str().unwrap_or_default().to_owned();
        seen.push(quote.split("number ").nth(1).map(|n| n[..2].to_owned()).unwrap_or_default());
    }
    let expected: Vec<String> = (0..12).map(|n| format!("{n:02}")).collect();
    assert_eq!(seen, expected);
    assert_eq!(scene.discord.calls_too_many(), 0);
    scene.end().await;
}

#[tokio::test]
async fn a_bad_day_of_discords_delays_the_card_and_doubles_none() {
    for failure in [Failure::Status(500), Failure::Cut, Failure::RateLimited(1), Failure::LoseAnswer] {
        let scene = Scene::open().await;
        scene.discord.fail_next("POST /channels/#desk-service/messages", failure, 1);
        let (_, card) = scene.asked(LOST_PARCEL, "desk-service").await;
        scene.discord.press("karim", &card, "vigie:claim").await;
        scene.discord.wait_until_reads(&card, "· Claimed").await;
        assert_eq!(scene.discord.posts("desk-service").len(), 1, "{failure:?}");
        scene.end().await;
    }
}

#[tokio::test]
async fn a_forbidden_desk_channel_keeps_the_card_and_setup_says_what_to_mend() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    discord.forbid("desk-service", Permission::SendMessages);
    discord.post("ana", "support", LOST_PARCEL);
    discord.wait_for(|world| world.requests.iter().any(|r| r.status == 403).then_some(())).await;
    let seen = discord.run_command("boss", "setup", json!({}), "chat").await;
    let text = seen.until_says("desk-service").await;
    assert!(text.contains("Send Messages") || text.contains("permission"), "{text}");
    discord.allow("desk-service", Permission::SendMessages);
    scene.home.apply(&config(discord).replace("30m", "45m")).await;
    let card = discord.next_post_in("desk-service").await;
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    scene.end().await;
}

#[tokio::test]
async fn an_administrator_sets_everything_up_with_commands() {
    let discord = brand().await;
    let home = home_at(&discord);
    let bot = home.start(&[]);
    discord.identified().await;
    registered(&discord).await;
    let run = async |line: &str, options: Value| {
        let seen = discord.run_command("boss", line, options, "chat").await;
        assert!(seen.is_ephemeral(), "{line}");
        seen.text()
    };
    run("watch add", json!({ "channel": "support" })).await;
    run("desk set", json!({ "route": "customer_service", "channel": "desk-service", "role": "advisers" }))
        .await;
    let wrong = run("rule add", json!({ "route": "pr", "pattern": "(" })).await;
    assert!(wrong.to_lowercase().contains("pattern") || wrong.contains("regular expression"), "{wrong}");
    run("rule add", json!({ "route": "none", "pattern": "giveaway" })).await;
    let listed = run("rule list", json!({})).await;
    assert!(listed.contains("giveaway"), "{listed}");
    run("language", json!({ "language": "fr", "timezone": "Europe/Paris" })).await;
    run("staff add", json!({ "role": "press-office" })).await;
    run("expert set", json!({ "user": "solene", "topics": "colis, parcel" })).await;
    assert!(!discord.sees_command("ana", "desk"), "administrators' commands are hidden from members");

    discord.post("ana", "support", "Mon colis n'est jamais arrivé, quelqu'un peut regarder ma commande ?");
    let card = discord.next_post_in("desk-service").await;
    assert!(discord.look(|world| world.read_aloud(&card)).contains("Ouverte"));
    let exported = home.call(&["config", "export", &discord.guild_id()]).await;
    let exported = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert!(exported.contains("giveaway") && exported.contains("Europe/Paris"), "{exported}");
    assert!(bot.stop().await.success());
    discord.assert_clean();
}

#[tokio::test]
async fn readiness_follows_the_gateway() {
    let scene = Scene::open().await;
    let until = async |status: u16| {
        let asking = async {
            loop {
                let answer = reqwest::get(scene.bot.url("/readyz")).await.expect("the web side answers");
                let is_it = answer.status().as_u16() == status;
                let said = answer.text().await.expect("text");
                if is_it {
                    return said;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), asking).await.expect("it comes to that")
    };
    until(200).await;
    scene.discord.set_gateway_up(false);
    scene.discord.cut_gateway();
    assert!(until(503).await.contains("discord: not connected"));
    scene.discord.set_gateway_up(true);
    until(200).await;
    scene.end().await;
}

#[tokio::test]
async fn a_wrong_token_or_intent_ends_the_start_with_what_to_mend() {
    let discord = brand().await;
    let output = home_at(&discord).set("DISCORD_TOKEN", "MTE.wrong.token").call(&[]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.lines().last().is_some_and(|line| line.starts_with("DISCORD_TOKEN holds")), "{said}");
    assert!(!said.contains("wrong.token"), "{said}");
    let _ = discord.take_violations();

    let discord =
        Discord::builder().guild("Air Azur").channel("support").without_message_content().start().await;
    let output = home_at(&discord).call(&[]).await;
    assert_ne!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(said.contains("message content"), "{said}");
    let _ = discord.take_violations();
}
