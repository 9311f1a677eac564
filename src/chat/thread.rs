//! How what happened reads: one line for each fact, in a case's thread and in its timeline. Facts
//! are stored, words are chosen here.

use chrono::{DateTime, Utc};

use super::text::{clean, clean_line, fit};
use crate::domain::case_view::Note;
use crate::domain::{Actor, Fact, NoteId, OperationId, Outcome, ReportId, Verb};

/// The longest text of a note or a refusal in a line.
const LONGEST: usize = 1_500;

/// What happened, in words, without the time. `notes` are the case's notes, for their text.
pub fn line(actor: &Actor, fact: &Fact, notes: &[Note]) -> String {
    let by = clean_line(&actor.name());
    match fact {
        Fact::OpenedByReport { report, category } => {
            format!(
                "Opened by report:{report} ({})",
                clean_line(category.word())
            )
        }
        Fact::OpenedBySignUp => "Opened by a sign-up that waits for approval".to_owned(),
        Fact::ReportJoined { report, category } => {
            format!("report:{report} joined ({})", clean_line(category.word()))
        }
        Fact::SignUpJoined => "The account also waits for approval".to_owned(),
        Fact::Claimed { from: None } => format!("{by} claimed it"),
        Fact::Claimed { from: Some(from) } => format!("{by} took it over from {from}"),
        Fact::Unclaimed => format!("{by} gave it back"),
        Fact::ClaimExpired { of } => {
            format!("The claim of {of} ran out; it is open again")
        }
        Fact::Assigned { to } => format!("{by} gave it to {to}"),
        Fact::NoteAdded { note } => said(&by, "wrote", find(notes, *note)),
        Fact::NoteEdited { note } => said(&by, "changed a note to", find(notes, *note)),
        Fact::NoteDeleted { .. } => format!("{by} took a note away"),
        Fact::Proposed {
            operation,
            verb,
            held_until,
            needs_second,
            dry_run,
        } => {
            let asked = format!("{by} asked for {verb} ({operation})");
            proposed(&asked, *held_until, *needs_second, *dry_run)
        }
        Fact::Seconded { operation } => format!("{by} agreed to {operation}"),
        Fact::Ended {
            operation,
            verb,
            outcome,
            also_closed,
        } => told_end(*operation, *verb, outcome, also_closed),
        Fact::TimeIsUp {
            operation,
            verb,
            lifted_by: Some(lift),
        } => format!("The time of {verb} ({operation}) is up; {lift} lifts it"),
        Fact::TimeIsUp {
            operation,
            verb,
            lifted_by: None,
        } => format!("The time of {verb} ({operation}) is up: keep it or lift it"),
        Fact::CategoryChanged { report, from, to } => format!(
            "report:{report} went from {} to {} on the server",
            clean_line(from.word()),
            clean_line(to.word())
        ),
        Fact::AssignedOnServer { report, to } => assigned(report, to.as_deref()),
        Fact::ReportResolved { report } => format!("report:{report} was resolved on the server"),
        Fact::ReportReopened { report } => format!("report:{report} was reopened on the server"),
        Fact::ReportDeleted { report } => format!("report:{report} is gone from the server"),
        Fact::TouchedOnServer { report } => {
            format!("report:{report} was touched on the server, perhaps a note")
        }
        Fact::AccountChanged { change } => {
            format!(
                "On the server the account was changed: {}",
                clean_line(change)
            )
        }
        Fact::Resolved => "Resolved".to_owned(),
        Fact::Reopened => "Open again".to_owned(),
        Fact::JoinedInto { case } => format!("Goes on in {case}"),
    }
}

fn find(notes: &[Note], id: NoteId) -> Option<&Note> {
    notes
        .iter()
        .find(|note| note.id == id && note.deleted_at.is_none())
}

