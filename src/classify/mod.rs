//! The judge: rules first, then the local model with what the community has taught it; what surrounds the message
//! counts; what is left unsure may be read a second time by a language model.
//!
//! Everything but the second reading is pure and takes microseconds. The second reading is asked for by the triage
//! ([`Judgement`] says whether it would help), and [`Judge::read_again`] weighs what it said.

pub mod context;
pub mod evaluate;
pub mod lang;
pub mod learn;
pub mod llm;
pub mod model;
mod rules;
pub mod second;
pub mod zones;

use crate::domain::judgement::{Judgement, Zone};
use crate::domain::label::{Label, Route};
use crate::domain::message::IncomingMessage;
use crate::domain::settings::Settings;
use crate::domain::verdict::{NoReading, SecondReading, Stage, Verdict};

use context::Context;
use learn::Adaptation;
use model::{Look, Model, SURE_FROM};
use rules::Rules;
use second::Reading;
use zones::Bounds;

/// How often a second reader is taken to be right: two people agree on nine messages in ten.
const READER_IS_RIGHT: f64 = 0.9;

/// A reader's label comes first whatever the local model thought, at least this probable.
const READER_AT_LEAST: f64 = 0.55;

/// Reasons that stand beside a second reader's own.
const REASONS_BESIDE: usize = 2;

/// Judges one community's messages.
#[derive(Debug)]
pub struct Judge {
    rules: Rules,
    bounds: Bounds,
    known: Adaptation,
}

impl Judge {
    /// The judge with a community's rules and sensitivity, and what it has taught.
    #[must_use]
    pub fn new(settings: &Settings, known: Adaptation) -> Self {
        let bounds = Bounds::of(settings.community.sensitivity);
        Self { rules: Rules::new(&settings.rules), bounds, known }
    }

    /// What the community has taught so far.
    #[must_use]
    pub const fn known(&self) -> &Adaptation {
        &self.known
    }

    /// What a message is, and what follows. `text` is what is read: the message's own, or that of a burst of
    /// messages which belong together.
    #[must_use]
    pub fn judge(&self, message: &IncomingMessage, text: &str, context: Context) -> Judgement {
        if let Some(label) = message.label {
            return certain(Verdict::given(label, "label of the export", lang::detect(text)));
        }
        if let Some(verdict) = self.rules.verdict(message, text) {
            return certain(verdict);
        }
        self.read(text, context)
    }

    /// What a text is by the model and what was taught alone.
    #[must_use]
    pub fn text(&self, text: &str) -> Judgement {
        self.read(text, Context::default())
    }

    fn read(&self, text: &str, context: Context) -> Judgement {
        let look = Model::shipped().look(text);
        let shares = context.weigh(self.known.shares(&look));
        let even = context.weigh(self.known.even_shares(&look));
        let mut verdict = look.verdict(shares, |feature| self.known.weight(feature));
        let (zone, route) = self.bounds.zone(shares, even);
        if zone != Zone::Quiet && route.label() != verdict.label && route == Route::Pr {
            self.explain_press(&look, &mut verdict);
        }
        verdict.why.extend(context.reason().map(str::to_owned));
        Judgement { verdict, shares, zone, route, earlier: Vec::new() }
    }

    /// The press office is asked by its own bound: its reasons are named, and the likeliest desk stands beside it.
    fn explain_press(&self, look: &Look<'_>, verdict: &mut Verdict) {
        verdict.why = look.why(Label::Pr, |feature| self.known.weight(feature));
        verdict.also = verdict.label.route().map(Route::label).or(verdict.also);
    }

    /// The judgement after a second reader has said what the message is, and why.
    #[must_use]
    pub fn read_again(
        &self,
        first: Judgement,
        Reading { label, also, reason }: Reading,
        model: &str,
        prompt: &str,
    ) -> Judgement {
        let shares = agreed(first.shares, label);
        let even = agreed([0.25; 4], label);
        let (zone, route) = self.bounds.zone(shares, even);
        let beside = first.verdict.why.into_iter().take(REASONS_BESIDE);
        let verdict = Verdict {
            label,
            also: also.map(Route::label).filter(|also| *also != label),
            confidence: shares[label.index()],
            unsure: shares[label.index()] < SURE_FROM,
            stage: Stage::Llm,
            why: std::iter::once(reason).chain(beside).collect(),
            second: Some(reading_by(model, prompt, None)),
            ..first.verdict
        };
        Judgement { verdict, shares, zone, route, earlier: Vec::new() }
    }
}

/// The local judgement stands, marked with why there was no second reading.
#[must_use]
pub fn without_second(mut first: Judgement, model: &str, prompt: &str, why: NoReading) -> Judgement {
    first.verdict.second = Some(reading_by(model, prompt, Some(why)));
    first
}

fn reading_by(model: &str, prompt: &str, no_answer: Option<NoReading>) -> SecondReading {
    SecondReading { model: model.to_owned(), prompt: prompt.to_owned(), no_answer }
}

/// What somebody knows: a rule, a person, an export's own label.
fn certain(verdict: Verdict) -> Judgement {
    let mut shares = [0.0; 4];
    shares[verdict.label.index()] = 1.0;
    let zone = if verdict.label.route().is_some() { Zone::Ping } else { Zone::Quiet };
    let route = verdict.label.route().unwrap_or(Route::CustomerService);
    Judgement { verdict, shares, zone, route, earlier: Vec::new() }
}

/// The probabilities after a reader who is right so often has said `label`, which comes first from then on.
fn agreed(shares: [f64; 4], label: Label) -> [f64; 4] {
    let wrong = (1.0 - READER_IS_RIGHT) / 3.0;
    let said = |l: usize| if l == label.index() { READER_IS_RIGHT } else { wrong };
    let mut agreed = [0, 1, 2, 3].map(|l| shares[l] * said(l));
    let sum: f64 = agreed.iter().sum();
    agreed = agreed.map(|share| share / sum);
    let first = agreed[label.index()].max(READER_AT_LEAST);
    let others = 1.0 - agreed[label.index()];
    let scale = if others > 0.0 { (1.0 - first) / others } else { 0.0 };
    agreed = agreed.map(|share| share * scale);
    agreed[label.index()] = first;
    agreed
}

#[cfg(test)]
mod tests;
