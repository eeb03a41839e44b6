//! Hours in minutes: the real program under a steady load, its memory looked at every ten seconds. Members ask, change their
//! minds and delete, employees claim, answer as much as is asked and look at figures, the connection breaks off now and then.
//!
//! First it is busier than that for a while: caches of a fixed size fill, as they would over hours. It prints a table, and
//! fails where memory still grows in the last third of the rest, or where a question has no card or two. What grows is the
//! program's own memory: pages of its file and of the model in it come in one by one as they are first used, and can go
//! again whenever the machine needs room.
//!
//! The brief one is as busy all the time and sees a leak of some tens of KiB a question.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, timeout};

use super::crash::{Dice, cards, config, has_card, member, members};
use super::*;

const SERVERS: usize = 12;
const MEMBERS: usize = 24;
/// Above so many unanswered questions employees answer two at a time.
const PILE: usize = 100;
/// So long somebody waits after a press or a command: after three seconds Discord takes no answer any more.
const PATIENCE: Duration = Duration::from_secs(5);
/// The share by which the last third may be above the second.
const GROWTH: f64 = 0.03;
/// Something happens this often at first.
const BUSY: Duration = Duration::from_millis(60);

/// How long it takes, and how much happens.
struct Load {
    time: Duration,
    /// So long it is busy.
    busy: Duration,
    /// Something happens this often afterwards.
    tick: Duration,
    /// The memory is looked at this often.
    sample: Duration,
    /// The connection breaks off this often.
    breaks: Duration,
    /// What the last third may have above the second besides [`GROWTH`], in MiB: what a busy moment takes.
    slack: f64,
}

const BRIEF: Load = Load {
    time: Duration::from_secs(40),
    busy: Duration::from_secs(10),
    tick: BUSY,
    sample: Duration::from_secs(1),
    breaks: Duration::from_secs(10),
    slack: 2.0,
};

/// A question and what became of it.
struct Asked {
    post: Post,
    server: usize,
    is_claimed: bool,
    is_answered: bool,
    is_deleted: bool,
}

/// What happened between two samples, and the memory at the end of it, in MiB: all of it, and the program's own.
struct Sample {
    at: Duration,
    questions: usize,
    unanswered: usize,
    calls: usize,
    resident: f64,
    own: f64,
}

struct Soak {
    discord: Discord,
    bot: Bot,
    dice: Dice,
    asked: Vec<Asked>,
    /// Those that nobody has answered, oldest first.
    unanswered: VecDeque<usize>,
    turns: Vec<usize>,
    breaks: usize,
    /// Presses and commands that somebody has given up on: the connection broke off under them, or the machine was busy.
    given_up: usize,
}

/// What the program holds in memory, in MiB.
pub fn resident(bot: &Bot) -> f64 {
    memory(bot, "VmRSS:")
}

/// What of it is no copy of a file's pages.
fn own(bot: &Bot) -> f64 {
    memory(bot, "RssAnon:")
}

fn memory(bot: &Bot, which: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bot.id())).expect("the program runs");
    let line = status.lines().find(|line| line.starts_with(which)).expect("Linux says it");
    let kib: f64 = line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number");
    kib / 1024.0
}

impl Soak {
    fn ask(&mut self) {
        let server = self.dice.index(SERVERS);
        let turn = self.turns[server];
        self.turns[server] += 1;
        let text = format!("{LOST_PARCEL} It is number {turn:05}.");
        let post = self.discord.post(&member(server, turn % MEMBERS), &format!("support{server}"), &text);
        self.unanswered.push_back(self.asked.len());
        self.asked.push(Asked { post, server, is_claimed: false, is_answered: false, is_deleted: false });
    }

    /// An unanswered question with its card.
    fn unanswered(&mut self) -> Option<(usize, Post)> {
        let place = *self.unanswered.get(self.dice.index(self.unanswered.len().max(1)))?;
        let asked = &self.asked[place];
        let card = self.discord.look(|world| cards(world, &asked.post, asked.server).next().cloned())?;
        Some((place, card))
    }

