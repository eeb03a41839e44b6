//! What somebody who ran a command is told; one file for each kind of command.
//!
//! Sentences name people, channels and roles as [`Piece`]s, so that a platform can show them its own way. Their places
//! are marked by `{}` in the text and are in the same order in both languages.

mod desks;
mod export;
mod figures;
mod handover;
mod judge;
mod queue;
mod requests;
mod settings;
mod values;

use super::Words;
use crate::domain::card::Piece;
use crate::domain::label::Route;
use crate::domain::settings::Language;

pub use figures::Counts;
pub use queue::Left;
pub use values::Expected;

impl Words {
    /// The desk's sign and name.
    #[must_use]
    pub fn desk(self, route: Route) -> String {
        format!("{} {}", Self::emoji(route), self.route(route))
    }

    /// A text that somebody wrote, in the language's quotation marks.
    #[must_use]
    pub fn quoted(self, text: &str) -> String {
        match self.language {
            Language::En => format!("“{text}”"),
            Language::Fr => format!("« {text} »"),
        }
    }

    /// `name: value`.
    #[must_use]
    pub fn fact(self, name: &str, value: Vec<Piece>) -> Vec<Piece> {
        let mut line = vec![Piece::text(format!("{name}{}", self.pick(": ", " : ")))];
        line.extend(value);
        line
    }

    /// `name: old → new`.
    #[must_use]
    pub fn change(self, name: &str, old: Vec<Piece>, new: Vec<Piece>) -> Vec<Piece> {
        let mut line = self.fact(name, old);
        line.push(Piece::text(" → "));
        line.extend(new);
        line
    }

    /// Nothing would be different.
    #[must_use]
    pub const fn nothing_changed(self) -> &'static str {
        self.pick(
            "Nothing to change: it is set like that already.",
            "Rien à changer : c'est déjà réglé ainsi.",
        )
    }

    /// The settings would not hold together; the lines below say why.
    #[must_use]
    pub const fn settings_refused(self) -> &'static str {
        self.pick(
            "Nothing was changed, because the settings would not hold together:",
            "Rien n'a été modifié, car les réglages seraient incohérents :",
        )
    }

    /// One of two texts by the number, in which `{n}` stands for it. French counts 0 as one.
    pub(super) fn many(self, n: usize, en: (&str, &str), fr: (&str, &str)) -> String {
        let text = match self.language {
            Language::En => {
                if n == 1 {
                    en.0
                } else {
                    en.1
                }
            }
            Language::Fr => {
                if n < 2 {
                    fr.0
                } else {
                    fr.1
                }
            }
        };
        text.replace("{n}", &n.to_string())
    }
}

/// The text with a piece at each `{}`.
pub(super) fn fill(text: &str, pieces: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    let mut line = Vec::new();
    let mut pieces = pieces.into_iter();
    for (i, part) in text.split("{}").enumerate() {
        if i > 0 {
            line.extend(pieces.next());
        }
        if !part.is_empty() {
            line.push(Piece::text(part));
        }
    }
    debug_assert!(pieces.next().is_none(), "`{text}` has no place for every piece");
    line
}

/// `86 %`.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
