//! The watchers' part of the store over one database; compiled once for each, like `adapter.rs`.

use async_trait::async_trait;

use super::super::Db;
use super::SqlStore;
use crate::clock::Ids;
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::rows::moment;
use crate::store::sql::watch as sql;
use crate::store::watch::{Backlog, Backlogs, WatchStore};

#[async_trait]
impl WatchStore for SqlStore {
    async fn check(&self, now: Timestamp) -> Result<(), StoreError> {
        self.home.check()?;
        sqlx::query(sql::PULSE).bind(now.as_millisecond()).execute(&self.write).await?;
        Ok(())
    }

    async fn backlogs(&self, now: Timestamp) -> Result<Backlogs, StoreError> {
        let now = now.as_millisecond();
        let inbox: (i64, Option<String>) = sqlx::query_as(sql::INBOX).fetch_one(&self.read).await?;
        let heard_at = inbox.1.as_deref().and_then(Ids::made_at);
        Ok(Backlogs {
            inbox: Backlog { length: length(inbox.0), oldest: heard_at },
            due: self.backlog(sql::DUE, Some(now)).await?,
            waiting: self.backlog(sql::WAITING, Some(now)).await?,
            stuck: self.backlog(sql::STUCK, None).await?,
            overdue: self.backlog(sql::OVERDUE, Some(now)).await?,
        })
    }
}

impl SqlStore {
    async fn backlog(&self, statement: &'static str, now: Option<i64>) -> Result<Backlog, StoreError> {
        let query = sqlx::query_as::<Db, (i64, Option<i64>)>(statement);
        let query = match now {
            Some(now) => query.bind(now),
            None => query,
        };
        let (count, oldest) = query.fetch_one(&self.read).await?;
        Ok(Backlog { length: length(count), oldest: oldest.map(moment).transpose()? })
    }
}

fn length(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
