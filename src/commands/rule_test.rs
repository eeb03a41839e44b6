//! `/rule test`: what a rule would have done to what was written lately. The messages are read from the platform for
//! this one answer and kept nowhere.

use super::Reply;
use super::ask::Ask;
use crate::classify::context::Context;
use crate::config::community::values;
use crate::domain::card::Piece;
use crate::domain::ids::ChannelId;
use crate::domain::label::Label;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::settings::Settings;
use crate::domain::words::Expected;
use crate::platform::MessagePlace;
use crate::store::StoreError;

/// Messages of a channel that are looked at.
const LOOKED_AT: usize = 100;

/// Channels that are looked at.
const CHANNELS: usize = 5;

/// Matches that are shown.
const SHOWN: usize = 10;

/// How much of a match is shown.
const TEXT_SHOWN: usize = 120;

impl Ask<'_> {
    /// `/rule test`.
    pub(super) async fn rule_test(
        &self,
        settings: &Settings,
        label: Label,
        pattern: &str,
        channel: Option<&ChannelId>,
    ) -> Result<Reply, StoreError> {
        let words = self.words;
        let regex = match values::pattern(pattern) {
            Ok(regex) => regex,
            Err(reason) => return Ok(Reply::refused(words.wrong_value(Expected::Pattern, pattern, &reason))),
        };
        let Some(known) = self.triage.communities().of(&self.caller.community).await? else {
            return Ok(Reply::refused(words.no_watch()));
        };
        let channels: Vec<&ChannelId> = match channel {
            Some(channel) => vec![channel],
            None => settings.watches.iter().map(|watch| &watch.channel).take(CHANNELS).collect(),
        };
        if channels.is_empty() {
            return Ok(Reply::refused(words.no_watch()));
        }
        let (mut looked_at, mut matches, mut changed, mut shown) = (0, 0, 0, Vec::new());
        let mut unreadable = Vec::new();
        for channel in channels {
            let Ok(messages) = self.platform.recent(&self.caller.community, channel, LOOKED_AT).await else {
                unreadable.push(words.could_not_be_read(channel));
                continue;
            };
            for message in messages.iter().filter(|message| message.standing != Standing::Bot) {
                looked_at += 1;
                if !regex.is_match(&message.text) {
                    continue;
                }
                matches += 1;
                let before = known.judge.judge(message, &message.text, Context::default()).decided();
                changed += usize::from(before != label);
                shown.push(self.match_line(message, before, label));
            }
        }
        let left_out = shown.len().saturating_sub(SHOWN);
        // The newest ones: they stand last.
        let mut lines = shown.split_off(left_out);
        if left_out > 0 {
            lines.push(self.text(words.and_more(left_out)));
        }
        lines.extend(unreadable);
        lines.push(self.text(words.rule_test_keeps_nothing().to_owned()));
        Ok(Reply::facts(words.rule_test(label, looked_at, matches, changed), lines))
    }

    fn match_line(&self, message: &IncomingMessage, before: Label, after: Label) -> Vec<Piece> {
        let words = self.words;
        let flat = message.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = flat.chars().take(TEXT_SHOWN).collect();
        let place = MessagePlace {
            channel: message.channel.clone(),
            thread: message.thread.clone(),
            message: message.id.clone(),
        };
        vec![
            Piece::text(format!("• {} · ", words.quoted(&short))),
            Piece::Link {
                words: words.was_and_would_be(before, after),
                address: self.platform.link(&self.caller.community, &place),
            },
        ]
    }
}
