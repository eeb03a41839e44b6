//! The environment, read once at the start; `.env` in the working folder is read first.
//!
//! A wrong value is reported with the variable's name, what it held (secrets masked) and what is expected.

mod llm;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use llm::LlmEndpoint;

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `DISCORD_TOKEN`: turns the Discord side on.
    pub discord_token: Option<Secret>,
    /// `DISCORD_API_URL`: base of the REST API when it is not Discord's own; without a slash at the end.
    pub discord_api_url: Option<String>,
    /// `DATABASE_URL`.
    pub database_url: String,
    /// `VIGIE_HTTP`: where the web side listens.
    pub http: SocketAddr,
    /// `VIGIE_PUBLIC_URL`: the address put into links; without a slash at the end.
    pub public_url: String,
    /// `VIGIE_LLM_URL`, `VIGIE_LLM_MODEL`, `VIGIE_LLM_API_KEY`: the second reader, when there is one.
    pub llm: Option<LlmEndpoint>,
    /// `VIGIE_PROMPTS`: folder whose files override the prompt templates.
    pub prompts: Option<PathBuf>,
    /// `VIGIE_SHARDS`: the Discord shards of this process; `None` for its share of all.
    pub shards: Option<Shards>,
    /// `VIGIE_LOG`: the tracing filter.
    pub log: String,
    /// `VIGIE_LOG_FORMAT`.
    pub log_format: LogFormat,
}

/// A text that is never shown whole.
#[derive(Clone)]
pub struct Secret(String);

/// Some of a bot's shards: `0-3/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shards {
    /// The first one run here.
    pub first: u32,
    /// The last one run here.
    pub last: u32,
    /// How many there are in all.
    pub total: u32,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// A variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {held}: {expected}")]
pub struct EnvironmentError {
    variable: &'static str,
    held: String,
    expected: String,
}

impl Secret {
    /// The secret itself; only for the call that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The first characters, enough to recognise which secret it is.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(4.min(self.0.chars().count() / 4)).collect();
        write!(f, "{shown}… ({} characters)", self.0.chars().count())
    }
}

impl EnvironmentError {
    /// A variable that holds something wrong; `held` is shown as it is, so a secret has to be masked before.
    pub fn wrong(variable: &'static str, held: impl fmt::Display, expected: impl Into<String>) -> Self {
        Self { variable, held: format!("holds `{held}`"), expected: expected.into() }
    }

    /// A variable that another one needs and that is not set.
    fn missing(variable: &'static str, expected: impl Into<String>) -> Self {
        Self { variable, held: "is not set".to_owned(), expected: expected.into() }
    }
}

impl Environment {
    /// Reads `.env` and the environment.
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub fn load() -> Result<Self, EnvironmentError> {
        match dotenvy::dotenv() {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(error) => {
                return Err(EnvironmentError {
                    variable: ".env",
                    held: "cannot be read".to_owned(),
                    expected: format!("lines of the form NAME=value ({error})"),
                });
            }
        }
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the variables that `variable` returns; an empty one counts as absent.
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let text = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let http: SocketAddr = match text("VIGIE_HTTP") {
            None => SocketAddr::from(([127, 0, 0, 1], 7070)),
            Some(value) => value.parse().map_err(|_| {
                EnvironmentError::wrong(
                    "VIGIE_HTTP",
                    &value,
                    "expected an address and a port like 127.0.0.1:7070",
                )
            })?,
        };
        Ok(Self {
            discord_token: discord_token(text("DISCORD_TOKEN"))?,
            discord_api_url: url("DISCORD_API_URL", text("DISCORD_API_URL"))?,
            database_url: database_url(text("DATABASE_URL"))?,
            http,
            public_url: url("VIGIE_PUBLIC_URL", text("VIGIE_PUBLIC_URL"))?
                .unwrap_or_else(|| format!("http://{http}")),
            llm: llm::endpoint(text("VIGIE_LLM_URL"), text("VIGIE_LLM_MODEL"), text("VIGIE_LLM_API_KEY"))?,
            prompts: text("VIGIE_PROMPTS").map(PathBuf::from),
            shards: text("VIGIE_SHARDS").map(|value| shards(&value)).transpose()?,
            log: text("VIGIE_LOG").unwrap_or_else(|| "info".to_owned()),
            log_format: match text("VIGIE_LOG_FORMAT").as_deref() {
                None | Some("pretty") => LogFormat::Pretty,
                Some("json") => LogFormat::Json,
                Some(value) => {
                    return Err(EnvironmentError::wrong(
                        "VIGIE_LOG_FORMAT",
                        value,
                        "expected pretty or json",
                    ));
                }
            },
        })
    }
}

