//! The review list: messages of which the judge is not sure, in their desk's channel, for a person to decide.
//!
//! It pings nobody. Its lines carry what they are about in their buttons' custom ids, as cards do; the texts are read
//! from the platform whenever the list is drawn, and kept nowhere.

use super::ids::MessageId;
use super::judgement::Judged;
use super::label::{Label, Route};
use super::settings::Language;
use super::time::{Span, Timestamp};
use super::words::Words;

/// Lines that one list shows: platforms give a post five rows of buttons.
pub const LINES: usize = 5;

/// How long a message waits in the list; afterwards only the audit may draw it.
pub const WAITS: Span = Span::minutes(7 * 24 * 60);

/// A desk's review list as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewList {
    /// The desk.
    pub route: Route,
    /// The headline.
    pub title: String,
    /// The part of it that says how many there are: what is left to say where the desk is plain to see.
    pub how_many: String,
    /// What to do with it.
    pub hint: &'static str,
    /// The oldest messages, at most [`LINES`].
    pub lines: Vec<ReviewLine>,
    /// How many more there are, in words.
    pub more: Option<String>,
}

/// One message of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewLine {
    /// Its number in the list, from 1.
    pub number: usize,
    /// The message.
    pub message: MessageId,
    /// Who wrote it, unescaped.
    pub author_name: String,
    /// What it says, unescaped.
    pub quote: String,
    /// When it was written.
    pub at: Timestamp,
    /// The address of the message.
    pub link: String,
    /// What the link is called.
    pub link_word: &'static str,
    /// The two best guesses.
    pub choices: [Choice; 2],
}

/// A guess, as a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What pressing it says of the message.
    pub label: Label,
    /// What is written on it, the line's number first.
    pub words: String,
    /// What it sends.
    pub custom_id: String,
}

/// A message as it was found on its platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Who wrote it.
    pub author_name: String,
    /// What it says now.
    pub text: String,
    /// Its address.
    pub link: String,
}

/// A press in the review list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewPress {
    /// The message.
    pub message: MessageId,
    /// What it is.
    pub label: Label,
}

impl ReviewList {
    /// The list of a desk: what waits and could be read, and how many there are in all.
    #[must_use]
    pub fn new(language: Language, route: Route, found: Vec<(Judged, Quoted)>, of: usize) -> Self {
        let words = Words::new(language);
        let more = of.saturating_sub(found.len());
        let line = |(number, (judged, quoted)): (usize, (Judged, Quoted))| ReviewLine {
            number,
            choices: judged.judgement.guesses().map(|label| Choice {
                label,
                words: format!("{number} · {}", words.choice(label)),
                custom_id: ReviewPress { message: judged.message.clone(), label }.custom_id(),
            }),
            message: judged.message,
            author_name: quoted.author_name,
            quote: quoted.text,
            at: judged.at,
            link: quoted.link,
            link_word: words.go_to_message(),
        };
        Self {
            route,
            title: words.review_title(route, of),
            how_many: words.review_count(of),
            hint: words.review_hint(),
            lines: (1..).zip(found).map(line).collect(),
            more: (more > 0).then(|| words.review_more(more)),
        }
    }
}

impl ReviewPress {
    /// The custom id: `vigie:review:LABEL:MESSAGE`. Where the message stands is looked up, so that nothing outside
    /// the community can be pointed at.
    #[must_use]
    pub fn custom_id(&self) -> String {
        format!("vigie:review:{}:{}", self.label, self.message)
    }

    /// Reads a custom id; `None` when it is no press in a review list.
    #[must_use]
    pub fn parse(custom_id: &str) -> Option<Self> {
        let rest = custom_id.strip_prefix("vigie:review:")?;
        let (label, message) = rest.split_once(':')?;
        let is_id = !message.is_empty() && !message.contains(|c: char| c.is_whitespace() || c == ':');
        is_id.then_some(Self { message: message.into(), label: label.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_choice_is_read_back() {
        for label in Label::ALL {
            let press = ReviewPress { message: "42".into(), label };
            assert_eq!(ReviewPress::parse(&press.custom_id()), Some(press));
        }
        for wrong in ["vigie:review:none", "vigie:review:press:42", "vigie:review:pr:", "vigie:claim:x"] {
            assert_eq!(ReviewPress::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_no_press_or_one_that_is_written_the_same(
            text in prop_oneof![any::<String>(), "vigie:review:(pr|none|customer_service|x)?:[0-9a-z: ]{0,20}"],
        ) {
            if let Some(press) = ReviewPress::parse(&text) {
                prop_assert_eq!(press.custom_id(), text);
            }
        }
    }
}
