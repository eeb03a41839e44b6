//! What is drawn, as the JSON that Discord gets.

mod inert;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::domain::card::{Button, Choice, Line};
use crate::domain::label::Route;

fn a_card() -> Card {
    Card {
        what_times_mean: None,
        request: crate::domain::ids::RequestId::new("01JABCDEFGHJKMNPQRSTVWXYZ0"),
        status: Status::Open,
        status_word: "Open",
        route: Route::CustomerService,
        title: "🛎️ Customer service · Open".to_owned(),
        quote: "My *parcel* is lost @everyone\n<@&900> see https://x.example".to_owned(),
        author_name: "Ana".to_owned(),
        link: "https://discord.com/channels/1/2/3".to_owned(),
        message: "3".into(),
        link_word: "Go to the message",
        lines: vec![
            Line { name: "Member", value: vec![Piece::Person("500".into())], is_short: true },
            Line { name: "Why this desk", value: vec![Piece::text("parcel · [lost](x)")], is_short: false },
        ],
        buttons: vec![
            Button { action: Action::Claim, label: "Claim", is_enabled: true },
            Button { action: Action::Resolve, label: "Resolve", is_enabled: false },
        ],
        reroute_word: "Send to another desk…",
        reroute_to: Route::ALL
            .map(|route| Choice { route, label: "desk", is_current: route == Route::CustomerService })
            .into(),
        more_word: "More…",
        more: vec![(crate::domain::action::More::Urgent, "Urgent")],
    }
}

fn ping() -> Ping {
    Ping { role: "901".into(), words: "🛎️ Customer service · new request".to_owned() }
}

fn drawn(it: &impl serde::Serialize) -> Value {
    serde_json::to_value(it).expect("a message is JSON")
}

fn key() -> NoticeId {
    NoticeId::new("01JZZZZZZZZZZZZZZZZZZZZZZ9")
}

#[test]
fn a_card_pings_its_one_role_and_nobody_else() {
    let message = drawn(&card(&a_card(), Some(&ping()), &key()));
    assert_eq!(message["content"], "<@&901> 🛎️ Customer service · new request");
    let allowed = &message["allowed_mentions"];
    assert_eq!(
        (&allowed["parse"], &allowed["users"], &allowed["roles"]),
        (&serde_json::json!([]), &serde_json::json!([]), &serde_json::json!(["901"]))
    );
    assert_eq!(message["nonce"], "1JZZZZZZZZZZZZZZZZZZZZZZ9");
    assert_eq!(message["enforce_nonce"], true);
}

#[test]
fn a_card_without_a_ping_may_ping_nobody() {
    let message = drawn(&card(&a_card(), None, &key()));
    assert_eq!(message.get("content"), None);
    assert_eq!(message["allowed_mentions"], serde_json::json!({"parse": [], "users": [], "roles": []}));
}

#[test]
fn the_quote_is_a_block_quote_in_which_nothing_works() {
    let embed = drawn(&card(&a_card(), None, &key()))["embeds"][0].clone();
    assert_eq!(
        embed["description"],
        "> My \\*parcel\\* is lost @\u{200B}everyone\n> \\<@\u{200B}&900\\> see https\\://x.example\n\
         [Go to the message](https://discord.com/channels/1/2/3)"
    );
    assert_eq!(embed["fields"][0]["value"], "<@500>");
    assert_eq!(embed["fields"][1]["value"], "parcel · \\[lost\\]\\(x\\)");
    assert_eq!(embed["footer"]["text"], "VWXYZ0");
    assert_eq!(embed["author"]["name"], "Ana");
}

