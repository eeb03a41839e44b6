//! The playground's page and its calls.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRef, Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::limits::{self, Limits};
use crate::domain::settings::Language;
use crate::platform::playground::{Playground, PlaygroundError, Update};

/// The page and its calls.
pub fn routes(playground: Arc<Playground>) -> Router {
    let limits = Limits::default();
    Router::new()
        .route("/", get(async || Html(include_str!("../../templates/playground.html"))))
        .route(
            "/static/playground.css",
            get(async || asset("text/css", include_str!("../../static/playground.css"))),
        )
        .route(
            "/static/playground.js",
            get(async || asset("text/javascript", include_str!("../../static/playground.js"))),
        )
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route("/api/playground/state", get(state))
        .route("/api/playground/events", get(events))
        .route("/api/playground/messages", post(write))
        .route("/api/playground/messages/{channel}/{id}", put(edit).delete(delete))
        .route("/api/playground/actions", post(act))
        .route("/api/playground/morning", post(morning))
        .route("/api/playground/reset", post(reset))
        .layer(DefaultBodyLimit::max(limits::BODY))
        .layer(axum::middleware::from_fn_with_state(limits.clone(), limits::limit))
        .with_state(Served { playground, limits })
}

/// What the calls work on.
#[derive(Clone)]
struct Served {
    playground: Arc<Playground>,
    limits: Limits,
}

impl FromRef<Served> for Arc<Playground> {
    fn from_ref(served: &Served) -> Self {
        Self::clone(&served.playground)
    }
}

impl FromRef<Served> for Limits {
    fn from_ref(served: &Served) -> Self {
        served.limits.clone()
    }
}

fn asset(kind: &'static str, body: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ],
        body,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Write {
    channel: String,
    author: String,
    text: String,
    reply_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    #[serde(rename = "as")]
    by: String,
    custom_id: String,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Speak {
    language: Language,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restart {
    language: Option<Language>,
}

/// What went wrong, as the page shows it.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(serde_json::json!({ "error": self.1 }))).into_response()
    }
}

impl From<PlaygroundError> for Refused {
    fn from(error: PlaygroundError) -> Self {
        match error {
            PlaygroundError::Wrong(what) => Self(StatusCode::UNPROCESSABLE_ENTITY, what.to_owned()),
            PlaygroundError::Store(error) => {
                tracing::error!(%error, "playground.call: the store failed");
                Self(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the database does not answer, please try again".to_owned(),
                )
            }
        }
    }
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

/// How often a page is told the figures when nothing happens: who waits, waits longer.
const AGES_MOVE: Duration = Duration::from_secs(10);

type Shared = State<Arc<Playground>>;

async fn state(State(playground): Shared) -> Result<Response, Refused> {
    let state = playground.state().await.map_err(PlaygroundError::from)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)).into_response())
}

async fn events(State(playground): Shared, State(limits): State<Limits>) -> Response {
    let Some(place) = limits.stream() else {
        return limits::refused(StatusCode::SERVICE_UNAVAILABLE, "too many pages listen already");
    };
    let listener = (playground.listen(), playground, place);
    let updates = stream::unfold(listener, async |(mut updates, playground, place)| {
        let event = next_event(&mut updates, &playground).await?;
        Some((Ok::<_, Infallible>(event), (updates, playground, place)))
    });
    // A browser may take the line for open only once it has read something.
    let greeting = stream::once(async { Ok(Event::default().comment("listening")) });
    Sse::new(greeting.chain(updates)).keep_alive(KeepAlive::default()).into_response()
}

async fn next_event(updates: &mut Receiver<Update>, playground: &Playground) -> Option<Event> {
    let update = match tokio::time::timeout(AGES_MOVE, updates.recv()).await {
        Ok(Ok(update)) => update,
        // A page that was asleep has missed something: it loads the state again.
        Ok(Err(RecvError::Lagged(_))) => Update::Reset,
        Ok(Err(RecvError::Closed)) => return None,
        Err(_) => match playground.figures().await {
            Ok(figures) => Update::Figures(figures),
            Err(_) => return Some(Event::default().comment("the store does not answer")),
        },
    };
    let (name, body) = match update {
        Update::Post(post) => ("post", post),
        Update::Gone { channel, id } => ("gone", serde_json::json!({ "channel": channel, "id": id })),
        Update::Figures(figures) => ("figures", figures),
        Update::Morning(morning) => ("morning", serde_json::json!(morning)),
        Update::Reset => ("reset", serde_json::json!({})),
    };
    Some(Event::default().event(name).data(body.to_string()))
}

async fn write(
    State(playground): Shared,
    body: Result<Json<Write>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(write) = body?;
    let post = playground
        .post(&write.channel, &write.author, &write.text, write.reply_to.as_deref(), playground.now())
        .await?;
    Ok((StatusCode::CREATED, Json(post)).into_response())
}

async fn edit(
    State(playground): Shared,
    Path((channel, id)): Path<(String, String)>,
    body: Result<Json<Edit>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(edit) = body?;
    let post = playground.edit(&channel, &id, &edit.text, playground.now()).await?;
    Ok(Json(post).into_response())
}

async fn delete(
    State(playground): Shared,
    Path((channel, id)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    playground.delete(&channel, &id, playground.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn act(State(playground): Shared, body: Result<Json<Act>, JsonRejection>) -> Result<Response, Refused> {
    let Json(act) = body?;
    let said = playground.act(&act.by, &act.custom_id, act.value.as_deref(), playground.now()).await?;
    Ok(Json(serde_json::json!({ "said": said })).into_response())
}

async fn morning(
    State(playground): Shared,
    body: Result<Json<Speak>, JsonRejection>,
) -> Result<StatusCode, Refused> {
    let Json(speak) = body?;
    playground.play_morning(speak.language).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Starts again; in the language that is asked for, otherwise in the one that is spoken.
async fn reset(
    State(playground): Shared,
    body: Result<Json<Restart>, JsonRejection>,
) -> Result<StatusCode, Refused> {
    let Json(restart) = body?;
    playground.reset(restart.language).await.map_err(PlaygroundError::from)?;
    Ok(StatusCode::NO_CONTENT)
}
