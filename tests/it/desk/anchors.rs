//! The end of the audit log outside the database: a log cut short or rewritten does not pass.

use std::sync::Arc;

use wardroom::db::DbError;
use wardroom::domain::audit::{Broken, Verifier};
use wardroom::worker::anchors::{Anchors, read};
use wardroom::worker::{Tick, Worker};

use super::bench::{Bench, account, report};

#[tokio::test]
async fn invariant_12_anchors_name_what_was_cut_off() {
    let t = Bench::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("anchors.jsonl");
    let worker = Anchors::new(Arc::clone(&t.desk), file.clone());
    assert_eq!(
        worker.tick().await.unwrap(),
        Tick::Idle,
        "nothing to anchor yet"
    );
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    t.say("bo", "claim #1").await;
    assert_eq!(worker.tick().await.unwrap(), Tick::Worked);
    assert_eq!(
        worker.tick().await.unwrap(),
        Tick::Idle,
        "the log did not grow"
    );
    t.say("bo", "unclaim #1").await;
    worker.tick().await.unwrap();
    let anchors = read(&file).unwrap();
    assert_eq!(
        anchors.iter().map(|anchor| anchor.seq).collect::<Vec<_>>(),
        [2, 3]
    );

    let rows = t
        .desk
        .db()
        .read(|mut tx| async move {
            let rows = tx.rows(0, 100).await?;
            Ok::<_, DbError>((tx, rows))
        })
        .await
        .unwrap();
    let mut verifier = Verifier::new(anchors);
    rows.iter().take(2).for_each(|row| verifier.row(row));
    assert_eq!(
        verifier.finish(None),
        [Broken::Truncated {
            ends: 2,
            reached: 3
        }]
    );
}
