//! Figures: milliseconds for the answer of `/stats` over a million requests in SQLite, and for its picture.
//!
//! `cargo bench --bench figures` fills a database file with a year of requests, the newest first, and asks for each
//! period when a tenth of them is there and when all are: what lies outside a period must cost nothing. It prints the
//! median of each question, then that of twenty PNGs of a full picture. `-- 100000` takes as many requests; a name that
//! follows is the file, which is kept and only asked when it is there already.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use vigie::clock::Ids;
use vigie::domain::ids::CommunityId;
use vigie::domain::label::Route;
use vigie::domain::message::{IncomingMessage, Standing};
use vigie::domain::request::{Change, LinkKind, Opening, Request, Step};
use vigie::domain::settings::{Desk, Language, Platform, Settings};
use vigie::domain::time::{Span, Timestamp, from_milliseconds};
use vigie::domain::verdict::{Lang, Verdict};
use vigie::stats::{self, Question};
use vigie::store::{self, Decided, Store};

use vigie::stats::chart::{FiguresChart, HeatRow, TimeLine, Times, WaitBar, Waits};

const ROUNDS: usize = 20;
const DAYS: i64 = 45;
const DESKS: [&str; 3] = ["Customer service", "Product expert", "PR"];

const REQUESTS: i64 = 1_000_000;
/// How many requests are stored in one transaction.
const TOGETHER: i64 = 1000;
/// The last moment of the year: 2026-11-26.
const END: i64 = 1_795_651_200_000;
const DAY: i64 = 86_400_000;
const ASKED: usize = 9;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let requests = arguments.next().map_or(REQUESTS, |number| number.parse().expect("a number of requests"));
    let folder = tempfile::tempdir().expect("a folder for the database");
    let file = arguments.next().map_or_else(|| folder.path().join("vigie.db"), PathBuf::from);
    million(requests, &file).await;
    let chart = full();
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| milliseconds(&chart)).collect();
    times.sort_by(f64::total_cmp);
    let (median, slowest) = (times[ROUNDS / 2 - 1], times[ROUNDS - 1]);
    println!("a picture of the figures {median:.1} ms median, {slowest:.1} ms slowest of {ROUNDS}");
    println!("its file                 {} kB", chart.png().len() / 1000);
}

async fn million(requests: i64, file: &Path) {
    let is_filled = file.exists();
    let store = store::connect(&format!("sqlite://{}", file.display())).await.expect("SQLite in a file");
    let settings = settings();
    let mut few = Vec::new();
    if !is_filled {
        store.save_settings(&settings, None, moment(END)).await.expect("stored");
        let started = Instant::now();
        fill(&store, &settings, 0..requests / 10, requests).await;
        few = questions(store.as_ref(), &settings).await;
        fill(&store, &settings, requests / 10..requests, requests).await;
        println!("filled with {requests} requests in {:.0} s", started.elapsed().as_secs_f64());
    }
    let many = questions(store.as_ref(), &settings).await;
    println!("question             first   median   median with a tenth   ratio");
    let mut medians = Vec::new();
    for (place, (name, first, median)) in many.iter().enumerate() {
        print!("{name:20} {first:6.1} {median:6.1} ms");
        match few.get(place) {
            Some((_, _, before)) => println!(" {before:12.1} ms {:13.2}", median / before),
            None => println!(),
        }
        medians.push(*median);
    }
    medians.sort_by(f64::total_cmp);
    println!("/stats, median of all questions {:.1} ms", medians[medians.len() / 2]);
}

