//! What is counted while Vigie works, told in Prometheus's text format.
//!
//! The stations call the functions here and know no library. Counting is one look-up and one atomic addition. What stands in
//! the store, and who is connected, is looked at when somebody asks ([`Seen`]). Every label is a word of ours, so that
//! their number is bounded: none may hold a text, a name, an id or a token.

mod exposition;
mod register;

use std::time::Duration;

use crate::domain::judgement::Zone;
use crate::domain::label::Label;
use crate::domain::lesson::Source;
use crate::domain::notice::Notice;
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::{NoReading, Stage};
use register::{Register, Seconds};

pub use exposition::{CONTENT_TYPE, PlatformSeen, QueueSeen, Seen, exposition};

/// What became of a notice that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent, or there was nothing to be sent any more.
    Sent,
    /// It did not work and is tried again.
    Retried,
    /// It can never be done.
    GivenUp,
}

/// What a language model is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To read a message a second time.
    Reading,
    /// To draft an answer.
    Draft,
}

/// How a connection to a platform's events began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// As a new one: what happened before has to be looked for.
    Identified,
    /// Where the last one broke off: nothing was missed.
    Resumed,
}

/// What one step of a worker came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something was done.
    Worked,
    /// There was nothing to do.
    Idle,
    /// The store failed.
    Failed,
}

/// The program has started.
pub fn started(now: Timestamp) {
    set(&register().started, now);
}

/// Something new was heard in a watched channel.
pub fn heard(what: &'static str) {
    register().heard.get_or_create(&[("what", what)]).inc();
}

/// A message was judged, and what follows is stored.
pub fn judged(stage: Stage, zone: Zone, label: Label) {
    let labels = [("stage", stage_word(stage)), ("zone", zone.as_str()), ("label", label.as_str())];
    register().judged.get_or_create(&labels).inc();
}

/// A person taught the judge.
pub fn taught(source: Source) {
    register().taught.get_or_create(&[("source", source.as_str())]).inc();
}

/// The local model was unsure: what came of wanting a second reading.
pub fn second_reading(outcome: Result<(), NoReading>) {
    register().second_readings.get_or_create(&[("outcome", reading_word(outcome))]).inc();
}

/// A language model was asked.
pub fn asked_model(purpose: Purpose, is_answered: bool, took: Duration) {
    let purpose = match purpose {
        Purpose::Reading => "reading",
        Purpose::Draft => "draft",
    };
    let outcome = if is_answered { "answered" } else { "failed" };
    let labels = [("purpose", purpose), ("outcome", outcome)];
    register().model_calls.get_or_create(&labels).observe(took.as_secs_f64());
}

/// A notice was tried.
pub fn sent(notice: &Notice, outcome: Outcome) {
    let labels = [("notice", notice.as_str()), ("outcome", outcome_word(outcome))];
    register().notices.get_or_create(&labels).inc();
}

/// The first card of a request that the judge opened is there: so long after the member's message, by the platform's
/// clock and ours, and so long after Vigie heard of it, by ours alone.
pub fn card_posted(since_message: Span, since_heard: Span) {
    let seconds = |span: Span| Duration::from_millis(u64::try_from(span.as_milliseconds()).unwrap_or(0));
    register().message_to_card.observe(seconds(since_message).as_secs_f64());
    register().heard_to_card.observe(seconds(since_heard).as_secs_f64());
}

/// A platform was called and answered with this status, or not at all.
pub fn called(platform: &'static str, status: Option<u16>, took: Duration) {
    let labels = [("platform", platform), ("status", status_class(status))];
    register().calls.get_or_create(&labels).observe(took.as_secs_f64());
}

/// A platform's answer was one of those of which it takes only so many before it shuts us out.
pub fn invalid_call(platform: &'static str) {
    register().invalid_calls.get_or_create(&[("platform", platform)]).inc();
}

/// A call was not made because it would have been one too many.
pub fn held_back(platform: &'static str) {
    register().held_back.get_or_create(&[("platform", platform)]).inc();
}

/// A platform told of something.
pub fn told(platform: &'static str, now: Timestamp) {
    let labels = [("platform", platform)];
    register().events.get_or_create(&labels).inc();
    set(&register().last_event.get_or_create(&labels), now);
}

/// A connection to a platform's events began.
pub fn connected(platform: &'static str, session: Session) {
    let how = match session {
        Session::Identified => "identified",
        Session::Resumed => "resumed",
    };
    register().sessions.get_or_create(&[("platform", platform), ("how", how)]).inc();
}

/// Looking for what was missed found so many messages.
pub fn caught_up(found: usize) {
    register().caught_up.inc_by(u64::try_from(found).unwrap_or(u64::MAX));
}

/// Looking for what was missed did not work.
pub fn catch_up_failed() {
    register().catch_ups_failed.inc();
}

/// A worker made a step.
pub fn stepped(worker: &'static str, step: Step) {
    let outcome = match step {
        Step::Worked => "worked",
        Step::Idle => "idle",
        Step::Failed => "failed",
    };
    register().steps.get_or_create(&[("worker", worker), ("outcome", outcome)]).inc();
}

/// The store could not do something.
pub fn store_failed(kind: &'static str) {
    register().store_errors.get_or_create(&[("kind", kind)]).inc();
}

/// Some part of the program panicked.
pub fn panicked() {
    register().panics.inc();
}

fn register() -> &'static Register {
    Register::of_this_process()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of our days are far below 2^53")]
fn set(gauge: &Seconds, at: Timestamp) {
    gauge.set(at.as_millisecond() as f64 / 1000.0);
}

const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Rule => "rule",
        Stage::Model => "model",
        Stage::Llm => "llm",
        Stage::Given => "given",
    }
}

const fn reading_word(outcome: Result<(), NoReading>) -> &'static str {
    match outcome {
        Ok(()) => "answered",
        Err(NoReading::Budget) => "budget",
        Err(NoReading::Resting) => "resting",
        Err(NoReading::TooSlow) => "too_slow",
        Err(NoReading::Down) => "down",
        Err(NoReading::Unusable) => "unusable",
    }
}

const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Retried => "retried",
        Outcome::GivenUp => "given_up",
    }
}

/// 429 apart from what else is wrong on our side.
const fn status_class(status: Option<u16>) -> &'static str {
    match status {
        None => "none",
        Some(429) => "429",
        Some(..=299) => "2xx",
        Some(300..=399) => "3xx",
        Some(400..=499) => "4xx",
        Some(500..) => "5xx",
    }
}
