//! Figures against the log: what `/stats` says of ten thousand random histories is what a plain program computes from
//! their exported logs, without any of Vigie's own types.

use std::collections::BTreeMap;

use serde_json::Value;
use vigie::clock::Ids;
use vigie::domain::ids::{CommunityId, RequestId};
use vigie::domain::label::Route;
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::{LinkKind, Opening, Request, RequestMessage, Step};
use vigie::domain::settings::Settings;
use vigie::domain::time::{Span, TimeZone, Timestamp, civil, civil::Weekday, from_milliseconds};
use vigie::domain::verdict::{Lang, Verdict};
use vigie::stats::export::{Export, Format, Wanted};
use vigie::stats::{Figures, Question, Tally, Times, answer};
use vigie::store::{Decided, Store};

use crate::support::message::message;
use crate::support::store;

const HISTORIES: usize = 10_000;
const STEPS: usize = 9;
/// How many histories go on together, in one transaction.
const TOGETHER: usize = 500;
/// Sixty days around the change of clocks of March 2026.
const FIRST: i64 = 1_772_323_200_000;
const DAYS: u64 = 60;

/// Numbers that look random and are the same each time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("few")]
    }

    fn signed(&mut self, end: u64) -> i64 {
        i64::try_from(self.below(end)).expect("small")
    }
}

/// Three desks: split days, always open, and over night.
fn settings() -> Settings {
    vigie::config::community::parse(
        r#"
        [community]
        platform = "playground"
        id = "azur"
        name = "Air Azur"
        timezone = "Europe/Paris"

        [[desk]]
        route = "customer_service"
        channel = "a"
        role = "a"
        hours = "mon-fri 09:00-12:30, mon-fri 13:30-18:00, sat 10:00-13:00"
        holidays = ["2026-04-06"]
        first_response = "45m"

        [[desk]]
        route = "product_expert"
        channel = "b"
        role = "b"
        first_response = "4h"

        [[desk]]
        route = "pr"
        channel = "c"
        role = "c"
        hours = "mon-sun 20:00-04:00"
        "#,
    )
    .expect("the settings are right")
}

fn at(milliseconds: i64) -> Timestamp {
    from_milliseconds(milliseconds).expect("a time of our days")
}

/// One history: the request as it is now, and when it goes on.
struct History {
    request: Request,
    now: i64,
}

fn opened(dice: &mut Dice, number: usize, settings: &Settings) -> (History, Decided) {
    let now = FIRST + dice.signed(DAYS * 86_400_000);
    let route = dice.pick(&Route::ALL);
    let author = dice.pick(&["ana", "tom", "lea"]);
    let posted = message(author, "where is my parcel?").sent(&format!("m{number}"), at(now));
    let posted = IncomingMessage { community: settings.community.id.clone(), ..posted };
    let opening = Opening {
        id: RequestId::new(Ids::default().next(at(now))),
        route,
        verdict: Verdict::given(route.label(), "test", Lang::En),
        by: None,
        heard_at: at(now),
    };
    let change = Request::open(opening, &posted, &[], settings);
    (History { request: Request { version: 1, ..change.request.clone() }, now }, change.into())
}

/// What happens next: most of it in order, some of it written before what was told last.
fn step(dice: &mut Dice, history: &mut History) -> (Step, Timestamp) {
    history.now += dice.pick(&[900, 59_999, 600_000, 5_400_000, 40_000_000, 300_000_000]) + dice.signed(1000);
    let now = history.now;
    let by = dice.pick(&["karim", "solene", "ines"]).into();
    let claimer = history.request.claimer().cloned();
    let earlier = now - dice.signed(4_000_000);
    let last = history.request.messages.last().expect("at least one").id.clone();
    let step = match dice.below(17) {
        0..=1 => Step::Claim { by },
        2..=5 => {
            let (link, confidence) = (LinkKind::Reply, 1.0);
            let message = Some(format!("a{now}").as_str().into());
            let when = if dice.below(4) == 0 { earlier } else { now };
            return (Step::Answer { by, message, link, confidence }, at(when));
        }
        6..=7 => Step::Resolve { by },
        8..=10 => {
            let id = format!("q{now}").as_str().into();
            let message = RequestMessage { id, at: at(now), text: Some("and now?".to_owned()) };
            Step::Append { message, asks: dice.below(3) > 0 }
        }
        11 => Step::Reroute { by, to: dice.pick(&Route::ALL) },
        12 if dice.below(3) == 0 => Step::Dismiss { by },
        13 => {
            let step =
                Step::Correct { by, answered_by: "max".into(), message: format!("c{now}").as_str().into() };
            return (step, at(earlier));
        }
        14 => Step::Unanswer { by },
        15 => Step::Delete { message: last },
        _ => match claimer {
            Some(from) => Step::HandOver { by: from.clone(), from, to: by },
            None => Step::CommunityAnswer { by: "nina".into(), message: format!("n{now}").as_str().into() },
        },
    };
    (step, at(now))
}

