//! What figures mean: the button beside them, and what it answers. Everybody may ask, as nothing in it is anybody's.

use super::{Reply, ReplyButton};
use crate::domain::action::Meaning;
use crate::domain::card::Piece;
use crate::domain::words::Words;

/// What is said to whoever asks.
#[must_use]
pub fn meaning(of: Meaning, words: Words) -> Reply {
    match of {
        Meaning::Figures => {
            let figures = words.figure_definitions().into_iter();
            let lines = figures.map(|(name, means)| words.fact(name, vec![Piece::text(means)]));
            Reply::facts(words.what_figures_mean(), lines.collect())
        }
        Meaning::Usual => {
            Reply::facts(words.what_usually_means(), vec![vec![Piece::text(words.usual_definition())]])
        }
    }
}

/// The button below a reply that shows figures.
pub(super) fn figures_button(words: Words) -> ReplyButton {
    ReplyButton {
        label: words.what_figures_mean(),
        custom_id: Meaning::Figures.custom_id().to_owned(),
        is_dangerous: false,
    }
}
