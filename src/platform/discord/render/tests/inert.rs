//! Whatever people write, what is posted pings whom we mean, links where we link, and fits.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use super::super::{lists, notes};
use super::*;
use crate::domain::judgement::{Judged, Judgement, Zone};
use crate::domain::label::Label;
use crate::domain::review::{Quoted, ReviewList};
use crate::domain::settings::Language;
use crate::domain::time::Timestamp;
use crate::domain::verdict::{Lang, Verdict};
use crate::platform::Note;

const LINK: &str = "https://discord.com/channels/1/2/3";

/// What somebody writes who wants it to do something.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "@everyone",
        "@here",
        "<@",
        "<@&",
        "<@!",
        "<#",
        "<t:0:R>",
        "</x:1>",
        "<:x:1>",
        "<a:x:1>",
        "901>",
        ">",
        "[x]",
        "](",
        "(",
        ")",
        "https://evil.example",
        "<https://evil.example>",
        "```",
        "`",
        "\\",
        "\\\\",
        "\n",
        "\r",
        "\u{2028}",
        "# ",
        "-# ",
        "> ",
        ">>> ",
        "- ",
        "1. ",
        "||",
        "**",
        "__",
        "~~",
        "\u{202e}",
        "\u{200b}",
        "\u{e0041}",
        "e\u{301}\u{301}\u{301}\u{301}",
        "🛎️",
        "\u{1f1eb}",
        " ",
        "a",
    ]);
    let pieces = prop::collection::vec(pieces, 0..150).prop_map(|pieces| pieces.concat());
    prop_oneof![3 => pieces, 1 => any::<String>(), 1 => "[<@>\\[\\]()*😀\\\\]{0,2500}"]
}

/// What would do something in a text, after what we say ourselves was taken out: the role and the person that are
/// named, times, and links to Discord.
fn living(text: &str) -> Vec<String> {
    static OURS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\[Go to the message\]\(https://discord\.com/channels/1/2/3\)|<t:\d+:R>|<@500>")
            .expect("a pattern")
    });
    static LIVING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)@everyone|@here|<[@#:/]|<[at]:|\]\(|://|`|\*|\|\||~~|[\u{202a}-\u{202e}\u{2066}-\u{2069}]",
        )
        .expect("a pattern")
    });
    let mut bare = String::new();
    let rest = OURS.replace_all(text, "");
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
            bare.push('.');
        } else {
            bare.push(c);
        }
    }
    LIVING.find_iter(&bare).map(|found| found.as_str().to_owned()).collect()
}

fn judged() -> Judged {
    let verdict = Verdict::given(Label::Pr, "a test", Lang::En);
    let shares = [0.1, 0.1, 0.5, 0.3];
    Judged {
        community: "1".into(),
        channel: "2".into(),
        thread: None,
        message: "3".into(),
        author: "500".into(),
        at: Timestamp::UNIX_EPOCH,
        judgement: Judgement { verdict, shares, zone: Zone::Review, route: Route::Pr, earlier: Vec::new() },
    }
}

/// Holds a message against what we mean by it: these mentions, this beginning of its text.
fn check(message: &Value, content: &str, roles: &Value, users: &Value) -> Result<(), TestCaseError> {
    let said = message["content"].as_str().unwrap_or_default();
    prop_assert!(length(said) <= 2000 && said.starts_with(content), "{}", said);
    prop_assert_eq!(living(&said[content.len()..]), [""; 0]);
    let allowed = &message["allowed_mentions"];
    let ids = |kind: &str| if allowed[kind].is_null() { json!([]) } else { allowed[kind].clone() };
    prop_assert_eq!((&allowed["parse"], &ids("roles"), &ids("users")), (&json!([]), roles, users));
    let embeds = message["embeds"].as_array().cloned().unwrap_or_default();
    prop_assert!(embeds.len() <= 10 && embeds.iter().map(total).sum::<usize>() <= 6000);
    for embed in embeds {
        let description = embed["description"].as_str().unwrap_or_default();
        prop_assert!(length(description) <= 4096);
        // In an author's name nothing is formatted.
        let name = embed["author"]["name"].as_str().unwrap_or_default();
        prop_assert!(length(name) <= 256 && !name.contains(['\u{202e}', '\n']), "{}", name);
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        let names = fields.iter().map(|field| (field["name"].clone(), 256));
        let values = fields.iter().map(|field| (field["value"].clone(), 1024));
        for (text, most) in names.chain(values) {
            let text = text.as_str().unwrap_or_default();
            prop_assert!((1..=most).contains(&length(text)), "{}", length(text));
            prop_assert_eq!(living(text), [""; 0], "{}", text);
        }
        prop_assert_eq!(living(description), [""; 0], "{}", description);
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_people_write_does_nothing_in_what_is_posted(text in hostile(), name in hostile(), line in hostile()) {
        let mut it = a_card();
        (it.quote, it.author_name, it.link) = (text.clone(), name.clone(), LINK.to_owned());
        it.lines = vec![Line { name: "Why", value: vec![Piece::text(line.clone()), Piece::Person("500".into())], is_short: false }];
        let ours = "<@&901> 🛎️ Customer service · new request";
        check(&drawn(&card(&it, Some(&ping()), &key())), ours, &json!(["901"]), &json!([]))?;
        check(&drawn(&edited_card(&it, Some(&ping()))), ours, &json!(["901"]), &json!([]))?;
        check(&drawn(&retired_card(&it, "➜ Went to another desk")), "", &json!([]), &json!([]))?;

        let note = Note {
            role: Some("901".into()),
            person: Some("500".into()),
            lines: vec![vec![Piece::text(text.clone())], vec![Piece::text(line.clone())], vec![Piece::text(name.clone())]],
            reply_to: None,
            button: None,
            image: None,
        };
        check(&notes::note(&note, &key()), "<@&901> <@500> ", &json!(["901"]), &json!(["500"]))?;
        check(&notes::edited_note(&note), "", &json!([]), &json!([]))?;

        let quoted = Quoted { author_name: name.clone(), text: text.clone(), link: LINK.to_owned() };
        let found = vec![(judged(), quoted); 5];
        let list = ReviewList::new(Language::En, Route::Pr, found, 9);
        check(&drawn(&lists::review(&list, &key())), "", &json!([]), &json!([]))?;

        let lines = vec![vec![Piece::text(text)], vec![Piece::Link { words: line, address: LINK.to_owned() }]];
        let named = Regex::new(r"<(@&?|#)\d{1,20}>").expect("a pattern");
        for embed in replies(&Reply { lines, ..Reply::refused(name) }) {
            let description = drawn(&embed)["description"].as_str().unwrap_or_default().to_owned();
            prop_assert!(length(&description) <= 4096);
            let description = description.replace(&format!("]({LINK})"), "");
            // People are named in refusals by a mention, which in an embed pings nobody.
            prop_assert_eq!(living(&named.replace_all(&description, "")), [""; 0], "{}", description);
        }
    }
}
