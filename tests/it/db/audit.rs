//! The audit log: a chain without gaps, however many write at once, with its personal texts beside
//! it.

use std::collections::BTreeMap;

use serde_json::json;
use wardroom::db::audit::AuditFilter;
use wardroom::domain::audit::{Anchor, Broken, GENESIS, NewEntry, SaltedText, Verifier};
use wardroom::domain::{CaseId, OperationId};

use super::{TestDb, at, db_tests, read, tx};

fn entry(actor: &str, case: i64, subject: &str) -> NewEntry {
    NewEntry {
        at: at(0),
        actor: actor.to_owned(),
        verb: "case.claimed".to_owned(),
        case: Some(CaseId(case)),
        operation: Some(OperationId(17)),
        detail: json!({"z": 1, "a": 2}),
        texts: BTreeMap::from([
            ("reason".to_owned(), "nul \u{1} spam".to_owned()),
            ("subject".to_owned(), subject.to_owned()),
        ]),
    }
}

/// Verifies the whole log as `wardroom audit verify` does.
async fn verify(t: &TestDb) -> Vec<Broken> {
    let mut verifier = Verifier::new([]);
    for row in read!(t.rows(0, i64::MAX)) {
        verifier.row(&row);
        let entry = serde_json::from_str(&row.entry).unwrap();
        let texts = read!(t.texts(row.seq, row.seq));
        for text in texts {
            let (salt, plain) = (text.salt, text.text);
            let salted = SaltedText { salt, text: plain };
            verifier.text(row.seq, &text.name, &salted, &entry);
        }
    }
    verifier.finish(Some(&read!(t.head())))
}

async fn an_empty_log_begins_at_genesis(t: &TestDb) {
    let genesis = Anchor {
        seq: 0,
        hash: GENESIS.to_owned(),
    };
    assert_eq!(read!(t.head()), genesis);
    tx!(t.append(&[]));
    assert_eq!(read!(t.head()), genesis);
    assert_eq!(verify(t).await, []);
}

async fn entries_are_chained_and_read_with_their_texts(t: &TestDb) {
    tx!(t.append(&[entry("ana", 1, "@x"), entry("bo", 2, "@y")]));
    tx!(t.append(&[entry("ana", 2, "@x")]));
    assert_eq!(verify(t).await, []);
    let all = AuditFilter {
        limit: 9,
        ..AuditFilter::default()
    };
    let rows = read!(t.entries(0, &all));
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (rows[0].entry.seq, rows[0].prev_hash.as_str()),
        (1, GENESIS)
    );
    assert_eq!(rows[1].prev_hash, rows[0].hash);
    assert_eq!(rows[1].entry.actor, "bo");
    assert_eq!(rows[1].texts, entry("bo", 2, "@y").texts);
    assert_eq!(rows[2].entry.detail, json!({"z": 1, "a": 2}));
    let head = read!(t.head());
    assert_eq!((head.seq, &head.hash), (3, &rows[2].hash));
    // Equal texts do not show as equal: each has its own salt.
    assert_ne!(
        rows[0].entry.texts["subject"],
        rows[2].entry.texts["subject"]
    );
}

async fn entries_are_filtered(t: &TestDb) {
    tx!(t.append(&[
        entry("ana", 1, "@x"),
        entry("bo", 2, "@y"),
        entry("ana", 2, "@x")
    ]));
    let all = AuditFilter {
        limit: 9,
        ..AuditFilter::default()
    };
    for (after, filter, expected) in [
        (1, all.clone(), vec![2, 3]),
        (
            0,
            AuditFilter {
                subject: Some("@x".to_owned()),
                ..all.clone()
            },
            vec![1, 3],
        ),
        (
            0,
            AuditFilter {
                subject: Some("nul \u{1} spam".to_owned()),
                ..all.clone()
            },
            vec![],
        ),
        (
            0,
            AuditFilter {
                actor: Some("bo".to_owned()),
                ..all.clone()
            },
            vec![2],
        ),
        (
            0,
            AuditFilter {
                case: Some(CaseId(2)),
                limit: 1,
                ..all.clone()
            },
            vec![2],
        ),
    ] {
        let found = read!(t.entries(after, &filter));
        let places: Vec<i64> = found.iter().map(|row| row.entry.seq).collect();
        assert_eq!(places, expected, "{filter:?}");
    }
    let of_two = AuditFilter {
        case: Some(CaseId(2)),
        limit: 1,
        ..all
    };
    assert_eq!(read!(t.latest_entries(&of_two))[0].entry.seq, 3);
}

async fn rows_and_texts_are_read_in_portions(t: &TestDb) {
    tx!(t.append(&[
        entry("ana", 1, "@x"),
        entry("bo", 2, "@y"),
        entry("ana", 2, "@z")
    ]));
    let places = |rows: Vec<wardroom::domain::audit::Row>| -> Vec<i64> {
        rows.iter().map(|row| row.seq).collect()
    };
    assert_eq!(places(read!(t.rows(0, 2))), [1, 2]);
    assert_eq!(places(read!(t.rows(2, 2))), [3]);
    let texts = read!(t.texts(2, 3));
    let names: Vec<_> = texts
        .iter()
        .map(|text| (text.seq, text.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [(2, "reason"), (2, "subject"), (3, "reason"), (3, "subject")]
    );
}

async fn concurrent_writers_append_one_after_another(t: &TestDb) {
    let writers = (0..16).map(|n| async move {
        let new = [entry("ana", n, "@x"), entry("bo", n, "@y")];
        tx!(t.append(&new));
    });
    futures::future::join_all(writers).await;
    assert_eq!(read!(t.head()).seq, 32);
    assert_eq!(verify(t).await, []);
    // What one transaction appends stands together.
    let cases: Vec<_> = read!(t.rows(0, 99))
        .iter()
        .map(|row| {
            row.entry
                .split("\"case\":")
                .nth(1)
                .unwrap()
                .split(',')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(cases.chunks(2).all(|pair| pair[0] == pair[1]), "{cases:?}");
}

async fn what_is_rolled_back_leaves_no_gap(t: &TestDb) {
    tx!(t.append(&[entry("ana", 1, "@x")]));
    let failed: Result<(), _> =
        t.db.write(|mut tx| async move {
            tx.append(&[entry("bo", 2, "@y")]).await?;
            Err(wardroom::db::DbError::Failed)
        })
        .await;
    assert!(failed.is_err());
    tx!(t.append(&[entry("ana", 3, "@z")]));
    assert_eq!(read!(t.head()).seq, 2);
    assert_eq!(verify(t).await, []);
}

db_tests!(
    an_empty_log_begins_at_genesis,
    entries_are_chained_and_read_with_their_texts,
    entries_are_filtered,
    rows_and_texts_are_read_in_portions,
    concurrent_writers_append_one_after_another,
    what_is_rolled_back_leaves_no_gap,
);
