//! What the simulated server answers: successes, and the refusals with Mastodon's status and text.

use super::node::{Node, Object};

/// An answer before it becomes HTTP.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Body,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Json(Node),
    Html(String),
    /// JSON text that need not be valid.
    Raw(String),
}

impl Answer {
    /// 200 with JSON.
    pub(super) fn json(node: impl Into<Node>) -> Self {
        Self {
            status: 200,
            body: Body::Json(node.into()),
            headers: Vec::new(),
        }
    }

    /// 200 with `{}`.
    pub(super) fn empty() -> Self {
        Self::json(Object::new())
    }

    pub(super) fn html(status: u16, page: impl Into<String>) -> Self {
        Self {
            status,
            body: Body::Html(page.into()),
            headers: Vec::new(),
        }
    }

    #[must_use]
    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn error(status: u16, text: &str) -> Self {
        Self {
            status,
            ..Self::json(Object::new().with("error", text))
        }
    }
}

/// Why a request fails. Matched on by nobody: a table of Mastodon's own refusals.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// 401 outside the admin API: no token, or an unknown one.
    TokenInvalid,
    /// 401: the token was revoked.
    TokenRevoked,
    /// 401 with a text of its own.
    Unauthenticated(&'static str),
    /// 403: the scope is missing.
    OutsideScopes,
    /// 403: role, rank or state forbid it.
    NotAllowed,
    /// 403: the call does not exist for remote accounts.
    Forbidden,
    /// 403: the token's owner cannot log in.
    Login(&'static str),
    /// 404.
    NotFound,
    /// 404 for a path that the server does not have.
    NoRoute,
    /// 404 with an empty HTML body: a setting turned the route off.
    TurnedOff,
    /// 400.
    BadRequest(String),
    /// 422 with this text and nothing more.
    Unprocessable(String),
    /// 422 with another key beside the error.
    Conflict {
        error: String,
        key: &'static str,
        value: Node,
    },
    /// 500 with the HTML error page.
    Crash,
}

const CRASH_PAGE: &str = "<!DOCTYPE html>\n<html lang='en'><head><title>We're sorry, but something \
    went wrong on our end. - Mastodon</title></head><body class='error'><div class='dialog'><h1>\
    We're sorry, but something went wrong on our end.</h1></div></body></html>\n";

impl Failure {
    pub(super) const LOGIN_DISABLED: Self = Self::Login("Your login is currently disabled");

    pub(super) fn unprocessable(text: impl Into<String>) -> Self {
        Self::Unprocessable(text.into())
    }

    /// 422 of a record that is not valid.
    pub(super) fn invalid(messages: &str) -> Self {
        Self::Unprocessable(format!("Validation failed: {messages}"))
    }

    /// 400 of a missing parameter.
    pub(super) fn missing(param: &str) -> Self {
        Self::BadRequest(format!("param is missing or the value is empty: {param}"))
    }

    /// The answer as HTTP shows it.
    pub(super) fn answer(self, wants_json: bool) -> Answer {
        let revoked = "The access token was revoked";
        let invalid = "The access token is invalid";
        match self {
            Self::TokenInvalid => {
                Answer::error(401, invalid).with_header("www-authenticate", challenge(invalid))
            }
            Self::TokenRevoked => {
                Answer::error(401, revoked).with_header("www-authenticate", challenge(revoked))
            }
            Self::Unauthenticated(text) => Answer::error(401, text),
            Self::OutsideScopes => {
                Answer::error(403, "This action is outside the authorized scopes")
            }
            Self::NotAllowed => Answer::error(403, "This action is not allowed"),
            Self::Forbidden => Answer::error(403, "Forbidden"),
            Self::Login(text) => Answer::error(403, text),
            Self::NotFound => Answer::error(404, "Record not found"),
            Self::NoRoute if wants_json => Answer::error(404, "Not Found"),
            Self::NoRoute => Answer::html(
                404,
                "<!DOCTYPE html>\n<html lang='en'><head><title>The page you are looking for isn't \
                 here. - Mastodon</title></head><body class='error'></body></html>\n",
            ),
            Self::TurnedOff => Answer::html(404, ""),
            Self::BadRequest(text) => Answer::error(400, &text),
            Self::Unprocessable(text) => Answer::error(422, &text),
            Self::Conflict { error, key, value } => Answer {
                status: 422,
                ..Answer::json(Object::new().with("error", error).with(key, value))
            },
            Self::Crash => Answer::html(500, CRASH_PAGE),
        }
    }
}

fn challenge(description: &str) -> String {
    format!(
        r#"Bearer realm="Doorkeeper", error="invalid_token", error_description="{description}""#
    )
}
