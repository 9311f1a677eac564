//! What a command or an event means for a case: values in, values out. The desk loads, calls
//! [`decide`], and writes what comes back; nothing here knows a database or a clock.

use chrono::{DateTime, TimeDelta, Utc};

use super::account::Account;
use super::case::{Case, CaseKind, CaseState, How, Resolution, Severity, Target};
use super::fact::{Actor, Fact};
use super::ids::{CaseId, ModeratorName, OperationId, ReportId};
use super::operation::{Operation, Outcome, Verb};
use super::report::Report;

/// What happens to a case.
#[derive(Debug, Clone)]
pub enum Command {
    /// Take it; `take_over` is the answer to "bo claimed this. Take over?".
    Claim {
        /// Take it from somebody else.
        take_over: bool,
    },
    /// Any action on a case claims it on the way, and says nothing if it is claimed already.
    Engage {
        /// Take it from somebody else.
        take_over: bool,
    },
    /// Give it back.
    Unclaim,
    /// Give it to a colleague.
    Assign {
        /// To whom.
        to: ModeratorName,
    },
    /// The claim's time may have run out.
    ExpireClaim,
    /// The server showed a report of this case. `Context::reports` holds it already.
    Report {
        /// As it is now.
        report: Box<Report>,
        /// As we held it before; `None` if it is new.
        previous: Option<Box<Report>>,
        /// The moderator linked to the account it is assigned to.
        assignee: Option<ModeratorName>,
    },
    /// The server has the report no more. `Context::reports` holds it no more.
    ReportDeleted {
        /// Which.
        report: ReportId,
    },
    /// The target waits for approval, or does so no more; `Context::awaits_approval` says which.
    SignUp,
    /// The target is gone from the server.
    AccountDeleted,
    /// An operation of this case ended. `Context::reports` is as the server showed it after.
    Ended {
        /// The operation, with its outcome.
        operation: Box<Operation>,
        /// The reports of this case that became resolved with it.
        closed: Vec<ReportId>,
    },
}

/// What else the decision depends on.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who asks, or whom an event came from.
    pub actor: Actor,
    /// The case's reports as they are now.
    pub reports: Vec<Report>,
    /// The target is a sign-up that waits for approval.
    pub awaits_approval: bool,
    /// An operation of this case is on its way: what it causes is its outcome's to tell.
    pub in_flight: bool,
    /// How long a claim lasts.
    pub claim_lasts: TimeDelta,
}

/// What shall be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The case as it shall be.
    pub case: Case,
    /// What happened, in order.
    pub facts: Vec<Fact>,
}

/// Why a command means nothing for the case as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else is on it: may be answered by taking over.
    #[error("{by} is on {case} since {since}")]
    ClaimedBy {
        /// Which case.
        case: CaseId,
        /// Who is.
        by: ModeratorName,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is settled.
    #[error("{0} is resolved; `reopen {0}` opens it again")]
    Resolved(CaseId),
    /// Nobody is on it.
    #[error("nobody has claimed {0}")]
    NotClaimed(CaseId),
    /// Somebody else is on it, and only they (or a lead, by assign) can give it back.
    #[error("{by} has claimed {case}, not you; `claim {case}` takes it over")]
    NotYours {
        /// Which case.
        case: CaseId,
        /// Who is.
        by: ModeratorName,
    },
    /// They have it already.
    #[error("{by} has {case} already")]
    HasItAlready {
        /// Which case.
        case: CaseId,
        /// Who has.
        by: ModeratorName,
    },
}

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
            draft.follow(How::DeletedOnServer, None, None);
        }
        Command::SignUp => draft.sign_up(),
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
            None if self.context.reports.len() > 1 || self.case.version > 0 => {
                self.facts.push(Fact::ReportJoined {
                    report: id,
                    category: report.category.clone(),
                });
            }
            None => self.facts.push(Fact::OpenedByReport {
                report: id,
                category: report.category.clone(),
            }),
            Some(_) if self.context.in_flight => {}
            Some(before) => self.changes_of_report(before, report, assignee),
        }
        self.rate();
        if !self.context.in_flight {
            let by = report.resolved_by.as_ref().map(Account::handle);
            self.follow(How::OnServer, by, None);
        }
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
        if self.facts.len() == facts && !reassigned && before.says_the_same_as(now) {
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
        if !self.context.in_flight {
            self.follow(How::OnServer, None, None);
        }
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
        let how = match (&outcome, verb) {
            (outcome, Verb::Resolve) if outcome.took_effect() => Some(How::NoAction),
            (outcome, verb) if outcome.took_effect() => Some(How::Action { verb }),
            (Outcome::Partly { .. }, verb) => Some(How::Action { verb }),
            _ => None,
        };
        match how {
            Some(how) => self.follow(how, Some(by), Some(operation)),
            None => self.follow(How::OnServer, None, None),
        }
    }

    /// The severity follows the worst unresolved report.
    fn rate(&mut self) {
        let open = self
            .context
            .reports
            .iter()
            .filter(|report| !report.resolved);
        if let Some(worst) = open.map(Severity::of_report).min() {
            self.case.severity = if self.context.awaits_approval {
                worst.min(Severity::SIGN_UP)
            } else {
                worst
            };
        }
    }

    /// Whether anything on the server still waits for a decision.
    fn is_pending(&self) -> bool {
        self.context.awaits_approval || self.context.reports.iter().any(|report| !report.resolved)
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

#[cfg(test)]
mod tests;
