//! Carries operations out: at most once on the server, and truthful about what became of them
//! (invariants 5, 6, 8, 9).
//!
//! For each call: read the target (it may be so already), work out what takes the call back, get a
//! permit and commit `sent_at` in one transaction, make the call, write the answer. A call that was
//! sent and not answered is only read back, twice, 30 s apart; so is one that another process left
//! behind. The lease is extended before each call, and every write-back names the fence.

mod back;
mod finish;
mod inverse;
mod permit;
mod probe;
mod send;
mod verdict;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::clients::Clients;
use super::{Tick, Worker};
use crate::db::DbError;
use crate::desk::Desk;
use crate::domain::operation::{AccountRef, Step, StepAnswer};
use crate::domain::permission::Withheld;
use crate::domain::{
    Account, AccountAction, AccountId, Operation, OperationState, Outcome, ServerCall, Target,
};
use crate::mastodon::client::{Client, ClientError};
use permit::Wanted;
use probe::Seen;
use verdict::Verdict;

/// How long a claimed operation is ours before another process may take it over. Longer than the
/// slowest call with the reads before it.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// A stopped operation is looked at again after this long.
const STOPPED: TimeDelta = TimeDelta::seconds(1);
/// Between the doubt and the first read-back, and between the two.
const READ_BACK: TimeDelta = TimeDelta::seconds(30);
/// After this long without a read-back nobody can tell.
const UNREADABLE_FOR: TimeDelta = TimeDelta::hours(1);

/// The operation worker. Several may run, in one process or in many.
#[derive(Debug)]
pub struct Operations {
    desk: Arc<Desk>,
    clients: Clients,
    name: String,
}

/// One operation while it is carried out.
#[derive(Debug)]
struct Run {
    operation: Operation,
    steps: Vec<Step>,
    /// The target account as last read.
    account: Option<Account>,
    /// The account of the token that acts; known only where a call needs it.
    own: Option<AccountId>,
    /// A permit was withheld because it is a dry run.
    dry: bool,
}

/// What follows after a step.
#[derive(Debug)]
enum Next {
    /// The next step.
    GoesOn,
    /// Nothing for now: all is written back, or another process has it.
    Waits,
    /// No further step: this became of the operation.
    Ends(Outcome),
}

