//! Charts: shares over time, as the picture that an answer carries (PNG) or a page shows (SVG).
//!
//! A chart is laid out once, into a [`drawing`] of lines, areas and texts; both formats come from that. It has a
//! background of its own, so it reads alike in a dark and in a light client, and every series differs by colour *and*
//! by the shape of its points. Sizes are chosen for a phone, where 800 units are shown on about 360.

mod drawing;
mod font;
mod pens;
mod pixels;

#[cfg(test)]
mod tests;

use crate::domain::settings::Language;
use crate::domain::words::Words;
use drawing::{Anchor, Colour, Drawing, Point};
use pens::Pen;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 420.0;
/// Pixels of the PNG for each unit of the drawing.
const SHARPNESS: u16 = 2;
/// Free space around everything.
const MARGIN: f64 = 24.0;
/// Sizes of letters.
const TITLE: f64 = 26.0;
const NAMES: f64 = 20.0;
const LABELS: f64 = 19.0;
/// From one line of the legend to the next.
const LEGEND_LINE: f64 = 30.0;
/// The piece of line before a name in the legend, and the space after it.
const SAMPLE: f64 = 34.0;
const AFTER_SAMPLE: f64 = 8.0;
/// Between two names, and between two labels, at least.
const APART: f64 = 22.0;
/// From the sides of the plot to the first and the last point, so that no marker stands on the edge.
const INSET: f64 = 16.0;
/// The shares at which the grid has a line.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

const PAPER: Colour = Colour(0xFF_FF_FF);
const INK: Colour = Colour(0x1B_1F_24);
const FAINT_INK: Colour = Colour(0x4B_54_5E);
const GRID_LINE: Colour = Colour(0xDF_E3_E8);
const BASE_LINE: Colour = Colour(0x8C_95_9F);

/// Shares over time, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The headline; cut off when it is wider than the picture.
    pub title: String,
    /// What the picture says, for those who cannot see it.
    pub alt: String,
    /// The language of what the chart says by itself: percent signs, and that there is nothing to show.
    pub language: Language,
    /// The labels of the points, oldest first; as many are shown as there is room for, the last one always.
    pub x: Vec<String>,
    /// The lines.
    pub series: Vec<Series>,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the legend calls it.
    pub name: String,
    /// A share from 0 to 1 for each label; the line has a gap where there is none.
    pub points: Vec<Option<f64>>,
}

/// Where the lines are drawn.
#[derive(Clone, Copy, Debug)]
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// How many points share the width.
    count: usize,
}

impl Chart {
    /// The chart as a PNG file, 1600 × 840 pixels; the same chart gives the same bytes.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        pixels::png(&self.drawing(), SHARPNESS)
    }

    /// The chart as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        self.drawing().svg(&self.title, &self.alt)
    }

    fn drawing(&self) -> Drawing {
        let words = Words::new(self.language);
        let mut drawing = Drawing::new(WIDTH, HEIGHT, PAPER);
        let title = font::fitting(&self.title, TITLE, WIDTH - 2.0 * MARGIN);
        drawing.text(Point(MARGIN, MARGIN + TITLE * 0.75), &title, TITLE, Anchor::Start, INK);
        let legend_ends = self.legend(&mut drawing, MARGIN + TITLE + NAMES + 6.0);
        let ticks = GRID.map(|share| (share, words.report_percent(share)));
        let widest = ticks.iter().map(|(_, text)| font::width(text, LABELS)).fold(0.0, f64::max);
        let plot = Plot {
            left: MARGIN + widest + 10.0,
            right: WIDTH - MARGIN,
            top: legend_ends + 22.0,
            bottom: HEIGHT - MARGIN - LABELS - 8.0,
            count: self.x.len(),
        };
        plot.grid(&mut drawing, &ticks);
        plot.labels(&mut drawing, &self.x);
        for (series, pen) in self.series.iter().zip(Pen::all()) {
            plot.line(&mut drawing, series, pen);
        }
        // Above every line, so that no point is hidden by one.
        for (series, pen) in self.series.iter().zip(Pen::all()) {
            plot.markers(&mut drawing, series, pen);
        }
        if self.series.iter().all(|series| series.points.iter().all(Option::is_none)) {
            // Between two lines of the grid, so that none runs through the words.
            let y = plot.y(0.625) + NAMES * 0.35;
            let middle = Point(f64::midpoint(plot.left, plot.right), y);
            drawing.text(middle, words.nothing_to_draw(), NAMES, Anchor::Middle, FAINT_INK);
        }
        drawing
    }

    /// Names the lines, in as many rows as they need; answers where the rows end.
    fn legend(&self, drawing: &mut Drawing, first_row: f64) -> f64 {
        let (mut x, mut y) = (MARGIN, first_row);
        for (series, pen) in self.series.iter().zip(Pen::all()) {
            let room = WIDTH - 2.0 * MARGIN - SAMPLE - AFTER_SAMPLE;
            let name = font::fitting(&series.name, NAMES, room);
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
        if self.series.is_empty() { first_row - LEGEND_LINE } else { y }
    }
}

