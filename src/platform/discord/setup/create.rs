//! Makes the channels and roles that the desks lack.
//!
//! Each desk is stored as soon as its channel and role stand, and what an earlier try has left behind is taken up by
//! its name, so that pressing again goes on and never makes anything twice.

use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::Permissions;

use super::super::interactions::{Asker, Call};
use super::super::permissions;
use super::super::rest::Rest;
use super::pages::Notice;
use super::{change, set_desk};
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::Route;
use crate::domain::settings::Settings;
use crate::domain::words::Words;
use crate::platform::PlatformError;

/// The category under which the desks' channels are made.
const CATEGORY: &str = "Vigie";
/// Discord's types of channels.
const TEXT: u8 = 0;
const GROUP: u8 = 4;
/// Discord's types of overwrites.
const FOR_ROLE: u8 = 0;
const FOR_MEMBER: u8 = 1;

/// What those who answer may do in their desk's channel.
const READ_AND_WRITE: Permissions =
    Permissions::VIEW_CHANNEL.union(Permissions::SEND_MESSAGES).union(Permissions::READ_MESSAGE_HISTORY);

/// A channel or a role as it is needed here.
#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    name: String,
    #[serde(default, rename = "type")]
    kind: u8,
    #[serde(default)]
    parent_id: Option<String>,
}

/// Makes what is missing, and says what came of it.
pub(super) async fn missing_desks(call: &Call<'_>, asker: &Asker) -> Notice {
    let words = asker.words;
    let is_missing =
        |route: &Route| asker.known.as_ref().is_none_or(|known| known.settings.desk(*route).is_none());
    let missing: Vec<Route> = Route::ALL.into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Notice::saved(words.setup_nothing_to_create());
    }
    let lacking = permissions::OPTIONAL.difference(call.held);
    if !lacking.is_empty() && !call.held.contains(Permissions::ADMINISTRATOR) {
        return Notice::refused(&words.setup_create_lacks(&permissions::names(lacking)));
    }
    match make(call, asker, &missing).await {
        Ok(()) => Notice::saved(words.setup_created()),
        Err(notice) => notice,
    }
}

async fn make(call: &Call<'_>, asker: &Asker, missing: &[Route]) -> Result<(), Notice> {
    let words = asker.words;
    let failed = |error: PlatformError| {
        tracing::warn!(%error, "discord.setup.refused: a desk's channel or role could not be made");
        Notice::refused(&format!("{}{error}", words.setup_create_failed()))
    };
    let maker = Maker::look_around(call, asker).await.map_err(failed)?;
    let category = maker.category().await.map_err(failed)?;
    for route in missing {
        let role = maker.role(*route, words).await.map_err(failed)?;
        let channel = maker.channel(*route, words, &category, &role).await.map_err(failed)?;
        let set = |settings: &mut Settings| {
            // Somebody may have set the desk up in the meantime: theirs stays.
            if settings.desk(*route).is_none() {
                set_desk(settings, *route, &channel, &role);
            }
            Ok(())
        };
        change(call, asker, set).await?;
    }
    Ok(())
}

/// Makes channels and roles in one guild.
struct Maker {
    rest: Rest,
    guild: String,
    bot: String,
    held: Permissions,
    channels: Vec<Named>,
    roles: Vec<Named>,
}

impl Maker {
    async fn look_around(call: &Call<'_>, asker: &Asker) -> Result<Self, PlatformError> {
        let rest = call.discord.rest.patient();
        let guild = asker.caller.community.to_string();
        let channels = rest.get(&format!("/guilds/{guild}/channels")).await?;
        let mut roles: Vec<Named> = rest.get(&format!("/guilds/{guild}/roles")).await?;
        // A role that already answers for another desk, or makes employees, is not taken for a new one.
        let is_taken = |role: &Named| {
            let id = RoleId::new(role.id.as_str());
            asker.known.as_ref().is_some_and(|known| {
                known.settings.staff.contains(&id) || known.settings.desks.iter().any(|desk| desk.role == id)
            })
        };
        roles.retain(|role| !is_taken(role));
        Ok(Self { rest, guild, bot: call.bot().to_string(), held: call.held, channels, roles })
    }

    async fn category(&self) -> Result<String, PlatformError> {
        if let Some(known) = self.channels.iter().find(|c| c.kind == GROUP && c.name == CATEGORY) {
            return Ok(known.id.clone());
        }
        let body = json!({ "name": CATEGORY, "type": GROUP, "permission_overwrites": self.overwrites(None) });
        let made: Named = self.rest.post(&format!("/guilds/{}/channels", self.guild), &body).await?;
        Ok(made.id)
    }

    async fn role(&self, route: Route, words: Words) -> Result<RoleId, PlatformError> {
        let name = words.setup_role_name(route);
        if let Some(known) = self.roles.iter().find(|role| role.name == name) {
            return Ok(RoleId::new(known.id.as_str()));
        }
        let body = json!({ "name": name, "mentionable": true, "permissions": 0 });
        let made: Named = self.rest.post(&format!("/guilds/{}/roles", self.guild), &body).await?;
        Ok(RoleId::new(made.id))
    }

    async fn channel(
        &self,
        route: Route,
        words: Words,
        category: &str,
        role: &RoleId,
    ) -> Result<ChannelId, PlatformError> {
        let name = words.setup_channel_name(route);
        let is_ours =
            |c: &&Named| c.kind == TEXT && c.name == name && c.parent_id.as_deref() == Some(category);
        if let Some(known) = self.channels.iter().find(is_ours) {
            return Ok(ChannelId::new(known.id.as_str()));
        }
        let body = json!({
            "name": name,
            "type": TEXT,
            "parent_id": category,
            "permission_overwrites": self.overwrites(Some(role)),
        });
        let made: Named = self.rest.post(&format!("/guilds/{}/channels", self.guild), &body).await?;
        Ok(ChannelId::new(made.id))
    }

    /// Nobody sees it but the role and the bot. The bot can only give what it has itself.
    fn overwrites(&self, role: Option<&RoleId>) -> Vec<Value> {
        let can_give =
            if self.held.contains(Permissions::ADMINISTRATOR) { Permissions::all() } else { self.held };
        let overwrite = |id: &str, kind: u8, allow: Permissions, deny: Permissions| json!({ "id": id, "type": kind, "allow": allow.bits(), "deny": deny.bits() });
        let none = Permissions::empty();
        let own = READ_AND_WRITE.union(Permissions::EMBED_LINKS);
        let mut overwrites = vec![
            // @everyone is the role whose id is the guild's.
            overwrite(&self.guild, FOR_ROLE, none, Permissions::VIEW_CHANNEL),
            overwrite(&self.bot, FOR_MEMBER, own.intersection(can_give), none),
        ];
        if let Some(role) = role {
            overwrites.push(overwrite(role.as_str(), FOR_ROLE, READ_AND_WRITE.intersection(can_give), none));
        }
        overwrites
    }
}
