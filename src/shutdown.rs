//! How the process ends: first softly (no new work, what runs goes on), then hard (what still runs
//! is dropped; the database holds everything that matters, and another process takes it over).

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The two signals, and the tasks that heed them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Nothing has ended yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says: begin nothing new, end when what you do is done.
    pub fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// Says: end now.
    pub fn hard(&self) -> &CancellationToken {
        &self.hard
    }

    /// Runs a task that the end waits for. The task watches [`Shutdown::soft`] by itself; the hard
    /// signal drops it wherever it waits.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let hard = self.hard.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = hard.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Asks every task to end, waits at most `patience`, then ends those that still run. Says
    /// whether all of them ended by themselves.
    pub async fn drain(&self, patience: Duration) -> bool {
        self.soft.cancel();
        self.tasks.close();
        let ended = tokio::time::timeout(patience, self.tasks.wait())
            .await
            .is_ok();
        self.hard.cancel();
        self.tasks.wait().await;
        ended
    }

    /// Waits until somebody asks the process to end (SIGTERM, SIGINT).
    ///
    /// # Errors
    /// When the operating system does not let us listen.
    pub async fn asked_to_end() -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn tasks_that_heed_the_soft_signal_end_by_themselves() {
        let shutdown = Shutdown::new();
        let finished = Arc::new(AtomicBool::new(false));
        let (soft, flag) = (shutdown.soft().clone(), Arc::clone(&finished));
        shutdown.spawn(async move {
            soft.cancelled().await;
            flag.store(true, Ordering::SeqCst);
        });
        assert!(shutdown.drain(Duration::from_mins(10)).await);
        assert!(finished.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn tasks_that_do_not_are_dropped() {
        let shutdown = Shutdown::new();
        shutdown.spawn(std::future::pending());
        assert!(!shutdown.drain(Duration::ZERO).await);
    }
}
