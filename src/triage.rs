//! Decides what each thing that happened means, and stores it: the middle of the road.
//!
//! [`Triage::step`] digests the inbox; [`Triage::press`] and its neighbours do what employees ask for. Both load a
//! request, let the domain decide, and store the change in one transaction; when somebody else was faster they load
//! again and decide anew. Nothing is sent from here.

use std::sync::Arc;

use crate::bell::Bell;
use crate::clock::{Clock, Ids};
use crate::communities::{Communities, Known};
use crate::domain::action::{Action, Press};
use crate::domain::ids::{CommunityId, MessageId, RequestId, UserId};
use crate::domain::label::Route;
use crate::domain::linking::{self, Heard, Waiting};
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::request::{Change, LinkKind, Refusal, Request, RequestMessage, Status, Step};
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::{Lang, Verdict};
use crate::store::{InboxItem, Incoming, Page, RequestFilter, Store, StoreError};

/// How many things that happened are digested before other work gets a turn.
const BATCH: u32 = 64;
/// How many messages before this one are looked at to see who is talking to whom.
const TALK: u32 = 100;
/// How many waiting requests of one channel an answer is compared with: the newest.
const WAITING: u32 = 50;
/// How often a change is decided anew because somebody else was faster.
const TRIES: usize = 8;

/// Decides what each thing that happened means.
#[derive(Debug)]
pub struct Triage {
    store: Arc<dyn Store>,
    communities: Arc<Communities>,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    /// Rung when there is something to be sent.
    outbox: Arc<Bell>,
}

/// What came of something that an employee asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done; the request as it is now.
    Done(Box<Request>),
    /// It is not possible.
    Refused(Refusal),
    /// There is no such request.
    Unknown,
}

/// What an employee asks for, before the request has been looked at.
#[derive(Debug)]
enum Wish {
    /// A step that is the same whatever the request looks like.
    Step(Step),
    /// *Answered* was pressed.
    Answered { by: UserId },
    /// This message answers it.
    ThisAnswers { message: MessageId, at: Timestamp, by: UserId },
}

/// Whether a worker found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Something was done; there may be more.
    Worked,
    /// Nothing is there to be done now.
    Idle,
}

