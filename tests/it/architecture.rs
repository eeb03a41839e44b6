//! Who may use whom: read from the sources, so that the rule holds when nobody thinks of it.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
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
