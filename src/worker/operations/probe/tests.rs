//! What each call's probe says about what the server shows.

use super::*;
use crate::domain::BlockSeverity;
use crate::domain::account::AccountState;
use crate::domain::operation::IpSeverity;
use crate::domain::report::Withheld;

pub(crate) fn account(name: &str, domain: Option<&str>) -> Account {
    Account {
        id: "1".into(),
        username: name.to_owned(),
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

pub(crate) fn block(domain: &str, severity: BlockSeverity) -> DomainBlock {
    DomainBlock {
        id: "5".into(),
        domain: domain.to_owned(),
        severity,
        reject_media: false,
        reject_reports: false,
        private_comment: Some("by hand".to_owned()),
        public_comment: None,
        obfuscate: false,
    }
}

fn report(resolved: bool) -> Report {
    Report {
        id: "7".into(),
        category: Category::Spam,
        comment: String::new(),
        forwarded: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
        resolved,
        resolved_at: None,
        resolved_by: None,
        assigned_to: None,
        reporter: account("r", None),
        target: account("x", None),
        statuses: Vec::new(),
        withheld: Withheld::default(),
        rules: Vec::new(),
        object: serde_json::Value::Null,
    }
}

fn id() -> AccountRef {
    AccountRef::Id("1".into())
}

fn domain() -> DomainName {
    DomainName::parse("bad.test").unwrap()
}

fn range() -> IpNet {
    "203.0.113.0/24".parse().unwrap()
}

fn warn(report: Option<&str>) -> ServerCall {
    ServerCall::Act {
        account: id(),
        action: AccountAction::Warn,
        report: report.map(Into::into),
        tell: None,
    }
}

fn act(action: AccountAction) -> ServerCall {
    ServerCall::Act {
        account: id(),
        action,
        report: Some("7".into()),
        tell: None,
    }
}

/// Each call with its probe: the table that invariant 5 asks for.
#[test]
fn invariant_05_each_call_names_its_probe_or_says_none() {
    let report = || Probe::Report("7".into());
    let wanted = WantedBlock {
        domain: domain(),
        severity: BlockSeverity::Limit,
        reject_media: false,
        reject_reports: false,
        private_comment: None,
        public_comment: None,
        obfuscate: false,
    };
    for (call, expected) in [
        (warn(None), Probe::None),
        (warn(Some("7")), report()),
        (act(AccountAction::ForceSensitive), Probe::Account(id())),
        (act(AccountAction::Limit), Probe::Account(id())),
        (act(AccountAction::Freeze), Probe::Account(id())),
        (act(AccountAction::Suspend), Probe::Account(id())),
        (
            ServerCall::Lift {
                account: id(),
                action: AccountAction::Limit,
            },
            Probe::Account(id()),
        ),
        (ServerCall::Approve { account: id() }, Probe::Account(id())),
        (ServerCall::Reject { account: id() }, Probe::Account(id())),
        (ServerCall::Resolve { report: "7".into() }, report()),
        (ServerCall::Reopen { report: "7".into() }, report()),
        (ServerCall::Assign { report: "7".into() }, report()),
        (ServerCall::Unassign { report: "7".into() }, report()),
        (
            ServerCall::Categorise {
                report: "7".into(),
                category: Category::Legal,
                rules: Vec::new(),
            },
            report(),
        ),
        (
            ServerCall::Block { block: wanted },
            Probe::DomainBlock(domain()),
        ),
        (
            ServerCall::Unblock { domain: domain() },
            Probe::DomainBlock(domain()),
        ),
        (
            ServerCall::BlockEmailDomain { domain: domain() },
            Probe::EmailDomainBlock(domain()),
        ),
        (
            ServerCall::UnblockEmailDomain { domain: domain() },
            Probe::EmailDomainBlock(domain()),
        ),
        (
            ServerCall::BlockIp {
                range: range(),
                severity: IpSeverity::Approval,
                expires_in: None,
                comment: String::new(),
            },
            Probe::IpBlock(range()),
        ),
        (
            ServerCall::UnblockIp { range: range() },
            Probe::IpBlock(range()),
        ),
    ] {
        assert_eq!(probe(&call), expected, "{call:?}");
    }
}

#[test]
fn effects_are_read_from_the_state() {
    let mut limited = account("x", None);
    limited.state.limited = true;
    let limited = Seen::Account(Box::new(limited));
    let free = Seen::Account(Box::new(account("x", None)));
    let lift = ServerCall::Lift {
        account: id(),
        action: AccountAction::Limit,
    };
    for (call, seen, expected) in [
        (act(AccountAction::Limit), &limited, true),
        (act(AccountAction::Limit), &free, false),
        (act(AccountAction::Suspend), &limited, false),
        (lift.clone(), &limited, false),
        (lift, &free, true),
        (warn(Some("7")), &limited, false),
        (ServerCall::Reject { account: id() }, &Seen::Gone, true),
        (ServerCall::Approve { account: id() }, &Seen::Gone, false),
    ] {
        assert_eq!(
            is_in_effect(&call, seen, None),
            expected,
            "{call:?} {seen:?}"
        );
    }
    let resolved = Seen::Report(Box::new(report(true)));
    assert!(is_in_effect(&warn(Some("7")), &resolved, None));
    assert!(!is_in_effect(
        &ServerCall::Reopen { report: "7".into() },
        &resolved,
        None
    ));
}

#[test]
fn an_assignment_counts_only_to_the_token_that_makes_it() {
    let mut assigned = report(false);
    assigned.assigned_to = Some(account("ana", None));
    let seen = Seen::Report(Box::new(assigned));
    let call = ServerCall::Assign { report: "7".into() };
    assert!(is_in_effect(&call, &seen, Some(&"1".into())));
    assert!(!is_in_effect(&call, &seen, Some(&"2".into())));
    assert!(!is_in_effect(&call, &seen, None));
}
