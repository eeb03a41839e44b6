//! Who waits: a bar for each, a stroke where its target ends.
//!
//! A bar past its target is of another colour, and a sign and a word say so.

use super::super::drawing::{Anchor, Colour, Drawing, Point};
use super::super::{FAINT_INK, GRID_LINE, INK, LABELS, MARGIN, PAPER, WIDTH, font};
use super::{UNDER_HEADING, WaitBar, Waits, head, nothing, seconds};
use crate::domain::time::Span;
use crate::domain::words::Words;

/// How many bars there is room for.
const BARS: usize = 8;
/// From one bar to the next, and how thick they are.
const ROW: f64 = 36.0;
const THICK: f64 = 20.0;
/// The widest label.
const LONGEST: f64 = 290.0;
/// Between label, bar, length and sign.
const SPACE: f64 = 12.0;
/// The size of the sign, and from it to its word.
const SIGN: f64 = 20.0;
const AFTER_SIGN: f64 = 6.0;

const IN_TIME: Colour = Colour(0x00_72_B2);
const LATE: Colour = Colour(0xC4_4E_00);
const NO_TARGET: Colour = Colour(0x6B_75_80);

/// Draws the panel; answers where it ends.
pub fn draw(drawing: &mut Drawing, waits: &Waits, words: Words, top: f64) -> f64 {
    let head = head(drawing, words.chart_waiting(), top);
    let bars = &waits.bars[..waits.bars.len().min(BARS)];
    if bars.is_empty() && waits.more == 0 {
        return nothing(drawing, words.chart_nobody_waits(), head);
    }
    let columns = Columns::of(bars, words);
    let mut y = head + UNDER_HEADING;
    for bar in bars {
        columns.bar(drawing, bar, words, y);
        y += ROW;
    }
    if bars.iter().any(|bar| bar.target.is_some()) {
        explain(drawing, words, head);
    }
    let more = waits.more + waits.bars.len() - bars.len();
    if more > 0 {
        drawing.text(Point(MARGIN, y), &words.chart_more_waiting(more), LABELS, Anchor::Start, FAINT_INK);
        y += ROW;
    }
    y - ROW + 8.0
}

/// What the stroke means, at the end of the heading's line.
fn explain(drawing: &mut Drawing, words: Words, head: f64) {
    let text = words.chart_target_mark();
    let end = Point(WIDTH - MARGIN, head);
    drawing.text(end, text, LABELS, Anchor::End, FAINT_INK);
    stroke(drawing, Point(end.0 - font::width(text, LABELS) - SPACE, head - LABELS * 0.33));
}

/// Where a target ends.
fn stroke(drawing: &mut Drawing, Point(x, y): Point) {
    let ends = |reach: f64| vec![Point(x, y - reach), Point(x, y + reach)];
    drawing.line(ends(THICK / 2.0 + 2.0), 7.0, PAPER);
    drawing.line(ends(THICK / 2.0 + 3.0), 3.5, INK);
}

/// Where bars begin and end, and the longest length of all.
struct Columns {
    left: f64,
    right: f64,
    /// From where lengths begin to the signs.
    before_sign: f64,
    longest: f64,
}

impl Columns {
    fn of(bars: &[WaitBar], words: Words) -> Self {
        let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0, f64::max);
        let labels = widest(&mut bars.iter().map(|bar| font::width(&bar.label, LABELS))).min(LONGEST);
        let waited = |bar: &WaitBar| font::width(&words.duration(Span::seconds(bar.waited)), LABELS);
        let mut behind = widest(&mut bars.iter().map(waited));
        let before_sign = behind + SPACE;
        if bars.iter().any(WaitBar::is_late) {
            behind = before_sign + SIGN + AFTER_SIGN + font::width(words.chart_late(), LABELS);
        }
        let longest = bars.iter().map(|bar| bar.waited.max(bar.target.unwrap_or(0))).max().unwrap_or(0);
        Self {
            left: MARGIN + labels + SPACE,
            right: WIDTH - MARGIN - behind - SPACE,
            before_sign,
            longest: seconds(longest.max(1)),
        }
    }

    fn bar(&self, drawing: &mut Drawing, bar: &WaitBar, words: Words, base: f64) {
        let label = font::fitting(&bar.label, LABELS, LONGEST);
        drawing.text(Point(MARGIN, base), &label, LABELS, Anchor::Start, INK);
        let middle = base - LABELS * 0.33;
        let corner = Point(self.left, middle - THICK / 2.0);
        drawing.block(corner, self.right - self.left, THICK, GRID_LINE);
        let colour = match bar.target {
            Some(_) if bar.is_late() => LATE,
            Some(_) => IN_TIME,
            None => NO_TARGET,
        };
        drawing.block(corner, self.reach(bar.waited).max(3.0), THICK, colour);
        if let Some(target) = bar.target {
            stroke(drawing, Point(self.left + self.reach(target), middle));
        }
        let x = self.right + SPACE;
        let waited = words.duration(Span::seconds(bar.waited));
        drawing.text(Point(x, base), &waited, LABELS, Anchor::Start, INK);
        if bar.is_late() {
            let x = x + self.before_sign;
            sign(drawing, Point(x + SIGN / 2.0, middle));
            drawing.text(Point(x + SIGN + AFTER_SIGN, base), words.chart_late(), LABELS, Anchor::Start, LATE);
        }
    }

    fn reach(&self, length: i64) -> f64 {
        (self.right - self.left) * seconds(length.max(0)) / self.longest
    }
}

/// A triangle with an exclamation mark.
fn sign(drawing: &mut Drawing, Point(x, y): Point) {
    let (half, top, bottom) = (SIGN / 2.0, y - SIGN * 0.48, y + SIGN * 0.42);
    drawing.area(vec![Point(x, top), Point(x + half, bottom), Point(x - half, bottom)], LATE);
    drawing.line(vec![Point(x, y - SIGN * 0.14), Point(x, y + SIGN * 0.12)], 2.4, PAPER);
    drawing.disc(Point(x, y + SIGN * 0.29), 1.5, PAPER);
}
