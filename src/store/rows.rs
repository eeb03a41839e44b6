//! Rows as they stand in the tables, and the way from there to the domain.

pub mod judge;
pub mod privacy;

use std::str::FromStr;

use serde::de::DeserializeOwned;
use sqlx::FromRow;

use serde::{Deserialize, Serialize};

use super::sheet::Sheet;
use super::{Awaiting, Bundle, DueDeadline, InboxItem, Measure, PostedCard, StoreError, Took};
use crate::domain::card::PastRequest;
use crate::domain::ids::{ChannelId, MessageId, RequestId, UserId};
use crate::domain::label::{Label, Route};
use crate::domain::linking::Heard;
use crate::domain::notice::{Lane, QueuedNotice};
use crate::domain::request::{
    Claim, Course, Deadline, Event, EventKind, FirstResponse, Request, RequestMessage, RequestState, Status,
};
use crate::domain::time::{self, Span, Timestamp};

#[derive(FromRow)]
pub struct SettingsRow {
    pub settings: String,
    pub version: i64,
}

#[derive(FromRow)]
pub struct PendingRow {
    pub id: String,
    pub incoming: Option<String>,
}

impl PendingRow {
    pub fn item(self) -> Result<InboxItem, StoreError> {
        let incoming = self.incoming.as_deref().ok_or_else(|| unreadable("an inbox row without content"))?;
        Ok(InboxItem { incoming: json(incoming)?, id: self.id })
    }
}

#[derive(FromRow)]
pub struct HeardRow {
    pub message: String,
    pub place: String,
    pub channel: String,
    pub at: i64,
    pub author: Option<String>,
    pub standing: Option<String>,
    pub reply_to: Option<String>,
    pub mentions: Option<String>,
}

impl HeardRow {
    pub fn heard(self) -> Result<Heard, StoreError> {
        Ok(Heard {
            id: self.message.as_str().into(),
            at: moment(self.at)?,
            author: UserId::new(self.author.unwrap_or_default()),
            standing: word(self.standing.as_deref().unwrap_or("member"))?,
            thread: (self.place != self.channel).then(|| self.place.as_str().into()),
            reply_to: self.reply_to.map(MessageId::new),
            mentions: self.mentions.as_deref().map_or(Ok(Vec::new()), json)?,
        })
    }
}

#[derive(FromRow)]
pub struct RequestRow {
    pub community: String,
    pub id: String,
    pub version: i64,
    pub channel: String,
    pub thread: Option<String>,
    pub author: String,
    pub author_name: String,
    pub route: String,
    pub also: Option<String>,
    pub verdict: String,
    pub status: String,
    pub status_by: Option<String>,
    pub status_at: Option<i64>,
    pub claimed_by: Option<String>,
    pub claimed_at: Option<i64>,
    pub first_response_message: Option<String>,
    pub first_response_by: Option<String>,
    pub first_response_at: Option<i64>,
    pub response_ms: Option<i64>,
    pub business_ms: Option<i64>,
    pub link: Option<String>,
    pub link_confidence: Option<f64>,
    pub reroutes: i64,
    pub course: Option<String>,
}

impl RequestRow {
    /// The request with its messages, which stand in a table of their own.
    pub fn request(self, messages: Vec<RequestMessage>) -> Result<Request, StoreError> {
        if messages.is_empty() {
            return Err(unreadable("a request without messages"));
        }
        let state = self.state()?;
        let first_response = self.first_response()?;
        let first_claim = match (self.claimed_by, self.claimed_at) {
            (Some(by), Some(at)) => Some(Claim { by: UserId::new(by), at: moment(at)? }),
            _ => None,
        };
        Ok(Request {
            community: self.community.as_str().into(),
            id: RequestId::new(self.id),
            version: self.version,
            channel: self.channel.as_str().into(),
            thread: self.thread.as_deref().map(Into::into),
            author: UserId::new(self.author),
            author_name: self.author_name,
            messages,
            route: route(&self.route)?,
            also: self.also.as_deref().map(route).transpose()?,
            verdict: json(&self.verdict)?,
            state,
            first_claim,
            first_response,
            reroutes: u32::try_from(self.reroutes).unwrap_or(u32::MAX),
            course: course(self.course.as_deref())?,
        })
    }

    fn state(&self) -> Result<RequestState, StoreError> {
        let by = || {
            self.status_by.as_deref().map(UserId::from).ok_or_else(|| unreadable("a state without a person"))
        };
        let at = || moment(self.status_at.ok_or_else(|| unreadable("a state without a time"))?);
        Ok(match status(&self.status)? {
            Status::Open => RequestState::Open,
            Status::Claimed => RequestState::Claimed { by: by()?, at: at()? },
            Status::Answered => RequestState::Answered { by: by()?, at: at()? },
            Status::Resolved => RequestState::Resolved { by: by()?, at: at()? },
            Status::Dismissed => RequestState::Dismissed { by: by().ok(), at: at()? },
        })
    }

