//! What the server shows of a case's reports.

use super::super::*;
use super::build::{account, at, case, claimed_by, closed, context, decided, later, report};
use super::build::{moderator, resolved};
use crate::domain::report::Category;

/// The event that brings `now`, with the other reports of the case.
fn event(case: &Case, before: Option<&Report>, now: &Report, others: &[&Report]) -> Decision {
    seen(case, before, now, others, None, false)
}

fn seen(
    case: &Case,
    before: Option<&Report>,
    now: &Report,
    others: &[&Report],
    assignee: Option<&str>,
    in_flight: bool,
) -> Decision {
    let command = Command::Report {
        report: Box::new(now.clone()),
        previous: before.cloned().map(Box::new),
        assignee: assignee.map(moderator),
    };
    let context = Context {
        actor: Actor::Server(None),
        reports: others.iter().copied().chain([now]).cloned().collect(),
        in_flight,
        ..context("ana")
    };
    decided(case, &command, &context)
}

fn assigned(report: &Report, to: Option<&str>) -> Report {
    Report {
        assigned_to: to.map(|name| account(name, None)),
        ..later(report)
    }
}

#[test]
fn the_first_report_opens_and_each_further_one_joins() {
    let fresh = Case {
        version: 0,
        ..case()
    };
    let opened = Fact::OpenedByReport {
        report: "1".into(),
        category: Category::Other,
    };
    assert_eq!(event(&fresh, None, &report("1"), &[]).facts, [opened]);
    let joined = || Fact::ReportJoined {
        report: "2".into(),
        category: Category::Other,
    };
    let decision = event(&case(), None, &report("2"), &[&report("1")]);
    assert_eq!(decision.facts, [joined()]);
    // A report that joins the case of a sign-up is the first of its reports.
    assert_eq!(event(&case(), None, &report("2"), &[]).facts, [joined()]);
}

#[test]
fn the_severity_is_that_of_the_worst_thing_that_waits() {
    let legal = Report {
        category: Category::Legal,
        ..report("1")
    };
    let spam = Report {
        category: Category::Spam,
        ..report("2")
    };
    let both = event(&case(), None, &legal, &[&spam]);
    assert_eq!(both.case.severity, Severity(0));
    let after = event(&both.case, Some(&legal), &closed(&legal), &[&spam]);
    assert_eq!(after.case.severity, Severity(3));
    let settled = event(&after.case, Some(&spam), &closed(&spam), &[&closed(&legal)]);
    assert_eq!(settled.case.severity, Severity(3));
    assert!(settled.case.is_resolved());
}

#[test]
fn the_severity_of_a_sign_up_counts_while_it_waits() {
    let spam = Report {
        category: Category::Spam,
        ..report("1")
    };
    let rated = |awaits_approval, reports| {
        let context = Context {
            reports,
            awaits_approval,
            ..context("ana")
        };
        decided(&case(), &Command::SignUp, &context).case.severity
    };
    assert_eq!(rated(false, vec![spam.clone()]), Severity(3));
    assert_eq!(rated(true, vec![spam.clone()]), Severity::SIGN_UP);
    assert_eq!(rated(true, vec![closed(&spam)]), Severity::SIGN_UP);
}

#[test]
fn a_changed_category_is_told_with_both_words() {
    let before = report("1");
    let now = Report {
        category: Category::Legal,
        ..later(&before)
    };
    let changed = Fact::CategoryChanged {
        report: "1".into(),
        from: Category::Other,
        to: Category::Legal,
    };
    let decision = event(&case(), Some(&before), &now, &[]);
    assert_eq!(decision.facts, [changed]);
    assert_eq!(decision.case.severity, Severity(0));
}

#[test]
fn a_case_settled_on_the_server_names_who_did_it_there() {
    let (one, two) = (report("1"), report("2"));
    let half = event(&claimed_by("ana"), Some(&one), &closed(&one), &[&two]);
    let done = |id: &str| Fact::ReportResolved { report: id.into() };
    assert_eq!(half.facts, [done("1")]);
    assert_eq!(half.case.state, CaseState::Claimed);

    let all = event(&half.case, Some(&two), &closed(&two), &[&closed(&one)]);
    assert_eq!(all.facts, [done("2"), Fact::Resolved]);
    assert_eq!(all.case.state, CaseState::Resolved);
    assert_eq!(all.case.resolved_at, Some(at(0)));
    let resolution = all.case.resolution.unwrap();
    assert_eq!(resolution.how, How::OnServer);
    assert_eq!(resolution.by.as_deref(), Some("@cy"));
    assert_eq!(resolution.operation, None);
}

#[test]
fn a_report_reopened_on_the_server_reopens_its_case_for_everyone() {
    let before = closed(&report("1"));
    let now = Report {
        resolved: false,
        resolved_at: None,
        resolved_by: None,
        ..later(&before)
    };
    let settled = Case {
        claimed_by: Some("ana".into()),
        ..resolved(How::OnServer)
    };
    let decision = event(&settled, Some(&before), &now, &[]);
    let reopened = Fact::ReportReopened { report: "1".into() };
    assert_eq!(decision.facts, [reopened, Fact::Reopened]);
    assert_eq!(decision.case, case());
}

