//! `vigie export`: a community's requests as a table or as JSON lines, to standard output or into a file.

mod sink;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::settings_of;
use crate::app::failure::Failure;
use crate::app::open_store;
use crate::config::community::values;
use crate::config::environment::Environment;
use crate::domain::ids::CommunityId;
use crate::domain::request::Request;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp, civil};
use crate::platform;
use crate::stats::export::{self, Days, Format, Wanted};
use crate::store::{Page, Store};
use sink::Sink;

/// What `vigie export` is called with.
#[derive(Debug, Args)]
pub struct Export {
    /// The guild's or workspace's id, or the playground's name
    community: String,
    /// Requests that were opened on this day or later; days are those of the community's time zone
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = values::date)]
    from: Option<civil::Date>,
    /// Requests that were opened on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = values::date)]
    to: Option<civil::Date>,
    /// How they are written down
    #[arg(long, value_enum, default_value_t = Kind::Csv)]
    format: Kind,
    /// With what the members wrote
    #[arg(long)]
    texts: bool,
    /// Where to, instead of standard output; the file is there when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How requests are written down.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A table for spreadsheets
    Csv,
    /// One object a line, with the log
    Jsonl,
}

impl From<Kind> for Format {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Csv => Self::Csv,
            Kind::Jsonl => Self::Jsonl,
        }
    }
}

impl Export {
    /// Writes the requests out.
    ///
    /// # Errors
    /// When the days are in the wrong order, the community is not known, or it cannot be read or written.
    pub async fn run(self, environment: &Environment) -> Result<(), Failure> {
        let wanted = self.wanted()?;
        let store = open_store(environment).await?;
        let settings = settings_of(store.as_ref(), &CommunityId::new(self.community)).await?;
        let mut sink = Sink::open(self.output)?;
        let bar = Bar::new(store.as_ref(), &settings, wanted, sink.is_for_people()).await?;
        let address = platform::addresses(settings.community.platform);
        let mut export = export::Export::new(store.as_ref(), &settings, wanted, address);
        let mut requests = 0;
        while let Some(chunk) = export.next().await.context("reading the requests")? {
            if !sink.write(&chunk.bytes)? {
                return Ok(());
            }
            requests += chunk.requests;
            bar.advance(requests, chunk.until);
        }
        bar.finish();
        sink.close(requests)
    }

    fn wanted(&self) -> Result<Wanted, Failure> {
        let days = Days { from: self.from, to: self.to };
        match (self.from, self.to) {
            (Some(from), Some(to)) if !days.are_in_order() => Err(Failure::Wrong(format!(
                "--from {from} comes after --to {to}: write the earlier day first, each as YYYY-MM-DD"
            ))),
            _ => Ok(Wanted { days, format: self.format.into(), texts: self.texts }),
        }
    }
}

/// How far it is, by when requests were opened: how many there are is not known before all have been read.
struct Bar {
    bar: ProgressBar,
    first: Option<Timestamp>,
}

impl Bar {
    /// A bar on standard error; none where that is no terminal, or where the lines go to one.
    async fn new(
        store: &dyn Store,
        settings: &Settings,
        wanted: Wanted,
        is_for_people: bool,
    ) -> Result<Self, Failure> {
        let bar = ProgressBar::new(1);
        if is_for_people || bar.is_hidden() {
            return Ok(Self { bar: ProgressBar::hidden(), first: None });
        }
        let (community, filter) = (&settings.community.id, wanted.filter(&settings.community.timezone));
        let opened = async |page| -> Result<Option<Timestamp>, Failure> {
            let found = store.requests(community, &filter, page).await.context("reading the requests")?;
            Ok(found.first().map(Request::opened_at))
        };
        let first = opened(Page::OldestFirst { limit: 1 }).await?;
        let last = opened(Page::NewestFirst { limit: 1 }).await?;
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}, {eta} left");
        let bar = bar.with_style(style.expect("the template is right")).with_message("0 requests");
        bar.set_length(first.zip(last).map_or(1, |(first, last)| between(first, last).max(1)));
        Ok(Self { bar, first })
    }

    fn advance(&self, requests: usize, until: Option<Timestamp>) {
        if let Some((first, until)) = self.first.zip(until) {
            self.bar.set_message(format!("{requests} requests"));
            self.bar.set_position(between(first, until));
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Whole seconds.
fn between(first: Timestamp, last: Timestamp) -> u64 {
    u64::try_from(Span::between(first, last).as_seconds()).unwrap_or(0)
}
