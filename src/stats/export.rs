//! Requests for other programs: CSV for spreadsheets, JSON lines with the whole log for everything else.
//!
//! The columns and their order are CONTRACT.md's. Requests are read a page at a time and handed on as bytes, so that
//! memory does not grow with their number: whoever exports writes a chunk out before asking for the next.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;

use crate::domain::ids::CommunityId;
use crate::domain::request::{Event, Request, RequestState};
use crate::domain::settings::Settings;
use crate::domain::time::{TimeZone, Timestamp, civil};
use crate::store::{Page, RequestFilter, Store, StoreError};

/// The columns of a table and the keys of a line, in their order; a line has `log` as well, and both have `text` at
/// the end where texts are asked for.
pub const COLUMNS: [&str; 20] = [
    "request",
    "community",
    "channel",
    "message",
    "author",
    "route",
    "also",
    "state",
    "opened_at",
    "claimed_at",
    "claimed_by",
    "first_response_at",
    "first_response_by",
    "response_seconds",
    "business_seconds",
    "link",
    "resolved_at",
    "dismissed_at",
    "reroutes",
    "url",
];
const TEXT: &str = "text";

/// How many requests are held in memory at a time.
const AT_ONCE: u32 = 250;

/// What a spreadsheet takes for the beginning of a formula (OWASP, *CSV Injection*).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// How a request is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A table with a header, values separated by commas.
    #[default]
    Csv,
    /// One JSON object a line, its log included.
    Jsonl,
}

/// Days of a calendar, the last one included; where one is missing there is no end on that side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<civil::Date>,
    /// The last.
    pub to: Option<civil::Date>,
}

/// What is to be exported, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The requests that were opened on these days of the community's calendar.
    pub days: Days,
    /// How they are written down.
    pub format: Format,
    /// Whether the members' texts are written down with them.
    pub texts: bool,
}

/// A community's requests on their way out, oldest first.
pub struct Export<'a> {
    store: &'a dyn Store,
    community: CommunityId,
    filter: RequestFilter,
    wanted: Wanted,
    address: Option<fn(&Request) -> String>,
    has_begun: bool,
    is_done: bool,
}

/// Some of the requests, written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Whole lines; those of the first chunk begin with the header, where there is one.
    pub bytes: Vec<u8>,
    /// How many requests these are.
    pub requests: usize,
    /// When the last of them was opened.
    pub until: Option<Timestamp>,
}

/// A request, as both formats say it.
#[derive(Serialize)]
struct Row<'a> {
    request: &'a str,
    community: &'a str,
    channel: &'a str,
    message: &'a str,
    author: Cow<'a, str>,
    route: &'static str,
    also: Option<&'static str>,
    state: &'static str,
    opened_at: Timestamp,
    claimed_at: Option<Timestamp>,
    claimed_by: Option<&'a str>,
    first_response_at: Option<Timestamp>,
    first_response_by: Option<&'a str>,
    response_seconds: Option<i64>,
    business_seconds: Option<i64>,
    link: Option<&'static str>,
    resolved_at: Option<Timestamp>,
    dismissed_at: Option<Timestamp>,
    reroutes: u32,
    url: Option<String>,
}

/// A request with its log.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    log: &'a [Event],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[expect(clippy::option_option, reason = "not asked for and erased are two things")]
    text: Option<Option<String>>,
}

impl Format {
    /// The file's usual ending, which is also the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

impl Days {
    /// Whether the first day is not after the last.
    #[must_use]
    pub fn are_in_order(self) -> bool {
        self.from.zip(self.to).is_none_or(|(from, to)| from <= to)
    }

    /// From when (included) and until when (excluded) they last there.
    #[must_use]
    pub fn within(self, zone: &TimeZone) -> (Option<Timestamp>, Option<Timestamp>) {
        let begins = |day: civil::Date| day.to_zoned(zone.clone()).ok().map(|midnight| midnight.timestamp());
        (self.from.and_then(begins), self.to.and_then(|day| day.tomorrow().ok()).and_then(begins))
    }
}

impl Wanted {
    /// Which requests these are.
    #[must_use]
    pub fn filter(&self, zone: &TimeZone) -> RequestFilter {
        let (from, to) = self.days.within(zone);
        RequestFilter { from, to, ..RequestFilter::default() }
    }
}

impl<'a> Export<'a> {
    /// Nothing is read yet. `address` is where a person opens a request's first message, if that is known.
    #[must_use]
    pub fn new(
        store: &'a dyn Store,
        settings: &Settings,
        wanted: Wanted,
        address: Option<fn(&Request) -> String>,
    ) -> Self {
        Self {
            store,
            community: settings.community.id.clone(),
            filter: wanted.filter(&settings.community.timezone),
            wanted,
            address,
            has_begun: false,
            is_done: false,
        }
    }

