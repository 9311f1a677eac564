//! Stop, dry run, offboarding, and what the host may do.

use wardroom::command::{Stop, StopScope};
use wardroom::desk::{AnswerKind, HostCommand};
use wardroom::domain::{CaseState, OperationId, OperationState};

use super::bench::{Bench, account, report};

async fn one_case() -> Bench {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    t
}

#[tokio::test]
async fn invariant_09_a_stop_refuses_everybody_and_is_lifted_by_a_lead_or_by_two() {
    let t = one_case().await;
    assert_eq!(t.say("cleo", "stop all").await.kind, AnswerKind::Refused);
    assert_eq!(t.say("bo", "panic").await.kind, AnswerKind::Done);
    let refused = t.say("ana", "resolve #1").await;
    assert!(
        refused.text.contains("everything is stopped by bo"),
        "{}",
        refused.text
    );
    assert_eq!(
        t.say("cleo", "claim #1").await.kind,
        AnswerKind::Done,
        "coordination goes on"
    );
    assert_eq!(t.say("bo", "stop reset all").await.kind, AnswerKind::Second);
    assert_eq!(
        t.say("bo", "stop reset all").await.kind,
        AnswerKind::Second,
        "not twice by one"
    );
    assert_eq!(t.say("dan", "stop reset all").await.kind, AnswerKind::Done);
    assert!(t.say("dan", "desk").await.text.find("STOPPED").is_none());
    t.say("bo", "stop all").await;
    assert_eq!(
        t.say("ana", "stop reset all").await.kind,
        AnswerKind::Done,
        "a lead alone"
    );
}

#[tokio::test]
async fn one_moderator_can_be_stopped_and_cannot_lift_it() {
    let t = one_case().await;
    assert_eq!(
        t.say("bo", "stop moderator dan").await.kind,
        AnswerKind::Refused
    );
    assert_eq!(
        t.say("ana", "stop moderator dan").await.kind,
        AnswerKind::Done
    );
    assert!(
        t.say("dan", "resolve #1")
            .await
            .text
            .contains("dan is stopped by ana")
    );
    assert_eq!(
        t.say("dan", "stop reset moderator dan").await.kind,
        AnswerKind::Refused
    );
    assert_eq!(t.say("bo", "resolve #1").await.kind, AnswerKind::Accepted);
}

#[tokio::test]
async fn the_host_stops_and_lifts() {
    let t = one_case().await;
    let stop = HostCommand::Stop(Stop::Set(StopScope::All));
    t.desk.on_host(&stop).await.unwrap().unwrap();
    assert!(
        t.say("ana", "resolve #1")
            .await
            .text
            .contains("stopped by host")
    );
    let reset = HostCommand::Stop(Stop::Reset(StopScope::All));
    t.desk.on_host(&reset).await.unwrap().unwrap();
    assert_eq!(t.say("ana", "resolve #1").await.kind, AnswerKind::Accepted);
    assert!(t.audit().await.contains(&"stop.set".to_owned()));
}

#[tokio::test]
async fn invariant_08_chat_cannot_leave_a_dry_run_that_the_configuration_sets() {
    let t = Bench::in_dry_run().await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    let answer = t.say("ana", "dry-run off --reason ready").await;
    assert!(answer.text.contains("still a dry run"), "{}", answer.text);
    let asked = t.say("bo", "suspend #1 --reason spam").await;
    assert!(asked.text.contains("DRY RUN"), "{}", asked.text);
    let done = t
        .say("bo", &format!("confirm {}", asked.confirm_token.unwrap()))
        .await;
    assert!(
        done.text
            .contains("DRY RUN, nothing changes: would suspend"),
        "{}",
        done.text
    );
    assert!(t.operation(OperationId(1)).await.dry_run);
    let again = t.confirm("dan", "suspend #1 --reason spam").await;
    assert_eq!(
        again.kind,
        AnswerKind::Accepted,
        "no fingerprint is taken: {}",
        again.text
    );
}

#[tokio::test]
async fn the_dry_run_can_be_switched_where_the_configuration_allows() {
    let t = one_case().await;
    assert_eq!(t.say("bo", "dry-run on").await.kind, AnswerKind::Refused);
    t.say("ana", "dry-run on").await;
    t.confirm("bo", "limit #1 --reason spam").await;
    assert!(t.operation(OperationId(1)).await.dry_run);
    assert_eq!(
        t.say("ana", "dry-run off").await.kind,
        AnswerKind::Refused,
        "needs a reason"
    );
    t.say("ana", "dry-run off --reason ready").await;
    assert!(
        t.operation(OperationId(1)).await.dry_run,
        "what was asked in it stays in it"
    );
}

#[tokio::test]
async fn offboarding_ends_rights_claims_and_unsent_operations() {
    let t = one_case().await;
    t.confirm("bo", "suspend #1 --reason spam").await;
    assert_eq!(
        t.say("ana", "offboard ana --reason x").await.kind,
        AnswerKind::Refused
    );
    let answer = t.say("ana", "offboard bo --reason left").await;
    assert!(
        answer
            .text
            .contains("1 cases given back, 1 operations cancelled"),
        "{}",
        answer.text
    );
    let case = t.case(1).await;
    assert_eq!((case.state, case.claimed_by), (CaseState::Open, None));
    assert_eq!(
        t.operation(OperationId(1)).await.state,
        OperationState::Cancelled
    );
    let answer = t.say("bo", "cases").await;
    assert!(
        answer.text.contains("Your access was ended"),
        "{}",
        answer.text
    );
}
