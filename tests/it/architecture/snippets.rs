//! The checker on small sources: what breaks a rule is found, what keeps it is not.

use std::path::PathBuf;

use super::rules::Rules;
use super::sources::Source;
use super::{LONGEST_FILE, LONGEST_FUNCTION, check};

const PAGE: &str = "
| module | may use |
|---|---|
| `domain` | nothing |
| `clock` | nothing |
| everything but `domain`, `clock` | `clock` |
| `db`, `mastodon` | `domain` |
| `desk` | `domain`, `db` |
| `http` | `desk`, `mastodon::webhook` |
| `app` | everything but `cli` |
| `cli` | everything |

| crate | only in | why |
|---|---|---|
| `sqlx` | `db` | `anything` here is for people |

| function | only in |
|---|---|
| `Permit::issue` | `desk::worker` |
| `Utc::now` | `clock` |
";

fn violations(module: &str, text: &str) -> Vec<String> {
    let source = Source {
        module: module.to_owned(),
        path: PathBuf::from("snippet.rs"),
        text: text.to_owned(),
        is_test: false,
    };
    check::imports(&Rules::parse(PAGE).unwrap(), &source)
}

/// Module, source and what is found in it.
const BROKEN: &[(&str, &str, &str)] = &[
    (
        "domain",
        "use crate::db::Db;",
        "`domain` may not use `crate::db::Db`",
    ),
    (
        "domain::case",
        "use super::super::db;",
        "may not use `crate::db`",
    ),
    (
        "domain",
        "use crate::clock::Clock;",
        "`domain` may not use `crate::clock::Clock`",
    ),
    (
        "clock",
        "use crate::domain::Case;",
        "`clock` may not use `crate::domain::Case`",
    ),
    (
        "db::a",
        "mod b { use super::super::super::desk::Desk; }",
        "may not use `crate::desk::Desk`",
    ),
    (
        "db",
        "use crate::{domain::{self, Case}, desk::{Desk as D}};",
        "may not use `crate::desk::Desk`",
    ),
    ("db", "use crate::desk::*;", "may not use `crate::desk`"),
    ("db", "use crate::*;", "`db` uses the whole crate"),
    ("db", "use super::*;", "`db` uses the whole crate"),
    (
        "db",
        "fn f(desk: &crate::desk::Desk) {}",
        "may not use `crate::desk::Desk`",
    ),
    (
        "db",
        "fn f() { crate::desk::run::<u8>(); }",
        "may not use `crate::desk::run`",
    ),
    (
        "db",
        "impl crate::desk::Desk {}",
        "may not use `crate::desk::Desk`",
    ),
    (
        "db",
        "fn f() { vec![Some(crate::desk::new())]; }",
        "may not use `crate::desk::new`",
    ),
    (
        "db",
        "m! { use crate::{desk::Desk, domain}; }",
        "may not use `crate::desk::Desk`",
    ),
    (
        "db",
        "#[derive(crate::desk::Derive)] struct S;",
        "may not use `crate::desk::Derive`",
    ),
    (
        "db",
        "pub use crate::other::Thing;",
        "`crate::other::Thing` is in no module",
    ),
    (
        "http",
        "use crate::mastodon::client::Client;",
        "may not use `crate::mastodon::client::Client`",
    ),
    (
        "http",
        "use crate::mastodon;",
        "may not use `crate::mastodon`",
    ),
    (
        "app",
        "use crate::cli::run;",
        "may not use `crate::cli::run`",
    ),
    ("desk", "use sqlx;", "the crate `sqlx` is used in `desk`"),
    (
        "desk",
        "fn f(e: sqlx::Error) {}",
        "the crate `sqlx` is used in `desk`",
    ),
    (
        "desk",
        "#[derive(sqlx::FromRow)] struct S;",
        "the crate `sqlx` is used in `desk`",
    ),
    (
        "desk",
        "fn f() { ::sqlx::query!(\"\"); }",
        "the crate `sqlx` is used in `desk`",
    ),
    (
        "desk",
        "fn f() { Permit::issue(s); }",
        "`Permit::issue` is named in `desk`",
    ),
    (
        "desk",
        "fn f() { m!(a, crate::domain::Permit::issue); }",
        "`Permit::issue` is named in `desk`",
    ),
    (
        "db",
        "fn f() { chrono::Utc::now(); }",
        "`Utc::now` is named in `db`",
    ),
    (
        "db",
        "#[cfg(not(test))] use crate::desk;",
        "may not use `crate::desk`",
    ),
];

