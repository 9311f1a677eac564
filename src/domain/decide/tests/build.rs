//! Cases, reports and contexts for the tables, each as plain as possible.

use serde_json::Value;

use super::super::*;
use crate::domain::account::AccountState;
use crate::domain::report::{Category, Withheld};

/// A time, in minutes from the one at which everything is decided.
pub(super) fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
}

pub(super) fn moderator(name: &str) -> ModeratorName {
    name.into()
}

pub(super) fn account(id: &str, domain: Option<&str>) -> Account {
    Account {
        id: id.into(),
        username: id.to_owned(),
        domain: domain.map(str::to_owned),
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

/// An unresolved report on a remote account, category `other`: severity 2.
pub(super) fn report(id: &str) -> Report {
    Report {
        id: id.into(),
        category: Category::Other,
        comment: String::new(),
        forwarded: None,
        created_at: at(-60),
        updated_at: at(-60),
        resolved: false,
        resolved_at: None,
        resolved_by: None,
        assigned_to: None,
        reporter: account("reporter", None),
        target: account("target", Some("remote.test")),
        statuses: Vec::new(),
        withheld: Withheld::default(),
        rules: Vec::new(),
        object: Value::Null,
    }
}

/// The next version of a report, a minute later.
pub(super) fn later(report: &Report) -> Report {
    Report {
        updated_at: report.updated_at + TimeDelta::minutes(1),
        ..report.clone()
    }
}

pub(super) fn closed(report: &Report) -> Report {
    Report {
        resolved: true,
        resolved_at: Some(at(-1)),
        resolved_by: Some(account("cy", None)),
        ..later(report)
    }
}

/// An open case of a report that was stored before.
pub(super) fn case() -> Case {
    let target = Target::Account("target".into());
    let text = "@target@remote.test".to_owned();
    let due_in = TimeDelta::hours(24);
    let severity = Severity(2);
    let fresh = open(CaseKind::Report, target, text, severity, due_in, at(-60));
    Case {
        id: CaseId(42),
        version: 1,
        ..fresh
    }
}

/// The case, claimed ten minutes ago until in fifty.
pub(super) fn claimed_by(name: &str) -> Case {
    Case {
        state: CaseState::Claimed,
        claimed_by: Some(name.into()),
        claimed_at: Some(at(-10)),
        claim_expires_at: Some(at(50)),
        ..case()
    }
}

pub(super) fn resolved(how: How) -> Case {
    Case {
        state: CaseState::Resolved,
        resolved_at: Some(at(-5)),
        resolution: Some(Resolution {
            how,
            by: None,
            operation: None,
        }),
        ..case()
    }
}

/// Nothing waits, nothing is on its way, claims last an hour.
pub(super) fn context(name: &str) -> Context {
    Context {
        actor: Actor::Moderator(name.into()),
        reports: Vec::new(),
        awaits_approval: false,
        in_flight: false,
        claim_lasts: TimeDelta::hours(1),
    }
}

/// What is decided at minute 0.
pub(super) fn decided(case: &Case, command: &Command, context: &Context) -> Decision {
    decide(case, command, context, at(0)).unwrap()
}
