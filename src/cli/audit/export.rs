//! `wardroom audit export` and `list`: the log for programs, spreadsheets and people.

use std::io;

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::Filter;
use crate::cli::ExitStatus;
use crate::cli::output::{self, cell, plain};
use crate::db::audit::{AuditFilter, AuditRow};
use crate::db::{Db, DbError};

/// Entries read at a time.
const PAGE: i64 = 500;

/// In what form the log is exported.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Format {
    /// One JSON object a line, with the text that was hashed.
    Jsonl,
    /// For a spreadsheet; no cell can start a formula.
    Csv,
}

const COLUMNS: [&str; 12] = [
    "seq",
    "at",
    "actor",
    "verb",
    "case",
    "operation",
    "subject",
    "reason",
    "texts",
    "detail",
    "prev_hash",
    "hash",
];

pub(super) async fn export(db: &Db, format: Format, filter: Filter) -> Result<ExitStatus> {
    let filter = filter.with_limit(PAGE);
    let mut sheet = match format {
        Format::Jsonl => None,
        Format::Csv => Some(csv::Writer::from_writer(io::stdout().lock())),
    };
    if let Some(sheet) = &mut sheet {
        sheet.write_record(COLUMNS)?;
    }
    let mut after = 0;
    loop {
        let rows = page(db, after, &filter).await?;
        let Some(last) = rows.last() else { break };
        after = last.entry.seq;
        for row in &rows {
            match &mut sheet {
                Some(sheet) => sheet.write_record(cells(row))?,
                None => output::say_json(&json(row))?,
            }
        }
    }
    if let Some(mut sheet) = sheet {
        sheet.flush()?;
    }
    Ok(ExitStatus::Done)
}

pub(super) async fn list(db: &Db, filter: &AuditFilter, as_json: bool) -> Result<ExitStatus> {
    let mut rows = db
        .read(|mut tx| async move {
            let rows = tx.latest_entries(filter).await?;
            Ok::<_, DbError>((tx, rows))
        })
        .await?;
    rows.reverse();
    for row in &rows {
        if as_json {
            output::say_json(&json(row))?;
        } else {
            output::say(line(row))?;
        }
    }
    Ok(ExitStatus::Done)
}

async fn page(db: &Db, after: i64, filter: &AuditFilter) -> Result<Vec<AuditRow>, DbError> {
    db.read(|mut tx| async move {
        let rows = tx.entries(after, filter).await?;
        Ok((tx, rows))
    })
    .await
}

fn json(row: &AuditRow) -> Value {
    let entry = &row.entry;
    json!({
        "seq": entry.seq, "at": entry.at, "actor": entry.actor, "verb": entry.verb,
        "case": entry.case, "operation": entry.operation.map(|id| id.to_string()),
        "subject": row.texts.get("subject"), "texts": row.texts, "detail": entry.detail,
        "prev_hash": row.prev_hash, "hash": row.hash, "entry": entry.canonical(),
    })
}

fn cells(row: &AuditRow) -> Vec<String> {
    let entry = &row.entry;
    let text = |name: &str| row.texts.get(name).cloned().unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.at.clone(),
        entry.actor.clone(),
        entry.verb.clone(),
        entry.case.map(|id| id.to_string()).unwrap_or_default(),
        entry.operation.map(|id| id.to_string()).unwrap_or_default(),
        text("subject"),
        text("reason"),
        json!(row.texts).to_string(),
        entry.detail.to_string(),
        row.prev_hash.clone(),
        row.hash.clone(),
    ]
    .iter()
    .map(|text| cell(text).into_owned())
    .collect()
}

fn line(row: &AuditRow) -> String {
    let entry = &row.entry;
    let mut line = format!(
        "{:>6}  {}  {:<10}  {}",
        entry.seq,
        entry.at,
        plain(&entry.actor),
        entry.verb
    );
    let about = [
        entry.case.map(|id| id.to_string()),
        entry.operation.map(|id| id.to_string()),
        row.texts.get("subject").map(|text| plain(text)),
        row.texts
            .get("reason")
            .map(|text| format!("({})", plain(text))),
    ];
    for part in about.into_iter().flatten() {
        line.push_str("  ");
        line.push_str(&part);
    }
    line
}
