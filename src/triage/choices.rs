//! What people say of messages that opened no request: in the review list, in the audit, by *Send to a desk*; and the
//! draft of an answer for who has claimed one.

use super::hear::show;
use super::teach::Said;
use super::{Outcome, TRIES, Triage, Wish};
use crate::classify::lang;
use crate::classify::second::DraftWanted;
use crate::domain::ids::{CommunityId, MessageId, RequestId, UserId};
use crate::domain::judgement::{JudgedState, Judgement, Zone};
use crate::domain::label::{Label, Route};
use crate::domain::lesson::{Source, Week};
use crate::domain::message::IncomingMessage;
use crate::domain::notice::Notice;
use crate::domain::request::{Opening, Refusal, Request, Status, Step};
use crate::domain::time::Timestamp;
use crate::domain::verdict::{Lang, NoReading, Verdict};
use crate::domain::words::Words;
use crate::platform::{Platform, PlatformError, read_burst};
use crate::store::judge::{JudgedMessage, Settled};
use crate::store::{Decided, StoreError};

/// Somebody says what a message is.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What it is.
    pub label: Label,
    /// Where it was said.
    pub source: Source,
    /// Who.
    pub by: UserId,
    /// When, by the platform's clock.
    pub at: Timestamp,
}

/// What came of a choice.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    /// It is a request now.
    Opened(Box<Request>),
    /// It is kept that nobody has to answer.
    Nobody,
    /// Somebody was faster, or the message is part of a request by now.
    Already,
    /// The member has deleted it.
    Gone,
    /// Vigie knows no such message.
    Unknown,
}

/// Why a choice could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The message could not be read just now.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

/// What came of asking for a draft.
#[derive(Clone, Debug, PartialEq)]
pub enum Drafted {
    /// The draft.
    Text(String),
    /// Only who has claimed a request is given a draft of its answer.
    NotYours,
    /// There is no such request, or its text is gone.
    Unknown,
    /// No language model is configured, or the community has none of its messages given to one.
    NoReader,
    /// It gave none.
    No(NoReading),
}

impl Chosen {
    /// Why nothing came of it, if so.
    #[must_use]
    pub const fn refusal(&self, words: Words) -> Option<&'static str> {
        match self {
            Self::Opened(_) | Self::Nobody => None,
            Self::Already => Some(words.is_settled_already()),
            Self::Gone => Some(words.message_is_gone()),
            Self::Unknown => Some(words.is_not_listed()),
        }
    }
}

