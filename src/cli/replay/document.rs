//! What came of an export in the shape that scripts read: `vigie replay --json`, to the letter of CONTRACT.md.

use serde::Serialize;

use crate::app::replay::Replayed;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::domain::label::Route;
use crate::domain::request::{FirstResponse, LinkKind, Request, Status};
use crate::domain::time::Timestamp;
use crate::stats::ReplayStats;

/// The whole document.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    requests: Vec<Entry<'a>>,
    ignored: usize,
    stats: ReplayStats,
}

/// One request as it is at the export's end.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    message: &'a MessageId,
    messages: Vec<&'a MessageId>,
    author: &'a UserId,
    channel: &'a ChannelId,
    route: Route,
    confidence: f64,
    opened_at: Timestamp,
    first_response: Option<Answer<'a>>,
    state: Status,
}

/// The first response to a request; the times are whole seconds.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    message: Option<&'a MessageId>,
    by: &'a UserId,
    at: Timestamp,
    seconds: i64,
    business_seconds: i64,
    link: LinkKind,
    confidence: f64,
}

impl<'a> Document<'a> {
    pub(super) fn of(replayed: &'a Replayed) -> Self {
        Self {
            requests: replayed.requests.iter().map(Entry::of).collect(),
            ignored: replayed.ignored,
            stats: ReplayStats::from(&replayed.figures),
        }
    }
}

impl<'a> Entry<'a> {
    fn of(request: &'a Request) -> Self {
        Self {
            message: &request.opener().id,
            messages: request.messages.iter().map(|message| &message.id).collect(),
            author: &request.author,
            channel: &request.channel,
            route: request.route,
            confidence: request.verdict.confidence,
            opened_at: request.opened_at(),
            first_response: request.first_response.as_ref().map(Answer::of),
            state: request.state.status(),
        }
    }
}

impl<'a> Answer<'a> {
    fn of(first: &'a FirstResponse) -> Self {
        Self {
            message: first.message.as_ref(),
            by: &first.by,
            at: first.at,
            seconds: first.response_time.as_seconds(),
            business_seconds: first.business_time.as_seconds(),
            link: first.link,
            confidence: first.confidence,
        }
    }
}
