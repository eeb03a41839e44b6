//! The command line: what can be called, and how a call ends.

mod config;
mod export;
mod judge;
mod r#move;
mod replay;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::app::failure::Failure;
use crate::config::environment::Environment;
use crate::domain::ids::CommunityId;
use crate::domain::settings::Settings;
use crate::store::Store;
use crate::{app, telemetry};

/// Vigie watches a brand's community channels, tells who inside the company has to answer, pings them once, and keeps
/// the true response times.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Call>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Default, Args)]
struct Serve {
    /// Runs the playground beside the real platforms
    #[arg(long)]
    playground: bool,
}

#[derive(Debug, Subcommand)]
enum Call {
    /// Runs every platform whose token is set; with none set, the playground alone
    Serve(Serve),
    /// Runs the whole pipeline over a channel export, on the export's own clock, and prints the report
    Replay(replay::Replay),
    /// Labels TEXT, or each line of standard input
    Classify {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
        /// The text; without it, each line of standard input is one
        text: Option<String>,
    },
    /// Labels a labelled file and prints the scores
    Evaluate {
        /// One JSON object per line: text, label, and id, lang, also where there are any
        file: PathBuf,
        /// One JSON document
        #[arg(long)]
        json: bool,
        /// The mix of labels to assume
        #[arg(long, value_enum, default_value_t = judge::Mix::Default)]
        prior: judge::Mix,
        /// Lists that many of the worst mistakes with their reasons
        #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "20")]
        errors: Option<usize>,
        /// Asks the language model of the environment about what is unsure
        #[arg(long)]
        second_reader: bool,
    },
    /// Declarative configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Exports requests: a table, or lines with their log
    Export(export::Export),
    /// Erases what is stored of a member, figures kept anonymous
    Forget(Later),
    /// Trains the local model; deterministic
    Train {
        /// The folder with the labelled lines
        corpus: PathBuf,
        /// Where to write the model
        #[arg(short, long, value_name = "MODEL")]
        output: PathBuf,
    },
    /// Carries a database from SQLite over to PostgreSQL and verifies it
    Move(r#move::Move),
    /// Checks token, intents, permissions, database, configuration; says what to mend
    Doctor,
}

/// A call that has a name already and no work yet.
#[derive(Debug, Args)]
struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<String>,
}

/// Does what the call asks for.
///
/// # Errors
/// How it ended when it did not end well.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let environment = Environment::load()?;
    telemetry::start(&environment.log, environment.log_format)?;
    match cli.command.unwrap_or(Call::Serve(cli.serve)) {
        Call::Serve(serve) => block_on(app::serve::serve(&environment, serve.playground)),
        Call::Replay(replay) => block_on(replay.run()),
        Call::Classify { json, text } => block_on(judge::classify(&environment, text, json)),
        Call::Evaluate { file, json, prior, errors, second_reader } => {
            block_on(judge::evaluate(&environment, &file, json, prior, errors, second_reader))
        }
        Call::Config(config) => block_on(config.run(&environment)),
        Call::Export(export) => block_on(export.run(&environment)),
        Call::Train { corpus, output } => judge::train(&corpus, &output),
        Call::Doctor => block_on(app::doctor::doctor(&environment)),
        Call::Forget(_) => Err(not_there_yet("forget")),
        Call::Move(carry) => block_on(carry.run()),
    }
}

/// The settings of a community, or which communities there are.
async fn settings_of(store: &dyn Store, community: &CommunityId) -> Result<Settings, Failure> {
    if let Some(stored) = store.settings(community).await.context("reading the settings")? {
        return Ok(stored.settings);
    }
    let known = store.communities().await.context("reading the communities")?;
    let names: Vec<&str> = known.iter().map(|(id, _)| id.as_str()).collect();
    let names = if names.is_empty() { "none yet".to_owned() } else { names.join(", ") };
    Err(Failure::Failed(anyhow::anyhow!("no community {community} is set up here; known: {names}")))
}

fn not_there_yet(command: &str) -> Failure {
    Failure::Failed(anyhow::anyhow!("`vigie {command}` is not there yet; CHANGELOG.md says what is"))
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?
        .block_on(work)
}