/// Module and source.
const KEPT: &[(&str, &str)] = &[
    (
        "domain::case",
        "use super::ids::Id; use crate::domain::fact::Fact; use self::x::Y;",
    ),
    (
        "db",
        "use crate::domain::{self, Case}; use sqlx::Row; use std::fmt;",
    ),
    (
        "desk::event",
        "use crate::{db::Db, desk::note, domain::*}; use super::super::clock::Clock;",
    ),
    (
        "desk::worker::operations",
        "fn f() { Permit::issue(standing); permit.issue(); }",
    ),
    ("clock", "fn f() { Utc::now(); }"),
    (
        "http",
        "use crate::mastodon::webhook::verify; use http::StatusCode;",
    ),
    ("app", "use crate::{db, http};"),
    ("cli", "use crate::{app::App, db};"),
    ("main", "use wardroom::cli;"),
    (
        "db",
        "#[cfg(test)] mod tests { use crate::desk::Desk; use super::*; }",
    ),
    (
        "db",
        "#[cfg(test)] use crate::desk::Desk; #[cfg(all(test, unix))] fn f(x: crate::cli::X) {}",
    ),
    (
        "db",
        "impl Db { #[cfg(test)] fn f(desk: crate::desk::Desk) {} }",
    ),
    (
        "db",
        "/// See `crate::desk::Desk`.\nfn f() { g(\"crate::desk\"); }",
    ),
];

#[test]
fn what_breaks_a_rule_is_found_wherever_it_stands() {
    for (module, text, expected) in BROKEN {
        let found = violations(module, text);
        assert!(
            matches!(found.as_slice(), [one] if one.contains(expected)),
            "{module}: {text}\nfound {found:?}\nexpected {expected}"
        );
        assert!(found[0].starts_with("snippet.rs:1: "), "{found:?}");
    }
}

#[test]
fn what_keeps_the_rules_is_left_alone() {
    for (module, text) in KEPT {
        assert_eq!(violations(module, text), [""; 0], "{module}: {text}");
    }
}

#[test]
fn a_module_without_a_row_and_a_row_without_a_module_are_found() {
    let rules = Rules::parse(PAGE).unwrap();
    let mut modules: Vec<String> = [
        "",
        "domain",
        "clock",
        "db",
        "mastodon",
        "mastodon::webhook",
        "desk",
        "desk::worker",
        "http",
        "app",
        "cli",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(check::rows(&rules, &modules), [""; 0]);
    modules.retain(|module| module != "mastodon::webhook");
    modules.push("scanner::rules".to_owned());
    let found = check::rows(&rules, &modules);
    let expected = [
        "`scanner::rules` has no row",
        "`mastodon::webhook` is in a table, but there is no such module",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_page_without_its_tables_is_refused() {
    assert!(Rules::parse("| module | may use |\n|---|---|\n| `db` | |\n").is_err());
    let twice = PAGE.replace("| `app` |", "| `db` |");
    assert_eq!(Rules::parse(&twice).unwrap_err(), "`db` has two rows");
}

#[test]
fn what_is_too_long_or_gives_no_reason_is_found() {
    let function = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
    let method = |lines: usize| format!("impl S {{ {} }}\n", function(lines));
    let sizes = |text: &str| check::sizes("snippet.rs", &format!("//! Why.\n{text}"));
    for text in [function(LONGEST_FUNCTION), method(LONGEST_FUNCTION)] {
        assert_eq!(sizes(&text), [""; 0]);
    }
    for text in [function(LONGEST_FUNCTION + 1), method(LONGEST_FUNCTION + 1)] {
        assert_eq!(
            sizes(&text),
            ["snippet.rs:2: `f` has 81 lines, more than 80"]
        );
    }
    assert_eq!(sizes(&"\n".repeat(LONGEST_FILE - 1)), [""; 0]);
    let long = sizes(&"\n".repeat(LONGEST_FILE));
    assert_eq!(long, ["snippet.rs: 501 lines, more than 500"]);
    let found = check::sizes("snippet.rs", "// A comment.\n");
    assert_eq!(
        found,
        ["snippet.rs:1: does not open with `//! ` and its reason"]
    );
}