/// Each question: its name, the first answer, when days may have to be packed, and the median of the next ones.
async fn questions(store: &dyn Store, settings: &Settings) -> Vec<(String, f64, f64)> {
    let periods = [("today", 1), ("7d", 7), ("30d", 30), ("month", 26), ("all", 0)];
    let mut answers = Vec::new();
    for (name, days) in periods {
        for (of, route, channel) in [
            ("", None, None),
            (" one desk", Some(Route::Pr), None),
            (" one channel", None, Some("c3".into())),
        ] {
            let from = (days > 0).then(|| moment(END - days * DAY));
            let question = Question { from, to: None, route, channel };
            let mut times = Vec::new();
            for _ in 0..=ASKED {
                let start = Instant::now();
                let title = "Figures".to_owned();
                let answer = stats::pictured(store, settings, &question, moment(END), title).await;
                black_box(answer.expect("the store reads"));
                times.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            let first = times.remove(0);
            times.sort_by(f64::total_cmp);
            answers.push((format!("{name}{of}"), first, times[ASKED / 2]));
        }
    }
    answers
}

fn settings() -> Settings {
    let mut settings = Settings::new(Platform::Playground, "azur".into(), "Air Azur");
    let hours = vigie::domain::hours::Hours::parse("mon-fri 09:00-18:00").expect("hours");
    let desk = |route: Route| Desk {
        hours: hours.clone(),
        first_response: Some(Span::minutes(30)),
        ..Desk::new(route, route.as_str().into(), "role".into())
    };
    settings.desks = Route::ALL.map(desk).into();
    settings
}

/// Stores these requests, numbered from the newest, each with all that happened to it.
async fn fill(store: &Arc<dyn Store>, settings: &Settings, numbers: std::ops::Range<i64>, of: i64) {
    let community: &CommunityId = &settings.community.id;
    let ids = Ids::default();
    let mut number = numbers.start;
    while number < numbers.end {
        let end = (number + TOGETHER).min(numbers.end);
        let changes: Vec<Change> = (number..end).map(|number| request(settings, &ids, number, of)).collect();
        store.apply(community, &Decided::from(changes), None, moment(END)).await.expect("stored");
        number = end;
    }
}

fn request(settings: &Settings, ids: &Ids, number: i64, of: i64) -> Change {
    let wild = |salt: i64| (number * 7919 + salt * 104_729) % 9973;
    let opened_at = END - 1 - number * (365 * DAY / of);
    let route = Route::ALL[usize::try_from(wild(1) % 3).expect("small")];
    let message = IncomingMessage {
        community: settings.community.id.clone(),
        channel: format!("c{}", wild(2) % 8).as_str().into(),
        thread: None,
        id: format!("m{number}").as_str().into(),
        at: moment(opened_at),
        author: format!("u{}", wild(3)).as_str().into(),
        author_name: "Ana".to_owned(),
        standing: Standing::Member,
        text: "my parcel is lost".to_owned(),
        reply_to: None,
        reply_to_author: None,
        mentions: Vec::new(),
        label: None,
    };
    let verdict = Verdict::given(route.label(), "bench", Lang::En);
    let heard_at = message.at;
    let id = vigie::domain::ids::RequestId::new(ids.next(message.at));
    let mut change =
        Request::open(Opening { id, route, verdict, by: None, heard_at }, &message, &[], settings);
    // One in five hundred still waits.
    if wild(4) % 500 == 0 {
        return quiet(change);
    }
    let by = || format!("e{}", wild(5) % 20).as_str().into();
    let answer = Step::Answer { by: by(), message: None, link: LinkKind::Reply, confidence: 1.0 };
    let steps = [
        (Step::Claim { by: by() }, 20 + wild(6)),
        (answer, 10_000 + wild(7) * 3),
        (Step::Resolve { by: by() }, 50_000),
    ];
    for (step, seconds) in steps {
        let next = change.request.apply(step, moment(opened_at + seconds * 1000), settings);
        let next = next.expect("the plain road");
        change.events.extend(next.events);
        change.request = next.request;
        change.deadlines = next.deadlines;
    }
    quiet(change)
}

/// Stored as it is, with nothing to be sent.
fn quiet(change: Change) -> Change {
    Change { notices: Vec::new(), ..change }
}

fn moment(milliseconds: i64) -> Timestamp {
    from_milliseconds(milliseconds).expect("a time of our days")
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
