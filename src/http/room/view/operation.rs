//! An operation as the room shows it.

use chrono::{DateTime, Utc};

use super::{capital, sentence, spoken, time};
use crate::chat::text::{clean, clean_line};
use crate::command;
use crate::desk::words;
use crate::domain::operation::Operation;
use crate::domain::{OperationState, Outcome};
use crate::template::{ButtonView, Chip, OperationView};

/// An operation as it is at `now`. `with_case` says on which case it is: not on the case's page.
pub(in crate::http::room) fn view(
    operation: &Operation,
    now: DateTime<Utc>,
    with_case: bool,
) -> OperationView {
    let request = &operation.request;
    let is_held = operation.state == OperationState::Held;
    OperationView {
        id: operation.id.to_string(),
        chip: chip(operation),
        title: format!(
            "{} {}",
            capital(request.verb.word()),
            clean_line(&request.target_text)
        ),
        actor: operation.actor.to_string(),
        at: time(operation.proposed_at, now),
        reason: request
            .reason
            .as_deref()
            .map(|reason| clean(reason).trim().to_owned()),
        words: text(operation)
            .map(|text| spoken(&text))
            .unwrap_or_default(),
        held_until: operation
            .hold_until
            .filter(|_| is_held)
            .map(|until| time(until, now)),
        ends_at: operation
            .ends_at
            .filter(|ends| *ends > now && operation.undone_by.is_none())
            .map(|ends| time(ends, now)),
        case: operation.case_id.filter(|_| with_case).map(|case| case.0),
        buttons: buttons(operation),
    }
}

fn chip(operation: &Operation) -> Chip {
    let (tone, icon, label) = match operation.state {
        OperationState::Waiting => ("claimed", "person", "waits for a second person"),
        OperationState::Held => ("claimed", "clock", "held"),
        OperationState::Ready => ("plain", "send", "about to be sent"),
        OperationState::Sending => ("plain", "send", "being sent"),
        OperationState::Checking => ("claimed", "ask", "being checked"),
        OperationState::Done if operation.undone_by.is_some() => ("dry", "undo", "taken back"),
        OperationState::Done => done(operation),
        OperationState::Refused => ("open", "close", "refused"),
        OperationState::Unsettled => ("open", "warn", "unsettled"),
        OperationState::Cancelled => ("dry", "close", "cancelled"),
        OperationState::Expired => ("dry", "clock", "expired"),
    };
    Chip {
        tone,
        icon,
        label: label.to_owned(),
    }
}

fn done(operation: &Operation) -> (&'static str, &'static str, &'static str) {
    match operation.outcome {
        Some(Outcome::DryRun) => ("dry", "dry", "dry run"),
        Some(Outcome::Settled { done: false, .. }) => ("dry", "close", "not done"),
        _ => ("resolved", "check", "done"),
    }
}

fn text(operation: &Operation) -> Option<String> {
    let said = match (&operation.outcome, operation.state) {
        (Some(Outcome::Applied), _) => None,
        (Some(outcome), _) => Some(sentence(&clean_line(&words::outcome(outcome)))),
        (None, OperationState::Checking) => {
            Some("The server did not answer; its effect is being read back.".to_owned())
        }
        (None, OperationState::Unsettled) => Some(format!(
            "Nobody can tell whether it took effect. Look on the server, then write \
             `settle {0} done` or `settle {0} not-done`.",
            operation.id
        )),
        (None, _) => None,
    };
    let undone = operation.undone_by.map(|by| format!("Taken back by {by}."));
    match (said, undone) {
        (Some(said), Some(undone)) => Some(format!("{said} {undone}")),
        (said, undone) => said.or(undone),
    }
}

/// What can still be done about it. What the reader may not do, the desk refuses with the reason.
fn buttons(operation: &Operation) -> Vec<ButtonView> {
    let button = |label: &str, verb: &str, tone, icon| ButtonView {
        label: label.to_owned(),
        key: format!("{}.{verb}", operation.id),
        href: None,
        tone,
        icon: Some(icon),
    };
    let cancel = || ButtonView {
        key: command::cancel_operation_key(operation.id),
        ..button("Cancel", "cancel", "danger", "close")
    };
    match operation.state {
        OperationState::Waiting => vec![button("Agree", "second", "main", "check"), cancel()],
        OperationState::Held | OperationState::Ready => vec![cancel()],
        OperationState::Done if can_be_undone(operation) => {
            vec![button("Undo", "undo", "plain", "undo")]
        }
        _ => Vec::new(),
    }
}

fn can_be_undone(operation: &Operation) -> bool {
    operation.undone_by.is_none()
        && operation.outcome.as_ref().is_some_and(Outcome::took_effect)
        && operation
            .inverse
            .as_ref()
            .is_some_and(|inverse| !inverse.calls.is_empty())
}