#[test]
fn a_case_that_was_joined_into_another_stays_closed() {
    let joined = resolved(How::Joined { into: CaseId(43) });
    let decision = event(&joined, None, &report("1"), &[]);
    assert_eq!(decision.case, joined);
    assert!(!decision.facts.contains(&Fact::Reopened));
}

#[test]
fn an_update_without_a_change_is_told_as_a_touch_and_a_copy_not_at_all() {
    let before = report("1");
    let touched = || Fact::TouchedOnServer { report: "1".into() };
    assert_eq!(
        event(&case(), Some(&before), &later(&before), &[]).facts,
        [touched()]
    );
    let mut followed = later(&before);
    followed.target.followers = Some(12);
    assert_eq!(
        event(&case(), Some(&before), &followed, &[]).facts,
        [touched()]
    );
    let commented = Report {
        comment: "more words".to_owned(),
        ..later(&before)
    };
    assert_eq!(event(&case(), Some(&before), &commented, &[]).facts, []);
    let copy = event(&case(), Some(&before), &before, &[]);
    assert_eq!((copy.case, copy.facts), (case(), vec![]));
}

#[test]
fn an_assignment_on_the_server_claims_for_the_linked_moderator() {
    let to_ana = assigned(&report("1"), Some("ana"));
    // With the first webhook, and with one that tells of the assignment alone.
    for before in [Some(report("1")), None] {
        let decision = seen(&case(), before.as_ref(), &to_ana, &[], Some("ana"), false);
        let told = Fact::Assigned { to: "ana".into() };
        assert_eq!(decision.facts.last(), Some(&told));
        assert_eq!(decision.case.claimed_by, Some("ana".into()));
        assert_eq!(decision.case.claim_expires_at, Some(at(60)));
    }
}

#[test]
fn an_assignment_that_says_something_else_than_the_claim_is_told_only() {
    let before = report("1");
    let to_ana = assigned(&before, Some("ana"));
    let told = |to: Option<&str>| {
        vec![Fact::AssignedOnServer {
            report: "1".into(),
            to: to.map(str::to_owned),
        }]
    };
    let settled = resolved(How::NoAction);
    for (case, before, now, assignee, facts) in [
        // Our own claim, shown there; our own unclaim.
        (claimed_by("ana"), &before, &to_ana, Some("ana"), vec![]),
        (case(), &to_ana, &assigned(&to_ana, None), None, vec![]),
        // A colleague, somebody unknown, nobody, and too late.
        (
            claimed_by("bo"),
            &before,
            &to_ana,
            Some("ana"),
            told(Some("@ana")),
        ),
        (case(), &before, &to_ana, None, told(Some("@ana"))),
        (
            claimed_by("ana"),
            &to_ana,
            &assigned(&to_ana, None),
            None,
            told(None),
        ),
        (settled, &before, &to_ana, Some("ana"), told(Some("@ana"))),
    ] {
        let other = report("2");
        let resolved = case.is_resolved();
        let others = if resolved { &[][..] } else { &[&other][..] };
        let now = Report {
            resolved,
            ..now.clone()
        };
        let before = Report {
            resolved,
            ..before.clone()
        };
        let decision = seen(&case, Some(&before), &now, others, assignee, false);
        assert_eq!(decision.facts, facts);
        assert_eq!(decision.case.claimed_by, case.claimed_by);
    }
}

#[test]
fn a_deleted_report_closes_the_case_when_it_was_the_last() {
    let command = Command::ReportDeleted { report: "1".into() };
    let deleted = || Fact::ReportDeleted { report: "1".into() };
    let left = Context {
        reports: vec![report("2")],
        ..context("ana")
    };
    let decision = decided(&case(), &command, &left);
    assert_eq!(decision.facts, [deleted()]);
    assert_eq!(decision.case.state, CaseState::Open);

    let decision = decided(&case(), &command, &context("ana"));
    assert_eq!(decision.facts, [deleted(), Fact::Resolved]);
    let how = decision.case.resolution.unwrap().how;
    assert_eq!(how, How::DeletedOnServer);
}

#[test]
fn what_an_operation_on_its_way_may_have_caused_is_left_to_its_outcome() {
    let before = report("1");
    let after = closed(&before);
    let held = claimed_by("ana");
    let decision = seen(&held, Some(&before), &after, &[], None, true);
    assert_eq!((decision.case, decision.facts), (held.clone(), vec![]));

    let on_its_way = Context {
        in_flight: true,
        ..context("ana")
    };
    for command in [Command::SignUp, Command::AccountDeleted] {
        let decision = decided(&held, &command, &on_its_way);
        assert_eq!((decision.case, decision.facts), (held.clone(), vec![]));
    }
    let command = Command::ReportDeleted { report: "1".into() };
    let decision = decided(&held, &command, &on_its_way);
    let deleted = || Fact::ReportDeleted { report: "1".into() };
    assert_eq!(
        (decision.case, decision.facts),
        (held.clone(), vec![deleted()])
    );

    // A report that is new is nobody's doing: it is told at once.
    let decision = seen(&held, None, &report("2"), &[&before], None, true);
    assert!(matches!(
        decision.facts.as_slice(),
        [Fact::ReportJoined { .. }]
    ));
}
