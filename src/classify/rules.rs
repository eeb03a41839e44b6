//! The rules of the configuration: first match wins, before any model.

use regex::{RegexSet, RegexSetBuilder};

use crate::domain::ids::ChannelId;
use crate::domain::message::IncomingMessage;
use crate::domain::settings::Rule;
use crate::domain::verdict::{Stage, Verdict};

use super::lang;

/// How many characters of the matched text are shown as the reason.
const REASON_LENGTH: usize = 60;

/// How large all patterns together may become once compiled. Each alone has been checked to be far smaller; a set
/// that is larger is tried one by one.
const SET_SIZE: usize = 32 << 20;

/// The rules of one community, in the order of the file.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    /// All patterns at once: most messages match none, and are done after one pass.
    set: Option<RegexSet>,
}

impl Rules {
    /// The rules in that order.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let patterns = rules.iter().map(|rule| rule.pattern.as_str());
        let set = RegexSetBuilder::new(patterns).size_limit(SET_SIZE).build().ok();
        Self { rules: rules.to_vec(), set }
    }

    /// What the first rule that matches says; `None` when none does.
    #[must_use]
    pub fn verdict(&self, message: &IncomingMessage, text: &str) -> Option<Verdict> {
        let (_, rule) = self.first(&message.channel, message.thread.as_ref(), text)?;
        let found = rule.pattern.find(text)?;
        Some(Verdict {
            label: rule.label,
            also: None,
            confidence: 1.0,
            unsure: false,
            stage: Stage::Rule,
            why: vec![found.as_str().chars().take(REASON_LENGTH).collect()],
            lang: lang::detect(text),
            second: None,
        })
    }

    /// The first rule that matches there, with its place in the list.
    fn first(&self, channel: &ChannelId, thread: Option<&ChannelId>, text: &str) -> Option<(usize, &Rule)> {
        let is_for_here =
            |rule: &Rule| rule.channel.as_ref().is_none_or(|bound| bound == channel || Some(bound) == thread);
        if let Some(set) = &self.set {
            let mut matches = set.matches(text).into_iter().map(|place| (place, &self.rules[place]));
            return matches.find(|(_, rule)| is_for_here(rule));
        }
        let matches = |(_, rule): &(usize, &Rule)| is_for_here(rule) && rule.pattern.is_match(text);
        self.rules.iter().enumerate().find(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::Label;
    use crate::domain::message::Standing;
    use crate::domain::time::Timestamp;

    fn rule(label: Label, pattern: &str, channel: Option<&str>) -> Rule {
        let pattern = regex::Regex::new(pattern).expect("a pattern of the test");
        Rule { label, pattern, channel: channel.map(Into::into) }
    }

    fn said(text: &str, channel: &str) -> IncomingMessage {
        IncomingMessage {
            community: "test".into(),
            channel: channel.into(),
            thread: None,
            id: "1".into(),
            at: Timestamp::UNIX_EPOCH,
            author: "ana".into(),
            author_name: "Ana".into(),
            standing: Standing::Member,
            text: text.into(),
            reply_to: None,
            reply_to_author: None,
            mentions: Vec::new(),
            label: None,
        }
    }

    #[test]
    fn the_first_rule_of_the_file_wins_and_channels_bind() {
        let rules = [
            rule(Label::None, "(?i)giveaway", Some("fun")),
            rule(Label::Pr, "(?i)journalist", None),
            rule(Label::CustomerService, "(?i)giveaway|journalist", None),
        ];
        let both = [Rules::new(&rules), Rules { rules: rules.to_vec(), set: None }];
        for rules in both {
            let label = |text, channel| rules.verdict(&said(text, channel), text).map(|v| v.label);
            assert_eq!(label("Giveaway for a journalist", "fun"), Some(Label::None));
            assert_eq!(label("Giveaway for a journalist", "help"), Some(Label::Pr));
            assert_eq!(label("giveaway", "help"), Some(Label::CustomerService));
            assert_eq!(label("hello", "help"), None);
        }
    }
}
