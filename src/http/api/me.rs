//! `GET /api/v1/me`: whose token this is, and whether anything stands in the way.

use axum::Json;

use super::extract::Caller;
use super::wire::Me;
use crate::http::error::ErrorBody;

/// Says who the caller is.
#[utoipa::path(
    get, path = "/api/v1/me",
    responses(
        (status = 200, body = Me), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    ),
)]
pub(super) async fn me(Caller(caller): Caller) -> Json<Me> {
    let moderator = caller.moderator;
    Json(Me {
        stopped: caller.standing.stop_for(&moderator.name),
        dry_run: caller.standing.dry_run,
        name: moderator.name.to_string(),
        role: moderator.role.to_string(),
        account: moderator.account,
    })
}
