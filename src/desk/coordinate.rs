//! Work between people: claim, unclaim, assign. A claim shows on the server only under the
//! moderator's own name; with the bot's token the server would say that the bot is on it.

use super::confirm::Pending;
use super::error::{Halt, Halted, Refused};
use super::handle::Request;
use super::inbound::{Answer, AnswerKind, Reply};
use super::unit::Unit;
use super::words;
use crate::command::Subject;
use crate::domain::decide::Command;
use crate::domain::operation::{self, ServerCall, Verb};
use crate::domain::permission::TargetFacts;
use crate::domain::{Actor, Case, CaseId, Moderator, ModeratorName, Permission, ReportId};

impl Unit<'_> {
    /// `claim`: takes cases, or asks before taking them from a colleague.
    pub(super) async fn claim(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        cases: &[CaseId],
        take_over: bool,
    ) -> Halted<Reply> {
        let mut claimed = Vec::new();
        let mut refusals = Vec::new();
        let mut held_by_others = Vec::new();
        for id in cases {
            let case = self.need_case(*id).await?;
            match self.claim_one(moderator, &case, take_over).await {
                Ok(()) => claimed.push(case.id),
                Err(Halt::Refused(refused)) => match &case.claimed_by {
                    Some(holder) if *holder != moderator.name && !case.is_resolved() => {
                        let since = case.claimed_at.unwrap_or(case.opened_at);
                        let ago = words::ago(self.now - since);
                        held_by_others.push((case.id, format!("{holder} claimed {id} {ago}.")));
                    }
                    _ => refusals.push(refused.text),
                },
                Err(halt) => return Err(halt),
            }
        }
        let mut lines = Vec::new();
        if !claimed.is_empty() {
            lines.push(format!("{} is yours.", words::list(&claimed)));
        }
        lines.extend(refusals);
        if held_by_others.is_empty() {
            let kind = if claimed.is_empty() {
                AnswerKind::Refused
            } else {
                AnswerKind::Done
            };
            return Ok(Reply::Private(Answer::text(kind, lines.join("\n"))));
        }
        lines.extend(held_by_others.iter().map(|(_, line)| line.clone()));
        lines.push("Take over?".to_owned());
        let pending = Pending::TakeOver {
            cases: held_by_others.iter().map(|(id, _)| *id).collect(),
        };
        self.ask(moderator, request, &pending, lines.join("\n"))
            .await
    }

    async fn claim_one(
        &mut self,
        moderator: &Moderator,
        case: &Case,
        take_over: bool,
    ) -> Halted<()> {
        let context = self
            .context(Actor::Moderator(moderator.name.clone()), case)
            .await?;
        let command = Command::Claim { take_over };
        self.apply(case, &command, &context).await?;
        let reports = context.reports.iter().filter(|report| !report.resolved);
        let reports: Vec<ReportId> = reports.map(|report| report.id.clone()).collect();
        self.show_claim(moderator, case, Verb::Claim, reports).await
    }

    /// `unclaim`: gives cases back.
    pub(super) async fn unclaim(
        &mut self,
        moderator: &Moderator,
        cases: &[CaseId],
    ) -> Halted<Reply> {
        for id in cases {
            let case = self.need_case(*id).await?;
            let context = self
                .context(Actor::Moderator(moderator.name.clone()), &case)
                .await?;
            self.apply(&case, &Command::Unclaim, &context).await?;
            let linked = moderator.link.as_ref().map(|link| &link.account);
            let mine = context.reports.iter().filter(|report| {
                report.assigned_to.as_ref().map(|account| &account.id) == linked && linked.is_some()
            });
            let reports: Vec<ReportId> = mine.map(|report| report.id.clone()).collect();
            self.show_claim(moderator, &case, Verb::Unclaim, reports)
                .await?;
        }
        let text = format!("{} is free again.", words::list(cases));
        Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
    }

    /// `assign`: gives a case to a colleague who may act on it.
    pub(super) async fn assign(
        &mut self,
        moderator: &Moderator,
        id: CaseId,
        to: &ModeratorName,
    ) -> Halted<Reply> {
        let case = self.need_case(id).await?;
        let Some(person) = self.rules.named(to.as_str()) else {
            let names: Vec<&str> = self.rules.people.iter().map(|p| p.name.as_str()).collect();
            return Err(Refused::new(format!(
                "There is no moderator {to}. There are: {}.",
                names.join(", ")
            ))
            .into());
        };
        let colleague = self.standing.moderator(person);
        let reports = self.tx.case_reports(case.id).await?;
        let found = self.find(&Subject::Case(id)).await?;
        let facts = found
            .account
            .as_ref()
            .map_or_else(TargetFacts::default, |account| {
                super::people::account_facts(
                    account,
                    &reports,
                    &colleague,
                    self.rules,
                    &self.standing,
                )
            });
        if facts.own_case {
            return Err(
                Refused::new(format!("{to} is the target or the reporter of {id}.")).into(),
            );
        }
        self.grant_on(&colleague, Permission::Coordinate, &facts)
            .map_err(|_| Refused::new(format!("{to} may not claim cases.")))?;
        let context = self
            .context(Actor::Moderator(moderator.name.clone()), &case)
            .await?;
        self.apply(&case, &Command::Assign { to: to.clone() }, &context)
            .await?;
        Ok(Reply::Private(Answer::text(
            AnswerKind::Done,
            format!("{id} is {to}'s now."),
        )))
    }

    /// Before an action: the case becomes the asker's.
    pub(super) async fn engage(
        &mut self,
        moderator: &Moderator,
        case: CaseId,
        take_over: bool,
    ) -> Halted<()> {
        let case = self.need_case(case).await?;
        let context = self
            .context(Actor::Moderator(moderator.name.clone()), &case)
            .await?;
        self.apply(&case, &Command::Engage { take_over }, &context)
            .await?;
        Ok(())
    }

    /// Shows a claim on the server as an operation of its own, if it can run under the
    /// moderator's own name. It may fail without harm: the claim holds here all the same.
    async fn show_claim(
        &mut self,
        moderator: &Moderator,
        case: &Case,
        verb: Verb,
        reports: Vec<ReportId>,
    ) -> Halted<()> {
        let own = self
            .rules
            .named(moderator.name.as_str())
            .is_some_and(|p| p.acts_as_themselves);
        if !own || reports.is_empty() {
            return Ok(());
        }
        let grant = self.grant_on(moderator, verb.permission(), &TargetFacts::default())?;
        let calls = reports
            .iter()
            .map(|report| match verb {
                Verb::Unclaim => ServerCall::Unassign {
                    report: report.clone(),
                },
                _ => ServerCall::Assign {
                    report: report.clone(),
                },
            })
            .collect();
        let request = operation::Request {
            verb,
            target: case.target.clone(),
            target_text: case.target_text.clone(),
            calls,
            seen: reports,
            reason: None,
            lasts_seconds: None,
            lifts_by_itself: false,
            undoes: None,
        };
        self.store(&grant, Some(case.id), request, None).await?;
        Ok(())
    }
}
