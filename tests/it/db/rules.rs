//! What holds for every transaction on both databases.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use wardroom::db::DbError;
use wardroom::db::cases::CaseFilter;
use wardroom::db::deliveries::NewDelivery;
use wardroom::db::notes::NewNote;
use wardroom::domain::{CaseId, NoteId, Operation};

use super::sample::{ana, case, delivery, suspend};
use super::{MINUTE, TestDb, at, db_tests, read, tried, tx};

async fn an_error_rolls_everything_back(t: &TestDb) {
    let failed: Result<(), DbError> =
        t.db.write(|mut tx| async move {
            tx.set_setting("a", "1").await?;
            Err(DbError::Failed)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(read!(t.setting("a")), None);
}

async fn a_read_cannot_write(t: &TestDb) {
    let written: Result<(), DbError> =
        t.db.read(|mut tx| async move {
            tx.set_setting("a", "1").await?;
            Ok((tx, ()))
        })
        .await;
    assert!(matches!(written, Err(DbError::Other(_))), "{written:?}");
}

async fn a_read_sees_one_state_while_others_write(t: &TestDb) {
    tx!(t.set_setting("a", "1"));
    let seen =
        t.db.read(|mut tx| async move {
            let before = tx.setting("a").await?;
            tx!(t.set_setting("a", "2"));
            let after = tx.setting("a").await?;
            Ok::<_, DbError>((tx, (before, after)))
        })
        .await
        .unwrap();
    assert_eq!(seen, (Some("1".to_owned()), Some("1".to_owned())));
    assert_eq!(read!(t.setting("a")).as_deref(), Some("2"));
}

async fn what_is_not_committed_is_seen_by_nobody(t: &TestDb) {
    let seen =
        t.db.write(|mut tx| async move {
            tx.set_setting("a", "1").await?;
            let seen = read!(t.setting("a"));
            Ok::<_, DbError>((tx, seen))
        })
        .await
        .unwrap();
    assert_eq!(seen, None);
}

fn homeless_note() -> NewNote {
    NewNote {
        case_id: CaseId(404),
        author: ana(),
        text: "no such case".to_owned(),
        origin: None,
        written_at: at(0),
    }
}

async fn rows_belong_to_rows_that_are_there(t: &TestDb) {
    let added: Result<NoteId, DbError> = tried!(t.add_note(&homeless_note()));
    assert!(matches!(added, Err(DbError::Other(_))), "{added:?}");
}

async fn a_swallowed_error_keeps_nothing(t: &TestDb) {
    let swallowed =
        t.db.write(|mut tx| async move {
            tx.set_setting("a", "1").await?;
            tx.add_note(&homeless_note()).await.ok();
            Ok((tx, ()))
        })
        .await;
    assert!(matches!(swallowed, Err(DbError::Failed)), "{swallowed:?}");
    assert_eq!(read!(t.setting("a")), None);
}

async fn a_lost_race_is_run_again_up_to_five_times(t: &TestDb) {
    let runs = AtomicUsize::new(0);
    tx!(t.add_case(&case("1")));
    let lost =
        t.db.write(|tx| async {
            let mut tx = tx;
            runs.fetch_add(1, Ordering::Relaxed);
            let id = tx.add_case(&case("1")).await?;
            Ok::<_, DbError>((tx, id))
        })
        .await;
    assert!(matches!(lost, Err(DbError::Busy)), "{lost:?}");
    assert_eq!(runs.into_inner(), 5);
}

async fn of_many_who_open_a_case_at_once_one_does(t: &TestDb) {
    let open_or_find = || {
        t.db.write(|mut tx| async move {
            let id = match tx.unresolved_case_on(&case("1").target).await? {
                Some(case) => case.id,
                None => tx.add_case(&case("1")).await?,
            };
            Ok::<_, DbError>((tx, id))
        })
    };
    let ids: BTreeSet<CaseId> = join_all((0..12).map(|_| open_or_find()))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(
        read!(t.cases(&CaseFilter {
            limit: 9,
            ..CaseFilter::default()
        }))
        .len(),
        1
    );
}

async fn of_many_who_propose_the_same_one_is_stored(t: &TestDb) {
    join_all((0..12).map(|_| async { tx!(t.add_operation(&suspend("1"))) })).await;
    assert_eq!(read!(t.recent_operations(99)).len(), 1);
}

async fn of_many_who_save_a_version_one_does(t: &TestDb) {
    let id = tx!(t.add_case(&case("1")));
    let stored = read!(t.case(id)).unwrap();
    let saved = join_all((0..12).map(|_| async { tx!(t.save_case(&stored)) })).await;
    assert_eq!(saved.into_iter().filter(|saved| *saved).count(), 1);
    assert_eq!(read!(t.case(id)).unwrap().version, 2);
}

/// Eight workers claim until nothing is left.
async fn claimed_by_eight<Row, Claim>(claim: impl Fn() -> Claim) -> Vec<Row>
where
    Claim: Future<Output = Option<Row>>,
{
    let worker = || async {
        let mut rows = Vec::new();
        while let Some(row) = claim().await {
            rows.push(row);
        }
        rows
    };
    let all = join_all((0..8).map(|_| worker())).await;
    all.into_iter().flatten().collect()
}

async fn no_row_is_claimed_twice(t: &TestDb) {
    const ROWS: usize = 40;
    for n in 0..ROWS {
        tx!(t.add_delivery(&delivery(&n.to_string())));
        tx!(t.add_operation(&suspend(&n.to_string())));
        let id = tx!(t.add_case(&case(&n.to_string())));
        tx!(t.want_card(id, &"mods".into(), 1));
    }
    let deliveries =
        claimed_by_eight(|| async { tx!(t.claim_delivery("w", at(0), MINUTE)).map(|row| row.id) });
    let operations = claimed_by_eight(|| async {
        tx!(t.claim_operation("w", at(0), MINUTE)).map(|row: Operation| row.id)
    });
    let cards = claimed_by_eight(|| async {
        tx!(t.claim_card("w", &["mods".into()], at(0), MINUTE)).map(|row| row.case_id)
    });
    let (deliveries, operations, cards) = tokio::join!(deliveries, operations, cards);
    assert_eq!(deliveries.len(), ROWS);
    assert_eq!(BTreeSet::from_iter(deliveries).len(), ROWS);
    assert_eq!(operations.len(), ROWS);
    assert_eq!(BTreeSet::from_iter(operations).len(), ROWS);
    assert_eq!(cards.len(), ROWS);
    assert_eq!(BTreeSet::from_iter(cards).len(), ROWS);
}

async fn changes_are_numbered_without_gaps_however_many_write(t: &TestDb) {
    let writers = (0..16).map(|n| async move { tx!(t.add_case(&case(&n.to_string()))) });
    join_all(writers).await;
    let numbers: Vec<i64> = read!(t.changes_after(0, 99))
        .into_iter()
        .map(|(seq, _)| seq)
        .collect();
    assert_eq!(numbers, (1..=16).collect::<Vec<_>>());
}

async fn text_is_ordered_by_its_bytes(t: &TestDb) {
    let names = ["B", "Z", "_", "a", "a b", "a-b", "ab", "z", "é", "日"];
    for name in names.iter().rev() {
        tx!(t.set_setting(name, ""));
    }
    let ordered: Vec<String> = read!(t.settings(""))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(ordered, names);
}

async fn times_are_ordered_with_and_without_milliseconds(t: &TestDb) {
    let second = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    for milliseconds in [2, 1000, 0, 100, 1] {
        let new = NewDelivery {
            received_at: second + chrono::TimeDelta::milliseconds(milliseconds),
            ..delivery(&milliseconds.to_string())
        };
        tx!(t.add_delivery(&new));
    }
    let mut order = Vec::new();
    while let Some(claimed) = tx!(t.claim_delivery("w", at(9), MINUTE)) {
        order.push((claimed.received_at - second).num_milliseconds());
    }
    assert_eq!(order, [0, 1, 2, 100, 1000]);
}

async fn a_writer_who_waited_long_enough_is_told_busy(t: &TestDb) {
    let impatient = TestDb {
        db: t.impatient().await,
        url: t.url.clone(),
        _folder: None,
    };
    let blocker = t.block().await;
    let written = tried!(impatient.set_setting("a", "1"));
    assert!(matches!(written, Err(DbError::Busy)), "{written:?}");
    blocker.close().await;
    tx!(impatient.set_setting("a", "1"));
    impatient.db.close().await;
}

async fn a_closed_database_is_unavailable(t: &TestDb) {
    t.db.close().await;
    let written = tried!(t.set_setting("a", "1"));
    assert!(
        matches!(written, Err(DbError::Unavailable(_))),
        "{written:?}"
    );
}

async fn the_schema_version_is_known(t: &TestDb) {
    assert_eq!(read!(t.schema_version()), wardroom::db::schema::known());
}

db_tests!(
    an_error_rolls_everything_back,
    a_read_cannot_write,
    a_read_sees_one_state_while_others_write,
    what_is_not_committed_is_seen_by_nobody,
    rows_belong_to_rows_that_are_there,
    a_swallowed_error_keeps_nothing,
    a_lost_race_is_run_again_up_to_five_times,
    of_many_who_open_a_case_at_once_one_does,
    of_many_who_propose_the_same_one_is_stored,
    of_many_who_save_a_version_one_does,
    no_row_is_claimed_twice,
    changes_are_numbered_without_gaps_however_many_write,
    text_is_ordered_by_its_bytes,
    times_are_ordered_with_and_without_milliseconds,
    a_writer_who_waited_long_enough_is_told_busy,
    a_closed_database_is_unavailable,
    the_schema_version_is_known,
);
