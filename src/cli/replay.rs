//! `vigie replay`: the whole road over an export, and what came of it as a report or as JSON, and as a page.

mod document;
mod page;
mod report;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::failure::Failure;
use crate::app::replay::{Replayed, replay};
use crate::config::community;
use crate::domain::ids::ChannelId;
use crate::domain::settings::Settings;
use crate::platform::export::{self, Format};

/// How many of the export's roles are listed for the configuration.
const ROLES_SHOWN: usize = 12;

/// What `vigie replay` is called with.
#[derive(Debug, Args)]
pub struct Replay {
    /// The export: one JSON object a line, or `DiscordChatExporter`'s JSON
    export: PathBuf,
    /// The community file to run it with; without it every channel is watched, by three desks that are always open
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON document instead of the report
    #[arg(long)]
    json: bool,
    /// Writes the report as a page, too: one file that needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Replay {
    /// Runs the export and prints what came of it.
    ///
    /// # Errors
    /// When nothing, or only the beginning of the export could be read; what came of that is printed before.
    pub async fn run(self) -> Result<(), Failure> {
        if let Some(html) = self.html.as_deref().filter(|html| is_same_file(html, &self.export)) {
            return Err(failed(&format!(
                "{} is the export itself: name another file for the page",
                html.display()
            )));
        }
        let settings = self.config.as_deref().map(read_settings).transpose()?;
        let opened = export::read(&self.export).map_err(anyhow::Error::from)?;
        let (format, (size, taken)) = (opened.format(), opened.progress());
        let bar = progress_bar(size);
        let replayed = replay(opened, settings, || bar.set_position(taken.load(Ordering::Relaxed))).await;
        bar.finish_and_clear();
        let replayed = replayed.map_err(anyhow::Error::from)?;
        for note in notes(&replayed, format, self.config.as_deref()) {
            eprintln!("{note}");
        }
        print(&replayed, self.json).context("the report cannot be written")?;
        if let Some(html) = &self.html {
            let page = page::page(&replayed, self.config.as_deref())?;
            std::fs::write(html, page)
                .with_context(|| format!("the page cannot be written to {}", html.display()))?;
        }
        match replayed.broken {
            Some(broken) => Err(failed(&format!("{broken}; the report is about what comes before"))),
            None => Ok(()),
        }
    }
}

fn failed(what: &str) -> Failure {
    Failure::Failed(anyhow::anyhow!("{what}"))
}

/// Whether two paths lead to one file that is there.
fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn read_settings(file: &Path) -> Result<Settings, Failure> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    community::parse(&text)
        .map_err(|mistakes| failed(&format!("{} is not right:\n{mistakes}", file.display())))
}

/// A bar on standard error; it hides itself where that is no terminal.
fn progress_bar(size: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {binary_bytes_per_sec}, {eta} left");
    ProgressBar::new(size).with_style(style.expect("the template is right"))
}

fn print(replayed: &Replayed, as_json: bool) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    if as_json {
        serde_json::to_writer(&mut out, &document::Document::of(replayed))?;
        writeln!(out)?;
    } else {
        write!(out, "{}", report::Report::of(replayed))?;
    }
    match out.flush() {
        // Whoever reads has seen enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        flushed => flushed,
    }
}

/// What whoever called should know before they trust the figures.
fn notes(replayed: &Replayed, format: Format, config: Option<&Path>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(config) = config {
        let community = &replayed.settings.community;
        if format == Format::DiscordChatExporter && community.id != replayed.origin.community {
            notes.push(format!(
                "The export is of {} ({}), {} of {} ({}): roles and channels may be others.",
                replayed.origin.name,
                replayed.origin.community,
                config.display(),
                community.name,
                community.id
            ));
        }
        if replayed.heard == 0 {
            let channels: Vec<&str> = replayed.channels.keys().map(ChannelId::as_str).collect();
            notes.push(format!(
                "No channel of the export is watched in {}: add a [[watch]] with channel = {}.",
                config.display(),
                channels.iter().map(|channel| format!("{channel:?}")).collect::<Vec<_>>().join(" or ")
            ));
        }
    }
    if replayed.employees.is_empty() {
        notes.push(nobody_answers(replayed, format, config));
    }
    notes
}

/// Without employees nothing is ever answered: says so, and what would mend it.
fn nobody_answers(replayed: &Replayed, format: Format, config: Option<&Path>) -> String {
    let known = "Nobody in this export is known as an employee, so no request counts as answered.";
    match (format, config) {
        (Format::Jsonl, _) => format!("{known} Mark employees' messages with \"employee\": true."),
        (Format::DiscordChatExporter, Some(config)) => {
            format!("{known} None of the authors has a role of {}.{}", config.display(), roles(replayed))
        }
        (Format::DiscordChatExporter, None) => {
            let how = "Give a community file with --config whose desks or [staff] name the employees' roles.";
            format!("{known} {how}{}", roles(replayed))
        }
    }
}

/// The roles that could be named, those of the fewest people first: employees are fewer than members.
fn roles(replayed: &Replayed) -> String {
    let mut roles: Vec<_> = replayed.roles.iter().collect();
    if roles.is_empty() {
        return " The export holds no roles: a newer DiscordChatExporter writes them.".to_owned();
    }
    roles.sort_by_key(|(_, (_, people))| *people);
    let line = |(id, (name, people)): &(_, &(String, usize))| {
        format!("\n  {id}  {name} ({people} {})", if *people == 1 { "author" } else { "authors" })
    };
    let more = roles.len().saturating_sub(ROLES_SHOWN);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    format!(" The authors' roles:{}{more}", roles.iter().take(ROLES_SHOWN).map(line).collect::<String>())
}
