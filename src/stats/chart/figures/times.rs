//! Response times over time, on a logarithmic axis.
//!
//! A desk that answers in five minutes has one request that waits for a weekend. On a linear axis that one presses
//! everything else, and every target, onto the base line; on a logarithmic one "twice as long" is the same step
//! everywhere, and the ticks are lengths that people think in.

use std::collections::BTreeSet;

use super::super::across::Across;
use super::super::drawing::{Anchor, Colour, Drawing, Point};
use super::super::legend::{AFTER_SAMPLE, LEGEND_LINE, legend};
use super::super::pens::Pen;
use super::super::{
    APART, BASE_LINE, FAINT_INK, GRID_LINE, LABELS, MARGIN, NAMES, PAPER, WIDTH, font, number,
};
use super::{TimeLine, Times, UNDER_HEADING, head, seconds};
use crate::domain::time::Span;
use crate::domain::words::Words;

/// Where the axis may begin, end and have a line: 1, 5, 15 seconds, minutes; 1, 4 hours; 1, 7, 30, 90, 365 days.
const TICKS: [i64; 13] =
    [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 604_800, 2_592_000, 7_776_000, 31_536_000];
/// The axis when there is nothing to show: 1 minute to 1 day.
const IDLE: (usize, usize) = (3, 8);
const HEIGHT: f64 = 230.0;
/// Between the labels of two ticks, base line to base line.
const TICK_LINE: f64 = 24.0;
/// The room of one marker in a target's dashes: as long as a dash and its gap, so that the dashes end with a whole one.
const MARKER: f64 = 16.0;
/// A target's dashes without a marker.
const DASHES: f64 = 41.0;

/// Draws the panel; answers where it ends.
pub fn draw(drawing: &mut Drawing, times: &Times, words: Words, top: f64) -> f64 {
    let head = head(drawing, words.chart_times(), top);
    let names = times.lines.iter().map(|line| line.name.as_str());
    let legend_ends = legend(drawing, names, head + UNDER_HEADING);
    let targets = targets(&times.lines);
    let legend_ends = target_names(drawing, &targets, words, legend_ends);
    let ticks = ticks(times);
    let texts: Vec<String> = ticks.iter().map(|tick| words.limit(Span::seconds(*tick))).collect();
    let widest = texts.iter().map(|text| font::width(text, LABELS)).fold(0.0, f64::max);
    let top = legend_ends + 22.0;
    let plot = Plot {
        across: Across { left: MARGIN + widest + 10.0, right: WIDTH - MARGIN, count: times.labels.len() },
        top,
        bottom: top + HEIGHT,
        low: seconds(ticks[0]),
        high: seconds(ticks[ticks.len() - 1]),
    };
    plot.grid(drawing, ticks, &texts);
    plot.across.labels(drawing, &times.labels, plot.bottom);
    plot.targets(drawing, &targets);
    for (line, pen) in times.lines.iter().zip(Pen::all()) {
        plot.line(drawing, line, pen);
    }
    // Above every line, so that no point is hidden by one.
    for (line, pen) in times.lines.iter().zip(Pen::all()) {
        plot.markers(drawing, line, pen);
    }
    if !has_points(times) {
        let middle = Point(f64::midpoint(plot.across.left, plot.across.right), plot.top + HEIGHT * 0.3);
        let says = words.chart_no_answers();
        let half = font::width(says, NAMES) / 2.0 + 8.0;
        let corner = Point(middle.0 - half, middle.1 - NAMES);
        drawing.block(corner, half * 2.0, NAMES * 1.4, PAPER);
        drawing.text(middle, says, NAMES, Anchor::Middle, FAINT_INK);
    }
    plot.bottom + LABELS + 12.0
}

/// Whether any point is drawn.
pub fn has_points(times: &Times) -> bool {
    times.lines.iter().any(|line| line.points.iter().take(times.labels.len()).any(Option::is_some))
}

/// The ticks from the one below everything to the one above everything, three at least.
fn ticks(times: &Times) -> &'static [i64] {
    let points = times.lines.iter().flat_map(|line| line.points.iter().take(times.labels.len()).flatten());
    let values: Vec<i64> =
        points.chain(times.lines.iter().filter_map(|l| l.target.as_ref())).copied().collect();
    let (Some(shortest), Some(longest)) = (values.iter().min(), values.iter().max()) else {
        return &TICKS[IDLE.0..=IDLE.1];
    };
    let last = TICKS.len() - 1;
    let low = TICKS.partition_point(|tick| tick <= shortest).saturating_sub(1);
    let high = TICKS.partition_point(|tick| tick < longest).clamp(low, last);
    let high = high.max(low + 2).min(last);
    &TICKS[low.min(high - 2)..=high]
}

