//! A report on the server.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::ids::{AccountId, ReportId};
use super::status::Status;

/// What a report is about. `legal` exists since Mastodon 4.2; unknown words are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Category {
    /// Anything else.
    Other,
    /// Spam.
    Spam,
    /// Content that may be illegal.
    Legal,
    /// A violation of the server's rules.
    Violation,
    /// A word that this version does not know.
    Unknown(String),
}

impl Category {
    /// Mastodon's word.
    pub fn word(&self) -> &str {
        match self {
            Self::Other => "other",
            Self::Spam => "spam",
            Self::Legal => "legal",
            Self::Violation => "violation",
            Self::Unknown(word) => word,
        }
    }
}

impl From<String> for Category {
    fn from(word: String) -> Self {
        match word.as_str() {
            "other" => Self::Other,
            "spam" => Self::Spam,
            "legal" => Self::Legal,
            "violation" => Self::Violation,
            _ => Self::Unknown(word),
        }
    }
}

impl From<Category> for String {
    fn from(category: Category) -> Self {
        category.word().to_owned()
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Category {
    type Err = String;

    /// Only the words that can be set: an unknown one is refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::from(text.to_owned()) {
            Self::Unknown(word) => Err(format!(
                "'{word}' is no category: expected other, spam, legal or violation"
            )),
            known => Ok(known),
        }
    }
}

/// A rule of the server that a report names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRule {
    /// The rule's id.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// Reported statuses that we do not hold because they are not public, by visibility.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Followers-only ones, and ones of a visibility that we do not know.
    pub private: u32,
    /// Direct messages.
    pub direct: u32,
}

/// A report as last seen, without personal data and without non-public statuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The server's id.
    pub id: ReportId,
    /// What it is about.
    pub category: Category,
    /// The reporter's words: untrusted plain text, unlimited from remote servers.
    pub comment: String,
    /// Whether it was sent on to the remote server; `None` for reports received from one.
    pub forwarded: Option<bool>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed: what orders two versions of it.
    pub updated_at: DateTime<Utc>,
    /// Whether it is resolved on the server.
    pub resolved: bool,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who resolved it on the server.
    pub resolved_by: Option<Account>,
    /// Whom the server's UI shows as assigned.
    pub assigned_to: Option<Account>,
    /// Who reported. A remote server's actor looks like `domain@domain`.
    pub reporter: Account,
    /// Who is reported.
    pub target: Account,
    /// The open statuses, newest first.
    pub statuses: Vec<Status>,
    /// What is not held.
    pub withheld: Withheld,
    /// The rules named, for `violation`.
    pub rules: Vec<ServerRule>,
    /// The webhook's own object with the same things removed, for templates that use its paths.
    pub object: serde_json::Value,
}

impl Report {
    /// Whether anything differs that we show or decide on: all but `updated_at` and `object`.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let cut = |report: &Self| Self {
            updated_at: DateTime::UNIX_EPOCH,
            object: serde_json::Value::Null,
            ..report.clone()
        };
        cut(self) == cut(other)
    }

    /// Whether `newer` is a later version that says nothing new about the report: perhaps somebody
    /// wrote a note. The accounts count by who they are, since their numbers move by themselves.
    pub fn was_only_touched(&self, newer: &Self) -> bool {
        let with_accounts_of_self = Self {
            reporter: self.reporter.clone(),
            target: self.target.clone(),
            assigned_to: self.assigned_to.clone(),
            resolved_by: self.resolved_by.clone(),
            ..newer.clone()
        };
        let same_people = self.reporter.id == newer.reporter.id
            && self.target.id == newer.target.id
            && id_of(self.assigned_to.as_ref()) == id_of(newer.assigned_to.as_ref())
            && id_of(self.resolved_by.as_ref()) == id_of(newer.resolved_by.as_ref());
        self.updated_at < newer.updated_at
            && same_people
            && self.says_the_same_as(&with_accounts_of_self)
    }
}

fn id_of(account: Option<&Account>) -> Option<&AccountId> {
    account.map(|account| &account.id)
}
