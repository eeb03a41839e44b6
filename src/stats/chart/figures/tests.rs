//! What stands in the picture and in the paragraph, with nothing, one, many, and names that nobody would choose.

use super::*;
use crate::domain::time::Span;

const BLUE: &str = "#0072b2";
const LATE: &str = "#c44e00";

fn line(name: &str, points: &[Option<i64>], target: Option<i64>) -> TimeLine {
    TimeLine { name: name.to_owned(), points: points.to_vec(), target }
}

fn row(name: &str, counts: &[(usize, u32)]) -> HeatRow {
    let mut hours = [0; 24];
    for (hour, count) in counts {
        hours[*hour] = *count;
    }
    HeatRow { name: name.to_owned(), hours }
}

fn bar(label: &str, waited: i64, target: Option<i64>) -> WaitBar {
    WaitBar { label: label.to_owned(), waited, target }
}

fn empty(language: Language) -> FiguresChart {
    FiguresChart {
        title: "Air Azur".to_owned(),
        language,
        times: Times::default(),
        heat: Vec::new(),
        waiting: Waits::default(),
    }
}

/// One request of one desk, answered after seven minutes, and one that waits.
fn one(language: Language) -> FiguresChart {
    FiguresChart {
        times: Times {
            labels: vec!["2 Mar".to_owned()],
            lines: vec![line("Care", &[Some(420)], Some(1800))],
        },
        heat: vec![row("Care", &[(14, 1)])],
        waiting: Waits { bars: vec![bar("Care · 4F2K9A", 700, Some(1800))], more: 0 },
        ..empty(language)
    }
}

/// Three desks with every hour busy, and more that wait than there is room for.
fn many(language: Language) -> FiguresChart {
    let names = ["Care", "Experts", "Press"];
    let points: Vec<Option<i64>> = (0..30).map(|day| (day % 7 != 6).then_some(60 * (day + 1))).collect();
    let hours: Vec<(usize, u32)> = (0..24).zip(1..).collect();
    FiguresChart {
        times: Times {
            labels: (1..=30).map(|day| format!("{day} Mar")).collect(),
            lines: names.iter().zip([1800, 3600, 1800]).map(|(n, t)| line(n, &points, Some(t))).collect(),
        },
        heat: names.iter().map(|name| row(name, &hours)).collect(),
        waiting: Waits {
            bars: (0..9).map(|i| bar(&format!("Care · {i}"), 9000 - 900 * i, Some(3600))).collect(),
            more: 12,
        },
        ..empty(language)
    }
}

/// The attributes of the SVG's tags of that name, of those that hold `part`.
fn tags<'a>(svg: &'a str, name: &str, part: &str) -> Vec<&'a str> {
    svg.split('<').filter(|tag| tag.starts_with(name) && tag.contains(part)).collect()
}

/// The number of an attribute.
fn value(tag: &str, attribute: &str) -> f64 {
    let (_, rest) = tag.split_once(&format!(" {attribute}=\"")).expect("the attribute is there");
    rest.split('"').next().and_then(|number| number.parse().ok()).expect("a number")
}

/// Left, top, right, bottom of a polygon.
fn edges(tag: &str) -> [f64; 4] {
    let (_, rest) = tag.split_once(" points=\"").expect("a polygon has points");
    let points = rest.split('"').next().expect("the attribute ends").split([' ', ',']);
    let numbers: Vec<f64> = points.map(|number| number.parse().expect("a number")).collect();
    let (xs, ys) = (numbers.iter().step_by(2), numbers.iter().skip(1).step_by(2));
    [
        xs.clone().copied().fold(f64::INFINITY, f64::min),
        ys.clone().copied().fold(f64::INFINITY, f64::min),
        xs.copied().fold(0.0, f64::max),
        ys.copied().fold(0.0, f64::max),
    ]
}

