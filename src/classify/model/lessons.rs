//! What the model is shown: the examples, and each of them again in other guises.
//!
//! Whom a message names is an accident of the platform, and in the corpus members are named almost only where no
//! answer is needed. Learnt from that alone, a name would nearly rule a request out. And people leave out words that
//! examples have: so each example is shown once more, faintly, with three words in ten missing.

use std::borrow::Cow;

use super::corpus::Example;
use super::fnv;
use crate::domain::label::Label;

/// The company, as examples write it.
const BRAND: &str = "@brand";

/// A member, as examples write one.
const MEMBER: &str = "@user";

/// How much a lesson counts from which words are missing.
const FAINT: f64 = 0.3;

/// Of 256 words so many go missing.
const MISSING: u64 = 77;

/// A text with the label to learn for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lesson<'a> {
    /// The message.
    pub text: Cow<'a, str>,
    /// What it should be given.
    pub label: Label,
    /// What would also do.
    pub also: Option<Label>,
    /// How much it counts.
    pub weight: f64,
}

/// The lessons of some examples: each as it stands; those with a mention also without; those that ask the company
/// by name also with a second addressee; and each, faintly, with words missing.
pub(super) fn lessons<'a>(examples: &[&'a Example]) -> Vec<Lesson<'a>> {
    let mut lessons = Vec::with_capacity(examples.len() * 5 / 2);
    for Example { text, label, also, .. } in examples {
        let mut teach = |text, weight| lessons.push(Lesson { text, label: *label, also: *also, weight });
        teach(Cow::Borrowed(text.as_str()), 1.0);
        let less = with_words_missing(text);
        if !less.is_empty() && less != *text {
            teach(Cow::Owned(less), FAINT);
        }
        if text.contains(BRAND) || text.contains(MEMBER) {
            let bare = without_mentions(text);
            if text.contains(BRAND) && label.route().is_some() {
                teach(Cow::Owned(format!("{BRAND} {MEMBER} {bare}")), 1.0);
            }
            teach(Cow::Owned(bare), 1.0);
        }
    }
    lessons
}

/// Leaves out words as the text's own hash says, so that it is the same every time. Half of the question marks on
/// them stay.
fn with_words_missing(text: &str) -> String {
    let mut dice = fnv(text.as_bytes());
    let mut kept = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        dice = (dice ^ (dice >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        dice ^= dice >> 32;
        let thrown = dice & 0xff;
        if thrown >= MISSING {
            if !kept.is_empty() {
                kept.push(' ');
            }
            kept.push_str(word);
        } else if word.ends_with('?') && thrown >= MISSING / 2 {
            kept.push('?');
        }
    }
    kept
}

fn without_mentions(text: &str) -> String {
    text.replace(BRAND, "").replace(MEMBER, "").trim_start_matches([' ', ':', ',']).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::Lang;

    fn learnt(text: &str, label: Label) -> Vec<(String, f64)> {
        let example =
            Example { lang: Lang::En, text: text.to_owned(), label, also: None, batch: String::new() };
        lessons(&[&example]).into_iter().map(|lesson| (lesson.text.into_owned(), lesson.weight)).collect()
    }

    fn texts(text: &str, label: Label) -> Vec<String> {
        learnt(text, label).into_iter().filter(|(_, weight)| *weight >= 1.0).map(|(text, _)| text).collect()
    }

    #[test]
    fn a_message_that_names_nobody_is_one_lesson() {
        assert_eq!(texts("where is it", Label::CustomerService), ["where is it"]);
    }

    #[test]
    fn a_request_is_also_learnt_without_mentions_and_with_one_more() {
        assert_eq!(
            texts("@brand where is it", Label::CustomerService),
            ["@brand where is it", "@brand @user where is it", "where is it"]
        );
    }

    #[test]
    fn chat_is_given_no_addressee_that_it_did_not_have() {
        assert_eq!(texts("@user: same here", Label::None), ["@user: same here", "same here"]);
    }

    #[test]
    fn a_faint_copy_lacks_some_words_and_is_always_the_same() {
        let text =
            "my parcel was sent to the wrong house last week and nobody answers my mails about it, why?";
        let faint = learnt(text, Label::CustomerService).remove(1);
        assert_eq!(faint, learnt(text, Label::CustomerService).remove(1));
        let (words, kept) = (text.split(' ').count(), faint.0.split(' ').count());
        assert!(faint.1 < 1.0 && (words / 2..words).contains(&kept), "{faint:?}");
        assert!(faint.0.split(' ').all(|word| word == "?" || text.contains(word)), "{faint:?}");
    }
}
