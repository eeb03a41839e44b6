//! Points side by side: where each stands, and the labels below them.

use super::drawing::{Anchor, Drawing, Point};
use super::{APART, BASE_LINE, FAINT_INK, LABELS, font, number};

/// From the sides of the plot to the first and the last point, so that no marker stands on the edge.
const INSET: f64 = 16.0;

/// The width of a plot, shared by its points.
#[derive(Clone, Copy, Debug)]
pub struct Across {
    /// Where the plot begins.
    pub left: f64,
    /// Where it ends.
    pub right: f64,
    /// How many points share it.
    pub count: usize,
}

impl Across {
    /// Where a point stands.
    pub fn x(self, index: usize) -> f64 {
        if self.count <= 1 {
            return f64::midpoint(self.left, self.right);
        }
        let first = self.left + INSET;
        first + (self.right - INSET - first) * number(index) / number(self.count - 1)
    }

    /// Writes every label, or every second, third … so that they stay apart; counted from the last, the one of now.
    pub fn labels(self, drawing: &mut Drawing, labels: &[String], bottom: f64) {
        let widest = labels.iter().map(|label| font::width(label, LABELS)).fold(0.0, f64::max);
        let between = if self.count > 1 { self.x(1) - self.x(0) } else { f64::INFINITY };
        let step = (1..self.count).find(|step| number(*step) * between >= widest + APART);
        for i in (0..self.count).rev().step_by(step.unwrap_or(self.count.max(1))) {
            let half = font::width(&labels[i], LABELS) / 2.0;
            let x = self.x(i).min(self.right - half);
            drawing.line(vec![Point(self.x(i), bottom), Point(self.x(i), bottom + 6.0)], 1.5, BASE_LINE);
            drawing.text(Point(x, bottom + LABELS + 8.0), &labels[i], LABELS, Anchor::Middle, FAINT_INK);
        }
    }
}
