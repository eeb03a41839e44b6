//! The gateway's strictness, seen from a bare socket: what a client does wrong, and what a shard hears.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::bot::air_azur;
use crate::support::discord::Discord;

struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    /// Connects, and hears the hello.
    async fn open(discord: &Discord) -> Self {
        let url = discord.look(|world| world.settings.ws.clone());
        let (socket, _) = connect_async(format!("{url}/?v=10&encoding=json")).await.expect("it is up");
        let mut line = Self(socket);
        assert_eq!(line.hear().await["op"], 10);
        line
    }

    async fn say(&mut self, text: impl ToString) {
        self.0.send(Message::Text(text.to_string())).await.expect("the line is open");
    }

    async fn hear(&mut self) -> Value {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).expect("the gateway speaks JSON"),
            other => panic!("expected a payload, heard {other:?}"),
        }
    }

    /// The code with which the gateway hangs up.
    async fn closed_with(&mut self) -> u16 {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(_))) => {}
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                other => panic!("expected to be hung up on, heard {other:?}"),
            }
        }
    }
}

fn identify(discord: &Discord, intents: u64, shard: [u64; 2]) -> Value {
    let properties = json!({"os": "linux", "browser": "test", "device": "test"});
    let data =
        json!({"token": discord.token(), "intents": intents, "shard": shard, "properties": properties});
    json!({"op": 2, "d": data})
}

#[tokio::test]
async fn each_mistake_is_hung_up_on_with_its_code() {
    let discord = air_azur().await;
    let good = identify(&discord, 513, [0, 1]);
    let mut stranger = good.clone();
    stranger["d"]["token"] = json!("wrong");
    let mistakes = [
        (4001, json!({"op": 99, "d": null}).to_string()),
        (4002, "no JSON".to_owned()),
        (4003, json!({"op": 3, "d": {}}).to_string()),
        (4004, stranger.to_string()),
        (4010, identify(&discord, 513, [1, 1]).to_string()),
        (4013, identify(&discord, 1 << 40, [0, 1]).to_string()),
    ];
    for (code, said) in mistakes {
        let mut line = Line::open(&discord).await;
        line.say(said).await;
        assert_eq!(line.closed_with().await, code);
    }
    let mut line = Line::open(&discord).await;
    line.say(&good).await;
    line.say(&good).await;
    assert_eq!(line.closed_with().await, 4005);
    assert_eq!(discord.take_violations().len(), 3, "4001, 4002 and 4013 are mistakes of a client alone");
}

#[tokio::test]
async fn heartbeats_are_acknowledged_and_an_unknown_session_is_invalid() {
    let discord = air_azur().await;
    let mut line = Line::open(&discord).await;
    line.say(json!({"op": 1, "d": null})).await;
    assert_eq!(line.hear().await["op"], 11);
    line.say(json!({"op": 6, "d": {"token": discord.token(), "session_id": "gone", "seq": 1}})).await;
    let answer = line.hear().await;
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
}

#[tokio::test]
async fn each_shard_hears_of_its_own_servers() {
    let discord = Discord::builder().guild("one").guild("two").start().await;
    let mut heard = Vec::new();
    for shard in 0..2 {
        let mut line = Line::open(&discord).await;
        line.say(identify(&discord, 513, [shard, 2])).await;
        let ready = line.hear().await;
        assert_eq!(ready["d"]["guilds"].as_array().map(Vec::len), Some(1));
        let arrival = line.hear().await;
        assert_eq!((&arrival["t"], &arrival["s"]), (&json!("GUILD_CREATE"), &json!(2)));
        heard.push(arrival["d"]["name"].as_str().expect("a server has a name").to_owned());
    }
    heard.sort();
    assert_eq!(heard, ["one", "two"]);
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let discord = air_azur().await;
    let (guilds, guild_messages) = (1, 1 << 9);
    for (intents, expected) in [(guilds, "CHANNEL_UPDATE"), (guilds | guild_messages, "MESSAGE_CREATE")] {
        let mut line = Line::open(&discord).await;
        line.say(identify(&discord, intents, [0, 1])).await;
        assert_eq!(line.hear().await["t"], "READY");
        assert_eq!(line.hear().await["t"], "GUILD_CREATE");
        discord.post("alice", "support", "hello");
        discord.rename_channel("desk", "the desk");
        assert_eq!(line.hear().await["t"], expected);
        discord.rename_channel("the desk", "desk");
    }
}
