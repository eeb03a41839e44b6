//! Cuts a message into tokens: folded words, signs, emoji, links and mentions.
//!
//! Folding (lower case, no accents, digits as `0`, "sooo" as "soo") makes "Remboursé", "rembourse" and "REMBOURSE"
//! the same word, because that is how people type. Each token remembers its place in the message, so that
//! what decided can be shown as it was written.

use std::ops::Range;

use crate::classify::lang::{self, Guess};

/// Characters of a message that are looked at; the rest is mostly a log somebody pasted.
const LIMIT: usize = 4_000;

/// A message, cut up.
pub(super) struct Tokens<'a> {
    /// The message as it was written.
    pub source: &'a str,
    /// What language it seems to be in.
    pub lang: Guess,
    folded: String,
    list: Vec<Token>,
}

/// A piece of a message.
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the message, in bytes.
    pub place: Range<usize>,
    folded: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits.
    Word,
    /// A sign that carries meaning, such as `?` or `€`.
    Sign,
    /// A pictograph.
    Emoji,
    /// A web address.
    Link,
    /// Somebody is addressed: a member.
    Member,
    /// Somebody is addressed: the company.
    Brand,
    /// Somebody is addressed: nobody can tell who.
    Name,
}

impl<'a> Tokens<'a> {
    /// Cuts `source` up, in one pass.
    pub(super) fn of(source: &'a str) -> Self {
        let mut tokens = Self {
            source,
            lang: lang::guess(source),
            folded: String::with_capacity(source.len()),
            list: Vec::new(),
        };
        let end = source.char_indices().nth(LIMIT).map_or(source.len(), |(at, _)| at);
        let mut at = 0;
        while at < end {
            at += tokens.step(at, &source[at..end]);
        }
        tokens
    }

    /// All tokens, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Token, &str)> {
        self.list.iter().map(|token| (token, self.text(token)))
    }

    /// The folded text of a token.
    pub(super) fn text(&self, token: &Token) -> &str {
        &self.folded[token.folded.clone()]
    }

    /// The tokens alone.
    pub(super) fn list(&self) -> &[Token] {
        &self.list
    }

    /// Whether there is any word to judge by.
    pub(super) fn has_words(&self) -> bool {
        self.list.iter().any(|token| token.kind == Kind::Word)
    }

    /// Reads what stands at the beginning of `rest` and gives its length.
    fn step(&mut self, at: usize, rest: &str) -> usize {
        let first = rest.chars().next().expect("the caller stops at the end");
        if let Some((kind, length)) = markup(rest).or_else(|| link(rest)).or_else(|| mention(rest)) {
            self.push(kind, at..at + length, standing_for(kind));
            return length;
        }
        if first.is_alphanumeric() {
            let length = length_while(rest, |c| c.is_alphanumeric() || is_accent(c));
            self.push(Kind::Word, at..at + length, &rest[..length]);
            return length;
        }
        if matches!(first, '?' | '!' | '€' | '$' | '£' | '%' | '#') {
            self.push(Kind::Sign, at..at + first.len_utf8(), &rest[..first.len_utf8()]);
        } else if first == '…' || rest.starts_with("..") {
            let length = length_while(rest, |c| c == '.' || c == '…');
            self.push(Kind::Sign, at..at + length, "..");
            return length;
        } else if is_emoji(first) {
            self.push(Kind::Emoji, at..at + first.len_utf8(), &rest[..first.len_utf8()]);
        }
        first.len_utf8()
    }

    fn push(&mut self, kind: Kind, place: Range<usize>, text: &str) {
        let start = self.folded.len();
        fold(text, &mut self.folded);
        self.list.push(Token { kind, place, folded: start..self.folded.len() });
    }
}

/// Appends `text` to `folded`: lower case, without accents, every digit a `0`, no letter more than twice in a row.
pub(in crate::classify) fn fold(text: &str, folded: &mut String) {
    let start = folded.len();
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ý' | 'ÿ' => 'y',
            'œ' => {
                folded.push('o');
                'e'
            }
            'æ' => {
                folded.push('a');
                'e'
            }
            accent if is_accent(accent) => continue,
            digit if digit.is_numeric() => '0',
            other => other,
        };
        let mut before = folded[start..].chars().rev();
        if plain == '0' || before.next() != Some(plain) || before.next() != Some(plain) {
            folded.push(plain);
        }
    }
}

