//! Charts: figures as the picture that an answer carries (PNG) or a page shows (SVG).
//!
//! [`Chart`] shows shares over time, [`FiguresChart`] the figures of a period in three panels. A chart is laid out once,
//! into a [`drawing`] of lines, areas and texts; both formats come from that. It has a background of its own, so it
//! reads alike in a dark and in a light client, and nothing is told by colour alone. Sizes are chosen for a phone, where
//! 800 units are shown on about 360.

mod across;
mod drawing;
mod figures;
mod font;
mod legend;
mod pens;
mod pixels;
mod shares;

pub use figures::{FiguresChart, HeatRow, TimeLine, Times, WaitBar, Waits};
pub use shares::{Chart, Series};

use drawing::Colour;

const WIDTH: f64 = 800.0;
/// Pixels of the PNG for each unit of the drawing.
const SHARPNESS: u16 = 2;
/// Free space around everything.
const MARGIN: f64 = 24.0;
/// Sizes of letters.
const TITLE: f64 = 26.0;
const NAMES: f64 = 20.0;
const LABELS: f64 = 19.0;
/// Between two names, and between two labels, at least.
const APART: f64 = 22.0;

const PAPER: Colour = Colour(0xFF_FF_FF);
const INK: Colour = Colour(0x1B_1F_24);
const FAINT_INK: Colour = Colour(0x4B_54_5E);
const GRID_LINE: Colour = Colour(0xDF_E3_E8);
const BASE_LINE: Colour = Colour(0x8C_95_9F);

#[expect(clippy::cast_precision_loss, reason = "what a chart counts is exact in an f64")]
const fn number(count: usize) -> f64 {
    count as f64
}
