//! What a test sees, and how it waits: for events, never for time to pass.

use std::time::{Duration, Instant};

use super::state::{Id, Post, Request, World};
use super::{Discord, Inner};

/// How long something may really take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(90);

impl Discord {
    /// The base of the REST API, for `DISCORD_API_URL`.
    pub fn url(&self) -> String {
        self.inner.read(|world| world.settings.http.clone())
    }

    /// The token that the bot has to have.
    pub fn token(&self) -> String {
        self.inner.read(|world| world.settings.token.clone())
    }

    /// The first server's id, as text.
    pub fn guild_id(&self) -> String {
        self.inner.read(|world| world.guilds.keys().next().expect("every story has a server").to_string())
    }

    /// A channel's or thread's id, as text.
    pub fn channel_id(&self, name: &str) -> String {
        self.inner.read(|world| world.channel(name).id.to_string())
    }

    /// A role's id, as text.
    pub fn role_id(&self, name: &str) -> String {
        self.inner.read(|world| world.role(name).id.to_string())
    }

    /// A person's id, as text; `vigie` is the bot.
    pub fn user_id(&self, name: &str) -> String {
        self.inner.read(|world| world.user(name).id.to_string())
    }

    /// What this Discord thinks the time is.
    pub fn now(&self) -> jiff::Timestamp {
        self.inner.read(World::now)
    }

    /// Looks at everything.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.inner.read(look)
    }

    /// The posts in a channel as they are now, oldest first; deleted ones too.
    pub fn posts(&self, channel: &str) -> Vec<Post> {
        self.inner.read(|world| {
            let channel = world.channel(channel).id;
            let public = |post: &&Post| post.channel == channel && post.ephemeral_for.is_none();
            world.posts.values().filter(public).cloned().collect()
        })
    }

    /// The post as it is now.
    pub fn again(&self, post: impl Into<Id>) -> Post {
        let id = post.into();
        self.inner.read(|world| world.post(id).clone())
    }

    /// The names of the roles that a post really pinged, and of the people; `everyone` for everybody.
    pub fn pinged_by(&self, post: impl Into<Id>) -> Vec<String> {
        let post = self.again(post);
        self.inner.read(|world| {
            let everyone = post.pings.everyone.then(|| "@everyone".to_owned());
            let ids = post.pings.roles.iter().chain(&post.pings.users);
            everyone.into_iter().chain(ids.map(|id| world.spoken(*id))).collect()
        })
    }

    /// Every REST call so far.
    pub fn requests(&self) -> Vec<Request> {
        self.inner.read(|world| world.requests.clone())
    }

    /// How many calls were answered 429.
    pub fn calls_too_many(&self) -> usize {
        self.inner.read(|world| world.requests.iter().filter(|request| request.status == 429).count())
    }

    /// When the bot was told of something with this id, on the monotonic clock.
    pub fn told_at(&self, event: &str, id: impl Into<Id>) -> Option<Instant> {
        let id = id.into().to_string();
        self.inner.read(|world| {
            let told = world.sessions.iter().flat_map(|session| &session.told);
            told.filter(|told| told.event == event && told.data["id"] == *id).map(|told| told.instant).next()
        })
    }

    /// Waits until the bot is connected and identified.
    pub async fn identified(&self) {
        self.wait_for(|world| world.sessions.iter().any(|session| session.line.is_some()).then_some(()))
            .await;
    }

    /// Waits until nobody is connected any more: that a bot was killed takes a moment to arrive.
    pub async fn left_alone(&self) {
        self.wait_for(|world| world.sessions.iter().all(|session| session.line.is_none()).then_some(()))
            .await;
    }

    /// Waits until `sought` finds something.
    ///
    /// # Panics
    /// When it finds nothing within a minute and a half of real time; tells the last calls and violations.
    pub async fn wait_for<T>(&self, sought: impl FnMut(&World) -> Option<T>) -> T {
        self.inner.wait_for(sought).await
    }

    /// Waits for the bot's next post in a channel: each is given once, in order.
    pub async fn next_post_in(&self, channel: &str) -> Post {
        let id = self.inner.read(|world| world.channel(channel).id);
        let post = self
            .wait_for(|world| {
                let read_until = world.read_until.get(&id).copied().unwrap_or(0);
                let mut new =
                    world.shown_in(id, read_until + 1..Id::MAX).filter(|post| post.author == world.bot);
                new.next().cloned()
            })
            .await;
        self.inner.read_mut(|world| world.read_until.insert(id, post.id));
        post
    }

    /// Waits until the post, as it reads then, has the words.
    pub async fn wait_until_reads(&self, post: impl Into<Id>, words: &str) -> Post {
        let id = post.into();
        self.wait_for(|world| {
            let post = world.post(id);
            world.read_aloud(post).contains(words).then(|| post.clone())
        })
        .await
    }

    /// Waits until the bot has reacted to the post with the emoji.
    pub async fn wait_for_reaction(&self, post: impl Into<Id>, emoji: &str) {
        let id = post.into();
        self.wait_for(|world| {
            let mut reactions = world.post(id).reactions.iter();
            reactions
                .any(|reaction| reaction.emoji == emoji && reaction.by.contains(&world.bot))
                .then_some(())
        })
        .await;
    }
}

impl Inner {
    pub(super) async fn wait_for<T>(&self, mut sought: impl FnMut(&World) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        let search = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = self.read(&mut sought) {
                    return found;
                }
                changes.changed().await.expect("the sender lives as long as the stand-in");
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain. {}", self.read(World::what_happened)))
    }
}

impl World {
    /// The last calls and all violations, for a test that fails.
    pub fn what_happened(&self) -> String {
        let calls = self.requests.iter().rev().take(12).rev();
        let calls: Vec<_> =
            calls.map(|call| format!("  {} {} → {}", call.method, call.path, call.status)).collect();
        let wrong: Vec<_> = self.violations.iter().map(|v| format!("  {}: {}", v.route, v.reason)).collect();
        let told = self.sessions.iter().flat_map(|session| &session.told).count();
        format!(
            "{} sessions were told {told} events.\nThe last calls:\n{}\nViolations:\n{}",
            self.sessions.len(),
            calls.join("\n"),
            wrong.join("\n")
        )
    }
}
