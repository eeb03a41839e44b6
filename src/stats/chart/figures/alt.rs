//! The picture as a paragraph, for those who cannot see it: the same figures, a sentence for each panel.

use super::{FiguresChart, HeatRow, TimeLine, Times, Waits, heat as rows, times as lines};
use crate::domain::time::Span;
use crate::domain::words::Words;

/// The longest paragraph, in characters: what platforms take with a picture.
const LONGEST: usize = 1000;
/// The longest headline and the longest name in it.
const TITLE: usize = 120;
const NAME: usize = 40;
/// How many of those that wait are named.
const WAITS: usize = 3;

/// The whole picture.
pub fn paragraph(chart: &FiguresChart) -> String {
    let words = Words::new(chart.language);
    let parts = [times(&chart.times, words), heat(&chart.heat, words), waiting(&chart.waiting, words)];
    cut(&format!("{}. {}", cut(&chart.title, TITLE).trim_end_matches('.'), parts.join(" ")), LONGEST)
}

/// Each desk's line.
pub fn times(times: &Times, words: Words) -> String {
    let heading = words.chart_times();
    if !lines::has_points(times) {
        return words.alt_part(heading, &[words.chart_no_answers().to_owned()]);
    }
    let said: Vec<String> = times.lines.iter().map(|line| time_line(line, &times.labels, words)).collect();
    words.alt_part(heading, &said)
}

/// Each desk's number of requests, and when most of them came.
pub fn heat(heat: &[HeatRow], words: Words) -> String {
    let heading = words.chart_heat();
    if heat.iter().all(|row| row.hours == [0; 24]) {
        return words.alt_part(heading, &[words.no_requests().to_owned()]);
    }
    let row = |row: &HeatRow| words.alt_row(&cut(&row.name, NAME), &rows::says(row, words));
    words.alt_part(heading, &heat.iter().map(row).collect::<Vec<_>>())
}

/// The first of those that wait, and how many more.
pub fn waiting(waits: &Waits, words: Words) -> String {
    let heading = words.chart_waiting();
    let mut said: Vec<String> = waits
        .bars
        .iter()
        .take(WAITS)
        .map(|bar| {
            let target = bar.target.map(Span::seconds);
            words.alt_wait(&cut(&bar.label, NAME), Span::seconds(bar.waited), target, bar.is_late())
        })
        .collect();
    let more = waits.bars.len() - said.len() + waits.more;
    if more > 0 {
        said.push(words.chart_more_waiting(more));
    }
    if said.is_empty() {
        said.push(words.chart_nobody_waits().to_owned());
    }
    words.alt_part(heading, &said)
}

fn time_line(line: &TimeLine, labels: &[String], words: Words) -> String {
    let name = cut(&line.name, NAME);
    let points: Vec<(&str, Span)> = labels
        .iter()
        .zip(&line.points)
        .filter_map(|(label, point)| Some((label.as_str(), Span::seconds((*point)?))))
        .collect();
    let said = match points[..] {
        [] => words.alt_no_answer(&name),
        [one] => words.alt_one_time(&name, one),
        [first, .., last] => {
            let shortest = points.iter().map(|(_, span)| *span).fold(first.1, Span::min);
            let longest = points.iter().map(|(_, span)| *span).fold(first.1, Span::max);
            words.alt_line(&name, first, last, (shortest, longest))
        }
    };
    match line.target {
        Some(target) => format!("{said}, {}", words.chart_target(Span::seconds(target))),
        None => said,
    }
}

/// As much of the beginning as that many characters hold.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some(_) => text.chars().take(longest - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}
