//! Stories over the whole program: what happens on the server, what a moderator says, and what
//! server, case, card and audit log look like afterwards. Every command of the table has one.

mod accounts;
mod answers;
mod batches;
mod control;
mod coordinate;
mod day;
mod domains;
mod dry_run;
mod invariants;
mod network;
mod operations;
mod people;
mod postgres;
mod presses;
mod reads;
mod room;
mod table;

use serde_json::Value;

use crate::support::story::Story;

/// A case as the scripting API shows it.
async fn case(t: &Story, number: i64) -> Value {
    t.api("ana").get(&format!("cases/{number}")).await
}

/// An operation as the scripting API shows it.
async fn operation(t: &Story, id: &str) -> Value {
    t.api("ana").get(&format!("operations/{id}")).await
}

/// The audit log's verbs with their actors, in order: `bo case.claimed`.
async fn audit(t: &Story) -> Vec<String> {
    let page = t.api("ana").get("audit?limit=500").await;
    let entries = page["entries"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = entries
        .iter()
        .map(|entry| format!("{} {}", text(&entry["actor"]), text(&entry["verb"])));
    lines.collect()
}

/// Fails unless the audit log has these lines, in this order, perhaps with others between.
#[track_caller]
fn assert_audit(log: &[String], lines: &[&str]) {
    let mut rest = log.iter();
    for line in lines {
        assert!(
            rest.any(|entry| entry == line),
            "no '{line}' (in this order) in {log:#?}"
        );
    }
}
