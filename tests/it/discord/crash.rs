//! Nothing lost, nothing twice: the real program under load, killed again and again at moments that fall differently
//! each time, while Discord has bad days of its own. What counts is what the stand-in and the exported log say
//! afterwards.
//!
//! A kill falls after a certain number of calls, not after a certain time, so that it hits every step of the road.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{LOST_PARCEL, home_at};
use crate::support::bot::Home;
use crate::support::discord::{Builder, Discord, Failure, Post, World};

/// How many servers, so that no desk has more cards than Discord takes in a channel.
const SERVERS: usize = 12;
const MEMBERS: usize = 24;
/// The most calls that the program makes between its start and its end.
const MOST_CALLS: u64 = 45;

/// Numbers that look random and are the same each time (Marsaglia's xorshift).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    pub fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("small")
    }
}

/// Brands under load, and what their members and employees have written so far.
struct Load {
    discord: Discord,
    home: Home,
    dice: Dice,
    /// Every question, with the server that it was asked on and its answer, if it has one.
    asked: Vec<(Post, usize, Option<Post>)>,
    /// How often somebody asked, on each server: each time somebody else.
    turns: Vec<usize>,
    storms: BTreeMap<&'static str, usize>,
}

impl Load {
    async fn begin(seed: u64, builder: Builder, at_home: impl Fn(Home) -> Home) -> Self {
        let mut builder = builder.running();
        for n in 0..SERVERS {
            builder = members(
                builder
                    .guild(&format!("Brand {n}"))
                    .channel(&format!("support{n}"))
                    .channel(&format!("desk{n}"))
                    .role(&format!("advisers{n}"))
                    .member(&format!("karim{n}"), &[&format!("advisers{n}")]),
                n,
            );
        }
        let discord = builder.start().await;
        let home = at_home(home_at(&discord));
        for n in 0..SERVERS {
            home.apply(&config(&discord, n)).await;
        }
        let turns = vec![0; SERVERS];
        Self { discord, home, dice: Dice(seed), asked: Vec::new(), turns, storms: BTreeMap::new() }
    }

    fn calls(&self) -> usize {
        self.discord.look(|world| world.requests.len())
    }

    /// A member asks, or an employee answers somebody who has asked.
    fn goes_on(&mut self) {
        let unanswered = self.asked.iter().filter(|(_, _, answer)| answer.is_none()).count();
        if unanswered > SERVERS && self.dice.below(3) == 0 {
            let waiting = self.asked.iter().enumerate().filter(|(_, (_, _, answer))| answer.is_none());
            let waiting: Vec<usize> = waiting.map(|(place, _)| place).collect();
            let place = waiting[self.dice.index(waiting.len())];
            let (question, server, answer) = &mut self.asked[place];
            *answer = Some(self.discord.reply(&format!("karim{server}"), &*question, "It is on its way."));
            return;
        }
        let server = self.dice.index(SERVERS);
        self.ask(server);
    }

    fn ask(&mut self, server: usize) {
        let turn = self.turns[server];
        self.turns[server] += 1;
        let text = format!("{LOST_PARCEL} It is number {turn:04}.");
        let question = self.discord.post(&member(server, turn % MEMBERS), &format!("support{server}"), &text);
        self.asked.push((question, server, None));
    }

    /// Something goes wrong on Discord's side.
    fn storm(&mut self) {
        let posts = "POST /channels/*/messages";
        let name = match self.dice.below(12) {
            0 => {
                self.discord.fail_next(posts, Failure::LoseAnswer, 2);
                "an answer was lost"
            }
            1 => {
                self.discord.fail_next(posts, Failure::Cut, 2);
                "a call was cut"
            }
            2 => {
                self.discord.fail_next("* *", Failure::Status(502), 3);
                "calls were answered 502"
            }
            3 => {
                self.discord.fail_next(posts, Failure::RateLimited(1), 1);
                "a call was answered 429"
            }
            4 => {
                self.discord.cut_gateway();
                "the gateway broke off"
            }
            5 => {
                self.discord.kick(4000);
                self.discord.forget_sessions();
                "the session was forgotten"
            }
            6 => {
                self.discord.ask_to_reconnect();
                "the gateway asked to reconnect"
            }
            _ => return,
        };
        *self.storms.entry(name).or_default() += 1;
    }

    /// Runs the program until it has made so many calls, and kills it.
    async fn run_and_kill(&mut self) {
        let mut bot = self.home.start(&[]);
        self.storm();
        self.go_on_for_some_calls().await;
        bot.kill().await;
        // Somebody always writes while nobody listens.
        self.goes_on();
    }

    async fn go_on_for_some_calls(&mut self) {
        let until = self.calls() + 1 + self.dice.index(usize::try_from(MOST_CALLS).expect("small"));
        while self.calls() < until {
            let before = self.calls();
            self.goes_on();
            self.discord.wait_for(|world| (world.requests.len() > before).then_some(())).await;
        }
    }

