//! Which workers there are, with which tokens, and how often each looks for work.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use secrecy::SecretString;

use super::Job;
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::desk::Desk;
use crate::domain::ChannelName;
use crate::mastodon::client::{Client, Priority, Server};
use crate::net::Deadlines;
use crate::telemetry::readiness::Readiness;
use crate::worker::anchors::Anchors;
use crate::worker::cards::{Cards, Channel, Look};
use crate::worker::clients::Clients;
use crate::worker::deliveries::Deliveries;
use crate::worker::operations::Operations;
use crate::worker::people::{People, Pulse};
use crate::worker::reconcile::Reconcile;
use crate::worker::replies::Replies;
use crate::worker::run::Pace;
use crate::worker::timers::{Retention, Timers};

/// How often a worker looks that is woken when there is work: only for what other processes
/// wrote and what falls due.
const WOKEN: Duration = Duration::from_millis(500);

/// How long handled deliveries are remembered, so that a repeated one is known: Mastodon repeats
/// for some 50 hours.
const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(7);

/// A client for Wardroom's own token, and for that of each moderator who has one.
pub(super) fn clients(config: &Config, clock: &Arc<dyn Clock>) -> Result<Clients> {
    let deadlines = Deadlines {
        total: config.mastodon.call_deadline,
        connect: config.mastodon.connect_deadline,
    };
    let server = Server::new(&config.server.url, deadlines, Arc::clone(clock))
        .context("[server] url cannot be used")?;
    let client = |token: &Secret, key: &str| -> Result<Client> {
        let token = SecretString::from(token.expose());
        server
            .client(&token, Priority::Person)
            .with_context(|| format!("{key} cannot be used"))
    };
    let mut own = BTreeMap::new();
    for moderator in &config.moderators {
        if let Some(token) = &moderator.server_token {
            let key = format!("the server_token of {}", moderator.name);
            own.insert(moderator.name.clone(), client(token, &key)?);
        }
    }
    Ok(Clients::new(
        client(&config.server.token, "[server] token")?,
        own,
    ))
}

/// What workers need besides the configuration.
#[derive(Debug)]
pub(super) struct Needs {
    /// The desk.
    pub desk: Arc<Desk>,
    /// The server, with every token.
    pub clients: Clients,
    /// Where they say how the server is.
    pub readiness: Arc<Readiness>,
    /// The channels that show cards.
    pub channels: BTreeMap<ChannelName, Channel>,
    /// What all cards have in common.
    pub look: Look,
}

/// Every worker of a process.
pub(super) fn jobs(config: &Config, needs: Needs) -> Vec<Job> {
    let Needs {
        desk,
        clients,
        readiness,
        channels,
        look,
    } = needs;
    // Leases are held under this name: no other process may have it.
    let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
    let name = || name.clone();
    let bot = clients.bot().clone();
    let walker = bot.with_priority(Priority::Reconcile);
    let can_act = Arc::clone(&look.can_act);
    let woken = |every, which| Pace::every(every).or_when(&desk, which);
    let paces = [
        woken(WOKEN, |wake| &wake.deliveries),
        woken(WOKEN, |wake| &wake.operations),
        woken(WOKEN, |wake| &wake.replies),
        woken(WOKEN, |wake| &wake.cards),
        woken(config.reconcile.every, |wake| &wake.reconcile),
    ];
    let [on_delivery, on_operation, on_reply, on_card, on_gap] = paces;
    let desk = || Arc::clone(&desk);
    let people = People::new(desk(), clients.clone(), readiness, can_act);
    let reconcile = Reconcile::new(desk(), walker, config.reconcile.budget, name());
    let mut jobs = vec![
        Job::new(Deliveries::new(desk(), name()), on_delivery),
        Job::new(Timers::new(desk()), Pace::every(Timers::EVERY)),
        Job::new(Operations::new(desk(), clients, name()), on_operation),
        Job::new(Replies::new(desk(), bot, name()), on_reply),
        Job::new(Cards::new(desk(), channels, look, name()), on_card),
        Job::new(Pulse::new(people.clone()), Pace::every(Pulse::EVERY)),
        Job::new(people, Pace::every(People::EVERY)),
        Job::new(reconcile, on_gap),
        Job::new(
            Retention::new(desk(), DELIVERIES_KEPT),
            Pace::every(Retention::EVERY),
        ),
    ];
    if let Some(file) = &config.audit.anchor_file {
        let anchors = Anchors::new(desk(), file.clone());
        jobs.push(Job::new(anchors, Pace::every(Anchors::EVERY)));
    }
    jobs
}
