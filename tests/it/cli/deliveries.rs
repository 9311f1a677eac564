//! `wardroom deliveries`: what waits for a person can be seen and given back.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use wardroom::clock::{Clock as _, SystemClock};
use wardroom::db::deliveries::{Added, DeliveryState, NewDelivery};
use wardroom::db::{Db, DbError};
use wardroom::domain::DeliveryId;

use super::Host;

fn at() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

/// Stores a delivery and leaves it in `state`.
async fn delivery(db: &Db, key: &str, state: DeliveryState) -> DeliveryId {
    let new = &NewDelivery {
        source: "mastodon".to_owned(),
        dedupe_key: key.to_owned(),
        event_name: Some("report.\u{1b}[31mmangled".to_owned()),
        body: br#"{"event":"report.mangled","object":{"id":"7"}}"#.to_vec(),
        received_at: at(),
    };
    db.write(|mut tx| async move {
        let Added::New(id) = tx.add_delivery(new).await? else {
            panic!("stored twice")
        };
        let later = at() + TimeDelta::minutes(1);
        let taken = tx
            .claim_delivery("test", later, TimeDelta::minutes(1))
            .await?
            .unwrap();
        assert_eq!(taken.id, id);
        let error = Some("object.id is missing");
        tx.finish_delivery(id, taken.fence, state, error, Some(later))
            .await?;
        Ok::<_, DbError>((tx, id))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn quarantined_deliveries_are_listed_shown_and_retried() {
    let host = Host::new();
    let db = host.open().await;
    let quarantined = delivery(&db, "a", DeliveryState::Quarantined).await;
    let handled = delivery(&db, "b", DeliveryState::Handled).await;

    let list = host
        .run(&["deliveries", "list", "--state", "quarantined"])
        .done();
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(list.contains("1 tries: object.id is missing"), "{list}");
    assert!(
        !list.contains('\u{1b}'),
        "an escape sequence got through: {list:?}"
    );

    let shown = host
        .run(&["deliveries", "show", &quarantined.to_string()])
        .done();
    assert!(shown.contains("\"id\": \"7\""), "{shown}");
    let shown = host
        .run(&["deliveries", "show", &handled.to_string()])
        .done();
    assert!(shown.contains("not held any more"), "{shown}");

    host.run(&["deliveries", "retry", &quarantined.to_string()])
        .done();
    let rows = host.run(&["deliveries", "list", "--json"]).done();
    let rows: Vec<Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[0]["state"], "handled");
    assert_eq!(rows[1]["state"], "new");
    assert_eq!(rows[1]["attempts"], 0);

    let entry = host.run(&["audit", "list"]).done();
    assert!(
        entry.contains("host") && entry.contains("delivery.retried"),
        "{entry}"
    );

    let due = db
        .write(|mut tx| async move {
            let now = SystemClock.now();
            let due = tx
                .claim_delivery("test", now, TimeDelta::minutes(1))
                .await?;
            Ok::<_, DbError>((tx, due))
        })
        .await
        .unwrap();
    assert_eq!(due.unwrap().id, quarantined);
}

#[tokio::test]
async fn what_cannot_be_retried_is_refused() {
    let host = Host::new();
    let db = host.open().await;
    let handled = delivery(&db, "a", DeliveryState::Handled).await;
    let said = host
        .run(&["deliveries", "retry", &handled.to_string()])
        .bad();
    assert!(said.contains("neither quarantined nor failed"), "{said}");
    let said = host.run(&["deliveries", "show", "99"]).bad();
    assert!(said.contains("there is no delivery 99"), "{said}");
    let said = host.run(&["deliveries", "retry", "--all"]).done();
    assert!(said.contains("No delivery"), "{said}");
    delivery(&db, "b", DeliveryState::Failed).await;
    let said = host.run(&["deliveries", "retry", "--all"]).done();
    assert!(said.starts_with("1 delivery is taken up again"), "{said}");
}
