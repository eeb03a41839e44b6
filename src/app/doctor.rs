//! `vigie doctor`: checks everything that has to be right, and says what to mend.

use super::failure::Failure;
use super::say::say;
use super::{open_store, second_reader};
use crate::classify::llm::{Checked, NoAnswer, PATIENCE};
use crate::clock::{Clock as _, SystemClock};
use crate::config::environment::Environment;
use crate::domain::gap::{Missed, shown_since};
use crate::domain::ids::CommunityId;
use crate::domain::settings::{Platform, Settings};
use crate::store::Store;

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
    findings.push(examine_second_reader(environment).await);

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

/// Whether the language model answers, and as what it is asked.
async fn examine_second_reader(environment: &Environment) -> Finding {
    let reader = match second_reader(environment) {
        Ok(Some(reader)) => reader,
        Ok(None) => return Finding::right("language model: none configured, the local model judges alone"),
        Err(error) => return Finding::wrong(format!("{error:#}")),
    };
    let (model, prompt) = (reader.model(), reader.prompt_version());
    match reader.check().await {
        Ok(Checked { rung, took, is_quick: true }) => Finding::right(format!(
            "language model: {model} answers in {:.1} s, asked for {}, prompt {prompt}",
            took.as_secs_f64(),
            rung.as_str()
        )),
        Ok(Checked { took, is_quick: false, .. }) => Finding::wrong(format!(
            "language model: {model} answers in {:.0} s, and no message waits longer than {} s: ask again (a model is \
             slow once, while it is loaded), keep it loaded, or take a smaller one",
            took.as_secs_f64(),
            PATIENCE.as_secs()
        )),
        Err(reason) => Finding::wrong(format!("{reason}: {}", how_to_mend(&reason, model))),
    }
}

fn how_to_mend(reason: &NoAnswer, model: &str) -> String {
    match reason {
        NoAnswer::Unreachable(_) | NoAnswer::TooSlow => {
            "check VIGIE_LLM_URL and that the server there runs; meanwhile the local model judges alone"
                .to_owned()
        }
        NoAnswer::Refused { status: 401 | 403 } => "check VIGIE_LLM_API_KEY".to_owned(),
        NoAnswer::Refused { status: 404 } => {
            format!("check VIGIE_LLM_URL, and that the endpoint has the model `{model}` (VIGIE_LLM_MODEL)")
        }
        NoAnswer::Refused { status: 429 } => "the endpoint's limit or budget is used up".to_owned(),
        NoAnswer::Refused { status: 300..=399 } => {
            "write the address it leads to into VIGIE_LLM_URL".to_owned()
        }
        NoAnswer::Refused { .. } => {
            format!("ask whoever runs the endpoint, and check that it has the model `{model}`")
        }
        NoAnswer::Unusable => {
            format!(
                "`{model}` may be too small, or think before it answers; take another one in VIGIE_LLM_MODEL"
            )
        }
        NoAnswer::Resting { .. } => "try again then".to_owned(),
        NoAnswer::Prompt(_) => "mend the template in VIGIE_PROMPTS".to_owned(),
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
    match store.check(SystemClock.now()).await {
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
        findings.extend(examine_gaps(store.as_ref(), &community).await);
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

/// What was written during times away and is not read.
async fn examine_gaps(store: &dyn Store, community: &CommunityId) -> Vec<Finding> {
    let mut findings = Vec::new();
    for gap in store.gaps(community).await.unwrap_or_default() {
        if let Some(reason) = gap.reason.filter(|_| gap.is_owed) {
            let channel = gap.channel;
            findings.push(Finding::wrong(format!(
                "channel {channel}: what was written during a time away is not read yet: {reason}"
            )));
        }
    }
    let since = shown_since(SystemClock.now());
    for Missed { channel, from, to, bound: _ } in
        store.missed_since(community, since).await.unwrap_or_default()
    {
        findings.push(Finding::wrong(format!(
            "channel {channel}: messages from {from:.0} to {to:.0} may have been missed: look through them; /watch limits \
             sets how far back is read"
        )));
    }
    findings
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
#[expect(clippy::unused_async, reason = "stands in for what asks Discord")]
async fn examine_discord(_: &Environment, communities: &[Settings], findings: &mut Vec<Finding>) {
    for settings in communities.iter().filter(|settings| settings.community.platform == Platform::Discord) {
        let name = &settings.community.name;
        findings.push(Finding::wrong(format!("{name}: this Vigie was built without Discord")));
    }
}
