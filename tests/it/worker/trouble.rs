//! What operations do when the server does not answer as it should: at most one strike, and the
//! truth about it (invariant 5).

use std::time::Duration;

use wardroom::domain::{CaseState, OperationId, OperationState, Outcome};
use wardroom::sim::{Fault, Role};
use wardroom::worker::{Tick, Worker};

use super::bench::Bench;

const ACTION: &str = "POST /api/v1/admin/accounts/*/action";

async fn suspension(t: &Bench) -> (i64, OperationId) {
    let case = t.reported("spammer@far.example").await;
    let op = t
        .order("bo", &format!("suspend #{case} --reason spam"))
        .await;
    (case, op)
}

/// Both read-backs, 30 s apart.
async fn read_back(t: &Bench) {
    for _ in 0..2 {
        t.pass(31);
        t.work().await;
    }
}

#[tokio::test]
async fn invariant_05_a_reset_after_it_was_applied_is_read_back_and_never_sent_again() {
    let t = Bench::new().await;
    let (case, op) = suspension(&t).await;
    t.sim.fail(ACTION, Fault::ResetAfter, 1);
    t.work().await;
    assert_eq!(t.operation(op).await.state, OperationState::Checking);
    read_back(&t).await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.strikes().len(), 1);
    assert_eq!(t.view(case).await.case.state, CaseState::Resolved);
}