/// What a token that is not its own text is counted as.
const fn standing_for(kind: Kind) -> &'static str {
    match kind {
        Kind::Link => "xlink",
        Kind::Member => "@user",
        Kind::Brand => "@brand",
        Kind::Name => "@",
        Kind::Emoji => ":)",
        Kind::Word | Kind::Sign => "",
    }
}

/// Discord's and Slack's own notation: `<@1>`, `<#1>`, `<:wave:1>`, `<https://…>`.
fn markup(rest: &str) -> Option<(Kind, usize)> {
    let inside = rest.strip_prefix('<')?;
    let length = inside.find(['>', ' ', '\n']).filter(|&at| inside[at..].starts_with('>'))? + 2;
    let kind = if inside.starts_with("@&") || inside.starts_with('#') {
        Kind::Name
    } else if inside.starts_with('@') {
        Kind::Member
    } else if inside.starts_with(':') || inside.starts_with("a:") {
        Kind::Emoji
    } else {
        link(inside)?.0
    };
    Some((kind, length))
}

fn link(rest: &str) -> Option<(Kind, usize)> {
    let is_link = ["http://", "https://", "www."].iter().any(|start| rest.starts_with(start));
    is_link.then(|| (Kind::Link, length_while(rest, |c| !c.is_whitespace() && c != '>')))
}

/// `@user` and `@brand` are how examples write a member and the company; any other `@name` may be either.
fn mention(rest: &str) -> Option<(Kind, usize)> {
    let name = rest.strip_prefix('@')?;
    let length = length_while(name, |c| c.is_alphanumeric() || c == '_');
    let kind = match &name[..length] {
        "" => return None,
        "user" => Kind::Member,
        "brand" => Kind::Brand,
        _other => Kind::Name,
    };
    Some((kind, 1 + length))
}

fn length_while(text: &str, keep: impl Fn(char) -> bool) -> usize {
    text.find(|c| !keep(c)).unwrap_or(text.len())
}

const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The blocks of Unicode that hold pictographs, near enough.
const fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds_and_texts(source: &str) -> Vec<(Kind, String)> {
        Tokens::of(source).iter().map(|(token, text)| (token.kind, text.to_owned())).collect()
    }

    fn words(source: &str) -> String {
        Tokens::of(source).iter().map(|(_, text)| text.to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn accents_case_digits_and_drawls_are_folded_away() {
        assert_eq!(words("L’ÉTÉ, Rembourse\u{301} 45,90 € sooooo cœur"), "l ete rembourse 00 00 € soo coeur");
    }

    #[test]
    fn mentions_links_and_emoji_are_known_in_every_platforms_notation() {
        use Kind::{Brand, Emoji, Link, Member, Name, Word};
        let read = kinds_and_texts(
            "<@123> @brand @Air_Azur see <https://a.example/x> https://b.example 😀<:wave:1> ok",
        );
        let kinds: Vec<Kind> = read.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [Member, Brand, Name, Word, Link, Link, Emoji, Emoji, Word]);
    }

    #[test]
    fn a_token_points_at_its_own_place_in_the_message() {
        let source = "Élan… 👍 déjà vu";
        let tokens = Tokens::of(source);
        let places: Vec<&str> = tokens.list().iter().map(|token| &source[token.place.clone()]).collect();
        assert_eq!(places, ["Élan", "…", "👍", "déjà", "vu"]);
    }

    #[test]
    fn what_lies_beyond_the_limit_is_not_read() {
        let long = "é ".repeat(LIMIT) + "end";
        assert_eq!(Tokens::of(&long).list().len(), LIMIT / 2);
    }

    #[test]
    fn a_lone_angle_bracket_or_at_sign_is_no_token() {
        assert_eq!(words("a < b @ c <3"), "a b c 0");
    }
}
