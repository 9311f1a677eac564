//! Each command and event as a table of what it means for a case in each state.

mod build;
mod ended;
mod properties;
mod reports;

use super::*;
use build::{at, case, claimed_by, context, decided, moderator, report, resolved};

fn claim(take_over: bool) -> Command {
    Command::Claim { take_over }
}

fn engage(take_over: bool) -> Command {
    Command::Engage { take_over }
}

#[test]
fn an_open_case_is_claimed_for_as_long_as_claims_last() {
    let decision = decided(&case(), &claim(false), &context("ana"));
    assert_eq!(decision.facts, [Fact::Claimed { from: None }]);
    assert_eq!(decision.case.state, CaseState::Claimed);
    assert_eq!(decision.case.claimed_by, Some("ana".into()));
    assert_eq!(decision.case.claimed_at, Some(at(0)));
    assert_eq!(decision.case.claim_expires_at, Some(at(60)));
}

#[test]
fn a_claimed_case_is_taken_over_only_on_purpose() {
    let held = claimed_by("bo");
    for command in [claim(false), engage(false)] {
        let refused = decide(&held, &command, &context("ana"), at(0)).unwrap_err();
        let expected = Refusal::ClaimedBy {
            case: held.id,
            by: "bo".into(),
            since: at(-10),
        };
        assert_eq!(refused, expected);
    }
    for command in [claim(true), engage(true)] {
        let decision = decided(&held, &command, &context("ana"));
        let from = Some("bo".into());
        assert_eq!(decision.facts, [Fact::Claimed { from }]);
        assert_eq!(decision.case.claimed_by, Some("ana".into()));
        assert_eq!(decision.case.claimed_at, Some(at(0)));
    }
}

#[test]
fn claiming_ones_own_case_says_so_and_acting_on_it_extends_the_claim() {
    let held = claimed_by("ana");
    for take_over in [false, true] {
        let refused = decide(&held, &claim(take_over), &context("ana"), at(0)).unwrap_err();
        let expected = Refusal::HasItAlready {
            case: held.id,
            by: "ana".into(),
        };
        assert_eq!(refused, expected);
        let decision = decided(&held, &engage(take_over), &context("ana"));
        assert_eq!(decision.facts, []);
        assert_eq!(decision.case.claim_expires_at, Some(at(60)));
        assert_eq!(decision.case.claimed_at, held.claimed_at);
    }
}

#[test]
fn a_resolved_case_cannot_be_claimed_but_acted_on() {
    let settled = resolved(How::NoAction);
    let ana = context("ana");
    let refused = |command| decide(&settled, &command, &ana, at(0)).unwrap_err();
    let expected = Refusal::Resolved(settled.id);
    assert_eq!(refused(claim(false)), expected);
    assert_eq!(refused(claim(true)), expected);
    assert_eq!(refused(Command::Unclaim), expected);
    assert_eq!(refused(Command::Assign { to: "bo".into() }), expected);
    let decision = decided(&settled, &engage(false), &context("ana"));
    assert_eq!((decision.case, decision.facts), (settled, vec![]));
}

#[test]
fn only_people_claim() {
    for actor in [Actor::Wardroom, Actor::Server(None), Actor::Host] {
        let context = Context {
            actor,
            ..context("ana")
        };
        let decision = decided(&case(), &engage(true), &context);
        assert_eq!((decision.case, decision.facts), (case(), vec![]));
    }
}

#[test]
fn a_claim_is_given_back_by_its_holder_only() {
    let ana = context("ana");
    let refused = |case: &Case| decide(case, &Command::Unclaim, &ana, at(0)).unwrap_err();
    assert_eq!(refused(&case()), Refusal::NotClaimed(case().id));
    let not_yours = Refusal::NotYours {
        case: case().id,
        by: "bo".into(),
    };
    assert_eq!(refused(&claimed_by("bo")), not_yours);

    let decision = decided(&claimed_by("ana"), &Command::Unclaim, &ana);
    assert_eq!(decision.facts, [Fact::Unclaimed]);
    assert_eq!(decision.case, case());
}

