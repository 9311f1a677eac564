//! In-process wake-ups after a commit, so that nobody waits for the next look at the database.
//! They are a courtesy: a worker that misses one finds the work at its next tick.

use tokio::sync::{Notify, watch};

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

    /// Counts changes; a reader waits for the count to move and then reads the database.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
