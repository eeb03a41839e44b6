//! The playground: a made-up community on this machine, and a platform like any other.
//!
//! It goes through the same intake, outbox and store. What is its own is the chat itself, which a real platform would
//! keep: the posts, and who is told of a new one.

mod delivery;
mod morning;
pub mod page;
pub mod script;
mod town;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::broadcast;

use crate::commands;
use crate::domain::action::{Action, Meaning, More, Press};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, UserId};
use crate::domain::label::Route;
use crate::domain::lesson::Source;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::review::ReviewPress;
use crate::domain::settings::Language;
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::road::Core;
use crate::stats::{self, Question};
use crate::store::{Incoming, PlaygroundPost, StoreError};
use crate::triage::{Choice, ChoiceError, Outcome};

pub(super) use delivery::address_of;

use page::{Author, Post};
use script::{COMMUNITY, Script};
use town::Town;

/// How many updates a slow page may be behind before it has to load the state again.
const UPDATES: usize = 1024;
/// The longest text that can be posted, as on Discord with Nitro.
const LONGEST_TEXT: usize = 4000;

/// A made-up community on this machine.
#[derive(Debug)]
pub struct Playground {
    core: Core,
    community: CommunityId,
    town: Mutex<Town>,
    updates: broadcast::Sender<Update>,
}

/// How far the busy morning is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Morning {
    /// Whether it is being played.
    pub playing: bool,
    /// How many things have happened.
    pub done: usize,
    /// How many will have.
    pub of: usize,
}

/// What a page is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// A post is new or changed.
    Post(serde_json::Value),
    /// A post was deleted.
    Gone {
        /// The channel.
        channel: String,
        /// The post.
        id: String,
    },
    /// The figures changed.
    Figures(serde_json::Value),
    /// The morning goes on.
    Morning(Morning),
    /// Everything is different: load the state again.
    Reset,
}

/// Why something cannot be done in the playground.
#[derive(Debug, thiserror::Error)]
pub enum PlaygroundError {
    /// What was asked for is wrong; the sentence says why.
    #[error("{0}")]
    Wrong(&'static str),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Playground {
    /// The playground over these parts, as it was left.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(core: Core) -> Result<Arc<Self>, StoreError> {
        let community = CommunityId::from(COMMUNITY);
        let stored = core.store.settings(&community).await?;
        let language = stored.as_ref().map(|s| s.settings.community.language).unwrap_or_default();
        if stored.is_none() {
            core.store.save_settings(&Script::of(language).settings(), None, core.clock.now()).await?;
        }
        let mut town = Town::new(language);
        for stored in core.store.playground_posts(&community).await? {
            // A post of an older shape is only missing from the page, not from any figure.
            if let Ok(post) = serde_json::from_str(&stored.body) {
                town.put(post);
            }
        }
        let (updates, _) = broadcast::channel(UPDATES);
        Ok(Arc::new(Self { core, community, town: Mutex::new(town), updates }))
    }

    /// Everything that the page shows.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn state(&self) -> Result<serde_json::Value, StoreError> {
        let figures = self.figures().await?;
        let town = self.town();
        let mut state = page::scene(town.script());
        state["posts"] = town.posts.iter().map(|post| page::shown(post, town.script())).collect();
        state["figures"] = figures;
        state["morning"] = serde_json::json!(town.morning);
        Ok(state)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Whoever listens is told of everything from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    /// Somebody posts.
    ///
    /// # Errors
    /// When the author, the channel or the text is wrong, or the store fails.
    pub async fn post(
        &self,
        channel: &str,
        author: &str,
        text: &str,
        reply_to: Option<&str>,
        at: Timestamp,
    ) -> Result<Post, PlaygroundError> {
        check_text(text)?;
        let (message, post) = {
            let town = self.town();
            let script = town.script();
            let person =
                script.person(author).ok_or(PlaygroundError::Wrong("there is nobody of that name here"))?;
            if !script.channels.iter().any(|c| c.id == channel) {
                return Err(PlaygroundError::Wrong("there is no such channel to post in"));
            }
            let post = Post {
                button: None,
                review: None,
                channel: channel.to_owned(),
                id: self.core.ids.next(at),
                at,
                author: Author {
                    id: person.id.clone(),
                    name: person.name.clone(),
                    standing: person.standing,
                },
                text: text.to_owned(),
                reply_to: reply_to.map(ToOwned::to_owned),
                edited: false,
                tags: Vec::new(),
                card: None,
                ping: None,
            };
            (self.message(&post, &town), post)
        };
        // The chat keeps the post before anybody judges it, as a real platform would.
        self.show(post.clone()).await?;
        self.hear(&Incoming::Posted(message)).await?;
        Ok(post)
    }

