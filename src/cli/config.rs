//! `vigie config`: the community file.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;

use super::settings_of;
use crate::app::failure::Failure;
use crate::app::open_store;
use crate::app::say::say;
use crate::clock::{Clock, SystemClock};
use crate::config::community::{self, changes};
use crate::config::environment::Environment;
use crate::domain::ids::CommunityId;
use crate::domain::settings::Settings;
use crate::store::StoreError;

/// What can be done with a community file.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Says whether a file is right, and every mistake in it if not
    Check {
        /// The community file
        file: PathBuf,
    },
    /// Makes the community's settings those of the file, all or nothing, and prints what changed
    Apply {
        /// The community file
        file: PathBuf,
    },
    /// Prints a community's settings as a file
    Export {
        /// The guild's or workspace's id, or the playground's name
        community: String,
    },
}

impl Config {
    /// Does what the call asks for.
    pub async fn run(self, environment: &Environment) -> Result<(), Failure> {
        match self {
            Self::Check { file } => {
                let settings = read(&file)?;
                Ok(say(format_args!("{} is right: {}", file.display(), summary(&settings)))?)
            }
            Self::Apply { file } => apply(&read(&file)?, environment).await,
            Self::Export { community } => export(&CommunityId::new(community), environment).await,
        }
    }
}

fn read(file: &Path) -> Result<Settings, Failure> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    community::parse(&text).map_err(|mistakes| {
        Failure::Failed(anyhow::anyhow!("{} is not right, nothing was changed:\n{mistakes}", file.display()))
    })
}

fn summary(settings: &Settings) -> String {
    format!(
        "{} ({} watched channels, {} desks, {} rules, {} experts)",
        settings.community.name,
        settings.watches.len(),
        settings.desks.len(),
        settings.rules.len(),
        settings.experts.len()
    )
}

async fn apply(settings: &Settings, environment: &Environment) -> Result<(), Failure> {
    let store = open_store(environment).await?;
    loop {
        let stored = store.settings(&settings.community.id).await.context("reading the settings")?;
        let lines = changes(stored.as_ref().map(|s| &s.settings), settings);
        if lines.is_empty() {
            return Ok(say(format_args!("{}: nothing to change", settings.community.name))?);
        }
        match store.save_settings(settings, stored.map(|s| s.version), SystemClock.now()).await {
            Ok(_) => {
                return Ok(say(format_args!("{}:\n  {}", settings.community.name, lines.join("\n  ")))?);
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(anyhow::Error::from(error).context("storing the settings").into()),
        }
    }
}

async fn export(community: &CommunityId, environment: &Environment) -> Result<(), Failure> {
    let store = open_store(environment).await?;
    let settings = settings_of(store.as_ref(), community).await?;
    Ok(say(community::write(&settings).trim_end())?)
}
