//! Custom ids of the context menus, and the choices that are offered.

use proptest::prelude::*;
use serenity::model::id::{ChannelId, MessageId};

use super::complete::{rules, time_zones};
use super::menus::Target;
use crate::domain::label::Label;
use crate::domain::settings::{Language, Platform, Rule, Settings};
use crate::domain::words::Words;

#[test]
fn a_target_is_read_back_and_nonsense_is_none() {
    let target = Target::parse("11:12").expect("two ids");
    assert_eq!(target.custom_id("send"), "vigie:send:11:12");
    for wrong in
        ["", ":", "11", "11:", ":12", "0:12", "11:0", "11:x", "11:12:13", "-1:2", "18446744073709551615:1"]
    {
        assert_eq!(Target::parse(wrong), None, "{wrong}");
    }
    let longest = Target::new(ChannelId::new(u64::MAX - 1), MessageId::new(u64::MAX - 1));
    assert!(longest.custom_id("answers").len() <= 100);
}

proptest! {
    #[test]
    fn any_text_is_no_target_or_one_that_is_written_the_same(
        text in prop_oneof![any::<String>(), "[+0-9]{0,21}:[+0-9]{0,21}"],
        word in "(judge|audit|handover|claims|figures|privacy|forget|setup)",
    ) {
        if let Some(target) = Target::parse(&text) {
            prop_assert_eq!(target.custom_id("send"), format!("vigie:send:{text}"));
        }
        // What these mean is asked of the store, with the community and the presser: here nothing may panic.
        let _ = super::commands::read::pressed(&word, &text);
        let _ = super::setup::Press::parse(&text, &[&text]);
    }
}

#[test]
fn time_zones_are_found_by_the_city_and_never_more_than_25() {
    let names = |typed| -> Vec<String> {
        time_zones(typed).iter().map(|c| c["value"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(names("par").first().map(String::as_str), Some("Europe/Paris"));
    assert_eq!(names("new york"), ["America/New_York"]);
    assert_eq!(names("").len(), 25);
    assert!(names("atlantis").is_empty());
}

#[test]
fn rules_are_offered_by_number_within_discords_limits() {
    let mut settings = Settings::new(Platform::Discord, "1".into(), "X");
    for i in 0..40 {
        let pattern = regex::Regex::new(&format!("boycott{i}{}", "x".repeat(200))).expect("a pattern");
        settings.rules.push(Rule { label: Label::Pr, pattern, channel: None });
    }
    let words = Words::new(Language::En);
    let offered = rules(&settings, words, "");
    assert_eq!(offered.len(), 25);
    assert!(offered.iter().all(|c| c["name"].as_str().is_some_and(|n| n.chars().count() <= 100)));
    let one = rules(&settings, words, "boycott39");
    assert_eq!(one.iter().map(|c| c["value"].as_u64()).collect::<Vec<_>>(), [Some(40)]);
}

#[test]
fn a_page_too_long_for_one_message_goes_on_and_keeps_its_buttons_at_the_end() {
    use super::Page;
    use crate::commands::Reply;
    use crate::domain::card::Piece;
    use serde_json::json;

    let lines =
        (0..200).map(|_| vec![Piece::text("a line of some length, as queues have them".repeat(2))]).collect();
    let page = Page { components: vec![json!({ "type": 1 })], ..Reply::facts("Queue", lines).into() };
    let messages = page.messages();
    assert!(messages.len() > 1);
    for (i, message) in messages.iter().enumerate() {
        let is_last = i + 1 == messages.len();
        assert_eq!(message["components"].as_array().map(Vec::len), Some(usize::from(is_last)));
        assert_eq!(message["allowed_mentions"], json!({ "parse": [] }), "nobody is ever pinged");
        assert_eq!(message["embeds"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn a_picture_is_named_in_the_first_message_alone() {
    use super::Page;
    use crate::commands::{File, Image, Reply};
    use crate::domain::card::Piece;
    use serde_json::json;

    let lines = (0..200).map(|_| vec![Piece::text("a line of some length, as queues have them")]).collect();
    let image = Image { name: "weeks.png", png: Vec::new(), alt: "rising".to_owned() };
    let page = Page::from(Reply { file: Some(Box::new(File::Image(image))), ..Reply::facts("Judge", lines) });
    let messages = page.messages();
    assert!(messages.len() > 1);
    let named = json!([{ "id": 0, "filename": "weeks.png", "description": "rising" }]);
    assert_eq!(messages[0]["attachments"], named);
    assert_eq!(messages[0]["embeds"][0]["image"], json!({ "url": "attachment://weeks.png" }));
    assert!(messages[1..].iter().all(|message| message.get("attachments").is_none()));
}
