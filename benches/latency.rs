//! From `MESSAGE_CREATE` to the card's POST, start to IDENTIFY, and idle memory: the real program against the stand-in.
//!
//! `cargo bench --bench latency` prints the figures. Messages come at twenty a second, spread over many servers, since
//! Discord takes one post a second in a channel.

#[path = "../tests/it/support/discord/mod.rs"]
mod discord;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use discord::Discord;

const SERVERS: usize = 40;
const A_SECOND: usize = 20;
const MESSAGES: usize = 600;
/// Messages before those that are measured: connections open, caches fill.
const WARM_UP: usize = 40;
const ASKED: &str = "My parcel never arrived, can somebody check my order please? It is number";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let mut builder = Discord::builder().running();
    for n in 0..SERVERS {
        builder = builder
            .guild(&format!("Brand {n}"))
            .channel(&format!("support{n}"))
            .channel(&format!("desk{n}"))
            .role(&format!("advisers{n}"));
        // A new person each time, so that every message is a request of its own.
        for asker in (n..WARM_UP + MESSAGES).step_by(SERVERS) {
            builder = builder.member(&format!("asker{asker}"), &[]);
        }
    }
    let discord = builder.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let call = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.url())
            .env("DATABASE_URL", "sqlite://vigie.db")
            .env("VIGIE_HTTP", "127.0.0.1:17071")
            .env("VIGIE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    };
    for n in 0..SERVERS {
        let file = folder.path().join("community.toml");
        std::fs::write(&file, community(&discord, n)).expect("written");
        let applied = call(&["config", "apply", "community.toml"]).status().expect("the program runs");
        assert!(applied.success());
    }

    let started = Instant::now();
    let mut bot = call(&[]).spawn().expect("the program runs");
    discord.identified().await;
    println!("start to IDENTIFY      {:>8.0} ms", started.elapsed().as_secs_f64() * 1000.0);
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!("idle memory            {:>8.1} MiB", resident_mib(&bot));

    let mut latencies = Vec::new();
    let pace = Duration::from_secs(1) / u32::try_from(A_SECOND).expect("a few");
    let begin = tokio::time::Instant::now();
    for n in 0..WARM_UP + MESSAGES {
        tokio::time::sleep_until(begin + pace * u32::try_from(n).expect("a few")).await;
        let server = n % SERVERS;
        let text = format!("{ASKED} {n}.");
        let asked = discord.post(&format!("asker{n}"), &format!("support{server}"), &text);
        let card = discord.next_post_in(&format!("desk{server}")).await;
        if n >= WARM_UP {
            let posted = arrival(&discord, card.channel);
            latencies.push(posted.saturating_duration_since(asked.instant).as_secs_f64() * 1000.0);
        }
    }
    latencies.sort_by(f64::total_cmp);
    // Nearest rank, in whole per cents.
    let at = |percent: usize| latencies[(latencies.len() * percent).div_ceil(100).saturating_sub(1)];
    println!(
        "MESSAGE_CREATE to POST {:>8.2} ms median, {:.2} ms p99, {:.2} ms max of {MESSAGES}",
        at(50),
        at(99),
        at(100)
    );
    println!("memory after it        {:>8.1} MiB", resident_mib(&bot));
    bot.kill().expect("it runs");
    let _ = bot.wait();
    discord.assert_clean();
}

/// When the last POST into a channel arrived, before the stand-in began to check it.
fn arrival(discord: &Discord, channel: u64) -> Instant {
    let path = format!("/channels/{channel}/messages");
    discord
        .look(|world| {
            let mut posts = world.requests.iter().rev();
            posts.find(|r| r.method == "POST" && r.path == path).map(|r| r.arrived)
        })
        .expect("the card was posted")
}

fn community(discord: &Discord, n: usize) -> String {
    format!(
        "[community]\nplatform = \"discord\"\nid = \"{}\"\nname = \"Brand {n}\"\n[[watch]]\nchannel = \"{}\"\n",
        discord.look(|world| world.channel(&format!("support{n}")).guild),
        discord.channel_id(&format!("support{n}")),
    ) + &["customer_service", "product_expert", "pr"]
        .map(|route| {
            format!(
                "[[desk]]\nroute = \"{route}\"\nchannel = \"{}\"\nrole = \"{}\"\n",
                discord.channel_id(&format!("desk{n}")),
                discord.role_id(&format!("advisers{n}"))
            )
        })
        .concat()
}

/// Resident memory of the process, from Linux's own accounting.
fn resident_mib(bot: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bot.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}
