//! What somebody sees after they pressed, chose or ran something.
//!
//! It stays current: the bot may edit its answer and add to it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Inner;
use super::state::{File, Id, Interaction, Post, World};

/// The view of the person who caused an interaction.
pub struct Seen {
    inner: Arc<Inner>,
    id: Id,
}

impl Seen {
    pub(super) fn new(inner: Arc<Inner>, id: Id) -> Self {
        Self { inner, id }
    }

    /// The interaction's id.
    pub(super) fn id(&self) -> Id {
        self.id
    }

    /// Waits for the first answer, and, where it only promised one ("thinking…"), for that.
    pub(super) async fn answered(&self) {
        self.inner
            .wait_for(|world| {
                let interaction = &world.interactions[&self.id];
                let is_promise = matches!(interaction.answered, Some((5, _)))
                    && interaction.original.is_none()
                    && interaction.follow_ups.is_empty();
                (interaction.answered.is_some() && !is_promise).then_some(())
            })
            .await;
    }

    fn look<T>(&self, look: impl FnOnce(&World, &Interaction) -> T) -> T {
        self.inner.read(|world| look(world, &world.interactions[&self.id]))
    }

    /// Discord's number of the first answer: 4 message, 5 deferred message, 6 deferred update, 7 update,
    /// 8 autocompletion, 9 modal.
    pub fn answer_type(&self) -> u64 {
        self.look(|_, interaction| interaction.answered.map_or(0, |(answer, _)| answer))
    }

    /// The bot's posts that answer, oldest first; not the post whose component was used.
    pub fn posts(&self) -> Vec<Post> {
        self.look(|world, interaction| {
            let original = interaction.original.filter(|id| Some(*id) != interaction.source);
            let ids = original.iter().chain(&interaction.follow_ups);
            ids.map(|id| world.posts[id].clone()).filter(|post| post.deleted.is_none()).collect()
        })
    }

    /// The last of the posts that answer.
    ///
    /// # Panics
    /// When there is none.
    pub fn post(&self) -> Post {
        self.posts().pop().expect("the bot answered with a post")
    }

    /// The words of all that answers, with names for ids; empty when nothing was said.
    pub fn text(&self) -> String {
        let posts = self.posts();
        self.inner.read(|world| {
            let texts = posts.iter().map(|post| world.with_names(&super::transcript::wording(post)));
            texts.collect::<Vec<_>>().join("\n")
        })
    }

    /// The files of all that answers, with their descriptions; pictures are known to be PNG.
    pub fn files(&self) -> Vec<File> {
        self.posts().into_iter().flat_map(|post| post.files).collect()
    }

    /// Whether all that answers is seen by this person alone.
    pub fn is_ephemeral(&self) -> bool {
        let posts = self.posts();
        !posts.is_empty() && posts.iter().all(|post| post.ephemeral_for.is_some())
    }

    /// The modal that is shown.
    pub fn modal(&self) -> Option<Value> {
        self.look(|_, interaction| interaction.modal.clone())
    }

    /// The names of the autocompletions that are offered.
    pub fn choices(&self) -> Vec<String> {
        self.look(|_, interaction| {
            let names = interaction.choices.iter().filter_map(|choice| choice["name"].as_str());
            names.map(str::to_owned).collect()
        })
    }

    /// How long the first answer really took.
    pub fn latency(&self) -> Option<Duration> {
        self.look(|_, interaction| {
            interaction.answered.map(|(_, at)| at.saturating_duration_since(interaction.instant))
        })
    }

    /// Waits until what answers has the words; gives all of it.
    pub async fn until_says(&self, words: &str) -> String {
        self.inner
            .wait_for(|world| {
                let interaction = &world.interactions[&self.id];
                let original = interaction.original.filter(|id| Some(*id) != interaction.source);
                let ids = original.iter().chain(&interaction.follow_ups);
                let posts = ids.map(|id| &world.posts[id]).filter(|post| post.deleted.is_none());
                let texts: Vec<_> =
                    posts.map(|post| world.with_names(&super::transcript::wording(post))).collect();
                let text = texts.join("\n");
                text.contains(words).then_some(text)
            })
            .await
    }
}
