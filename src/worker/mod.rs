//! The workers: each takes waiting work from the database, one piece a tick, and talks to the server
//! or to a chat. They decide nothing about cases: the desk does.
//!
//! What a worker holds is leased and fenced, so several processes may run the same workers, and
//! what one leaves behind when it dies another takes over. A wake-up only shortens the wait.
//!
//! | worker | looks | does |
//! |---|---|---|
//! | [`deliveries`] | when woken, every second | stored requests become events |
//! | [`operations`] | when woken, every second | changes the server |
//! | [`cards`] | when woken, every second | cards and threads in the chats |
//! | [`replies`] | when woken, every second | answers what needs the server |
//! | [`timers`] | every second | what is due; the stop file; forgetting |
//! | [`reconcile`] | every `[reconcile] every`, after a 413 | what webhooks missed |
//! | [`people`] | every five minutes | roles, frozen moderators, the token's rights |
//! | [`anchors`] | every few minutes, at the end | the audit log's end, outside the database |

pub mod anchors;
pub mod cards;
pub mod clients;
pub mod deliveries;
pub mod operations;
pub mod people;
pub mod reconcile;
pub mod replies;
pub mod run;
pub mod timers;

/// What one tick came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Something was done; there may be more.
    Worked,
    /// Nothing waits.
    Idle,
}

/// One kind of waiting work.
pub trait Worker: Send + Sync + 'static {
    /// The name in logs, metrics and readiness.
    fn name(&self) -> &'static str;

    /// Does one piece of work, if any waits. An error is told and the tick tried again later; what
    /// was not written back is then still waiting.
    fn tick(&self) -> impl Future<Output = anyhow::Result<Tick>> + Send;
}

/// Tells the metrics recorder what the workers' numbers mean; once per process.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "wardroom_worker_ticks_total",
        "Ticks of a worker that ended well."
    );
    metrics::describe_counter!(
        "wardroom_worker_errors_total",
        "Ticks of a worker that failed and are tried again."
    );
    metrics::describe_counter!(
        "wardroom_deliveries_total",
        "Deliveries by what became of them: handled, retried, quarantined, failed."
    );
    metrics::describe_counter!(
        "wardroom_operations_total",
        "Operations that ended, by command and outcome."
    );
    metrics::describe_counter!(
        "wardroom_thread_messages_skipped_total",
        "Thread messages that were given up after five tries."
    );
    metrics::describe_gauge!(
        "wardroom_reconcile_gap",
        "Events that the webhooks had missed, found by the last complete walk."
    );
    metrics::describe_counter!(
        "wardroom_reconcile_walks_total",
        "Complete walks of reconciliation."
    );
}