    /// Of two processes over one database one is killed, or stopped for a while, and the other goes on.
    #[cfg(feature = "postgres")]
    async fn run_two(&mut self, rounds: usize) {
        let homes = [self.home.beside(), self.home.beside()];
        let mut bots = homes.each_ref().map(|home| home.start(&[]));
        for _ in 0..rounds {
            self.storm();
            self.go_on_for_some_calls().await;
            let which = self.dice.index(2);
            if self.dice.below(2) == 0 {
                bots[which].kill().await;
                self.go_on_for_some_calls().await;
                bots[which] = homes[which].start(&[]);
                *self.storms.entry("one was killed").or_default() += 1;
            } else {
                bots[which].signal("STOP");
                self.go_on_for_some_calls().await;
                bots[which].signal("CONT");
                *self.storms.entry("one was stopped").or_default() += 1;
            }
        }
        for mut bot in bots {
            bot.kill().await;
        }
    }

    /// Lets everything be done that is still to be done, and looks at what came of it.
    async fn check(mut self, kills: usize) {
        self.discord.heal();
        let bot = self.home.start(&[]);
        // A desk gets a card a second, so this may take a while; it is over when nothing comes any more.
        loop {
            let open = self.discord.look(|world| self.unsettled(world));
            if open == 0 {
                break;
            }
            self.discord.wait_for(|world| (self.unsettled(world) < open).then_some(())).await;
        }
        assert!(bot.stop().await.success(), "Vigie stops cleanly");
        let (lost, twice) = self.discord.look(|world| self.lost_and_doubled(world));
        let log = self.exported().await;
        let answers = self.asked.iter().filter(|(_, _, answer)| answer.is_some()).count();
        println!(
            "{kills} kills, {} questions, {answers} answers, {} calls: {} lost, {} twice",
            self.asked.len(),
            self.calls(),
            lost.len(),
            twice.len(),
        );
        println!("  {:?}", self.storms);
        assert_eq!((lost, twice), (Vec::new(), Vec::new()));
        self.check_log(&log);
        self.storms.clear();
        self.discord.assert_clean();
    }

    /// How many questions have no card yet that says how it stands, or no tag.
    fn unsettled(&self, world: &World) -> usize {
        let mut shown = BTreeSet::new();
        for server in 0..SERVERS {
            for card in world.shown_in(world.channel(&format!("desk{server}")).id, 0..u64::MAX) {
                let read = world.read_aloud(card);
                let state =
                    ["Answered", "Open"].into_iter().find(|state| read.contains(&format!("· {state}")));
                shown.extend(asked_about(card).zip(state));
            }
        }
        let is_settled = |(question, _, answer): &&(Post, usize, Option<Post>)| {
            let state = if answer.is_some() { "Answered" } else { "Open" };
            let mut reactions = world.post(question.id).reactions.iter();
            let is_tagged = reactions.any(|r| r.emoji == "🛎️" && r.by.contains(&world.bot));
            is_tagged && shown.contains(&(question.id, state))
        };
        self.asked.len() - self.asked.iter().filter(is_settled).count()
    }

    /// The questions without a card, and those with several.
    fn lost_and_doubled(&self, world: &World) -> (Vec<String>, Vec<String>) {
        let (mut lost, mut twice) = (Vec::new(), Vec::new());
        for (question, server, _) in &self.asked {
            match cards(world, question, *server).count() {
                0 => lost.push(question.content.clone()),
                1 => {}
                _ => twice.push(cards(world, question, *server).map(told).collect::<Vec<_>>().join(" and ")),
            }
        }
        (lost, twice)
    }

    /// Every request of every server, with its log.
    async fn exported(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for n in 0..SERVERS {
            let guild = self.discord.look(|world| world.channel(&format!("support{n}")).guild.to_string());
            let output = self.home.call(&["export", &guild, "--format", "jsonl"]).await;
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).expect("JSON lines");
            all.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")));
        }
        all
    }

    /// One request a question, its log in order, and its first response the answer that was written.
    fn check_log(&self, lines: &[Value]) {
        let by_message: BTreeMap<&str, &Value> =
            lines.iter().map(|line| (line["message"].as_str().expect("an id"), line)).collect();
        assert_eq!((lines.len(), by_message.len()), (self.asked.len(), self.asked.len()));
        for (question, _, answer) in &self.asked {
            let line = by_message[question.id.to_string().as_str()];
            let names: Vec<&str> = line["log"]
                .as_array()
                .expect("a log")
                .iter()
                .map(|entry| entry["event"].as_str().expect("a name"))
                .collect();
            let (expected, seconds): (&[&str], Option<i64>) = match answer {
                Some(answer) => {
                    let waited = answer.at().as_millisecond() - question.at().as_millisecond();
                    (&["opened", "answered"], Some(waited / 1000))
                }
                None => (&["opened"], None),
            };
            assert_eq!(names, expected, "{line}");
            assert_eq!(line["response_seconds"].as_i64(), seconds, "{line}");
        }
        let requests: BTreeSet<&str> =
            lines.iter().map(|line| line["request"].as_str().expect("an id")).collect();
        assert_eq!(requests.len(), lines.len());
    }
}

