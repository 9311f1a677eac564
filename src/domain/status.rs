//! A status of the server, and which statuses we may hold at all.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{AccountId, StatusId};

/// Who may see a status. Values that a later Mastodon adds are kept as [`Visibility::Other`] and
/// treated as not public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Visibility {
    /// Everyone.
    Public,
    /// Everyone, but not in public timelines.
    Unlisted,
    /// Followers only (the API also says private for the internal `limited`).
    Private,
    /// Those mentioned only.
    Direct,
    /// A word that this version does not know.
    Other(String),
}

impl Visibility {
    /// Whether the body may be stored and shown (invariant 10).
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }

    /// Mastodon's word.
    pub fn word(&self) -> &str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Direct => "direct",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Visibility {
    fn from(word: String) -> Self {
        match word.as_str() {
            "public" => Self::Public,
            "unlisted" => Self::Unlisted,
            "private" => Self::Private,
            "direct" => Self::Direct,
            _ => Self::Other(word),
        }
    }
}

impl From<Visibility> for String {
    fn from(visibility: Visibility) -> Self {
        visibility.word().to_owned()
    }
}

/// A public or unlisted status. Others are only counted ([`super::report::Withheld`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The server's id.
    pub id: StatusId,
    /// Who wrote it.
    pub account_id: AccountId,
    /// When it was written.
    pub created_at: Option<DateTime<Utc>>,
    /// Public or unlisted.
    pub visibility: Visibility,
    /// The body as HTML, untrusted.
    pub content: String,
    /// The content warning, untrusted; empty if there is none.
    pub spoiler_text: String,
    /// Marked sensitive.
    pub sensitive: bool,
    /// Two-letter or longer language tag, untrusted.
    pub language: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// What is attached: only kind and description, never addresses (nothing is fetched).
    pub media: Vec<Media>,
}

/// An attachment by kind and alt text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// `image`, `gifv`, `video`, `audio` or another word of the server.
    pub kind: String,
    /// The alt text, untrusted.
    pub description: Option<String>,
}
