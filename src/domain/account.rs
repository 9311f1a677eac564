//! An account of the server as moderators need it: never with e-mail or IP addresses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::AccountId;

/// A local or remote account. E-mail, IP addresses and sign-up IPs are dropped at the edge and
/// cannot be represented here (invariant 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The server's id.
    pub id: AccountId,
    /// The name without domain.
    pub username: String,
    /// `None` for an account of our own server. As the server wrote it: untrusted.
    pub domain: Option<String>,
    /// Shown name: untrusted, up to anything long.
    pub display_name: String,
    /// Where the profile is, untrusted for remote accounts.
    pub url: Option<String>,
    /// When the account was made (midnight for `Account`, exact for `Admin::Account`).
    pub created_at: Option<DateTime<Utc>>,
    /// Followers, as the server counts them.
    pub followers: Option<i64>,
    /// Statuses, as the server counts them.
    pub statuses: Option<i64>,
    /// The moderation state that the server reports.
    pub state: AccountState,
    /// The role on the server; `None` for remote accounts and when not sent.
    pub role: Option<ServerRole>,
    /// What the person wrote when asking to join; local sign-ups only.
    pub invite_request: Option<String>,
    /// The language the person chose; local accounts only.
    pub locale: Option<String>,
}

/// What has been done to an account on the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Mastodon's six independent flags"
)]
pub struct AccountState {
    /// Suspended (reversible for 30 days).
    pub suspended: bool,
    /// Limited (the API says silenced).
    pub limited: bool,
    /// Media forced to be sensitive (the API says sensitized).
    pub force_sensitive: bool,
    /// Login frozen (the API says disabled); always false for remote accounts.
    pub frozen: bool,
    /// Approved to use the server; `None` for remote accounts.
    pub approved: Option<bool>,
    /// E-mail confirmed; `None` for remote accounts.
    pub confirmed: Option<bool>,
}

/// A role on the server (not a role in Wardroom).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRole {
    /// The role's id; `-99` is the everyone role.
    pub id: String,
    /// The role's name; empty for the everyone role.
    pub name: String,
    /// Effective permission bits (Mastodon's `UserRole::FLAGS`).
    pub permissions: u64,
}

impl ServerRole {
    /// Whether the role has any right beyond inviting people (65536, 2097152) and viewing feeds
    /// (1048576).
    pub fn is_staff(&self) -> bool {
        self.rank() > 0
    }

    /// How high the role stands: 0 no staff, 1 staff, 2 may manage settings, roles or access,
    /// 3 administrator. Mastodon's API does not tell a role's position (as of 4.6), so the
    /// permission bits stand in for it; Mastodon itself checks the true rank when it acts.
    pub fn rank(&self) -> i64 {
        const ADMINISTRATOR: u64 = 1;
        const MANAGING: u64 = 64 | 131_072 | 262_144;
        const PLAIN: u64 = 65_536 | 1_048_576 | 2_097_152;
        match self.permissions {
            bits if bits & ADMINISTRATOR != 0 => 3,
            bits if bits & MANAGING != 0 => 2,
            bits if bits & !PLAIN != 0 => 1,
            _ => 0,
        }
    }
}

impl Account {
    /// Whether the account lives on our own server.
    pub fn is_local(&self) -> bool {
        self.domain.is_none()
    }

    /// `user` for local accounts, `user@domain` for remote ones.
    pub fn acct(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", self.username),
            None => self.username.clone(),
        }
    }

    /// The handle as people write it: `@user` or `@user@domain`.
    pub fn handle(&self) -> String {
        format!("@{}", self.acct())
    }

    /// Whether the account has a staff role on the server.
    pub fn is_staff(&self) -> bool {
        self.role.as_ref().is_some_and(ServerRole::is_staff)
    }
}

/// What can be done to an account, in the words of Mastodon's own UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountAction {
    /// A warning; changes nothing but leaves a strike (API: none).
    Warn,
    /// All media become sensitive (API: sensitive).
    ForceSensitive,
    /// Hidden from those who do not follow (API: silence).
    Limit,
    /// Cannot log in; local accounts only (API: disable).
    Freeze,
    /// Removed from view, data deleted after 30 days (API: suspend).
    Suspend,
}

impl AccountAction {
    /// The word people use and read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::ForceSensitive => "force-sensitive",
            Self::Limit => "limit",
            Self::Freeze => "freeze",
            Self::Suspend => "suspend",
        }
    }

    /// The `type` that Mastodon's API expects.
    pub fn api_type(self) -> &'static str {
        match self {
            Self::Warn => "none",
            Self::ForceSensitive => "sensitive",
            Self::Limit => "silence",
            Self::Freeze => "disable",
            Self::Suspend => "suspend",
        }
    }

    /// Whether `state` already shows the effect. A warning leaves no trace in the state.
    pub fn is_in_effect(self, state: &AccountState) -> bool {
        match self {
            Self::Warn => false,
            Self::ForceSensitive => state.force_sensitive,
            Self::Limit => state.limited,
            Self::Freeze => state.frozen,
            Self::Suspend => state.suspended,
        }
    }
}
