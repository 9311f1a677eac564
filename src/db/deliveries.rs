//! Deliveries: inbound requests, stored before they are acknowledged (invariants 1 and 2).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::codec::from_row;
use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::DeliveryId;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// For the worker.
    New,
    /// Done with; its body is gone.
    Handled,
    /// Signed, but not of a shape that we know: kept for a person.
    Quarantined,
    /// Given up after too many tries: kept for a person.
    Failed,
}

/// A request to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Who sent it: `mastodon`, `reconcile`, `hits`.
    pub source: String,
    /// What makes two requests the same one.
    pub dedupe_key: String,
    /// The event's name, where it could be read.
    pub event_name: Option<String>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// What became of a request to store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Stored.
    New(DeliveryId),
    /// It had come before.
    Duplicate,
}

/// A stored delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The number.
    pub id: DeliveryId,
    /// Who sent it.
    pub source: String,
    /// What makes two requests the same one.
    pub dedupe_key: String,
    /// The event's name.
    pub event_name: Option<String>,
    /// The body as it came; empty once it is handled (invariant 10).
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was taken up.
    pub attempts: i64,
    /// When it is looked at next.
    pub due_at: DateTime<Utc>,
    /// Grows with each worker that takes it; write-backs name it.
    pub fence: i64,
    /// Why it did not work.
    pub error: Option<String>,
}

/// A delivery without its body, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The number.
    pub id: DeliveryId,
    /// Who sent it.
    pub source: String,
    /// The event's name.
    pub event_name: Option<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was taken up.
    pub attempts: i64,
    /// When it is looked at next.
    pub due_at: DateTime<Utc>,
    /// Why it did not work.
    pub error: Option<String>,
}

from_row!(Delivery {
    id,
    source,
    dedupe_key,
    event_name,
    body,
    received_at,
    state,
    attempts,
    due_at,
    fence,
    error,
});
from_row!(DeliveryRow {
    id,
    source,
    event_name,
    received_at,
    state,
    attempts,
    due_at,
    error,
});

impl Tx {
    /// Stores a request, unless it was stored before.
    pub async fn add_delivery(&mut self, new: &NewDelivery) -> Result<Added, DbError> {
        let id: Option<DeliveryId> = on!(self, conn => sqlx::query_scalar(
            "insert into deliveries (source, dedupe_key, event_name, body, received_at, state,
               attempts, due_at, fence)
             values ($1, $2, $3, $4, $5, 'new', 0, $5, 0)
             on conflict (dedupe_key) do nothing returning id",
        )
        .bind(&new.source)
        .bind(&new.dedupe_key)
        .bind(&new.event_name)
        .bind(&new.body)
        .bind(new.received_at)
        .fetch_optional(conn)
        .await)?;
        Ok(id.map_or(Added::Duplicate, Added::New))
    }

    /// Takes up the delivery that has been due for longest, for as long as `lease`.
    pub async fn claim_delivery(
        &mut self,
        worker: &str,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<Delivery>, DbError> {
        let skip_locked = self.skip_locked();
        let sql = format!(
            "update deliveries
             set leased_by = $1, leased_until = $3, fence = fence + 1, attempts = attempts + 1
             where id = (
               select id from deliveries
               where state = 'new' and due_at <= $2
                 and (leased_until is null or leased_until <= $2)
               order by due_at, id limit 1 {skip_locked})
             returning *"
        );
        on!(self, conn => sqlx::query_as(AssertSqlSafe(sql))
            .bind(worker)
            .bind(now)
            .bind(now + lease)
            .fetch_optional(conn)
            .await)
    }

    /// Writes back what became of a delivery: handled (its body is blanked: it may hold e-mail and
    /// IP addresses), quarantined or failed (it stays for a person), or new again at `due_at`.
    /// False when another worker took it meanwhile.
    pub async fn finish_delivery(
        &mut self,
        id: DeliveryId,
        fence: i64,
        state: DeliveryState,
        error: Option<&str>,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<bool, DbError> {
        let blank: Option<&[u8]> = (state == DeliveryState::Handled).then_some(&[]);
        let rows = wrote!(
            self,
            sqlx::query(
                "update deliveries
             set state = $3, error = $4, due_at = coalesce($5, due_at), body = coalesce($6, body),
               leased_by = null, leased_until = null
             where id = $1 and fence = $2",
            )
            .bind(id)
            .bind(fence)
            .bind(state)
            .bind(error)
            .bind(due_at)
            .bind(blank)
        )?;
        Ok(rows == 1)
    }

    /// Keeps another body in place of the one that came: without personal data, for a delivery that
    /// waits for a person (invariant 10). False when another worker took it meanwhile.
    pub async fn replace_delivery_body(
        &mut self,
        id: DeliveryId,
        fence: i64,
        body: &[u8],
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query("update deliveries set body = $3 where id = $1 and fence = $2")
                .bind(id)
                .bind(fence)
                .bind(body)
        )?;
        Ok(rows == 1)
    }

    /// The newest deliveries, of one state or of all.
    pub async fn deliveries(
        &mut self,
        state: Option<DeliveryState>,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select id, source, event_name, received_at, state, attempts, due_at, error
             from deliveries where $1 is null or state = $1 order by id desc limit $2",
        )
        .bind(state)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// One delivery.
    pub async fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, DbError> {
        on!(self, conn => sqlx::query_as("select * from deliveries where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await)
    }

    /// Gives a quarantined or failed delivery back to the worker. False when it is neither.
    pub async fn retry_delivery(
        &mut self,
        id: DeliveryId,
        now: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update deliveries
             set state = 'new', attempts = 0, due_at = $2, error = null, fence = fence + 1,
               leased_by = null, leased_until = null
             where id = $1 and state in ('quarantined', 'failed')",
            )
            .bind(id)
            .bind(now)
        )?;
        Ok(rows == 1)
    }

    /// How many deliveries stand where.
    pub async fn delivery_counts(&mut self) -> Result<Vec<(DeliveryState, i64)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select state, count(*) from deliveries group by state order by state",
        )
        .fetch_all(conn)
        .await)
    }

    /// When the last delivery of a source came.
    pub async fn last_delivery_at(
        &mut self,
        source: &str,
    ) -> Result<Option<DateTime<Utc>>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select received_at from deliveries where source = $1
             order by received_at desc limit 1",
        )
        .bind(source)
        .fetch_optional(conn)
        .await)
    }

    /// Forgets handled deliveries that came before `before`, at most `limit` at once; with them
    /// goes the memory of what is a duplicate.
    pub async fn prune_deliveries(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64, DbError> {
        wrote!(
            self,
            sqlx::query(
                "delete from deliveries where id in (
               select id from deliveries where state = 'handled' and received_at < $1
               order by received_at limit $2)",
            )
            .bind(before)
            .bind(limit)
        )
    }
}
