//! A simulated Mastodon with state, for the demo, for training and for our own tests.
//!
//! It is a *server*, not a list of canned answers: accounts, statuses, reports and blocks live in
//! one state, the admin API of [`SimConfig::version`] changes it with the status codes and oddities
//! of the real one, and every change sends the signed webhooks that a real server would send.
//! Recorded traffic of real Mastodons is replayed against it in the tests.
//!
//! # A story
//!
//! ```no_run
//! # async fn story() -> std::io::Result<()> {
//! use std::sync::Arc;
//! use wardroom::clock::SystemClock;
//! use wardroom::sim::{Fault, Role, Scopes, Sim, SimConfig};
//!
//! let sim = Sim::start(SimConfig::new(Arc::new(SystemClock))).await?;
//! sim.add_webhook("http://127.0.0.1:8080/webhooks/mastodon", "a long secret");
//! sim.add_account("ana").role(Role::Moderator).create();
//! let token = sim.token("ana", Scopes::MODERATION);
//! let spam = sim.status("spammer").text("cheap pills").publish();
//! let report = sim.report("spammer").by("alice").category("spam").statuses(&[spam]).file();
//! sim.deliver_webhooks().await;                       // sends report.created
//!
//! sim.fail("POST /api/v1/admin/accounts/*/action", Fault::ResetAfter, 1);
//! // ... Wardroom suspends the spammer over HTTP at sim.url() ...
//! assert!(sim.account("spammer").is_some_and(|account| account.suspended));
//! assert_eq!(sim.strikes().len(), 1);
//! for call in sim.take_calls() {
//!     println!("{call}");                             // POST /api/v1/... by wardroom: 200
//! }
//! # Ok(()) }
//! ```
//!
//! # What to know
//!
//! - **Handles** are `user` for local and `user@domain` for remote accounts, with or without a
//!   leading `@`. The builders make accounts that they hear of for the first time.
//! - **What existed before** ([`Sim::add_account`], [`Sim::add_rule`], [`Sim::add_domain_block`])
//!   sends no webhook; **what happens** ([`Sim::sign_up`], [`Sim::status`], [`Sim::report`],
//!   [`Sim::staff`]) does.
//! - **Webhooks** wait for [`Sim::deliver_webhooks`] or go out by themselves
//!   ([`SimConfig::webhooks`]). As on a real server an event is serialised when its job runs: it
//!   shows the object's newest state. [`Sim::lose_webhooks`], [`Sim::duplicate_webhooks`] and
//!   [`Sim::shuffle_webhooks`] let them go wrong. [`Sim::take_webhooks`] hands them over unsent.
//! - **Time** comes from [`SimConfig::clock`]; two changes never share a millisecond.
//! - **A day** of believable cases and a spam wave are in [`script`].
//! - **Everything stops** when the last clone of the [`Sim`] is dropped.

mod answer;
mod api;
mod call;
mod config;
mod entity;
mod fault;
mod format;
mod limits;
mod log;
mod model;
mod moderation;
mod node;
mod outbox;
mod role;
pub mod script;
mod server;
mod state;
mod story;
mod version;
mod web;
mod webhook;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use self::config::{RateLimits, Registrations, SimConfig, WebhookMode, mastodon_retries};
pub use self::fault::Fault;
pub use self::log::Logged;
pub use self::model::{
    Account, Action, DomainBlock, EmailDomainBlock, Id, IpBlock, Mail, Report, Rule, Severity,
    Status, Strike, User, Visibility,
};
pub use self::role::Role;
pub use self::story::{NewAccount, NewReport, NewSignUp, NewStatus, Scopes, Staff};
pub use self::version::Version;
pub use self::webhook::{Delivered, WebhookRequest};

use self::outbox::Target;
use self::state::State;

/// A running simulated server. Clones are handles to the same one.
#[derive(Clone)]
pub struct Sim {
    inner: Arc<Inner>,
    url: String,
    _stop: Arc<DropGuard>,
}

