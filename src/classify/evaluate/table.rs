//! The scores as a table for a terminal.

use std::fmt::{self, Write};

use super::{Evaluation, Mistake, Score};
use crate::domain::label::Label;

/// Characters of a message that a list of mistakes shows.
const SHOWN: usize = 160;

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} messages, accuracy {:.3}, macro-F1 {:.3}", self.n, self.accuracy, self.macro_f1)?;
        writeln!(f, "calibration error {:.3} over ten bins\n", self.ece)?;
        writeln!(f, "{:<18}{:>10}{:>10}{:>10}{:>10}", "", "precision", "recall", "F1", "messages")?;
        for (label, scored) in &self.labels {
            writeln!(f, "{}{:>10}", row(label.as_str(), scored.score), scored.support)?;
        }
        writeln!(f, "{}\n", row("needs an answer", self.request))?;
        writeln!(f, "{:<18}{:>10}{:>10}{:>10}", "language", "messages", "accuracy", "macro-F1")?;
        for (lang, scored) in &self.languages {
            writeln!(f, "{lang:<18}{:>10}{:>10.3}{:>10.3}", scored.n, scored.accuracy, scored.macro_f1)?;
        }
        write!(f, "\n{:<18}", "right \\ given")?;
        for label in Label::ALL {
            write!(f, "{:>18}", label.as_str())?;
        }
        for (right, given) in &self.confusion {
            write!(f, "\n{:<18}", right.as_str())?;
            for number in given.values() {
                write!(f, "{number:>18}")?;
            }
        }
        writeln!(f)
    }
}

fn row(name: &str, score: Score) -> String {
    format!("{name:<18}{:>10.3}{:>10.3}{:>10.3}", score.precision, score.recall, score.f1)
}

impl Mistake {
    /// The mistake in a few lines of text.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = format!(
            "{}  {} at {:.2}, right is {}",
            self.id,
            self.verdict.label.as_str(),
            self.verdict.confidence,
            self.label.as_str()
        );
        if let Some(also) = self.also {
            write!(text, " (or {also})").expect("a string takes any text");
        }
        let flat = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = flat.chars().take(SHOWN).collect();
        let cut = if shown.len() < flat.len() { "…" } else { "" };
        write!(text, "\n    {shown}{cut}\n    because of: {}", self.verdict.why.join(", "))
            .expect("a string takes any text");
        text
    }
}
