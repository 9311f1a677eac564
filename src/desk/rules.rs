//! The part of the configuration that the desk follows, ready to be asked.

use std::path::PathBuf;

use chrono::TimeDelta;

use super::inbound::{Identity, Platform};
use crate::command::Policy;
use crate::config::{Config, ModeratorConfig, Preset, RouteConfig};
use crate::domain::{Account, ChannelName, DomainName, ModeratorName, Role};

/// A moderator of the configuration with their identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: ModeratorName,
    /// The role.
    pub role: Role,
    /// The linked account's handle without `@`, in lower case.
    pub account: Option<String>,
    /// Has a token of their own on the server: their operations run as they.
    pub acts_as_themselves: bool,
    /// Where else they are known.
    pub identities: Vec<Identity>,
}

/// What the desk follows. Replaced as a whole when the configuration is read again.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Everybody who moderates.
    pub people: Vec<Person>,
    /// Least roles, confirmation, hold, second person and reason for each command.
    pub policy: Policy,
    /// Handles (lower case, without `@`) and domains that nobody acts on lightly.
    pub protected: Vec<String>,
    /// Texts that can be told to an account by name.
    pub presets: Vec<Preset>,
    /// How long a held operation can be cancelled.
    pub hold: TimeDelta,
    /// How long a claim lasts.
    pub claim_lasts: TimeDelta,
    /// How long a case may wait.
    pub due_in: TimeDelta,
    /// How long a confirmation can be answered.
    pub confirm_within: TimeDelta,
    /// The configuration says dry run: chat cannot switch that off.
    pub dry_run: bool,
    /// While this file exists, it is a dry run.
    pub dry_run_file: Option<PathBuf>,
    /// When this file appears, everything stops.
    pub stop_file: Option<PathBuf>,
    /// The server's own domain.
    pub own_domain: Option<DomainName>,
    /// The channels cards go to.
    pub channels: Vec<ChannelName>,
    /// Which case goes to which channel.
    pub routes: Vec<RouteConfig>,
}

impl Rules {
    /// What `config` says.
    pub fn from_config(config: &Config) -> Self {
        Self {
            people: config.moderators.iter().map(person).collect(),
            policy: Policy::new(&config.policy),
            protected: config
                .policy
                .protected
                .iter()
                .map(|name| plain_handle(name))
                .collect(),
            presets: config.presets.clone(),
            hold: config.policy.hold,
            claim_lasts: config.policy.claim,
            due_in: config.policy.due,
            confirm_within: config.policy.confirm,
            dry_run: config.policy.dry_run,
            dry_run_file: config.policy.dry_run_file.clone(),
            stop_file: config.policy.stop_file.clone(),
            own_domain: own_domain(config),
            channels: config.channels.keys().cloned().collect(),
            routes: config.routes.clone(),
        }
    }

    /// The moderator whom `who` belongs to.
    pub fn person(&self, who: &Identity) -> Option<&Person> {
        match who.platform {
            Platform::Room | Platform::Api | Platform::Host => self.named(&who.id),
            _ => self
                .people
                .iter()
                .find(|person| person.identities.contains(who)),
        }
    }

    /// The moderator of that name.
    pub fn named(&self, name: &str) -> Option<&Person> {
        self.people
            .iter()
            .find(|person| person.name.as_str() == name)
    }

    /// What `account` is told by `--tell`: the preset of that name in the account's language, else
    /// the one for every language, else the first; if there is none, the text itself.
    pub fn told(&self, tell: &str, account: Option<&Account>) -> String {
        let named = || self.presets.iter().filter(|preset| preset.name == tell);
        let spoken = |locale: Option<&str>| {
            named().find(|preset| {
                preset.locale.as_deref().map(str::to_lowercase) == locale.map(str::to_lowercase)
            })
        };
        let locale = account.and_then(|account| account.locale.as_deref());
        // `de-AT` reads `de` before anything else.
        let language = locale.and_then(|locale| locale.split(['-', '_']).next());
        let preset = spoken(locale)
            .or_else(|| spoken(language))
            .or_else(|| spoken(None))
            .or_else(|| named().next());
        preset.map_or_else(|| tell.to_owned(), |preset| preset.text.clone())
    }

    /// The moderator linked to an account of the server, by handle.
    pub fn linked_to(&self, handle: &str) -> Option<&Person> {
        let handle = plain_handle(handle);
        self.people
            .iter()
            .find(|person| person.account.as_deref() == Some(handle.as_str()))
    }
}

/// What accounts of the server are called after: `[server] domain`, or the host of its URL.
fn own_domain(config: &Config) -> Option<DomainName> {
    let of_url = || {
        config
            .server
            .url
            .host_str()
            .and_then(|host| DomainName::parse(host).ok())
    };
    config.server.domain.clone().or_else(of_url)
}

fn person(config: &ModeratorConfig) -> Person {
    let identity = |platform, id: &Option<String>| {
        id.as_ref().map(|id| Identity {
            platform,
            id: id.clone(),
        })
    };
    Person {
        name: config.name.clone(),
        role: config.role,
        account: config.account.as_deref().map(plain_handle),
        acts_as_themselves: config.server_token.is_some(),
        identities: [
            identity(Platform::Discord, &config.discord),
            identity(Platform::Matrix, &config.matrix),
            identity(Platform::Mattermost, &config.mattermost),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// A handle without `@` and in lower case: what two spellings of one account have in common.
pub(super) fn plain_handle(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_lowercase()
}
