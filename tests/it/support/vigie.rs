//! A whole Vigie in memory, on a clock that the test moves and a platform that keeps what was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use vigie::classify::second::SecondReader;
use vigie::clock::ManualClock;
use vigie::commands::{self, Caller, Command, Reply};
use vigie::domain::action::{Action, Press};
use vigie::domain::ids::{ChannelId, CommunityId, UserId};
use vigie::domain::judgement::Judgement;
use vigie::domain::label::{Label, Route};
use vigie::domain::lesson::{Lesson, Source};
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::{Event, Request};
use vigie::domain::review::ReviewList;
use vigie::domain::settings::{Platform, Settings};
use vigie::domain::time::{Span, Timestamp, from_milliseconds};
use vigie::outbox::{Outbox, Platforms};
use vigie::platform::recording::Recording;
use vigie::road::Core;
use vigie::store::{Incoming, Page, RequestFilter, Store};
use vigie::triage::{Choice, Chosen, Outcome};

use super::message::Draft;

/// How large a file may be that goes with a reply: about ten requests.
pub const LARGEST_FILE: usize = 2 << 10;

pub const COMMUNITY: &str = "air-azur";

/// The community of every test.
pub fn community() -> CommunityId {
    COMMUNITY.into()
}

/// A whole Vigie in memory.
pub struct Vigie {
    pub core: Core,
    pub clock: Arc<ManualClock>,
    pub platform: Arc<Recording>,
    pub outbox: Arc<Outbox>,
    next_message: AtomicU64,
}

impl Vigie {
    /// #support is watched, three desks answer around the clock, nothing has happened yet.
    pub async fn new() -> Self {
        Self::with(settings(), super::store::empty().await).await
    }

    /// With these settings, over that store.
    pub async fn with(settings: Settings, store: Arc<dyn Store>) -> Self {
        Self::with_reader(settings, store, None).await
    }

    /// With a second reader.
    pub async fn with_reader(
        settings: Settings,
        store: Arc<dyn Store>,
        reader: Option<Arc<dyn SecondReader>>,
    ) -> Self {
        let start = from_milliseconds(1_772_000_000_000).expect("a time of our days");
        let clock = Arc::new(ManualClock::at(start));
        let core = Core::new(store, Arc::clone(&clock) as _, reader);
        let known =
            core.store.versions(&settings.community.id).await.expect("the store reads").map(|v| v.settings);
        core.store.save_settings(&settings, known, start).await.expect("the settings are stored");
        let platform = Arc::new(Recording::default());
        let platforms = Platforms::from([(Platform::Playground, Arc::clone(&platform) as _)]);
        let outbox = core.outbox(platforms);
        Self { core, clock, platform, outbox, next_message: AtomicU64::new(1) }
    }

    /// The process begins so much later than the clock shows.
    pub fn begins_after(&mut self, span: Span) {
        let later = self.now().as_millisecond() + span.as_milliseconds();
        self.clock.set(from_milliseconds(later).expect("a time of our days"));
        let platforms = Platforms::from([(Platform::Playground, Arc::clone(&self.platform) as _)]);
        self.outbox = self.core.outbox(platforms);
    }

    pub fn now(&self) -> Timestamp {
        use vigie::clock::Clock as _;
        self.clock.now()
    }

    /// Time goes by, and whatever falls due happens.
    pub async fn after(&self, span: Span) {
        let later = self.now().as_millisecond() + span.as_milliseconds();
        self.clock.set(from_milliseconds(later).expect("a time of our days"));
        self.settle().await;
    }

    /// Every worker runs until there is nothing left to do.
    pub async fn settle(&self) {
        self.core.settle(&self.outbox, self.now()).await.expect("the store works");
    }

    /// A message arrives and is digested.
    pub async fn receives(&self, draft: Draft) -> IncomingMessage {
        let message = self.hears(draft).await;
        self.settle().await;
        message
    }

    /// A message arrives; nothing is done about it yet.
    pub async fn hears(&self, draft: Draft) -> IncomingMessage {
        let number = self.next_message.fetch_add(1, Ordering::Relaxed);
        let message = draft.sent(&format!("m{number}"), self.now());
        self.platform.stands(message.clone());
        self.hears_again(&Incoming::Posted(message.clone())).await;
        message
    }

    /// Something arrives as it is.
    pub async fn hears_again(&self, incoming: &Incoming) -> bool {
        self.core.intake.hear(incoming, self.now()).await.expect("the store works")
    }

    /// The member changes a message.
    pub async fn edited(&self, message: &IncomingMessage, text: &str) {
        let message = IncomingMessage { text: text.to_owned(), ..message.clone() };
        self.platform.stands(message.clone());
        self.hears_again(&Incoming::Edited { message, at: self.now() }).await;
        self.settle().await;
    }

