//! A picture as a list of shapes, in the order in which they cover each other, and the same as SVG.
//!
//! Lengths are in units of the picture, from its upper left corner. What the shapes mean is not known here.

use std::fmt::Write as _;

/// What browsers write the texts with: our own font where it is installed.
const FONTS: &str = "Ubuntu, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/// A dash, and the gap behind it.
pub const DASH: (f32, f32) = (9.0, 7.0);

/// A place: to the right, down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point(pub f64, pub f64);

/// `0xRRGGBB`, opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u32);

impl Colour {
    /// Red, green, blue.
    pub const fn parts(self) -> [u8; 3] {
        let [_, red, green, blue] = self.0.to_be_bytes();
        [red, green, blue]
    }
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Where it begins.
    Start,
    /// Its middle.
    Middle,
    /// Where it ends.
    End,
}

/// Something that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled polygon.
    Area { corners: Vec<Point>, colour: Colour },
    /// A line through points, its ends and bends round.
    Line { points: Vec<Point>, width: f64, colour: Colour },
    /// A straight line in dashes.
    Dashes { from: Point, to: Point, width: f64, colour: Colour },
    /// A filled circle.
    Disc { centre: Point, radius: f64, colour: Colour },
    /// A line of text on its base line.
    Text { at: Point, text: String, size: f64, anchor: Anchor, colour: Colour },
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// In units.
    pub width: f64,
    /// In units.
    pub height: f64,
    /// What is behind everything.
    pub paper: Colour,
    /// What is drawn, the undermost first.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// A picture with nothing on it.
    pub const fn new(width: f64, height: f64, paper: Colour) -> Self {
        Self { width, height, paper, shapes: Vec::new() }
    }

    /// Draws a filled polygon.
    pub fn area(&mut self, corners: Vec<Point>, colour: Colour) {
        self.shapes.push(Shape::Area { corners, colour });
    }

    /// Draws a line.
    pub fn line(&mut self, points: Vec<Point>, width: f64, colour: Colour) {
        self.shapes.push(Shape::Line { points, width, colour });
    }

    /// Draws a straight line in dashes.
    pub fn dashes(&mut self, from: Point, to: Point, width: f64, colour: Colour) {
        self.shapes.push(Shape::Dashes { from, to, width, colour });
    }

    /// Draws a filled rectangle.
    pub fn block(&mut self, Point(x, y): Point, width: f64, height: f64, colour: Colour) {
        let (right, bottom) = (x + width, y + height);
        self.area(vec![Point(x, y), Point(right, y), Point(right, bottom), Point(x, bottom)], colour);
    }

    /// Draws a filled circle.
    pub fn disc(&mut self, centre: Point, radius: f64, colour: Colour) {
        self.shapes.push(Shape::Disc { centre, radius, colour });
    }

    /// Writes a text.
    pub fn text(&mut self, at: Point, text: &str, size: f64, anchor: Anchor, colour: Colour) {
        self.shapes.push(Shape::Text { at, text: text.to_owned(), size, anchor, colour });
    }

    /// The picture as SVG, which a screen reader announces with `title` and `description`.
    pub fn svg(&self, title: &str, description: &str) -> String {
        let (width, height) = (self.width, self.height);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONTS}\">\
             <title>{}</title><desc>{}</desc><rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
            escaped(title),
            escaped(description),
            hex(self.paper),
        );
        for shape in &self.shapes {
            write_shape(&mut svg, shape).expect("a String takes everything");
        }
        svg.push_str("</svg>");
        svg
    }
}

fn write_shape(svg: &mut String, shape: &Shape) -> std::fmt::Result {
    match shape {
        Shape::Area { corners, colour } => {
            write!(svg, "<polygon points=\"{}\" fill=\"{}\"/>", joined(corners), hex(*colour))
        }
        Shape::Line { points, width, colour } => write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
            joined(points),
            hex(*colour),
        ),
        Shape::Dashes { from: Point(x1, y1), to: Point(x2, y2), width, colour } => write!(
            svg,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{}\" stroke-width=\"{width}\" stroke-dasharray=\"{} {}\"/>",
            hex(*colour),
            DASH.0,
            DASH.1,
        ),
        Shape::Disc { centre: Point(x, y), radius, colour } => {
            write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{}\"/>", hex(*colour))
        }
        Shape::Text { at: Point(x, y), text, size, anchor, colour } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let (colour, text) = (hex(*colour), escaped(text));
            write!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
            )
        }
    }
}

fn joined(points: &[Point]) -> String {
    points.iter().map(|Point(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

fn hex(colour: Colour) -> String {
    format!("#{:06x}", colour.0)
}

/// Control characters, which no XML may hold, become spaces.
fn escaped(text: &str) -> String {
    let text =
        text.replace(|letter: char| letter.is_control() || letter > '\u{FFFD}' && letter < '\u{10000}', " ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
