//! What became of operations: written with the case that follows, in one transaction, guarded by
//! the operation's fence.

use chrono::TimeDelta;

use super::Desk;
use super::error::{Halt, Halted, Internal, Refused};
use super::handle::CONTENTION_LIMIT;
use super::inbound::{Answer, AnswerKind, Reply};
use super::people::{account_facts, domain_facts};
use super::rules::Rules;
use super::unit::Unit;
use crate::db::operations::OperationChange;
use crate::domain::decide::Command;
use crate::domain::operation::{Operation, OperationState, Outcome, ServerCall, Tier};
use crate::domain::permission::TargetFacts;
use crate::domain::{
    Account, Actor, CaseId, Fact, Moderator, OperationId, Report, ReportId, Target, Verb,
};

impl Desk {
    /// Takes an operation that ended (its `state`, `outcome`, `inverse` are set), with what was
    /// read from the server after it: the reports on its target and the account. Says whether the
    /// caller still held the operation; if not, nothing was written.
    ///
    /// # Errors
    /// [`Internal`] when the database fails; the operation is then as before.
    pub async fn outcome(
        &self,
        operation: &Operation,
        reports: &[Report],
        account: Option<&Account>,
    ) -> Result<bool, Internal> {
        let rules = self.rules();
        for _ in 0..CONTENTION_LIMIT {
            match self
                .write_outcome(&rules, operation, reports, account)
                .await
            {
                Ok(held) => {
                    self.wake().cases_changed();
                    return Ok(held);
                }
                Err(Halt::Stale) => {}
                Err(Halt::Refused(refused)) => {
                    return Err(Internal::Unreadable {
                        what: "outcome",
                        why: refused.text,
                    });
                }
                Err(Halt::Internal(error)) => return Err(error),
            }
        }
        Err(Internal::Contended(CONTENTION_LIMIT))
    }

    async fn write_outcome(
        &self,
        rules: &Rules,
        operation: &Operation,
        reports: &[Report],
        account: Option<&Account>,
    ) -> Halted<bool> {
        let now = self.clock().now();
        self.db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                let mut operation = operation.clone();
                if let Some(account) = account {
                    unit.tx.save_account(account, now).await?;
                }
                let closed = unit.take_in(&operation, reports).await?;
                unit.forget_rejected(&operation).await?;
                unit.complete(&mut operation, &closed);
                if !unit.tx.save_operation(&operation).await? {
                    return Ok((tx, false));
                }
                if let Some(undone) = operation.request.undoes
                    && operation.outcome.as_ref().is_some_and(Outcome::took_effect)
                {
                    unit.tx.mark_undone(undone, operation.id).await?;
                }
                let actor = Actor::Moderator(operation.actor.clone());
                unit.tell_ended(&actor, &operation, closed).await?;
                unit.end().await?;
                Ok((tx, true))
            })
            .await
    }
}

