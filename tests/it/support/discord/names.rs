//! Finds things by the names that a test calls them.
//!
//! A story says "support" and "alice"; an id works as well. A name that nothing has is a mistake in the test, and
//! says which names there are.

use super::state::{Channel, Id, Role, User, World};

impl World {
    /// The channel, thread or forum post with this name.
    ///
    /// # Panics
    /// When there is none.
    pub fn channel(&self, name: &str) -> &Channel {
        let name = name.trim_start_matches('#');
        let by_name = self.channels.values().rev().find(|channel| channel.name == name);
        by_name
            .or_else(|| self.channels.get(&name.parse().ok()?))
            .unwrap_or_else(|| panic!("no channel {name:?}; there are {:?}", self.channel_names()))
    }

    /// The person or bot with this name.
    ///
    /// # Panics
    /// When there is none.
    pub fn user(&self, name: &str) -> &User {
        let name = name.trim_start_matches('@');
        let by_name = self.users.values().find(|user| user.name == name);
        by_name.or_else(|| self.users.get(&name.parse().ok()?)).unwrap_or_else(|| {
            let names: Vec<_> = self.users.values().map(|user| &user.name).collect();
            panic!("nobody is called {name:?}; there are {names:?}")
        })
    }

    /// The role with this name.
    ///
    /// # Panics
    /// When there is none.
    pub fn role(&self, name: &str) -> &Role {
        let name = name.trim_start_matches('@');
        let roles = || self.guilds.values().flat_map(|guild| &guild.roles);
        roles().find(|role| role.name == name || name.parse() == Ok(role.id)).unwrap_or_else(|| {
            let names: Vec<_> = roles().map(|role| &role.name).collect();
            panic!("no role {name:?}; there are {names:?}")
        })
    }

    /// How people would read an id that stands in a mention.
    pub fn spoken(&self, id: Id) -> String {
        let role = self.guilds.values().flat_map(|guild| &guild.roles).find(|role| role.id == id);
        let user = self.users.get(&id).map(|user| format!("@{}", user.name));
        let channel = self.channels.get(&id).map(|channel| format!("#{}", channel.name));
        let role = role.map(|role| format!("@{}", role.name.trim_start_matches('@')));
        user.or(role).or(channel).unwrap_or_else(|| id.to_string())
    }

    fn channel_names(&self) -> Vec<&str> {
        self.channels.values().map(|channel| channel.name.as_str()).collect()
    }
}
