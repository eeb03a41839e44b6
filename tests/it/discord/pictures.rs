//! Answers with a picture or another file, through the real ways of answering, to interactions that the stand-in sends.

use std::sync::Arc;

use serde_json::json;
use serenity::all::{
    ClientBuilder, Context, CreateCommand, EventHandler, GatewayIntents, GuildId, HttpBuilder, Interaction,
    Ready,
};
use vigie::clock::SystemClock;
use vigie::commands::{Document, File as Brought, Image, Reply};
use vigie::domain::settings::Language;
use vigie::platform::discord::interactions::{Call, How, Page};
use vigie::platform::discord::{Credentials, Discord as Side};
use vigie::road::Core;
use vigie::stats::chart::{Chart, Series};
use vigie::store;

use crate::support::discord::{Discord, File};

/// Answers a command with a page that has a button, and the button with the page that comes next.
struct Answering {
    side: Arc<Side>,
    guild: GuildId,
    to_command: (How, Page),
    to_button: Page,
    /// The stand-in, when answers are to come only after they were promised.
    after_promise: Option<Arc<Discord>>,
}

#[serenity::async_trait]
impl EventHandler for Answering {
    async fn ready(&self, ctx: Context, _: Ready) {
        let commands = vec![CreateCommand::new("judge").description("How the judge does")];
        self.guild.set_commands(&ctx.http, commands).await.expect("the command is taken");
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(command) => {
                let (how, page) = self.to_command.clone();
                let work = async {
                    if let Some(discord) = &self.after_promise {
                        let is_promise = |body: &serde_json::Value| body["type"] == 5;
                        let promised = |call: &crate::support::discord::Request| {
                            call.path.ends_with("/callback") && call.body.as_ref().is_some_and(is_promise)
                        };
                        discord.wait_for(|world| world.requests.iter().any(promised).then_some(())).await;
                    }
                    page
                };
                Call::of_command(&self.side, &command).answer(how, work).await;
            }
            Interaction::Component(press) => {
                let call = Call::of_component(&self.side, &press);
                call.answer(How::InPlace, async { self.to_button.clone() }).await;
            }
            _ => panic!("no other interaction is sent"),
        }
    }
}

async fn start(discord: &Arc<Discord>, to_command: (How, Page), to_button: Page, waits: bool) {
    let core = Core::new(store::in_memory().await.expect("SQLite in memory"), Arc::new(SystemClock), None);
    let credentials = Credentials { token: discord.token(), api_url: Some(discord.url()), shards: None };
    let side =
        Side::new(credentials, core.intake, core.triage, core.store as _, core.clock).expect("a token");
    let guild = discord.guild_id().parse().expect("an id");
    let after_promise = waits.then(|| Arc::clone(discord));
    let handler = Answering { side, guild, to_command, to_button, after_promise };
    let http = HttpBuilder::new(discord.token()).proxy(discord.url()).ratelimiter_disabled(true).build();
    let client = ClientBuilder::new_with_http(http, GatewayIntents::empty()).event_handler(handler);
    let mut client = client.await.expect("a client");
    tokio::spawn(async move { client.start().await });
    discord.wait_for(|world| world.commands.values().next().map(Vec::len)).await;
}

async fn desk() -> Arc<Discord> {
    let discord = Discord::builder().guild("Air Azur").channel("desk").role("advisers");
    Arc::new(discord.member("karim", &["advisers"]).start().await)
}

fn page(title: &str, image: Option<Image>) -> Page {
    page_with(title, image.map(Brought::Image))
}

fn page_with(title: &str, file: Option<Brought>) -> Page {
    let button = json!({ "type": 2, "style": 2, "label": "Next", "custom_id": "vigie:next" });
    let reply = Reply { file: file.map(Box::new), ..Reply::facts(title, Vec::new()) };
    Page { reply: Box::new(reply), components: vec![json!({ "type": 1, "components": [button] })] }
}

fn image(alt: &str) -> Image {
    let series = vec![Series { name: "Service client".to_owned(), points: vec![Some(0.8), Some(0.9)] }];
    let x = vec!["2 mars".to_owned(), "9 mars".to_owned()];
    let chart =
        Chart { title: "Précision".to_owned(), alt: alt.to_owned(), language: Language::Fr, x, series };
    Image { name: "precision.png", png: chart.png(), alt: chart.alt }
}