impl Unit<'_> {
    /// Stores the reports as the server showed them after the operation. Says which of the
    /// case's reports became resolved. Reports that no case holds yet are left to their event.
    async fn take_in(
        &mut self,
        operation: &Operation,
        reports: &[Report],
    ) -> Halted<Vec<ReportId>> {
        let mut closed = Vec::new();
        for report in reports {
            let Some((case, before)) = self.tx.report(&report.id).await? else {
                continue;
            };
            if report.updated_at < before.updated_at {
                continue;
            }
            if Some(case) == operation.case_id && report.resolved {
                // Its echo may have been faster than its answer: what was resolved since the
                // operation was asked is the operation's.
                let since = report
                    .resolved_at
                    .is_none_or(|at| at + SKEW >= operation.proposed_at);
                if !before.resolved || since {
                    closed.push(report.id.clone());
                }
            }
            self.tx.save_report(case, report).await?;
        }
        Ok(closed)
    }

    /// A rejected sign-up is gone from the server: nothing waits for approval any more.
    async fn forget_rejected(&mut self, operation: &Operation) -> Halted<()> {
        if operation.request.verb == Verb::Reject
            && operation.outcome.as_ref().is_some_and(Outcome::took_effect)
            && let Target::Account(id) = &operation.request.target
            && let Some(mut account) = self.tx.account(id).await?
        {
            account.state.approved = None;
            self.tx.save_account(&account, self.now).await?;
        }
        Ok(())
    }

    /// What is known only now: when a timed action ends, and which reports an undo reopens.
    fn complete(&self, operation: &mut Operation, closed: &[ReportId]) {
        let took_effect = operation.outcome.as_ref().is_some_and(Outcome::took_effect);
        operation.done_at = Some(self.now);
        operation.ends_at = operation
            .request
            .lasts_seconds
            .filter(|_| took_effect)
            .and_then(TimeDelta::try_seconds)
            .map(|lasts| self.now + lasts);
        if let Some(inverse) = &mut operation.inverse
            && operation.request.verb.resolves_reports()
            && took_effect
        {
            let reopen = closed.iter().map(|report| ServerCall::Reopen {
                report: report.clone(),
            });
            inverse.calls.extend(reopen);
        }
    }

    /// The case follows an operation that ended; the audit log and the thread hear of it.
    pub(super) async fn tell_ended(
        &mut self,
        actor: &Actor,
        operation: &Operation,
        closed: Vec<ReportId>,
    ) -> Halted<()> {
        let Some(outcome) = operation.outcome.clone() else {
            return Ok(());
        };
        // A claim shown on the server is no news; only that it could not be shown is.
        let is_news = operation.request.verb.tier() != Tier::Coordinate || !outcome.took_effect();
        let case = match operation.case_id {
            Some(id) if is_news => self.tx.case(id).await?,
            _ => None,
        };
        let Some(case) = case else {
            let verb = operation.request.verb;
            let ended = Fact::Ended {
                operation: operation.id,
                verb,
                outcome,
                also_closed: Vec::new(),
            };
            self.audit_operation(actor, operation, &ended);
            return Ok(());
        };
        let context = self.context(actor.clone(), &case).await?;
        let command = Command::Ended {
            operation: Box::new(operation.clone()),
            closed,
        };
        self.apply(&case, &command, &context).await?;
        Ok(())
    }

    /// A fact about an operation: in its case's thread if it has one, in the audit log always.
    pub(super) async fn tell_operation(
        &mut self,
        actor: &Actor,
        operation: &Operation,
        fact: Fact,
    ) -> Halted<()> {
        if let Some(id) = operation.case_id
            && let Some(case) = self.tx.case(id).await?
        {
            let reports = self.tx.case_reports(id).await?;
            self.tell(&case, actor, fact, &reports).await?;
            return self.touch(id).await;
        }
        self.audit_operation(actor, operation, &fact);
        Ok(())
    }

    fn audit_operation(&mut self, actor: &Actor, operation: &Operation, fact: &Fact) {
        let mut entry = self.entry(actor, fact.verb());
        entry.case = operation.case_id;
        entry.operation = Some(operation.id);
        entry.detail = serde_json::json!({ "fact": fact });
        entry
            .texts
            .insert("subject".to_owned(), operation.request.target_text.clone());
        self.audit(entry);
    }

    /// A fact for the timeline and the threads of a case, whose audit entry is written elsewhere.
    pub(super) async fn tell_thread(
        &mut self,
        id: CaseId,
        actor: &Actor,
        fact: Fact,
    ) -> Halted<()> {
        let Some(case) = self.tx.case(id).await? else {
            return Ok(());
        };
        let reports = self.tx.case_reports(id).await?;
        self.post(&case, actor, fact, &reports).await
    }

    /// Ends an operation that was not sent. Says whether it was still unsent.
    pub(super) async fn finish(
        &mut self,
        operation: &mut Operation,
        state: OperationState,
        outcome: Outcome,
    ) -> Halted<bool> {
        operation.state = state;
        operation.outcome = Some(outcome);
        operation.done_at = Some(self.now);
        let change = OperationChange {
            outcome: operation.outcome.clone(),
            done_at: operation.done_at,
            ..OperationChange::to(state)
        };
        let from = [
            OperationState::Waiting,
            OperationState::Held,
            OperationState::Ready,
        ];
        Ok(self
            .tx
            .change_operation_before_sending(operation.id, &from, &change)
            .await?)
    }

    /// What matters about an operation's target for the right to decide about it.
    pub(super) async fn facts_of(
        &mut self,
        operation: &Operation,
        moderator: &Moderator,
    ) -> Halted<TargetFacts> {
        Ok(match &operation.request.target {
            Target::Account(id) => match self.tx.account(id).await? {
                Some(account) => {
                    let reports = match operation.case_id {
                        Some(case) => self.tx.case_reports(case).await?,
                        None => Vec::new(),
                    };
                    account_facts(&account, &reports, moderator, self.rules, &self.standing)
                }
                None => TargetFacts::default(),
            },
            Target::Domain(domain) => domain_facts(domain, self.rules),
            _ => TargetFacts::default(),
        })
    }

    /// `settle op-17 done|not-done`: a person says what nobody could tell.
    pub(super) async fn settle(
        &mut self,
        moderator: &Moderator,
        id: OperationId,
        done: bool,
        reason: Option<&str>,
    ) -> Halted<Reply> {
        let Some(reason) = reason else {
            return Err(Refused::new("Say how you know: add --reason \"…\".").into());
        };
        let Some(mut operation) = self.tx.operation(id).await? else {
            return Err(Refused::new(format!("There is no {id}.")).into());
        };
        if operation.state != OperationState::Unsettled {
            return Err(Refused::new(format!(
                "{id} is {}: there is nothing to settle.",
                operation.state.word()
            ))
            .into());
        }
        operation.state = if done {
            OperationState::Done
        } else {
            OperationState::Refused
        };
        operation.outcome = Some(Outcome::Settled {
            by: moderator.name.clone(),
            done,
        });
        operation.inverse = operation.inverse.take().filter(|_| done);
        self.complete(&mut operation, &[]);
        if !self.tx.save_operation(&operation).await? {
            return Err(Halt::Stale);
        }
        let actor = Actor::Moderator(moderator.name.clone());
        let mut entry = self.entry(&actor, "operation.settled");
        entry.operation = Some(id);
        entry.case = operation.case_id;
        entry.detail = serde_json::json!({ "done": done });
        entry.texts.insert("reason".to_owned(), reason.to_owned());
        self.audit(entry);
        self.tell_ended(&actor, &operation, Vec::new()).await?;
        let said = if done {
            "took effect"
        } else {
            "did not take effect"
        };
        let text = format!("{id} is settled: it {said}.");
        Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
    }
}

/// How far the server's clock may be off ours.
const SKEW: TimeDelta = TimeDelta::minutes(5);