/// A Discord token has three parts; anything else was copied from the wrong field.
fn discord_token(value: Option<String>) -> Result<Option<Secret>, EnvironmentError> {
    let Some(value) = value else { return Ok(None) };
    let token = value.strip_prefix("Bot ").unwrap_or(&value).to_owned();
    let is_plain = token.chars().all(|c| c.is_ascii_graphic());
    if !is_plain {
        let expected = "expected the bot's token (developer portal → your application → Bot → Reset Token), \
                        without spaces or quotes";
        return Err(EnvironmentError::wrong("DISCORD_TOKEN", format!("{:?}", Secret(value)), expected));
    }
    Ok(Some(Secret(token)))
}

fn url(name: &'static str, value: Option<String>) -> Result<Option<String>, EnvironmentError> {
    let Some(value) = value else { return Ok(None) };
    let rest = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => {
            Ok(Some(value.trim_end_matches('/').to_owned()))
        }
        _ => Err(EnvironmentError::wrong(
            name,
            &value,
            "expected an address that begins with http:// or https://",
        )),
    }
}

fn database_url(value: Option<String>) -> Result<String, EnvironmentError> {
    let value = value.unwrap_or_else(|| "sqlite://vigie.db".to_owned());
    let schemes = ["sqlite:", "postgres://", "postgresql://"];
    if schemes.iter().any(|scheme| value.starts_with(scheme)) {
        return Ok(value);
    }
    let expected = "expected sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE";
    Err(EnvironmentError::wrong("DATABASE_URL", mask_password(&value), expected))
}

/// The address with the password left out.
#[must_use]
pub fn mask_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let Some((login, host)) = rest.rsplit_once('@') else { return address.to_owned() };
    let user = login.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:…@{host}")
}

fn shards(value: &str) -> Result<Shards, EnvironmentError> {
    let parsed = || {
        let (range, total) = value.split_once('/')?;
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let shards =
            Shards { first: first.parse().ok()?, last: last.parse().ok()?, total: total.parse().ok()? };
        (shards.first <= shards.last && shards.last < shards.total).then_some(shards)
    };
    parsed().ok_or_else(|| {
        EnvironmentError::wrong(
            "VIGIE_SHARDS",
            value,
            "expected FIRST-LAST/TOTAL, counted from 0, like 0-3/16",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        Environment::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn nothing_set_is_the_playground_on_this_machine() {
        let environment = read(&[]).expect("the defaults hold");
        assert!(environment.discord_token.is_none());
        assert_eq!(environment.database_url, "sqlite://vigie.db");
        assert_eq!(environment.http.to_string(), "127.0.0.1:7070");
        assert_eq!(environment.public_url, "http://127.0.0.1:7070");
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_expected() {
        for (name, value, part) in [
            ("VIGIE_HTTP", "7070", "address and a port"),
            ("DISCORD_API_URL", "localhost:4000", "http://"),
            ("DATABASE_URL", "mysql://x", "sqlite://FILE"),
            ("VIGIE_SHARDS", "4-3/16", "FIRST-LAST/TOTAL"),
            ("VIGIE_SHARDS", "0-16/16", "FIRST-LAST/TOTAL"),
            ("VIGIE_LOG_FORMAT", "xml", "pretty or json"),
        ] {
            let said = read(&[(name, value)]).expect_err(value).to_string();
            assert!(said.contains(name) && said.contains(value) && said.contains(part), "{said}");
        }
    }

    #[test]
    fn secrets_are_masked() {
        let said = read(&[("DISCORD_TOKEN", "abcd efgh ijkl mnop")]).expect_err("spaces").to_string();
        assert!(!said.contains("efgh"), "{said}");
        let said = read(&[("DATABASE_URL", "oracle://me:hush@host/db")]).expect_err("oracle").to_string();
        assert!(!said.contains("hush"), "{said}");
        let environment = read(&[("DISCORD_TOKEN", "MTE.abc.verysecret")]).expect("a token");
        assert!(!format!("{environment:?}").contains("verysecret"));
    }
}
