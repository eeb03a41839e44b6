//! Runs the whole road over an export, on the export's own clock: a store in memory, a platform that forgets.
//!
//! Nothing here decides anything: each message is heard, triaged and its notices are sent as if it had just been
//! posted, and what came of it is read back from the store.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::clock::ManualClock;
use crate::config::community::{self, Mistakes};
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RoleId, UserId};
use crate::domain::label::Route;
use crate::domain::message::Standing;
use crate::domain::request::Request;
use crate::domain::settings::{Acknowledge, Desk, Platform, Settings, Tag, Watch};
use crate::domain::time::{Span, Timestamp};
use crate::outbox::{Outbox, Platforms};
use crate::platform::export::{Export, ExportError, Exported, Origin, Told};
use crate::platform::recording::Recording;
use crate::road::Core;
use crate::stats::Figures;
use crate::store::{self, Incoming, Measures, Page, RequestFilter, StoreError};

/// The target of the desks when no configuration says another.
const FIRST_RESPONSE: Span = Span::minutes(30);
/// How many messages are heard before they are triaged, at most: as many as one step of the triage takes.
const BATCH: usize = 64;
/// How many messages the reader may be ahead.
const AHEAD: usize = 1024;
/// How many requests are read back at a time.
const PAGE: usize = 1000;
/// The longest id of a playground's channel.
const ID_LENGTH: usize = 100;

/// What came of an export.
#[derive(Debug)]
pub struct Replayed {
    /// Where it is from.
    pub origin: Origin,
    /// The settings that it ran on.
    pub settings: Settings,
    /// How many messages were read.
    pub messages: usize,
    /// How many of them were heard, that is posted in a watched channel and not read before.
    pub heard: usize,
    /// How many opened or joined no request and are no request's first response: talk, bots, what the platform itself
    /// says, employees' other messages, and whatever was not heard.
    pub ignored: usize,
    /// How many of them would have been listed for review.
    pub in_review: u64,
    /// When the first and the last message were posted.
    pub period: (Timestamp, Timestamp),
    /// Every request as it is at the export's end, oldest first.
    pub requests: Vec<Request>,
    /// The same as figures see them, oldest first.
    pub measures: Measures,
    /// The figures at the export's end.
    pub figures: Figures,
    /// The employees that wrote, with their names.
    pub employees: HashMap<UserId, String>,
    /// The channels in which messages were posted, and how many, those of their threads included.
    pub channels: BTreeMap<ChannelId, usize>,
    /// The roles that the export knows, with their names and how many people wrote who have them.
    pub roles: BTreeMap<RoleId, (String, usize)>,
    /// Where and why the export could not be read on.
    pub broken: Option<ExportError>,
}

