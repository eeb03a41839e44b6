//! A table as rows of plain values: what both databases agree on, whatever they call its types.

use std::hash::{DefaultHasher, Hash, Hasher};

use sqlx::{ColumnIndex, Database, Decode, Row, Type};

/// A column and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// What a column holds. Truths are integers in both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Real,
    Text,
    Bytes,
}

impl Kind {
    /// The kind of a type as SQLite or PostgreSQL names it; `None` when no table of ours has it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "bigint" => Self::Integer,
            "double precision" => Self::Real,
            "text" => Self::Text,
            "blob" | "bytea" => Self::Bytes,
            _ => return None,
        })
    }
}

/// What stands in one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Integer(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Self::Integer(value) => value.hash(hasher),
            Self::Real(value) => value.map(f64::to_bits).hash(hasher),
            Self::Text(value) => value.hash(hasher),
            Self::Bytes(value) => value.hash(hasher),
        }
    }
}

/// The values of a row, column by column.
pub fn values<'r, R>(row: &'r R, columns: &[Column]) -> Result<Vec<Value>, sqlx::Error>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Readable<'r, R::Database>,
    f64: Readable<'r, R::Database>,
    String: Readable<'r, R::Database>,
    Vec<u8>: Readable<'r, R::Database>,
{
    let value = |(index, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Integer => Value::Integer(row.try_get(index)?),
            Kind::Real => Value::Real(row.try_get(index)?),
            Kind::Text => Value::Text(row.try_get(index)?),
            Kind::Bytes => Value::Bytes(row.try_get(index)?),
        })
    };
    columns.iter().enumerate().map(value).collect()
}

/// What can be read out of that database.
pub trait Readable<'r, D: Database>: Decode<'r, D> + Type<D> {}

impl<'r, D: Database, T: Decode<'r, D> + Type<D>> Readable<'r, D> for T {}

/// How many rows a table has and a digest over all their columns, the same in whatever order they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Rows.
    pub rows: u64,
    /// The sum of the rows' hashes: it changes when any column of any row does.
    pub sum: u64,
}

impl Digest {
    /// One more row.
    pub fn add(&mut self, row: &[Value]) {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        self.rows += 1;
        self.sum = self.sum.wrapping_add(hasher.finish());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[Vec<Value>]) -> Digest {
        let mut digest = Digest::default();
        for row in rows {
            digest.add(row);
        }
        digest
    }

    fn row(text: &str, number: Option<i64>) -> Vec<Value> {
        vec![Value::Text(Some(text.to_owned())), Value::Integer(number), Value::Real(Some(0.5))]
    }

    #[test]
    fn a_digest_knows_each_value_and_no_order() {
        let (one, other) = (row("a", Some(1)), row("b", None));
        let whole = digest(&[one.clone(), other.clone()]);
        assert_eq!(whole, digest(&[other.clone(), one.clone()]));
        let changed = [
            vec![one.clone()],
            vec![one.clone(), one.clone()],
            vec![row("a", Some(2)), other.clone()],
            vec![row("a", None), row("b", Some(1))],
            vec![row("ab", Some(1)), row("", None)],
            vec![one.clone(), vec![Value::Text(None), Value::Integer(None), Value::Real(Some(0.5))]],
        ];
        for rows in changed {
            assert_ne!(whole, digest(&rows), "{rows:?}");
        }
    }
}
