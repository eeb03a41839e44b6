//! What Discord's gateway says, as recorded shapes in `tests/fixtures/discord/`, and what is made of it.

use std::sync::Arc;

use super::*;
use crate::bell::Bell;
use crate::clock::{Ids, ManualClock};
use crate::communities::Communities;
use crate::domain::settings::{Acknowledge, Platform, Tag, Watch};
use crate::intake::Intake;
use crate::platform::discord::{Credentials, Me};
use crate::store::Store;
use crate::triage::Triage;

const GUILD: &str = "1100000000000000001";
const HELP: &str = "1100000000000000010";
const FORUM: &str = "1100000000000000030";

mod hostile;

/// A recorded payload, without what only the connection needs.
fn payload(name: &str) -> serde_json::Value {
    let path = format!("{}/tests/fixtures/discord/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    let mut payload: serde_json::Value = serde_json::from_str(&text).expect("the fixture is JSON");
    serde_json::json!({"t": payload["t"].take(), "d": payload["d"].take()})
}

fn event(name: &str) -> Event {
    serde_json::from_value(payload(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A Discord side that is connected to nothing, in a guild that watches a channel and a forum.
async fn discord() -> (Arc<Discord>, Arc<dyn Store>) {
    let store: Arc<dyn Store> = crate::store::in_memory().await.expect("a store in memory");
    let communities = Arc::new(Communities::new(Arc::clone(&store)));
    let now: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a time");
    let watch = |channel: &str| Watch {
        channel: channel.into(),
        tag: Tag::default(),
        acknowledge: Acknowledge::default(),
    };
    let mut settings = Settings::new(Platform::Discord, GUILD.into(), "Air Azur");
    settings.watches = vec![watch(HELP), watch(FORUM)];
    settings.staff = vec!["1100000000000000901".into()];
    store.save_settings(&settings, None, now).await.expect("settings are stored");
    let (ids, clock) = (Arc::new(Ids::default()), Arc::new(ManualClock::at(now)));
    let bell = || Arc::new(Bell::default());
    let intake = Intake::new(Arc::clone(&store), Arc::clone(&communities), Arc::clone(&ids), bell());
    let triage = Triage::new(
        Arc::clone(&store),
        communities,
        Arc::clone(&clock) as Arc<dyn crate::clock::Clock>,
        ids,
        (bell(), bell()),
        None,
    );
    // Nothing listens at this address: what would ask Discord fails.
    let credentials =
        Credentials { token: "secret".into(), api_url: Some("http://127.0.0.1:9".into()), shards: None };
    let discord =
        Discord::new(credentials, Arc::new(intake), Arc::new(triage), Arc::clone(&store) as _, clock)
            .expect("a token");
    discord.me.set(Me { id: UserId::new(1_100_000_000_000_000_009) }).expect("set once");
    discord.directory.learn(&event("guild_create"));
    (discord, store)
}

async fn heard(names: &[&str]) -> Vec<Incoming> {
    let (discord, store) = discord().await;
    for name in names {
        let event = event(name);
        discord.directory.learn(&event);
        discord.hear(&event).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    store
        .pending(Timestamp::MAX, 100)
        .await
        .expect("the inbox is read")
        .into_iter()
        .map(|item| item.incoming)
        .collect()
}

fn posted(incoming: &Incoming) -> &IncomingMessage {
    match incoming {
        Incoming::Posted(message) | Incoming::Edited { message, .. } => message,
        Incoming::Deleted { .. } => panic!("{incoming:?} is no message"),
    }
}

#[tokio::test]
async fn a_members_message_is_heard_with_the_platforms_own_time() {
    let heard = heard(&["message_create"]).await;
    let message = posted(&heard[0]);
    assert_eq!(message.at.to_string(), "2026-03-01T09:00:00.123Z");
    assert_eq!((message.channel.as_str(), &message.thread), (HELP, &None));
    assert_eq!((message.author_name.as_str(), message.standing), ("Ana", Standing::Member));
    assert_eq!(message.text, "My parcel says delivered but nothing came");
    assert_eq!(message.reply_to, None);
}

#[tokio::test]
async fn an_employees_reply_names_what_it_replies_to() {
    let heard = heard(&["message_create", "message_reply"]).await;
    let (asked, reply) = (posted(&heard[0]), posted(&heard[1]));
    assert_eq!((reply.author_name.as_str(), reply.standing), ("Marc (Air Azur)", Standing::Employee));
    assert_eq!(reply.reply_to.as_ref(), Some(&asked.id));
    assert_eq!(reply.reply_to_author.as_ref(), Some(&asked.author));
    assert_eq!(reply.mentions, std::slice::from_ref(&asked.author));
}

#[tokio::test]
async fn a_forum_post_says_its_title_first_and_stands_in_its_forum() {
    let heard = heard(&["thread_create", "forum_post"]).await;
    let message = posted(&heard[0]);
    assert_eq!(message.text, "Box does not start\nThree green lights, then nothing.");
    assert_eq!(message.channel.as_str(), FORUM);
    assert_eq!(message.thread.as_ref().map(ids::ChannelId::as_str), Some(message.id.as_str()));
}

#[tokio::test]
async fn a_thread_is_renamed_when_it_was_known_by_another_name() {
    let (discord, _) = discord().await;
    let mut thread: GuildChannel =
        serde_json::from_value(payload("thread_create")["d"].take()).expect("a thread");
    assert!(!discord.directory.is_renamed(&thread), "it may only have woken");
    discord.directory.learn(&event("thread_create"));
    assert!(!discord.directory.is_renamed(&thread), "it may only have got a tag");
    thread.name = "Box does start".to_owned();
    assert!(discord.directory.is_renamed(&thread));
}

#[tokio::test]
async fn an_edit_is_heard_and_a_preview_that_appears_is_not() {
    let heard = heard(&["message_create", "message_update_preview", "message_update"]).await;
    assert_eq!(heard.len(), 2);
    let Incoming::Edited { message, at } = &heard[1] else { panic!("{:?} is no edit", heard[1]) };
    assert_eq!(message.text, "My parcel 42 says delivered but nothing came");
    assert_eq!(at.to_string(), "2026-03-01T09:02:00.5Z");
    assert_eq!(message.at.to_string(), "2026-03-01T09:00:00.123Z");
}

#[tokio::test]
async fn deletions_are_heard_one_by_one_and_a_post_goes_with_its_first_message() {
    let heard = heard(&["thread_create", "message_delete", "message_delete_bulk", "thread_delete"]).await;
    let deleted: Vec<(&str, String)> = heard
        .iter()
        .map(|incoming| match incoming {
            Incoming::Deleted { channel, message, .. } => (channel.as_str(), message.to_string()),
            Incoming::Posted(_) | Incoming::Edited { .. } => panic!("{incoming:?} is no deletion"),
        })
        .collect();
    assert!(deleted.iter().filter(|(channel, _)| *channel == HELP).count() >= 2, "{deleted:?}");
    assert_eq!(deleted.last(), Some(&(FORUM, "1477600000000000000".to_owned())));
}

#[tokio::test]
async fn programs_are_bots_and_pins_and_direct_messages_are_nothing() {
    let heard = heard(&["webhook_message", "pin", "direct_message", "attachment_only"]).await;
    assert_eq!(heard.len(), 2);
    assert_eq!(posted(&heard[0]).standing, Standing::Bot);
    assert_eq!(posted(&heard[1]).text, "");
}

#[tokio::test]
async fn our_own_messages_are_not_heard() {
    let (discord, store) = discord().await;
    let Event::MessageCreate(mut event) = event("message_create") else { panic!("it is a message") };
    event.message.author.id = discord.me().expect("it is set").id;
    discord.hear(&Event::MessageCreate(event)).await.expect("nothing is asked");
    assert_eq!(store.pending(Timestamp::MAX, 10).await.expect("the inbox is read").len(), 0);
}

#[test]
fn ids_and_times_are_turned_into_each_other() {
    let at: Timestamp = "2026-03-01T09:00:00.123Z".parse().expect("a time");
    assert_eq!(posted_at(MessageId::new(first_id_at(at))), at);
}
