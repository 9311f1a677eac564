//! What the outcome of an operation means for its case.

use super::super::*;
use super::build::{at, case, claimed_by, closed, context, decided, report, resolved};
use crate::domain::operation::{OperationState, Request};

pub(super) fn operation(verb: Verb, outcome: Option<Outcome>) -> Operation {
    Operation {
        id: OperationId(17),
        batch: None,
        case_id: Some(CaseId(42)),
        actor: "ana".into(),
        request: Request {
            verb,
            target: Target::Account("target".into()),
            target_text: "@target@remote.test".to_owned(),
            calls: Vec::new(),
            seen: vec!["1".into()],
            reason: None,
            lasts_seconds: None,
            lifts_by_itself: false,
            undoes: None,
        },
        state: OperationState::Done,
        dry_run: false,
        seconded_by: None,
        hold_until: None,
        due_at: at(0),
        fence: 1,
        outcome,
        inverse: None,
        undone_by: None,
        proposed_at: at(-1),
        done_at: Some(at(0)),
        ends_at: None,
    }
}

/// The decision after `verb` ended, with the reports as the server showed them then.
fn after(case: &Case, verb: Verb, outcome: &Outcome, reports: &[Report]) -> Decision {
    let closed = reports
        .iter()
        .filter(|report| report.resolved)
        .map(|report| report.id.clone())
        .collect();
    let command = Command::Ended {
        operation: Box::new(operation(verb, Some(outcome.clone()))),
        closed,
    };
    let context = Context {
        reports: reports.to_vec(),
        // Others may be on their way still; this one's outcome counts all the same.
        in_flight: true,
        ..context("ana")
    };
    decided(case, &command, &context)
}

fn settled(done: bool) -> Outcome {
    Outcome::Settled {
        by: "ana".into(),
        done,
    }
}

fn refused() -> Outcome {
    Outcome::Refused { why: String::new() }
}

#[test]
fn an_action_that_took_effect_settles_the_case_in_its_name() {
    let done = [closed(&report("1"))];
    let partly = Outcome::Partly {
        applied: 1,
        why: String::new(),
    };
    for outcome in [Outcome::Applied, Outcome::AlreadySo, settled(true), partly] {
        for (verb, how) in [
            (Verb::Resolve, How::NoAction),
            (Verb::Warn, How::Action { verb: Verb::Warn }),
            (Verb::Limit, How::Action { verb: Verb::Limit }),
            (
                Verb::Suspend,
                How::Action {
                    verb: Verb::Suspend,
                },
            ),
            (
                Verb::Approve,
                How::Action {
                    verb: Verb::Approve,
                },
            ),
        ] {
            let decision = after(&claimed_by("ana"), verb, &outcome, &done);
            assert_eq!(decision.facts.last(), Some(&Fact::Resolved));
            let expected = Resolution {
                how,
                by: Some("ana".to_owned()),
                operation: Some(OperationId(17)),
            };
            assert_eq!(
                decision.case.resolution,
                Some(expected),
                "{verb} {outcome:?}"
            );
            assert_eq!(decision.case.resolved_at, Some(at(0)));
        }
    }
}

#[test]
fn while_a_report_waits_the_case_stays_open_whatever_was_done() {
    let reports = [closed(&report("1")), report("2")];
    for verb in [Verb::Resolve, Verb::Suspend, Verb::Claim] {
        let decision = after(&claimed_by("ana"), verb, &Outcome::Applied, &reports);
        assert_eq!(decision.case.state, CaseState::Claimed, "{verb}");
        assert_eq!(decision.facts.len(), 1, "{verb}");
    }
}

#[test]
fn what_took_no_effect_settles_nothing_in_its_name() {
    let waiting = [report("1")];
    let gone = [closed(&report("1"))];
    let cancelled = Outcome::Cancelled { by: "ana".into() };
    let unsettled = Outcome::Unsettled { why: String::new() };
    for outcome in [
        refused(),
        Outcome::DryRun,
        Outcome::NotApplied,
        unsettled,
        settled(false),
        cancelled,
        Outcome::Expired,
    ] {
        let decision = after(&case(), Verb::Suspend, &outcome, &waiting);
        assert_eq!(decision.case, case(), "{outcome:?}");
        assert_eq!(decision.facts.len(), 1, "{outcome:?}");

        // Somebody else settled it meanwhile, and no event said so while this was on its way.
        let decision = after(&case(), Verb::Suspend, &outcome, &gone);
        let resolution = decision.case.resolution.unwrap();
        assert_eq!(resolution.how, How::OnServer, "{outcome:?}");
        assert_eq!(resolution.by, None, "{outcome:?}");
    }
}

#[test]
fn what_decides_about_no_report_settles_nothing_in_its_name() {
    let gone = [closed(&report("1"))];
    for verb in [Verb::Claim, Verb::Categorise, Verb::Unlimit] {
        let decision = after(&case(), verb, &Outcome::Applied, &gone);
        assert_eq!(
            decision.case.resolution.unwrap().how,
            How::OnServer,
            "{verb}"
        );
    }
}

#[test]
fn reopening_opens_the_case_again() {
    let how = How::Action { verb: Verb::Limit };
    for verb in [Verb::Reopen, Verb::Unlimit] {
        let decision = after(
            &resolved(how.clone()),
            verb,
            &Outcome::Applied,
            &[report("1")],
        );
        assert_eq!(decision.facts.last(), Some(&Fact::Reopened));
        assert_eq!(decision.case, case());
    }
}

#[test]
fn an_action_on_the_account_names_the_reports_its_presser_had_not_seen() {
    let reports = [closed(&report("1")), closed(&report("2"))];
    let also = |verb| match after(&case(), verb, &Outcome::Applied, &reports)
        .facts
        .into_iter()
        .next()
    {
        Some(Fact::Ended { also_closed, .. }) => also_closed,
        other => panic!("expected the outcome first, found {other:?}"),
    };
    assert_eq!(also(Verb::Suspend), ["2".into()]);
    assert_eq!(also(Verb::Limit), ["2".into()]);
    // These close exactly what they name.
    assert_eq!(also(Verb::Resolve), []);
    assert_eq!(also(Verb::Warn), []);
}

#[test]
fn an_operation_without_an_outcome_means_nothing_yet() {
    let command = Command::Ended {
        operation: Box::new(operation(Verb::Suspend, None)),
        closed: Vec::new(),
    };
    let decision = decided(&case(), &command, &context("ana"));
    assert_eq!((decision.case, decision.facts), (case(), vec![]));
}

#[test]
fn the_actions_that_resolve_reports_are_those_of_mastodon() {
    let resolving: Vec<Verb> = Verb::ALL
        .into_iter()
        .filter(|verb| verb.resolves_reports())
        .collect();
    let expected = [
        Verb::ForceSensitive,
        Verb::Limit,
        Verb::Freeze,
        Verb::Suspend,
    ];
    assert_eq!(resolving, expected);
}
