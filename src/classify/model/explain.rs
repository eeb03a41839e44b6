//! Names the words and cues that pushed a label most.
//!
//! The model is a sum over features, and each feature knows the tokens that show it; so every token's share of
//! the score can be added up exactly. Neighbours that pushed together are shown as one phrase, as written.

use super::Look;
use super::cues::is_telling;
use super::features::{Occurrence, ShownBy};
use super::text::Kind;
use crate::classify::lang::is_small_word;
use crate::domain::label::Label;

/// So many reasons are given at most.
const REASONS: usize = 5;

/// A token counts if it pushed at least this share of what the strongest did.
const WORTH_NAMING: f64 = 0.25;

/// Tokens of a phrase at most.
const PHRASE: usize = 4;

/// The reasons for `label`, strongest first.
pub(super) fn why(look: &Look<'_>, label: Label, learnt: impl Fn(u32) -> [f64; 4]) -> Vec<String> {
    if !look.tokens.has_words() {
        return vec!["no words".to_owned()];
    }
    let (pushes, signs) = pushes(look, label, learnt);
    let strongest = pushes.iter().chain(signs.iter().map(|(_, push)| push)).copied().fold(0.0, f64::max);
    let floor = strongest * WORTH_NAMING;
    let mut reasons: Vec<(f64, String)> = phrases(look, &pushes, floor);
    reasons.extend(
        signs.iter().filter(|(_, push)| *push > floor).map(|(name, push)| (*push, (*name).to_owned())),
    );
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut named: Vec<String> = Vec::new();
    for (_, reason) in reasons {
        if !named.contains(&reason) {
            named.push(reason);
        }
    }
    named.truncate(REASONS);
    named
}

/// What each token, and each sign of form, adds to the label's score.
fn pushes(
    look: &Look<'_>,
    label: Label,
    learnt: impl Fn(u32) -> [f64; 4],
) -> (Vec<f64>, Vec<(&'static str, f64)>) {
    let mut tokens = vec![0.0; look.tokens.list().len()];
    let mut signs: Vec<(&'static str, f64)> = Vec::new();
    let mut add = |occurrence: &Occurrence, share: f64| match occurrence.shown_by {
        ShownBy::Tokens(first, last) => {
            let span = usize::from(first)..=usize::from(last);
            let each = share / f64::from(last - first + 1);
            tokens[span].iter_mut().for_each(|push| *push += each);
        }
        ShownBy::Sign(name) if !is_telling(name) => {}
        ShownBy::Sign(name) => match signs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, push)) => *push += share,
            None => signs.push((name, share)),
        },
    };
    for (view, features) in look.model.views.iter().zip(&look.features) {
        view.shares(features, |row, _| row.weight(label, view), &mut add);
    }
    look.model.views[0].shares(&look.features[0], |_, bucket| learnt(bucket)[label.index()], &mut add);
    (tokens, signs)
}

/// Runs of strong neighbours, each with what it pushed together.
fn phrases(look: &Look<'_>, pushes: &[f64], floor: f64) -> Vec<(f64, String)> {
    let tokens = look.tokens.list();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let strong = tokens[at..].iter().zip(&pushes[at..]).take(PHRASE);
        let run = strong.take_while(|(token, push)| token.kind == Kind::Word && **push > floor).count();
        if run > 0 {
            let shown = &look.tokens.source[tokens[at].place.start..tokens[at + run - 1].place.end];
            if says_something(shown) {
                found.push((pushes[at..at + run].iter().sum(), shown.to_owned()));
            }
        }
        at += run.max(1);
    }
    found
}

/// Whether a phrase is worth reading: two words, or one that says something by itself, unlike "can" or "sur".
fn says_something(phrase: &str) -> bool {
    let words: Vec<&str> =
        phrase.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters = phrase.chars().filter(|c| c.is_alphabetic()).count();
    match words.as_slice() {
        [word] => letters >= 5 || (letters >= 3 && !is_small_word(word)),
        _several => letters >= 5,
    }
}