    /// The member deletes a message.
    pub async fn deleted(&self, message: &IncomingMessage) {
        self.platform.is_gone(&message.id);
        let (community, channel) = (message.community.clone(), message.channel.clone());
        self.hears_again(&Incoming::Deleted {
            community,
            channel,
            message: message.id.clone(),
            at: self.now(),
        })
        .await;
        self.settle().await;
    }

    /// An employee presses a button of a request's card.
    pub async fn press(&self, by: &str, action: Action, request: &Request, to: Option<Route>) -> Outcome {
        let press = Press { request: request.id.clone(), action, to, more: None };
        let by = UserId::from(by);
        let outcome = self.core.triage.press(&community(), &press, &by, self.now()).await;
        self.settle().await;
        outcome.expect("the store works")
    }

    /// Somebody with the administrator's permission asks.
    pub async fn asks(&self, command: Command) -> Reply {
        self.asks_as("chef", command).await
    }

    /// This person, who has the administrator's permission, asks.
    pub async fn asks_as(&self, who: &str, command: Command) -> Reply {
        self.asks_in("desk-customer-service", who, command).await
    }

    /// This person, who has the administrator's permission, asks in that channel.
    pub async fn asks_in(&self, channel: &str, who: &str, command: Command) -> Reply {
        let caller = Caller {
            community: community(),
            community_name: "Air Azur".to_owned(),
            channel: channel.into(),
            user: UserId::from(who),
            roles: Vec::new(),
            is_administrator: true,
            link: |request| format!("message:{}", request.opener().id),
            largest_file: LARGEST_FILE,
        };
        let reply =
            commands::run(&self.core.triage, self.platform.as_ref(), &caller, command, self.now()).await;
        self.settle().await;
        reply
    }

    /// What was said of a message that opened no request.
    pub async fn judged(&self, message: &str) -> Judgement {
        let judged = self.core.store.judged(&community(), &message.into()).await.expect("the store reads");
        judged.unwrap_or_else(|| panic!("{message} is a request, or was not judged")).judged.judgement
    }

    /// An employee says in the review list what a message is.
    pub async fn taps(&self, by: &str, message: &IncomingMessage, label: Label) -> Chosen {
        let choice = Choice { label, source: Source::Review, by: by.into(), at: self.now() };
        let platform = self.platform.as_ref();
        let chosen = self.core.triage.choose(platform, &community(), &message.id, &choice).await;
        self.settle().await;
        chosen.expect("the store and the platform work")
    }

    /// The only review list that is shown, and its channel.
    pub fn review_list(&self) -> (ChannelId, ReviewList) {
        let mut lists = self.platform.reviews();
        assert_eq!(lists.len(), 1, "one list was expected: {lists:#?}");
        lists.remove(0)
    }

    /// What the only review list says of messages, a line each.
    pub fn listed(&self) -> Vec<String> {
        self.review_list().1.lines.into_iter().map(|line| line.quote).collect()
    }

    /// What was taught so far, oldest first.
    pub async fn lessons(&self) -> Vec<Lesson> {
        self.core.store.lessons(&community(), Timestamp::UNIX_EPOCH).await.expect("the store reads")
    }

    /// All requests, oldest first.
    pub async fn requests(&self) -> Vec<Request> {
        let page = Page::OldestFirst { limit: 1000 };
        self.core
            .store
            .requests(&community(), &RequestFilter::default(), page)
            .await
            .expect("the store reads")
    }

    /// The only request.
    pub async fn request(&self) -> Request {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "one request was expected: {requests:#?}");
        requests.remove(0)
    }

    /// The log of a request as words.
    pub async fn log(&self, request: &Request) -> Vec<&'static str> {
        let events: Vec<Event> =
            self.core.store.events(&community(), &request.id).await.expect("the store reads");
        events.iter().map(|event| event.kind.name()).collect()
    }
}

/// #support is watched, three desks answer around the clock.
pub fn settings() -> Settings {
    vigie::config::community::parse(
        r#"
        [community]
        platform = "playground"
        id = "air-azur"
        name = "Air Azur"
        language = "en"
        timezone = "Europe/Paris"

        [[watch]]
        channel = "support"

        [[desk]]
        route = "customer_service"
        channel = "desk-customer-service"
        role = "advisers"

        [[desk]]
        route = "product_expert"
        channel = "desk-product"
        role = "experts"

        [[desk]]
        route = "pr"
        channel = "desk-pr"
        role = "press-office"
        "#,
    )
    .expect("the settings of the tests are right")
}
