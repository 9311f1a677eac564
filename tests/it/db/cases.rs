//! Cases: versions guard every write, and a target has at most one unresolved case.

use wardroom::db::cases::{CaseFilter, CaseStates};
use wardroom::domain::case::{How, Resolution};
use wardroom::domain::case_view::EarlierCase;
use wardroom::domain::{Case, CaseId, CaseKind, CaseState, Target};

use super::sample::{ana, case, resolved};
use super::{TestDb, at, db_tests, read, tx};

async fn add(t: &TestDb, new: &Case) -> Case {
    let id = tx!(t.add_case(new));
    read!(t.case(id)).unwrap()
}

async fn a_case_is_read_as_it_was_stored(t: &TestDb) {
    let new = resolved(case("1"));
    let stored = add(t, &new).await;
    let expected = Case {
        id: stored.id,
        version: 1,
        ..new
    };
    assert_eq!(stored, expected);
    assert_eq!(read!(t.case(CaseId(stored.id.0 + 1))), None);
}

async fn every_kind_of_target_is_kept(t: &TestDb) {
    for text in [
        "account:109",
        "handle:user@remote.example",
        "domain:x.example",
        "range:203.0.113.0/24",
        "reports:",
    ] {
        let target: Target = text.parse().unwrap();
        let new = Case {
            target: target.clone(),
            ..case("1")
        };
        assert_eq!(add(t, &new).await.target, target);
    }
}

async fn a_stale_version_writes_nothing(t: &TestDb) {
    let stored = add(t, &case("1")).await;
    let changed = resolved(stored.clone());
    assert!(tx!(t.save_case(&changed)));
    assert!(!tx!(t.save_case(&stored)));
    let expected = Case {
        version: 2,
        ..changed
    };
    assert_eq!(read!(t.case(stored.id)), Some(expected));
}

async fn a_target_has_one_unresolved_case(t: &TestDb) {
    let target = case("1").target;
    assert_eq!(read!(t.unresolved_case_on(&target)), None);
    let old = add(t, &resolved(case("1"))).await;
    let open = add(t, &case("1")).await;
    assert_ne!(old.id, open.id);
    assert_eq!(read!(t.unresolved_case_on(&target)), Some(open.clone()));
    assert!(super::tried!(t.add_case(&case("1"))).is_err());
    let reopened = Case {
        state: CaseState::Open,
        ..old
    };
    assert!(super::tried!(t.save_case(&reopened)).is_err());
    assert_eq!(read!(t.unresolved_case_on(&target)), Some(open));
}

