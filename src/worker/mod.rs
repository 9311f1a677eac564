//! The workers: each takes waiting work from the database, one piece a tick, and talks to the server
//! or to a chat. They decide nothing about cases: the desk does.
//!
//! What a worker holds is leased and fenced, so several processes may run the same workers, and
//! what one leaves behind when it dies another takes over. A wake-up only shortens the wait.

pub mod anchors;
pub mod clients;
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
