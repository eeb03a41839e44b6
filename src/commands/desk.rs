//! `/desk`: the desks, one change at a time.

use super::ask::{Ask, Changed};
use super::{DeskChange, Reply};
use crate::config::community::values;
use crate::domain::card::Piece;
use crate::domain::hours::Hours;
use crate::domain::label::Route;
use crate::domain::settings::{Desk, Settings};
use crate::domain::time::Span;
use crate::domain::words::{Expected, Words};
use crate::store::RequestFilter;

/// What takes a value away.
const NONE: &str = "none";

impl Ask<'_> {
    /// `/desk set`.
    pub(super) async fn desk_set(&self, change: &DeskChange) -> Reply {
        let words = self.words;
        let Some(route) = change.route else {
            return Reply::refused(words.name_the_desk());
        };
        if change.role.as_ref().is_some_and(|role| self.is_everyone(role)) {
            return Reply::refused(self.words.everyone_is_no_role());
        }
        let at_the_desk = RequestFilter { route: Some(route), ..RequestFilter::default() };
        let waiting = self.count_waiting(at_the_desk).await;
        self.change(|settings| {
            let watched = change.channel.as_ref().is_some_and(|channel| settings.watch(channel).is_some());
            if watched {
                return Err(words.desk_in_watched_channel().to_owned());
            }
            let old = settings.desk(route).cloned();
            let mut desk = match (&old, &change.channel, &change.role) {
                (Some(desk), _, _) => desk.clone(),
                (None, Some(channel), Some(role)) => Desk::new(route, channel.clone(), role.clone()),
                (None, channel, role) => {
                    return Err(words.new_desk_needs(route, channel.is_none(), role.is_none()));
                }
            };
            apply(change, &mut desk, words)?;
            let mut lines = differences(words, old.as_ref(), &desk);
            if old.is_none() {
                lines.insert(0, words.requests_appear(&desk.channel, &desk.role));
                if waiting > 0 {
                    lines.push(vec![Piece::text(words.waited_for_desk(waiting))]);
                }
            } else if lines.is_empty() {
                return Err(words.nothing_changed().to_owned());
            }
            lines.extend(what_follows(words, old.as_ref(), &desk));
            settings.desks.retain(|known| known.route != route);
            settings.desks.push(desk);
            settings.desks.sort_by_key(|desk| desk.route);
            let title = if old.is_none() { words.desk_added(route) } else { words.desk_changed(route) };
            Ok(Changed::new(title, lines))
        })
        .await
    }

    /// `/desk remove`.
    pub(super) async fn desk_remove(&self, route: Route) -> Reply {
        let words = self.words;
        let at_the_desk = RequestFilter { route: Some(route), ..RequestFilter::default() };
        let waiting = self.count_waiting(at_the_desk).await;
        self.change(|settings| {
            if settings.desk(route).is_none() {
                return Err(words.no_such_desk(route));
            }
            settings.desks.retain(|desk| desk.route != route);
            let waits = match waiting {
                0 => words.nothing_waits_there().to_owned(),
                n => words.waiting_without_desk(n),
            };
            let lines = vec![vec![Piece::text(waits)], vec![Piece::text(words.desk_removal_follows())]];
            Ok(Changed::new(words.desk_removed(route), lines))
        })
        .await
    }

    /// `/desk list`.
    pub(super) fn desk_list(&self, settings: &Settings) -> Reply {
        let words = self.words;
        if settings.desks.is_empty() {
            return Reply::facts(words.no_desk(), Vec::new());
        }
        let mut lines = Vec::new();
        for desk in &settings.desks {
            lines.push(vec![Piece::text(words.desk(desk.route))]);
            lines.extend(facts(words, desk).into_iter().map(|(name, value)| {
                let mut line = vec![Piece::text("  ")];
                line.extend(words.fact(name, value));
                line
            }));
        }
        Reply::facts(words.desks(settings.desks.len()), lines)
    }
}

