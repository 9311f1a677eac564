//! What a request of the API must bring: a moderator's token, a query and a body that can be read.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::domain::ModeratorName;
use crate::http::error::HttpError;
use crate::http::peer;
use crate::http::state::HttpState;
use crate::http::who::Known;

/// Who calls.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Known);

impl FromRequestParts<Arc<HttpState>> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<HttpState>,
    ) -> Result<Self, HttpError> {
        let name = &owner(parts, state)?;
        let rules = state.desk.rules();
        let rules = &*rules;
        state
            .desk
            .db()
            .read(|mut tx| async move {
                let known = Known::load(&mut tx, rules, name).await?;
                Ok((tx, Self(known)))
            })
            .await
    }
}

fn owner(parts: &Parts, state: &HttpState) -> Result<ModeratorName, HttpError> {
    let trusted = &state.settings.trusted_proxies;
    let client = peer::client(peer::connection(&parts.extensions), &parts.headers, trusted);
    let now = state.desk.clock().now();
    if state.failures.is_blocked(client, now) {
        return Err(HttpError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too many wrong tokens from your address; try again in five minutes",
        ));
    }
    let token = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| {
            HttpError::unauthorized(
                "this needs the header `Authorization: Bearer TOKEN` with the token of one of \
                 [[moderators]]",
            )
        })?;
    state
        .settings
        .api_tokens
        .owner(token)
        .cloned()
        .ok_or_else(|| {
            state.failures.add(client, now);
            tracing::warn!(%client, "a token that belongs to nobody");
            HttpError::unauthorized("this token belongs to none of [[moderators]]")
        })
}

/// A query string that can be read as `T`.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<HttpState>> for Asked<T> {
    type Rejection = HttpError;

    async fn from_request_parts(
        parts: &mut Parts,
        _state: &Arc<HttpState>,
    ) -> Result<Self, HttpError> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(query)| Self(query))
            .map_err(|error| HttpError::bad_request(error.body_text()))
    }
}

/// A JSON body that can be read as `T`.
#[derive(Debug)]
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<HttpState>> for Sent<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, HttpError> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                HttpError::new(rejection.status(), "the body is too large, or broke off")
            })?;
        let value: serde_json::Value = serde_json::from_slice(&body)
            .map_err(|error| HttpError::bad_request(format!("the body is no JSON: {error}")))?;
        serde_path_to_error::deserialize(value)
            .map(Self)
            .map_err(|error| {
                let field = error.path().to_string();
                HttpError::unprocessable(field, error.into_inner().to_string())
            })
    }
}
