//! `POST /webhooks/mastodon`: stores what the server says, then acknowledges it (invariants 1-3
//! and 10).
//!
//! Mastodon retries 401, 408, 429 and 5xx except 501, and forgets an event for ever after any
//! other 4xx (observed on 4.2 and 4.3). So nothing here answers 400, 404 or 422.
//! The one exception is 413, whose loss reconciliation makes good at once.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::body::{self, Unread};
use super::error::HttpError;
use super::state::HttpState;
use crate::db::committer::Overloaded;
use crate::db::deliveries::{Added, NewDelivery};
use crate::mastodon::webhook::signature::{self, SignatureError};
use crate::mastodon::webhook::storable;

/// The source of these deliveries in the database.
const SOURCE: &str = "mastodon";

/// Takes one webhook.
pub(super) async fn receive(
    State(state): State<Arc<HttpState>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let taken = take(&state, &headers, body).await;
    let answer = match &taken {
        Ok(Added::New(_)) => "stored",
        Ok(Added::Duplicate) => "duplicate",
        Err(error) => error.word(),
    };
    metrics::counter!("wardroom_webhooks_total", "answer" => answer).increment(1);
    match taken {
        Ok(added) => {
            if let Added::New(id) = added {
                tracing::info!(delivery.id = %id, "delivery stored");
                state.desk.wake().deliveries.notify_one();
            }
            Json(json!({ "stored": matches!(added, Added::New(_)) })).into_response()
        }
        Err(error) => {
            tracing::warn!(%answer, reason = %error.message, "webhook not taken");
            error.into_response()
        }
    }
}

async fn take(state: &HttpState, headers: &HeaderMap, body: Body) -> Result<Added, HttpError> {
    let header = headers.get(signature::HEADER).map(HeaderValue::as_bytes);
    // Nobody who knows a secret sends another shape: not worth a buffer.
    signature::check_shape(header).map_err(unsigned)?;
    let body = read(state, headers, body).await?;
    signature::verify(&state.settings.webhook_secrets, header, &body).map_err(unsigned)?;
    let stored =
        storable(&body).map_err(|not_ours| HttpError::unavailable(not_ours.to_string()))?;
    let delivery = NewDelivery {
        source: SOURCE.to_owned(),
        // Of the body as received, also where less than that is stored.
        dedupe_key: hex::encode(Sha256::digest(&body)),
        event_name: Some(stored.event),
        body: stored.body.into_owned().into_bytes(),
        received_at: state.desk.clock().now(),
    };
    // The committer answers within the deadline of [http] webhook_deadline.
    state
        .committer
        .add(delivery)
        .await
        .map_err(|overloaded| match overloaded {
            // What the database said is for the log alone.
            Overloaded::Database(error) => {
                tracing::error!(%error, "a delivery cannot be stored");
                HttpError::unavailable("the database cannot be written right now; send it again")
            }
            other => HttpError::unavailable(other.to_string()),
        })
}

async fn read(state: &HttpState, headers: &HeaderMap, body: Body) -> Result<Bytes, HttpError> {
    let limit = state.settings.body_limit;
    body::read(headers, body, limit, state.settings.body_deadline)
        .await
        .map_err(|unread| match unread {
            Unread::TooLarge => {
                state.desk.wake().walk_early(state.desk.clock().now());
                HttpError::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("the body is larger than {limit} bytes; reconciliation will fetch what it says"),
                )
            }
            Unread::TooSlow => HttpError::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time; send it again",
            ),
            Unread::Broken => HttpError::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive whole; send it again",
            ),
        })
}

fn unsigned(error: SignatureError) -> HttpError {
    HttpError::unauthorized(error.to_string())
}
