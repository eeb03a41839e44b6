//! `vigie classify`, `evaluate` and `train`: the judge by itself.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app;
use crate::app::failure::Failure;
use crate::app::say::say;
use crate::classify::Judge;
use crate::classify::evaluate::zones::Zones;
use crate::classify::evaluate::{self, Mistake, PriorChoice};
use crate::classify::learn::Adaptation;
use crate::classify::llm::LanguageModel;
use crate::classify::model::{self, Prior};
use crate::classify::second::{self, Question, SecondReader};
use crate::clock::{Clock, SystemClock};
use crate::config::environment::Environment;
use crate::domain::ids::CommunityId;
use crate::domain::settings::{Language, Platform, Settings};
use crate::domain::verdict::Verdict;

/// The company's name where there is none.
const NOBODY: &str = "the company";

/// The mix of labels to assume.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Mix {
    /// A sensible mix for a brand's channel
    Default,
    /// All labels alike
    Uniform,
    /// The shares of the file itself
    File,
}

impl From<Mix> for PriorChoice {
    fn from(mix: Mix) -> Self {
        match mix {
            Mix::Default => Self::Default,
            Mix::Uniform => Self::Uniform,
            Mix::File => Self::File,
        }
    }
}

/// Labels a text, or each line of standard input; a language model is asked about what is unsure, if one is configured.
pub async fn classify(environment: &Environment, text: Option<String>, json: bool) -> Result<(), Failure> {
    let cascade = Cascade::new(app::second_reader(environment)?, Prior::default());
    if let Some(text) = text {
        return print(&text, &cascade.verdict(&text).await, json);
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("Type a message a line, end with Ctrl-D.");
    }
    for line in stdin.lock().lines() {
        let line = line.context("standard input cannot be read as UTF-8 text")?;
        print(&line, &cascade.verdict(&line).await, json)?;
    }
    Ok(())
}

/// The judge without a community around it.
struct Cascade {
    judge: Judge,
    reader: Option<LanguageModel>,
    clock: SystemClock,
}

impl Cascade {
    fn new(reader: Option<LanguageModel>, prior: Prior) -> Self {
        let settings = Settings::new(Platform::Playground, CommunityId::from("command line"), NOBODY);
        let judge = Judge::new(&settings, Adaptation::assuming(prior));
        Self { judge, reader, clock: SystemClock }
    }

    async fn verdict(&self, text: &str) -> Verdict {
        let question = Question { brand: NOBODY.to_owned(), language: Language::En, text: text.to_owned() };
        let reader = self.reader.as_ref().map(|reader| reader as &dyn SecondReader);
        second::judge(&self.judge, reader, &question, self.clock.now()).await.verdict
    }
}

fn print(text: &str, verdict: &Verdict, json: bool) -> Result<(), Failure> {
    let line = if json {
        // The contract's document has no place for who read it a second time.
        let verdict = Verdict { second: None, ..verdict.clone() };
        serde_json::to_string(&verdict).context("a verdict that is no JSON")?
    } else {
        let unsure = if verdict.unsure { "?" } else { " " };
        let start: String = text.chars().take(60).collect();
        let why = verdict.why.join(", ");
        format!(
            "{:<17}{:>4.0} %{unsure} {start}\n{:24} because: {why}",
            verdict.label,
            verdict.confidence * 100.0,
            ""
        )
    };
    Ok(say(line)?)
}

/// Labels a labelled file and prints the scores.
pub async fn evaluate(
    environment: &Environment,
    file: &Path,
    json: bool,
    prior: Mix,
    errors: Option<usize>,
    with_reader: bool,
) -> Result<(), Failure> {
    let content =
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let labelled =
        evaluate::read_labelled(&content).with_context(|| format!("{} is not right", file.display()))?;
    let prior = PriorChoice::from(prior).prior(&labelled);
    let reader = if with_reader { Some(reader(environment)?) } else { None };
    let cascade = Cascade::new(reader, prior);
    let bar = progress("evaluating");
    bar.set_length(labelled.len() as u64);
    let mut verdicts = Vec::with_capacity(labelled.len());
    for message in &labelled {
        verdicts.push(cascade.verdict(&message.text).await);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (evaluation, mistakes) = evaluate::evaluate(&labelled, &verdicts);
    if json {
        say(serde_json::to_string(&evaluation).context("scores that are no JSON")?)?;
    } else {
        say(evaluation.to_string().trim_end())?;
        say(format_args!("\n{}", Zones::of(&labelled, prior)))?;
    }
    if let Some(most) = errors {
        let listed: String = mistakes.iter().take(most).map(Mistake::describe).collect::<Vec<_>>().join("\n");
        // With --json standard output holds the one document alone.
        if json { eprintln!("{listed}") } else { say(format_args!("\n{listed}"))? }
    }
    Ok(())
}

/// Trains the local model on a folder of labelled lines.
pub fn train(corpus: &Path, output: &Path) -> Result<(), Failure> {
    let examples = model::read_corpus(corpus).context("the corpus cannot be learnt from")?;
    let bar = progress("training");
    let model = model::train(&examples, |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let bytes = model.to_bytes();
    std::fs::write(output, &bytes).with_context(|| format!("{} cannot be written", output.display()))?;
    eprintln!("{}: {} bytes, learnt from {} messages", output.display(), bytes.len(), examples.len());
    Ok(())
}

/// The language model that is asked for by name.
fn reader(environment: &Environment) -> anyhow::Result<LanguageModel> {
    app::second_reader(environment)?
        .context("--second-reader asks a language model: set VIGIE_LLM_URL and VIGIE_LLM_MODEL")
}

fn progress(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{what} {{bar:40}} {{pos}}/{{len}} {{elapsed}}"))
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