/// Fewer on PostgreSQL, where each of their statements travels.
fn how_many() -> usize {
    if store::is_on_postgres() { HISTORIES / 20 } else { HISTORIES }
}

/// Ten thousand histories in a store.
async fn histories(settings: &Settings) -> std::sync::Arc<dyn Store> {
    let store = store::empty().await;
    store.save_settings(settings, None, at(FIRST)).await.expect("stored");
    let community = &settings.community.id;
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for first in (0..how_many()).step_by(TOGETHER) {
        let mut here = Vec::new();
        let mut decided = Decided::default();
        for number in first..first + TOGETHER {
            let (history, opening) = opened(&mut dice, number, settings);
            here.push(history);
            decided.changes.extend(opening.changes);
        }
        apply(store.as_ref(), community, decided).await;
        for _ in 0..STEPS {
            let mut decided = Decided::default();
            for history in &mut here {
                let (step, when) = step(&mut dice, history);
                let Ok(change) = history.request.apply(step, when, settings) else { continue };
                history.request = Request { version: change.request.version + 1, ..change.request.clone() };
                decided.changes.push(change);
            }
            apply(store.as_ref(), community, decided).await;
        }
    }
    store
}

async fn apply(store: &dyn Store, community: &CommunityId, mut decided: Decided) {
    // Nothing is sent here.
    decided.changes.iter_mut().for_each(|change| change.notices.clear());
    store.apply(community, &decided, None, at(FIRST)).await.expect("stored");
}

/// What a request's exported line comes to.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "a table's columns")]
struct Plain {
    route: String,
    opened: i64,
    is_dismissed: bool,
    is_resolved: bool,
    is_outside_hours: bool,
    has_community_answer: bool,
    waits: bool,
    answered_by: String,
    reopened: usize,
    reroutes: usize,
    claim: Vec<(i64, i64)>,
    first: Vec<(i64, i64)>,
    next: Vec<(i64, i64)>,
    first_resolution: Vec<(i64, i64)>,
    total_resolution: Vec<(i64, i64)>,
}

/// Opening times, minute by minute, from the desks' hours as a person reads them.
struct Hours {
    /// For each desk, in its order in the settings: how many of the minutes before this one it was open.
    open_before: [Vec<i64>; 3],
}

const DESKS: [&str; 3] = ["customer_service", "product_expert", "pr"];
const MINUTE: i64 = 60_000;

impl Hours {
    fn read() -> Self {
        let paris = TimeZone::get("Europe/Paris").expect("it is compiled in");
        let mut open_before = [vec![0], vec![0], vec![0]];
        for minute in 0..120 * 24 * 60 {
            let local = paris.to_datetime(at(FIRST + minute * MINUTE));
            let (hour, of_hour) = (i64::from(local.hour()), i64::from(local.minute()));
            let clock = hour * 60 + of_hour;
            let is_between = |from: i64, to: i64| (from * 30..to * 30).contains(&clock);
            let is_service_open = match local.weekday() {
                Weekday::Sunday => false,
                Weekday::Saturday => is_between(20, 26),
                _ => is_between(18, 25) || is_between(27, 36),
            } && local.date() != civil::date(2026, 4, 6);
            let is_pr_open = is_between(40, 48) || is_between(0, 8);
            for (minutes, is_open) in open_before.iter_mut().zip([is_service_open, true, is_pr_open]) {
                minutes.push(minutes.last().expect("the first") + i64::from(is_open));
            }
        }
        Self { open_before }
    }

    fn is_open(&self, desk: &str, moment: i64) -> bool {
        let (minutes, minute) = (self.of(desk), Self::minute(moment));
        minutes[minute + 1] > minutes[minute]
    }

    fn of(&self, desk: &str) -> &[i64] {
        &self.open_before[DESKS.iter().position(|d| *d == desk).expect("a desk")]
    }

    fn minute(moment: i64) -> usize {
        usize::try_from((moment - FIRST) / MINUTE).expect("after the first moment")
    }

