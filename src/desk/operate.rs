//! Commands that change the server: plan, ask back if the policy says so, store as operations.
//! Nothing is sent here; the operation worker does that, with a permit of its own.

use super::confirm::Pending;
use super::error::{Halted, Refused};
use super::handle::Request;
use super::inbound::{Answer, AnswerKind, Button, Reply};
use super::people::not_stopped;
use super::plan::Plan;
use super::reply::LiveQuestion;
use super::unit::Unit;
use super::words;
use crate::command::{Act, Block, Command, Rule, Subject};
use crate::db::operations::{AddedOperation, OperationChange};
use crate::domain::case::Seen;
use crate::domain::domain_block::WantedBlock;
use crate::domain::operation::{self, Operation, OperationState, ServerCall, Tier, Verb};
use crate::domain::permission::TargetFacts;
use crate::domain::{Actor, BlockSeverity, CaseId, Fact, Grant, Moderator, OperationId, Target};

impl Unit<'_> {
    /// Every command on accounts and reports.
    pub(super) async fn act(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        act: &Act,
        seen: Option<&Seen>,
    ) -> Halted<Reply> {
        not_stopped(moderator, &self.standing)?;
        if let (Verb::Categorise, None, true, [Subject::Case(case)]) = (
            act.verb,
            &act.category,
            act.from_button,
            act.subjects.as_slice(),
        ) {
            return Ok(Reply::Private(words::which_category(*case)));
        }
        let plan = self.plan_act(act, moderator, seen).await?;
        let rule = self.rule(act, &plan);
        if rule.reason && act.reason.is_none() {
            return self.ask_for_reason(act, &plan);
        }
        let grant = self.grant_on(moderator, act.verb.permission(), &TargetFacts::default())?;
        // A press that carries its reason was the confirmation: its presser read the effect.
        let confirmed = act.from_button && rule.reason && plan.operations.len() == 1;
        if plan.take_over.is_some() || (rule.confirm && !confirmed) {
            let text = words::question(&plan, act, &self.standing, self.rules.hold, rule);
            return self
                .ask(moderator, request, &Pending::Plan { plan }, text)
                .await;
        }
        self.commit(moderator, &grant, plan, act.take_over).await
    }

    /// The friction of a command on these targets: limiting one remote account by button is as
    /// easily undone as it is done.
    fn rule(&self, act: &Act, plan: &Plan) -> Rule {
        let mut rule = self.rules.policy.rule_of(&Command::Act(act.clone()));
        let one_remote =
            plan.operations.len() == 1 && plan.operations.iter().all(|planned| planned.is_remote);
        if act.verb == Verb::Limit && act.from_button && one_remote {
            rule.confirm = false;
            rule.reason = false;
        }
        rule
    }

    /// A button without a reason opens the one-press reasons; words are told to give one.
    fn ask_for_reason(&self, act: &Act, plan: &Plan) -> Halted<Reply> {
        let case = plan.operations.first().and_then(|planned| planned.case);
        let (true, Some(case)) = (act.from_button, case) else {
            return Err(Refused::new(format!(
                "{} needs a reason for your colleagues: add --reason \"…\".",
                words::capital(act.verb.word())
            ))
            .into());
        };
        let rule = self.rules.policy.rule(act.verb);
        let text = words::question(plan, act, &self.standing, self.rules.hold, rule);
        let buttons = words::reasons(plan)
            .into_iter()
            .map(|reason| Button {
                key: crate::command::reason_key(case, act.verb, &reason),
                label: reason,
            })
            .chain(std::iter::once(Button {
                label: "Other…".to_owned(),
                key: words::form_key(case, act.verb),
            }))
            .collect();
        let text = format!("{text}\nPress a reason: that confirms it.");
        Ok(Reply::Private(Answer {
            buttons,
            ..Answer::text(AnswerKind::Confirm, text)
        }))
    }

    /// `block-domain` and its kin. The impact is read from the server first.
    pub(super) async fn block_domain(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        block: &Block,
    ) -> Halted<Reply> {
        not_stopped(moderator, &self.standing)?;
        let domain = block.domain.clone();
        let call = match (block.verb, block.severity) {
            (Verb::UnblockDomain, _) => ServerCall::Unblock {
                domain: domain.clone(),
            },
            (_, Some(severity)) => ServerCall::Block {
                block: wanted(block, severity),
            },
            (_, None) => {
                return Err(Refused::new(format!(
                    "Block {domain} how? `limit-domain {domain}` hides it from those who do not \
                     follow there; `suspend-domain {domain}` cuts all contact and deletes local \
                     copies for ever; `block-domain {domain} --severity none --reject-media` only \
                     rejects media."
                ))
                .into());
            }
        };
        let target = Target::Domain(domain.clone());
        let plan = self.plan_domain(block.verb, target, call, block.reason.clone(), moderator)?;
        self.need_reason(block.verb, block.reason.as_ref())?;
        let question = LiveQuestion::Impact {
            plan: serde_json::to_value(&plan).unwrap_or_default(),
            domain,
        };
        self.later(request, &question).await
    }

    /// E-mail-domain and IP blocks.
    pub(super) async fn block_other(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        command: &Command,
    ) -> Halted<Reply> {
        not_stopped(moderator, &self.standing)?;
        let Some((verb, target, call, reason)) = other_block(command) else {
            return Err(Refused::new("That is no block of an e-mail domain or IP range.").into());
        };
        let plan = self.plan_domain(verb, target, call, reason.clone(), moderator)?;
        self.need_reason(verb, reason.as_ref())?;
        let rule = self.rules.policy.rule(verb);
        if rule.confirm {
            let text = words::domain_question(&plan, &self.standing);
            return self
                .ask(moderator, request, &Pending::Plan { plan }, text)
                .await;
        }
        let grant = self.grant_on(moderator, verb.permission(), &TargetFacts::default())?;
        self.commit(moderator, &grant, plan, false).await
    }

    pub(super) fn need_reason(&self, verb: Verb, reason: Option<&String>) -> Halted<()> {
        if self.rules.policy.rule(verb).reason && reason.is_none() {
            return Err(Refused::new(format!(
                "{} needs a reason for your colleagues: add --reason \"…\".",
                words::capital(verb.word())
            ))
            .into());
        }
        Ok(())
    }

    /// Stores a plan as operations: the first one leads the batch.
    pub(super) async fn commit(
        &mut self,
        moderator: &Moderator,
        grant: &Grant,
        plan: Plan,
        take_over: bool,
    ) -> Halted<Reply> {
        let in_batch = plan.operations.len() > 1;
        let mut first = None;
        let mut stored = Vec::new();
        let mut taken = Vec::new();
        for planned in plan.operations {
            if let Some(case) = planned.case {
                self.engage(moderator, case, take_over).await?;
            }
            let text = planned.request.target_text.clone();
            match self
                .store(grant, planned.case, planned.request, first)
                .await?
            {
                AddedOperation::New(id) => {
                    if first.is_none() && in_batch {
                        self.tx.lead_batch(id).await?;
                    }
                    first.get_or_insert(id);
                    stored.push((id, text));
                }
                AddedOperation::Taken(id) => taken.push((id, text)),
            }
        }
        let rule = self.rules.policy.rule(plan.verb);
        let text = words::accepted(
            plan.verb,
            &stored,
            &taken,
            &plan.left_out,
            rule,
            &self.standing,
            self.rules.hold,
        );
        let kind = match (first, rule.second) {
            (None, _) => AnswerKind::Refused,
            (Some(_), true) => AnswerKind::Second,
            (Some(_), false) => AnswerKind::Accepted,
        };
        let buttons = match first {
            Some(id) if rule.hold => {
                vec![Button {
                    label: "Cancel".to_owned(),
                    key: crate::command::cancel_operation_key(id),
                }]
            }
            _ => Vec::new(),
        };
        Ok(Reply::Private(Answer {
            operation: first,
            buttons,
            ..Answer::text(kind, text)
        }))
    }

    /// Stores one operation, tells its case, and writes the audit entry. The grant proves the
    /// right (invariant 6).
    pub(super) async fn store(
        &mut self,
        grant: &Grant,
        case: Option<CaseId>,
        request: operation::Request,
        batch: Option<OperationId>,
    ) -> Halted<AddedOperation> {
        let rule = self.rules.policy.rule(request.verb);
        let is_shown = request.verb.tier() != Tier::Coordinate;
        let hold_until = (rule.hold && is_shown).then(|| self.now + self.rules.hold);
        let state = match (rule.second && is_shown, hold_until) {
            (true, _) => OperationState::Waiting,
            (false, Some(_)) => OperationState::Held,
            (false, None) => OperationState::Ready,
        };
        let mut operation = Operation {
            id: OperationId(0),
            batch,
            case_id: case,
            actor: grant.moderator().clone(),
            request,
            state,
            dry_run: self.standing.dry_run.is_some(),
            seconded_by: None,
            hold_until,
            due_at: hold_until.unwrap_or(self.now),
            fence: 0,
            outcome: None,
            inverse: None,
            undone_by: None,
            proposed_at: self.now,
            done_at: None,
            ends_at: None,
        };
        let added = self.tx.add_operation(&operation).await?;
        if let AddedOperation::New(id) = added {
            operation.id = id;
            self.tell_proposed(grant, &operation).await?;
        }
        Ok(added)
    }

    async fn tell_proposed(&mut self, grant: &Grant, operation: &Operation) -> Halted<()> {
        let actor = Actor::Moderator(grant.moderator().clone());
        let request = &operation.request;
        let fact = Fact::Proposed {
            operation: operation.id,
            verb: request.verb,
            held_until: operation.hold_until,
            needs_second: operation.state == OperationState::Waiting,
            dry_run: operation.dry_run,
        };
        let mut entry = self.entry(&actor, fact.verb());
        entry.case = operation.case_id;
        entry.operation = Some(operation.id);
        entry.detail = serde_json::json!({
            "command": request.verb,
            "target": request.target.audit_text(),
            "permission": grant.permission(),
            "role": grant.role(),
            "calls": request.calls.len(),
            "undoes": request.undoes,
            "state": operation.state,
            "dry_run": operation.dry_run,
        });
        let tells = request.calls.iter().filter_map(|call| match call {
            ServerCall::Act { tell, .. } => tell.clone(),
            _ => None,
        });
        let texts = [
            ("subject", Some(request.target_text.clone())),
            ("reason", request.reason.clone()),
        ]
        .into_iter()
        .chain(tells.map(|tell| ("tell", Some(tell))));
        entry
            .texts
            .extend(texts.filter_map(|(name, text)| Some((name.to_owned(), text?))));
        self.audit(entry);
        if let Some(case) = operation.case_id
            && request.verb.tier() != Tier::Coordinate
        {
            self.tell_thread(case, &actor, fact).await?;
            self.touch(case).await?;
        }
        Ok(())
    }

    /// `cancel op-17`: only before it is sent.
    pub(super) async fn cancel_operation(
        &mut self,
        moderator: &Moderator,
        id: OperationId,
    ) -> Halted<Reply> {
        let operations = self.batch(id).await?;
        let mut cancelled = Vec::new();
        for mut operation in operations {
            let verb = operation.request.verb;
            self.grant_on(moderator, verb.permission(), &TargetFacts::default())?;
            if !operation.state.is_before_sending() {
                continue;
            }
            let outcome = operation::Outcome::Cancelled {
                by: moderator.name.clone(),
            };
            if self
                .finish(&mut operation, OperationState::Cancelled, outcome)
                .await?
            {
                cancelled.push(operation.id);
                let actor = Actor::Moderator(moderator.name.clone());
                self.tell_ended(&actor, &operation, Vec::new()).await?;
            }
        }
        if cancelled.is_empty() {
            return Err(Refused::new(format!(
                "Too late: {id} was sent already or is over. `undo {id}` takes it back if it took \
                 effect."
            ))
            .into());
        }
        let text = format!("{} cancelled. Nothing was sent.", words::list(&cancelled));
        Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
    }

    /// `second op-17`: another person agrees.
    pub(super) async fn second(&mut self, moderator: &Moderator, id: OperationId) -> Halted<Reply> {
        not_stopped(moderator, &self.standing)?;
        let mut seconded = Vec::new();
        for operation in self.batch(id).await? {
            if operation.state != OperationState::Waiting {
                continue;
            }
            if operation.actor == moderator.name {
                return Err(
                    Refused::new(format!("You asked for {id}: somebody else must agree.")).into(),
                );
            }
            let facts = self.facts_of(&operation, moderator).await?;
            self.grant_on(moderator, operation.request.verb.permission(), &facts)?;
            let rule = self.rules.policy.rule(operation.request.verb);
            let change = OperationChange {
                seconded_by: Some(moderator.name.clone()),
                hold_until: rule.hold.then(|| self.now + self.rules.hold),
                due_at: Some(if rule.hold {
                    self.now + self.rules.hold
                } else {
                    self.now
                }),
                ..OperationChange::to(if rule.hold {
                    OperationState::Held
                } else {
                    OperationState::Ready
                })
            };
            let from = [OperationState::Waiting];
            if self
                .tx
                .change_operation_before_sending(operation.id, &from, &change)
                .await?
            {
                let actor = Actor::Moderator(moderator.name.clone());
                self.tell_operation(
                    &actor,
                    &operation,
                    Fact::Seconded {
                        operation: operation.id,
                    },
                )
                .await?;
                seconded.push(operation.id);
            }
        }
        if seconded.is_empty() {
            return Err(Refused::new(format!("{id} does not wait for a second person.")).into());
        }
        let text = format!("You agreed to {}.", words::list(&seconded));
        Ok(Reply::Private(Answer {
            operation: Some(id),
            ..Answer::text(AnswerKind::Accepted, text)
        }))
    }

    /// The operation, or all of the batch that it leads.
    pub(super) async fn batch(&mut self, id: OperationId) -> Halted<Vec<Operation>> {
        let operations = self.tx.operations_of_batch(id).await?;
        if operations.is_empty() {
            return Err(Refused::new(format!("There is no {id}.")).into());
        }
        Ok(operations)
    }
}

