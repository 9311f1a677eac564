//! What a decision takes and what it gives: the command, its context, the decision, the refusal.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::case::Case;
use crate::domain::fact::{Actor, Fact};
use crate::domain::ids::{CaseId, ModeratorName, ReportId};
use crate::domain::operation::Operation;
use crate::domain::report::Report;

/// What happens to a case.
#[derive(Debug, Clone)]
pub enum Command {
    /// Take it; `take_over` is the answer to "bo claimed this. Take over?".
    Claim {
        /// Take it from somebody else.
        take_over: bool,
    },
    /// Any action on a case claims it on the way, and says nothing if it is claimed already.
    Engage {
        /// Take it from somebody else.
        take_over: bool,
    },
    /// Give it back.
    Unclaim,
    /// Give it to a colleague.
    Assign {
        /// To whom.
        to: ModeratorName,
    },
    /// The claim's time may have run out.
    ExpireClaim,
    /// The server showed a report of this case. `Context::reports` holds it already.
    Report {
        /// As it is now.
        report: Box<Report>,
        /// As we held it before; `None` if it is new.
        previous: Option<Box<Report>>,
        /// The moderator linked to the account it is assigned to.
        assignee: Option<ModeratorName>,
    },
    /// The server has the report no more. `Context::reports` holds it no more.
    ReportDeleted {
        /// Which.
        report: ReportId,
    },
    /// The target waits for approval, or does so no more; `Context::awaits_approval` says which.
    SignUp,
    /// The target is gone from the server.
    AccountDeleted,
    /// An operation of this case ended. `Context::reports` is as the server showed it after.
    Ended {
        /// The operation, with its outcome.
        operation: Box<Operation>,
        /// The reports of this case that became resolved with it.
        closed: Vec<ReportId>,
    },
}

/// What else the decision depends on.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who asks, or whom an event came from.
    pub actor: Actor,
    /// The case's reports as they are now.
    pub reports: Vec<Report>,
    /// The target is a sign-up that waits for approval.
    pub awaits_approval: bool,
    /// An operation of this case is on its way: what it causes is its outcome's to tell.
    pub in_flight: bool,
    /// How long a claim lasts.
    pub claim_lasts: TimeDelta,
}

/// What shall be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The case as it shall be.
    pub case: Case,
    /// What happened, in order.
    pub facts: Vec<Fact>,
}

/// Why a command means nothing for the case as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else is on it: may be answered by taking over.
    #[error("{case} is claimed by {by} since {since}")]
    ClaimedBy {
        /// Which case.
        case: CaseId,
        /// Who is.
        by: ModeratorName,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is settled.
    #[error("{0} is resolved; `reopen {0}` opens it again")]
    Resolved(CaseId),
    /// Nobody is on it.
    #[error("nobody has claimed {0}")]
    NotClaimed(CaseId),
    /// Somebody else is on it, and only they (or a lead, by assign) can give it back.
    #[error("{case} is claimed by {by}, not by you; `claim {case}` takes it over")]
    NotYours {
        /// Which case.
        case: CaseId,
        /// Who is.
        by: ModeratorName,
    },
    /// They have it already.
    #[error("{case} belongs to {by} already")]
    HasItAlready {
        /// Which case.
        case: CaseId,
        /// Who has.
        by: ModeratorName,
    },
}
