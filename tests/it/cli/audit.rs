//! `wardroom audit`: what an auditor with the database file and the anchor file can find out.

use std::collections::BTreeMap;
use std::fs;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use wardroom::db::DbError;
use wardroom::domain::CaseId;
use wardroom::domain::audit::{Anchor, NewEntry};

use super::Host;

fn entry(n: i64) -> NewEntry {
    let at: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
    NewEntry {
        at,
        actor: "ana".to_owned(),
        verb: "case.claimed".to_owned(),
        case: Some(CaseId(n)),
        operation: None,
        detail: json!({"n": n}),
        texts: BTreeMap::from([
            ("subject".to_owned(), format!("@spam{n}@far.example")),
            (
                "reason".to_owned(),
                "=HYPERLINK(\"https://evil.example\")".to_owned(),
            ),
        ]),
    }
}

/// A host whose log has six entries; the fourth is anchored.
async fn host() -> Host {
    let host = Host::new();
    let db = host.open().await;
    let mut anchor = None;
    for n in 1..=6 {
        let new = &entry(n);
        let head = db
            .write(|mut tx| async move {
                tx.append(std::slice::from_ref(new)).await?;
                let head = tx.head().await?;
                Ok::<_, DbError>((tx, head))
            })
            .await
            .unwrap();
        if n == 4 {
            anchor = Some(head);
        }
    }
    db.close().await;
    anchored(&host, &anchor.unwrap());
    host
}

fn anchored(host: &Host, anchor: &Anchor) {
    let line = serde_json::to_string(anchor).unwrap() + "\n";
    fs::write(host.path("audit.anchors"), line).unwrap();
}

/// Does something to the database behind Wardroom's back.
async fn tamper(host: &Host, sql: &'static str) {
    let mut connection = SqliteConnection::connect(&host.database()).await.unwrap();
    for sql in ["pragma foreign_keys = off", sql] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn invariant_12_a_whole_log_verifies() {
    let host = host().await;
    let said = host.run(&["audit", "verify"]).done();
    assert!(said.contains("whole: 6 entries, 1 anchors"), "{said}");
}

#[tokio::test]
async fn invariant_12_verify_needs_no_configuration() {
    let host = host().await;
    fs::remove_file(host.path("wardroom.toml")).unwrap();
    let database = host.database();
    let arguments = [
        "audit",
        "verify",
        "--database",
        &database,
        "--anchors",
        "audit.anchors",
    ];
    host.run(&arguments).done();
}

#[tokio::test]
async fn invariant_12_verify_names_what_was_done_to_the_log() {
    for (sql, named) in [
        (
            "update audit_log set entry = replace(entry, '\"ana\"', '\"bo\"') where seq = 3",
            "entry 3 was changed",
        ),
        (
            "delete from audit_log where seq = 3",
            "entries 3 to 3 are missing",
        ),
        (
            "update audit_log set seq = 99 where seq = 2; update audit_log set seq = 2 where \
             seq = 3; update audit_log set seq = 3 where seq = 99",
            "entry 2 does not follow",
        ),
        (
            "insert into audit_log (seq, entry, prev_hash, hash, actor, verb) select 7, entry, \
             prev_hash, hash, actor, verb from audit_log where seq = 6",
            "entry 7 does not follow",
        ),
        (
            "delete from audit_log where seq > 5",
            "ends at entry 5, but it reached 6",
        ),
        (
            "delete from audit_log where seq > 2; update audit_head set seq = 2, hash = (select \
             hash from audit_log where seq = 2)",
            "ends at entry 2, but it reached 4",
        ),
        (
            "update audit_texts set text = '@innocent' where seq = 5 and name = 'subject'",
            "the text 'subject' of entry 5 was changed",
        ),
        (
            "update audit_log set actor = 'mallory' where seq = 4",
            "entry 4 is filed under another actor",
        ),
    ] {
        let host = host().await;
        tamper(&host, sql).await;
        let said = host.run(&["audit", "verify"]).bad();
        assert!(said.contains(named), "{sql}\n{said}");
        let json = host.run(&["audit", "verify", "--json"]);
        assert_eq!(json.status, 1);
        let json: Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(json["ok"], false);
        assert!(json["problems"].to_string().contains(named), "{json}");
    }
}

#[tokio::test]
async fn invariant_12_a_rewritten_log_does_not_fit_its_anchor() {
    let host = host().await;
    anchored(
        &host,
        &Anchor {
            seq: 4,
            hash: "0".repeat(64),
        },
    );
    let said = host.run(&["audit", "verify"]).bad();
    assert!(
        said.contains("entry 4 is not the one that was anchored"),
        "{said}"
    );
}

#[tokio::test]
async fn invariant_12_erased_texts_keep_the_log_whole() {
    let host = host().await;
    tamper(&host, "delete from audit_texts where seq = 2").await;
    host.run(&["audit", "verify"]).done();
}

#[test]
fn no_database_is_made_where_one_is_verified() {
    let host = Host::new();
    let said = host.run(&["audit", "verify"]).bad();
    assert!(said.contains("there is no database at"), "{said}");
    assert!(!host.path("wardroom.db").exists());
}

#[tokio::test]
async fn no_cell_of_an_export_starts_a_formula() {
    let host = host().await;
    let text = host.run(&["audit", "export", "--format", "csv"]).done();
    let mut sheet = csv::Reader::from_reader(text.as_bytes());
    let columns = sheet.headers().unwrap().clone();
    let mut rows = 0;
    for row in sheet.records() {
        let row = row.unwrap();
        rows += 1;
        for cell in &row {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
        let reason = columns
            .iter()
            .position(|column| column == "reason")
            .unwrap();
        assert_eq!(&row[reason], "'=HYPERLINK(\"https://evil.example\")");
    }
    assert_eq!(rows, 6);
}

#[tokio::test]
async fn exported_lines_can_be_verified_by_anybody() {
    let host = host().await;
    let text = host.run(&["audit", "export"]).done();
    let mut before = wardroom::domain::audit::GENESIS.to_owned();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["prev_hash"], before);
        let hash = wardroom::domain::audit::chain(&before, row["entry"].as_str().unwrap());
        assert_eq!(row["hash"], hash);
        before = hash;
    }
    assert_eq!(text.lines().count(), 6);
}

#[tokio::test]
async fn the_list_shows_the_last_entries_and_can_be_narrowed() {
    let host = host().await;
    let said = host.run(&["audit", "list", "--limit", "2"]).done();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[1].contains("#6") && lines[1].contains("@spam6@far.example"),
        "{said}"
    );
    let said = host
        .run(&["audit", "list", "--account", "@spam2@far.example"])
        .done();
    assert_eq!(said.lines().count(), 1, "{said}");
    let said = host.run(&["audit", "list", "--actor", "bo"]).done();
    assert_eq!(said, "");
}
