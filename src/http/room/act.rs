//! What people do in the room: presses, words, notes and forms, each handed to the desk as from
//! every other platform.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::answers::respond;
use super::posted::Posted;
use crate::desk::{Inbound, NoteInbound, Platform};
use crate::domain::NoteId;
use crate::http::error::HttpError;
use crate::http::state::HttpState;
use crate::http::who::place;

/// A button of a card, an operation or an answer.
pub(super) async fn press(
    State(state): State<Arc<HttpState>>,
    posted: Posted,
) -> Result<Response, HttpError> {
    let key = posted.needed("key")?.to_owned();
    let seen = posted.seen()?;
    hand_over(&state, &posted, Inbound::Press { key, seen }).await
}

/// The command line.
pub(super) async fn words(
    State(state): State<Arc<HttpState>>,
    posted: Posted,
) -> Result<Response, HttpError> {
    let text = posted.needed("text")?.trim_start_matches('/').to_owned();
    let case = posted.case()?;
    hand_over(&state, &posted, Inbound::Words { text, case }).await
}

/// The form of an answer.
pub(super) async fn form(
    State(state): State<Arc<HttpState>>,
    posted: Posted,
) -> Result<Response, HttpError> {
    let key = posted.needed("key")?.to_owned();
    let inbound = Inbound::Form {
        key,
        values: posted.values(),
        seen: posted.seen()?,
    };
    hand_over(&state, &posted, inbound).await
}

/// A new note.
pub(super) async fn add_note(
    State(state): State<Arc<HttpState>>,
    posted: Posted,
) -> Result<Response, HttpError> {
    let text = posted.needed("text")?.to_owned();
    let case = posted
        .case()?
        .ok_or_else(|| HttpError::unprocessable("case", "the note came without its case"))?;
    hand_over(
        &state,
        &posted,
        Inbound::Note(NoteInbound::Added { case, text }),
    )
    .await
}

/// A note changed or taken away by its author.
pub(super) async fn change_note(
    State(state): State<Arc<HttpState>>,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, HttpError> {
    let id = NoteId(id);
    let note = match posted.needed("do")? {
        "delete" => NoteInbound::Deleted { id },
        _ => NoteInbound::Edited {
            id,
            text: posted.needed("text")?.to_owned(),
        },
    };
    hand_over(&state, &posted, Inbound::Note(note)).await
}

async fn hand_over(
    state: &HttpState,
    posted: &Posted,
    inbound: Inbound,
) -> Result<Response, HttpError> {
    let who = posted.signed.known.identity(Platform::Room);
    let request_id = posted.request_id(&inbound);
    let reply = state
        .desk
        .handle(&who, &place(Platform::Room), &request_id, inbound)
        .await?;
    respond(state, posted, reply).await
}
