//! Targets as text, default severities, and when a press is stale.

use serde_json::json;

use super::*;
use crate::domain::decide::open;

#[test]
fn a_target_is_read_back_as_it_was_written() {
    for text in [
        "account:109370000000000001",
        "handle:user@remote.test",
        "domain:xn--bcher-kva.test",
        "range:203.0.113.0/24",
        "range:2001:db8::/32",
        "reports:",
    ] {
        let target: Target = text.parse().unwrap();
        assert_eq!(target.to_string(), text);
        let stored = serde_json::to_value(&target).unwrap();
        assert_eq!(stored, json!(text));
        assert_eq!(serde_json::from_value::<Target>(stored).unwrap(), target);
    }
}

#[test]
fn what_is_no_target_is_refused_with_what_was_expected() {
    for (text, why) in [
        ("", "expected account:"),
        ("account:", "expected account:"),
        ("user@remote.test", "expected account:"),
        ("domain:localhost", "no dot"),
        ("range:203.0.113.300/24", "no CIDR range"),
    ] {
        let error = text.parse::<Target>().unwrap_err();
        assert!(error.contains(why), "{text}: {error}");
        assert!(error.contains(text), "{text}: {error}");
    }
}

fn report(category: &str, domain: Option<&str>) -> Report {
    let account = |domain: Option<&str>| {
        json!({
            "id": "1", "username": "one", "domain": domain, "display_name": "",
            "state": {"suspended": false, "limited": false, "force_sensitive": false,
                      "frozen": false}
        })
    };
    serde_json::from_value(json!({
        "id": "7", "category": category, "comment": "",
        "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
        "resolved": false, "reporter": account(None), "target": account(domain),
        "statuses": [], "withheld": {"private": 0, "direct": 0}, "rules": [], "object": null
    }))
    .unwrap()
}

#[test]
fn a_report_is_rated_by_category_and_whose_account_it_is_on() {
    let remote = Some("remote.test");
    for (category, domain, severity) in [
        ("legal", None, 0),
        ("legal", remote, 0),
        ("violation", None, 1),
        ("violation", remote, 1),
        ("spam", None, 1),
        ("other", None, 1),
        ("a-later-word", None, 1),
        ("other", remote, 2),
        ("a-later-word", remote, 2),
        ("spam", remote, 3),
    ] {
        let rated = Severity::of_report(&report(category, domain));
        assert_eq!(rated, Severity(severity), "{category} {domain:?}");
    }
}

#[test]
fn invariant_07_a_press_is_stale_only_when_state_claimant_or_severity_changed() {
    let case = open(
        CaseKind::Report,
        Target::Account("1".into()),
        "@one".to_owned(),
        Severity(2),
        chrono::TimeDelta::hours(24),
        DateTime::UNIX_EPOCH,
    );
    let seen = Seen {
        state: CaseState::Open,
        claimed_by: None,
        severity: Severity(2),
        reports: Vec::new(),
    };
    let touched = Case {
        version: 9,
        due_at: None,
        ..case.clone()
    };
    assert!(case.is_as_seen(&seen) && touched.is_as_seen(&seen));
    for changed in [
        Case {
            state: CaseState::Resolved,
            ..case.clone()
        },
        Case {
            claimed_by: Some("ana".into()),
            ..case.clone()
        },
        Case {
            severity: Severity(0),
            ..case
        },
    ] {
        assert!(!changed.is_as_seen(&seen));
    }
}
