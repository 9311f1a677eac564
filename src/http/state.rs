//! What the handlers share.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::assets;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::db::committer::Committer;
use crate::telemetry::readiness::Readiness;
use crate::template::Templates;

/// What `app` hands over.
#[derive(Debug)]
pub struct Parts {
    /// What pages and the API read.
    pub db: Db,
    /// Where webhooks are stored; it answers within `[http] webhook_deadline`.
    pub committer: Committer,
    /// What the configuration says about HTTP.
    pub settings: Settings,
    /// The pages.
    pub templates: Templates,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How the parts of this process are.
    pub readiness: Arc<Readiness>,
    /// What `/metrics` shows, where metrics are recorded.
    pub metrics: Option<PrometheusHandle>,
    /// Wakes the worker that reads deliveries.
    pub deliveries: Arc<Notify>,
    /// Makes reconciliation walk at once: a webhook was too large to be taken.
    pub reconcile: Arc<Notify>,
    /// Ends the streams when the process shuts down.
    pub shutdown: CancellationToken,
}

/// Everything that the handlers share.
#[derive(Debug)]
pub struct HttpState {
    pub(super) parts: Parts,
    /// Where the assets are, with their version in it.
    pub(super) assets: String,
}

impl HttpState {
    /// The state over `parts`.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            assets: assets::folder(),
        })
    }
}

impl Deref for HttpState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// What the configuration says about HTTP.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that people type.
    pub public_url: Url,
    /// The Fediverse server: the only site that pages link to.
    pub server_url: Url,
    /// Every secret that may sign webhooks.
    pub webhook_secrets: Vec<SecretString>,
    /// The largest webhook.
    pub body_limit: usize,
    /// A body is complete within this time.
    pub body_deadline: Duration,
    /// Everything else is answered within this time.
    pub request_deadline: Duration,
    /// The pages say that this is a demo.
    pub is_demo: bool,
}

impl Settings {
    /// The settings of `config`.
    pub fn new(config: &Config, is_demo: bool) -> Self {
        let secrets = config.server.webhook_secrets.iter();
        Self {
            public_url: config.http.public_url.clone(),
            server_url: config.server.url.clone(),
            webhook_secrets: secrets
                .map(|secret| SecretString::from(secret.expose()))
                .collect(),
            body_limit: config.http.body_limit_bytes,
            body_deadline: Duration::from_secs(10),
            request_deadline: Duration::from_secs(20),
            is_demo,
        }
    }

    /// Whether people come over https, so that cookies must not leave it.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}
