//! `vigie forget`: erases what is stored of a member, figures kept anonymous.

use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::settings_of;
use crate::app::failure::Failure;
use crate::app::open_store;
use crate::app::say::say;
use crate::clock::{Clock, SystemClock};
use crate::config::environment::Environment;
use crate::domain::ids::{CommunityId, UserId};
use crate::road::Core;
use crate::store::privacy::Forgotten;

/// What `vigie forget` is called with.
#[derive(Debug, Args)]
pub struct Forget {
    /// The guild's or workspace's id, or the playground's name
    community: String,
    /// The member's id on that platform
    member: String,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// What was erased. It does not say what stands in the member's place now: nothing is to lead there.
#[derive(Serialize)]
struct Report<'a> {
    community: &'a str,
    member: &'a str,
    #[serde(flatten)]
    forgotten: Forgotten,
}

impl Forget {
    /// Erases the member. Their cards are edited by whichever Vigie runs on this database, now or later.
    ///
    /// # Errors
    /// When the community is not known, or the database cannot do it.
    pub async fn run(self, environment: &Environment) -> Result<(), Failure> {
        let (community, member) = (CommunityId::new(self.community), UserId::new(self.member));
        let core = Core::new(open_store(environment).await?, Arc::new(SystemClock), None);
        settings_of(core.store.as_ref(), &community).await?;
        let forgotten = core.triage.forget(&community, &member, SystemClock.now()).await;
        let forgotten = forgotten.context("erasing the member")?;
        core.store.scrub().await.context("clearing the files of the database")?;
        if self.json {
            let report = Report { community: community.as_str(), member: member.as_str(), forgotten };
            return Ok(say(serde_json::to_string(&report).context("a report is JSON")?)?);
        }
        Ok(say(told(&forgotten))?)
    }
}

fn told(forgotten: &Forgotten) -> String {
    if *forgotten == Forgotten::default() {
        return "nothing is stored of this member".to_owned();
    }
    let Forgotten { requests, texts, entries, judgements, messages } = forgotten;
    format!(
        "erased: {texts} texts; made anonymous: {requests} requests, {entries} entries of logs, {judgements} judged messages, {messages} messages known by their ids\n\
         cards that show it are edited while vigie runs; figures are as they were"
    )
}
