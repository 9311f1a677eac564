//! What all tokens of one server share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::{Host, Url};

use super::budget::Budget;
use super::{Client, Priority, Version};
use crate::clock::Clock;
use crate::domain::DomainName;
use crate::net::{self, Deadlines, NetError, Reach};

/// The server that we moderate. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Server(pub(super) Arc<Shared>);

/// The inside of a [`Server`].
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) http: reqwest::Client,
    pub(super) url: Url,
    pub(super) clock: Arc<dyn Clock>,
    /// What the server said about itself last.
    pub(super) about: ArcSwapOption<About>,
    /// By the hash of the token, so that tokens are kept in one place less.
    budgets: Mutex<HashMap<[u8; 32], Arc<Budget>>>,
}

/// What a server says about itself (`GET /api/v2/instance`, or v1 where that is missing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The domain in handles, which may differ from the host of the URL.
    pub domain: Option<DomainName>,
    /// Its title: untrusted.
    pub title: String,
    /// Its version.
    pub version: Version,
    /// `api_versions.mastodon` (4.3: 2, 4.4: 6, 4.5: 7, 4.6: 10 or 11).
    pub api_version: Option<i64>,
}

/// Why a server or a client cannot be set up. None of these texts holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The URL will not do.
    #[error("[server] url '{found}' {why}: expected an address such as https://social.example")]
    Url {
        /// The URL, without a password.
        found: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The token will not do.
    #[error("the server's token is empty or holds characters that no token has, such as a space")]
    Token,
    /// No HTTP client.
    #[error(transparent)]
    Net(#[from] NetError),
}

impl Server {
    /// A server at `url`: `https`, or `http` on a loopback address for demo and tests, because the
    /// token travels with each call.
    ///
    /// # Errors
    /// [`SetupError::Url`] names what was found and what is wrong with it.
    pub fn new(url: &Url, deadlines: Deadlines, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        check_url(url).map_err(|why| SetupError::Url {
            found: shown(url),
            why,
        })?;
        Ok(Self(Arc::new(Shared {
            http: net::client(deadlines, Reach::Anywhere)?,
            url: url.clone(),
            clock,
            about: ArcSwapOption::empty(),
            budgets: Mutex::new(HashMap::new()),
        })))
    }

    /// A client for `token`. All clients of one token share its rate budget.
    ///
    /// # Errors
    /// [`SetupError::Token`] when it cannot be sent as a header.
    pub fn client(&self, token: &SecretString, priority: Priority) -> Result<Client, SetupError> {
        let token = token.expose_secret();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SetupError::Token);
        }
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| SetupError::Token)?;
        authorization.set_sensitive(true);
        let key = Sha256::digest(token.as_bytes()).into();
        let mut budgets = self
            .0
            .budgets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let budget = budgets
            .entry(key)
            .or_insert_with(|| Arc::new(Budget::new()));
        Ok(Client {
            server: self.clone(),
            authorization,
            budget: Arc::clone(budget),
            priority,
        })
    }

    /// The server's address.
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// What the server said about itself when it was last asked.
    pub fn about(&self) -> Option<Arc<About>> {
        self.0.about.load_full()
    }

    /// The domains that are the server itself: the one of its handles and the host of its URL.
    pub(super) fn own_domains(&self, about: &About) -> Vec<DomainName> {
        let host = self.0.url.host_str().map(DomainName::parse);
        about
            .domain
            .iter()
            .cloned()
            .chain(host.and_then(Result::ok))
            .collect()
    }
}

fn check_url(url: &Url) -> Result<(), &'static str> {
    let is_loopback = match url.host() {
        None => return Err("has no host"),
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        "http" => return Err("would send the token in the clear"),
        _ => return Err("is no web address"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("has something behind the host");
    }
    Ok(())
}

/// A URL as it may be shown: without user name, password and query.
fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{}://{host}{}", url.scheme(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn server(url: &str) -> Result<Server, SetupError> {
        let url = Url::parse(url).unwrap();
        Server::new(&url, Deadlines::default(), Arc::new(SystemClock))
    }

    #[test]
    fn the_url_is_checked() {
        for url in [
            "https://social.example",
            "https://social.example:8443/",
            "http://127.0.0.1:3000",
            "http://localhost:3000",
            "http://[::1]:3000",
        ] {
            server(url).unwrap();
        }
        for (url, why) in [
            ("http://social.example", "in the clear"),
            ("http://10.0.0.1", "in the clear"),
            ("ftp://social.example", "no web address"),
            ("https://ana:hunter2@social.example", "password"),
            (
                "https://social.example/api?token=hunter2",
                "behind the host",
            ),
            ("https://social.example/#x", "behind the host"),
            ("data:text/plain,x", "no host"),
        ] {
            let error = server(url).unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn tokens_are_checked_never_shown_and_share_their_budget() {
        let server = server("https://social.example").unwrap();
        for token in ["", " ", "two words", "line\n", "ümlaut"] {
            let error = server
                .client(&SecretString::from(token), Priority::Person)
                .unwrap_err();
            assert_eq!(error, SetupError::Token, "{token:?}");
        }
        let client = |token: &str| {
            server
                .client(&SecretString::from(token), Priority::Person)
                .unwrap()
        };
        let one = client("hunter2");
        assert!(!format!("{one:?}").contains("hunter2"));
        assert!(Arc::ptr_eq(&one.budget, &client("hunter2").budget));
        assert!(Arc::ptr_eq(
            &one.budget,
            &one.with_priority(Priority::Background).budget
        ));
        assert!(!Arc::ptr_eq(&one.budget, &client("other").budget));
    }
}