#[track_caller]
fn assert_shown(embed: &serde_json::Value, files: &[File], alt: &str) {
    let [file] = files else { panic!("{} files", files.len()) };
    assert_eq!((file.name.as_str(), file.png_size()), ("precision.png", Some((1600, 840))));
    assert_eq!(file.alt.as_deref(), Some(alt));
    assert_eq!(embed["image"]["url"], "attachment://precision.png");
}

#[tokio::test]
async fn an_answer_shows_its_picture_and_says_what_it_shows() {
    let discord = desk().await;
    let alt = "Précision : 80 %, puis 90 % la semaine du 9 mars";
    let shown = page("Précision", Some(image(alt)));
    start(&discord, (How::Privately, shown), page("Rien", None), false).await;

    let seen = discord.run_command("karim", "judge", json!({}), "desk").await;
    assert_eq!((seen.answer_type(), seen.is_ephemeral()), (4, true));
    assert_shown(&seen.post().embeds[0], &seen.files(), alt);

    // The page that takes its place has none, and the old one is gone.
    let post = seen.post();
    discord.press("karim", &post, "Next").await;
    let next = discord.again(&post);
    assert!(next.embeds[0]["description"].as_str().is_some_and(|text| text.contains("Rien")));
    assert!(next.files.is_empty());
    discord.assert_clean();
}

#[tokio::test]
async fn a_picture_takes_the_place_of_another() {
    let discord = desk().await;
    let (first, second) = (image("the first"), image(&"é".repeat(3000)));
    start(&discord, (How::Privately, page("One", Some(first))), page("Two", Some(second)), false).await;

    let post = discord.run_command("karim", "judge", json!({}), "desk").await.post();
    discord.press("karim", &post, "Next").await;
    let next = discord.again(&post);
    // Discord takes 1024 characters.
    assert_shown(&next.embeds[0], &next.files, &format!("{}…", "é".repeat(1023)));
    discord.assert_clean();
}

#[tokio::test]
async fn an_answer_that_took_long_has_its_picture_too() {
    let discord = desk().await;
    let shown = page("Precision", Some(image("80 %, then 90 %")));
    start(&discord, (How::Privately, shown), page("Nothing", None), true).await;

    let seen = discord.run_command("karim", "judge", json!({}), "desk").await;
    assert_eq!((seen.answer_type(), seen.is_ephemeral()), (5, true));
    assert_shown(&seen.post().embeds[0], &seen.files(), "80 %, then 90 %");
    discord.assert_clean();
}

#[tokio::test]
async fn a_promise_to_all_that_ends_in_a_refusal_keeps_the_picture_with_the_refusal() {
    let discord = desk().await;
    let shown = page("Not shared", Some(image("80 %")));
    start(&discord, (How::Publicly, shown), page("Nothing", None), true).await;

    let seen = discord.run_command("karim", "judge", json!({}), "desk").await;
    seen.until_says("Not shared").await;
    assert!(seen.is_ephemeral());
    assert_shown(&seen.post().embeds[0], &seen.files(), "80 %");
    discord.assert_clean();
}

#[tokio::test]
async fn what_discord_would_not_take_does_not_go_unnoticed() {
    let discord = desk().await;
    let broken = Image { png: b"not a picture".to_vec(), ..image("80 %") };
    start(&discord, (How::Privately, page("One", Some(broken))), page("Two", None), false).await;

    let post = tokio::spawn({
        let discord = Arc::clone(&discord);
        async move { discord.run_command("karim", "judge", json!({}), "desk").await }
    });
    let reason =
        discord.wait_for(|world| world.violations.first().map(|violation| violation.reason.clone())).await;
    assert_eq!(reason, "precision.png is no PNG");
    post.abort();
    discord.take_violations();
}

#[tokio::test]
async fn a_large_file_is_promised_first_and_comes_whole() {
    let discord = desk().await;
    let bytes: Vec<u8> = (0..=255).cycle().take(10 << 20).collect();
    let table = Document { name: "table.csv", content_type: "text/csv", bytes: bytes.clone() };
    let shown = page_with("Table", Some(Brought::Document(table)));
    start(&discord, (How::Privately, shown), page("Nothing", None), false).await;

    let seen = discord.run_command("karim", "judge", json!({}), "desk").await;
    assert_eq!((seen.answer_type(), seen.is_ephemeral()), (5, true));
    let files = seen.files();
    assert_eq!((files.len(), files[0].name.as_str(), files[0].alt.as_deref()), (1, "table.csv", None));
    assert!(files[0].bytes == bytes, "it is another one");
    assert!(seen.post().embeds[0]["image"].is_null());
    discord.assert_clean();
}
