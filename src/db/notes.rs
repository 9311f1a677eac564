//! Notes: moderators' comments on a case.

use chrono::{DateTime, Utc};

use super::codec::from_row;
use super::tx::on;
use super::{DbError, Tx};
use crate::domain::case_view::Note;
use crate::domain::{CaseId, ChannelName, ModeratorName, NoteId};

/// A note to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    /// On which case.
    pub case_id: CaseId,
    /// By whom.
    pub author: ModeratorName,
    /// The text.
    pub text: String,
    /// The message of a chat that it was written as: channel, and the platform's reference.
    pub origin: Option<(ChannelName, String)>,
    /// When.
    pub written_at: DateTime<Utc>,
}

from_row!(Note {
    id,
    case_id,
    author,
    text,
    written_at,
    edited_at,
    deleted_at
});

impl Tx {
    /// Stores a note.
    pub async fn add_note(&mut self, new: &NewNote) -> Result<NoteId, DbError> {
        let (channel, message) = new.origin.as_ref().map(|(at, of)| (at, of)).unzip();
        let id = on!(self, conn => sqlx::query_scalar(
            "insert into notes (case_id, author, origin_channel, origin_message, text, written_at)
             values ($1, $2, $3, $4, $5, $6) returning id",
        )
        .bind(new.case_id)
        .bind(&new.author)
        .bind(channel)
        .bind(message)
        .bind(&new.text)
        .bind(new.written_at)
        .fetch_one(conn)
        .await)?;
        self.record_change(new.case_id);
        Ok(id)
    }

    /// One note, deleted or not.
    pub async fn note(&mut self, id: NoteId) -> Result<Option<Note>, DbError> {
        on!(self, conn => sqlx::query_as("select * from notes where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await)
    }

    /// The notes of a case that are not deleted, oldest first.
    pub async fn notes_of(&mut self, case: CaseId) -> Result<Vec<Note>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from notes where case_id = $1 and deleted_at is null order by id",
        )
        .bind(case)
        .fetch_all(conn)
        .await)
    }

    /// Changes a note's text. False when it is deleted or was never there.
    pub async fn edit_note(
        &mut self,
        id: NoteId,
        text: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        self.change_note(id, text, Some(at), None).await
    }

    /// Takes a note away: its text is blanked. False when it is deleted or was never there.
    pub async fn delete_note(&mut self, id: NoteId, at: DateTime<Utc>) -> Result<bool, DbError> {
        self.change_note(id, "", None, Some(at)).await
    }

    async fn change_note(
        &mut self,
        id: NoteId,
        text: &str,
        edited_at: Option<DateTime<Utc>>,
        deleted_at: Option<DateTime<Utc>>,
    ) -> Result<bool, DbError> {
        let case: Option<CaseId> = on!(self, conn => sqlx::query_scalar(
            "update notes
             set text = $2, edited_at = coalesce($3, edited_at), deleted_at = $4
             where id = $1 and deleted_at is null returning case_id",
        )
        .bind(id)
        .bind(text)
        .bind(edited_at)
        .bind(deleted_at)
        .fetch_optional(conn)
        .await)?;
        if let Some(case) = case {
            self.record_change(case);
        }
        Ok(case.is_some())
    }
}
