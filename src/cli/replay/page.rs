//! What came of an export as a page: one file without scripts that needs nothing else, in the community's language.
//!
//! Names and texts are members' own. The template escapes all it is given; only our own drawings go in as they are.

mod tables;

use std::path::Path;

use anyhow::Context;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::report::clean;
use crate::app::replay::Replayed;
use crate::domain::time::{Span, Timestamp};
use crate::domain::words::Words;
use crate::stats::Times;
use crate::stats::chart::FiguresChart;
use crate::stats::picture::picture;

const TEMPLATE: (&str, &str) = ("replay.html", include_str!("../../../templates/replay.html"));
/// Characters of a name that are shown.
const NAME: usize = 40;

/// The page; `config` is the community file that it ran on.
///
/// # Errors
/// Never: the template is tried by the tests.
pub(super) fn page(replayed: &Replayed, config: Option<&Path>) -> anyhow::Result<String> {
    let page = Page { replayed, words: Words::new(replayed.settings.community.language) };
    let mut templates = Environment::empty();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.add_template(TEMPLATE.0, TEMPLATE.1).context("the page's template is wrong")?;
    let template = templates.get_template(TEMPLATE.0).context("the page's template is missing")?;
    template.render(page.values(config)).context("the page's template cannot be filled")
}

/// What the template is filled with.
struct Page<'a> {
    replayed: &'a Replayed,
    words: Words,
}

impl Page<'_> {
    fn values(&self, config: Option<&Path>) -> Value {
        let (words, replayed) = (self.words, self.replayed);
        let (first, last) = replayed.period;
        let zone = replayed.settings.community.timezone.iana_name().unwrap_or("UTC");
        let title = clean(&replayed.settings.community.name, NAME);
        let meanings = words.page_meanings().map(|(term, means)| context! { term, means });
        context! {
            lang => words.language_tag(),
            subject => words.page_subject(),
            read => words.report_read(replayed.messages, &self.moment(first), &self.moment(last), zone),
            notes => self.notes(config),
            cards => self.cards(),
            panels => self.panels(title.clone()),
            title,
            tables => self.tables(),
            left_out => self.left_out(),
            definitions => words.page_definitions(),
            meanings => Vec::from(meanings),
        }
    }

    /// What was assumed, and what whoever reads should know before they trust the figures.
    fn notes(&self, config: Option<&Path>) -> Vec<String> {
        let (words, replayed) = (self.words, self.replayed);
        // Not its path: the page may be handed on.
        let file = config.map(|config| config.file_name().unwrap_or_default().to_string_lossy());
        let target = replayed.settings.desks.first().and_then(|desk| desk.first_response);
        let mut notes = vec![file.map_or_else(
            || words.page_default_desks(target),
            |file| words.page_configured(&clean(&file, NAME)),
        )];
        if replayed.broken.is_some() {
            notes.push(words.page_broken().to_owned());
        }
        if replayed.employees.is_empty() {
            notes.push(words.page_no_employees().to_owned());
        }
        if replayed.requests.is_empty() {
            notes.push(words.report_no_requests().to_owned());
        }
        notes
    }

    /// The key figures: what a person reads, and the same as the number of the document.
    fn cards(&self) -> Vec<Value> {
        let (words, total) = (self.words, &self.replayed.figures.total);
        let count = |figure: &str, label: &str, count: usize, note: String| {
            context! { figure, label, value => count.to_string(), shown => count.to_string(), note }
        };
        #[expect(clippy::cast_precision_loss, reason = "numbers of requests are exact in an f64")]
        let share =
            |part: usize, all: usize| (all > 0).then(|| words.report_percent(part as f64 / all as f64));
        let answered = share(total.answered, total.requests).unwrap_or_default();
        let oldest = total.oldest_waiting.map_or_else(String::new, |oldest| words.page_oldest(oldest));
        let within = total.within_target();
        let judged = total.in_target + total.missed;
        let mut cards = vec![
            count("requests", words.report_requests(), total.requests, String::new()),
            count("answered", words.report_answered(), total.answered, answered),
            count("waiting", words.report_waiting(), total.waiting, oldest),
            context! {
                figure => "within_target",
                label => words.report_in_target(),
                value => within.map_or_else(String::new, |share| share.to_string()),
                shown => within.map_or_else(nothing, |share| words.report_percent(share)),
                note => if judged > 0 { words.page_of(total.in_target, judged) } else { String::new() },
            },
        ];
        let Times { calendar: first, business } = total.first_response;
        let business = business.filter(|business| first.is_some_and(|first| first != *business));
        for (figure, label, seconds, in_hours) in [
            ("p50", words.page_median(), first.map(|s| s.p50), business.map(|s| s.p50)),
            ("p90", words.page_nine_in_ten(), first.map(|s| s.p90), business.map(|s| s.p90)),
            ("p95", words.page_nineteen_in_twenty(), first.map(|s| s.p95), business.map(|s| s.p95)),
        ] {
            let say = |seconds: i64| words.duration(Span::seconds(seconds));
            let note = in_hours.map(|seconds| format!("{} {}", say(seconds), words.report_in_hours()));
            cards.push(context! {
                figure,
                label,
                value => seconds.map_or_else(String::new, |seconds| seconds.to_string()),
                shown => seconds.map_or_else(nothing, say),
                note => note.unwrap_or_default(),
            });
        }
        cards
    }

    /// The drawings, as a page takes them: without the name space that only a file of its own needs.
    fn panels(&self, title: String) -> Vec<Value> {
        let replayed = self.replayed;
        let drawn: FiguresChart =
            picture(&replayed.measures, &replayed.settings, replayed.period, replayed.period.1, title);
        [drawn.times_svg(), drawn.heat_svg(), drawn.waiting_svg()]
            .map(|svg| Value::from_safe_string(svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)))
            .into()
    }

    /// What is in none of the figures.
    fn left_out(&self) -> Vec<String> {
        let mut lines = vec![self.words.page_ignored(self.replayed.ignored)];
        if self.replayed.in_review > 0 {
            let listed = usize::try_from(self.replayed.in_review).unwrap_or(usize::MAX);
            lines.push(self.words.page_in_review(listed));
        }
        if self.replayed.figures.total.dismissed > 0 {
            lines.push(self.words.dismissed_apart(self.replayed.figures.total.dismissed));
        }
        lines
    }

    /// A moment in the community's time zone.
    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.replayed.settings.community.timezone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

fn nothing() -> String {
    "–".to_owned()
}
