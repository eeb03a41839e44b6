//! Requests by hour of the day: a row of 24 cells for each desk, the darker the more.
//!
//! A number stands in every cell that has room for it, and the greatest is said beside the desk's name, so that nobody
//! has to tell shades apart.

use super::super::drawing::{Anchor, Colour, Drawing, Point};
use super::super::{FAINT_INK, INK, LABELS, MARGIN, NAMES, PAPER, WIDTH, font, number};
use super::{HeatRow, UNDER_HEADING, head, nothing};
use crate::domain::words::Words;

/// From a name's base line to its cells, and the cells themselves.
const UNDER_NAME: f64 = 10.0;
const CELL: f64 = 32.0;
/// From one row's cells to the next name's base line.
const UNDER_CELLS: f64 = 27.0;
/// Between two cells.
const GAP: f64 = 1.5;
/// The sizes of the numbers in the cells: of those that fit, the greater one.
const NUMBERS: [f64; 2] = [18.0, 15.0];
/// Hours that are written below.
const HOURS: [usize; 4] = [0, 6, 12, 18];
/// The shades: none, the least, the most.
const NONE: Colour = Colour(0xF1_F3_F5);
const LEAST: Colour = Colour(0xE3_DD_F0);
const MOST: Colour = Colour(0x3F_1D_7A);
/// From this share of the most on, white letters are easier to read than black ones.
const DARK: f64 = 0.58;

/// Draws the panel; answers where it ends.
pub fn draw(drawing: &mut Drawing, rows: &[HeatRow], words: Words, top: f64) -> f64 {
    let head = head(drawing, words.chart_heat(), top);
    let most = rows.iter().flat_map(|row| row.hours).max().unwrap_or(0);
    if most == 0 {
        return nothing(drawing, words.no_requests(), head);
    }
    let mut y = head + UNDER_HEADING;
    for row in rows {
        let says = says(row, words);
        let room = WIDTH - 2.0 * MARGIN - font::width(&says, LABELS) - 20.0;
        let name = font::fitting(&row.name, NAMES, room);
        drawing.text(Point(MARGIN, y), &name, NAMES, Anchor::Start, INK);
        drawing.text(Point(WIDTH - MARGIN, y), &says, LABELS, Anchor::End, FAINT_INK);
        cells(drawing, row, most, y + UNDER_NAME);
        y += UNDER_NAME + CELL + UNDER_CELLS;
    }
    let base = y - UNDER_CELLS + LABELS + 3.0;
    for hour in HOURS {
        let middle = Point(left(hour) + width() / 2.0, base);
        drawing.text(middle, &hour.to_string(), LABELS, Anchor::Middle, FAINT_INK);
    }
    base + 4.0
}

/// How many, and when most of them.
pub fn says(row: &HeatRow, words: Words) -> String {
    let requests: usize = row.hours.iter().map(|count| *count as usize).sum();
    let most = row.hours.iter().copied().max().unwrap_or(0);
    let stands_out = most > 1 || requests == 1;
    let hour = row.hours.iter().position(|count| *count == most).filter(|_| stands_out);
    words.chart_row(requests, hour.map(|hour| (hour, most)))
}

fn cells(drawing: &mut Drawing, row: &HeatRow, most: u32, top: f64) {
    for (hour, count) in row.hours.into_iter().enumerate() {
        let share = f64::from(count) / f64::from(most);
        drawing.block(Point(left(hour), top), width() - GAP, CELL, shade(share));
        let text = count.to_string();
        let fits = |size: &f64| count > 0 && font::width(&text, *size) <= width() - GAP - 1.0;
        if let Some(size) = NUMBERS.into_iter().find(fits) {
            let middle = Point(left(hour) + (width() - GAP) / 2.0, top + CELL / 2.0 + size * 0.35);
            let colour = if share < DARK { INK } else { PAPER };
            drawing.text(middle, &text, size, Anchor::Middle, colour);
        }
    }
}

fn width() -> f64 {
    (WIDTH - 2.0 * MARGIN) / 24.0
}

fn left(hour: usize) -> f64 {
    MARGIN + number(hour) * width()
}

/// From the least to the most, in equal steps.
fn shade(share: f64) -> Colour {
    if share <= 0.0 {
        return NONE;
    }
    let mixed = LEAST.parts().into_iter().zip(MOST.parts()).map(|(from, to)| {
        let (from, to) = (f64::from(from), f64::from(to));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
        let part = (from + (to - from) * share.min(1.0)).round() as u32;
        part
    });
    Colour(mixed.fold(0, |colour, part| colour << 8 | part))
}
