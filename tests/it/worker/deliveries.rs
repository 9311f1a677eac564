//! Deliveries: handled once, kept without personal data when nobody understands them, and never in
//! each other's way.

use wardroom::db::DbError;
use wardroom::db::deliveries::{Delivery, DeliveryRow, DeliveryState};
use wardroom::domain::DeliveryId;
use wardroom::worker::{Tick, Worker};

use super::bench::Bench;

async fn rows(t: &Bench) -> Vec<DeliveryRow> {
    t.desk
        .db()
        .read(|mut tx| async move {
            let rows = tx.deliveries(None, 100).await?;
            Ok::<_, DbError>((tx, rows))
        })
        .await
        .unwrap()
}

async fn delivery(t: &Bench, id: DeliveryId) -> Delivery {
    t.desk
        .db()
        .read(|mut tx| async move {
            let delivery = tx.delivery(id).await?;
            Ok::<_, DbError>((tx, delivery))
        })
        .await
        .unwrap()
        .expect("the delivery")
}

#[tokio::test]
async fn a_webhook_opens_a_case_and_its_body_is_forgotten() {
    let t = Bench::new().await;
    assert_eq!(t.reported("spammer").await, 1);
    for row in rows(&t).await {
        assert_eq!(row.state, DeliveryState::Handled);
        assert!(delivery(&t, row.id).await.body.is_empty());
    }
}

#[tokio::test]
async fn invariant_10_what_is_quarantined_keeps_no_personal_data() {
    let t = Bench::new().await;
    let body = br#"{"event":"report.shiny","created_at":"2026-11-01T08:00:00.000Z",
        "object":{"id":"1","target_account":{"id":"2","email":"me@home.example","ip":"198.51.100.7"}}}"#;
    t.store(body).await;
    assert_eq!(t.reported("spammer").await, 1);
    let quarantined = rows(&t)
        .await
        .into_iter()
        .find(|row| row.state == DeliveryState::Quarantined);
    let row = quarantined.expect("one in quarantine");
    assert!(row.error.unwrap().contains("report.shiny"));
    let kept = String::from_utf8(delivery(&t, row.id).await.body).unwrap();
    assert!(kept.contains("report.shiny"), "{kept}");
    assert!(
        !kept.contains("home.example") && !kept.contains("198.51"),
        "{kept}"
    );
}

#[tokio::test]
async fn what_kills_the_process_each_time_is_given_up_and_does_not_block_others() {
    let t = Bench::new().await;
    t.sim.report("spammer").by("alice").file();
    let poison = t.sim.take_webhooks();
    for webhook in &poison {
        t.store(&webhook.body).await;
    }
    let count = i64::try_from(poison.len()).unwrap();
    for _ in 0..8 {
        // Taken up, and the process ends.
        for _ in 0..count {
            let now = t.sim.now();
            t.desk
                .db()
                .write(|mut tx| async move {
                    let lease = chrono::TimeDelta::minutes(1);
                    assert!(tx.claim_delivery("doomed", now, lease).await?.is_some());
                    Ok::<_, DbError>((tx, ()))
                })
                .await
                .unwrap();
        }
        assert_eq!(t.deliveries.tick().await.unwrap(), Tick::Idle);
        t.pass(61);
    }
    assert_eq!(t.reported("other").await, 1);
    let failed = rows(&t)
        .await
        .iter()
        .filter(|row| row.state == DeliveryState::Failed)
        .count();
    assert_eq!(i64::try_from(failed).unwrap(), count);
}
