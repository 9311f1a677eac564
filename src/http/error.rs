//! The one error of HTTP. A handler returns it, and [`super::layers`] writes it as JSON or as a
//! page once the request id is known. Nothing internal is in it: what failed inside is logged
//! under the request id.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::DbError;
use crate::desk::Internal;
use crate::template::TemplateError;

/// What every error of the API looks like.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub(super) struct ErrorBody {
    /// A word for programs: `not_found`, `unprocessable`, …
    pub(super) error: &'static str,
    /// For people, with the next step.
    pub(super) message: String,
    /// Which field or parameter was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) field: Option<String>,
    /// What the log knows this request by.
    pub(super) request_id: String,
}

/// Why a request was not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    /// The status.
    pub status: StatusCode,
    /// For people, with the next step.
    pub message: String,
    /// Which field or parameter was wrong.
    pub field: Option<String>,
}

impl HttpError {
    /// An error with `status` and a text for people.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            field: None,
        }
    }

    /// 400: the request itself cannot be read.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401: nobody we know.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 403: known, but not allowed.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404: no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 422: read, and wrong in `field`.
    pub fn unprocessable(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message).about(field)
    }

    /// 503: try again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// 500: logged here, once; the reader sees the request id only.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "something failed here; the log says what, under this request id",
        )
    }

    /// The same error, naming the field or parameter that was wrong.
    #[must_use]
    pub fn about(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The stable word for programs, from the status.
    pub fn word(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "bad_request",
            StatusCode::UNAUTHORIZED => "unauthorized",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::REQUEST_TIMEOUT => "request_timeout",
            StatusCode::CONFLICT => "conflict",
            StatusCode::PAYLOAD_TOO_LARGE => "payload_too_large",
            StatusCode::UNPROCESSABLE_ENTITY => "unprocessable",
            StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
            StatusCode::SERVICE_UNAVAILABLE => "unavailable",
            _ => "internal",
        }
    }
}

impl From<DbError> for HttpError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::unavailable("the database is busy; try again in a moment"),
            DbError::Full | DbError::Unavailable(_) => {
                tracing::error!(%error, "the database cannot be used");
                Self::unavailable("the database cannot be used right now; try again in a moment")
            }
            other => Self::internal(&other),
        }
    }
}

impl From<Internal> for HttpError {
    fn from(error: Internal) -> Self {
        match error {
            Internal::Db(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<TemplateError> for HttpError {
    fn from(error: TemplateError) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for HttpError {
    /// An empty answer that carries the error for [`super::layers::finish`] to write out.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
