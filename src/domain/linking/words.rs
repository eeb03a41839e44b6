//! Words of a text, as far as linking needs them: whether a name is among them, which of them two texts share, and
//! whether somebody speaks for themselves.
//!
//! No dictionary and no grammar: what holds in English and in French, and little of it.

use std::collections::HashSet;

/// From how many letters on a word stands for itself: shared by two texts it says something (articles, pronouns and
/// auxiliaries are shorter in both languages), and as a name it may be misspelt by one letter (in shorter names one
/// letter makes another name).
const LONG: usize = 6;

/// Long words that two texts share out of courtesy alone.
const COURTESY: [&str; 8] =
    ["bonjour", "bonsoir", "please", "thanks", "merci", "problem", "probleme", "problème"];

/// Words for the speaker and those around them.
const FIRST_PERSON: [&str; 14] =
    ["i", "im", "me", "my", "mine", "we", "us", "our", "je", "j", "moi", "mon", "ma", "mes"];

/// Words for the one who is spoken to.
const SECOND_PERSON: [&str; 12] =
    ["you", "your", "yours", "u", "ur", "vous", "votre", "vos", "tu", "te", "ton", "tes"];

/// Words for nobody in particular.
const ANYBODY: [&str; 5] = ["anyone", "anybody", "someone", "somebody", "quelqu"];

/// One word of a text.
pub(super) struct Word {
    /// As it was written.
    pub written: String,
    /// In lower case.
    pub lower: String,
}

/// The words of a text in their order, without the marks around them (`"|Long|:"` is `Long`) and without the
/// combining marks that some pile onto letters.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    pieces(text).filter_map(|piece| {
        let plain: String = piece.chars().filter(|c| !is_combining(*c)).collect();
        let written = plain.trim_matches(|c: char| !c.is_alphanumeric());
        (!written.is_empty()).then(|| Word { written: written.to_owned(), lower: written.to_lowercase() })
    })
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || is_inner(c) || is_combining(c)))
}

/// Marks that a name, a version or a file name has inside.
fn is_inner(c: char) -> bool {
    matches!(c, '_' | '-' | '.' | '|')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The words of a text that say what it is about.
pub(super) fn rare(text: &str) -> HashSet<String> {
    words(text)
        .map(|word| word.lower)
        .filter(|word| word.chars().count() >= LONG && !COURTESY.contains(&word.as_str()))
        .collect()
}

/// How many of these rare words a text has. Asked for each request that waits, so that it goes without a copy of
/// each word.
pub(super) fn shared(rare: &HashSet<String>, text: &str) -> usize {
    if rare.is_empty() {
        return 0;
    }
    let mut lower = String::new();
    let mut found = HashSet::new();
    for piece in pieces(text).filter(|piece| piece.len() >= LONG) {
        lower.clear();
        lower.extend(piece.chars().filter(|c| !is_combining(*c)).flat_map(char::to_lowercase));
        found.extend(rare.get(lower.trim_matches(|c: char| !c.is_alphanumeric())));
    }
    found.len()
}

/// Whether these words call `name` (one word): as the first of them, in the place of an address (second, or last),
/// or anywhere when it is written exactly as the name is, since many names are also ordinary words. A long name is
/// recognised in the place of an address with one letter wrong.
pub(super) fn calls(words: &[Word], name: &Word) -> bool {
    let length = name.lower.chars().count();
    words.iter().enumerate().any(|(place, word)| {
        let is_called = word.lower == name.lower
            && match place {
                0 => length >= 2,
                _ if place == 1 || place + 1 == words.len() => length >= 3,
                _ => length >= 4 && word.written == name.written,
            };
        is_called || (place < 2 && length >= LONG && is_misspelt(&word.lower, &name.lower))
    })
}

/// Whether one letter too many, missing, wrong or swapped with its neighbour makes one word of the other. Never for
/// words with digits: two numbers that differ by one digit are two numbers.
fn is_misspelt(word: &str, name: &str) -> bool {
    if word.len().abs_diff(name.len()) > 4 || word.bytes().chain(name.bytes()).any(|b| b.is_ascii_digit()) {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), name.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], rest) | (rest, []) => rest.len() == 1,
        ([x, after_x @ ..], [y, after_y @ ..]) => {
            let is_swapped = after_x.first() == Some(y) && after_y.first() == Some(x);
            after_x == after_y || after_x == b || a == after_y || (is_swapped && after_x[1..] == after_y[1..])
        }
    }
}

/// Whether somebody asks on their own behalf: two of a question mark, a first person and an "anyone", and nobody
/// spoken to. "Which card did you use?" is not of that kind, "does anyone know?" and "how do I do that?" are.
pub(super) fn asks_for_themself(text: &str, words: &[Word]) -> bool {
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.lower.as_str()));
    let marks = [text.contains('?'), has(&FIRST_PERSON), has(&ANYBODY)];
    marks.into_iter().filter(|mark| *mark).count() >= 2 && !has(&SECOND_PERSON)
}

/// Whether a text begins like an address to somebody, known here or not: `@marie …`, `<marie> …`, `marie: …`.
pub(super) fn begins_like_an_address(text: &str) -> bool {
    let text = text.trim_start();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    first.starts_with(['@', '<']) || (first.len() > 2 && first.ends_with(':') && !rest.trim().is_empty())
}
