//! A second reader in memory, for what happens around a reading; `llm.rs` has the one that speaks HTTP.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::Semaphore;
use vigie::classify::second::{DraftWanted, Question, Reading, SecondReader};
use vigie::domain::label::Label;
use vigie::domain::time::Timestamp;
use vigie::domain::verdict::NoReading;

/// Answers what the test says, when the test lets it.
#[derive(Debug)]
pub struct Reader {
    answers: Mutex<Box<dyn Answers>>,
    asked: Mutex<Vec<String>>,
    drafts: AtomicUsize,
    /// One permit an answer; closed gates keep questions waiting.
    gate: Semaphore,
}

/// What is answered to a text.
pub trait Answers: Send + std::fmt::Debug {
    fn answer(&mut self, text: &str) -> Result<Label, NoReading>;
}

/// Always the same.
#[derive(Debug)]
pub struct Always(pub Result<Label, NoReading>);

impl Answers for Always {
    fn answer(&mut self, _: &str) -> Result<Label, NoReading> {
        self.0
    }
}

impl Reader {
    /// One that answers at once.
    pub fn new(answers: impl Answers + 'static) -> Self {
        let reader = Self::held(answers);
        reader.gate.add_permits(Semaphore::MAX_PERMITS >> 1);
        reader
    }

    /// One that answers only what it is let.
    pub fn held(answers: impl Answers + 'static) -> Self {
        Self {
            answers: Mutex::new(Box::new(answers)),
            asked: Mutex::default(),
            drafts: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        }
    }

    /// Lets it answer one question.
    pub fn answers_one(&self) {
        self.gate.add_permits(1);
    }

    /// The texts that it was asked about.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panics while asking").clone()
    }

    /// How many drafts it wrote.
    pub fn drafts(&self) -> usize {
        self.drafts.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl SecondReader for Reader {
    fn model(&self) -> &'static str {
        "reader-7b"
    }

    fn prompt(&self) -> &'static str {
        "classify-test"
    }

    async fn read(&self, question: &Question, _: Timestamp) -> Result<Reading, NoReading> {
        self.asked.lock().expect("no test panics while asking").push(question.text.clone());
        self.gate.acquire().await.expect("the gate is never closed").forget();
        let label = self.answers.lock().expect("no test panics while answering").answer(&question.text)?;
        Ok(Reading { label, also: None, reason: "read twice".to_owned() })
    }

    async fn draft(&self, wanted: &DraftWanted, _: Timestamp) -> Result<String, NoReading> {
        self.drafts.fetch_add(1, Ordering::Relaxed);
        let guidelines = wanted.guidelines.as_deref().unwrap_or("none");
        Ok(format!("Dear member, about “{}” (guidelines: {guidelines})", wanted.messages.join(" / ")))
    }
}
