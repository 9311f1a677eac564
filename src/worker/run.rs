//! Drives a worker: tick after tick, a pause when nothing waits, a longer one after each failure. It
//! never dies of a worker's error or panic, and it is the only place that lets time pass.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Tick, Worker};
use crate::desk::{Desk, Wake};
use crate::telemetry::readiness::{PartState, Readiness};

/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The pause after a first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// When a worker looks for work.
#[derive(Debug, Clone)]
pub struct Pace {
    /// At least this often.
    pub every: Duration,
    /// And whenever this is signalled.
    pub wake: Option<Signal>,
}

/// One of the desk's wake-ups.
#[derive(Debug, Clone)]
pub struct Signal {
    desk: Arc<Desk>,
    which: fn(&Wake) -> &Notify,
}

impl Pace {
    /// Every `every`.
    pub fn every(every: Duration) -> Self {
        Self { every, wake: None }
    }

    /// And when `which` of the desk's signals is given.
    #[must_use]
    pub fn or_when(self, desk: &Arc<Desk>, which: fn(&Wake) -> &Notify) -> Self {
        let desk = Arc::clone(desk);
        Self {
            wake: Some(Signal { desk, which }),
            ..self
        }
    }

    async fn pause(&self) {
        match &self.wake {
            Some(signal) => {
                let woken = (signal.which)(signal.desk.wake()).notified();
                // Whichever comes first; a time-out is the usual case and no failure.
                let _ = tokio::time::timeout(self.every, woken).await;
            }
            None => wait(self.every).await,
        }
    }
}

/// How the workers of this process fare: told on `/readyz`, and in the log once for each new kind
/// of trouble (a database that is away for an hour makes one line, not thousands).
#[derive(Debug)]
pub struct WorkerHealth {
    readiness: Arc<Readiness>,
    trouble: Mutex<BTreeMap<&'static str, String>>,
}

impl WorkerHealth {
    /// Tells `readiness`.
    pub fn new(readiness: Arc<Readiness>) -> Self {
        Self {
            readiness,
            trouble: Mutex::new(BTreeMap::new()),
        }
    }

    fn works(&self, name: &'static str) {
        let before = self.trouble().remove(name);
        if before.is_some() {
            tracing::info!(worker = name, "works again");
        }
        self.readiness.set(&part(name), PartState::Ready, "");
    }

    fn fails(&self, name: &'static str, text: String) {
        let before = self.trouble().insert(name, text.clone());
        if before.as_ref() != Some(&text) {
            tracing::error!(worker = name, error = %text, "failed; tries again");
        }
        self.readiness.set(&part(name), PartState::Degraded, text);
    }

    fn trouble(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker's part in readiness.
fn part(name: &str) -> String {
    format!("worker {name}")
}

/// Runs `worker` until `end` is cancelled; the tick that runs then is finished first.
pub async fn run<W: Worker>(
    worker: Arc<W>,
    pace: Pace,
    health: Arc<WorkerHealth>,
    end: CancellationToken,
) {
    let name = worker.name();
    let mut failures = 0;
    health.works(name);
    while !end.is_cancelled() {
        let pause = match caught_tick(&worker).await {
            Ok(tick) => {
                if failures > 0 {
                    health.works(name);
                }
                failures = 0;
                metrics::counter!("wardroom_worker_ticks_total", "worker" => name).increment(1);
                if tick == Tick::Worked {
                    continue;
                }
                None
            }
            Err(error) => {
                failures += 1;
                health.fails(name, format!("{error:#}"));
                metrics::counter!("wardroom_worker_errors_total", "worker" => name).increment(1);
                Some(pause_after(failures))
            }
        };
        tokio::select! {
            () = end.cancelled() => {}
            () = async {
                match pause {
                    Some(pause) => wait(pause).await,
                    None => pace.pause().await,
                }
            } => {}
        }
    }
}

/// A tick whose panic is an error.
async fn caught_tick<W: Worker>(worker: &Arc<W>) -> anyhow::Result<Tick> {
    let ticking = Arc::clone(worker);
    let mut task = Abandoned(tokio::spawn(async move { ticking.tick().await }));
    match (&mut task.0).await {
        Ok(result) => result,
        Err(error) => Err(anyhow::anyhow!("stopped in the middle: {error}")),
    }
}

/// Ends the tick when whoever waits for it is dropped (the hard end of the process).
struct Abandoned(tokio::task::JoinHandle<anyhow::Result<Tick>>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn pause_after(failures: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)))
        .min(LONGEST_PAUSE)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one loop that drives workers: between ticks time passes"
)]
async fn wait(span: Duration) {
    tokio::time::sleep(span).await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    struct Fragile {
        ticks: AtomicU32,
        end: CancellationToken,
    }

    impl Worker for Fragile {
        fn name(&self) -> &'static str {
            "fragile"
        }

        async fn tick(&self) -> anyhow::Result<Tick> {
            match self.ticks.fetch_add(1, Ordering::SeqCst) {
                0 => panic!("a bug"),
                1 => {
                    self.end.cancel();
                    Ok(Tick::Worked)
                }
                _ => Ok(Tick::Idle),
            }
        }
    }

    #[tokio::test]
    async fn a_panic_is_survived_and_the_end_is_heeded() {
        let end = CancellationToken::new();
        let worker = Arc::new(Fragile {
            ticks: AtomicU32::new(0),
            end: end.clone(),
        });
        let readiness = Arc::new(Readiness::default());
        let health = Arc::new(WorkerHealth::new(Arc::clone(&readiness)));
        let pace = Pace::every(Duration::from_millis(1));
        run(Arc::clone(&worker), pace, Arc::clone(&health), end).await;
        assert_eq!(worker.ticks.load(Ordering::SeqCst), 2);
        let parts = readiness.parts();
        assert_eq!(parts[0].part, "worker fragile");
        assert_eq!(parts[0].state, PartState::Ready);
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        assert_eq!(pause_after(1), FIRST_PAUSE);
        assert_eq!(pause_after(2), FIRST_PAUSE * 2);
        assert_eq!(pause_after(30), LONGEST_PAUSE);
    }
}