    /// Whole seconds of the desk's opening time from one moment to a later one.
    fn seconds(&self, desk: &str, from: i64, to: i64) -> i64 {
        let minutes = self.of(desk);
        let until = |moment: i64| {
            let minute = Self::minute(moment);
            let in_this_one = (minutes[minute + 1] - minutes[minute]) * ((moment - FIRST) % MINUTE);
            minutes[minute] * MINUTE + in_this_one
        };
        if to <= from { 0 } else { (until(to) - until(from)) / 1000 }
    }
}

/// A wait of the member that is over: since when, how many milliseconds, how many seconds of opening time, and whether
/// an answer ended it.
#[derive(Clone, Copy)]
struct Waited {
    from: i64,
    time: i64,
    business: i64,
    is_answered: bool,
}

fn together<'a>(waits: impl Iterator<Item = &'a Waited>) -> (i64, i64) {
    let (time, business) = waits.fold((0, 0), |sum, wait| (sum.0 + wait.time, sum.1 + wait.business));
    (time / 1000, business)
}

/// No clock runs faster than the wall's, and no minute is waited twice.
fn check_waits(waits: &[Waited], line: &Value) {
    for wait in waits {
        assert!(
            wait.business * 1000 <= wait.time + 1000,
            "the desk was open longer than the member waited: {line}"
        );
    }
    for (wait, next) in waits.iter().zip(waits.iter().skip(1)) {
        assert!(wait.from + wait.time <= next.from, "two waits at once: {line}");
    }
}

/// Reads one line of the export, the log first and last: of each entry only what happened and when.
fn plain(line: &Value, hours: &Hours) -> Plain {
    let log = line["log"].as_array().expect("a log");
    let moment = |entry: &Value| {
        let at: Timestamp = entry["at"].as_str().expect("a time").parse().expect("RFC 3339");
        at.as_millisecond()
    };
    let opened = moment(&log[0]);
    let mut it = Plain { opened, ..Plain::default() };
    let (mut waits, mut waiting): (Vec<Waited>, Option<i64>) = (Vec::new(), Some(opened));
    let mut resolutions: Vec<i64> = Vec::new();
    let mut first: Option<(i64, i64)> = None;
    let mut desk = log[0]["route"].as_str().expect("a desk").to_owned();
    for entry in log {
        let now = moment(entry);
        let event = entry["event"].as_str().expect("a name");
        if event == "rerouted" {
            entry["to"].as_str().expect("a desk").clone_into(&mut desk);
        }
        let since = |from: i64| ((now - from).max(0), hours.seconds(&desk, from, now));
        let waited = waiting.map(since);
        assert_eq!(entry["business_seconds"].as_i64(), Some(since(opened).1), "{entry} of {line}");
        assert_eq!(
            entry["waited_seconds"].as_i64(),
            waited.map_or(Some(0), |w| Some(w.1)),
            "{entry} of {line}"
        );
        let by = entry["by"].as_str().unwrap_or_default();
        let ended = |is_answered| {
            let of = |from: i64| Waited { from, time: since(from).0, business: since(from).1, is_answered };
            waiting.map(of)
        };
        match event {
            "opened" => it.is_outside_hours = !hours.is_open(&desk, now),
            "appended" if entry["asks"] == true && waiting.is_none() => waiting = Some(now),
            "claimed" | "handed_over" if it.claim.is_empty() && first.is_none() => {
                it.claim.push(since(opened));
            }
            "deleted" if entry["ends_wait"] == true => waiting = None,
            "appended" | "claimed" | "handed_over" | "deleted" => {}
            "answered" => {
                if first.is_none() {
                    first = Some(since(opened));
                    by.clone_into(&mut it.answered_by);
                }
                waits.extend(ended(true));
                waiting = None;
            }
            "corrected" => {
                let (time, business) = since(opened);
                first = Some((time, business));
                entry["answered_by"].as_str().expect("somebody").clone_into(&mut it.answered_by);
                // All that had been asked before the message that is named now was answered with it.
                waits.retain(|wait| wait.from >= now && wait.from > opened);
                waits.insert(0, Waited { from: opened, time, business, is_answered: true });
                waiting = waiting.filter(|from| *from >= now);
            }
            "unanswered" => {
                first = None;
                it.answered_by.clear();
                waits.clear();
                resolutions.clear();
                it.is_resolved = false;
                waiting = Some(opened);
            }
            "community_answered" => it.has_community_answer = true,
            "resolved" => {
                waits.extend(ended(false));
                waiting = None;
                resolutions.push(now);
                it.is_resolved = true;
            }
            "dismissed" | "withdrawn" => {
                waiting = None;
                it.is_dismissed = true;
            }
            "rerouted" => {
                it.reroutes += 1;
                waiting = waiting.or(Some(now));
            }
            "reopened" => {
                it.reopened += 1;
                it.is_resolved = false;
                waiting = Some(now);
            }
            other => panic!("an entry that nobody told this program of: {other}"),
        }
    }
    let in_seconds = |(time, business): (i64, i64)| (time / 1000, business);
    it.waits = waiting.is_some();
    it.claim.iter_mut().for_each(|claim| *claim = in_seconds(*claim));
    it.first.extend(first.map(in_seconds));
    let later = waits.iter().skip(1).filter(|wait| wait.is_answered);
    it.next.extend(later.map(|wait| (wait.time / 1000, wait.business)));
    let until = |at: &i64| together(waits.iter().filter(|wait| wait.from < *at));
    it.first_resolution.extend(resolutions.first().map(until));
    it.total_resolution.extend(resolutions.last().map(until));
    check_waits(&waits, line);
    line["route"].as_str().expect("a route").clone_into(&mut it.route);
    assert_eq!(line["response_seconds"].as_i64(), it.first.first().map(|(seconds, _)| *seconds));
    assert_eq!(line["business_seconds"].as_i64(), it.first.first().map(|(_, business)| *business));
    it
}

