//! The two views of a message, as hashed features.
//!
//! One view sees words, pairs of words and where in the message they stand; the other sees pieces of words, and so
//! understands misspellings and inflections. Both see the cues: what is learnt of them holds for messages unlike
//! those learnt from. A feature is a bucket: its hash, cut to [`BITS`] bits. There is no dictionary to keep, and two
//! features that share a bucket do little harm.

use super::cues::Cue;
use super::text::{Kind, Tokens};

/// Buckets of a view are numbered with this many bits.
pub(super) const BITS: u32 = 19;

/// Letters in a piece of a word, at least and at most; a word's ends count as letters.
const PIECE: std::ops::RangeInclusive<usize> = 2..=5;

/// So many letters of the next word a piece may reach into.
const NEXT: usize = 3;

/// So many tokens are the beginning of a message, and as many its end.
const EDGE: usize = 3;

/// Two cues at most this many tokens apart also count as a pair: "my … order".
const PAIR_REACH: u16 = 3;

/// A way to look at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Words, pairs of words, words that begin, end or ask, cues.
    Words,
    /// Pieces of words, cues.
    Letters,
}

/// A feature that occurs, and what shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    /// The number of the feature's bucket.
    pub bucket: u32,
    /// What in the message it comes from.
    pub shown_by: ShownBy,
}

/// What in a message shows a feature.
#[derive(Clone, Copy, Debug)]
pub(super) enum ShownBy {
    /// The tokens from the first to the last.
    Tokens(u16, u16),
    /// The message's form.
    Sign(&'static str),
}

impl Side {
    /// Both, in the order in which they are stored.
    pub(super) const ALL: [Self; 2] = [Self::Words, Self::Letters];

