//! The words of the picture of the figures, and of the paragraph that stands for it.

use super::Words;
use crate::domain::label::Route;
use crate::domain::settings::Language;
use crate::domain::time::{Span, civil};

impl Words {
    /// Above the response times.
    #[must_use]
    pub const fn chart_times(self) -> &'static str {
        self.pick("First response: median, in opening hours", "Première réponse : médiane, en heures ouvrées")
    }

    /// Above the hours of the day.
    #[must_use]
    pub const fn chart_heat(self) -> &'static str {
        self.pick("Requests by hour of the day", "Demandes selon l'heure de la journée")
    }

    /// Above what waits.
    #[must_use]
    pub const fn chart_waiting(self) -> &'static str {
        self.pick("Who waits, least time left first", "Qui attend, le plus urgent d'abord")
    }

    /// A desk's target.
    #[must_use]
    pub fn chart_target(self, target: Span) -> String {
        format!("{} {}", self.chart_target_mark(), self.limit(target))
    }

    /// The name of the stroke at which a target ends.
    #[must_use]
    pub const fn chart_target_mark(self) -> &'static str {
        self.pick("target", "objectif")
    }

    /// Whoever waits has waited longer than the target.
    #[must_use]
    pub const fn chart_late(self) -> &'static str {
        self.pick("late", "en retard")
    }

    /// No request of this time was answered.
    #[must_use]
    pub const fn chart_no_answers(self) -> &'static str {
        self.pick("No answer in this time.", "Aucune réponse sur cette période.")
    }

    /// Every request is answered.
    #[must_use]
    pub const fn chart_nobody_waits(self) -> &'static str {
        self.pick("Nobody waits.", "Personne n'attend.")
    }

    /// Waiting requests that are not shown.
    #[must_use]
    pub fn chart_more_waiting(self, n: usize) -> String {
        self.many(n, ("… and 1 more", "… and {n} more"), ("… et {n} autre", "… et {n} autres"))
    }

    /// A waiting request: its desk and its short id.
    #[must_use]
    pub fn chart_wait(self, route: Route, id: &str) -> String {
        format!("{} · {id}", self.route(route))
    }

    /// How many requests came, and the hour of the day with the most, where one stands out.
    #[must_use]
    pub fn chart_row(self, requests: usize, peak: Option<(usize, u32)>) -> String {
        let said = self.requests(requests);
        let Some((hour, most)) = peak else { return said };
        match (self.language, requests) {
            (Language::En, 1) => format!("{said}, at {hour}:00"),
            (Language::Fr, 1) => format!("{said}, à {hour} h"),
            (Language::En, _) => format!("{said}, most at {hour}:00 ({most})"),
            (Language::Fr, _) => format!("{said}, surtout à {hour} h ({most})"),
        }
    }

    /// A moment as the axis has room for it: a day, and its hour.
    #[must_use]
    pub fn chart_hour(self, at: civil::DateTime) -> String {
        match self.language {
            Language::En => format!("{} {}:00", self.short_day(at.date()), at.hour()),
            Language::Fr => format!("{} {} h", self.short_day(at.date()), at.hour()),
        }
    }

    /// A month as the axis has room for it.
    #[must_use]
    pub fn chart_month(self, first: civil::Date) -> String {
        match self.language {
            Language::En => first.strftime("%b %Y").to_string(),
            Language::Fr => first.strftime("%m/%Y").to_string(),
        }
    }

    /// A desk without an answer, in words.
    #[must_use]
    pub fn alt_no_answer(self, name: &str) -> String {
        match self.language {
            Language::En => format!("{name}: no answer"),
            Language::Fr => format!("{name} : aucune réponse"),
        }
    }

    /// A desk whose answers are all of one day (or week), in words: the day and the median.
    #[must_use]
    pub fn alt_one_time(self, name: &str, (day, median): (&str, Span)) -> String {
        let median = self.duration(median);
        match self.language {
            Language::En => format!("{name}: {median} ({day})"),
            Language::Fr => format!("{name} : {median} ({day})"),
        }
    }

    /// A desk's line in words: its first and last day with the median, and the least and the greatest median.
    #[must_use]
    pub fn alt_line(
        self,
        name: &str,
        (first_day, first): (&str, Span),
        (last_day, last): (&str, Span),
        (shortest, longest): (Span, Span),
    ) -> String {
        let [first, last, shortest, longest] =
            [first, last, shortest, longest].map(|span| self.duration(span));
        match self.language {
            Language::En => format!(
                "{name}: {first} ({first_day}), at last {last} ({last_day}), between {shortest} and {longest}"
            ),
            Language::Fr => format!(
                "{name} : {first} ({first_day}), à la fin {last} ({last_day}), entre {shortest} et {longest}"
            ),
        }
    }

    /// A desk and what is said of it.
    #[must_use]
    pub fn alt_row(self, name: &str, says: &str) -> String {
        format!("{name}{}{says}", self.pick(": ", " : "))
    }

    /// A waiting request in words.
    #[must_use]
    pub fn alt_wait(self, label: &str, waited: Span, target: Option<Span>, is_late: bool) -> String {
        let waited = self.duration(waited);
        match target.map(|target| self.chart_target(target)) {
            None => format!("{label} {waited}"),
            Some(target) if is_late => format!("{label} {waited} ({}, {target})", self.chart_late()),
            Some(target) => format!("{label} {waited} ({target})"),
        }
    }

    /// A heading and what stands under it, as a sentence.
    #[must_use]
    pub fn alt_part(self, heading: &str, parts: &[String]) -> String {
        let semicolon = self.pick("; ", " ; ");
        format!("{heading} – {}.", parts.join(semicolon).trim_end_matches('.'))
    }
}
