//! The cues: what a message shows apart from its words, by name.
//!
//! A cue is a concept with phrases in both languages ("my thing", "refund"; the file `cues.txt`) or a sign of
//! form ("question", "link"). They let the two languages learn from each other, and what is known of one
//! brand's words carry over to another's.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::text::{self, Kind, Tokens};
use crate::classify::lang::Guess;

/// A cue that was found, and the tokens that show it; signs of form belong to no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    /// What it is called.
    pub name: &'static str,
    /// The first and the last token, or `None`.
    pub tokens: Option<(u16, u16)>,
}

/// All phrases of `cues.txt`, by the first letters of their first word.
struct Lexicon(HashMap<&'static str, Vec<Phrase>>);

struct Phrase {
    lang: Guess,
    name: &'static str,
    words: Vec<Pattern>,
}

/// A word, or the beginning of one.
struct Pattern {
    text: &'static str,
    is_beginning: bool,
}

/// Letters by which phrases are looked up.
const KEY: usize = 3;

/// Finds the cues of a message: concepts in the order of the text, then the signs of form.
///
/// Where the language is known, phrases of the other one do not count: "comment" asks in French and not in English.
pub(super) fn cues(tokens: &Tokens<'_>) -> Vec<Cue> {
    let lexicon = LEXICON.get_or_init(|| Lexicon::read(include_str!("cues.txt")));
    let mut found = lexicon.find(tokens);
    found.extend(signs(tokens).into_iter().map(|name| Cue { name, tokens: None }));
    found
}

static LEXICON: OnceLock<Lexicon> = OnceLock::new();

impl Lexicon {
    fn read(file: &'static str) -> Self {
        let mut phrases: HashMap<_, Vec<Phrase>> = HashMap::new();
        let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let (lang, name, list) =
                parts(line).expect("every line of cues.txt is `en name: phrases` or `fr …`");
            for phrase in list.split(',') {
                let words: Vec<Pattern> = phrase.split_whitespace().map(Pattern::read).collect();
                let first = words.first().expect("no phrase of cues.txt is empty");
                phrases.entry(key(first.text)).or_default().push(Phrase { lang, name, words });
            }
        }
        Self(phrases)
    }

    fn find(&self, tokens: &Tokens<'_>) -> Vec<Cue> {
        let (places, words): (Vec<u16>, Vec<&str>) = (0..)
            .zip(tokens.iter())
            .filter(|(_, (token, _))| token.kind == Kind::Word)
            .map(|(place, (_, text))| (place, text))
            .unzip();
        let mut found: Vec<Cue> = Vec::new();
        for start in 0..words.len() {
            let known = found.len();
            for phrase in self.0.get(key(words[start])).into_iter().flatten() {
                let is_new = found[known..].iter().all(|cue| cue.name != phrase.name);
                let is_other =
                    matches!(tokens.lang, Guess::French | Guess::English) && tokens.lang != phrase.lang;
                if is_new && !is_other && phrase.begins(&words[start..]) {
                    let last = start + phrase.words.len() - 1;
                    found.push(Cue { name: phrase.name, tokens: Some((places[start], places[last])) });
                }
            }
        }
        found
    }
}

/// Language, name and phrases of a line.
fn parts(line: &'static str) -> Option<(Guess, &'static str, &'static str)> {
    let (head, list) = line.split_once(": ")?;
    match head.split_once(' ')? {
        ("en", name) => Some((Guess::English, name, list)),
        ("fr", name) => Some((Guess::French, name, list)),
        _other => None,
    }
}

impl Phrase {
    fn begins(&self, words: &[&str]) -> bool {
        self.words.len() <= words.len()
            && self.words.iter().zip(words).all(|(pattern, word)| pattern.fits(word))
    }
}

impl Pattern {
    fn read(word: &'static str) -> Self {
        word.strip_suffix('*')
            .map_or(Self { text: word, is_beginning: false }, |text| Self { text, is_beginning: true })
    }

    fn fits(&self, word: &str) -> bool {
        if self.is_beginning { word.starts_with(self.text) } else { word == self.text }
    }
}

