//! The lists: moderators, presets, channels and routes.

use std::collections::BTreeMap;

use super::secret::Secret;
use crate::domain::{CaseKind, Category, ChannelName, ModeratorName, Role};

/// One of `[[moderators]]`.
#[derive(Debug, Clone)]
pub struct ModeratorConfig {
    /// The one name in audit log, cards and notes.
    pub name: ModeratorName,
    /// What they may do.
    pub role: Role,
    /// The linked account on the server, `@ana`.
    pub account: Option<String>,
    /// For the scripting API.
    pub token: Option<Secret>,
    /// Their own token on the server: their operations run as they.
    pub server_token: Option<Secret>,
    /// Their id on Discord.
    pub discord: Option<String>,
    /// Their id on Matrix.
    pub matrix: Option<String>,
    /// Their name on Mattermost.
    pub mattermost: Option<String>,
}

/// One of `[[presets]]`: a ready-made text for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// What `--tell` names it by.
    pub name: String,
    /// The language it is for; `None` for every other one.
    pub locale: Option<String>,
    /// The text.
    pub text: String,
}

/// `[channels.NAME]`. The keys differ by platform and belong to its adapter.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelConfig {
    /// `discord`, `matrix` or `mattermost`.
    pub platform: String,
    /// The other keys as written.
    pub options: BTreeMap<String, toml::Value>,
}

/// One of `[[routes]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteConfig {
    /// Which cases it takes.
    pub when: RouteWhen,
    /// Where they go.
    pub to: Vec<ChannelName>,
    /// How loudly: `silent`, or a word of the channel's adapter.
    pub notify: Option<String>,
}

/// What a route asks of a case; a question not asked fits every case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RouteWhen {
    /// What opened it.
    pub kind: Option<CaseKind>,
    /// One of these categories.
    pub category: Vec<Category>,
    /// Where the target lives: `Some(true)` for our own server.
    pub is_local: Option<bool>,
}
