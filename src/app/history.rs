//! What the audit log says about the process itself: when it began and ended, and when it began
//! with another configuration than the one before (invariant 12).

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::db::{Db, DbError};
use crate::domain::Actor;
use crate::domain::audit::NewEntry;

/// The setting that holds what the configuration said when a process last began.
const CONFIGURATION: &str = "configuration";

/// Notes that this process begins, and what changed in the configuration since the last one did.
///
/// # Errors
/// The database's.
pub(super) async fn begin(db: &Db, config: &Config, now: DateTime<Utc>) -> Result<()> {
    let says = &summary(config);
    Ok(db
        .write(|mut tx| async move {
            let before = tx.setting(CONFIGURATION).await?;
            let before = before.and_then(|text| serde_json::from_str::<Value>(&text).ok());
            let mut entries = vec![entry(
                "process.started",
                now,
                json!({"version": env!("CARGO_PKG_VERSION")}),
            )];
            if before.as_ref() != Some(says) {
                let detail = json!({"before": before, "after": says});
                entries.push(entry("configuration.changed", now, detail));
                tx.set_setting(CONFIGURATION, &says.to_string()).await?;
            }
            tx.append(&entries).await?;
            Ok::<_, DbError>((tx, ()))
        })
        .await?)
}

/// Notes that this process ends as it should.
///
/// # Errors
/// The database's.
pub(super) async fn end(db: &Db, now: DateTime<Utc>) -> Result<()> {
    let entries = &[entry("process.stopped", now, Value::Null)];
    Ok(db
        .write(|mut tx| async move {
            tx.append(entries).await?;
            Ok::<_, DbError>((tx, ()))
        })
        .await?)
}

fn entry(verb: &str, at: DateTime<Utc>, detail: Value) -> NewEntry {
    NewEntry {
        at,
        actor: Actor::Wardroom.name(),
        verb: verb.to_owned(),
        case: None,
        operation: None,
        detail,
        texts: BTreeMap::new(),
    }
}

/// What an auditor asks first, and a digest of everything else. Secrets are not in it: their debug
/// output is empty.
fn summary(config: &Config) -> Value {
    let moderators: BTreeMap<_, _> = config
        .moderators
        .iter()
        .map(|moderator| (moderator.name.as_str(), moderator.role.word()))
        .collect();
    json!({
        "server": config.server.url,
        "dry_run": config.policy.dry_run,
        "moderators": moderators,
        "digest": hex::encode(Sha256::digest(format!("{config:?}"))),
    })
}
