//! Whose token this is, whether it still works, and what the server says about itself.

use std::sync::Arc;

use http::Method;

use super::capabilities::{Capabilities, Scopes};
use super::server::About;
use super::{Client, ClientError, Version};
use crate::domain::{Account, DomainName};
use crate::mastodon::wire::{self, Node};

/// What is the matter with a token that an admin call was refused to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Diagnosis {
    /// It works; the role or the target was the reason.
    Works(Box<Account>),
    /// It works, but lacks `read:accounts`, so that nobody can tell whose it is.
    WorksNameless,
    /// Revoked, or it never was a token.
    Dead,
    /// Its owner is frozen, suspended, unconfirmed or not approved. Mastodon lets a frozen owner's
    /// token go on with admin calls (observed on 4.2 and 4.3); Wardroom does not.
    Barred {
        /// Mastodon's words.
        text: String,
    },
}

impl Client {
    /// The account of the token's owner with its role (`read:accounts`).
    /// [`ClientError::Forbidden`] means that the owner is frozen or suspended.
    pub async fn verify_credentials(&self) -> Result<Account, ClientError> {
        let path = ["api", "v1", "accounts", "verify_credentials"];
        let call = self.read(Method::GET, &path)?;
        self.get(call).await?.one(wire::account)
    }

    /// Tells a dead token from a missing right, which admin calls cannot: they answer 403 to both.
    pub async fn diagnose(&self) -> Result<Diagnosis, ClientError> {
        match self.verify_credentials().await {
            Ok(account) => Ok(Diagnosis::Works(Box::new(account))),
            Err(ClientError::ScopeMissing) => Ok(Diagnosis::WorksNameless),
            Err(ClientError::DeadToken) => Ok(Diagnosis::Dead),
            Err(ClientError::Forbidden { text }) => Ok(Diagnosis::Barred { text }),
            Err(other) => Err(other),
        }
    }

    /// Asks the server about itself, and remembers the answer for all clients.
    pub async fn read_about(&self) -> Result<Arc<About>, ClientError> {
        let about = match self.instance("v2").await {
            Ok(about) => about,
            // Servers that only claim to be compatible may have v1 alone; a broken v2 gets a second
            // chance as well.
            Err(ClientError::NotFound | ClientError::Server { .. }) => self.instance("v1").await?,
            Err(other) => return Err(other),
        };
        let about = Arc::new(about);
        self.server.0.about.store(Some(Arc::clone(&about)));
        Ok(about)
    }

    /// What the server said about itself, asking only if nobody has asked yet.
    pub(super) async fn known_about(&self) -> Result<Arc<About>, ClientError> {
        match self.server.about() {
            Some(about) => Ok(about),
            None => self.read_about().await,
        }
    }

    async fn instance(&self, version: &str) -> Result<About, ClientError> {
        let call = self.read(Method::GET, &["api", version, "instance"])?;
        self.get(call).await?.one(|node| {
            // v2 says `domain`, v1 says `uri`.
            let domain = node.at("domain").words().or_else(|| node.at("uri").words());
            Ok(About {
                domain: domain.and_then(|text| DomainName::parse(&text).ok()),
                title: node.at("title").text().unwrap_or_default(),
                version: Version::parse(&node.at("version").needed_text()?),
                api_version: node.at("api_versions").at("mastodon").number(),
            })
        })
    }

    /// What this token can do on this server as it is now.
    pub async fn capabilities(&self) -> Result<Capabilities, ClientError> {
        let about = self.read_about().await?;
        let owner = match self.verify_credentials().await {
            Ok(account) => Some(account),
            Err(ClientError::ScopeMissing) => None,
            Err(other) => return Err(other),
        };
        Ok(Capabilities {
            scopes: self.scopes().await?,
            about,
            owner,
        })
    }

    /// The token's scopes. Doorkeeper, which Mastodon uses for OAuth, tells them at
    /// `/oauth/token/info`; where that is switched off, `apps/verify_credentials` tells those of the
    /// application since 4.3, which are at least the token's. A server that tells neither gives
    /// `None`: then calls are tried and [`ClientError::ScopeMissing`] tells.
    pub async fn scopes(&self) -> Result<Option<Scopes>, ClientError> {
        for (path, key) in [
            (&["oauth", "token", "info"][..], "scope"),
            (&["api", "v1", "apps", "verify_credentials"][..], "scopes"),
        ] {
            let call = self.read(Method::GET, path)?;
            match self.get(call).await {
                Ok(answer) => {
                    let told = Node::root(answer.value(), "").at(key);
                    if let Some(scopes) = Scopes::read(&told) {
                        return Ok(Some(scopes));
                    }
                }
                Err(error) if error.is_passing() && !is_failure_of_route(&error) => {
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        Ok(None)
    }
}

/// Whether an error only says that this server does not serve that address.
fn is_failure_of_route(error: &ClientError) -> bool {
    matches!(error, ClientError::Server { .. })
}
