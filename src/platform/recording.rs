//! A platform in memory that keeps what was sent: tests and `vigie replay` run on it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{FoundCard, MessagePlace, Note, Ping, Platform, PlatformError};
use crate::domain::card::{Card, Piece};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId, RequestId, RoleId};
use crate::domain::label::Route;
use crate::domain::message::IncomingMessage;
use crate::domain::review::ReviewList;
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
    messages: Vec<IncomingMessage>,
    reviews: Vec<(ChannelId, MessageId, ReviewList)>,
    notes: Vec<PostedNote>,
    failures: VecDeque<PlatformError>,
    closed: Vec<ChannelId>,
    answers_lost: usize,
    is_deaf: bool,
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

/// A note that was posted, as it looks now.
#[derive(Clone, Debug, PartialEq)]
pub struct PostedNote {
    /// Where.
    pub channel: ChannelId,
    /// The post.
    pub id: MessageId,
    /// What is said.
    pub note: Note,
}

impl PostedNote {
    /// What it says and whom it pings, in plain words.
    #[must_use]
    pub fn words(&self) -> String {
        let role = self.note.role.iter().map(|role| format!("@{role}"));
        let person = self.note.person.iter().map(|person| format!("@{person}"));
        let lines = self.note.lines.iter().map(|line| line.iter().map(plain).collect::<String>());
        role.chain(person).chain(lines).collect::<Vec<_>>().join(" ")
    }
}

