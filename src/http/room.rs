//! The room: Wardroom's own web page, which works as a channel does. Plain HTML that our script
//! keeps fresh; everything works without the script as well.

mod act;
mod answers;
mod audit;
mod buttons;
mod events;
mod frame;
mod pages;
mod posted;
mod session;
mod sign_in;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use answers::WaitingAnswers;

use super::state::HttpState;

/// The largest form. A note has at most 10,000 characters.
const FORM_LIMIT: usize = 256 * 1024;

/// The room's addresses.
pub(super) fn routes() -> Router<Arc<HttpState>> {
    Router::new()
        .route("/", get(pages::cases))
        .route("/room", get(pages::cases))
        .route("/room/cases/{number}", get(pages::case))
        .route("/room/operations", get(pages::operations))
        .route("/room/audit", get(audit::audit))
        .route("/room/events", get(events::follow))
        .route("/room/press", post(act::press))
        .route("/room/words", post(act::words))
        .route("/room/form", post(act::form))
        .route("/room/notes", post(act::add_note))
        .route("/room/notes/{id}", post(act::change_note))
        .route(
            "/room/invite/{token}",
            get(sign_in::show).post(sign_in::take),
        )
        .route("/room/sign-out", post(sign_in::leave))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
}
