//! A drawing as pixels, and the pixels as a PNG file.
//!
//! Nothing here asks the machine for anything: no fonts, no files, no screen. The same drawing gives the same bytes.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapMut, Stroke, StrokeDash,
    Transform,
};

use super::drawing::{Anchor, Colour, DASH, Drawing, Point, Shape};
use super::font;

/// How much of its size a letter is thickened by: the font is a light one, and thin strokes vanish on a phone.
const THICKER: f64 = 0.022;

/// The drawing as a PNG file, each unit of it `sharpness` pixels wide and high.
///
/// # Panics
/// When the drawing is empty or too large for the memory, which no chart is.
pub fn png(drawing: &Drawing, sharpness: u16) -> Vec<u8> {
    let scale = f64::from(sharpness);
    let (width, height) = (whole(drawing.width * scale), whole(drawing.height * scale));
    let mut pixmap = Pixmap::new(width, height).expect("a drawing has a size");
    pixmap.fill(ink(drawing.paper));
    let mut canvas = pixmap.as_mut();
    for shape in &drawing.shapes {
        draw(&mut canvas, shape, Transform::from_scale(single(scale), single(scale)));
    }
    // On an opaque background every pixel is opaque: its fourth byte says nothing.
    let pixels: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    encoded(&pixels, width, height)
}

fn encoded(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.expect("a Vec takes everything, and there are as many pixels as announced");
    file
}

fn draw(canvas: &mut PixmapMut<'_>, shape: &Shape, transform: Transform) {
    match shape {
        Shape::Area { corners, colour } => {
            let Some(path) = path(corners, true) else { return };
            canvas.fill_path(&path, &paint(*colour), FillRule::Winding, transform, None);
        }
        Shape::Line { points, width, colour } => {
            let Some(path) = path(points, false) else { return };
            canvas.stroke_path(&path, &paint(*colour), &stroke(*width), transform, None);
        }
        Shape::Dashes { from, to, width, colour } => {
            let Some(path) = path(&[*from, *to], false) else { return };
            let dash = StrokeDash::new(vec![DASH.0, DASH.1], 0.0);
            let stroke = Stroke { width: single(*width), dash, ..Stroke::default() };
            canvas.stroke_path(&path, &paint(*colour), &stroke, transform, None);
        }
        Shape::Disc { centre: Point(x, y), radius, colour } => {
            let circle = PathBuilder::from_circle(single(*x), single(*y), single(*radius));
            let Some(path) = circle else { return };
            canvas.fill_path(&path, &paint(*colour), FillRule::Winding, transform, None);
        }
        Shape::Text { at: Point(x, y), text, size, anchor, colour } => {
            let before = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => font::width(text, *size) / 2.0,
                Anchor::End => font::width(text, *size),
            };
            let Some(path) = font::outline(text, *size) else { return };
            let place = transform.pre_translate(single(x - before), single(*y));
            canvas.fill_path(&path, &paint(*colour), FillRule::Winding, place, None);
            canvas.stroke_path(&path, &paint(*colour), &stroke(size * THICKER), place, None);
        }
    }
}

fn paint(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(ink(colour));
    paint
}

fn ink(colour: Colour) -> Color {
    let [red, green, blue] = colour.parts();
    Color::from_rgba8(red, green, blue, 255)
}

fn stroke(width: f64) -> Stroke {
    Stroke { width: single(width), line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() }
}

/// Nothing, when there are too few points for a path.
fn path(points: &[Point], is_closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, Point(x, y)) in points.iter().enumerate() {
        if i == 0 {
            path.move_to(single(*x), single(*y));
        } else {
            path.line_to(single(*x), single(*y));
        }
    }
    if is_closed {
        path.close();
    }
    path.finish()
}

#[expect(clippy::cast_possible_truncation, reason = "a picture is a few thousand units wide")]
const fn single(length: f64) -> f32 {
    length as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small and positive")]
const fn whole(length: f64) -> u32 {
    length as u32
}
