//! Rights as values: a [`Grant`] proves a checked right, a [`Permit`] proves that nothing stands
//! in the way of one call to the server at this moment. Neither can be made anywhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::ModeratorName;
use super::moderator::{Moderator, Role};

/// One right. The command table names one for each command; the least role for each can be
/// overridden in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Read cases, accounts, domains, history.
    Read,
    /// Claim, unclaim, assign, note, cancel one's own operations.
    Coordinate,
    /// Close reports without action, reopen, categorise.
    Resolve,
    /// Lift limit, freeze, suspend, force-sensitive.
    Lift,
    /// Send a warning.
    Warn,
    /// Force media to be sensitive.
    ForceSensitive,
    /// Limit an account.
    Limit,
    /// Freeze an account.
    Freeze,
    /// Suspend an account.
    Suspend,
    /// Approve or reject a sign-up.
    SignUps,
    /// Block, limit, unblock domains.
    Domains,
    /// Block e-mail domains.
    EmailDomains,
    /// Block IP ranges.
    IpRanges,
    /// Act on many targets at once.
    Batch,
    /// Stop everything that acts by itself.
    StopAutomation,
    /// Stop every call that changes the server.
    StopAll,
    /// Stop one moderator, lift a stop.
    StopOthers,
    /// Switch the dry run.
    DryRun,
    /// Read e-mail and IP addresses.
    Reveal,
    /// Say what became of an operation that could not be settled.
    Settle,
    /// End a moderator's access.
    Offboard,
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 21] = [
        Self::Read,
        Self::Coordinate,
        Self::Resolve,
        Self::Lift,
        Self::Warn,
        Self::ForceSensitive,
        Self::Limit,
        Self::Freeze,
        Self::Suspend,
        Self::SignUps,
        Self::Domains,
        Self::EmailDomains,
        Self::IpRanges,
        Self::Batch,
        Self::StopAutomation,
        Self::StopAll,
        Self::StopOthers,
        Self::DryRun,
        Self::Reveal,
        Self::Settle,
        Self::Offboard,
    ];

    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Coordinate => "coordinate",
            Self::Resolve => "resolve",
            Self::Lift => "lift",
            Self::Warn => "warn",
            Self::ForceSensitive => "force-sensitive",
            Self::Limit => "limit",
            Self::Freeze => "freeze",
            Self::Suspend => "suspend",
            Self::SignUps => "sign-ups",
            Self::Domains => "domains",
            Self::EmailDomains => "email-domains",
            Self::IpRanges => "ip-ranges",
            Self::Batch => "batch",
            Self::StopAutomation => "stop-automation",
            Self::StopAll => "stop-all",
            Self::StopOthers => "stop-others",
            Self::DryRun => "dry-run",
            Self::Reveal => "reveal",
            Self::Settle => "settle",
            Self::Offboard => "offboard",
        }
    }

    /// The least role unless the configuration says otherwise.
    pub fn default_role(self) -> Role {
        match self {
            Self::Read | Self::StopAutomation => Role::Observer,
            Self::Coordinate => Role::Triage,
            Self::Resolve
            | Self::Lift
            | Self::Warn
            | Self::ForceSensitive
            | Self::Limit
            | Self::Freeze
            | Self::Suspend
            | Self::SignUps
            | Self::StopAll => Role::Moderator,
            Self::Domains
            | Self::EmailDomains
            | Self::IpRanges
            | Self::Batch
            | Self::StopOthers
            | Self::DryRun
            | Self::Reveal
            | Self::Settle
            | Self::Offboard => Role::Lead,
        }
    }
}

/// The least role for each permission: the defaults, with the configuration's overrides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RolePolicy {
    overrides: BTreeMap<Permission, Role>,
}

impl RolePolicy {
    /// The defaults with `overrides`.
    pub fn new(overrides: BTreeMap<Permission, Role>) -> Self {
        Self { overrides }
    }

    /// The least role that holds `permission`.
    pub fn least_role(&self, permission: Permission) -> Role {
        self.overrides
            .get(&permission)
            .copied()
            .unwrap_or_else(|| permission.default_role())
    }
}

/// What about the target matters for the right to act on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetFacts {
    /// The asking moderator is the target or the reporter of the case.
    pub own_case: bool,
    /// Why the target is protected, if it is.
    pub protected: Option<Protection>,
    /// The target's rank on the server, where known.
    pub rank: Option<i64>,
    /// The command comes with many targets at once.
    pub in_batch: bool,
}

/// Why a target is protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// It has a staff role on the server.
    Staff,
    /// It is linked to a moderator of the configuration.
    Moderator,
    /// It is the account whose token Wardroom uses.
    Bot,
    /// It is named in `[policy] protected`.
    Named,
    /// It is the server's own domain.
    OwnDomain,
}

impl Protection {
    /// What people read.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Staff => "it has a staff role on the server",
            Self::Moderator => "it is linked to a moderator",
            Self::Bot => "it is the account that Wardroom itself uses",
            Self::Named => "it is on the protected list of the configuration",
            Self::OwnDomain => "it is this server's own domain",
        }
    }
}

