//! Numbers that lead to a person: phones, cards, accounts, orders; and those that do not: prices, dates, sizes, years.
//!
//! What stays is looked for first. Of the rest, five digits in a row go, and so does a word of letters and digits that
//! looks like a code; `PS5`, `X200`, `iPhone 13`, `iphone13` do not look like one, `RTX4090` does.

use std::sync::LazyLock;

use super::pattern::Pattern;
use super::{Found, ends_there, is_word};

/// What stays: a date with or without a time, a price, a size with its unit.
static STAYS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\A(?:
            (?<date>(?:(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2} | \d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2} | \d{1,2}/\d{1,2}/\d{2})
              (?:[T\ ]\d{1,2}[:h]\d{2}(?::\d{2})?(?:[.,]\d{1,6})?Z?)?)
          | \d{1,3}(?:[\ .,']?\d{3}){0,2}(?:[.,]\d{1,2})?\ ?
              (?:€|\$|£|¥|(?:eur|euros?|usd|chf|cad|gbp|dollars?|pounds?|francs?|balles)\b)
          | \d{1,6}(?:[.,]\d{1,2})?\ ?
              (?:mah|k?wh|[kmg]?hz|[kmg]?bps|[kmg]b/s|km|km/h|px|fps|dpi|points|pts|miles)\b
          | \d{1,4}x\d{1,4}(?:x\d{1,4})?\b
          | (?:\d{1,2}x)?\d{1,4}
              (?:[kmgt][bo]|[gm]o/s|k?w|m?v|k?g|gr|[cm]?m|ms|min|mn|h|ans|mois|jours|days)\b
          )",
    )
});

/// An amount after its sign.
static AMOUNT: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"\A[$€£]\ ?\d{1,3}(?:[\ .,']?\d{3}){0,2}(?:[.,]\d{1,2})?"));

/// North America: `(514) 555-0199`, `1-514-555-0199`.
static NORTH_AMERICA: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"\A(?:1[\ .-]?)?(?:\([2-9]\d{2}\)|[2-9]\d{2})[\ .-]{0,2}[2-9]\d{2}[\ .-]?\d{4}")
});

/// A word after which a number is somebody's, with what may stand between.
static KEYWORD: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\A(?:(?:orders?|commandes?|cmd|tickets?|tracking|suivi|colis|parcels?|dossiers?|r[ée]f[ée]rences?|r[ée]f
            |facture|invoice|booking|r[ée]servation|reservation|contrat|contract|client|customer|account|compte|case
            |claim|sinistre|pnr|abonn[ée]e?|adh[ée]rente?|licen[cs]e|serial|num[ée]ros?|number|pin|puk|police|policy)
            \b|n[°º])
          [\ .:\#°º=-]{0,4}
          (?:(?:n[°ºo]?|num[ée]ro|number|nr|id|r[ée]f|r[ée]f[ée]rence|is|est|c['’]est|de\ commande|de\ suivi|client
            |commande|order)[\ .:\#°º=-]{1,4}){0,3}",
    )
});

static VALUE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"\A(?: \d[a-zA-Z0-9]{0,39}(?:[-_/][a-zA-Z0-9]{1,40}){0,6}\b(?:\ \d{2,20}\b){0,6} | [A-Z]{1,4}\ \d{3,20}\b
          | [a-zA-Z0-9]{1,40}(?:[-_/][a-zA-Z0-9]{1,40}){0,6}\b )",
    )
});

/// `iphone13`, `Windows11`, `galaxy23ultra`, `fifa2024`.
static PRODUCT: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"\A(?:\p{L}{4,}\d{1,3}\p{L}{0,5}|\p{L}{3,}(?:19|20)\d{2})\z"));

/// A run of digits shorter than this is nobody's.
const LONG: usize = 5;
/// So many digits with single signs between them are somebody's too.
const LONG_IN_GROUPS: usize = 9;
/// The longest compound that is looked at, in bytes.
const COMPOUND: usize = 64;

/// A price after its sign stays.
pub(super) fn price(rest: &str) -> Option<Found> {
    let length = AMOUNT.length(rest)?;
    ends_there(rest, length).then_some(Found::stays(length))
}

