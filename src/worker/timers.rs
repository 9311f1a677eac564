//! What falls due by itself: claims run out, operations wait too long, timed actions end, the stop
//! and dry-run files appear, and what is not needed any more is forgotten.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::{Tick, Worker};
use crate::command::{Stop, StopScope};
use crate::db::DbError;
use crate::desk::{Desk, Due, HostCommand, OPERATION_WAITS};

/// How much of each kind is looked at in one tick.
const BATCH: i64 = 100;

/// Requests are remembered for so long, so that a repeated one gets the same answer.
const REQUESTS_KEPT: TimeDelta = TimeDelta::hours(72);
/// Answers that nobody fetched are forgotten after this: they may hold personal data.
const REPLIES_KEPT: TimeDelta = TimeDelta::minutes(15);
/// Changes serve readers that lost their connection for a while.
const CHANGES_KEPT: i64 = 100_000;
/// Handled deliveries that are forgotten in one tick.
const PRUNED_AT_ONCE: i64 = 1_000;

/// Does what time asks for.
#[derive(Debug)]
pub struct Timers {
    desk: Arc<Desk>,
}

impl Timers {
    /// How often it should look: the stop file must count within a second (invariant 9).
    pub const EVERY: Duration = Duration::from_millis(500);

    /// Timers of `desk`.
    pub fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }

    /// The stop file stops everything, for all processes: it is written to the settings and taken
    /// note of once. Lifting needs a person; the file must be gone then.
    async fn heed_stop_file(&self) -> anyhow::Result<()> {
        let rules = self.desk.rules();
        let Some(file) = &rules.stop_file else {
            return Ok(());
        };
        if !tokio::fs::try_exists(file).await.unwrap_or(false) || self.is_stopped().await? {
            return Ok(());
        }
        let stop = HostCommand::Stop(Stop::Set(StopScope::All));
        if let Err(refused) = self.desk.on_host(&stop).await? {
            tracing::warn!(why = %refused, "the stop file could not be heeded");
        }
        tracing::warn!(file = %file.display(), "the stop file appeared: everything is stopped");
        Ok(())
    }

    async fn is_stopped(&self) -> Result<bool, DbError> {
        let rules = self.desk.rules();
        let rules = &*rules;
        self.desk
            .db()
            .read(|mut tx| async move {
                let standing = crate::desk::standing::Standing::load(&mut tx, rules).await?;
                Ok((tx, standing.stop_all.is_some()))
            })
            .await
    }

    async fn due(&self) -> Result<Vec<Due>, DbError> {
        let now = self.desk.clock().now();
        self.desk
            .db()
            .read(|mut tx| async move {
                let claims = tx.claims_to_expire(now, BATCH).await?;
                let waiting = tx.waiting_to_expire(now - OPERATION_WAITS, BATCH).await?;
                let timed = tx.timed_operations_due(now, BATCH).await?;
                let due = claims.into_iter().map(Due::Claim);
                let due = due.chain(waiting.into_iter().map(Due::Operation));
                let due = due.chain(timed.into_iter().map(|one| Due::TimedAction(one.id)));
                Ok((tx, due.collect()))
            })
            .await
    }
}

impl Worker for Timers {
    fn name(&self) -> &'static str {
        "timers"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        self.heed_stop_file().await?;
        let due = self.due().await?;
        for one in &due {
            self.desk.time_passed(*one).await?;
        }
        // A claim under an operation that is on its way stays due: it is looked at again at the
        // next round, not at once.
        Ok(Tick::Idle)
    }
}

/// Forgets what is not needed any more.
#[derive(Debug)]
pub struct Retention {
    desk: Arc<Desk>,
    deliveries_kept: TimeDelta,
}

impl Retention {
    /// How often it should look.
    pub const EVERY: Duration = Duration::from_mins(1);

    /// Forgets handled deliveries after `deliveries_kept`, and the rest after fixed spans.
    pub fn new(desk: Arc<Desk>, deliveries_kept: TimeDelta) -> Self {
        Self {
            desk,
            deliveries_kept,
        }
    }
}

impl Worker for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let now = self.desk.clock().now();
        let deliveries_before = now - self.deliveries_kept;
        let pruned = self
            .desk
            .db()
            .write(|mut tx| async move {
                let last = tx.last_change().await?;
                tx.prune_changes(last - CHANGES_KEPT).await?;
                tx.prune_requests(now - REQUESTS_KEPT).await?;
                tx.prune_replies(now - REPLIES_KEPT).await?;
                tx.prune_tokens(now).await?;
                let pruned = tx
                    .prune_deliveries(deliveries_before, PRUNED_AT_ONCE)
                    .await?;
                Ok::<_, DbError>((tx, pruned))
            })
            .await?;
        Ok(if pruned > 0 { Tick::Worked } else { Tick::Idle })
    }
}