#[test]
fn the_components_carry_the_request() {
    let rows = drawn(&card(&a_card(), None, &key()))["components"].clone();
    assert_eq!(rows[0]["components"][0]["custom_id"], "vigie:claim:01JABCDEFGHJKMNPQRSTVWXYZ0");
    assert_eq!(
        (&rows[0]["components"][0]["disabled"], &rows[0]["components"][1]["disabled"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
    let select = &rows[1]["components"][0];
    assert_eq!(select["custom_id"], "vigie:reroute:01JABCDEFGHJKMNPQRSTVWXYZ0");
    let options = select["options"].as_array().expect("a list");
    assert_eq!(
        options.iter().map(|o| o["value"].clone()).collect::<Vec<_>>(),
        ["customer_service", "product_expert", "pr"]
    );
    assert_eq!(options.iter().filter(|o| o["default"] == true).count(), 1);
}

#[test]
fn a_retired_card_is_a_line_without_buttons_and_pings() {
    let message = drawn(&retired_card(&a_card(), "➜ Went to 🔧 Product expert"));
    assert_eq!((&message["content"], &message["components"]), (&Value::from(""), &serde_json::json!([])));
    let description = message["embeds"][0]["description"].as_str().expect("text");
    assert!(description.starts_with("➜ Went to 🔧 Product expert\n"), "{description}");
    assert_eq!(message["embeds"][0].get("title"), None);
}

#[test]
fn a_long_reply_is_split_and_nothing_is_lost() {
    let lines: Vec<Vec<Piece>> =
        (0..400).map(|n| vec![Piece::text(format!("line {n} of many words"))]).collect();
    let embeds = replies(&Reply::facts("Queue", lines));
    assert!(embeds.len() > 1);
    let all: Vec<String> = embeds
        .iter()
        .map(|embed| drawn(embed)["description"].as_str().expect("text").to_owned())
        .inspect(|text| assert!(length(text) <= 4096))
        .collect();
    for n in 0..400 {
        assert!(
            all.iter().any(|text| text.lines().any(|line| line == format!("line {n} of many words"))),
            "{n}"
        );
    }
}

#[test]
fn a_refusal_names_people_and_links_nowhere() {
    let embed = reply(&Reply::refused("<@42> has *already* claimed it, see [x](https://y.example) <b>"));
    assert_eq!(
        drawn(&embed)["description"],
        "<@42> has \\*already\\* claimed it, see \\[x\\]\\(https\\://y.example\\) \\<b\\>"
    );
}

/// How long Discord counts an embed.
fn total(embed: &Value) -> usize {
    let text = |value: &Value| value.as_str().map_or(0, length);
    let fields = embed["fields"]
        .as_array()
        .map_or(0, |fields| fields.iter().map(|field| text(&field["name"]) + text(&field["value"])).sum());
    fields
        + text(&embed["title"])
        + text(&embed["description"])
        + text(&embed["author"]["name"])
        + text(&embed["footer"]["text"])
}

proptest! {
    #[test]
    fn no_text_breaks_discords_limits(
        quote in r"[\[\]<>*a-z😀é\u{0300}\u{202e}\n ]{0,3000}",
        name in ".{0,200}",
        why in proptest::collection::vec(r"[\[\]<>*a-z😀 ]{0,2000}", 0..30),
    ) {
        let mut it = a_card();
        it.quote = quote;
        it.author_name = name;
        it.lines = why.into_iter().map(|t| Line { name: "Why", value: vec![Piece::Text(t)], is_short: false }).collect();
        let embed = drawn(&card(&it, Some(&ping()), &key()))["embeds"][0].clone();
        prop_assert!(total(&embed) <= 6000, "{}", total(&embed));
        prop_assert!(length(embed["description"].as_str().expect("text")) <= 4096);
        let author = embed["author"]["name"].as_str().expect("text");
        prop_assert!((1..=256).contains(&length(author)));
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        prop_assert!(fields.len() <= 25);
        for field in fields {
            prop_assert!((1..=1024).contains(&length(field["value"].as_str().expect("text"))));
        }
    }

    #[test]
    fn every_line_of_a_quote_stays_in_the_quote(text in r"(?s).{0,300}") {
        prop_assert!(quote(&text).lines().all(|line| line.starts_with('>')));
    }
}
