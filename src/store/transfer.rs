//! Carries a SQLite database over to PostgreSQL, and verifies it before it counts.
//!
//! Tables and columns are read out of the databases themselves, so that what a later migration adds is carried too. All
//! of it is one transaction on the new side: what fails half-way leaves that one as empty as it was. The old one is
//! opened for reading only.

mod outcome;
mod table;

use std::collections::BTreeMap;
use std::str::FromStr;

use futures::TryStreamExt;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection};

use super::alone::{Alone, alone, file_of};
use super::sql::transfer as sql;
use super::{StoreError, postgres, sqlite};
pub use outcome::{Carried, Progress, TransferError};
use table::{Column, Digest, Kind, Value, values};

/// How many rows travel together; with 65,535 values at most in one statement, a table may have 65 columns.
const TOGETHER: usize = 1000;

/// Carries everything over, verifies it, and says what it was.
///
/// # Errors
/// When it was not carried over; the new database is then as empty as it was, and the old one is untouched in any case.
pub async fn transfer(
    source: &str,
    target: &str,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Vec<Carried>, TransferError> {
    let _seat = stopped(source)?;
    let mut old = open_source(source).await?;
    // Makes the tables.
    drop(postgres::open(target).await.map_err(to_target)?);
    let options = PgConnectOptions::from_str(target).map_err(to_target)?.disable_statement_logging();
    let mut connection = PgConnection::connect_with(&options).await.map_err(to_target)?;
    let mut new = connection.begin().await.map_err(to_target)?;

    sqlx::query(sql::LOCK_AGAINST_OTHERS).execute(&mut *new).await.map_err(to_target)?;
    let mut tables = Vec::new();
    for name in names(&mut old).await? {
        let columns = columns(&mut old, &name).await?;
        if holds_rows(&mut new, &name).await? {
            return Err(TransferError::NotEmpty { table: name });
        }
        let rows = count(&mut old, &name).await?;
        tables.push(Table { name, columns, rows });
    }
    let total = tables.iter().map(|table| table.rows).sum::<u64>() * 2;
    let mut done = 0;
    let mut carried = Vec::new();
    for table in &tables {
        let mut step = |rows: u64| {
            done += rows;
            progress(Progress { table: &table.name, done, total });
        };
        let sent = table.send(&mut old, &mut new, &mut step).await?;
        let arrived = table.arrived(&mut new, &mut step).await?;
        if sent != arrived {
            return Err(table.differs(sent.rows, arrived.rows));
        }
        carried.push(Carried { table: table.name.clone(), rows: sent.rows, digest: sent.sum });
    }
    same_figures(&mut old, &mut new).await?;
    new.commit().await.map_err(to_target)?;
    Ok(carried)
}

struct Table {
    name: String,
    columns: Vec<Column>,
    rows: u64,
}

impl Table {
    /// `select "a", "b" from "t"`: the names are those of our own migrations.
    fn select(&self) -> String {
        format!("select {} from {}", self.column_names(), quoted(&self.name))
    }

    fn column_names(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Writes all rows of the old table into the new one.
    async fn send(
        &self,
        old: &mut SqliteConnection,
        new: &mut PgConnection,
        step: &mut impl FnMut(u64),
    ) -> Result<Digest, TransferError> {
        let mut digest = Digest::default();
        let mut select = QueryBuilder::<Sqlite>::new(self.select());
        let mut rows = select.build().fetch(old);
        let mut batch = Vec::with_capacity(TOGETHER);
        while let Some(row) = rows.try_next().await.map_err(to_source)? {
            let row = values(&row, &self.columns).map_err(|error| self.unreadable(&error))?;
            digest.add(&row);
            batch.push(row);
            if batch.len() == TOGETHER {
                self.write(new, std::mem::take(&mut batch)).await?;
                step(TOGETHER as u64);
            }
        }
        let rest = batch.len() as u64;
        self.write(new, batch).await?;
        step(rest);
        Ok(digest)
    }

    async fn write(&self, new: &mut PgConnection, rows: Vec<Vec<Value>>) -> Result<(), TransferError> {
        if rows.is_empty() {
            return Ok(());
        }
        let start = format!("insert into {} ({}) ", quoted(&self.name), self.column_names());
        let mut insert = QueryBuilder::<Postgres>::new(start);
        insert.push_values(rows, |mut bound, row| {
            for value in row {
                match value {
                    Value::Integer(value) => bound.push_bind(value),
                    Value::Real(value) => bound.push_bind(value),
                    Value::Text(value) => bound.push_bind(value),
                    Value::Bytes(value) => bound.push_bind(value),
                };
            }
        });
        insert
            .build()
            .execute(new)
            .await
            .map_err(|error| TransferError::Target(format!("{} could not be written: {error}", self.name)))?;
        Ok(())
    }

    /// Reads back what stands in the new table.
    async fn arrived(
        &self,
        new: &mut PgConnection,
        step: &mut impl FnMut(u64),
    ) -> Result<Digest, TransferError> {
        let mut digest = Digest::default();
        let mut select = QueryBuilder::<Postgres>::new(self.select());
        let mut rows = select.build().fetch(new);
        while let Some(row) = rows.try_next().await.map_err(to_target)? {
            digest.add(&values(&row, &self.columns).map_err(to_target)?);
            step(1);
        }
        Ok(digest)
    }

    fn differs(&self, sent: u64, arrived: u64) -> TransferError {
        TransferError::Differs { table: self.name.clone(), sent, arrived }
    }

    fn unreadable(&self, error: &sqlx::Error) -> TransferError {
        TransferError::Source(format!("{} holds a row that is not what its columns say: {error}", self.name))
    }
}

/// Keeps other Vigies from the old database, or finds one there.
fn stopped(source: &str) -> Result<Alone, TransferError> {
    let is_there = file_of(source).is_some_and(|file| std::path::Path::new(file).is_file());
    if !is_there {
        return Err(TransferError::Source("there is no such file".to_owned()));
    }
    match alone(source) {
        Alone::No => Err(TransferError::InUse),
        alone @ (Alone::Yes(_) | Alone::Unknown) => Ok(alone),
    }
}

/// Opens the old database for reading, as it is at this moment.
async fn open_source(source: &str) -> Result<SqliteConnection, TransferError> {
    let options = SqliteConnectOptions::from_str(source).map_err(to_source)?.read_only(true);
    // Reading a whole table takes its time: nothing to warn of.
    let options = options.disable_statement_logging();
    let mut old = SqliteConnection::connect_with(&options).await.map_err(to_source)?;
    sqlx::query(sql::BEGIN_TO_READ).execute(&mut old).await.map_err(to_source)?;
    let applied: Vec<i64> = sqlx::query_scalar(sql::VERSIONS)
        .fetch_all(&mut old)
        .await
        .map_err(|_| TransferError::OtherVersion)?;
    if applied == sqlite::versions() { Ok(old) } else { Err(TransferError::OtherVersion) }
}

async fn names(old: &mut SqliteConnection) -> Result<Vec<String>, TransferError> {
    sqlx::query_scalar(sql::TABLES).fetch_all(old).await.map_err(to_source)
}

async fn columns(old: &mut SqliteConnection, table: &str) -> Result<Vec<Column>, TransferError> {
    let columns: Vec<(String, String)> =
        sqlx::query_as(sql::COLUMNS).bind(table).fetch_all(old).await.map_err(to_source)?;
    let column = |(name, declared): (String, String)| {
        let kind = Kind::named(&declared);
        let kind = kind.ok_or_else(|| TransferError::Source(format!("{table}.{name} is a {declared}")))?;
        Ok(Column { name, kind })
    };
    columns.into_iter().map(column).collect()
}

async fn count(old: &mut SqliteConnection, table: &str) -> Result<u64, TransferError> {
    let mut query = QueryBuilder::<Sqlite>::new("select count(*) from ");
    let count: i64 =
        query.push(quoted(table)).build_query_scalar().fetch_one(old).await.map_err(to_source)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

async fn holds_rows(new: &mut PgConnection, table: &str) -> Result<bool, TransferError> {
    let mut query = QueryBuilder::<Postgres>::new("select exists (select 1 from ");
    query.push(quoted(table)).push(")").build_query_scalar().fetch_one(new).await.map_err(to_target)
}

/// What every figure is made of, by community, desk and state: how many requests, how many were answered, and how long
/// that took.
async fn same_figures(old: &mut SqliteConnection, new: &mut PgConnection) -> Result<(), TransferError> {
    type Row = (String, String, String, i64, i64, i64, i64);
    let figures = |rows: Vec<Row>| -> BTreeMap<_, _> {
        let figure = |(community, route, status, requests, answered, time, business_time): Row| {
            ((community, route, status), (requests, answered, time, business_time))
        };
        rows.into_iter().map(figure).collect()
    };
    let before = figures(sqlx::query_as(sql::FIGURES).fetch_all(old).await.map_err(to_source)?);
    let after = figures(sqlx::query_as(sql::FIGURES).fetch_all(new).await.map_err(to_target)?);
    if before == after {
        return Ok(());
    }
    let (sent, arrived) = (before.len() as u64, after.len() as u64);
    Err(TransferError::Differs { table: "the figures".to_owned(), sent, arrived })
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn to_source(error: impl Into<StoreError>) -> TransferError {
    TransferError::Source(error.into().to_string())
}

fn to_target(error: impl Into<StoreError>) -> TransferError {
    TransferError::Target(error.into().to_string())
}