/// Signs of form: how a message is written rather than what it says.
fn signs(tokens: &Tokens<'_>) -> Vec<&'static str> {
    let list = tokens.list();
    let source = tokens.source;
    let has = |kind: Kind| list.iter().any(|token| token.kind == kind);
    let count_of = |sign: &str| tokens.iter().filter(|(_, text)| *text == sign).count();
    let starts_with = |kind: Kind| list.first().is_some_and(|token| token.kind == kind);
    let written = |token: &text::Token| &source[token.place.clone()];
    let words = || list.iter().filter(|token| token.kind == Kind::Word);
    let is_amount = |pair: &[text::Token]| {
        let texts = [tokens.text(&pair[0]), tokens.text(&pair[1])];
        let is_money = |text: &str| matches!(text, "€" | "$" | "£" | "eur" | "euro" | "euros" | "usd");
        (is_money(texts[0]) && texts[1].starts_with('0')) || (texts[0].starts_with('0') && is_money(texts[1]))
    };
    let questions = count_of("?");
    let shows = [
        (questions > 0, "question"),
        (source.trim_end().ends_with('?'), "ends as a question"),
        (questions > 1, "several questions"),
        (count_of("!") > 0, "exclamation"),
        (has(Kind::Link), "link"),
        (has(Kind::Emoji), "emoji"),
        (starts_with(Kind::Member), "starts with a member's name"),
        (has(Kind::Member) && !starts_with(Kind::Member), "names a member"),
        (starts_with(Kind::Brand), "starts with the company's name"),
        (has(Kind::Brand) && !starts_with(Kind::Brand), "names the company"),
        (list.windows(2).any(is_amount), "amount of money"),
        (words().any(|token| is_number(written(token))), "number"),
        (words().any(|token| is_reference(written(token))), "reference number"),
        (words().any(|token| written(token) == "RT"), "repost"),
        (count_of("#") > 0, "hashtag"),
        (words().any(|token| is_shouted(written(token))), "capitals"),
        (source.contains(['"', '«', '“']), "quotation"),
        (source.contains('\n'), "several lines"),
        (true, length(words().count())),
    ];
    shows.into_iter().filter(|(is_shown, _)| *is_shown).map(|(_, name)| name).collect()
}

/// The lengths of a message: the model learns from them, but they are no reason to show to anybody.
const LENGTHS: [(usize, &str); 7] = [
    (2, "one or two words"),
    (5, "a few words"),
    (10, "short message"),
    (17, "message of some length"),
    (29, "long message"),
    (49, "very long message"),
    (usize::MAX, "essay"),
];

fn length(words: usize) -> &'static str {
    LENGTHS.into_iter().find(|(most, _)| words <= *most).map_or("", |(_, name)| name)
}

/// Whether a sign of form is worth showing as a reason.
pub(super) fn is_telling(sign: &str) -> bool {
    LENGTHS.iter().all(|(_, name)| *name != sign)
}

/// Concepts of who speaks and how, whose phrases ("does the", "my") say nothing by themselves.
const FORMS: [&str; 7] =
    ["my thing", "the writer", "the company", "another member", "other members", "question word", "is there"];

/// Whether the phrases of a concept are worth showing as a reason even if they are made of small words.
pub(super) fn is_content(concept: &str) -> bool {
    !FORMS.contains(&concept)
}

fn is_number(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// Four digits or more, or capitals with digits among them: an order, a booking, a ticket.
fn is_reference(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    digits >= 4 || (digits > 0 && capitals > 0 && word.len() >= 4)
}

fn is_shouted(word: &str) -> bool {
    word.chars().count() >= 3 && word.chars().all(char::is_uppercase)
}

/// The first letters of a word, at most [`KEY`]; folded French and English are ASCII, anything else is its own key.
fn key(word: &str) -> &str {
    word.get(..KEY).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<&'static str> {
        cues(&Tokens::of(source)).into_iter().map(|cue| cue.name).collect()
    }

    #[test]
    fn both_languages_show_the_same_concept() {
        for text in ["where is my refund", "Où est mon remboursement"] {
            let found = names(text);
            assert!(found.contains(&"refund") && found.contains(&"my thing"), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_phrase_needs_all_its_words_in_order() {
        assert!(names("press office, please").contains(&"press"));
        assert!(names("thanks in advance").contains(&"thanks in advance"));
        assert!(!names("in advance thanks").contains(&"thanks in advance"));
    }

    #[test]
    fn signs_of_form_are_seen() {
        let found = names("@user WHERE is order 4471-B?? €45 https://x.example");
        for name in
            ["question", "several questions", "starts with a member's name", "amount of money", "capitals"]
        {
            assert!(found.contains(&name), "{name} not in {found:?}");
        }
        assert!(found.contains(&"reference number") && found.contains(&"link"));
        assert!(!names("and the price").contains(&"question"));
    }

    #[test]
    fn forms_are_concepts_of_the_file() {
        for form in FORMS {
            assert!(include_str!("cues.txt").contains(&format!("\nfr {form}: ")), "{form}");
        }
    }

    #[test]
    fn every_phrase_of_the_file_is_folded_and_can_be_found() {
        for line in include_str!("cues.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (lang, name, list) = parts(line).expect("a language, a name and phrases");
            for phrase in list.split(',') {
                let plain = phrase.replace('*', "");
                let mut tokens = Tokens::of(&plain);
                tokens.lang = lang;
                let is_found = cues(&tokens).iter().any(|cue| cue.name == name);
                assert!(is_found, "`{}` does not show `{name}`", plain.trim());
            }
        }
    }
}
