//! Operations and their steps: one per fingerprint, one worker at a time, and the desk's last word
//! before anything is sent.

use wardroom::db::operations::{AddedOperation, OperationChange};
use wardroom::domain::operation::{Step, StepAnswer};
use wardroom::domain::{AccountId, Operation, OperationId, OperationState, Outcome, Target};

use super::sample::{bo, case, done, suspend};
use super::{MINUTE, TestDb, at, db_tests, read, tx};

async fn add(t: &TestDb, new: &Operation) -> OperationId {
    match tx!(t.add_operation(new)) {
        AddedOperation::New(id) => id,
        AddedOperation::Taken(id) => panic!("{id} is the same"),
    }
}

async fn claim(t: &TestDb, seconds: i64) -> Option<Operation> {
    tx!(t.claim_operation("w", at(seconds), MINUTE))
}

async fn an_operation_is_read_as_it_was_stored(t: &TestDb) {
    let case = tx!(t.add_case(&case("1")));
    let batch = add(t, &suspend("0")).await;
    let new = Operation {
        case_id: Some(case),
        batch: Some(batch),
        undone_by: Some(batch),
        ..done(suspend("1"))
    };
    let id = add(t, &new).await;
    assert_eq!(read!(t.operation(id)), Some(Operation { id, ..new }));
    assert_eq!(read!(t.operation(OperationId(id.0 + 1))), None);
}

async fn of_two_equal_unfinished_operations_one_is_stored(t: &TestDb) {
    let id = add(t, &suspend("1")).await;
    assert_eq!(
        tx!(t.add_operation(&suspend("1"))),
        AddedOperation::Taken(id)
    );
    add(t, &suspend("2")).await;
    let mut held = claim(t, 0).await.unwrap();
    held.state = OperationState::Unsettled;
    assert!(tx!(t.save_operation(&held)));
    assert_eq!(
        tx!(t.add_operation(&suspend("1"))),
        AddedOperation::Taken(id)
    );
    held.state = OperationState::Done;
    assert!(tx!(t.save_operation(&held)));
    assert_ne!(add(t, &suspend("1")).await, id);
}

async fn a_dry_run_takes_no_fingerprint(t: &TestDb) {
    let dry = Operation {
        dry_run: true,
        ..suspend("1")
    };
    add(t, &dry).await;
    add(t, &dry).await;
    add(t, &suspend("1")).await;
}

async fn operations_are_listed(t: &TestDb) {
    let case = tx!(t.add_case(&case("1")));
    let of_case = |new: Operation| Operation {
        case_id: Some(case),
        ..new
    };
    let first = add(t, &of_case(suspend("1"))).await;
    let second = Operation {
        batch: Some(first),
        ..of_case(suspend("2"))
    };
    let second = add(t, &second).await;
    let third = add(t, &done(suspend("3"))).await;
    let ids = |found: Vec<Operation>| -> Vec<OperationId> {
        found.into_iter().map(|operation| operation.id).collect()
    };
    assert_eq!(ids(read!(t.operations_of_case(case))), [first, second]);
    let on = |account: &str| Target::Account(AccountId::from(account));
    assert_eq!(ids(read!(t.operations_without_case(&on("3"), 9))), [third]);
    assert_eq!(ids(read!(t.operations_without_case(&on("3"), 0))), []);
    assert_eq!(ids(read!(t.operations_without_case(&on("2"), 9))), []);
    assert_eq!(ids(read!(t.operations_of_batch(first))), [first, second]);
    tx!(t.lead_batch(first));
    assert_eq!(ids(read!(t.operations_of_batch(first))), [first, second]);
    assert_eq!(read!(t.operation(first)).unwrap().batch, Some(first));
    assert_eq!(ids(read!(t.unfinished_operations(9))), [first, second]);
    assert_eq!(ids(read!(t.unfinished_operations(1))), [first]);
    assert_eq!(ids(read!(t.recent_operations(2))), [third, second]);
}

async fn what_is_due_is_claimed_in_order(t: &TestDb) {
    use OperationState::{Checking, Done, Ready, Sending, Unsettled, Waiting};
    for (account, state, due) in [
        ("1", Waiting, 0),
        ("2", Ready, 9),
        ("3", Checking, 5),
        ("4", Sending, 6),
        ("5", Unsettled, 0),
        ("6", Done, 0),
    ] {
        let new = Operation {
            state,
            due_at: at(due),
            ..suspend(account)
        };
        add(t, &new).await;
    }
    let mut order = Vec::new();
    while let Some(operation) = claim(t, 9).await {
        assert_eq!(operation.fence, 1);
        order.push(operation.state);
    }
    assert_eq!(order, [Checking, Sending, Ready]);
    assert_eq!(claim(t, 68).await, None);
    assert_eq!(claim(t, 69).await.unwrap().fence, 2);
}

async fn a_hold_has_to_end_first(t: &TestDb) {
    let held = Operation {
        state: OperationState::Held,
        hold_until: Some(at(30)),
        ..suspend("1")
    };
    add(t, &held).await;
    assert_eq!(claim(t, 29).await, None);
    assert!(claim(t, 30).await.is_some());
}

async fn only_the_holder_of_the_fence_writes(t: &TestDb) {
    let id = add(t, &suspend("1")).await;
    let lost = claim(t, 0).await.unwrap();
    assert!(tx!(t.extend_operation_lease(id, lost.fence, at(90))));
    assert_eq!(claim(t, 89).await, None);
    let held = claim(t, 90).await.unwrap();
    assert!(!tx!(t.save_operation(&lost)));
    assert!(!tx!(t.extend_operation_lease(id, lost.fence, at(900))));
    let saved = Operation {
        undone_by: Some(id),
        batch: Some(id),
        ..done(held)
    };
    assert!(tx!(t.save_operation(&saved)));
    assert_eq!(read!(t.operation(id)), Some(saved));
}

