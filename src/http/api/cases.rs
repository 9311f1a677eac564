//! `GET /api/v1/cases`: what there is to do, and one case with all that belongs to it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Asked, Caller};
use super::wire::{CaseDetailJson, CaseJson, Cases};
use crate::db::DbError;
use crate::db::cases::{CaseFilter, CaseStates};
use crate::domain::{CaseId, CaseState, Target};
use crate::http::cursor;
use crate::http::error::{ErrorBody, HttpError};
use crate::http::state::HttpState;

const DEFAULT_LIMIT: i64 = 50;
const MOST: i64 = 200;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CasesQuery {
    /// `open`, `claimed`, `resolved` or `all`; without it, those that are not resolved.
    state: Option<String>,
    /// At most this many, from 1 to 200; 50 without it.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists cases, newest first.
#[utoipa::path(
    get, path = "/api/v1/cases", params(CasesQuery),
    responses(
        (status = 200, body = Cases),
        (status = 400, body = ErrorBody, description = "A parameter cannot be read"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    ),
)]
pub(super) async fn list(
    State(state): State<Arc<HttpState>>,
    _caller: Caller,
    Asked(query): Asked<CasesQuery>,
) -> Result<Json<Cases>, HttpError> {
    let limit = limit(query.limit, DEFAULT_LIMIT, MOST)?;
    let before = query.cursor.as_deref().map(|text| {
        cursor::read(text).ok_or_else(|| {
            HttpError::bad_request("this cursor was not made here; use `next` of a page as it is")
                .about("cursor")
        })
    });
    let filter = &CaseFilter {
        states: states(query.state.as_deref())?,
        before: before.transpose()?,
        // One more, to know whether there is a next page.
        limit: limit + 1,
        ..CaseFilter::default()
    };
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let cases = state
        .desk
        .db()
        .read(|mut tx| async move {
            let mut found = tx.cases(filter).await?;
            let next = (found.len() > page)
                .then(|| {
                    found
                        .get(page - 1)
                        .map(|last| cursor::write(last.opened_at, last.id))
                })
                .flatten();
            found.truncate(page);
            let mut cases = Vec::with_capacity(found.len());
            for case in found {
                let reports = tx.case_reports(case.id).await?;
                let account = match &case.target {
                    Target::Account(id) => tx.account(id).await?,
                    _ => None,
                };
                cases.push(CaseJson::new(&case, &reports, account.as_ref()));
            }
            Ok::<_, DbError>((tx, Cases { cases, next }))
        })
        .await?;
    Ok(Json(cases))
}

/// Shows one case with its timeline, notes and operations.
#[utoipa::path(
    get, path = "/api/v1/cases/{number}",
    params(("number" = i64, Path, description = "The case's number")),
    responses(
        (status = 200, body = CaseDetailJson),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody, description = "There is no such case"),
    ),
)]
pub(super) async fn one(
    State(state): State<Arc<HttpState>>,
    _caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<CaseDetailJson>, HttpError> {
    let id: CaseId = number.parse().map_err(HttpError::not_found)?;
    let view = state.desk.view(id).await?;
    let view = view.ok_or_else(|| HttpError::not_found(format!("there is no case {id}")))?;
    Ok(Json(CaseDetailJson::from(&view)))
}

/// A limit between 1 and `most`.
pub(super) fn limit(asked: Option<i64>, default: i64, most: i64) -> Result<i64, HttpError> {
    match asked.unwrap_or(default) {
        limit if (1..=most).contains(&limit) => Ok(limit),
        limit => {
            let text = format!("limit is {limit}: expected 1 to {most}");
            Err(HttpError::bad_request(text).about("limit"))
        }
    }
}

fn states(word: Option<&str>) -> Result<CaseStates, HttpError> {
    let only = |state| Ok(CaseStates::Only(vec![state]));
    match word {
        None => Ok(CaseStates::Unresolved),
        Some("all") => Ok(CaseStates::All),
        Some("open") => only(CaseState::Open),
        Some("claimed") => only(CaseState::Claimed),
        Some("resolved") => only(CaseState::Resolved),
        Some(other) => {
            let found: String = other.chars().take(40).collect();
            let text = format!("'{found}' is no state: expected open, claimed, resolved or all");
            Err(HttpError::bad_request(text).about("state"))
        }
    }
}
