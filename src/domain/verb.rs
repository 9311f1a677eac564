//! The commands that change the server, and how much friction each meets. Exhaustive tables: a new
//! verb does not compile until it names its permission and its tier.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::account::AccountAction;
use super::permission::Permission;

/// The commands that change the server, by the word people type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Resolve reports without action.
    Resolve,
    /// Reopen reports.
    Reopen,
    /// Change a report's category.
    Categorise,
    /// Show the claim on the server (assign the reports to oneself).
    Claim,
    /// Take that back.
    Unclaim,
    /// Warn.
    Warn,
    /// Force media to be sensitive.
    ForceSensitive,
    /// Limit.
    Limit,
    /// Freeze.
    Freeze,
    /// Suspend.
    Suspend,
    /// Lift force-sensitive.
    UnforceSensitive,
    /// Lift a limit.
    Unlimit,
    /// Lift a freeze.
    Unfreeze,
    /// Lift a suspension.
    Unsuspend,
    /// Approve a sign-up.
    Approve,
    /// Reject a sign-up: deletes the account.
    Reject,
    /// Block a domain with media or report rejection only.
    BlockDomain,
    /// Limit a domain.
    LimitDomain,
    /// Suspend a domain.
    SuspendDomain,
    /// Lift a domain block.
    UnblockDomain,
    /// Block sign-ups from an e-mail domain.
    BlockEmailDomain,
    /// Lift that.
    UnblockEmailDomain,
    /// Block an IP range.
    BlockIp,
    /// Lift that.
    UnblockIp,
}

/// How much friction a command meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Only reads.
    Read,
    /// Organises work between people.
    Coordinate,
    /// Easily undone.
    Mild,
    /// Felt by one account: reason and confirmation.
    Strong,
    /// Felt by many accounts: reason, preview, confirmation.
    Broad,
    /// Changes what Wardroom itself may do.
    Control,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 24] = [
        Self::Resolve,
        Self::Reopen,
        Self::Categorise,
        Self::Claim,
        Self::Unclaim,
        Self::Warn,
        Self::ForceSensitive,
        Self::Limit,
        Self::Freeze,
        Self::Suspend,
        Self::UnforceSensitive,
        Self::Unlimit,
        Self::Unfreeze,
        Self::Unsuspend,
        Self::Approve,
        Self::Reject,
        Self::BlockDomain,
        Self::LimitDomain,
        Self::SuspendDomain,
        Self::UnblockDomain,
        Self::BlockEmailDomain,
        Self::UnblockEmailDomain,
        Self::BlockIp,
        Self::UnblockIp,
    ];

    /// The word people type and read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
            Self::Categorise => "categorise",
            Self::Claim => "claim",
            Self::Unclaim => "unclaim",
            Self::Warn => "warn",
            Self::ForceSensitive => "force-sensitive",
            Self::Limit => "limit",
            Self::Freeze => "freeze",
            Self::Suspend => "suspend",
            Self::UnforceSensitive => "unforce-sensitive",
            Self::Unlimit => "unlimit",
            Self::Unfreeze => "unfreeze",
            Self::Unsuspend => "unsuspend",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::BlockDomain => "block-domain",
            Self::LimitDomain => "limit-domain",
            Self::SuspendDomain => "suspend-domain",
            Self::UnblockDomain => "unblock-domain",
            Self::BlockEmailDomain => "block-email-domain",
            Self::UnblockEmailDomain => "unblock-email-domain",
            Self::BlockIp => "block-ip",
            Self::UnblockIp => "unblock-ip",
        }
    }

    /// The right it needs.
    pub fn permission(self) -> Permission {
        match self {
            Self::Resolve | Self::Reopen | Self::Categorise => Permission::Resolve,
            Self::Claim | Self::Unclaim => Permission::Coordinate,
            Self::Warn => Permission::Warn,
            Self::ForceSensitive => Permission::ForceSensitive,
            Self::Limit => Permission::Limit,
            Self::Freeze => Permission::Freeze,
            Self::Suspend => Permission::Suspend,
            Self::UnforceSensitive | Self::Unlimit | Self::Unfreeze | Self::Unsuspend => {
                Permission::Lift
            }
            Self::Approve | Self::Reject => Permission::SignUps,
            Self::BlockDomain | Self::LimitDomain | Self::SuspendDomain | Self::UnblockDomain => {
                Permission::Domains
            }
            Self::BlockEmailDomain | Self::UnblockEmailDomain => Permission::EmailDomains,
            Self::BlockIp | Self::UnblockIp => Permission::IpRanges,
        }
    }

    /// Its tier.
    pub fn tier(self) -> Tier {
        match self {
            Self::Claim | Self::Unclaim => Tier::Coordinate,
            Self::Resolve
            | Self::Reopen
            | Self::Categorise
            | Self::UnforceSensitive
            | Self::Unlimit
            | Self::Unfreeze
            | Self::Unsuspend => Tier::Mild,
            Self::Warn
            | Self::ForceSensitive
            | Self::Limit
            | Self::Freeze
            | Self::Suspend
            | Self::Approve
            | Self::Reject => Tier::Strong,
            Self::BlockDomain
            | Self::LimitDomain
            | Self::SuspendDomain
            | Self::UnblockDomain
            | Self::BlockEmailDomain
            | Self::UnblockEmailDomain
            | Self::BlockIp
            | Self::UnblockIp => Tier::Broad,
        }
    }

    /// The verb of an account action.
    pub fn of_action(action: AccountAction) -> Self {
        match action {
            AccountAction::Warn => Self::Warn,
            AccountAction::ForceSensitive => Self::ForceSensitive,
            AccountAction::Limit => Self::Limit,
            AccountAction::Freeze => Self::Freeze,
            AccountAction::Suspend => Self::Suspend,
        }
    }

    /// The verb that lifts an account action; a warning cannot be lifted.
    pub fn lifting(action: AccountAction) -> Option<Self> {
        match action {
            AccountAction::Warn => None,
            AccountAction::ForceSensitive => Some(Self::UnforceSensitive),
            AccountAction::Limit => Some(Self::Unlimit),
            AccountAction::Freeze => Some(Self::Unfreeze),
            AccountAction::Suspend => Some(Self::Unsuspend),
        }
    }

    /// Whether it is held for a moment before it is sent, so that Cancel can still stop it:
    /// what cannot be fully taken back.
    pub fn is_held_by_default(self) -> bool {
        matches!(self, Self::Suspend | Self::Reject)
    }

    /// Whether carrying it out on an account makes Mastodon resolve every open report on it
    /// (all account actions but a warning; observed on 4.2 and 4.3).
    pub fn resolves_reports(self) -> bool {
        matches!(
            self,
            Self::ForceSensitive | Self::Limit | Self::Freeze | Self::Suspend
        )
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