#[test]
fn every_empty_panel_says_so_in_its_language() {
    let (en, fr) = (empty(Language::En), empty(Language::Fr));
    for (svg, said) in [
        (en.times_svg(), "No answer in this time."),
        (en.heat_svg(), "No request in this time."),
        (en.waiting_svg(), "Nobody waits."),
        (fr.times_svg(), "Aucune réponse sur cette période."),
        (fr.heat_svg(), "Aucune demande sur cette période."),
        (fr.waiting_svg(), "Personne n'attend."),
    ] {
        assert!(svg.contains(&format!(">{said}</text>")), "{said} in {svg}");
    }
    for said in ["No answer in this time.", "No request in this time.", "Nobody waits."] {
        assert!(en.svg().contains(said) && en.alt().contains(said), "{said}");
        assert!(!one(Language::En).svg().contains(said), "{said}");
    }
    assert!(en.png().starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[test]
fn the_picture_is_a_png_as_high_as_it_needs_and_the_same_every_time() {
    let chart = many(Language::Fr);
    let file = chart.png();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    let frame = reader.next_frame(&mut pixels).expect("the pixels can be read");
    assert_eq!(frame.width, 1600);
    assert!(frame.height > 2000, "{}", frame.height);
    assert!(pixels[pixels.len() - 3..] == PAPER.parts(), "nothing reaches the lower corner");
    assert_eq!(file, chart.png());
    assert_ne!(file, many(Language::En).png());
}

#[test]
fn the_panels_apart_hold_what_the_whole_holds() {
    let chart = many(Language::En);
    let (whole, parts) = (chart.svg(), [chart.times_svg(), chart.heat_svg(), chart.waiting_svg()]);
    let texts = |svg: &str| -> Vec<String> {
        let texts = svg.split("<text ").skip(1);
        texts.map(|tag| tag[tag.find('>').unwrap_or(0)..].to_owned()).collect()
    };
    let apart: Vec<String> = parts.iter().flat_map(|svg| texts(svg)).collect();
    assert_eq!(texts(&whole)[1..].len(), apart.len());
    for svg in parts {
        assert!(svg.starts_with("<svg ") && svg.contains("<title>") && svg.contains("<desc>"), "{svg}");
    }
}

#[test]
fn the_axis_of_times_has_round_ticks_around_everything_and_equal_steps_for_equal_factors() {
    let mut chart = one(Language::En);
    chart.times.labels = ["1", "2", "3"].map(str::to_owned).into();
    chart.times.lines = vec![line("Care", &[Some(60), Some(240), Some(960)], Some(3600))];
    let svg = chart.times_svg();
    for tick in ["1 min", "5 min", "15 min", "1 h"] {
        assert!(svg.contains(&format!(">{tick}</text>")), "{tick}");
    }
    assert!(!svg.contains(">4 h<") && !svg.contains(">15 s<"), "{svg}");
    // The first disc is the sample in the legend.
    let heights: Vec<f64> =
        tags(&svg, "circle", BLUE).into_iter().skip(1).map(|tag| value(tag, "cy")).collect();
    assert_eq!(heights.len(), 3);
    assert!((heights[0] - heights[1] - (heights[1] - heights[2])).abs() < 0.2, "{heights:?}");
    let target = value(tags(&svg, "line ", "dasharray")[0], "y1");
    assert!(target < heights[2], "an hour is above sixteen minutes");
}

#[test]
fn no_time_falls_off_the_axis_and_a_gap_breaks_the_line() {
    let points = [Some(0), Some(10), None, Some(400 * 86_400), Some(30)];
    let mut chart = one(Language::En);
    chart.times.labels = (1..=5).map(|day| day.to_string()).collect();
    chart.times.lines = vec![line("Care", &points, None)];
    let svg = chart.times_svg();
    // The first of each is the sample in the legend.
    assert_eq!(tags(&svg, "polyline", BLUE).len(), 1 + 2);
    let discs = tags(&svg, "circle", BLUE);
    assert_eq!(discs.len(), 1 + 4);
    let height = value(tags(&svg, "rect", "")[0], "height");
    assert!(discs.iter().all(|disc| (0.0..height).contains(&value(disc, "cy"))), "{discs:?}");
    assert!(svg.contains(">90 d</text>") && svg.contains(">1 s</text>"), "{svg}");
}

#[test]
fn a_target_of_everybody_is_said_once_and_others_with_the_marker_of_whose_they_are() {
    let mut chart = many(Language::Fr);
    for line in &mut chart.times.lines {
        line.target = Some(1800);
    }
    let svg = chart.times_svg();
    assert_eq!(svg.matches("objectif 30 min</text>").count(), 1);
    assert_eq!(tags(&svg, "line ", "dasharray").len(), 2, "one in the legend, one in the plot");
    let svg = many(Language::En).times_svg();
    assert_eq!(svg.matches("target 30 min</text>").count(), 1);
    assert_eq!(svg.matches("target 1 h</text>").count(), 1);
    let orange = tags(&svg, "line ", "#d55e00");
    assert_eq!(orange.len(), 2, "the experts' own target has their colour: {orange:?}");
}

#[test]
fn hours_are_numbered_where_there_is_room_and_the_darker_the_more() {
    let mut chart = one(Language::Fr);
    chart.heat = vec![row("Care", &[(0, 1), (9, 5), (17, 12_345)]), row("Press", &[(23, 120)])];
    let svg = chart.heat_svg();
    for said in [">5</text>", ">120</text>", "12351 demandes, surtout à 17 h (12345)", ">18</text>"] {
        assert!(svg.contains(said), "{said} in {svg}");
    }
    assert!(!svg.contains(">12345</text>"), "a cell has no room for it");
    assert!(!svg.contains(">0 demande"), "{svg}");
    let shades: Vec<&str> = tags(&svg, "polygon", "fill").into_iter().collect();
    assert_eq!(shades.len(), 48);
    assert!(shades[17].contains("#3f1d7a"), "{}", shades[17]);
    assert!(shades[1].contains("#f1f3f5"), "{}", shades[1]);
    // Cells of one hour stand below each other.
    assert!((edges(shades[9])[0] - edges(shades[24 + 9])[0]).abs() < 0.1);
}

#[test]
fn a_bar_past_its_target_has_another_colour_and_a_word() {
    let mut chart = one(Language::En);
    chart.waiting.bars = vec![bar("a", 3600, Some(1800)), bar("b", 1800, Some(1800)), bar("c", 7200, None)];
    let svg = chart.waiting_svg();
    assert_eq!(svg.matches(">late</text>").count(), 1, "exactly the target is in time");
    let width = |colour: &str| {
        let areas = tags(&svg, "polygon", &format!("fill=\"{colour}\""));
        let [left, _, right, _] = edges(areas[0]);
        (right - left, areas.len())
    };
    let ((late, sign_too), (in_time, _), (plain, _)) = (width(LATE), width(BLUE), width("#6b7580"));
    assert_eq!(sign_too, 2, "the bar and the sign");
    assert!(
        (late - 2.0 * in_time).abs() < 0.5 && (plain - 2.0 * late).abs() < 0.5,
        "{late} {in_time} {plain}"
    );
    let strokes = tags(&svg, "polyline", "stroke-width=\"3.5\"");
    assert_eq!(strokes.len(), 1 + 2, "one to explain it, one for each target");
}

#[test]
fn eight_bars_are_shown_and_the_rest_is_counted() {
    let svg = many(Language::En).waiting_svg();
    assert!(svg.contains(">Care · 7</text>") && !svg.contains(">Care · 8</text>"), "{svg}");
    assert!(svg.contains(">… and 13 more</text>"), "{svg}");
    assert!(many(Language::Fr).waiting_svg().contains(">… et 13 autres</text>"));
}

#[test]
fn the_paragraph_says_the_figures_in_both_languages() {
    let mut chart = one(Language::En);
    chart.times.labels = ["2 Mar", "3 Mar", "4 Mar"].map(str::to_owned).into();
    chart.times.lines[0].points = vec![Some(420), Some(60), Some(5400)];
    chart.waiting.bars[0].waited = 2000;
    assert_eq!(
        chart.alt(),
        "Air Azur. First response: median, in opening hours – Care: 7 min (2 Mar), at last 1 h 30 (4 Mar), between \
         1 min and 1 h 30, target 30 min. Requests by hour of the day – Care: 1 request, at 14:00. Who waits, least \
         time left first – Care · 4F2K9A 33 min (late, target 30 min)."
    );
    chart.language = Language::Fr;
    assert_eq!(
        chart.alt(),
        "Air Azur. Première réponse : médiane, en heures ouvrées – Care : 7 min (2 Mar), à la fin 1 h 30 (4 Mar), \
         entre 1 min et 1 h 30, objectif 30 min. Demandes selon l'heure de la journée – Care : 1 demande, à 14 h. \
         Qui attend, le plus urgent d'abord – Care · 4F2K9A 33 min (en retard, objectif 30 min)."
    );
}

#[test]
fn hostile_names_are_escaped_cut_and_stay_inside() {
    let hostile = "<script>alert(1)</script> & \u{1b}[2J\u{0}very long ".repeat(200);
    for mut chart in [many(Language::En), many(Language::Fr)] {
        chart.title.clone_from(&hostile);
        chart.times.lines.iter_mut().for_each(|line| line.name.clone_from(&hostile));
        chart.heat.iter_mut().for_each(|row| row.name.clone_from(&hostile));
        chart.waiting.bars.iter_mut().for_each(|bar| bar.label.clone_from(&hostile));
        let svg = chart.svg();
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "it is text");
        assert!(!svg.contains(char::is_control), "XML holds no control characters");
        for text in tags(&svg, "text ", "") {
            let said = text.split('>').nth(1).unwrap_or_default();
            let said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            assert!(font::width(&said, value(text, "font-size")) < WIDTH - 2.0 * MARGIN + 1.0, "{said}");
        }
        assert!(chart.png().starts_with(b"\x89PNG"));
        let alt = chart.alt();
        assert!(alt.chars().count() <= 1000 && alt.contains("30 min"), "{alt}");
    }
}

#[test]
fn more_points_than_labels_are_left_out() {
    let mut chart = one(Language::En);
    chart.times.lines[0].points = vec![Some(420), Some(31_000_000), Some(2)];
    assert_eq!(tags(&chart.times_svg(), "circle", BLUE).len(), 2);
    assert!(!chart.times_svg().contains(" d</text>"), "nor do they stretch the axis");
}

#[test]
fn a_target_is_written_as_people_write_lengths() {
    let words = Words::new(Language::Fr);
    for (seconds, said) in
        [(45, "45 s"), (90, "90 s"), (1800, "30 min"), (5400, "90 min"), (28_800, "8 h"), (172_800, "2 j")]
    {
        assert_eq!(words.chart_target(Span::seconds(seconds)), format!("objectif {said}"));
    }
    assert_eq!(words.limit(Span::seconds(9_000)), "2 h 30");
    assert_eq!(words.limit(Span::ZERO), "0 s");
}
