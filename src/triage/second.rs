//! Second readings: asked for while the message waits in the inbox, so that a crash meanwhile loses nobody.
//!
//! A message waits in its own channel only, and not for long: after [`PATIENCE`] the local verdict stands. What was
//! answered is kept in memory until the message is digested.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

use super::Triage;
use crate::bell::Bell;
use crate::classify::second::{Question, Reading, SecondReader};
use crate::classify::without_second;
use crate::clock::{Clock, Ids};
use crate::communities::Known;
use crate::domain::ids::CommunityId;
use crate::domain::judgement::Judgement;
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::NoReading;
use crate::metrics;
use crate::store::StoreError;

/// How long after its arrival a message is still given to the second reader: answers are worth less than being late.
const PATIENCE: Span = Span::seconds(10);

/// Calls at a time, of all communities.
const AT_A_TIME: usize = 8;

/// The second readings of this process.
#[derive(Clone, Debug)]
pub(super) struct Readings {
    reader: Option<Arc<dyn SecondReader>>,
    clock: Arc<dyn Clock>,
    /// Rung when there is an answer.
    inbox: Arc<Bell>,
    known: Arc<Mutex<HashMap<String, Asked>>>,
    seats: Arc<Semaphore>,
    answered: Arc<Notify>,
}

/// A question that was put, by the name of the inbox's item.
#[derive(Clone, Debug)]
enum Asked {
    UnderWay,
    Answered(Result<Reading, NoReading>),
}

impl Readings {
    pub(super) fn new(
        reader: Option<Arc<dyn SecondReader>>,
        clock: Arc<dyn Clock>,
        inbox: Arc<Bell>,
    ) -> Self {
        Self {
            reader,
            clock,
            inbox,
            known: Arc::default(),
            seats: Arc::new(Semaphore::new(AT_A_TIME)),
            answered: Arc::default(),
        }
    }

    /// The second reader, if there is one.
    pub(super) fn reader(&self) -> Option<&dyn SecondReader> {
        self.reader.as_deref()
    }

    /// The item was digested.
    pub(super) fn done(&self, item: &str) {
        self.known().remove(item);
    }

    /// Waits until no question is open; whether one was.
    pub(super) async fn idle(&self) -> bool {
        let mut has_waited = false;
        loop {
            let answered = self.answered.notified();
            if !self.known().values().any(|asked| matches!(asked, Asked::UnderWay)) {
                return has_waited;
            }
            has_waited = true;
            answered.await;
        }
    }

    fn ask(&self, reader: &Arc<dyn SecondReader>, item: &str, question: Question) {
        self.known().insert(item.to_owned(), Asked::UnderWay);
        let (readings, reader, item) = (self.clone(), Arc::clone(reader), item.to_owned());
        tokio::spawn(async move {
            let answer = match readings.seats.acquire().await {
                Ok(_seat) => reader.read(&question, readings.clock.now()).await,
                Err(_closed) => Err(NoReading::Down),
            };
            readings.known().insert(item, Asked::Answered(answer));
            readings.answered.notify_waiters();
            readings.inbox.ring();
        });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Asked>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Triage {
    /// The judgement with a second reading where the local model is unsure; `None` while the answer is awaited.
    pub(super) async fn second_reading(
        &self,
        item: &str,
        known: &Known,
        community: &CommunityId,
        judgement: Judgement,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<Judgement>, StoreError> {
        let Some(reader) = &self.readings.reader else { return Ok(Some(judgement)) };
        let settings = &known.settings.community;
        if !judgement.wants_second_reading() || settings.second_readings_per_day == 0 {
            return Ok(Some(judgement));
        }
        let (model, prompt) = (reader.model(), reader.prompt());
        let day = now.to_zoned(settings.timezone.clone()).date().to_string();
        let asked = self.readings.known().get(item).cloned();
        match asked {
            Some(Asked::UnderWay) => Ok(None),
            Some(Asked::Answered(Ok(reading))) => {
                metrics::second_reading(Ok(()));
                Ok(Some(known.judge.read_again(judgement, reading, model, prompt)))
            }
            Some(Asked::Answered(Err(why))) => {
                self.store.reading_unanswered(community, &day).await?;
                metrics::second_reading(Err(why));
                Ok(Some(without_second(judgement, model, prompt, why)))
            }
            None if has_waited(item, now) => {
                metrics::second_reading(Err(NoReading::TooSlow));
                Ok(Some(without_second(judgement, model, prompt, NoReading::TooSlow)))
            }
            None => {
                let budget = settings.second_readings_per_day;
                if !self.store.take_reading(community, &day, budget).await? {
                    metrics::second_reading(Err(NoReading::Budget));
                    return Ok(Some(without_second(judgement, model, prompt, NoReading::Budget)));
                }
                let question = Question {
                    brand: settings.name.clone(),
                    language: settings.language,
                    text: text.to_owned(),
                };
                self.readings.ask(reader, item, question);
                Ok(None)
            }
        }
    }
}

/// Whether an item of the inbox has waited too long for one more question.
fn has_waited(item: &str, now: Timestamp) -> bool {
    Ids::made_at(item).is_none_or(|made_at| Span::between(made_at, now) > PATIENCE)
}
