//! What the simulated server knows: accounts, statuses, reports, blocks, strikes.
//!
//! Plain values that stories read back. Names are Wardroom's words (limited, frozen); the wire
//! words (silenced, disabled) exist only in `entity` and in request parameters.

use chrono::{DateTime, Utc};

use super::role::Role;

/// An id on the simulated server. Negative only for the server's own actor, -99.
pub type Id = i64;

/// The id of the server's own actor.
pub(super) const SERVER_ACTOR: Id = -99;

/// An account, local or remote.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Mastodon's account has exactly these claims"
)]
pub struct Account {
    /// The id in the admin API.
    pub id: Id,
    /// The name before the `@`.
    pub username: String,
    /// The server of a remote account; `None` for local ones.
    pub domain: Option<String>,
    /// The display name, untrusted text.
    pub display_name: String,
    /// The profile text as HTML.
    pub note: String,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// Whether the account says that it is a bot.
    pub is_bot: bool,
    /// Whether the account wants to be found; Mastodon wipes it with the data.
    pub discoverable: Option<bool>,
    /// Limited (`silenced` on the wire).
    pub limited: bool,
    /// Suspended.
    pub suspended: bool,
    /// Its media are marked sensitive by force (`sensitized` on the wire).
    pub force_sensitive: bool,
    /// Whether a suspension can still be lifted without loss and the data be deleted on request.
    pub deletion_pending: bool,
    /// Followers shown on the profile.
    pub followers_count: i64,
    /// Follows shown on the profile.
    pub following_count: i64,
    /// Statuses from before the simulation; those posted in it are counted on top.
    pub earlier_statuses: i64,
    /// The login of a local account; `None` for remote accounts and the server's actor.
    pub user: Option<User>,
}

/// The login of a local account.
#[derive(Debug, Clone)]
pub struct User {
    /// The e-mail address.
    pub email: String,
    /// The address of the sign-up and of the last visit.
    pub ip: String,
    /// When that address was last seen.
    pub ip_used_at: DateTime<Utc>,
    /// Whether the e-mail address was confirmed.
    pub confirmed: bool,
    /// Whether the sign-up was approved, or needed no approval.
    pub approved: bool,
    /// Frozen: the login is off (`disabled` on the wire).
    pub frozen: bool,
    /// The language of the interface.
    pub locale: String,
    /// What the person wrote when asking for an account.
    pub invite_request: Option<String>,
    /// The staff role.
    pub role: Role,
}

impl Account {
    /// Whether the account lives on the simulated server.
    pub fn is_local(&self) -> bool {
        self.domain.is_none()
    }

    /// `user` for local accounts, `user@domain` for remote ones.
    pub fn handle(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", self.username),
            None => self.username.clone(),
        }
    }

    /// Whether the login is frozen; never true for remote accounts.
    pub fn frozen(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.frozen)
    }

    /// Whether the sign-up still waits for approval.
    pub fn pending(&self) -> bool {
        self.user.as_ref().is_some_and(|user| !user.approved)
    }

    /// The role of a local account; remote accounts have none.
    pub fn role(&self) -> Option<Role> {
        self.user.as_ref().map(|user| user.role)
    }

    pub(super) fn is_server_actor(&self) -> bool {
        self.id == SERVER_ACTOR
    }
}

/// Who may read a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Everybody, and on the timelines.
    #[default]
    Public,
    /// Everybody, not on the timelines.
    Unlisted,
    /// Followers only.
    Private,
    /// Only those it mentions.
    Direct,
}

impl Visibility {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Public, Self::Unlisted, Self::Private, Self::Direct]
            .into_iter()
            .find(|visibility| visibility.name() == name)
    }
}

/// A status.
#[derive(Debug, Clone)]
pub struct Status {
    /// The id in the API.
    pub id: Id,
    /// The author's account.
    pub account: Id,
    /// What the author typed.
    pub text: String,
    /// The text as HTML.
    pub content: String,
    /// The content warning, empty for none.
    pub spoiler_text: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// The language tag.
    pub language: String,
    /// When it was posted.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// Accounts that it mentions.
    pub mentions: Vec<Id>,
    /// Hashtags, lower case, without the `#`.
    pub tags: Vec<String>,
    /// Descriptions of attached pictures; an empty one for a picture without description.
    pub pictures: Vec<String>,
    /// The app it was posted with; `None` for remote statuses.
    pub application: Option<String>,
    /// Deleted by its author or the staff; reports keep showing it.
    pub deleted: bool,
    /// The `Idempotency-Key` of the request that made it.
    pub idempotency_key: Option<String>,
}

