//! Every word said to people, in English and in French, as functions.
//!
//! No other module writes a sentence that a member or an employee reads. The tests snapshot both languages side by
//! side.

mod backfill;
mod card;
mod chart;
mod clock;
mod commands;
mod digest;
mod judging;
mod menus;
mod page;
mod replies;
mod report;
mod setup;
mod troubles;

pub use commands::{Counts, Expected, Left};
pub use digest::Change;

use super::label::{Label, Route};
use super::request::Status;
use super::settings::Language;
use super::time::Span;

/// The words in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The words of that language.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language itself.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }

    /// One of two texts.
    const fn pick<'a>(self, en: &'a str, fr: &'a str) -> &'a str {
        match self.language {
            Language::En => en,
            Language::Fr => fr,
        }
    }

    /// The reaction with which a request is tagged, and the desk's sign on a card.
    #[must_use]
    pub const fn emoji(route: Route) -> &'static str {
        match route {
            Route::CustomerService => "🛎️",
            Route::ProductExpert => "🔧",
            Route::Pr => "📣",
        }
    }

    /// A desk's name; also the name of its forum tag.
    #[must_use]
    pub const fn route(self, route: Route) -> &'static str {
        match route {
            Route::CustomerService => self.pick("Customer service", "Service client"),
            Route::ProductExpert => self.pick("Product expert", "Expert produit"),
            Route::Pr => self.pick("PR", "Communication"),
        }
    }

    /// A label's name.
    #[must_use]
    pub const fn label(self, label: Label) -> &'static str {
        match label.route() {
            Some(route) => self.route(route),
            None => self.pick("No answer needed", "Pas de réponse attendue"),
        }
    }

    /// A state as the word that a card shows.
    #[must_use]
    pub const fn status(self, status: Status) -> &'static str {
        match status {
            Status::Open => self.pick("Open", "Ouverte"),
            Status::Claimed => self.pick("Claimed", "Prise en charge"),
            Status::Answered => self.pick("Answered", "Répondue"),
            Status::Resolved => self.pick("Resolved", "Résolue"),
            Status::Dismissed => self.pick("Dismissed", "Écartée"),
        }
    }

    /// A length that somebody chose, as they would write it where it is round: `7 d`, `4 h`, `90 min`, `45 s`.
    #[must_use]
    pub fn limit(self, limit: Span) -> String {
        let seconds = limit.as_seconds();
        match (seconds % 86_400, seconds % 3600, seconds % 60) {
            _ if seconds == 0 => "0 s".to_owned(),
            (0, _, _) => format!("{} {}", seconds / 86_400, self.pick("d", "j")),
            (_, 0, _) => format!("{} h", seconds / 3600),
            (_, _, 0) if seconds < 2 * 3600 => format!("{} min", seconds / 60),
            _ if seconds < 120 => format!("{seconds} s"),
            _ => self.duration(limit),
        }
    }

    /// The first words of what a member wrote, in one line of at most that many characters.
    #[must_use]
    pub fn first_words(self, text: &str, length: usize) -> String {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        shortened(if line.is_empty() { self.text_is_gone() } else { &line }, length)
    }

    /// A length of time as people say it: `45 s`, `12 min`, `3 h 05`, `2 d 4 h`.
    #[must_use]
    pub fn duration(self, span: Span) -> String {
        let seconds = span.as_seconds();
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        match seconds {
            0..60 => format!("{seconds} s"),
            60..3600 => format!("{minutes} min"),
            3600..86_400 => format!("{hours} h {:02}", minutes % 60),
            _ => format!("{days} {} {} h", self.pick("d", "j"), hours % 24),
        }
    }
}

/// At most that many characters; the last is an ellipsis where some are missing.
#[must_use]
fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis() {
        assert_eq!(shortened("été", 3), "été");
        assert_eq!(shortened("étés", 3), "ét…");
    }

    #[test]
    fn first_words_are_one_line_and_say_so_when_the_text_is_gone() {
        let words = Words::new(Language::En);
        assert_eq!(words.first_words(" my parcel\n\tis   lost ", 12), "my parcel i…");
        assert_eq!(words.first_words(" \n", 80), words.text_is_gone());
    }
}
