//! Writes the end of the audit log down outside the database (invariant 12): who rewrites the log
//! later cannot rewrite what the file says, if the file is kept where they cannot write.

mod file;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::Mutex;

pub use file::{AnchorLine, append, read};

use super::{Tick, Worker};
use crate::db::DbError;
use crate::desk::Desk;
use crate::domain::audit::Anchor;

/// Anchors the audit log.
#[derive(Debug)]
pub struct Anchors {
    desk: Arc<Desk>,
    file: PathBuf,
    last: Mutex<Option<Anchor>>,
}

impl Anchors {
    /// How often the end of the log is written down, if it grew.
    pub const EVERY: Duration = Duration::from_mins(5);

    /// Writes to `file`, which should lie where whoever can write the database cannot.
    pub fn new(desk: Arc<Desk>, file: PathBuf) -> Self {
        Self {
            desk,
            file,
            last: Mutex::new(None),
        }
    }
}

impl Worker for Anchors {
    fn name(&self) -> &'static str {
        "anchors"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let head = self
            .desk
            .db()
            .read(|mut tx| async move {
                let head = tx.head().await?;
                Ok::<_, DbError>((tx, head))
            })
            .await?;
        let mut last = self.last.lock().await;
        if head.seq == 0 || last.as_ref() == Some(&head) {
            return Ok(Tick::Idle);
        }
        let file = self.file.clone();
        let line = AnchorLine {
            anchor: head.clone(),
            restored: false,
        };
        tokio::task::spawn_blocking(move || append(&file, &line))
            .await
            .context("the anchor was not written")??;
        *last = Some(head);
        Ok(Tick::Worked)
    }
}
