//! Group commit for deliveries: many requests at once share one commit and one wait for the disk,
//! and each is answered only after it (invariant 1).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::deliveries::{Added, NewDelivery};
use super::{Db, DbError};

/// Rows per commit, at most.
const ROWS: usize = 256;

/// How long the first row of a commit waits for others.
const GATHERING: Duration = Duration::from_millis(2);

/// Why a delivery was not stored in time. The sender is told to come back; if the row was
/// committed all the same, it will be a duplicate then.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Overloaded {
    /// More requests wait than we take.
    #[error("too many deliveries wait to be stored")]
    Queue,
    /// The database is slower than the deadline.
    #[error("the delivery was not stored within {} ms", .0.as_millis())]
    Slow(Duration),
    /// The database said no.
    #[error("the delivery was not stored: {0}")]
    Database(Arc<DbError>),
    /// The process is about to end.
    #[error("the delivery was not stored: Wardroom is shutting down")]
    Ending,
}

/// Hands deliveries to the one task that stores them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Committer {
    queue: mpsc::Sender<Waiting>,
    deadline: Duration,
}

#[derive(Debug)]
struct Waiting {
    new: NewDelivery,
    answer: oneshot::Sender<Result<Added, Overloaded>>,
}

impl Committer {
    /// Starts the task. At most `capacity` deliveries wait; each is stored within `deadline` or
    /// refused. The task ends, with its queue empty, when the last clone is dropped.
    pub fn start(db: Db, capacity: usize, deadline: Duration) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(capacity.max(1));
        let task = tokio::spawn(run(db, waiting));
        (Self { queue, deadline }, task)
    }

    /// Stores a delivery; the answer comes after the commit.
    ///
    /// # Errors
    /// [`Overloaded`]: answer the sender 503, it will come back.
    pub async fn add(&self, new: NewDelivery) -> Result<Added, Overloaded> {
        let (answer, answered) = oneshot::channel();
        self.queue
            .try_send(Waiting { new, answer })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Overloaded::Queue,
                mpsc::error::TrySendError::Closed(_) => Overloaded::Ending,
            })?;
        match timeout(self.deadline, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Overloaded::Ending),
            Err(_) => Err(Overloaded::Slow(self.deadline)),
        }
    }
}

async fn run(db: Db, mut queue: mpsc::Receiver<Waiting>) {
    while let Some(first) = queue.recv().await {
        let batch = gather(first, &mut queue).await;
        let (rows, answers): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (waiting.new, waiting.answer))
            .unzip();
        let results = store(&db, &rows).await;
        for (answer, result) in answers.into_iter().zip(results) {
            // Nobody waits any more when the deadline has passed.
            answer.send(result).ok();
        }
    }
}

async fn gather(first: Waiting, queue: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let until = Instant::now() + GATHERING;
    let mut batch = vec![first];
    while batch.len() < ROWS {
        match timeout_at(until, queue.recv()).await {
            Ok(Some(next)) => batch.push(next),
            Ok(None) | Err(_) => break,
        }
    }
    batch
}

/// Stores all rows in one commit; if that fails for another reason than load, each in its own, so
/// that one bad row does not refuse the others.
async fn store(db: &Db, rows: &[NewDelivery]) -> Vec<Result<Added, Overloaded>> {
    match commit(db, rows).await {
        Err(DbError::Other(_)) if rows.len() > 1 => {
            let mut results = Vec::with_capacity(rows.len());
            for row in rows {
                results.extend(each(commit(db, std::slice::from_ref(row)).await, 1));
            }
            results
        }
        result => each(result, rows.len()),
    }
}

/// The result of a commit, for each of its `count` rows.
fn each(result: Result<Vec<Added>, DbError>, count: usize) -> Vec<Result<Added, Overloaded>> {
    match result {
        Ok(added) => added.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(Overloaded::Database(Arc::new(error))); count],
    }
}

async fn commit(db: &Db, rows: &[NewDelivery]) -> Result<Vec<Added>, DbError> {
    db.write(|mut tx| async move {
        let mut added = Vec::with_capacity(rows.len());
        for row in rows {
            added.push(tx.add_delivery(row).await?);
        }
        Ok((tx, added))
    })
    .await
}