pub fn member(server: usize, n: usize) -> String {
    format!("member{server}of{n}")
}

pub fn members(builder: Builder, server: usize) -> Builder {
    (0..MEMBERS).fold(builder, |builder, n| builder.member(&member(server, n), &[]))
}

pub fn config(discord: &Discord, n: usize) -> String {
    let (desk, role) = (discord.channel_id(&format!("desk{n}")), discord.role_id(&format!("advisers{n}")));
    let desks = ["customer_service", "product_expert", "pr"].map(|route| {
        format!("[[desk]]\nroute = \"{route}\"\nchannel = \"{desk}\"\nrole = \"{role}\"\nmax_pings_per_hour = 1000\n")
    });
    let guild = discord.look(|world| world.channel(&format!("support{n}")).guild);
    let support = discord.channel_id(&format!("support{n}"));
    // Nobody's next question is taken for more of the last one.
    format!(
        "[community]\nplatform = \"discord\"\nid = \"{guild}\"\nname = \"Brand {n}\"\nmerge_window = \"1s\"\n\
         [[watch]]\nchannel = \"{support}\"\n[[rule]]\nroute = \"customer_service\"\npattern = \"parcel\"\n{}",
        desks.concat()
    )
}

/// The question that a card links to: no other text can hold that.
fn asked_about(card: &Post) -> Option<u64> {
    let description = card.embeds.first()?["description"].as_str()?;
    description.rsplit_once('/')?.1.split_once(')')?.0.parse().ok()
}

/// The cards of a question.
pub fn cards<'a>(world: &'a World, question: &'a Post, server: usize) -> impl Iterator<Item = &'a Post> {
    let desk = world.channel(&format!("desk{server}")).id;
    world.shown_in(desk, 0..u64::MAX).filter(|card| asked_about(card) == Some(question.id))
}

/// What a card is, for whoever reads why a test failed.
fn told(card: &Post) -> String {
    let id = &card.components[0]["components"][0]["custom_id"];
    format!("{} of {id} with nonce {:?}, {:?}", card.id, card.nonce, card.embeds[0]["description"])
}

pub fn has_card(world: &World, question: &Post, server: usize, state: &str) -> bool {
    cards(world, question, server).any(|card| world.read_aloud(card).contains(&format!("· {state}")))
}

/// Somebody has asked on every server, and been heard.
async fn warm(load: &mut Load) {
    // A channel is heard from the first message on that was seen there, so every part of the connection has to be up.
    let bot = load.home.start(&[]);
    let connected = |world: &World| world.sessions.iter().filter(|session| session.line.is_some()).count();
    load.discord.wait_for(|world| (connected(world) as u64 == world.settings.shards).then_some(())).await;
    (0..SERVERS).for_each(|server| load.ask(server));
    for (question, server, _) in &load.asked {
        load.discord.wait_for(|world| has_card(world, question, *server, "Open").then_some(())).await;
    }
    assert!(bot.stop().await.success(), "Vigie stops cleanly");
}

async fn killed(kills: usize, seed: u64) {
    let mut load = Load::begin(seed, Discord::builder(), |home| home).await;
    warm(&mut load).await;
    for _ in 0..kills {
        load.run_and_kill().await;
    }
    load.check(kills).await;
}

#[tokio::test]
async fn kills_under_load_lose_nothing_and_double_nothing() {
    killed(8, 0x2545_F491_4F6C_DD1D).await;
}

#[tokio::test]
#[ignore = "takes minutes; run it with --run-ignored only, it prints its figures"]
async fn a_hundred_kills_under_load_lose_nothing_and_double_nothing() {
    killed(100, 0x9E37_79B9_7F4A_7C15).await;
}

#[cfg(feature = "postgres")]
async fn two(rounds: usize, seed: u64) {
    // Both hear everything, which is harder on what they send than sharing it out.
    let both = |home: Home| home.set("VIGIE_SHARDS", "0-0/1");
    two_of(rounds, seed, Discord::builder(), both).await;
}

#[cfg(feature = "postgres")]
async fn two_of(rounds: usize, seed: u64, builder: Builder, at_home: impl Fn(Home) -> Home) {
    let database = crate::support::postgres::empty().await;
    let at_home = |home: Home| at_home(home.on(database.clone()));
    let mut load = Load::begin(seed, builder, at_home).await;
    warm(&mut load).await;
    load.run_two(rounds).await;
    load.check(rounds).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_postgres_server_two_processes_lose_nothing_and_double_nothing() {
    two(6, 0x2545_F491_4F6C_DD1D).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "takes minutes and needs a PostgreSQL server; it prints its figures"]
async fn a_hundred_times_on_postgres_one_of_two_processes_is_killed_or_stopped() {
    two(100, 0x9E37_79B9_7F4A_7C15).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "takes minutes and needs a PostgreSQL server; it prints its figures"]
async fn a_hundred_times_on_postgres_one_of_two_that_share_is_killed_or_stopped() {
    two_of(100, 0xD1B5_4A32_D192_ED03, Discord::builder().shards(2), |home| home).await;
}
