//! Both databases have the same schema: their migrations say the same, but for the name of a type.

use std::collections::BTreeMap;
use std::path::Path;

/// The statements of each migration, by the file's name: in one line each, without comments.
fn statements(database: &str) -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let files = std::fs::read_dir(&folder).expect("the migrations are there");
    files
        .map(|file| {
            let path = file.expect("the folder can be read").path();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a migration is text");
            (name, read(&text))
        })
        .collect()
}

fn read(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let statements = code.join("\n");
    let in_one_line = |statement: &str| statement.split_whitespace().collect::<Vec<_>>().join(" ");
    statements.split(';').map(in_one_line).filter(|statement| !statement.is_empty()).collect()
}

#[test]
fn both_databases_have_the_same_schema() {
    let named_as_in_sqlite = |statement: String| statement.replace(" bytea", " blob");
    let (sqlite, postgres) = (statements("sqlite"), statements("postgres"));
    assert!(sqlite.keys().eq(postgres.keys()), "the same files under the same names");
    for (name, theirs) in postgres {
        let theirs: Vec<String> = theirs.into_iter().map(named_as_in_sqlite).collect();
        assert_eq!(sqlite[&name], theirs, "{name}");
    }
}

#[test]
fn a_statement_is_read_whatever_its_layout() {
    let text =
        "-- why\ncreate table t (\n    a  text, -- what\n    b bigint\n);\n\ncreate index i on t (a);\n";
    assert_eq!(read(text), ["create table t ( a text, b bigint )", "create index i on t (a)"]);
}