    /// Somebody changes what they wrote.
    ///
    /// # Errors
    /// When there is no such post or the text is wrong, or the store fails.
    pub async fn edit(
        &self,
        channel: &str,
        id: &str,
        text: &str,
        at: Timestamp,
    ) -> Result<Post, PlaygroundError> {
        check_text(text)?;
        let (message, post) = {
            let town = self.town();
            let mut post = town.own_post(channel, id)?.clone();
            text.clone_into(&mut post.text);
            post.edited = true;
            (self.message(&post, &town), post)
        };
        self.show(post.clone()).await?;
        self.hear(&Incoming::Edited { message, at }).await?;
        Ok(post)
    }

    /// Somebody deletes what they wrote.
    ///
    /// # Errors
    /// When there is no such post, or the store fails.
    pub async fn delete(&self, channel: &str, id: &str, at: Timestamp) -> Result<(), PlaygroundError> {
        let _ = self.town().own_post(channel, id)?;
        self.take_away(channel, id).await?;
        let (place, message) = (ChannelId::from(channel), MessageId::from(id));
        let community = self.community.clone();
        self.hear(&Incoming::Deleted { community, channel: place, message, at }).await?;
        Ok(())
    }

    /// Somebody presses a button, an employee's on a card or what explains figures; returns what only they are told.
    ///
    /// # Errors
    /// When there is no such employee, or the store fails.
    pub async fn act(
        &self,
        by: &str,
        custom_id: &str,
        value: Option<&str>,
        at: Timestamp,
    ) -> Result<Option<String>, PlaygroundError> {
        let (script, words) = {
            let town = self.town();
            (town.script(), Words::new(town.language))
        };
        let person = script.person(by).ok_or(PlaygroundError::Wrong("there is nobody of that name here"))?;
        if let Some(meaning) = Meaning::parse(custom_id) {
            return Ok(Some(commands::meaning(meaning, words).plain()));
        }
        if person.standing != Standing::Employee {
            return Ok(Some(words.employees_only().to_owned()));
        }
        if let Some(press) = ReviewPress::parse(custom_id) {
            return self.choose(by, &press, at).await;
        }
        let values: Vec<&str> = value.into_iter().collect();
        let press =
            Press::parse(custom_id, &values).ok_or(PlaygroundError::Wrong("that is no button of a card"))?;
        if press.more == Some(More::Urgent) && person.desk != Some(Route::Pr) {
            return Ok(Some(words.press_office_only().to_owned()));
        }
        if press.action == Action::Draft {
            let by = UserId::from(by);
            let drafted = self.core.triage.draft(&self.community, &press.request, &by, at).await?;
            return Ok(Some(commands::drafted(words, drafted).plain()));
        }
        let outcome = self.core.triage.press(&self.community, &press, &UserId::from(by), at).await?;
        let name = |user: &UserId| {
            script.person(user.as_str()).map_or_else(|| user.to_string(), |person| person.name.clone())
        };
        self.tell_figures().await?;
        Ok(match outcome {
            Outcome::Done(_) => None,
            Outcome::Refused(refusal) => Some(words.refusal(&refusal, name)),
            Outcome::Unknown => Some(words.no_such_request().to_owned()),
        })
    }

    /// An employee says in a review list what a message is.
    async fn choose(
        &self,
        by: &str,
        press: &ReviewPress,
        at: Timestamp,
    ) -> Result<Option<String>, PlaygroundError> {
        let words = Words::new(self.town().language);
        let choice = Choice { label: press.label, source: Source::Review, by: UserId::from(by), at };
        let chosen = self.core.triage.choose(self, &self.community, &press.message, &choice).await;
        self.tell_figures().await?;
        match chosen {
            Ok(chosen) => Ok(chosen.refusal(words).map(str::to_owned)),
            Err(ChoiceError::Store(error)) => Err(error.into()),
            Err(ChoiceError::Platform(_)) => Ok(Some(words.try_again().to_owned())),
        }
    }

    /// Takes a post away, and tells the pages.
    async fn take_away(&self, channel: &str, id: &str) -> Result<(), StoreError> {
        self.town().remove(channel, id);
        let (place, message) = (ChannelId::from(channel), MessageId::from(id));
        self.core.store.remove_playground_post(&self.community, &place, &message).await?;
        self.tell(Update::Gone { channel: channel.to_owned(), id: id.to_owned() });
        Ok(())
    }

