//! Facts, outcomes and resolutions in words: for threads, timelines and cards.

use crate::domain::case::{How, Resolution};
use crate::domain::{Actor, Fact, Outcome, ReportId, Verb};

/// What happened, as a sentence without its time.
pub fn fact(actor: &Actor, fact: &Fact) -> String {
    let who = actor.name();
    match fact {
        Fact::OpenedByReport { report, category } => {
            format!("Opened by report:{report} ({category}).")
        }
        Fact::OpenedBySignUp => "Opened by a sign-up that waits for approval.".to_owned(),
        Fact::ReportJoined { report, category } => {
            format!("report:{report} ({category}) joined.")
        }
        Fact::SignUpJoined => "The account's sign-up waits for approval.".to_owned(),
        Fact::Claimed { from: None } => format!("{who} claimed it."),
        Fact::Claimed { from: Some(from) } => format!("{who} took it over from {from}."),
        Fact::Unclaimed => format!("{who} gave it back."),
        Fact::ClaimExpired { of } => {
            format!("The claim of {of} ran out: somebody else can take it.")
        }
        Fact::Assigned { to } if *actor == Actor::Moderator(to.clone()) => {
            format!("{to} claimed it.")
        }
        Fact::Assigned { to } => format!("{who} gave it to {to}."),
        Fact::NoteAdded { .. } => format!("{who} wrote a note."),
        Fact::NoteEdited { .. } => format!("{who} changed a note."),
        Fact::NoteDeleted { .. } => format!("{who} took a note away."),
        Fact::CategoryChanged { report, from, to } => {
            format!("report:{report} is {to} now, not {from}.")
        }
        Fact::AssignedOnServer {
            report,
            to: Some(to),
        } => {
            format!("report:{report} was assigned to {to} on the server.")
        }
        Fact::AssignedOnServer { report, to: None } => {
            format!("report:{report} is assigned to nobody any more.")
        }
        Fact::ReportResolved { report } => format!("report:{report} was resolved ({who})."),
        Fact::ReportReopened { report } => {
            format!("report:{report} was opened again on the server.")
        }
        Fact::ReportDeleted { report } => format!("report:{report} was deleted on the server."),
        Fact::TouchedOnServer { report } => {
            format!("report:{report} was touched on the server, perhaps a note.")
        }
        Fact::AccountChanged { change } => format!("On the server, not from here: {change}."),
        Fact::Resolved => format!("Resolved ({who})."),
        Fact::Reopened => "Open again.".to_owned(),
        Fact::JoinedInto { case } => format!("Goes on in {case}."),
        Fact::Proposed { .. }
        | Fact::Seconded { .. }
        | Fact::Ended { .. }
        | Fact::TimeIsUp { .. } => of_operation(&who, fact),
    }
}

fn of_operation(who: &str, fact: &Fact) -> String {
    match fact {
        Fact::Proposed {
            operation,
            verb,
            held_until,
            needs_second,
            dry_run,
        } => {
            let state = match (needs_second, held_until) {
                (true, _) => format!("; a second person must agree: `second {operation}`"),
                (false, Some(_)) => format!("; held, `cancel {operation}` stops it"),
                (false, None) => String::new(),
            };
            let dry = if *dry_run { "DRY RUN: " } else { "" };
            format!("{dry}{who} asked for {verb} ({operation}){state}.")
        }
        Fact::Seconded { operation } => format!("{who} agreed to {operation}."),
        Fact::Ended {
            operation,
            verb,
            outcome: ended,
            also_closed,
        } => {
            let text = format!("{operation} ({verb}): {}", outcome(ended));
            match also_closed.as_slice() {
                [] => text,
                reports => format!(
                    "{text} Also closed: {}, not on the card that was pressed; `reopen {}` opens \
                     what should stay open.",
                    report_list(reports),
                    report_list(reports).replace(',', "")
                ),
            }
        }
        Fact::TimeIsUp {
            operation,
            verb,
            lifted_by: Some(by),
        } => {
            format!("The time of {operation} ({verb}) is up: {by} lifts it.")
        }
        Fact::TimeIsUp {
            operation,
            verb,
            lifted_by: None,
        } => format!(
            "The time of {operation} ({verb}) is up. Lift it with `undo {operation}`, or leave it."
        ),
        _ => String::new(),
    }
}

fn report_list(reports: &[ReportId]) -> String {
    let reports: Vec<String> = reports
        .iter()
        .map(|report| format!("report:{report}"))
        .collect();
    reports.join(", ")
}

/// What became of an operation.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Applied => "done.".to_owned(),
        Outcome::AlreadySo => "it was so already, nothing was sent.".to_owned(),
        Outcome::DryRun => "DRY RUN, nothing changed.".to_owned(),
        Outcome::Refused { why } => format!("refused: {}.", bare(why)),
        Outcome::Partly { applied, why } => {
            format!(
                "only the first {applied} steps were done; then: {}.",
                bare(why)
            )
        }
        Outcome::NotApplied => {
            "the server gave no usable answer, and two looks show that nothing changed. Ask again."
                .to_owned()
        }
        Outcome::Unsettled { why } => {
            format!(
                "nobody can tell: {}. Look on the server, then `settle` it.",
                bare(why)
            )
        }
        Outcome::Settled { by, done: true } => format!("{by} says that it took effect."),
        Outcome::Settled { by, done: false } => format!("{by} says that it did not take effect."),
        Outcome::Cancelled { by } => format!("cancelled by {by}, nothing was sent."),
        Outcome::Expired => {
            "it waited for more than an hour and was not sent. Ask again.".to_owned()
        }
    }
}

/// A reason without its full stop: it becomes part of a sentence.
fn bare(why: &str) -> &str {
    why.trim_end_matches('.')
}

/// How a case was settled.
pub fn resolution(resolution: &Resolution) -> String {
    let by = resolution
        .by
        .as_ref()
        .map(|by| format!(" by {by}"))
        .unwrap_or_default();
    match &resolution.how {
        How::NoAction => format!("closed{by}, no action"),
        How::Action { verb } => format!("{}{by}", past(*verb)),
        How::OnServer => format!("closed on the server{by}"),
        How::DeletedOnServer => "deleted on the server".to_owned(),
        How::Joined { into } => format!("goes on in {into}"),
    }
}

fn past(verb: Verb) -> &'static str {
    match verb {
        Verb::Resolve => "closed",
        Verb::Reopen => "reopened",
        Verb::Categorise => "categorised",
        Verb::Claim => "claimed",
        Verb::Unclaim => "given back",
        Verb::Warn => "warned",
        Verb::ForceSensitive => "media forced to be sensitive",
        Verb::Limit => "limited",
        Verb::Freeze => "frozen",
        Verb::Suspend => "suspended",
        Verb::UnforceSensitive => "force-sensitive lifted",
        Verb::Unlimit => "limit lifted",
        Verb::Unfreeze => "freeze lifted",
        Verb::Unsuspend => "suspension lifted",
        Verb::Approve => "approved",
        Verb::Reject => "rejected",
        Verb::BlockDomain => "domain blocked",
        Verb::LimitDomain => "domain limited",
        Verb::SuspendDomain => "domain suspended",
        Verb::UnblockDomain => "domain unblocked",
        Verb::BlockEmailDomain => "e-mail domain blocked",
        Verb::UnblockEmailDomain => "e-mail domain unblocked",
        Verb::BlockIp => "IP range blocked",
        Verb::UnblockIp => "IP range unblocked",
    }
}
