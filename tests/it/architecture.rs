//! Who may use whom: read from the sources, so that the rule holds when nobody thinks of it.

use std::fs;
use std::path::{Path, PathBuf};

/// The source files below a folder, each with its text.
pub fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("src/ is there").map(|entry| entry.expect("readable").path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&entry).expect("sources are UTF-8");
            found.push((entry, text));
        }
    }
    found
}

/// Files, below `src/`, that hold a text, comments left out; those below one of `except` are not looked at.
fn using(text: &str, except: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut users = Vec::new();
    for (path, source) in sources(&root) {
        let name = path.strip_prefix(&root).expect("below src/").to_string_lossy().into_owned();
        let is_excepted = except.iter().any(|except| name.starts_with(except));
        let is_used = source.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(text));
        if !is_excepted && is_used {
            users.push(name);
        }
    }
    users
}

#[test]
fn serenity_is_used_by_discords_edge_alone() {
    assert_eq!(using("serenity::", &["platform/discord"]), [""; 0]);
}

#[test]
fn sql_is_spoken_in_the_store_alone() {
    assert_eq!(using("sqlx::", &["store"]), [""; 0]);
}

#[test]
fn no_other_program_is_started() {
    for way in ["process::Command", "Command::new(", "libc::", "posix_spawn"] {
        assert_eq!(using(way, &[]), [""; 0], "{way}");
    }
}

#[test]
fn no_value_is_pasted_into_a_statement() {
    for way in
        ["AssertSqlSafe", "raw_sql(", "query(&", "query_as(&", "query_scalar(&", "QueryBuilder::new(format!"]
    {
        assert_eq!(using(way, &[]), [""; 0], "{way}");
    }
}

#[test]
fn the_domain_is_pure() {
    let allowed = [
        "std::",
        "serde::",
        "regex::",
        "thiserror::",
        "jiff::",
        "super::",
        "self::",
        "crate::domain",
        "proptest::",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain");
    for (path, source) in sources(&root) {
        for line in source.lines().filter(|line| line.trim_start().starts_with("use ")) {
            let used = line.trim_start().trim_start_matches("use ");
            let is_allowed = allowed.iter().any(|a| used.starts_with(a));
            let is_test = path.to_string_lossy().contains("tests") || line.starts_with("    ");
            assert!(is_allowed || is_test, "{}: {line}", path.display());
        }
        for forbidden in
            ["async fn", ".await", "std::fs", "std::env", "SystemTime", "tokio", "Timestamp::now"]
        {
            let used = source.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(forbidden));
            assert!(!used, "{} uses {forbidden}", path.display());
        }
    }
}

#[test]
fn nothing_below_knows_what_is_above() {
    for (below, above) in [
        (
            "domain",
            &[
                "crate::store",
                "crate::triage",
                "crate::platform",
                "crate::app",
                "crate::web",
                "crate::config",
            ][..],
        ),
        ("classify", &["crate::store", "crate::triage", "crate::platform", "crate::app", "crate::web"]),
        ("store", &["crate::triage", "crate::platform", "crate::app", "crate::web", "crate::commands"]),
        ("stats", &["crate::triage", "crate::platform", "crate::app", "crate::web", "crate::commands"]),
        ("triage.rs", &["crate::platform", "crate::app", "crate::web", "crate::commands", "crate::outbox"]),
    ] {
        for above in above {
            let users: Vec<String> =
                using(above, &[]).into_iter().filter(|user| user.starts_with(below)).collect();
            assert!(users.is_empty(), "{above} is used by {users:?}");
        }
    }
}

#[test]
fn the_program_is_thin() {
    let main =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).expect("readable");
    assert!(main.lines().count() <= 60);
}

/// What is said in a log call: the literal that ends it.
fn logged(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let call = regex::Regex::new(r#"(?s)tracing::(?:trace|debug|info|warn|error)!\((.*?)"([^"]*)"\s*\)"#);
    let calls = call.expect("a pattern");
    calls.captures_iter(&code).map(|call| call[2].to_owned()).collect()
}

#[test]
fn every_line_of_the_log_begins_with_its_dotted_name_and_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = fs::read_to_string(root.join("docs/operating.md")).expect("readable");
    let dotted = regex::Regex::new(r"^([a-z]+(?:\.[a-z_]+)+)(?:$|: | )").expect("a pattern");
    let (mut wrong, mut calls, mut found) = (Vec::new(), 0, 0);
    for (path, source) in sources(&root.join("src")) {
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        calls += code.lines().filter(|line| line.contains("tracing::") && line.contains("!(")).count();
        for line in logged(code) {
            found += 1;
            let is_named =
                dotted.captures(&line).is_some_and(|name| listed.contains(&format!("`{}`", &name[1])));
            if !is_named {
                wrong.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert_eq!(found, calls, "a log call whose words could not be read");
    assert!(wrong.is_empty(), "without a dotted name, or not in docs/operating.md:\n{}", wrong.join("\n"));
}

#[test]
fn figures_are_counted_through_one_module() {
    assert_eq!(using("prometheus_client", &["metrics"]), [""; 0]);
}