    /// Starts again, empty, in that language.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reset(&self, language: Option<Language>) -> Result<(), StoreError> {
        let language = language.unwrap_or(self.town().language);
        self.core.store.erase_community(&self.community).await?;
        self.core.store.save_settings(&Script::of(language).settings(), None, self.core.clock.now()).await?;
        self.core.communities.forget(&self.community);
        {
            let mut town = self.town();
            let morning = town.morning;
            *town = Town::new(language);
            town.morning = morning;
        }
        self.tell(Update::Reset);
        Ok(())
    }

    /// Plays the busy morning from the beginning, unless it is being played.
    ///
    /// # Errors
    /// When it is being played, or the store fails.
    pub async fn play_morning(self: &Arc<Self>, language: Language) -> Result<(), PlaygroundError> {
        {
            let mut town = self.town();
            if town.morning.playing {
                return Err(PlaygroundError::Wrong("the morning is being played already"));
            }
            town.morning = Morning { playing: true, done: 0, of: Script::of(language).events.len() };
        }
        if let Err(error) = self.reset(Some(language)).await {
            self.morning_is(Morning::default());
            return Err(error.into());
        }
        let playground = Arc::clone(self);
        tokio::spawn(async move { morning::play(&playground, Script::of(language)).await });
        Ok(())
    }

    fn morning_is(&self, morning: Morning) {
        self.town().morning = morning;
        self.tell(Update::Morning(morning));
    }

    async fn hear(&self, incoming: &Incoming) -> Result<(), StoreError> {
        self.core.intake.hear(incoming, self.core.clock.now()).await?;
        Ok(())
    }

    /// The post as the intake hears it.
    fn message(&self, post: &Post, town: &Town) -> IncomingMessage {
        let answered = post.reply_to.as_deref().and_then(|to| town.post(&post.channel, to));
        let mentions = town.script().people.iter().filter(|person| is_mentioned(&person.id, &post.text));
        IncomingMessage {
            community: self.community.clone(),
            channel: post.channel.as_str().into(),
            thread: None,
            id: post.id.as_str().into(),
            at: post.at,
            author: post.author.id.as_str().into(),
            author_name: post.author.name.clone(),
            standing: post.author.standing,
            text: post.text.clone(),
            reply_to: post.reply_to.as_deref().map(Into::into),
            reply_to_author: answered.map(|post| post.author.id.as_str().into()),
            mentions: mentions.map(|person| person.id.as_str().into()).collect(),
            label: None,
        }
    }

    /// Keeps a post and tells the pages of it.
    async fn show(&self, post: Post) -> Result<(), StoreError> {
        let stored = PlaygroundPost {
            channel: post.channel.as_str().into(),
            id: post.id.as_str().into(),
            at: post.at,
            body: serde_json::to_string(&post).map_err(|e| StoreError::Unreadable(e.to_string()))?,
        };
        self.core.store.put_playground_post(&self.community, &stored).await?;
        let shown = {
            let mut town = self.town();
            let shown = page::shown(&post, town.script());
            town.put(post);
            shown
        };
        self.tell(Update::Post(shown));
        Ok(())
    }

    /// The figures at this moment.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn figures(&self) -> Result<serde_json::Value, StoreError> {
        let Some(known) = self.core.communities.of(&self.community).await? else {
            return Ok(serde_json::Value::Null);
        };
        let now = self.core.clock.now();
        let figures =
            stats::answer(self.core.store.as_ref(), &known.settings, &Question::default(), now).await?;
        Ok(page::figures(&figures))
    }

    async fn tell_figures(&self) -> Result<(), StoreError> {
        let figures = self.figures().await?;
        self.tell(Update::Figures(figures));
        Ok(())
    }

    fn tell(&self, update: Update) {
        // Nobody listens when no page is open.
        let _ = self.updates.send(update);
    }

    fn town(&self) -> MutexGuard<'_, Town> {
        self.town.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `@id` stands in the text as a whole word: what the page writes when somebody is picked.
fn is_mentioned(id: &str, text: &str) -> bool {
    text.split('@').skip(1).any(|after| {
        after
            .strip_prefix(id)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

fn check_text(text: &str) -> Result<(), PlaygroundError> {
    if text.trim().is_empty() {
        return Err(PlaygroundError::Wrong("write something first"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(PlaygroundError::Wrong("a message has at most 4,000 characters"));
    }
    Ok(())
}
