//! What came of an export as a report for people: a few tables and bars for a terminal, in the community's language.
//!
//! Names and texts are members' own: they are put on one line, without control characters, so that nothing in them
//! can move the cursor or break a table.

use std::fmt;

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use crate::app::replay::Replayed;
use crate::domain::label::Route;
use crate::domain::request::{Request, Status};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timing::Summary;
use crate::domain::words::Words;
use crate::stats::Tally;

/// How many of the longest waits are shown.
const WAITS: usize = 10;
/// Characters of a text that a line shows.
const TEXT: usize = 44;
/// Characters of a name that a line shows.
const NAME: usize = 18;
/// One line below the header and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// The longest bar.
const BAR: usize = 40;
/// Where the bars' classes end, in seconds.
const CLASSES: [i64; 7] = [60, 5 * 60, 15 * 60, 30 * 60, 3600, 4 * 3600, 24 * 3600];

/// The report; shown line by line.
pub(super) struct Report<'a> {
    replayed: &'a Replayed,
    words: Words,
}

impl<'a> Report<'a> {
    pub(super) const fn of(replayed: &'a Replayed) -> Self {
        Self { replayed, words: Words::new(replayed.settings.community.language) }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { replayed, words } = self;
        let (first, last) = replayed.period;
        let zone = replayed.settings.community.timezone.iana_name().unwrap_or("UTC");
        let total = &replayed.figures.total;
        writeln!(f, "{}", clean(&replayed.settings.community.name, usize::MAX))?;
        writeln!(
            f,
            "{}",
            words.report_read(replayed.messages, &self.moment(first), &self.moment(last), zone)
        )?;
        if replayed.in_review > 0 {
            writeln!(f, "{}", words.report_in_review(replayed.in_review))?;
        }
        if replayed.requests.is_empty() {
            return writeln!(f, "{}", words.report_no_requests());
        }
        writeln!(f, "{}\n", words.report_found(total.requests, total.answered, replayed.ignored))?;
        writeln!(f, "{}\n", self.desks())?;
        if total.answered > 0 {
            writeln!(f, "{}\n{}\n", words.report_first_response(), self.response_times())?;
            self.bars(f)?;
        }
        self.longest_waits(f)
    }
}

impl Report<'_> {
    /// Each desk with its numbers, and all together.
    fn desks(&self) -> Table {
        let words = self.words;
        let mut table = table([
            words.report_desk(),
            words.report_requests(),
            words.report_answered(),
            words.report_waiting(),
            words.report_oldest(),
            words.report_in_target(),
        ]);
        for (name, tally) in self.tallies() {
            table.add_row([
                name.to_owned(),
                tally.requests.to_string(),
                tally.answered.to_string(),
                tally.waiting.to_string(),
                tally.oldest_waiting.map_or_else(nothing, |span| words.duration(span)),
                tally.within_target().map_or_else(nothing, |share| words.report_percent(share)),
            ]);
        }
        right_aligned(table)
    }

    /// Each desk's response times; in its opening hours, too, where these are not always.
    fn response_times(&self) -> Table {
        let words = self.words;
        let mut table = table([words.report_desk(), "p50", "p90", "p95", words.report_longest()]);
        for (name, tally) in self.tallies() {
            let times = tally.first_response;
            let (Some(elapsed), Some(business)) = (times.calendar, times.business) else { continue };
            table.add_row(self.times(name.to_owned(), elapsed));
            if elapsed != business {
                table.add_row(self.times(format!("  {}", words.report_in_hours()), business));
            }
        }
        right_aligned(table)
    }

    fn times(&self, name: String, summary: Summary) -> [String; 5] {
        let said = |seconds| self.words.duration(Span::seconds(seconds));
        [name, said(summary.p50), said(summary.p90), said(summary.p95), said(summary.max)]
    }

    /// The desks that had something to do, and all together where there are several.
    fn tallies(&self) -> Vec<(&'static str, &Tally)> {
        let figures = &self.replayed.figures;
        let busy = figures.by_route.iter().filter(|(_, tally)| tally.requests > 0);
        let mut tallies: Vec<_> =
            busy.map(|(route, tally): &(Route, _)| (self.words.route(*route), tally)).collect();
        if tallies.len() > 1 {
            tallies.push((self.words.report_all(), &figures.total));
        }
        tallies
    }

    /// How many were answered how fast, as bars.
    fn bars(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts = [0_usize; CLASSES.len() + 1];
        for request in self.counted() {
            if let Some(first) = &request.first_response {
                let seconds = first.response_time.as_seconds();
                counts[CLASSES.partition_point(|end| *end <= seconds)] += 1;
            }
        }
        let greatest = counts.iter().copied().max().unwrap_or(0).max(1);
        let last = CLASSES[CLASSES.len() - 1];
        let names = CLASSES.iter().map(|end| self.words.report_less_than(Span::seconds(*end)));
        let names = names.chain([self.words.report_at_least(Span::seconds(last))]);
        for (name, count) in names.zip(counts) {
            let bar = "█".repeat((count * BAR).div_ceil(greatest));
            writeln!(f, "{}", format!("  {name:>9}  {bar} {count}").trim_end())?;
        }
        writeln!(f)
    }

    fn longest_waits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.words;
        let mut longest: Vec<(Span, &Request)> = self.counted().map(|r| (self.waited(r), r)).collect();
        longest.sort_by_key(|(waited, request)| (std::cmp::Reverse(*waited), request.opened_at()));
        longest.truncate(WAITS);
        let mut table = table([
            words.report_waited(),
            words.report_asked_at(),
            words.report_author(),
            words.report_desk(),
            words.report_text(),
            words.report_answered_by(),
        ]);
        for (waited, request) in &longest {
            table.add_row([
                words.duration(*waited),
                self.moment(request.opened_at()),
                clean(&request.author_name, NAME),
                words.route(request.route).to_owned(),
                clean(&request.text(), TEXT),
                self.answer(request),
            ]);
        }
        writeln!(f, "{}\n{table}", words.report_longest_waits(longest.len()))
    }

    /// Who answered, and how that was found out.
    fn answer(&self, request: &Request) -> String {
        let Some(first) = &request.first_response else {
            return self.words.report_still_waiting().to_owned();
        };
        let name = self.replayed.employees.get(&first.by).map_or(first.by.as_str(), String::as_str);
        self.words.report_answer(&clean(name, NAME), first.link)
    }

    /// Until the first response, or until the export's end.
    fn waited(&self, request: &Request) -> Span {
        let so_far = || Span::between(request.opened_at(), self.replayed.period.1);
        request.first_response.as_ref().map_or_else(so_far, |first| first.response_time)
    }

    /// The requests that the figures are about.
    fn counted(&self) -> impl Iterator<Item = &Request> {
        self.replayed.requests.iter().filter(|request| request.state.status() != Status::Dismissed)
    }

    /// A moment in the community's time zone.
    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.replayed.settings.community.timezone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header);
    table
}

/// Numbers are read from their last digit.
fn right_aligned(mut table: Table) -> Table {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn nothing() -> String {
    "–".to_owned()
}

/// On one line, without control characters, cut after so many characters.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let printable: String = text.chars().map(|c| if is_printable(c) { c } else { ' ' }).collect();
    let line = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        Some(_) => line.chars().take(longest - 1).chain(['…']).collect(),
        None => line,
    }
}

/// Neither a control character nor one of those that turn the direction of writing.
fn is_printable(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}
