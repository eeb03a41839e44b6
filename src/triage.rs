//! Decides what each thing that happened means, and stores it: the middle of the road.
//!
//! [`Triage::step`] digests the inbox; [`Triage::press`] and its neighbours do what employees ask for. Both load a
//! request, let the domain decide, and store the change in one transaction; when somebody else was faster they load
//! again and decide anew. Nothing is sent from here.

mod answers;
mod burst;
mod candidates;
mod choices;
mod forget;
mod hear;
mod presses;
mod second;
mod teach;

use std::collections::HashSet;
use std::sync::Arc;

use crate::bell::Bell;
use crate::classify::second::SecondReader;
use crate::clock::{Clock, Ids};
use crate::communities::Communities;
use crate::domain::action::{Action, More, Press};
use crate::domain::ids::{CommunityId, MessageId, RequestId, UserId};
use crate::domain::judgement::Zone;
use crate::domain::message::Standing;
use crate::domain::request::{LinkKind, Refusal, Request, Step};
use crate::domain::settings::{Platform, Settings};
use crate::domain::time::Timestamp;
use crate::metrics;
use crate::store::{Decided, InboxItem, Incoming, Store, StoreError};

use burst::Bursts;
use second::Readings;

pub use choices::{Choice, ChoiceError, Chosen, Drafted};

