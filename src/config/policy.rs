//! `[policy]`: what moderators may do, and how much stands in between.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::TimeDelta;

use crate::domain::{Permission, Role, Verb};

/// `[policy]`.
#[derive(Debug, Clone)]
pub struct PolicyConfig {
    /// Nothing is changed on the server, and chat cannot switch that off (invariant 8).
    pub dry_run: bool,
    /// Suspensions and rejections wait this long, with Cancel.
    pub hold: TimeDelta,
    /// A claim ends after this long without anything done.
    pub claim: TimeDelta,
    /// Somebody should have decided after this long.
    pub due: TimeDelta,
    /// How long a question waits for its confirmation.
    pub confirm: TimeDelta,
    /// How long an operation waits for its second person.
    pub second: TimeDelta,
    /// Handles (`@user`, `@user@domain`) and domains that nobody may act on, in lower case.
    pub protected: Vec<String>,
    /// While this file exists everything is stopped (invariant 9).
    pub stop_file: Option<PathBuf>,
    /// While this file exists everything is a dry run.
    pub dry_run_file: Option<PathBuf>,
    /// The least role for a right, where it is not the default.
    pub roles: BTreeMap<Permission, Role>,
    /// Friction by command, where it is not that of its tier.
    pub commands: BTreeMap<Verb, CommandConfig>,
}

/// `[policy.commands.VERB]`: what differs from the tier's rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandConfig {
    /// Ask for a confirmation.
    pub confirm: Option<bool>,
    /// Hold it before it is sent.
    pub hold: Option<bool>,
    /// Ask for a second person.
    pub second: Option<bool>,
    /// Ask for a reason.
    pub reason: Option<bool>,
}