    /// All that this view sees, ordered by bucket.
    pub(super) fn features(self, tokens: &Tokens<'_>, cues: &[Cue]) -> Vec<Occurrence> {
        let mut found = Vec::with_capacity(tokens.list().len() * 16);
        match self {
            Self::Words => words(tokens, &mut found),
            Self::Letters => letters(tokens, &mut found),
        }
        concepts(cues, &mut found);
        found.sort_unstable_by_key(|occurrence| occurrence.bucket);
        found
    }
}

fn words(tokens: &Tokens<'_>, found: &mut Vec<Occurrence>) {
    let mut before = (Hash::of("start"), 0);
    for (place, (_, text)) in (0..).zip(tokens.iter()) {
        let word = Hash::of(text);
        found.push(word.at(ShownBy::Tokens(place, place)));
        found.push(before.0.then(word).at(ShownBy::Tokens(before.1, place)));
        before = (word, place);
    }
    found.push(before.0.then(Hash::of("end")).at(ShownBy::Tokens(before.1, before.1)));
    standing(tokens, found);
}

/// Words by where they stand: at the beginning, at the end, in a question.
fn standing(tokens: &Tokens<'_>, found: &mut Vec<Occurrence>) {
    let list = tokens.list();
    let mut asks = false;
    let mut after = tokens.source.len();
    for (at, token) in list.iter().enumerate().rev() {
        let place = place(at);
        let mut tell = |how: &str| {
            let standing = Hash::of(how).then(Hash::of(tokens.text(token)));
            found.push(standing.at(ShownBy::Tokens(place, place)));
        };
        if at < EDGE {
            tell("begins");
        }
        if at + EDGE >= list.len() {
            tell("ends");
        }
        match token.kind {
            Kind::Sign => {
                let sign = tokens.text(token);
                asks = sign == "?" || (asks && !matches!(sign, "!" | ".."));
            }
            Kind::Word => {
                asks = asks && !tokens.source[token.place.end..after].contains(['.', '\n']);
                if asks {
                    tell("asks");
                }
            }
            Kind::Emoji | Kind::Link | Kind::Member | Kind::Brand | Kind::Name => {}
        }
        after = token.place.start;
    }
}

fn concepts(cues: &[Cue], found: &mut Vec<Occurrence>) {
    for (rank, cue) in cues.iter().enumerate() {
        let name = Hash::of("cue").then(Hash::of(cue.name));
        let Some((first, last)) = cue.tokens else {
            found.push(name.at(ShownBy::Sign(cue.name)));
            continue;
        };
        found.push(name.at(ShownBy::Tokens(first, last)));
        if rank == 0 {
            found.push(Hash::of("first cue").then(name).at(ShownBy::Tokens(first, last)));
        }
        for next in &cues[rank + 1..] {
            let Some((start, end)) = next.tokens.filter(|(start, _)| start - first <= PAIR_REACH) else {
                break;
            };
            if start > first {
                let pair = name.then(Hash::of(next.name));
                found.push(pair.at(ShownBy::Tokens(first, last.max(end))));
            }
        }
    }
}

fn letters(tokens: &Tokens<'_>, found: &mut Vec<Occurrence>) {
    let mut word: Vec<char> = Vec::new();
    for (place, (token, text)) in (0..).zip(tokens.iter()) {
        word.clear();
        word.push(' ');
        // Without this a log or a foreign script without spaces would be one endless word.
        word.extend(text.chars().take(if token.kind == Kind::Word { 30 } else { 6 }));
        word.push(' ');
        let own = word.len();
        let next = tokens.list().get(usize::from(place) + 1);
        word.extend(next.into_iter().flat_map(|next| tokens.text(next).chars().take(NEXT)));
        for start in 0..own {
            let mut hash = Hash::of("");
            for (length, letter) in (1..=*PIECE.end()).zip(&word[start..]) {
                hash = hash.letter(*letter);
                if PIECE.contains(&length) {
                    found.push(hash.at(ShownBy::Tokens(place, place)));
                }
            }
        }
    }
}

fn place(at: usize) -> u16 {
    u16::try_from(at).expect("no more tokens than characters are read")
}

/// FNV-1a over 64 bits; the constants are the published ones.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    fn of(text: &str) -> Self {
        Self(super::fnv(text.as_bytes()))
    }

    fn then(self, next: Self) -> Self {
        Self((self.0.rotate_left(23) ^ next.0).wrapping_mul(super::FNV_PRIME))
    }

    fn letter(self, letter: char) -> Self {
        Self((self.0 ^ u64::from(letter)).wrapping_mul(super::FNV_PRIME))
    }

    /// The feature in its bucket: the hash's upper bits after one more stir, as its lower ones are the weaker.
    fn at(self, shown_by: ShownBy) -> Occurrence {
        let stirred = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Occurrence { bucket: (stirred >> (64 - BITS)) as u32, shown_by }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::cues::cues;
    use super::*;

    fn buckets(side: Side, text: &str) -> Vec<u32> {
        let tokens = Tokens::of(text);
        side.features(&tokens, &cues(&tokens)).iter().map(|occurrence| occurrence.bucket).collect()
    }

    #[test]
    fn features_are_ordered_and_inside_the_table() {
        for side in Side::ALL {
            let buckets = buckets(side, "Où est ma commande ? 12 € @user https://x.example");
            assert!(buckets.is_sorted() && buckets.iter().all(|bucket| *bucket < 1 << BITS));
        }
    }

    #[test]
    fn a_misspelling_keeps_most_of_its_pieces() {
        let right: HashSet<u32> = buckets(Side::Letters, "remboursement").into_iter().collect();
        let wrong: HashSet<u32> = buckets(Side::Letters, "rembourssement").into_iter().collect();
        assert!(right.intersection(&wrong).count() * 3 > right.len() * 2);
    }

    #[test]
    fn the_order_of_words_is_seen() {
        assert_ne!(buckets(Side::Words, "not good"), buckets(Side::Words, "good not"));
    }

    #[test]
    fn a_word_that_asks_is_told_from_one_that_tells() {
        let asks = |text| {
            let tokens = Tokens::of(text);
            let feature = Hash::of("asks").then(Hash::of("late")).at(ShownBy::Sign("")).bucket;
            Side::Words.features(&tokens, &[]).iter().any(|occurrence| occurrence.bucket == feature)
        };
        assert!(asks("is it late?") && asks("ok. is it late again?") && asks("late €5 a day?"));
        assert!(
            !asks("it is late. why?") && !asks("late! why?") && !asks("late\nwhy?") && !asks("it is late")
        );
    }

    #[test]
    fn hashes_fill_the_table_evenly() {
        let distinct: HashSet<u32> =
            (0..20_000).map(|n| Hash::of(&format!("word {n}")).at(ShownBy::Sign("")).bucket).collect();
        // 20,000 balls thrown into 524,288 boxes fill 19,623 of them on average.
        assert!(distinct.len() > 19_550, "{}", distinct.len());
    }
}