/// Where the lines are drawn.
#[derive(Clone, Copy, Debug)]
struct Plot {
    across: Across,
    top: f64,
    bottom: f64,
    /// The seconds at the bottom.
    low: f64,
    /// The seconds at the top.
    high: f64,
}

impl Plot {
    fn y(&self, value: i64) -> f64 {
        let share = (seconds(value).clamp(self.low, self.high) / self.low).ln() / (self.high / self.low).ln();
        self.bottom - (self.bottom - self.top) * share
    }

    fn points<'a>(&'a self, line: &'a TimeLine) -> impl Iterator<Item = Option<Point>> + 'a {
        let points = line.points.iter().take(self.across.count).enumerate();
        points.map(|(i, value)| value.map(|value| Point(self.across.x(i), self.y(value))))
    }

    fn grid(&self, drawing: &mut Drawing, ticks: &[i64], texts: &[String]) {
        let Across { left, right, .. } = self.across;
        let mut free_below = f64::INFINITY;
        for (i, (tick, text)) in ticks.iter().zip(texts).enumerate() {
            let y = self.y(*tick);
            if y > free_below {
                continue;
            }
            free_below = y - TICK_LINE;
            let colour = if i == 0 { BASE_LINE } else { GRID_LINE };
            drawing.line(vec![Point(left, y), Point(right, y)], 1.5, colour);
            drawing.text(Point(left - 10.0, y + LABELS * 0.35), text, LABELS, Anchor::End, FAINT_INK);
        }
    }

    /// Draws each target, and behind it, in the margin, the markers of those whose it is.
    fn targets(&self, drawing: &mut Drawing, targets: &[Target]) {
        let Across { left, right, .. } = self.across;
        for target in targets {
            let y = self.y(target.seconds);
            drawing.dashes(Point(left, y), Point(right, y), 2.0, target.colour);
            let mut x = right + 7.0;
            for pen in target.markers.iter().take(2) {
                pen.mark(drawing, Point(x, y), 4.0, PAPER);
                x += 10.0;
            }
        }
    }

    /// Joins the points that follow each other.
    fn line(&self, drawing: &mut Drawing, line: &TimeLine, pen: Pen) {
        let points: Vec<_> = self.points(line).collect();
        for run in points.split(Option::is_none).filter(|run| run.len() > 1) {
            drawing.line(run.iter().copied().flatten().collect(), pen.width, pen.colour);
        }
    }

    fn markers(&self, drawing: &mut Drawing, line: &TimeLine, pen: Pen) {
        let size = if self.across.count > 16 { 5.5 } else { 7.0 };
        for point in self.points(line).flatten() {
            pen.mark(drawing, point, size, PAPER);
        }
    }
}

/// A target, which several desks may have.
struct Target {
    seconds: i64,
    colour: Colour,
    /// The markers of its desks; none when it is everybody's.
    markers: Vec<Pen>,
}

/// Each target once. Whose it is, is said by colour and marker, unless it is everybody's.
fn targets(lines: &[TimeLine]) -> Vec<Target> {
    let lengths: BTreeSet<i64> = lines.iter().filter_map(|line| line.target).collect();
    let target = |seconds: i64| {
        let with_pens = lines.iter().zip(Pen::all());
        let owners: Vec<Pen> =
            with_pens.filter(|(line, _)| line.target == Some(seconds)).map(|(_, pen)| pen).collect();
        let colour = if let [owner] = owners[..] { owner.colour } else { FAINT_INK };
        let markers = if owners.len() == lines.len() { Vec::new() } else { owners };
        Target { seconds, colour, markers }
    };
    lengths.into_iter().map(target).collect()
}

/// Says what the dashes mean, in a row below the lines' names: beside the dashes themselves, lines would run through
/// the words. Answers where the row ends.
fn target_names(drawing: &mut Drawing, targets: &[Target], words: Words, legend_ends: f64) -> f64 {
    let (mut x, mut y) = (MARGIN, legend_ends + LEGEND_LINE);
    for target in targets {
        let text = words.chart_target(Span::seconds(target.seconds));
        let sample = DASHES + MARKER * number(target.markers.len());
        let width = sample + AFTER_SAMPLE + font::width(&text, LABELS);
        if x > MARGIN && x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + LEGEND_LINE);
        }
        let middle = y - LABELS * 0.33;
        drawing.dashes(Point(x, middle), Point(x + sample, middle), 2.0, target.colour);
        let first = x + f64::midpoint(DASHES, MARKER);
        for (i, pen) in target.markers.iter().enumerate() {
            pen.mark(drawing, Point(first + MARKER * number(i), middle), 5.0, PAPER);
        }
        drawing.text(Point(x + sample + AFTER_SAMPLE, y), &text, LABELS, Anchor::Start, FAINT_INK);
        x += width + APART;
    }
    if targets.is_empty() { legend_ends } else { y }
}
