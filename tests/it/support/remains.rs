//! Looks for what should be gone: in every column of every table of a SQLite file, and in the bytes of its files.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

/// The columns that hold one of these, as `table.column`.
pub async fn in_tables(file: &Path, needles: &[&str]) -> Vec<String> {
    let mut database =
        SqliteConnectOptions::new().filename(file).connect().await.expect("the file is a database");
    let tables: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_master where type = 'table' and name not like '\\_sqlx%' escape '\\'",
    )
    .fetch_all(&mut database)
    .await
    .expect("it has tables");
    assert!(tables.len() > 15, "all tables are looked at: {tables:?}");
    let mut found = Vec::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&mut database)
            .await
            .expect("a table has columns");
        for column in columns {
            let values = values(&mut database, &table, &column).await;
            let holds = |value: &Vec<u8>| needles.iter().any(|needle| contains(value, needle));
            if values.iter().any(holds) {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

/// The database's files that hold one of these somewhere in their bytes.
pub fn in_files(file: &Path, needles: &[&str]) -> Vec<PathBuf> {
    let folder = file.parent().expect("a file lies in a folder");
    let files = std::fs::read_dir(folder).expect("the folder is ours").map(|entry| entry.expect("readable"));
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let of_the_database = files
        .map(|e| e.path())
        .filter(|path| path.file_name().is_some_and(|other| other.to_string_lossy().starts_with(&name)));
    of_the_database
        .filter(|path| {
            let bytes = std::fs::read(path).expect("readable");
            needles.iter().any(|needle| contains(&bytes, needle))
        })
        .collect()
}

async fn values(database: &mut SqliteConnection, table: &str, column: &str) -> Vec<Vec<u8>> {
    let statement =
        format!("select cast(\"{column}\" as blob) from \"{table}\" where \"{column}\" is not null");
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(database).await.expect("a column can be read")
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    let is_a_short_number = needle.len() < 12 && needle.chars().all(|sign| sign.is_ascii_digit());
    assert!(!is_a_short_number, "{needle} stands in many a time of day: look for a word");
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}
