//! The webhooks that are due: events, deliveries, and the ways to lose, double or shuffle them.
//!
//! Pure bookkeeping; `webhook` does the sending. As on a real server there are two hops: an event
//! waits as the id of its object and is serialised when its job runs (so it shows the newest
//! state, and nothing at all when the object is gone), then one delivery per matching webhook
//! carries the same bytes through all of its attempts.

use std::collections::VecDeque;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use rand::seq::SliceRandom;
use secrecy::SecretString;

use super::entity::View;
use super::model::Id;
use super::node::{Node, Object};
use super::state::State;
use super::version::Version;

/// What happened, by the id of the object it happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    AccountCreated(Id),
    AccountApproved(Id),
    AccountUpdated(Id),
    ReportCreated(Id),
    ReportUpdated(Id),
    StatusCreated(Id),
    StatusUpdated(Id),
}

impl Event {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AccountCreated(_) => "account.created",
            Self::AccountApproved(_) => "account.approved",
            Self::AccountUpdated(_) => "account.updated",
            Self::ReportCreated(_) => "report.created",
            Self::ReportUpdated(_) => "report.updated",
            Self::StatusCreated(_) => "status.created",
            Self::StatusUpdated(_) => "status.updated",
        }
    }

    /// The release that brought the event.
    fn since(self) -> Version {
        match self {
            Self::AccountCreated(_) | Self::ReportCreated(_) => Version::V4_0,
            Self::AccountApproved(_) => Version::V4_1,
            _ => Version::Early4_2,
        }
    }
}

/// A webhook that the server's staff set up.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) url: String,
    pub(super) secret: SecretString,
    /// Names of events, or a prefix with a star such as `report.*`.
    pub(super) events: Vec<String>,
    pub(super) enabled: bool,
}

impl Target {
    fn wants(&self, event: &str) -> bool {
        self.enabled
            && self
                .events
                .iter()
                .any(|wanted| match wanted.strip_suffix('*') {
                    Some(prefix) => event.starts_with(prefix),
                    None => wanted == event,
                })
    }
}

/// One body on its way to one webhook.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) target: usize,
    pub(super) event: &'static str,
    pub(super) body: Bytes,
    /// Attempts made so far.
    pub(super) attempts: usize,
    pub(super) due_at: DateTime<Utc>,
}

/// How webhooks go wrong on purpose.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mischief {
    pub(super) lose: bool,
    pub(super) duplicate: bool,
    pub(super) shuffle: bool,
}

/// Events and deliveries that wait.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) targets: Vec<Target>,
    pub(super) mischief: Mischief,
    events: VecDeque<Event>,
    deliveries: Vec<Delivery>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Deliveries and events that have not been accepted, dropped or given up.
    pub(super) fn waiting(&self) -> usize {
        self.events.len() + self.deliveries.len()
    }

    /// When the next delivery is due.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.deliveries.iter().map(|delivery| delivery.due_at).min()
    }

    /// Puts a delivery back for another attempt.
    pub(super) fn put_back(&mut self, delivery: Delivery) {
        self.deliveries.push(delivery);
    }

    /// Forgets everything that waits.
    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.deliveries.clear();
    }
}

impl State {
    /// Notes an event for the webhooks, unless webhooks are being lost or the version lacks it.
    pub(super) fn emit(&mut self, event: Event) {
        if !self.outbox.mischief.lose && self.config.version >= event.since() {
            self.outbox.events.push_back(event);
        }
    }

    /// Runs the event jobs and takes the deliveries that are due now.
    pub(super) fn take_due(&mut self) -> Vec<Delivery> {
        self.run_event_jobs();
        let now = self.clock().now();
        let (mut due, later): (Vec<_>, Vec<_>) = self
            .outbox
            .deliveries
            .drain(..)
            .partition(|delivery| delivery.due_at <= now);
        self.outbox.deliveries = later;
        if self.outbox.mischief.shuffle {
            due.shuffle(&mut self.rng);
        }
        due
    }

    fn run_event_jobs(&mut self) {
        while let Some(event) = self.outbox.events.pop_front() {
            let Some(body) = self.body(event) else {
                continue;
            };
            let due_at = self.clock().now();
            let copies = if self.outbox.mischief.duplicate { 2 } else { 1 };
            for (target, _) in self
                .outbox
                .targets
                .iter()
                .enumerate()
                .filter(|(_, t)| t.wants(event.name()))
            {
                let (event, body) = (event.name(), body.clone());
                let delivery = Delivery {
                    target,
                    event,
                    body,
                    attempts: 0,
                    due_at,
                };
                self.outbox.deliveries.extend(vec![delivery; copies]);
            }
        }
    }

    /// The body of an event, or nothing when its object is gone.
    fn body(&mut self, event: Event) -> Option<Bytes> {
        let object = self.object(event)?;
        let created_at = self.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let node = Object::new()
            .with("event", event.name())
            .with("created_at", created_at)
            .with("object", object);
        let text = Node::from(node).text();
        // Rails' encoder, which writes the webhooks since 4.6, escapes what HTML would read.
        let text = if self.config.version >= Version::V4_6 {
            text.replace('<', "\\u003c")
                .replace('>', "\\u003e")
                .replace('&', "\\u0026")
        } else {
            text
        };
        Some(Bytes::from(text))
    }

    fn object(&self, event: Event) -> Option<Object> {
        let view = View::new(self, None);
        match event {
            Event::AccountCreated(id) | Event::AccountApproved(id) | Event::AccountUpdated(id) => {
                self.account(id).map(|account| view.admin_account(account))
            }
            Event::ReportCreated(id) | Event::ReportUpdated(id) => {
                self.report(id).map(|report| view.admin_report(report))
            }
            Event::StatusCreated(id) | Event::StatusUpdated(id) => self
                .status(id)
                .filter(|s| !s.deleted)
                .map(|status| view.status(status)),
        }
    }
}
