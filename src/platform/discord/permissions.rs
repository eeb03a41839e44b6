//! The permissions that Vigie needs, and which of them are missing where.
//!
//! Computed as Discord documents it: the guild's owner may everything; otherwise @everyone's and the own roles'
//! permissions together, then the channel's overwrites for @everyone, for the roles, and for the member.

use serenity::model::channel::PermissionOverwriteType;
use serenity::model::id::{ChannelId, GuildId, RoleId};
use serenity::model::permissions::Permissions;

use super::directory::{Channel, Directory, Guild};

/// What Vigie needs where it watches and where it answers.
pub const NEEDED: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::SEND_MESSAGES_IN_THREADS)
    .union(Permissions::EMBED_LINKS)
    .union(Permissions::ATTACH_FILES)
    .union(Permissions::ADD_REACTIONS)
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::MANAGE_THREADS)
    .union(Permissions::MENTION_EVERYONE);

/// What `/setup` needs beside that when it is to make channels and roles, and forums when their tags are to be made.
pub const OPTIONAL: Permissions = Permissions::MANAGE_CHANNELS.union(Permissions::MANAGE_ROLES);

/// The names under which Discord's settings show them.
const NAMES: [(Permissions, &str); 11] = [
    (Permissions::VIEW_CHANNEL, "View Channels"),
    (Permissions::SEND_MESSAGES, "Send Messages"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
    (Permissions::EMBED_LINKS, "Embed Links"),
    (Permissions::ATTACH_FILES, "Attach Files"),
    (Permissions::ADD_REACTIONS, "Add Reactions"),
    (Permissions::READ_MESSAGE_HISTORY, "Read Message History"),
    (Permissions::MANAGE_THREADS, "Manage Threads"),
    (Permissions::MENTION_EVERYONE, "Mention @everyone, @here, and All Roles"),
    (Permissions::MANAGE_CHANNELS, "Manage Channels"),
    (Permissions::MANAGE_ROLES, "Manage Roles"),
];

/// The address under which an administrator lets Vigie into a guild, with all that it needs.
#[must_use]
pub fn invite_link(application: &str) -> String {
    let permissions = NEEDED.union(OPTIONAL).bits();
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&permissions={permissions}\
         &scope=bot%20applications.commands"
    )
}

/// The needed permissions that the bot lacks in a channel, as Discord's settings call them; empty when the guild or
/// the channel is not known.
#[must_use]
pub fn missing(directory: &Directory, guild: GuildId, channel: ChannelId) -> Vec<&'static str> {
    let lacking = directory.read(guild, |known| {
        let channel = known.channels.get(&channel)?;
        Some(NEEDED.difference(allowed(guild, known, Some(channel))))
    });
    names(lacking.flatten().unwrap_or(Permissions::empty()))
}

/// The names of these permissions.
#[must_use]
pub fn names(permissions: Permissions) -> Vec<&'static str> {
    NAMES.iter().filter(|(one, _)| permissions.contains(*one)).map(|(_, name)| *name).collect()
}

/// What the bot may do in a channel, or in the guild as a whole.
#[must_use]
pub fn allowed(id: GuildId, guild: &Guild, channel: Option<&Channel>) -> Permissions {
    if guild.me.is_some() && guild.me == guild.owner {
        return Permissions::all();
    }
    let everyone = RoleId::new(id.get());
    let of = |role: &RoleId| guild.roles.get(role).map_or(Permissions::empty(), |role| role.permissions);
    let base = guild.my_roles.iter().map(of).fold(of(&everyone), Permissions::union);
    if base.contains(Permissions::ADMINISTRATOR) {
        return Permissions::all();
    }
    let Some(channel) = channel else { return base };
    // A thread has no overwrites of its own.
    let place = channel.parent.filter(|_| channel.is_thread()).and_then(|parent| guild.channels.get(&parent));
    overwritten(base, everyone, guild, place.unwrap_or(channel))
}

