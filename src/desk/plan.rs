//! From a command to the operations it would store: everything is checked and worded here,
//! nothing is written. A plan that must be confirmed waits as it is, and is checked again then.

use serde::{Deserialize, Serialize};

use super::calls::{calls, check_state};
use super::error::{Halted, Refused};
use super::people::{account_facts, domain_facts, find_moderator};
use super::subject::Found;
use super::unit::Unit;
use super::words;
use crate::command::{Act, BROAD_BATCH};
use crate::domain::case::Seen;
use crate::domain::operation::{Request, ServerCall, Verb};
use crate::domain::permission::{TargetFacts, authorize};
use crate::domain::{
    CaseId, Grant, Moderator, ModeratorName, Permission, Report, ReportId, Target,
};

/// Accounts older than this are taken out of batches: spam waves come from young accounts, and an
/// old one among them is more likely a mistake or a victim.
const OLD_ACCOUNT: chrono::TimeDelta = chrono::TimeDelta::days(365);

/// What would be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The command.
    pub verb: Verb,
    /// One for each target.
    pub operations: Vec<Planned>,
    /// Targets that were taken out of a batch, with the reason.
    pub left_out: Vec<String>,
    /// Somebody else is on one of the cases; carrying on takes them over.
    pub take_over: Option<String>,
}

impl Plan {
    /// What the accounts are told, each text once.
    pub(super) fn told(&self) -> Vec<&str> {
        let calls = self
            .operations
            .iter()
            .flat_map(|planned| &planned.request.calls);
        let mut texts: Vec<&str> = calls
            .filter_map(|call| match call {
                ServerCall::Act { tell, .. } => tell.as_deref(),
                _ => None,
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }
}

/// One operation to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Planned {
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// What shall be done.
    pub request: Request,
    /// What the confirmation says of this target.
    pub line: String,
    /// Limiting a remote account by button needs no confirmation.
    pub is_remote: bool,
    /// The server's rules that its reports name: offered as reasons.
    pub rules: Vec<String>,
}

impl Unit<'_> {
    /// Plans an account or report command.
    pub(super) async fn plan_act(
        &mut self,
        act: &Act,
        moderator: &Moderator,
        seen: Option<&Seen>,
    ) -> Halted<Plan> {
        if act.subjects.is_empty() {
            return Err(Refused::new(format!(
                "{} what? Name a case or an account: `{} #42`.",
                words::capital(act.verb.word()),
                act.verb
            ))
            .into());
        }
        let in_batch = act.subjects.len() > 1;
        if act.subjects.len() > BROAD_BATCH {
            self.grant_on(moderator, Permission::Batch, &TargetFacts::default())?;
        }
        let mut plan = Plan {
            verb: act.verb,
            operations: Vec::new(),
            left_out: Vec::new(),
            take_over: None,
        };
        for subject in &act.subjects {
            let found = self.find(subject).await?;
            if let Some(seen) = seen {
                check_fresh(&found, seen)?;
            }
            match self.plan_one(act, &found, moderator, seen, in_batch) {
                Ok(planned) => {
                    self.note_take_over(&mut plan, &found, moderator, act.take_over);
                    plan.operations.push(planned);
                }
                Err(super::error::Halt::Refused(refused)) if in_batch => {
                    plan.left_out
                        .push(format!("{}: {}", found.text, refused.text));
                }
                Err(halt) => return Err(halt),
            }
        }
        if plan.operations.is_empty() {
            let why = plan.left_out.join("\n");
            return Err(Refused::new(format!("Nothing is left to do.\n{why}")).into());
        }
        Ok(plan)
    }

    fn plan_one(
        &self,
        act: &Act,
        found: &Found,
        moderator: &Moderator,
        seen: Option<&Seen>,
        in_batch: bool,
    ) -> Halted<Planned> {
        let mut facts = found
            .account
            .as_ref()
            .map_or_else(TargetFacts::default, |account| {
                account_facts(
                    account,
                    &found.reports,
                    moderator,
                    self.rules,
                    &self.standing,
                )
            });
        facts.in_batch = in_batch;
        self.grant_on(moderator, act.verb.permission(), &facts)?;
        if in_batch {
            self.check_batch(act.verb, found)?;
        }
        let seen: Vec<ReportId> = match seen {
            Some(seen) => seen.reports.clone(),
            None => unresolved(&found.reports)
                .map(|report| report.id.clone())
                .collect(),
        };
        let tell = act.tell.as_deref();
        let act = &Act {
            tell: tell.map(|tell| self.rules.told(tell, found.account.as_ref())),
            ..act.clone()
        };
        let calls = calls(act, found, &seen)?;
        check_state(act, found)?;
        let request = Request {
            verb: act.verb,
            target: found.target(),
            target_text: found.text.clone(),
            calls,
            seen,
            reason: act.reason.clone(),
            lasts_seconds: act.lasts.map(|span| span.num_seconds()),
            lifts_by_itself: act.auto,
            undoes: None,
        };
        Ok(Planned {
            case: found.case.as_ref().map(|case| case.id),
            line: words::target_line(
                found.account.as_ref(),
                &found.text,
                &found.reports,
                self.now,
            ),
            is_remote: found
                .account
                .as_ref()
                .is_some_and(|account| !account.is_local()),
            rules: rules_named(&found.reports),
            request,
        })
    }

