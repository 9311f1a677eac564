//! `GET /api/v1/audit`: the audit log, oldest entries first, so that a script can follow it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::cases::limit;
use super::extract::{Asked, Caller};
use super::wire::{Audit, AuditJson};
use crate::db::DbError;
use crate::db::audit::AuditFilter;
use crate::http::error::{ErrorBody, HttpError};
use crate::http::state::HttpState;

const DEFAULT_LIMIT: i64 = 100;
const MOST: i64 = 1_000;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only entries after this place; 0 without it.
    after: Option<i64>,
    /// Only those that concern this account (`@user@domain`) or domain.
    account: Option<String>,
    /// Only those of this actor: a moderator's name, `wardroom`, `host`, …
    actor: Option<String>,
    /// At most this many, from 1 to 1000; 100 without it.
    limit: Option<i64>,
}

/// Lists entries of the audit log.
#[utoipa::path(
    get, path = "/api/v1/audit", params(AuditQuery),
    responses(
        (status = 200, body = Audit),
        (status = 400, body = ErrorBody, description = "A parameter cannot be read"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    ),
)]
pub(super) async fn list(
    State(state): State<Arc<HttpState>>,
    _caller: Caller,
    Asked(query): Asked<AuditQuery>,
) -> Result<Json<Audit>, HttpError> {
    let limit = limit(query.limit, DEFAULT_LIMIT, MOST)?;
    let filter = &AuditFilter {
        subject: query.account,
        actor: query.actor,
        case: None,
        // One more, to know whether there is a next page.
        limit: limit + 1,
    };
    let after = query.after.unwrap_or(0);
    let rows = state
        .desk
        .db()
        .read(|mut tx| async move {
            let rows = tx.entries(after, filter).await?;
            Ok::<_, DbError>((tx, rows))
        })
        .await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > page;
    let entries: Vec<AuditJson> = rows.into_iter().take(page).map(AuditJson::from).collect();
    let next = entries.last().filter(|_| has_more).map(|last| last.seq);
    Ok(Json(Audit { entries, next }))
}
