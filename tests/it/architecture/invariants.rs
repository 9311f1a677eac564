//! What is always true, as far as sources can show it; and that `docs/invariants.md` names tests
//! that exist.

use std::collections::BTreeSet;

use super::sources::{self, Source};
use super::{assert_none, rules};

/// The numbers of the invariants.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=16;

/// Modules that decide, store or render, and never talk to anybody else's machine.
const OFFLINE: [&str; 11] = [
    "domain",
    "clock",
    "telemetry",
    "config",
    "command",
    "template",
    "db",
    "desk",
    "chat::card",
    "chat::text",
    "http",
];

/// What opens a connection.
const CONNECTING: [&str; 7] = [
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "to_socket_addrs",
    "lookup_host",
    "hyper_util",
    "reqwest",
];

#[test]
fn invariant_13_only_workers_and_edges_reach_the_network() {
    let rules = rules();
    let mut violations = Vec::new();
    for module in OFFLINE {
        let row = rules.row_of(module).unwrap();
        for forbidden in ["net", "mastodon::client", "worker", "sim"] {
            if rules.allow(row, forbidden) {
                violations.push(format!("{row} may use {forbidden}"));
            }
        }
    }
    for source in Source::of_the_crate() {
        let is_offline = OFFLINE
            .iter()
            .any(|module| super::rules::is_within(&source.module, module));
        if source.is_test || !is_offline {
            continue;
        }
        for word in CONNECTING {
            if source.text.contains(word) {
                violations.push(format!("{} names {word}", source.path.display()));
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn invariant_15_no_test_waits_for_time_to_pass() {
    // In two parts, for this file is looked at as well.
    let waiting = [
        ("sle", "ep("),
        ("sleep_", "until("),
        ("time::", "pause("),
        ("time::", "advance("),
        ("start_", "paused"),
        ("Utc::", "now("),
        ("SystemTime::", "now("),
    ];
    let tests = sources::files_under("tests").into_iter();
    let tests = tests.map(|path| (path.display().to_string(), sources::read(&path)));
    let within = Source::of_the_crate().into_iter().filter_map(|source| {
        let tests = if source.is_test {
            Some(source.text.as_str())
        } else {
            source.text.split("#[cfg(test)]").nth(1)
        };
        tests.map(|text| (source.path.display().to_string(), text.to_owned()))
    });
    let mut violations = Vec::new();
    for (path, text) in tests.chain(within) {
        for (one, two) in waiting {
            if text.contains(&format!("{one}{two}")) && !path.ends_with("architecture/snippets.rs")
            {
                violations.push(format!("{path} says {one}{two}"));
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn every_invariant_has_a_test_of_its_number() {
    let tests = tests();
    let missing: Vec<String> = NUMBERS
        .map(|number| format!("invariant_{number:02}_"))
        .filter(|prefix| !tests.iter().any(|test| test.starts_with(prefix)))
        .map(|prefix| format!("no test is called {prefix}…"))
        .collect();
    assert_none(&missing);
}

#[test]
fn every_test_that_the_invariants_page_names_is_there() {
    let page = sources::read(&sources::root().join("docs/invariants.md"));
    let tests = tests();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| {
            line.starts_with("| ") && !line.starts_with("| what") && !line.starts_with("| number")
        })
        .collect();
    assert!(rows.len() > NUMBERS.count(), "the tables are missing");
    let mut violations = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let names: Vec<&str> = cells
            .last()
            .map(|cell| cell.split('`').skip(1).step_by(2).collect())
            .unwrap_or_default();
        if names.is_empty() {
            violations.push(format!("no test stands in: {row}"));
        }
        violations.extend(
            names
                .into_iter()
                .filter(|name| !tests.contains(*name))
                .map(|name| format!("there is no test `{name}`")),
        );
    }
    assert_none(&violations);
}

/// The names of all tests.
fn tests() -> BTreeSet<String> {
    let files = ["src", "tests"].into_iter().flat_map(sources::files_under);
    files
        .flat_map(|path| names(&sources::read(&path)))
        .collect()
}

/// The functions of a file that are marked as tests, and those that `db_tests!` lists.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut is_marked, mut is_listed) = (false, false);
    for line in text.lines().map(str::trim) {
        if line.starts_with("db_tests!(") {
            is_listed = true;
        }
        if is_listed {
            let listed = line.trim_start_matches("db_tests!(");
            let listed = listed.split(',').map(|name| name.trim_end_matches(");"));
            names.extend(listed.map(|name| name.trim().to_owned()));
            is_listed = !line.contains(");");
        } else if line.contains("#[test]") || line.contains("#[tokio::test") {
            is_marked = true;
        } else if is_marked
            && let Some((head, _)) = line.split_once('(')
            && let Some((_, name)) = head.split_once("fn ")
        {
            names.push(name.to_owned());
            is_marked = false;
        }
    }
    names
}
