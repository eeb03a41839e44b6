//! The card: what a desk sees of a request, before any platform has drawn it.
//!
//! Text that people wrote only ever stands in [`Piece::Text`], the quote and the names, so that a renderer knows what
//! it has to escape.

use super::action::{Action, More};
use super::ids::{ChannelId, MessageId, RequestId, RoleId, UserId};
use super::label::Route;
use super::request::{Request, RequestState, Status};
use super::settings::{Language, Settings};
use super::time::Timestamp;
use super::words::Words;

/// What a desk sees of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The request; its id stands in every custom id.
    pub request: RequestId,
    /// The state, as a colour and an icon.
    pub status: Status,
    /// The state as a word, in the community's language.
    pub status_word: &'static str,
    /// The desk.
    pub route: Route,
    /// The desk's name and the state: the first thing that is read.
    pub title: String,
    /// What the member wrote, unescaped.
    pub quote: String,
    /// Name to show as the author, unescaped.
    pub author_name: String,
    /// The address of the member's message.
    pub link: String,
    /// The message behind `link`.
    pub message: MessageId,
    /// What the link is called.
    pub link_word: &'static str,
    /// Facts, one a line.
    pub lines: Vec<Line>,
    /// The buttons, enabled where the state allows them; none when the request is closed.
    pub buttons: Vec<Button>,
    /// What the re-route select says before something is chosen.
    pub reroute_word: &'static str,
    /// The button that says what the times on the card mean; none where it shows none.
    pub what_times_mean: Option<&'static str>,
    /// The desks to choose from, this one among them as the one chosen; empty when the request is closed.
    pub reroute_to: Vec<Choice>,
    /// What the select of what is chosen less often says before something is chosen.
    pub more_word: &'static str,
    /// What there is to choose from in this state.
    pub more: Vec<(More, &'static str)>,
}

/// A desk in the re-route select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The desk.
    pub route: Route,
    /// Its name.
    pub label: &'static str,
    /// Whether the request is there now.
    pub is_current: bool,
}

/// One fact on a card.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is about.
    pub name: &'static str,
    /// The fact.
    pub value: Vec<Piece>,
    /// Whether it fits beside another.
    pub is_short: bool,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Words; to be escaped.
    Text(String),
    /// A person, shown by name and not pinged.
    Person(UserId),
    /// A channel, shown as a link to it.
    Channel(ChannelId),
    /// A role, shown by name and not pinged.
    Role(RoleId),
    /// A point in time, shown in the reader's own zone where the platform can.
    Time(Timestamp),
    /// Words that lead to an address of ours or the platform's; only the words are to be escaped.
    Link {
        /// What is shown.
        words: String,
        /// Where it leads.
        address: String,
    },
}

impl Piece {
    /// The words, if it is nothing else.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(words) => Some(words),
            Self::Person(_) | Self::Channel(_) | Self::Role(_) | Self::Time(_) | Self::Link { .. } => None,
        }
    }

    /// Words; to be escaped.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub action: Action,
    /// What is written on it.
    pub label: &'static str,
    /// Whether the state allows it.
    pub is_enabled: bool,
}

/// What a desk should know of a member's earlier requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// How many there were, dismissed ones left out.
    pub count: u64,
    /// The latest, newest first; a few.
    pub latest: Vec<PastRequest>,
}

/// An earlier request in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRequest {
    /// Which.
    pub id: RequestId,
    /// Who had to answer.
    pub route: Route,
    /// What became of it.
    pub status: Status,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// How many of an author's earlier requests a card names.
pub const PAST_SHOWN: usize = 3;

