//! Against a small server that answers what it is told to.

use std::sync::Mutex;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode as Status};
use axum::response::{IntoResponse, Response as Answer};
use serde_json::{Value, json};

use super::*;

const MESSAGES: &str = "/channels/10/messages";

/// What the server says, and how often it was asked.
struct Script {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: Value,
    asked: Mutex<Vec<(String, HeaderMap)>>,
}

async fn answer(State(script): State<Arc<Script>>, request: axum::extract::Request) -> Answer {
    let line = format!("{} {}", request.method(), request.uri());
    script.asked.lock().expect("no test panics with it").push((line, request.headers().clone()));
    let mut headers = HeaderMap::new();
    for (name, value) in &script.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    (Status::from_u16(script.status).expect("a status"), headers, script.body.to_string()).into_response()
}

async fn server(status: u16, headers: &[(&'static str, &'static str)], body: Value) -> (Rest, Arc<Script>) {
    let script = Arc::new(Script { status, headers: headers.to_vec(), body, asked: Mutex::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new().fallback(answer).with_state(Arc::clone(&script));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (Rest::new(Some(&format!("http://{address}/")), "top.secret").expect("a token"), script)
}

fn asked(script: &Script) -> usize {
    script.asked.lock().expect("no test panics with it").len()
}

async fn refusal(status: u16, body: Value, path: &str) -> PlatformError {
    let (rest, _) = server(status, &[], body).await;
    rest.post::<Value>(path, &json!({"content": "x"})).await.expect_err("it is refused")
}

#[tokio::test]
async fn a_call_names_the_bot_and_reads_the_answer() {
    let (rest, script) = server(200, &[], json!({"id": "7"})).await;
    let answer: Value = rest.post(MESSAGES, &json!({"content": "hello"})).await.expect("it is taken");
    assert_eq!(answer["id"], "7");
    let asked = script.asked.lock().expect("no test panics with it");
    let (line, headers) = &asked[0];
    assert_eq!(line, "POST /api/v10/channels/10/messages");
    assert_eq!(headers["authorization"], "Bot top.secret");
    assert!(headers["user-agent"].to_str().expect("text").starts_with("DiscordBot (https://"));
}

#[tokio::test]
async fn a_put_without_a_body_has_a_length() {
    let (rest, script) = server(204, &[], Value::Null).await;
    rest.tell(Method::PUT, "/channels/10/messages/1/reactions/x/@me", None::<&()>)
        .await
        .expect("it is taken");
    assert_eq!(script.asked.lock().expect("no test panics with it")[0].1["content-length"], "0");
}

#[tokio::test]
async fn when_nothing_is_left_the_next_call_is_not_sent() {
    let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "60.0")];
    let (rest, script) = server(200, &headers, json!({})).await;
    rest.post::<Value>(MESSAGES, &json!({})).await.expect("the first one is taken");
    let error = rest.post::<Value>(MESSAGES, &json!({})).await.expect_err("nothing is left");
    let PlatformError::Retry { after: Some(after), .. } = error else { panic!("{error:?}") };
    assert!((59_000..=60_001).contains(&after.as_milliseconds()), "{after:?}");
    assert_eq!(asked(&script), 1);
}

#[tokio::test]
async fn the_sixth_post_into_a_channel_is_not_sent() {
    let (rest, script) = server(200, &[], json!({})).await;
    for _ in 0..5 {
        rest.post::<Value>(MESSAGES, &json!({})).await.expect("five are taken");
    }
    let error = rest.post::<Value>(MESSAGES, &json!({})).await.expect_err("six are too many");
    assert!(matches!(error, PlatformError::Retry { after: Some(_), .. }), "{error:?}");
    assert_eq!(asked(&script), 5);
    rest.post::<Value>("/channels/11/messages", &json!({})).await.expect("another channel is free");
}

#[tokio::test]
async fn a_limit_that_discord_names_is_kept_to() {
    let body = json!({"message": "You are being rate limited.", "retry_after": 2.5, "global": true});
    let (rest, script) = server(429, &[], body).await;
    let error = rest.get::<Value>("/users/@me").await.expect_err("it is limited");
    let PlatformError::Retry { after: Some(after), .. } = error else { panic!("{error:?}") };
    assert_eq!(after.as_milliseconds(), 2501);
    rest.get::<Value>("/guilds/5").await.expect_err("everything is limited");
    assert_eq!(asked(&script), 1);
}

#[tokio::test]
async fn refusals_say_what_can_be_done_about_them() {
    let blocked = [
        (401, json!({"code": 0, "message": "401: Unauthorized"}), "DISCORD_TOKEN"),
        (404, json!({"code": 10003, "message": "Unknown Channel"}), "channel 10 does not exist any more"),
        (403, json!({"code": 50001, "message": "Missing Access"}), "View Channels"),
        (403, json!({"code": 50013, "message": "Missing Permissions"}), "Send Messages"),
    ];
    for (status, body, words) in blocked {
        let error = refusal(status, body, MESSAGES).await;
        let PlatformError::Blocked { reason, .. } = &error else { panic!("{status}: {error:?}") };
        assert!(reason.contains(words), "{reason}");
    }
    let gone = refusal(404, json!({"code": 10008, "message": "Unknown Message"}), MESSAGES).await;
    assert!(matches!(gone, PlatformError::Gone { .. }), "{gone:?}");
    let invalid = json!({"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": "too long"}});
    let invalid = refusal(400, invalid, MESSAGES).await;
    assert!(matches!(invalid, PlatformError::Permanent { .. }), "{invalid:?}");
    let error = refusal(502, json!("bad gateway"), MESSAGES).await;
    assert!(matches!(error, PlatformError::Retry { after: None, .. }), "{error:?}");
}

#[tokio::test]
async fn only_a_post_of_which_nobody_knows_may_be_there_all_the_same() {
    let may_be_there =
        |error: &PlatformError| matches!(error, PlatformError::Retry { perhaps_posted: true, .. });
    for status in [500, 502, 503, 504] {
        let error = refusal(status, json!("trouble"), MESSAGES).await;
        assert!(may_be_there(&error), "{status}: {error:?}");
    }
    let (rest, _) = server(503, &[], json!("trouble")).await;
    let error = rest.patch::<Value>("/channels/10/messages/1", &json!({})).await.expect_err("trouble");
    assert!(!may_be_there(&error), "an edit made twice is the same edit: {error:?}");
    let limited = json!({"message": "You are being rate limited.", "retry_after": 2.5});
    let error = refusal(429, limited, MESSAGES).await;
    assert!(!may_be_there(&error), "a limit says that nothing was done: {error:?}");
}

#[tokio::test]
async fn who_does_not_answer_is_asked_again_later() {
    let rest = Rest::new(Some("http://127.0.0.1:9"), "top.secret").expect("a token");
    let error = rest.post::<Value>(MESSAGES, &json!({})).await.expect_err("nobody listens there");
    let is_undone = matches!(error, PlatformError::Retry { after: None, perhaps_posted: false, .. });
    assert!(is_undone, "what never reached Discord was not posted: {error:?}");
}

#[tokio::test]
async fn secrets_are_never_shown() {
    let rest = Rest::new(Some("http://127.0.0.1:9"), "top.secret").expect("a token");
    let error = rest.delete("/webhooks/1/hush/messages/@original").await.expect_err("nobody listens there");
    let shown = format!("{rest:?} {error:?} {error}");
    assert!(!shown.contains("top.secret") && !shown.contains("hush"), "{shown}");
    assert!(Rest::new(None, "with\nline").is_err());
}
