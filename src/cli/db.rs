//! `wardroom db`: the schema, backups, and the way back from one.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::{Value, json};

use super::output;
use super::{ExitStatus, host};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::domain::audit::Anchor;
use crate::worker::anchors;

/// `wardroom db`.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Bring the schema up to date. `serve` does it too.
    Migrate,
    /// Write a copy of a running SQLite database to a new file.
    Backup {
        /// The new file.
        file: PathBuf,
    },
    /// Put a backup in the place of the SQLite database. Stop Wardroom first.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Give up the database that is there.
        #[arg(long)]
        force: bool,
    },
}

pub(super) async fn run(config: &Path, what: What) -> Result<ExitStatus> {
    let config = Config::load(config)?;
    match what {
        What::Migrate => {
            app::open_db(&config).await?.close().await;
            output::say("The schema is up to date.")?;
        }
        What::Backup { file } => backup(&config, &file).await?,
        What::Restore { file, force } => restore(&config, &file, force).await?,
    }
    Ok(ExitStatus::Done)
}

async fn backup(config: &Config, file: &Path) -> Result<()> {
    let db = app::open_existing(&app::database(config)).await?;
    db.backup(file).await?;
    note(&db, "database.backed-up", json!({"backup": name_of(file)})).await?;
    db.close().await;
    output::say(format!(
        "Wrote {}. It holds what was reported: keep it as safe as the database.",
        file.display()
    ))
}

async fn restore(config: &Config, file: &Path, force: bool) -> Result<()> {
    let database = app::database(config);
    let anchors = match &config.audit.anchor_file {
        Some(anchors) => anchors::read(anchors)?,
        None => Vec::new(),
    };
    crate::db::restore(&database, file, force).await?;
    let db = app::open_db(config).await?;
    let reached = anchors.iter().map(|anchor| anchor.seq).max();
    let detail = json!({"backup": name_of(file), "anchored_before": reached});
    let checkpoint = note(&db, "database.restored", detail)
        .await
        .context("the backup is in place, but the audit log could not be told")?;
    db.close().await;
    if let Some(anchors) = &config.audit.anchor_file {
        let line = anchors::AnchorLine {
            anchor: checkpoint.clone(),
            restored: true,
        };
        anchors::append(anchors, &line)?;
    }
    output::say(format!(
        "Restored {}. The audit log goes on at entry {}{}.\nWhat was decided after the backup is \
         not known here: offboarded moderators and stops of that time have to be set again.",
        file.display(),
        checkpoint.seq,
        gave_up(&checkpoint, reached)
    ))
}

/// Writes an audit entry, and says where the log stands with it.
async fn note(db: &Db, verb: &str, detail: Value) -> Result<Anchor> {
    let entry = &host::entry(verb, SystemClock.now(), detail);
    Ok(db
        .write(|mut tx| async move {
            tx.append(std::slice::from_ref(entry)).await?;
            let head = tx.head().await?;
            Ok::<_, DbError>((tx, head))
        })
        .await?)
}

fn name_of(file: &Path) -> Cow<'_, str> {
    file.file_name().unwrap_or_default().to_string_lossy()
}

fn gave_up(checkpoint: &Anchor, reached: Option<i64>) -> String {
    match reached {
        Some(reached) if reached >= checkpoint.seq => format!(
            "; entries {} to {reached} of the log before are given up",
            checkpoint.seq
        ),
        _ => String::new(),
    }
}
