//! The page's tables: desks, longest waits, slowest answers, channels.

use std::cmp::Reverse;
use std::collections::HashMap;

use minijinja::{Value, context};

use super::{NAME, Page, nothing};
use crate::cli::replay::report::clean;
use crate::domain::ids::ChannelId;
use crate::domain::request::{FirstResponse, Request, Status};
use crate::domain::time::Span;
use crate::domain::timing::Summary;
use crate::stats::{Tally, Times};

/// How many waits, answers and channels are listed.
const LISTED: usize = 15;
const CHANNELS: usize = 50;
/// Characters of a text that are shown.
const TEXT: usize = 160;

impl Page<'_> {
    pub(super) fn tables(&self) -> Vec<Value> {
        vec![self.desks(), self.waits(), self.slowest(), self.channels()]
    }

    fn desks(&self) -> Value {
        let words = self.words;
        let header = [
            words.report_desk(),
            words.report_requests(),
            words.report_answered(),
            words.report_waiting(),
            words.report_oldest(),
            words.report_in_target(),
            "p50",
            "p90",
            "p95",
            words.report_longest(),
        ];
        let mut rows = Vec::new();
        let figures = &self.replayed.figures;
        let desks = figures.by_route.iter().map(|(route, tally)| (words.route(*route), tally));
        for (name, tally) in desks.chain([(words.report_all(), &figures.total)]) {
            rows.push(self.desk(name, tally));
            let Times { calendar, business } = tally.first_response;
            if let Some(business) = business.filter(|business| calendar != Some(*business)) {
                let mut row = vec![cell(words.report_in_hours())];
                row.extend(std::iter::repeat_with(|| cell("")).take(5));
                row.extend(self.times(Some(business)));
                rows.push(row);
            }
        }
        table("desks", words.page_by_desk(), "numbers", &header, rows, "")
    }

    fn desk(&self, name: &str, tally: &Tally) -> Vec<Value> {
        let words = self.words;
        let mut row = vec![
            cell(name),
            cell(&tally.requests.to_string()),
            cell(&tally.answered.to_string()),
            cell(&tally.waiting.to_string()),
            cell(&tally.oldest_waiting.map_or_else(nothing, |span| words.duration(span))),
            cell(&tally.within_target().map_or_else(nothing, |share| words.report_percent(share))),
        ];
        row.extend(self.times(tally.first_response.calendar));
        row
    }

    fn times(&self, summary: Option<Summary>) -> [Value; 4] {
        let times = summary.map(|s| [s.p50, s.p90, s.p95, s.max].map(Some)).unwrap_or_default();
        times.map(|time| {
            cell(&time.map_or_else(nothing, |seconds| self.words.duration(Span::seconds(seconds))))
        })
    }

    fn waits(&self) -> Value {
        let words = self.words;
        let end = self.replayed.period.1;
        let mut waits: Vec<&Request> = self.counted().filter(|r| r.first_response.is_none()).collect();
        waits.sort_by_key(|request| request.opened_at());
        let row = |request: &&Request| {
            let waited = Span::between(request.opened_at(), end);
            let mut row = vec![cell(&words.duration(waited))];
            row.extend(self.who_and_what(request));
            row
        };
        let below = if waits.is_empty() { words.page_none_waiting() } else { "" };
        let rows = waits.iter().take(LISTED).map(row).collect();
        let mut header = vec![words.report_waited()];
        header.extend(self.who_and_what_names());
        table("waits", words.page_still_waiting(), "texts", &header, rows, below)
    }

    fn slowest(&self) -> Value {
        let words = self.words;
        let mut answers: Vec<(&Request, &FirstResponse)> =
            self.counted().filter_map(|request| Some((request, request.first_response.as_ref()?))).collect();
        answers.sort_by_key(|(request, first)| (Reverse(first.response_time), request.opened_at()));
        let row = |(request, first): &(&Request, &FirstResponse)| {
            let mut row = vec![cell(&words.duration(first.response_time))];
            row.extend(self.who_and_what(request));
            let name = self.replayed.employees.get(&first.by).map_or(first.by.as_str(), String::as_str);
            row.push(named(&words.report_answer(&clean(name, NAME), first.link)));
            row.push(cell(&self.moment(first.at)));
            row
        };
        let below = if answers.is_empty() { words.page_none_answered() } else { "" };
        let rows = answers.iter().take(LISTED).map(row).collect();
        let mut header = vec![words.report_waited()];
        header.extend(self.who_and_what_names());
        header.extend([words.report_answered_by(), words.page_answered_at()]);
        table("slowest", words.page_slowest(), "texts", &header, rows, below)
    }

    fn who_and_what_names(&self) -> [&'static str; 5] {
        let words = self.words;
        [
            words.report_asked_at(),
            words.page_channel(),
            words.report_author(),
            words.report_desk(),
            words.report_text(),
        ]
    }

    fn who_and_what(&self, request: &Request) -> [Value; 5] {
        [
            cell(&self.moment(request.opened_at())),
            named(&clean(request.channel.as_str(), NAME)),
            named(&clean(&request.author_name, NAME)),
            cell(self.words.route(request.route)),
            context! { said => clean(&request.text(), TEXT), kind => "text" },
        ]
    }

    /// How much was written where, and how much of it was for a desk.
    fn channels(&self) -> Value {
        let words = self.words;
        let mut asked: HashMap<&ChannelId, (usize, usize)> = HashMap::new();
        for request in self.counted() {
            let (requests, waiting) = asked.entry(&request.channel).or_default();
            *requests += 1;
            *waiting += usize::from(request.first_response.is_none());
        }
        let mut channels: Vec<(&ChannelId, usize)> =
            self.replayed.channels.iter().map(|(id, count)| (id, *count)).collect();
        channels.sort_by_key(|(_, messages)| Reverse(*messages));
        let row = |(id, messages): &(&ChannelId, usize)| {
            let (requests, waiting) = asked.get(id).copied().unwrap_or_default();
            let counts = [*messages, requests, requests - waiting, waiting];
            let mut row = vec![named(&clean(id.as_str(), NAME))];
            row.extend(counts.map(|count| cell(&count.to_string())));
            row
        };
        let more = channels.len().saturating_sub(CHANNELS);
        let below = if more > 0 { words.page_more_channels(more) } else { String::new() };
        let header = [
            words.page_channel(),
            words.page_messages(),
            words.report_requests(),
            words.report_answered(),
            words.report_waiting(),
        ];
        let rows = channels.iter().take(CHANNELS).map(row).collect();
        table("channels", words.page_by_channel(), "numbers", &header, rows, &below)
    }

    /// The requests that the figures are about.
    fn counted(&self) -> impl Iterator<Item = &Request> {
        self.replayed.requests.iter().filter(|request| request.state.status() != Status::Dismissed)
    }
}

/// A table whose first column names the rows; `kind` says how the others are aligned.
fn table(id: &str, title: &str, kind: &str, header: &[&str], rows: Vec<Vec<Value>>, below: &str) -> Value {
    let header: Vec<String> = header.iter().map(|&name| name.to_owned()).collect();
    context! { id, title, kind, header, rows, below }
}

fn cell(said: &str) -> Value {
    context! { said, kind => "" }
}

/// A cell that may be long: it breaks where it has to.
fn named(said: &str) -> Value {
    context! { said, kind => "name" }
}
