//! Values with something in every field, so that a column that is forgotten shows.

use serde_json::json;
use wardroom::db::deliveries::NewDelivery;
use wardroom::domain::account::{AccountState, ServerRole};
use wardroom::domain::case::{How, Resolution};
use wardroom::domain::operation::AccountRef;
use wardroom::domain::operation::{Inverse, Request};
use wardroom::domain::report::{ServerRule, Withheld};
use wardroom::domain::{
    Account, AccountAction, AccountId, Case, CaseId, CaseKind, CaseState, Category, ModeratorName,
    Operation, OperationId, OperationState, Outcome, Report, ReportId, ServerCall, Severity,
    Target, Verb,
};

use super::at;

pub(super) fn ana() -> ModeratorName {
    "ana".into()
}

pub(super) fn bo() -> ModeratorName {
    "bo".into()
}

pub(super) fn delivery(key: &str) -> NewDelivery {
    NewDelivery {
        source: "mastodon".to_owned(),
        dedupe_key: key.to_owned(),
        event_name: Some("report.created".to_owned()),
        body: vec![0, 159, 146, 150],
        received_at: at(0),
    }
}

/// An unresolved case on account `account`.
pub(super) fn case(account: &str) -> Case {
    Case {
        id: CaseId(0),
        kind: CaseKind::Report,
        target: Target::Account(account.into()),
        target_text: format!("@User{account}@remote.example"),
        state: CaseState::Open,
        severity: Severity(1),
        version: 0,
        claimed_by: None,
        opened_at: at(0),
        claimed_at: None,
        claim_expires_at: None,
        due_at: Some(at(3600)),
        resolved_at: None,
        resolution: None,
    }
}

/// `case`, with every field set as in a claimed case that is resolved.
pub(super) fn resolved(case: Case) -> Case {
    Case {
        kind: CaseKind::SignUp,
        state: CaseState::Resolved,
        severity: Severity(3),
        claimed_by: Some(ana()),
        claimed_at: Some(at(10)),
        claim_expires_at: Some(at(20)),
        due_at: None,
        resolved_at: Some(at(30)),
        resolution: Some(Resolution {
            how: How::Action {
                verb: Verb::Suspend,
            },
            by: Some("ana".to_owned()),
            operation: Some(OperationId(7)),
        }),
        ..case
    }
}

pub(super) fn account(id: &str) -> Account {
    Account {
        id: id.into(),
        username: format!("User{id}"),
        domain: None,
        display_name: "Zoë \u{202e}\u{0}".to_owned(),
        url: Some("https://social.example/@user".to_owned()),
        created_at: Some(at(-86_400)),
        followers: Some(3),
        statuses: Some(9),
        state: AccountState {
            limited: true,
            approved: Some(true),
            ..AccountState::default()
        },
        role: Some(ServerRole {
            id: "3".to_owned(),
            name: "Owner".to_owned(),
            permissions: u64::MAX,
        }),
        invite_request: Some("let me in".to_owned()),
        locale: Some("en".to_owned()),
    }
}

pub(super) fn report(id: &str) -> Report {
    Report {
        id: id.into(),
        category: Category::Unknown("new-word".to_owned()),
        comment: "it's spam".to_owned(),
        forwarded: Some(false),
        created_at: at(0),
        updated_at: at(0),
        resolved: false,
        resolved_at: None,
        resolved_by: None,
        assigned_to: Some(account("5")),
        reporter: account("6"),
        target: account("7"),
        statuses: Vec::new(),
        withheld: Withheld {
            private: 1,
            direct: 2,
        },
        rules: vec![ServerRule {
            id: "1".to_owned(),
            text: "no spam".to_owned(),
        }],
        object: json!({"id": id, "action_taken": false, "comment": "nul \u{0}"}),
    }
}

/// A ready operation that suspends `account`.
pub(super) fn suspend(account: &str) -> Operation {
    let call = ServerCall::Act {
        account: AccountRef::Id(AccountId(account.to_owned())),
        action: AccountAction::Suspend,
        report: Some(ReportId("8437".to_owned())),
        tell: None,
    };
    Operation {
        id: OperationId(0),
        batch: None,
        case_id: None,
        actor: ana(),
        request: Request {
            verb: Verb::Suspend,
            target: Target::Account(account.into()),
            target_text: "@user@remote.example".to_owned(),
            calls: vec![call],
            seen: vec!["8437".into()],
            reason: Some("spam".to_owned()),
            lasts_seconds: Some(60),
            lifts_by_itself: true,
            undoes: None,
        },
        state: OperationState::Ready,
        dry_run: false,
        seconded_by: None,
        hold_until: None,
        due_at: at(0),
        fence: 0,
        outcome: None,
        inverse: None,
        undone_by: None,
        proposed_at: at(0),
        done_at: None,
        ends_at: None,
    }
}

/// `operation`, carried out and with every field set.
pub(super) fn done(operation: Operation) -> Operation {
    Operation {
        state: OperationState::Done,
        seconded_by: Some(bo()),
        hold_until: Some(at(30)),
        due_at: at(31),
        outcome: Some(Outcome::Partly {
            applied: 1,
            why: "no".to_owned(),
        }),
        inverse: Some(Inverse {
            verb: Verb::Unsuspend,
            calls: Vec::new(),
            stays: vec!["lost follows".to_owned()],
        }),
        done_at: Some(at(32)),
        ends_at: Some(at(92)),
        ..operation
    }
}
