//! `vigie move`: from SQLite to PostgreSQL.

use clap::Args;

use crate::app::failure::Failure;

/// What is carried where.
#[derive(Debug, Args)]
pub struct Move {
    #[arg(
        value_name = "SQLITE_URL",
        help = "The database as it is, sqlite://FILE; no Vigie may be running on it"
    )]
    source: String,
    #[arg(value_name = "POSTGRES_URL", help = "An empty database, postgres://USER:PASSWORD@HOST/DATABASE")]
    target: String,
}

impl Move {
    /// Carries everything over and prints what it was.
    pub async fn run(self) -> Result<(), Failure> {
        let Self { source, target } = self;
        if !source.starts_with("sqlite:") {
            return Err(wrong("the first address", &source, "sqlite://FILE"));
        }
        if !["postgres://", "postgresql://"].iter().any(|scheme| target.starts_with(scheme)) {
            return Err(wrong("the second address", &target, "postgres://USER:PASSWORD@HOST/DATABASE"));
        }
        carry(&source, &target).await
    }
}

fn wrong(which: &str, address: &str, expected: &str) -> Failure {
    let address = crate::config::environment::mask_password(address);
    Failure::Wrong(format!("{which} is {address}; expected {expected}"))
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "stands in for what carries over")]
async fn carry(_: &str, _: &str) -> Result<(), Failure> {
    Err(Failure::Failed(anyhow::anyhow!("this Vigie was built without PostgreSQL")))
}

#[cfg(feature = "postgres")]
async fn carry(source: &str, target: &str) -> Result<(), Failure> {
    use indicatif::{ProgressBar, ProgressStyle};

    use crate::app::say::say;
    use crate::config::environment::mask_password;
    use crate::store::transfer::transfer;

    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}, {eta} left");
    let bar = ProgressBar::new(1).with_style(style.expect("the template is right"));
    let carried = transfer(source, target, |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(progress.table.to_owned());
    })
    .await;
    bar.finish_and_clear();
    let carried = carried.map_err(anyhow::Error::from)?;
    say(table(&carried))?;
    let rows: u64 = carried.iter().map(|table| table.rows).sum();
    let (tables, target) = (carried.len(), mask_password(target));
    say(format_args!(
        "{rows} rows in {tables} tables are in {target}, each column as it was and the figures the same.\n\
         Set DATABASE_URL to it and start Vigie; {source} is untouched."
    ))?;
    Ok(())
}

/// What was carried over, a line each table.
#[cfg(feature = "postgres")]
fn table(carried: &[crate::store::transfer::Carried]) -> comfy_table::Table {
    use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
    const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

    let mut table = Table::new();
    table.load_style(STYLE).set_header(["table", "rows", "digest, both sides"]);
    for one in carried {
        table.add_row([one.table.clone(), one.rows.to_string(), format!("{:016x}", one.digest)]);
    }
    if let Some(rows) = table.column_mut(1) {
        rows.set_cell_alignment(CellAlignment::Right);
    }
    table
}