/// How many, nearest-rank percentiles, sum and maximum, as a textbook has them.
fn summed_up(mut values: Vec<i64>) -> Option<(usize, [i64; 3], i64, i64)> {
    values.sort_unstable();
    let last = *values.last()?;
    let at = |percent: usize| values[(values.len() * percent).div_ceil(100) - 1];
    Some((values.len(), [at(50), at(90), at(95)], values.iter().sum(), last))
}

fn check_times(what: &str, plain: &[(i64, i64)], figures: &Times) {
    for (clock, values, said) in [
        ("calendar", plain.iter().map(|(seconds, _)| *seconds).collect(), figures.calendar),
        ("business", plain.iter().map(|(_, business)| *business).collect(), figures.business),
    ] {
        let Some((count, percentiles, sum, max)) = summed_up(values) else {
            assert_eq!(said, None, "{what}, {clock}");
            continue;
        };
        let said = said.unwrap_or_else(|| panic!("{what}, {clock}: {count} were measured"));
        assert_eq!(
            (said.count, [said.p50, said.p90, said.p95], said.max),
            (count, percentiles, max),
            "{what}, {clock}"
        );
        #[expect(clippy::cast_precision_loss, reason = "a test's sums are small")]
        let mean = sum as f64 / count as f64;
        assert!((said.mean - mean).abs() < 0.051, "{what}, {clock}: {} is rounded from {mean}", said.mean);
    }
}