fn wanted(block: &Block, severity: BlockSeverity) -> WantedBlock {
    WantedBlock {
        domain: block.domain.clone(),
        severity,
        reject_media: block.reject_media,
        reject_reports: block.reject_reports,
        // Set by the worker to the operation's number: a person's words never go there.
        private_comment: None,
        public_comment: block.public.clone(),
        obfuscate: block.obfuscate,
    }
}

type OtherBlock = (Verb, Target, ServerCall, Option<String>);

fn other_block(command: &Command) -> Option<OtherBlock> {
    let block = match command.clone() {
        Command::BlockEmailDomain { domain, reason } => (
            Verb::BlockEmailDomain,
            Target::Domain(domain.clone()),
            ServerCall::BlockEmailDomain { domain },
            reason,
        ),
        Command::UnblockEmailDomain { domain, reason } => (
            Verb::UnblockEmailDomain,
            Target::Domain(domain.clone()),
            ServerCall::UnblockEmailDomain { domain },
            reason,
        ),
        Command::BlockIp {
            range,
            severity,
            lasts,
            reason,
        } => {
            let expires_in = lasts.map(|span| span.num_seconds());
            let comment = "Wardroom".to_owned();
            let call = ServerCall::BlockIp {
                range,
                severity,
                expires_in,
                comment,
            };
            (Verb::BlockIp, Target::Range(range), call, reason)
        }
        Command::UnblockIp { range, reason } => (
            Verb::UnblockIp,
            Target::Range(range),
            ServerCall::UnblockIp { range },
            reason,
        ),
        _ => return None,
    };
    Some(block)
}