fn overwritten(base: Permissions, everyone: RoleId, guild: &Guild, channel: &Channel) -> Permissions {
    let matching = |wanted: &dyn Fn(&PermissionOverwriteType) -> bool| {
        let found = channel.overwrites.iter().filter(|overwrite| wanted(&overwrite.kind));
        found.fold((Permissions::empty(), Permissions::empty()), |(allow, deny), one| {
            (allow.union(one.allow), deny.union(one.deny))
        })
    };
    let steps = [
        matching(&|kind| *kind == PermissionOverwriteType::Role(everyone)),
        matching(
            &|kind| matches!(kind, PermissionOverwriteType::Role(role) if guild.my_roles.contains(role)),
        ),
        matching(&|kind| matches!(kind, PermissionOverwriteType::Member(user) if guild.me == Some(*user))),
    ];
    let found = steps.into_iter().fold(base, |so_far, (allow, deny)| so_far.difference(deny).union(allow));
    // Who cannot see a channel can do nothing in it.
    if found.contains(Permissions::VIEW_CHANNEL) { found } else { Permissions::empty() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::discord::directory::Role;
    use serenity::model::channel::{ChannelType, PermissionOverwrite};
    use serenity::model::id::UserId;

    const GUILD: GuildId = GuildId::new(1);
    const DESK: RoleId = RoleId::new(2);
    const ME: UserId = UserId::new(3);
    const PLACE: ChannelId = ChannelId::new(10);
    const THREAD: ChannelId = ChannelId::new(11);

    fn role(permissions: Permissions) -> Role {
        Role { name: String::new(), permissions, position: 0, is_mentionable: false }
    }

    fn channel(
        kind: ChannelType,
        parent: Option<ChannelId>,
        overwrites: Vec<PermissionOverwrite>,
    ) -> Channel {
        Channel { kind, name: String::new(), parent, overwrites, tags: vec![], last_message: None }
    }

    fn overwrite(
        kind: PermissionOverwriteType,
        allow: Permissions,
        deny: Permissions,
    ) -> PermissionOverwrite {
        PermissionOverwrite { allow, deny, kind }
    }

    fn guild(everyone: Permissions, own: Permissions, overwrites: Vec<PermissionOverwrite>) -> Guild {
        let mut guild = Guild { me: Some(ME), my_roles: vec![DESK], ..Guild::default() };
        guild.roles.insert(RoleId::new(GUILD.get()), role(everyone));
        guild.roles.insert(DESK, role(own));
        guild.channels.insert(PLACE, channel(ChannelType::Text, None, overwrites));
        guild.channels.insert(THREAD, channel(ChannelType::PublicThread, Some(PLACE), vec![]));
        guild
    }

    fn in_place(guild: &Guild, place: ChannelId) -> Permissions {
        allowed(GUILD, guild, guild.channels.get(&place))
    }

    #[test]
    fn a_member_overwrite_wins_over_the_roles_and_a_role_over_everyone() {
        use PermissionOverwriteType::{Member, Role};
        let (post, none) = (Permissions::SEND_MESSAGES, Permissions::empty());
        let all = Permissions::VIEW_CHANNEL | post;
        let everyone = overwrite(Role(RoleId::new(1)), none, post);
        let desk = overwrite(Role(DESK), post, none);
        let me = overwrite(Member(ME), none, post);
        assert!(!in_place(&guild(all, none, vec![everyone.clone()]), PLACE).contains(post));
        assert!(in_place(&guild(all, none, vec![desk.clone(), everyone.clone()]), PLACE).contains(post));
        assert!(!in_place(&guild(all, none, vec![me, desk, everyone]), PLACE).contains(post));
    }

    #[test]
    fn a_thread_takes_its_parents_overwrites() {
        let hidden =
            overwrite(PermissionOverwriteType::Role(DESK), Permissions::empty(), Permissions::VIEW_CHANNEL);
        let guild = guild(NEEDED, Permissions::empty(), vec![hidden]);
        assert_eq!(in_place(&guild, THREAD), Permissions::empty());
    }

    #[test]
    fn administrators_and_the_owner_may_everything() {
        let nothing =
            overwrite(PermissionOverwriteType::Member(ME), Permissions::empty(), Permissions::all());
        let mut guild = guild(Permissions::empty(), Permissions::ADMINISTRATOR, vec![nothing]);
        assert_eq!(in_place(&guild, PLACE), Permissions::all());
        guild.my_roles.clear();
        assert_eq!(in_place(&guild, PLACE), Permissions::empty());
        guild.owner = Some(ME);
        assert_eq!(in_place(&guild, PLACE), Permissions::all());
    }

    #[test]
    fn what_is_missing_is_named_as_discord_names_it() {
        let directory = Directory::default();
        let without = NEEDED.difference(Permissions::EMBED_LINKS | Permissions::MENTION_EVERYONE);
        directory.insert(GUILD, guild(without, Permissions::empty(), vec![]));
        let missing = missing(&directory, GUILD, PLACE);
        assert_eq!(missing, ["Embed Links", "Mention @everyone, @here, and All Roles"]);
    }

    #[test]
    fn every_needed_permission_has_a_name() {
        assert_eq!(names(NEEDED.union(OPTIONAL)).len(), NAMES.len());
        assert_eq!(NEEDED.union(OPTIONAL).bits().count_ones() as usize, NAMES.len());
    }

    #[test]
    fn the_invitation_asks_for_commands_and_for_what_is_needed() {
        let link = invite_link("42");
        assert!(link.contains("client_id=42&"), "{link}");
        assert!(link.ends_with("&scope=bot%20applications.commands"), "{link}");
    }
}
