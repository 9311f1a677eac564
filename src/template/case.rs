//! A case, its thread and its operations as the room shows them: text only, ready to be escaped.

use serde::Serialize;

/// A time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeView {
    /// RFC 3339, for the script that keeps the words fresh.
    pub iso: String,
    /// Exact, for people.
    pub exact: String,
    /// `3 min ago`, `in 57 min`.
    pub words: String,
}

/// A small label with colour, word and icon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// The colour's name: `open`, `claimed`, `resolved`, `dry`, `plain`, `high`, `critical`.
    pub tone: &'static str,
    /// An icon's name.
    pub icon: &'static str,
    /// The word.
    pub label: String,
}

/// A piece of what Wardroom says: plain, or something to type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spoken {
    /// The words.
    pub text: String,
    /// To be typed as it stands.
    pub is_code: bool,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ButtonView {
    /// What it says.
    pub label: String,
    /// What it sends.
    pub key: String,
    /// A page of the server that it opens instead.
    pub href: Option<String>,
    /// `main`, `plain`, `danger`.
    pub tone: &'static str,
    /// An icon's name, or none.
    pub icon: Option<&'static str>,
}

/// A case with all that belongs to it.
#[derive(Debug, Clone, Serialize)]
pub struct CaseDetail {
    /// The number.
    pub number: i64,
    /// State, severity, kind.
    pub chips: Vec<Chip>,
    /// The state's word, for the colour of the edge.
    pub state: &'static str,
    /// The target, as people read it.
    pub target: String,
    /// The account's shown name.
    pub display_name: Option<String>,
    /// Where it lives: `local account`, `remote account on x.example`.
    pub origin: String,
    /// The target in the server's own web UI.
    pub target_url: Option<String>,
    /// What was done to the account already.
    pub marks: Vec<Chip>,
    /// The newest reports.
    pub reports: Vec<ReportView>,
    /// The others, folded.
    pub more_reports: Option<MoreReports>,
    /// What somebody wrote who wants to join.
    pub sign_up_reason: Option<String>,
    /// The reported statuses.
    pub statuses: Vec<StatusView>,
    /// What is not held: `1 direct message, read it on the server`.
    pub withheld: Option<String>,
    /// Label and value, line by line.
    pub context: Vec<ContextLine>,
    /// What was decided on the same target before.
    pub earlier: Vec<CaseLink>,
    /// Who is on it.
    pub claimed_by: Option<String>,
    /// The reader is on it.
    pub is_mine: bool,
    /// Since when.
    pub claimed_at: Option<TimeView>,
    /// Until when, unless something happens.
    pub claim_expires_at: Option<TimeView>,
    /// When it was opened.
    pub opened_at: TimeView,
    /// When somebody should have decided.
    pub due_at: Option<TimeView>,
    /// That moment has passed.
    pub is_overdue: bool,
    /// How it was settled, in a sentence.
    pub resolution: Option<String>,
    /// When.
    pub resolved_at: Option<TimeView>,
    /// The first row.
    pub buttons: Vec<ButtonView>,
    /// Behind More.
    pub more: Vec<ButtonView>,
    /// What the reader sees, as JSON, sent with every press.
    pub seen: String,
    /// Its operations, newest first.
    pub operations: Vec<OperationView>,
    /// What happened, oldest first.
    pub thread: Vec<ThreadEntry>,
    /// Proves that a form came from one of our pages.
    pub csrf: String,
    /// Makes the requests of this page's forms distinct.
    pub nonce: String,
    /// The page's own address.
    pub here: String,
}

/// One line of context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextLine {
    /// What it is.
    pub label: &'static str,
    /// What it says.
    pub value: String,
}

/// Another case in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseLink {
    /// The number.
    pub number: i64,
    /// What came of it.
    pub text: String,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportView {
    /// The id.
    pub id: String,
    /// It in the server's own web UI.
    pub url: String,
    /// Its category.
    pub category: String,
    /// The server's rules that it names.
    pub rules: Vec<String>,
    /// The reporter's words.
    pub comment: Option<String>,
    /// Who reported.
    pub reporter: String,
    /// When.
    pub at: TimeView,
    /// It is resolved on the server.
    pub is_resolved: bool,
}

/// The reports that are folded away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoreReports {
    /// How many.
    pub count: usize,
    /// They themselves.
    pub reports: Vec<ReportView>,
}

/// A reported status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// The content warning.
    pub warning: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// What is attached, in words.
    pub media: Vec<String>,
    /// When it was written.
    pub at: Option<TimeView>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationView {
    /// `op-17`.
    pub id: String,
    /// Its state.
    pub chip: Chip,
    /// `Suspend @x@y`.
    pub title: String,
    /// Who asked.
    pub actor: String,
    /// When.
    pub at: TimeView,
    /// Why.
    pub reason: Option<String>,
    /// What became of it, or what it waits for.
    pub words: Vec<Spoken>,
    /// When the hold ends.
    pub held_until: Option<TimeView>,
    /// When a timed action ends.
    pub ends_at: Option<TimeView>,
    /// The case it belongs to.
    pub case: Option<i64>,
    /// Cancel, Second, Undo.
    pub buttons: Vec<ButtonView>,
}

/// One entry of a thread: something that happened, or a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThreadEntry {
    /// When.
    pub at: TimeView,
    /// By whom.
    pub actor: String,
    /// What, in words; for a note its text.
    pub words: Vec<Spoken>,
    /// An icon's name.
    pub icon: &'static str,
    /// It is a note with this number.
    pub note: Option<i64>,
    /// The reader wrote it and may change it.
    pub is_mine: bool,
    /// The note was changed.
    pub is_edited: bool,
}

/// A private answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// `done`, `accepted`, `confirm`, `second`, `refused`, `form`.
    pub kind: &'static str,
    /// An icon's name.
    pub icon: &'static str,
    /// The kind in words.
    pub title: String,
    /// The text.
    pub words: Vec<Spoken>,
    /// What can be pressed next.
    pub buttons: Vec<ButtonView>,
    /// What is to be filled in.
    pub form: Option<FormView>,
    /// The case it is about, for words and links.
    pub case: Option<i64>,
    /// What the presser saw, passed on to the next press.
    pub seen: String,
    /// Proves that a form came from one of our pages.
    pub csrf: String,
    /// Makes the requests of this answer's forms distinct.
    pub nonce: String,
    /// Where to go back to.
    pub here: String,
}

/// A form in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormView {
    /// The key it is sent under.
    pub key: String,
    /// What to fill in.
    pub fields: Vec<FieldView>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// What it says.
    pub label: String,
    /// It must be filled in.
    pub is_required: bool,
    /// It takes several lines.
    pub is_long: bool,
}
