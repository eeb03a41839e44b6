//! The gateway: one task a connection, speaking version 10 in JSON.
//!
//! Hello, identify or resume, heartbeats; everything else goes out through the session (`session.rs`). What the bot
//! does wrong closes the connection with Discord's code for it, and is a violation where no bot should do so.

use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::Inner;
use super::session::{Dispatched, GUILD_MEMBERS, Out, PRIVILEGED, Session};
use super::state::{Id, World};
use super::wire;

/// The intents that version 10 knows: bits 0 to 16, 20, 21, 24 and 25.
const KNOWN_INTENTS: u64 = 0x0331_ffff;

/// Takes connections until the task is dropped, and all of them with it.
pub async fn listen(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let is_up = inner.read(|world| world.settings.gateway_up);
        if is_up {
            connections.spawn(serve(stream, Arc::clone(&inner)));
        }
        while connections.try_join_next().is_some() {}
    }
}

#[expect(clippy::result_large_err, reason = "the handshake's signature is the library's")]
async fn serve(stream: TcpStream, inner: Arc<Inner>) {
    let mut asked = String::new();
    let handshake = tokio_tungstenite::accept_hdr_async(stream, |request: &Request, response: Response| {
        request.uri().query().unwrap_or_default().clone_into(&mut asked);
        Ok::<_, ErrorResponse>(response)
    });
    let Ok(socket) = handshake.await else { return };
    if !asked.split('&').any(|part| part == "v=10")
        || asked.contains("compress=")
        || asked.contains("encoding=etf")
    {
        inner.change(|world| {
            world.violated("gateway", format!("connected with ?{asked}, expected ?v=10 and JSON"));
        });
    }
    let (line, outbox) = mpsc::unbounded_channel();
    let interval = inner.read(|world| world.settings.heartbeat_ms);
    let hello = json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": interval}}).to_string();
    line.send(Out::Say(hello)).expect("we hold the other end");
    let mut connection = Connection { inner, line, session: None };
    connection.run(socket, outbox).await;
    connection.inner.change(|world| connection.lost(world));
}

struct Connection {
    inner: Arc<Inner>,
    line: UnboundedSender<Out>,
    session: Option<String>,
}

impl Connection {
    async fn run(&mut self, mut socket: WebSocketStream<TcpStream>, mut outbox: UnboundedReceiver<Out>) {
        loop {
            tokio::select! {
                out = outbox.recv() => match out {
                    Some(Out::Say(text)) => if socket.send(Message::Text(text)).await.is_err() { return },
                    Some(Out::Close(code)) => {
                        let frame = CloseFrame { code: code.into(), reason: "".into() };
                        let _ = socket.close(Some(frame)).await;
                        // Until the other side agrees, what it sent before is of no interest any more.
                        while let Some(Ok(_)) = socket.next().await {}
                        return;
                    }
                    Some(Out::Cut) | None => return,
                },
                said = socket.next() => match said {
                    Some(Ok(Message::Text(text))) => self.hear(&text),
                    Some(Ok(Message::Binary(bytes))) => self.hear(&String::from_utf8_lossy(&bytes)),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                },
            }
        }
    }

    fn hear(&mut self, text: &str) {
        let Ok(payload) = serde_json::from_str::<Value>(text) else { return self.wrong(4002, "not JSON") };
        let data = &payload["d"];
        let inner = Arc::clone(&self.inner);
        match payload["op"].as_u64() {
            Some(1) => inner.change(|world| self.heartbeat(world)),
            Some(2) => inner.change(|world| self.identify(world, data)),
            Some(6) => inner.change(|world| self.resume(world, data)),
            Some(3 | 4 | 8) if self.session.is_none() => self.close(4003),
            Some(3 | 4) => {}
            Some(8) => inner.change(|world| self.tell_members(world, data)),
            op => self.wrong(4001, &format!("an opcode {op:?}")),
        }
    }

    fn say(&self, payload: &Value) {
        let _ = self.line.send(Out::Say(payload.to_string()));
    }

    fn close(&self, code: u16) {
        let _ = self.line.send(Out::Close(code));
    }

    fn wrong(&self, code: u16, reason: &str) {
        self.inner.change(|world| world.violated("gateway", format!("{reason}: closed with {code}")));
        self.close(code);
    }

    fn heartbeat(&self, world: &mut World) {
        if let Some(session) = self.session(world) {
            session.heartbeats += 1;
        }
        if world.settings.acknowledges {
            self.say(&json!({"op": 11, "s": null, "t": null, "d": null}));
        }
    }

