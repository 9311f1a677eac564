//! The calls to the server that a command means for one target, and what the target's last known
//! state rules out already. Pure: what to ask of whom, before rights and confirmation.

use super::error::Refused;
use super::plan::unresolved;
use super::subject::Found;
use crate::command::Act;
use crate::domain::account::AccountAction;
use crate::domain::operation::{AccountRef, ServerCall, Verb};
use crate::domain::{Category, ReportId};

/// The calls that a command means for one target.
pub(super) fn calls(
    act: &Act,
    found: &Found,
    seen: &[ReportId],
) -> Result<Vec<ServerCall>, Refused> {
    let account = || {
        found.reference.clone().ok_or_else(|| {
            Refused::new(format!(
                "{} is about no account; name one: `{} @user`.",
                found.text, act.verb
            ))
        })
    };
    let of_reports = |make: fn(ReportId) -> ServerCall, wanted: bool| -> Vec<ServerCall> {
        let reports = found
            .reports
            .iter()
            .filter(|report| report.resolved == wanted);
        reports
            .filter(|report| wanted || found.is_one_report || seen.contains(&report.id))
            .map(|report| make(report.id.clone()))
            .collect()
    };
    let calls = match act.verb {
        Verb::Resolve => of_reports(|report| ServerCall::Resolve { report }, false),
        Verb::Reopen => of_reports(|report| ServerCall::Reopen { report }, true),
        Verb::Categorise => categorise(act, found)?,
        Verb::Approve => vec![ServerCall::Approve {
            account: account()?,
        }],
        Verb::Reject => vec![ServerCall::Reject {
            account: account()?,
        }],
        verb => match (action_of(verb), lifted_by(verb)) {
            (Some(AccountAction::Warn), _) => warn(act, found, seen, account()?),
            (Some(action), _) => {
                let report = unresolved(&found.reports)
                    .next()
                    .map(|report| report.id.clone());
                let tell = act.tell.clone();
                vec![ServerCall::Act {
                    account: account()?,
                    action,
                    report,
                    tell,
                }]
            }
            (None, Some(action)) => vec![ServerCall::Lift {
                account: account()?,
                action,
            }],
            (None, None) => {
                return Err(Refused::new(format!(
                    "`{verb}` does not go with {}.",
                    found.text
                )));
            }
        },
    };
    if calls.is_empty() {
        return Err(Refused::new(match act.verb {
            Verb::Resolve if found.case.as_ref().is_some_and(|case| !case.is_resolved()) => {
                format!(
                    "{} has no open report that you saw; a sign-up is settled with approve or reject.",
                    found.text
                )
            }
            Verb::Resolve => format!("{} has no open report.", found.text),
            Verb::Reopen => format!("{} has no resolved report to open again.", found.text),
            _ => format!("There is nothing to do for {}.", found.text),
        }));
    }
    Ok(calls)
}

/// A warning resolves only the report it names (observed on 4.2 and 4.3): the other reports that
/// the moderator saw are resolved after it, so that a warning settles the case as every other
/// action does.
fn warn(act: &Act, found: &Found, seen: &[ReportId], account: AccountRef) -> Vec<ServerCall> {
    let mut open = unresolved(&found.reports).filter(|report| seen.contains(&report.id));
    let first = open.next().map(|report| report.id.clone());
    let tell = act.tell.clone();
    let warning = ServerCall::Act {
        account,
        action: AccountAction::Warn,
        report: first,
        tell,
    };
    let rest = open.map(|report| ServerCall::Resolve {
        report: report.id.clone(),
    });
    std::iter::once(warning).chain(rest).collect()
}

fn categorise(act: &Act, found: &Found) -> Result<Vec<ServerCall>, Refused> {
    let category = act.category.clone().ok_or_else(|| {
        Refused::new(
            "Which category? `categorise #42 --category spam` (other, spam, legal, violation).",
        )
    })?;
    if !act.rules.is_empty() && category != Category::Violation {
        return Err(Refused::new("Rules go with the category violation only."));
    }
    if act.rules.is_empty() && category == Category::Violation {
        return Err(Refused::new(
            "A violation names the rule: `categorise #42 --category violation --rule 3`.",
        ));
    }
    let rules = &act.rules;
    Ok(unresolved(&found.reports)
        .filter(|report| {
            let named: Vec<&String> = report.rules.iter().map(|rule| &rule.id).collect();
            report.category != category || named != rules.iter().collect::<Vec<_>>()
        })
        .map(|report| ServerCall::Categorise {
            report: report.id.clone(),
            category: category.clone(),
            rules: rules.clone(),
        })
        .collect())
}

/// What the account's last known state rules out already; the worker reads it afresh anyway.
pub(super) fn check_state(act: &Act, found: &Found) -> Result<(), Refused> {
    let Some(account) = &found.account else {
        return Ok(());
    };
    let refuse = |text: String| Err(Refused::new(text));
    match act.verb {
        Verb::Freeze if !account.is_local() => refuse(format!(
            "{} lives on another server: it cannot be frozen here. Limit or suspend it.",
            found.text
        )),
        Verb::Approve | Verb::Reject if !account.is_local() => refuse(format!(
            "{} lives on another server: there is no sign-up.",
            found.text
        )),
        Verb::Approve | Verb::Reject if account.state.approved == Some(true) => {
            refuse(format!("{} is approved already.", found.text))
        }
        _ => Ok(()),
    }
}

/// The account action behind a verb.
pub(super) fn action_of(verb: Verb) -> Option<AccountAction> {
    match verb {
        Verb::Warn => Some(AccountAction::Warn),
        Verb::ForceSensitive => Some(AccountAction::ForceSensitive),
        Verb::Limit => Some(AccountAction::Limit),
        Verb::Freeze => Some(AccountAction::Freeze),
        Verb::Suspend => Some(AccountAction::Suspend),
        _ => None,
    }
}

/// The account action that a verb lifts.
pub(super) fn lifted_by(verb: Verb) -> Option<AccountAction> {
    match verb {
        Verb::UnforceSensitive => Some(AccountAction::ForceSensitive),
        Verb::Unlimit => Some(AccountAction::Limit),
        Verb::Unfreeze => Some(AccountAction::Freeze),
        Verb::Unsuspend => Some(AccountAction::Suspend),
        _ => None,
    }
}
