//! The pages: each reads the database once, at one moment, and is rendered from that.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::answers::waiting;
use super::frame::{Counts, Page, frame};
use super::session::Signed;
use super::view::list::{Listed, Shown};
use super::view::{self, time};
use crate::db::cases::CaseFilter;
use crate::db::{DbError, Tx};
use crate::domain::{CaseId, CaseState, Operation};
use crate::http::cursor;
use crate::http::error::HttpError;
use crate::http::state::HttpState;
use crate::telemetry::readiness::PartState;
use crate::template::{Count, Frame, OperationsPage, Overview, PartLine, RoomPage};

/// How many cases a list holds.
const ROWS: usize = 60;
/// How many operations the overview shows.
const UNDER_WAY: i64 = 20;
/// How many finished operations are shown.
const RECENT: i64 = 100;

/// What an address says about the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    state: Option<String>,
    before: Option<String>,
    answer: Option<String>,
}

impl ListQuery {
    fn shown(&self) -> Shown {
        Shown::read(self.state.as_deref())
    }

    /// The page's own address, without the answer that was shown.
    fn here(&self, path: &str) -> String {
        match self
            .before
            .as_deref()
            .filter(|before| cursor::read(before).is_some())
        {
            Some(before) => format!("{path}?state={}&before={before}", self.shown().word()),
            None => format!("{path}{}", self.shown().query()),
        }
    }
}

