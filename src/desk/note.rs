//! Notes: a moderator's words on a case. They never leave for the server or the account.

use super::error::{Halted, Refused};
use super::inbound::{Answer, AnswerKind, NoteInbound, Reply};
use super::people;
use super::unit::Unit;
use crate::db::notes::NewNote;
use crate::domain::case_view::Note;
use crate::domain::{Actor, CaseId, Fact, Moderator, NoteId, Permission};

/// Longer notes are refused: a thread is no place for documents.
const LONGEST_NOTE: usize = 10_000;

impl Unit<'_> {
    /// A note's life in a thread.
    pub(super) async fn note_inbound(
        &mut self,
        moderator: &Moderator,
        note: &NoteInbound,
    ) -> Halted<Reply> {
        people::grant(moderator, Permission::Coordinate, self.rules)?;
        match note {
            NoteInbound::Added { case, text } => self.add_note(moderator, *case, text).await,
            NoteInbound::Edited { id, text } => self.edit_note(moderator, *id, text).await,
            NoteInbound::Deleted { id } => self.delete_note(moderator, *id).await,
        }
    }

    /// `note #42 "…"`.
    pub(super) async fn add_note(
        &mut self,
        moderator: &Moderator,
        case: CaseId,
        text: &str,
    ) -> Halted<Reply> {
        let case = self.need_case(case).await?;
        let text = checked(text)?;
        let note = NewNote {
            case_id: case.id,
            author: moderator.name.clone(),
            text: text.clone(),
            origin: None,
            written_at: self.now,
        };
        let id = self.tx.add_note(&note).await?;
        self.tell_note(moderator, case.id, Fact::NoteAdded { note: id }, Some(text))
            .await?;
        let said = format!("Noted on {}.", case.id);
        Ok(Reply::Private(Answer::text(AnswerKind::Done, said)))
    }

    async fn edit_note(&mut self, moderator: &Moderator, id: NoteId, text: &str) -> Halted<Reply> {
        let note = self.own_note(moderator, id).await?;
        let text = checked(text)?;
        self.tx.edit_note(id, &text, self.now).await?;
        self.tell_note(
            moderator,
            note.case_id,
            Fact::NoteEdited { note: id },
            Some(text),
        )
        .await?;
        Ok(Reply::Private(Answer::text(
            AnswerKind::Done,
            "The note is changed.",
        )))
    }

    async fn delete_note(&mut self, moderator: &Moderator, id: NoteId) -> Halted<Reply> {
        let note = self.own_note(moderator, id).await?;
        self.tx.delete_note(id, self.now).await?;
        self.tell_note(
            moderator,
            note.case_id,
            Fact::NoteDeleted { note: id },
            None,
        )
        .await?;
        Ok(Reply::Private(Answer::text(
            AnswerKind::Done,
            "The note is gone.",
        )))
    }

    async fn own_note(&mut self, moderator: &Moderator, id: NoteId) -> Halted<Note> {
        match self.tx.note(id).await? {
            Some(note) if note.deleted_at.is_some() => {
                Err(Refused::new("That note is gone already.").into())
            }
            Some(note) if note.author == moderator.name => Ok(note),
            Some(note) => {
                Err(Refused::new(format!("Only {} can change this note.", note.author)).into())
            }
            None => Err(Refused::new("There is no such note.").into()),
        }
    }

    async fn tell_note(
        &mut self,
        moderator: &Moderator,
        case: CaseId,
        fact: Fact,
        text: Option<String>,
    ) -> Halted<()> {
        let actor = Actor::Moderator(moderator.name.clone());
        let mut entry = self.entry(&actor, fact.verb());
        entry.case = Some(case);
        entry.detail = serde_json::json!({ "fact": fact });
        entry
            .texts
            .extend(text.map(|text| ("note".to_owned(), text)));
        self.audit(entry);
        self.tell_thread(case, &actor, fact).await?;
        self.touch(case).await
    }
}

fn checked(text: &str) -> Result<String, Refused> {
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Refused::new("The note is empty."));
    }
    if length > LONGEST_NOTE {
        return Err(Refused::new(format!(
            "The note has {length} characters; at most {LONGEST_NOTE} fit. Split it."
        )));
    }
    // Line breaks and tabs are a writer's; other control characters are nobody's.
    let is_kept = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    Ok(text.chars().filter(is_kept).collect())
}
