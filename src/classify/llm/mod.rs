//! The second reader: a language model behind any OpenAI-compatible endpoint, asked what the local model is unsure of.
//!
//! It may be away, slow, wrong or hostile, and the member whose text it reads may try to give it orders. So nothing
//! personal leaves ([`mask()`]), the text travels as a JSON string beside a prompt that it cannot touch ([`Prompts`]), the
//! answer is one of the four labels or none at all, and an endpoint that fails is left alone for a while. Whatever
//! happens here, the caller still has the local verdict.

mod answer;
mod breaker;
mod chat;
mod ladder;
mod mask;
mod prompts;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use super::second::{DraftWanted, Question, Reading, SecondReader};
use crate::config::environment::LlmEndpoint;
use crate::domain::settings::Language;
use crate::domain::time::Timestamp;
use crate::domain::verdict::NoReading;
use crate::metrics::{self, Purpose};

use breaker::{Breaker, Outcome};
use chat::Chat;
use ladder::Wanted;

pub use chat::NoReader;
pub use ladder::Rung;
pub use mask::mask;
pub use prompts::{PromptError, Prompts};

/// How long a reading may take, all tries together: the member's request waits for it.
pub const PATIENCE: Duration = Duration::from_secs(6);
/// How long a draft may take: it is longer, and an employee who asked for it waits.
const DRAFT_PATIENCE: Duration = Duration::from_secs(30);
/// How long a check may take: a model that is loaded on demand is slow once.
const CHECK_PATIENCE: Duration = Duration::from_mins(1);
/// Characters of a text that are sent; the rest is mostly a log somebody pasted.
const LONGEST: usize = 4_000;

/// Asks the language model. Cheap to clone; what is known of the endpoint is shared.
#[derive(Clone, Debug)]
pub struct LanguageModel(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    chat: Chat,
    prompts: Prompts,
    breaker: Mutex<Breaker>,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The rung on which the endpoint takes a question.
    pub rung: Rung,
    /// How long the answer took.
    pub took: Duration,
    /// Whether that is quick enough for a message.
    pub is_quick: bool,
}

/// Why there is no answer. None of these holds a member's text or the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// It failed too often and is not asked until then.
    #[error("the language model failed too often and is not asked until {until}")]
    Resting {
        /// When it is asked again.
        until: Timestamp,
    },
    /// It took too long.
    #[error("the language model did not answer in time")]
    TooSlow,
    /// There is no connection to it.
    #[error("the language model cannot be reached ({0})")]
    Unreachable(String),
    /// The endpoint did not take the question.
    #[error("the language model's endpoint answered with status {status}")]
    Refused {
        /// The status of its answer.
        status: u16,
    },
    /// What it answered is not what it was asked for.
    #[error("the language model's answer cannot be used")]
    Unusable,
    /// The prompt cannot be put together.
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

impl LanguageModel {
    /// A reader that asks that endpoint with these prompts.
    ///
    /// # Errors
    /// When the endpoint cannot be called at all.
    pub fn new(endpoint: &LlmEndpoint, prompts: Prompts) -> Result<Self, NoReader> {
        let chat = Chat::new(endpoint)?;
        Ok(Self(Arc::new(Shared { chat, prompts, breaker: Mutex::default() })))
    }

    /// The model's name at the endpoint.
    #[must_use]
    pub fn model(&self) -> &str {
        self.0.chat.model()
    }

    /// The version of the prompt that judges: what is kept with a decision.
    #[must_use]
    pub fn prompt_version(&self) -> &str {
        self.0.prompts.classify_version()
    }

    /// The version of the prompt that drafts.
    #[must_use]
    pub fn draft_version(&self) -> &str {
        self.0.prompts.draft_version()
    }

    /// What the model thinks of a message. Takes six seconds at most; `now` is when the question is put.
    ///
    /// # Errors
    /// When there is no usable answer; the local verdict stands then.
    pub async fn read(&self, question: &Question, now: Timestamp) -> Result<Reading, NoAnswer> {
        let system = self.0.prompts.for_classify(&question.brand, question.language)?;
        let asked = Asked::new(question);
        self.guarded(Purpose::Reading, now, async {
            let (text, rung) = self.0.chat.ask(&system, &asked.json(), Wanted::Label, PATIENCE).await?;
            answer::reading(&text, rung, &asked.message).ok_or(NoAnswer::Unusable)
        })
        .await
    }