/// Proof that `moderator` held `permission` when it was asked. [`authorize`] alone makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    moderator: ModeratorName,
    role: Role,
    permission: Permission,
}

impl Grant {
    /// Who holds it.
    pub fn moderator(&self) -> &ModeratorName {
        &self.moderator
    }

    /// With which role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it allows.
    pub fn permission(&self) -> Permission {
        self.permission
    }
}

/// Why a right was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The role is too low.
    #[error("this needs the role {needed}; yours is {has}")]
    Role {
        /// The least role.
        needed: Role,
        /// The moderator's role.
        has: Role,
    },
    /// The moderator was offboarded.
    #[error("your access was ended; ask a lead")]
    Offboarded,
    /// The linked account lost its role, or is frozen or suspended.
    #[error(
        "your linked account has no staff role on the server any more, or is frozen; ask a lead"
    )]
    LinkLost,
    /// The moderator is target or reporter.
    #[error("you are the target or the reporter of this case; a colleague has to decide it")]
    OwnCase,
    /// The target is protected.
    #[error("the target is protected: {}", .0.words())]
    Protected(Protection),
}

/// Checks whether `moderator` may use `permission` on `target`: the only way to a [`Grant`].
///
/// A protected target needs a lead whose linked account outranks it on the server, and is refused
/// in a batch always; Wardroom's own account and the server's own domain are refused to everyone.
///
/// # Errors
/// [`Denied`] says why, in words for the person.
pub fn authorize(
    moderator: &Moderator,
    permission: Permission,
    target: &TargetFacts,
    roles: &RolePolicy,
) -> Result<Grant, Denied> {
    if moderator.offboarded {
        return Err(Denied::Offboarded);
    }
    if moderator
        .link
        .as_ref()
        .is_some_and(|link| link.barred || !link.is_staff)
    {
        return Err(Denied::LinkLost);
    }
    let needed = roles.least_role(permission);
    if moderator.role < needed {
        return Err(Denied::Role {
            needed,
            has: moderator.role,
        });
    }
    if permission.acts_on_a_target() {
        check_target(moderator, target)?;
    }
    Ok(Grant {
        moderator: moderator.name.clone(),
        role: moderator.role,
        permission,
    })
}

fn check_target(moderator: &Moderator, target: &TargetFacts) -> Result<(), Denied> {
    if target.own_case {
        return Err(Denied::OwnCase);
    }
    let Some(protection) = &target.protected else {
        return Ok(());
    };
    let untouchable = matches!(protection, Protection::Bot | Protection::OwnDomain);
    let outranks = match (
        moderator.link.as_ref().and_then(|link| link.rank),
        target.rank,
    ) {
        (Some(own), Some(theirs)) => own > theirs,
        _ => false,
    };
    if untouchable || target.in_batch || moderator.role < Role::Lead || !outranks {
        return Err(Denied::Protected(protection.clone()));
    }
    Ok(())
}

impl Permission {
    /// Whether own-case and protection rules apply: every right that decides about a target.
    fn acts_on_a_target(self) -> bool {
        matches!(
            self,
            Self::Resolve
                | Self::Lift
                | Self::Warn
                | Self::ForceSensitive
                | Self::Limit
                | Self::Freeze
                | Self::Suspend
                | Self::SignUps
                | Self::Domains
                | Self::EmailDomains
                | Self::IpRanges
        )
    }
}

/// What the operation worker read, in one go, immediately before a call.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The stop that covers this operation, in words, if any.
    pub stopped: Option<String>,
    /// Configuration, setting, file or the operation itself says dry run.
    pub dry_run: bool,
    /// This process still holds the operation's lease.
    pub holds_fence: bool,
    /// The right, checked again just now.
    pub grant: Result<Grant, Denied>,
}

/// Proof that one mutating call may be made now. [`Permit::issue`] alone makes it, and the
/// operation worker alone calls that.
#[derive(Debug)]
pub struct Permit {
    moderator: ModeratorName,
}

/// Why no permit was issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Withheld {
    /// A stop is on.
    #[error("stopped: {0}")]
    Stopped(String),
    /// Dry run.
    #[error("dry run")]
    DryRun,
    /// Another process took the operation over.
    #[error("another process took this operation over")]
    FenceLost,
    /// The right is gone.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl Permit {
    /// Issues the permit unless something stands in the way: a lost lease first (then nothing may
    /// be written either), then a stop, a lost right, and last the dry run.
    ///
    /// # Errors
    /// [`Withheld`] names what stands in the way.
    pub fn issue(standing: Standing) -> Result<Self, Withheld> {
        if !standing.holds_fence {
            return Err(Withheld::FenceLost);
        }
        if let Some(stop) = standing.stopped {
            return Err(Withheld::Stopped(stop));
        }
        let grant = standing.grant?;
        if standing.dry_run {
            return Err(Withheld::DryRun);
        }
        Ok(Self {
            moderator: grant.moderator,
        })
    }

    /// On whose behalf the call is made.
    pub fn moderator(&self) -> &ModeratorName {
        &self.moderator
    }
}

#[cfg(test)]
mod tests;
