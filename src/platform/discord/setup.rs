//! `/setup`: a wizard that leads an administrator through desks, channels and roles.
//!
//! It keeps nothing between two presses: what is set is in the settings, what is half chosen stands in the custom ids,
//! and each press asks anew whether the presser may manage the server.

mod create;
mod pages;

#[cfg(test)]
mod tests;

use super::interactions::{Asker, Call, Page};
use super::{channel_of, guild_of, permissions};
use crate::commands::{Caller, Reply};
use crate::communities::ChangeError;
use crate::domain::card::Piece;
use crate::domain::gap::shown_since;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::Route;
use crate::domain::settings::{Acknowledge, Desk, Language, Platform, Settings, Tag, Watch};
use crate::domain::words::Words;
use pages::{Notice, State};

/// What can be pressed in the wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// The first page.
    Home,
    /// These channels are to be watched, of those that the first page offers.
    Watch(Vec<ChannelId>),
    /// A desk's page.
    Desk(Route),
    /// A desk's channel was chosen, its role perhaps before.
    DeskChannel(Route, ChannelId, Option<RoleId>),
    /// A desk's role was chosen, its channel perhaps before.
    DeskRole(Route, RoleId, Option<ChannelId>),
    /// The page of the staff roles.
    Staff,
    /// These are the staff roles.
    StaffRoles(Vec<RoleId>),
    /// Make the channels and roles that are missing.
    Create,
    /// Speak this language.
    Speak(Language),
    /// The summary.
    Done,
}

impl Press {
    /// Reads what follows `vigie:setup:`, and the values that were chosen; `None` when it is none of ours.
    #[must_use]
    pub fn parse(text: &str, values: &[&str]) -> Option<Self> {
        let mut parts = text.split(':');
        let (word, route, other) = (parts.next()?, parts.next(), parts.next());
        let route = || route?.parse().ok();
        Some(match word {
            "home" => Self::Home,
            "watch" => Self::Watch(values.iter().copied().map(ChannelId::from).collect()),
            "desk" => Self::Desk(values.first()?.parse().ok()?),
            "desk-channel" => {
                Self::DeskChannel(route()?, ChannelId::from(*values.first()?), other.map(RoleId::from))
            }
            "desk-role" => {
                Self::DeskRole(route()?, RoleId::from(*values.first()?), other.map(ChannelId::from))
            }
            "staff" => Self::Staff,
            "staff-roles" => Self::StaffRoles(values.iter().copied().map(RoleId::from).collect()),
            "create" => Self::Create,
            "en" => Self::Speak(Language::En),
            "fr" => Self::Speak(Language::Fr),
            "done" => Self::Done,
            _ => return None,
        })
    }
}

/// The first page.
pub async fn open(call: &Call<'_>) -> Page {
    match Asker::administrator(call).await {
        Ok(asker) => home(call, &asker, None).await,
        Err(refused) => refused,
    }
}

/// The page that a press leads to.
pub async fn pressed(call: &Call<'_>, press: Press) -> Page {
    let asker = match Asker::administrator(call).await {
        Ok(asker) => asker,
        Err(refused) => return refused,
    };
    match press {
        Press::Home => home(call, &asker, None).await,
        Press::Watch(channels) => {
            let notice = watch(call, &asker, channels).await;
            home(call, &asker, Some(notice)).await
        }
        Press::Desk(route) => match state(call, &asker).await {
            Ok(state) => pages::desk(&state, route, None, None, None),
            Err(refused) => refused,
        },
        Press::DeskChannel(route, channel, role) => desk(call, &asker, route, Some(channel), role).await,
        Press::DeskRole(route, role, channel) => desk(call, &asker, route, channel, Some(role)).await,
        Press::Staff => match state(call, &asker).await {
            Ok(state) => pages::staff(&state, None),
            Err(refused) => refused,
        },
        Press::StaffRoles(roles) => {
            let notice = staff(call, &asker, roles).await;
            match state(call, &asker).await {
                Ok(state) => pages::staff(&state, Some(notice)),
                Err(refused) => refused,
            }
        }
        Press::Create => {
            let notice = create::missing_desks(call, &asker).await;
            home(call, &asker, Some(notice)).await
        }
        Press::Speak(language) => {
            let set = |settings: &mut Settings| {
                settings.community.language = language;
                Ok(())
            };
            // Told in the new language: the page is.
            let notice = change(call, &asker, set).await.err();
            home(call, &asker, notice).await
        }
        Press::Done => match state(call, &asker).await {
            Ok(state) => pages::summary(&state),
            Err(refused) => refused,
        },
    }
}