async fn the_lease_lasts_while_it_is_sent_and_no_longer(t: &TestDb) {
    add(t, &suspend("1")).await;
    let mut operation = claim(t, 0).await.unwrap();
    operation.state = OperationState::Sending;
    assert!(tx!(t.save_operation(&operation)));
    assert_eq!(claim(t, 59).await, None);
    operation.state = OperationState::Checking;
    operation.due_at = at(30);
    assert!(tx!(t.save_operation(&operation)));
    assert!(claim(t, 30).await.is_some());
}

async fn the_desk_changes_only_what_was_not_sent(t: &TestDb) {
    use OperationState::{Cancelled, Held, Ready, Sending, Waiting};
    let waiting = Operation {
        state: Waiting,
        ..suspend("1")
    };
    let id = add(t, &waiting).await;
    let seconded = OperationChange {
        seconded_by: Some(bo()),
        hold_until: Some(at(30)),
        due_at: Some(at(30)),
        ..OperationChange::to(Held)
    };
    assert!(!tx!(t.change_operation_before_sending(
        id,
        &[Held, Ready],
        &seconded
    )));
    assert!(!tx!(t.change_operation_before_sending(id, &[], &seconded)));
    assert!(tx!(t.change_operation_before_sending(
        id,
        &[Waiting],
        &seconded
    )));
    let stored = read!(t.operation(id)).unwrap();
    assert_eq!((stored.state, stored.seconded_by), (Held, Some(bo())));
    assert_eq!((stored.hold_until, stored.due_at), (Some(at(30)), at(30)));

    // A worker took it, but has not said that it is sending: the desk is faster.
    let mut taken = claim(t, 30).await.unwrap();
    let outcome = Outcome::Cancelled { by: bo() };
    let cancelled = OperationChange {
        outcome: Some(outcome.clone()),
        done_at: Some(at(31)),
        ..OperationChange::to(Cancelled)
    };
    let open = [Waiting, Held, Ready];
    assert!(tx!(t.change_operation_before_sending(id, &open, &cancelled)));
    taken.state = Sending;
    assert!(!tx!(t.save_operation(&taken)));
    let stored = read!(t.operation(id)).unwrap();
    assert_eq!((stored.state, stored.outcome), (Cancelled, Some(outcome)));
    assert_eq!(
        (stored.done_at, stored.seconded_by),
        (Some(at(31)), Some(bo()))
    );
    assert!(!tx!(
        t.change_operation_before_sending(id, &open, &cancelled)
    ));
}

async fn steps_are_written_under_the_fence(t: &TestDb) {
    let id = add(t, &suspend("1")).await;
    let operation = claim(t, 0).await.unwrap();
    let sent = Step {
        n: 1,
        call: operation.request.calls[0].clone(),
        sent_at: Some(at(1)),
        answer: None,
    };
    let first = Step {
        n: 0,
        ..sent.clone()
    };
    assert!(tx!(t.save_step(id, &sent, operation.fence)));
    assert!(tx!(t.save_step(id, &first, operation.fence)));
    let answered = Step {
        answer: Some(StepAnswer::Unanswered { reads: 2 }),
        ..sent.clone()
    };
    assert!(tx!(t.save_step(id, &answered, operation.fence)));
    claim(t, 60).await.unwrap();
    assert!(!tx!(t.save_step(id, &sent, operation.fence)));
    assert_eq!(read!(t.steps(id)), [first, answered]);
}

async fn timed_operations_end_once(t: &TestDb) {
    let later = Operation {
        ends_at: Some(at(95)),
        ..done(suspend("1"))
    };
    let (later, id) = (add(t, &later).await, add(t, &done(suspend("2"))).await);
    add(t, &suspend("3")).await;
    let undone = Operation {
        undone_by: Some(id),
        ..done(suspend("4"))
    };
    add(t, &undone).await;
    assert_eq!(read!(t.timed_operations_due(at(91), 9)), []);
    let due = read!(t.timed_operations_due(at(95), 9));
    assert_eq!(
        due.iter().map(|due| due.id).collect::<Vec<_>>(),
        [id, later]
    );
    assert!(tx!(t.mark_time_is_up(id)));
    assert!(!tx!(t.mark_time_is_up(id)));
    assert_eq!(read!(t.timed_operations_due(at(95), 9))[0].id, later);
}

async fn what_waits_too_long_is_found(t: &TestDb) {
    use OperationState::{Checking, Done, Held, Ready, Sending, Unsettled, Waiting};
    let mut ids = Vec::new();
    for (n, state) in [Waiting, Held, Ready, Sending, Checking, Unsettled, Done]
        .into_iter()
        .enumerate()
    {
        let new = Operation {
            state,
            ..suspend(&n.to_string())
        };
        ids.push(add(t, &new).await);
    }
    assert_eq!(read!(t.waiting_to_expire(at(-1), 9)), []);
    assert_eq!(read!(t.waiting_to_expire(at(0), 9)), ids[..3]);
    assert_eq!(read!(t.waiting_to_expire(at(0), 2)), ids[..2]);
}

db_tests!(
    an_operation_is_read_as_it_was_stored,
    of_two_equal_unfinished_operations_one_is_stored,
    a_dry_run_takes_no_fingerprint,
    operations_are_listed,
    what_is_due_is_claimed_in_order,
    a_hold_has_to_end_first,
    only_the_holder_of_the_fence_writes,
    the_lease_lasts_while_it_is_sent_and_no_longer,
    the_desk_changes_only_what_was_not_sent,
    steps_are_written_under_the_fence,
    timed_operations_end_once,
    what_waits_too_long_is_found,
);