fn check(what: &str, lines: &[&Plain], tally: &Tally, settings: &Settings, now: Timestamp) {
    let counted: Vec<&&Plain> = lines.iter().filter(|line| !line.is_dismissed).collect();
    let count = |is_it: &dyn Fn(&Plain) -> bool| counted.iter().filter(|line| is_it(line)).count();
    assert_eq!(tally.requests, counted.len(), "{what}");
    assert_eq!(tally.dismissed, lines.len() - counted.len(), "{what}");
    assert_eq!(tally.answered, count(&|line| !line.first.is_empty()), "{what}");
    assert_eq!(tally.waiting, count(&|line| line.first.is_empty()), "{what}");
    assert_eq!(tally.waiting_again, count(&|line| !line.first.is_empty() && line.waits), "{what}");
    assert_eq!(tally.resolved, count(&|line| line.is_resolved), "{what}");
    assert_eq!(tally.reopened, count(&|line| line.reopened > 0), "{what}");
    assert_eq!(tally.rerouted, count(&|line| line.reroutes > 0), "{what}");
    assert_eq!(tally.outside_hours, count(&|line| line.is_outside_hours), "{what}");
    assert_eq!(tally.community_answered, count(&|line| line.has_community_answer), "{what}");
    let oldest = counted.iter().filter(|line| line.first.is_empty()).map(|line| line.opened).min();
    let waited = oldest.map(|at| Span::milliseconds(now.as_millisecond() - at));
    assert_eq!(tally.oldest_waiting, waited, "{what}");
    let target = |line: &Plain| match line.route.as_str() {
        "customer_service" => Some(45 * 60),
        "product_expert" => Some(4 * 3600),
        _ => None,
    };
    let is_missed = |line: &Plain| {
        let Some(target) = target(line) else { return false };
        let route: Route = line.route.parse().expect("a route");
        let waited = || settings.clock(route).between(at(line.opened), now).as_seconds();
        line.first.first().map_or_else(waited, |(_, business)| *business) > target
    };
    let is_kept =
        |line: &Plain| target(line).is_some_and(|t| line.first.first().is_some_and(|(_, b)| *b <= t));
    assert_eq!((tally.in_target, tally.missed), (count(&is_kept), count(&is_missed)), "{what}");
    let all =
        |of: &dyn Fn(&Plain) -> Vec<(i64, i64)>| counted.iter().flat_map(|line| of(line)).collect::<Vec<_>>();
    check_times(&format!("{what}: claim"), &all(&|line| line.claim.clone()), &tally.claim);
    check_times(&format!("{what}: first response"), &all(&|line| line.first.clone()), &tally.first_response);
    check_times(&format!("{what}: next responses"), &all(&|line| line.next.clone()), &tally.next_response);
    let (first, total) =
        (all(&|line| line.first_resolution.clone()), all(&|line| line.total_resolution.clone()));
    check_times(&format!("{what}: resolution"), &first, &tally.first_resolution);
    check_times(&format!("{what}: total resolution"), &total, &tally.total_resolution);
    let mut people = BTreeMap::new();
    for line in counted.iter().filter(|line| !line.first.is_empty()) {
        *people.entry(line.answered_by.as_str()).or_insert(0_usize) += 1;
    }
    let said: BTreeMap<&str, usize> =
        tally.answered_by.iter().map(|(person, count)| (person.as_str(), *count)).collect();
    assert_eq!(said, people, "{what}");
}

async fn exported(store: &dyn Store, settings: &Settings) -> Vec<Plain> {
    let wanted = Wanted { format: Format::Jsonl, ..Wanted::default() };
    let mut export = Export::new(store, settings, wanted, None);
    let hours = Hours::read();
    let mut lines = Vec::new();
    while let Some(chunk) = export.next().await.expect("the store reads") {
        let text = String::from_utf8(chunk.bytes).expect("JSON lines");
        lines.extend(text.lines().map(|line| plain(&serde_json::from_str(line).expect("JSON"), &hours)));
    }
    lines
}

#[tokio::test]
async fn figures_equal_a_plain_recomputation_from_the_exported_log() {
    let settings = settings();
    let store = histories(&settings).await;
    let lines = exported(store.as_ref(), &settings).await;
    assert_eq!(lines.len(), how_many());
    let day = 86_400_000;
    let now = at(FIRST + 70 * day + 12_345_678);
    let periods = [
        (None, None),
        // Ends that are no midnights anywhere: both edges of the packed days are read request by request.
        (Some(FIRST + 3 * day + 7_654_321), Some(FIRST + 41 * day + 1_234_567)),
        (Some(FIRST + 20 * day + 1), Some(FIRST + 20 * day + 80_000_000)),
        (Some(FIRST + 50 * day), None),
    ];
    // Twice: first the days are packed, then they are read as packs.
    for round in 0..2 {
        for (from, to) in periods {
            let question = Question { from: from.map(at), to: to.map(at), ..Question::default() };
            let figures = answer(store.as_ref(), &settings, &question, now).await.expect("the store reads");
            let is_in = |line: &&Plain| {
                from.is_none_or(|from| line.opened >= from) && to.is_none_or(|to| line.opened < to)
            };
            let here: Vec<&Plain> = lines.iter().filter(is_in).collect();
            check(&format!("round {round}, {from:?}"), &here, &figures.total, &settings, now);
            check_desks(&here, &figures, &settings, now);
            let question = Question { route: Some(Route::Pr), ..question };
            let one = answer(store.as_ref(), &settings, &question, now).await.expect("the store reads");
            assert_eq!(one.by_route[2], figures.by_route[2], "asked for alone it is the same");
        }
    }
}

fn check_desks(lines: &[&Plain], figures: &Figures, settings: &Settings, now: Timestamp) {
    for (route, tally) in &figures.by_route {
        let here: Vec<&Plain> = lines.iter().copied().filter(|line| line.route == route.as_str()).collect();
        check(route.as_str(), &here, tally, settings, now);
    }
}
