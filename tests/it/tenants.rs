//! One community can never see another's data: every statement of the store is walked, and holds on to its community.
//!
//! Read from the sources, so that the rule holds for a statement that nobody has thought of testing. What the store then
//! really answers is the promise `one_community_never_sees_anothers` of the contract. Moving a whole database to another
//! is about all communities and is not looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::architecture::sources;

/// The statements that are about all communities, each with its reason.
const ABOUT_ALL: [(&str, &str); 21] = [
    ("AUDITS_DUE", "finds the communities whose audit is due; each is then worked on alone"),
    ("COMMUNITIES", "names the communities there are, for whoever runs Vigie"),
    ("COMMUNITIES_DUE", "finds the communities where something falls due"),
    ("DUE", "counts, for /metrics"),
    ("ERASURES_DUE", "finds the communities where something has to be erased"),
    ("FIGURES", "compares two databases after a move"),
    ("INBOX", "counts, for /metrics"),
    ("LEAVE", "makes a process's own claims void, wherever they are"),
    ("NEXT_DEADLINE", "a time at which to wake"),
    ("NEXT_DUE", "a time at which to wake"),
    ("NEXT_ERASURE", "a time at which to wake"),
    ("OVERDUE", "counts, for /metrics"),
    ("PENDING", "work in the communities whose turn is this process's; each row says its own"),
    ("PULSE", "a row of no community, with which writing is tried"),
    ("STUCK", "counts, for /metrics"),
    ("TAKE_TURNS", "takes the turn in each community where something waits"),
    ("UNTIMED", "finds the communities whose deadlines are to be set anew"),
    ("VOID_CLAIMS", "a process alone with its database takes all work"),
    ("WAITING", "counts, for /metrics"),
    (
        "WITHOUT_COURSE",
        "requests of older versions, each worked out by itself; each row says its own community",
    ),
    ("claim_notices", "takes what is due wherever it is; each row says its own community"),
];

/// A statement, and what it is called.
struct Statement {
    name: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// A source without its comments and attributes.
fn code_of(source: &str) -> String {
    let is_code = |line: &&str| !["//", "#["].iter().any(|start| line.trim_start().starts_with(start));
    source.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The tables whose rows belong to a community.
fn tables() -> BTreeSet<String> {
    let table = pattern(r"(?m)^create table (\w+) \(\n    (\w+) ");
    let mut tables = BTreeSet::new();
    for file in fs::read_dir(root().join("migrations/sqlite")).expect("migrations") {
        let text = fs::read_to_string(file.expect("readable").path()).expect("SQL");
        let found = table.captures_iter(&text).filter(|found| &found[2] == "community");
        tables.extend(found.map(|found| found[1].to_owned()));
    }
    tables
}

/// Every statement of `sql.rs` and of the folder beside it.
fn statements() -> Vec<Statement> {
    let mut files = sources(&root().join("src/store/sql"));
    let above = root().join("src/store/sql.rs");
    files.push((above.clone(), fs::read_to_string(above).expect("readable")));
    let item = pattern(concat!(
        r#"(?s)pub const (?<one>\w+): &str = r?"(?<text>[^"]*)";"#,
        r"|pub const (?<many>\w+): \[&str; \d+\] = \[(?<list>.*?)\];",
        r"|macro_rules! (?<macro>\w+) \{.*?concat!\((?<parts>.*?)\n        \)"
    ));
    let literal = pattern(r#"(?s)"([^"]*)""#);
    let mut all = Vec::new();
    for (path, source) in files {
        let code = code_of(&source);
        let (before, mut literals) = (all.len(), 0);
        for found in item.captures_iter(&code) {
            let texts = |part: &str| -> Vec<String> {
                literal.captures_iter(&found[part]).map(|text| text[1].to_owned()).collect()
            };
            let (name, texts) = if let Some(name) = found.name("one") {
                (name, vec![found["text"].to_owned()])
            } else if let Some(name) = found.name("many") {
                (name, texts("list"))
            } else {
                literals += texts("parts").len() - 1;
                (found.name("macro").expect("the third way"), vec![texts("parts").concat()])
            };
            literals += texts.len();
            all.extend(texts.into_iter().map(|text| Statement { name: name.as_str().to_owned(), text }));
        }
        // The words that each database adds for itself are given to a macro.
        let given = pattern(r#"\w+!\("[^"]*"\)"#).find_iter(&code).count();
        let there = literal.find_iter(&code).count();
        assert_eq!(literals + given, there, "{}: a text that was not understood", path.display());
        assert!(all.len() > before, "{}", path.display());
    }
    all
}

/// The selects, updates and deletes that a statement consists of, each without those inside it and with the number of
/// the one around it.
fn scopes(statement: &str) -> Vec<(Option<usize>, String)> {
    let mut scopes = vec![(None, String::new())];
    let mut around = vec![0];
    for (at, c) in statement.char_indices() {
        let rest = &statement[at..];
        let mut within = *around.last().expect("brackets are even");
        if c == ')' {
            around.pop();
            within = *around.last().expect("brackets are even");
        } else if rest.starts_with("union") {
            scopes.push((scopes[within].0, String::new()));
            within = scopes.len() - 1;
            *around.last_mut().expect("brackets are even") = within;
        }
        scopes[within].1.push(c);
        if c == '(' && rest[1..].trim_start().starts_with("select") {
            scopes.push((Some(within), String::new()));
            around.push(scopes.len() - 1);
        } else if c == '(' {
            around.push(within);
        }
    }
    scopes
}

static INSERT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"insert into (\w+)\s*\(community,[^)]*\)\s*(?:values \(\$1\b|select \$1\b|$)"));
static TOUCHED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:from|join|update|into)\s+(\w+)(?:[ \t]+([a-z])\b)?"));
static IS_GIVEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\b(\w+)\.)?\bcommunity(?: \|\| '')? = \$\d"));
static IS_SAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\w+)\.community = (\w+)\.community\b"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\w+) (?:\(\w+\) )?as \("));

