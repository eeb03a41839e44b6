//! What the model is shown: the examples, and some of them once more with other mentions.
//!
//! Whom a message names is an accident of the platform, and in the corpus members are named almost only where no
//! answer is needed. Learnt from that alone, a name would nearly rule a request out.

use std::borrow::Cow;

use super::corpus::Example;
use crate::domain::label::Label;

/// The company, as examples write it.
const BRAND: &str = "@brand";

/// A member, as examples write one.
const MEMBER: &str = "@user";

/// A text with the label to learn for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lesson<'a> {
    /// The message.
    pub text: Cow<'a, str>,
    /// What it should be given.
    pub label: Label,
}

/// The lessons of some examples: each as it stands; those with a mention also without; and those that ask
/// the company by name also with a second addressee.
pub(super) fn lessons<'a>(examples: &[&'a Example]) -> Vec<Lesson<'a>> {
    let mut lessons = Vec::with_capacity(examples.len() * 3 / 2);
    for Example { text, label, .. } in examples {
        let mut teach = |text| lessons.push(Lesson { text, label: *label });
        teach(Cow::Borrowed(text.as_str()));
        if text.contains(BRAND) || text.contains(MEMBER) {
            let bare = without_mentions(text);
            if text.contains(BRAND) && label.route().is_some() {
                teach(Cow::Owned(format!("{BRAND} {MEMBER} {bare}")));
            }
            teach(Cow::Owned(bare));
        }
    }
    lessons
}

fn without_mentions(text: &str) -> String {
    text.replace(BRAND, "").replace(MEMBER, "").trim_start_matches([' ', ':', ',']).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::Lang;

    fn texts(text: &str, label: Label) -> Vec<String> {
        let example =
            Example { lang: Lang::En, text: text.to_owned(), label, also: None, batch: String::new() };
        lessons(&[&example]).into_iter().map(|lesson| lesson.text.into_owned()).collect()
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
}
