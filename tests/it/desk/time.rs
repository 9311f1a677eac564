//! What time does to cases and operations.

use chrono::TimeDelta;
use wardroom::desk::Due;
use wardroom::domain::operation::Outcome;
use wardroom::domain::{CaseId, CaseState, Fact, OperationId, OperationState};

use super::bench::{Bench, account, report, resolved};

#[tokio::test]
async fn a_claim_runs_out_and_says_so() {
    let t = Bench::with("claim = \"2h\"").await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    t.say("bo", "claim #1").await;
    t.pass(TimeDelta::hours(1));
    t.desk.time_passed(Due::Claim(CaseId(1))).await.unwrap();
    assert_eq!(t.case(1).await.state, CaseState::Claimed);
    t.pass(TimeDelta::hours(1));
    t.desk.time_passed(Due::Claim(CaseId(1))).await.unwrap();
    let view = t.view(1).await;
    assert_eq!(view.case.state, CaseState::Open);
    assert_eq!(
        view.timeline.last().unwrap().fact,
        Fact::ClaimExpired { of: "bo".into() }
    );
}

#[tokio::test]
async fn an_operation_that_waited_too_long_is_not_sent_any_more() {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    t.confirm("bo", "limit #1 --reason spam").await;
    t.desk
        .time_passed(Due::Operation(OperationId(1)))
        .await
        .unwrap();
    assert_eq!(
        t.operation(OperationId(1)).await.state,
        OperationState::Ready
    );
    t.pass(TimeDelta::hours(1));
    t.desk
        .time_passed(Due::Operation(OperationId(1)))
        .await
        .unwrap();
    let operation = t.operation(OperationId(1)).await;
    assert_eq!(operation.state, OperationState::Expired);
    assert_eq!(operation.outcome, Some(Outcome::Expired));
}

async fn limited_for_a_day(words: &str) -> Bench {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    let id = t.confirm("bo", words).await.operation.unwrap();
    t.carry_out(id, Outcome::Applied, &[resolved(&first, 5)])
        .await;
    assert_eq!(
        t.operation(id).await.ends_at,
        Some(t.now() + TimeDelta::days(1))
    );
    t.desk.time_passed(Due::TimedAction(id)).await.unwrap();
    t.pass(TimeDelta::days(1));
    t
}

#[tokio::test]
async fn a_timed_limit_asks_when_it_ends() {
    let t = limited_for_a_day("limit #1 --reason spam --for 1d").await;
    t.desk
        .time_passed(Due::TimedAction(OperationId(1)))
        .await
        .unwrap();
    t.desk
        .time_passed(Due::TimedAction(OperationId(1)))
        .await
        .unwrap();
    let view = t.view(1).await;
    let asks = view
        .timeline
        .iter()
        .filter(|entry| matches!(entry.fact, Fact::TimeIsUp { .. }));
    assert_eq!(asks.count(), 1, "once");
    assert_eq!(view.operations.len(), 1, "nothing is lifted by itself");
}

#[tokio::test]
async fn a_timed_limit_with_auto_lifts_itself_unless_automation_is_stopped() {
    let t = limited_for_a_day("limit #1 --reason spam --for 1d --auto").await;
    t.desk
        .time_passed(Due::TimedAction(OperationId(1)))
        .await
        .unwrap();
    let lift = t.operation(OperationId(2)).await;
    assert_eq!(lift.request.undoes, Some(OperationId(1)));
    assert_eq!(
        lift.request.calls.len(),
        1,
        "the reports it closed stay closed"
    );

    let t = limited_for_a_day("limit #1 --reason spam --for 1d --auto").await;
    t.say("olga", "stop automation").await;
    t.desk
        .time_passed(Due::TimedAction(OperationId(1)))
        .await
        .unwrap();
    assert_eq!(t.view(1).await.operations.len(), 1);
}
