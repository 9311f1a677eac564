//! What operations do when all goes well, and what holds them back.

use wardroom::command::{Stop, StopScope};
use wardroom::desk::HostCommand;
use wardroom::domain::{CaseState, OperationState, Outcome};
use wardroom::sim::{Action, Role, Severity};

use super::bench::Bench;

#[tokio::test]
async fn a_suspension_is_carried_out_and_its_case_follows() {
    let t = Bench::new().await;
    let case = t.reported("spammer@far.example").await;
    let op = t
        .order("bo", &format!("suspend #{case} --reason spam"))
        .await;
    t.work().await;
    let operation = t.operation(op).await;
    assert_eq!(operation.outcome, Some(Outcome::Applied), "{operation:?}");
    assert_eq!(operation.state, OperationState::Done);
    assert!(t.sim.account("spammer@far.example").unwrap().suspended);
    let strikes = t.sim.strikes();
    assert_eq!((strikes.len(), strikes[0].by.as_str()), (1, "wardroom"));
    let view = t.view(case).await;
    assert_eq!(view.case.state, CaseState::Resolved);
    // The echo of our own call says nothing new.
    let told = view.timeline.len();
    t.hear().await;
    assert_eq!(t.view(case).await.timeline.len(), told);
}

#[tokio::test]
async fn who_has_a_token_of_their_own_acts_as_themselves() {
    let t = Bench::new().await;
    let case = t.reported("spammer").await;
    let op = t
        .order(
            "ana",
            &format!("limit #{case} --reason spam --tell \"Please stop.\""),
        )
        .await;
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    let strikes = t.sim.strikes();
    assert_eq!(strikes[0].by, "ana");
    assert_eq!(strikes[0].text, "Please stop.");
    assert_eq!(t.sim.mails().len(), 1);
}

#[tokio::test]
async fn an_undo_lifts_what_was_done_and_reopens_what_it_closed() {
    let t = Bench::new().await;
    let case = t.reported("spammer@far.example").await;
    let op = t.order("bo", &format!("limit #{case} --reason spam")).await;
    t.work().await;
    assert!(t.sim.account("spammer@far.example").unwrap().limited);
    let undo = t
        .order("bo", &format!("undo {op} --reason \"wrong account\""))
        .await;
    t.work().await;
    let undone = t.operation(undo).await;
    assert_eq!(undone.outcome, Some(Outcome::Applied), "{undone:?}");
    assert!(!t.sim.account("spammer@far.example").unwrap().limited);
    assert!(
        t.sim
            .reports()
            .iter()
            .all(|report| report.resolved_at.is_none())
    );
    assert_eq!(t.operation(op).await.undone_by, Some(undo));
    assert_ne!(t.view(case).await.case.state, CaseState::Resolved);
}

