//! In-process wake-ups after a commit, so that nobody waits for the next look at the database.
//! They are a courtesy: a worker that misses one finds the work at its next tick.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};

/// Strangers can send what is too large to be taken: walks on their account come no closer.
const BETWEEN_EARLY_WALKS: TimeDelta = TimeDelta::minutes(1);

/// One signal for each kind of waiting work.
#[derive(Debug)]
pub struct Wake {
    /// New deliveries.
    pub deliveries: Notify,
    /// New or changed operations.
    pub operations: Notify,
    /// A webhook could not be taken: reconciliation shall walk at once.
    pub reconcile: Notify,
    /// Cards and thread messages to send.
    pub cards: Notify,
    /// Questions that need the server.
    pub replies: Notify,
    /// Their answers, for those who wait for one.
    pub answers: Notify,
    early_walk: Mutex<Option<DateTime<Utc>>>,
    changes: watch::Sender<u64>,
}

impl Default for Wake {
    fn default() -> Self {
        Self {
            deliveries: Notify::new(),
            operations: Notify::new(),
            reconcile: Notify::new(),
            cards: Notify::new(),
            replies: Notify::new(),
            answers: Notify::new(),
            early_walk: Mutex::new(None),
            changes: watch::Sender::new(0),
        }
    }
}

impl Wake {
    /// Says that cases changed: cards, operations and readers look again.
    pub fn cases_changed(&self) {
        self.changes.send_modify(|count| *count += 1);
        self.cards.notify_one();
        self.operations.notify_one();
    }

    /// Makes reconciliation walk at once, unless it was asked to less than a minute ago.
    pub fn walk_early(&self, now: DateTime<Utc>) {
        let mut last = self
            .early_walk
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| now - last >= BETWEEN_EARLY_WALKS) {
            *last = Some(now);
            self.reconcile.notify_one();
        }
    }

    /// Counts changes; a reader waits for the count to move and then reads the database.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
