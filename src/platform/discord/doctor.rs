//! Looks whether Vigie can do its work on Discord, and says what to mend where it cannot: for `vigie doctor`.
//!
//! Asks Discord's REST API only; the gateway is not opened, so that a running Vigie is not disturbed.

use serde::Deserialize;
use serenity::model::channel::GuildChannel;
use serenity::model::guild::{PartialGuild, Role as RoleModel};
use serenity::model::id::{GuildId, RoleId};
use serenity::model::permissions::Permissions;

use super::directory::{Channel, Directory, Guild, Role};
use super::rest::Rest;
use super::{Credentials, Me, channel_of, guild_of, permissions, snowflake};
use crate::domain::ids::ChannelId;
use crate::domain::settings::{Desk, Settings, Tag};
use crate::platform::PlatformError;

/// Bits of an application's flags that let it read messages: granted, and granted to bots in few guilds.
const READS_MESSAGES: u64 = 1 << 18 | 1 << 19;

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it should be.
    pub is_ok: bool,
    /// What was found and, where something is wrong, what would mend it.
    pub sentence: String,
}

#[derive(Deserialize)]
struct Application {
    id: String,
    #[serde(default)]
    flags: u64,
}

#[derive(Deserialize)]
struct Member {
    roles: Vec<RoleId>,
}

/// Looks at the token, the intents, and each community's channels and roles.
pub async fn examine(credentials: &Credentials, communities: &[Settings]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rest = match Rest::new(credentials.api_url.as_deref(), &credentials.token) {
        Ok(rest) => rest.patient(),
        Err(error) => return vec![wrong(error.to_string())],
    };
    let me: Me = match rest.get("/users/@me").await {
        Ok(me) => me,
        Err(error) => return vec![wrong(error.to_string())],
    };
    findings.push(ok(format!("Discord accepts the token: the bot is {}", me.id)));
    let invitation = match rest.get::<Application>("/applications/@me").await {
        Ok(application) => {
            findings.push(reads_messages(&application));
            permissions::invite_link(&application.id)
        }
        Err(error) => {
            findings.push(wrong(format!("the application's intents are not known: {error}")));
            permissions::invite_link(&me.id.to_string())
        }
    };
    if communities.is_empty() {
        findings.push(wrong(format!(
            "no community is set up: invite Vigie with {invitation} and run /setup there"
        )));
    }
    for settings in communities {
        community(&rest, me, settings, &invitation, &mut findings).await;
    }
    findings
}

fn reads_messages(application: &Application) -> Finding {
    if application.flags & READS_MESSAGES != 0 {
        return ok("the bot may read messages (Message Content Intent)".to_owned());
    }
    wrong(format!(
        "the bot may not read messages: switch on MESSAGE CONTENT INTENT at \
         https://discord.com/developers/applications/{}/bot",
        application.id
    ))
}

async fn community(rest: &Rest, me: Me, settings: &Settings, invitation: &str, findings: &mut Vec<Finding>) {
    let name = &settings.community.name;
    let Some(id) = guild_of(&settings.community.id) else {
        return findings.push(wrong(format!("{name}: `{}` is no server's id", settings.community.id)));
    };
    let guild = match look_up(rest, me, id).await {
        Ok(guild) => guild,
        Err(error @ PlatformError::Retry { .. }) => return findings.push(wrong(format!("{name}: {error}"))),
        Err(_) => {
            let mend = format!("invite it with {invitation}");
            return findings.push(wrong(format!("{name}: Vigie is not in the server {id}: {mend}")));
        }
    };
    let directory = Directory::default();
    directory.insert(id, guild);
    findings.extend(examine_community(&directory, id, settings));
}

async fn look_up(rest: &Rest, me: Me, id: GuildId) -> Result<Guild, PlatformError> {
    let (path, channels) = (format!("/guilds/{id}"), format!("/guilds/{id}/channels"));
    let guild: PartialGuild = rest.get(&path).await?;
    let channels: Vec<GuildChannel> = rest.get(&channels).await?;
    let member: Member = rest.get(&format!("/guilds/{id}/members/{}", me.id)).await?;
    let role = |role: &RoleModel| (role.id, Role::from(role));
    Ok(Guild {
        name: guild.name,
        owner: Some(guild.owner_id),
        me: Some(me.id),
        my_roles: member.roles,
        roles: guild.roles.values().map(role).collect(),
        channels: channels.iter().map(|channel| (channel.id, Channel::from(channel))).collect(),
        ..Guild::default()
    })
}