    fn identify(&mut self, world: &mut World, data: &Value) {
        if self.session.is_some() {
            return self.close(4005);
        }
        if !is_token(world, &data["token"]) {
            return self.close(4004);
        }
        let complete = data["intents"].is_u64() && data["properties"].is_object();
        let intents = data["intents"].as_u64().unwrap_or_default();
        if !complete || intents & !KNOWN_INTENTS != 0 {
            world.violated("gateway", format!("identified with {}", without_token(data)));
            return self.close(if complete { 4013 } else { 4002 });
        }
        if intents & PRIVILEGED & !world.settings.granted != 0 {
            return self.close(4014);
        }
        let shard: (u64, u64) = match &data["shard"] {
            Value::Null => (0, 1),
            named => (named[0].as_u64().unwrap_or(1), named[1].as_u64().unwrap_or(0)),
        };
        if shard.0 >= shard.1 {
            return self.close(4010);
        }
        let id = format!("{:032x}", world.clock.snowflake());
        let line = Some(self.line.clone());
        let session =
            Session { id: id.clone(), intents, shard, told: vec![], resumed: 0, heartbeats: 0, line };
        world.sessions.retain(|old| old.shard != shard || old.line.is_some());
        world.sessions.push(session);
        self.session = Some(id.clone());
        self.welcome(world, &id, shard);
    }

    /// READY, then each server of the shard.
    fn welcome(&self, world: &mut World, id: &str, shard: (u64, u64)) {
        let mine = |guild: &Id| (guild >> 22) % shard.1 == shard.0;
        let guilds: Vec<Id> = world.guilds.keys().copied().filter(mine).collect();
        let away: Vec<Value> =
            guilds.iter().map(|id| json!({"id": id.to_string(), "unavailable": true})).collect();
        let mut bot = wire::user(&world.users[&world.bot]);
        wire::merge(&mut bot, &json!({"mfa_enabled": false, "verified": true, "email": null}));
        let ready = json!({
            "v": 10, "user": bot, "guilds": away, "session_id": id, "resume_gateway_url": world.settings.ws,
            "shard": [shard.0, shard.1], "session_type": "normal", "private_channels": [], "presences": [],
            "relationships": [], "geo_ordered_rtc_regions": [], "_trace": [],
            "application": {"id": world.bot.to_string(), "flags": 0},
        });
        let arrivals: Vec<Value> = guilds.iter().map(|id| world.guild_create(&world.guilds[id])).collect();
        let session = self.session(world).expect("it has just been made");
        session.tell("READY", ready);
        for guild in arrivals {
            session.tell("GUILD_CREATE", guild);
        }
    }

    fn resume(&mut self, world: &mut World, data: &Value) {
        if !is_token(world, &data["token"]) {
            return self.close(4004);
        }
        let heard = data["seq"].as_u64().unwrap_or_default();
        let id = data["session_id"].as_str().unwrap_or_default();
        let Some(session) = world.sessions.iter_mut().find(|session| session.id == id) else {
            return self.say(&json!({"op": 9, "s": null, "t": null, "d": false}));
        };
        if heard > session.told.last().map_or(0, |last| last.seq) {
            return self.close(4007);
        }
        session.line = Some(self.line.clone());
        session.resumed += 1;
        let missed: Vec<_> =
            session.told.iter().filter(|told| told.seq > heard).map(Dispatched::payload).collect();
        for payload in missed {
            session.say(payload);
        }
        session.tell("RESUMED", json!({"_trace": []}));
        self.session = Some(id.to_owned());
    }

    /// Request Guild Members: all in one chunk.
    fn tell_members(&self, world: &mut World, data: &Value) {
        let guild = data["guild_id"].as_str().and_then(|id| id.parse::<Id>().ok());
        let Some(guild) = guild.and_then(|id| world.guilds.get(&id)) else { return };
        let may_hear_all = world.settings.granted & GUILD_MEMBERS != 0;
        let asked: Vec<_> =
            data["user_ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let wanted =
            |id: &&Id| if asked.is_empty() { may_hear_all } else { asked.contains(&id.to_string().as_str()) };
        let members: Vec<_> =
            guild.members.keys().filter(wanted).map(|id| world.member(guild, *id)).collect();
        let chunk = json!({
            "guild_id": guild.id.to_string(), "members": members, "chunk_index": 0, "chunk_count": 1,
            "nonce": data["nonce"],
        });
        if let Some(session) = self.session(world) {
            session.tell("GUILD_MEMBERS_CHUNK", chunk);
        }
    }

    fn session<'a>(&self, world: &'a mut World) -> Option<&'a mut Session> {
        let id = self.session.as_ref()?;
        world.sessions.iter_mut().find(|session| session.id == *id)
    }

    /// The connection is over; the session waits for its return.
    fn lost(&self, world: &mut World) {
        if let Some(session) = self.session(world)
            && session.line.as_ref().is_some_and(|line| line.same_channel(&self.line))
        {
            session.line = None;
        }
    }
}

/// Discord takes the token here with and without the `Bot ` that REST wants before it.
fn is_token(world: &World, given: &Value) -> bool {
    let given = given.as_str().unwrap_or_default();
    given.strip_prefix("Bot ").unwrap_or(given) == world.settings.token
}

fn without_token(identify: &Value) -> Value {
    let mut shown = identify.clone();
    shown["token"] = json!("…");
    shown
}
