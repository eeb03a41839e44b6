//! The one call that leaves the machine: a chat completion at the configured endpoint.
//!
//! The endpoint is not trusted: it has a time limit for all tries together, its answer a size, and it cannot send us
//! elsewhere. What the ladder learnt is kept as long as the process lives.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Response, Url, redirect};
use tokio::time::timeout;

use super::NoAnswer;
use super::answer;
use super::ladder::{Manner, Rung, Wanted};
use crate::config::environment::LlmEndpoint;

/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;
const USER_AGENT: &str = concat!("vigie/", env!("CARGO_PKG_VERSION"));

/// Calls one endpoint.
pub(super) struct Chat {
    http: reqwest::Client,
    url: String,
    authorization: Option<HeaderValue>,
    model: String,
    manner: Mutex<Manner>,
}

/// The second reader cannot be set up at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the language model cannot be called: {0}")]
pub struct NoReader(String);

/// Shows the address without its query, and never the key.
impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Chat").field("url", &address).field("model", &self.model).finish_non_exhaustive()
    }
}

impl Chat {
    pub(super) fn new(endpoint: &LlmEndpoint) -> Result<Self, NoReader> {
        let authorization = endpoint.api_key.as_ref().map(|key| {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", key.reveal()))
                .map_err(|_| NoReader("its key cannot be sent as a header".to_owned()))?;
            value.set_sensitive(true);
            Ok(value)
        });
        let mut http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_mins(1));
        if is_this_machine(&endpoint.url) {
            // A proxy for the way out would otherwise be handed what is meant to stay here.
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build().map_err(|error| NoReader(innermost(&error)))?,
            url: endpoint.url.clone(),
            authorization: authorization.transpose()?,
            model: endpoint.model.clone(),
            manner: Mutex::new(Manner::FIRST),
        })
    }

    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// The text that the model answered, and the rung on which it was asked; `limit` is for all tries together.
    pub(super) async fn ask(
        &self,
        system: &str,
        user: &str,
        wanted: Wanted,
        limit: Duration,
    ) -> Result<(String, Rung), NoAnswer> {
        timeout(limit, self.climb(system, user, wanted)).await.unwrap_or(Err(NoAnswer::TooSlow))
    }

    /// Asks for less and less until the endpoint takes it, and keeps what it took.
    async fn climb(&self, system: &str, user: &str, wanted: Wanted) -> Result<(String, Rung), NoAnswer> {
        let known = *self.manner();
        let mut manner = known;
        loop {
            let response = self.send(&manner.body(&self.model, system, user, wanted)).await?;
            let status = response.status();
            let body = read(response).await?;
            if status.is_success() {
                if manner != known {
                    tracing::info!(rung = manner.rung.as_str(), "llm.asked otherwise from now on");
                    *self.manner() = manner;
                }
                let body = body.ok_or(NoAnswer::Unusable)?;
                return answer::content(&body).map(|text| (text, manner.rung)).ok_or(NoAnswer::Unusable);
            }
            let said = String::from_utf8_lossy(body.as_deref().unwrap_or_default());
            match manner.after(status.as_u16(), &said, wanted) {
                Some(other) => manner = other,
                None => return Err(NoAnswer::Refused { status: status.as_u16() }),
            }
        }
    }

    async fn send(&self, body: &serde_json::Value) -> Result<Response, NoAnswer> {
        let mut request = self.http.post(&self.url).json(body);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request.send().await.map_err(|error| NoAnswer::Unreachable(innermost(&error)))
    }

    fn manner(&self) -> std::sync::MutexGuard<'_, Manner> {
        self.manner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The body; `None` when it is larger than any answer can be.
async fn read(mut response: Response) -> Result<Option<Vec<u8>>, NoAnswer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(Some(body)),
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BODY => return Ok(None),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) => return Err(NoAnswer::Unreachable(innermost(&error))),
        }
    }
}

/// The first cause of an error: what the outer ones add is the address, which may hold a secret.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let is_outermost = std::ptr::addr_eq(std::ptr::from_ref(cause), std::ptr::from_ref(error));
    if is_outermost { "the connection broke off".to_owned() } else { cause.to_string() }
}

fn is_this_machine(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_this_machine;

    #[test]
    fn this_machine_is_known_by_its_names() {
        for here in ["http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:11434/v1"] {
            assert!(is_this_machine(here), "{here}");
        }
        for elsewhere in ["https://llm.example/v1", "http://127.0.0.1.llm.example/", "http://10.0.0.2/v1"] {
            assert!(!is_this_machine(elsewhere), "{elsewhere}");
        }
    }
}
