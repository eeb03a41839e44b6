//! A strict language model endpoint on this machine: knows one call, and fails the test when that is made in a shape that
//! OpenAI's description of chat completions does not have.
//!
//! What it answers is said by the test, good or bad; what it was asked is kept.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A language model endpoint; listens until it is dropped.
pub struct Llm {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    /// What is answered next; the last one stays.
    script: VecDeque<Answer>,
    /// Kinds of `response_format` that are refused, with the status and the text.
    refused_formats: Vec<(&'static str, u16, &'static str)>,
    /// Refuses `max_tokens` and any temperature, as OpenAI does for its newer models.
    is_newer: bool,
    /// How long every answer takes.
    delay: Duration,
    calls: Vec<Call>,
    violations: Vec<String>,
}

/// What it was asked.
#[derive(Clone, Debug)]
pub struct Call {
    pub uri: String,
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub raw: String,
    pub body: Value,
}

/// What it answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A completion with that text.
    Text(String),
    /// A completion with that message.
    Message(Value),
    /// Whatever comes to a hostile mind.
    Raw { status: u16, content_type: &'static str, body: String },
    /// Elsewhere.
    Redirect(String),
    /// A completion whose body goes on and on.
    Huge,
    /// One byte a second.
    Drip,
    /// Never.
    Hang,
}

impl Answer {
    /// A label in the shape that was asked for.
    pub fn label(label: &str) -> Self {
        Self::Text(json!({"label": label, "also": null, "reason": "because"}).to_string())
    }

    /// An error in OpenAI's shape.
    pub fn status(status: u16) -> Self {
        let body = error("something is wrong").to_string();
        Self::Raw { status, content_type: "application/json", body }
    }
}

impl Llm {
    /// An endpoint that says that nothing needs an answer.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let inner = Arc::new(Mutex::new(Inner::default()));
        let kept = Arc::clone(&inner);
        let app = Router::new().fallback(move |request: Request| {
            let inner = Arc::clone(&kept);
            async move { handle(&inner, request).await }
        });
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { address, inner, server }
    }

    /// Answers so from now on; of several, each once and the last one for good.
    pub fn answers(&self, script: impl IntoIterator<Item = Answer>) {
        self.lock().script = script.into_iter().collect();
    }

    /// Refuses that kind of `response_format`.
    pub fn refuses(&self, format: &'static str, status: u16, text: &'static str) {
        self.lock().refused_formats.push((format, status, text));
    }

    /// Refuses `max_tokens` and any temperature from now on.
    pub fn is_newer(&self) {
        self.lock().is_newer = true;
    }

    /// Takes that long for every answer; for tests whose clock stands still.
    pub fn takes(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    /// The base of the address, as people write it into `VIGIE_LLM_URL`.
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// The kinds of `response_format` it was asked for, `-` for none.
    pub fn formats(&self) -> Vec<String> {
        let kind = |call: &Call| call.body["response_format"]["type"].as_str().unwrap_or("-").to_owned();
        self.lock().calls.iter().map(kind).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nobody panicked while holding it")
    }
}

impl Drop for Llm {
    fn drop(&mut self) {
        self.server.abort();
        if !std::thread::panicking() {
            assert_eq!(self.lock().violations, [""; 0], "calls that OpenAI's API does not have");
        }
    }
}

impl Call {
    /// What the model is told.
    pub fn system(&self) -> &str {
        self.body["messages"][0]["content"].as_str().expect("checked when it came")
    }

    /// What it is asked: the JSON document in the user's message.
    pub fn asked(&self) -> Value {
        let content = self.body["messages"][1]["content"].as_str().expect("checked when it came");
        serde_json::from_str(content).expect("the user's message is one JSON document")
    }

    /// The body without the user's message.
    pub fn around(&self) -> Value {
        let mut body = self.body.clone();
        body["messages"][1]["content"].take();
        body
    }
}

async fn handle(inner: &Mutex<Inner>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1024 * 1024).await.expect("a body");
    let raw = String::from_utf8_lossy(&bytes).into_owned();
    let body: Value = serde_json::from_str(&raw).unwrap_or_default();
    let is_json = parts.headers.get("content-type").is_some_and(|kind| kind == "application/json");
    let (answer, delay) = {
        let mut inner = inner.lock().expect("nobody panicked while holding it");
        if parts.method != "POST" || parts.uri.path() != "/v1/chat/completions" || !is_json {
            inner.violations.push(format!("{} {}", parts.method, parts.uri));
        }
        let found = violations(&body);
        inner.violations.extend(found);
        let call = Call { uri: parts.uri.to_string(), headers: parts.headers, raw, body: body.clone() };
        inner.calls.push(call);
        (inner.refusal(&body).unwrap_or_else(|| inner.next()), inner.delay)
    };
    tokio::time::sleep(delay).await;
    respond(answer, body["model"].as_str().unwrap_or_default()).await
}