/// What begins with a digit.
pub(super) fn digits(rest: &str) -> Option<Found> {
    if let Some(length) = stays(rest) {
        return Some(Found::stays(length));
    }
    card(rest).or_else(|| phone(rest)).or_else(|| groups(rest))
}

/// How much stays as it is from here on.
fn stays(rest: &str) -> Option<usize> {
    let (length, found) = STAYS.groups(rest)?;
    let follows = &rest[length..];
    // `06/12/34/56/78` begins like a date.
    let goes_on = found.name("date").is_some()
        && follows.starts_with(['-', '/', '.'])
        && follows[1..].starts_with(|c: char| c.is_ascii_digit());
    (ends_there(rest, length) && !goes_on).then_some(length)
}

/// A card number that is one by its check digit (Luhn, ISO/IEC 7812-1), of 13 to 19 digits.
fn card(rest: &str) -> Option<Found> {
    let run = Run::of(rest, 1, &[' ', '-'], 19);
    let count =
        [16, 15, 19, 18, 17, 14, 13].into_iter().find(|n| run.ends_at(*n) && is_luhn(run.first(*n)))?;
    Some(Found::gone(run.length(count), "[card]"))
}

fn is_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

/// A phone number: international (E.164: at most 15 digits), North American, or national with a leading zero as in
/// France (10 digits), Belgium (9 or 10), Switzerland (10) and the United Kingdom (11).
pub(super) fn phone(rest: &str) -> Option<Found> {
    let gone = |length: usize| Some(Found::gone(length, "[phone]"));
    let prefix = usize::from(rest.starts_with('+'));
    if prefix == 1 || rest.starts_with("00") {
        let run = Run::of(&rest[prefix..], 3, &[' ', '.', '-', '/', '(', ')'], 17);
        let least = if prefix == 1 { 8 } else { 10 };
        let count = (least..=17).rev().find(|n| run.ends_at(*n))?;
        return gone(prefix + run.length(count));
    }
    if rest.starts_with('0') {
        let run = Run::of(rest, 1, &[' ', '.', '-', '/'], 12);
        let count = [10, 11, 9].into_iter().find(|n| run.ends_at(*n))?;
        return gone(run.length(count));
    }
    let length = NORTH_AMERICA.length(rest)?;
    if ends_there(rest, length) { gone(length) } else { None }
}

/// Many digits in groups, unless they are years.
fn groups(rest: &str) -> Option<Found> {
    let run = Run::of(rest, 1, &[' ', '.', '-', '/'], usize::MAX);
    let count = (LONG_IN_GROUPS..=run.count()).rev().find(|n| run.ends_at(*n))?;
    let length = run.length(count);
    let is_year = |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    if rest[..length].split([' ', '.', '-', '/']).all(is_year) {
        return Some(Found::stays(length));
    }
    Some(Found::gone(length, "[number]"))
}