async fn home(call: &Call<'_>, asker: &Asker, notice: Option<Notice>) -> Page {
    match state(call, asker).await {
        Ok(state) => pages::home(&state, notice),
        Err(refused) => refused,
    }
}

/// How things stand at this moment.
async fn state(call: &Call<'_>, asker: &Asker) -> Result<State, Page> {
    let Caller { community, community_name, .. } = &asker.caller;
    let triage = &call.discord.triage;
    let unreadable = |error| -> Page {
        tracing::error!(%community, %error, "discord.setup.failed: the store cannot be read");
        Reply::refused(asker.words.try_again()).into()
    };
    let known = triage.communities().of(community).await.map_err(unreadable)?;
    let stuck = triage.store().stuck_notices(community).await.map_err(unreadable)?;
    let mut gaps = triage.store().gaps(community).await.map_err(unreadable)?;
    gaps.retain(|gap| gap.is_owed && gap.reason.is_some());
    let since = shown_since(call.discord.clock.now());
    let missed = triage.store().missed_since(community, since).await.map_err(unreadable)?;
    let settings = known.map_or_else(
        || {
            let mut settings = Settings::new(Platform::Discord, community.clone(), community_name.as_str());
            settings.community.language = asker.words.language();
            settings
        },
        |known| known.settings.clone(),
    );
    let directory = &call.discord.directory;
    let guild = guild_of(community);
    let lacking = |channel: &ChannelId| match (guild, channel_of(channel)) {
        (Some(guild), Some(channel)) => permissions::missing(directory, guild, channel),
        (_, _) => Vec::new(),
    };
    let places = settings.watches.iter().map(|w| &w.channel).chain(settings.desks.iter().map(|d| &d.channel));
    let lacking =
        places.map(|c| (c.clone(), lacking(c))).filter(|(_, lacking)| !lacking.is_empty()).collect();
    let gone =
        settings.watches.iter().map(|w| &w.channel).filter(|c| is_gone(call, asker, c)).cloned().collect();
    Ok(State {
        words: Words::new(settings.community.language),
        settings,
        lacking,
        gone,
        stuck: by_reason(stuck),
        gaps,
        missed,
    })
}

/// Whether the guild is known and has no such channel (any more): it cannot be shown as chosen.
fn is_gone(call: &Call<'_>, asker: &Asker, channel: &ChannelId) -> bool {
    let (Some(guild), Some(channel)) = (guild_of(&asker.caller.community), channel_of(channel)) else {
        return true;
    };
    call.discord.directory.read(guild, |known| !known.channels.contains_key(&channel)).unwrap_or(false)
}