/// The tables of communities that a statement touches without holding on to one community.
fn loose(statement: &str, tables: &BTreeSet<String>) -> Vec<String> {
    // What a common table holds on to is looked at where it is made.
    let common: BTreeSet<String> = NAMED.captures_iter(statement).map(|name| name[1].to_owned()).collect();
    let mut held: Vec<BTreeSet<String>> = Vec::new();
    let mut loose = Vec::new();
    for (around, text) in scopes(statement) {
        let mut holds = around.map_or_else(|| common.clone(), |outer| held[outer].clone());
        let name = |found: &Captures| found.get(2).map_or(&found[1], |name| name.as_str()).to_owned();
        let here = TOUCHED.captures_iter(&text).filter(|found| tables.contains(&found[1]));
        let here: Vec<(String, String)> = here.map(|found| (found[1].to_owned(), name(&found))).collect();
        for given in IS_GIVEN.captures_iter(&text) {
            match (given.get(1), here.as_slice()) {
                (Some(name), _) => drop(holds.insert(name.as_str().to_owned())),
                (None, [(_, only)]) => drop(holds.insert(only.clone())),
                (None, _) => {}
            }
        }
        holds.extend(INSERT.captures(&text).map(|found| found[1].to_owned()));
        for _ in &here {
            for same in IS_SAME.captures_iter(&text) {
                if holds.contains(&same[1]) || holds.contains(&same[2]) {
                    holds.extend([same[1].to_owned(), same[2].to_owned()]);
                }
            }
        }
        // "This community and that, or something else" holds on to nothing.
        let is_open = outside_brackets(&text).contains(" or ");
        let mut free = here;
        free.retain(|(_, name)| is_open || !holds.contains(name));
        loose.extend(free.into_iter().map(|(table, _)| table));
        held.push(holds);
    }
    loose
}

fn outside_brackets(text: &str) -> String {
    let mut depth = 0;
    let is_outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => return depth == 0,
        }
        false
    };
    text.chars().filter(is_outside).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

