//! What a token can do: its scopes, the bits of its owner's role, and the server's version together.
//! With read-only scopes Wardroom still shows, claims and notes; only the action buttons change.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::server::About;
use crate::domain::Account;
use crate::domain::operation::Verb;
use crate::mastodon::wire::Node;

/// The OAuth scopes of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads a list of scopes, or a text with spaces between them. Nothing there: `None`.
    pub(super) fn read(node: &Node<'_>) -> Option<Self> {
        let mut scopes: BTreeSet<String> = node.items().iter().filter_map(Node::words).collect();
        if let Some(text) = node.text() {
            scopes.extend(text.split_whitespace().map(str::to_owned));
        }
        (!scopes.is_empty()).then_some(Self(scopes))
    }

    /// Whether `scope` is given, by itself or within a broader one (`admin:write` holds
    /// `admin:write:accounts`).
    pub fn allow(&self, scope: &str) -> bool {
        self.0.iter().any(|given| {
            scope
                .strip_prefix(given.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    }
}

/// A right of a role on the server (Mastodon's `UserRole::FLAGS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RoleRight {
    ViewDashboard = 8,
    ManageReports = 16,
    ManageFederation = 32,
    ManageBlocks = 128,
    ManageUsers = 1024,
}

/// Administrators have every right.
const ADMINISTRATOR: u64 = 1;

impl RoleRight {
    /// The name in Mastodon's settings of roles.
    fn name(self) -> &'static str {
        match self {
            Self::ViewDashboard => "View Dashboard",
            Self::ManageReports => "Manage Reports",
            Self::ManageFederation => "Manage Federation",
            Self::ManageBlocks => "Manage Blocks",
            Self::ManageUsers => "Manage Users",
        }
    }
}

/// What is missing for a call, in words with the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The server is not Mastodon.
    OtherSoftware(String),
    /// The token was made without this scope.
    Scope(&'static str),
    /// The owner's role lacks this right.
    Right(&'static str),
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherSoftware(name) => {
                write!(
                    f,
                    "the server runs {name}, which has no admin API of Mastodon"
                )
            }
            Self::Scope(scope) => write!(
                f,
                "the token lacks the scope {scope}; add it under Preferences, Development and make a new token"
            ),
            Self::Right(right) => write!(
                f,
                "the role of the token's owner lacks the right {right}; see Administration, Roles"
            ),
        }
    }
}

/// What a token can do on a server. What is not known counts as possible: the server has the last
/// word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// What the server says about itself.
    pub about: Arc<About>,
    /// The token's scopes, where the server tells them.
    pub scopes: Option<Scopes>,
    /// The token's owner with the role, if the token may read that.
    pub owner: Option<Account>,
}

impl Capabilities {
    /// What `verb` lacks, if anything.
    pub fn lack_for(&self, verb: Verb) -> Option<Lack> {
        use RoleRight::{ManageBlocks, ManageFederation, ManageReports, ManageUsers};
        match verb {
            Verb::Resolve | Verb::Reopen | Verb::Categorise | Verb::Claim | Verb::Unclaim => {
                self.lack("admin:write:reports", ManageReports)
            }
            Verb::Warn
            | Verb::ForceSensitive
            | Verb::Limit
            | Verb::Freeze
            | Verb::Suspend
            | Verb::UnforceSensitive
            | Verb::Unlimit
            | Verb::Unfreeze
            | Verb::Unsuspend
            | Verb::Approve
            | Verb::Reject => self.lack("admin:write:accounts", ManageUsers),
            Verb::BlockDomain | Verb::LimitDomain | Verb::SuspendDomain | Verb::UnblockDomain => {
                self.lack("admin:write:domain_blocks", ManageFederation)
            }
            Verb::BlockEmailDomain | Verb::UnblockEmailDomain => {
                self.lack("admin:write:email_domain_blocks", ManageBlocks)
            }
            Verb::BlockIp | Verb::UnblockIp => self.lack("admin:write:ip_blocks", ManageBlocks),
        }
    }

    /// What reading reports lacks; without it there is no reconciliation.
    pub fn lack_for_reading_reports(&self) -> Option<Lack> {
        self.lack("admin:read:reports", RoleRight::ManageReports)
    }

    /// What reading accounts lacks; without it there is no context and no check before an action.
    pub fn lack_for_reading_accounts(&self) -> Option<Lack> {
        self.lack("admin:read:accounts", RoleRight::ManageUsers)
    }

    /// What the preview of a domain block lacks.
    pub fn lack_for_measures(&self) -> Option<Lack> {
        self.lack("admin:read", RoleRight::ViewDashboard)
    }

    fn lack(&self, scope: &'static str, right: RoleRight) -> Option<Lack> {
        if let Some(software) = self.about.version.other_software() {
            return Some(Lack::OtherSoftware(software.to_owned()));
        }
        if self
            .scopes
            .as_ref()
            .is_some_and(|given| !given.allow(scope))
        {
            return Some(Lack::Scope(scope));
        }
        let role = self.owner.as_ref()?.role.as_ref()?;
        let has_right = role.permissions & (ADMINISTRATOR | right as u64) != 0;
        (!has_right).then(|| Lack::Right(right.name()))
    }
}

#[cfg(test)]
mod tests;
