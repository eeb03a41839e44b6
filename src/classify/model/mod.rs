//! The judge's local model: says within microseconds, without a network, who has to answer a message.
//!
//! It is a linear model over two views of the text ([`features`]), learnt from `corpus/` ([`train`]) and compiled
//! in. Being linear, it can name the words that decided ([`explain`]). It judges a text alone, out of context; what
//! it does not know well it calls unsure, and leaves to a later stage or a person.

mod corpus;
mod cues;
mod explain;
mod features;
mod file;
mod learn;
mod lessons;
mod math;
mod optimise;
mod prior;
mod text;
mod view;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::classify::lang::Guess;
use crate::domain::label::Label;
use crate::domain::verdict::{Stage, Verdict};

pub use corpus::{CorpusError, Example, fingerprint, read_corpus};
pub use file::{FEATURES, ModelError};
pub use learn::{hold_out, train};
pub use prior::Prior;

pub(in crate::classify) use math::{ln, softmax};
pub(super) use text::fold;

use cues::Cue;
use features::{Occurrence, Side};
use text::Tokens;
use view::View;

/// Below this confidence a verdict is unsure, and a second reader is asked if there is one: 44 of 100 real messages. What
/// lies above is right in 89 of 100 real messages, what lies below in 55.
pub const SURE_FROM: f64 = 0.74;

/// A second route is named from this probability on …
const ALSO_FROM: f64 = 0.25;

/// … if it is this many times as probable as the route after it.
const ALSO_LEAD: f64 = 2.0;

/// How much more likely than anything else `none` is for a message without a word in it.
const WORDLESS: f64 = 8.0;

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Fingerprint of what it learnt from.
    corpus: u64,
    /// What the scores are divided by, so that a confidence of 0.8 is right eight times in ten.
    temperature: f64,
    /// Logarithms of the labels' shares in the corpus.
    learnt_from: [f64; 4],
    views: [View; 2],
}

/// How well each label explains a text, as log-likelihoods up to a constant: no prior is in them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    values: [f64; 4],
    temperature: f64,
}

impl Scores {
    /// The calibrated probabilities of the labels in a channel with this prior, in the order of `Label::ALL`.
    /// The temperature cools the scores and not the prior: the less a text says, the more its channel does.
    #[must_use]
    pub fn probabilities(self, prior: Prior) -> [f64; 4] {
        let priors = prior.logs();
        math::softmax([0, 1, 2, 3].map(|label| self.values[label] / self.temperature + priors[label]))
    }

    /// The scores, in the order of `Label::ALL`.
    #[must_use]
    pub const fn values(self) -> [f64; 4] {
        self.values
    }
}

impl Model {
    /// The model that is compiled in.
    ///
    /// # Panics
    /// Never in a released program: a test reads the same bytes.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            Self::from_bytes(include_bytes!("shipped.bin"))
                .expect("the shipped model is tested to be readable")
        })
    }

    /// Fingerprint of the corpus and the cues that it was trained from, see [`fingerprint`].
    #[must_use]
    pub const fn corpus(&self) -> u64 {
        self.corpus
    }

    /// Reads a text once: everything else is asked of what comes back.
    #[must_use]
    pub fn look<'a>(&'a self, text: &'a str) -> Look<'a> {
        let tokens = Tokens::of(text);
        let cues = cues::cues(&tokens);
        let features = Side::ALL.map(|side| side.features(&tokens, &cues));
        Look { model: self, tokens, cues, features }
    }

    /// How well each label explains `text`.
    #[must_use]
    pub fn scores(&self, text: &str) -> Scores {
        self.look(text).scores()
    }

    /// The verdict on `text` in a channel with this prior.
    #[must_use]
    pub fn judge(&self, text: &str, prior: &Prior) -> Verdict {
        let look = self.look(text);
        let shares = look.scores().probabilities(*prior);
        look.verdict(shares, |_| [0.0; 4])
    }
}

/// A text with what the model sees in it.
pub struct Look<'a> {
    model: &'a Model,
    tokens: Tokens<'a>,
    cues: Vec<Cue>,
    features: [Vec<Occurrence>; 2],
}

impl Look<'_> {
    /// How well each label explains the text.
    #[must_use]
    pub fn scores(&self) -> Scores {
        let values = if self.tokens.has_words() {
            let [words, letters] = [0, 1].map(|side| self.model.views[side].scores(&self.features[side]));
            // The mean of the views' log-odds is their probabilities' geometric mean.
            [0, 1, 2, 3]
                .map(|label| f64::midpoint(words[label], letters[label]) - self.model.learnt_from[label])
        } else {
            [0.0, 0.0, 0.0, WORDLESS]
        };
        Scores { values, temperature: self.model.temperature }
    }

    /// The words, pairs of words and cues as numbered features with their values; the values' squares sum to 1.
    #[must_use]
    pub fn words(&self) -> Vec<(u32, f64)> {
        self.model.views[0].values(&self.features[0])
    }

    /// Whether the judge can know the language at all.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.tokens.lang == Guess::Foreign
    }

    /// The words and cues that push a label most.
    #[must_use]
    pub fn why(&self, label: Label, learnt: impl Fn(u32) -> [f64; 4]) -> Vec<String> {
        explain::why(self, label, learnt)
    }

    /// The verdict when the labels are that probable. `learnt` gives what a community has added to a feature's
    /// weights, so that its words are named too.
    #[must_use]
    pub fn verdict(&self, shares: [f64; 4], learnt: impl Fn(u32) -> [f64; 4]) -> Verdict {
        let label = most_probable(shares);
        let confidence = shares[label.index()];
        let is_unsure = self.tokens.has_words() && (confidence < SURE_FROM || self.is_foreign());
        Verdict {
            label,
            also: second_route(label, shares),
            confidence,
            unsure: is_unsure,
            stage: Stage::Model,
            why: explain::why(self, label, learnt),
            lang: self.tokens.lang.lang(),
            second: None,
        }
    }
}

fn most_probable(probabilities: [f64; 4]) -> Label {
    let better = |a: Label, b: Label| if probabilities[b.index()] > probabilities[a.index()] { b } else { a };
    Label::ALL.into_iter().reduce(better).expect("there are four labels")
}

/// The route that comes next, if it is probable enough and stands out from what comes after it.
fn second_route(label: Label, probabilities: [f64; 4]) -> Option<Label> {
    let of = |label: Label| probabilities[label.index()];
    label.route()?;
    let mut others: Vec<Label> =
        Label::ALL.into_iter().filter(|l| *l != label && *l != Label::None).collect();
    others.sort_by(|a, b| of(*b).total_cmp(&of(*a)));
    let [second, third] = others[..] else { return None };
    let is_clear = of(second) >= ALSO_FROM && of(second) >= ALSO_LEAD * of(third);
    is_clear.then_some(second)
}

const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a over 64 bits: not against malice, only to tell things apart.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}