#[tokio::test]
async fn invariant_05_what_is_so_already_is_not_sent() {
    let t = Bench::new().await;
    let case = t.reported("spammer@far.example").await;
    let op = t.order("bo", &format!("limit #{case} --reason spam")).await;
    t.sim.staff("ana").act("spammer@far.example", Action::Limit);
    t.work().await;
    let operation = t.operation(op).await;
    assert_eq!(operation.outcome, Some(Outcome::AlreadySo));
    assert_eq!(operation.inverse, None);
    assert_eq!(t.changes(), [""; 0]);
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn invariant_06_the_right_is_checked_again_with_what_is_read_before_the_call() {
    let t = Bench::new().await;
    let case = t.reported("newcomer").await;
    let op = t
        .order("bo", &format!("suspend #{case} --reason spam"))
        .await;
    t.sim.set_role("newcomer", Role::Moderator);
    t.work().await;
    let operation = t.operation(op).await;
    let Some(Outcome::Refused { why }) = &operation.outcome else {
        panic!("{operation:?}");
    };
    assert!(why.contains("staff role"), "{why}");
    assert_eq!(t.changes(), [""; 0]);
}

#[tokio::test]
async fn invariant_08_a_dry_run_sends_nothing_and_closes_nothing() {
    let t = Bench::new().await;
    let case = t.reported("spammer@far.example").await;
    let op = t
        .order("bo", &format!("suspend #{case} --reason spam"))
        .await;
    t.desk
        .on_host(&HostCommand::DryRun { on: true })
        .await
        .unwrap()
        .unwrap();
    t.work().await;
    let operation = t.operation(op).await;
    assert_eq!(operation.outcome, Some(Outcome::DryRun));
    assert_eq!(operation.inverse, None);
    assert_eq!(t.changes(), [""; 0]);
    assert_ne!(t.view(case).await.case.state, CaseState::Resolved);
    // Neither fingerprint nor anything else is used up.
    t.desk
        .on_host(&HostCommand::DryRun { on: false })
        .await
        .unwrap()
        .unwrap();
    let op = t
        .order("bo", &format!("suspend #{case} --reason spam"))
        .await;
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
}

#[tokio::test]
async fn invariant_09_a_stop_lets_nothing_through_until_it_is_lifted() {
    let t = Bench::new().await;
    let case = t.reported("spammer@far.example").await;
    let op = t
        .order("bo", &format!("suspend #{case} --reason spam"))
        .await;
    let stop = HostCommand::Stop(Stop::Set(StopScope::All));
    t.desk.on_host(&stop).await.unwrap().unwrap();
    t.work().await;
    assert_eq!(t.operation(op).await.state, OperationState::Ready);
    t.pass(1);
    t.work().await;
    assert_eq!(t.changes(), [""; 0]);
    let reset = HostCommand::Stop(Stop::Reset(StopScope::All));
    t.desk.on_host(&reset).await.unwrap().unwrap();
    t.pass(1);
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.strikes().len(), 1);
}

#[tokio::test]
async fn an_account_known_by_handle_alone_is_looked_up_first() {
    let t = Bench::new().await;
    t.sim.add_account("quiet@far.example").create();
    let op = t
        .order("bo", "limit @quiet@far.example --reason spam")
        .await;
    let nobody = t
        .order("bo", "limit @nobody@far.example --reason spam")
        .await;
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert!(t.sim.account("quiet@far.example").unwrap().limited);
    let Some(Outcome::Refused { why }) = t.operation(nobody).await.outcome else {
        panic!("not refused");
    };
    assert!(why.contains("@nobody@far.example"), "{why}");
}

#[tokio::test]
async fn invariant_16_a_domain_block_says_only_where_to_read_about_it() {
    let t = Bench::new().await;
    let op = t
        .order("bo", "limit-domain bad.example --reason \"so much spam\"")
        .await;
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    let block = &t.sim.domain_blocks()[0];
    assert_eq!(block.severity, Severity::Silence);
    assert_eq!(
        block.private_comment.as_deref(),
        Some(format!("Wardroom {op}").as_str())
    );
    assert_eq!(block.public_comment, None);
}

#[tokio::test]
async fn the_undo_of_a_changed_domain_block_brings_the_old_one_back() {
    let t = Bench::new().await;
    t.sim.add_domain_block("bad.example", Severity::Silence);
    let op = t
        .order("bo", "suspend-domain bad.example --reason spam")
        .await;
    t.work().await;
    assert_eq!(t.operation(op).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.domain_blocks()[0].severity, Severity::Suspend);
    let undo = t.order("bo", &format!("undo {op} --reason mistake")).await;
    t.work().await;
    assert_eq!(t.operation(undo).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.sim.domain_blocks()[0].severity, Severity::Silence);
}

#[tokio::test]
async fn sign_ups_are_approved_and_rejected() {
    let t = Bench::new().await;
    t.sim.sign_up("welcome").submit();
    t.sim.sign_up("bot12345").submit();
    t.hear().await;
    let yes = t.order("bo", "approve #1 --reason fine").await;
    let no = t.order("bo", "reject #2 --reason bot").await;
    t.work().await;
    assert_eq!(t.operation(yes).await.outcome, Some(Outcome::Applied));
    assert_eq!(t.operation(no).await.outcome, Some(Outcome::Applied));
    assert!(!t.sim.account("welcome").unwrap().pending());
    assert!(t.sim.account("bot12345").is_none());
    for case in [1, 2] {
        assert_eq!(
            t.view(case).await.case.state,
            CaseState::Resolved,
            "#{case}"
        );
    }
}
