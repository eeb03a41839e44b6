//! What the outbox asks of the playground: cards and tags become posts and reactions of the page.

use async_trait::async_trait;

use super::Playground;
use super::page::{Author, ButtonView, CardView, Post, ReviewView, plain};
use crate::domain::action::Meaning;
use crate::domain::card::{Card, Piece};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, NoticeId};
use crate::domain::label::Route;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::request::Request;
use crate::domain::review::ReviewList;
use crate::domain::settings::{Language, Settings, Tag};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::{MessagePlace, Note, Ping, Platform, PlatformError};
use crate::store::StoreError;

/// Where the page shows a message.
fn address(channel: &ChannelId, message: &MessageId) -> String {
    format!("#{channel}/{message}")
}

/// Where the page shows a request's first message.
pub(in crate::platform) fn address_of(request: &Request) -> String {
    address(&request.channel, &request.opener().id)
}

#[async_trait]
impl Platform for Playground {
    fn link(&self, _: &CommunityId, place: &MessagePlace) -> String {
        address(&place.channel, &place.message)
    }

    async fn post_card(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        card: &Card,
        ping: Option<&Ping>,
    ) -> Result<MessageId, PlatformError> {
        let view = self.view(card).await?;
        let (language, route, asked_at) = {
            let town = self.town();
            // In the time of the story: a morning of three hours is played in seconds.
            let asked_at = town.post(&view.message.channel, &view.message.id).map(|post| post.at);
            let route = Self::route_of(&town.script().settings(), channel);
            (town.language, route, asked_at.unwrap_or_else(|| self.core.clock.now()))
        };
        let words = Words::new(language);
        let said = ping.map(|ping| ping.words.clone()).unwrap_or_default();
        let post = Post {
            card: Some(view),
            ping: ping.and(route).map(|route| words.route(route).to_owned()),
            ..Self::vigies_post(channel, key.as_str(), said, asked_at)
        };
        self.show(post).await.map_err(busy)?;
        self.tell_figures().await.map_err(busy)?;
        Ok(MessageId::new(key.as_str()))
    }

    async fn edit_card(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        card: &Card,
        _: Option<&Ping>,
    ) -> Result<(), PlatformError> {
        let view = self.view(card).await?;
        self.change(channel.as_str(), post.as_str(), |post| post.card = Some(view)).await
    }

    async fn retire_card(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        _: &Card,
        line: &str,
    ) -> Result<(), PlatformError> {
        self.change(channel.as_str(), post.as_str(), |post| {
            if let Some(card) = &mut post.card {
                card.note = Some(line.to_owned());
                // It is not drawn anew when the text is erased.
                card.quote.clear();
                card.lines.clear();
                card.buttons.clear();
                card.reroute = None;
                card.more = None;
            }
        })
        .await
    }

    async fn read(
        &self,
        _: &CommunityId,
        place: &MessagePlace,
    ) -> Result<Option<IncomingMessage>, PlatformError> {
        let town = self.town();
        let post = town.post(place.channel.as_str(), place.message.as_str());
        Ok(post.map(|post| self.message(post, &town)))
    }

    async fn recent(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        limit: usize,
    ) -> Result<Vec<IncomingMessage>, PlatformError> {
        let town = self.town();
        let here: Vec<&Post> = town.posts.iter().filter(|post| post.channel == channel.as_str()).collect();
        Ok(here[here.len().saturating_sub(limit)..].iter().map(|post| self.message(post, &town)).collect())
    }

    async fn post_review(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        list: &ReviewList,
    ) -> Result<MessageId, PlatformError> {
        // In the time of the story, as for a card.
        let asked_at = list.lines.last().map_or_else(|| self.core.clock.now(), |line| line.at);
        let post = Self::vigies_post(channel, key.as_str(), String::new(), asked_at);
        self.show(Post { review: Some(self.review(list)), ..post }).await.map_err(busy)?;
        Ok(MessageId::new(key.as_str()))
    }

    async fn edit_review(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        list: &ReviewList,
    ) -> Result<(), PlatformError> {
        let view = self.review(list);
        self.change(channel.as_str(), post.as_str(), |post| post.review = Some(view)).await
    }

    async fn delete_post(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
    ) -> Result<(), PlatformError> {
        self.take_away(channel.as_str(), post.as_str()).await.map_err(busy)
    }

    async fn post_note(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        key: &NoticeId,
        note: &Note,
    ) -> Result<MessageId, PlatformError> {
        let (words, at, ping) = self.noted(channel, note);
        // Other buttons and pictures belong to commands, which the page does not have: the words are enough to know of
        // them.
        let meaning = note.button.as_ref().filter(|button| Meaning::parse(&button.custom_id).is_some());
        let post = Post {
            ping,
            button: meaning.map(|button| ButtonView::explaining(&button.custom_id, button.label)),
            reply_to: note.reply_to.as_ref().map(ToString::to_string),
            ..Self::vigies_post(channel, key.as_str(), words, at)
        };
        self.show(post).await.map_err(busy)?;
        Ok(MessageId::new(key.as_str()))
    }

