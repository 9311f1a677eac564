//! Liveness for everyone; readiness and metrics for the internal listener only.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use super::error::HttpError;
use super::state::HttpState;
use crate::db::DbError;
use crate::telemetry::readiness::{Part, PartState};

/// The process answers. It looks at nothing else, so that a slow database restarts nobody.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Every part and how it is; 503 while one that is needed does not work.
pub(super) async fn readyz(State(state): State<Arc<HttpState>>) -> Response {
    let mut parts = state.readiness.parts();
    let database = database(&state).await;
    let is_ready = state.readiness.is_ready() && database.state == PartState::Ready;
    parts.retain(|part| part.part != database.part);
    parts.push(database);
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "ready": is_ready, "parts": parts });
    (status, Json(body)).into_response()
}

/// What Prometheus scrapes.
pub(super) async fn metrics(State(state): State<Arc<HttpState>>) -> Result<Response, HttpError> {
    let metrics = state
        .metrics
        .as_ref()
        .ok_or_else(|| HttpError::not_found("metrics are not recorded in this process"))?;
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    Ok((kind, metrics.render()).into_response())
}

/// The database is asked afresh: it is the one part that nothing works without.
async fn database(state: &HttpState) -> Part {
    let read = state.desk.db().read(|mut tx| async move {
        let last = tx.last_change().await?;
        Ok::<_, DbError>((tx, last))
    });
    let (state, text) = match tokio::time::timeout(state.settings.request_deadline, read).await {
        Ok(Ok(_)) => (PartState::Ready, String::new()),
        Ok(Err(error)) => (PartState::Down, error.to_string()),
        Err(_) => (PartState::Down, "no answer before the deadline".to_owned()),
    };
    Part {
        part: "database".to_owned(),
        state,
        text,
    }
}
