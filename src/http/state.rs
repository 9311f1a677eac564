//! What the handlers share.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use super::assets;
use super::failures::Failures;
use super::room::WaitingAnswers;
use super::token::{ApiTokens, TokenHash};
use crate::config::Config;
use crate::db::committer::Committer;
use crate::desk::Desk;
use crate::domain::ModeratorName;
use crate::telemetry::readiness::Readiness;
use crate::template::Templates;

/// Browsers that follow the room at once, in this process. More get 503 and try again.
const MOST_STREAMS: usize = 500;

/// What `app` hands over.
#[derive(Debug)]
pub struct Parts {
    /// Where everything that people do goes; its database is read for pages and the API.
    pub desk: Arc<Desk>,
    /// Where webhooks are stored; it answers within `[http] webhook_deadline`.
    pub committer: Committer,
    /// What the configuration says about HTTP.
    pub settings: Settings,
    /// The pages.
    pub templates: Templates,
    /// How the parts of this process are.
    pub readiness: Arc<Readiness>,
    /// What `/metrics` shows, where metrics are recorded.
    pub metrics: Option<PrometheusHandle>,
    /// Whether Wardroom's token may change anything on the server; without, the room's action
    /// buttons become links to it.
    pub can_act: Arc<AtomicBool>,
    /// Ends the streams when the process shuts down.
    pub shutdown: CancellationToken,
}

/// Everything that the handlers share.
#[derive(Debug)]
pub struct HttpState {
    pub(super) parts: Parts,
    /// Wrong tokens and invites of late.
    pub(super) failures: Failures,
    /// Answers that wait for the next page, for browsers without scripts.
    pub(super) waiting: WaitingAnswers,
    /// Streams that are open.
    pub(super) streams: Arc<Semaphore>,
    /// Where the assets are, with their version in it.
    pub(super) assets: String,
}

impl HttpState {
    /// The state over `parts`.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            failures: Failures::default(),
            waiting: WaitingAnswers::default(),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
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
    /// What its people call it: the domain of their handles.
    pub server_name: String,
    /// Every secret that may sign webhooks.
    pub webhook_secrets: Vec<SecretString>,
    /// The largest webhook.
    pub body_limit: usize,
    /// A body is complete within this time.
    pub body_deadline: Duration,
    /// Everything else is answered within this time.
    pub request_deadline: Duration,
    /// A question that needs the server is answered within this time, or later.
    pub reply_deadline: Duration,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may use the scripting API.
    pub api_tokens: ApiTokens,
    /// The pages say that this is a demo.
    pub is_demo: bool,
}

impl Settings {
    /// The settings of `config`.
    pub fn new(config: &Config, is_demo: bool) -> Self {
        let secrets = config.server.webhook_secrets.iter();
        let tokens = config.moderators.iter().filter_map(|moderator| {
            let token = moderator.token.as_ref()?;
            Some((TokenHash::of(token.expose()), moderator.name.clone()))
        });
        Self {
            public_url: config.http.public_url.clone(),
            server_url: config.server.url.clone(),
            server_name: server_name(config),
            webhook_secrets: secrets
                .map(|secret| SecretString::from(secret.expose()))
                .collect(),
            body_limit: config.http.body_limit_bytes,
            body_deadline: Duration::from_secs(10),
            request_deadline: Duration::from_secs(20),
            reply_deadline: Duration::from_secs(10),
            trusted_proxies: config.http.trusted_proxies.clone(),
            api_tokens: ApiTokens::new(tokens.collect::<Vec<(TokenHash, ModeratorName)>>()),
            is_demo,
        }
    }

    /// Whether a page at `origin` is one of ours. A desk on the loopback interface has several
    /// names.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        let Ok(origin) = Url::parse(origin) else {
            return false;
        };
        let ours = &self.public_url;
        let same_port = origin.scheme() == ours.scheme()
            && origin.port_or_known_default() == ours.port_or_known_default();
        same_port && (origin.host() == ours.host() || is_loopback(&origin) && is_loopback(ours))
    }

    /// A page of the server, by its path's parts; ids of the server are escaped like any other
    /// foreign text.
    pub fn on_server(&self, parts: &[&str]) -> Option<String> {
        let mut url = self.server_url.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
        Some(url.to_string())
    }

    /// Whether people come over https, so that cookies must not leave it.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// The domain of the server's handles, or the host of its address.
fn server_name(config: &Config) -> String {
    let host = config.server.url.host_str().unwrap_or_default();
    let domain = config.server.domain.as_ref();
    domain.map_or_else(|| host.to_owned(), ToString::to_string)
}

/// Whether `url` names this very machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
