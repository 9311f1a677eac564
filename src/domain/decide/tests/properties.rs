//! What holds after any sequence of commands and events, in any order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::*;
use super::build::{at, case, context, moderator, report};
use super::ended::operation;
use crate::domain::report::Category;

/// One step of a random story.
#[derive(Debug, Clone)]
enum Step {
    Person(u8, Ask),
    Time(i64),
    Report(Version),
    Gone(u8),
    SignUp(bool),
    AccountDeleted,
    Ended(Verb, Outcome, bool),
    InFlight(bool),
}

#[derive(Debug, Clone)]
enum Ask {
    Claim(bool),
    Engage(bool),
    Unclaim,
    Assign(u8),
}

/// One version of one report.
#[derive(Debug, Clone)]
struct Version {
    id: u8,
    number: i64,
    category: Category,
    resolved: bool,
    assigned: bool,
}

impl Version {
    fn report(&self) -> Report {
        Report {
            category: self.category.clone(),
            resolved: self.resolved,
            updated_at: at(self.number),
            assigned_to: self.assigned.then(|| super::build::account("ana", None)),
            ..report(&self.id.to_string())
        }
    }
}

/// The case with what the server shows, as the desk would keep them.
struct Story {
    case: Case,
    reports: BTreeMap<ReportId, Report>,
    awaits_approval: bool,
    in_flight: bool,
    minute: i64,
}

impl Story {
    fn new() -> Self {
        Self {
            case: case(),
            reports: BTreeMap::new(),
            awaits_approval: false,
            in_flight: false,
            minute: 0,
        }
    }

    fn is_pending(&self) -> bool {
        self.awaits_approval || self.reports.values().any(|report| !report.resolved)
    }

    /// Decides, keeps the case, and returns the facts; a refusal changes nothing.
    fn decide(&mut self, actor: Actor, command: &Command) -> Vec<Fact> {
        let context = Context {
            actor,
            reports: self.reports.values().cloned().collect(),
            awaits_approval: self.awaits_approval,
            in_flight: self.in_flight,
            ..context("ana")
        };
        let Ok(decision) = decide(&self.case, command, &context, at(self.minute)) else {
            return Vec::new();
        };
        self.case = decision.case;
        decision.facts
    }

    /// An event counts unless a newer version of the report is known (invariant 2).
    fn report(&mut self, version: &Version) -> Option<Vec<Fact>> {
        let now = version.report();
        let previous = self.reports.get(&now.id).cloned();
        if previous
            .as_ref()
            .is_some_and(|before| before.updated_at >= now.updated_at)
        {
            return None;
        }
        self.reports.insert(now.id.clone(), now.clone());
        let command = Command::Report {
            assignee: version.assigned.then(|| moderator("ana")),
            report: Box::new(now),
            previous: previous.map(Box::new),
        };
        Some(self.decide(Actor::Server(None), &command))
    }

    /// Takes a step; the facts, and whether the case now has to follow what the server shows.
    fn step(&mut self, step: &Step) -> (Vec<Fact>, bool) {
        let follows = !self.in_flight;
        match step {
            Step::Person(who, ask) => {
                let command = match ask {
                    Ask::Claim(take_over) => Command::Claim {
                        take_over: *take_over,
                    },
                    Ask::Engage(take_over) => Command::Engage {
                        take_over: *take_over,
                    },
                    Ask::Unclaim => Command::Unclaim,
                    Ask::Assign(to) => Command::Assign { to: person(*to) },
                };
                (self.decide(Actor::Moderator(person(*who)), &command), false)
            }
            Step::Time(minutes) => {
                self.minute += minutes;
                (self.decide(Actor::Wardroom, &Command::ExpireClaim), false)
            }
            Step::Report(version) => match self.report(version) {
                Some(facts) => (facts, follows),
                None => (Vec::new(), false),
            },
            Step::Gone(id) => {
                let id = ReportId(id.to_string());
                if self.reports.remove(&id).is_none() {
                    return (Vec::new(), false);
                }
                let command = Command::ReportDeleted { report: id };
                (self.decide(Actor::Wardroom, &command), follows)
            }
            Step::SignUp(waits) => {
                self.awaits_approval = *waits;
                (self.decide(Actor::Server(None), &Command::SignUp), follows)
            }
            Step::AccountDeleted => (
                self.decide(Actor::Wardroom, &Command::AccountDeleted),
                false,
            ),
            Step::Ended(verb, outcome, resolves) => (self.ended(*verb, outcome, *resolves), true),
            Step::InFlight(in_flight) => {
                self.in_flight = *in_flight;
                (Vec::new(), false)
            }
        }
    }

    fn ended(&mut self, verb: Verb, outcome: &Outcome, resolves: bool) -> Vec<Fact> {
        let mut closed = Vec::new();
        for report in self.reports.values_mut() {
            if resolves && !report.resolved {
                report.resolved = true;
                closed.push(report.id.clone());
            }
        }
        let operation = Box::new(operation(verb, Some(outcome.clone())));
        let actor = Actor::Moderator(moderator("ana"));
        self.decide(actor, &Command::Ended { operation, closed })
    }
}

