//! The web side of the real program: health, the playground's page and its calls, and who is refused.

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::bot::{Bot, Home};

/// A page of the playground, as a browser would call it.
struct Page {
    bot: Bot,
    client: Client,
}

impl Page {
    async fn open(home: &Home) -> Self {
        let page = Self { bot: home.start(&[]), client: Client::new() };
        page.until_up().await;
        page
    }

    /// The program has bound its address before it does anything else; until then connections are refused.
    async fn until_up(&self) {
        let up = async {
            while self.client.get(self.bot.url("/healthz")).send().await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), up).await.expect("the web side answers");
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Response {
        let url = self.bot.url(&format!("/api/playground{path}"));
        let call = self.client.request(method, url).header("X-Vigie", "playground").json(&body);
        call.send().await.expect("the web side answers")
    }

    async fn state(&self) -> Value {
        let answer = self.client.get(self.bot.url("/api/playground/state")).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// The events from now on, until one satisfies the test.
    async fn event(&self, name: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let answer = self.client.get(self.bot.url("/api/playground/events")).send().await.expect("an answer");
        let mut body = answer.bytes_stream();
        let mut text = String::new();
        let waiting = async {
            loop {
                text.push_str(&String::from_utf8_lossy(&body.next().await.expect("open").expect("readable")));
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let field =
                        |key: &str| event.lines().find_map(|l| l.strip_prefix(key)).unwrap_or_default();
                    let data: Value = serde_json::from_str(field("data: ")).unwrap_or_default();
                    if field("event: ") == name && is_it(&data) {
                        return data;
                    }
                    text = rest.to_string();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("the event comes")
    }

    /// The first card that satisfies the test, looked for in the state until it is there.
    async fn card(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let looking = async {
            loop {
                let state = self.state().await;
                let posts = state["posts"].as_array().expect("posts");
                if let Some(post) = posts.iter().find(|post| post["card"].is_object() && is_it(&post["card"]))
                {
                    return post.clone();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), looking).await.expect("the card comes")
    }
}

#[tokio::test]
async fn a_newcomer_writes_sees_the_card_claims_and_answers_it() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let html = page.client.get(page.bot.url("/")).send().await.expect("the page").text().await.expect("text");
    assert!(html.contains("playground.js"), "{html}");
    let scene = page.state().await;
    let find = |list: &str, key: &str, value: &str| {
        scene[list].as_array().and_then(|all| all.iter().find(|one| one[key] == value)).expect(value)["id"]
            .clone()
    };
    let (member, channel) = (find("people", "standing", "member"), find("channels", "kind", "public"));
    let employee = find("people", "desk", "customer_service");

    let body = json!({ "channel": channel, "author": member, "text": "I was charged twice this month, can you check my account?", "reply_to": null });
    let written: Value = page.call(Method::POST, "/messages", body).await.json().await.expect("the post");
    let card = page.card(|_| true).await;
    assert_eq!(
        (&card["card"]["state"], &card["card"]["route"]),
        (&json!("open"), &json!("customer_service"))
    );
    assert_eq!(card["card"]["message"]["id"], written["id"]);
    assert_eq!(card["ping"], "Customer service");

    let claim =
        json!({ "as": employee, "custom_id": card["card"]["buttons"][0]["custom_id"], "value": null });
    let said: Value =
        page.call(Method::POST, "/actions", claim.clone()).await.json().await.expect("an answer");
    assert_eq!(said["said"], Value::Null);
    let again: Value = page.call(Method::POST, "/actions", claim).await.json().await.expect("an answer");
    assert_eq!(again["said"], "This request is already yours.");
    page.card(|card| card["state"] == "claimed").await;

    let reply = json!({ "channel": channel, "author": employee, "text": "Refunded, sorry!", "reply_to": written["id"] });
    assert_eq!(page.call(Method::POST, "/messages", reply).await.status(), StatusCode::CREATED);
    let answered = page.card(|card| card["state"] == "answered").await;
    assert_eq!(page.state().await["figures"]["answered"], 1);
    let buttons = answered["card"]["buttons"].as_array().expect("buttons");
    let mean = buttons.iter().find(|button| button["label"] == "Figures?").expect("it shows a time");
    let mean = json!({ "as": employee, "custom_id": mean["custom_id"], "value": null });
    let said: Value = page.call(Method::POST, "/actions", mean).await.json().await.expect("an answer");
    let means = said["said"].as_str().expect("words");
    assert!(means.starts_with("What do these figures mean?\n\nFirst response"), "{means}");
}

#[tokio::test]
async fn the_playground_is_as_it_was_left_after_a_restart() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let scene = page.state().await;
    let (channel, author) = (&scene["channels"][0]["id"], &scene["people"][0]["id"]);
    let body = json!({ "channel": channel, "author": author, "text": "My parcel never arrived, please look at my order", "reply_to": null });
    page.call(Method::POST, "/messages", body).await;
    let card = page.card(|_| true).await;
    assert!(page.bot.stop().await.success());

    let page = Page::open(&home).await;
    let same = page.card(|_| true).await;
    assert_eq!(same["id"], card["id"]);
    let employee = scene["people"].as_array().expect("people").iter().find(|p| p["standing"] == "employee");
    let press = json!({ "as": employee.expect("one")["id"], "custom_id": card["card"]["buttons"][0]["custom_id"], "value": null });
    page.call(Method::POST, "/actions", press).await;
    page.card(|card| card["state"] == "claimed").await;
}

#[tokio::test]
async fn a_busy_morning_can_be_watched_in_both_languages() {
    let home = Home::new();
    let page = Page::open(&home).await;
    for (language, word, settled) in [
        ("fr", "Ouverte", "Ma valise est arrivée un jour après moi la dernière fois"),
        ("en", "Open", "Not sure my bill is right this month"),
    ] {
        let played = async {
            let ended = page.event("morning", |morning| morning["playing"] == false);
            let started = page.call(Method::POST, "/morning", json!({ "language": language }));
            let (ended, started) = tokio::join!(ended, started);
            assert_eq!(started.status(), StatusCode::ACCEPTED);
            ended
        };
        let ended = played.await;
        assert_eq!(ended["done"], ended["of"]);
        let state = page.state().await;
        let cards = state["posts"].as_array().expect("posts").iter().filter(|p| p["card"].is_object());
        let routes: std::collections::BTreeSet<&str> =
            cards.clone().filter_map(|p| p["card"]["route"].as_str()).collect();
        assert_eq!(routes.len(), 3, "each desk has something to look at: {routes:?}");
        assert!(cards.clone().any(|p| p["card"]["state_word"] == word), "{language}");
        let posts = state["posts"].as_array().expect("posts");
        let listed: Vec<&Value> = posts.iter().filter(|p| p["review"].is_object()).collect();
        assert!(!listed.is_empty(), "{language}: nothing is left to look at");
        for post in listed {
            assert!(post["review"]["lines"].as_array().is_some_and(|lines| !lines.is_empty()), "{post}");
            assert_eq!(post["ping"], Value::Null, "a review list pings nobody");
        }
        let settled = &posts.iter().find(|p| p["text"] == settled).expect("it was posted")["id"];
        assert!(
            cards.clone().any(|p| &p["card"]["message"]["id"] == settled),
            "{language}: nobody settled it"
        );
        assert!(state["figures"]["answered"].as_u64().is_some_and(|n| n >= 4), "{}", state["figures"]);
        assert!(state["figures"]["p50"].as_i64().is_some_and(|s| s > 60), "{}", state["figures"]);
    }
}

#[tokio::test]
async fn calls_of_other_sites_are_refused() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let reset = page.bot.url("/api/playground/reset");
    let without_header = page.client.post(&reset).send().await.expect("an answer");
    assert_eq!(without_header.status(), StatusCode::FORBIDDEN);
    let other_name =
        page.client.get(page.bot.url("/api/playground/state")).header("Host", "evil.example:7070");
    assert_eq!(other_name.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_change_needs_our_own_header() {
    let home = Home::new();
    let page = Page::open(&home).await;
    for (method, path) in [
        (Method::POST, "/messages"),
        (Method::PUT, "/messages/help/1"),
        (Method::DELETE, "/messages/help/1"),
        (Method::POST, "/actions"),
        (Method::POST, "/morning"),
        (Method::POST, "/reset"),
    ] {
        let url = page.bot.url(&format!("/api/playground{path}"));
        let without =
            page.client.request(method.clone(), url).json(&json!({})).send().await.expect("an answer");
        assert_eq!(without.status(), StatusCode::FORBIDDEN, "{method} {path}");
        let with = page.call(method.clone(), path, json!({ "language": "xx" })).await;
        assert_eq!(with.status(), StatusCode::UNPROCESSABLE_ENTITY, "{method} {path}");
    }
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it_errors_too() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let get = |path: &str| page.client.get(page.bot.url(path));
    let huge = page.client.post(page.bot.url("/api/playground/messages")).header("X-Vigie", "playground");
    let huge = huge.header("Content-Type", "application/json").body("x".repeat(65 << 10));
    for (call, status) in [
        (get("/"), StatusCode::OK),
        (get("/static/playground.js"), StatusCode::OK),
        (get("/api/playground/state"), StatusCode::OK),
        (get("/api/playground/events"), StatusCode::OK),
        (get("/healthz"), StatusCode::OK),
        (get("/metrics"), StatusCode::OK),
        (get("/nowhere"), StatusCode::NOT_FOUND),
        (get("/api/playground/actions"), StatusCode::METHOD_NOT_ALLOWED),
        (get("/").header("Host", "evil.example"), StatusCode::FORBIDDEN),
        (huge, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = call.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{}", answer.url());
        for (name, value) in [
            ("content-security-policy", "default-src 'self'"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            let given = answer.headers().get(name).and_then(|given| given.to_str().ok()).unwrap_or_default();
            assert!(given.contains(value), "{} {status}: {name}: {given}", answer.url());
        }
    }
}

/// Firefox counts a page as connected when it has read something, and not before.
#[tokio::test]
async fn who_listens_hears_at_once_that_it_does() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let call = page.client.get(page.bot.url("/api/playground/events")).send();
    let mut answer = call.await.expect("an answer");
    let first = answer.chunk().await.expect("readable").expect("open");
    assert!(first.starts_with(b":"), "a comment, before anything happens: {first:?}");
}

#[tokio::test]
async fn so_many_pages_listen_and_no_more() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let listen = async || {
        let call = page.client.get(page.bot.url("/api/playground/events"));
        call.send().await.expect("an answer")
    };
    let mut open = Vec::new();
    let last = loop {
        let answer = listen().await;
        if !answer.status().is_success() || open.len() > 64 {
            break answer;
        }
        open.push(answer);
    };
    assert_eq!((open.len(), last.status()), (64, StatusCode::SERVICE_UNAVAILABLE));
    assert!(page.state().await["posts"].is_array(), "whoever only looks is not kept out");
}

#[tokio::test]
async fn a_flood_is_refused_and_vigie_goes_on_answering() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let press = json!({ "as": "nobody", "custom_id": "vigie:claim:x", "value": null });
    let flood = (0..400).map(|_| page.call(Method::POST, "/actions", press.clone()));
    let mut refused = 0;
    for answer in futures::future::join_all(flood).await {
        match answer.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                assert_eq!(answer.headers()["retry-after"], "1");
                refused += 1;
            }
            status => assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
    assert!(refused > 0, "nothing was refused");
    let health = page.client.get(page.bot.url("/healthz")).send().await.expect("an answer");
    assert_eq!(health.status(), StatusCode::OK);
    assert!(page.state().await["posts"].is_array());
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let home = Home::new();
    let page = Page::open(&home).await;
    let scene = page.state().await;
    let (channel, author) = (scene["channels"][0]["id"].clone(), scene["people"][0]["id"].clone());
    for (body, word) in [
        (json!({ "channel": channel, "author": author, "text": "   ", "reply_to": null }), "write something"),
        (
            json!({ "channel": channel, "author": author, "text": "x".repeat(4001), "reply_to": null }),
            "4,000",
        ),
        (json!({ "channel": "desk-pr", "author": author, "text": "x", "reply_to": null }), "no such channel"),
        (
            json!({ "channel": channel, "author": "nobody", "text": "x", "reply_to": null }),
            "nobody of that name",
        ),
        (json!({ "channel": channel, "author": author }), "missing field"),
    ] {
        let answer = page.call(Method::POST, "/messages", body).await;
        assert!(answer.status().is_client_error());
        let error: Value = answer.json().await.expect("JSON");
        assert!(error["error"].as_str().is_some_and(|e| e.contains(word)), "{error}");
    }
}

#[tokio::test]
async fn health_is_told_and_a_second_program_on_the_same_address_says_why_not() {
    let home = Home::new();
    let page = Page::open(&home).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            page.client.get(page.bot.url(path)).send().await.expect("an answer").status(),
            StatusCode::OK
        );
    }
    let second = home.call(&[]).await;
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8_lossy(&second.stderr);
    let last = said.lines().last().unwrap_or_default();
    assert!(last.contains("VIGIE_HTTP") && last.contains("is Vigie running already"), "{said}");
}