    async fn goes_on(&mut self) {
        match self.dice.below(20) {
            0..=6 => self.ask(),
            7..=11 => self.answer(),
            12 if self.has_session() => {
                let unclaimed = self.unanswered().filter(|(place, _)| !self.asked[*place].is_claimed);
                if let Some((place, card)) = unclaimed {
                    let asked = &mut self.asked[place];
                    asked.is_claimed = true;
                    let karim = format!("karim{}", asked.server);
                    let pressed = self.discord.press(&karim, &card, "vigie:claim");
                    self.given_up += usize::from(timeout(PATIENCE, pressed).await.is_err());
                }
            }
            13 => {
                if let Some((place, _)) = self.unanswered() {
                    let post = &self.asked[place].post;
                    self.discord.edit(post, &format!("{} I have waited for a week.", post.content));
                }
            }
            14 => {
                if let Some((place, _)) = self.unanswered() {
                    self.asked[place].is_deleted = true;
                    self.unanswered.retain(|unanswered| *unanswered != place);
                    self.discord.delete(&self.asked[place].post);
                }
            }
            15 if self.has_session() => {
                let server = self.dice.index(SERVERS);
                let (line, options) = if self.dice.below(2) == 0 {
                    ("queue", json!({}))
                } else {
                    ("stats", json!({ "period": "7d" }))
                };
                let (karim, desk) = (format!("karim{server}"), format!("desk{server}"));
                let asked = self.discord.run_command(&karim, line, options, &desk);
                self.given_up += usize::from(timeout(PATIENCE, asked).await.is_err());
            }
            _ => self.chat(),
        }
    }

    /// Whether Discord has somebody to tell of a press: it tells nobody later of what was pressed between two sessions.
    fn has_session(&self) -> bool {
        self.discord.look(|world| !world.sessions.is_empty())
    }

    /// What has waited longest is answered; what is behind that, too, where many wait.
    fn answer(&mut self) {
        for _ in 0..=usize::from(self.unanswered.len() > PILE) {
            let Some(place) = self.unanswered.front().copied() else { return };
            let asked = &mut self.asked[place];
            let has_card =
                self.discord.look(|world| cards(world, &asked.post, asked.server).next().is_some());
            if !has_card {
                return;
            }
            self.unanswered.pop_front();
            asked.is_answered = true;
            self.discord.reply(&format!("karim{}", asked.server), &asked.post, "It is on its way.");
        }
    }

    fn chat(&mut self) {
        let (server, n) = (self.dice.index(SERVERS), self.dice.index(MEMBERS));
        self.discord.post(&member(server, n), &format!("support{server}"), "good morning everybody");
    }

    /// The connection ends in one way or another.
    fn breaks_off(&mut self) {
        self.breaks += 1;
        match self.breaks % 4 {
            0 => self.discord.ask_to_reconnect(),
            1 => self.discord.cut_gateway(),
            2 => self.discord.kick(4000),
            _ => {
                self.discord.kick(4009);
                self.discord.forget_sessions();
            }
        }
    }

    async fn run(&mut self, load: &Load) -> Vec<Sample> {
        let (begun, mut samples) = (Instant::now(), Vec::new());
        let (mut tick, mut is_busy) = (every(BUSY), true);
        let (mut next_sample, mut next_break) = (begun + load.sample, begun + load.breaks);
        while begun.elapsed() < load.time {
            tick.tick().await;
            self.goes_on().await;
            if is_busy && begun.elapsed() > load.busy {
                (tick, is_busy) = (every(load.tick), false);
            }
            if Instant::now() >= next_break {
                self.breaks_off();
                next_break += load.breaks;
            }
            if Instant::now() >= next_sample {
                let calls = self.discord.look(|world| world.requests.len());
                let (at, questions, unanswered) = (begun.elapsed(), self.asked.len(), self.unanswered.len());
                let (resident, own) = (resident(&self.bot), own(&self.bot));
                samples.push(Sample { at, questions, unanswered, calls, resident, own });
                next_sample += load.sample;
            }
        }
        samples
    }

