//! Commands that change the server, up to their stored operation and from their outcome on.

use chrono::TimeDelta;
use wardroom::desk::{AnswerKind, Inbound, Reply};
use wardroom::domain::account::AccountAction;
use wardroom::domain::case::How;
use wardroom::domain::operation::{Inverse, OperationState, Outcome, ServerCall, Verb};
use wardroom::domain::{CaseState, Fact, OperationId};

use super::bench::{Bench, account, applicant, report, resolved, staff};

async fn one_case() -> Bench {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    t
}

#[tokio::test]
async fn a_strong_command_needs_a_reason_and_a_confirmation_and_is_held() {
    let t = one_case().await;
    let answer = t.say("bo", "suspend #1").await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(answer.text.contains("--reason"), "{}", answer.text);
    let asked = t.say("bo", "suspend #1 --reason spam").await;
    assert_eq!(asked.kind, AnswerKind::Confirm);
    for part in [
        "Suspend @spam@far.example (remote, 21 days old, 1 open report)?",
        "They will not be told.",
        "held for 30 s",
    ] {
        assert!(asked.text.contains(part), "{part}: {}", asked.text);
    }
    let done = t
        .say("bo", &format!("confirm {}", asked.confirm_token.unwrap()))
        .await;
    assert_eq!(done.kind, AnswerKind::Accepted, "{}", done.text);
    let operation = t.operation(done.operation.unwrap()).await;
    assert_eq!(operation.state, OperationState::Held);
    assert_eq!(operation.hold_until, Some(t.now() + TimeDelta::seconds(30)));
    assert_eq!(
        t.case(1).await.claimed_by,
        Some("bo".into()),
        "any action claims the case"
    );
    let answer = t.say("bo", "cancel op-1").await;
    assert_eq!(answer.kind, AnswerKind::Done, "{}", answer.text);
    assert_eq!(
        t.operation(OperationId(1)).await.state,
        OperationState::Cancelled
    );
}

#[tokio::test]
async fn tokens_are_for_their_asker_once_and_for_a_while() {
    let t = one_case().await;
    let ask = async || {
        t.say("bo", "limit #1 --reason spam")
            .await
            .confirm_token
            .unwrap()
    };
    let token = ask().await;
    let stolen = t.say("dan", &format!("confirm {token}")).await;
    assert_eq!(stolen.kind, AnswerKind::Refused);
    assert_eq!(
        t.say("bo", &format!("confirm {token}")).await.kind,
        AnswerKind::Accepted
    );
    let again = t.say("bo", &format!("confirm {token}")).await;
    assert!(again.text.contains("answered already"), "{}", again.text);
    let token = ask().await;
    t.pass(TimeDelta::hours(1));
    let late = t.say("bo", &format!("confirm {token}")).await;
    assert!(late.text.contains("too old"), "{}", late.text);
    let token = t
        .say("dan", "warn #1 --reason x --take-over")
        .await
        .confirm_token
        .unwrap();
    assert!(
        t.say("dan", &format!("cancel {token}"))
            .await
            .text
            .contains("Nothing was done")
    );
}

#[tokio::test]
async fn invariant_05_two_people_store_one_operation() {
    let t = one_case().await;
    let first = t.confirm("bo", "suspend #1 --reason spam").await;
    let second = t.confirm("dan", "suspend #1 --reason spam").await;
    assert_eq!(second.kind, AnswerKind::Refused);
    assert!(
        second.text.contains("op-1 is about to do that already"),
        "{}",
        second.text
    );
    assert_eq!(first.operation, Some(OperationId(1)));
}

#[tokio::test]
async fn an_action_that_took_effect_settles_its_case_and_can_be_taken_back() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    let id = t
        .confirm("bo", "limit #1 --reason spam --tell spam")
        .await
        .operation
        .unwrap();
    let operation = t.operation(id).await;
    let ServerCall::Act { tell, .. } = &operation.request.calls[0] else {
        panic!()
    };
    assert_eq!(
        tell.as_deref(),
        Some("Your account was acted on for spam."),
        "the preset's text"
    );
    let inverse = Inverse {
        verb: Verb::Unlimit,
        calls: vec![ServerCall::Lift {
            account: operation_account(&operation.request.calls[0]),
            action: AccountAction::Limit,
        }],
        stays: vec!["the strike".to_owned()],
    };
    set_inverse(&t, id, inverse).await;
    t.carry_out(id, Outcome::Applied, &[resolved(&first, 5)])
        .await;
    let case = t.case(1).await;
    assert_eq!(case.state, CaseState::Resolved);
    assert_eq!(
        case.resolution.unwrap().how,
        How::Action { verb: Verb::Limit }
    );
    let undone = t.say("dan", "undo op-1").await;
    assert_eq!(undone.kind, AnswerKind::Accepted, "{}", undone.text);
    for part in [
        "limit of @spam@far.example by bo",
        "opens report:1 again",
        "the strike",
    ] {
        assert!(undone.text.contains(part), "{part}: {}", undone.text);
    }
    let undo = t.operation(undone.operation.unwrap()).await;
    assert_eq!(
        undo.request.calls.len(),
        2,
        "lift, and reopen what it closed"
    );
    t.pass(TimeDelta::seconds(5));
    let mut open = first;
    open.updated_at = t.now();
    t.carry_out(undo.id, Outcome::Applied, &[open]).await;
    assert_eq!(t.case(1).await.state, CaseState::Open);
    assert_eq!(t.operation(id).await.undone_by, Some(undo.id));
    assert!(
        t.say("dan", "undo op-1")
            .await
            .text
            .contains("taken back by op-2 already")
    );
}

