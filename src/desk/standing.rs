//! How things stand at one moment: stops, dry run, who is linked and who is gone. Read inside
//! the transaction that relies on it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::rules::{Person, Rules};
use crate::db::{DbError, Tx};
use crate::domain::moderator::Link;
use crate::domain::{AccountId, Moderator, ModeratorName, Operation};

/// The setting that holds the dry run switched on from chat or host.
pub(super) const DRY_RUN: &str = "dry_run";
/// The setting that holds the id of the account whose token Wardroom uses.
pub const BOT_ACCOUNT: &str = "server.bot";
/// The setting that holds a stop of everything that acts by itself.
pub(super) const STOP_AUTOMATION: &str = "stop.automation";
/// The setting that holds a stop of everything.
pub(super) const STOP_ALL: &str = "stop.all";
/// The settings that hold stops of one moderator begin so.
pub(super) const STOP_MODERATOR: &str = "stop.moderator.";

/// A stop that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopNote {
    /// Who set it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// A first moderator who wants it lifted; a second one lifts it.
    pub reset_asked_by: Option<ModeratorName>,
}

/// How things stand.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Why it is a dry run, in words; `None` if it is none.
    pub dry_run: Option<&'static str>,
    /// Everything stopped.
    pub stop_all: Option<StopNote>,
    /// Everything that acts by itself stopped.
    pub stop_automation: Option<StopNote>,
    /// Moderators stopped.
    pub stopped: BTreeMap<ModeratorName, StopNote>,
    /// The account whose token Wardroom uses, once known.
    pub bot: Option<AccountId>,
    links: BTreeMap<ModeratorName, Link>,
    offboarded: Vec<ModeratorName>,
}

impl Standing {
    /// Reads how things stand.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn load(tx: &mut Tx, rules: &Rules) -> Result<Self, DbError> {
        let settings: BTreeMap<String, String> = tx.settings("").await?.into_iter().collect();
        let note = |text: &String| serde_json::from_str::<StopNote>(text).ok();
        let stopped = settings
            .iter()
            .filter_map(|(name, text)| {
                Some((
                    ModeratorName::from(name.strip_prefix(STOP_MODERATOR)?),
                    note(text)?,
                ))
            })
            .collect();
        Ok(Self {
            dry_run: dry_run(rules, settings.contains_key(DRY_RUN)),
            stop_all: settings.get(STOP_ALL).and_then(note),
            stop_automation: settings.get(STOP_AUTOMATION).and_then(note),
            stopped,
            bot: settings.get(BOT_ACCOUNT).map(|id| id.as_str().into()),
            links: tx.links().await?.into_iter().collect(),
            offboarded: tx.offboarded().await?,
        })
    }

    /// The moderator behind a person of the configuration, as things stand.
    pub fn moderator(&self, person: &Person) -> Moderator {
        Moderator {
            name: person.name.clone(),
            role: person.role,
            account: person.account.clone(),
            link: self.links.get(&person.name).cloned(),
            offboarded: self.offboarded.contains(&person.name),
        }
    }

    /// The stop that covers what `moderator` wants to change, in words.
    pub fn stop_for(&self, moderator: &ModeratorName) -> Option<String> {
        if let Some(stop) = &self.stop_all {
            return Some(format!("everything is stopped by {}", stop.by));
        }
        let stop = self.stopped.get(moderator)?;
        Some(format!("{moderator} is stopped by {}", stop.by))
    }

    /// Whether `operation` is or would be a dry run.
    pub fn is_dry_for(&self, operation: &Operation) -> bool {
        operation.dry_run || self.dry_run.is_some()
    }
}

/// Effective dry run = configuration OR setting OR file (invariant 8).
fn dry_run(rules: &Rules, by_setting: bool) -> Option<&'static str> {
    if rules.dry_run {
        return Some("the configuration says so");
    }
    if rules
        .dry_run_file
        .as_ref()
        .is_some_and(|file| file.exists())
    {
        return Some("the dry-run file exists");
    }
    by_setting.then_some("it was switched on with `dry-run on`")
}