/// An international account number: two letters, two digits, 15 to 34 characters in groups (ISO 13616). Its check
/// digits are not asked for: a mistyped one is as personal.
pub(super) fn iban(rest: &str) -> Option<Found> {
    let is_letters = |b: &u8| b.is_ascii_alphabetic();
    let head = rest.as_bytes().get(..4)?;
    if !head[..2].iter().all(is_letters) || !head[2..].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (mut end, mut characters, mut digits) = (0, 0, 0);
    loop {
        let from = end + usize::from(end > 0 && rest[end..].starts_with([' ', '-']));
        let group = &rest[from..from + rest[from..].bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let its_digits = group.bytes().filter(u8::is_ascii_digit).count();
        // The bank's letters, as in GB29 NWBK.
        let is_bank = characters == 4 && group.len() == 4 && group.bytes().all(|b| b.is_ascii_uppercase());
        let is_group = (its_digits > 0 || is_bank) && ends_there(rest, from + group.len());
        if !is_group || characters + group.len() > 34 {
            break;
        }
        (end, characters, digits) = (from + group.len(), characters + group.len(), digits + its_digits);
    }
    (characters >= 15 && digits >= 10).then_some(Found::gone(end, "[iban]"))
}

/// `#4412`.
pub(super) fn hash(rest: &str) -> Option<Found> {
    let from = 1 + usize::from(rest[1..].starts_with(' '));
    let value = value(&rest[from..])?;
    let is_number = value.starts_with(|c: char| c.is_ascii_digit()) && is_somebodys(value);
    let length = from + value.len();
    (is_number && ends_there(rest, length)).then_some(Found::after(from, length, "[number]"))
}

/// A number after a word that makes it somebody's: `order 4412`, `dossier n° AB-12`, `n° 4412`.
pub(super) fn keyword(rest: &str) -> Option<Found> {
    let kept = KEYWORD.length(rest)?;
    let has_end = rest[..kept].ends_with(|c: char| !is_word(c));
    let value = value(&rest[kept..])?;
    let length = kept + value.len();
    let is_number = is_somebodys(value) && stays(&rest[kept..]).is_none();
    (has_end && is_number && ends_there(rest, length)).then_some(Found::after(kept, length, "[number]"))
}

fn value(rest: &str) -> Option<&str> {
    VALUE.length(rest).map(|length| &rest[..length])
}

/// Whether a value beside a word for it is a number of somebody's.
fn is_somebodys(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let has_letter = value.bytes().any(|b| b.is_ascii_alphabetic());
    if has_letter { digits >= 2 && value.len() >= 4 && !is_product(value) } else { digits >= 3 }
}

/// A word of letters and digits that looks like a code, or several joined by hyphens.
pub(super) fn code(rest: &str) -> Option<Found> {
    let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
    if let Some(length) = compound(rest) {
        return Some(Found::gone(length, "[number]"));
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let has_letter = word.chars().any(char::is_alphabetic);
    let is_code = has_letter && digits >= 2 && word.chars().count() >= 6 && !is_product(word);
    (is_code || longest_run(word) >= LONG).then_some(Found::gone(word.len(), "[number]"))
}

/// `CMD-2024-8891`: letters, and six digits or more in all. What ends inside a word is cut back to the sign before.
fn compound(rest: &str) -> Option<usize> {
    let is_sign = |b: u8| matches!(b, b'-' | b'_');
    let window = &rest.as_bytes()[..rest.len().min(COMPOUND)];
    let length = window.iter().take_while(|b| b.is_ascii_alphanumeric() || is_sign(**b)).count();
    let mut compound = &window[..length];
    if !ends_there(rest, length) {
        compound = &compound[..compound.iter().rposition(|b| is_sign(*b))?];
    }
    while let Some((_, shorter)) = compound.split_last().filter(|(last, _)| is_sign(**last)) {
        compound = shorter;
    }
    let digits = compound.iter().filter(|b| b.is_ascii_digit()).count();
    let has_both = compound.iter().any(u8::is_ascii_alphabetic) && compound.iter().any(|b| is_sign(*b));
    (has_both && digits >= 6).then_some(compound.len())
}

/// A name with a number as products have them, which somebody wrote in one: it has a small letter.
fn is_product(word: &str) -> bool {
    word.chars().any(char::is_lowercase) && PRODUCT.length(word).is_some()
}

fn longest_run(word: &str) -> usize {
    word.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default()
}

/// Digits one after the other, with signs between them.
struct Run<'a> {
    text: &'a str,
    digits: Vec<u32>,
    /// Where each digit ends, in bytes.
    ends: Vec<usize>,
}

impl<'a> Run<'a> {
    /// At most so many digits from here on, with at most `gap` of these signs between two.
    fn of(text: &'a str, gap: usize, signs: &[char], most: usize) -> Self {
        let (mut digits, mut ends, mut signs_since) = (Vec::new(), Vec::new(), 0);
        for (place, c) in text.char_indices() {
            match c.to_digit(10) {
                Some(digit) if digits.len() < most => {
                    digits.push(digit);
                    ends.push(place + 1);
                    signs_since = 0;
                }
                None if signs.contains(&c) && signs_since < gap => signs_since += 1,
                Some(_) | None => break,
            }
        }
        Self { text, digits, ends }
    }

    fn count(&self) -> usize {
        self.digits.len()
    }

    fn first(&self, count: usize) -> &[u32] {
        &self.digits[..count]
    }

    /// The length of the first `count` digits with what stands between them; `count` is at least one.
    fn length(&self, count: usize) -> usize {
        self.ends[count - 1]
    }

    /// Whether there are that many digits and a word ends after the last of them.
    fn ends_at(&self, count: usize) -> bool {
        count <= self.count() && ends_there(self.text, self.length(count))
    }
}
