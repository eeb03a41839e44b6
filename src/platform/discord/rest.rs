//! Calls Discord's REST API, and keeps to its limits by asking for patience rather than by waiting.
//!
//! A client of our own because the answers' headers are needed: they say how many calls are left. A call that would
//! be one too many is not sent; its caller is told when to come again ([`PlatformError::Retry`]), since due times are
//! rows of the outbox and nobody waits here. Only [`Rest::patient`] waits, for start-up and set-up.

mod body;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use body::Body;

use super::NAME;
use super::limits::{Limits, Seat};
use super::refusals::{self, Refused};
use crate::commands::File;
use crate::domain::time::Span;
use crate::metrics;
use crate::platform::PlatformError;

/// How long one call may take.
const TIME_OUT: Duration = Duration::from_secs(10);
/// How long a patient caller waits for its turn, all waits together.
const PATIENCE: Duration = Duration::from_secs(10);
/// Discord's own address.
pub const DISCORD: &str = "https://discord.com";
/// How Discord wants a bot's client to name itself.
const USER_AGENT: &str = concat!("DiscordBot (https://github.com/vigie, ", env!("CARGO_PKG_VERSION"), ")");

/// Calls Discord's REST API. Cheap to clone: the connections and the limits are shared.
#[derive(Clone)]
pub struct Rest {
    shared: Arc<Shared>,
    patience: Duration,
}

struct Shared {
    http: reqwest::Client,
    base: String,
    authorization: header::HeaderValue,
    limits: Limits,
}

/// Shows the address and never the token.
impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").field("base", &self.shared.base).finish_non_exhaustive()
    }
}

impl Rest {
    /// A client for the API at `api_url` (Discord's own when absent) that calls as this bot.
    ///
    /// # Errors
    /// When the token cannot be a token, or the machine has no TLS.
    pub fn new(api_url: Option<&str>, token: &str) -> Result<Self, PlatformError> {
        let wrong_token =
            || PlatformError::Blocked { channel: None, reason: refusals::WRONG_TOKEN.to_owned() };
        let mut authorization =
            header::HeaderValue::from_str(&format!("Bot {token}")).map_err(|_| wrong_token())?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .timeout(TIME_OUT)
            .pool_max_idle_per_host(4)
            .pool_idle_timeout(Duration::from_mins(1))
            .build()
            .map_err(|error| PlatformError::Permanent { reason: format!("no HTTP client: {error}") })?;
        let base = format!("{}/api/v10", api_url.unwrap_or(DISCORD).trim_end_matches('/'));
        let shared = Shared { http, base, authorization, limits: Limits::default() };
        Ok(Self { shared: Arc::new(shared), patience: Duration::ZERO })
    }