fn plain(piece: &Piece) -> String {
    match piece {
        Piece::Text(words) | Piece::Link { words, .. } => words.clone(),
        Piece::Person(user) => user.to_string(),
        Piece::Channel(channel) => format!("#{channel}"),
        Piece::Role(role) => role.to_string(),
        Piece::Time(at) => at.to_string(),
    }
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

    /// The next post appears, and its answer is lost.
    pub fn lose_next_answer(&self) {
        self.state().answers_lost += 1;
    }

    /// Whether it has lost its connection, so that what people write is not heard.
    pub fn is_deaf(&self, is_deaf: bool) {
        self.state().is_deaf = is_deaf;
    }

    /// A channel in which nothing can be posted from now on.
    pub fn closes(&self, channel: &ChannelId) {
        self.state().closed.push(channel.clone());
    }

    /// The channel takes posts again.
    pub fn opens(&self, channel: &ChannelId) {
        self.state().closed.retain(|closed| closed != channel);
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

    /// Lets a message be read: what stands in the member's channel.
    pub fn stands(&self, message: IncomingMessage) {
        let mut state = self.state();
        state.messages.retain(|known| known.id != message.id);
        state.messages.push(message);
    }

    /// Takes a message away again.
    pub fn is_gone(&self, message: &MessageId) {
        self.state().messages.retain(|known| &known.id != message);
    }

    /// The review lists as they look now, with their channels.
    #[must_use]
    pub fn reviews(&self) -> Vec<(ChannelId, ReviewList)> {
        let state = self.state();
        state.reviews.iter().map(|(channel, _, list)| (channel.clone(), list.clone())).collect()
    }

    /// The notes as they look now, oldest first.
    #[must_use]
    pub fn notes(&self) -> Vec<PostedNote> {
        self.state().notes.clone()
    }

    /// Takes the notes of a channel away, as somebody there may do.
    pub fn notes_are_deleted(&self, channel: &ChannelId) {
        self.state().notes.retain(|posted| &posted.channel != channel);
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

    /// The state to post in, unless the platform does not let us.
    fn posting_in(&self, channel: &ChannelId) -> Result<MutexGuard<'_, State>, PlatformError> {
        let mut state = self.state();
        if state.closed.contains(channel) {
            let reason = format!("channel {channel} is closed to us");
            return Err(PlatformError::Blocked { channel: Some(channel.clone()), reason });
        }
        state.failures.pop_front().map_or(Ok(state), Err)
    }

    /// What a post is answered with once it is there.
    fn answer(mut state: MutexGuard<'_, State>, id: MessageId) -> Result<MessageId, PlatformError> {
        if state.answers_lost == 0 {
            return Ok(id);
        }
        state.answers_lost -= 1;
        let reason = "the answer was lost".to_owned();
        Err(PlatformError::Retry { after: None, reason, perhaps_posted: true })
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
        found.map(change).ok_or_else(|| PlatformError::Gone { reason: format!("there is no post {post}") })
    }
}

#[async_trait]
impl Platform for Recording {
    async fn is_caught_up(&self, _: &CommunityId) -> bool {
        !self.state().is_deaf
    }

    fn link(&self, _: &CommunityId, place: &MessagePlace) -> String {
        format!("message:{}", place.message)
    }

    async fn find_card(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        request: &RequestId,
    ) -> Result<Option<FoundCard>, PlatformError> {
        let mut state = self.state();
        if let Some(error) = state.failures.pop_front() {
            return Err(error);
        }
        let is_it = |post: &&Post| {
            &post.channel == channel && &post.card.request == request && post.retired.is_none()
        };
        let found = state.posts.iter().rev().find(is_it);
        Ok(found.map(|post| FoundCard { post: post.id.clone(), has_pinged: post.pinged.is_some() }))
    }

    async fn post_card(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<MessageId, PlatformError> {
        let mut state = self.posting_in(channel)?;
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
        Self::answer(state, id)
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

    async fn read(
        &self,
        _: &CommunityId,
        place: &MessagePlace,
    ) -> Result<Option<IncomingMessage>, PlatformError> {
        Ok(self.state().messages.iter().find(|message| message.id == place.message).cloned())
    }

    async fn recent(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        limit: usize,
    ) -> Result<Vec<IncomingMessage>, PlatformError> {
        let state = self.state();
        let here: Vec<_> = state.messages.iter().filter(|message| &message.channel == channel).collect();
        Ok(here[here.len().saturating_sub(limit)..].iter().map(|message| (*message).clone()).collect())
    }

    async fn post_review(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        list: &ReviewList,
    ) -> Result<MessageId, PlatformError> {
        let id = MessageId::new(format!("post-{key}"));
        let mut state = self.posting_in(channel)?;
        let is_known = state.reviews.iter().any(|(_, known, _)| known == &id);
        if !state.keeps_nothing && !is_known {
            state.reviews.push((channel.clone(), id.clone(), list.clone()));
        }
        Ok(id)
    }

    async fn edit_review(
        &self,
        _: &CommunityId,
        _: &ChannelId,
        post: &MessageId,
        list: &ReviewList,
    ) -> Result<(), PlatformError> {
        let mut state = self.state();
        if let Some(error) = state.failures.pop_front() {
            return Err(error);
        }
        if state.keeps_nothing {
            return Ok(());
        }
        let found = state.reviews.iter_mut().find(|(_, id, _)| id == post);
        found
            .map(|(.., shown)| *shown = list.clone())
            .ok_or_else(|| PlatformError::Gone { reason: format!("there is no post {post}") })
    }

    async fn delete_post(
        &self,
        _: &CommunityId,
        _: &ChannelId,
        post: &MessageId,
    ) -> Result<(), PlatformError> {
        let mut state = self.state();
        if let Some(error) = state.failures.pop_front() {
            return Err(error);
        }
        state.reviews.retain(|(_, id, _)| id != post);
        Ok(())
    }

    async fn post_note(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        note: &Note,
    ) -> Result<MessageId, PlatformError> {
        let id = MessageId::new(format!("post-{key}"));
        let mut state = self.posting_in(channel)?;
        let is_known = state.notes.iter().any(|posted| posted.id == id);
        if !state.keeps_nothing && !is_known {
            state.notes.push(PostedNote { channel: channel.clone(), id: id.clone(), note: note.clone() });
        }
        Self::answer(state, id)
    }

    async fn edit_note(
        &self,
        _: &CommunityId,
        _: &ChannelId,
        post: &MessageId,
        note: &Note,
    ) -> Result<(), PlatformError> {
        let mut state = self.state();
        if let Some(error) = state.failures.pop_front() {
            return Err(error);
        }
        if state.keeps_nothing {
            return Ok(());
        }
        let found = state.notes.iter_mut().find(|posted| &posted.id == post);
        // Whom it pinged when it was posted stays what it pinged.
        found
            .map(|posted| posted.note.lines.clone_from(&note.lines))
            .ok_or_else(|| PlatformError::Gone { reason: format!("there is no post {post}") })
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
