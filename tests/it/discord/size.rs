//! What `docs/operating.md` reckons with: what a message and a request cost the database, and what a server costs memory.
//! Both print their figures and are ignored, since they take a while.

use super::crash::{config, has_card, member, members};
use super::soak::resident;
use super::*;

const SERVERS: usize = 12;
const MEMBERS: usize = 24;

async fn brands() -> Discord {
    let mut builder = Discord::builder().running();
    for n in 0..SERVERS {
        let (support, desk, role) = (format!("support{n}"), format!("desk{n}"), format!("advisers{n}"));
        builder = builder.guild(&format!("Brand {n}")).channel(&support).channel(&desk).role(&role);
        builder = members(builder.member(&format!("karim{n}"), &[&role]), n);
    }
    builder.start().await
}

#[cfg(feature = "postgres")]
mod cost {
    use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

    use super::*;

    const MESSAGES: usize = 1200;
    const REQUESTS: usize = 300;

    /// How far the server has counted: transactions that wrote, rows that were written, bytes of its log.
    #[derive(Clone, Copy)]
    struct Count {
        transactions: i64,
        rows: i64,
        log: i64,
    }

    async fn count(database: &mut PgConnection) -> Count {
        let counted = "select cast(cast(pg_snapshot_xmax(pg_current_snapshot()) as text) as bigint),
                cast((select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables) as bigint),
                cast(pg_current_wal_lsn() - '0/0' as bigint)";
        let (transactions, rows, log) = sqlx::query_as(counted).fetch_one(database).await.expect("it counts");
        Count { transactions, rows, log }
    }

    /// Starts the program, has something done, and stops it; says what that cost.
    async fn costs(
        home: &Home,
        discord: &Discord,
        database: &mut PgConnection,
        what: impl AsyncFnOnce(),
    ) -> Count {
        let before = count(database).await;
        let bot = home.start(&[]);
        discord.identified().await;
        what().await;
        assert!(bot.stop().await.success(), "Vigie stops cleanly");
        let after = count(database).await;
        Count {
            transactions: after.transactions - before.transactions,
            rows: after.rows - before.rows,
            log: after.log - before.log,
        }
    }

    fn print(of: &str, cost: Count, start: Count, n: usize) {
        let each = |all: i64, start: i64| {
            let (all, n) = (i32::try_from(all - start).expect("few"), i32::try_from(n).expect("few"));
            f64::from(all) / f64::from(n)
        };
        println!(
            "{of:40} {:6.2} transactions {:6.2} rows {:8.0} bytes of log",
            each(cost.transactions, start.transactions),
            each(cost.rows, start.rows),
            each(cost.log, start.log)
        );
    }

