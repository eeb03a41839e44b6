//! Databases of the tests' own on a PostgreSQL server: `VIGIE_TEST_POSTGRES` names the server, `tests/postgres` starts
//! one. Each test has a schema to itself, so that all of them can run at once.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use vigie::clock::Ids;

/// The address of a new, empty schema.
pub async fn empty() -> String {
    let address = server();
    let schema = format!("vigie_{}", Ids::name().to_lowercase());
    let mut connection = PgConnection::connect(&address).await.expect("the server answers");
    // A name of our own making, out of letters and digits.
    let create = AssertSqlSafe(format!("create schema {schema}"));
    sqlx::query(create).execute(&mut connection).await.expect("the schema is made");
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}options[search_path]={schema}")
}

/// The address of a new, empty database: for what is done to a whole one.
pub async fn database() -> String {
    let server = server();
    let (place, options) =
        server.split_once('?').map_or((server.as_str(), ""), |(place, rest)| (place, rest));
    let (host, _) = place.rsplit_once('/').expect("the address names a database");
    let address = format!("{host}/vigie_{}?{options}", Ids::name().to_lowercase());
    made_anew(&address).await;
    address
}

/// Drops the database of that address and makes it anew, as `dropdb` and `createdb` do.
pub async fn made_anew(address: &str) {
    let place = address.split('?').next().unwrap_or_default();
    let name = place.rsplit('/').next().expect("the address names a database");
    let mut connection = PgConnection::connect(&server()).await.expect("the server answers");
    for command in ["drop database if exists", "create database"] {
        let command = AssertSqlSafe(format!("{command} {name}"));
        sqlx::query(command).execute(&mut connection).await.expect("done");
    }
}

/// The same for whoever cannot wait.
pub fn empty_now() -> String {
    let made = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(empty())
    });
    made.join().expect("the schema is made")
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
fn server() -> String {
    std::env::var("VIGIE_TEST_POSTGRES").expect("VIGIE_TEST_POSTGRES names a server")
}
