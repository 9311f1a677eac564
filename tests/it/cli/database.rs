//! `wardroom db`: backups, and the way back from one.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;
use wardroom::clock::{Clock as _, SystemClock};
use wardroom::db::{Db, DbError};
use wardroom::domain::audit::{Anchor, NewEntry};

use super::Host;

/// Writes an audit entry, so that two states of a database can be told apart.
async fn act(db: &Db, verb: &str) -> Anchor {
    let new = &NewEntry {
        at: SystemClock.now(),
        actor: "ana".to_owned(),
        verb: verb.to_owned(),
        case: None,
        operation: None,
        detail: json!({}),
        texts: BTreeMap::new(),
    };
    db.write(|mut tx| async move {
        tx.append(std::slice::from_ref(new)).await?;
        let head = tx.head().await?;
        Ok::<_, DbError>((tx, head))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_backup_is_restored_and_the_audit_log_says_so() {
    let host = Host::new();
    let db = host.open().await;
    act(&db, "before.backup").await;
    host.run(&["db", "backup", "saved.db"]).done();
    let given_up = act(&db, "after.backup").await;
    fs::write(
        host.path("audit.anchors"),
        json!(given_up).to_string() + "\n",
    )
    .unwrap();
    db.close().await;

    let said = host.run(&["db", "restore", "saved.db", "--force"]).done();
    assert!(
        said.contains("goes on at entry 2; entries 2 to 3"),
        "{said}"
    );
    let list = host.run(&["audit", "list"]).done();
    assert!(list.contains("before.backup"), "{list}");
    assert!(list.contains("database.restored"), "{list}");
    assert!(!list.contains("after.backup"), "{list}");
    host.run(&["audit", "verify"]).done();
}

#[tokio::test]
async fn what_is_there_is_not_given_up_by_accident() {
    let host = Host::new();
    let db = host.open().await;
    act(&db, "before.backup").await;
    host.run(&["db", "backup", "saved.db"]).done();
    let said = host.run(&["db", "backup", "saved.db"]).bad();
    assert!(said.contains("saved.db"), "{said}");
    act(&db, "after.backup").await;

    let said = host.run(&["db", "restore", "saved.db"]).bad();
    assert!(said.contains("add --force"), "{said}");
    // This process still has it open, as a running Wardroom would.
    let said = host.run(&["db", "restore", "saved.db", "--force"]).bad();
    assert!(said.contains("in use: stop Wardroom first"), "{said}");
    db.close().await;
    let list = host.run(&["audit", "list"]).done();
    assert!(list.contains("after.backup"), "{list}");
    assert!(!host.path("wardroom.db.restoring").exists());
}

#[tokio::test]
async fn what_is_no_backup_is_refused() {
    let host = Host::new();
    fs::write(host.path("letter.txt"), "Dear moderators").unwrap();
    let said = host.run(&["db", "restore", "letter.txt"]).bad();
    assert!(said.contains("no backup of a Wardroom"), "{said}");
    let said = host.run(&["db", "restore", "missing.db"]).bad();
    assert!(said.contains("missing.db"), "{said}");
    assert!(!host.path("wardroom.db").exists());
}

#[tokio::test]
async fn a_backup_is_restored_where_there_is_no_database() {
    let host = Host::new();
    let db = host.open().await;
    act(&db, "before.backup").await;
    host.run(&["db", "backup", "saved.db"]).done();
    db.close().await;
    fs::remove_file(host.path("wardroom.db")).unwrap();
    let said = host.run(&["db", "restore", "saved.db"]).done();
    assert!(said.contains("goes on at entry 2."), "{said}");
    host.run(&["audit", "verify"]).done();
}

#[test]
fn migrating_makes_the_schema() {
    let host = Host::new();
    let said = host.run(&["db", "migrate"]).done();
    assert_eq!(said, "The schema is up to date.\n");
    assert!(host.path("wardroom.db").exists());
    host.run(&["audit", "verify"]).done();
}