/// A report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The id in the admin API.
    pub id: Id,
    /// Who reported.
    pub reporter: Id,
    /// Who was reported.
    pub target: Id,
    /// `other`, `spam`, `legal` or `violation`.
    pub category: String,
    /// What the reporter wrote, untrusted plain text.
    pub comment: String,
    /// The statuses that were reported with it.
    pub statuses: Vec<Id>,
    /// The rules said to be broken; `None` when never set.
    pub rules: Option<Vec<Id>>,
    /// Whether it was forwarded to the target's server; `None` for reports from remote servers.
    pub forwarded: Option<bool>,
    /// Who the report is assigned to.
    pub assigned: Option<Id>,
    /// When it was resolved; `None` while it is open.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who resolved it.
    pub resolved_by: Option<Id>,
    /// When it arrived.
    pub created_at: DateTime<Utc>,
    /// When it last changed, by a note too.
    pub updated_at: DateTime<Utc>,
    /// Notes of the staff; no API shows them.
    pub notes: Vec<String>,
}

/// How hard a domain block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Severity {
    /// Only rejects media or reports, if these are set.
    Noop,
    /// Limits the accounts of the server.
    #[default]
    Silence,
    /// Deletes what is known of the server.
    Suspend,
}

impl Severity {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Silence => "silence",
            Self::Suspend => "suspend",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Noop, Self::Silence, Self::Suspend]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// A block of a remote server.
#[derive(Debug, Clone)]
pub struct DomainBlock {
    /// The id in the admin API.
    pub id: Id,
    /// The blocked domain, lower case, punycode.
    pub domain: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How hard it is.
    pub severity: Severity,
    /// Media of the server are not stored.
    pub reject_media: bool,
    /// Reports of the server are dropped.
    pub reject_reports: bool,
    /// For the staff.
    pub private_comment: Option<String>,
    /// For everybody, where the server publishes its blocks.
    pub public_comment: Option<String>,
    /// Whether the published name is obfuscated.
    pub obfuscate: bool,
    /// The accounts that it changed, and how, to be lifted with it.
    pub(super) applied: Vec<(Id, Severity)>,
}

/// A block of an e-mail domain.
#[derive(Debug, Clone)]
pub struct EmailDomainBlock {
    /// The id in the admin API.
    pub id: Id,
    /// The blocked domain.
    pub domain: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since 4.3: sign-ups are not refused but wait for approval.
    pub allow_with_approval: bool,
}

/// A block of an address or network.
#[derive(Debug, Clone)]
pub struct IpBlock {
    /// The id in the admin API.
    pub id: Id,
    /// The network, always with its prefix.
    pub ip: String,
    /// `sign_up_requires_approval`, `sign_up_block` or `no_access`.
    pub severity: String,
    /// For the staff.
    pub comment: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A rule of the server.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The id in the API.
    pub id: Id,
    /// The rule itself.
    pub text: String,
}

/// What a moderation action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `none` on the wire.
    Warn,
    /// `sensitive` on the wire.
    ForceSensitive,
    /// `disable` on the wire.
    Freeze,
    /// `silence` on the wire.
    Limit,
    /// `suspend` on the wire.
    Suspend,
}

impl Action {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "none",
            Self::ForceSensitive => "sensitive",
            Self::Freeze => "disable",
            Self::Limit => "silence",
            Self::Suspend => "suspend",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [
            Self::Warn,
            Self::ForceSensitive,
            Self::Freeze,
            Self::Limit,
            Self::Suspend,
        ]
        .into_iter()
        .find(|action| action.name() == name)
    }
}

/// The record of one action, as Mastodon keeps it: repeated actions leave repeated strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// Whose handle was struck.
    pub account: String,
    /// Whose token asked for it.
    pub by: String,
    /// What was done.
    pub action: Action,
    /// The text for the account; empty for none.
    pub text: String,
    /// The report named in the request.
    pub report: Option<Id>,
}

/// A mail that the server sent to a local account because of a strike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whose account it went to.
    pub account: String,
    /// What it was about.
    pub action: Action,
    /// The text that the person reads.
    pub text: String,
}