impl Operations {
    /// A worker that leases as `name`, which no other process may use.
    pub fn new(desk: Arc<Desk>, clients: Clients, name: impl Into<String>) -> Self {
        Self {
            desk,
            clients,
            name: name.into(),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.desk.clock().now()
    }

    async fn claim(&self) -> Result<Option<Run>, DbError> {
        let now = self.now();
        self.desk
            .db()
            .write(|mut tx| async move {
                let claimed = tx.claim_operation(&self.name, now, LEASE).await?;
                let run = match claimed {
                    Some(operation) => Some(Run {
                        steps: tx.steps(operation.id).await?,
                        operation,
                        account: None,
                        own: None,
                        dry: false,
                    }),
                    None => None,
                };
                Ok((tx, run))
            })
            .await
    }

    async fn carry(&self, mut run: Run) -> anyhow::Result<()> {
        let next = self.all_steps(&mut run).await?;
        let outcome = match next {
            Next::Waits => return Ok(()),
            Next::Ends(outcome) => outcome,
            Next::GoesOn => run.success(),
        };
        self.finish(run, outcome).await
    }

    async fn all_steps(&self, run: &mut Run) -> anyhow::Result<Next> {
        if let next @ (Next::Waits | Next::Ends(_)) = self.prepare(run).await? {
            return Ok(next);
        }
        for (n, call) in run.operation.request.calls.clone().into_iter().enumerate() {
            let next = match run.step(n).cloned() {
                Some(Step {
                    answer: Some(StepAnswer::Applied | StepAnswer::AlreadySo),
                    ..
                }) => Next::GoesOn,
                Some(Step {
                    answer: Some(StepAnswer::Refused { why }),
                    ..
                }) => Next::Ends(run.refusal(why)),
                Some(step) if step.sent_at.is_some() => self.read_back(run, step).await?,
                _ => self.attempt(run, n, call).await?,
            };
            if !matches!(next, Next::GoesOn) {
                return Ok(next);
            }
        }
        Ok(Next::GoesOn)
    }

    /// Looks handles up, and whose token acts where a call depends on it.
    async fn prepare(&self, run: &mut Run) -> anyhow::Result<Next> {
        if let Some(handle) = run.handle() {
            match self.clients.bot().lookup(&handle).await {
                Ok(found) => {
                    run.name_account(&found.id);
                    let until = self.now() + LEASE;
                    if !self.write_back(&run.operation, None, Some(until)).await? {
                        return Ok(Next::Waits);
                    }
                }
                Err(ClientError::NotFound) => {
                    return Ok(Next::Ends(run.refusal(format!(
                        "the server does not know @{handle}; open the profile there once, then ask \
                         again"
                    ))));
                }
                Err(error) => return self.not_read(run, self.clients.bot(), &error).await,
            }
        }
        if run.needs_owner() {
            let acting = &self.clients.acting_for(&run.operation.actor).clone();
            match acting.verify_credentials().await {
                Ok(owner) => run.own = Some(owner.id),
                // Without `read:accounts` nobody can tell whose token it is: the call is made all
                // the same, and only a read-back would stay in doubt.
                Err(ClientError::ScopeMissing) => {}
                Err(error) => return self.not_read(run, acting, &error).await,
            }
        }
        Ok(Next::GoesOn)
    }

    /// A call that was not sent yet.
    async fn attempt(&self, run: &mut Run, n: usize, call: ServerCall) -> anyhow::Result<Next> {
        let seen = match probe::look(self.clients.bot(), &probe::subject(&call)).await {
            Ok(seen) => seen,
            Err(error) => return self.not_read(run, self.clients.bot(), &error).await,
        };
        if let Seen::Account(account) = &seen {
            run.account = Some((**account).clone());
        }
        let mut step = Step {
            n: i64::try_from(n)?,
            call,
            sent_at: None,
            answer: None,
        };
        if probe::is_in_effect(&step.call, &seen, run.own.as_ref())
            || run.may_skip(&step.call, &seen)
        {
            return self.answered(run, step, StepAnswer::AlreadySo).await;
        }
        if let Some(why) = verdict::objection(&step.call, &seen) {
            return Ok(Next::Ends(run.refusal(why)));
        }
        if let Some(error) = self.drop_resolved_report(&mut step.call).await {
            return self.not_read(run, self.clients.bot(), &error).await;
        }
        name_in_comment(&mut step.call, &run.operation);
        let wanted = Wanted {
            step: &mut step,
            seen: &seen,
        };
        let permit = match self.permit(run, wanted).await? {
            Ok(permit) => permit,
            Err(Withheld::FenceLost | Withheld::Stopped(_)) => return Ok(Next::Waits),
            Err(Withheld::DryRun) => {
                run.dry = true;
                return Ok(Next::GoesOn);
            }
            Err(Withheld::Denied(denied)) => {
                return Ok(Next::Ends(run.refusal(denied.to_string())));
            }
        };
        let client = self.clients.acting_for(&run.operation.actor);
        let result = send::send(client, permit, &step.call, &seen).await;
        self.judge(run, step, result).await
    }

    /// A warning resolves the report that it answers, and that is its only probe. A report that is
    /// resolved already would show nothing and be stamped anew, so the warning goes without it.
    async fn drop_resolved_report(&self, call: &mut ServerCall) -> Option<ClientError> {
        let ServerCall::Act {
            action: AccountAction::Warn,
            report,
            ..
        } = call
        else {
            return None;
        };
        let id = report.clone()?;
        match self.clients.bot().report(&id).await {
            Ok(seen) if !seen.resolved => None,
            Ok(_) | Err(ClientError::NotFound) => {
                *report = None;
                None
            }
            Err(error) => Some(error),
        }
    }

    /// What the answer to a call means.
    async fn judge(
        &self,
        run: &mut Run,
        mut step: Step,
        result: Result<(), ClientError>,
    ) -> anyhow::Result<Next> {
        let Err(error) = result else {
            return self.answered(run, step, StepAnswer::Applied).await;
        };
        let id = run.operation.id;
        match verdict::of_change(&error, self.now()) {
            Verdict::Later(at) => {
                tracing::info!(operation.id = %id, %error, "not sent; tries again");
                step.sent_at = None;
                self.postpone(run, Some(&step), at).await
            }
            Verdict::Doubt => {
                tracing::warn!(operation.id = %id, %error, "sent, not answered; reads back");
                step.answer = Some(StepAnswer::Unanswered { reads: 0 });
                self.check_later(run, step, self.now() + READ_BACK).await
            }
            Verdict::No => {
                let bot = self.clients.bot();
                let seen = probe::look(bot, &probe::probe(&step.call)).await;
                // Somebody did it between our look and our call.
                if seen.is_ok_and(|seen| probe::is_in_effect(&step.call, &seen, run.own.as_ref())) {
                    return self.answered(run, step, StepAnswer::AlreadySo).await;
                }
                let client = self.clients.acting_for(&run.operation.actor);
                let why = verdict::words(client, &error).await;
                let answer = StepAnswer::Refused { why: why.clone() };
                if let Next::Waits = self.answered(run, step, answer).await? {
                    return Ok(Next::Waits);
                }
                Ok(Next::Ends(run.refusal(why)))
            }
        }
    }

    /// A read before a call failed: nothing was sent by it.
    async fn not_read(
        &self,
        run: &mut Run,
        client: &Client,
        error: &ClientError,
    ) -> anyhow::Result<Next> {
        match verdict::of_read(error, self.now()) {
            Verdict::Later(at) => {
                let waited = self.now() - run.operation.proposed_at;
                if run.was_sent() && waited >= UNREADABLE_FOR {
                    return Ok(Next::Ends(run.refusal(error.to_string())));
                }
                self.postpone(run, None, at).await
            }
            Verdict::Doubt | Verdict::No => {
                let why = verdict::words(client, error).await;
                Ok(Next::Ends(run.refusal(why)))
            }
        }
    }
}

impl Worker for Operations {
    fn name(&self) -> &'static str {
        "operations"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let Some(run) = self.claim().await? else {
            return Ok(Tick::Idle);
        };
        self.carry(run).await?;
        Ok(Tick::Worked)
    }
}

