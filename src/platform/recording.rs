//! A platform in memory that keeps what was sent: tests and `vigie replay` run on it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{MessagePlace, Ping, Platform, PlatformError};
use crate::domain::card::Card;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RoleId};
use crate::domain::label::Route;
use crate::domain::settings::{Language, Tag};

/// A platform in memory.
#[derive(Debug, Default)]
pub struct Recording {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    posts: Vec<Post>,
    tags: Vec<(MessageId, Route)>,
    failures: VecDeque<PlatformError>,
    keeps_nothing: bool,
}

/// A card that was posted, as it looks now.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// The desk's channel.
    pub channel: ChannelId,
    /// The post.
    pub id: MessageId,
    /// The key with which it was sent.
    pub key: NoticeId,
    /// The role that it pinged.
    pub pinged: Option<RoleId>,
    /// The card.
    pub card: Card,
    /// The line to which it was retired.
    pub retired: Option<String>,
}

impl Recording {
    /// One that takes everything and keeps nothing: for an export of any length.
    #[must_use]
    pub fn forgetful() -> Self {
        Self { state: Mutex::new(State { keeps_nothing: true, ..State::default() }) }
    }

    /// What the next call answers instead of doing what it is asked.
    pub fn fail_next(&self, error: PlatformError) {
        self.state().failures.push_back(error);
    }

    /// The cards as they look now, oldest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.state().posts.clone()
    }

    /// The tags that stand on messages now.
    #[must_use]
    pub fn tags(&self) -> Vec<(MessageId, Route)> {
        self.state().tags.clone()
    }

    /// All cards as text, one after the other, for snapshots.
    #[must_use]
    pub fn transcript(&self) -> String {
        let describe = |post: &Post| {
            let ping = post.pinged.as_ref().map_or_else(String::new, |role| format!(" pings {role}"));
            match &post.retired {
                Some(line) => format!("#{}: {line}", post.channel),
                None => format!("#{}{ping}: {} “{}”", post.channel, post.card.title, post.card.quote),
            }
        };
        self.state().posts.iter().map(describe).collect::<Vec<_>>().join("\n")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, post: &MessageId, change: impl FnOnce(&mut Post)) -> Result<(), PlatformError> {
        let mut state = self.state();
        if let Some(error) = state.failures.pop_front() {
            return Err(error);
        }
        if state.keeps_nothing {
            return Ok(());
        }
        let found = state.posts.iter_mut().find(|p| &p.id == post);
        found
            .map(change)
            .ok_or_else(|| PlatformError::Permanent { reason: format!("there is no post {post}") })
    }
}

#[async_trait]
impl Platform for Recording {
    fn link(&self, _: &CommunityId, place: &MessagePlace) -> String {
        format!("message:{}", place.message)
    }

    async fn post_card(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<MessageId, PlatformError> {
        let mut state = self.state();
        if let Some(error) = state.failures.pop_front() {
            return Err(error);
        }
        if let Some(known) = state.posts.iter().find(|post| &post.key == key) {
            return Ok(known.id.clone());
        }
        let id = MessageId::new(format!("post-{key}"));
        if !state.keeps_nothing {
            state.posts.push(Post {
                channel: channel.clone(),
                id: id.clone(),
                key: key.clone(),
                pinged: ping.map(|ping| ping.role.clone()),
                card: card.clone(),
                retired: None,
            });
        }
        Ok(id)
    }

    async fn edit_card(
        &self,
        _: &CommunityId,
        _: &ChannelId,
        post: &MessageId,
        card: &Card,
        _: Option<&Ping>,
    ) -> Result<(), PlatformError> {
        self.change(post, |post| post.card = card.clone())
    }

    async fn retire_card(
        &self,
        _: &CommunityId,
        _: &ChannelId,
        post: &MessageId,
        _: &Card,
        line: &str,
    ) -> Result<(), PlatformError> {
        self.change(post, |post| post.retired = Some(line.to_owned()))
    }

    async fn tag(
        &self,
        _: &CommunityId,
        place: &MessagePlace,
        _: Tag,
        route: Route,
        _: Language,
    ) -> Result<(), PlatformError> {
        let mut state = self.state();
        if !state.keeps_nothing && !state.tags.contains(&(place.message.clone(), route)) {
            state.tags.push((place.message.clone(), route));
        }
        Ok(())
    }

    async fn untag(
        &self,
        _: &CommunityId,
        place: &MessagePlace,
        _: Tag,
        route: Route,
        _: Language,
    ) -> Result<(), PlatformError> {
        self.state().tags.retain(|tag| tag != &(place.message.clone(), route));
        Ok(())
    }
}