    /// The draft of an answer: plain text of at most 1,800 characters, with gaps in square brackets. For an employee to
    /// correct and post; never to be posted as it is. Takes thirty seconds at most.
    ///
    /// # Errors
    /// When there is no usable answer.
    pub async fn draft(&self, wanted: &DraftWanted, now: Timestamp) -> Result<String, NoAnswer> {
        let DraftWanted { brand, route, guidelines, language, messages } = wanted;
        let system = self.0.prompts.for_draft(brand, *route, guidelines.as_deref(), *language)?;
        let messages: Vec<String> = messages.iter().map(|text| masked(text)).collect();
        let user = json!({ "messages": messages }).to_string();
        self.guarded(Purpose::Draft, now, async {
            let (text, _) = self.0.chat.ask(&system, &user, Wanted::Draft, DRAFT_PATIENCE).await?;
            answer::draft(&text).ok_or(NoAnswer::Unusable)
        })
        .await
    }

    /// Puts one harmless question, whatever has failed before.
    ///
    /// # Errors
    /// When there is no usable answer.
    pub async fn check(&self) -> Result<Checked, NoAnswer> {
        let question = Question {
            brand: "Vigie".to_owned(),
            language: Language::En,
            text: "Hello everybody, have a nice day!".to_owned(),
        };
        let system = self.0.prompts.for_classify(&question.brand, question.language)?;
        let asked = Asked::new(&question);
        let began = Instant::now();
        let (text, rung) = self.0.chat.ask(&system, &asked.json(), Wanted::Label, CHECK_PATIENCE).await?;
        let took = began.elapsed();
        answer::reading(&text, rung, &asked.message).ok_or(NoAnswer::Unusable)?;
        Ok(Checked { rung, took, is_quick: took <= PATIENCE })
    }

    /// Does the work unless the endpoint rests, and learns from what came of it.
    async fn guarded<T>(
        &self,
        purpose: Purpose,
        now: Timestamp,
        work: impl Future<Output = Result<T, NoAnswer>>,
    ) -> Result<T, NoAnswer> {
        let pass = self.breaker().admit(now).map_err(|until| NoAnswer::Resting { until })?;
        let began = Instant::now();
        let result = work.await;
        metrics::asked_model(purpose, result.is_ok(), began.elapsed());
        let outcome = result.as_ref().map_or_else(NoAnswer::outcome, |_| Outcome::Answered);
        let rests_until = self.breaker().record(pass, outcome, now);
        if let (Some(until), Err(reason)) = (rests_until, &result) {
            tracing::warn!(%until, %reason, "llm.rests");
        }
        result
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.0.breaker.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl NoAnswer {
    /// What is kept of it, and told to employees; the log has the rest.
    fn no_reading(&self) -> NoReading {
        match self {
            Self::Resting { .. } => NoReading::Resting,
            Self::TooSlow => NoReading::TooSlow,
            Self::Unreachable(_) | Self::Refused { .. } => NoReading::Down,
            Self::Unusable | Self::Prompt(_) => NoReading::Unusable,
        }
    }

    /// Whose fault it is: the endpoint's, or that of this one message.
    const fn outcome(&self) -> Outcome {
        match self {
            // Too long, or stopped by a content filter: the endpoint itself may be in order.
            Self::Refused { status: 400 | 413 | 422 } | Self::Unusable | Self::Prompt(_) => Outcome::Unusable,
            Self::Resting { .. } | Self::TooSlow | Self::Unreachable(_) | Self::Refused { .. } => {
                Outcome::Failed
            }
        }
    }
}

/// What stands in the user's message: the text as the value of a key, never as text of its own.
#[derive(Serialize)]
struct Asked {
    message: String,
}

impl Asked {
    fn new(question: &Question) -> Self {
        Self { message: masked(&question.text) }
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("texts can always be written as JSON")
    }
}

#[async_trait]
impl SecondReader for LanguageModel {
    fn model(&self) -> &str {
        self.0.chat.model()
    }

    fn prompt(&self) -> &str {
        self.prompt_version()
    }

    async fn read(&self, question: &Question, now: Timestamp) -> Result<Reading, NoReading> {
        Self::read(self, question, now).await.map_err(|error| error.no_reading())
    }

    async fn draft(&self, wanted: &DraftWanted, now: Timestamp) -> Result<String, NoReading> {
        Self::draft(self, wanted, now).await.map_err(|error| error.no_reading())
    }
}

/// The text without what is personal, cut.
fn masked(text: &str) -> String {
    let mut masked = mask(text);
    if let Some((end, _)) = masked.char_indices().nth(LONGEST) {
        masked.truncate(end);
    }
    masked
}
