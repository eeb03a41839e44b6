//! `/audit`: the messages that were drawn from those nobody was pinged for, one after the other, one tap each.

use super::ask::Ask;
use super::{Reply, ReplyButton};
use crate::domain::card::Piece;
use crate::domain::ids::MessageId;
use crate::domain::judgement::JudgedState;
use crate::domain::label::Label;
use crate::domain::lesson::Source;
use crate::domain::settings::Settings;
use crate::platform::MessagePlace;
use crate::store::StoreError;
use crate::store::judge::{Audit, JudgedMessage};
use crate::triage::{Choice, ChoiceError};

/// How much of a message is shown.
const SHOWN: usize = 1_500;

/// What can be said of a message, in the order of the buttons.
const SAID: [Label; 4] = [Label::None, Label::CustomerService, Label::ProductExpert, Label::Pr];

impl Ask<'_> {
    /// `/audit`: the first message that nobody has judged, behind `after` if it is given.
    pub(super) async fn audit(
        &self,
        settings: &Settings,
        after: Option<&MessageId>,
    ) -> Result<Reply, StoreError> {
        let store = self.triage.store();
        let Some(audit) = store.last_audit(&self.caller.community).await? else {
            return Ok(Reply::facts(self.words.no_audit_yet(), Vec::new()));
        };
        let place_of = |id: &MessageId| audit.drawn.iter().position(|drawn| &drawn.judged.message == id);
        let begin = after.and_then(place_of).map_or(0, |place| place + 1);
        for (place, drawn) in audit.drawn.iter().enumerate().skip(begin) {
            if drawn.state == JudgedState::Open
                && let Some(reply) = self.audit_page(&audit, place, drawn).await
            {
                return Ok(reply);
            }
        }
        let line = self.audited(settings, &audit).await?;
        let left = audit.drawn.iter().filter(|drawn| drawn.state == JudgedState::Open).count();
        let mut reply = Reply::facts(self.words.audit_is_done(left), vec![line]);
        if left > 0 && after.is_some() {
            let label = self.words.audit_again();
            reply.buttons.push(ReplyButton {
                label,
                custom_id: crate::outbox::BEGIN_AUDIT.to_owned(),
                is_dangerous: false,
            });
        }
        Ok(reply)
    }

    /// One tap: what a message is; then the next one.
    pub(super) async fn audit_say(
        &self,
        settings: &Settings,
        message: &MessageId,
        label: Label,
    ) -> Result<Reply, StoreError> {
        let choice = Choice { label, source: Source::Audit, by: self.caller.user.clone(), at: self.now };
        let chosen = self.triage.choose(self.platform, &self.caller.community, message, &choice).await;
        match chosen {
            // What was settled meanwhile needs no word: the next one is shown.
            Ok(_) => self.audit(settings, Some(message)).await,
            Err(ChoiceError::Store(error)) => Err(error),
            Err(ChoiceError::Platform(error)) => {
                tracing::warn!(%error, "commands.audit.unreadable: a message could not be read");
                Ok(Reply::refused(self.words.try_again()))
            }
        }
    }

    /// A message with its buttons; `None` when it is gone.
    async fn audit_page(&self, audit: &Audit, place: usize, drawn: &JudgedMessage) -> Option<Reply> {
        let where_it_is = MessagePlace::of(&drawn.judged);
        let found = self.platform.read(&self.caller.community, &where_it_is).await;
        let message = match found {
            Ok(message) => message?,
            Err(error) => {
                tracing::warn!(%error, "commands.audit.unreadable: a message could not be read");
                return None;
            }
        };
        let (words, id) = (self.words, &drawn.judged.message);
        let text: String = message.text.chars().take(SHOWN).collect();
        let lines = vec![
            vec![Piece::text(words.quoted(&text))],
            vec![
                Piece::Person(message.author.clone()),
                Piece::text(" · "),
                Piece::Time(message.at),
                Piece::text(" · "),
                Piece::Link {
                    words: words.go_to_message().to_owned(),
                    address: self.platform.link(&self.caller.community, &where_it_is),
                },
            ],
            vec![Piece::text(words.audit_question())],
        ];
        let mut reply = Reply::facts(words.audit_title(place + 1, audit.drawn.len()), lines);
        reply.buttons = SAID
            .into_iter()
            .map(|label| ReplyButton {
                label: words.choice(label),
                custom_id: format!("vigie:audit:{label}:{id}"),
                is_dangerous: false,
            })
            .collect();
        let skip = format!("vigie:audit:skip:{id}");
        reply.buttons.push(ReplyButton { label: words.audit_skip(), custom_id: skip, is_dangerous: false });
        Some(reply)
    }
}
