//! What the desk answered, as the room shows it: at once where our script asked, on the next page
//! for browsers without scripts.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::response::{Html, IntoResponse, Redirect, Response};

use super::buttons;
use super::posted::{FRAGMENT, Posted};
use super::session::Signed;
use super::view::spoken;
use crate::chat::text::clean;
use crate::desk::{Answer, AnswerKind, Form, Platform, Reply};
use crate::http::error::HttpError;
use crate::http::state::HttpState;
use crate::http::token::new_token;
use crate::http::who;
use crate::template::{AnswerView, FieldView, FormView};

/// Answers that wait for their page at most; the oldest is dropped.
const MOST_WAITING: usize = 200;

/// Answers that wait for the next page of their reader. In memory: what was done is in the
/// database, and the page shows it even when the answer is lost with the process.
#[derive(Debug, Default)]
pub struct WaitingAnswers {
    waiting: Mutex<VecDeque<(String, String, AnswerView)>>,
}

impl WaitingAnswers {
    fn keep(&self, session: &str, answer: AnswerView) -> String {
        let id = new_token();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST_WAITING {
            waiting.pop_front();
        }
        waiting.push_back((id.clone(), session.to_owned(), answer));
        id
    }

    /// Takes the answer `id` of a session.
    pub(super) fn take(&self, id: &str, session: &str) -> Option<AnswerView> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting
            .iter()
            .position(|(key, of, _)| key == id && of == session)?;
        waiting.remove(place).map(|(.., answer)| answer)
    }
}

/// Answers a form with what the desk replied.
pub(super) async fn respond(
    state: &HttpState,
    posted: &Posted,
    reply: Reply,
) -> Result<Response, HttpError> {
    let view = match reply {
        Reply::Private(answer) => private(posted, &answer),
        Reply::Form(form) => filled_in(posted, form),
        Reply::Later { id } => {
            let who = posted.signed.known.identity(Platform::Room);
            match who::later(state, id, &who).await? {
                Some(answer) => private(posted, &answer),
                None => private(posted, &still_asking()),
            }
        }
        Reply::Completions { .. } | Reply::Nothing => return Ok(back(posted)),
    };
    if posted.wants_fragment {
        let head = [(FRAGMENT, "answer")];
        return Ok((head, Html(state.templates.answer(&view)?)).into_response());
    }
    let id = state.waiting.keep(&posted.signed.token_hash, view);
    let mark = if posted.here().contains('?') {
        '&'
    } else {
        '?'
    };
    Ok(Redirect::to(&format!("{}{mark}answer={id}", posted.here())).into_response())
}

fn back(posted: &Posted) -> Response {
    Redirect::to(posted.here()).into_response()
}

fn still_asking() -> Answer {
    let text = "The server has not answered yet. Ask again in a moment.";
    Answer::text(AnswerKind::Refused, text)
}

/// Whoever has an answer waiting sees it once.
pub(super) fn waiting(state: &HttpState, signed: &Signed, id: Option<&str>) -> Option<AnswerView> {
    state.waiting.take(id?, &signed.token_hash)
}

fn private(posted: &Posted, answer: &Answer) -> AnswerView {
    let (kind, icon, title) = match answer.kind {
        AnswerKind::Done => ("done", "check", "Done"),
        AnswerKind::Accepted => ("accepted", "send", "On its way"),
        AnswerKind::Confirm => ("confirm", "ask", "Please confirm"),
        AnswerKind::Second => ("second", "person", "A second person must agree"),
        AnswerKind::Refused => ("refused", "close", "Not done"),
    };
    AnswerView {
        words: spoken(&clean(&answer.text)),
        buttons: buttons::of_answer(&answer.buttons),
        ..empty(posted, kind, icon, title.to_owned())
    }
}

fn filled_in(posted: &Posted, form: Form) -> AnswerView {
    let fields = form.fields.into_iter().map(|field| FieldView {
        name: field.name,
        label: field.label,
        is_required: field.is_required,
        is_long: field.is_long,
    });
    AnswerView {
        form: Some(FormView {
            key: form.key,
            fields: fields.collect(),
        }),
        ..empty(posted, "form", "ask", form.title)
    }
}

fn empty(posted: &Posted, kind: &'static str, icon: &'static str, title: String) -> AnswerView {
    AnswerView {
        kind,
        icon,
        title,
        words: Vec::new(),
        buttons: Vec::new(),
        form: None,
        case: posted.case().ok().flatten().map(|case| case.0),
        seen: posted.field("seen").unwrap_or_default().to_owned(),
        csrf: posted.signed.csrf.clone(),
        nonce: new_token(),
        here: posted.here().to_owned(),
    }
}