async fn lists_are_filtered(t: &TestDb) {
    let open = add(t, &case("1")).await.id;
    let claimed = Case {
        state: CaseState::Claimed,
        claimed_by: Some(ana()),
        ..case("2")
    };
    let claimed = add(t, &claimed).await.id;
    let sign_up = add(t, &resolved(case("3"))).await.id;
    let all = CaseFilter {
        states: CaseStates::All,
        limit: 9,
        ..CaseFilter::default()
    };
    for (filter, expected) in [
        (all.clone(), vec![sign_up, claimed, open]),
        (
            CaseFilter {
                states: CaseStates::Unresolved,
                ..all.clone()
            },
            vec![claimed, open],
        ),
        (
            CaseFilter {
                states: CaseStates::Only(vec![CaseState::Open, CaseState::Resolved]),
                ..all.clone()
            },
            vec![sign_up, open],
        ),
        (
            CaseFilter {
                states: CaseStates::Only(vec![]),
                ..all.clone()
            },
            vec![],
        ),
        (
            CaseFilter {
                claimed_by: Some(ana()),
                ..all.clone()
            },
            vec![sign_up, claimed],
        ),
        (
            CaseFilter {
                kind: Some(CaseKind::Report),
                limit: 1,
                ..all.clone()
            },
            vec![claimed],
        ),
    ] {
        let found: Vec<CaseId> = read!(t.cases(&filter)).iter().map(|case| case.id).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn pages_follow_each_other_without_gaps(t: &TestDb) {
    // Three of one moment, one before and one after: the cursor is time and number.
    let mut ids = Vec::new();
    for (account, opened) in [("1", 5), ("2", 5), ("3", 5), ("4", 0), ("5", 9)] {
        let new = Case {
            opened_at: at(opened),
            ..case(account)
        };
        ids.push(add(t, &new).await.id);
    }
    let mut filter = CaseFilter {
        limit: 2,
        ..CaseFilter::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = read!(t.cases(&filter));
        let Some(last) = page.last() else { break };
        filter.before = Some((last.opened_at, last.id));
        seen.extend(page.iter().map(|case| case.id));
    }
    assert_eq!(seen, [ids[4], ids[2], ids[1], ids[0], ids[3]]);
}

async fn earlier_cases_on_a_target_are_found(t: &TestDb) {
    let first = add(t, &resolved(case("1"))).await;
    let second = add(t, &resolved(case("1"))).await.id;
    let third = add(t, &case("1")).await.id;
    add(t, &case("2")).await;
    let target = first.target.clone();
    let earlier = read!(t.earlier_cases(&target, third, 9));
    let ids: Vec<CaseId> = earlier.iter().map(|case| case.id).collect();
    assert_eq!(ids, [second, first.id]);
    let expected = EarlierCase {
        id: first.id,
        resolved_at: first.resolved_at,
        resolution: first.resolution,
    };
    assert_eq!(earlier[1], expected);
    assert_eq!(read!(t.earlier_cases(&target, third, 1)).len(), 1);
}

async fn a_case_is_found_by_handle_in_any_spelling(t: &TestDb) {
    add(t, &resolved(case("1"))).await;
    let latest = add(t, &case("1")).await;
    let found = read!(t.latest_case_with_text("@uSER1@Remote.Example"));
    assert_eq!(found, Some(latest));
    assert_eq!(read!(t.latest_case_with_text("@User1")), None);
}

async fn cases_are_counted_by_state(t: &TestDb) {
    assert_eq!(read!(t.case_counts()), []);
    add(t, &case("1")).await;
    add(t, &case("2")).await;
    add(t, &resolved(case("3"))).await;
    let counts = [(CaseState::Open, 2), (CaseState::Resolved, 1)];
    assert_eq!(read!(t.case_counts()), counts);
}

async fn claims_run_out_in_their_order(t: &TestDb) {
    let mut ids = Vec::new();
    for (account, ends) in [("1", 30), ("2", 10), ("3", 99)] {
        let claimed = Case {
            state: CaseState::Claimed,
            claimed_by: Some(ana()),
            claim_expires_at: Some(at(ends)),
            ..case(account)
        };
        ids.push(add(t, &claimed).await.id);
    }
    add(t, &resolved(case("4"))).await;
    assert_eq!(read!(t.claims_to_expire(at(9), 9)), []);
    assert_eq!(read!(t.claims_to_expire(at(30), 9)), [ids[1], ids[0]]);
    assert_eq!(read!(t.claims_to_expire(at(30), 1)), [ids[1]]);
}

async fn changes_are_numbered_in_the_order_of_commits(t: &TestDb) {
    assert_eq!(read!(t.last_change()), 0);
    let first = add(t, &case("1")).await;
    let second = add(t, &case("2")).await;
    tx!(t.save_case(&Case {
        resolution: Some(Resolution {
            how: How::NoAction,
            by: None,
            operation: None
        }),
        ..first.clone()
    }));
    let changes = [(1, first.id), (2, second.id), (3, first.id)];
    assert_eq!(read!(t.changes_after(0, 9)), changes);
    assert_eq!(read!(t.changes_after(1, 1)), changes[1..2]);
    assert_eq!(read!(t.last_change()), 3);
    assert_eq!(tx!(t.prune_changes(3)), 2);
    assert_eq!(read!(t.changes_after(0, 9)), changes[2..]);
}

db_tests!(
    a_case_is_read_as_it_was_stored,
    every_kind_of_target_is_kept,
    a_stale_version_writes_nothing,
    a_target_has_one_unresolved_case,
    lists_are_filtered,
    pages_follow_each_other_without_gaps,
    earlier_cases_on_a_target_are_found,
    a_case_is_found_by_handle_in_any_spelling,
    cases_are_counted_by_state,
    claims_run_out_in_their_order,
    changes_are_numbered_in_the_order_of_commits,
);
