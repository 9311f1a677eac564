//! Sessions of the room: a cookie that no script and no other site can use, of which the database
//! holds a hash.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::TimeDelta;

use crate::db::DbError;
use crate::db::sessions::Session;
use crate::domain::ModeratorName;
use crate::http::error::HttpError;
use crate::http::state::HttpState;
use crate::http::token::{TokenHash, new_token};
use crate::http::who::Known;
use crate::template::{MomentPage, SignInPage};

/// How long a session lasts.
const LASTS: TimeDelta = TimeDelta::days(14);

/// Somebody with a session.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// Who, and how things stand.
    pub(super) known: Known,
    /// What forms of this session carry.
    pub(super) csrf: String,
    /// The session in the database.
    pub(super) token_hash: String,
}

impl Signed {
    /// The moderator's name.
    pub(super) fn name(&self) -> &ModeratorName {
        &self.known.moderator.name
    }
}

/// Why a request has no session.
#[derive(Debug)]
pub(super) enum Unsigned {
    /// None, an old one, or one that was ended.
    None,
    /// Something else went wrong.
    Failed(HttpError),
}

impl From<DbError> for Unsigned {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<HttpError> for Unsigned {
    fn from(error: HttpError) -> Self {
        Self::Failed(error)
    }
}

/// Finds the session of a request.
pub(super) async fn find(state: &HttpState, headers: &HeaderMap) -> Result<Signed, Unsigned> {
    let hash = cookie(headers, name(state)).map(|token| TokenHash::of(token).hex());
    let hash = hash.as_ref().ok_or(Unsigned::None)?;
    let now = state.desk.clock().now();
    let rules = state.desk.rules();
    let rules = &*rules;
    state
        .desk
        .db()
        .read(|mut tx| async move {
            let session = tx.session(hash, now).await?.ok_or(Unsigned::None)?;
            let known = Known::load(&mut tx, rules, &session.moderator).await?;
            let signed = Signed {
                known,
                csrf: session.csrf,
                token_hash: session.token_hash,
            };
            Ok((tx, signed))
        })
        .await
}

/// Begins a session; the answer is the cookie to set.
pub(super) async fn begin(
    state: &HttpState,
    moderator: &ModeratorName,
) -> Result<HeaderValue, HttpError> {
    let token = new_token();
    let now = state.desk.clock().now();
    let session = &Session {
        token_hash: TokenHash::of(&token).hex(),
        moderator: moderator.clone(),
        csrf: new_token(),
        created_at: now,
        expires_at: now + LASTS,
    };
    state
        .desk
        .db()
        .write(|mut tx| async move {
            tx.add_session(session).await?;
            Ok::<_, DbError>((tx, ()))
        })
        .await?;
    set_cookie(state, &token, LASTS.num_seconds())
}

/// Ends a session; the answer is the cookie that takes the old one away.
pub(super) async fn end(state: &HttpState, signed: &Signed) -> Result<HeaderValue, HttpError> {
    let hash = &signed.token_hash;
    state
        .desk
        .db()
        .write(|mut tx| async move {
            tx.delete_session(hash).await?;
            Ok::<_, DbError>((tx, ()))
        })
        .await?;
    set_cookie(state, "", 0)
}

fn set_cookie(state: &HttpState, token: &str, seconds: i64) -> Result<HeaderValue, HttpError> {
    let secure = if state.settings.is_https() {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        name(state)
    );
    HeaderValue::try_from(cookie).map_err(|error| HttpError::internal(&error))
}

/// The cookie's name. Browsers take the `__Host-` prefix only with Secure and for the whole host
/// (RFC 6265bis, section 4.1.3.2), so that no subdomain can set one for us.
fn name(state: &HttpState) -> &'static str {
    if state.settings.is_https() {
        "__Host-wardroom"
    } else {
        "wardroom"
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

impl FromRequestParts<Arc<HttpState>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<HttpState>,
    ) -> Result<Self, Response> {
        match find(state, &parts.headers).await {
            Ok(signed) => Ok(signed),
            Err(Unsigned::Failed(error)) => Err(error.into_response()),
            Err(Unsigned::None) => Err(ask_to_sign_in(state, parts)),
        }
    }
}

impl OptionalFromRequestParts<Arc<HttpState>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<HttpState>,
    ) -> Result<Option<Self>, Response> {
        match find(state, &parts.headers).await {
            Ok(signed) => Ok(Some(signed)),
            Err(Unsigned::Failed(error)) => Err(error.into_response()),
            Err(Unsigned::None) => Ok(None),
        }
    }
}

fn ask_to_sign_in(state: &HttpState, parts: &Parts) -> Response {
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let wants_page = header("accept").is_some_and(|accept| accept.contains("text/html"));
    if parts.method != Method::GET || !wants_page {
        return HttpError::unauthorized("you are not signed in; open an invite to the room first")
            .into_response();
    }
    // A SameSite=Strict cookie stays at home when somebody follows a link on another site, such as
    // a chat. Our own page asks again, and then it comes along.
    let page = if header("sec-fetch-site") == Some("cross-site") {
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let page = MomentPage {
            assets: state.assets.clone(),
            here: here.to_owned(),
        };
        state
            .templates
            .moment(&page)
            .map(|html| (StatusCode::OK, Html(html)))
    } else {
        let page = SignInPage {
            assets: state.assets.clone(),
            server: state.settings.server_name.clone(),
            notice: None,
            is_demo: state.settings.is_demo,
        };
        state
            .templates
            .sign_in(&page)
            .map(|html| (StatusCode::UNAUTHORIZED, Html(html)))
    };
    page.map_err(HttpError::from).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            "a=1; xwardroom=2;wardroom=three".parse().unwrap(),
        );
        headers.append(header::COOKIE, "wardroom2=4".parse().unwrap());
        assert_eq!(cookie(&headers, "wardroom"), Some("three"));
        assert_eq!(cookie(&headers, "__Host-wardroom"), None);
    }
}
