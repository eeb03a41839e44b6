//! The names of a chart's lines, each behind a piece of its line with its marker.

use super::drawing::{Anchor, Drawing, Point};
use super::pens::Pen;
use super::{APART, INK, MARGIN, NAMES, PAPER, WIDTH, font};

/// From one line of the legend to the next.
pub const LEGEND_LINE: f64 = 30.0;
/// The piece of line before a name.
const SAMPLE: f64 = 34.0;
/// The space between it and the name.
pub const AFTER_SAMPLE: f64 = 8.0;

/// Names the lines, in as many rows as they need; answers where the rows end.
pub fn legend<'a>(drawing: &mut Drawing, names: impl IntoIterator<Item = &'a str>, first_row: f64) -> f64 {
    let (mut x, mut y) = (MARGIN, first_row);
    let mut is_empty = true;
    for (name, pen) in names.into_iter().zip(Pen::all()) {
        is_empty = false;
        let room = WIDTH - 2.0 * MARGIN - SAMPLE - AFTER_SAMPLE;
        let name = font::fitting(name, NAMES, room);
        let width = SAMPLE + AFTER_SAMPLE + font::width(&name, NAMES);
        if x > MARGIN && x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + LEGEND_LINE);
        }
        let middle = y - NAMES * 0.33;
        drawing.line(vec![Point(x, middle), Point(x + SAMPLE, middle)], pen.width, pen.colour);
        pen.mark(drawing, Point(x + SAMPLE / 2.0, middle), 6.5, PAPER);
        drawing.text(Point(x + SAMPLE + AFTER_SAMPLE, y), &name, NAMES, Anchor::Start, INK);
        x += width + APART;
    }
    if is_empty { first_row - LEGEND_LINE } else { y }
}
