//! Who moderates: a person of the configuration, what they may do, and how they are linked to
//! an account of the server.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, ModeratorName};

/// What a moderator may do; each role includes the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Observer,
    /// Claims, assigns, notes.
    Triage,
    /// Acts on accounts.
    Moderator,
    /// Acts on domains, controls Wardroom itself.
    Lead,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 4] = [Self::Observer, Self::Triage, Self::Moderator, Self::Lead];

    /// The word people use and read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Triage => "triage",
            Self::Moderator => "moderator",
            Self::Lead => "lead",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or_else(|| {
                format!("'{text}' is no role: expected observer, triage, moderator or lead")
            })
    }
}

/// A moderator as the desk sees them at one moment: the configuration, and what the server last
/// said about the linked account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator {
    /// The name in the configuration.
    pub name: ModeratorName,
    /// The role in the configuration.
    pub role: Role,
    /// The linked account's handle, `@ana`.
    pub account: Option<String>,
    /// What was last read of the linked account; `None` if none is linked or none was read yet.
    pub link: Option<Link>,
    /// Offboarded by a lead or on the host: holds no grant whatever the configuration says.
    pub offboarded: bool,
}

/// What the server last said about a moderator's linked account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The account's id.
    pub account: AccountId,
    /// Whether it still has a staff role.
    pub is_staff: bool,
    /// Frozen or suspended: Mastodon itself lets a frozen moderator's token act on, so we look.
    pub barred: bool,
    /// The role's rank on the server, where known.
    pub rank: Option<i64>,
}