#[tokio::test]
async fn invariant_05_what_two_reads_do_not_show_did_not_take_effect() {
    for fault in [
        Fault::ResetBefore,
        Fault::ServerError,
        Fault::Unavailable,
        Fault::Nonsense,
    ] {
        let t = Bench::new().await;
        let (case, op) = suspension(&t).await;
        t.sim.fail(ACTION, fault, 1);
        t.work().await;
        t.pass(31);
        t.work().await;
        assert_eq!(
            t.operation(op).await.state,
            OperationState::Checking,
            "{fault:?}"
        );
        t.pass(31);
        t.work().await;
        assert_eq!(
            t.operation(op).await.outcome,
            Some(Outcome::NotApplied),
            "{fault:?}"
        );
        assert_eq!(t.changes().len(), 1, "{fault:?}");
        assert_eq!(t.sim.strikes().len(), 0, "{fault:?}");
        assert_ne!(
            t.view(case).await.case.state,
            CaseState::Resolved,
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn invariant_05_silence_is_doubt() {
    for (fault, outcome, strikes) in [
        (Fault::Silence, Outcome::NotApplied, 0),
        (Fault::SilenceAfter, Outcome::Applied, 1),
    ] {
        let t = Bench::with_deadline(Duration::from_secs(2)).await;
        let (_, op) = suspension(&t).await;
        t.sim.fail(ACTION, fault, 1);
        t.work().await;
        assert_eq!(
            t.operation(op).await.state,
            OperationState::Checking,
            "{fault:?}"
        );
        read_back(&t).await;
        assert_eq!(t.operation(op).await.outcome, Some(outcome), "{fault:?}");
        assert_eq!(t.sim.strikes().len(), strikes, "{fault:?}");
    }
}

#[tokio::test]
async fn a_429_is_certainly_not_applied_and_waits_for_the_window() {
    let t = Bench::new().await;
    let (_, op) = suspension(&t).await;
    t.sim.fail(ACTION, Fault::RateLimited, 1);
    t.work().await;
    let waiting = t.operation(op).await;
    assert_eq!(waiting.state, OperationState::Ready);
    assert!(waiting.due_at > t.sim.now());
    t.pass(15 * 60);
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn a_refusal_says_why_in_words() {
    let t = Bench::new().await;
    t.sim.set_role("wardroom", Role::Moderator);
    let op = t
        .order("bo", "limit-domain bad.example --reason spam")
        .await;
    let (_, dead) = suspension(&t).await;
    t.work().await;
    let why = refused(&t, op).await;
    assert!(why.contains("right") && why.contains("role"), "{why}");
    assert_eq!(t.operation(dead).await.outcome, Some(Outcome::Applied));

    let t = Bench::new().await;
    let (_, op) = suspension(&t).await;
    t.sim.revoke(&t.bot_token);
    t.work().await;
    let why = refused(&t, op).await;
    assert!(
        why.contains("token") && why.contains("Development"),
        "{why}"
    );
    assert_eq!(t.sim.strikes().len(), 0);
}

async fn refused(t: &Bench, op: OperationId) -> String {
    match t.operation(op).await.outcome {
        Some(Outcome::Refused { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn invariant_05_a_warning_without_a_report_cannot_be_read_back() {
    let t = Bench::new().await;
    t.sim.add_account("loud").create();
    let op = t
        .order(
            "bo",
            "warn @loud --reason noise --tell \"Please be quiet.\"",
        )
        .await;
    t.sim.fail(ACTION, Fault::ResetAfter, 1);
    t.work().await;
    t.pass(31);
    t.work().await;
    let operation = t.operation(op).await;
    assert_eq!(operation.state, OperationState::Unsettled);
    let settled = t
        .say(
            "bo",
            &format!("settle {op} done --reason \"the mail is out\""),
        )
        .await;
    assert!(settled.text.contains("settled"), "{}", settled.text);
    assert_eq!(t.operation(op).await.state, OperationState::Done);
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn invariant_05_a_warning_on_a_report_shows_in_the_report() {
    let t = Bench::new().await;
    let case = t.reported("loud").await;
    let op = t
        .order(
            "bo",
            &format!("warn #{case} --reason noise --tell \"Please be quiet.\""),
        )
        .await;
    t.sim.fail(ACTION, Fault::ResetAfter, 1);
    t.work().await;
    read_back(&t).await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.strikes().len(), 1);
    assert_eq!(t.view(case).await.case.state, CaseState::Resolved);
}

#[tokio::test]
async fn invariant_05_what_nobody_can_read_for_an_hour_is_unsettled() {
    let t = Bench::new().await;
    let (_, op) = suspension(&t).await;
    t.sim.fail(ACTION, Fault::ResetAfter, 1);
    t.work().await;
    t.sim
        .fail("GET /api/v1/admin/accounts/*", Fault::Unavailable, 1_000);
    for _ in 0..3 {
        t.pass(25 * 60);
        t.work().await;
    }
    assert_eq!(t.operation(op).await.state, OperationState::Unsettled);
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn invariant_05_two_workers_make_one_call() {
    let t = Bench::new().await;
    let (_, op) = suspension(&t).await;
    let other = t.another_worker(Duration::from_mins(10));
    let (one, two) = tokio::join!(t.operations.tick(), other.tick());
    let worked = [one.unwrap(), two.unwrap()];
    assert!(
        worked.contains(&Tick::Worked) && worked.contains(&Tick::Idle),
        "{worked:?}"
    );
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn invariant_05_what_a_dead_worker_had_sent_is_only_read_back() {
    for (fault, outcome, strikes) in [
        (Fault::SilenceAfter, Outcome::Applied, 1),
        (Fault::Silence, Outcome::NotApplied, 0),
    ] {
        let t = Bench::new().await;
        let (_, op) = suspension(&t).await;
        t.sim.fail(ACTION, fault, 1);
        let doomed = t.another_worker(Duration::from_mins(10));
        let task = tokio::spawn(async move { doomed.tick().await });
        while t.changes().is_empty() {
            tokio::task::yield_now().await;
        }
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        // Nobody else has it as long as its lease lasts.
        t.work().await;
        assert_eq!(
            t.operation(op).await.state,
            OperationState::Sending,
            "{fault:?}"
        );
        t.pass(121);
        t.work().await;
        read_back(&t).await;
        assert_eq!(t.operation(op).await.outcome, Some(outcome), "{fault:?}");
        assert_eq!(t.sim.strikes().len(), strikes, "{fault:?}");
        assert_eq!(t.changes().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_read_before_a_call_is_asked_again_later() {
    let t = Bench::new().await;
    let (_, op) = suspension(&t).await;
    t.sim
        .fail("GET /api/v1/admin/accounts/*", Fault::Unavailable, 1);
    t.work().await;
    assert_eq!(t.operation(op).await.state, OperationState::Ready);
    assert_eq!(t.changes(), [""; 0]);
    t.pass(6);
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn invariant_09_a_call_on_its_way_finishes_and_no_other_starts() {
    let t = Bench::with_deadline(Duration::from_secs(2)).await;
    let (_, under_way) = suspension(&t).await;
    let other = t.reported("second@far.example").await;
    let waiting = t
        .order("bo", &format!("suspend #{other} --reason spam"))
        .await;
    t.sim.fail(ACTION, Fault::SilenceAfter, 1);
    let stopped = async {
        while t.changes().is_empty() {
            tokio::task::yield_now().await;
        }
        t.say("bo", "stop all").await
    };
    let (ticked, said) = tokio::join!(t.operations.tick(), stopped);
    assert_eq!(ticked.unwrap(), Tick::Worked);
    assert!(said.text.contains("lead"), "who can lift it: {}", said.text);
    read_back(&t).await;
    assert_eq!(t.operation(under_way).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.operation(waiting).await.outcome, None);
    assert_eq!(t.changes().len(), 1);
}