impl Plot {
    fn x(&self, index: usize) -> f64 {
        if self.count <= 1 {
            return f64::midpoint(self.left, self.right);
        }
        let first = self.left + INSET;
        first + (self.right - INSET - first) * number(index) / number(self.count - 1)
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * share.clamp(0.0, 1.0)
    }

    fn points<'a>(&'a self, series: &'a Series) -> impl Iterator<Item = Option<Point>> + 'a {
        let shares = series.points.iter().take(self.count).enumerate();
        shares.map(|(i, share)| share.map(|share| Point(self.x(i), self.y(share))))
    }

    fn grid(&self, drawing: &mut Drawing, ticks: &[(f64, String)]) {
        for (share, text) in ticks {
            let (y, is_base) = (self.y(*share), *share <= 0.0);
            let colour = if is_base { BASE_LINE } else { GRID_LINE };
            drawing.line(vec![Point(self.left, y), Point(self.right, y)], 1.5, colour);
            drawing.text(Point(self.left - 10.0, y + LABELS * 0.35), text, LABELS, Anchor::End, FAINT_INK);
        }
    }

    /// Writes every label, or every second, third … so that they stay apart; counted from the last, the one of now.
    fn labels(&self, drawing: &mut Drawing, labels: &[String]) {
        let widest = labels.iter().map(|label| font::width(label, LABELS)).fold(0.0, f64::max);
        let between = if self.count > 1 { self.x(1) - self.x(0) } else { f64::INFINITY };
        let step = (1..self.count).find(|step| number(*step) * between >= widest + APART);
        for i in (0..self.count).rev().step_by(step.unwrap_or(self.count.max(1))) {
            let half = font::width(&labels[i], LABELS) / 2.0;
            let x = self.x(i).min(self.right - half);
            drawing.line(
                vec![Point(self.x(i), self.bottom), Point(self.x(i), self.bottom + 6.0)],
                1.5,
                BASE_LINE,
            );
            let at = Point(x, self.bottom + LABELS + 8.0);
            drawing.text(at, &labels[i], LABELS, Anchor::Middle, FAINT_INK);
        }
    }

    /// Joins the points that follow each other.
    fn line(&self, drawing: &mut Drawing, series: &Series, pen: Pen) {
        let points: Vec<_> = self.points(series).collect();
        for run in points.split(Option::is_none).filter(|run| run.len() > 1) {
            drawing.line(run.iter().copied().flatten().collect(), pen.width, pen.colour);
        }
    }

    fn markers(&self, drawing: &mut Drawing, series: &Series, pen: Pen) {
        let size = if self.count > 16 { 5.5 } else { 7.0 };
        for point in self.points(series).flatten() {
            pen.mark(drawing, point, size, PAPER);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chart has a few dozen points")]
const fn number(count: usize) -> f64 {
    count as f64
}
