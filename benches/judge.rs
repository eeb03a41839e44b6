//! The judge's local model: microseconds a message, whether the time grows with the length alone, and what more examples
//! bring.
//!
//! `cargo bench --bench judge` prints the figures and draws `docs/learning-curve.svg`. The curve is drawn from groups of
//! the corpus that were held out; on real messages a model does worse (`corpus/README.md`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use vigie::classify::evaluate::{Evaluation, Labelled, PriorChoice, evaluate};
use vigie::classify::model::{Example, Model, Prior, read_corpus, train};

/// Every so manyth message is timed.
const STRIDE: usize = 5;
/// Times a message is judged; the fastest counts, as the others were disturbed.
const ROUNDS: usize = 5;
/// Lengths in characters at which the time is measured.
const LENGTHS: [usize; 4] = [500, 1_000, 2_000, 4_000];
/// Examples to learn from, for the curve; all of them come last.
const SIZES: [usize; 5] = [500, 1_000, 2_000, 4_000, 8_000];
/// Groups of realistic messages that the curve's models never see, one of each language and kind of place.
const HELD_OUT: [&str; 3] = ["en-tweets-travel", "fr-tweets-operateurs", "en-channels"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = read_corpus(&root.join("corpus")).expect("the corpus is well formed");
    speed(&corpus);
    length(&corpus);
    let points = curve(&corpus);
    let file = root.join("docs/learning-curve.svg");
    std::fs::write(&file, drawing(&points)).expect("the drawing can be written");
    println!("drawn in {}", file.display());
}

fn speed(corpus: &[Example]) {
    let mut times: Vec<f64> = corpus.iter().step_by(STRIDE).map(|example| micros(&example.text)).collect();
    times.sort_by(f64::total_cmp);
    // Nearest rank, in whole per cents.
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100).saturating_sub(1)];
    println!("a message      {:>7.1} µs median, {:.1} µs p99 of {}", at(50), at(99), times.len());
}

fn length(corpus: &[Example]) {
    let text: String =
        corpus.iter().step_by(97).map(|example| example.text.as_str()).collect::<Vec<_>>().join(" ");
    for characters in LENGTHS {
        let part: String = text.chars().take(characters).collect();
        let time = micros(&part);
        println!(
            "{characters:>5} characters {time:>6.0} µs, {:.0} ns a character",
            time * 1000.0 / count(characters)
        );
    }
}

