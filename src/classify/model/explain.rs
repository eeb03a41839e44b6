//! Names the words and cues that pushed a label most.
//!
//! The model is a sum over features, and each feature knows the tokens that show it; so every token's share of
//! the score can be added up exactly. Neighbours that pushed together are shown as one phrase, as written, without
//! the small words ("does the") that nobody would take for a reason.

use super::Look;
use super::cues::{is_content, is_telling};
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
    if reasons.is_empty() {
        reasons = concepts(look, &pushes);
    }
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
    let says = saying(look, |place| pushes[place] > floor);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let strong = tokens[at..].iter().zip(&pushes[at..]).take(PHRASE);
        let run = strong.take_while(|(token, push)| token.kind == Kind::Word && **push > floor).count();
        let span = at..at + run;
        at += run.max(1);
        let (Some(first), Some(last)) =
            (span.clone().find(|place| says[*place]), span.rev().find(|place| says[*place]))
        else {
            continue;
        };
        let shown = &look.tokens.source[tokens[first].place.start..tokens[last].place.end];
        found.push((pushes[first..=last].iter().sum(), shown.to_owned()));
    }
    found
}

/// The names of the concepts that pushed at all, for a message whose words say little one by one.
fn concepts(look: &Look<'_>, pushes: &[f64]) -> Vec<(f64, String)> {
    let spans = look.cues.iter().filter_map(|cue| cue.tokens.map(|(first, last)| (cue.name, first, last)));
    spans
        .map(|(name, first, last)| {
            (pushes[usize::from(first)..=usize::from(last)].iter().sum(), name.to_owned())
        })
        .filter(|(push, _)| *push > 0.0)
        .collect()
}

/// Which tokens say something: words that are not small, unlike "can" or "sur", and small ones that are part of a
/// concept ("how to") of which two words are strong.
fn saying(look: &Look<'_>, is_strong: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut says: Vec<bool> =
        look.tokens.iter().map(|(token, text)| token.kind == Kind::Word && says_something(text)).collect();
    for cue in &look.cues {
        let Some((first, last)) = cue.tokens.filter(|(first, last)| first < last && is_content(cue.name))
        else {
            continue;
        };
        let strong: Vec<usize> =
            (usize::from(first)..=usize::from(last)).filter(|at| is_strong(*at)).collect();
        if strong.len() > 1 {
            for at in strong {
                says[at] = true;
            }
        }
    }
    says
}

fn says_something(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3 && !is_small_word(word)
}

#[cfg(test)]
mod tests {
    use super::super::{Model, Prior};
    use crate::classify::lang::is_small_word;

    fn why(text: &str) -> Vec<String> {
        Model::shipped().judge(text, &Prior::default()).why
    }

    #[test]
    fn no_reason_is_made_of_small_words_alone() {
        for text in [
            "does the dock of the old one fit on the new one?",
            "is the app down for you or is it just me",
            "est-ce que la carte marche aussi dans les bus de nuit ?",
            "j'ai pas eu mon colis et vous ne répondez pas, c'est pour quand ?",
        ] {
            let reasons = why(text);
            assert!(!reasons.is_empty(), "{text}");
            for reason in reasons.iter().filter(|reason| text.contains(reason.as_str())) {
                let says = |word: &str| word.len() >= 3 && !is_small_word(word);
                assert!(reason.split([' ', '\'', '-']).any(says), "{reason:?} of {text:?}");
            }
        }
    }

    #[test]
    fn a_concept_of_small_words_is_a_reason() {
        let reasons = why("how do I export my notes as a pdf?");
        assert!(reasons.iter().any(|reason| reason.starts_with("how do")), "{reasons:?}");
    }

    #[test]
    fn what_a_community_has_taught_is_named() {
        let look = Model::shipped().look("my ticket for row four");
        let ticket = Model::shipped().look("ticket");
        let taught: Vec<u32> = ticket.words().into_iter().map(|(feature, _)| feature).collect();
        let push = |feature| if taught.contains(&feature) { [0.0, 9.0, 0.0, 0.0] } else { [0.0; 4] };
        let reasons = look.why(crate::domain::label::Label::ProductExpert, push);
        assert!(reasons[0].contains("ticket"), "{reasons:?}");
    }
}