impl Card {
    /// Draws the request as it is now. `can_draft` says whether a language model is there to draft an answer.
    #[must_use]
    pub fn of(request: &Request, settings: &Settings, past: &Past, link: String, can_draft: bool) -> Self {
        let words = Words::new(settings.community.language);
        let status = request.state.status();
        let is_live = !matches!(status, Status::Resolved | Status::Dismissed);
        let text = request.text();
        Self {
            request: request.id.clone(),
            status,
            status_word: words.status(status),
            route: request.route,
            title: format!(
                "{} {} · {}",
                Words::emoji(request.route),
                words.route(request.route),
                words.status(status)
            ),
            quote: if text.is_empty() { words.text_is_gone().to_owned() } else { text },
            author_name: if request.author.is_erased() {
                words.erased_person().to_owned()
            } else {
                request.author_name.clone()
            },
            link,
            message: request.opener().id.clone(),
            link_word: words.go_to_message(),
            lines: lines(request, settings, past, words),
            buttons: Action::ALL
                .into_iter()
                .filter(|_| is_live)
                .filter(|action| *action != Action::Draft || (can_draft && status == Status::Claimed))
                .filter_map(|action| {
                    let label = words.button(action)?;
                    Some(Button { action, label, is_enabled: is_possible(action, request) })
                })
                .collect(),
            what_times_mean: shows_times(request, settings).then(|| words.figures_button()),
            more_word: words.more_placeholder(),
            more: More::ALL
                .into_iter()
                .filter(|more| is_offered(*more, request, settings))
                .map(|more| (more, words.more(more)))
                .collect(),
            reroute_word: words.reroute_placeholder(),
            reroute_to: Route::ALL
                .into_iter()
                .filter(|_| is_live)
                .map(|route| Choice { route, label: words.route(route), is_current: route == request.route })
                .collect(),
        }
    }
}

/// Whether pressing `action` makes sense for the request as it is; the state machine has the last word.
const fn is_possible(action: Action, request: &Request) -> bool {
    let status = request.state.status();
    let asks_again = matches!(status, Status::Answered) && request.needs_answer();
    match action {
        Action::Claim => matches!(status, Status::Open) || asks_again,
        Action::Answered => matches!(status, Status::Open | Status::Claimed) || asks_again,
        Action::Draft => matches!(status, Status::Claimed),
        Action::Resolve => matches!(status, Status::Answered),
        Action::Dismiss | Action::Reroute | Action::More => {
            matches!(status, Status::Open | Status::Claimed | Status::Answered)
        }
    }
}

/// Whether a choice makes sense for the request as it is; the state machine has the last word.
fn is_offered(more: More, request: &Request, settings: &Settings) -> bool {
    match more {
        More::Snooze { .. } => request.needs_answer(),
        More::SnoozeToOpening => {
            request.needs_answer() && settings.desk(request.route).is_some_and(|desk| !desk.hours.is_always())
        }
        More::Urgent => request.needs_answer() && !request.course.is_urgent,
        More::NotAnswered => request.may_be_unanswered(),
    }
}

/// Whether one of the card's lines is a figure: a response time, or the target.
fn shows_times(request: &Request, settings: &Settings) -> bool {
    let is_answered = matches!(request.state, RequestState::Answered { .. });
    is_answered && request.first_response.is_some() || shown_target(request, settings).is_some()
}

/// The target, as long as the member waits.
fn shown_target(request: &Request, settings: &Settings) -> Option<Timestamp> {
    request.target_at(settings).filter(|_| request.course.waiting_since.is_some())
}

fn lines(request: &Request, settings: &Settings, past: &Past, words: Words) -> Vec<Line> {
    let text = |t: String| vec![Piece::Text(t)];
    let mut lines = vec![
        Line { name: words.author(), value: vec![Piece::Person(request.author.clone())], is_short: true },
        Line { name: words.asked(), value: vec![Piece::Time(request.opened_at())], is_short: true },
        Line { name: words.confidence(), value: text(words.judged(&request.verdict)), is_short: true },
    ];
    if !request.verdict.why.is_empty() {
        lines
            .push(Line { name: words.why(), value: text(request.verdict.why.join(" · ")), is_short: false });
    }
    if let Some(also) = request.also {
        lines.push(Line { name: words.also(), value: text(words.route(also).to_owned()), is_short: true });
    }
    if let Some(line) = handling(request, words) {
        lines.push(line);
    }
    lines.extend(clock_lines(request, settings, words));
    let experts = settings.experts_on(&request.text());
    if !experts.is_empty() {
        lines.push(Line {
            name: words.might_know(),
            value: separated(experts.into_iter().map(|e| vec![Piece::Person(e.user.clone())]), ", "),
            is_short: true,
        });
    }
    lines.push(Line { name: words.history(), value: history(past, words), is_short: false });
    for line in &mut lines {
        words.name_erased(&mut line.value);
    }
    lines
}

