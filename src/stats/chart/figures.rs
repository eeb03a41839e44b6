//! The picture of the figures: response times over time, requests by hour of the day, and who waits.
//!
//! Three panels below each other, each of them also alone, for a page. A panel is as high as it needs and says in words
//! that it is empty. What it shows is told once more as a paragraph, in [`FiguresChart::alt`].

mod alt;
mod heat;
mod times;
mod waiting;

#[cfg(test)]
mod tests;

use super::drawing::{Anchor, Drawing, Point};
use super::{FAINT_INK, INK, MARGIN, NAMES, PAPER, SHARPNESS, TITLE, WIDTH, font, pixels};
use crate::domain::settings::Language;
use crate::domain::words::Words;

/// The size of a panel's heading.
const HEADING: f64 = 22.0;
/// From one panel to the next.
const BETWEEN: f64 = 34.0;
/// From a heading's base line to what stands under it.
const UNDER_HEADING: f64 = 32.0;

/// The figures of a period, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresChart {
    /// The headline; cut off when it is wider than the picture.
    pub title: String,
    /// The language of what the picture says by itself.
    pub language: Language,
    /// Response times.
    pub times: Times,
    /// Requests by hour, a row for each desk.
    pub heat: Vec<HeatRow>,
    /// Who waits.
    pub waiting: Waits,
}

/// Median first response over time, a line for each desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The labels of the points, oldest first; as many are shown as there is room for, the last one always.
    pub labels: Vec<String>,
    /// The lines.
    pub lines: Vec<TimeLine>,
}

/// One desk's response times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLine {
    /// The desk.
    pub name: String,
    /// Seconds for each label; `None` when nothing was answered, which leaves a gap.
    pub points: Vec<Option<i64>>,
    /// The desk's target, in seconds.
    pub target: Option<i64>,
}

/// How many requests one desk got in each hour of the day, in the community's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatRow {
    /// The desk.
    pub name: String,
    /// From 0:00 on.
    pub hours: [u32; 24],
}

/// Who waits, the one with least time left first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Those that are shown: eight, the picture has no room for more.
    pub bars: Vec<WaitBar>,
    /// How many wait besides.
    pub more: usize,
}

/// One that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitBar {
    /// Its desk and its short id.
    pub label: String,
    /// For so many seconds, in the desk's opening hours.
    pub waited: i64,
    /// The desk's target, in seconds.
    pub target: Option<i64>,
}

impl FiguresChart {
    /// The picture as a PNG file, 1600 pixels wide; the same figures give the same bytes.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        pixels::png(&self.drawing(), SHARPNESS)
    }

    /// The picture as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        self.drawing().svg(&self.title, &self.alt())
    }

    /// What the picture says, in at most 1,000 characters.
    #[must_use]
    pub fn alt(&self) -> String {
        alt::paragraph(self)
    }

    /// The response times alone, as an SVG document.
    #[must_use]
    pub fn times_svg(&self) -> String {
        let words = self.words();
        alone(words.chart_times(), &alt::times(&self.times, words), |drawing, top| {
            times::draw(drawing, &self.times, words, top)
        })
    }

    /// The requests by hour alone, as an SVG document.
    #[must_use]
    pub fn heat_svg(&self) -> String {
        let words = self.words();
        alone(words.chart_heat(), &alt::heat(&self.heat, words), |drawing, top| {
            heat::draw(drawing, &self.heat, words, top)
        })
    }

    /// Who waits alone, as an SVG document.
    #[must_use]
    pub fn waiting_svg(&self) -> String {
        let words = self.words();
        alone(words.chart_waiting(), &alt::waiting(&self.waiting, words), |drawing, top| {
            waiting::draw(drawing, &self.waiting, words, top)
        })
    }

    const fn words(&self) -> Words {
        Words::new(self.language)
    }

    fn drawing(&self) -> Drawing {
        let words = self.words();
        let mut drawing = Drawing::new(WIDTH, 0.0, PAPER);
        let title = font::fitting(&self.title, TITLE, WIDTH - 2.0 * MARGIN);
        drawing.text(Point(MARGIN, MARGIN + TITLE * 0.75), &title, TITLE, Anchor::Start, INK);
        let y = times::draw(&mut drawing, &self.times, words, MARGIN + TITLE + 14.0);
        let y = heat::draw(&mut drawing, &self.heat, words, y + BETWEEN);
        let y = waiting::draw(&mut drawing, &self.waiting, words, y + BETWEEN);
        drawing.height = (y + MARGIN).ceil();
        drawing
    }
}

impl WaitBar {
    /// Whether it has waited longer than its target.
    fn is_late(&self) -> bool {
        self.target.is_some_and(|target| self.waited > target)
    }
}

fn alone(heading: &str, says: &str, draw: impl FnOnce(&mut Drawing, f64) -> f64) -> String {
    let mut drawing = Drawing::new(WIDTH, 0.0, PAPER);
    drawing.height = (draw(&mut drawing, MARGIN) + MARGIN).ceil();
    drawing.svg(heading, says)
}

/// Writes a panel's heading; answers its base line.
fn head(drawing: &mut Drawing, heading: &str, top: f64) -> f64 {
    let base = top + HEADING * 0.75;
    drawing.text(Point(MARGIN, base), heading, HEADING, Anchor::Start, INK);
    base
}

/// Writes, in place of a panel's content, that there is none; answers where that ends.
fn nothing(drawing: &mut Drawing, says: &str, head: f64) -> f64 {
    let base = head + UNDER_HEADING;
    drawing.text(Point(MARGIN, base), says, NAMES, Anchor::Start, FAINT_INK);
    base + NAMES * 0.25
}

#[expect(clippy::cast_precision_loss, reason = "seconds of many years are exact in an f64")]
const fn seconds(seconds: i64) -> f64 {
    seconds as f64
}
