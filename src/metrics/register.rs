//! Every metric that is counted, with its name, its help and its buckets: the one place that names them.
//!
//! Names follow Prometheus's conventions: base units, and `_total` behind a counter, which the library appends. What can
//! happen is there from the start with a zero, so that the first time it happens is seen as a change.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use super::{Outcome, outcome_word, stage_word};
use crate::domain::judgement::Zone;
use crate::domain::label::Label;
use crate::domain::notice::Notice;
use crate::domain::verdict::Stage;

/// Labels with their values: words of ours.
type Labels<const N: usize> = [(&'static str, &'static str); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;
type Histograms<const N: usize> = Family<Labels<N>, Histogram>;
/// A point in time, in seconds since 1970.
pub(super) type Seconds = Gauge<f64, AtomicU64>;

/// Seconds from a message to its card: 3 ms is a good day, minutes are an outage.
const LAG: [f64; 17] =
    [0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0];
/// Seconds of a call to a platform; it is given up after ten, with a file after sixty.
const CALL: [f64; 11] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];
/// Seconds of a call to a language model; a reading is given up after six, a draft after thirty.
const MODEL: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.5, 6.0, 15.0, 30.0];

/// Every metric of this process.
#[derive(Debug)]
pub(super) struct Register {
    pub(super) registry: Registry,
    pub(super) started: Seconds,
    pub(super) heard: Counters<1>,
    pub(super) judged: Counters<3>,
    pub(super) taught: Counters<1>,
    pub(super) second_readings: Counters<1>,
    pub(super) model_calls: Histograms<2>,
    pub(super) notices: Counters<2>,
    pub(super) message_to_card: Histogram,
    pub(super) heard_to_card: Histogram,
    pub(super) calls: Histograms<2>,
    pub(super) invalid_calls: Counters<1>,
    pub(super) held_back: Counters<1>,
    pub(super) events: Counters<1>,
    pub(super) last_event: Family<Labels<1>, Seconds>,
    pub(super) sessions: Counters<2>,
    pub(super) caught_up: Counter,
    pub(super) catch_ups_failed: Counter,
    pub(super) steps: Counters<2>,
    pub(super) store_errors: Counters<1>,
    pub(super) panics: Counter,
}

impl Register {
    /// The one of this process.
    pub(super) fn of_this_process() -> &'static Self {
        static REGISTER: LazyLock<Register> = LazyLock::new(Register::new);
        &REGISTER
    }

    #[expect(clippy::too_many_lines, reason = "a table: one entry a figure")]
    fn new() -> Self {
        let mut whole = Registry::default();
        let started = add(
            &mut whole,
            "process_start_time_seconds",
            "When this process started, in seconds since 1970",
            Seconds::default(),
        );
        let ours = whole.sub_registry_with_prefix("vigie");
        ours.register("build", "Which Vigie this is", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let register = Self {
            started,
            heard: add(
                ours,
                "messages_heard",
                "What was new in watched channels: messages posted, edited, deleted",
                Counters::default(),
            ),
            judged: add(
                ours,
                "messages_judged",
                "Messages that opened a request (zone ping), were listed for review, or left alone (quiet), by the stage that decided",
                Counters::default(),
            ),
            taught: add(
                ours,
                "lessons",
                "What people taught the judge, by the way in which they did",
                Counters::default(),
            ),
            second_readings: add(
                ours,
                "second_readings",
                "What came of wanting a second reading where the local model was unsure",
                Counters::default(),
            ),
            model_calls: add(
                ours,
                "llm_call_duration_seconds",
                "How long the language model took, all tries of one question together",
                Histograms::new_with_constructor(|| Histogram::new(MODEL)),
            ),
            notices: add(
                ours,
                "notices",
                "Notices that were tried: sent (or needless by then), to be tried again, given up",
                Counters::default(),
            ),
            message_to_card: add(
                ours,
                "message_to_card_seconds",
                "From the member's message, by the platform's clock, to its card, by this machine's: as right as the two agree",
                Histogram::new(LAG),
            ),
            heard_to_card: add(
                ours,
                "heard_to_card_seconds",
                "From hearing of a message to its card, on this machine's clock alone",
                Histogram::new(LAG),
            ),
            calls: add(
                ours,
                "platform_call_duration_seconds",
                "Calls to a platform's API by the status of their answer; none: no answer came",
                Histograms::new_with_constructor(|| Histogram::new(CALL)),
            ),
            invalid_calls: add(
                ours,
                "platform_invalid_calls",
                "Calls answered 401, 403 or 429 (of a limit of our own): Discord shuts out who makes 10000 of them in 10 minutes",
                Counters::default(),
            ),
            held_back: add(
                ours,
                "platform_calls_held_back",
                "Calls that were put off because the platform's limit was used up",
                Counters::default(),
            ),
            events: add(
                ours,
                "gateway_events",
                "Events that the platform told of, whatever came of them",
                Counters::default(),
            ),
            last_event: add(
                ours,
                "gateway_last_event_timestamp_seconds",
                "When the platform told of something last, in seconds since 1970",
                Family::default(),
            ),
            sessions: add(
                ours,
                "gateway_sessions",
                "Connections to the platform's events: new ones (identified), and those that went on where the last one broke off (resumed)",
                Counters::default(),
            ),
            caught_up: add(
                ours,
                "backfill_messages",
                "Messages that were posted while nobody listened and found afterwards",
                Counter::default(),
            ),
            catch_ups_failed: add(
                ours,
                "backfill_failures",
                "Tries to read what was missed in a community that did not work",
                Counter::default(),
            ),
            steps: add(
                ours,
                "worker_steps",
                "Steps of the workers, by what they came to",
                Counters::default(),
            ),
            store_errors: add(
                ours,
                "store_errors",
                "What the database could not do, or held that cannot be read",
                Counters::default(),
            ),
            panics: add(
                ours,
                "panics",
                "Parts of the program that ended in a panic: each is a bug",
                Counter::default(),
            ),
            registry: whole,
        };
        register.begin_with_zeros();
        register
    }

    /// A series that appears with a one looks to Prometheus as if nothing had happened.
    fn begin_with_zeros(&self) {
        for what in ["posted", "edited", "deleted"] {
            zero(&self.heard, [("what", what)]);
        }
        for stage in [Stage::Rule, Stage::Model, Stage::Llm].map(stage_word) {
            for zone in Zone::ALL.map(Zone::as_str) {
                for label in Label::ALL.map(Label::as_str) {
                    zero(&self.judged, [("stage", stage), ("zone", zone), ("label", label)]);
                }
            }
        }
        for outcome in [Outcome::Sent, Outcome::Retried, Outcome::GivenUp].map(outcome_word) {
            for notice in Notice::WORDS {
                zero(&self.notices, [("notice", notice), ("outcome", outcome)]);
            }
        }
        for failure in ["unavailable", "unreadable"] {
            zero(&self.store_errors, [("kind", failure)]);
        }
    }
}

fn zero<const N: usize>(counters: &Counters<N>, labels: Labels<N>) {
    counters.get_or_create(&labels).inc_by(0);
}

fn add<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}
