//! `wardroom audit`: read, export and verify the audit log.

mod export;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;

use export::Format;

use super::ExitStatus;
use crate::app;
use crate::config::Config;
use crate::db::audit::AuditFilter;
use crate::domain::CaseId;

/// `wardroom audit`.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Check the whole chain, offline: database and anchor file are enough.
    Verify {
        /// The database instead of the configured one: sqlite:PATH or postgres://…
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// The anchor file instead of the configured one.
        #[arg(long, value_name = "FILE")]
        anchors: Option<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print the log from its first entry, for other programs.
    Export {
        /// JSON lines, or CSV for a spreadsheet.
        #[arg(long, value_enum, default_value = "jsonl")]
        format: Format,
        #[command(flatten)]
        filter: Filter,
    },
    /// Show the last entries, for people.
    List {
        /// So many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
        #[command(flatten)]
        filter: Filter,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

/// Which entries.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// Only those about this account, @user or @user@domain.
    #[arg(long, value_name = "HANDLE")]
    account: Option<String>,
    /// Only what this one did: a moderator's name, host, server, wardroom.
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only those of this case.
    #[arg(long, value_name = "NUMBER")]
    case: Option<CaseId>,
}

impl Filter {
    fn with_limit(self, limit: i64) -> AuditFilter {
        AuditFilter {
            subject: self.account,
            actor: self.actor,
            case: self.case,
            limit,
        }
    }
}

pub(super) async fn run(config: &Path, what: What) -> Result<ExitStatus> {
    match what {
        What::Verify {
            database,
            anchors,
            json,
        } => verify::run(config, database, anchors, json).await,
        What::Export { format, filter } => {
            let db = app::open_db(&Config::load(config)?).await?;
            let done = export::export(&db, format, filter).await;
            db.close().await;
            done
        }
        What::List {
            limit,
            filter,
            json,
        } => {
            let db = app::open_db(&Config::load(config)?).await?;
            let done = export::list(&db, &filter.with_limit(limit.max(1)), json).await;
            db.close().await;
            done
        }
    }
}
