//! A case with everything a reader sees of it: what cards, the room and the API are made from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::case::Case;
use super::fact::{Actor, Fact};
use super::ids::{CaseId, ModeratorName, NoteId};
use super::operation::Operation;
use super::report::Report;

/// A case as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// The target account as last seen.
    pub account: Option<Account>,
    /// Its reports, newest first.
    pub reports: Vec<Report>,
    /// Its notes, oldest first; deleted ones are not among them.
    pub notes: Vec<Note>,
    /// Its operations, oldest first.
    pub operations: Vec<Operation>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Earlier cases on the same target, newest first.
    pub earlier: Vec<EarlierCase>,
}

/// A moderator's note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The number.
    pub id: NoteId,
    /// The case.
    pub case_id: CaseId,
    /// Who wrote it.
    pub author: ModeratorName,
    /// The text; empty when it was deleted.
    pub text: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// When it was changed.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was taken away.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: Actor,
    /// What.
    pub fact: Fact,
}

/// An earlier case in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierCase {
    /// The number.
    pub id: CaseId,
    /// When it was settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How.
    pub resolution: Option<super::case::Resolution>,
}
