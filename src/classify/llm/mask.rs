//! Takes out of a text what says who wrote it, before it leaves the machine.
//!
//! One pass from left to right: wherever something can begin, each shape is asked in turn ([`shapes`], [`numbers`],
//! [`names`]), and what one of them takes is replaced by a word in square brackets. A shape looks a bounded way ahead and
//! ends where a word ends, so the work grows with the text alone, and masking twice is masking once. In doubt a code
//! goes and a product stays: what decides a label are words.

mod names;
mod numbers;
mod pattern;
mod shapes;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// The words that stand for what was taken out.
const PLACEHOLDERS: [&str; 10] = [
    "[mail]",
    "[phone]",
    "[card]",
    "[iban]",
    "[number]",
    "[name]",
    "[query]",
    "[member]",
    "[role]",
    "[channel]",
];

/// What begins at some place.
struct Found {
    /// How much of the text it covers, in bytes; never nothing.
    length: usize,
    /// How much of that stays as it is, from its start.
    kept: usize,
    /// What stands for the rest.
    placeholder: Cow<'static, str>,
}

impl Found {
    /// Something that goes as a whole.
    const fn gone(length: usize, placeholder: &'static str) -> Self {
        Self { length, kept: 0, placeholder: Cow::Borrowed(placeholder) }
    }

    /// Something whose beginning stays.
    const fn after(kept: usize, length: usize, placeholder: &'static str) -> Self {
        Self { length, kept, placeholder: Cow::Borrowed(placeholder) }
    }

    /// Something that stays, and inside which nothing else begins.
    const fn stays(length: usize) -> Self {
        Self { length, kept: length, placeholder: Cow::Borrowed("") }
    }
}

/// The text with mail addresses, phone, card, account and order numbers, names that somebody gives as theirs, queries
/// of links and mentions replaced, and without characters that cannot be seen.
///
/// It knows shapes and not people: a name without an introduction, or a street, stays.
#[must_use]
pub fn mask(text: &str) -> String {
    let text = plain(text);
    let mut masked = String::with_capacity(text.len());
    let (mut at, mut link_end, mut query, mut before) = (0, 0, usize::MAX, ' ');
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let is_fresh = !is_word(before);
        if is_fresh && at >= link_end {
            let (length, until) = shapes::link(rest);
            (link_end, query) = (at + length, until.map_or(usize::MAX, |until| at + until));
        }
        let found = if at == query && at + 1 < link_end {
            Some(Found::after(1, link_end - at, "[query]"))
        } else if is_fresh || !is_word(c) {
            // Nothing that begins in a link reaches into its query.
            begins(if at < query { &text[at..query.min(text.len())] } else { rest }, c)
        } else {
            None
        };
        let length = if let Some(found) = found {
            masked.push_str(&rest[..found.kept]);
            masked.push_str(&found.placeholder);
            found.length
        } else {
            masked.push(c);
            c.len_utf8()
        };
        before = rest[..length].chars().next_back().unwrap_or(c);
        at += length;
    }
    masked
}

/// What begins at the start of `rest`, whose first character is `c`.
fn begins(rest: &str, c: char) -> Option<Found> {
    match c {
        '[' => placeholder(rest).map(|word| Found::stays(word.len())),
        '<' => shapes::discord(rest),
        '+' | '(' => numbers::phone(rest),
        '#' => numbers::hash(rest),
        '$' | '€' | '£' => numbers::price(rest),
        c if c.is_ascii_digit() => {
            shapes::mail(rest).or_else(|| numbers::digits(rest)).or_else(|| numbers::code(rest))
        }
        c if is_word(c) => shapes::mail(rest)
            .or_else(|| numbers::iban(rest))
            .or_else(|| names::introduced(rest))
            .or_else(|| numbers::keyword(rest))
            .or_else(|| numbers::code(rest)),
        _other => None,
    }
}

/// What was taken out here before.
fn placeholder(rest: &str) -> Option<&'static str> {
    PLACEHOLDERS.into_iter().find(|word| rest.starts_with(word))
}

/// Whether a character belongs to a word, so that nothing begins or ends right beside it: what `\w` is to the patterns,
/// but for the underscore.
fn is_word(c: char) -> bool {
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w").expect("a right pattern"));
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { WORD.is_match(c.encode_utf8(&mut [0; 4])) }
}

/// Whether something that is `length` long ends where a word ends.
fn ends_there(rest: &str, length: usize) -> bool {
    !rest[length..].starts_with(is_word)
}

/// The text without what cannot be seen, and with the spaces, hyphens and letters of the wide forms as everybody types
/// them: hidden orders do not leave, and a number is known in every guise.
fn plain(text: &str) -> String {
    visible(text)
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => ' ',
            '\u{2010}' | '\u{2011}' => '-',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .collect()
}

/// The text without control characters (line ends and tabs stay) and without characters that have no shape: zero-width
/// ones, marks of direction, tags, and the variation selectors that only hide data.
pub(super) fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
            || (c.is_control() && !matches!(c, '\n' | '\t'))
    };
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

#[cfg(test)]
mod tests;