/// The case list, and how things stand.
pub(super) async fn cases(
    State(state): State<Arc<HttpState>>,
    signed: Signed,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, HttpError> {
    let (listed, last_change) = load_list(&state, &signed, &query).await?;
    let frame = Frame {
        answer: waiting(&state, &signed, query.answer.as_deref()),
        ..frame(
            &state,
            &signed,
            Page::Cases,
            "Cases".to_owned(),
            query.here("/"),
            counts(&listed, last_change),
        )
    };
    let page = RoomPage {
        list: view::list::view(&listed, query.shown(), None, state.desk.clock().now()),
        case: None,
        overview: Some(overview(&state, &frame, &listed).await?),
        frame,
    };
    Ok(Html(state.templates.room(&page)?))
}

/// One case beside the list.
pub(super) async fn case(
    State(state): State<Arc<HttpState>>,
    signed: Signed,
    Path(number): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, HttpError> {
    let id: CaseId = number.parse().map_err(HttpError::not_found)?;
    let (listed, last_change) = load_list(&state, &signed, &query).await?;
    let case = state
        .desk
        .view(id)
        .await?
        .ok_or_else(|| HttpError::not_found(format!("there is no case {id}")))?;
    let now = state.desk.clock().now();
    let title = format!("{id} {}", case.case.target_text);
    let here = query.here(&format!("/room/cases/{}", id.0));
    let frame = Frame {
        case: Some(id.0),
        answer: waiting(&state, &signed, query.answer.as_deref()),
        ..frame(
            &state,
            &signed,
            Page::Cases,
            title,
            here,
            counts(&listed, last_change),
        )
    };
    let page = RoomPage {
        list: view::list::view(&listed, query.shown(), Some(id), now),
        case: Some(view::case::view(&case, &state, &signed, &frame, now)),
        overview: None,
        frame,
    };
    Ok(Html(state.templates.room(&page)?))
}

/// What an address says about a page without a list.
#[derive(Debug, Deserialize)]
pub(super) struct PlainQuery {
    answer: Option<String>,
}

/// Every operation that is not finished, and the last ones that are.
pub(super) async fn operations(
    State(state): State<Arc<HttpState>>,
    signed: Signed,
    Query(query): Query<PlainQuery>,
) -> Result<Html<String>, HttpError> {
    let (unfinished, recent, counts) = state
        .desk
        .db()
        .read(|mut tx| async move {
            let counts = load_counts(&mut tx).await?;
            let unfinished = tx.unfinished_operations(RECENT).await?;
            let recent = tx.recent_operations(RECENT).await?;
            Ok::<_, DbError>((tx, (unfinished, recent, counts)))
        })
        .await?;
    let now = state.desk.clock().now();
    let here = "/room/operations".to_owned();
    let show = |operation: &Operation| view::operation::view(operation, now, true);
    let page = OperationsPage {
        frame: Frame {
            answer: waiting(&state, &signed, query.answer.as_deref()),
            ..frame(
                &state,
                &signed,
                Page::Operations,
                "Operations".to_owned(),
                here,
                counts,
            )
        },
        unfinished: unfinished.iter().rev().map(show).collect(),
        finished: recent
            .iter()
            .filter(|one| one.state.is_finished())
            .map(show)
            .collect(),
    };
    Ok(Html(state.templates.operations(&page)?))
}

/// What the frame of a page without a list counts.
pub(super) async fn load_counts(tx: &mut Tx) -> Result<Counts, DbError> {
    let last_change = tx.last_change().await?;
    Ok(Counts {
        unresolved: unresolved(&tx.case_counts().await?),
        last_change,
    })
}

fn unresolved(counts: &[(CaseState, i64)]) -> i64 {
    counts
        .iter()
        .filter(|(state, _)| *state != CaseState::Resolved)
        .map(|(_, count)| count)
        .sum()
}

fn counts(listed: &Listed, last_change: i64) -> Counts {
    Counts {
        unresolved: unresolved(&listed.counts),
        last_change,
    }
}

async fn load_list(
    state: &HttpState,
    signed: &Signed,
    query: &ListQuery,
) -> Result<(Listed, i64), HttpError> {
    let shown = query.shown();
    let filter = &CaseFilter {
        states: shown.states(),
        claimed_by: (shown == Shown::Mine).then(|| signed.name().clone()),
        kind: None,
        before: query.before.as_deref().and_then(cursor::read),
        // One more, to know whether there are older ones.
        limit: i64::try_from(ROWS + 1).unwrap_or(i64::MAX),
    };
    let loaded = state
        .desk
        .db()
        .read(|mut tx| async move {
            // First, so that a change meanwhile is told again rather than missed.
            let last_change = tx.last_change().await?;
            let counts = tx.case_counts().await?;
            let mut found = tx.cases(filter).await?;
            let has_older = found.len() > ROWS;
            found.truncate(ROWS);
            let mut cases = Vec::with_capacity(found.len());
            for case in found {
                let reports = tx.case_reports(case.id).await?;
                cases.push((case, reports));
            }
            Ok::<_, DbError>((
                tx,
                (
                    Listed {
                        cases,
                        has_older,
                        counts,
                    },
                    last_change,
                ),
            ))
        })
        .await?;
    Ok(loaded)
}

async fn overview(
    state: &HttpState,
    frame: &Frame,
    listed: &Listed,
) -> Result<Overview, HttpError> {
    let (operations, last_delivery_at) = state
        .desk
        .db()
        .read(|mut tx| async move {
            let operations = tx.unfinished_operations(UNDER_WAY).await?;
            let last = tx.last_delivery_at("mastodon").await?;
            Ok::<_, DbError>((tx, (operations, last)))
        })
        .await?;
    let now = state.desk.clock().now();
    let of = |wanted| {
        listed
            .counts
            .iter()
            .find(|(state, _)| *state == wanted)
            .map_or(0, |(_, n)| *n)
    };
    let count = |state: CaseState, href| Count {
        tone: state.word(),
        number: of(state),
        label: state.word(),
        href,
    };
    let parts = state.readiness.parts().into_iter();
    Ok(Overview {
        counts: vec![
            count(CaseState::Open, "/?state=open"),
            count(CaseState::Claimed, "/?state=claimed"),
            count(CaseState::Resolved, "/?state=resolved"),
        ],
        operations: operations
            .iter()
            .rev()
            .map(|one| view::operation::view(one, now, true))
            .collect(),
        parts: parts
            .filter(|part| part.state != PartState::Ready)
            .map(|part| PartLine {
                part: part.part,
                text: part.text,
            })
            .collect(),
        last_delivery_at: last_delivery_at.map(|at| time(at, now)),
        csrf: frame.csrf.clone(),
        nonce: frame.nonce.clone(),
        here: frame.here.clone(),
    })
}
