//! `vigie classify`, `evaluate` and `train`: the judge by itself.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::failure::Failure;
use crate::app::say::say;
use crate::classify::Judge;
use crate::classify::evaluate::zones::Zones;
use crate::classify::evaluate::{self, Mistake, PriorChoice};
use crate::classify::learn::Adaptation;
use crate::classify::model::{self, Model};
use crate::domain::ids::CommunityId;
use crate::domain::settings::{Platform, Settings};
use crate::domain::verdict::Verdict;

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

/// Labels a text, or each line of standard input.
pub fn classify(text: Option<String>, json: bool) -> Result<(), Failure> {
    let judge = Judge::new(
        &Settings::new(Platform::Playground, CommunityId::from("command line"), "command line"),
        Adaptation::default(),
    );
    if let Some(text) = text {
        return print(&text, &judge.text(&text).verdict, json);
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("Type a message a line, end with Ctrl-D.");
    }
    for line in stdin.lock().lines() {
        let line = line.context("standard input cannot be read as UTF-8 text")?;
        print(&line, &judge.text(&line).verdict, json)?;
    }
    Ok(())
}

fn print(text: &str, verdict: &Verdict, json: bool) -> Result<(), Failure> {
    let line = if json {
        serde_json::to_string(verdict).context("a verdict that is no JSON")?
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
pub fn evaluate(file: &Path, json: bool, prior: Mix, errors: Option<usize>) -> Result<(), Failure> {
    let content =
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let labelled =
        evaluate::read_labelled(&content).with_context(|| format!("{} is not right", file.display()))?;
    let prior = PriorChoice::from(prior).prior(&labelled);
    let (evaluation, mistakes) = evaluate::evaluate(&labelled, |text| Model::shipped().judge(text, &prior));
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
    let style = ProgressStyle::with_template("training {bar:40} {pos}/{len} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
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
