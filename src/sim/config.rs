//! How a simulated server is set up: its clock, name, release, rate limits, webhook schedule.
//!
//! Pure values; nothing here reads files or the environment.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;

use super::version::Version;

/// What [`Sim::start`](super::Sim::start) needs to know.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Where the server's time comes from.
    pub clock: Arc<dyn Clock>,
    /// Seeds ids, tokens and the order in which webhooks are shuffled.
    pub seed: u64,
    /// Which release is simulated.
    pub version: Version,
    /// The address to listen on; port 0 lets the system choose.
    pub listen: String,
    /// The server's own domain, as handles and instance data show it.
    pub domain: String,
    /// The base of links in entities and `Link` headers, without a slash at the end. `None` takes
    /// the address that the server listens on, so that the links lead to its own pages.
    pub web_url: Option<String>,
    /// The name of the bot's account, which gets the Admin role; `None` for no bot.
    pub bot: Option<String>,
    /// Who may sign up.
    pub registrations: Registrations,
    /// When webhooks go out.
    pub webhooks: WebhookMode,
    /// The waits before each further attempt at a webhook; when they are used up it is given up.
    pub retries: Vec<Duration>,
    /// Request budgets.
    pub limits: RateLimits,
}

impl SimConfig {
    /// A server like a current 4.3 at a free port, with the bot `@wardroom`; webhooks wait for
    /// [`Sim::deliver_webhooks`](super::Sim::deliver_webhooks).
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            seed: 1,
            version: Version::V4_3,
            listen: "127.0.0.1:0".to_owned(),
            domain: "social.example".to_owned(),
            web_url: None,
            bot: Some("wardroom".to_owned()),
            registrations: Registrations::Approval,
            webhooks: WebhookMode::Manual,
            retries: mastodon_retries(),
            limits: RateLimits::default(),
        }
    }
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registrations {
    /// Nobody; accounts are made by the staff.
    Closed,
    /// Everybody, after the staff approved it.
    Approval,
    /// Everybody.
    Open,
}

/// When webhooks go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMode {
    /// Only when [`Sim::deliver_webhooks`](super::Sim::deliver_webhooks) is called.
    Manual,
    /// At once, by a task in the background; further attempts follow in real time.
    Background,
}

/// Request budgets, in fixed windows aligned to the epoch. The defaults are Mastodon's.
#[derive(Debug, Clone, Copy)]
pub struct RateLimits {
    /// Requests per token and window.
    pub per_token: u32,
    /// Requests per user and window, over all tokens of the user.
    pub per_user: u32,
    /// Requests without a usable token per window.
    pub anonymous: u32,
    /// The window of the three above.
    pub window: Duration,
    /// Requests with a paging cursor per user and paging window.
    pub paging: u32,
    /// The window of the paging budget.
    pub paging_window: Duration,
    /// Deletions of statuses per user and deletion window.
    pub deletions: u32,
    /// The window of the deletion budget.
    pub deletions_window: Duration,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            per_token: 300,
            per_user: 1500,
            anonymous: 300,
            window: Duration::from_mins(5),
            paging: 300,
            paging_window: Duration::from_mins(15),
            deletions: 30,
            deletions_window: Duration::from_mins(30),
        }
    }
}

/// Mastodon's own schedule without its random part: 16 retries over some 49 hours.
pub fn mastodon_retries() -> Vec<Duration> {
    (0_u64..16)
        .map(|n| Duration::from_secs(n.pow(4) + 15))
        .collect()
}
