//! From text to [`Config`]: merges the file over the embedded defaults and reads the sections of
//! fixed keys.

use std::path::{Path, PathBuf};

use toml::{Table, Value};
use url::Url;

use super::reader::{ConfigError, Environment, Reader, Section};
use super::secret::{database_url, is_world_readable, secret};
use super::sections::{
    AuditConfig, DatabaseConfig, HttpConfig, LogConfig, LogFormat, MastodonConfig, ReconcileConfig,
    ServerConfig,
};
use super::{Config, people, policy, value};
use crate::domain::DomainName;

/// The defaults, which are also the reference documentation.
pub const DEFAULTS: &str = include_str!("default.toml");

impl Config {
    /// Reads the file at `path`, with the secrets it refers to.
    ///
    /// # Errors
    /// Every problem found: file, key, what was found, what is allowed.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let origin = path.display().to_string();
        let unreadable = |error: std::io::Error| {
            ConfigError::whole(&origin, format!("cannot read this file: {error}"))
        };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        let reader = Reader::new(
            folder_of(&origin),
            &process_environment,
            is_world_readable(&metadata),
        );
        read(reader, &text, &origin)
    }

    /// Reads `text`; `origin` is its name in errors, and its folder is where relative paths start.
    ///
    /// # Errors
    /// As for [`Config::load`].
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, ConfigError> {
        Self::from_toml_with(text, origin, &process_environment)
    }

    /// As [`Config::from_toml`], with an environment of one's own.
    pub(super) fn from_toml_with(
        text: &str,
        origin: &str,
        environment: Environment,
    ) -> Result<Self, ConfigError> {
        let reader = Reader::new(folder_of(origin), environment, false);
        read(reader, text, origin)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one home of the process's environment"
)]
fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn folder_of(origin: &str) -> PathBuf {
    let parent = Path::new(origin).parent();
    parent.map_or_else(PathBuf::new, Path::to_path_buf)
}

fn read(reader: Reader, text: &str, origin: &str) -> Result<Config, ConfigError> {
    let mut table = parse(DEFAULTS, "the embedded defaults")?;
    merge(&mut table, parse(text, origin)?);
    let config = read_all(Section::new(&reader, "", table));
    let problems = reader.into_problems();
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(ConfigError {
            origin: origin.to_owned(),
            problems,
        }),
    }
}

/// Parses TOML; the error names line and column, never the line itself: it may hold a secret.
fn parse(text: &str, origin: &str) -> Result<Table, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let place = before.map_or_else(String::new, |before| {
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            format!("line {line}, column {column}: ")
        });
        ConfigError::whole(origin, format!("{place}{}", error.message()))
    })
}

/// Lays `over` on `base`: tables are joined, everything else is replaced.
fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn read_all(mut root: Section) -> Option<Config> {
    let server = root.section("server").and_then(server);
    let database = root.section("database").and_then(database);
    let http = root.section("http").and_then(http);
    let policy = root.section("policy").and_then(policy::read);
    let reconcile = root.section("reconcile").and_then(reconcile);
    let mastodon = root.section("mastodon").and_then(mastodon);
    let log = root.section("log").and_then(log);
    let audit = root.section("audit").and_then(audit);
    let channels = root.section("channels").and_then(people::channels);
    let moderators = root.sections("moderators").and_then(people::moderators);
    let presets = root.sections("presets").and_then(people::presets);
    let routes = root.sections("routes").and_then(people::routes);
    root.finish();
    Some(Config {
        server: server?,
        database: database?,
        http: http?,
        policy: policy?,
        reconcile: reconcile?,
        mastodon: mastodon?,
        log: log?,
        audit: audit?,
        channels: channels?,
        routes: routes?,
        moderators: moderators?,
        presets: presets?,
    })
}

fn server(mut section: Section) -> Option<ServerConfig> {
    let url = section.required(
        "url",
        "the server's web address, such as \"https://social.example\"",
        value::site,
    );
    let domain = section.optional("domain", value::parsed::<DomainName>);
    let token = section.required("token", "an access token of the server", secret);
    let webhook_secrets = section.list("webhook_secrets", secret);
    if webhook_secrets.as_ref().is_some_and(Vec::is_empty) {
        let key = section.key("webhook_secrets");
        let what = "missing, expected at least one: unsigned webhooks are not accepted";
        section.reader.problem(key, what);
    }
    section.finish();
    let url = url?;
    let host = url.host_str().and_then(|host| DomainName::parse(host).ok());
    Some(ServerConfig {
        domain: domain?.or(host),
        token: token?,
        webhook_secrets: webhook_secrets?,
        url,
    })
}

fn database(mut section: Section) -> Option<DatabaseConfig> {
    let url = section.required("url", "sqlite:PATH or postgres://…", database_url);
    let connections = section.required("connections", "a number", value::whole(1, 1000));
    section.finish();
    Some(DatabaseConfig {
        url: url?,
        connections: connections?,
    })
}

fn http(mut section: Section) -> Option<HttpConfig> {
    let listen = section.required("listen", "ADDRESS:PORT", value::listen);
    let internal_listen = section.optional("internal_listen", value::listen);
    let public_url = section.optional("public_url", value::site);
    let body_limit_bytes = section.required(
        "body_limit_bytes",
        "a number",
        value::whole(64 * 1024, 1024 * 1024 * 1024),
    );
    let trusted_proxies = section.list("trusted_proxies", value::range);
    let webhook_deadline = section.required("webhook_deadline", "a time", value::deadline);
    section.finish();
    let listen = listen?;
    let public_url = public_url?.or_else(|| Url::parse(&format!("http://{listen}")).ok());
    Some(HttpConfig {
        listen,
        internal_listen: internal_listen?,
        public_url: public_url?,
        body_limit_bytes: body_limit_bytes?,
        trusted_proxies: trusted_proxies?,
        webhook_deadline: webhook_deadline?,
    })
}

fn reconcile(mut section: Section) -> Option<ReconcileConfig> {
    let every = section.required("every", "a time", value::deadline);
    let budget = section.required("budget", "a number", value::whole(5, 100_000));
    section.finish();
    Some(ReconcileConfig {
        every: every?,
        budget: budget?,
    })
}

fn mastodon(mut section: Section) -> Option<MastodonConfig> {
    let connect_deadline = section.required("connect_deadline", "a time", value::deadline);
    let call_deadline = section.required("call_deadline", "a time", value::deadline);
    section.finish();
    Some(MastodonConfig {
        connect_deadline: connect_deadline?,
        call_deadline: call_deadline?,
    })
}

fn log(mut section: Section) -> Option<LogConfig> {
    let formats = &[("human", LogFormat::Human), ("json", LogFormat::Json)];
    let format = section.required("format", "human or json", value::one_of(formats));
    let level = section.required("level", "a level such as \"info\"", level);
    section.finish();
    Some(LogConfig {
        format: format?,
        level: level?,
    })
}

/// A filter that `tracing-subscriber` understands.
fn level(reader: &Reader, value: &Value) -> Result<String, String> {
    let level = value::text(reader, value)?;
    match tracing_subscriber::EnvFilter::try_new(&level) {
        Ok(_) => Ok(level),
        Err(_) => Err(format!(
            "found {level:?}, expected error, warn, info, debug, trace or \"wardroom=debug,info\""
        )),
    }
}

fn audit(mut section: Section) -> Option<AuditConfig> {
    let anchor_file = section.optional("anchor_file", value::path);
    section.finish();
    Some(AuditConfig {
        anchor_file: anchor_file?,
    })
}