#[test]
fn a_case_is_assigned_whoever_has_it() {
    let command = Command::Assign { to: "cy".into() };
    for before in [case(), claimed_by("ana"), claimed_by("bo")] {
        let decision = decided(&before, &command, &context("ana"));
        assert_eq!(decision.facts, [Fact::Assigned { to: "cy".into() }]);
        assert_eq!(decision.case.claimed_by, Some("cy".into()));
        assert_eq!(decision.case.claim_expires_at, Some(at(60)));
    }
    let refused = decide(&claimed_by("cy"), &command, &context("ana"), at(0)).unwrap_err();
    let expected = Refusal::HasItAlready {
        case: case().id,
        by: "cy".into(),
    };
    assert_eq!(refused, expected);
}

#[test]
fn a_claim_expires_at_its_time_unless_its_holder_is_acting() {
    let held = claimed_by("bo");
    let expire = |case: &Case, in_flight: bool, minute: i64| {
        let context = Context {
            in_flight,
            actor: Actor::Wardroom,
            ..context("ana")
        };
        decide(case, &Command::ExpireClaim, &context, at(minute)).unwrap()
    };
    for (case, in_flight, minute) in [
        (held.clone(), false, 49),
        (held.clone(), true, 50),
        (case(), false, 50),
        (resolved(How::NoAction), false, 500),
    ] {
        let decision = expire(&case, in_flight, minute);
        assert_eq!((decision.case, decision.facts), (case, vec![]));
    }
    let decision = expire(&held, false, 50);
    assert_eq!(decision.facts, [Fact::ClaimExpired { of: "bo".into() }]);
    assert_eq!(decision.case, case());
}

#[test]
fn a_sign_up_opens_its_own_case_and_joins_that_of_a_report() {
    let waiting = Context {
        awaits_approval: true,
        actor: Actor::Server(None),
        ..context("ana")
    };
    let facts = |kind, version| {
        let case = Case {
            kind,
            version,
            ..case()
        };
        decided(&case, &Command::SignUp, &waiting).facts
    };
    assert_eq!(facts(CaseKind::SignUp, 0), [Fact::OpenedBySignUp]);
    assert_eq!(facts(CaseKind::SignUp, 3), []);
    assert_eq!(facts(CaseKind::Report, 3), [Fact::SignUpJoined]);
}

#[test]
fn a_sign_up_that_was_decided_on_the_server_settles_its_case_unless_reports_wait() {
    let sign_up = Case {
        kind: CaseKind::SignUp,
        ..claimed_by("ana")
    };
    let by_server = Context {
        actor: Actor::Server(None),
        ..context("ana")
    };
    let decision = decided(&sign_up, &Command::SignUp, &by_server);
    assert_eq!(decision.facts, [Fact::Resolved]);
    assert_eq!(decision.case.resolution.unwrap().how, How::OnServer);
    assert_eq!(decision.case.claimed_by, Some("ana".into()));
    assert_eq!(decision.case.claim_expires_at, None);

    let reported = Context {
        reports: vec![report("1")],
        ..by_server
    };
    let decision = decided(&sign_up, &Command::SignUp, &reported);
    assert_eq!(decision.facts, []);
    assert_eq!(decision.case.state, CaseState::Claimed);
}

#[test]
fn a_deleted_account_settles_its_case_once() {
    let by_server = Context {
        awaits_approval: true,
        actor: Actor::Wardroom,
        ..context("ana")
    };
    let decision = decided(&case(), &Command::AccountDeleted, &by_server);
    assert_eq!(decision.facts, [Fact::Resolved]);
    assert_eq!(
        decision.case.resolution.as_ref().unwrap().how,
        How::DeletedOnServer
    );
    let again = decided(&decision.case, &Command::AccountDeleted, &by_server);
    assert_eq!((again.case, again.facts), (decision.case, vec![]));
}

#[test]
fn refusals_say_who_and_what_next() {
    for (refusal, words) in [
        (
            Refusal::Resolved(CaseId(42)),
            "#42 is resolved; `reopen #42` opens it again",
        ),
        (
            Refusal::NotYours {
                case: CaseId(42),
                by: moderator("bo"),
            },
            "#42 is claimed by bo, not by you; `claim #42` takes it over",
        ),
    ] {
        assert_eq!(refusal.to_string(), words);
    }
}
