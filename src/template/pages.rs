//! The pages: one context each.

use serde::Serialize;

use super::case::{CaseDetail, Chip, OperationView, TimeView};
use super::frame::{Filter, Frame};

/// The case list, with a case or the overview beside it.
#[derive(Debug, Clone, Serialize)]
pub struct RoomPage {
    /// What stands around it.
    pub frame: Frame,
    /// The cases.
    pub list: CaseList,
    /// The case that is open.
    pub case: Option<CaseDetail>,
    /// How things stand, when no case is open.
    pub overview: Option<Overview>,
}

/// The cases.
#[derive(Debug, Clone, Serialize)]
pub struct CaseList {
    /// By state.
    pub filters: Vec<Filter>,
    /// Newest first.
    pub rows: Vec<CaseRow>,
    /// Where older ones are.
    pub older: Option<String>,
    /// What to say when there is none.
    pub empty: &'static str,
}

/// A case in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// The number.
    pub number: i64,
    /// Its page.
    pub href: String,
    /// It is the one that is open.
    pub is_current: bool,
    /// Its state.
    pub state: Chip,
    /// Its severity, if it is out of the ordinary.
    pub severity: Option<Chip>,
    /// The target.
    pub target: String,
    /// Why, in a line.
    pub why: String,
    /// Who is on it.
    pub claimed_by: Option<String>,
    /// When it was opened.
    pub opened_at: TimeView,
    /// It should have been decided.
    pub is_overdue: bool,
}

/// How things stand.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// Numbers.
    pub counts: Vec<Count>,
    /// Operations that somebody should know of.
    pub operations: Vec<OperationView>,
    /// The parts of the process that do not work.
    pub parts: Vec<PartLine>,
    /// When the server last sent something.
    pub last_delivery_at: Option<TimeView>,
    /// Proves that a form came from one of our pages.
    pub csrf: String,
    /// Makes the requests of this page's forms distinct.
    pub nonce: String,
    /// The page's own address.
    pub here: String,
}

/// A number and what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The colour's name.
    pub tone: &'static str,
    /// How many.
    pub number: i64,
    /// What.
    pub label: &'static str,
    /// Where they are.
    pub href: &'static str,
}

/// A part of the process that has something to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartLine {
    /// Its name.
    pub part: String,
    /// What it says.
    pub text: String,
}

/// The operations.
#[derive(Debug, Clone, Serialize)]
pub struct OperationsPage {
    /// What stands around it.
    pub frame: Frame,
    /// Not finished.
    pub unfinished: Vec<OperationView>,
    /// Finished of late.
    pub finished: Vec<OperationView>,
}

/// The audit log.
#[derive(Debug, Clone, Serialize)]
pub struct AuditPage {
    /// What stands around it.
    pub frame: Frame,
    /// Newest first.
    pub lines: Vec<AuditLine>,
    /// The filter for an account or another subject.
    pub account: String,
    /// The filter for who did it.
    pub actor: String,
    /// Where older entries are.
    pub older: Option<String>,
    /// The last entry's place and hash: what an anchor says.
    pub head: String,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Its place.
    pub seq: i64,
    /// When.
    pub at: TimeView,
    /// Who.
    pub actor: String,
    /// What.
    pub verb: String,
    /// The case.
    pub case: Option<i64>,
    /// The operation.
    pub operation: Option<String>,
    /// Whom it concerns.
    pub subject: Option<String>,
    /// What else it says, in words.
    pub detail: String,
    /// The hash, shortened.
    pub hash: String,
}

/// For those without a session.
#[derive(Debug, Clone, Serialize)]
pub struct SignInPage {
    /// Where the assets are.
    pub assets: String,
    /// The server's host.
    pub server: String,
    /// What happened, if something did.
    pub notice: Option<String>,
    /// It is a demo.
    pub is_demo: bool,
}

/// For those with an invite.
#[derive(Debug, Clone, Serialize)]
pub struct InvitePage {
    /// Where the assets are.
    pub assets: String,
    /// The server's host.
    pub server: String,
    /// Where the button leads.
    pub action: String,
    /// It is a demo.
    pub is_demo: bool,
}

/// For those who come from another site.
#[derive(Debug, Clone, Serialize)]
pub struct MomentPage {
    /// Where the assets are.
    pub assets: String,
    /// The same address again.
    pub here: String,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorPage {
    /// Where the assets are.
    pub assets: String,
    /// The status.
    pub status: u16,
    /// For people.
    pub message: String,
    /// What the log knows it by.
    pub request_id: String,
}
