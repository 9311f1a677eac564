//! `GET /api/v1/operations/op-17`: what became of a command.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::extract::Caller;
use super::wire::OperationJson;
use crate::db::DbError;
use crate::domain::OperationId;
use crate::http::error::{ErrorBody, HttpError};
use crate::http::state::HttpState;

/// Shows one operation.
#[utoipa::path(
    get, path = "/api/v1/operations/{id}",
    params(("id" = String, Path, description = "`op-17`")),
    responses(
        (status = 200, body = OperationJson),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody, description = "There is no such operation"),
    ),
)]
pub(super) async fn one(
    State(state): State<Arc<HttpState>>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OperationJson>, HttpError> {
    let id: OperationId = id.parse().map_err(HttpError::not_found)?;
    let operation = state
        .desk
        .db()
        .read(|mut tx| async move {
            let operation = tx.operation(id).await?;
            Ok::<_, DbError>((tx, operation))
        })
        .await?;
    let operation =
        operation.ok_or_else(|| HttpError::not_found(format!("there is no operation {id}")))?;
    Ok(Json(OperationJson::from(&operation)))
}
