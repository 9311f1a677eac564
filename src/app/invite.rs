//! Invitations into the room: one-time links that sign a moderator in.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use serde_json::json;
use url::Url;

use crate::db::DbError;
use crate::desk::Desk;
use crate::domain::audit::NewEntry;
use crate::domain::{Actor, ModeratorName};
use crate::http::{TokenHash, new_token};

/// Makes a link below `public_url` that signs `moderator` in once, while it is `valid`. The
/// invitation is in the audit log; the link is not.
///
/// # Errors
/// The database's.
pub async fn invite(
    desk: &Desk,
    public_url: &Url,
    moderator: &ModeratorName,
    valid: TimeDelta,
) -> Result<Url> {
    let token = new_token();
    let hash = &TokenHash::of(&token).hex();
    let now = desk.clock().now();
    let entry = &NewEntry {
        at: now,
        actor: Actor::Host.name(),
        verb: "room.invited".to_owned(),
        case: None,
        operation: None,
        detail: json!({"moderator": moderator, "minutes": valid.num_minutes()}),
        texts: BTreeMap::new(),
    };
    desk.db()
        .write(|mut tx| async move {
            tx.add_invite(hash, moderator, now + valid).await?;
            tx.append(std::slice::from_ref(entry)).await?;
            Ok::<_, DbError>((tx, ()))
        })
        .await?;
    public_url
        .join(&format!("/room/invite/{token}"))
        .context("the public address cannot take a path")
}
