//! The rules of the configuration: first match wins, before any model.

use crate::domain::ids::ChannelId;
use crate::domain::message::IncomingMessage;
use crate::domain::settings::Rule;
use crate::domain::verdict::{Stage, Verdict};

use super::lang;

/// How many characters of the matched text are shown as the reason.
const REASON_LENGTH: usize = 60;

/// The rules of one community, in the order of the file.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
}

impl Rules {
    /// The rules in that order.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        Self { rules: rules.to_vec() }
    }

    /// What the first rule that matches says; `None` when none does.
    #[must_use]
    pub fn verdict(&self, message: &IncomingMessage) -> Option<Verdict> {
        let bound_here =
            |channel: &ChannelId| channel == &message.channel || Some(channel) == message.thread.as_ref();
        self.rules.iter().filter(|rule| rule.channel.as_ref().is_none_or(bound_here)).find_map(|rule| {
            let found = rule.pattern.find(&message.text)?;
            Some(Verdict {
                label: rule.label,
                also: None,
                confidence: 1.0,
                unsure: false,
                stage: Stage::Rule,
                why: vec![found.as_str().chars().take(REASON_LENGTH).collect()],
                lang: lang::detect(&message.text),
                second: None,
            })
        })
    }
}
