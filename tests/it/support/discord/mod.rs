//! A strict stand-in for Discord: REST and gateway on the loopback, for tests and benchmarks.
//!
//! It speaks the published protocol, so that the bot under test is the real one. What Discord would not take is
//! refused as Discord refuses it *and* kept as a violation; a stand-in that is dropped with violations that nobody has
//! looked at fails the test. Time is the test's, waiting is for events, and things are called by their names:
//!
//! ```text
//! let discord = Discord::builder().guild("Air Azur").channel("support").channel("desk")
//!     .role("advisers").member("alice", &[]).member("bob", &["advisers"]).start().await;
//! // … the bot starts with DISCORD_API_URL = discord.url() …
//! discord.identified().await;
//! let question = discord.post("alice", "support", "I was charged twice");
//! let card = discord.next_post_in("desk").await;
//! let seen = discord.press("bob", &card, "Claim").await;
//! assert!(seen.is_ephemeral());
//! ```
#![allow(dead_code, unused_imports, reason = "each binary that includes this tells other stories with it")]

mod builder;
mod clock;
mod command;
mod failure;
mod files;
mod gateway;
mod interaction;
mod limits;
mod mentions;
mod multipart;
mod names;
mod people;
mod permission;
mod press;
mod rate_limit;
mod refusal;
mod rest;
mod rest_callbacks;
mod rest_channels;
mod rest_guilds;
mod rest_messages;
mod seen;
mod server;
mod session;
pub mod spec;
mod state;
mod transcript;
mod view;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use builder::Builder;
pub use failure::Failure;
pub use mentions::Pings;
pub use permission::Permission;
pub use seen::Seen;
pub use state::{ChannelKind, File, Id, Post, Reaction, Request, Violation, World};

/// A Discord of one's own.
pub struct Discord {
    inner: Arc<Inner>,
    servers: Vec<JoinHandle<()>>,
}

/// What the servers and the test share.
struct Inner {
    world: Mutex<World>,
    changes: watch::Sender<u64>,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks.
    fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes something that nobody waits for.
    fn read_mut<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.lock())
    }

    /// Changes something, and wakes whoever waits for a change.
    fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let result = act(&mut self.lock());
        self.changes.send_modify(|version| *version += 1);
        result
    }
}

impl Discord {
    /// Begins the description of a server.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Fails with every violation, if there is one.
    ///
    /// # Panics
    /// When the bot did what Discord would not have taken.
    pub fn assert_clean(&self) {
        let violations = self.take_violations();
        let told: Vec<_> = violations.iter().map(|v| format!("  {}: {}", v.route, v.reason)).collect();
        assert!(violations.is_empty(), "Discord would not have taken this:\n{}", told.join("\n"));
    }

    /// The violations so far, which count as looked at from now on.
    pub fn take_violations(&self) -> Vec<Violation> {
        self.inner.read_mut(|world| std::mem::take(&mut world.violations))
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
        if !std::thread::panicking() {
            self.assert_clean();
        }
    }
}
