//! A case: our unit of work. It gathers the reports and sign-ups on one target until it is
//! resolved.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{AccountId, CaseId, DomainName, ModeratorName, OperationId};
use super::operation::Verb;
use super::report::{Category, Report};

/// What opened a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A report.
    Report,
    /// A sign-up that waits for approval.
    SignUp,
}

impl CaseKind {
    /// The word in database, API and chat.
    pub fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::SignUp => "sign_up",
        }
    }
}

/// What a case or an operation is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// An account by the server's id: `account:109…`.
    Account(AccountId),
    /// An account that we know by handle only: `handle:user@domain`.
    Handle(String),
    /// A domain: `domain:x.example`.
    Domain(DomainName),
    /// An IP range: `range:203.0.113.0/24`.
    Range(ipnet::IpNet),
    /// A report: `report:8437` (operations that concern no single account).
    Reports,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Handle(handle) => write!(f, "handle:{handle}"),
            Self::Domain(domain) => write!(f, "domain:{domain}"),
            Self::Range(range) => write!(f, "range:{range}"),
            Self::Reports => f.write_str("reports:"),
        }
    }
}

impl Target {
    /// How the audit log names it: a handle is personal text and stands there as a commitment
    /// only.
    pub fn audit_text(&self) -> String {
        match self {
            Self::Handle(_) => "handle:".to_owned(),
            other => other.to_string(),
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |why: String| format!("'{text}' is no target: {why}");
        match text.split_once(':') {
            Some(("account", id)) if !id.is_empty() => Ok(Self::Account(id.into())),
            Some(("handle", handle)) if !handle.is_empty() => Ok(Self::Handle(handle.to_owned())),
            Some(("domain", name)) => DomainName::parse(name)
                .map(Self::Domain)
                .map_err(|e| bad(e.to_string())),
            Some(("range", range)) => range
                .parse()
                .map(Self::Range)
                .map_err(|_| bad("no CIDR range".to_owned())),
            Some(("reports", _)) => Ok(Self::Reports),
            _ => Err(bad(
                "expected account:, handle:, domain: or range:".to_owned()
            )),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// Whether somebody has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseState {
    /// Nobody is on it.
    Open,
    /// Somebody is on it.
    Claimed,
    /// Settled.
    Resolved,
}

impl CaseState {
    /// The word in database, API and chat.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Resolved => "resolved",
        }
    }
}

/// How bad, from 0 (legal) to 3 (remote spam); smaller is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Severity(pub i64);

impl Severity {
    /// The default for a report: legal 0; violation, and reports on local accounts, 1; remote
    /// spam 3; other 2.
    pub fn of_report(report: &Report) -> Self {
        match (&report.category, report.target.is_local()) {
            (Category::Legal, _) => Self(0),
            (Category::Violation, _) | (_, true) => Self(1),
            (Category::Spam, false) => Self(3),
            _ => Self(2),
        }
    }

    /// A sign-up waits, but nobody is being hurt.
    pub const SIGN_UP: Self = Self(2);

    /// The word people read beside the number.
    pub fn word(self) -> &'static str {
        match self.0 {
            0 => "critical",
            1 => "high",
            2 => "normal",
            _ => "low",
        }
    }
}

/// How a case was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// In which way.
    pub how: How,
    /// By whom: a moderator's name, or a handle on the server.
    pub by: Option<String>,
    /// The operation that did it.
    pub operation: Option<OperationId>,
}

/// In which way a case was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// The reports were closed without action.
    NoAction,
    /// By an operation of this kind.
    Action {
        /// What was done.
        verb: Verb,
    },
    /// In the server's own web UI, or by another tool.
    OnServer,
    /// The reports or the account are gone from the server.
    DeletedOnServer,
    /// Joined into the unresolved case on the same target.
    Joined {
        /// That case.
        into: CaseId,
    },
}

/// A case, without its reports and notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The number.
    pub id: CaseId,
    /// What opened it.
    pub kind: CaseKind,
    /// What it is about.
    pub target: Target,
    /// The target as people read it, `@user@domain`; untrusted.
    pub target_text: String,
    /// Whether it needs somebody.
    pub state: CaseState,
    /// How bad.
    pub severity: Severity,
    /// Grows with every write.
    pub version: i64,
    /// Who is on it.
    pub claimed_by: Option<ModeratorName>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was claimed.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When the claim ends unless something happens.
    pub claim_expires_at: Option<DateTime<Utc>>,
    /// When somebody should have decided.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How.
    pub resolution: Option<Resolution>,
}

impl Case {
    /// Whether it is settled.
    pub fn is_resolved(&self) -> bool {
        self.state == CaseState::Resolved
    }

    /// What a press must have seen unchanged to still count: state, claimant, severity
    /// (invariant 7; the category shows in the severity or in the report list).
    pub fn is_as_seen(&self, seen: &Seen) -> bool {
        self.state == seen.state
            && self.claimed_by == seen.claimed_by
            && self.severity == seen.severity
    }
}

/// What a presser saw on the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The case's state.
    pub state: CaseState,
    /// Its claimant.
    pub claimed_by: Option<ModeratorName>,
    /// Its severity.
    pub severity: Severity,
    /// The unresolved reports on the card.
    pub reports: Vec<super::ids::ReportId>,
}

#[cfg(test)]
mod tests;
