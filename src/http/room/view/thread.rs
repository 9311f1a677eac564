//! A case's thread: facts and notes in the order in which they happened.

use chrono::{DateTime, Utc};

use super::time;
use crate::chat::text::{clean, clean_line};
use crate::desk::words;
use crate::domain::case_view::{Note, TimelineEntry};
use crate::domain::{CaseView, Fact, ModeratorName, NoteId, Outcome};
use crate::template::ThreadEntry;

/// The thread as `reader` sees it.
pub(in crate::http::room) fn entries(
    view: &CaseView,
    reader: &ModeratorName,
    now: DateTime<Utc>,
) -> Vec<ThreadEntry> {
    view.timeline
        .iter()
        .filter_map(|entry| {
            let note = match &entry.fact {
                Fact::NoteAdded { note } => find(&view.notes, *note),
                // The note itself shows that it was changed.
                Fact::NoteEdited { note } if find(&view.notes, *note).is_some() => return None,
                _ => None,
            };
            Some(match note {
                Some(note) => said(note, reader, now),
                None => happened(entry, now),
            })
        })
        .collect()
}

fn find(notes: &[Note], id: NoteId) -> Option<&Note> {
    notes.iter().find(|note| note.id == id)
}

fn said(note: &Note, reader: &ModeratorName, now: DateTime<Utc>) -> ThreadEntry {
    ThreadEntry {
        at: time(note.written_at, now),
        actor: note.author.to_string(),
        text: clean(&note.text),
        icon: "note",
        note: Some(note.id.0),
        is_mine: note.author == *reader,
        is_edited: note.edited_at.is_some(),
    }
}

fn happened(entry: &TimelineEntry, now: DateTime<Utc>) -> ThreadEntry {
    ThreadEntry {
        at: time(entry.at, now),
        actor: entry.actor.name(),
        text: clean_line(&words::fact(&entry.actor, &entry.fact)),
        icon: icon(&entry.fact),
        note: None,
        is_mine: false,
        is_edited: false,
    }
}

fn icon(fact: &Fact) -> &'static str {
    match fact {
        Fact::OpenedByReport { .. } | Fact::ReportJoined { .. } => "flag",
        Fact::OpenedBySignUp | Fact::SignUpJoined => "person",
        Fact::Claimed { .. }
        | Fact::Unclaimed
        | Fact::ClaimExpired { .. }
        | Fact::Assigned { .. } => "claimed",
        Fact::NoteAdded { .. } | Fact::NoteEdited { .. } | Fact::NoteDeleted { .. } => "note",
        Fact::Proposed {
            held_until: Some(_),
            ..
        }
        | Fact::TimeIsUp { .. } => "clock",
        Fact::Proposed { .. } | Fact::Seconded { .. } => "bolt",
        Fact::Ended { outcome, .. } if outcome.took_effect() => "check",
        Fact::Ended {
            outcome: Outcome::DryRun,
            ..
        } => "dry",
        Fact::Ended { .. } => "close",
        Fact::Resolved => "resolved",
        Fact::Reopened | Fact::JoinedInto { .. } => "undo",
        Fact::CategoryChanged { .. }
        | Fact::AssignedOnServer { .. }
        | Fact::ReportResolved { .. }
        | Fact::ReportReopened { .. }
        | Fact::ReportDeleted { .. }
        | Fact::TouchedOnServer { .. }
        | Fact::AccountChanged { .. } => "server",
    }
}