impl Inner {
    fn next(&mut self) -> Answer {
        if self.script.len() > 1 {
            return self.script.pop_front().expect("more than one");
        }
        self.script.front().cloned().unwrap_or_else(|| Answer::label("none"))
    }

    fn refusal(&self, body: &Value) -> Option<Answer> {
        let refused = |status, text: &str| {
            Some(Answer::Raw { status, content_type: "application/json", body: error(text).to_string() })
        };
        if self.is_newer && body.get("max_tokens").is_some() {
            return refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
        }
        if self.is_newer && body.get("temperature").is_some() {
            return refused(400, "Unsupported value: 'temperature' does not support 0 with this model.");
        }
        let format = body["response_format"]["type"].as_str()?;
        let (_, status, text) = self.refused_formats.iter().find(|(refused, _, _)| *refused == format)?;
        refused(*status, text)
    }
}

fn error(message: &str) -> Value {
    json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": null}})
}

async fn respond(answer: Answer, model: &str) -> Response<Body> {
    let completion = |message: Value| {
        json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": null}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        })
        .to_string()
    };
    let text = |text: &str| completion(json!({"role": "assistant", "content": text, "refusal": null}));
    let (status, content_type, body) = match answer {
        Answer::Text(said) => (200, "application/json", Body::from(text(&said))),
        Answer::Message(message) => (200, "application/json", Body::from(completion(message))),
        Answer::Raw { status, content_type, body } => (status, content_type, Body::from(body)),
        Answer::Redirect(to) => {
            let response = Response::builder().status(307).header("location", to);
            return response.body(Body::empty()).expect("an address is a header");
        }
        Answer::Huge => {
            let said = format!("{}{}", r#"{"label":"none","also":null,"reason":"x"}"#, " ".repeat(200_000));
            (200, "application/json", Body::from(text(&said)))
        }
        Answer::Drip => {
            let bytes = futures::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok::<_, Infallible>(" "), ()))
            });
            (200, "application/json", Body::from_stream(bytes))
        }
        Answer::Hang => std::future::pending().await,
    };
    let response = Response::builder().status(status).header("content-type", content_type);
    response.body(body).expect("every header is plain text")
}

/// What OpenAI's description of a chat completion would not take, as far as this endpoint knows it.
fn violations(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut hold = |is_right: bool, what: String| {
        if !is_right {
            found.push(what);
        }
    };
    let known =
        ["model", "messages", "temperature", "max_tokens", "max_completion_tokens", "response_format"];
    for key in body.as_object().into_iter().flat_map(|body| body.keys()) {
        hold(known.contains(&key.as_str()), format!("unknown field {key}"));
    }
    hold(body["model"].as_str().is_some_and(|model| !model.is_empty()), "model".to_owned());
    let temperature = &body["temperature"];
    let is_warm = temperature.as_f64().is_some_and(|t| (0.0..=2.0).contains(&t));
    hold(temperature.is_null() || is_warm, format!("temperature {temperature}"));
    let limits = [&body["max_tokens"], &body["max_completion_tokens"]];
    let limits: Vec<_> = limits.into_iter().filter(|limit| !limit.is_null()).collect();
    hold(
        matches!(limits[..], [limit] if limit.as_u64().is_some_and(|n| n > 0)),
        format!("limits {limits:?}"),
    );
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    let roles: Vec<&str> = messages.iter().filter_map(|message| message["role"].as_str()).collect();
    hold(roles == ["system", "user"], format!("roles {roles:?}"));
    for message in &messages {
        let keys: Vec<&String> = message.as_object().into_iter().flat_map(|m| m.keys()).collect();
        hold(keys == ["content", "role"] && message["content"].is_string(), format!("message {keys:?}"));
    }
    let says_json = messages.iter().any(|m| m["content"].as_str().is_some_and(|text| text.contains("JSON")));
    match (body["response_format"]["type"].as_str(), body.get("response_format")) {
        (None, None) => {}
        (Some("json_object"), Some(format)) => {
            hold(format.as_object().is_some_and(|f| f.len() == 1), format!("format {format}"));
            hold(says_json, "json_object needs the word JSON in a message".to_owned());
        }
        (Some("json_schema"), Some(format)) => {
            let inner = &format["json_schema"];
            let name = inner["name"].as_str().unwrap_or_default();
            let is_name = (1..=64).contains(&name.len())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            hold(is_name, format!("schema name {name:?}"));
            hold(inner["strict"] == true, "the schema is not strict".to_owned());
            let schema = &inner["schema"];
            let required: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let mut properties: Vec<&str> = schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(|p| p.keys())
                .map(String::as_str)
                .collect();
            let mut sorted = required.clone();
            sorted.sort_unstable();
            properties.sort_unstable();
            let is_strict = schema["type"] == "object" && schema["additionalProperties"] == false;
            hold(
                is_strict && sorted == properties,
                "strict schemas require every property, and no other".to_owned(),
            );
            hold(jsonschema::validator_for(schema).is_ok(), "the schema is none".to_owned());
        }
        (kind, _) => hold(false, format!("response_format {kind:?}")),
    }
    found
}
