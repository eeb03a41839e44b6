//! The wizard's pages, drawn from the state of things; pure.
//!
//! Discord takes five rows of components, 25 options a select, 25 chosen values and 100 characters a custom id.

use serde_json::{Value, json};

use super::super::commands::{FOR_A_DESK, WATCHABLE};
use super::super::interactions::Page;
use crate::commands::{Reply, Tone};
use crate::domain::card::Piece;
use crate::domain::gap::{Gap, Missed};
use crate::domain::hours::Hours;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::Route;
use crate::domain::settings::{Desk, Language, Settings};
use crate::domain::words::Words;

/// How many values a select can show as chosen.
const CHOSEN: usize = 25;
/// How many channels, and how many reasons, a line or a page names.
const NAMED: usize = 15;
const REASONS: usize = 3;

/// Discord's types of selects.
const STRING: u8 = 3;
const ROLE: u8 = 6;
const CHANNEL: u8 = 8;

/// Discord's styles of buttons.
const PRIMARY: u8 = 1;
const SECONDARY: u8 = 2;
const SUCCESS: u8 = 3;

/// How things stand.
#[derive(Clone, Debug)]
pub struct State {
    /// In the community's language.
    pub words: Words,
    /// What is set.
    pub settings: Settings,
    /// The permissions that are missing, by channel.
    pub lacking: Vec<(ChannelId, Vec<&'static str>)>,
    /// Watched channels that do not exist (any more).
    pub gone: Vec<ChannelId>,
    /// What notices wait for, and how many.
    pub stuck: Vec<(String, usize)>,
    /// What was written during times away and has still to be read, and why that does not work.
    pub gaps: Vec<Gap>,
    /// What was left unread lately.
    pub missed: Vec<Missed>,
}

/// What came of a press, above everything else on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How it is coloured.
    pub tone: Tone,
    /// What is said.
    pub line: Vec<Piece>,
}

impl Notice {
    /// It was stored.
    pub fn saved(words: &str) -> Self {
        Self { tone: Tone::Done, line: vec![Piece::text(format!("✅ {words}"))] }
    }

    /// It was half of what is needed.
    pub fn next(words: &str) -> Self {
        Self { tone: Tone::Facts, line: vec![Piece::text(format!("👉 {words}"))] }
    }

    /// It was not possible.
    pub fn refused(words: &str) -> Self {
        Self { tone: Tone::Refused, line: vec![Piece::text(format!("⚠️ {words}"))] }
    }
}

impl State {
    /// The watched channels that the first page shows as chosen, and that a choice there replaces.
    pub fn shown_watches(&self) -> Vec<ChannelId> {
        let watched = self.settings.watches.iter().map(|w| &w.channel);
        watched.filter(|channel| !self.gone.contains(channel)).cloned().collect()
    }

    fn is_ready(&self) -> bool {
        !self.settings.watches.is_empty()
            && self.settings.desks.len() == Route::ALL.len()
            && self.lacking.is_empty()
    }
}

/// The first page: how things stand, and where to go.
pub fn home(state: &State, notice: Option<Notice>) -> Page {
    let words = state.words;
    let mut lines = vec![vec![Piece::text(words.setup_intro())]];
    lines.extend(checklist(state));
    let mut rows = Vec::new();
    let watched = state.shown_watches();
    if watched.len() <= CHOSEN {
        rows.push(row(&[channel_select(
            "watch",
            words.setup_choose_watched(),
            &WATCHABLE,
            &watched,
            (0, CHOSEN),
        )]));
    } else {
        lines.push(vec![Piece::text(words.setup_too_many_watched())]);
    }
    let desks = Route::ALL.map(|route| {
        json!({ "label": words.route(route), "value": route, "emoji": { "name": Words::emoji(route) } })
    });
    rows.push(row(&[json!({
        "type": STRING,
        "custom_id": id("desk"),
        "placeholder": words.setup_choose_desk(),
        "options": desks,
    })]));
    let other_language = match words.language() {
        Language::En => "fr",
        Language::Fr => "en",
    };
    rows.push(row(&[
        button("create", PRIMARY, words.setup_create()),
        button("staff", SECONDARY, words.setup_staff_button()),
        button(other_language, SECONDARY, words.setup_other_language()),
        button("done", SUCCESS, words.setup_done()),
    ]));
    page(words.setup_title(), notice, lines, rows)
}

