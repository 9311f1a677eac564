//! Writing back what a step came to, and reading back what was sent and not answered.

use chrono::{DateTime, Utc};

use super::probe::{self, Probe};
use super::{Next, Operations, READ_BACK, Run, UNREADABLE_FOR};
use crate::db::DbError;
use crate::domain::operation::{Operation, Step, StepAnswer};
use crate::domain::{OperationState, Outcome};
use crate::mastodon::client::ClientError;

/// So many reads must show no effect before a call counts as not applied.
const READS: u32 = 2;

impl Operations {
    /// Writes the operation, and a step, if the fence still holds; `leased_until` keeps it ours.
    pub(super) async fn write_back(
        &self,
        operation: &Operation,
        step: Option<&Step>,
        leased_until: Option<DateTime<Utc>>,
    ) -> Result<bool, DbError> {
        let (id, fence) = (operation.id, operation.fence);
        self.desk
            .db()
            .write(|mut tx| async move {
                if let Some(step) = step
                    && !tx.save_step(id, step, fence).await?
                {
                    return Ok((tx, false));
                }
                let mut held = tx.save_operation(operation).await?;
                if let Some(until) = leased_until {
                    held = held && tx.extend_operation_lease(id, fence, until).await?;
                }
                Ok((tx, held))
            })
            .await
    }

    /// A step has its answer.
    pub(super) async fn answered(
        &self,
        run: &mut Run,
        mut step: Step,
        answer: StepAnswer,
    ) -> anyhow::Result<Next> {
        step.answer = Some(answer);
        let (id, fence) = (run.operation.id, run.operation.fence);
        let saved = &step;
        let held = self
            .desk
            .db()
            .write(|mut tx| async move {
                let held = tx.save_step(id, saved, fence).await?;
                Ok::<_, DbError>((tx, held))
            })
            .await?;
        run.keep(step);
        Ok(if held { Next::GoesOn } else { Next::Waits })
    }

    /// Nothing is to be sent before `at`.
    pub(super) async fn postpone(
        &self,
        run: &mut Run,
        step: Option<&Step>,
        at: DateTime<Utc>,
    ) -> anyhow::Result<Next> {
        if let Some(step) = step {
            run.keep(step.clone());
        }
        run.operation.due_at = at;
        // What was sent in part can be neither cancelled nor expired.
        run.operation.state = if run.was_sent() {
            OperationState::Sending
        } else {
            OperationState::Ready
        };
        self.write_back(&run.operation, step, Some(at)).await?;
        Ok(Next::Waits)
    }

    /// A step is in doubt until `at`, when it is read back.
    pub(super) async fn check_later(
        &self,
        run: &mut Run,
        step: Step,
        at: DateTime<Utc>,
    ) -> anyhow::Result<Next> {
        run.operation.due_at = at;
        run.operation.state = OperationState::Checking;
        self.write_back(&run.operation, Some(&step), None).await?;
        run.keep(step);
        Ok(Next::Waits)
    }

    /// A call that was sent and not answered, here or by a process that is gone: never sent again.
    pub(super) async fn read_back(&self, run: &mut Run, mut step: Step) -> anyhow::Result<Next> {
        let probe = probe::probe(&step.call);
        if probe == Probe::None {
            return Ok(Next::Ends(Outcome::Unsettled {
                why: "the server gave no usable answer, and a warning leaves nothing that could be read \
                      back"
                    .to_owned(),
            }));
        }
        let seen = match probe::look(self.clients.bot(), &probe).await {
            Ok(seen) => seen,
            Err(error) => return self.not_read_back(run, step, &error).await,
        };
        if let probe::Seen::Account(account) = &seen {
            run.account = Some((**account).clone());
        }
        if probe::is_in_effect(&step.call, &seen, run.own.as_ref()) {
            return self.answered(run, step, StepAnswer::Applied).await;
        }
        let before = match step.answer {
            Some(StepAnswer::Unanswered { reads }) => reads,
            _ => 0,
        };
        let reads = before + 1;
        step.answer = Some(StepAnswer::Unanswered { reads });
        if reads < READS {
            return self.check_later(run, step, self.now() + READ_BACK).await;
        }
        tracing::warn!(operation.id = %run.operation.id, step = step.n, "sent, and did not take effect");
        Ok(Next::Ends(match run.applied() {
            0 => Outcome::NotApplied,
            applied => Outcome::Partly {
                applied,
                why: "the server gave no usable answer to the next call, and two reads show no effect"
                    .to_owned(),
            },
        }))
    }

    async fn not_read_back(
        &self,
        run: &mut Run,
        step: Step,
        error: &ClientError,
    ) -> anyhow::Result<Next> {
        let now = self.now();
        let since = step.sent_at.unwrap_or(run.operation.proposed_at);
        if now - since >= UNREADABLE_FOR {
            return Ok(Next::Ends(Outcome::Unsettled {
                why: format!("the server could not be asked for an hour: {error}"),
            }));
        }
        let at = match error {
            ClientError::RateLimited { until } => *until,
            _ => now + READ_BACK,
        };
        self.check_later(run, step, at).await
    }
}
