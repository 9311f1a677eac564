//! From an invite to a session, and out again. Looking at an invite uses nothing up, so that link
//! previews and mail scanners cannot burn it; the button does.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::posted::{Posted, check_origin};
use super::session;
use crate::db::DbError;
use crate::domain::ModeratorName;
use crate::http::error::HttpError;
use crate::http::peer;
use crate::http::state::HttpState;
use crate::http::token::TokenHash;
use crate::template::InvitePage;

/// Shows the button.
pub(super) async fn show(
    State(state): State<Arc<HttpState>>,
    Path(token): Path<String>,
) -> Result<Response, HttpError> {
    let page = InvitePage {
        assets: state.assets.clone(),
        server: state.settings.server_name.clone(),
        action: format!("/room/invite/{}", tame(&token)?),
        is_demo: state.settings.is_demo,
    };
    Ok(Html(state.templates.invite(&page)?).into_response())
}

/// Takes the invite.
pub(super) async fn take(
    State(state): State<Arc<HttpState>>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, HttpError> {
    check_origin(&state.settings, request.headers())?;
    let client = client(&state, &request);
    let now = state.desk.clock().now();
    if state.failures.is_blocked(client, now) {
        let text = "too many wrong invites from your address; try again in five minutes";
        return Err(HttpError::new(StatusCode::TOO_MANY_REQUESTS, text));
    }
    let Some(moderator) = redeem(&state, tame(&token)?).await? else {
        state.failures.add(client, now);
        tracing::warn!(%client, "an invite that is unknown, used or too old");
        return Err(HttpError::not_found(
            "this invite was used already, or is too old; `wardroom room invite NAME` makes a new one",
        ));
    };
    let cookie = session::begin(&state, &moderator).await?;
    tracing::info!(moderator.name = %moderator, "signed in");
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// Ends the session.
pub(super) async fn leave(
    State(state): State<Arc<HttpState>>,
    posted: Posted,
) -> Result<Response, HttpError> {
    let cookie = session::end(&state, &posted.signed).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

async fn redeem(state: &HttpState, token: &str) -> Result<Option<ModeratorName>, HttpError> {
    let hash = &TokenHash::of(token).hex();
    let now = state.desk.clock().now();
    let moderator = state
        .desk
        .db()
        .write(|mut tx| async move {
            let moderator = tx.take_invite(hash, now).await?;
            Ok::<_, DbError>((tx, moderator))
        })
        .await?;
    Ok(moderator)
}

/// A token that can be one of ours; anything else is not worth a look at the database.
fn tame(token: &str) -> Result<&str, HttpError> {
    let is_tame = (1..=128).contains(&token.len())
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_tame {
        Ok(token)
    } else {
        Err(HttpError::not_found(
            "this is no invite; check that the link was copied whole",
        ))
    }
}

fn client(state: &HttpState, request: &Request) -> IpAddr {
    let headers: &HeaderMap = request.headers();
    peer::client(
        peer::connection(request.extensions()),
        headers,
        &state.settings.trusted_proxies,
    )
}