/// What the server's tasks and the handles share.
struct Inner {
    state: Mutex<State>,
    /// Something may be due in the outbox.
    changed: Notify,
    ended: CancellationToken,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sim")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Sim {
    /// Starts a server; it listens when this returns.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn start(config: SimConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(&config.listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (mode, bot) = (config.webhooks, config.bot.clone());
        let web_url = config.web_url.clone().unwrap_or_else(|| url.clone());
        let ended = CancellationToken::new();
        let inner = Arc::new(Inner {
            state: Mutex::new(State::new(config, web_url)),
            changed: Notify::new(),
            ended: ended.clone(),
        });
        tokio::spawn(server::serve(listener, inner.clone()));
        if mode == WebhookMode::Background {
            tokio::spawn(webhook::deliver_always(inner.clone()));
        }
        let sim = Self {
            inner,
            url,
            _stop: Arc::new(ended.drop_guard()),
        };
        if let Some(bot) = bot {
            sim.add_account(&bot).role(Role::Admin).bot().create();
        }
        Ok(sim)
    }

    /// The base URL of API and pages, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's own domain.
    pub fn domain(&self) -> String {
        self.inner.state().config.domain.clone()
    }

    /// The server's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.state().clock().now()
    }

    // -- webhooks ---------------------------------------------------------------------------

    /// Sets up a webhook for all `report.*` and `account.*` events.
    pub fn add_webhook(&self, url: &str, secret: &str) {
        self.add_webhook_for(url, secret, &["report.*", "account.*"]);
    }

    /// Sets up a webhook for these events: full names, or a prefix with a star.
    pub fn add_webhook_for(&self, url: &str, secret: &str, events: &[&str]) {
        self.inner.state().outbox.targets.push(Target {
            url: url.to_owned(),
            secret: SecretString::from(secret),
            events: events.iter().map(|&event| event.to_owned()).collect(),
            enabled: true,
        });
    }

    /// Changes the secret of the webhooks to this URL, at once, as Mastodon's rotation does.
    pub fn rotate_secret(&self, url: &str, secret: &str) {
        for target in &mut self.inner.state().outbox.targets {
            if target.url == url {
                target.secret = SecretString::from(secret);
            }
        }
    }

    /// Turns the webhooks to this URL on or off. What is queued goes out in any case.
    pub fn enable_webhook(&self, url: &str, enabled: bool) {
        for target in &mut self.inner.state().outbox.targets {
            if target.url == url {
                target.enabled = enabled;
            }
        }
    }

    /// Sends every webhook that is due by the clock, once each, and tells what became of them.
    pub async fn deliver_webhooks(&self) -> Delivered {
        webhook::deliver_due(&self.inner).await
    }

    /// Takes every webhook that is due out of the queue, unsent, as the requests they would be.
    pub fn take_webhooks(&self) -> Vec<WebhookRequest> {
        let mut state = self.inner.state();
        let due = state.take_due();
        due.iter()
            .filter_map(|delivery| state.request(delivery))
            .map(|(_, r)| r)
            .collect()
    }

    /// How many webhooks wait, for their first or a further attempt.
    pub fn webhooks_waiting(&self) -> usize {
        self.inner.state().outbox.waiting()
    }

    /// Forgets every webhook that waits, as a crash of the server's job queue does.
    pub fn forget_webhooks(&self) {
        self.inner.state().outbox.clear();
    }

    /// While on, changes send no webhooks at all: only reconciliation can find them.
    pub fn lose_webhooks(&self, on: bool) {
        self.inner.state().outbox.mischief.lose = on;
    }

    /// While on, every webhook is sent twice.
    pub fn duplicate_webhooks(&self, on: bool) {
        self.inner.state().outbox.mischief.duplicate = on;
    }

    /// While on, webhooks that are due together go out in a random order (from the seed).
    pub fn shuffle_webhooks(&self, on: bool) {
        self.inner.state().outbox.mischief.shuffle = on;
    }

    // -- faults, budgets, calls ---------------------------------------------------------------

    /// Lets the next `times` requests that fit `pattern` go wrong. A pattern is a method or `*`,
    /// a space, and a path in which `*` is one segment and a final `**` any rest:
    /// `POST /api/v1/admin/accounts/*/action`, `* /api/**`.
    pub fn fail(&self, pattern: &str, fault: Fault, times: usize) {
        self.inner.state().faults.add(pattern, fault, times);
    }

    /// How many faults have not struck yet.
    pub fn faults_left(&self) -> usize {
        self.inner.state().faults.left()
    }

    /// Takes back every fault that has not struck yet.
    pub fn clear_faults(&self) {
        self.inner.state().faults.clear();
    }

    /// Changes the request budgets from now on.
    pub fn limit_requests(&self, limits: RateLimits) {
        self.inner.state().config.limits = limits;
    }

    /// The requests received so far.
    pub fn calls(&self) -> Vec<Logged> {
        self.inner.state().log.clone()
    }

    /// The requests received since the last time, for checks that nothing unexpected was called.
    pub fn take_calls(&self) -> Vec<Logged> {
        std::mem::take(&mut self.inner.state().log)
    }

    /// The requests received so far that were meant to change something.
    pub fn mutating_calls(&self) -> Vec<Logged> {
        self.calls()
            .into_iter()
            .filter(Logged::is_mutating)
            .collect()
    }

    /// Reads or changes the state, then wakes the background delivery.
    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        let value = read(&mut self.inner.state());
        self.inner.changed.notify_one();
        value
    }
}
