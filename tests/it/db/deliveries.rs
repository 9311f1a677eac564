//! Deliveries: stored once, taken by one worker at a time, oldest first.

use wardroom::db::deliveries::{Added, DeliveryState};
use wardroom::domain::DeliveryId;

use super::sample::delivery;
use super::{MINUTE, TestDb, at, db_tests, read, tx};

async fn add(t: &TestDb, key: &str) -> DeliveryId {
    match tx!(t.add_delivery(&delivery(key))) {
        Added::New(id) => id,
        Added::Duplicate => panic!("{key} was there already"),
    }
}

async fn a_delivery_is_read_as_it_was_stored(t: &TestDb) {
    let id = add(t, "a").await;
    let stored = read!(t.delivery(id)).unwrap();
    let new = delivery("a");
    assert_eq!(stored.id, id);
    assert_eq!(stored.source, new.source);
    assert_eq!(stored.dedupe_key, new.dedupe_key);
    assert_eq!(stored.event_name, new.event_name);
    assert_eq!(stored.body, new.body);
    assert_eq!(stored.received_at, new.received_at);
    assert_eq!(stored.due_at, new.received_at);
    assert_eq!(stored.state, DeliveryState::New);
    assert_eq!((stored.attempts, stored.fence, stored.error), (0, 0, None));
    assert_eq!(read!(t.delivery(DeliveryId(id.0 + 1))), None);
}

async fn the_same_key_is_stored_once(t: &TestDb) {
    add(t, "a").await;
    assert_eq!(tx!(t.add_delivery(&delivery("a"))), Added::Duplicate);
    assert_eq!(read!(t.delivery_counts()), [(DeliveryState::New, 1)]);
}

async fn the_longest_due_is_claimed_first_and_once(t: &TestDb) {
    let first = add(t, "a").await;
    let second = add(t, "b").await;
    assert_eq!(tx!(t.claim_delivery("w", at(-1), MINUTE)), None);
    let claimed = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap();
    assert_eq!((claimed.id, claimed.fence, claimed.attempts), (first, 1, 1));
    let claimed = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap();
    assert_eq!(claimed.id, second);
    assert_eq!(tx!(t.claim_delivery("w", at(59), MINUTE)), None);
    let again = tx!(t.claim_delivery("x", at(60), MINUTE)).unwrap();
    assert_eq!((again.id, again.fence, again.attempts), (first, 2, 2));
}

async fn only_the_last_claimant_writes_back(t: &TestDb) {
    let id = add(t, "a").await;
    let lost = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap();
    let held = tx!(t.claim_delivery("x", at(60), MINUTE)).unwrap();
    let failed = DeliveryState::Failed;
    assert!(!tx!(t.finish_delivery(
        id,
        lost.fence,
        failed,
        Some("late"),
        None
    )));
    assert!(tx!(t.finish_delivery(
        id,
        held.fence,
        DeliveryState::New,
        Some("why"),
        Some(at(90))
    )));
    let stored = read!(t.delivery(id)).unwrap();
    assert_eq!(stored.error.as_deref(), Some("why"));
    assert_eq!(stored.due_at, at(90));
    assert_eq!(tx!(t.claim_delivery("x", at(89), MINUTE)), None);
    assert!(tx!(t.claim_delivery("x", at(90), MINUTE)).is_some());
}

async fn a_handled_delivery_keeps_no_body(t: &TestDb) {
    let id = add(t, "a").await;
    let fence = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap().fence;
    assert!(tx!(t.finish_delivery(
        id,
        fence,
        DeliveryState::Handled,
        None,
        None
    )));
    let stored = read!(t.delivery(id)).unwrap();
    assert_eq!(
        (stored.state, stored.body),
        (DeliveryState::Handled, vec![])
    );
    assert_eq!(stored.due_at, at(0));
    assert_eq!(tx!(t.add_delivery(&delivery("a"))), Added::Duplicate);
}

async fn what_is_kept_for_a_person_can_be_tried_again(t: &TestDb) {
    let id = add(t, "a").await;
    assert!(!tx!(t.retry_delivery(id, at(5))));
    let fence = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap().fence;
    let quarantined = DeliveryState::Quarantined;
    assert!(tx!(t.finish_delivery(
        id,
        fence,
        quarantined,
        Some("$.object.id"),
        None
    )));
    assert_eq!(tx!(t.claim_delivery("w", at(500), MINUTE)), None);
    assert_eq!(read!(t.deliveries(Some(quarantined), 9))[0].id, id);
    assert!(tx!(t.retry_delivery(id, at(5))));
    assert!(!tx!(t.finish_delivery(
        id,
        fence,
        DeliveryState::Handled,
        None,
        None
    )));
    let claimed = tx!(t.claim_delivery("w", at(5), MINUTE)).unwrap();
    assert_eq!((claimed.attempts, claimed.body), (1, delivery("a").body));
    assert_eq!(claimed.error, None);
}

async fn a_body_is_replaced_by_the_last_claimant_only(t: &TestDb) {
    let id = add(t, "a").await;
    let fence = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap().fence;
    assert!(!tx!(t.replace_delivery_body(id, fence - 1, b"late")));
    assert!(tx!(t.replace_delivery_body(id, fence, b"less")));
    assert_eq!(read!(t.delivery(id)).unwrap().body, b"less");
}

async fn lists_show_the_newest_first(t: &TestDb) {
    let ids = [add(t, "a").await, add(t, "b").await, add(t, "c").await];
    let listed: Vec<_> = read!(t.deliveries(None, 2))
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(listed, [ids[2], ids[1]]);
    assert_eq!(read!(t.deliveries(Some(DeliveryState::Failed), 9)), []);
}

async fn the_last_arrival_is_known_by_source(t: &TestDb) {
    assert_eq!(read!(t.last_delivery_at("mastodon")), None);
    add(t, "a").await;
    let later = wardroom::db::deliveries::NewDelivery {
        received_at: at(7),
        ..delivery("b")
    };
    tx!(t.add_delivery(&later));
    assert_eq!(read!(t.last_delivery_at("mastodon")), Some(at(7)));
    assert_eq!(read!(t.last_delivery_at("hits")), None);
}

async fn only_old_handled_ones_are_forgotten(t: &TestDb) {
    for key in ["a", "b", "c"] {
        add(t, key).await;
    }
    for _ in 0..2 {
        let claimed = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap();
        tx!(t.finish_delivery(
            claimed.id,
            claimed.fence,
            DeliveryState::Handled,
            None,
            None
        ));
    }
    assert_eq!(tx!(t.prune_deliveries(at(0), 9)), 0);
    assert_eq!(tx!(t.prune_deliveries(at(1), 1)), 1);
    assert_eq!(tx!(t.prune_deliveries(at(1), 9)), 1);
    assert_eq!(read!(t.delivery_counts()), [(DeliveryState::New, 1)]);
}

db_tests!(
    a_delivery_is_read_as_it_was_stored,
    the_same_key_is_stored_once,
    the_longest_due_is_claimed_first_and_once,
    only_the_last_claimant_writes_back,
    a_handled_delivery_keeps_no_body,
    what_is_kept_for_a_person_can_be_tried_again,
    lists_show_the_newest_first,
    the_last_arrival_is_known_by_source,
    a_body_is_replaced_by_the_last_claimant_only,
    only_old_handled_ones_are_forgotten,
);
