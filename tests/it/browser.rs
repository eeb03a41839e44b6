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
use vigie::classify::Judge;
use vigie::classify::learn::Adaptation;
use vigie::domain::judgement::Zone;
use vigie::domain::label::Route;
use vigie::domain::settings::Language;
use vigie::platform::playground::script::Script;

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

/// What members write of which the judge is not sure, as far as we know.
const VAGUE: [&str; 8] = [
    "not sure my bill is right this month",
    "odd, the app logged me out again",
    "my new phone still hasn't come, but the weather's been bad",
    "my bill looks a little higher this month, I suppose that's the price rise",
    "no parcel yet, maybe tomorrow",
    "my phone restarted twice this morning, weird",
    "the app has been a bit slow for me since the weekend",
    "I wonder whether the new plan is worth it",
];

/// Vague texts that are listed for review, after `markup`, each with the desk. The judge learns anew now and then and may
/// become sure of some; a test has to say so when too few are left, rather than wait in vain.
fn unsure<const N: usize>(markup: &str) -> [(String, Route); N] {
    let judge = Judge::new(&Script::of(Language::En).settings(), Adaptation::default());
    let texts = VAGUE.iter().map(|text| format!("{markup}{text}"));
    let judged = texts.map(|text| (judge.text(&text), text));
    let listed = judged.filter(|(judgement, _)| judgement.zone == Zone::Review);
    let found: Vec<_> = listed.map(|(judgement, text)| (text, judgement.route)).take(N).collect();
    let of = found.len();
    found
        .try_into()
        .unwrap_or_else(|_| panic!("the judge is unsure of {of} texts only: add vaguer ones to VAGUE"))
}

const LINES: &str = "document.querySelectorAll('[data-testid=\"review-line\"]').length";

#[tokio::test]
async fn what_the_judge_is_not_sure_of_waits_quietly_until_a_guess_opens_its_card() {
    let [(text, route)] = unsure("<img src=x onerror=\"window.hurt=true\"> ");
    let (_home, bot) = playground().await;
    let mut page = Page::open(1440, 900).await;
    page.go(&bot.url("/?lang=en")).await;
    page.until(LIVE).await;
    page.until(
        "document.querySelector('[data-testid=\"community-name\"]').textContent === 'Northlight Mobile'",
    )
    .await;
    page.write("dana", &text).await;
    page.until(&format!("{LINES} === 1")).await;

    let list = format!("document.querySelector('[data-testid=\"desk-{route}\"] [data-testid=\"review\"]')");
    let quote = page.value("document.querySelector('[data-testid=\"review-quote\"]').textContent").await;
    assert_eq!(quote, *text, "what a member wrote stays text");
    assert_eq!(page.value(&format!("{list}.querySelectorAll('img').length")).await, 0);
    assert_eq!(page.value("window.hurt ?? null").await, Value::Null);
    let loud =
        "document.querySelectorAll('.ping, [data-testid=\"card\"], .desks .count:not([hidden])').length";
    assert_eq!(page.value(loud).await, 0, "nobody is pinged");

    page.click("review-message-link").await;
    page.until("document.activeElement.dataset.testid === 'message'").await;

    page.value(&format!("{list}.querySelector('[data-custom-id^=\"vigie:review:{route}:\"]').click()")).await;
    page.until(&format!("!!document.querySelector('[data-testid=\"desk-{route}\"] [data-testid=\"card\"]')"))
        .await;
    page.until("!document.querySelector('[data-testid=\"review\"]')").await;
    assert_eq!(page.errors, [""; 0]);
}

#[tokio::test]
async fn a_line_goes_when_nobody_has_to_answer_and_the_list_with_the_last_one() {
    let [(first, _), (second, _)] = unsure("");
    let (_home, bot) = playground().await;
    let mut page = Page::open(390, 844).await;
    page.go(&bot.url("/?lang=en")).await;
    page.until(LIVE).await;
    page.until(
        "document.querySelector('[data-testid=\"community-name\"]').textContent === 'Northlight Mobile'",
    )
    .await;
    page.write("dana", &first).await;
    page.until(&format!("{LINES} === 1")).await;
    page.write("omar", &second).await;
    page.until(&format!("{LINES} === 2")).await;
    page.click("view-desks").await;

    let nobody = "document.querySelector('[data-custom-id^=\"vigie:review:none:\"]').click()";
    let act_as = |who: &str| {
        format!(
            "(() => {{ const actor = document.querySelector('[data-testid=\"act-as\"]');
                actor.append(new Option('{who}', '{who}')); actor.value = '{who}'; }})()"
        )
    };
    // Only employees are offered; the server does not rely on that.
    page.value(&act_as("dana")).await;
    page.value(nobody).await;
    page.until("!!document.querySelector('[data-testid=\"toast\"]')").await;
    assert_eq!(page.value(LINES).await, 2, "a member's press changes nothing");

    page.value(&act_as("priya")).await;
    page.value(nobody).await;
    page.until(&format!("{LINES} === 1")).await;
    page.value(nobody).await;
    page.until("!document.querySelector('[data-testid=\"review\"]')").await;
    assert_eq!(page.value("document.querySelectorAll('[data-testid=\"card\"]').length").await, 0);
    let is_wider = page.value("document.documentElement.scrollWidth > window.innerWidth").await;
    assert_eq!(is_wider, json!(false), "nothing sticks out of a narrow window");
    assert_eq!(page.errors, [""; 0]);
}
