//! One unit of work of the desk: a transaction, the moment, the rules in force, how things stand,
//! and the audit entries that end it (the audit head is locked last, invariant 12).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::error::{Halt, Halted};
use super::route;
use super::rules::Rules;
use super::standing::Standing;
use crate::db::Tx;
use crate::db::threads::NewThreadMessage;
use crate::domain::audit::NewEntry;
use crate::domain::decide::{self, Command, Context, Decision};
use crate::domain::{Actor, Case, CaseId, Fact, OperationId, OperationState, Report, Target};

/// A unit of work.
pub(super) struct Unit<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) now: DateTime<Utc>,
    pub(super) rules: &'a Rules,
    pub(super) standing: Standing,
    entries: Vec<NewEntry>,
}

impl<'a> Unit<'a> {
    /// Begins a unit in `tx`.
    pub(super) async fn begin(
        tx: &'a mut Tx,
        now: DateTime<Utc>,
        rules: &'a Rules,
    ) -> Halted<Self> {
        let standing = Standing::load(tx, rules).await?;
        Ok(Self {
            tx,
            now,
            rules,
            standing,
            entries: Vec::new(),
        })
    }

    /// Writes the audit entries; nothing may be written after it.
    pub(super) async fn end(self) -> Halted<()> {
        if !self.entries.is_empty() {
            self.tx.append(&self.entries).await?;
        }
        Ok(())
    }

    /// Adds an audit entry.
    pub(super) fn audit(&mut self, entry: NewEntry) {
        self.entries.push(entry);
    }

    /// An audit entry of this moment, to be filled in.
    pub(super) fn entry(&self, actor: &Actor, verb: &str) -> NewEntry {
        NewEntry {
            at: self.now,
            actor: actor.name(),
            verb: verb.to_owned(),
            case: None,
            operation: None,
            detail: Value::Null,
            texts: BTreeMap::new(),
        }
    }

    /// What the pure core needs to know about `case`.
    pub(super) async fn context(&mut self, actor: Actor, case: &Case) -> Halted<Context> {
        let reports = self.tx.case_reports(case.id).await?;
        let operations = self.tx.operations_of_case(case.id).await?;
        let in_flight = operations.iter().any(|operation| {
            matches!(
                operation.state,
                OperationState::Sending | OperationState::Checking
            )
        });
        Ok(Context {
            actor,
            reports,
            awaits_approval: self.awaits_approval(&case.target).await?,
            in_flight,
            claim_lasts: self.rules.claim_lasts,
        })
    }

    /// Whether the target is a sign-up that waits for approval.
    pub(super) async fn awaits_approval(&mut self, target: &Target) -> Halted<bool> {
        let Target::Account(id) = target else {
            return Ok(false);
        };
        let account = self.tx.account(id).await?;
        Ok(account
            .is_some_and(|account| account.is_local() && account.state.approved == Some(false)))
    }

    /// Decides what `command` means for `case` and writes it. Returns the case as it is stored
    /// now, or nothing if nothing changed.
    pub(super) async fn apply(
        &mut self,
        case: &Case,
        command: &Command,
        context: &Context,
    ) -> Halted<Option<Case>> {
        let decision = decide::decide(case, command, context, self.now)?;
        self.write(case, decision, context).await
    }

    async fn write(
        &mut self,
        before: &Case,
        decision: Decision,
        context: &Context,
    ) -> Halted<Option<Case>> {
        let Decision { mut case, facts } = decision;
        if case == *before && facts.is_empty() {
            return Ok(None);
        }
        if before.version == 0 {
            case.id = self.tx.add_case(&case).await?;
            case.version = 1;
        } else if self.tx.save_case(&case).await? {
            case.version += 1;
        } else {
            return Err(Halt::Stale);
        }
        for fact in facts {
            self.tell(&case, &context.actor, fact, &context.reports)
                .await?;
        }
        self.want_cards(&case, &context.reports).await?;
        Ok(Some(case))
    }

    /// Writes a fact into the case's timeline, its threads and the audit log.
    pub(super) async fn tell(
        &mut self,
        case: &Case,
        actor: &Actor,
        fact: Fact,
        reports: &[Report],
    ) -> Halted<()> {
        self.post(case, actor, fact.clone(), reports).await?;
        let mut entry = self.entry(actor, fact.verb());
        entry.case = Some(case.id);
        entry.operation = operation_of(&fact);
        entry.detail = match (&fact, &case.resolution) {
            (Fact::Resolved, Some(resolution)) => json!({"fact": fact, "resolution": resolution}),
            _ => json!({"fact": fact}),
        };
        entry
            .texts
            .insert("subject".to_owned(), case.target_text.clone());
        self.audit(entry);
        Ok(())
    }

    /// Writes a fact into the case's timeline and its threads.
    pub(super) async fn post(
        &mut self,
        case: &Case,
        actor: &Actor,
        fact: Fact,
        reports: &[Report],
    ) -> Halted<()> {
        let mut message = NewThreadMessage {
            case_id: case.id,
            channel: None,
            actor: actor.clone(),
            fact,
            at: self.now,
        };
        self.tx.add_thread_message(&message).await?;
        for channel in route::channels(case, reports, self.rules) {
            message.channel = Some(channel);
            self.tx.add_thread_message(&message).await?;
        }
        Ok(())
    }

    /// Marks every card of `case` as behind.
    pub(super) async fn want_cards(&mut self, case: &Case, reports: &[Report]) -> Halted<()> {
        for channel in route::channels(case, reports, self.rules) {
            self.tx.want_card(case.id, &channel, case.version).await?;
        }
        Ok(())
    }

    /// Bumps a case whose own row did not change but whose card did (a note, an operation).
    pub(super) async fn touch(&mut self, id: CaseId) -> Halted<()> {
        let Some(mut case) = self.tx.case(id).await? else {
            return Ok(());
        };
        if !self.tx.save_case(&case).await? {
            return Err(Halt::Stale);
        }
        case.version += 1;
        let reports = self.tx.case_reports(id).await?;
        self.want_cards(&case, &reports).await
    }
}

fn operation_of(fact: &Fact) -> Option<OperationId> {
    match fact {
        Fact::Proposed { operation, .. }
        | Fact::Seconded { operation }
        | Fact::Ended { operation, .. }
        | Fact::TimeIsUp { operation, .. } => Some(*operation),
        _ => None,
    }
}
