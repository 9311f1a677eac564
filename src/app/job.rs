//! Workers of different kinds in one list.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::worker::run::Pace;
use crate::worker::{Tick, Worker};

/// A worker, and when it looks for work.
pub struct Job {
    name: &'static str,
    /// When it looks for work.
    pub pace: Pace,
    tick: Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<Tick>> + Send + Sync>,
}

impl Job {
    /// `worker` at `pace`.
    pub fn new(worker: impl Worker, pace: Pace) -> Self {
        let worker = Arc::new(worker);
        Self {
            name: worker.name(),
            pace,
            tick: Box::new(move || {
                let worker = Arc::clone(&worker);
                async move { worker.tick().await }.boxed()
            }),
        }
    }
}

impl Worker for Job {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        (self.tick)().await
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
