//! The statements that carry a database over.

/// What is read afterwards is of one moment.
pub const BEGIN_TO_READ: &str = "begin";

/// SQLite: which migrations have been applied.
pub const VERSIONS: &str = "
    select version
    from _sqlx_migrations
    where success
    order by version";

/// SQLite: the tables, without the database's own, the list of migrations, and what is about the database itself.
pub const TABLES: &str = "
    select name
    from sqlite_master
    where type = 'table'
      and name not like 'sqlite\\_%' escape '\\'
      and name not in ('_sqlx_migrations', 'attendants', 'pulse', 'shards')
    order by name";

/// SQLite: the columns of a table with their types.
pub const COLUMNS: &str = "
    select name, type
    from pragma_table_info($1)
    order by cid";

/// PostgreSQL: keeps a Vigie that is started too early from writing in between; it may read.
pub const LOCK_AGAINST_OTHERS: &str = "
    lock table communities in exclusive mode";

/// What figures are made of.
pub const FIGURES: &str = "
    select community, route, status, count(*), count(first_response_at),
           cast(coalesce(sum(response_ms), 0) as bigint), cast(coalesce(sum(business_ms), 0) as bigint)
    from requests
    group by community, route, status";
