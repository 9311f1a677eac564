//! What the server says: opening, joining, changing and settling.

use chrono::TimeDelta;
use wardroom::domain::case::How;
use wardroom::domain::event::AccountEvent;
use wardroom::domain::{Actor, CaseKind, CaseState, Category, Fact, ServerEvent, Severity};

use super::bench::{Bench, account, applicant, report, resolved, start};

#[tokio::test]
async fn a_report_opens_a_case_and_the_next_one_on_the_same_account_joins_it() {
    let t = Bench::new().await;
    assert!(
        t.reported(report(1, account("5", "spam@far.example")))
            .await
    );
    assert!(
        t.reported(report(2, account("5", "spam@far.example")))
            .await
    );
    assert!(
        t.reported(report(3, account("6", "other@far.example")))
            .await
    );
    let view = t.view(1).await;
    assert_eq!(view.case.state, CaseState::Open);
    assert_eq!(view.case.kind, CaseKind::Report);
    assert_eq!(view.case.target_text, "@spam@far.example");
    assert_eq!(view.reports.len(), 2);
    assert_eq!(t.view(2).await.reports.len(), 1);
    assert!(matches!(view.timeline[0].fact, Fact::OpenedByReport { .. }));
    assert!(matches!(view.timeline[1].fact, Fact::ReportJoined { .. }));
    assert_eq!(
        t.audit().await,
        ["case.opened", "case.joined", "case.opened"]
    );
}

#[tokio::test]
async fn invariant_02_an_event_that_changes_nothing_writes_nothing() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    assert!(t.reported(first.clone()).await);
    let before = t.case(1).await.version;
    assert!(!t.reported(first.clone()).await, "the same again");
    let mut older = resolved(&first, 0);
    older.updated_at = start() - TimeDelta::seconds(1);
    assert!(!t.reported(older).await, "older never overwrites newer");
    assert_eq!(t.case(1).await.version, before);
    assert_eq!(t.audit().await.len(), 1);
}

#[tokio::test]
async fn a_report_settled_on_the_server_settles_its_case_and_names_who_did_it() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    let mut closed = resolved(&first, 5);
    closed.resolved_by = Some(account("7", "ana"));
    t.reported(closed.clone()).await;
    let case = t.case(1).await;
    assert_eq!(case.state, CaseState::Resolved);
    let resolution = case.resolution.unwrap();
    assert_eq!(resolution.how, How::OnServer);
    assert_eq!(resolution.by.as_deref(), Some("@ana"));
    let mut reopened = first;
    reopened.updated_at = start() + TimeDelta::seconds(9);
    t.reported(reopened).await;
    assert_eq!(t.case(1).await.state, CaseState::Open);
}

#[tokio::test]
async fn a_report_reopened_while_another_case_is_open_joins_that_one() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    t.reported(resolved(&first, 5)).await;
    t.reported(report(2, account("5", "spam@far.example")))
        .await;
    let mut reopened = first;
    reopened.updated_at = start() + TimeDelta::seconds(9);
    t.reported(reopened).await;
    assert_eq!(t.case(1).await.state, CaseState::Resolved);
    let second = t.view(2).await;
    assert_eq!(second.reports.len(), 2);
    assert_eq!(second.case.state, CaseState::Open);
    let last = t.view(1).await.timeline.pop().unwrap();
    assert!(
        matches!(last.fact, Fact::JoinedInto { .. }),
        "{:?}",
        last.fact
    );
}

#[tokio::test]
async fn severity_follows_category_and_origin() {
    let t = Bench::new().await;
    let mut spam = report(1, account("5", "spam@far.example"));
    spam.category = Category::Spam;
    t.reported(spam).await;
    assert_eq!(t.case(1).await.severity, Severity(3));
    let mut legal = report(2, account("5", "spam@far.example"));
    legal.category = Category::Legal;
    t.reported(legal).await;
    assert_eq!(t.case(1).await.severity, Severity(0));
    t.reported(report(3, account("8", "local"))).await;
    assert_eq!(t.case(2).await.severity, Severity(1));
}

#[tokio::test]
async fn a_change_that_shows_nothing_is_told_as_a_touch() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    let mut touched = first;
    touched.updated_at = start() + TimeDelta::seconds(3);
    t.reported(touched).await;
    let last = t.view(1).await.timeline.pop().unwrap();
    assert!(matches!(last.fact, Fact::TouchedOnServer { .. }));
}

#[tokio::test]
async fn an_assignment_in_the_servers_own_ui_claims_for_the_linked_moderator() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    let mut assigned = first;
    assigned.updated_at = start() + TimeDelta::seconds(3);
    assigned.assigned_to = Some(account("7", "ana"));
    t.reported(assigned).await;
    let case = t.case(1).await;
    assert_eq!(case.claimed_by, Some("ana".into()));
    assert_eq!(case.state, CaseState::Claimed);
}

#[tokio::test]
async fn a_deleted_report_closes_its_case() {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    assert!(t.event(ServerEvent::ReportDeleted("1".into())).await);
    assert!(!t.event(ServerEvent::ReportDeleted("1".into())).await);
    let case = t.case(1).await;
    assert_eq!(case.resolution.unwrap().how, How::DeletedOnServer);
}

#[tokio::test]
async fn a_sign_up_opens_a_case_only_when_it_waits_for_approval() {
    let t = Bench::new().await;
    assert!(t.signed_up(account("20", "welcome")).await);
    assert!(
        t.desk
            .view(wardroom::domain::CaseId(1))
            .await
            .unwrap()
            .is_none()
    );
    t.signed_up(applicant("21", "trains")).await;
    let view = t.view(1).await;
    assert_eq!(view.case.kind, CaseKind::SignUp);
    assert_eq!(
        view.account.unwrap().invite_request.as_deref(),
        Some("I like trains.")
    );
    t.pass(TimeDelta::seconds(10));
    t.account(AccountEvent::Approved, account("21", "trains"))
        .await;
    let view = t.view(1).await;
    assert_eq!(view.case.resolution.unwrap().how, How::OnServer);
    assert_eq!(view.timeline[0].actor, Actor::Server(None));
}

#[tokio::test]
async fn a_report_on_a_sign_up_joins_its_case_and_both_must_be_settled() {
    let t = Bench::new().await;
    t.signed_up(applicant("21", "trains")).await;
    let on_applicant = report(1, applicant("21", "trains"));
    t.reported(on_applicant.clone()).await;
    assert_eq!(t.view(1).await.reports.len(), 1);
    t.pass(TimeDelta::seconds(1));
    t.account(AccountEvent::Updated, applicant("21", "trains"))
        .await;
    assert_eq!(
        t.view(1).await.timeline.len(),
        2,
        "an update says nothing new"
    );
    t.reported(resolved(&on_applicant, 5)).await;
    assert_eq!(
        t.case(1).await.state,
        CaseState::Open,
        "the sign-up still waits"
    );
    t.pass(TimeDelta::seconds(10));
    t.account(AccountEvent::Approved, account("21", "trains"))
        .await;
    assert_eq!(t.case(1).await.state, CaseState::Resolved);
}

#[tokio::test]
async fn what_is_done_on_the_server_to_the_account_of_an_open_case_is_told() {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "local"))).await;
    t.pass(TimeDelta::seconds(10));
    let mut limited = account("5", "local");
    limited.state.limited = true;
    t.account(AccountEvent::Updated, limited).await;
    let last = t.view(1).await.timeline.pop().unwrap();
    assert_eq!(
        last.fact,
        Fact::AccountChanged {
            change: "limited".to_owned()
        }
    );
}
