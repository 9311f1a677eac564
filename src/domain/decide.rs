//! What a command or an event means for a case: values in, values out. The desk loads, calls
//! [`decide`], and writes what comes back; nothing here knows a database or a clock.

use chrono::{DateTime, TimeDelta, Utc};

use super::account::Account;
use super::case::{Case, CaseKind, CaseState, How, Resolution, Severity, Target};
use super::fact::{Actor, Fact};
use super::ids::{CaseId, ModeratorName, OperationId, ReportId};
use super::operation::{Operation, Outcome, Verb};
use super::report::Report;

pub use terms::{Command, Context, Decision, Refusal};

/// Decides what `command` means for `case`.
///
/// # Errors
/// A [`Refusal`] in words for the person; nothing shall be written then.
pub fn decide(
    case: &Case,
    command: &Command,
    context: &Context,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let mut draft = Draft {
        case: case.clone(),
        facts: Vec::new(),
        context,
        now,
    };
    match command {
        Command::Claim { take_over } => draft.claim(*take_over, false)?,
        Command::Engage { take_over } => draft.claim(*take_over, true)?,
        Command::Unclaim => draft.unclaim()?,
        Command::Assign { to } => draft.assign(to)?,
        Command::ExpireClaim => draft.expire_claim(),
        Command::Report {
            report,
            previous,
            assignee,
        } => {
            draft.report(report, previous.as_deref(), assignee.as_ref());
        }
        Command::ReportDeleted { report } => {
            draft.facts.push(Fact::ReportDeleted {
                report: report.clone(),
            });
            draft.rate();
            draft.follow_server(How::DeletedOnServer, None);
        }
        Command::SignUp => draft.sign_up(),
        Command::AccountDeleted if context.in_flight => {}
        Command::AccountDeleted => draft.close(How::DeletedOnServer, None, None),
        Command::Ended { operation, closed } => draft.ended(operation, closed),
    }
    Ok(Decision {
        case: draft.case,
        facts: draft.facts,
    })
}

/// The case that a new report or sign-up opens; its number comes from the database.
pub fn open(
    kind: CaseKind,
    target: Target,
    target_text: String,
    severity: Severity,
    due_in: TimeDelta,
    now: DateTime<Utc>,
) -> Case {
    Case {
        id: CaseId(0),
        kind,
        target,
        target_text,
        state: CaseState::Open,
        severity,
        version: 0,
        claimed_by: None,
        opened_at: now,
        claimed_at: None,
        claim_expires_at: None,
        due_at: Some(now + due_in),
        resolved_at: None,
        resolution: None,
    }
}

/// How a case is settled that nothing waits for after `verb`; `None` if the verb settles nothing,
/// so that somebody else did.
fn settles_as(verb: Verb) -> Option<How> {
    match verb {
        Verb::Resolve => Some(How::NoAction),
        Verb::Warn | Verb::Approve | Verb::Reject => Some(How::Action { verb }),
        _ if verb.resolves_reports() => Some(How::Action { verb }),
        _ => None,
    }
}

/// The case while it is decided on.
struct Draft<'a> {
    case: Case,
    facts: Vec<Fact>,
    context: &'a Context,
    now: DateTime<Utc>,
}

