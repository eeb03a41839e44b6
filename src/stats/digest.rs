//! How a week went, for the coordinator: what came, how fast, what was missed, what changed.

use super::chart::FiguresChart;
use super::{Figures, Question, Tally, answer, pictured};
use crate::domain::card::Piece;
use crate::domain::lesson::Week;
use crate::domain::request::Request;
use crate::domain::settings::Settings;
use crate::domain::time::{TimeZone, Timestamp};
use crate::domain::words::{Change, Words};
use crate::store::{Page, RequestFilter, Store, StoreError};

/// How many of those that still wait are named.
const NAMED: u32 = 5;

/// How a week went.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// The headline.
    pub title: String,
    /// What there is to say.
    pub lines: Vec<Vec<Piece>>,
    /// The picture of the week.
    pub chart: FiguresChart,
}

/// How a week went; `None` when nothing came and nothing waits. `link` gives the address of a request's message.
///
/// # Errors
/// When the store cannot be read.
pub async fn digest(
    store: &dyn Store,
    settings: &Settings,
    week: Week,
    link: impl Fn(&Request) -> String,
    now: Timestamp,
) -> Result<Option<Digest>, StoreError> {
    let words = Words::new(settings.community.language);
    let title = words.digest_title(week.monday(), &settings.community.name);
    let zone = &settings.community.timezone;
    let (this, chart) = pictured(store, settings, &of_week(week, zone), now, title.clone()).await?;
    let before = answer(store, settings, &of_week(week.before(1), zone), now).await?;
    let still_waits =
        RequestFilter { to: Some(week.next().begins(zone)), is_awaiting: true, ..RequestFilter::default() };
    let waiting = store.count(&settings.community.id, &still_waits).await?;
    if this.total.requests == 0 && waiting == 0 {
        return Ok(None);
    }
    let mut lines = vec![text(
        words.digest_came(this.total.requests, change(&this, &before, |tally| Some(tally.requests))),
    )];
    for (route, tally) in this.by_route.iter().filter(|(_, tally)| tally.requests > 0) {
        lines.push(text(words.digest_desk(*route, tally.requests, tally.within_target())));
    }
    lines.extend(how_fast(words, &this, &before).map(text));
    lines.push(text(words.digest_missed(this.total.missed, this.total.waiting)));
    if this.total.reopened + this.total.rerouted > 0 {
        lines.push(text(words.digest_moved(this.total.reopened, this.total.rerouted)));
    }
    // The longest wait first.
    let page = Page::OldestFirst { limit: NAMED };
    let named = store.requests(&settings.community.id, &still_waits, page).await?;
    for request in &named {
        let waited = crate::domain::time::Span::between(request.opened_at(), now);
        lines.push(vec![
            Piece::text("• "),
            Piece::Link { words: words.still_waits(request.route, waited), address: link(request) },
            Piece::text(format!(" · {}", request.id.short())),
        ]);
    }
    if waiting > named.len() {
        lines.push(text(words.and_more(waiting - named.len())));
    }
    Ok(Some(Digest { title, lines, chart }))
}

fn of_week(week: Week, zone: &TimeZone) -> Question {
    Question { from: Some(week.begins(zone)), to: Some(week.next().begins(zone)), ..Question::default() }
}

fn how_fast(words: Words, this: &Figures, before: &Figures) -> Option<String> {
    let median = |tally: &Tally| tally.first_response.business.map(|summary| summary.p50);
    let now = this.total.first_response.business?;
    let share = this.total.within_target();
    Some(words.digest_fast(&now, change(this, before, median), share, before.total.within_target()))
}

fn change<T: Copy + PartialOrd>(
    this: &Figures,
    before: &Figures,
    figure: impl Fn(&Tally) -> Option<T>,
) -> Option<Change> {
    // A week without a request says nothing about the one after it.
    let (now, then) = (figure(&this.total)?, figure(&before.total).filter(|_| before.total.requests > 0)?);
    Some(if now > then {
        Change::Up
    } else if now < then {
        Change::Down
    } else {
        Change::Same
    })
}

fn text(words: String) -> Vec<Piece> {
    vec![Piece::text(words)]
}
