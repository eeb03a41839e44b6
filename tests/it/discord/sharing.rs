//! A connection in two parts: heard whole by one process, and shared out between several.

use super::crash::{config, has_card, member, members};
use super::{LOST_PARCEL, home_at};
use crate::support::discord::{Discord, Id, Post, World};

const SERVERS: usize = 2;

/// Two brands, whose servers are told to different shards.
async fn two_brands() -> Discord {
    let mut builder = Discord::builder().running().shards(2);
    for n in 0..SERVERS {
        let server = builder.guild(&format!("Brand {n}")).channel(&format!("support{n}"));
        let server = server.channel(&format!("desk{n}")).role(&format!("advisers{n}"));
        builder = members(server, n);
    }
    builder.start().await
}

fn shard_of(world: &World, server: usize) -> u64 {
    let guild: Id = world.channel(&format!("support{server}")).guild;
    (guild >> 22) % 2
}

/// The connected sessions of a shard.
fn sessions_of(world: &World, shard: u64) -> Vec<&str> {
    let connected = world.sessions.iter().filter(|session| session.line.is_some());
    connected.filter(|session| session.shard == (shard, 2)).map(|session| session.id.as_str()).collect()
}

async fn both_are_heard(discord: &Discord) {
    discord.wait_for(|world| (0..2).all(|shard| sessions_of(world, shard).len() == 1).then_some(())).await;
}

fn asks(discord: &Discord, server: usize, n: usize) -> Post {
    discord.post(&member(server, n), &format!("support{server}"), LOST_PARCEL)
}

async fn is_answered_with_one_card(discord: &Discord, question: &Post, server: usize) {
    discord.wait_for(|world| has_card(world, question, server, "Open").then_some(())).await;
}

#[tokio::test]
async fn one_process_hears_all_shards() {
    let discord = two_brands().await;
    let home = home_at(&discord);
    for server in 0..SERVERS {
        home.apply(&config(&discord, server)).await;
    }
    let bot = home.start(&[]);
    both_are_heard(&discord).await;
    for server in 0..SERVERS {
        let question = asks(&discord, server, 0);
        is_answered_with_one_card(&discord, &question, server).await;
    }
    assert!(bot.stop().await.success());
    discord.assert_clean();
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_postgres_server_a_dead_processs_shards_are_heard_by_another_within_30_seconds() {
    use std::time::{Duration, Instant};

    let discord = two_brands().await;
    let database = crate::support::postgres::empty().await;
    let homes = [home_at(&discord).on(database.clone()), home_at(&discord).on(database)];
    for server in 0..SERVERS {
        homes[0].apply(&config(&discord, server)).await;
    }
    let [mut one, other] = homes.each_ref().map(|home| home.start(&[]));
    both_are_heard(&discord).await;
    for server in 0..SERVERS {
        let question = asks(&discord, server, 0);
        is_answered_with_one_card(&discord, &question, server).await;
    }
    let (_, read) = super::watching::exposed(&one).await;
    let has_first =
        read.samples.iter().any(|sample| sample.labels.get("shard").is_some_and(|shard| shard == "0"));
    let shard = u64::from(!has_first);
    let server = discord.look(|world| (0..SERVERS).find(|server| shard_of(world, *server) == shard));
    let server = server.expect("each server is told to one of the two");

    let old = discord.look(|world| sessions_of(world, shard)[0].to_owned());
    one.kill().await;
    let killed_at = Instant::now();
    let question = asks(&discord, server, 1);
    let is_anew = |world: &World| sessions_of(world, shard).into_iter().any(|session| session != old);
    discord.wait_for(|world| is_anew(world).then_some(())).await;
    let silent = killed_at.elapsed();
    println!("a killed process's shard is connected again after {:.1} s", silent.as_secs_f64());
    assert!(silent < Duration::from_secs(30));
    is_answered_with_one_card(&discord, &question, server).await;
    discord.look(|world| {
        assert_eq!(super::crash::cards(world, &question, server).count(), 1);
    });
    assert!(other.stop().await.success());
}
