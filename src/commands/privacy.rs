//! `/privacy` and `/forget`: what is kept of a member, and its erasure once it is meant.
//!
//! A button names whose data it is about: *Erase my data* works for that person alone, the one of `/forget` for
//! whoever may manage the community at that moment.

use super::ask::Ask;
use super::{Reply, ReplyButton};
use crate::domain::ids::UserId;
use crate::domain::settings::Settings;
use crate::domain::time::{Timestamp, from_milliseconds};
use crate::store::StoreError;

impl Ask<'_> {
    /// `/privacy`.
    pub(super) async fn privacy(&self, settings: &Settings) -> Result<Reply, StoreError> {
        let (words, user) = (self.words, &self.caller.user);
        let kept = self.triage.store().kept_of(&self.caller.community, user).await?;
        let days = settings.community.retention_days;
        let mut lines = vec![words.kept_requests(kept.requests, kept.texts, kept.oldest)];
        lines.extend([words.kept_of_others(), words.kept_what_for()].map(|text| self.text(text.to_owned())));
        lines.push(words.kept_until(days, kept.oldest_text.and_then(|at| days_after(at, days))));
        let mut reply = Reply::facts(words.privacy_title(), lines);
        reply.buttons.push(button(words.erase_my_data(), "privacy:ask", user));
        Ok(reply)
    }

    /// A member has their own data erased, once it is meant.
    pub(super) async fn erase_mine(&self, member: &UserId, is_meant: bool) -> Result<Reply, StoreError> {
        let words = self.words;
        if &self.caller.user != member {
            return Ok(Reply::refused(words.not_your_data()));
        }
        if !is_meant {
            let mut reply = Reply::facts(words.erasing_me_is_meant(), Vec::new());
            reply.buttons.push(button(words.yes_erase_it(), "privacy:erase", member));
            return Ok(reply);
        }
        let forgotten = self.triage.forget(&self.caller.community, member, self.now).await?;
        let lines = vec![self.text(words.cards_follow().to_owned())];
        Ok(Reply::done(words.i_am_erased(forgotten.texts), lines))
    }

    /// `/forget`, once it is meant.
    pub(super) async fn forget(&self, member: &UserId, is_meant: bool) -> Result<Reply, StoreError> {
        let (words, community) = (self.words, &self.caller.community);
        if !is_meant {
            let kept = self.triage.store().kept_of(community, member).await?;
            let lines = vec![words.forgetting_is_meant(member, kept.requests, kept.texts)];
            let mut reply = Reply::facts(words.forget_title(), lines);
            reply.buttons.push(button(words.forget_them(), "forget:them", member));
            return Ok(reply);
        }
        let forgotten = self.triage.forget(community, member, self.now).await?;
        let lines = vec![self.text(words.cards_follow().to_owned())];
        Ok(Reply::done(words.forgotten(forgotten.requests, forgotten.texts), lines))
    }
}

fn button(label: &'static str, word: &str, whose: &UserId) -> ReplyButton {
    ReplyButton { label, custom_id: format!("vigie:{word}:{whose}"), is_dangerous: true }
}

fn days_after(moment: Timestamp, days: u32) -> Option<Timestamp> {
    from_milliseconds(moment.as_millisecond() + i64::from(days) * 86_400_000)
}