    /// How many questions have no card that says how it stands.
    fn unsettled(&self, world: &World) -> usize {
        let is_settled = |asked: &&Asked| {
            let states: &[&str] = if asked.is_answered { &["Answered"] } else { &["Open", "Claimed"] };
            asked.is_deleted || states.iter().any(|state| has_card(world, &asked.post, asked.server, state))
        };
        self.asked.iter().filter(|asked| !is_settled(asked)).count()
    }

    async fn settle(&self) {
        loop {
            let open = self.discord.look(|world| self.unsettled(world));
            if open == 0 {
                return;
            }
            self.discord.wait_for(|world| (self.unsettled(world) < open).then_some(())).await;
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut tick = tokio::time::interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

fn mean(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.own).sum::<f64>()
        / f64::from(u32::try_from(samples.len()).expect("few"))
}

async fn holds(load: &Load) {
    let mut builder = Discord::builder().running();
    for n in 0..SERVERS {
        let (support, desk, role) = (format!("support{n}"), format!("desk{n}"), format!("advisers{n}"));
        builder = builder.guild(&format!("Brand {n}")).channel(&support).channel(&desk).role(&role);
        builder = members(builder.member(&format!("karim{n}"), &[&role]), n);
    }
    let discord = builder.start().await;
    let home = home_at(&discord);
    for n in 0..SERVERS {
        home.apply(&config(&discord, n)).await;
    }
    let bot = home.start_logging(&[], "vigie.log");
    discord.identified().await;
    registered(&discord).await;
    let turns = vec![0; SERVERS];
    let dice = Dice(0x2545_F491_4F6C_DD1D);
    let (asked, unanswered) = (Vec::new(), VecDeque::new());
    let mut soak = Soak { discord, bot, dice, asked, unanswered, turns, breaks: 0, given_up: 0 };
    let samples = soak.run(load).await;
    soak.settle().await;
    let twice = soak.discord.look(|world| {
        soak.asked.iter().filter(|asked| cards(world, &asked.post, asked.server).count() > 1).count()
    });

    println!("  minute  questions  unanswered    calls      MiB  its own");
    for sample in samples.iter().step_by((samples.len() / 24).max(1)) {
        let Sample { at, questions, unanswered, calls, resident, own } = sample;
        let minute = at.as_secs_f64() / 60.0;
        println!("{minute:8.1} {questions:10} {unanswered:11} {calls:8} {resident:8.1} {own:8.1}");
    }
    let is_steady = |sample: &&Sample| sample.at > load.busy;
    let steady = &samples[samples.len() - samples.iter().filter(is_steady).count()..];
    let third = steady.len() / 3;
    let (second, last) = (mean(&steady[third..2 * third]), mean(&steady[2 * third..]));
    let Soak { asked, breaks, given_up, .. } = &soak;
    println!(
        "{} questions, {breaks} reconnects: 0 lost, {twice} twice; {given_up} presses given up",
        asked.len()
    );
    println!(
        "its own memory: {second:.1} MiB in the second third of what was steady, {last:.1} MiB in the last"
    );
    assert_eq!(twice, 0);
    assert!(given_up * 20 <= asked.len(), "presses and commands are answered: {given_up} were not");
    let most = second * (1.0 + GROWTH) + load.slack;
    assert!(last <= most, "memory grows: {second:.1} MiB, then {last:.1} MiB");
    assert!(soak.bot.stop().await.success(), "Vigie stops cleanly");
    soak.discord.assert_clean();
}

#[tokio::test]
async fn a_brief_load_leaves_memory_flat_and_loses_nothing() {
    holds(&BRIEF).await;
}

#[tokio::test]
#[ignore = "takes 25 minutes, or VIGIE_SOAK_MINUTES; it prints its figures"]
#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
async fn a_long_steady_load_leaves_memory_flat_and_loses_nothing() {
    let minutes = std::env::var("VIGIE_SOAK_MINUTES").unwrap_or_else(|_| "25".to_owned());
    let time = Duration::from_mins(minutes.parse().expect("VIGIE_SOAK_MINUTES is a number of minutes"));
    let minute = Duration::from_mins(1);
    let (tick, sample) = (Duration::from_millis(250), Duration::from_secs(10));
    holds(&Load { time, busy: time / 5, tick, sample, breaks: minute, slack: 0.5 }).await;
}
