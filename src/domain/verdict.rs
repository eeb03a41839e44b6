//! What the judge said about a message, and why: kept with the request so that every ping can be explained.

use serde::{Deserialize, Serialize};

use super::label::Label;

/// A judgement. Serialises to the object that `vigie classify --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The most probable label, also when unsure.
    pub label: Label,
    /// The second route that the message fits, if it clearly fits two.
    pub also: Option<Label>,
    /// Probability of `label`, 0 to 1, calibrated.
    pub confidence: f64,
    /// Whether the confidence is too low to act on alone.
    pub unsure: bool,
    /// Which stage of the cascade decided.
    pub stage: Stage,
    /// The words and cues that decided, strongest first; at most a handful.
    pub why: Vec<String>,
    /// Language of the text.
    pub lang: Lang,
    /// What came of asking the second reader; `None` when it was not asked. Kept, and not printed by `classify`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<SecondReading>,
}

/// Who read a message a second time, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondReading {
    /// The language model's name.
    pub model: String,
    /// The version of the prompt.
    pub prompt: String,
    /// Why the local verdict stands; `None` when there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<NoReading>,
}

/// Why a second reading was not had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReading {
    /// The community's budget for the day is used up.
    Budget,
    /// Too many failures in a row: it is left alone for a while.
    Resting,
    /// No answer in time, or too much waiting before it.
    TooSlow,
    /// It cannot be reached, or refuses to work.
    Down,
    /// What it answered is no label with a reason.
    Unusable,
}

/// The stage of the cascade that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A rule of the configuration.
    Rule,
    /// The local model.
    Model,
    /// The language model that is asked when the local one is unsure.
    Llm,
    /// A person, or an export that says what the message is.
    Given,
}

/// The language of a text, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// French.
    Fr,
    /// Neither, or too little text to tell.
    Other,
}

impl Verdict {
    /// The verdict of somebody who knows: a person, or an export's own labels.
    #[must_use]
    pub fn given(label: Label, why: impl Into<String>, lang: Lang) -> Self {
        Self {
            label,
            also: None,
            confidence: 1.0,
            unsure: false,
            stage: Stage::Given,
            why: vec![why.into()],
            lang,
            second: None,
        }
    }
}