    async fn edit_note(
        &self,
        _: &CommunityId,
        channel: &ChannelId,
        post: &MessageId,
        note: &Note,
    ) -> Result<(), PlatformError> {
        let (words, ..) = self.noted(channel, note);
        self.change(channel.as_str(), post.as_str(), |post| post.text = words).await
    }

    async fn tag(
        &self,
        _: &CommunityId,
        place: &MessagePlace,
        _: Tag,
        route: Route,
        _: Language,
    ) -> Result<(), PlatformError> {
        let emoji = Words::emoji(route).to_owned();
        let add = |post: &mut Post| {
            if !post.tags.contains(&emoji) {
                post.tags.push(emoji);
            }
        };
        self.change(place.channel.as_str(), place.message.as_str(), add).await
    }

    async fn untag(
        &self,
        _: &CommunityId,
        place: &MessagePlace,
        _: Tag,
        route: Route,
        _: Language,
    ) -> Result<(), PlatformError> {
        let emoji = Words::emoji(route);
        let remove = |post: &mut Post| post.tags.retain(|tag| tag != emoji);
        self.change(place.channel.as_str(), place.message.as_str(), remove).await
    }
}

impl Playground {
    /// Changes a post that may be gone by now.
    async fn change(
        &self,
        channel: &str,
        id: &str,
        change: impl FnOnce(&mut Post) + Send,
    ) -> Result<(), PlatformError> {
        let found = self.town().post(channel, id).cloned();
        let Some(mut post) = found else {
            return Err(PlatformError::Gone { reason: format!("there is no post {id} in {channel}") });
        };
        change(&mut post);
        self.show(post).await.map_err(busy)?;
        self.tell_figures().await.map_err(busy)
    }

    /// A note's words, its time in the story, and what it pings.
    fn noted(&self, channel: &ChannelId, note: &Note) -> (String, Timestamp, Option<String>) {
        let town = self.town();
        let (script, settings) = (town.script(), town.script().settings());
        let line =
            |line: &Vec<Piece>| line.iter().map(|piece| plain(piece, &settings, script)).collect::<String>();
        let words = note.lines.iter().map(line).collect::<Vec<_>>().join("\n");
        let replied = note.reply_to.as_ref().and_then(|id| town.post(channel.as_str(), id.as_str()));
        let at = replied.map_or_else(|| self.core.clock.now(), |post| post.at);
        let route = note.role.as_ref().and_then(|_| Self::route_of(&settings, channel));
        (words, at, route.map(|route| Words::new(town.language).route(route).to_owned()))
    }

    /// A post of Vigie's own.
    fn vigies_post(channel: &ChannelId, id: &str, text: String, at: Timestamp) -> Post {
        Post {
            channel: channel.to_string(),
            id: id.to_owned(),
            at,
            author: Author { id: "vigie".to_owned(), name: "Vigie".to_owned(), standing: Standing::Bot },
            text,
            reply_to: None,
            edited: false,
            tags: Vec::new(),
            card: None,
            ping: None,
            button: None,
            review: None,
        }
    }

    fn review(&self, list: &ReviewList) -> ReviewView {
        let town = self.town();
        let channel_of = |message: &MessageId| {
            let is_it = |post: &&Post| post.id == message.as_str() && post.author.standing != Standing::Bot;
            town.posts.iter().find(is_it).map(|post| post.channel.clone()).unwrap_or_default()
        };
        let channels: Vec<String> = list.lines.iter().map(|line| channel_of(&line.message)).collect();
        ReviewView::of(list, &channels, Words::new(town.language))
    }

    async fn view(&self, card: &Card) -> Result<CardView, PlatformError> {
        let known = self.core.communities.of(&self.community).await.map_err(busy)?;
        let (script, channel) = {
            let town = self.town();
            let message = card.message.as_str();
            let post = town.posts.iter().find(|post| post.id == message && post.card.is_none());
            (town.script(), post.map(|post| post.channel.clone()).unwrap_or_default())
        };
        let settings = known.map_or_else(|| script.settings(), |known| known.settings.clone());
        Ok(CardView::of(card, &channel, &settings, script))
    }

    fn route_of(settings: &Settings, channel: &ChannelId) -> Option<Route> {
        settings.desks.iter().find(|desk| &desk.channel == channel).map(|desk| desk.route)
    }
}

/// The playground keeps its chat in the store: when that fails, try again.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn busy(error: StoreError) -> PlatformError {
    PlatformError::Retry { after: None, reason: error.to_string(), perhaps_posted: false }
}
