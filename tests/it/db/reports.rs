//! Reports and account snapshots: newer over older, never the other way round.

use wardroom::domain::account::AccountState;
use wardroom::domain::{Account, Case, CaseId, Report, ReportId};

use super::sample::{account, case, report};
use super::{TestDb, at, db_tests, read, tx};

async fn add_case(t: &TestDb, of: &str) -> CaseId {
    let new: Case = case(of);
    tx!(t.add_case(&new))
}

async fn a_report_is_read_as_it_was_stored(t: &TestDb) {
    let case = add_case(t, "1").await;
    let new = report("8437");
    assert!(tx!(t.save_report(case, &new)));
    assert_eq!(read!(t.report(&new.id)), Some((case, new)));
    assert_eq!(read!(t.report(&"1".into())), None);
}

async fn an_older_report_overwrites_nothing(t: &TestDb) {
    let case = add_case(t, "1").await;
    let newer = Report {
        updated_at: at(10),
        resolved: true,
        ..report("1")
    };
    assert!(tx!(t.save_report(case, &newer)));
    assert!(!tx!(t.save_report(case, &report("1"))));
    assert_eq!(read!(t.report(&newer.id)), Some((case, newer.clone())));
    let same_time = Report {
        resolved: false,
        ..newer
    };
    assert!(tx!(t.save_report(case, &same_time)));
    assert_eq!(read!(t.report(&same_time.id)).unwrap().1, same_time);
}

async fn reports_are_ordered_by_their_numbers(t: &TestDb) {
    let case = add_case(t, "1").await;
    assert_eq!(read!(t.highest_report_number()), None);
    for id in ["9", "100", "20"] {
        tx!(t.save_report(case, &report(id)));
    }
    let ids: Vec<ReportId> = read!(t.case_reports(case))
        .into_iter()
        .map(|report| report.id)
        .collect();
    assert_eq!(ids, ["100", "20", "9"].map(ReportId::from));
    assert_eq!(read!(t.highest_report_number()), Some(100));
}

async fn unresolved_reports_are_walked_page_by_page(t: &TestDb) {
    let case = add_case(t, "1").await;
    for id in ["9", "100", "20", "3"] {
        let new = Report {
            resolved: id == "3",
            ..report(id)
        };
        tx!(t.save_report(case, &new));
    }
    let first = read!(t.unresolved_reports(None, 2));
    assert_eq!(first, [(case, "9".into()), (case, "20".into())]);
    let after = Some(&first[1].1);
    assert_eq!(
        read!(t.unresolved_reports(after, 2)),
        [(case, "100".into())]
    );
}

async fn reports_can_be_deleted_and_moved(t: &TestDb) {
    let (from, to) = (add_case(t, "1").await, add_case(t, "2").await);
    for id in ["1", "2", "3"] {
        tx!(t.save_report(from, &report(id)));
    }
    assert!(tx!(t.delete_report(&"2".into())));
    assert!(!tx!(t.delete_report(&"2".into())));
    assert_eq!(tx!(t.move_reports(from, to)), 2);
    assert_eq!(read!(t.case_reports(from)), []);
    assert_eq!(read!(t.case_reports(to)), [report("3"), report("1")]);
    let last = read!(t.last_change());
    let changes = read!(t.changes_after(last - 2, 9));
    assert_eq!(changes, [(last - 1, from), (last, to)]);
}

async fn an_account_is_read_as_last_seen(t: &TestDb) {
    let new = account("109");
    assert!(tx!(t.save_account(&new, at(5))));
    assert_eq!(read!(t.account(&new.id)), Some(new.clone()));
    assert_eq!(read!(t.account(&"1".into())), None);
    let older = Account {
        display_name: "older".to_owned(),
        ..new.clone()
    };
    assert!(!tx!(t.save_account(&older, at(4))));
    assert_eq!(read!(t.account(&new.id)), Some(new));
}

async fn a_handle_means_its_last_owner_in_any_spelling(t: &TestDb) {
    let remote = |id: &str| Account {
        username: "Zo".to_owned(),
        domain: Some("Remote.example".to_owned()),
        ..account(id)
    };
    tx!(t.save_account(&remote("2"), at(9)));
    tx!(t.save_account(&remote("1"), at(5)));
    let found = read!(t.account_by_handle("zO@remote.EXAMPLE"));
    assert_eq!(found, Some(remote("2")));
    assert_eq!(read!(t.account_by_handle("zo")), None);
}

async fn sign_ups_that_wait_are_known(t: &TestDb) {
    let waiting = |id: &str, domain: Option<&str>| Account {
        domain: domain.map(str::to_owned),
        state: AccountState {
            approved: Some(false),
            ..AccountState::default()
        },
        ..account(id)
    };
    for new in [
        waiting("100", None),
        waiting("20", None),
        waiting("3", Some("remote.example")),
        account("4"),
    ] {
        tx!(t.save_account(&new, at(0)));
    }
    assert_eq!(read!(t.pending_sign_ups(9)), ["20".into(), "100".into()]);
    tx!(t.save_account(&account("20"), at(1)));
    assert_eq!(read!(t.pending_sign_ups(9)), ["100".into()]);
}

async fn the_highest_local_account_is_known(t: &TestDb) {
    assert_eq!(read!(t.highest_account_id()), None);
    let remote = Account {
        domain: Some("remote.example".to_owned()),
        ..account("1000")
    };
    for new in [account("9"), account("100"), account("20"), remote] {
        tx!(t.save_account(&new, at(0)));
    }
    assert_eq!(read!(t.highest_account_id()), Some("100".into()));
}

db_tests!(
    a_report_is_read_as_it_was_stored,
    an_older_report_overwrites_nothing,
    reports_are_ordered_by_their_numbers,
    unresolved_reports_are_walked_page_by_page,
    reports_can_be_deleted_and_moved,
    an_account_is_read_as_last_seen,
    a_handle_means_its_last_owner_in_any_spelling,
    sign_ups_that_wait_are_known,
    the_highest_local_account_is_known,
);
