//! What stands in the playground's chat now, as a real platform would keep it.

use std::collections::HashMap;

use super::page::Post;
use super::script::Script;
use super::{Morning, PlaygroundError};
use crate::domain::message::Standing;
use crate::domain::settings::Language;

/// What is there now.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) language: Language,
    pub(super) posts: Vec<Post>,
    places: HashMap<(String, String), usize>,
    pub(super) morning: Morning,
}

impl Town {
    pub(super) fn new(language: Language) -> Self {
        Self { language, posts: Vec::new(), places: HashMap::new(), morning: Morning::default() }
    }

    pub(super) fn script(&self) -> &'static Script {
        Script::of(self.language)
    }

    pub(super) fn post(&self, channel: &str, id: &str) -> Option<&Post> {
        self.places.get(&(channel.to_owned(), id.to_owned())).and_then(|place| self.posts.get(*place))
    }

    /// A post that a person wrote.
    pub(super) fn own_post(&self, channel: &str, id: &str) -> Result<&Post, PlaygroundError> {
        self.post(channel, id)
            .filter(|post| post.author.standing != Standing::Bot)
            .ok_or(PlaygroundError::Wrong("there is no such message of a person"))
    }

    pub(super) fn put(&mut self, post: Post) {
        let key = (post.channel.clone(), post.id.clone());
        if let Some(known) = self.places.get(&key).and_then(|place| self.posts.get_mut(*place)) {
            *known = post;
        } else {
            self.places.insert(key, self.posts.len());
            self.posts.push(post);
        }
    }

    pub(super) fn remove(&mut self, channel: &str, id: &str) {
        self.posts.retain(|post| post.channel != channel || post.id != id);
        self.places =
            self.posts.iter().enumerate().map(|(i, p)| ((p.channel.clone(), p.id.clone()), i)).collect();
    }
}
