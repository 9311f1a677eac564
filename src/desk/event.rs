//! What the server says: events open, join, change and settle cases. An event that changes nothing
//! we hold writes nothing; that is the whole rule for echoes of our own calls (invariant 2).

use chrono::{DateTime, Utc};

use super::Desk;
use super::error::{Halt, Halted, Internal};
use super::handle::CONTENTION_LIMIT;
use super::rules::Rules;
use super::unit::Unit;
use crate::domain::account::AccountState;
use crate::domain::decide::{self, Command};
use crate::domain::event::AccountEvent;
use crate::domain::{
    Account, AccountId, Actor, Case, CaseKind, Fact, Report, ReportId, ServerEvent, Severity,
    Target,
};

/// How we learned of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSource {
    /// A webhook.
    Webhook,
    /// Reconciliation found that the webhooks had missed it, or looked at what we hold.
    Reconcile,
}

impl Desk {
    /// Takes an event in. Says whether it changed anything that we hold: if reconciliation brings
    /// something that does, the webhooks missed it.
    ///
    /// # Errors
    /// [`Internal`] when the database fails; the delivery is tried again.
    pub async fn event(&self, event: &ServerEvent, source: EventSource) -> Result<bool, Internal> {
        let rules = self.rules();
        for _ in 0..CONTENTION_LIMIT {
            match self.take_in(&rules, event).await {
                Ok(changed) => {
                    if changed {
                        self.wake().cases_changed();
                    }
                    tracing::debug!(?source, changed, "event taken in");
                    return Ok(changed);
                }
                Err(Halt::Stale) => {}
                Err(Halt::Refused(refused)) => {
                    return Err(Internal::Unreadable {
                        what: "event",
                        why: refused.text,
                    });
                }
                Err(Halt::Internal(error)) => return Err(error),
            }
        }
        Err(Internal::Contended(CONTENTION_LIMIT))
    }

    async fn take_in(&self, rules: &Rules, event: &ServerEvent) -> Halted<bool> {
        let now = self.clock().now();
        self.db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                let changed = match event {
                    ServerEvent::Report(report) => unit.report_event(report).await?,
                    ServerEvent::ReportDeleted(id) => unit.report_deleted(id).await?,
                    ServerEvent::Account { what, account, at } => {
                        unit.account_event(*what, account, *at).await?
                    }
                    ServerEvent::AccountDeleted(id) => unit.account_deleted(id).await?,
                    // The scanner's to read; no case hangs on a status by itself.
                    ServerEvent::Status(_) | ServerEvent::ClosedStatus { .. } => false,
                };
                unit.end().await?;
                Ok((tx, changed))
            })
            .await
    }
}

