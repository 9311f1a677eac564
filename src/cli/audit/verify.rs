//! `wardroom audit verify`: the chain, the texts and the anchors, in one consistent read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

use crate::app;
use crate::cli::ExitStatus;
use crate::cli::output;
use crate::config::Config;
use crate::db::audit::AuditText;
use crate::db::{Db, DbError};
use crate::domain::audit::{Anchor, Broken, Entry, Filed, Row, SaltedText, Verifier};
use crate::worker::anchors;

/// Rows read at a time, so that a long log needs little memory.
const PAGE: i64 = 500;

/// What a check found.
struct Found {
    head: Anchor,
    broken: Vec<Broken>,
}

pub(super) async fn run(
    config: &Path,
    database: Option<String>,
    file: Option<PathBuf>,
    as_json: bool,
) -> Result<ExitStatus> {
    // With both named, no configuration is needed.
    let (database, file) = match (database, file) {
        (Some(database), Some(file)) => (app::database_at(database), Some(file)),
        (database, file) => {
            let config = Config::load(config)?;
            let database = database.map_or_else(|| app::database(&config), app::database_at);
            (database, file.or(config.audit.anchor_file))
        }
    };
    let anchors = file
        .as_deref()
        .map(anchors::read)
        .transpose()?
        .unwrap_or_default();
    let db = app::open_existing(&database).await?;
    let found = check(&db, &anchors).await?;
    db.close().await;
    tell(&found, anchors.len(), as_json)?;
    Ok(if found.broken.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::Bad
    })
}

async fn check(db: &Db, anchors: &[Anchor]) -> Result<Found, DbError> {
    db.read(|mut tx| async move {
        let mut verifier = Verifier::new(anchors.iter().cloned());
        let mut after = i64::MIN;
        loop {
            let rows = tx.rows(after, PAGE).await?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
                break;
            };
            let texts = tx.texts(first.seq, last.seq).await?;
            let filed = tx.filed(first.seq, last.seq).await?;
            after = last.seq;
            take(&mut verifier, &rows, texts, &filed);
        }
        let head = tx.head().await?;
        let broken = verifier.finish(Some(&head));
        Ok((tx, Found { head, broken }))
    })
    .await
}

fn take(verifier: &mut Verifier, rows: &[Row], texts: Vec<AuditText>, filed: &[Filed]) {
    let mut entries = BTreeMap::new();
    for row in rows {
        verifier.row(row);
        // What cannot be read as an entry was named by `row`.
        if let Ok(entry) = serde_json::from_str::<Entry>(&row.entry) {
            entries.insert(row.seq, entry);
        }
    }
    for filed in filed {
        if let Some(entry) = entries.get(&filed.seq) {
            verifier.filed(filed, entry);
        }
    }
    for text in texts {
        if let Some(entry) = entries.get(&text.seq) {
            let salted = SaltedText {
                salt: text.salt,
                text: text.text,
            };
            verifier.text(text.seq, &text.name, &salted, entry);
        }
    }
}

fn tell(found: &Found, anchors: usize, as_json: bool) -> Result<()> {
    if as_json {
        let problems: Vec<_> = found.broken.iter().map(ToString::to_string).collect();
        return output::say_json(&json!({
            "ok": problems.is_empty(),
            "entries": found.head.seq,
            "hash": found.head.hash,
            "anchors": anchors,
            "problems": problems,
        }));
    }
    if found.broken.is_empty() {
        return output::say(format!(
            "The audit log is whole: {} entries, {anchors} anchors, ends with {}.",
            found.head.seq, found.head.hash
        ));
    }
    output::say("The audit log is broken:")?;
    for broken in &found.broken {
        output::say(format!("- {broken}"))?;
    }
    Ok(())
}