/// Changes what is given; the first wrong value is told.
fn apply(change: &DeskChange, desk: &mut Desk, words: Words) -> Result<(), String> {
    if let Some(channel) = &change.channel {
        desk.channel = channel.clone();
    }
    if let Some(role) = &change.role {
        desk.role = role.clone();
    }
    if let Some(hours) = &change.hours {
        let is_always = hours.trim().eq_ignore_ascii_case("always");
        let parsed = if is_always { Ok(Hours::always()) } else { Hours::parse(hours) };
        desk.hours = parsed.map_err(|error| words.wrong_hours(&error))?;
    }
    if let Some(holidays) = &change.holidays {
        let wrong = |reason: String| words.wrong_value(Expected::Dates, holidays, &reason);
        desk.holidays =
            if is_none(holidays) { Vec::new() } else { values::holidays(holidays).map_err(wrong)? };
    }
    for (typed, kept) in [
        (&change.first_response, &mut desk.first_response),
        (&change.resolution, &mut desk.resolution),
        (&change.remind_after, &mut desk.remind_after),
        (&change.return_after, &mut desk.return_after),
    ] {
        if let Some(text) = typed {
            let wrong = |reason: String| words.wrong_value(Expected::Span, text, &reason);
            *kept = if is_none(text) { None } else { Some(values::span(text).map_err(wrong)?) };
        }
    }
    if let Some(pings) = change.max_pings_per_hour {
        let wrong = |reason: String| words.wrong_value(Expected::Pings, &pings.to_string(), &reason);
        desk.max_pings_per_hour = values::max_pings_per_hour(i64::from(pings)).map_err(wrong)?;
    }
    desk.discreet = change.discreet.unwrap_or(desk.discreet);
    if let Some(role) = &change.escalate_to {
        desk.escalate_to = Some(role.clone());
    }
    if let Some(text) = &change.guidelines {
        let wrong = |reason: String| words.wrong_value(Expected::Guidelines, text, &reason);
        desk.guidelines = if is_none(text) { None } else { Some(values::guidelines(text).map_err(wrong)?) };
    }
    Ok(())
}

fn is_none(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case(NONE)
}

/// The facts of a desk, by name.
fn facts(words: Words, desk: &Desk) -> Vec<(&'static str, Vec<Piece>)> {
    let span = |span: Option<Span>| {
        vec![Piece::text(span.map_or_else(|| words.unset().to_owned(), |span| words.duration(span)))]
    };
    let hours = if desk.hours.is_always() { words.always_open().to_owned() } else { desk.hours.to_string() };
    let holidays: Vec<String> = desk.holidays.iter().map(ToString::to_string).collect();
    let holidays = if holidays.is_empty() { words.unset().to_owned() } else { holidays.join(", ") };
    let escalate = desk.escalate_to.clone().map_or_else(|| Piece::text(words.unset()), Piece::Role);
    vec![
        (words.channel_setting(), vec![Piece::Channel(desk.channel.clone())]),
        (words.role_setting(), vec![Piece::Role(desk.role.clone())]),
        (words.hours_setting(), vec![Piece::text(hours)]),
        (words.holidays_setting(), vec![Piece::text(holidays)]),
        (words.first_response_setting(), span(desk.first_response)),
        (words.resolution_setting(), span(desk.resolution)),
        (words.remind_after_setting(), span(desk.remind_after)),
        (words.return_after_setting(), span(desk.return_after)),
        (words.max_pings_setting(), vec![Piece::text(desk.max_pings_per_hour.to_string())]),
        (words.discreet_setting(), vec![Piece::text(words.yes_or_no(desk.discreet))]),
        (words.escalate_setting(), vec![escalate]),
        (
            words.guidelines_setting(),
            vec![Piece::text(desk.guidelines.clone().unwrap_or_else(|| words.unset().to_owned()))],
        ),
    ]
}

/// What is different, old → new; nothing for a new desk.
fn differences(words: Words, old: Option<&Desk>, new: &Desk) -> Vec<Vec<Piece>> {
    let Some(old) = old else { return Vec::new() };
    let pairs = facts(words, old).into_iter().zip(facts(words, new));
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| words.change(name, before, after))
        .collect()
}

/// What a change means for what is there already.
fn what_follows(words: Words, old: Option<&Desk>, new: &Desk) -> Vec<Vec<Piece>> {
    let Some(old) = old else { return Vec::new() };
    let mut lines = Vec::new();
    if old.channel != new.channel {
        lines.push(words.cards_appear(&new.channel));
    }
    if (&old.hours, &old.holidays) != (&new.hours, &new.holidays) {
        lines.push(vec![Piece::text(words.hours_follow())]);
    }
    if old.first_response != new.first_response {
        lines.push(vec![Piece::text(words.target_follows())]);
    }
    lines
}
