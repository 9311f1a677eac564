//! What can be pressed on a card, by kind of case and state.

use super::CardOptions;
use crate::domain::case::CaseKind;
use crate::domain::operation::Operation;
use crate::domain::{AccountAction, CaseState, CaseView, OperationState, Target, Verb};

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says; `…` at the end means that it asks before it does anything.
    pub label: String,
    /// How it looks.
    pub style: Style,
    /// What it does.
    pub press: Press,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One among several.
    Plain,
    /// What is most often right.
    Primary,
    /// What is hard to take back.
    Danger,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Sends this key (`42.claim`, `op-17.cancel`), the same on every platform.
    Key(String),
    /// Opens this page of the server.
    Link(String),
}

/// The most buttons in the first row: what Discord allows, and what people can take in.
const FIRST_ROW: usize = 5;

/// The first row, and what stands behind "More".
pub(super) fn rows(view: &CaseView, options: &CardOptions) -> (Vec<Button>, Vec<Button>) {
    let mut first = waiting(view);
    let mut more = Vec::new();
    if view.case.is_resolved() {
        first.extend(after(view));
    } else if options.can_act {
        let (urgent, others) = match view.case.kind {
            CaseKind::Report => report(view),
            CaseKind::SignUp => sign_up(view),
        };
        first.extend(urgent);
        more = others;
    } else {
        first.push(claim(view));
        first.extend(super::link(view, options).map(|link| Button {
            label: "Decide on the server".to_owned(),
            style: Style::Primary,
            press: Press::Link(link),
        }));
        more = coordination(view);
    }
    // One place of the first row is More's own.
    let room = if more.is_empty() {
        FIRST_ROW
    } else {
        FIRST_ROW - 1
    };
    let moved = first.split_off(first.len().min(room));
    more.splice(0..0, moved);
    (first, more)
}

fn key(view: &CaseView, label: &str, style: Style, verb: &str) -> Button {
    Button {
        label: label.to_owned(),
        style,
        press: Press::Key(format!("{}.{verb}", view.case.id.0)),
    }
}

fn report(view: &CaseView) -> (Vec<Button>, Vec<Button>) {
    let plain = |label, verb: Verb| key(view, label, Style::Plain, verb.word());
    let first = vec![
        claim(view),
        plain("Close, no action", Verb::Resolve),
        plain("Limit…", Verb::Limit),
        key(view, "Suspend…", Style::Danger, Verb::Suspend.word()),
    ];
    let mut more = vec![
        plain("Warn…", Verb::Warn),
        plain("Force-sensitive…", Verb::ForceSensitive),
    ];
    if is_local(view) {
        more.push(plain("Freeze…", Verb::Freeze));
    }
    more.extend(lifts(view));
    more.push(plain("Categorise…", Verb::Categorise));
    more.extend(coordination(view));
    (first, more)
}

fn sign_up(view: &CaseView) -> (Vec<Button>, Vec<Button>) {
    let first = vec![
        key(view, "Approve…", Style::Primary, Verb::Approve.word()),
        key(view, "Reject…", Style::Danger, Verb::Reject.word()),
        key(view, "Ask a colleague…", Style::Plain, "assign"),
    ];
    let mut more = vec![claim(view)];
    more.extend(coordination(view));
    (first, more)
}

fn claim(view: &CaseView) -> Button {
    match view.case.state {
        CaseState::Claimed => key(view, "Take over…", Style::Plain, Verb::Claim.word()),
        _ => key(view, "Claim", Style::Primary, Verb::Claim.word()),
    }
}

fn coordination(view: &CaseView) -> Vec<Button> {
    let mut buttons = Vec::new();
    if view.case.state == CaseState::Claimed {
        buttons.push(key(view, "Give back", Style::Plain, Verb::Unclaim.word()));
    }
    if view.case.kind == CaseKind::Report {
        buttons.push(key(view, "Assign…", Style::Plain, "assign"));
    }
    buttons.push(key(view, "History", Style::Plain, "history"));
    buttons
}

/// Lifting what is in effect now.
fn lifts(view: &CaseView) -> Vec<Button> {
    let Some(account) = &view.account else {
        return Vec::new();
    };
    [
        (AccountAction::ForceSensitive, "Lift force-sensitive"),
        (AccountAction::Limit, "Lift limit"),
        (AccountAction::Freeze, "Lift freeze"),
        (AccountAction::Suspend, "Lift suspension"),
    ]
    .into_iter()
    .filter(|(action, _)| action.is_in_effect(&account.state))
    .filter_map(|(action, label)| {
        let verb = Verb::lifting(action)?;
        Some(key(view, label, Style::Plain, verb.word()))
    })
    .collect()
}

fn is_local(view: &CaseView) -> bool {
    match (&view.account, &view.case.target) {
        (Some(account), _) => account.is_local(),
        (None, Target::Account(_) | Target::Handle(_)) => {
            !view.case.target_text.trim_start_matches('@').contains('@')
        }
        _ => false,
    }
}

/// Operations that a press can still stop, or that wait for one.
fn waiting(view: &CaseView) -> Vec<Button> {
    let on = |operation: &Operation, label: String, style, verb: &str| Button {
        label,
        style,
        press: Press::Key(format!("{}.{verb}", operation.id)),
    };
    view.operations
        .iter()
        .filter_map(|operation| {
            let verb = operation.request.verb;
            match operation.state {
                OperationState::Held => Some(on(
                    operation,
                    format!("Cancel {verb}"),
                    Style::Danger,
                    "cancel",
                )),
                OperationState::Waiting => Some(on(
                    operation,
                    format!("Second {verb}"),
                    Style::Primary,
                    "second",
                )),
                _ => None,
            }
        })
        .collect()
}

/// A settled case keeps Undo, where its operation can be taken back, else Reopen.
fn after(view: &CaseView) -> Vec<Button> {
    let by = view
        .case
        .resolution
        .as_ref()
        .and_then(|resolution| resolution.operation);
    let undoable = view.operations.iter().find(|operation| {
        Some(operation.id) == by
            && operation.undone_by.is_none()
            && operation
                .inverse
                .as_ref()
                .is_some_and(|inverse| !inverse.calls.is_empty())
    });
    let button = match undoable {
        Some(operation) => Button {
            label: format!("Undo {}…", operation.request.verb),
            style: Style::Plain,
            press: Press::Key(format!("{}.undo", operation.id)),
        },
        None if view.reports.is_empty() => return Vec::new(),
        None => key(view, "Reopen", Style::Plain, Verb::Reopen.word()),
    };
    vec![button]
}
