//! The composition root: builds the parts, starts the workers, and stops them.

pub mod doctor;
pub mod failure;
pub mod replay;
pub mod say;
pub mod serve;
mod shutdown;
mod worker;

use std::sync::Arc;

use crate::classify::llm::{LanguageModel, Prompts};
use crate::config::environment::{Environment, EnvironmentError, mask_password};
use crate::store::{self, Alone, Store, StoreError};

/// Opens the database, or says which variable names one that cannot be opened.
///
/// # Errors
/// When it cannot be opened.
pub async fn open_store(environment: &Environment) -> anyhow::Result<Arc<dyn Store>> {
    let address = &environment.database_url;
    store::connect(address).await.map_err(|error| match error {
        StoreError::Unavailable(reason) => {
            let expected =
                format!("this database cannot be opened ({reason}); check that the file or server is there");
            EnvironmentError::wrong("DATABASE_URL", mask_password(address), expected).into()
        }
        error @ (StoreError::Conflict | StoreError::Unreadable(_)) => anyhow::Error::from(error),
    })
}

/// Opens the database to serve it. On a SQLite file claims of before are nobody's once it is served by nobody else.
///
/// # Errors
/// When it cannot be opened.
pub async fn open_to_serve(environment: &Environment) -> anyhow::Result<(Arc<dyn Store>, Alone)> {
    let store = open_store(environment).await?;
    let alone = store::alone(&environment.database_url);
    match alone {
        Alone::Yes(_) => store.void_claims().await?,
        Alone::No => {
            tracing::warn!(
                "store.shared: another Vigie serves this file too; PostgreSQL is made for several"
            );
        }
        Alone::Unknown => {}
    }
    Ok((store, alone))
}

/// The second reader, when one is configured. The prompts are read in any case, so that a mistake in them is known at
/// the start.
///
/// # Errors
/// When `VIGIE_PROMPTS` cannot be used, or the endpoint cannot be called at all.
pub fn second_reader(environment: &Environment) -> anyhow::Result<Option<LanguageModel>> {
    let prompts = Prompts::load(environment.prompts.as_deref()).map_err(|error| {
        let folder = environment.prompts.clone().unwrap_or_default();
        EnvironmentError::wrong("VIGIE_PROMPTS", folder.display(), error.to_string())
    })?;
    let Some(endpoint) = &environment.llm else { return Ok(None) };
    Ok(Some(LanguageModel::new(endpoint, prompts)?))
}
