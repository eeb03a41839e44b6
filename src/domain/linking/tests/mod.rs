//! Who answered whom, cue by cue, and what must never be linked.

mod context;
mod joins;
mod outright;

use proptest::prelude::*;

use super::*;

/// The window of the configuration's default.
const WINDOW: Span = Span::minutes(5);

/// A point that many seconds after the start of the talk.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a second of this century")
}

fn says(who: &str, standing: Standing, second: i64, text: &str) -> IncomingMessage {
    IncomingMessage {
        community: "air".into(),
        channel: "help".into(),
        thread: None,
        id: MessageId::new(format!("{who}-{second}")),
        at: at(second),
        author: who.into(),
        author_name: who.to_owned(),
        standing,
        text: text.to_owned(),
        reply_to: None,
        reply_to_author: None,
        mentions: Vec::new(),
        label: None,
    }
}

fn employee(second: i64, text: &str) -> IncomingMessage {
    says("e1", Standing::Employee, second, text)
}

fn member(who: &str, second: i64, text: &str) -> IncomingMessage {
    says(who, Standing::Member, second, text)
}

/// The request that this message opens.
fn opens(message: &IncomingMessage, name: &str) -> Waiting {
    Waiting {
        request: RequestId::new(format!("R-{}", message.id)),
        author: message.author.clone(),
        author_name: name.to_owned(),
        thread: message.thread.clone(),
        messages: vec![(message.id.clone(), message.at)],
        text: message.text.clone(),
        claimed_by: None,
    }
}

fn heard(messages: &[&IncomingMessage]) -> Vec<Heard> {
    let hear = |m: &&IncomingMessage| Heard {
        id: m.id.clone(),
        at: m.at,
        author: m.author.clone(),
        standing: m.standing,
        thread: m.thread.clone(),
        reply_to: m.reply_to.clone(),
        mentions: m.mentions.clone(),
    };
    messages.iter().map(hear).collect()
}

/// What is linked, as `member kind`.
fn linked(
    message: &IncomingMessage,
    waiting: &[Waiting],
    talk: &[&IncomingMessage],
) -> Vec<(String, LinkKind)> {
    let links = answers(message, waiting, &heard(talk));
    for link in &links {
        assert!((LINKED..=1.0).contains(&link.confidence), "{link:?}");
    }
    links.into_iter().map(|link| (link.request.to_string(), link.kind)).collect()
}

fn only(request: &Waiting, kind: LinkKind) -> Vec<(String, LinkKind)> {
    vec![(request.request.to_string(), kind)]
}

#[test]
fn link_kinds_are_the_words_of_the_contract() {
    use LinkKind::{Button, Claim, Context, Mention, Reply, Thread};
    let words =
        serde_json::to_string(&[Reply, Thread, Mention, Claim, Context, Button]).expect("plain words");
    assert_eq!(words, r#"["reply","thread","mention","claim","context","button"]"#);
}

proptest! {
    #[test]
    fn any_text_and_any_name_are_taken(text in "\\PC{0,60}", name in "\\PC{0,20}", asked in "\\PC{0,60}", second in -50i64..50) {
        let lea = member("m1", 0, &asked);
        let waiting = [opens(&lea, &name)];
        let links = answers(&employee(second, &text), &waiting, &heard(&[&lea]));
        prop_assert!(links.len() <= 1 && (second >= 0 || links.is_empty()));
        prop_assert!(links.iter().all(|link| (LINKED..=1.0).contains(&link.confidence)));
        let joined = super::joins(&member("m1", second, &text), &waiting, &heard(&[&lea]), WINDOW);
        prop_assert!(second >= 0 || joined.is_none());
    }

    #[test]
    fn stacked_marks_and_emptiness_are_taken(text in "[a-zé\u{300}-\u{36f}@<:? ]{0,40}", name in "[a-zé\u{300}-\u{36f}]{0,9}") {
        let lea = member("m1", 0, "");
        let links = answers(&employee(9, &text), &[opens(&lea, &name)], &heard(&[&lea]));
        prop_assert!(links.len() <= 1);
    }
}
