//! Scores a judge on labelled messages: how often it is right, and whether its confidence can be believed.
//!
//! The shapes serialise to what CONTRACT.md promises for `evaluate --json`. Verdicts come from outside, so that the
//! model alone and the whole cascade are measured by the same code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lang;
use super::model::Prior;
use crate::domain::label::Label;
use crate::domain::verdict::{Lang, Verdict};

mod table;
pub mod zones;

/// Bins of the calibration error.
const BINS: usize = 10;

/// A labelled message. Other fields of its line are ignored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Labelled {
    /// What to call it.
    pub id: Option<String>,
    /// The message.
    pub text: String,
    /// The right label.
    pub label: Label,
    /// Another label that would do. It is shown, and changes no figure.
    pub also: Option<Label>,
    /// The language, where the line says so.
    pub lang: Option<Lang>,
}

/// A line that is no labelled message.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {source}")]
pub struct LineError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

/// Which shares of the labels the judge is told to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorChoice {
    /// Those of an ordinary channel.
    Default,
    /// All labels alike.
    Uniform,
    /// Those of the labelled file itself.
    File,
}

/// The scores, in the shape of CONTRACT.md.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Messages.
    pub n: usize,
    /// Share of messages that got the right label.
    pub accuracy: f64,
    /// Mean F1 of the labels that occur or were given.
    pub macro_f1: f64,
    /// Expected calibration error: the mean distance of confidence from truth over ten equal-width bins,
    /// weighted by their messages.
    pub ece: f64,
    /// Each label against the rest.
    pub labels: BTreeMap<Label, LabelScore>,
    /// The question "does it need an answer from the company?".
    pub request: Score,
    /// The same figures by language.
    pub languages: BTreeMap<&'static str, LanguageScore>,
    /// How often a message with this label was given that one.
    pub confusion: BTreeMap<Label, BTreeMap<Label, usize>>,
}

/// How well a yes/no question is answered. A share of nothing is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// Share of the yeses that were right.
    pub precision: f64,
    /// Share of the right ones that got a yes.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// A label's score and how many messages have it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LabelScore {
    /// The score.
    #[serde(flatten)]
    pub score: Score,
    /// Messages with this label.
    pub support: usize,
}

/// The figures of one language.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LanguageScore {
    /// Messages.
    pub n: usize,
    /// Share of messages that got the right label.
    pub accuracy: f64,
    /// Mean F1 of the labels that occur or were given.
    pub macro_f1: f64,
}

/// A message that was judged wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// Its id, or the number of its line among the labelled ones.
    pub id: String,
    /// The message.
    pub text: String,
    /// The right label.
    pub label: Label,
    /// Another label that would have done.
    pub also: Option<Label>,
    /// What the judge said, and why.
    pub verdict: Verdict,
}

/// Reads one labelled message a line; empty lines are skipped.
///
/// # Errors
/// On the first line that is no labelled message.
pub fn read_labelled(content: &str) -> Result<Vec<Labelled>, LineError> {
    (1..)
        .zip(content.lines())
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(line, text)| serde_json::from_str(text).map_err(|source| LineError { line, source }))
        .collect()
}

impl PriorChoice {
    /// The prior for a labelled file.
    #[must_use]
    pub fn prior(self, labelled: &[Labelled]) -> Prior {
        match self {
            Self::Default => Prior::default(),
            Self::Uniform => Prior::uniform(),
            Self::File => Prior::from_shares(
                Label::ALL.map(|label| count(labelled.iter().filter(|l| l.label == label).count())),
            ),
        }
    }
}

/// Scores the verdicts on these messages. The mistakes come with the scores, the most confident first.
#[must_use]
pub fn evaluate(labelled: &[Labelled], verdicts: &[Verdict]) -> (Evaluation, Vec<Mistake>) {
    let judged: Vec<(&Labelled, &Verdict)> = labelled.iter().zip(verdicts).collect();
    (score(&judged), mistakes(&judged))
}