/// Time to judge a text, reasons included.
fn micros(text: &str) -> f64 {
    let model = Model::shipped();
    let round = || {
        let start = Instant::now();
        black_box(model.judge(black_box(text), &Prior::default()));
        start.elapsed().as_secs_f64() * 1e6
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// What a number of examples gives.
struct Point {
    examples: usize,
    macro_f1: f64,
    request_f1: f64,
}

fn curve(corpus: &[Example]) -> Vec<Point> {
    let is_held_out = |example: &&Example| HELD_OUT.contains(&example.group());
    let (test, rest): (Vec<&Example>, Vec<&Example>) = corpus.iter().partition(is_held_out);
    let labelled: Vec<Labelled> = test.into_iter().map(labelled).collect();
    let mixed = mixed(rest);
    println!("\n examples  macro-F1  request F1");
    let sizes = SIZES.into_iter().filter(|size| *size < mixed.len()).chain([mixed.len()]);
    sizes
        .map(|examples| {
            let Evaluation { macro_f1, request, .. } = scores(&mixed[..examples], &labelled);
            println!("{examples:>9} {macro_f1:>9.3} {:>11.3}", request.f1);
            Point { examples, macro_f1, request_f1: request.f1 }
        })
        .collect()
}

fn scores(examples: &[Example], labelled: &[Labelled]) -> Evaluation {
    let model = train(examples, |_, _| ());
    let prior = PriorChoice::File.prior(labelled);
    let verdicts: Vec<_> = labelled.iter().map(|message| model.judge(&message.text, &prior)).collect();
    evaluate(labelled, &verdicts).0
}

/// The examples so that any beginning of them holds every group and label in its share: dealt out group by group.
fn mixed(examples: Vec<&Example>) -> Vec<Example> {
    let mut piles: BTreeMap<(String, String), Vec<&Example>> = BTreeMap::new();
    for example in examples {
        piles.entry((example.group().to_owned(), example.label.to_string())).or_default().push(example);
    }
    let mut dealt: Vec<(f64, &Example)> = Vec::new();
    for pile in piles.values() {
        dealt.extend(pile.iter().enumerate().map(|(at, e)| ((count(at) + 0.5) / count(pile.len()), *e)));
    }
    dealt.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Every tenth first, then the next of each ten: neighbours in a pile were written in one go.
    (0..10)
        .flat_map(|from| dealt.iter().skip(from).step_by(10))
        .map(|(_, example)| (*example).clone())
        .collect()
}

fn labelled(example: &Example) -> Labelled {
    Labelled {
        id: None,
        text: example.text.clone(),
        label: example.label,
        also: example.also,
        lang: Some(example.lang),
    }
}

/// Width and height of the plot inside the drawing, and where it begins.
const PLOT: (f64, f64) = (520.0, 260.0);
const MARGIN: (f64, f64) = (64.0, 44.0);
/// The scores that the plot shows.
const RANGE: (f64, f64) = (0.5, 1.0);

/// The curve as SVG that can be read on a light and on a dark page.
fn drawing(points: &[Point]) -> String {
    let (first, last) = (points[0].examples, points[points.len() - 1].examples);
    let x = |examples: usize| {
        MARGIN.0 + PLOT.0 * (count(examples) / count(first)).ln() / (count(last) / count(first)).ln()
    };
    let y = |score: f64| MARGIN.1 + PLOT.1 * (RANGE.1 - score) / (RANGE.1 - RANGE.0);
    let (right, bottom) = (MARGIN.0 + PLOT.0, MARGIN.1 + PLOT.1);
    let mut svg = String::from(HEAD);
    for tenth in 0..=5_u32 {
        let score = RANGE.0 + f64::from(tenth) / 10.0;
        let _ = writeln!(
            svg,
            r#"<path class="grid" d="M{} {y:.1}H{right}"/><text x="{}" y="{:.1}" text-anchor="end">{score:.1}</text>"#,
            MARGIN.0,
            MARGIN.0 - 24.0,
            y(score) + 4.0,
            y = y(score)
        );
    }
    for point in points {
        let _ = writeln!(
            svg,
            r#"<text x="{:.1}" y="{}" text-anchor="middle">{}</text>"#,
            x(point.examples),
            bottom + 20.0,
            point.examples
        );
    }
    let _ = writeln!(
        svg,
        r#"<text x="{}" y="{}" text-anchor="middle">examples learnt from (logarithmic)</text>"#,
        MARGIN.0 + PLOT.0 / 2.0,
        bottom + 44.0
    );
    let _ = writeln!(
        svg,
        r#"<text x="{}" y="24" class="title">What more examples bring: score on groups that were held out</text>"#,
        MARGIN.0
    );
    svg += &line(
        "request",
        "needs an answer: F1",
        points.iter().map(|p| (x(p.examples), y(p.request_f1), p.request_f1)),
    );
    svg += &line(
        "labels",
        "four labels: macro-F1",
        points.iter().map(|p| (x(p.examples), y(p.macro_f1), p.macro_f1)),
    );
    svg + "</svg>\n"
}

/// A line through places, with the score written at each and its name after the last.
fn line(class: &str, name: &str, places: impl Iterator<Item = (f64, f64, f64)>) -> String {
    let (mut path, mut marks, mut end) = (Vec::new(), String::new(), (0.0, 0.0));
    for (x, y, score) in places {
        path.push(format!("{x:.1} {y:.1}"));
        let _ = writeln!(marks, r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="3.5"/>"#);
        let _ = writeln!(
            marks,
            r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle" class="number">{score:.2}</text>"#,
            y - 9.0
        );
        end = (x, y);
    }
    let (x, y) = (end.0 + 14.0, end.1 + 4.0);
    let name = format!(r#"<text x="{x:.1}" y="{y:.1}" class="name {class}">{name}</text>"#);
    format!("<path class=\"line {class}\" d=\"M{}\"/>\n{marks}{name}\n", path.join("L"))
}

const HEAD: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 370" role="img" aria-label="Learning curve of the local model">
<style>
  text { font: 13px system-ui, sans-serif; fill: #57606a; }
  .title { font-weight: 600; fill: #24292f; }
  .grid { stroke: #8c959f; stroke-opacity: .35; fill: none; }
  .line { fill: none; stroke-width: 2.5; }
  .number { font-size: 11px; }
  .name { font-weight: 600; }
  path.request { stroke: #0a7ea4; } circle.request, text.request { fill: #0a7ea4; }
  path.labels { stroke: #bc4c00; } circle.labels, text.labels { fill: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9ea7b3; } .title { fill: #e6edf3; }
    path.request { stroke: #4cc2e8; } circle.request, text.request { fill: #4cc2e8; }
    path.labels { stroke: #f0883e; } circle.labels, text.labels { fill: #f0883e; }
  }
</style>
"#;

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
const fn count(n: usize) -> f64 {
    n as f64
}
