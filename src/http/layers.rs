//! What every request passes through: an id, a span, a deadline, a net for panics, the security
//! headers, and the one place where an [`HttpError`] becomes a body.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Json, Response};
use rand::Rng;
use rand::distr::Alphanumeric;
use tracing::Instrument;

use super::error::{ErrorBody, HttpError};
use super::state::HttpState;
use crate::template::ErrorPage;

/// The header that carries a request's id in and out.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing but our own files: no inline script or style, no other site in or around the page.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// Gives the request an id and a span, and writes errors and headers on the way out.
pub(super) async fn finish(
    State(state): State<Arc<HttpState>>,
    request: Request,
    next: Next,
) -> Response {
    let id = request_id(request.headers());
    // The route's pattern, never the path: paths and queries may hold invites.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let wants_page = wants_page(request.headers(), &route);
    let span = tracing::info_span!("request", request.id = %id, %method, %route);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(error) = response.extensions_mut().remove::<HttpError>() {
        response = write(&state, &error, &id, wants_page, &response);
    }
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    metrics::histogram!("wardroom_http_request_seconds", "route" => route, "status" => status.to_string())
        .record(elapsed.as_secs_f64());
    tracing::info!(parent: &span, status, ms = elapsed.as_millis(), "answered");
    head(response.headers_mut(), &id);
    response
}

/// Answers 503 when a handler takes longer than a person or a proxy would wait. A stream that has
/// begun is not cut.
pub(super) async fn deadline(
    State(state): State<Arc<HttpState>>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(state.settings.request_deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            HttpError::unavailable("this took too long; try again in a moment").into_response()
        }
    }
}

/// Refuses an address with a NUL in its path or query: nothing is called so, and PostgreSQL, which
/// knows no NUL in a text, would make an error of ours out of it.
pub(super) async fn without_nul(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query();
    if address.is_some_and(|address| address.as_str().contains("%00")) {
        let text = "the address has a NUL in it (%00); take it out";
        return HttpError::bad_request(text).into_response();
    }
    next.run(request).await
}

/// What a panic in a handler becomes.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that tower-http asks for"
)]
pub(super) fn caught(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text");
    HttpError::internal(&format_args!("panicked: {text}")).into_response()
}

/// The caller's id if it is a tame one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let tame = |text: &&str| {
        (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(tame)
        .map_or_else(
            || {
                let mut random = rand::rng();
                (0..16)
                    .map(|_| char::from(random.sample(Alphanumeric)))
                    .collect()
            },
            str::to_owned,
        )
}

/// Whether a person in front of a browser reads the answer.
fn wants_page(headers: &HeaderMap, route: &str) -> bool {
    let accepts_html = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    accepts_html && !route.starts_with("/api/") && !route.starts_with("/webhooks/")
}

fn write(
    state: &HttpState,
    error: &HttpError,
    id: &str,
    wants_page: bool,
    empty: &Response,
) -> Response {
    let mut response = if wants_page {
        let page = ErrorPage {
            assets: state.assets.clone(),
            status: error.status.as_u16(),
            message: error.message.clone(),
            request_id: id.to_owned(),
        };
        match state.templates.error_page(&page) {
            Ok(html) => Html(html).into_response(),
            Err(failed) => HttpError::internal(&failed).message.into_response(),
        }
    } else {
        Json(ErrorBody {
            error: error.word(),
            message: error.message.clone(),
            field: error.field.clone(),
            request_id: id.to_owned(),
        })
        .into_response()
    };
    *response.status_mut() = error.status;
    if error.status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = HeaderValue::from_static("300");
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    // What the handler or the router set stays: Allow, Retry-After, WWW-Authenticate.
    for (name, value) in empty.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            response.headers_mut().append(name, value.clone());
        }
    }
    if error.status == StatusCode::UNAUTHORIZED && !wants_page {
        let scheme = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}

/// The headers of every answer.
fn head(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not no-referrer: with that, browsers send `Origin: null` on our own forms (Fetch
        // standard, "append a request Origin header"). Other sites get nothing either way.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Cases are nobody else's business; assets say otherwise for themselves.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn stumble() -> &'static str {
        panic!("a secret in a panic")
    }

    #[tokio::test]
    async fn a_panic_becomes_an_error_that_tells_nothing() {
        let router: Router = Router::new()
            .route("/", get(stumble))
            .layer(CatchPanicLayer::custom(caught));
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let error = response.extensions().get::<HttpError>().unwrap();
        assert!(!error.message.contains("secret"), "{error:?}");
    }
}