/// How many things that happened are looked at before other work gets a turn.
const BATCH: u32 = 256;
/// How many messages before this one are looked at to see who is talking to whom.
const TALK: u32 = 100;
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
    /// What members said just now.
    bursts: Bursts,
    /// Second readings that are under way.
    readings: Readings,
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
    /// Something that is chosen less often.
    More { more: More, by: UserId },
    /// This message answers it.
    ThisAnswers { message: MessageId, at: Timestamp, by: UserId, said_by: UserId },
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
        (inbox, outbox): (Arc<Bell>, Arc<Bell>),
        reader: Option<Arc<dyn SecondReader>>,
    ) -> Self {
        let readings = Readings::new(reader, Arc::clone(&clock), inbox);
        Self { store, communities, clock, ids, outbox, bursts: Bursts::default(), readings }
    }

    /// Waits until no second reading is under way; whether there was one, so that there is something to digest now.
    pub async fn idle(&self) -> bool {
        self.readings.idle().await
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

    /// Digests what has been heard, in the order of its arrival. What waits for a second reading stays in the inbox,
    /// and what came after it in the same channel with it; other channels go on.
    ///
    /// # Errors
    /// When the store cannot do it: what was not digested stays in the inbox.
    #[tracing::instrument(name = "triage.step", skip_all)]
    pub async fn step(&self, now: Timestamp) -> Result<Progress, StoreError> {
        let mut progress = Progress::Idle;
        let mut held = HashSet::new();
        for item in self.store.pending(now, BATCH).await? {
            let (community, channel) = item.incoming.place();
            let place = (community.clone(), channel.clone());
            if held.contains(&place) {
                continue;
            }
            if self.digest(&item, now).await? {
                progress = Progress::Worked;
            } else {
                held.insert(place);
            }
        }
        Ok(progress)
    }

    /// Digests one thing that happened, again when somebody else was faster; `false` when it has to wait for a second
    /// reading.
    async fn digest(&self, item: &InboxItem, now: Timestamp) -> Result<bool, StoreError> {
        let (community, _) = item.incoming.place();
        let mut tries = 0;
        loop {
            let Some(decided) = self.decide(item, now).await? else { return Ok(false) };
            match self.store.apply(community, &decided, Some(item), now).await {
                Ok(()) => {
                    self.readings.done(&item.id);
                    count(&decided);
                    self.remember(&item.incoming, &decided);
                    self.is_decided(community, &decided);
                    return Ok(true);
                }
                Err(StoreError::Conflict) if tries < TRIES => {
                    self.communities.forget(community);
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// What a member said and needed no answer is remembered for what they say next, until it is part of a request,
    /// answered or deleted.
    fn remember(&self, incoming: &Incoming, decided: &Decided) {
        match incoming {
            Incoming::Posted(message) | Incoming::Edited { message, .. } => {
                if decided.judged.is_some() {
                    self.bursts.keep(message);
                } else if message.standing == Standing::Employee {
                    let answered = message.reply_to.iter();
                    answered.for_each(|replied| self.bursts.remove(&message.community, replied));
                } else if !decided.changes.is_empty() {
                    self.bursts.forget(message);
                }
            }
            Incoming::Deleted { community, message, .. } => self.bursts.remove(community, message),
        }
    }

    /// What is stored takes effect at once.
    fn is_decided(&self, community: &CommunityId, decided: &Decided) {
        if let Some(taught) = &decided.taught {
            metrics::taught(taught.lesson.source);
            self.communities.forget(community);
        }
        if decided.says_something() {
            self.outbox.ring();
        }
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
            Action::More => match press.more {
                Some(more) => Wish::More { more, by: by.clone() },
                None => return Ok(Outcome::Refused(Refusal::NothingToChange)),
            },
            // Asked for and shown elsewhere: it changes nothing.
            Action::Draft => return Ok(Outcome::Refused(Refusal::NothingToChange)),
        };
        self.change(community, &press.request, at, &wish).await
    }

    /// Has a step happen to a request, whatever it looks like by then.
    ///
    /// # Errors
    /// When the store cannot do it.
    pub async fn take(
        &self,
        community: &CommunityId,
        request: &RequestId,
        step: Step,
        at: Timestamp,
    ) -> Result<Outcome, StoreError> {
        self.change(community, request, at, &Wish::Step(step)).await
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
        said_by: &UserId,
    ) -> Result<Outcome, StoreError> {
        let wish = Wish::ThisAnswers {
            message: message.clone(),
            at: written_at,
            by: written_by.clone(),
            said_by: said_by.clone(),
        };
        self.change(community, request, written_at, &wish).await
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
            let taught = self.taught_by_step(&request, &step, at).await?;
            let change = match request.apply(step, at, &self.settings_of(community).await?) {
                Ok(change) => change,
                Err(refusal) => return Ok(Outcome::Refused(refusal)),
            };
            let decided = Decided { changes: vec![change], taught, ..Decided::default() };
            match self.store.apply(community, &decided, None, self.clock.now()).await {
                Ok(()) => {
                    self.is_decided(community, &decided);
                    return Ok(Outcome::Done(Box::new(
                        decided.changes.into_iter().next().map_or(request, |change| change.request),
                    )));
                }
                Err(StoreError::Conflict) if tries < TRIES => {
                    self.communities.forget(community);
                    tries += 1;
                }
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
        let (by, message, at, said_by) = match wish {
            Wish::Step(step) => return Ok((step.clone(), pressed_at)),
            Wish::More { more, by } => {
                let settings = self.settings_of(&request.community).await?;
                return Ok((presses::chosen(*more, by.clone(), request, &settings, pressed_at), pressed_at));
            }
            Wish::ThisAnswers { message, at, by, said_by } => (by, Some(message.clone()), *at, Some(said_by)),
            Wish::Answered { by } => {
                let answer = self.said_by_presser(request, by, pressed_at).await?;
                let answered_at = answer.as_ref().map_or(pressed_at, |heard| heard.at);
                (by, answer.map(|heard| heard.id), answered_at, None)
            }
        };
        // Said of what has been answered, it corrects which message was the first response.
        let answers_again = request.course.waiting_since.is_some_and(|since| since <= at);
        let step = match (message, said_by) {
            (Some(message), Some(said_by)) if request.first_response.is_some() && !answers_again => {
                Step::Correct { by: said_by.clone(), answered_by: by.clone(), message }
            }
            (message, _) => Step::Answer { by: by.clone(), message, link: LinkKind::Button, confidence: 1.0 },
        };
        Ok((step, at))
    }

    /// A community's settings; nothing is set where it is not known.
    async fn settings_of(&self, community: &CommunityId) -> Result<Settings, StoreError> {
        let known = self.communities.of(community).await?;
        Ok(known.map_or_else(
            || Settings::new(Platform::Playground, community.clone(), community.as_str()),
            |known| known.settings.clone(),
        ))
    }
}

/// Counts what the judge said of a message: it opened a request, or it was kept without one.
fn count(decided: &Decided) {
    for opened in decided.changes.iter().filter(|change| change.request.version == 0) {
        metrics::judged(opened.request.verdict.stage, Zone::Ping, opened.request.route.label());
    }
    if let Some(judged) = &decided.judged {
        let judgement = &judged.judgement;
        metrics::judged(judgement.verdict.stage, judgement.zone, judgement.verdict.label);
    }
}
