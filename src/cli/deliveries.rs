//! `wardroom deliveries`: look after stored webhooks, above all those that wait for a person.

use std::path::Path;

use anyhow::{Result, bail};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::ExitStatus;
use super::host;
use super::output::{self, plain};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::db::deliveries::{Delivery, DeliveryRow, DeliveryState};
use crate::db::{Db, DbError};
use crate::domain::DeliveryId;

/// `wardroom deliveries`.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// List deliveries, newest first.
    List {
        /// Only those in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one delivery with its body, as far as it is still held.
    Show {
        /// The number from the list.
        id: i64,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Give a quarantined or failed delivery back to the worker.
    Retry {
        /// The number from the list; leave it out with --all.
        #[arg(required_unless_present = "all")]
        id: Option<i64>,
        /// Every quarantined and failed delivery.
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

/// Where a delivery stands, as an argument.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum State {
    /// Waits for the worker.
    New,
    /// Done.
    Handled,
    /// Signed, but not understood.
    Quarantined,
    /// Given up after eight tries.
    Failed,
}

impl From<State> for DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::New => Self::New,
            State::Handled => Self::Handled,
            State::Quarantined => Self::Quarantined,
            State::Failed => Self::Failed,
        }
    }
}

/// How many of each state `retry --all` takes up in one go.
const ALL: i64 = 10_000;

pub(super) async fn run(config: &Path, what: What) -> Result<ExitStatus> {
    let config = Config::load(config)?;
    let db = app::open_db(&config).await?;
    let status = match what {
        What::List { state, limit, json } => list(&db, state, limit, json).await,
        What::Show { id, json } => show(&db, DeliveryId(id), json).await,
        What::Retry { id: Some(id), .. } => retry(&db, DeliveryId(id)).await,
        What::Retry { id: None, .. } => retry_all(&db).await,
    };
    db.close().await;
    status
}

async fn list(db: &Db, state: Option<State>, limit: i64, as_json: bool) -> Result<ExitStatus> {
    for row in &rows(db, state.map(DeliveryState::from), limit).await? {
        if as_json {
            output::say_json(&row_json(row))?;
        } else {
            output::say(row_line(row))?;
        }
    }
    Ok(ExitStatus::Done)
}

async fn rows(db: &Db, state: Option<DeliveryState>, limit: i64) -> Result<Vec<DeliveryRow>> {
    let limit = limit.clamp(1, ALL);
    Ok(db
        .read(|mut tx| async move {
            let rows = tx.deliveries(state, limit).await?;
            Ok::<_, DbError>((tx, rows))
        })
        .await?)
}

async fn show(db: &Db, id: DeliveryId, as_json: bool) -> Result<ExitStatus> {
    let delivery = db
        .read(|mut tx| async move {
            let delivery = tx.delivery(id).await?;
            Ok::<_, DbError>((tx, delivery))
        })
        .await?;
    let Some(delivery) = delivery else {
        bail!("there is no delivery {id}: see `wardroom deliveries list`");
    };
    if as_json {
        output::say_json(&delivery_json(&delivery))?;
    } else {
        output::say(delivery_text(&delivery))?;
    }
    Ok(ExitStatus::Done)
}

async fn retry(db: &Db, id: DeliveryId) -> Result<ExitStatus> {
    if give_back(db, id).await? {
        output::say(format!(
            "Delivery {id} is taken up again by the running Wardroom."
        ))?;
        return Ok(ExitStatus::Done);
    }
    bail!(
        "delivery {id} is neither quarantined nor failed: see `wardroom deliveries list --state \
         quarantined`"
    );
}

async fn retry_all(db: &Db) -> Result<ExitStatus> {
    let mut taken = 0;
    for state in [DeliveryState::Quarantined, DeliveryState::Failed] {
        for row in rows(db, Some(state), ALL).await? {
            taken += i32::from(give_back(db, row.id).await?);
        }
    }
    output::say(match taken {
        0 => "No delivery is quarantined or failed.".to_owned(),
        1 => "1 delivery is taken up again by the running Wardroom.".to_owned(),
        n => format!("{n} deliveries are taken up again by the running Wardroom."),
    })?;
    Ok(ExitStatus::Done)
}

async fn give_back(db: &Db, id: DeliveryId) -> Result<bool> {
    let now = SystemClock.now();
    let entry = &host::entry("delivery.retried", now, json!({"delivery": id}));
    Ok(db
        .write(|mut tx| async move {
            let taken = tx.retry_delivery(id, now).await?;
            if taken {
                tx.append(std::slice::from_ref(entry)).await?;
            }
            Ok::<_, DbError>((tx, taken))
        })
        .await?)
}

fn row_line(row: &DeliveryRow) -> String {
    let error = row.error.as_ref().map_or_else(String::new, |error| {
        format!("  {} tries: {}", row.attempts, plain(error))
    });
    format!(
        "{:>6}  {}  {:<11}  {:<9}  {}{error}",
        row.id.0,
        row.received_at.format("%Y-%m-%d %H:%M:%S"),
        word(row.state),
        plain(&row.source),
        plain(row.event_name.as_deref().unwrap_or("(no event)")),
    )
}

fn row_json(row: &DeliveryRow) -> Value {
    json!({
        "id": row.id, "source": row.source, "event": row.event_name, "state": word(row.state),
        "received_at": row.received_at, "attempts": row.attempts, "due_at": row.due_at,
        "error": row.error,
    })
}

fn delivery_json(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id, "source": delivery.source, "event": delivery.event_name,
        "state": word(delivery.state), "received_at": delivery.received_at,
        "attempts": delivery.attempts, "due_at": delivery.due_at, "error": delivery.error,
        "dedupe_key": delivery.dedupe_key, "body": String::from_utf8_lossy(&delivery.body),
    })
}

fn delivery_text(delivery: &Delivery) -> String {
    let body = if delivery.body.is_empty() {
        "(not held any more)".to_owned()
    } else {
        pretty(&delivery.body)
    };
    format!(
        "Delivery {} from {}, {}\nEvent: {}\nState: {}, {} tries\nError: {}\nBody:\n{body}",
        delivery.id,
        plain(&delivery.source),
        delivery.received_at.format("%Y-%m-%d %H:%M:%S UTC"),
        plain(delivery.event_name.as_deref().unwrap_or("(none)")),
        word(delivery.state),
        delivery.attempts,
        plain(delivery.error.as_deref().unwrap_or("(none)")),
    )
}

/// A body as indented JSON where it is JSON, else as plain text.
fn pretty(body: &[u8]) -> String {
    serde_json::from_slice::<Value>(body)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| plain(&String::from_utf8_lossy(body)))
}

fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::New => "new",
        DeliveryState::Handled => "handled",
        DeliveryState::Quarantined => "quarantined",
        DeliveryState::Failed => "failed",
    }
}