fn score(judged: &[(&Labelled, &Verdict)]) -> Evaluation {
    let pairs: Vec<(Label, Label)> = judged.iter().map(|(right, given)| (right.label, given.label)).collect();
    let mut by_language: BTreeMap<&str, Vec<(Label, Label)>> = BTreeMap::new();
    for ((right, _), pair) in judged.iter().zip(&pairs) {
        let lang = right.lang.unwrap_or_else(|| lang::detect(&right.text));
        by_language.entry(code(lang)).or_default().push(*pair);
    }
    let languages = by_language.into_iter().map(|(lang, pairs)| {
        (lang, LanguageScore { n: pairs.len(), accuracy: accuracy(&pairs), macro_f1: macro_f1(&pairs) })
    });
    Evaluation {
        n: pairs.len(),
        accuracy: accuracy(&pairs),
        macro_f1: macro_f1(&pairs),
        ece: calibration_error(judged),
        labels: Label::ALL
            .map(|label| {
                let support = pairs.iter().filter(|(right, _)| *right == label).count();
                (label, LabelScore { score: yes_no(&pairs, |l| l == label), support })
            })
            .into(),
        request: yes_no(&pairs, |label| label != Label::None),
        languages: languages.collect(),
        confusion: Label::ALL
            .map(|right| (right, Label::ALL.map(|given| (given, times(&pairs, right, given))).into()))
            .into(),
    }
}

/// The key of a language, as a verdict writes it.
const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Fr => "fr",
        Lang::Other => "other",
    }
}

fn times(pairs: &[(Label, Label)], right: Label, given: Label) -> usize {
    pairs.iter().filter(|pair| **pair == (right, given)).count()
}

fn accuracy(pairs: &[(Label, Label)]) -> f64 {
    share(pairs.iter().filter(|(right, given)| right == given).count(), pairs.len())
}

/// A label that neither occurs nor was given says nothing and is left out.
fn macro_f1(pairs: &[(Label, Label)]) -> f64 {
    let met = |label: &Label| pairs.iter().any(|(right, given)| right == label || given == label);
    let scores: Vec<f64> =
        Label::ALL.into_iter().filter(met).map(|label| yes_no(pairs, |l| l == label).f1).collect();
    if scores.is_empty() { 0.0 } else { scores.iter().sum::<f64>() / count(scores.len()) }
}

fn yes_no(pairs: &[(Label, Label)], is_yes: impl Fn(Label) -> bool) -> Score {
    let number = |of: &dyn Fn(bool, bool) -> bool| {
        pairs.iter().filter(|(right, given)| of(is_yes(*right), is_yes(*given))).count()
    };
    let (hits, rights, givens) = (number(&|r, g| r && g), number(&|r, _| r), number(&|_, g| g));
    Score {
        precision: share(hits, givens),
        recall: share(hits, rights),
        f1: share(2 * hits, rights + givens),
    }
}

fn calibration_error(judged: &[(&Labelled, &Verdict)]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for (right, given) in judged {
        let (confidence, truth) = &mut bins[bin(given.confidence)];
        *confidence += given.confidence;
        *truth += if right.label == given.label { 1.0 } else { 0.0 };
    }
    let distance: f64 = bins.iter().map(|(confidence, truth)| f64::abs(confidence - truth)).sum();
    if judged.is_empty() { 0.0 } else { distance / count(judged.len()) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence is between 0 and 1"
)]
fn bin(confidence: f64) -> usize {
    ((confidence * 10.0) as usize).min(BINS - 1)
}

fn mistakes(judged: &[(&Labelled, &Verdict)]) -> Vec<Mistake> {
    let mut wrong: Vec<Mistake> = (1..)
        .zip(judged)
        .filter(|(_, (right, given))| right.label != given.label)
        .map(|(number, (right, given)): (usize, _)| Mistake {
            id: right.id.clone().unwrap_or_else(|| number.to_string()),
            text: right.text.clone(),
            label: right.label,
            also: right.also,
            verdict: (*given).clone(),
        })
        .collect();
    wrong.sort_by(|a, b| b.verdict.confidence.total_cmp(&a.verdict.confidence));
    wrong
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { count(part) / count(of) }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
const fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