/// A desk's page; `channel` and `role` are what was chosen before both were.
pub fn desk(
    state: &State,
    route: Route,
    notice: Option<Notice>,
    channel: Option<ChannelId>,
    role: Option<RoleId>,
) -> Page {
    let words = state.words;
    let known = state.settings.desk(route);
    let with = |word: &str, other: Option<&str>| match other {
        Some(other) => format!("{word}:{route}:{other}"),
        None => format!("{word}:{route}"),
    };
    // Once the desk is set up, the settings say both.
    let (pending_channel, pending_role) = if known.is_some() { (None, None) } else { (channel, role) };
    let channel_id = with("desk-channel", pending_role.as_ref().map(RoleId::as_str));
    let role_id = with("desk-role", pending_channel.as_ref().map(ChannelId::as_str));
    let channel: Vec<_> = known.map(|d| d.channel.clone()).or(pending_channel).into_iter().collect();
    let role: Vec<_> = known.map(|d| d.role.clone()).or(pending_role).into_iter().collect();
    let rows = vec![
        row(&[channel_select(&channel_id, words.setup_choose_channel(), &FOR_A_DESK, &channel, (1, 1))]),
        row(&[role_select(&role_id, words.setup_choose_role(), &role, (1, 1))]),
        row(&[button("home", SECONDARY, words.setup_back())]),
    ];
    let lines = vec![vec![Piece::text(words.setup_desk_intro())], desk_line(state, route)];
    page(&format!("{} {}", Words::emoji(route), words.route(route)), notice, lines, rows)
}

/// The page of the staff roles.
pub fn staff(state: &State, notice: Option<Notice>) -> Page {
    let words = state.words;
    let roles: Vec<_> = state.settings.staff.iter().take(CHOSEN).cloned().collect();
    let rows = vec![
        row(&[role_select("staff-roles", words.setup_choose_staff(), &roles, (0, CHOSEN))]),
        row(&[button("home", SECONDARY, words.setup_back())]),
    ];
    let lines = vec![vec![Piece::text(words.setup_staff_intro())], staff_line(state)];
    page(words.setup_staff_button(), notice, lines, rows)
}

/// The summary: what is still missing, and what to do next.
pub fn summary(state: &State) -> Page {
    let words = state.words;
    let mut lines = checklist(state);
    if !state.settings.desks.is_empty() {
        let roles = state.settings.desks.iter().map(|d| Piece::Role(d.role.clone())).collect();
        lines.push(listed("➡️ ", words.setup_next_roles(), roles, words));
        lines.push(vec![Piece::text(format!("➡️ {}", words.setup_next_hours()))]);
    }
    if let Some(channel) =
        state.shown_watches().into_iter().next().filter(|_| !state.settings.desks.is_empty())
    {
        lines.push(vec![Piece::text(format!("➡️ {}", words.setup_next_try())), Piece::Channel(channel)]);
    }
    let is_ready = state.is_ready();
    let title = if is_ready { words.setup_ready() } else { words.setup_not_ready() };
    let rows = vec![row(&[button("home", SECONDARY, words.setup_back())])];
    let mut page = page(title, None, lines, rows);
    page.reply.tone = if is_ready { Tone::Done } else { Tone::Facts };
    page
}

/// What is done and what is not, one a line.
fn checklist(state: &State) -> Vec<Vec<Piece>> {
    let words = state.words;
    let mut lines = vec![watched_line(state)];
    lines.extend(Route::ALL.map(|route| desk_line(state, route)));
    lines.push(staff_line(state));
    let zone = state.settings.community.timezone.iana_name().unwrap_or("UTC");
    lines.push(vec![Piece::text(format!("✅ {}", words.setup_language_and_zone(zone)))]);
    for (channel, lacking) in state.lacking.iter().take(NAMED) {
        lines.push(vec![
            Piece::text("⚠️ "),
            Piece::Channel(channel.clone()),
            Piece::text(format!("{}{}", words.setup_lacks(), lacking.join(", "))),
        ]);
    }
    for (reason, count) in state.stuck.iter().take(REASONS) {
        lines.push(vec![Piece::text(format!("⚠️ {}{reason}", words.setup_waiting_cards(*count)))]);
    }
    lines.extend(unread_lines(state));
    lines
}

