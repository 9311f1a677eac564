//! Turns stored deliveries into events for the desk. One that cannot be handled is tried again
//! later and later, given up after eight tries, and never in the way of others.

use std::sync::Arc;

use anyhow::Context;
use chrono::TimeDelta;

use super::{Tick, Worker};
use crate::db::DbError;
use crate::db::deliveries::{Delivery, DeliveryState};
use crate::desk::{Desk, EventSource};
use crate::domain::ServerEvent;
use crate::mastodon::webhook::{self, Parsed};

/// After this many tries a delivery is left to a person.
const TRIES: i64 = 8;
/// How long a claimed delivery is ours before another process may take it over.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// The source of what Mastodon sent.
const WEBHOOK: &str = "mastodon";
/// The delivery worker.
#[derive(Debug)]
pub struct Deliveries {
    desk: Arc<Desk>,
    name: String,
}

/// What became of a delivery.
struct Fate {
    state: DeliveryState,
    error: Option<String>,
    retry_in: Option<TimeDelta>,
}

impl Deliveries {
    /// A worker that leases as `name`, which no other process may use.
    pub fn new(desk: Arc<Desk>, name: impl Into<String>) -> Self {
        Self {
            desk,
            name: name.into(),
        }
    }

    async fn handle(&self, delivery: &Delivery) -> Fate {
        // Only a crash leaves a delivery behind that was tried so often.
        if delivery.attempts > TRIES {
            let last = delivery
                .error
                .as_deref()
                .unwrap_or("the process ended each time");
            return Fate::ended(DeliveryState::Failed, format!("given up: {last}"));
        }
        let event = match read(delivery) {
            Ok(event) => event,
            Err(why) => return Fate::ended(DeliveryState::Quarantined, why),
        };
        match self.desk.event(&event, EventSource::Webhook).await {
            Ok(_) => Fate {
                state: DeliveryState::Handled,
                error: None,
                retry_in: None,
            },
            Err(error) if delivery.attempts >= TRIES => {
                tracing::error!(delivery.id = delivery.id.0, %error, "delivery given up");
                Fate::ended(DeliveryState::Failed, error.to_string())
            }
            Err(error) => {
                tracing::warn!(delivery.id = delivery.id.0, %error, "delivery failed; tries again");
                Fate {
                    state: DeliveryState::New,
                    error: Some(error.to_string()),
                    retry_in: Some(pause(delivery.attempts)),
                }
            }
        }
    }
}

impl Worker for Deliveries {
    fn name(&self) -> &'static str {
        "deliveries"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let db = self.desk.db();
        let now = self.desk.clock().now();
        let claimed = db
            .write(|mut tx| async move {
                let claimed = tx.claim_delivery(&self.name, now, LEASE).await?;
                Ok::<_, DbError>((tx, claimed))
            })
            .await
            .context("cannot claim a delivery")?;
        let Some(delivery) = claimed else {
            return Ok(Tick::Idle);
        };
        let fate = &self.handle(&delivery).await;
        let delivery = &delivery;
        db.write(|mut tx| async move {
            let due_at = fate.retry_in.map(|pause| self.desk.clock().now() + pause);
            let error = fate.error.as_deref();
            let (id, fence) = (delivery.id, delivery.fence);
            if matches!(
                fate.state,
                DeliveryState::Quarantined | DeliveryState::Failed
            ) {
                let kept = webhook::without_personal_data(&delivery.body);
                tx.replace_delivery_body(id, fence, &kept).await?;
            }
            tx.finish_delivery(id, fence, fate.state, error, due_at)
                .await?;
            Ok::<_, DbError>((tx, ()))
        })
        .await
        .context("cannot write back a delivery")?;
        metrics::counter!("wardroom_deliveries_total", "state" => word(fate.state)).increment(1);
        Ok(Tick::Worked)
    }
}

impl Fate {
    fn ended(state: DeliveryState, why: String) -> Self {
        Self {
            state,
            error: Some(why),
            retry_in: None,
        }
    }
}

/// The event in a delivery, or why nobody understands it.
fn read(delivery: &Delivery) -> Result<ServerEvent, String> {
    if delivery.source != WEBHOOK {
        return Err(format!("nobody reads deliveries of '{}'", delivery.source));
    }
    match webhook::parse(&delivery.body) {
        Parsed::Event(event) => Ok(event),
        Parsed::Quarantine(why) => Err(why.to_string()),
        Parsed::NotOurs(why) => Err(why.to_string()),
    }
}

/// 5 s, 20 s, 80 s, then five minutes, twenty minutes, and so on.
fn pause(attempts: i64) -> TimeDelta {
    let power = u32::try_from(attempts.clamp(1, TRIES) - 1).unwrap_or(0);
    TimeDelta::seconds(5 * 4_i64.pow(power))
}

/// The state's word in metrics.
fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::New => "retried",
        DeliveryState::Handled => "handled",
        DeliveryState::Quarantined => "quarantined",
        DeliveryState::Failed => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow() {
        assert_eq!(pause(1), TimeDelta::seconds(5));
        assert_eq!(pause(3), TimeDelta::seconds(80));
        assert!(pause(7) > TimeDelta::hours(5));
    }
}