impl Triage {
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
        let choice = Choice { label: to.label(), source: Source::Send, by: by.clone(), at: now };
        match self.settled_by(std::slice::from_ref(message), &choice).await? {
            Chosen::Opened(request) => Ok(Outcome::Done(request)),
            Chosen::Nobody | Chosen::Already | Chosen::Gone | Chosen::Unknown => {
                Ok(Outcome::Refused(Refusal::NothingToChange))
            }
        }
    }

    /// Somebody chooses in a review list or in the audit what a message is. The message is read from its platform:
    /// it opens the request, and its text is what is learnt from.
    ///
    /// # Errors
    /// When the store cannot do it, or the message cannot be read just now.
    pub async fn choose(
        &self,
        platform: &dyn Platform,
        community: &CommunityId,
        message: &MessageId,
        choice: &Choice,
    ) -> Result<Chosen, ChoiceError> {
        let Some(judged) = self.store.judged(community, message).await? else { return Ok(Chosen::Unknown) };
        match judged.state {
            JudgedState::Open => {}
            JudgedState::Deleted => return Ok(Chosen::Gone),
            JudgedState::Settled | JudgedState::Answered | JudgedState::Joined => return Ok(Chosen::Already),
        }
        let Some(burst) = read_burst(platform, &judged.judged).await? else {
            let mut decided = Decided::default();
            self.settle(&mut decided, community, message, JudgedState::Deleted, choice.at).await?;
            self.store.apply(community, &decided, None, self.clock.now()).await?;
            self.is_decided(community, &decided);
            return Ok(Chosen::Gone);
        };
        Ok(self.settled_by(&burst, choice).await?)
    }

    /// Stores what somebody said of a message, and what follows: a request, or nothing, and a lesson.
    async fn settled_by(&self, burst: &[IncomingMessage], choice: &Choice) -> Result<Chosen, StoreError> {
        let Some(message) = burst.last() else { return Ok(Chosen::Unknown) };
        let community = &message.community;
        let mut tries = 0;
        loop {
            // Looked up with each try: while the message was being read somebody else may have said what it is.
            let judged = self.store.judged(community, &message.id).await?;
            let is_listed = judged.as_ref().is_none_or(|judged| judged.state == JudgedState::Open);
            let request = self.store.request_of(community, &message.id).await?;
            let is_request = request.is_some_and(|request| request.state.status() != Status::Dismissed);
            if is_request || !(is_listed || choice.source == Source::Send) {
                return Ok(Chosen::Already);
            }
            let (decided, chosen) = self.decided_by(burst, message, judged.as_ref(), choice).await?;
            match self.store.apply(community, &decided, None, self.clock.now()).await {
                Ok(()) => {
                    self.bursts.remove(community, &message.id);
                    self.is_decided(community, &decided);
                    return Ok(chosen);
                }
                Err(StoreError::Conflict) if tries < TRIES => {
                    self.communities.forget(community);
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn decided_by(
        &self,
        burst: &[IncomingMessage],
        message: &IncomingMessage,
        judged: Option<&JudgedMessage>,
        choice: &Choice,
    ) -> Result<(Decided, Chosen), StoreError> {
        let Choice { label, source, by, at } = choice;
        let mut decided = Decided::default();
        let mut chosen = Chosen::Nobody;
        let text = IncomingMessage::text_of(burst);
        if let (Some(route), Some((first, further))) = (label.route(), burst.split_first()) {
            let verdict = Verdict::given(*label, why(*source), lang::detect(&text));
            let id = self.ids.request(*at);
            let settings = self.settings_of(&message.community).await?;
            let opening = Opening { id, route, verdict, by: Some(by.clone()), heard_at: self.clock.now() };
            let change = Request::open(opening, first, further, &settings);
            chosen = Chosen::Opened(Box::new(change.request.clone()));
            decided.changes.push(change);
        }
        let judgement = judged.map(|judged| &judged.judged.judgement);
        // What somebody has said of it before stays; a request that is opened all the same speaks for itself.
        let unsaid = judged.filter(|judged| judged.state != JudgedState::Settled);
        if let Some(Judgement { zone, route, .. }) = unsaid.map(|judged| &judged.judged.judgement) {
            decided.settled.push(Settled {
                message: message.id.clone(),
                state: JudgedState::Settled,
                label: Some(*label),
                by: Some(by.clone()),
                at: *at,
            });
            if *zone == Zone::Review {
                show(&mut decided, Notice::ReviewList { route: *route });
            }
        }
        let request = decided.changes.first().map(|change| change.request.id.clone());
        let said = Said {
            message: &message.id,
            request: request.as_ref(),
            text: Some(text.as_str()).filter(|text| !text.is_empty()),
            label: *label,
            source: *source,
            zone: judgement.map_or(Zone::Quiet, |judgement| judgement.zone),
            decided: Label::None,
            by,
            at: *at,
        };
        decided.taught = self.taught(&message.community, &said).await?;
        Ok((decided, chosen))
    }

    /// Takes back what was learnt in a week and after it; says how many lessons that were.
    ///
    /// # Errors
    /// When the store cannot do it.
    pub async fn undo_learning(&self, community: &CommunityId, week: Week) -> Result<u64, StoreError> {
        let undone = self.store.undo_learning(community, week).await?;
        self.communities.forget(community);
        Ok(undone)
    }

    /// A draft of an answer for who has claimed the request. It is shown to them and to nobody else.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn draft(
        &self,
        community: &CommunityId,
        request: &RequestId,
        by: &UserId,
        now: Timestamp,
    ) -> Result<Drafted, StoreError> {
        let (Some(reader), Some(known)) = (self.readings.reader(), self.communities.of(community).await?)
        else {
            return Ok(Drafted::NoReader);
        };
        let settings = &known.settings;
        if settings.community.second_readings_per_day == 0 {
            return Ok(Drafted::NoReader);
        }
        let Some(request) = self.store.request(community, request).await? else {
            return Ok(Drafted::Unknown);
        };
        if request.claimer() != Some(by) {
            return Ok(Drafted::NotYours);
        }
        let messages: Vec<String> = request.messages.iter().filter_map(|m| m.text.clone()).collect();
        if messages.is_empty() {
            return Ok(Drafted::Unknown);
        }
        let text = request.text();
        let wanted = DraftWanted {
            brand: settings.community.name.clone(),
            route: request.route,
            guidelines: settings.desk(request.route).and_then(|desk| desk.guidelines.clone()),
            language: if lang::detect(&text) == Lang::Other {
                request.verdict.lang
            } else {
                lang::detect(&text)
            },
            messages,
        };
        let day = now.to_zoned(settings.community.timezone.clone()).date().to_string();
        let budget = settings.community.second_readings_per_day;
        if !self.store.take_reading(community, &day, budget).await? {
            return Ok(Drafted::No(NoReading::Budget));
        }
        Ok(match reader.draft(&wanted, now).await {
            Ok(text) => Drafted::Text(text),
            Err(why) => Drafted::No(why),
        })
    }

    /// Whether there is a language model at all.
    #[must_use]
    pub fn has_reader(&self) -> bool {
        self.readings.reader().is_some()
    }
}

/// What the verdict of a request says that a person opened.
const fn why(source: Source) -> &'static str {
    match source {
        Source::Review => "chosen from the review list",
        Source::Audit => "found by the audit",
        Source::Send | Source::Reroute | Source::Dismiss | Source::Confirm => "sent by an employee",
    }
}