fn operation_account(call: &ServerCall) -> wardroom::domain::operation::AccountRef {
    match call {
        ServerCall::Act { account, .. } => account.clone(),
        other => panic!("{other:?}"),
    }
}

/// The operation worker stores the inverse before it sends anything.
async fn set_inverse(t: &Bench, id: OperationId, inverse: Inverse) {
    let mut operation = t.operation(id).await;
    operation.inverse = Some(inverse);
    let operation = &operation;
    let written = t
        .desk
        .db()
        .write(|mut tx| async move {
            let written = tx.save_operation(operation).await?;
            Ok::<_, wardroom::db::DbError>((tx, written))
        })
        .await;
    assert!(written.unwrap());
}

#[tokio::test]
async fn invariant_07_closing_closes_what_was_seen_and_names_what_was_not() {
    let t = Bench::new().await;
    let first = report(1, account("5", "spam@far.example"));
    let second = report(2, account("5", "spam@far.example"));
    t.reported(first.clone()).await;
    let seen = t.seen(1).await;
    t.reported(second.clone()).await;
    let closed = t.press_on("bo", seen.clone(), "1.resolve").await;
    let operation = t.operation(closed.operation.unwrap()).await;
    assert_eq!(
        operation.request.calls,
        [ServerCall::Resolve { report: "1".into() }]
    );
    t.carry_out(operation.id, Outcome::Applied, &[resolved(&first, 5)])
        .await;
    assert_eq!(
        t.case(1).await.state,
        CaseState::Claimed,
        "report 2 is still open"
    );

    let id = t
        .confirm("bo", "limit #1 --reason spam")
        .await
        .operation
        .unwrap();
    t.reported(report(3, account("5", "spam@far.example")))
        .await;
    let third = resolved(&report(3, account("5", "spam@far.example")), 9);
    t.carry_out(id, Outcome::Applied, &[resolved(&second, 9), third])
        .await;
    let view = t.view(1).await;
    let also = view
        .timeline
        .iter()
        .rev()
        .find_map(|entry| match &entry.fact {
            Fact::Ended { also_closed, .. } => Some(also_closed.clone()),
            _ => None,
        });
    assert_eq!(also.unwrap(), ["3".into()]);
}

#[tokio::test]
async fn a_press_on_a_card_that_changed_is_refused() {
    let t = one_case().await;
    let seen = t.seen(1).await;
    t.say("dan", "claim #1").await;
    let answer = t.press_on("bo", seen, "1.resolve").await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(answer.text.contains("dan is on it now"), "{}", answer.text);
}

#[tokio::test]
async fn a_button_offers_reasons_and_the_reason_press_confirms() {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "local"))).await;
    let asked = t.press("bo", 1, "1.suspend").await;
    assert_eq!(asked.kind, AnswerKind::Confirm);
    let labels: Vec<&str> = asked
        .buttons
        .iter()
        .map(|button| button.label.as_str())
        .collect();
    assert_eq!(labels, ["Spam", "Harassment", "Other…"]);
    assert!(
        t.view(1).await.operations.is_empty(),
        "asking writes nothing"
    );
    let done = t.press("bo", 1, &asked.buttons[0].key).await;
    assert_eq!(done.kind, AnswerKind::Accepted, "{}", done.text);
    let operation = t.operation(done.operation.unwrap()).await;
    assert_eq!(operation.request.reason.as_deref(), Some("Spam"));
    let form = Inbound::Press {
        key: asked.buttons[2].key.clone(),
        seen: None,
    };
    let Reply::Form(form) = t.inbound("bo", "form", form).await else {
        panic!()
    };
    assert_eq!(form.title, "Suspend #1");
}

#[tokio::test]
async fn limiting_a_remote_account_by_button_is_one_press() {
    let t = one_case().await;
    let done = t.press("bo", 1, "1.limit").await;
    assert_eq!(done.kind, AnswerKind::Accepted, "{}", done.text);
    let t = Bench::new().await;
    t.reported(report(1, account("5", "local"))).await;
    assert_eq!(t.press("bo", 1, "1.limit").await.kind, AnswerKind::Confirm);
}

