//! The scripting API: the room's grammar, grants, dedupe and audit with a JSON face. A script acts
//! as the moderator whose token it holds.

mod audit;
mod cases;
mod commands;
mod extract;
mod me;
mod openapi;
mod operations;
mod wire;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::state::HttpState;

/// The largest request. A command has at most 16,000 characters.
const BODY_LIMIT: usize = 128 * 1024;

/// The API's addresses, and its description.
pub(super) fn routes() -> Router<Arc<HttpState>> {
    Router::new()
        .route("/api/v1/cases", get(cases::list))
        .route("/api/v1/cases/{number}", get(cases::one))
        .route("/api/v1/commands", post(commands::run))
        .route("/api/v1/operations/{id}", get(operations::one))
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/me", get(me::me))
        .route("/openapi.json", get(openapi::document))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
