//! What PostgreSQL alone can show: writers that truly run at once, and its own error codes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::Barrier;
use wardroom::db::DbError;
use wardroom::db::committer::{Committer, Overloaded};
use wardroom::db::deliveries::{Added, NewDelivery};

use super::sample::delivery;
use super::{MINUTE, TestDb, at, read, tx};

#[tokio::test]
async fn a_claim_passes_by_a_row_that_another_is_taking() {
    let Some(t) = &TestDb::postgres().await else {
        return;
    };
    for key in ["a", "b"] {
        tx!(t.add_delivery(&delivery(key)));
    }
    let (first, second) =
        t.db.write(|mut tx| async move {
            let first = tx.claim_delivery("w", at(0), MINUTE).await?.unwrap();
            let second = tx!(t.claim_delivery("x", at(0), MINUTE)).unwrap();
            Ok::<_, DbError>((tx, (first, second)))
        })
        .await
        .unwrap();
    assert_eq!(
        (first.dedupe_key, second.dedupe_key),
        ("a".to_owned(), "b".to_owned())
    );
}

#[tokio::test]
async fn of_two_in_a_deadlock_one_is_run_again_and_both_succeed() {
    let Some(t) = &TestDb::postgres().await else {
        return;
    };
    let (runs, met) = (AtomicUsize::new(0), Barrier::new(2));
    let lock = |first: &'static str, second: &'static str| {
        let (runs, met) = (&runs, &met);
        t.db.write(move |mut tx| async move {
            tx.set_setting(first, "1").await?;
            if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                met.wait().await;
            }
            tx.set_setting(second, "1").await?;
            Ok::<_, DbError>((tx, ()))
        })
    };
    let (one, two) = tokio::join!(lock("a", "b"), lock("b", "a"));
    one.unwrap();
    two.unwrap();
    assert_eq!(runs.into_inner(), 3);
}

#[tokio::test]
async fn error_codes_are_told_apart() {
    let Some(t) = &TestDb::postgres().await else {
        return;
    };
    let mut connection = PgConnection::connect(&t.url).await.unwrap();
    for (code, expected) in [
        ("40001", "Busy"),
        ("40P01", "Busy"),
        ("55P03", "Busy"),
        ("57014", "Busy"),
        ("53100", "Full"),
        ("53300", "Unavailable"),
        ("57P01", "Unavailable"),
        ("08006", "Unavailable"),
        ("23505", "Other"),
        ("22021", "Other"),
    ] {
        let sql = format!("do $$ begin raise exception using errcode = '{code}'; end $$");
        let error = sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap_err();
        let found = format!("{:?}", DbError::from(error));
        assert!(found.starts_with(expected), "{code}: {found}");
    }
}

#[tokio::test]
async fn deliveries_of_one_moment_share_a_commit() {
    let Some(t) = &TestDb::postgres().await else {
        return;
    };
    let (committer, task) = Committer::start(t.db.clone(), 1000, Duration::from_secs(30));
    let keys: Vec<String> = (0..300).map(|n| n.to_string()).collect();
    let added = join_all(keys.iter().map(|key| committer.add(delivery(key)))).await;
    assert!(added.iter().all(|added| matches!(added, Ok(Added::New(_)))));
    let mut connection = PgConnection::connect(&t.url).await.unwrap();
    let commits: Vec<i64> =
        sqlx::query_scalar("select count(*) from deliveries group by xmin order by min(id)")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(commits, [256, 44]);
    drop(committer);
    task.await.unwrap();
}

#[tokio::test]
async fn one_bad_row_does_not_refuse_the_others() {
    let Some(t) = &TestDb::postgres().await else {
        return;
    };
    let (committer, _task) = Committer::start(t.db.clone(), 10, Duration::from_secs(30));
    let bad = NewDelivery {
        event_name: Some("nul \u{0}".to_owned()),
        ..delivery("b")
    };
    let added = join_all([delivery("a"), bad, delivery("c")].map(|new| committer.add(new))).await;
    assert!(matches!(added[0], Ok(Added::New(_))), "{added:?}");
    assert!(
        matches!(added[1], Err(Overloaded::Database(_))),
        "{added:?}"
    );
    assert!(matches!(added[2], Ok(Added::New(_))), "{added:?}");
    assert_eq!(read!(t.deliveries(None, 9)).len(), 2);
}
