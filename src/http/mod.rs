//! HTTP: webhooks, the room, the scripting API, health and metrics.
//!
//! Handlers read the database for what they show; whatever people do goes to the desk. `app`
//! builds the [`HttpState`] and serves [`router`] and [`internal_router`] with
//! `into_make_service_with_connect_info::<SocketAddr>()`, so that failures can be counted by
//! address.

mod api;
mod assets;
mod body;
mod cursor;
mod error;
mod failures;
mod health;
mod layers;
mod peer;
mod room;
mod state;
mod token;
mod webhook;
mod who;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

pub use error::HttpError;
pub use room::WaitingAnswers;
pub use state::{HttpState, Parts, Settings};
pub use token::{ApiTokens, TokenHash, new_token};

/// What everybody may reach: webhooks, the room, the API, liveness.
pub fn router(state: Arc<HttpState>) -> Router {
    let people = room::routes().merge(api::routes());
    let bare = Router::new()
        // With deadlines of its own.
        .route("/webhooks/mastodon", post(webhook::receive))
        .route("/healthz", get(health::healthz))
        .route("/room/assets/{version}/{file}", get(assets::asset));
    let deadline = from_fn_with_state(Arc::clone(&state), layers::deadline);
    let people = people.layer(deadline).layer(from_fn(layers::without_nul));
    finished(bare.merge(people), state)
}

/// What only the host and its monitoring should reach: readiness and metrics.
pub fn internal_router(state: Arc<HttpState>) -> Router {
    let routes = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics));
    finished(routes, state)
}

/// What every request passes through, whatever it asks for.
fn finished(routes: Router<Arc<HttpState>>, state: Arc<HttpState>) -> Router {
    routes
        .fallback(async || HttpError::not_found("there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            let text = "this address does not take that method; the Allow header says which";
            HttpError::new(StatusCode::METHOD_NOT_ALLOWED, text)
        })
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(from_fn_with_state(Arc::clone(&state), layers::finish))
        .with_state(state)
}
