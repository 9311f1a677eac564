//! What a form of the room sent: read only if it comes from one of our own pages (Origin and a
//! token of the session), from somebody with a session.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::session::{Signed, Unsigned, find};
use crate::desk::Inbound;
use crate::domain::CaseId;
use crate::domain::case::Seen;
use crate::http::error::HttpError;
use crate::http::state::{HttpState, Settings};
use crate::http::token;

/// The header by which our script asks for the answer alone, without a page around it.
pub(super) const FRAGMENT: &str = "x-wardroom-fragment";

/// A form, with who sent it.
#[derive(Debug)]
pub(super) struct Posted {
    /// Who.
    pub(super) signed: Signed,
    /// Our script sent it: answer with a fragment.
    pub(super) wants_fragment: bool,
    fields: BTreeMap<String, String>,
}

impl Posted {
    /// A field; empty ones count as missing.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, HttpError> {
        self.field(name).ok_or_else(|| {
            HttpError::unprocessable(name, format!("the form came without its field {name}"))
        })
    }

    /// The case that the form is about.
    pub(super) fn case(&self) -> Result<Option<CaseId>, HttpError> {
        self.field("case")
            .map(|number| {
                number
                    .parse()
                    .map_err(|why: String| HttpError::unprocessable("case", why))
            })
            .transpose()
    }

    /// What the sender saw on the card.
    pub(super) fn seen(&self) -> Result<Option<Seen>, HttpError> {
        self.field("seen")
            .map(|json| {
                serde_json::from_str(json).map_err(|_| {
                    let text = "the form cannot be read any more; reload the page and press again";
                    HttpError::unprocessable("seen", text)
                })
            })
            .transpose()
    }

    /// The fields that a person filled in: those named `field.…`, without that prefix.
    pub(super) fn values(&self) -> BTreeMap<String, String> {
        self.fields
            .iter()
            .filter_map(|(name, value)| {
                Some((name.strip_prefix("field.")?.to_owned(), value.clone()))
            })
            .collect()
    }

    /// Where the sender was: only ever a path of ours.
    pub(super) fn here(&self) -> &str {
        self.field("here")
            .filter(|here| is_own_path(here))
            .unwrap_or("/")
    }

    /// The request's id: the same form sent twice with the same content is one request.
    pub(super) fn request_id(&self, inbound: &Inbound) -> String {
        let content = serde_json::to_vec(inbound).unwrap_or_default();
        let mut hash = hex::encode(Sha256::digest(content));
        hash.truncate(16);
        format!("{}:{hash}", self.field("nonce").unwrap_or_default())
    }
}

/// Whether `path` stays on our own site: `//evil.example` and `/\evil.example` do not.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a request that changes something comes from one of our own pages. Browsers name the
/// origin of every POST; a request without one is let in only if the browser itself says that it
/// comes from the same origin.
pub(super) fn check_origin(settings: &Settings, headers: &HeaderMap) -> Result<(), HttpError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_own = match header("origin") {
        Some(origin) => settings.is_own_origin(origin),
        None => header("sec-fetch-site") == Some("same-origin"),
    };
    if is_own {
        return Ok(());
    }
    let host = settings.public_url.origin().ascii_serialization();
    Err(HttpError::forbidden(format!(
        "this came from another site than {host}; if you typed another address than that, compare \
         it with public_url under [http] in the configuration"
    )))
}

impl FromRequest<Arc<HttpState>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, Response> {
        check_origin(&state.settings, request.headers()).map_err(IntoResponse::into_response)?;
        let signed = match find(state, request.headers()).await {
            Ok(signed) => signed,
            Err(Unsigned::Failed(error)) => return Err(error.into_response()),
            Err(Unsigned::None) => {
                let text = "you are not signed in any more; nothing was done";
                return Err(HttpError::unauthorized(text).into_response());
            }
        };
        let wants_fragment = request.headers().contains_key(FRAGMENT);
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                HttpError::new(
                    rejection.status(),
                    "the form is larger than the room takes, or broke off",
                )
                .into_response()
            })?;
        let fields: BTreeMap<String, String> =
            url::form_urlencoded::parse(&body).into_owned().collect();
        let posted = Self {
            signed,
            wants_fragment,
            fields,
        };
        let shown = posted.field("csrf").unwrap_or_default();
        if token::is_same(shown, &posted.signed.csrf) {
            Ok(posted)
        } else {
            let text = "this page is from another session; reload it and try again";
            Err(HttpError::forbidden(text).into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_our_own_pages_only() {
        for path in ["/", "/room/cases/42?state=open"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a b",
            "/a\nb",
        ] {
            assert!(!is_own_path(path), "{path}");
        }
    }
}