/// Looks at one community's channels and roles, as far as the directory knows them.
#[must_use]
pub fn examine_community(directory: &Directory, guild: GuildId, settings: &Settings) -> Vec<Finding> {
    let name = &settings.community.name;
    let mut findings = Vec::new();
    if settings.watches.is_empty() {
        findings.push(wrong(format!("{name}: no channel is watched: run /setup or /watch add")));
    }
    if settings.desks.is_empty() {
        findings.push(wrong(format!("{name}: there is no desk: run /setup or /desk set")));
    }
    for watch in &settings.watches {
        findings.push(examine_channel(directory, guild, name, &watch.channel, "the watched channel"));
        if watch.tag == Tag::ForumTag && !offers_tags(directory, guild, &watch.channel) {
            let what = "forum_tag is set for a channel that is no forum: a reaction is used instead";
            findings.push(wrong(format!("{name}: {what} (channel {})", watch.channel)));
        }
    }
    for desk in &settings.desks {
        let what = format!("the {} desk's channel", desk.route);
        findings.push(examine_channel(directory, guild, name, &desk.channel, &what));
        findings.push(examine_role(directory, guild, name, desk));
    }
    if let Some(channel) = &settings.community.coordinator_channel {
        findings.push(examine_channel(directory, guild, name, channel, "the coordinator's channel"));
    }
    findings
}

fn examine_channel(directory: &Directory, guild: GuildId, name: &str, id: &ChannelId, what: &str) -> Finding {
    let known = channel_of(id).and_then(|channel| {
        let label =
            directory.read(guild, |known| known.channels.get(&channel).map(|c| c.name.clone())).flatten()?;
        Some((channel, label))
    });
    let Some((channel, label)) = known else {
        return wrong(format!(
            "{name}: {what} {id} does not exist or Vigie cannot see it: choose another one"
        ));
    };
    let missing = permissions::missing(directory, guild, channel);
    if missing.is_empty() {
        return ok(format!("{name}: {what} #{label} is in order"));
    }
    let mend = format!("give Vigie's role {} there", missing.join(", "));
    wrong(format!("{name}: {what} #{label}: permissions are missing: {mend}"))
}

/// A bot can ping a role only when everybody may, or when the bot may ping every role.
fn examine_role(directory: &Directory, guild: GuildId, name: &str, desk: &Desk) -> Finding {
    let route = desk.route;
    let found = snowflake(desk.role.as_str()).map(RoleId::new).and_then(|id| {
        let look = |known: &Guild| {
            let role = known.roles.get(&id)?;
            let channel = channel_of(&desk.channel).and_then(|channel| known.channels.get(&channel));
            let may = permissions::allowed(guild, known, channel).contains(Permissions::MENTION_EVERYONE);
            Some((role.name.clone(), role.is_mentionable || may))
        };
        directory.read(guild, look).flatten()
    });
    match found {
        None => {
            wrong(format!("{name}: the {route} desk's role {} does not exist: choose another one", desk.role))
        }
        Some((role, true)) => ok(format!("{name}: Vigie can ping @{role}")),
        Some((role, false)) => wrong(format!(
            "{name}: Vigie cannot ping @{role}: allow anyone to mention this role, or give Vigie's role \
             Mention @everyone, @here, and All Roles"
        )),
    }
}

fn offers_tags(directory: &Directory, guild: GuildId, channel: &ChannelId) -> bool {
    let Some(channel) = channel_of(channel) else { return false };
    directory
        .read(guild, |known| known.channels.get(&channel).is_some_and(Channel::is_forum))
        .unwrap_or(false)
}

const fn ok(sentence: String) -> Finding {
    Finding { is_ok: true, sentence }
}

const fn wrong(sentence: String) -> Finding {
    Finding { is_ok: false, sentence }
}
