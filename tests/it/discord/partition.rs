//! `docs/partition.sql`, which divides the tables by community: tried as an operator would, with the program at work before
//! and afterwards.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::*;

#[tokio::test]
#[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored only"]
async fn on_a_postgres_server_tables_are_divided_by_community_and_all_goes_on() {
    let discord = brand().await;
    let home = home_at(&discord).on(crate::support::postgres::empty().await);
    home.apply(&config(&discord)).await;
    let bot = home.start(&[]);
    discord.identified().await;
    registered(&discord).await;
    let question = discord.post("ana", "support", LOST_PARCEL);
    let card = discord.next_post_in("desk-service").await;
    discord.wait_for_reaction(&question, "🛎️").await;
    assert!(bot.stop().await.success(), "Vigie stops cleanly");

    let script = include_str!("../../../docs/partition.sql");
    let mut database = PgConnection::connect(home.database()).await.expect("the server answers");
    let mut change = database.begin().await.expect("it begins");
    sqlx::raw_sql(script).execute(&mut *change).await.expect("the tables are divided");
    change.commit().await.expect("all of it is kept");

    let bot = home.start(&[]);
    discord.identified().await;
    discord.reply("karim", &question, "It is on its way.");
    discord.wait_until_reads(&card, "· Answered").await;
    discord.post("tom", "support", "I was charged twice this month, please check my account");
    discord.next_post_in("desk-service").await;
    assert_eq!(discord.posts("desk-service").len(), 2);
    for table in ["inbox", "judgements", "requests", "request_messages", "request_events", "cards", "outbox"]
    {
        let parts = format!("select count(*) from pg_inherits where inhparent = '{table}'::regclass");
        let parts: i64 =
            sqlx::query_scalar(AssertSqlSafe(parts)).fetch_one(&mut database).await.expect("it counts");
        assert_eq!(parts, 16, "{table}");
    }
    assert!(bot.stop().await.success(), "Vigie stops cleanly");
    discord.assert_clean();
}