/// What the clock says of it: urgent, waiting again, paused, the target, a member's answer.
fn clock_lines(request: &Request, settings: &Settings, words: Words) -> Vec<Line> {
    let line = |name, value| Line { name, value, is_short: true };
    let course = &request.course;
    let mut lines = Vec::new();
    if course.is_urgent && course.waiting_since.is_some() {
        lines.push(line(words.urgent(), vec![Piece::text("🔴")]));
    }
    if let Some(since) = course.waiting_since.filter(|_| request.first_response.is_some()) {
        lines.push(line(words.asks_again(), vec![Piece::Time(since)]));
    }
    if let Some(snooze) = &course.snooze {
        lines.push(line(words.paused(), vec![Piece::Time(snooze.until)]));
    }
    lines.extend(shown_target(request, settings).map(|at| line(words.target(), vec![Piece::Time(at)])));
    if let Some(answer) = course.community_answer.as_ref().filter(|_| request.is_waiting()) {
        let value = words.member_answered(&answer.by, answer.at);
        lines.push(Line { name: words.member_answered_name(), value, is_short: false });
    }
    lines
}

/// Who has done what with it, and how long the member waited.
fn handling(request: &Request, words: Words) -> Option<Line> {
    let line = |name, value| Some(Line { name, value, is_short: false });
    let who_when = |by: &UserId, at: Timestamp| {
        vec![Piece::Person(by.clone()), Piece::Text(" · ".to_owned()), Piece::Time(at)]
    };
    match &request.state {
        RequestState::Open => None,
        RequestState::Claimed { by, at } => line(words.claimed_by(), who_when(by, *at)),
        RequestState::Answered { by, at } => {
            let mut value = who_when(by, *at);
            if let Some(first) = &request.first_response {
                value.push(Piece::Text(format!(" · {}", words.after(first.response_time))));
            }
            line(words.answered_by(), value)
        }
        RequestState::Resolved { by, at } => line(words.resolved_by(), who_when(by, *at)),
        RequestState::Dismissed { by: Some(by), at } => line(words.dismissed_by(), who_when(by, *at)),
        RequestState::Dismissed { by: None, .. } => {
            line(words.status(Status::Dismissed), vec![Piece::Text(words.withdrawn().to_owned())])
        }
    }
}

fn history(past: &Past, words: Words) -> Vec<Piece> {
    if past.count == 0 {
        return vec![Piece::Text(words.first_request().to_owned())];
    }
    let mut value = vec![Piece::Text(words.earlier_requests(past.count))];
    for request in &past.latest {
        value.push(Piece::Text(format!(
            "\n{} {} · ",
            Words::emoji(request.route),
            words.status(request.status)
        )));
        value.push(Piece::Time(request.opened_at));
    }
    value
}

/// The groups one after the other with a separator between them.
fn separated(groups: impl Iterator<Item = Vec<Piece>>, separator: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    for group in groups {
        if !all.is_empty() {
            all.push(Piece::Text(separator.to_owned()));
        }
        all.extend(group);
    }
    all
}

/// The line that stays of a card whose request went elsewhere.
#[must_use]
pub fn retired_line(language: Language, from: Route, to: Route) -> String {
    let words = Words::new(language);
    if from == to { words.replaced_by_newer_card().to_owned() } else { words.went_to(to) }
}
