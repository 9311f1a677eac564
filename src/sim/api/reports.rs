//! Reports through the admin API: list, one, category and rules, and the four steps.

use super::page::{Size, answer, page};
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::entity::View;
use crate::sim::model::{Id, Report};
use crate::sim::role::Permission;
use crate::sim::state::State;
use crate::sim::version::Version;

const READ: [&str; 2] = ["admin:read", "admin:read:reports"];
const WRITE: [&str; 2] = ["admin:write", "admin:write:reports"];
const KEPT: [&str; 4] = ["resolved", "unresolved", "account_id", "target_account_id"];

/// Unresolved reports, unless asked for others; both kinds at once only since 4.6.
pub(super) fn list(state: &State, call: &Call) -> Outcome {
    call.admin_scope(&READ)?;
    call.staff(state, &[Permission::ManageReports])?;
    let resolved = call.params.flag("resolved") == Some(true);
    let both = resolved
        && state.config.version >= Version::V4_6
        && call.params.flag("unresolved") == Some(true);
    let by = |key| call.params.present(key);
    let (reporter, target) = (by("account_id"), by("target_account_id"));
    let same = |wanted: &Option<String>, id: Id| {
        wanted
            .as_ref()
            .is_none_or(|wanted| *wanted == id.to_string())
    };
    let fitting = state.reports.iter().filter(|report| {
        (both || report.resolved_at.is_some() == resolved)
            && same(&reporter, report.reporter)
            && same(&target, report.target)
    });
    let ids = page(call, fitting.map(|report| report.id).collect(), Size::ADMIN)?;
    let view = View::new(state, call.caller());
    let reports = ids.iter().filter_map(|&id| state.report(id));
    let nodes = reports.map(|report| view.admin_report(report));
    answer(call, &state.web_url, &KEPT, Size::ADMIN, &ids, nodes)
}

pub(super) fn get(state: &State, call: &Call, id_text: &str) -> Outcome {
    let report = allowed(state, call, &READ, id_text)?.id;
    shown(state, call, report)
}

/// `PUT`: category and rules.
pub(super) fn update(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let report = allowed(state, call, &WRITE, id_text)?;
    let (id, was) = (report.id, report.clone());
    let category = call
        .params
        .text("category")
        .unwrap_or_else(|| was.category.clone());
    check_category(state, &category)?;
    let rules = match call.params.list("rule_ids") {
        Some(ids) => Some(ids.iter().filter_map(|id| id.parse().ok()).collect()),
        None => was.rules.clone(),
    };
    if category != was.category || rules != was.rules {
        check_rules(state, &category, rules.as_deref())?;
    }
    state.save_report(id, |report| {
        let changed = report.category != category || report.rules != rules;
        report.category = category;
        report.rules = rules;
        changed
    });
    shown(state, call, id)
}

/// The four steps; the answer is always the report.
pub(super) fn step(state: &mut State, call: &Call, id_text: &str, step: &str) -> Outcome {
    if !["assign_to_self", "unassign", "resolve", "reopen"].contains(&step) {
        return Err(Failure::NoRoute);
    }
    let id = allowed(state, call, &WRITE, id_text)?.id;
    let by = call.staff(state, &[Permission::ManageReports])?.id;
    match step {
        "assign_to_self" => state.assign(id, Some(by)),
        "unassign" => state.assign(id, None),
        "resolve" => state.resolve(id, by),
        _ => state.reopen(id),
    }
    shown(state, call, id)
}

fn allowed<'s>(
    state: &'s State,
    call: &Call,
    scopes: &[&str],
    id_text: &str,
) -> Result<&'s Report, Failure> {
    call.admin_scope(scopes)?;
    let report = state.report(id(id_text)?).ok_or(Failure::NotFound)?;
    call.staff(state, &[Permission::ManageReports])?;
    Ok(report)
}

fn shown(state: &State, call: &Call, id: Id) -> Outcome {
    let report = state.report(id).ok_or(Failure::NotFound)?;
    let view = View::new(state, call.caller());
    Ok(Answer::json(view.admin_report(report)))
}

/// An unknown category crashes the real server.
pub(super) fn check_category(state: &State, category: &str) -> Result<(), Failure> {
    let known = match category {
        "other" | "spam" | "violation" => true,
        "legal" => state.config.version >= Version::Early4_2,
        _ => false,
    };
    if known { Ok(()) } else { Err(Failure::Crash) }
}

/// Rules belong to violations, and must exist.
pub(super) fn check_rules(
    state: &State,
    category: &str,
    rules: Option<&[Id]>,
) -> Result<(), Failure> {
    let given = rules.unwrap_or_default();
    if category != "violation" {
        return if given.is_empty() {
            Ok(())
        } else {
            Err(Failure::invalid("Rule ids must be blank"))
        };
    }
    if rules.is_some() && given.iter().all(|&id| state.rule(id).is_some()) {
        Ok(())
    } else {
        Err(Failure::invalid("Rule ids does not reference valid rules"))
    }
}
