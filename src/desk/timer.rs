//! What time does: claims run out, operations wait too long, timed actions end.

use chrono::TimeDelta;

use super::Desk;
use super::error::{Halt, Halted, Internal};
use super::handle::CONTENTION_LIMIT;
use super::people::find_moderator;
use super::rules::Rules;
use super::unit::Unit;
use crate::db::operations::AddedOperation;
use crate::domain::decide::Command;
use crate::domain::operation::{self, Operation, OperationState, Outcome, ServerCall, Verb};
use crate::domain::permission::authorize;
use crate::domain::{AccountAction, Actor, CaseId, Fact, OperationId};

/// An operation that was not sent within this time is not sent any more: the world has moved on.
pub const OPERATION_WAITS: TimeDelta = TimeDelta::hours(1);

/// What a timer found due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A claim's end.
    Claim(CaseId),
    /// An operation that waited too long.
    Operation(OperationId),
    /// A timed action's end.
    TimedAction(OperationId),
}

impl Desk {
    /// Does what `due` asks for, if it still does.
    ///
    /// # Errors
    /// Only the database's; it is due again then.
    pub async fn time_passed(&self, due: Due) -> Result<(), Internal> {
        let rules = self.rules();
        for _ in 0..CONTENTION_LIMIT {
            match self.try_time_passed(&rules, due).await {
                Ok(()) => {
                    self.wake().cases_changed();
                    return Ok(());
                }
                Err(Halt::Stale) => {}
                Err(Halt::Refused(refused)) => {
                    tracing::warn!(?due, why = %refused.text, "a timer found nothing to do");
                    return Ok(());
                }
                Err(Halt::Internal(error)) => return Err(error),
            }
        }
        Err(Internal::Contended(CONTENTION_LIMIT))
    }

    async fn try_time_passed(&self, rules: &Rules, due: Due) -> Halted<()> {
        let now = self.clock().now();
        self.db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                match due {
                    Due::Claim(case) => unit.expire_claim(case).await?,
                    Due::Operation(operation) => unit.expire_operation(operation).await?,
                    Due::TimedAction(operation) => unit.time_is_up(operation).await?,
                }
                unit.end().await?;
                Ok((tx, ()))
            })
            .await
    }
}

impl Unit<'_> {
    async fn expire_claim(&mut self, id: CaseId) -> Halted<()> {
        let case = self.need_case(id).await?;
        let context = self.context(Actor::Wardroom, &case).await?;
        self.apply(&case, &Command::ExpireClaim, &context).await?;
        Ok(())
    }

    async fn expire_operation(&mut self, id: OperationId) -> Halted<()> {
        let Some(mut operation) = self.tx.operation(id).await? else {
            return Ok(());
        };
        let is_late = operation.proposed_at + OPERATION_WAITS <= self.now;
        if !is_late || !operation.state.is_before_sending() {
            return Ok(());
        }
        if self
            .finish(&mut operation, OperationState::Expired, Outcome::Expired)
            .await?
        {
            self.tell_ended(&Actor::Wardroom, &operation, Vec::new())
                .await?;
        }
        Ok(())
    }

    /// A timed action ends: it is lifted if that was asked for and the asker still may, else the
    /// card asks.
    async fn time_is_up(&mut self, id: OperationId) -> Halted<()> {
        let Some(operation) = self.tx.operation(id).await? else {
            return Ok(());
        };
        if operation.ends_at.is_none_or(|end| end > self.now)
            || !self.tx.mark_time_is_up(id).await?
            || operation.undone_by.is_some()
        {
            return Ok(());
        }
        let lifted_by = if operation.request.lifts_by_itself {
            self.lift(&operation).await?
        } else {
            None
        };
        let verb = operation.request.verb;
        let fact = Fact::TimeIsUp {
            operation: id,
            verb,
            lifted_by,
        };
        self.tell_operation(&Actor::Wardroom, &operation, fact)
            .await
    }

    async fn lift(&mut self, operation: &Operation) -> Halted<Option<OperationId>> {
        let Some((verb, calls)) = lifting(operation) else {
            return Ok(None);
        };
        if self.standing.stop_automation.is_some() || self.standing.stop_all.is_some() {
            return Ok(None);
        }
        let Some(moderator) = find_moderator(&operation.actor, self.rules, &self.standing) else {
            return Ok(None);
        };
        let facts = self.facts_of(operation, &moderator).await?;
        let roles = self.rules.policy.roles();
        let Ok(grant) = authorize(&moderator, verb.permission(), &facts, roles) else {
            return Ok(None);
        };
        let request = operation::Request {
            verb,
            calls,
            seen: Vec::new(),
            reason: Some(format!("{} ended", operation.id)),
            lasts_seconds: None,
            lifts_by_itself: false,
            undoes: Some(operation.id),
            ..operation.request.clone()
        };
        match self.store(&grant, operation.case_id, request, None).await? {
            AddedOperation::New(id) | AddedOperation::Taken(id) => Ok(Some(id)),
        }
    }
}

/// The calls that lift what a timed operation set: its action alone, not the reports it closed.
fn lifting(operation: &Operation) -> Option<(Verb, Vec<ServerCall>)> {
    let (account, action) = operation.request.calls.iter().find_map(|call| match call {
        ServerCall::Act {
            account, action, ..
        } if *action != AccountAction::Warn => Some((account.clone(), *action)),
        _ => None,
    })?;
    Some((
        Verb::lifting(action)?,
        vec![ServerCall::Lift { account, action }],
    ))
}
