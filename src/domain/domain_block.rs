//! A domain block on the server.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{DomainBlockId, DomainName};

/// How hard a domain is blocked, in the words of Mastodon's UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockSeverity {
    /// Only the flags (API: noop).
    None,
    /// Accounts are hidden from those who do not follow them (API: silence).
    Limit,
    /// No contact; local copies are deleted and follows are cut for ever (API: suspend).
    Suspend,
}

impl BlockSeverity {
    /// The `severity` that Mastodon's API expects.
    pub fn api_word(self) -> &'static str {
        match self {
            Self::None => "noop",
            Self::Limit => "silence",
            Self::Suspend => "suspend",
        }
    }

    /// The word people use and read.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Limit => "limit",
            Self::Suspend => "suspend",
        }
    }
}

impl FromStr for BlockSeverity {
    type Err = String;

    /// Both Mastodon's API words and those of its UI.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" | "noop" => Ok(Self::None),
            "limit" | "silence" => Ok(Self::Limit),
            "suspend" => Ok(Self::Suspend),
            _ => Err(format!(
                "'{text}' is no severity: expected none, limit or suspend"
            )),
        }
    }
}

/// A domain block as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainBlock {
    /// The server's id; empty while it is only wanted.
    pub id: DomainBlockId,
    /// The domain as the server holds it.
    pub domain: String,
    /// How hard.
    pub severity: BlockSeverity,
    /// Media from there are not stored.
    pub reject_media: bool,
    /// Reports from there are dropped.
    pub reject_reports: bool,
    /// For moderators only.
    pub private_comment: Option<String>,
    /// For everyone who reads the list.
    pub public_comment: Option<String>,
    /// Shown partly masked in the public list.
    pub obfuscate: bool,
}

/// What a command wants a domain block to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedBlock {
    /// The domain, checked.
    pub domain: DomainName,
    /// How hard.
    pub severity: BlockSeverity,
    /// Media from there are not stored.
    pub reject_media: bool,
    /// Reports from there are dropped.
    pub reject_reports: bool,
    /// For moderators only: our case number, never a person's words (invariant 16).
    pub private_comment: Option<String>,
    /// Only what a moderator gave as `--public`.
    pub public_comment: Option<String>,
    /// Shown partly masked in the public list.
    pub obfuscate: bool,
}
