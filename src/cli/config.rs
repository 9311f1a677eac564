//! `wardroom config`: whether the configuration file can be used, and what is wrong with it.

use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

use super::ExitStatus;
use super::output;
use crate::config::Config;

/// `wardroom config`.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Say whether the file can be used, and everything that is wrong with it.
    Check,
}

pub(super) fn run(path: &Path, what: &What) -> Result<ExitStatus> {
    match what {
        What::Check => check(path),
    }
}

fn check(path: &Path) -> Result<ExitStatus> {
    match Config::load(path) {
        Ok(config) => {
            output::say(format!("{} is good: {}.", path.display(), summary(&config)))?;
            Ok(ExitStatus::Done)
        }
        Err(error) => {
            output::say(error.to_string())?;
            Ok(ExitStatus::Bad)
        }
    }
}

fn summary(config: &Config) -> String {
    let people = config.moderators.len();
    let dry_run = if config.policy.dry_run {
        ", dry run"
    } else {
        ""
    };
    format!(
        "{} with {people} moderator{}{dry_run}",
        config.server.url,
        if people == 1 { "" } else { "s" }
    )
}
