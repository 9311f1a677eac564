//! `Admin::Report` into [`Report`], without personal data and without closed statuses.

use chrono::{DateTime, Utc};

use super::{Missing, Node, Seen, admin_account, status, without_personal_data};
use crate::domain::account::{Account, AccountState};
use crate::domain::ids::{AccountId, ReportId};
use crate::domain::report::{Category, Report, ServerRule, Withheld};
use crate::domain::status::{Status, Visibility};

/// Reads an `Admin::Report`. `seen_at` stands in for times that are missing: when the event was
/// written, or when the answer was read.
///
/// # Errors
/// `id`, `action_taken` and `target_account.id` are required.
pub(in crate::mastodon) fn report(
    node: &Node<'_>,
    seen_at: DateTime<Utc>,
) -> Result<Report, Missing> {
    let updated_at = node.at("updated_at").time().unwrap_or(seen_at);
    let (statuses, withheld) = reported_statuses(node);
    let rules = node.at("rules").items();
    Ok(Report {
        id: ReportId(node.at("id").needed_id()?),
        category: Category::from(
            node.at("category")
                .words()
                .unwrap_or_else(|| "other".to_owned()),
        ),
        comment: node.at("comment").text().unwrap_or_default(),
        forwarded: node.at("forwarded").flag(),
        created_at: node.at("created_at").time().unwrap_or(updated_at),
        updated_at,
        resolved: node.at("action_taken").needed_flag()?,
        resolved_at: node.at("action_taken_at").time(),
        resolved_by: optional_party(&node.at("action_taken_by_account")),
        assigned_to: optional_party(&node.at("assigned_account")),
        target: party(&node.at("target_account"))?,
        reporter: optional_party(&node.at("account")).unwrap_or_else(nobody),
        statuses,
        withheld,
        rules: rules.iter().filter_map(rule).collect(),
        object: node.value().map(without_personal_data).unwrap_or_default(),
    })
}

/// An account in a report. What it wrote when it signed up has no place there.
fn party(node: &Node<'_>) -> Result<Account, Missing> {
    Ok(Account {
        invite_request: None,
        ..admin_account(node)?
    })
}

fn optional_party(node: &Node<'_>) -> Option<Account> {
    party(node).ok()
}

/// The reporter of a report that names none. No account has the empty id.
fn nobody() -> Account {
    Account {
        id: AccountId(String::new()),
        username: "unknown".to_owned(),
        domain: None,
        display_name: String::new(),
        url: None,
        created_at: None,
        followers: None,
        statuses: None,
        state: AccountState::default(),
        role: None,
        invite_request: None,
        locale: None,
    }
}

/// The open statuses, and how many others there are. A status that cannot be read counts as
/// withheld, for it may be anything.
fn reported_statuses(report: &Node<'_>) -> (Vec<Status>, Withheld) {
    let mut open = Vec::new();
    let mut withheld = Withheld::default();
    for node in report.at("statuses").items() {
        match status(&node) {
            Ok(Seen::Open(status)) => open.push(*status),
            Ok(Seen::Closed(_, Visibility::Direct)) => withheld.direct += 1,
            Ok(Seen::Closed(..)) | Err(_) => withheld.private += 1,
        }
    }
    (open, withheld)
}

fn rule(node: &Node<'_>) -> Option<ServerRule> {
    Some(ServerRule {
        id: node.at("id").id()?,
        text: node.at("text").text().unwrap_or_default(),
    })
}
