//! Who is on a case and until when, what is on its way, and what became of it.

use super::CardOptions;
use super::times::{at, span};
use crate::chat::text::clean_line;
use crate::domain::case::{How, Resolution};
use crate::domain::operation::Operation;
use crate::domain::{CaseState, CaseView, OperationState, Outcome};

/// Claimant and deadline, or the outcome.
pub(super) fn lines(view: &CaseView, options: &CardOptions) -> Vec<String> {
    let case = &view.case;
    let now = options.now;
    let mut lines = Vec::new();
    match case.state {
        CaseState::Open => {
            lines.push(format!("Open since {}", at(case.opened_at, now)));
        }
        CaseState::Claimed => {
            let by = case
                .claimed_by
                .as_ref()
                .map_or("somebody", |name| name.as_str());
            let since = at(case.claimed_at.unwrap_or(case.opened_at), now);
            let until = case
                .claim_expires_at
                .map(|end| format!(", until {}", at(end, now)))
                .unwrap_or_default();
            lines.push(format!("Claimed by {by} since {since}{until}"));
        }
        CaseState::Resolved => {
            let when = case
                .resolved_at
                .map(|time| at(time, now))
                .unwrap_or_default();
            lines.push(format!("{} ({when})", became(case.resolution.as_ref())));
        }
    }
    if let Some(due) = case.due_at
        && !case.is_resolved()
    {
        lines.push(if due < now {
            format!("Overdue by {}", span(now - due))
        } else {
            format!("Due {}", at(due, now))
        });
    }
    let notes = view.notes.len();
    if notes > 0 {
        lines.push(format!("{notes} note{}", if notes == 1 { "" } else { "s" }));
    }
    lines
}

/// What became of a case, in words.
fn became(resolution: Option<&Resolution>) -> String {
    let Some(resolution) = resolution else {
        return "Closed".to_owned();
    };
    let by = resolution
        .by
        .as_ref()
        .map(|by| format!(" by {}", clean_line(by)))
        .unwrap_or_default();
    let how = match &resolution.how {
        How::NoAction => format!("Closed without action{by}"),
        How::Action { verb } => format!("Closed with {verb}{by}"),
        How::OnServer => format!("Closed on the server{by}"),
        How::DeletedOnServer => "Deleted on the server".to_owned(),
        How::Joined { into } => format!("Joined into {into}"),
    };
    match resolution.operation {
        Some(operation) => format!("{how}, {operation}"),
        None => how,
    }
}

/// Operations that wait, run, or need somebody.
pub(super) fn operations(view: &CaseView, options: &CardOptions) -> Vec<String> {
    view.operations
        .iter()
        .filter_map(|operation| standing(operation, options))
        .collect()
}

fn standing(operation: &Operation, options: &CardOptions) -> Option<String> {
    let Operation {
        id, actor, request, ..
    } = operation;
    let verb = request.verb;
    let said = match operation.state {
        OperationState::Waiting => format!("{verb} by {actor} waits for a second person"),
        OperationState::Held => {
            let until = operation
                .hold_until
                .map(|end| format!(" until {}", end.format("%H:%M:%S UTC")))
                .unwrap_or_default();
            format!("{verb} by {actor} is held{until}; it can still be cancelled")
        }
        OperationState::Ready | OperationState::Sending => {
            format!("{verb} by {actor} is being sent")
        }
        OperationState::Checking => {
            format!("{verb} by {actor}: the server did not answer; its effect is being read back")
        }
        OperationState::Unsettled => format!(
            "{verb} by {actor}: nobody can tell whether it took effect. Look at the server, then say \
             `settle {id} done` or `settle {id} not-done`"
        ),
        OperationState::Refused => failed(operation)?,
        OperationState::Done => timed(operation, options)?,
        OperationState::Cancelled | OperationState::Expired => return None,
    };
    Some(format!("{id}: {said}"))
}

/// A refusal stays on the card as long as nothing else was decided.
fn failed(operation: &Operation) -> Option<String> {
    let verb = operation.request.verb;
    match operation.outcome.as_ref()? {
        Outcome::Refused { why } => Some(format!("{verb} was refused: {}", clean_line(why))),
        Outcome::Partly { applied, why } => Some(format!(
            "{verb} was carried out in part ({applied} done), then refused: {}",
            clean_line(why)
        )),
        Outcome::NotApplied => Some(format!("{verb} did not take effect; ask again")),
        _ => None,
    }
}

/// A timed action that still lasts.
fn timed(operation: &Operation, options: &CardOptions) -> Option<String> {
    let ends = operation.ends_at.filter(|end| *end > options.now)?;
    if operation.undone_by.is_some() {
        return None;
    }
    let verb = operation.request.verb;
    let then = if operation.request.lifts_by_itself {
        "is lifted then"
    } else {
        "asks then"
    };
    Some(format!("{verb} until {}, {then}", at(ends, options.now)))
}
