//! Who asks, at this moment, and what they may do.

use std::sync::Arc;

use serde::Deserialize;
use serenity::model::Permissions;

use super::call::{Call, LARGEST_FILE, Page};
use super::mention;
use crate::commands::{Caller, Reply};
use crate::communities::Known;
use crate::domain::ids::{ChannelId, CommunityId, RoleId, UserId};
use crate::domain::message::Standing;
use crate::domain::words::Words;
use crate::platform::discord::address_of;
use crate::store::StoreError;
use crate::triage::Outcome;

/// Who asks.
pub struct Asker {
    /// For the commands.
    pub caller: Caller,
    /// Their community; none when nothing was ever set up for it.
    pub known: Option<Arc<Known>>,
    /// In the community's language.
    pub words: Words,
}

impl Asker {
    /// Who asks; the page says why not.
    pub async fn of(call: &Call<'_>) -> Result<Self, Page> {
        let (Some(guild), Some(member)) = (call.guild, call.member) else {
            return Err(refused(call.words().only_in_a_server()));
        };
        let community = CommunityId::new(guild.to_string());
        let known = call.discord.triage.communities().of(&community).await.map_err(|error| {
            tracing::error!(%error, "discord.interaction.failed: the settings cannot be read");
            refused(call.words().try_again())
        })?;
        let community_name = match &known {
            Some(known) => known.settings.community.name.clone(),
            None => guild_name(call, &community).await,
        };
        let permissions = member.permissions.unwrap_or_default();
        let place = call.discord.directory.known_place(guild, call.channel);
        let channel = place.map_or(call.channel, |place| place.channel);
        let caller = Caller {
            community,
            community_name,
            channel: ChannelId::new(channel.to_string()),
            user: UserId::new(member.user.id.to_string()),
            roles: member.roles.iter().map(|role| RoleId::new(role.to_string())).collect(),
            is_administrator: permissions.intersects(Permissions::MANAGE_GUILD | Permissions::ADMINISTRATOR),
            link: address_of,
            largest_file: LARGEST_FILE,
        };
        let words = known.as_ref().map_or(call.words(), |k| Words::new(k.settings.community.language));
        Ok(Self { caller, known, words })
    }

    /// Who asks, when it is an employee or an administrator; otherwise a polite refusal.
    pub async fn employee(call: &Call<'_>) -> Result<Self, Page> {
        let asker = Self::of(call).await?;
        let is_employee = asker
            .known
            .as_ref()
            .is_some_and(|known| known.settings.standing(&asker.caller.roles) == Standing::Employee);
        if is_employee || asker.caller.is_administrator {
            Ok(asker)
        } else {
            Err(refused(asker.words.employees_only()))
        }
    }

    /// Who asks, when they may manage the server; otherwise a polite refusal.
    pub async fn administrator(call: &Call<'_>) -> Result<Self, Page> {
        let asker = Self::of(call).await?;
        if asker.caller.is_administrator {
            Ok(asker)
        } else {
            Err(refused(asker.words.administrators_only()))
        }
    }

    /// Why something was not done.
    pub fn refusal(&self, outcome: &Outcome) -> Page {
        match outcome {
            Outcome::Refused(refusal) => refused(self.words.refusal(refusal, mention)),
            Outcome::Unknown => refused(self.words.no_such_request()),
            Outcome::Done(_) => refused(self.words.done()),
        }
    }

    /// The store could not do it.
    pub fn failed(&self, error: &StoreError) -> Page {
        let community = &self.caller.community;
        tracing::error!(%community, %error, "discord.interaction.failed: the store failed");
        refused(self.words.try_again())
    }
}

fn refused(why: impl Into<String>) -> Page {
    Reply::refused(why).into()
}

/// The guild's name, for its first settings; its id when Discord does not tell.
async fn guild_name(call: &Call<'_>, community: &CommunityId) -> String {
    #[derive(Deserialize)]
    struct Guild {
        name: String,
    }
    let answer: Result<Guild, _> = call.discord.rest.get(&format!("/guilds/{community}")).await;
    answer.map_or_else(|_| community.to_string(), |guild| guild.name)
}