impl Unit<'_> {
    async fn report_event(&mut self, report: &Report) -> Halted<bool> {
        match self.tx.report(&report.id).await? {
            Some((_, before)) if report.updated_at < before.updated_at => Ok(false),
            Some((_, before))
                if report.updated_at == before.updated_at && report.says_the_same_as(&before) =>
            {
                Ok(false)
            }
            Some((case, before)) => {
                let case = self.need_case(case).await?;
                self.known_report(case, report, before).await
            }
            None => self.new_report(report).await,
        }
    }

    async fn new_report(&mut self, report: &Report) -> Halted<bool> {
        self.save_target(report).await?;
        let target = Target::Account(report.target.id.clone());
        if let Some(case) = self.tx.unresolved_case_on(&target).await? {
            self.tx.save_report(case.id, report).await?;
            self.decide_report(&case, report, None).await?;
            return Ok(true);
        }
        let case = self.draft(
            CaseKind::Report,
            &report.target,
            Severity::of_report(report),
        );
        let mut context = self.context(server_actor(report), &case).await?;
        context.reports = vec![report.clone()];
        let command = self.report_command(report, None);
        if let Some(case) = self.apply(&case, &command, &context).await? {
            self.tx.save_report(case.id, report).await?;
        }
        Ok(true)
    }

    async fn known_report(&mut self, case: Case, report: &Report, before: Report) -> Halted<bool> {
        self.save_target(report).await?;
        let reopened = before.resolved && !report.resolved;
        if reopened
            && case.is_resolved()
            && let Some(other) = self.tx.unresolved_case_on(&case.target).await?
            && other.id != case.id
        {
            return self.join(&case, &other, report).await;
        }
        self.tx.save_report(case.id, report).await?;
        self.decide_report(&case, report, Some(before)).await?;
        Ok(true)
    }

    /// A report reopened while another case on its target is open goes on there.
    async fn join(&mut self, from: &Case, into: &Case, report: &Report) -> Halted<bool> {
        self.tx.save_report(into.id, report).await?;
        let actor = server_actor(report);
        let reports = self.tx.case_reports(from.id).await?;
        self.tell(from, &actor, Fact::JoinedInto { case: into.id }, &reports)
            .await?;
        self.touch(from.id).await?;
        self.decide_report(into, report, None).await?;
        Ok(true)
    }

    async fn decide_report(
        &mut self,
        case: &Case,
        report: &Report,
        previous: Option<Report>,
    ) -> Halted<()> {
        let context = self.context(server_actor(report), case).await?;
        let command = self.report_command(report, previous);
        self.apply(case, &command, &context).await?;
        Ok(())
    }

    fn report_command(&self, report: &Report, previous: Option<Report>) -> Command {
        let linked = report
            .assigned_to
            .as_ref()
            .and_then(|to| self.rules.linked_to(&to.acct()));
        Command::Report {
            report: Box::new(report.clone()),
            previous: previous.map(Box::new),
            assignee: linked.map(|person| person.name.clone()),
        }
    }

    async fn report_deleted(&mut self, id: &ReportId) -> Halted<bool> {
        let Some((case, _)) = self.tx.report(id).await? else {
            return Ok(false);
        };
        let case = self.need_case(case).await?;
        self.tx.delete_report(id).await?;
        let context = self.context(Actor::Server(None), &case).await?;
        self.apply(
            &case,
            &Command::ReportDeleted { report: id.clone() },
            &context,
        )
        .await?;
        Ok(true)
    }

    async fn account_event(
        &mut self,
        what: AccountEvent,
        account: &Account,
        at: DateTime<Utc>,
    ) -> Halted<bool> {
        let before = self.tx.account(&account.id).await?;
        if !self.tx.save_account(account, at).await? {
            return Ok(false);
        }
        let target = Target::Account(account.id.clone());
        let waits = account.state.approved == Some(false);
        let waited = before
            .as_ref()
            .is_some_and(|before| before.state.approved == Some(false));
        match self.tx.unresolved_case_on(&target).await? {
            Some(case) if waits != waited || what == AccountEvent::Approved => {
                self.sign_up(&case).await
            }
            Some(case) => self.account_changed(&case, before.as_ref(), account).await,
            None if waits && what != AccountEvent::Approved => {
                self.sign_up(&self.draft(CaseKind::SignUp, account, Severity::SIGN_UP))
                    .await
            }
            None => Ok(before.as_ref() != Some(account)),
        }
    }

    async fn sign_up(&mut self, case: &Case) -> Halted<bool> {
        let context = self.context(Actor::Server(None), case).await?;
        Ok(self
            .apply(case, &Command::SignUp, &context)
            .await?
            .is_some())
    }

    /// Somebody limited or suspended the target in the server's own UI while the case is open.
    async fn account_changed(
        &mut self,
        case: &Case,
        before: Option<&Account>,
        account: &Account,
    ) -> Halted<bool> {
        let Some(before) = before else {
            return Ok(true);
        };
        let context = self.context(Actor::Server(None), case).await?;
        let changes = changes(before.state, account.state);
        if context.in_flight || changes.is_empty() {
            return Ok(before != account);
        }
        for change in changes {
            let fact = Fact::AccountChanged {
                change: change.to_owned(),
            };
            self.tell(case, &context.actor, fact, &context.reports)
                .await?;
        }
        self.touch(case.id).await?;
        Ok(true)
    }

    async fn account_deleted(&mut self, id: &AccountId) -> Halted<bool> {
        let target = Target::Account(id.clone());
        let Some(mut account) = self.tx.account(id).await? else {
            return Ok(false);
        };
        account.state.approved = None;
        self.tx.save_account(&account, self.now).await?;
        let Some(case) = self.tx.unresolved_case_on(&target).await? else {
            return Ok(false);
        };
        let context = self.context(Actor::Server(None), &case).await?;
        if context.in_flight {
            return Ok(false);
        }
        Ok(self
            .apply(&case, &Command::AccountDeleted, &context)
            .await?
            .is_some())
    }

    /// A case that is not stored yet.
    fn draft(&self, kind: CaseKind, account: &Account, severity: Severity) -> Case {
        let target = Target::Account(account.id.clone());
        decide::open(
            kind,
            target,
            account.handle(),
            severity,
            self.rules.due_in,
            self.now,
        )
    }

    async fn save_target(&mut self, report: &Report) -> Halted<()> {
        self.tx
            .save_account(&report.target, report.updated_at)
            .await?;
        Ok(())
    }
}

fn server_actor(report: &Report) -> Actor {
    let by = if report.resolved {
        report.resolved_by.as_ref()
    } else {
        None
    };
    Actor::Server(by.map(Account::handle))
}

/// What changed for the account, in words.
fn changes(before: AccountState, now: AccountState) -> Vec<&'static str> {
    [
        (
            before.suspended,
            now.suspended,
            "suspended",
            "suspension lifted",
        ),
        (before.limited, now.limited, "limited", "limit lifted"),
        (before.frozen, now.frozen, "frozen", "freeze lifted"),
        (
            before.force_sensitive,
            now.force_sensitive,
            "media forced to be sensitive",
            "media no longer forced to be sensitive",
        ),
    ]
    .into_iter()
    .filter(|(before, now, ..)| before != now)
    .map(|(_, now, set, lifted)| if now { set } else { lifted })
    .collect()
}
