//! Typed configuration: embedded defaults, then the file, then secrets from files and the
//! environment. The only home of the process's environment.
//!
//! `default.toml` beside this file is the reference documentation of every key.

mod load;
mod people;
mod policy;
mod reader;
mod secret;
mod sections;
mod value;

use std::collections::BTreeMap;

pub use load::DEFAULTS;
pub use people::{ChannelConfig, ModeratorConfig, Preset, RouteConfig, RouteWhen};
pub use policy::{CommandConfig, PolicyConfig};
pub use reader::{ConfigError, Problem, nearest};
pub use secret::Secret;
pub use sections::{
    AuditConfig, DatabaseConfig, HttpConfig, LogConfig, LogFormat, MastodonConfig, ReconcileConfig,
    ServerConfig,
};

use crate::domain::ChannelName;

/// Everything that can be configured, checked as far as it can be without the network.
#[derive(Debug, Clone)]
pub struct Config {
    /// The Fediverse server.
    pub server: ServerConfig,
    /// Where Wardroom keeps its own data.
    pub database: DatabaseConfig,
    /// What Wardroom listens on.
    pub http: HttpConfig,
    /// What moderators may do, and how.
    pub policy: PolicyConfig,
    /// The walk that finds what webhooks missed.
    pub reconcile: ReconcileConfig,
    /// Calls to the server.
    pub mastodon: MastodonConfig,
    /// What is logged.
    pub log: LogConfig,
    /// The audit log's anchors.
    pub audit: AuditConfig,
    /// Chat channels by name. The room is always there and is not among them.
    pub channels: BTreeMap<ChannelName, ChannelConfig>,
    /// Which cases go to which channel, first match first.
    pub routes: Vec<RouteConfig>,
    /// Who moderates.
    pub moderators: Vec<ModeratorConfig>,
    /// Ready-made texts for accounts.
    pub presets: Vec<Preset>,
}

#[cfg(test)]
mod tests;
