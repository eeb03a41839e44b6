//! The one font of every picture: how wide a text is, and the outlines of its letters.
//!
//! The font is in the program, so that a picture is the same on every machine, also where no font is installed.

use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{Path, PathBuilder};

/// Ubuntu Light: has the letters of every European language.
const FONT: &[u8] = epaint_default_fonts::UBUNTU_LIGHT;

fn font() -> FontRef<'static> {
    FontRef::new(FONT).expect("the font that is compiled in can be read")
}

/// How wide a text is, in the unit of `size`.
pub fn width(text: &str, size: f64) -> f64 {
    let font = font();
    let metrics = metrics(&font, size);
    text.chars().map(|letter| advance(&metrics, glyph(&font, letter))).map(f64::from).sum()
}

/// The text, or as much of its beginning as fits, with an ellipsis.
pub fn fitting(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let room = room - width("…", size);
    let font = font();
    let metrics = metrics(&font, size);
    let mut used = 0.0;
    let is_within = |letter: &char| {
        used += f64::from(advance(&metrics, glyph(&font, *letter)));
        used <= room
    };
    let kept: String = text.chars().take_while(is_within).collect();
    if room < 0.0 { String::new() } else { format!("{}…", kept.trim_end()) }
}

/// The outlines of all letters of a text that begins at (0, 0); nothing, when they are all blank.
pub fn outline(text: &str, size: f64) -> Option<Path> {
    let font = font();
    let metrics = metrics(&font, size);
    let outlines = font.outline_glyphs();
    let mut pen = Pen { path: PathBuilder::new(), x: 0.0 };
    for letter in text.chars() {
        let glyph = glyph(&font, letter);
        if let Some(outline) = outlines.get(glyph) {
            let how = DrawSettings::unhinted(pixels(size), LocationRef::default());
            outline.draw(how, &mut pen).expect("the font that is compiled in can be drawn");
        }
        pen.x += advance(&metrics, glyph);
    }
    pen.path.finish()
}

/// Joins outlines to one path: each letter so far to the right, and turned around, since fonts count upwards and
/// pictures downwards.
struct Pen {
    path: PathBuilder,
    x: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, -cy, self.x + x, -y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + cx0, -cy0, self.x + cx1, -cy1, self.x + x, -y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn metrics<'a>(font: &FontRef<'a>, size: f64) -> GlyphMetrics<'a> {
    font.glyph_metrics(pixels(size), LocationRef::default())
}

fn advance(metrics: &GlyphMetrics<'_>, glyph: GlyphId) -> f32 {
    metrics.advance_width(glyph).unwrap_or(0.0)
}

/// The letter's glyph; any kind of space that the font lacks is a plain one, and what else it lacks shows as its box.
fn glyph(font: &FontRef<'_>, letter: char) -> GlyphId {
    let charmap = font.charmap();
    let plain = if letter.is_whitespace() { ' ' } else { letter };
    charmap.map(letter).or_else(|| charmap.map(plain)).unwrap_or(GlyphId::NOTDEF)
}

#[expect(clippy::cast_possible_truncation, reason = "sizes of letters are small")]
fn pixels(size: f64) -> Size {
    Size::new(size as f32)
}
