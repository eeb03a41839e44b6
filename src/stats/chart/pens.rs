//! What tells one line of a chart from another: a colour and the shape of its points.
//!
//! The colours are those of Okabe and Ito, *Color Universal Design* (2008), which people with any of the common kinds of
//! colour blindness tell apart; the two that are too pale for a white background are darkened or left out.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

use super::drawing::{Colour, Drawing, Point};

/// How one line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Its colour.
    pub colour: Colour,
    /// How wide the line is.
    pub width: f64,
    marker: Marker,
}

/// The shape of a line's points.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Marker {
    Disc,
    /// A regular polygon: its corners, the direction of the first, and its size beside that of a disc, for the
    /// same weight to the eye.
    Polygon(u8, f64, f64),
}

const PENS: [(u32, Marker); 6] = [
    (0x00_72_B2, Marker::Disc),
    (0xD5_5E_00, Marker::Polygon(4, FRAC_PI_4, 1.2)),
    (0x00_86_62, Marker::Polygon(3, -FRAC_PI_2, 1.35)),
    (0xB3_4F_8A, Marker::Polygon(4, 0.0, 1.3)),
    (0x00_00_00, Marker::Polygon(3, FRAC_PI_2, 1.35)),
    (0xB8_7A_00, Marker::Polygon(6, PI, 1.1)),
];

impl Pen {
    /// A pen for each line of a chart: six that differ, then the same ones again.
    pub fn all() -> impl Iterator<Item = Self> {
        PENS.iter().cycle().map(|(colour, marker)| Self {
            colour: Colour(*colour),
            width: 3.5,
            marker: *marker,
        })
    }

    /// Draws a point with a rim of the paper's colour, so that points that overlap can be told apart.
    pub fn mark(self, drawing: &mut Drawing, at: Point, radius: f64, paper: Colour) {
        match self.marker {
            Marker::Disc => {
                drawing.disc(at, radius + 1.5, paper);
                drawing.disc(at, radius, self.colour);
            }
            Marker::Polygon(corners, from, size) => {
                let polygon = |radius: f64| {
                    let corner = |i| from + TAU * f64::from(i) / f64::from(corners);
                    let at = |angle: f64| Point(at.0 + radius * angle.cos(), at.1 + radius * angle.sin());
                    (0..corners).map(|i| at(corner(i))).collect()
                };
                drawing.area(polygon(radius * size + 2.5), paper);
                drawing.area(polygon(radius * size), self.colour);
            }
        }
    }
}
