//! The files that pages load: embedded, and cached for good under a folder that names their
//! version, so that a new build is seen at once.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::error::HttpError;
use crate::template::ASSETS;

const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The folder of this build's assets.
pub(super) fn folder() -> String {
    let mut hash = Sha256::new();
    for (_, _, content) in ASSETS {
        hash.update(content);
    }
    let hash = hex::encode(hash.finalize());
    format!("/room/assets/{}", hash.get(..12).unwrap_or_default())
}

/// One file, whatever version was asked for: there is only this build's.
pub(super) async fn asset(
    Path((_version, file)): Path<(String, String)>,
) -> Result<Response, HttpError> {
    let (_, kind, content) = ASSETS
        .iter()
        .find(|(name, ..)| *name == file)
        .ok_or_else(|| HttpError::not_found("there is no such file"))?;
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, FOR_GOOD),
    ];
    Ok((head, *content).into_response())
}