    /// The same client, waiting for its turn up to ten seconds instead of asking its caller to come again.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), patience: PATIENCE }
    }

    /// Whether anything answers at the address, whatever it says.
    pub async fn is_answered(&self) -> bool {
        let answer = self.shared.http.get(format!("{}/gateway", self.shared.base)).send().await;
        !answer.is_err_and(|error| error.is_connect())
    }

    /// Reads.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, PlatformError> {
        self.call(Method::GET, path, None::<&()>).await
    }

    /// Makes something and reads what was made.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
    ) -> Result<T, PlatformError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Changes something and reads what it is now.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
    ) -> Result<T, PlatformError> {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// Replaces something and reads what it is now.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
    ) -> Result<T, PlatformError> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// Removes something.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn delete(&self, path: &str) -> Result<(), PlatformError> {
        self.tell(Method::DELETE, path, None::<&()>).await
    }

    /// A call whose answer is not read (`204 No Content`, or of no interest).
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn tell(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync + ?Sized)>,
    ) -> Result<(), PlatformError> {
        self.send(&method, path, Body::of(body)).await.map(|_| ())
    }

    /// A call with a file, whose answer is not read. The body has to name the file among its `attachments`,
    /// under the id 0.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn upload(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
        file: &File,
    ) -> Result<(), PlatformError> {
        self.send(&method, path, Body::Form(body, file)).await.map(|_| ())
    }

    /// Makes something that has a file, and reads what was made. The body names the file as for [`Self::upload`].
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn post_with<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
        file: &File,
    ) -> Result<T, PlatformError> {
        let answer = self.send(&Method::POST, path, Body::Form(body, file)).await?;
        read(&Method::POST, path, &answer)
    }

    /// A call whose answer is read; `path` begins with `/`.
    ///
    /// # Errors
    /// What Discord says against it; see [`PlatformError`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync + ?Sized)>,
    ) -> Result<T, PlatformError> {
        let body = self.send(&method, path, Body::of(body)).await?;
        read(&method, path, &body)
    }

    /// Sends, again and again while there is patience left.
    async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Body<'_, impl Serialize + Sync + ?Sized>,
    ) -> Result<Vec<u8>, PlatformError> {
        let give_up = Instant::now() + self.patience;
        loop {
            let outcome = self.send_once(method, path, body).await;
            let Err(PlatformError::Retry { after: Some(after), .. }) = &outcome else { return outcome };
            let after = Duration::from_millis(u64::try_from(after.as_milliseconds()).unwrap_or(0));
            if Instant::now() + after > give_up {
                return outcome;
            }
            tokio::time::sleep(after).await;
        }
    }

    async fn send_once(
        &self,
        method: &Method,
        path: &str,
        body: Body<'_, impl Serialize + Sync + ?Sized>,
    ) -> Result<Vec<u8>, PlatformError> {
        let limits = &self.shared.limits;
        let mut seat = limits.take(method, path, Instant::now()).map_err(|wait| {
            metrics::held_back(NAME);
            busy(method, path, wait)
        })?;
        let request = self
            .shared
            .http
            .request(method.clone(), format!("{}{path}", self.shared.base))
            .header(header::AUTHORIZATION, self.shared.authorization.clone());
        let request = body.onto(request, method, path)?;
        let began = Instant::now();
        let response = request.send().await;
        let status = response.as_ref().ok().map(|response| response.status().as_u16());
        metrics::called(NAME, status, began.elapsed());
        let response = response.map_err(|error| unreachable_now(method, path, &error))?;
        if is_invalid(&response) {
            metrics::invalid_call(NAME);
        }
        seat.answered(response.headers(), Instant::now());
        self.read(method, path, response, &seat).await
    }

    async fn read(
        &self,
        method: &Method,
        path: &str,
        response: Response,
        seat: &Seat<'_>,
    ) -> Result<Vec<u8>, PlatformError> {
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let body = response.bytes().await.map_err(|error| unreachable_now(method, path, &error))?;
        if status.is_success() {
            return Ok(body.into());
        }
        let refused: Refused = serde_json::from_slice(&body).unwrap_or_default();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait =
                refused.retry_after.and_then(seconds).or(retry_after).unwrap_or(Duration::from_secs(1));
            seat.refused(refused.global, wait, Instant::now());
            return Err(busy(method, path, wait));
        }
        if status.is_server_error() {
            let reason = format!("Discord answered {method} {} with {status}", refusals::shown(path));
            let perhaps_posted = *method == Method::POST;
            return Err(PlatformError::Retry { after: None, reason, perhaps_posted });
        }
        Err(refusals::error(method, path, status, &refused))
    }
}

/// Whether Discord counts the answer among those of which it takes 10,000 in ten minutes before it shuts the address out. A
/// limit that others use up with us (scope `shared`) is not held against us.
fn is_invalid(response: &Response) -> bool {
    let is_shared = || response.headers().get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
    match response.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
        StatusCode::TOO_MANY_REQUESTS => !is_shared(),
        _ => false,
    }
}

/// Not now: we would be, or were, one call too many.
fn busy(method: &Method, path: &str, wait: Duration) -> PlatformError {
    let milliseconds = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).saturating_add(1);
    PlatformError::Retry {
        after: Some(Span::milliseconds(milliseconds)),
        reason: format!("Discord's limit for {method} {} is reached", refusals::shown(path)),
        perhaps_posted: false,
    }
}

/// No answer. The address is left out of the reason: it may carry an interaction's secret.
fn unreachable_now(method: &Method, path: &str, error: &reqwest::Error) -> PlatformError {
    let what = if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke off"
    };
    PlatformError::Retry {
        after: None,
        reason: format!("Discord {what} ({method} {})", refusals::shown(path)),
        perhaps_posted: *method == Method::POST && !error.is_connect(),
    }
}

fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok().and_then(seconds)
}

/// Seconds as Discord writes them, with a fraction; `None` when they make no sense.
fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

fn read<T: DeserializeOwned>(method: &Method, path: &str, answer: &[u8]) -> Result<T, PlatformError> {
    // The error itself would quote what it could not read: a text perhaps, or a name.
    serde_json::from_slice(answer).map_err(|error| PlatformError::Permanent {
        reason: format!(
            "Discord's answer to {method} {} cannot be read ({:?} error at line {}, column {})",
            refusals::shown(path),
            error.classify(),
            error.line(),
            error.column()
        ),
    })
}

#[cfg(test)]
mod tests;
