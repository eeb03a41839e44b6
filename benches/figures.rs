//! The picture of the figures: milliseconds for a full one.
//!
//! `cargo bench --bench figures` prints the median of twenty PNGs, the slowest and the size of the file.

use std::hint::black_box;
use std::time::Instant;

use vigie::domain::settings::Language;
use vigie::stats::chart::{FiguresChart, HeatRow, TimeLine, Times, WaitBar, Waits};

const ROUNDS: usize = 20;
const DAYS: i64 = 45;
const DESKS: [&str; 3] = ["Customer service", "Product expert", "PR"];

fn main() {
    let chart = full();
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| milliseconds(&chart)).collect();
    times.sort_by(f64::total_cmp);
    let (median, slowest) = (times[ROUNDS / 2 - 1], times[ROUNDS - 1]);
    println!("a picture of the figures {median:.1} ms median, {slowest:.1} ms slowest of {ROUNDS}");
    println!("its file                 {} kB", chart.png().len() / 1000);
}

fn milliseconds(chart: &FiguresChart) -> f64 {
    let start = Instant::now();
    black_box(black_box(chart).png());
    start.elapsed().as_secs_f64() * 1000.0
}

/// Every panel as full as it gets: 45 days, three desks, every hour busy, eight that wait and more.
fn full() -> FiguresChart {
    // Neither regular nor random: the same picture each time.
    let wild = |n: i64| (n * 7919 + 104_729) % 997;
    let line = |(desk, name): (i64, &&str)| TimeLine {
        name: (*name).to_owned(),
        points: (0..DAYS).map(|day| Some(60 + wild(day + 50 * desk) * 30)).collect(),
        target: Some(1800 * (desk + 1)),
    };
    let row = |(desk, name): (i64, &&str)| {
        let mut hours = [0; 24];
        for (hour, count) in (0..).zip(&mut hours) {
            *count = if wild(hour + 30 * desk) > 400 { 99 } else { 1 };
        }
        HeatRow { name: (*name).to_owned(), hours }
    };
    let bar = |i: i64| WaitBar {
        label: format!("Customer service · 4F2K9{i}"),
        waited: 9000 - 1000 * i,
        target: Some(3600),
    };
    FiguresChart {
        title: "Figures from 2026-03-01 to 2026-04-14".to_owned(),
        language: Language::En,
        times: Times {
            labels: (1..=DAYS).map(|day| format!("{day} Mar")).collect(),
            lines: (0..).zip(&DESKS).map(line).collect(),
        },
        heat: (0..).zip(&DESKS).map(row).collect(),
        waiting: Waits { bars: (0..8).map(bar).collect(), more: 12 },
    }
}