/// Why nothing came of an export.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Nothing of it could be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// It cannot be run with these settings.
    #[error("the export cannot be run: {0}")]
    Settings(#[from] Mistakes),
    /// The store in memory failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs an export through the whole road. Without settings every channel is watched, by three desks that are always
/// open. `progress` is called again and again while it runs.
///
/// # Errors
/// When nothing of the export could be read, or the store in memory fails. An export that breaks off is no error:
/// what came of its beginning is told, with [`Replayed::broken`].
#[expect(clippy::missing_panics_doc, reason = "an export tells its origin first, and reading does not panic")]
pub async fn replay(
    export: Export,
    settings: Option<Settings>,
    mut progress: impl FnMut(),
) -> Result<Replayed, ReplayError> {
    let (sender, mut told) = mpsc::channel(AHEAD);
    let reading =
        tokio::task::spawn_blocking(move || export.messages(|told| sender.blocking_send(told).is_ok()));
    let mut run = None;
    while let Some(told) = told.recv().await {
        match (told, &mut run) {
            (Told::Origin(origin), _) => run = Some(Run::start(origin, settings.clone()).await?),
            (Told::Message(exported), Some(run)) => {
                run.hear(*exported).await?;
                if run.waiting == 0 {
                    progress();
                }
            }
            (Told::Message(_), None) => unreachable!("an export tells its origin first"),
        }
    }
    let broken = reading.await.expect("reading does not panic").err();
    match (run.filter(|run| run.period.is_some()), broken) {
        (Some(run), broken) => run.end(broken).await,
        (None, Some(broken)) => Err(broken.into()),
        (None, None) => unreachable!("an export without messages is an error"),
    }
}

/// An export on its way.
struct Run {
    core: Core,
    outbox: Arc<Outbox>,
    clock: Arc<ManualClock>,
    origin: Origin,
    settings: Settings,
    /// The version of the settings in the store.
    version: i64,
    /// Where settings were given, channels that they do not watch are not; otherwise each is as it comes up, under
    /// the id by which it can be set.
    watches_all: bool,
    set_as: HashMap<ChannelId, ChannelId>,
    messages: usize,
    heard: usize,
    /// How many have been heard since the last settling.
    waiting: usize,
    period: Option<(Timestamp, Timestamp)>,
    employees: HashMap<UserId, String>,
    channels: BTreeMap<ChannelId, usize>,
    roles: BTreeMap<RoleId, (String, HashSet<UserId>)>,
}

impl Run {
    async fn start(origin: Origin, settings: Option<Settings>) -> Result<Self, ReplayError> {
        let watches_all = settings.is_none();
        let settings = settings.unwrap_or_else(|| default_settings(&origin));
        community::check(&settings)?;
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let core = Core::new(store::in_memory().await?, Arc::<ManualClock>::clone(&clock), None);
        let version = core.store.save_settings(&settings, None, Timestamp::UNIX_EPOCH).await?;
        let recording: Arc<dyn crate::platform::Platform> = Arc::new(Recording::forgetful());
        let outbox = core.outbox(Platforms::from([(settings.community.platform, recording)]));
        Ok(Self {
            core,
            outbox,
            clock,
            origin,
            settings,
            version,
            watches_all,
            set_as: HashMap::new(),
            messages: 0,
            heard: 0,
            waiting: 0,
            period: None,
            employees: HashMap::new(),
            channels: BTreeMap::new(),
            roles: BTreeMap::new(),
        })
    }

    async fn hear(&mut self, exported: Exported) -> Result<(), ReplayError> {
        let Exported { mut message, roles } = exported;
        let now = message.at;
        // Of messages of the same moment each has to be triaged before the next is there to be seen.
        if self.period.is_some_and(|(_, last)| last == now) {
            self.settle().await?;
        }
        self.clock.set(now);
        self.period = Some((self.period.map_or(now, |(first, _)| first), now));
        self.messages += 1;
        let posted = self.channels.entry(message.channel.clone()).or_default();
        *posted += 1;
        if *posted == 1 {
            self.watch(&message.channel, now).await?;
        }
        message.community = self.settings.community.id.clone();
        if let Some(set_as) = self.set_as.get(&message.channel) {
            message.channel = set_as.clone();
        }
        if message.standing == Standing::Member {
            message.standing = self.settings.standing(roles.iter().map(|(id, _)| id));
        }
        if message.standing == Standing::Employee && !self.employees.contains_key(&message.author) {
            self.employees.insert(message.author.clone(), message.author_name.clone());
        }
        for (role, name) in roles {
            self.roles.entry(role).or_insert_with(|| (name, HashSet::new())).1.insert(message.author.clone());
        }
        let is_new = self.core.intake.hear(&Incoming::Posted(message), now).await?;
        self.heard += usize::from(is_new);
        self.waiting += 1;
        if self.waiting == BATCH {
            self.settle().await?;
        }
        Ok(())
    }

    /// Watches a channel that came up, where every channel is watched.
    async fn watch(&mut self, channel: &ChannelId, now: Timestamp) -> Result<(), ReplayError> {
        if !self.watches_all {
            return Ok(());
        }
        let mut set_as = word(channel.as_str());
        while self.settings.watch(&ChannelId::new(set_as.as_str())).is_some() {
            set_as.push('+');
        }
        let set_as = ChannelId::new(set_as);
        if set_as != *channel {
            self.set_as.insert(channel.clone(), set_as.clone());
        }
        self.settings.watches.push(Watch {
            channel: set_as,
            tag: Tag::Reaction,
            acknowledge: Acknowledge::Never,
        });
        community::check(&self.settings)?;
        self.version = self.core.store.save_settings(&self.settings, Some(self.version), now).await?;
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), StoreError> {
        self.waiting = 0;
        let (_, now) = self.period.unwrap_or_default();
        self.core.settle(&self.outbox, now).await
    }

    async fn end(mut self, broken: Option<ExportError>) -> Result<Replayed, ReplayError> {
        self.settle().await?;
        let period = self.period.unwrap_or_default();
        let community = &self.settings.community.id;
        let measures = self.core.store.measures(community, &RequestFilter::default()).await?;
        let mut requests = self.requests(community, &measures).await?;
        for request in &mut requests {
            let written = self.set_as.iter().find(|(_, set_as)| **set_as == request.channel);
            if let Some((channel, _)) = written {
                request.channel = channel.clone();
            }
        }
        let zones = self.core.store.zone_counts(community, Timestamp::MIN, Timestamp::MAX).await?;
        Ok(Replayed {
            in_review: zones.review,
            ignored: self.messages - taken(&requests),
            figures: Figures::of(&measures, &self.settings, period.1),
            measures,
            origin: self.origin,
            settings: self.settings,
            messages: self.messages,
            heard: self.heard,
            period,
            requests,
            employees: self.employees,
            channels: self.channels,
            roles: self.roles.into_iter().map(|(id, (name, people))| (id, (name, people.len()))).collect(),
            broken,
        })
    }

    /// All requests in full, some at a time: `measures` says from when to when.
    async fn requests(
        &self,
        community: &CommunityId,
        measures: &Measures,
    ) -> Result<Vec<Request>, StoreError> {
        let opened_at: Vec<Timestamp> = measures.rows().map(|measure| measure.opened_at).collect();
        let mut requests = Vec::with_capacity(opened_at.len());
        while let Some(first) = opened_at.get(requests.len()) {
            let rest = &opened_at[requests.len()..];
            // Requests of one moment are read together.
            let to = rest.get(PAGE).filter(|next| *next > first);
            let to = to.or_else(|| rest.iter().find(|next| *next > first));
            let filter = RequestFilter { from: Some(*first), to: to.copied(), ..RequestFilter::default() };
            let page =
                self.core.store.requests(community, &filter, Page::OldestFirst { limit: u32::MAX }).await?;
            if page.is_empty() {
                break;
            }
            requests.extend(page);
        }
        Ok(requests)
    }
}

/// How many messages are part of a request or a first response to one.
fn taken(requests: &[Request]) -> usize {
    let asked = requests.iter().flat_map(|request| request.messages.iter().map(|message| &message.id));
    let answers = requests.iter().filter_map(|request| request.first_response.as_ref()?.message.as_ref());
    asked.chain(answers).collect::<HashSet<&MessageId>>().len()
}

/// Three desks that are always open, and no channel yet.
fn default_settings(origin: &Origin) -> Settings {
    let id = CommunityId::new(word(origin.community.as_str()));
    let name: String = origin.name.chars().filter(|c| !c.is_control()).take(ID_LENGTH).collect();
    let name = if name.trim().is_empty() { id.to_string() } else { name };
    let mut settings = Settings::new(Platform::Playground, id, name);
    settings.desks = Route::ALL.map(desk).into();
    settings
}

fn desk(route: Route) -> Desk {
    // No channel of an export can have this id: see `word`.
    let name = format!("desk/{route}");
    let desk = Desk::new(route, ChannelId::new(name.as_str()), RoleId::new(name.as_str()));
    Desk { first_response: Some(FIRST_RESPONSE), ..desk }
}

/// The text as an id that settings take: without spaces, neither empty nor too long.
fn word(text: &str) -> String {
    let fits = |c: char| if c.is_whitespace() || c.is_control() || c == '/' { '-' } else { c };
    let word: String = text.chars().map(fits).take(ID_LENGTH / 2).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}
