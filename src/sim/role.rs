//! Staff roles of the simulated server: permission bits and ranks, as Mastodon seeds them.
//!
//! Pure. The bits are Mastodon's (4.3 for the first twenty, 4.5 and 4.6 added to them).

use super::version::Version;

/// A stock role. Ranks follow Mastodon's `position`: everyone below, the owner on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Role {
    /// No staff role.
    #[default]
    Everyone,
    /// May handle users and reports; no domain, e-mail or IP blocks.
    Moderator,
    /// May do everything but what only the owner can.
    Admin,
    /// Has the `administrator` permission.
    Owner,
}

/// A permission that the simulated calls ask for; the value is Mastodon's bit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Permission {
    ViewDashboard = 8,
    ManageReports = 16,
    ManageFederation = 32,
    ManageBlocks = 128,
    ManageUsers = 1024,
    DeleteUserData = 524_288,
}

const ADMINISTRATOR: u64 = 1;
const INVITE_USERS: u64 = 65_536;

/// Users, reports, dashboard, audit log, taxonomies.
const MODERATOR: u64 = 1308;

/// Everything from the audit log to deleting data, but inviting.
const ADMIN: u64 = 983_036;

const VIEW_FEEDS: u64 = 1_048_576;

impl Role {
    /// The role's id; the role of everyone is -99.
    pub(super) fn id(self) -> i64 {
        match self {
            Self::Everyone => -99,
            Self::Moderator => 1,
            Self::Admin => 2,
            Self::Owner => 3,
        }
    }

    /// The role with this id, as asked for by `role_ids[]`.
    pub(super) fn by_id(id: &str) -> Option<Self> {
        [Self::Everyone, Self::Moderator, Self::Admin, Self::Owner]
            .into_iter()
            .find(|role| role.id().to_string() == id)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Everyone => "",
            Self::Moderator => "Moderator",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// The rank: acting on somebody needs a strictly greater one than theirs.
    pub(super) fn position(self) -> i64 {
        match self {
            Self::Everyone => -1,
            Self::Moderator => 10,
            Self::Admin => 100,
            Self::Owner => 1000,
        }
    }

    /// Whether the role outranks the one of the target; remote accounts have none.
    pub(super) fn outranks(self, target: Option<Self>) -> bool {
        target.is_none_or(|target| self.position() > target.position())
    }

    /// The effective permissions, with those of everyone, as entities show them.
    pub(super) fn permissions(self, version: Version) -> u64 {
        let feeds = if version >= Version::V4_5 {
            VIEW_FEEDS
        } else {
            0
        };
        match self {
            Self::Everyone => INVITE_USERS,
            Self::Moderator => MODERATOR | INVITE_USERS | feeds,
            Self::Admin => ADMIN | INVITE_USERS | feeds,
            Self::Owner if version >= Version::V4_6 => (1 << 23) - 1,
            Self::Owner if version >= Version::V4_5 => (1 << 21) - 1,
            Self::Owner => (1 << 20) - 1,
        }
    }

    pub(super) fn can(self, permission: Permission, version: Version) -> bool {
        let bits = self.permissions(version);
        bits & ADMINISTRATOR != 0 || bits & permission as u64 != 0
    }

    pub(super) fn is_staff(self) -> bool {
        self != Self::Everyone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_the_recorded_ones() {
        assert_eq!(Role::Everyone.permissions(Version::V4_3), 65_536);
        assert_eq!(Role::Moderator.permissions(Version::V4_3), 66_844);
        assert_eq!(Role::Owner.permissions(Version::V4_3), 1_048_575);
        assert_eq!(Role::Admin.permissions(Version::V4_5), 2_031_612 + 65_536);
    }

    #[test]
    fn a_moderator_handles_users_but_no_blocks() {
        let moderator = |permission| Role::Moderator.can(permission, Version::V4_3);
        assert!(moderator(Permission::ManageUsers));
        assert!(moderator(Permission::ManageReports));
        assert!(!moderator(Permission::ManageFederation));
        assert!(!moderator(Permission::ManageBlocks));
        assert!(!moderator(Permission::DeleteUserData));
        assert!(Role::Owner.can(Permission::DeleteUserData, Version::V4_3));
    }

    #[test]
    fn rank_is_strict() {
        assert!(Role::Moderator.outranks(Some(Role::Everyone)));
        assert!(!Role::Moderator.outranks(Some(Role::Moderator)));
        assert!(!Role::Admin.outranks(Some(Role::Owner)));
        assert!(Role::Moderator.outranks(None));
    }
}