impl Triage {
    /// A triage over that store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        communities: Arc<Communities>,
        clock: Arc<dyn Clock>,
        ids: Arc<Ids>,
        outbox: Arc<Bell>,
    ) -> Self {
        Self { store, communities, clock, ids, outbox }
    }

    /// The store, for what only reads.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The communities' settings.
    #[must_use]
    pub fn communities(&self) -> &Communities {
        &self.communities
    }

    /// Digests what has been heard, in the order of its arrival.
    ///
    /// # Errors
    /// When the store cannot do it: what was not digested stays in the inbox.
    #[tracing::instrument(name = "triage.step", skip_all)]
    pub async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        let pending = self.store.pending(BATCH).await?;
        if pending.is_empty() {
            return Ok(Progress::Idle);
        }
        for item in pending {
            self.digest(&item, now).await?;
        }
        Ok(Progress::Worked)
    }

    /// Does what an employee's press on a card asks for; `at` is the platform's time of the press.
    ///
    /// # Errors
    /// When the store cannot do it.
    pub async fn press(
        &self,
        community: &CommunityId,
        press: &Press,
        by: &UserId,
        at: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let wish = match press.action {
            Action::Claim => Wish::Step(Step::Claim { by: by.clone() }),
            Action::Resolve => Wish::Step(Step::Resolve { by: by.clone() }),
            Action::Dismiss => Wish::Step(Step::Dismiss { by: by.clone() }),
            Action::Reroute => match press.to {
                Some(to) => Wish::Step(Step::Reroute { by: by.clone(), to }),
                None => return Ok(Outcome::Refused(Refusal::NothingToChange)),
            },
            Action::Answered => Wish::Answered { by: by.clone() },
        };
        self.change(community, &press.request, at, &wish).await
    }

    /// An employee says that a message of theirs answers a request (*This answers…*).
    ///
    /// # Errors
    /// When the store cannot do it.
    pub async fn this_answers(
        &self,
        community: &CommunityId,
        request: &RequestId,
        (message, written_at, written_by): (&MessageId, Timestamp, &UserId),
    ) -> Result<Outcome, StoreError> {
        let wish = Wish::ThisAnswers { message: message.clone(), at: written_at, by: written_by.clone() };
        self.change(community, request, written_at, &wish).await
    }

    /// An employee sends a message to a desk: re-routes its request, or opens one.
    ///
    /// # Errors
    /// When the store cannot do it.
    pub async fn send_to_desk(
        &self,
        message: &IncomingMessage,
        to: Route,
        by: &UserId,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let known = self.store.request_of(&message.community, &message.id).await?;
        if let Some(request) = known.filter(|r| r.state.status() != Status::Dismissed) {
            let wish = Wish::Step(Step::Reroute { by: by.clone(), to });
            return self.change(&message.community, &request.id, now, &wish).await;
        }
        let why = "sent by an employee";
        let verdict = Verdict::given(to.label(), why, Lang::Other);
        let change = Request::open(self.ids.request(now), message, to, verdict, Some(by.clone()));
        self.store.apply(std::slice::from_ref(&change), None, now).await?;
        self.outbox.ring();
        Ok(Outcome::Done(Box::new(change.request)))
    }

    /// Loads a request, asks which step to take, and stores what comes of it.
    async fn change(
        &self,
        community: &CommunityId,
        id: &RequestId,
        at: Timestamp,
        wish: &Wish,
    ) -> Result<Outcome, StoreError> {
        let mut tries = 0;
        loop {
            let Some(request) = self.store.request(community, id).await? else {
                return Ok(Outcome::Unknown);
            };
            let (step, at) = self.step_for(&request, wish, at).await?;
            let change = match request.apply(step, at) {
                Ok(change) => change,
                Err(refusal) => return Ok(Outcome::Refused(refusal)),
            };
            match self.store.apply(std::slice::from_ref(&change), None, self.clock.now()).await {
                Ok(()) => {
                    self.outbox.ring();
                    return Ok(Outcome::Done(Box::new(change.request)));
                }
                Err(StoreError::Conflict) if tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The step that a wish is for this request as it is now.
    ///
    /// Comes with the time at which the step happened: an answer happened when it was written, not when it was
    /// pointed out.
    async fn step_for(
        &self,
        request: &Request,
        wish: &Wish,
        pressed_at: Timestamp,
    ) -> Result<(Step, Timestamp), StoreError> {
        let (by, message, at) = match wish {
            Wish::Step(step) => return Ok((step.clone(), pressed_at)),
            Wish::ThisAnswers { message, at, by } => (by, Some(message.clone()), *at),
            // The presser's last message beside the request is the answer, if there is one.
            Wish::Answered { by } => {
                let talk = self.store.talk(&request.community, request.place(), pressed_at, TALK).await?;
                let is_answer = |heard: &&Heard| &heard.author == by && heard.at >= request.opened_at();
                let answer = talk.into_iter().rev().find(|heard| is_answer(&heard));
                let answered_at = answer.as_ref().map_or(pressed_at, |heard| heard.at);
                (by, answer.map(|heard| heard.id), answered_at)
            }
        };
        let business_time = self.business_time(request, at).await?;
        let step =
            Step::Answer { by: by.clone(), message, link: LinkKind::Button, confidence: 1.0, business_time };
        Ok((step, at))
    }

    /// The opening hours of the request's desk between its first message and `at`.
    async fn business_time(&self, request: &Request, at: Timestamp) -> Result<Span, StoreError> {
        let known = self.communities.of(&request.community).await?;
        Ok(known
            .map_or_else(|| Span::between(request.opened_at(), at), |known| open_time(&known, request, at)))
    }

    /// Digests one thing that happened, again when somebody else was faster.
    async fn digest(&self, item: &InboxItem, now: Timestamp) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            let changes = self.changes(&item.incoming, now).await?;
            match self.store.apply(&changes, Some(item), now).await {
                Ok(()) => {
                    if !changes.is_empty() {
                        self.outbox.ring();
                    }
                    return Ok(());
                }
                Err(StoreError::Conflict) if tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn changes(&self, incoming: &Incoming, now: Timestamp) -> Result<Vec<Change>, StoreError> {
        match incoming {
            Incoming::Posted(message) => match message.standing {
                Standing::Bot => Ok(Vec::new()),
                Standing::Employee => self.answers(message).await,
                Standing::Member => self.asked(message, now).await,
            },
            Incoming::Edited { message, at } => self.edited(message, *at, now).await,
            Incoming::Deleted { community, message, at, .. } => {
                let request = self.store.request_of(community, message).await?;
                let step = Step::Delete { message: message.clone() };
                Ok(request.and_then(|r| r.apply(step, *at).ok()).into_iter().collect())
            }
        }
    }

    /// An employee wrote: which waiting requests does it answer?
    async fn answers(&self, message: &IncomingMessage) -> Result<Vec<Change>, StoreError> {
        let filter = RequestFilter {
            channel: Some(message.channel.clone()),
            statuses: vec![Status::Open, Status::Claimed],
            ..RequestFilter::default()
        };
        let page = Page::NewestFirst { limit: WAITING };
        let requests = self.store.requests(&message.community, &filter, page).await?;
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        let talk = self.talk_before(message).await?;
        let waiting: Vec<Waiting> = requests.iter().map(waiting).collect();
        let mut changes = Vec::new();
        for link in linking::answers(message, &waiting, &talk) {
            let Some(request) = requests.iter().find(|r| r.id == link.request) else { continue };
            let step = Step::Answer {
                by: message.author.clone(),
                message: Some(message.id.clone()),
                link: link.kind,
                confidence: link.confidence,
                business_time: self.business_time(request, message.at).await?,
            };
            changes.extend(request.apply(step, message.at).ok());
        }
        Ok(changes)
    }

    /// A member wrote: does it go on with a request of theirs, or does it need an answer of its own?
    async fn asked(&self, message: &IncomingMessage, now: Timestamp) -> Result<Vec<Change>, StoreError> {
        let Some(known) = self.communities.of(&message.community).await? else {
            return Ok(Vec::new());
        };
        let own = self.own_requests(message).await?;
        let further =
            RequestMessage { id: message.id.clone(), at: message.at, text: Some(message.text.clone()) };

        let waiting: Vec<Waiting> = own.iter().filter(|r| r.is_waiting()).map(waiting).collect();
        if !waiting.is_empty() {
            let talk = self.talk_before(message).await?;
            let window = known.settings.community.merge_window;
            if let Some(id) = linking::joins(message, &waiting, &talk, window) {
                let request = own.iter().find(|r| r.id == id);
                let step = Step::Append { message: further };
                return Ok(request.and_then(|r| r.apply(step, message.at).ok()).into_iter().collect());
            }
        }

        let verdict = known.judge.verdict(message);
        let Some(route) = verdict.label.route() else {
            return Ok(Vec::new());
        };
        // Somebody who comes back on what was answered goes on with that request, so that its history stays whole.
        let answered = own.iter().find(|r| !r.is_waiting() && goes_on(message, r));
        if let Some(change) =
            answered.and_then(|r| r.apply(Step::Append { message: further }, message.at).ok())
        {
            return Ok(vec![change]);
        }
        Ok(vec![Request::open(self.ids.request(now), message, route, verdict, None)])
    }

    async fn edited(
        &self,
        message: &IncomingMessage,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Change>, StoreError> {
        match self.store.request_of(&message.community, &message.id).await? {
            Some(request) => {
                let step = Step::Edit { message: message.id.clone(), text: message.text.clone() };
                Ok(request.apply(step, at).into_iter().collect())
            }
            None if message.standing == Standing::Member => self.asked(message, now).await,
            None => Ok(Vec::new()),
        }
    }

    /// The author's requests in this channel, newest first.
    async fn own_requests(&self, message: &IncomingMessage) -> Result<Vec<Request>, StoreError> {
        let filter = RequestFilter {
            channel: Some(message.channel.clone()),
            author: Some(message.author.clone()),
            statuses: vec![Status::Open, Status::Claimed, Status::Answered, Status::Resolved],
            ..RequestFilter::default()
        };
        self.store.requests(&message.community, &filter, Page::NewestFirst { limit: 10 }).await
    }

    /// What was said before in the same place; the message itself is in the inbox too, and is left out.
    async fn talk_before(&self, message: &IncomingMessage) -> Result<Vec<Heard>, StoreError> {
        let place = message.thread.as_ref().unwrap_or(&message.channel);
        let mut talk = self.store.talk(&message.community, place, message.at, TALK + 1).await?;
        talk.retain(|heard| heard.id != message.id);
        Ok(talk)
    }
}

/// A request as the linking sees it.
fn waiting(request: &Request) -> Waiting {
    Waiting {
        request: request.id.clone(),
        author: request.author.clone(),
        author_name: request.author_name.clone(),
        thread: request.thread.clone(),
        messages: request.messages.iter().map(|m| (m.id.clone(), m.at)).collect(),
        text: request.text(),
        claimed_by: request.claimer().cloned(),
    }
}

/// Whether a member's message clearly goes on with a request that was answered: a reply to it, to its answer, or a
/// message in its thread.
fn goes_on(message: &IncomingMessage, request: &Request) -> bool {
    let in_its_thread = message.thread.is_some() && message.thread == request.thread;
    let answer = request.first_response.as_ref().and_then(|first| first.message.as_ref());
    let replies = message
        .reply_to
        .as_ref()
        .is_some_and(|to| Some(to) == answer || request.messages.iter().any(|m| &m.id == to));
    in_its_thread || replies
}

fn open_time(known: &Known, request: &Request, at: Timestamp) -> Span {
    match known.settings.desk(request.route) {
        Some(desk) => desk.business_time(&known.settings.community.timezone, request.opened_at(), at),
        None => Span::between(request.opened_at(), at),
    }
}
