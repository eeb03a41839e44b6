//! Names that somebody gives as theirs: after "je m'appelle", "my name is" and the like.
//!
//! Which words belong to the name is a guess: capital letters, or at most two words that no sentence needs. It takes a
//! word too much rather than half a name.

use std::sync::LazyLock;

use super::pattern::Pattern;
use super::{Found, ends_there};
use crate::classify::lang::is_small_word;

/// After these a name follows, however it is written.
static SURE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\A(?:
            (?: j[e'’\ ]{0,2}\ ?m['’\ ]?ap{1,2}el{1,2}e?s? | je\ me\ nomme
              | mon\ (?:nom|pr[ée]nom)(?:\ de\ famille)?\ (?:est|c['’]est)
              | my\ (?:full\ |first\ |last\ )?name\ is | my\ name['’]?s | i['’]?m\ called | i\ am\ called
              )\ {1,2}
          | (?:mon\ |my\ )?(?:nom|pr[ée]nom|name)\ ?:\ {0,2}
          )",
    )
});

/// After these one may follow; "moi c'est pareil" is no introduction.
static PERHAPS: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)\A(?:moi,?\ c['’\ ]?est | (?<from>this\ is))\ {1,2}"));

static WORD: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"\A\p{Alphabetic}[\p{Alphabetic}\p{M}]*\b(?:['’-]\p{Alphabetic}[\p{Alphabetic}\p{M}]*\b)*")
});

/// Small words inside a family's name.
const PARTICLES: &[&str] = &[
    "de", "du", "des", "la", "le", "les", "van", "von", "den", "der", "da", "di", "dos", "el", "al", "ben",
    "bin", "mc", "st",
];

/// A name may have that many words.
const MOST_WORDS: usize = 5;

pub(super) fn introduced(rest: &str) -> Option<Found> {
    if let Some(kept) = SURE.length(rest) {
        return after(rest, kept, false);
    }
    let (kept, intro) = PERHAPS.groups(rest)?;
    let found = after(rest, kept, true)?;
    let follows = word(rest[found.length..].trim_start_matches(' ')).unwrap_or_default();
    let is_from = ["from", "at", "de", "with"].iter().any(|word| word.eq_ignore_ascii_case(follows));
    (intro.name("from").is_none() || is_from).then_some(found)
}

fn after(rest: &str, kept: usize, needs_capital: bool) -> Option<Found> {
    let length = kept + name(&rest[kept..], needs_capital)?;
    ends_there(rest, length).then_some(Found::after(kept, length, "[name]"))
}

/// How long the name is that begins here.
fn name(rest: &str, needs_capital: bool) -> Option<usize> {
    let first = word(rest)?;
    let is_capital = starts_large(first);
    // "My name is Will" is a name, "my name is on the card" is none.
    if is_small_word(first) && !(is_capital && first.chars().any(char::is_lowercase))
        || needs_capital && !is_capital
    {
        return None;
    }
    let (mut end, mut next_at, mut words) = (first.len(), first.len(), 1);
    while words < MOST_WORDS {
        let Some(next) = rest[next_at..].strip_prefix(' ').and_then(word) else { break };
        next_at += 1 + next.len();
        words += 1;
        let is_large = starts_large(next);
        if is_particle(next) && is_capital {
            continue;
        }
        let is_second_of_small_letters = !is_capital && words == 2;
        if is_small_word(next) || !(is_large || is_second_of_small_letters) {
            break;
        }
        end = next_at;
    }
    Some(end)
}

/// The word at the start, if it ends where a word ends.
fn word(rest: &str) -> Option<&str> {
    let length = WORD.length(rest)?;
    ends_there(rest, length).then_some(&rest[..length])
}

fn starts_large(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn is_particle(word: &str) -> bool {
    PARTICLES.iter().any(|particle| particle.eq_ignore_ascii_case(word))
}