impl Draft<'_> {
    fn claim(&mut self, take_over: bool, on_the_way: bool) -> Result<(), Refusal> {
        let Actor::Moderator(by) = self.context.actor.clone() else {
            return Ok(());
        };
        match &self.case.claimed_by {
            _ if self.case.is_resolved() => {
                if on_the_way {
                    Ok(())
                } else {
                    Err(Refusal::Resolved(self.case.id))
                }
            }
            Some(holder) if *holder == by => {
                if on_the_way {
                    self.case.claim_expires_at = Some(self.now + self.context.claim_lasts);
                    return Ok(());
                }
                Err(Refusal::HasItAlready {
                    case: self.case.id,
                    by,
                })
            }
            Some(holder) if !take_over => Err(Refusal::ClaimedBy {
                case: self.case.id,
                by: holder.clone(),
                since: self.case.claimed_at.unwrap_or(self.case.opened_at),
            }),
            from => {
                let fact = Fact::Claimed { from: from.clone() };
                self.hold(by, fact);
                Ok(())
            }
        }
    }

    fn hold(&mut self, by: ModeratorName, fact: Fact) {
        self.case.state = CaseState::Claimed;
        self.case.claimed_by = Some(by);
        self.case.claimed_at = Some(self.now);
        self.case.claim_expires_at = Some(self.now + self.context.claim_lasts);
        self.facts.push(fact);
    }

    fn release(&mut self) {
        if self.case.state == CaseState::Claimed {
            self.case.state = CaseState::Open;
        }
        self.case.claimed_by = None;
        self.case.claimed_at = None;
        self.case.claim_expires_at = None;
    }

    fn unclaim(&mut self) -> Result<(), Refusal> {
        if self.case.is_resolved() {
            return Err(Refusal::Resolved(self.case.id));
        }
        let Some(holder) = self.case.claimed_by.clone() else {
            return Err(Refusal::NotClaimed(self.case.id));
        };
        if self.context.actor != Actor::Moderator(holder.clone()) {
            return Err(Refusal::NotYours {
                case: self.case.id,
                by: holder,
            });
        }
        self.release();
        self.facts.push(Fact::Unclaimed);
        Ok(())
    }

    fn assign(&mut self, to: &ModeratorName) -> Result<(), Refusal> {
        if self.case.is_resolved() {
            return Err(Refusal::Resolved(self.case.id));
        }
        if self.case.claimed_by.as_ref() == Some(to) {
            return Err(Refusal::HasItAlready {
                case: self.case.id,
                by: to.clone(),
            });
        }
        self.hold(to.clone(), Fact::Assigned { to: to.clone() });
        Ok(())
    }

    fn expire_claim(&mut self) {
        let is_over = self
            .case
            .claim_expires_at
            .is_some_and(|end| end <= self.now);
        // A claim does not lapse under an operation that its holder has under way.
        if let Some(of) = self.case.claimed_by.clone()
            && is_over
            && !self.case.is_resolved()
            && !self.context.in_flight
        {
            self.release();
            self.facts.push(Fact::ClaimExpired { of });
        }
    }

    fn report(
        &mut self,
        report: &Report,
        previous: Option<&Report>,
        assignee: Option<&ModeratorName>,
    ) {
        let id = report.id.clone();
        match previous {
            None => {
                let category = report.category.clone();
                let joins = self.context.reports.len() > 1 || self.case.version > 0;
                self.facts.push(if joins {
                    Fact::ReportJoined {
                        report: id,
                        category,
                    }
                } else {
                    Fact::OpenedByReport {
                        report: id,
                        category,
                    }
                });
                // Its first webhook may have been lost, or overtaken by the one of its assignment.
                if report.assigned_to.is_some() && !report.resolved {
                    self.reassigned(report, assignee);
                }
            }
            Some(_) if self.context.in_flight => {}
            Some(before) => self.changes_of_report(before, report, assignee),
        }
        self.rate();
        let by = report.resolved_by.as_ref().map(Account::handle);
        self.follow_server(How::OnServer, by);
    }

    fn changes_of_report(
        &mut self,
        before: &Report,
        now: &Report,
        assignee: Option<&ModeratorName>,
    ) {
        let id = || now.id.clone();
        let facts = self.facts.len();
        if before.category != now.category {
            self.facts.push(Fact::CategoryChanged {
                report: id(),
                from: before.category.clone(),
                to: now.category.clone(),
            });
        }
        let handle = |report: &Report| report.assigned_to.as_ref().map(Account::handle);
        let reassigned = handle(before) != handle(now);
        if reassigned {
            self.reassigned(now, assignee);
        }
        match (before.resolved, now.resolved) {
            (false, true) => self.facts.push(Fact::ReportResolved { report: id() }),
            (true, false) => self.facts.push(Fact::ReportReopened { report: id() }),
            _ => {}
        }
        if self.facts.len() == facts && !reassigned && before.was_only_touched(now) {
            self.facts.push(Fact::TouchedOnServer { report: id() });
        }
    }

    /// An assignment in the server's UI claims an unclaimed case for the linked moderator. What
    /// only repeats our own claim says nothing.
    fn reassigned(&mut self, report: &Report, assignee: Option<&ModeratorName>) {
        match (&self.case.claimed_by, assignee) {
            (Some(holder), Some(assignee)) if holder == assignee => {}
            (None, Some(assignee)) if !self.case.is_resolved() => {
                self.hold(
                    assignee.clone(),
                    Fact::Assigned {
                        to: assignee.clone(),
                    },
                );
            }
            (None, None) if report.assigned_to.is_none() => {}
            _ => self.facts.push(Fact::AssignedOnServer {
                report: report.id.clone(),
                to: report.assigned_to.as_ref().map(Account::handle),
            }),
        }
    }

    fn sign_up(&mut self) {
        if self.context.awaits_approval {
            match (self.case.kind, self.case.version) {
                (CaseKind::SignUp, 0) => self.facts.push(Fact::OpenedBySignUp),
                (CaseKind::SignUp, _) => {}
                (CaseKind::Report, _) => self.facts.push(Fact::SignUpJoined),
            }
        }
        self.rate();
        self.follow_server(How::OnServer, None);
    }

    fn ended(&mut self, operation: &Operation, closed: &[ReportId]) {
        let Some(outcome) = operation.outcome.clone() else {
            return;
        };
        let verb = operation.request.verb;
        let also_closed: Vec<ReportId> = closed
            .iter()
            .filter(|report| verb.resolves_reports() && !operation.request.seen.contains(report))
            .cloned()
            .collect();
        self.facts.push(Fact::Ended {
            operation: operation.id,
            verb,
            outcome: outcome.clone(),
            also_closed,
        });
        self.rate();
        let by = operation.actor.to_string();
        let operation = operation.id;
        let had_effect = outcome.took_effect() || matches!(outcome, Outcome::Partly { .. });
        match settles_as(verb).filter(|_| had_effect) {
            Some(how) => self.follow(how, Some(by), Some(operation)),
            None => self.follow(How::OnServer, None, None),
        }
    }

    /// The severity is that of the worst thing that waits; what is settled keeps its own.
    fn rate(&mut self) {
        let reports = self.context.reports.iter();
        let waiting = reports
            .filter(|report| !report.resolved)
            .map(Severity::of_report);
        let sign_up = self.context.awaits_approval.then_some(Severity::SIGN_UP);
        if let Some(worst) = waiting.chain(sign_up).min() {
            self.case.severity = worst;
        }
    }

    /// Whether anything on the server still waits for a decision.
    fn is_pending(&self) -> bool {
        self.context.awaits_approval || self.context.reports.iter().any(|report| !report.resolved)
    }

    /// Follows what the server shows, unless an operation is on its way: then its outcome tells.
    fn follow_server(&mut self, how: How, by: Option<String>) {
        if !self.context.in_flight {
            self.follow(how, by, None);
        }
    }

    /// A case is resolved when nothing on the server waits any more, and open when something does.
    fn follow(&mut self, how: How, by: Option<String>, operation: Option<OperationId>) {
        match (self.case.is_resolved(), self.is_pending()) {
            (false, false) => self.close(how, by, operation),
            (true, true) => self.reopen(),
            _ => {}
        }
    }

    fn close(&mut self, how: How, by: Option<String>, operation: Option<OperationId>) {
        if self.case.is_resolved() {
            return;
        }
        self.case.state = CaseState::Resolved;
        self.case.resolved_at = Some(self.now);
        self.case.claim_expires_at = None;
        self.case.resolution = Some(Resolution { how, by, operation });
        self.facts.push(Fact::Resolved);
    }

    fn reopen(&mut self) {
        let joined = matches!(
            self.case
                .resolution
                .as_ref()
                .map(|resolution| &resolution.how),
            Some(How::Joined { .. })
        );
        if joined {
            return;
        }
        self.case.state = CaseState::Open;
        self.case.resolved_at = None;
        self.case.resolution = None;
        self.release();
        self.facts.push(Fact::Reopened);
    }
}

mod terms;

#[cfg(test)]
mod tests;
