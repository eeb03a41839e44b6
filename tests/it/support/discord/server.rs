//! The REST side's door: takes every request, checks who asks and how often, and writes the log.
//!
//! What is asked for is `rest.rs`'s matter. Connections can be cut here, because a bot has to survive that.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, header};
use axum::serve::{IncomingStream, Listener};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::Inner;
use super::failure::Failure;
use super::multipart;
use super::rate_limit::Quota;
use super::refusal::Refusal;
use super::rest::{self, Answer, Call};
use super::spec;
use super::state::{Request, World};

/// The largest request that is read.
const MAX_BODY: usize = 26 * 1024 * 1024;

/// Serves until the task is dropped.
pub async fn listen(listener: TcpListener, inner: Arc<Inner>) {
    let app = Router::new().fallback(move |ConnectInfo(cut): ConnectInfo<Cut>, request: HttpRequest| {
        let inner = Arc::clone(&inner);
        async move { handle(&inner, &cut, request).await }
    });
    let service = app.into_make_service_with_connect_info::<Cut>();
    axum::serve(Cuttable(listener), service).await.expect("serving has no end");
}

async fn handle(inner: &Inner, cut: &Cut, request: HttpRequest) -> Response<Body> {
    let arrived = Instant::now();
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let path = parts.uri.path().strip_prefix("/api/v10").unwrap_or(parts.uri.path()).to_owned();
    let failure = inner.read_mut(|world| world.failure_for(parts.method.as_str(), &path));
    if failure == Some(Failure::Hang) {
        inner.change(|world| log(world, arrived, &parts, &path, None, 0, None));
        std::future::pending::<()>().await;
    }
    let (status, body, quota) = inner.change(|world| {
        world.arrived = arrived;
        let unread = || multipart::read(&parts.headers, &bytes).ok().and_then(|(body, _)| body);
        let (sent, outcome, quota) = match failure {
            Some(Failure::Status(status)) => {
                (unread(), Err(Refusal::injected(status)), Quota::plenty(world.now()))
            }
            Some(Failure::RateLimited(seconds)) => {
                (unread(), Err(Quota::refusal()), Quota::spent(world.now(), seconds))
            }
            Some(Failure::Cut) => (unread(), Err(Refusal::injected(0)), Quota::plenty(world.now())),
            Some(Failure::LoseAnswer | Failure::Hang) | None => answer(world, &parts, &path, &bytes),
        };
        let (status, body) = match outcome {
            Ok(answer) => (answer.status, answer.body),
            Err(refusal) => refused(world, &parts, &path, &refusal, &quota),
        };
        log(world, arrived, &parts, &path, sent, status, body.clone());
        (status, body, quota)
    });
    if matches!(failure, Some(Failure::Cut | Failure::LoseAnswer)) {
        cut.0.store(true, Ordering::SeqCst);
        return Response::new(Body::empty());
    }
    respond(status, body.as_ref(), &quota)
}

type Outcome = (Option<Value>, Result<Answer, Refusal>, Quota);

/// Who asks, how often, what: in this order.
fn answer(world: &mut World, parts: &Parts, path: &str, bytes: &Bytes) -> Outcome {
    let plenty = Quota::plenty(world.now());
    if !parts.uri.path().starts_with("/api/v10/") {
        return (None, Err(Refusal::unknown_route()), plenty);
    }
    let is_by_token = path.starts_with("/interactions/") || path.starts_with("/webhooks/");
    if !is_by_token && !is_authorized(&parts.headers, &world.settings.token) {
        return (None, Err(Refusal::unauthorized()), plenty);
    }
    let (body, files) = match multipart::read(&parts.headers, bytes) {
        Ok(read) => read,
        Err(reason) => return (None, Err(Refusal::not_json(&reason)), plenty),
    };
    let quota = Quota::take(world, parts.method.as_str(), path);
    if quota.is_spent {
        return (body, Err(Quota::refusal()), quota);
    }
    let query = parts.uri.query().unwrap_or_default();
    let call = Call { method: parts.method.as_str(), path, query, body: body.as_ref(), files };
    let outcome = rest::answer(world, call);
    (body, outcome, quota)
}

fn is_authorized(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|given| given.strip_prefix("Bot ")) == Some(token)
}

fn refused(
    world: &mut World,
    parts: &Parts,
    path: &str,
    refusal: &Refusal,
    quota: &Quota,
) -> (u16, Option<Value>) {
    if let Some(reason) = &refusal.violation {
        let is_only_ours = refusal.status == 404 && spec::knows(parts.method.as_str(), path);
        let reason = if is_only_ours { "Discord has this call, the stand-in does not" } else { reason };
        world.violated(format!("{} {path}", parts.method), reason);
    }
    let mut body = refusal.body();
    if quota.is_spent {
        body = json!({"message": refusal.message, "retry_after": quota.reset_after(), "global": false});
    }
    (refusal.status, Some(body))
}

fn log(
    world: &mut World,
    arrived: Instant,
    parts: &Parts,
    path: &str,
    body: Option<Value>,
    status: u16,
    answer: Option<Value>,
) {
    let request = Request {
        at: world.now(),
        arrived,
        answered: Instant::now(),
        method: parts.method.to_string(),
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body,
        status,
        answer,
    };
    world.requests.push(request);
}

fn respond(status: u16, body: Option<&Value>, quota: &Quota) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in quota.headers() {
        response = response.header(name, value);
    }
    let content = match body {
        Some(body) => {
            response = response.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    response.body(content).expect("every header is plain text")
}

/// Whether a connection is to break when it is next written to.
#[derive(Clone, Debug)]
struct Cut(Arc<AtomicBool>);

struct Cuttable(TcpListener);

struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl Listener for Cuttable {
    type Io = Wire;
    type Addr = Cut;

    async fn accept(&mut self) -> (Wire, Cut) {
        let (stream, _) = Listener::accept(&mut self.0).await;
        let cut = Cut(Arc::default());
        (Wire { stream, cut: cut.clone() }, cut)
    }

    fn local_addr(&self) -> io::Result<Cut> {
        Ok(Cut(Arc::default()))
    }
}

impl axum::extract::connect_info::Connected<IncomingStream<'_, Cuttable>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        stream.remote_addr().clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.cut.0.load(Ordering::SeqCst) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
