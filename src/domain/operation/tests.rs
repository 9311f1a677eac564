//! What makes two operations the same, and the tables of verbs, states and outcomes.

use super::*;
use crate::domain::domain_block::BlockSeverity;

fn account(id: &str) -> AccountRef {
    AccountRef::Id(id.into())
}

fn act(id: &str, action: AccountAction, report: Option<&str>, tell: Option<&str>) -> ServerCall {
    ServerCall::Act {
        account: account(id),
        action,
        report: report.map(ReportId::from),
        tell: tell.map(str::to_owned),
    }
}

fn request(calls: Vec<ServerCall>, reason: Option<&str>) -> Request {
    Request {
        verb: Verb::Limit,
        target: Target::Account("1".into()),
        target_text: "@one".to_owned(),
        calls,
        seen: Vec::new(),
        reason: reason.map(str::to_owned),
        lasts_seconds: None,
        lifts_by_itself: false,
        undoes: None,
    }
}

fn block(domain: &str, severity: BlockSeverity) -> ServerCall {
    let block = WantedBlock {
        domain: DomainName::parse(domain).unwrap(),
        severity,
        reject_media: false,
        reject_reports: false,
        private_comment: None,
        public_comment: None,
        obfuscate: false,
    };
    ServerCall::Block { block }
}

#[test]
fn invariant_05_the_same_change_has_the_same_fingerprint_whoever_words_it() {
    let limit = |report, tell| act("1", AccountAction::Limit, report, tell);
    let plain = request(vec![limit(None, None)], None);
    for other in [
        request(vec![limit(None, None)], Some("spam")),
        request(vec![limit(Some("7"), Some("You were limited."))], None),
        Request {
            seen: vec!["7".into()],
            lasts_seconds: Some(3600),
            ..plain.clone()
        },
    ] {
        assert_eq!(other.fingerprint(), plain.fingerprint());
    }
    let warn = |tell| act("1", AccountAction::Warn, Some("7"), Some(tell)).fingerprint();
    assert_eq!(warn("Stop."), warn("Please stop that."));
    let severities = [BlockSeverity::Limit, BlockSeverity::Suspend];
    let [limit, suspend] = severities.map(|severity| block("x.test", severity).fingerprint());
    assert_eq!(limit, suspend);
}

#[test]
fn different_changes_have_different_fingerprints() {
    let lift = |action| ServerCall::Lift {
        account: account("1"),
        action,
    };
    let domain = || DomainName::parse("x.test").unwrap();
    let range = || "203.0.113.0/24".parse().unwrap();
    let one = || "1".into();
    let calls = vec![
        act("1", AccountAction::Warn, None, None),
        act("1", AccountAction::Warn, Some("7"), None),
        act("1", AccountAction::ForceSensitive, None, None),
        act("1", AccountAction::Limit, None, None),
        act("2", AccountAction::Limit, None, None),
        act("1", AccountAction::Freeze, None, None),
        act("1", AccountAction::Suspend, None, None),
        lift(AccountAction::ForceSensitive),
        lift(AccountAction::Limit),
        lift(AccountAction::Freeze),
        lift(AccountAction::Suspend),
        ServerCall::Approve {
            account: account("1"),
        },
        ServerCall::Reject {
            account: account("1"),
        },
        ServerCall::Resolve { report: one() },
        ServerCall::Reopen { report: one() },
        ServerCall::Assign { report: one() },
        ServerCall::Unassign { report: one() },
        ServerCall::Categorise {
            report: one(),
            category: Category::Spam,
            rules: Vec::new(),
        },
        block("x.test", BlockSeverity::Limit),
        block("y.test", BlockSeverity::Limit),
        ServerCall::Unblock { domain: domain() },
        ServerCall::BlockEmailDomain { domain: domain() },
        ServerCall::UnblockEmailDomain { domain: domain() },
        ServerCall::BlockIp {
            range: range(),
            severity: IpSeverity::SignUps,
            expires_in: None,
            comment: String::new(),
        },
        ServerCall::UnblockIp { range: range() },
    ];
    let mut fingerprints: Vec<String> = calls.iter().map(ServerCall::fingerprint).collect();
    let all = request(calls.clone(), None).fingerprint();
    assert_eq!(all.split(' ').count(), calls.len());
    fingerprints.sort();
    let before = fingerprints.len();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), before, "{fingerprints:?}");
}

#[test]
fn each_verb_has_one_word_and_is_stored_by_it() {
    for verb in Verb::ALL {
        let stored = serde_json::to_value(verb).unwrap();
        assert_eq!(stored, verb.word());
        let read: Verb = serde_json::from_value(stored).unwrap();
        assert_eq!(read, verb);
    }
}

#[test]
fn each_state_is_stored_by_its_word_and_leads_on_or_is_final() {
    for state in OperationState::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.word());
        assert!(!(state.is_finished() && state.is_before_sending()));
    }
    // Its fingerprint stays taken: nobody knows whether the change was made.
    assert!(!OperationState::Unsettled.is_finished());
}

#[test]
fn every_action_but_a_warning_can_be_lifted() {
    for action in [
        AccountAction::Warn,
        AccountAction::ForceSensitive,
        AccountAction::Limit,
        AccountAction::Freeze,
        AccountAction::Suspend,
    ] {
        assert_eq!(Verb::of_action(action).word(), action.word());
        let lifted = Verb::lifting(action).map(Verb::word);
        let expected = format!("un{}", action.word());
        let expected = (action != AccountAction::Warn).then_some(expected.as_str());
        assert_eq!(lifted, expected);
    }
}

#[test]
fn only_what_changed_the_server_as_wanted_took_effect() {
    let by = || ModeratorName::from("ana");
    let why = String::new;
    for (outcome, took_effect) in [
        (Outcome::Applied, true),
        (Outcome::AlreadySo, true),
        (
            Outcome::Settled {
                by: by(),
                done: true,
            },
            true,
        ),
        (
            Outcome::Settled {
                by: by(),
                done: false,
            },
            false,
        ),
        (Outcome::DryRun, false),
        (Outcome::NotApplied, false),
        (Outcome::Expired, false),
        (Outcome::Cancelled { by: by() }, false),
        (Outcome::Refused { why: why() }, false),
        (Outcome::Unsettled { why: why() }, false),
        (
            Outcome::Partly {
                applied: 1,
                why: why(),
            },
            false,
        ),
    ] {
        assert_eq!(outcome.took_effect(), took_effect, "{outcome:?}");
    }
}
