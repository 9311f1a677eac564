//! `wardroom room`: invitations into the room.

use std::path::Path;

use anyhow::{Result, bail};
use chrono::TimeDelta;
use clap::Subcommand;
use serde_json::json;

use super::ExitStatus;
use super::output;
use crate::app;
use crate::config::Config;
use crate::domain::ModeratorName;

/// `wardroom room`.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Make a one-time link that signs a moderator in.
    Invite {
        /// The moderator's name in the configuration.
        name: String,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// How long an invitation can be used.
const VALID: TimeDelta = TimeDelta::minutes(15);

pub(super) async fn run(config: &Path, what: What) -> Result<ExitStatus> {
    let What::Invite { name, json } = what;
    let config = Config::load(config)?;
    let name = ModeratorName(name);
    let mut known = config.moderators.iter().map(|person| person.name.as_str());
    if !known.any(|known| known == name.as_str()) {
        let known: Vec<_> = config
            .moderators
            .iter()
            .map(|person| person.name.as_str())
            .collect();
        bail!(
            "there is no moderator '{name}' in the configuration: it has {}",
            known.join(", ")
        );
    }
    let desk = app::open_desk(&config).await?;
    let url = app::invite(&desk, &config.http.public_url, &name, VALID).await?;
    desk.db().close().await;
    let minutes = VALID.num_minutes();
    if json {
        output::say_json(&json!({"moderator": name, "url": url, "minutes": minutes}))?;
    } else {
        output::say(format!(
            "{url}\nThis signs {name} in, once, within {minutes} minutes."
        ))?;
    }
    Ok(ExitStatus::Done)
}