impl Run {
    /// The handle to be looked up, if the account is not known by id.
    fn handle(&self) -> Option<String> {
        self.operation
            .request
            .calls
            .iter()
            .find_map(|call| match account_of(call) {
                Some(AccountRef::Handle(handle)) => Some(handle.clone()),
                _ => None,
            })
    }

    /// Puts the id in place of the handle.
    fn name_account(&mut self, id: &AccountId) {
        let request = &mut self.operation.request;
        request.target = Target::Account(id.clone());
        for call in &mut request.calls {
            if let Some(account) = account_in(call) {
                *account = AccountRef::Id(id.clone());
            }
        }
    }

    fn needs_owner(&self) -> bool {
        let mut calls = self.operation.request.calls.iter();
        self.own.is_none() && calls.any(|call| matches!(call, ServerCall::Assign { .. }))
    }

    fn applied(&self) -> u32 {
        let is_applied = |step: &&Step| step.answer == Some(StepAnswer::Applied);
        u32::try_from(self.steps.iter().filter(is_applied).count()).unwrap_or(u32::MAX)
    }

    fn was_sent(&self) -> bool {
        self.steps.iter().any(|step| step.sent_at.is_some())
    }

    /// The outcome when all steps are through.
    fn success(&self) -> Outcome {
        match self.applied() {
            _ if self.dry || self.operation.dry_run => Outcome::DryRun,
            0 => Outcome::AlreadySo,
            _ => Outcome::Applied,
        }
    }

    /// The outcome when a step is refused.
    fn refusal(&self, why: String) -> Outcome {
        match self.applied() {
            0 => Outcome::Refused { why },
            applied => Outcome::Partly { applied, why },
        }
    }

    /// A step that was begun before.
    fn step(&self, n: usize) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| usize::try_from(step.n) == Ok(n))
    }

    /// Whether `call` is one of several and what it changes is gone: nothing is left to do for it.
    fn may_skip(&self, call: &ServerCall, seen: &Seen) -> bool {
        *seen == Seen::Gone
            && self.operation.request.calls.len() > 1
            && matches!(call, ServerCall::Resolve { .. } | ServerCall::Reopen { .. })
    }

    /// Keeps a step.
    fn keep(&mut self, step: Step) {
        match self.steps.iter_mut().find(|kept| kept.n == step.n) {
            Some(kept) => *kept = step,
            None => self.steps.push(step),
        }
    }
}

/// What a domain block says to moderators is where to read about it, and nothing else
/// (invariant 16).
fn name_in_comment(call: &mut ServerCall, operation: &Operation) {
    if let ServerCall::Block { block } = call {
        block
            .private_comment
            .get_or_insert_with(|| match operation.case_id {
                Some(case) => format!("Wardroom {case}"),
                None => format!("Wardroom {}", operation.id),
            });
    }
}

fn account_of(call: &ServerCall) -> Option<&AccountRef> {
    match call {
        ServerCall::Act { account, .. }
        | ServerCall::Lift { account, .. }
        | ServerCall::Approve { account }
        | ServerCall::Reject { account } => Some(account),
        _ => None,
    }
}

fn account_in(call: &mut ServerCall) -> Option<&mut AccountRef> {
    match call {
        ServerCall::Act { account, .. }
        | ServerCall::Lift { account, .. }
        | ServerCall::Approve { account }
        | ServerCall::Reject { account } => Some(account),
        _ => None,
    }
}

/// How an operation ends, by its outcome.
fn final_state(outcome: &Outcome) -> OperationState {
    match outcome {
        Outcome::Applied
        | Outcome::AlreadySo
        | Outcome::DryRun
        | Outcome::Settled { done: true, .. } => OperationState::Done,
        Outcome::Unsettled { .. } => OperationState::Unsettled,
        Outcome::Refused { .. }
        | Outcome::Partly { .. }
        | Outcome::NotApplied
        | Outcome::Settled { done: false, .. } => OperationState::Refused,
        Outcome::Cancelled { .. } => OperationState::Cancelled,
        Outcome::Expired => OperationState::Expired,
    }
}