#[test]
fn every_statement_holds_on_to_its_community_or_says_why_not() {
    let tables = tables();
    assert!(tables.len() >= 19, "{tables:?}");
    let about_all: BTreeSet<&str> = ABOUT_ALL.iter().map(|(name, _)| *name).collect();
    let (mut wrong, mut free) = (Vec::new(), BTreeSet::new());
    let statements = statements();
    for Statement { name, text } in &statements {
        // What is composed goes on with the community: the next test.
        let text = if text.ends_with("community = ") { format!("{text}$1") } else { text.clone() };
        let loose = loose(&text, &tables);
        if loose.is_empty() {
            continue;
        }
        free.insert(name.as_str());
        if !about_all.contains(name.as_str()) {
            wrong.push(format!("{name} touches {loose:?} of every community:{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(free, about_all, "the list names what holds on to its community by now");
    assert!(statements.len() > 120, "only {} statements were found", statements.len());
}

#[test]
fn the_walk_sees_a_statement_that_lets_go() {
    let tables = tables();
    for (wrong, table) in [
        ("select id from requests where id = $1", "requests"),
        ("select id from requests where community = $1 or id = $2", "requests"),
        ("delete from inbox where message in (select message from inbox where community = $1)", "inbox"),
        ("select r.id from requests r join cards c on c.request = r.id where r.community = $1", "cards"),
        ("update gaps set reason = $1 where community <> $2", "gaps"),
        ("insert into pings (notice, community) values ($1, $2)", "pings"),
        ("insert into days (community, day) values ($2, $1)", "days"),
        ("select 1 from days where community = $1 union select 1 from audits where week = $2", "audits"),
    ] {
        assert_eq!(loose(wrong, &tables), [table], "{wrong}");
    }
    let right = "select r.id from requests r join cards c on c.community = r.community and c.request = r.id \
                 where r.community = $1 and (r.id = $2 or r.route = $3)";
    assert_eq!(loose(right, &tables), [""; 0]);
}

/// The code of the store without its comments: what stands between `begin` and `end`, for each `begin`.
fn between(begin: &str, end: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, source) in sources(&root().join("src/store")) {
        let code = code_of(&source);
        for piece in code.split(begin).skip(1) {
            let piece = piece.split(end).next().unwrap_or_default();
            found.push((path.display().to_string(), piece.to_owned()));
        }
    }
    found
}

#[test]
fn what_is_composed_goes_on_with_the_community() {
    let (known, open) = (statements(), pattern(r"\b(?:from|join|update|into) \w+"));
    let bound = pattern(r#"community = (?:"\))?[;\s]*(?:query)?\s*\.push_bind\((?:\w+\.)*community\b"#);
    let mut composed = 0;
    for (path, code) in between("QueryBuilder::<Db>::new(", "build") {
        let (start, rest) = code.split_once(')').expect("the bracket is closed");
        let name = start.rsplit("::").next().unwrap_or_default();
        let text = known.iter().find(|known| known.name == name).map(|known| known.text.as_str());
        let whole = format!("{}{rest}", text.unwrap_or(start.trim_matches('"')));
        let holds = if whole.trim_start().starts_with("insert") {
            rest.split_once(".push_bind(").is_some_and(|(_, first)| first.starts_with("community"))
        } else {
            bound.find_iter(&whole).count() == open.find_iter(&whole).count()
        };
        assert!(holds, "{path}: it is not narrowed to a community:\n{whole}");
        composed += 1;
    }
    assert!(composed >= 12, "only {composed} composed statements were found");
}

#[test]
fn the_first_that_is_bound_is_the_community() {
    let tables = tables();
    let held = |Statement { text, .. }: &Statement| text.contains("community = $1") || INSERT.is_match(text);
    let names: BTreeSet<String> = statements()
        .into_iter()
        .filter(|statement| loose(&statement.text, &tables).is_empty() && held(statement))
        .map(|statement| statement.name)
        .collect();
    let call = pattern(r"^(?:_as|_scalar)?(?:::<[^(]*>)?\(\s*(?:\w+::)*(\w+)\)\s*\.bind\(([^)]*)");
    let mut seen = BTreeSet::new();
    for (path, code) in between("sqlx::query", ";") {
        let Some(found) = call.captures(&code).filter(|found| names.contains(&found[1])) else { continue };
        assert!(found[2].contains("community"), "{path}: {} binds {} first", &found[1], &found[2]);
        seen.insert(found[1].to_owned());
    }
    assert!(seen.len() >= 60, "only {} of {} were found", seen.len(), names.len());
}
