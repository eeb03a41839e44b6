//! The judge: rules first, then the local model.

pub mod evaluate;
pub mod lang;
pub mod llm;
pub mod model;
mod rules;

use crate::domain::message::IncomingMessage;
use crate::domain::settings::Settings;
use crate::domain::verdict::Verdict;

use model::{Model, Prior};
use rules::Rules;

/// Judges one community's messages.
#[derive(Debug)]
pub struct Judge {
    rules: Rules,
    prior: Prior,
}

impl Judge {
    /// The judge with this community's rules.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self { rules: Rules::new(&settings.rules), prior: Prior::default() }
    }

    /// What a message is, and why.
    #[must_use]
    pub fn verdict(&self, message: &IncomingMessage) -> Verdict {
        let lang = || lang::detect(&message.text);
        if let Some(label) = message.label {
            return Verdict::given(label, "label of the export", lang());
        }
        if let Some(verdict) = self.rules.verdict(message) {
            return verdict;
        }
        self.text(&message.text)
    }

    /// What a text is by the model alone.
    #[must_use]
    pub fn text(&self, text: &str) -> Verdict {
        Model::shipped().judge(text, &self.prior)
    }
}