    /// Staff is refused by its protection; old accounts are for a decision of their own.
    fn check_batch(&self, verb: Verb, found: &Found) -> Halted<()> {
        let age = found
            .account
            .as_ref()
            .and_then(|account| account.created_at);
        let is_old = age.is_some_and(|made| self.now - made > OLD_ACCOUNT);
        if is_old && verb.tier() >= crate::domain::operation::Tier::Strong {
            return Err(Refused::new("older than a year; act on it alone").into());
        }
        Ok(())
    }

    fn note_take_over(&self, plan: &mut Plan, found: &Found, moderator: &Moderator, agreed: bool) {
        let Some(case) = found.case.as_ref().filter(|case| !case.is_resolved()) else {
            return;
        };
        if let Some(holder) = case
            .claimed_by
            .as_ref()
            .filter(|name| **name != moderator.name)
            && !agreed
        {
            let since = case.claimed_at.unwrap_or(case.opened_at);
            let ago = words::ago(self.now - since);
            plan.take_over = Some(format!("{holder} claimed {} {ago}. Take over?", case.id));
        }
    }

    /// Plans a domain command.
    pub(super) fn plan_domain(
        &mut self,
        verb: Verb,
        target: Target,
        call: ServerCall,
        reason: Option<String>,
        moderator: &Moderator,
    ) -> Halted<Plan> {
        let facts = match &target {
            Target::Domain(domain) => domain_facts(domain, self.rules),
            _ => TargetFacts::default(),
        };
        self.grant_on(moderator, verb.permission(), &facts)?;
        let target_text = match &target {
            Target::Domain(domain) => domain.to_string(),
            Target::Range(range) => range.to_string(),
            other => other.to_string(),
        };
        let request = Request {
            verb,
            target,
            target_text: target_text.clone(),
            calls: vec![call],
            seen: Vec::new(),
            reason,
            lasts_seconds: None,
            lifts_by_itself: false,
            undoes: None,
        };
        let planned = Planned {
            case: None,
            request,
            line: target_text,
            is_remote: true,
            rules: Vec::new(),
        };
        Ok(Plan {
            verb,
            operations: vec![planned],
            left_out: Vec::new(),
            take_over: None,
        })
    }

    /// Checks a right on a target.
    pub(super) fn grant_on(
        &self,
        moderator: &Moderator,
        permission: Permission,
        facts: &TargetFacts,
    ) -> Halted<Grant> {
        Ok(authorize(
            moderator,
            permission,
            facts,
            self.rules.policy.roles(),
        )?)
    }

    /// Checks every right of a plan again: time has passed since it was made.
    pub(super) async fn recheck(&mut self, plan: &Plan, who: &ModeratorName) -> Halted<Grant> {
        let moderator = find_moderator(who, self.rules, &self.standing)
            .ok_or_else(|| Refused::new("You are not a moderator here any more."))?;
        let in_batch = plan.operations.len() > 1;
        if plan.operations.len() + plan.left_out.len() > BROAD_BATCH {
            self.grant_on(&moderator, Permission::Batch, &TargetFacts::default())?;
        }
        for planned in &plan.operations {
            let mut facts = match &planned.request.target {
                Target::Account(id) => match self.tx.account(id).await? {
                    Some(account) => {
                        let reports = match planned.case {
                            Some(case) => self.tx.case_reports(case).await?,
                            None => Vec::new(),
                        };
                        let (rules, standing) = (self.rules, &self.standing);
                        account_facts(&account, &reports, &moderator, rules, standing)
                    }
                    None => TargetFacts::default(),
                },
                Target::Domain(domain) => domain_facts(domain, self.rules),
                _ => TargetFacts::default(),
            };
            facts.in_batch = in_batch;
            self.grant_on(&moderator, plan.verb.permission(), &facts)?;
        }
        self.grant_on(&moderator, plan.verb.permission(), &TargetFacts::default())
    }
}

/// A press counts only on what its presser saw (invariant 7).
fn check_fresh(found: &Found, seen: &Seen) -> Result<(), Refused> {
    match &found.case {
        Some(case) if !case.is_as_seen(seen) => Err(Refused::new(format!(
            "{} changed since you looked: {}. Look again before you act.",
            case.id,
            words::how_it_stands(case)
        ))),
        _ => Ok(()),
    }
}

pub(super) fn unresolved(reports: &[Report]) -> impl Iterator<Item = &Report> {
    reports.iter().filter(|report| !report.resolved)
}

/// The texts of the rules that open reports name, without doubles.
fn rules_named(reports: &[Report]) -> Vec<String> {
    let named = unresolved(reports).flat_map(|report| &report.rules);
    let texts: std::collections::BTreeSet<String> = named.map(|rule| rule.text.clone()).collect();
    texts.into_iter().collect()
}
