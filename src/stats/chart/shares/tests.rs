//! What stands in the drawing, and that it becomes a PNG that can be read.

use super::*;

fn chart(language: Language, labels: &[&str], series: &[(&str, &[Option<f64>])]) -> Chart {
    let one = |(name, points): &(&str, &[Option<f64>])| Series {
        name: (*name).to_owned(),
        points: points.to_vec(),
    };
    Chart {
        title: "Précision par semaine".to_owned(),
        alt: "Service client : 80 % puis 90 %".to_owned(),
        language,
        x: labels.iter().map(|&label| label.to_owned()).collect(),
        series: series.iter().map(one).collect(),
    }
}

/// The polylines of the SVG in that colour.
fn lines<'a>(svg: &'a str, colour: &str) -> Vec<&'a str> {
    let stroke = format!("stroke=\"{colour}\"");
    svg.split('<').filter(|tag| tag.starts_with("polyline") && tag.contains(&stroke)).collect()
}

const BLUE: &str = "#0072b2";

#[test]
fn a_chart_is_a_png_of_1600_by_840_opaque_pixels() {
    let file = chart(Language::En, &["2 Mar", "9 Mar"], &[("PR", &[Some(0.8), Some(0.9)])]).png();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    let frame = reader.next_frame(&mut pixels).expect("the pixels can be read");
    assert_eq!((frame.width, frame.height, frame.color_type), (1600, 840, png::ColorType::Rgb));
    assert_eq!(pixels[..3], PAPER.parts(), "a corner is paper");
    let [red, green, blue] = [0x00, 0x72, 0xB2];
    assert!(
        pixels.chunks_exact(3).filter(|pixel| *pixel == [red, green, blue]).count() > 1000,
        "a line is seen"
    );
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    let chart = chart(Language::Fr, &["2 mars"], &[("PR", &[Some(0.8)])]);
    assert_eq!(chart.png(), chart.png());
}

#[test]
fn a_gap_breaks_the_line_and_a_point_alone_is_a_marker() {
    let labels = ["1", "2", "3", "4", "5", "6"];
    let whole = [Some(0.1); 6];
    let broken = [Some(0.1), Some(0.2), None, Some(0.3), Some(0.4), Some(0.5)];
    let alone = [None, Some(0.2), None, None, None, None];
    let lines_of = |points: &[Option<f64>]| {
        let svg = chart(Language::En, &labels, &[("PR", points)]).svg();
        // The first is the sample in the legend, with its disc.
        (lines(&svg, BLUE).len() - 1, svg.matches(&format!("fill=\"{BLUE}\"")).count() - 1)
    };
    assert_eq!(lines_of(&whole), (1, 6));
    assert_eq!(lines_of(&broken), (2, 5));
    assert_eq!(lines_of(&alone), (0, 1));
}

#[test]
fn a_chart_without_a_point_says_so_in_its_language() {
    let empty = chart(Language::Fr, &[], &[]);
    assert!(empty.svg().contains(">Pas encore de données</text>"));
    assert!(chart(Language::En, &["2 Mar"], &[("PR", &[None])]).svg().contains(">No data yet</text>"));
    assert!(!chart(Language::En, &["2 Mar"], &[("PR", &[Some(0.0)])]).svg().contains("No data yet"));
    assert!(empty.png().starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[test]
fn accents_percent_signs_and_what_must_be_escaped_are_in_the_svg() {
    let mut chart = chart(Language::Fr, &["1er août"], &[("Œuvre & ça", &[Some(1.0)])]);
    chart.alt = "moins de 3 < 4".to_owned();
    let svg = chart.svg();
    for text in [
        ">Précision par semaine</text>",
        ">1er août</text>",
        ">Œuvre &amp; ça</text>",
        "<desc>moins de 3 &lt; 4</desc>",
    ] {
        assert!(svg.contains(text), "{text} in {svg}");
    }
    assert!(svg.contains(&format!(">{}</text>", Words::new(Language::Fr).report_percent(0.5))));
}

#[test]
fn the_font_has_every_letter_of_both_languages() {
    let box_of_none = font::outline("\u{E123}", 20.0).map(|path| path.bounds());
    assert!(box_of_none.is_some());
    for letter in "aàâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜ«»’–…·%0123456789".chars()
    {
        let outline = font::outline(&letter.to_string(), 20.0).map(|path| path.bounds());
        assert!(outline.is_some() && outline != box_of_none, "{letter}");
    }
    assert_eq!(font::outline("\u{202F}\u{A0} ", 20.0), None, "spaces are blank");
}

#[test]
fn labels_stay_apart_and_the_last_one_is_always_there() {
    let weeks: Vec<String> = (1..=26).map(|week| format!("week {week}")).collect();
    let weeks: Vec<&str> = weeks.iter().map(String::as_str).collect();
    let svg = chart(Language::En, &weeks, &[("PR", &[Some(0.5); 26])]).svg();
    let shown: Vec<&&str> = weeks.iter().filter(|week| svg.contains(&format!(">{week}</text>"))).collect();
    assert_eq!(shown.last(), Some(&&"week 26"));
    assert!((4..10).contains(&shown.len()), "{shown:?}");
}

#[test]
fn a_text_that_is_too_wide_ends_in_an_ellipsis() {
    assert_eq!(font::fitting("short", 20.0, 200.0), "short");
    let cut = font::fitting(&"wide ".repeat(40), 20.0, 200.0);
    assert!(cut.ends_with('…') && font::width(&cut, 20.0) <= 200.0, "{cut}");
    assert!(font::width(&format!("{cut}wi"), 20.0) > 200.0, "{cut}");
}

#[test]
fn more_points_than_labels_are_left_out_and_shares_stay_inside() {
    let svg = chart(Language::En, &["1", "2"], &[("PR", &[Some(-1.0), Some(7.0), Some(0.5)])]).svg();
    let line = lines(&svg, BLUE)[1];
    let points = line.split('"').nth(1).unwrap_or_default();
    let heights: Vec<f64> =
        points.split([' ', ',']).skip(1).step_by(2).map(|y| y.parse().expect("a number")).collect();
    assert_eq!(heights.len(), 2);
    assert!(heights.iter().all(|y| (0.0..=HEIGHT).contains(y)), "{heights:?}");
}
