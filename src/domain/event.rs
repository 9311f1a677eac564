//! What a delivery means.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::ids::{ReportId, StatusId};
use super::report::Report;
use super::status::{Status, Visibility};

/// One thing that happened on the server. Webhooks and reconciliation both end here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ServerEvent {
    /// `report.created`, `report.updated`, or a report that reconciliation read.
    Report(Box<Report>),
    /// Reconciliation read a report of ours singly and the server said 404.
    ReportDeleted(ReportId),
    /// `account.created`, `account.approved`, `account.updated`, or a read by reconciliation.
    Account {
        /// Which of them.
        what: AccountEvent,
        /// The account as sent.
        account: Box<Account>,
        /// When the server wrote the event: accounts carry no `updated_at`.
        at: DateTime<Utc>,
    },
    /// Reconciliation read a pending sign-up of ours singly and the server said 404: rejected or
    /// deleted.
    AccountDeleted(super::ids::AccountId),
    /// `status.created` or `status.updated` with a public or unlisted status.
    Status(Box<Status>),
    /// `status.*` with another visibility: only what may be kept (invariant 10).
    ClosedStatus {
        /// The status.
        id: StatusId,
        /// Its visibility.
        visibility: Visibility,
    },
}

/// Which account event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountEvent {
    /// A local sign-up row was made, before confirmation and approval (Mastodon 4.0).
    Created,
    /// Approved and confirmed for the first time (Mastodon 4.1).
    Approved,
    /// Any save of a local account (Mastodon 4.2), or a read by reconciliation.
    Updated,
}
