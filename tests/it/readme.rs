//! The README is true: the program has every command that it names, and it starts with the
//! configuration that it shows.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use wardroom::config::Config;

const README: &str = include_str!("../../README.md");

/// Every command line of the README, with values for the names in capitals.
fn command_lines() -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in README.lines() {
        let code = line.split('#').next().unwrap_or_default().trim();
        if let Some(words) = code.strip_prefix("cargo run -- ") {
            lines.push(format!("wardroom {words}"));
        } else if code.starts_with("wardroom ") {
            lines.push(code.to_owned());
        } else if line.starts_with("| `wardroom ") {
            lines.extend(table_row(line));
        }
    }
    for (name, value) in [
        ("NAME", "ana"),
        ("FILE", "wardroom.backup"),
        ("NUMBER", "7"),
    ] {
        for line in &mut lines {
            *line = line.replace(name, value);
        }
    }
    lines
}

/// `wardroom audit verify`, `list`: further names stand for the last word of the first.
fn table_row(row: &str) -> Vec<String> {
    let cell = row.split('|').nth(1).unwrap_or_default();
    let mut names = cell.split('`').skip(1).step_by(2);
    let first = names.next().unwrap_or_default().to_owned();
    let words: Vec<&str> = first.split(' ').take(2).collect();
    let group = words.join(" ");
    let others: Vec<String> = names.map(|name| format!("{group} {name}")).collect();
    [vec![first], others].concat()
}

#[test]
fn every_command_of_the_readme_is_one_of_the_program() {
    let lines = command_lines();
    assert!(lines.len() > 15, "found only {lines:?}");
    for line in lines {
        // Asking for help reads the whole line and does nothing.
        let words = line.split_whitespace().skip(1).chain(["--help"]);
        let output = Command::new(env!("CARGO_BIN_EXE_wardroom"))
            .args(words)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {errors}");
    }
}

#[test]
fn the_configuration_of_the_readme_is_accepted() {
    let toml = README.split("```toml\n").nth(1).unwrap();
    let toml = toml.split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    write("mastodon.token", "token\n");
    write("webhook.secret", "0123456789abcdef0123456789abcdef\n");
    let config = Config::load(&write("wardroom.toml", toml)).unwrap();
    assert!(
        config.policy.dry_run,
        "the dry run is on unless it is switched off"
    );
}
