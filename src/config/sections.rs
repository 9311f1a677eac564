//! The sections of fixed keys, as values.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::secret::Secret;
use crate::domain::DomainName;

/// `[server]`: the Fediverse server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Its web address, without path.
    pub url: Url,
    /// Its own domain where handles end in another one than the web address (Mastodon's
    /// `LOCAL_DOMAIN`); else the address's host, if that is a name.
    pub domain: Option<DomainName>,
    /// The access token that Wardroom uses.
    pub token: Secret,
    /// Every secret that may sign webhooks: at least one, several while rotating.
    pub webhook_secrets: Vec<Secret>,
}

/// `[database]`.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub url: Secret,
    /// Connections: SQLite's readers, or PostgreSQL's whole pool.
    pub connections: u32,
}

/// `[http]`.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Where the room, the API and the webhooks are served.
    pub listen: SocketAddr,
    /// Where readiness and metrics are served; loopback unless you know better.
    pub internal_listen: Option<SocketAddr>,
    /// The address that people type; decides about Secure cookies and the allowed Origin.
    pub public_url: Url,
    /// The largest body that is accepted.
    pub body_limit_bytes: usize,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// A webhook is answered within this time, if need be with 503.
    pub webhook_deadline: Duration,
}

/// `[reconcile]`.
#[derive(Debug, Clone)]
pub struct ReconcileConfig {
    /// Time between two walks.
    pub every: Duration,
    /// Requests that one walk may make.
    pub budget: u32,
}

/// `[mastodon]`.
#[derive(Debug, Clone)]
pub struct MastodonConfig {
    /// For a connection to be made.
    pub connect_deadline: Duration,
    /// For one call, from the first byte sent to the last one read.
    pub call_deadline: Duration,
}

/// `[log]`.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// For people or for machines.
    pub format: LogFormat,
    /// As `tracing-subscriber` reads it: `info`, `wardroom=debug,info`.
    pub level: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// `[audit]`.
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// The file, outside the database, that anchors are added to; `None` for none.
    pub anchor_file: Option<PathBuf>,
}
