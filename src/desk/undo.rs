//! Taking operations back: an undo is an operation of its own, under the rules of the command
//! that its inverse is.

use super::confirm::Pending;
use super::error::{Halted, Refused};
use super::handle::Request;
use super::inbound::Reply;
use super::people::not_stopped;
use super::plan::{Plan, Planned};
use super::unit::Unit;
use super::words;
use crate::command::BROAD_BATCH;
use crate::domain::operation::{self, Inverse, Operation, ServerCall};
use crate::domain::permission::TargetFacts;
use crate::domain::{Moderator, OperationId, Permission};

impl Unit<'_> {
    /// `undo op-17`, or of the whole batch that op-17 leads.
    pub(super) async fn undo(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        id: OperationId,
        reason: Option<String>,
    ) -> Halted<Reply> {
        not_stopped(moderator, &self.standing)?;
        let mut planned = Vec::new();
        let mut left_out = Vec::new();
        let mut stays = Vec::new();
        let mut verb = None;
        let batch = self.batch(id).await?;
        // Taking back a broad batch is a broad batch itself.
        if batch.len() > BROAD_BATCH {
            self.grant_on(moderator, Permission::Batch, &TargetFacts::default())?;
        }
        for operation in batch {
            match undoable(&operation) {
                Ok(inverse) => {
                    verb.get_or_insert(inverse.verb);
                    stays.extend(inverse.stays.iter().cloned());
                    let facts = self.facts_of(&operation, moderator).await?;
                    self.grant_on(moderator, inverse.verb.permission(), &facts)?;
                    planned.push(plan_of(&operation, inverse, reason.clone()));
                }
                Err(why) => left_out.push(why),
            }
        }
        let Some(verb) = verb else {
            return Err(Refused::new(left_out.join("\n")).into());
        };
        let rule = self.rules.policy.rule(verb);
        if rule.reason && reason.is_none() {
            return Err(Refused::new(format!(
                "This undo is a {verb}, which needs a reason: add --reason \"…\"."
            ))
            .into());
        }
        stays.sort();
        stays.dedup();
        let text = words::undo_question(&planned, &stays, rule);
        let plan = Plan {
            verb,
            operations: planned,
            left_out,
            take_over: None,
        };
        if rule.confirm {
            return self
                .ask(moderator, request, &Pending::Plan { plan }, text)
                .await;
        }
        let grant = self.grant_on(moderator, verb.permission(), &TargetFacts::default())?;
        let reply = self.commit(moderator, &grant, plan, true).await?;
        Ok(match reply {
            Reply::Private(mut answer) => {
                answer.text = format!("{text}\n{}", answer.text);
                Reply::Private(answer)
            }
            other => other,
        })
    }
}

/// The inverse of an operation that can be taken back, or why it cannot.
fn undoable(operation: &Operation) -> Result<&Inverse, String> {
    let id = operation.id;
    let took_effect = operation
        .outcome
        .as_ref()
        .is_some_and(|outcome| outcome.took_effect() || outcome.is_partial());
    match (&operation.inverse, operation.undone_by, operation.state) {
        (_, Some(by), _) => Err(format!("{id} was taken back by {by} already.")),
        (_, None, state) if state.is_before_sending() => {
            Err(format!("{id} was not sent yet: `cancel {id}` stops it."))
        }
        _ if !took_effect => Err(format!(
            "{id} did not take effect: there is nothing to take back."
        )),
        (None, None, _) => Err(format!(
            "{id} ({}) cannot be taken back.",
            operation.request.verb
        )),
        (Some(inverse), None, _) => Ok(inverse),
    }
}

fn plan_of(operation: &Operation, inverse: &Inverse, reason: Option<String>) -> Planned {
    let reopened = inverse
        .calls
        .iter()
        .filter_map(|call| match call {
            ServerCall::Reopen { report } => Some(format!("report:{report}")),
            _ => None,
        })
        .collect::<Vec<_>>();
    let mut line = format!(
        "{} of {} by {}",
        operation.request.verb, operation.request.target_text, operation.actor
    );
    if !reopened.is_empty() {
        line = format!("{line}; opens {} again", reopened.join(", "));
    }
    Planned {
        case: operation.case_id,
        request: operation::Request {
            verb: inverse.verb,
            target: operation.request.target.clone(),
            target_text: operation.request.target_text.clone(),
            calls: inverse.calls.clone(),
            seen: Vec::new(),
            reason,
            lasts_seconds: None,
            lifts_by_itself: false,
            undoes: Some(operation.id),
        },
        line,
        is_remote: false,
        rules: Vec::new(),
    }
}
