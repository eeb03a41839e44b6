//! Whatever the gateway says, nothing panics, and what is said next is heard.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::*;

const FIXTURES: [&str; 14] = [
    "attachment_only",
    "direct_message",
    "forum_post",
    "guild_create",
    "message_create",
    "message_delete",
    "message_delete_bulk",
    "message_reply",
    "message_update",
    "message_update_preview",
    "pin",
    "thread_create",
    "thread_delete",
    "webhook_message",
];

/// What stands where something else should.
fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec![
            json!(null),
            json!(true),
            json!(0),
            json!(-1),
            json!(u64::MAX),
            json!(1.5e300),
            json!(""),
            json!("0"),
            json!("1"),
            json!("18446744073709551615"),
            json!("18446744073709551616"),
            json!("9999-12-31T23:59:59.999999+00:00"),
            json!("-0001-01-01T00:00:00+14:00"),
            json!([]),
            json!({}),
            json!([[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
            json!({ "id": "0" }),
            json!("🛎️".repeat(500)),
            json!("@everyone <@&1> \u{202e}\u{0}".repeat(500)),
        ]),
        any::<String>().prop_map(Value::from),
        any::<u64>().prop_map(|id| Value::from(id.to_string())),
    ]
}

/// A recorded event in which some values are others, or are not there.
fn mutated() -> impl Strategy<Value = Value> {
    let changes = prop::collection::vec((any::<Index>(), prop::option::of(hostile())), 0..6);
    (select(FIXTURES.to_vec()), changes).prop_map(|(name, changes)| {
        let mut event = payload(name);
        for (at, value) in changes {
            let paths = paths(&event["d"], "/d");
            let path = &paths[at.index(paths.len())];
            let (parent, key) = path.rsplit_once('/').expect("it begins with one");
            // Discord's own names of pictures: serenity takes them for ASCII, and no member can choose one.
            if ["avatar", "banner", "icon", "splash", "asset"].iter().any(|picture| key.contains(picture)) {
                continue;
            }
            if let Some(value) = value {
                event.pointer_mut(path).into_iter().for_each(|there| *there = value.clone());
            } else if let Some(Value::Object(fields)) = event.pointer_mut(parent) {
                fields.remove(key);
            }
        }
        event
    })
}

/// Where values stand, as JSON pointers.
fn paths(value: &Value, at: &str) -> Vec<String> {
    let inside: Vec<String> = match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, v)| paths(v, &format!("{at}/{key}"))).collect()
        }
        Value::Array(values) => {
            values.iter().enumerate().flat_map(|(n, v)| paths(v, &format!("{at}/{n}"))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    std::iter::once(at.to_owned()).chain(inside).collect()
}

#[test]
fn no_event_panics_and_the_next_one_is_heard() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (discord, store) = runtime.block_on(discord());
    let understood = std::cell::Cell::new(0);
    let run = TestRunner::new(Config { source_file: Some(file!()), ..Config::default() }).run(
        &mutated(),
        |payload| {
            // What is no event is serenity's to refuse.
            let Ok(event) = serde_json::from_value::<Event>(payload) else { return Ok(()) };
            understood.set(understood.get() + 1);
            let _ = crate::platform::discord::gateway::guild_of(&event);
            runtime.block_on(async {
                discord.directory.learn(&event);
                // Discord itself does not answer here, so that what has to be asked for is for later.
                let _ = discord.hear(&event).await;
            });
            Ok(())
        },
    );
    run.unwrap_or_else(|error| panic!("{error}"));
    assert!(understood.get() > 20, "only {} were events", understood.get());
    runtime.block_on(async {
        discord.directory.learn(&event("guild_create"));
        let mut next = payload("message_create");
        next["d"]["id"] = json!("1477591224016699400");
        let next: Event = serde_json::from_value(next).expect("an event");
        discord.hear(&next).await.expect("it is heard");
        let heard = store.pending(Timestamp::MAX, 1_000_000).await.expect("the inbox is read");
        let is_it = |item: &crate::store::InboxItem| {
            matches!(&item.incoming, Incoming::Posted(m) if m.id.as_str() == "1477591224016699400")
        };
        assert!(heard.iter().any(is_it), "{} others were heard", heard.len());
    });
}
