//! A case's thread: facts and notes in the order in which they happened.

use chrono::{DateTime, Utc};

use super::{plain, spoken, time};
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
    let mut entries = Vec::new();
    let mut facts = view.timeline.iter().peekable();
    while let Some(entry) = facts.next() {
        let note = match &entry.fact {
            Fact::NoteAdded { note } => find(&view.notes, *note),
            // The note itself shows that it was changed.
            Fact::NoteEdited { note } if find(&view.notes, *note).is_some() => continue,
            _ => None,
        };
        let (mut last, mut joined) = (entry, 1);
        while is_joined(entry)
            && let Some(next) = facts.next_if(|next| is_joined(next))
        {
            (last, joined) = (next, joined + 1);
        }
        entries.push(match note {
            Some(note) => said(note, reader, now),
            None if joined > 1 => ThreadEntry {
                words: spoken(&format!("{joined} more reports joined.")),
                ..happened(last, now)
            },
            None => happened(entry, now),
        });
    }
    entries
}

/// A report among many: a run of them is one line.
fn is_joined(entry: &TimelineEntry) -> bool {
    matches!(entry.fact, Fact::ReportJoined { .. })
}

fn find(notes: &[Note], id: NoteId) -> Option<&Note> {
    notes.iter().find(|note| note.id == id)
}

fn said(note: &Note, reader: &ModeratorName, now: DateTime<Utc>) -> ThreadEntry {
    ThreadEntry {
        at: time(note.written_at, now),
        actor: note.author.to_string(),
        words: plain(clean(&note.text)),
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
        words: spoken(&clean_line(&words::fact(&entry.actor, &entry.fact))),
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