/// How many notices wait for the same reason, the most frequent first.
fn by_reason(stuck: Vec<crate::store::StuckNotice>) -> Vec<(String, usize)> {
    let mut reasons: Vec<(String, usize)> = Vec::new();
    for notice in stuck {
        match reasons.iter_mut().find(|(reason, _)| *reason == notice.reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((notice.reason, 1)),
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons
}

/// Watches these channels instead of those that the first page showed as watched.
async fn watch(call: &Call<'_>, asker: &Asker, channels: Vec<ChannelId>) -> Notice {
    let shown = match state(call, asker).await {
        Ok(state) => state.shown_watches(),
        Err(_) => return Notice::refused(asker.words.try_again()),
    };
    let tag = |channel: &ChannelId| {
        let guild = guild_of(&asker.caller.community).zip(channel_of(channel));
        let is_forum = guild.and_then(|(guild, channel)| {
            call.discord.directory.read(guild, |known| {
                known.channels.get(&channel).is_some_and(super::directory::Channel::is_forum)
            })
        });
        if is_forum.unwrap_or(false) { Tag::ForumTag } else { Tag::Reaction }
    };
    let set = |settings: &mut Settings| {
        settings.watches.retain(|w| channels.contains(&w.channel) || !shown.contains(&w.channel));
        for channel in &channels {
            if settings.watch(channel).is_none() {
                let (channel, tag) = (channel.clone(), tag(channel));
                settings.watches.push(Watch { channel, tag, acknowledge: Acknowledge::default() });
            }
        }
        Ok(())
    };
    changed(call, asker, set).await
}

/// Gives a desk its channel and its role; half of it is only kept in the page's custom ids.
async fn desk(
    call: &Call<'_>,
    asker: &Asker,
    route: Route,
    channel: Option<ChannelId>,
    role: Option<RoleId>,
) -> Page {
    let before = match state(call, asker).await {
        Ok(state) => state,
        Err(refused) => return refused,
    };
    let words = before.words;
    let known = before.settings.desk(route);
    let both = channel
        .clone()
        .or(known.map(|d| d.channel.clone()))
        .zip(role.clone().or(known.map(|d| d.role.clone())));
    let notice = match (both, &role) {
        (_, Some(role)) if role.as_str() == asker.caller.community.as_str() => {
            return pages::desk(
                &before,
                route,
                Some(Notice::refused(words.setup_not_everyone())),
                channel,
                None,
            );
        }
        (Some((channel, role)), _) => {
            changed(call, asker, |settings| {
                set_desk(settings, route, &channel, &role);
                Ok(())
            })
            .await
        }
        (None, Some(_)) => Notice::next(words.setup_now_the_channel()),
        (None, None) => Notice::next(words.setup_now_the_role()),
    };
    match state(call, asker).await {
        Ok(state) => pages::desk(&state, route, Some(notice), channel, role),
        Err(refused) => refused,
    }
}

/// Sets up a desk, or moves it.
fn set_desk(settings: &mut Settings, route: Route, channel: &ChannelId, role: &RoleId) {
    if let Some(desk) = settings.desks.iter_mut().find(|d| d.route == route) {
        desk.channel = channel.clone();
        desk.role = role.clone();
        return;
    }
    settings.desks.push(Desk::new(route, channel.clone(), role.clone()));
    settings.desks.sort_by_key(|desk| desk.route);
}

async fn staff(call: &Call<'_>, asker: &Asker, roles: Vec<RoleId>) -> Notice {
    if roles.iter().any(|role| role.as_str() == asker.caller.community.as_str()) {
        return Notice::refused(asker.words.setup_not_everyone());
    }
    let set = |settings: &mut Settings| {
        settings.staff.clone_from(&roles);
        Ok(())
    };
    changed(call, asker, set).await
}

/// Changes the settings, and says that or why not.
async fn changed(
    call: &Call<'_>,
    asker: &Asker,
    set: impl Fn(&mut Settings) -> Result<(), String> + Send + Sync,
) -> Notice {
    match change(call, asker, set).await {
        Ok(()) => Notice::saved(asker.words.setup_saved()),
        Err(refused) => refused,
    }
}

/// Changes the settings; a channel that would be both watched and a desk's is refused.
async fn change(
    call: &Call<'_>,
    asker: &Asker,
    set: impl Fn(&mut Settings) -> Result<(), String> + Send + Sync,
) -> Result<(), Notice> {
    let Caller { community, community_name, .. } = &asker.caller;
    let words = asker.words;
    let is_new = asker.known.is_none();
    let set = |settings: &mut Settings| {
        if is_new && settings.watches.is_empty() && settings.desks.is_empty() {
            settings.community.language = words.language();
        }
        set(settings)?;
        // The sentence is the channel alone: what is shown is put together below.
        both_watched_and_a_desks(settings).map_or(Ok(()), |channel| Err(channel.to_string()))
    };
    let communities = call.discord.triage.communities();
    let now = call.discord.clock.now();
    match communities.change(community, Platform::Discord, community_name, now, set).await {
        Ok(()) => Ok(()),
        Err(ChangeError::Wrong(channel)) => {
            let channel = Piece::Channel(ChannelId::new(channel));
            Err(Notice {
                line: vec![Piece::text(words.setup_watched_and_desk()), channel],
                ..Notice::refused("")
            })
        }
        Err(ChangeError::Mistakes(mistakes)) => Err(Notice::refused(&mistakes.to_string())),
        Err(ChangeError::Store(error)) => {
            tracing::error!(%error, "discord.setup.failed: a choice could not be stored");
            Err(Notice::refused(words.try_again()))
        }
    }
}

/// The first channel that is both.
fn both_watched_and_a_desks(settings: &Settings) -> Option<&ChannelId> {
    settings.desks.iter().map(|desk| &desk.channel).find(|channel| settings.watch(channel).is_some())
}
