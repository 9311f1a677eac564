//! Facts: what happened to a case, as values. Threads, timelines and the audit log are written
//! from them; the words are chosen where they are shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{CaseId, ModeratorName, NoteId, OperationId, ReportId};
use super::operation::{Outcome, Verb};
use super::report::Category;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Actor {
    /// A moderator of the configuration.
    Moderator(ModeratorName),
    /// Somebody in the server's own UI, by handle where known.
    Server(Option<String>),
    /// Wardroom by itself: timers, reconciliation.
    Wardroom,
    /// Somebody with a shell on the host.
    Host,
}

impl Actor {
    /// The name in the audit log: `ana`, `server`, `@ana on the server`, `wardroom`, `host`.
    pub fn name(&self) -> String {
        match self {
            Self::Moderator(name) => name.to_string(),
            Self::Server(Some(handle)) => format!("{handle} on the server"),
            Self::Server(None) => "server".to_owned(),
            Self::Wardroom => "wardroom".to_owned(),
            Self::Host => "host".to_owned(),
        }
    }
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The case was opened by a report.
    OpenedByReport {
        /// Which.
        report: ReportId,
        /// What it is about.
        category: Category,
    },
    /// The case was opened by a sign-up.
    OpenedBySignUp,
    /// Another report on the same target.
    ReportJoined {
        /// Which.
        report: ReportId,
        /// What it is about.
        category: Category,
    },
    /// Another sign-up event on a case that a report had opened.
    SignUpJoined,
    /// Somebody is on it.
    Claimed {
        /// Who was on it before.
        from: Option<ModeratorName>,
    },
    /// Nobody is on it any more.
    Unclaimed,
    /// The claim ran out.
    ClaimExpired {
        /// Whose.
        of: ModeratorName,
    },
    /// A moderator gave it to another.
    Assigned {
        /// To whom.
        to: ModeratorName,
    },
    /// Somebody wrote a note.
    NoteAdded {
        /// Which.
        note: NoteId,
    },
    /// Somebody changed a note.
    NoteEdited {
        /// Which.
        note: NoteId,
    },
    /// Somebody took a note away.
    NoteDeleted {
        /// Which.
        note: NoteId,
    },
    /// A change of the server was asked for.
    Proposed {
        /// Which.
        operation: OperationId,
        /// What.
        verb: Verb,
        /// Held until then.
        held_until: Option<DateTime<Utc>>,
        /// Waits for a second person.
        needs_second: bool,
        /// In a dry run.
        dry_run: bool,
    },
    /// A second person agreed.
    Seconded {
        /// Which.
        operation: OperationId,
    },
    /// The operation ended.
    Ended {
        /// Which.
        operation: OperationId,
        /// What it was.
        verb: Verb,
        /// How it ended.
        outcome: Outcome,
        /// Reports that it closed though they were not on the presser's card.
        also_closed: Vec<ReportId>,
    },
    /// A timed action reached its end: somebody should decide.
    TimeIsUp {
        /// The operation that set it.
        operation: OperationId,
        /// What it did.
        verb: Verb,
        /// It is lifted by itself, by this operation.
        lifted_by: Option<OperationId>,
    },
    /// A report's category changed on the server.
    CategoryChanged {
        /// Which.
        report: ReportId,
        /// From.
        from: Category,
        /// To.
        to: Category,
    },
    /// A report was assigned on the server.
    AssignedOnServer {
        /// Which.
        report: ReportId,
        /// To whom; `None` when unassigned.
        to: Option<String>,
    },
    /// A report was resolved on the server.
    ReportResolved {
        /// Which.
        report: ReportId,
    },
    /// A report was opened again on the server.
    ReportReopened {
        /// Which.
        report: ReportId,
    },
    /// A report is gone from the server.
    ReportDeleted {
        /// Which.
        report: ReportId,
    },
    /// A report changed in nothing that we see: perhaps a note.
    TouchedOnServer {
        /// Which.
        report: ReportId,
    },
    /// What the account can do changed on the server, not by us.
    AccountChanged {
        /// In words: `limited`, `suspended`, `limit lifted`.
        change: String,
    },
    /// The case is settled.
    Resolved,
    /// The case is open again.
    Reopened,
    /// Everything of this case goes on in another one.
    JoinedInto {
        /// Which.
        case: CaseId,
    },
}

impl Fact {
    /// The audit log's verb for it.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::OpenedByReport { .. } | Self::OpenedBySignUp => "case.opened",
            Self::ReportJoined { .. } | Self::SignUpJoined => "case.joined",
            Self::Claimed { .. } => "case.claimed",
            Self::Unclaimed => "case.unclaimed",
            Self::ClaimExpired { .. } => "case.claim-expired",
            Self::Assigned { .. } => "case.assigned",
            Self::NoteAdded { .. } => "note.added",
            Self::NoteEdited { .. } => "note.edited",
            Self::NoteDeleted { .. } => "note.deleted",
            Self::Proposed { .. } => "operation.proposed",
            Self::Seconded { .. } => "operation.seconded",
            Self::Ended { .. } => "operation.ended",
            Self::TimeIsUp { .. } => "operation.time-is-up",
            Self::CategoryChanged { .. } => "report.category-changed",
            Self::AssignedOnServer { .. } => "report.assigned",
            Self::ReportResolved { .. } => "report.resolved",
            Self::ReportReopened { .. } => "report.reopened",
            Self::ReportDeleted { .. } => "report.deleted",
            Self::TouchedOnServer { .. } => "report.touched",
            Self::AccountChanged { .. } => "account.changed",
            Self::Resolved => "case.resolved",
            Self::Reopened => "case.reopened",
            Self::JoinedInto { .. } => "case.joined-into",
        }
    }
}
