//! Shares over time: a line for each series, 0 to 100 %.

#[cfg(test)]
mod tests;

use super::across::Across;
use super::drawing::{Anchor, Drawing, Point};
use super::legend::legend;
use super::pens::Pen;
use super::{
    BASE_LINE, FAINT_INK, GRID_LINE, INK, LABELS, MARGIN, NAMES, PAPER, SHARPNESS, TITLE, WIDTH, font, pixels,
};
use crate::domain::settings::Language;
use crate::domain::words::Words;

const HEIGHT: f64 = 420.0;
/// The shares at which the grid has a line.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

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
    across: Across,
    top: f64,
    bottom: f64,
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
        let names = self.series.iter().map(|series| series.name.as_str());
        let legend_ends = legend(&mut drawing, names, MARGIN + TITLE + NAMES + 6.0);
        let ticks = GRID.map(|share| (share, words.report_percent(share)));
        let widest = ticks.iter().map(|(_, text)| font::width(text, LABELS)).fold(0.0, f64::max);
        let plot = Plot {
            across: Across { left: MARGIN + widest + 10.0, right: WIDTH - MARGIN, count: self.x.len() },
            top: legend_ends + 22.0,
            bottom: HEIGHT - MARGIN - LABELS - 8.0,
        };
        plot.grid(&mut drawing, &ticks);
        plot.across.labels(&mut drawing, &self.x, plot.bottom);
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
            let middle = Point(f64::midpoint(plot.across.left, plot.across.right), y);
            drawing.text(middle, words.nothing_to_draw(), NAMES, Anchor::Middle, FAINT_INK);
        }
        drawing
    }
}

impl Plot {
    fn y(&self, share: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * share.clamp(0.0, 1.0)
    }

    fn points<'a>(&'a self, series: &'a Series) -> impl Iterator<Item = Option<Point>> + 'a {
        let shares = series.points.iter().take(self.across.count).enumerate();
        shares.map(|(i, share)| share.map(|share| Point(self.across.x(i), self.y(share))))
    }

    fn grid(&self, drawing: &mut Drawing, ticks: &[(f64, String)]) {
        for (share, text) in ticks {
            let (y, is_base) = (self.y(*share), *share <= 0.0);
            let colour = if is_base { BASE_LINE } else { GRID_LINE };
            drawing.line(vec![Point(self.across.left, y), Point(self.across.right, y)], 1.5, colour);
            let at = Point(self.across.left - 10.0, y + LABELS * 0.35);
            drawing.text(at, text, LABELS, Anchor::End, FAINT_INK);
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
        let size = if self.across.count > 16 { 5.5 } else { 7.0 };
        for point in self.points(series).flatten() {
            pen.mark(drawing, point, size, PAPER);
        }
    }
}