    /// The next requests; `None` when there are no more. A table's first chunk is its header at least.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next(&mut self) -> Result<Option<Chunk>, StoreError> {
        if self.is_done {
            return Ok(None);
        }
        let page = Page::OldestFirst { limit: AT_ONCE };
        let requests = self.store.requests(&self.community, &self.filter, page).await?;
        let bytes = match self.wanted.format {
            Format::Csv => table(&requests, self.wanted.texts, self.address, !self.has_begun),
            Format::Jsonl => {
                let ids: Vec<_> = requests.iter().map(|request| request.id.clone()).collect();
                let logs = self.store.events_of(&self.community, &ids).await?;
                lines(&requests, &logs, self.wanted.texts, self.address)
            }
        };
        self.has_begun = true;
        self.is_done = requests.len() < AT_ONCE as usize;
        let until = requests.last().map(Request::opened_at);
        self.filter.after = requests.last().map(|last| (last.opened_at(), last.id.clone()));
        Ok(Some(Chunk { bytes, requests: requests.len(), until }))
    }
}

impl<'a> Row<'a> {
    fn of(request: &'a Request, address: Option<fn(&Request) -> String>) -> Self {
        let (claim, first) = (request.first_claim.as_ref(), request.first_response.as_ref());
        let (resolved_at, dismissed_at) = match &request.state {
            RequestState::Open | RequestState::Claimed { .. } | RequestState::Answered { .. } => (None, None),
            RequestState::Resolved { at, .. } => (Some(*at), None),
            RequestState::Dismissed { at, .. } => (None, Some(*at)),
        };
        Self {
            request: request.id.as_str(),
            community: request.community.as_str(),
            channel: request.channel.as_str(),
            message: request.opener().id.as_str(),
            author: Cow::Borrowed(request.author.as_str()),
            route: request.route.as_str(),
            also: request.also.map(crate::domain::label::Route::as_str),
            state: request.state.status().as_str(),
            opened_at: request.opened_at(),
            claimed_at: claim.map(|claim| claim.at),
            claimed_by: claim.map(|claim| claim.by.as_str()),
            first_response_at: first.map(|first| first.at),
            first_response_by: first.map(|first| first.by.as_str()),
            response_seconds: first.map(|first| first.response_time.as_seconds()),
            business_seconds: first.map(|first| first.business_time.as_seconds()),
            link: first.map(|first| first.link.as_str()),
            resolved_at,
            dismissed_at,
            reroutes: request.reroutes,
            url: address.map(|address| address(request)),
        }
    }
}

fn table(
    requests: &[Request],
    texts: bool,
    address: Option<fn(&Request) -> String>,
    with_header: bool,
) -> Vec<u8> {
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    if with_header {
        table.write_record(COLUMNS.iter().chain(texts.then_some(&TEXT))).expect("memory takes every record");
    }
    for request in requests {
        let mut row = Row::of(request, address);
        row.author = harmless(row.author);
        let written = if texts {
            table.serialize((row, text_of(request).map(|text| harmless(Cow::Owned(text)))))
        } else {
            table.serialize(row)
        };
        written.expect("a row has as many values as the header, and memory takes every record");
    }
    table.into_inner().expect("memory takes every record")
}

fn lines(
    requests: &[Request],
    logs: &HashMap<crate::domain::ids::RequestId, Vec<Event>>,
    texts: bool,
    address: Option<fn(&Request) -> String>,
) -> Vec<u8> {
    let mut lines = Vec::new();
    for request in requests {
        let log = logs.get(&request.id).map_or(&[][..], Vec::as_slice);
        let line = Line { row: Row::of(request, address), log, text: texts.then(|| text_of(request)) };
        serde_json::to_writer(&mut lines, &line).expect("a line has no keys but texts");
        lines.push(b'\n');
    }
    lines
}

/// What the member wrote; `None` when all of it was erased.
fn text_of(request: &Request) -> Option<String> {
    request.messages.iter().any(|message| message.text.is_some()).then(|| request.text())
}

/// The text so that a spreadsheet shows it and computes nothing: with an apostrophe before what would begin a formula.
fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { text }
}
