//! `POST /api/v1/commands`: the command line for scripts.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::extract::{Caller, Sent};
use super::wire::{AnswerJson, CommandRequest};
use crate::desk::{Answer, AnswerKind, Inbound, Platform, Reply};
use crate::http::error::{ErrorBody, HttpError};
use crate::http::state::HttpState;
use crate::http::who::{later, place};

const LONGEST_ID: usize = 200;
const LONGEST_COMMAND: usize = 16_000;

/// Runs a command as the token's moderator.
///
/// Whatever the command came to is answered 200: a command that was refused is an answer, too.
#[utoipa::path(
    post, path = "/api/v1/commands", request_body = CommandRequest,
    responses(
        (status = 200, body = AnswerJson),
        (status = 400, body = ErrorBody, description = "The body is no JSON"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody, description = "A field is missing or too long"),
        (status = 503, body = ErrorBody, description = "The database is busy; send it again"),
    ),
)]
pub(super) async fn run(
    State(state): State<Arc<HttpState>>,
    Caller(caller): Caller,
    Sent(request): Sent<CommandRequest>,
) -> Result<Json<AnswerJson>, HttpError> {
    check("id", &request.id, LONGEST_ID)?;
    check("command", &request.command, LONGEST_COMMAND)?;
    let who = caller.identity(Platform::Api);
    let inbound = Inbound::Words {
        text: request.command,
        case: None,
    };
    let reply = state
        .desk
        .handle(&who, &place(Platform::Api), &request.id, inbound)
        .await?;
    let answer = match reply {
        Reply::Private(answer) => answer,
        Reply::Later { id } => later(&state, id, &who).await?.unwrap_or_else(still_asking),
        Reply::Nothing | Reply::Form(_) | Reply::Completions { .. } => Answer::text(
            AnswerKind::Refused,
            "This command has no answer for scripts.",
        ),
    };
    Ok(Json(AnswerJson::from(answer)))
}

fn still_asking() -> Answer {
    let text = "The server is being asked. Send the same id and command again for its answer.";
    Answer::text(AnswerKind::Accepted, text)
}

fn check(field: &'static str, value: &str, longest: usize) -> Result<(), HttpError> {
    let length = value.chars().count();
    if value.trim().is_empty() {
        return Err(HttpError::unprocessable(field, format!("{field} is empty")));
    }
    if length > longest {
        let text = format!("{field} has {length} characters: expected at most {longest}");
        return Err(HttpError::unprocessable(field, text));
    }
    Ok(())
}