fn person(number: u8) -> ModeratorName {
    ModeratorName(format!("person-{number}"))
}

fn versions() -> impl Strategy<Value = Version> {
    let categories = prop_oneof![
        Just(Category::Other),
        Just(Category::Spam),
        Just(Category::Legal),
        Just(Category::Violation),
    ];
    (0..4_u8, 0..6_i64, categories, any::<bool>(), any::<bool>()).prop_map(
        |(id, number, category, resolved, assigned)| Version {
            id,
            number,
            category,
            resolved,
            assigned,
        },
    )
}

fn steps() -> impl Strategy<Value = Step> {
    let asks = prop_oneof![
        any::<bool>().prop_map(Ask::Claim),
        any::<bool>().prop_map(Ask::Engage),
        Just(Ask::Unclaim),
        (0..3_u8).prop_map(Ask::Assign),
    ];
    let outcomes = prop_oneof![
        Just(Outcome::Applied),
        Just(Outcome::DryRun),
        Just(Outcome::NotApplied),
        Just(Outcome::Expired),
    ];
    let verbs = proptest::sample::select(Verb::ALL.to_vec());
    prop_oneof![
        4 => (0..3_u8, asks).prop_map(|(who, ask)| Step::Person(who, ask)),
        1 => (0..90_i64).prop_map(Step::Time),
        4 => versions().prop_map(Step::Report),
        1 => (0..4_u8).prop_map(Step::Gone),
        1 => any::<bool>().prop_map(Step::SignUp),
        1 => Just(Step::AccountDeleted),
        2 => (verbs, outcomes, any::<bool>()).prop_map(|(v, o, r)| Step::Ended(v, o, r)),
        1 => any::<bool>().prop_map(Step::InFlight),
    ]
}

/// What makes a case whole, whatever happened to it.
fn check(case: &Case) {
    let resolved = case.is_resolved();
    if !resolved {
        let claimed = case.state == CaseState::Claimed;
        assert_eq!(claimed, case.claimed_by.is_some(), "{case:?}");
        assert_eq!(claimed, case.claimed_at.is_some(), "{case:?}");
        assert_eq!(claimed, case.claim_expires_at.is_some(), "{case:?}");
    }
    assert_eq!(resolved, case.resolved_at.is_some(), "{case:?}");
    assert_eq!(resolved, case.resolution.is_some(), "{case:?}");
    assert!(!(resolved && case.claim_expires_at.is_some()), "{case:?}");
}

proptest! {
    #[test]
    fn invariant_04_a_case_stays_whole_and_follows_the_server(
        story in proptest::collection::vec(steps(), 1..40),
    ) {
        let mut now = Story::new();
        for step in &story {
            let before = now.case.clone();
            let (facts, follows) = now.step(step);
            check(&now.case);
            if follows {
                prop_assert_eq!(now.case.is_resolved(), !now.is_pending(), "{:?}", step);
            }
            let resolved = !before.is_resolved() && now.case.is_resolved();
            let reopened = before.is_resolved() && !now.case.is_resolved();
            prop_assert_eq!(facts.contains(&Fact::Resolved), resolved, "{:?}", step);
            prop_assert_eq!(facts.contains(&Fact::Reopened), reopened, "{:?}", step);
            // Who may change these: the database, and nobody.
            let same = Case {
                state: before.state,
                severity: before.severity,
                claimed_by: before.claimed_by.clone(),
                claimed_at: before.claimed_at,
                claim_expires_at: before.claim_expires_at,
                resolved_at: before.resolved_at,
                resolution: before.resolution.clone(),
                ..now.case.clone()
            };
            prop_assert_eq!(same, before, "{:?}", step);
        }
    }

    #[test]
    fn invariant_04_the_order_of_webhooks_does_not_matter(
        (sent, arrived) in proptest::collection::vec(versions(), 1..20).prop_flat_map(|sent| {
            // Each version of a report is one text, however often it is sent.
            let mut once = BTreeMap::new();
            for version in sent {
                once.entry((version.id, version.number)).or_insert(version);
            }
            let sent: Vec<Version> = once.into_values().collect();
            let twice: Vec<Version> = sent.iter().chain(&sent).cloned().collect();
            (Just(sent), Just(twice).prop_shuffle())
        }),
    ) {
        let after = |events: &[Version]| {
            let mut story = Story::new();
            for version in events {
                story.report(version);
            }
            story
        };
        let (in_order, shuffled) = (after(&sent), after(&arrived));
        prop_assert_eq!(&in_order.reports, &shuffled.reports);
        prop_assert_eq!(in_order.case.is_resolved(), shuffled.case.is_resolved());
        // What is settled keeps the severity that it had when it was, which is a matter of order.
        if in_order.is_pending() {
            prop_assert_eq!(in_order.case.severity, shuffled.case.severity);
        }
    }
}
