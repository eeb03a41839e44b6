//! The playground in a real Chromium: what a newcomer sees and does, without a line of ours in between.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::bot::{Bot, Home};

/// A page in Chromium, driven over its debugging protocol.
struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    calls: u64,
    errors: Vec<String>,
    _chromium: Child,
    _profile: TempDir,
}

impl Page {
    async fn open(width: u32, height: u32) -> Self {
        let profile = TempDir::new().expect("a folder of our own");
        let mut chromium = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--window-size={width},{height}"))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("chromium is installed (./check does it)");
        let mut lines = BufReader::new(chromium.stderr.take().expect("it is piped")).lines();
        let address = loop {
            let line = lines.next_line().await.expect("readable").expect("chromium says where it listens");
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        // What else it says is read, so that the pipe never fills up.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = tokio_tungstenite::connect_async(address).await.expect("chromium listens");
        let mut page = Self {
            socket,
            session: String::new(),
            calls: 0,
            errors: Vec::new(),
            _chromium: chromium,
            _profile: profile,
        };
        let targets = page.call("Target.getTargets", json!({})).await;
        let infos = targets["targetInfos"].as_array().expect("targets");
        let target = infos.iter().find(|info| info["type"] == "page").expect("a page")["targetId"].clone();
        let attached =
            page.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true })).await;
        page.session = attached["sessionId"].as_str().expect("a session").to_owned();
        page.call("Page.enable", json!({})).await;
        page.call("Runtime.enable", json!({})).await;
        page.call("Log.enable", json!({})).await;
        page
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.socket.send(Message::Text(message.to_string())).await.expect("chromium is there");
        loop {
            let answer = self.socket.next().await.expect("chromium answers").expect("readable");
            let Message::Text(text) = answer else { continue };
            let mut answer: Value = serde_json::from_str(&text).expect("JSON");
            if answer["id"] == self.calls {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            let is_error = answer["method"] == "Runtime.exceptionThrown"
                || (answer["method"] == "Log.entryAdded" && answer["params"]["entry"]["level"] == "error");
            if is_error {
                self.errors.push(answer["params"].to_string());
            }
        }
    }

    async fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url })).await;
    }

    /// The value of an expression in the page.
    async fn value(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut result = self.call("Runtime.evaluate", params).await;
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Asks until the expression is true.
    async fn until(&mut self, expression: &str) {
        let asking = async {
            while self.value(expression).await != json!(true) {
                tokio::task::yield_now().await;
            }
        };
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, asking).await.unwrap_or_else(|_| panic!("never true: {expression}"));
    }

    async fn click(&mut self, testid: &str) {
        let there = format!("!!document.querySelector('[data-testid=\"{testid}\"]')");
        self.until(&there).await;
        self.value(&format!("document.querySelector('[data-testid=\"{testid}\"]').click()")).await;
    }

    /// Types into the composer as that person and sends it.
    async fn write(&mut self, author: &str, text: &str) {
        let text = json!(text);
        self.value(&format!(
            "(() => {{ const field = (id) => document.querySelector(`[data-testid=\"${{id}}\"]`);
                const author = field('composer-author'); author.value = '{author}';
                author.dispatchEvent(new Event('change', {{ bubbles: true }}));
                const box = field('composer-text'); box.value = {text};
                box.dispatchEvent(new Event('input', {{ bubbles: true }}));
                field('composer-send').click(); }})()"
        ))
        .await;
    }
}

async fn playground() -> (Home, Bot) {
    let home = Home::new();
    let bot = home.start(&[]);
    let client = reqwest::Client::new();
    let up = async {
        while client.get(bot.url("/healthz")).send().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), up).await.expect("the web side answers");
    (home, bot)
}

const LIVE: &str = "document.querySelector('[data-testid=\"live\"]')?.dataset.state === 'on'";

#[tokio::test]
async fn a_newcomer_sees_a_card_within_ten_seconds_of_the_page() {
    let (_home, bot) = playground().await;
    let mut page = Page::open(1440, 900).await;
    let opened = Instant::now();
    page.go(&bot.url("/?lang=en")).await;
    page.until(LIVE).await;
    page.click("play-morning").await;
    page.until("document.querySelectorAll('[data-testid=\"card\"]').length > 0").await;
    assert!(opened.elapsed() < Duration::from_secs(10), "{:?}", opened.elapsed());
    assert_eq!(page.errors, [""; 0]);
}

#[tokio::test]
async fn a_card_is_claimed_and_answered_and_the_figures_move_without_a_reload() {
    let (_home, bot) = playground().await;
    let mut page = Page::open(390, 844).await;
    page.go(&bot.url("/?lang=fr")).await;
    page.until(LIVE).await;
    // An empty community speaks the reader's language.
    page.until("document.querySelector('[data-testid=\"community-name\"]').textContent === 'Air Azur'").await;
    page.value("window.stayed = true").await;
    page.write("lea", "J'ai été débitée deux fois pour ma réservation, qui peut regarder mon dossier ?")
        .await;
    page.until("document.querySelector('[data-testid=\"card\"]')?.dataset.state === 'open'").await;
    page.click("view-desks").await;
    page.click("card-claim").await;
    page.until("document.querySelector('[data-testid=\"card\"]').dataset.state === 'claimed'").await;
    page.write("karim", "Bonjour @lea, je vous rembourse tout de suite.").await;
    page.until("document.querySelector('[data-testid=\"card\"]').dataset.state === 'answered'").await;
    page.until("document.querySelector('[data-value=\"answered\"]').textContent.trim() === '1'").await;
    assert_eq!(page.value("window.stayed").await, json!(true), "the page was not loaded again");
    let is_wider = page.value("document.documentElement.scrollWidth > window.innerWidth").await;
    assert_eq!(is_wider, json!(false), "nothing sticks out of a narrow window");
    assert_eq!(page.errors, [""; 0]);
}
