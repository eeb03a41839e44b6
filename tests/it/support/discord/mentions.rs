//! Whom a text names, and whom it really notifies.
//!
//! Naming is not pinging: what `allowed_mentions` leaves out stays a name. A card must ping one role whatever the
//! member wrote, so this is computed from what was sent, never believed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::permission::Permission;
use super::state::{Id, World};

/// Who was notified by a post, or named in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pings {
    /// People.
    pub users: BTreeSet<Id>,
    /// Roles.
    pub roles: BTreeSet<Id>,
    /// `@everyone` or `@here`.
    pub everyone: bool,
}

impl Pings {
    /// Whether nobody was.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.roles.is_empty() && !self.everyone
    }
}

/// Everyone that the text names and that exists in the channel's server. What stands in code is no mention.
pub fn named(world: &World, channel: Id, text: &str) -> Pings {
    let guild = world.guild_of(channel);
    let prose = outside_code(text);
    let mut pings =
        Pings { everyone: prose.contains("@everyone") || prose.contains("@here"), ..Pings::default() };
    for piece in prose.split("<@").skip(1) {
        let Some((inside, _)) = piece.split_once('>') else { continue };
        if let Some(id) = inside.strip_prefix('&').and_then(|id| id.parse().ok()) {
            if guild.roles.iter().any(|role| role.id == id) {
                pings.roles.insert(id);
            }
        } else if let Ok(id) = inside.trim_start_matches('!').parse()
            && world.users.contains_key(&id)
        {
            pings.users.insert(id);
        }
    }
    pings
}

/// Whom a post of `author` notifies.
///
/// Without `allowed_mentions` everyone who is named is. With them, only the kinds under `parse` and the ids under
/// `users` and `roles`, and only if the text names them; the author of the post replied to only with `replied_user`.
pub fn notified(
    world: &World,
    channel: Id,
    author: Id,
    text: &str,
    allowed: Option<&Value>,
    replied_to: Option<Id>,
) -> Pings {
    let named = named(world, channel, text);
    let guild = world.guild_of(channel);
    let bits = world.permissions_of(guild.id, author);
    let denied = if author == world.bot && !world.bot_may(channel, Permission::MentionEveryone) {
        Permission::MentionEveryone.bit()
    } else {
        0
    };
    let may_ping_all = bits & !denied & Permission::MentionEveryone.bit() != 0;
    let parses = |kind: &str| match allowed {
        None => true,
        Some(allowed) => allowed["parse"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind)),
    };
    let lists = |kind: &str, id: Id| {
        let (id, listed) = (id.to_string(), allowed.and_then(|allowed| allowed[kind].as_array()));
        listed.is_some_and(|ids| ids.iter().any(|listed| *listed == *id))
    };
    let mut pings =
        Pings { everyone: named.everyone && may_ping_all && parses("everyone"), ..Pings::default() };
    pings.users = named.users.into_iter().filter(|id| parses("users") || lists("users", *id)).collect();
    let pingable =
        |id: &Id| may_ping_all || guild.roles.iter().any(|role| role.id == *id && role.mentionable);
    let roles = named.roles.into_iter().filter(|id| parses("roles") || lists("roles", *id));
    pings.roles = roles.filter(pingable).collect();
    let pings_replied = allowed.is_none_or(|allowed| allowed["replied_user"] == true);
    if let Some(original) = replied_to.and_then(|id| world.posts.get(&id)).filter(|_| pings_replied) {
        pings.users.insert(original.author);
    }
    pings
}

/// The text without its code spans and blocks, in which nothing is a mention.
fn outside_code(text: &str) -> String {
    let mut prose = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..].bytes().take_while(|byte| *byte == b'`').count();
        let (before, after) = (&rest[..start], &rest[start + ticks..]);
        prose.push_str(before);
        let Some(end) = after.find(&rest[start..start + ticks]) else {
            prose.push_str(after);
            return prose;
        };
        rest = &after[end + ticks..];
    }
    prose.push_str(rest);
    prose
}