fn said(by: &str, verb: &str, note: Option<&Note>) -> String {
    match note {
        Some(note) => format!("{by} {verb}: {}", fit(clean(&note.text).trim(), LONGEST)),
        None => format!("{by} wrote a note that was taken away"),
    }
}

fn proposed(
    asked: &str,
    held_until: Option<DateTime<Utc>>,
    needs_second: bool,
    dry_run: bool,
) -> String {
    let dry = if dry_run { "DRY RUN: " } else { "" };
    let then = match (needs_second, held_until) {
        (true, _) => "; a second person has to agree".to_owned(),
        (false, Some(end)) => format!("; held until {}", end.format("%H:%M:%S UTC")),
        (false, None) => String::new(),
    };
    format!("{dry}{asked}{then}")
}

fn assigned(report: &ReportId, to: Option<&str>) -> String {
    match to {
        Some(to) => format!(
            "report:{report} was assigned to {} on the server",
            clean_line(to)
        ),
        None => format!("report:{report} is assigned to nobody on the server any more"),
    }
}

fn told_end(
    operation: OperationId,
    verb: Verb,
    outcome: &Outcome,
    also_closed: &[ReportId],
) -> String {
    let reports: Vec<String> = also_closed
        .iter()
        .map(|report| format!("report:{report}"))
        .collect();
    let also = if reports.is_empty() {
        String::new()
    } else {
        format!("; also closed: {}, not on the card", reports.join(", "))
    };
    format!("{operation}: {}{also}", ended(verb, outcome))
}

/// What became of an operation, in words.
pub fn ended(verb: Verb, outcome: &Outcome) -> String {
    let cut = |why: &str| fit(&clean_line(why), LONGEST);
    match outcome {
        Outcome::Applied => format!("{verb} done"),
        Outcome::AlreadySo => format!("{verb}: it was so already, nothing was sent"),
        Outcome::DryRun => format!("DRY RUN, nothing changed: would {verb}"),
        Outcome::Refused { why } => format!("{verb} refused: {}", cut(why)),
        Outcome::Partly { applied, why } => {
            format!(
                "{verb} done in part ({applied} of its calls), then refused: {}",
                cut(why)
            )
        }
        Outcome::NotApplied => {
            format!(
                "{verb} did not take effect: the server did not answer, and two reads show no change"
            )
        }
        Outcome::Unsettled { why } => {
            format!(
                "{verb}: nobody can tell whether it took effect ({})",
                cut(why)
            )
        }
        Outcome::Settled { by, done: true } => format!("{verb} done, says {by}"),
        Outcome::Settled { by, done: false } => format!("{verb} not done, says {by}"),
        Outcome::Cancelled { by } => format!("{verb} cancelled by {by} before it was sent"),
        Outcome::Expired => format!("{verb} waited too long and was not sent; ask again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_as_sentences() {
        let ana = Actor::Moderator("ana".into());
        let note = Note {
            id: NoteId(3),
            case_id: crate::domain::CaseId(42),
            author: "ana".into(),
            text: "looks\u{202e} like spam".to_owned(),
            written_at: chrono::DateTime::UNIX_EPOCH,
            edited_at: None,
            deleted_at: None,
        };
        let told = |fact: Fact| line(&ana, &fact, std::slice::from_ref(&note));
        assert_eq!(
            told(Fact::Claimed {
                from: Some("bo".into())
            }),
            "ana took it over from bo"
        );
        assert_eq!(
            told(Fact::NoteAdded { note: NoteId(3) }),
            "ana wrote: looks like spam"
        );
        assert_eq!(
            told(Fact::NoteAdded { note: NoteId(4) }),
            "ana wrote a note that was taken away"
        );
        let ended = Fact::Ended {
            operation: OperationId(17),
            verb: Verb::Suspend,
            outcome: Outcome::Applied,
            also_closed: vec!["8440".into()],
        };
        assert_eq!(
            told(ended),
            "op-17: suspend done; also closed: report:8440, not on the card"
        );
    }
}
