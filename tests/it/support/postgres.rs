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
