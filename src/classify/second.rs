//! The second reader as the triage sees it: a question, an answer or none.

use async_trait::async_trait;

use super::{Judge, without_second};
use crate::domain::judgement::Judgement;
use crate::domain::label::{Label, Route};
use crate::domain::settings::Language;
use crate::domain::time::Timestamp;
use crate::domain::verdict::{Lang, NoReading};

/// A message that is to be read a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The company, as the community calls it.
    pub brand: String,
    /// The language in which the reason is given.
    pub language: Language,
    /// What the member wrote.
    pub text: String,
}

/// What a second reader says of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it is.
    pub label: Label,
    /// The second desk that it concerns.
    pub also: Option<Route>,
    /// Why, in the community's language, in a few words. Written by a model that has read a member's text, so it is shown
    /// with the same care.
    pub reason: String,
}

/// A request for which an employee wants a draft of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftWanted {
    /// The company, as the community calls it.
    pub brand: String,
    /// The desk that answers.
    pub route: Route,
    /// What whoever answers should keep to.
    pub guidelines: Option<String>,
    /// The member's language.
    pub language: Lang,
    /// What the member wrote, oldest first.
    pub messages: Vec<String>,
}

/// What a text is, read a second time where the local model is unsure: the cascade without a road around it.
pub async fn judge(
    judge: &Judge,
    reader: Option<&dyn SecondReader>,
    question: &Question,
    now: Timestamp,
) -> Judgement {
    let first = judge.text(&question.text);
    let Some(reader) = reader.filter(|_| first.wants_second_reading()) else { return first };
    let (model, prompt) = (reader.model(), reader.prompt());
    match reader.read(question, now).await {
        Ok(reading) => judge.read_again(first, reading, model, prompt),
        Err(why) => without_second(first, model, prompt, why),
    }
}

/// Reads messages a second time.
#[async_trait]
pub trait SecondReader: Send + Sync + std::fmt::Debug {
    /// The model's name.
    fn model(&self) -> &str;

    /// The version of the prompt with which messages are read.
    fn prompt(&self) -> &str;

    /// What a message is, and why. Never takes longer than a few seconds.
    async fn read(&self, question: &Question, now: Timestamp) -> Result<Reading, NoReading>;

    /// A draft of an answer, for an employee's eyes.
    async fn draft(&self, wanted: &DraftWanted, now: Timestamp) -> Result<String, NoReading>;
}