    fn first_response(&self) -> Result<Option<FirstResponse>, StoreError> {
        let (Some(by), Some(at), Some(link)) = (&self.first_response_by, self.first_response_at, &self.link)
        else {
            return Ok(None);
        };
        Ok(Some(FirstResponse {
            message: self.first_response_message.as_deref().map(Into::into),
            by: by.as_str().into(),
            at: moment(at)?,
            response_time: Span::milliseconds(self.response_ms.unwrap_or_default()),
            business_time: Span::milliseconds(self.business_ms.unwrap_or_default()),
            link: word(link)?,
            confidence: self.link_confidence.unwrap_or_default(),
        }))
    }
}

#[derive(FromRow)]
pub struct MessageRow {
    pub request: String,
    pub message: String,
    pub at: i64,
    pub text: Option<String>,
}

impl MessageRow {
    pub fn message(self) -> Result<RequestMessage, StoreError> {
        Ok(RequestMessage { id: MessageId::new(self.message), at: moment(self.at)?, text: self.text })
    }
}

#[derive(FromRow)]
pub struct MeasureRow {
    pub id: String,
    pub channel: String,
    pub route: String,
    pub status: String,
    pub opened_at: i64,
    pub first_response_by: Option<String>,
    pub reroutes: i64,
    pub course: Option<String>,
}

impl MeasureRow {
    /// Adds the request as figures see it to a sheet.
    pub fn write(self, sheet: &mut Sheet) -> Result<(), StoreError> {
        let course = course(self.course.as_deref())?;
        let id = RequestId::new(self.id);
        let next_responses: Vec<Took> = course.next_responses().map(Took::from).collect();
        let measure = Measure {
            waiting: course.waiting_since.map(|_| &id),
            route: route(&self.route)?,
            status: status(&self.status)?,
            opened_at: moment(self.opened_at)?,
            is_outside_hours: course.is_outside_hours,
            claim: course.claim.map(Took::from),
            first_response: course.first_response.map(Took::from),
            answered_by: self.first_response_by.map(|person| sheet.person(&UserId::new(person))),
            next_responses: &next_responses,
            first_resolution: course.first_resolution().map(Took::from),
            total_resolution: course.total_resolution().map(Took::from),
            was_reopened: course.reopened > 0,
            was_rerouted: self.reroutes > 0,
            has_community_answer: course.community_answer.is_some(),
        };
        sheet.push(&ChannelId::new(self.channel), &measure);
        Ok(())
    }
}

#[derive(FromRow)]
pub struct AwaitingRow {
    pub opened_at: i64,
    pub id: String,
    pub route: String,
    pub course: Option<String>,
}

impl AwaitingRow {
    pub fn awaiting(self) -> Result<Awaiting, StoreError> {
        let (route, course) = (route(&self.route)?, course(self.course.as_deref())?);
        Ok(Awaiting { opened_at: moment(self.opened_at)?, id: RequestId::new(self.id), route, course })
    }
}

#[derive(FromRow)]
pub struct DayRow {
    pub day: i64,
    pub version: i64,
    pub packed: i64,
    pub pack: Option<Vec<u8>>,
}

#[derive(FromRow)]
pub struct PastRow {
    pub id: String,
    pub route: String,
    pub status: String,
    pub opened_at: i64,
}

impl PastRow {
    pub fn past(self) -> Result<PastRequest, StoreError> {
        Ok(PastRequest {
            id: RequestId::new(self.id),
            route: route(&self.route)?,
            status: status(&self.status)?,
            opened_at: moment(self.opened_at)?,
        })
    }
}

#[derive(FromRow)]
pub struct EventRow {
    pub at: i64,
    pub actor: Option<String>,
    pub detail: String,
}

impl EventRow {
    pub fn event(self) -> Result<Event, StoreError> {
        Ok(self.logged()?.0)
    }

    /// The entry, and whether its opening times were logged with it: those of older versions were not.
    pub fn logged(self) -> Result<(Event, bool), StoreError> {
        let StoredDetail { business_seconds, waited_seconds, kind } = json(&self.detail)?;
        let is_timed = business_seconds.is_some() && waited_seconds.is_some();
        let event = Event {
            at: moment(self.at)?,
            by: self.actor.map(UserId::new),
            business_seconds: business_seconds.unwrap_or_default(),
            waited_seconds: waited_seconds.unwrap_or_default(),
            kind,
        };
        Ok((event, is_timed))
    }
}

