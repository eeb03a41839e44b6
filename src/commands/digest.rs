//! `/digest`: how last week went, and where that is posted every Monday.

use super::ask::{Ask, Changed};
use super::meaning::figures_button;
use super::{File, Image, Reply};
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::lesson::Week;
use crate::domain::settings::Settings;
use crate::stats::digest;
use crate::store::StoreError;

impl Ask<'_> {
    /// `/digest show`.
    pub(super) async fn digest(&self, settings: &Settings) -> Result<Reply, StoreError> {
        let week = Week::of(self.now, &settings.community.timezone).before(1);
        let found = digest::digest(self.triage.store(), settings, week, self.caller.link, self.now).await?;
        Ok(match found {
            Some(found) => {
                let (png, alt) = (found.chart.png(), found.chart.alt());
                let file = File::Image(Image { name: "vigie-week.png", png, alt });
                let buttons = vec![figures_button(self.words)];
                Reply { file: Some(Box::new(file)), buttons, ..Reply::facts(found.title, found.lines) }
            }
            None => Reply::facts(self.words.quiet_week(), Vec::new()),
        })
    }

    /// `/digest set`: what is absent stays.
    pub(super) async fn digest_set(&self, channel: Option<&ChannelId>, role: Option<&RoleId>) -> Reply {
        if role.is_some_and(|role| self.is_everyone(role)) {
            return Reply::refused(self.words.everyone_is_no_role());
        }
        let words = self.words;
        self.change(move |settings| {
            let community = &mut settings.community;
            if let Some(channel) = channel {
                community.coordinator_channel = Some(channel.clone());
            }
            if let Some(role) = role {
                community.coordinator = Some(role.clone());
            }
            let lines =
                words.digest_goes_to(community.coordinator_channel.as_ref(), community.coordinator.as_ref());
            Ok(Changed::new(words.digest_is_set(), lines))
        })
        .await
    }
}
