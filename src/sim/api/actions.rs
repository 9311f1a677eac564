//! Acting on accounts through the admin API: actions, their reversals, sign-ups, deletion.

use super::accounts::named;
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::entity::View;
use crate::sim::model::{Account, Action, Id};
use crate::sim::moderation::Order;
use crate::sim::role::Permission;
use crate::sim::state::State;
use crate::sim::version::Version;

const WRITE: [&str; 2] = ["admin:write", "admin:write:accounts"];

/// `POST /action`: an action with strike, mail and resolved reports.
pub(super) fn act(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    call.admin_scope(&WRITE)?;
    let target = named(state, id_text)?;
    let by = call.staff(state, &[Permission::ManageUsers])?.id;
    let action = wanted_action(state, call)?;
    may_act(state, call, target, action)?;
    if action == Action::Freeze && state.account(target).is_some_and(|a| a.user.is_none()) {
        // The real server looks for the login of the account and crashes when there is none.
        return Err(Failure::Crash);
    }
    if call.params.present("warning_preset_id").is_some() {
        // The simulated server has no presets.
        return Err(Failure::NotFound);
    }
    let report = call
        .params
        .present("report_id")
        .map(|text| id(&text))
        .transpose()?;
    if let Some(report) = report {
        state.report(report).ok_or(Failure::NotFound)?;
    }
    let resolves = match action {
        Action::Warn => report.is_some(),
        _ => !state.open_reports(target).is_empty(),
    };
    if resolves {
        call.staff(state, &[Permission::ManageReports])?;
    }
    let order = Order {
        text: call.params.text("text").unwrap_or_default(),
        report,
        mail: call.params.flag("send_email_notification").unwrap_or(true),
    };
    state.act(by, target, action, order);
    Ok(Answer::empty())
}

fn wanted_action(state: &State, call: &Call) -> Result<Action, Failure> {
    let Some(name) = call.params.present("type") else {
        return Err(Failure::invalid(
            "Type can't be blank, Type is not included in the list",
        ));
    };
    Action::parse(&name).ok_or_else(|| {
        if state.config.version >= Version::Early4_2 {
            Failure::invalid("Type is not included in the list")
        } else {
            Failure::Crash
        }
    })
}

/// Everything but a warning needs a higher rank than the target's, and nothing touches the
/// server's own actor.
fn may_act(state: &State, call: &Call, target: Id, action: Action) -> Result<(), Failure> {
    let both = [Permission::ManageUsers, Permission::ManageReports];
    let role = call.staff(state, &both)?.role().unwrap_or_default();
    let target = state.account(target).ok_or(Failure::NotFound)?;
    let outranked = role.outranks(target.role());
    if action == Action::Warn || (outranked && !target.is_server_actor()) {
        Ok(())
    } else {
        Err(Failure::NotAllowed)
    }
}

pub(super) fn approve(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let target = pending(state, call, id_text)?;
    state.approve(target);
    shown(state, call, target)
}

pub(super) fn reject(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let target = pending(state, call, id_text)?;
    state.remove_account(target);
    Ok(Answer::empty())
}

/// A local account whose sign-up waits, for a caller who may decide about it.
fn pending(state: &State, call: &Call, id_text: &str) -> Result<Id, Failure> {
    let target = local(state, call, id_text)?;
    call.staff(state, &[Permission::ManageUsers])?;
    let waits = state.account(target).is_some_and(Account::pending);
    if waits {
        Ok(target)
    } else {
        Err(Failure::NotAllowed)
    }
}

fn local(state: &State, call: &Call, id_text: &str) -> Result<Id, Failure> {
    call.admin_scope(&WRITE)?;
    let target = named(state, id_text)?;
    let is_local = state.account(target).is_some_and(Account::is_local);
    if is_local {
        Ok(target)
    } else {
        Err(Failure::Forbidden)
    }
}

/// `POST /enable`: unfreezes. The login changes, not the account, so no webhook fires.
pub(super) fn enable(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let target = local(state, call, id_text)?;
    call.staff(state, &[Permission::ManageUsers])?;
    if let Some(user) = state
        .account_mut(target)
        .and_then(|account| account.user.as_mut())
    {
        user.frozen = false;
    }
    shown(state, call, target)
}

pub(super) fn unsilence(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let target = reversible(state, call, id_text)?;
    state.save_account(target, |account| account.limited = false);
    shown(state, call, target)
}

pub(super) fn unsensitive(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let target = reversible(state, call, id_text)?;
    state.save_account(target, |account| account.force_sensitive = false);
    shown(state, call, target)
}

pub(super) fn unsuspend(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let target = reversible(state, call, id_text)?;
    if !state
        .account(target)
        .is_some_and(|account| account.suspended)
    {
        return Err(Failure::NotAllowed);
    }
    state.save_account(target, |account| {
        account.suspended = false;
        account.deletion_pending = false;
    });
    shown(state, call, target)
}

/// Reversals have no rank check.
fn reversible(state: &State, call: &Call, id_text: &str) -> Result<Id, Failure> {
    call.admin_scope(&WRITE)?;
    let target = named(state, id_text)?;
    call.staff(state, &[Permission::ManageUsers])?;
    Ok(target)
}

/// `DELETE`: wipes the data of an account whose suspension could still be lifted.
pub(super) fn delete(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    call.admin_scope(&WRITE)?;
    let target = named(state, id_text)?;
    call.staff(state, &[Permission::DeleteUserData])?;
    if !state
        .account(target)
        .is_some_and(|account| account.deletion_pending)
    {
        return Err(Failure::NotAllowed);
    }
    state.wipe_account(target);
    Ok(Answer::empty())
}

fn shown(state: &State, call: &Call, target: Id) -> Outcome {
    let account = state.account(target).ok_or(Failure::NotFound)?;
    let view = View::new(state, call.caller());
    Ok(Answer::json(view.admin_account(account)))
}
