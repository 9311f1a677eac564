//! The audit log as a page.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::answers::waiting;
use super::frame::{Page, frame};
use super::pages::load_counts;
use super::session::Signed;
use super::view::time;
use crate::chat::text::{clean_line, fit};
use crate::db::DbError;
use crate::db::audit::{AuditFilter, AuditRow};
use crate::desk::words;
use crate::domain::{Actor, Fact};
use crate::http::error::HttpError;
use crate::http::state::HttpState;
use crate::template::{AuditLine, AuditPage, Frame};

/// How many entries a page holds.
const LINES: i64 = 100;
const LONGEST_DETAIL: usize = 300;

/// What an address says about the log.
#[derive(Debug, Deserialize)]
pub(super) struct AuditQuery {
    actor: Option<String>,
    account: Option<String>,
    before: Option<i64>,
    answer: Option<String>,
}

/// The log, newest entries first.
pub(super) async fn audit(
    State(state): State<Arc<HttpState>>,
    signed: Signed,
    Query(query): Query<AuditQuery>,
) -> Result<Html<String>, HttpError> {
    let given = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let (actor, account) = (given(&query.actor), given(&query.account));
    let is_filtered = actor.is_some() || account.is_some();
    let filter = &AuditFilter {
        subject: account.clone(),
        actor: actor.clone(),
        case: None,
        limit: LINES,
    };
    // A filtered list has no older page: it shows the last entries that fit.
    let before = query.before.filter(|_| !is_filtered);
    let (rows, head, counts) = state
        .desk
        .db()
        .read(|mut tx| async move {
            let counts = load_counts(&mut tx).await?;
            let rows = match before {
                None => tx.latest_entries(filter).await?,
                Some(before) => {
                    let after = (before - 1 - LINES).max(0);
                    let mut rows = tx.entries(after, filter).await?;
                    rows.retain(|row| row.entry.seq < before);
                    rows.reverse();
                    rows
                }
            };
            let head = tx.head().await?;
            Ok::<_, DbError>((tx, (rows, head, counts)))
        })
        .await?;
    let now = state.desk.clock().now();
    let oldest = rows.last().map_or(0, |row| row.entry.seq);
    let here = "/room/audit".to_owned();
    let page = AuditPage {
        frame: Frame {
            answer: waiting(&state, &signed, query.answer.as_deref()),
            ..frame(
                &state,
                &signed,
                Page::Audit,
                "Audit log".to_owned(),
                here,
                counts,
            )
        },
        lines: rows.iter().map(|row| line(row, now)).collect(),
        account: account.unwrap_or_default(),
        actor: actor.unwrap_or_default(),
        older: (oldest > 1 && !is_filtered).then(|| format!("/room/audit?before={oldest}")),
        head: format!("{} {}", head.seq, head.hash),
    };
    Ok(Html(state.templates.audit(&page)?))
}

fn line(row: &AuditRow, now: DateTime<Utc>) -> AuditLine {
    let entry = &row.entry;
    let at = DateTime::parse_from_rfc3339(&entry.at).map_or(now, |at| at.with_timezone(&Utc));
    AuditLine {
        seq: entry.seq,
        at: time(at, now),
        actor: clean_line(&entry.actor),
        verb: entry.verb.clone(),
        case: entry.case.map(|case| case.0),
        operation: entry.operation.map(|operation| operation.to_string()),
        subject: row.texts.get("subject").map(|subject| clean_line(subject)),
        detail: fit(&clean_line(&detail(row)), LONGEST_DETAIL),
        hash: row.hash.chars().take(10).collect(),
    }
}

/// What happened in words, where it is a fact; the personal texts; the rest of the detail.
fn detail(row: &AuditRow) -> String {
    let mut detail = row.entry.detail.clone();
    let mut parts = Vec::new();
    if let Some(fact) = detail.get_mut("fact").map(Value::take) {
        match serde_json::from_value::<Fact>(fact.clone()) {
            // Whoever did it: words only need the name.
            Ok(fact) => {
                let actor = Actor::Moderator(row.entry.actor.as_str().into());
                parts.push(words::fact(&actor, &fact));
            }
            Err(_) => tell("fact", &fact, &mut parts),
        }
    }
    let texts = row.texts.iter().filter(|(name, _)| *name != "subject");
    parts.extend(texts.map(|(name, text)| format!("{name}: “{text}”")));
    tell("", &detail, &mut parts);
    parts.join("; ").replace(".;", ";")
}

/// Leaves of a JSON value with their names, without what says nothing.
fn tell(name: &str, value: &Value, parts: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                tell(name, value, parts);
            }
        }
        Value::Array(items) => {
            for item in items {
                tell(name, item, parts);
            }
        }
        Value::Bool(true) => parts.push(name.to_owned()),
        Value::String(text) => parts.push(format!("{name}: {text}")),
        Value::Number(number) => parts.push(format!("{name}: {number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_detail_is_told_by_its_leaves() {
        let mut parts = Vec::new();
        let value = json!({"fact": {"fact": "proposed", "verb": "limit", "dry_run": false, "needs_second": true}, "reports": ["1", "2"], "none": null});
        tell("", &value, &mut parts);
        assert_eq!(
            parts.join("; "),
            "fact: proposed; needs_second; verb: limit; reports: 1; reports: 2"
        );
    }
}
