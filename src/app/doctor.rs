//! `vigie doctor`: checks everything that has to be right, and says what to mend.

use super::failure::Failure;
use super::open_store;
use super::say::say;
use crate::config::environment::Environment;
use crate::domain::settings::{Platform, Settings};

/// Something that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is right.
    pub is_right: bool,
    /// What was found and, when it is wrong, what would mend it.
    pub sentence: String,
}

impl Finding {
    /// Something that is right.
    pub fn right(sentence: impl Into<String>) -> Self {
        Self { is_right: true, sentence: sentence.into() }
    }

    /// Something that has to be mended.
    pub fn wrong(sentence: impl Into<String>) -> Self {
        Self { is_right: false, sentence: sentence.into() }
    }
}

/// Checks everything and prints what it found.
///
/// # Errors
/// When something has to be mended.
pub async fn doctor(environment: &Environment) -> Result<(), Failure> {
    let mut findings = Vec::new();
    let communities = examine_store(environment, &mut findings).await;
    examine_discord(environment, &communities, &mut findings).await;
    findings.push(Finding::right("language model: none configured, the local model judges alone"));

    for finding in &findings {
        say(format_args!("{} {}", if finding.is_right { "ok  " } else { "MEND" }, finding.sentence))?;
    }
    let wrong = findings.iter().filter(|finding| !finding.is_right).count();
    match wrong {
        0 => Ok(()),
        1 => Err(Failure::Failed(anyhow::anyhow!("one thing has to be mended"))),
        n => Err(Failure::Failed(anyhow::anyhow!("{n} things have to be mended"))),
    }
}

/// The settings of all communities that could be read.
async fn examine_store(environment: &Environment, findings: &mut Vec<Finding>) -> Vec<Settings> {
    let mut all = Vec::new();
    let store = match open_store(environment).await {
        Ok(store) => store,
        Err(error) => {
            findings.push(Finding::wrong(format!("{error:#}")));
            return all;
        }
    };
    match store.check().await {
        Ok(()) => findings.push(Finding::right("database: open, tables up to date, writable")),
        Err(error) => findings.push(Finding::wrong(format!("database: {error}"))),
    }
    for (community, _) in store.communities().await.unwrap_or_default() {
        match store.settings(&community).await {
            Ok(Some(stored)) => {
                findings.extend(examine_settings(&stored.settings));
                all.push(stored.settings);
            }
            Ok(None) => {}
            Err(error) => findings.push(Finding::wrong(format!("settings of {community}: {error}"))),
        }
        for stuck in store.stuck_notices(&community).await.unwrap_or_default() {
            let what = match &stuck.notice.request {
                Some(request) => format!("request {}", request.short()),
                None => "a list".to_owned(),
            };
            findings.push(Finding::wrong(format!("{what} waits to be shown: {}", stuck.reason)));
        }
    }
    if all.is_empty() {
        findings
            .push(Finding::right("communities: none set up yet (use /setup, or `vigie config apply FILE`)"));
    }
    all
}

fn examine_settings(settings: &Settings) -> Vec<Finding> {
    let name = &settings.community.name;
    let mut findings = Vec::new();
    if settings.watches.is_empty() {
        findings.push(Finding::wrong(format!("{name}: no channel is watched (use /watch add or [[watch]])")));
    }
    let missing: Vec<&str> = crate::domain::label::Route::ALL
        .into_iter()
        .filter(|route| settings.desk(*route).is_none())
        .map(crate::domain::label::Route::as_str)
        .collect();
    if missing.is_empty() {
        findings.push(Finding::right(format!(
            "{name}: {} watched channels, three desks",
            settings.watches.len()
        )));
    } else {
        let routes = missing.join(", ");
        findings
            .push(Finding::wrong(format!("{name}: no desk answers {routes} (use /desk set or [[desk]])")));
    }
    for rule in &settings.rules {
        if let Some(channel) = rule.channel.as_ref().filter(|channel| settings.watch(channel).is_none()) {
            let pattern = rule.pattern.as_str();
            findings.push(Finding::wrong(format!(
                "{name}: rule `{pattern}` is for channel {channel}, which is not watched"
            )));
        }
    }
    findings
}

#[cfg(feature = "discord")]
async fn examine_discord(environment: &Environment, communities: &[Settings], findings: &mut Vec<Finding>) {
    use crate::platform::discord::doctor::examine;
    let Some(token) = &environment.discord_token else {
        findings.push(Finding::right("Discord: off (DISCORD_TOKEN is not set); the playground runs instead"));
        return;
    };
    let credentials = super::serve::credentials(environment, token);
    let ours: Vec<Settings> =
        communities.iter().filter(|s| s.community.platform == Platform::Discord).cloned().collect();
    let found = examine(&credentials, &ours).await;
    findings.extend(found.into_iter().map(|f| Finding { is_right: f.is_ok, sentence: f.sentence }));
}

#[cfg(not(feature = "discord"))]
async fn examine_discord(_: &Environment, communities: &[Settings], findings: &mut Vec<Finding>) {
    for settings in communities.iter().filter(|settings| settings.community.platform == Platform::Discord) {
        let name = &settings.community.name;
        findings.push(Finding::wrong(format!("{name}: this Vigie was built without Discord")));
    }
}
