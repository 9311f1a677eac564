//! What somebody with a shell on the host may do without being a moderator. It stands in the audit
//! log as `host`, and a running Wardroom follows it from its next call on.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde_json::Value;

use super::ExitStatus;
use super::output;
use crate::app;
use crate::command;
use crate::config::Config;
use crate::desk::HostCommand;
use crate::domain::audit::NewEntry;
use crate::domain::{Actor, ModeratorName};

/// `wardroom offboard`.
#[derive(Debug, clap::Args)]
pub(super) struct Offboard {
    /// The moderator's name in the configuration.
    name: String,
}

/// `wardroom stop`.
#[derive(Debug, Subcommand)]
pub(super) enum Stop {
    /// Stop whatever acts by itself.
    Automation,
    /// Stop every call that changes the server.
    All,
    /// Stop what one moderator asks for.
    Moderator {
        /// The name in the configuration.
        name: String,
    },
    /// Lift a stop.
    #[command(subcommand)]
    Reset(Scope),
}

/// What a stop covers.
#[derive(Debug, Subcommand)]
pub(super) enum Scope {
    /// Whatever acts by itself.
    Automation,
    /// Every call that changes the server.
    All,
    /// What one moderator asks for.
    Moderator {
        /// The name in the configuration.
        name: String,
    },
}

/// `wardroom dry-run`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum DryRun {
    /// Change nothing on the server, only show what would be done.
    On,
    /// Change the server again. A dry run that the configuration asks for stays.
    Off,
}

impl From<Offboard> for HostCommand {
    fn from(offboard: Offboard) -> Self {
        Self::Offboard {
            moderator: ModeratorName(offboard.name),
        }
    }
}

impl From<Stop> for HostCommand {
    fn from(stop: Stop) -> Self {
        let set = command::Stop::Set;
        Self::Stop(match stop {
            Stop::Automation => set(command::StopScope::Automation),
            Stop::All => set(command::StopScope::All),
            Stop::Moderator { name } => set(command::StopScope::Moderator(ModeratorName(name))),
            Stop::Reset(scope) => command::Stop::Reset(scope.into()),
        })
    }
}

impl From<Scope> for command::StopScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Automation => Self::Automation,
            Scope::All => Self::All,
            Scope::Moderator { name } => Self::Moderator(ModeratorName(name)),
        }
    }
}

impl From<DryRun> for HostCommand {
    fn from(dry_run: DryRun) -> Self {
        Self::DryRun {
            on: matches!(dry_run, DryRun::On),
        }
    }
}

/// Gives a command to the desk, and prints what it did or why it did not.
pub(super) async fn run(config: &Path, command: impl Into<HostCommand>) -> Result<ExitStatus> {
    let config = Config::load(config)?;
    let desk = app::open_desk(&config).await?;
    let said = desk.on_host(&command.into()).await?;
    desk.db().close().await;
    match said {
        Ok(text) => {
            output::say(text)?;
            Ok(ExitStatus::Done)
        }
        Err(refused) => {
            output::say(refused.text)?;
            Ok(ExitStatus::Bad)
        }
    }
}

/// An audit entry about what was done on the host past the desk.
pub(super) fn entry(verb: &str, at: DateTime<Utc>, detail: Value) -> NewEntry {
    NewEntry {
        at,
        actor: Actor::Host.name(),
        verb: verb.to_owned(),
        case: None,
        operation: None,
        detail,
        texts: BTreeMap::new(),
    }
}