/// What was written during times away and is not read.
fn unread_lines(state: &State) -> Vec<Vec<Piece>> {
    let (words, zone) = (state.words, &state.settings.community.timezone);
    let gaps =
        state.gaps.iter().filter_map(|gap| Some(words.not_read_yet(&gap.channel, gap.reason.as_ref()?)));
    let missed = state.missed.iter().map(|missed| words.missed(missed, zone));
    let warned = |line: Vec<Piece>| [Piece::text("⚠️ ")].into_iter().chain(line).collect();
    let mut lines: Vec<Vec<Piece>> = gaps.take(REASONS).map(warned).collect();
    if !state.missed.is_empty() {
        lines.push(warned(vec![Piece::text(words.missed_lately())]));
        lines.extend(missed.take(REASONS));
    }
    lines
}

fn watched_line(state: &State) -> Vec<Piece> {
    let words = state.words;
    if state.settings.watches.is_empty() {
        return vec![Piece::text(format!("⬜ {}", words.setup_nothing_watched()))];
    }
    let channels = state.settings.watches.iter().map(|w| Piece::Channel(w.channel.clone())).collect();
    listed("✅ ", words.setup_watched(), channels, words)
}

fn desk_line(state: &State, route: Route) -> Vec<Piece> {
    let words = state.words;
    let name = format!("{} {}{}", Words::emoji(route), words.route(route), words.setup_colon());
    let Some(Desk { channel, role, hours, .. }) = state.settings.desk(route) else {
        return vec![Piece::text(format!("⬜ {name}{}", words.setup_not_set_up()))];
    };
    let open =
        if *hours == Hours::always() { words.setup_always_open().to_owned() } else { hours.to_string() };
    vec![
        Piece::text(format!("✅ {name}")),
        Piece::Channel(channel.clone()),
        Piece::text(" · "),
        Piece::Role(role.clone()),
        Piece::text(format!(" · {open}")),
    ]
}

fn staff_line(state: &State) -> Vec<Piece> {
    let words = state.words;
    if state.settings.staff.is_empty() {
        return vec![Piece::text(format!("⬜ {}", words.setup_no_staff()))];
    }
    let roles = state.settings.staff.iter().map(|role| Piece::Role(role.clone())).collect();
    listed("✅ ", words.setup_staff(), roles, words)
}

/// A line that names the first few of many.
fn listed(sign: &str, before: &str, pieces: Vec<Piece>, words: Words) -> Vec<Piece> {
    let more = pieces.len().saturating_sub(NAMED);
    let mut line = vec![Piece::text(format!("{sign}{before}"))];
    for (i, piece) in pieces.into_iter().take(NAMED).enumerate() {
        if i > 0 {
            line.push(Piece::text(" "));
        }
        line.push(piece);
    }
    if more > 0 {
        line.push(Piece::text(words.setup_and_more(more)));
    }
    line
}

fn page(title: &str, notice: Option<Notice>, lines: Vec<Vec<Piece>>, components: Vec<Value>) -> Page {
    let tone = notice.as_ref().map_or(Tone::Facts, |notice| notice.tone);
    let lines = notice.into_iter().map(|notice| notice.line).chain(lines).collect();
    let reply = Reply::new(tone, title, lines);
    Page { reply: Box::new(reply), components }
}

fn id(rest: &str) -> String {
    format!("vigie:setup:{rest}")
}

fn row(components: &[Value]) -> Value {
    json!({ "type": 1, "components": components })
}

fn button(rest: &str, style: u8, label: &str) -> Value {
    json!({ "type": 2, "style": style, "custom_id": id(rest), "label": label })
}

fn channel_select(
    rest: &str,
    placeholder: &str,
    types: &[u8],
    chosen: &[ChannelId],
    count: (usize, usize),
) -> Value {
    let chosen: Vec<_> = chosen.iter().map(|channel| json!({ "id": channel, "type": "channel" })).collect();
    let mut select = entity_select(CHANNEL, rest, placeholder, &chosen, count);
    select["channel_types"] = json!(types);
    select
}

fn role_select(rest: &str, placeholder: &str, chosen: &[RoleId], count: (usize, usize)) -> Value {
    let chosen: Vec<_> = chosen.iter().map(|role| json!({ "id": role, "type": "role" })).collect();
    entity_select(ROLE, rest, placeholder, &chosen, count)
}

/// A select whose options are the server's channels or roles.
fn entity_select(
    kind: u8,
    rest: &str,
    placeholder: &str,
    chosen: &[Value],
    (min, max): (usize, usize),
) -> Value {
    json!({
        "type": kind,
        "custom_id": id(rest),
        "placeholder": placeholder,
        "min_values": min,
        "max_values": max,
        "default_values": chosen,
    })
}