/// What the column `detail` holds: all of an entry but when and by whom.
#[derive(Serialize)]
pub struct EventDetail<'a> {
    business_seconds: i64,
    waited_seconds: i64,
    #[serde(flatten)]
    kind: &'a EventKind,
}

#[derive(Deserialize)]
struct StoredDetail {
    business_seconds: Option<i64>,
    waited_seconds: Option<i64>,
    #[serde(flatten)]
    kind: EventKind,
}

impl<'a> EventDetail<'a> {
    pub const fn of(event: &'a Event) -> Self {
        let Event { at: _, by: _, business_seconds, waited_seconds, kind } = event;
        Self { business_seconds: *business_seconds, waited_seconds: *waited_seconds, kind }
    }
}

#[derive(FromRow)]
pub struct DeadlineRow {
    pub community: String,
    pub request: String,
    pub deadline: String,
    pub due_at: i64,
}

impl DeadlineRow {
    pub fn due(self) -> Result<DueDeadline, StoreError> {
        Ok(DueDeadline {
            deadline: Deadline::parse(&self.deadline).ok_or_else(|| unreadable("an unknown deadline"))?,
            due_at: moment(self.due_at)?,
            community: self.community.as_str().into(),
            request: RequestId::new(self.request),
        })
    }
}

/// A request whose times have not been worked out.
#[derive(FromRow)]
pub struct CourseRow {
    pub community: String,
    pub id: String,
    pub business_ms: Option<i64>,
}

#[derive(FromRow)]
pub struct LoggedRow {
    pub request: String,
    #[sqlx(flatten)]
    pub event: EventRow,
}

#[derive(FromRow)]
pub struct NoticeRow {
    pub id: String,
    pub community: String,
    pub request: String,
    pub lane: String,
    pub notice: String,
    pub attempts: i64,
    pub due_at: i64,
    pub perhaps_sent_at: Option<i64>,
    pub claims: i64,
    pub claimed_until: Option<i64>,
}

impl NoticeRow {
    pub fn notice(self) -> Result<QueuedNotice, StoreError> {
        Ok(QueuedNotice {
            id: self.id.as_str().into(),
            community: self.community.as_str().into(),
            request: (!self.request.is_empty()).then(|| RequestId::new(self.request)),
            lane: Lane::from_stored(self.lane),
            notice: json(&self.notice)?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            due_at: moment(self.due_at)?,
            perhaps_sent_at: self.perhaps_sent_at.map(moment).transpose()?,
            claims: u32::try_from(self.claims).unwrap_or(u32::MAX),
            claimed_until: moment(self.claimed_until.unwrap_or_default())?,
        })
    }
}

#[derive(FromRow)]
pub struct BundleRow {
    pub notice: String,
    pub channel: String,
    pub bundle: String,
}

impl BundleRow {
    pub fn bundle(self) -> Bundle {
        let post = PostedCard { channel: self.channel.as_str().into(), post: self.bundle.as_str().into() };
        Bundle { notice: self.notice.as_str().into(), post }
    }
}

#[derive(FromRow)]
pub struct StuckRow {
    #[sqlx(flatten)]
    pub notice: NoticeRow,
    pub reason: String,
}

#[derive(FromRow)]
pub struct CardRow {
    pub channel: String,
    pub post: String,
}

#[derive(FromRow)]
pub struct PlaygroundRow {
    pub channel: String,
    pub id: String,
    pub at: i64,
    pub body: String,
}

pub fn unreadable(what: &str) -> StoreError {
    StoreError::Unreadable(what.to_owned())
}

pub fn moment(milliseconds: i64) -> Result<Timestamp, StoreError> {
    time::from_milliseconds(milliseconds).ok_or_else(|| unreadable("a time out of range"))
}

/// The times of a request; those of one that is older than this column are worked out at the start.
fn course(text: Option<&str>) -> Result<Course, StoreError> {
    text.map_or_else(|| Ok(Course::default()), json)
}

pub fn route(text: &str) -> Result<Route, StoreError> {
    Route::from_str(text).map_err(|e| StoreError::Unreadable(e.to_string()))
}

fn label(text: &str) -> Result<Label, StoreError> {
    Label::from_str(text).map_err(|e| StoreError::Unreadable(e.to_string()))
}

fn status(text: &str) -> Result<Status, StoreError> {
    Status::parse(text).ok_or_else(|| unreadable("an unknown state"))
}

/// One of our words, as serde writes it.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| not_json(&error))
}

pub fn json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| not_json(&error))
}

/// Where it cannot be read. The error itself would quote what stands there: a text perhaps, or a name.
fn not_json(error: &serde_json::Error) -> StoreError {
    unreadable(&format!(
        "JSON, {:?} error at line {}, column {}",
        error.classify(),
        error.line(),
        error.column()
    ))
}
