//! The last look before a call: one transaction reads stops, dry run, fence and right, issues the
//! permit, and commits that the call is sent (invariants 5, 6, 8, 9).

use super::probe::Seen;
use super::{LEASE, Operations, Run, STOPPED, inverse};
use crate::db::{DbError, Tx};
use crate::desk::standing::Standing;
use crate::desk::{Rules, account_facts, domain_facts, find_moderator};
use crate::domain::operation::{Operation, Step};
use crate::domain::permission::{self, Denied, Grant, Permit, TargetFacts, Withheld, authorize};
use crate::domain::{Moderator, OperationState, Target};

/// A step that is to be sent, with what was read before it.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) step: &'a mut Step,
    pub(super) seen: &'a Seen,
}

impl Operations {
    /// Issues the permit for one call and commits `sent_at` and the inverse with it, or says what
    /// stands in the way. After a stop the operation waits a second and asks again.
    pub(super) async fn permit(
        &self,
        run: &mut Run,
        wanted: Wanted<'_>,
    ) -> Result<Result<Permit, Withheld>, DbError> {
        let now = self.now();
        let rules = self.desk.rules();
        let (rules, seen) = (&*rules, wanted.seen);
        let sent = Step {
            sent_at: Some(now),
            ..wanted.step.clone()
        };
        let sending = Operation {
            state: OperationState::Sending,
            inverse: inverse::joined(
                run.operation.inverse.clone(),
                inverse::inverse(&sent.call, seen),
            ),
            ..run.operation.clone()
        };
        let waiting = Operation {
            state: if run.was_sent() {
                OperationState::Sending
            } else {
                OperationState::Ready
            },
            due_at: now + STOPPED,
            ..run.operation.clone()
        };
        let (sent_step, sending_now, waiting) = (&sent, &sending, &waiting);
        let issued = self
            .desk
            .db()
            .write(|mut tx| async move {
                let (id, fence) = (sending_now.id, sending_now.fence);
                let holds_fence = tx.extend_operation_lease(id, fence, now + LEASE).await?;
                let standing = standing(&mut tx, rules, sending_now, seen, holds_fence).await?;
                let issued = Permit::issue(standing);
                match &issued {
                    Ok(_) => {
                        tx.save_operation(sending_now).await?;
                        tx.save_step(id, sent_step, fence).await?;
                    }
                    Err(Withheld::Stopped(_)) => {
                        tx.save_operation(waiting).await?;
                        tx.extend_operation_lease(id, fence, waiting.due_at).await?;
                    }
                    Err(Withheld::FenceLost | Withheld::DryRun | Withheld::Denied(_)) => {}
                }
                Ok::<_, DbError>((tx, issued))
            })
            .await?;
        if issued.is_ok() {
            wanted.step.sent_at = sent.sent_at;
            run.keep(sent);
            run.operation = sending;
        }
        Ok(issued)
    }
}

/// How things stand for one call of `operation`.
async fn standing(
    tx: &mut Tx,
    rules: &Rules,
    operation: &Operation,
    seen: &Seen,
    holds_fence: bool,
) -> Result<permission::Standing, DbError> {
    let standing = Standing::load(tx, rules).await?;
    let by_file = rules
        .stop_file
        .as_ref()
        .filter(|file| file.exists())
        .map(|file| format!("everything is stopped by the file {}", file.display()));
    let grant = match find_moderator(&operation.actor, rules, &standing) {
        Some(moderator) => grant(tx, rules, &standing, operation, seen, &moderator).await?,
        None => Err(Denied::Offboarded),
    };
    Ok(permission::Standing {
        stopped: standing.stop_for(&operation.actor).or(by_file),
        dry_run: standing.is_dry_for(operation),
        holds_fence,
        grant,
    })
}

/// The right of the asker, checked again with what was read just now.
async fn grant(
    tx: &mut Tx,
    rules: &Rules,
    standing: &Standing,
    operation: &Operation,
    seen: &Seen,
    moderator: &Moderator,
) -> Result<Result<Grant, Denied>, DbError> {
    let mut facts = match (seen.target(), &operation.request.target) {
        (Some(account), _) => {
            let reports = match operation.case_id {
                Some(case) => tx.case_reports(case).await?,
                None => Vec::new(),
            };
            account_facts(account, &reports, moderator, rules, standing)
        }
        (None, Target::Domain(domain)) => domain_facts(domain, rules),
        (None, _) => TargetFacts::default(),
    };
    facts.in_batch = operation.batch.is_some();
    let permission = operation.request.verb.permission();
    Ok(authorize(
        moderator,
        permission,
        &facts,
        rules.policy.roles(),
    ))
}