    #[tokio::test]
    #[ignore = "needs a PostgreSQL server of its own, and prints what the sizing reckons with: tests/postgres run"]
    async fn what_a_message_and_a_request_cost_the_database() {
        let address = crate::support::postgres::empty().await;
        let mut database = PgConnection::connect(&address).await.expect("the server answers");
        let discord = brands().await;
        let home = home_at(&discord).on(address);
        for n in 0..SERVERS {
            home.apply(&config(&discord, n)).await;
        }
        let mut turn = 0;
        let mut posted = |text: &str| {
            let (server, n) = (turn % SERVERS, turn / SERVERS % MEMBERS);
            turn += 1;
            (discord.post(&member(server, n), &format!("support{server}"), &format!("{text} {turn}")), server)
        };
        let shown = async |asked: &[(Post, usize)], state: &str| {
            for (question, server) in asked {
                discord.wait_for(|world| has_card(world, question, *server, state).then_some(())).await;
            }
        };
        // The first of everything costs more: a day, a turn, what is known of a channel.
        costs(&home, &discord, &mut database, async || shown(&[posted(LOST_PARCEL)], "Open").await).await;
        let start = costs(&home, &discord, &mut database, async || registered(&discord).await).await;

        let mut reader = PgConnection::connect(home.database()).await.expect("the server answers");
        let chatter = costs(&home, &discord, &mut database, async || {
            (0..MESSAGES).for_each(|_| drop(posted("good morning everybody")));
            let judged = "select count(*) from inbox where digested_at is not null";
            let enough = i64::try_from(MESSAGES).expect("few") + 1;
            while sqlx::query_scalar::<_, i64>(judged).fetch_one(&mut reader).await.expect("it counts")
                < enough
            {
                tokio::task::yield_now().await;
            }
        })
        .await;
        print("a message that is no request", chatter, start, MESSAGES);

        let mut asked = Vec::new();
        let requests = costs(&home, &discord, &mut database, async || {
            asked = (0..REQUESTS).map(|_| posted(LOST_PARCEL)).collect();
            shown(&asked, "Open").await;
        })
        .await;
        print("a request: heard, card, ping, tag", requests, start, REQUESTS);
        let answers = costs(&home, &discord, &mut database, async || {
            for (question, server) in &asked {
                discord.reply(&format!("karim{server}"), question, "It is on its way.");
            }
            shown(&asked, "Answered").await;
        })
        .await;
        print("its answer, and the card that shows it", answers, start, REQUESTS);

        println!("\n{:20} {:>8} {:>14} {:>14}", "table", "rows", "bytes a row", "with indexes");
        for table in
            ["inbox", "judgements", "requests", "request_messages", "request_events", "cards", "outbox"]
        {
            sqlx::query(AssertSqlSafe(format!("vacuum full {table}")))
                .execute(&mut database)
                .await
                .expect("done");
            let size = format!(
                "select count(*), pg_table_size('{table}'), pg_total_relation_size('{table}') from {table}"
            );
            let (rows, bare, all): (i64, i64, i64) =
                sqlx::query_as(AssertSqlSafe(size)).fetch_one(&mut database).await.expect("it counts");
            println!("{table:20} {rows:8} {:14} {:14}", bare / rows.max(1), all / rows.max(1));
        }
        discord.assert_clean();
    }
}

#[tokio::test]
#[ignore = "takes minutes; prints the memory that servers take: run it with --release"]
async fn what_a_thousand_servers_cost_memory() {
    println!("servers  calls at the start  seconds to be ready      MiB");
    for servers in [1, 250, 500, 1000] {
        let mut builder = Discord::builder().running();
        for n in 0..servers {
            let (support, desk) = (format!("support{n}"), format!("desk{n}"));
            builder = builder.guild(&format!("Brand {n}")).channel(&support).channel(&desk);
            builder = (0..18).fold(builder, |builder, c| builder.channel(&format!("room{n}of{c}")));
            builder = builder.role(&format!("advisers{n}"));
            builder = (0..9).fold(builder, |builder, r| builder.role(&format!("role{n}of{r}")));
        }
        let discord = builder.start().await;
        let home = home_at(&discord);
        // As commands would have set them up; a thousand calls of the program would take longer than all the rest.
        let store = vigie::store::connect(home.database()).await.expect("SQLite makes the file");
        for n in 0..servers {
            let settings = vigie::config::community::parse(&config(&discord, n)).expect("right");
            store.save_settings(&settings, None, discord.now()).await.expect("stored");
        }
        drop(store);
        let begun = std::time::Instant::now();
        let bot = home.start(&[]);
        // Each watched channel is looked at once before anything new is heard there.
        for n in 0..servers {
            let path = format!("/channels/{}/messages", discord.channel_id(&format!("support{n}")));
            let is_read =
                |world: &World| world.requests.iter().rev().any(|r| r.path == path && r.method == "GET");
            discord.wait_for(|world| is_read(world).then_some(())).await;
        }
        let (calls, seconds) = (discord.look(|world| world.requests.len()), begun.elapsed().as_secs_f64());
        println!("{servers:7} {calls:19} {seconds:20.1} {:8.1}", resident(&bot));
        assert!(bot.stop().await.success(), "Vigie stops cleanly");
        discord.assert_clean();
    }
}
