//! The committer: answers after the commit, refuses what it cannot do in time, loses nothing.

use std::time::Duration;

use futures::future::join_all;
use wardroom::db::committer::{Committer, Overloaded};
use wardroom::db::deliveries::Added;

use super::sample::delivery;
use super::{TestDb, db_tests, read};

const LONG: Duration = Duration::from_secs(30);

async fn each_sender_gets_the_answer_to_its_own(t: &TestDb) {
    let (committer, _task) = Committer::start(t.db.clone(), 1000, LONG);
    let keys: Vec<String> = (0..300).map(|n| (n % 250).to_string()).collect();
    let added = join_all(keys.iter().map(|key| committer.add(delivery(key)))).await;
    for (key, added) in keys.iter().zip(&added).take(250) {
        let Ok(Added::New(id)) = added else {
            panic!("{key}: {added:?}");
        };
        assert_eq!(read!(t.delivery(*id)).unwrap().dedupe_key, *key);
    }
    assert!(
        added[250..]
            .iter()
            .all(|added| matches!(added, Ok(Added::Duplicate)))
    );
}

async fn an_answer_means_that_it_is_committed(t: &TestDb) {
    let (committer, task) = Committer::start(t.db.clone(), 10, LONG);
    let Ok(Added::New(id)) = committer.add(delivery("a")).await else {
        panic!("not stored");
    };
    task.abort();
    assert!(read!(t.delivery(id)).is_some());
}

async fn overload_is_said_at_once_or_at_the_deadline_and_loses_nothing(t: &TestDb) {
    let blocker = t.block().await;
    let (committer, _task) = Committer::start(t.db.clone(), 1, Duration::from_millis(50));
    let added = join_all(["a", "b", "c"].map(|key| committer.add(delivery(key)))).await;
    assert!(matches!(added[0], Err(Overloaded::Slow(_))), "{added:?}");
    assert!(matches!(added[1], Err(Overloaded::Queue)), "{added:?}");
    assert!(matches!(added[2], Err(Overloaded::Queue)), "{added:?}");
    blocker.close().await;
    // The sender comes back; by then its first try was committed.
    let again = loop {
        match committer.add(delivery("a")).await {
            Err(Overloaded::Slow(_)) => {}
            answered => break answered,
        }
    };
    assert!(matches!(again, Ok(Added::Duplicate)), "{again:?}");
}

async fn what_waits_is_stored_before_the_task_ends(t: &TestDb) {
    let (committer, task) = Committer::start(t.db.clone(), 10, LONG);
    let add = {
        let committer = committer.clone();
        async move { committer.add(delivery("a")).await }
    };
    drop(committer);
    let (added, ended) = tokio::join!(add, task);
    assert!(matches!(added, Ok(Added::New(_))), "{added:?}");
    ended.unwrap();
}

async fn nothing_is_taken_after_the_end(t: &TestDb) {
    let (committer, task) = Committer::start(t.db.clone(), 10, LONG);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let added = committer.add(delivery("a")).await;
    assert!(matches!(added, Err(Overloaded::Ending)), "{added:?}");
}

db_tests!(
    each_sender_gets_the_answer_to_its_own,
    an_answer_means_that_it_is_committed,
    overload_is_said_at_once_or_at_the_deadline_and_loses_nothing,
    what_waits_is_stored_before_the_task_ends,
    nothing_is_taken_after_the_end,
);