#[tokio::test]
async fn protected_targets_and_own_cases_are_refused() {
    let t = Bench::new().await;
    t.reported(report(1, staff("30", "helper"))).await;
    t.reported(report(2, account("31", "pal@friend.example")))
        .await;
    let mut by_ana = report(3, account("32", "troll@far.example"));
    by_ana.reporter = account("7", "ana");
    t.reported(by_ana).await;
    let refused = async |who: &str, text: &str| {
        let answer = t.say(who, text).await;
        assert_eq!(answer.kind, AnswerKind::Refused);
        answer.text
    };
    assert!(
        refused("bo", "limit #1 --reason x")
            .await
            .contains("staff role")
    );
    assert!(
        refused("ana", "limit #2 --reason x")
            .await
            .contains("protected list")
    );
    assert!(
        refused("ana", "limit #3 --reason x")
            .await
            .contains("target or the reporter")
    );
    assert!(
        refused("bo", "freeze #3 --reason x")
            .await
            .contains("cannot be frozen")
    );
    assert!(
        t.audit()
            .await
            .iter()
            .filter(|verb| *verb == "authority.refused")
            .count()
            == 3
    );
}

#[tokio::test]
async fn a_batch_is_one_confirmation_one_hold_and_one_undo() {
    let t = Bench::new().await;
    for n in 1..=3 {
        t.reported(report(
            n,
            account(&format!("{}", 40 + n), &format!("s{n}@far.example")),
        ))
        .await;
    }
    t.reported(report(4, staff("50", "helper"))).await;
    let mut old = account("51", "old@far.example");
    old.created_at = Some(t.now() - TimeDelta::days(900));
    t.reported(report(5, old)).await;
    let asked = t.say("bo", "suspend #1-#5 --reason wave").await;
    for part in [
        "Suspend 3 accounts?",
        "@s2@far.example",
        "Taken out",
        "staff role",
        "older than a year",
    ] {
        assert!(asked.text.contains(part), "{part}: {}", asked.text);
    }
    let done = t
        .say("bo", &format!("confirm {}", asked.confirm_token.unwrap()))
        .await;
    assert!(done.text.contains("op-1, op-2 and op-3"), "{}", done.text);
    for n in 1..=3 {
        assert_eq!(
            t.operation(OperationId(n)).await.batch,
            Some(OperationId(1))
        );
    }
    let cancelled = t.say("bo", "cancel op-1").await;
    assert!(
        cancelled.text.contains("op-1, op-2 and op-3 cancelled"),
        "{}",
        cancelled.text
    );
}

#[tokio::test]
async fn a_sign_up_is_rejected_and_its_case_closes() {
    let t = Bench::new().await;
    t.signed_up(applicant("21", "trains")).await;
    t.pass(TimeDelta::seconds(1));
    let id = t
        .confirm("bo", "reject #1 --reason bot")
        .await
        .operation
        .unwrap();
    t.pass(TimeDelta::seconds(31));
    t.carry_out(id, Outcome::Applied, &[]).await;
    let case = t.case(1).await;
    assert_eq!(
        case.resolution.unwrap().how,
        How::Action { verb: Verb::Reject }
    );
}

#[tokio::test]
async fn what_cannot_be_settled_waits_for_a_person() {
    let t = one_case().await;
    let id = t
        .confirm("bo", "warn #1 --reason spam")
        .await
        .operation
        .unwrap();
    t.carry_out(
        id,
        Outcome::Unsettled {
            why: "no answer.".to_owned(),
        },
        &[],
    )
    .await;
    assert!(
        t.say("ana", "desk")
            .await
            .text
            .contains("op-1: warn @spam@far.example by bo")
    );
    let answer = t.say("bo", "settle op-1 done --reason seen").await;
    assert_eq!(answer.kind, AnswerKind::Refused, "a lead settles");
    let answer = t
        .say("ana", "settle op-1 not-done --reason \"no strike there\"")
        .await;
    assert_eq!(answer.kind, AnswerKind::Done, "{}", answer.text);
    let operation = t.operation(id).await;
    assert_eq!(
        operation.outcome,
        Some(Outcome::Settled {
            by: "ana".into(),
            done: false
        })
    );
    assert!(t.audit().await.contains(&"operation.settled".to_owned()));
}

#[tokio::test]
async fn a_second_person_is_asked_where_the_configuration_says_so() {
    let t = Bench::with("commands = { suspend = { second = true } }").await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    let done = t.confirm("bo", "suspend #1 --reason spam").await;
    assert_eq!(done.kind, AnswerKind::Second, "{}", done.text);
    assert_eq!(
        t.operation(OperationId(1)).await.state,
        OperationState::Waiting
    );
    assert_eq!(t.say("bo", "second op-1").await.kind, AnswerKind::Refused);
    assert_eq!(t.say("dan", "second op-1").await.kind, AnswerKind::Accepted);
    let operation = t.operation(OperationId(1)).await;
    assert_eq!(operation.state, OperationState::Held);
    assert_eq!(operation.seconded_by, Some("dan".into()));
}
