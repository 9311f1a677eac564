//! The shape of the sources: who may use whom, where the few dangerous calls are made, and how long
//! files and functions are. The rules stand in `docs/ARCHITECTURE.md`, whose tables are read here,
//! so that the page and the rule are one.

mod check;
mod invariants;
mod references;
mod rules;
mod snippets;
mod sources;

use rules::Rules;
use sources::Source;

/// No file is longer, in lines.
const LONGEST_FILE: usize = 500;
/// No function is longer, in lines from `fn` to its closing brace.
const LONGEST_FUNCTION: usize = 80;

fn rules() -> Rules {
    let page = sources::root().join("docs/ARCHITECTURE.md");
    Rules::parse(&std::fs::read_to_string(page).unwrap()).unwrap()
}

/// Fails with every violation at once: whoever broke a rule wants to see all of them.
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn modules_use_only_what_the_architecture_allows() {
    let rules = rules();
    let violations: Vec<String> = Source::of_the_crate()
        .iter()
        .filter(|source| !source.is_test)
        .flat_map(|source| check::imports(&rules, source))
        .collect();
    assert_none(&violations);
}

#[test]
fn every_module_has_its_row_and_every_row_its_module() {
    let modules: Vec<String> = Source::of_the_crate()
        .iter()
        .filter(|source| !source.is_test)
        .map(|source| source.module.clone())
        .collect();
    assert_none(&check::rows(&rules(), &modules));
}

#[test]
fn every_file_under_src_belongs_to_a_module() {
    let reached: Vec<_> = Source::of_the_crate()
        .into_iter()
        .map(|source| source.path)
        .collect();
    let orphans: Vec<String> = sources::files_under("src")
        .into_iter()
        .filter(|path| !reached.contains(path))
        .map(|path| format!("{} belongs to no module", path.display()))
        .collect();
    assert_none(&orphans);
}

#[test]
fn files_and_functions_are_short_and_files_say_why_they_exist() {
    let violations: Vec<String> = ["src", "tests"]
        .into_iter()
        .flat_map(sources::files_under)
        .flat_map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            check::sizes(&path.display().to_string(), &text)
        })
        .collect();
    assert_none(&violations);
}

#[test]
fn every_dependency_has_its_reason() {
    let read = |path: &str| std::fs::read_to_string(sources::root().join(path)).unwrap();
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let page = read("docs/dependencies.md");
    let rows: String = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let mut without: Vec<String> = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let crates = manifest.get(section).and_then(toml::Value::as_table);
        let names = crates.into_iter().flat_map(toml::Table::keys);
        without.extend(
            names
                .filter(|name| !rows.contains(&format!("`{name}`")))
                .map(|name| format!("`{name}` has no row in docs/dependencies.md")),
        );
    }
    assert_none(&without);
}
