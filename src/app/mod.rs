//! The composition root: from a configuration to a running Wardroom. The only module that knows
//! every concrete type.
//!
//! [`App::build`] makes the parts and touches neither network nor server; [`App::run`] lets them
//! go until the process is asked to end. Tests build the same app with another clock, tick its
//! [`Job`]s by hand and call its router.

mod history;
mod invite;
mod job;
mod listen;
mod open;
mod workers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use invite::invite;
pub use job::Job;
pub use listen::listen;
pub use open::{database, database_at, open_db, open_desk, open_existing};
use workers::Needs;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::db::committer::Committer;
use crate::desk::{Desk, Rules};
use crate::domain::ChannelName;
use crate::http::{self, HttpState, Settings};
use crate::shutdown::Shutdown;
use crate::telemetry::readiness::Readiness;
use crate::template::Templates;
use crate::worker::Worker as _;
use crate::worker::anchors::Anchors;
use crate::worker::cards::{Channel, Look};
use crate::worker::run::{WorkerHealth, run};

/// Deliveries that may wait for the committer before a sender hears 503: some seconds of the worst
/// wave that a server of a million accounts sends.
const WAITING_DELIVERIES: usize = 4096;

/// How long the parts have to end by themselves. A service manager kills after 10 s or later.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is given to an app from outside, besides its configuration.
#[derive(Debug)]
pub struct Surroundings {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What `/metrics` shows, where metrics are recorded.
    pub metrics: Option<PrometheusHandle>,
    /// Pages and cards say that this is a demo.
    pub is_demo: bool,
    /// The channels with the chats that they are in. The room is none of them.
    pub channels: BTreeMap<ChannelName, Channel>,
}

/// A Wardroom with all its parts.
#[derive(Debug)]
pub struct App {
    /// The desk, with the database.
    pub desk: Arc<Desk>,
    /// How the parts are.
    pub readiness: Arc<Readiness>,
    /// The workers.
    pub jobs: Vec<Job>,
    clock: Arc<dyn Clock>,
    config: Config,
    http: Arc<HttpState>,
    shutdown: Shutdown,
}

impl App {
    /// Opens the database and puts the parts together.
    ///
    /// # Errors
    /// Says which part cannot be made. The server and the chats need not be there.
    pub async fn build(config: Config, surroundings: Surroundings) -> Result<Self> {
        let db = open_db(&config).await?;
        let shutdown = Shutdown::new();
        let clock = surroundings.clock;
        let rules = Rules::from_config(&config);
        let desk = Arc::new(Desk::new(db.clone(), Arc::clone(&clock), rules));
        let readiness = Arc::new(Readiness::default());
        // Until the token's scopes and role are known.
        let can_act = Arc::new(AtomicBool::new(true));
        let needs = Needs {
            desk: Arc::clone(&desk),
            clients: workers::clients(&config, &clock)?,
            readiness: Arc::clone(&readiness),
            channels: surroundings.channels,
            look: Look {
                server_url: config.server.url.as_str().trim_end_matches('/').to_owned(),
                demo: surroundings.is_demo,
                can_act: Arc::clone(&can_act),
            },
        };
        let jobs = workers::jobs(&config, needs);
        let deadline = config.http.webhook_deadline;
        // The task ends when the routers, which hold the other end, are gone.
        let (committer, _) = Committer::start(db, WAITING_DELIVERIES, deadline);
        let http = HttpState::new(http::Parts {
            desk: Arc::clone(&desk),
            committer,
            settings: Settings::new(&config, surroundings.is_demo),
            templates: Templates::embedded().context("a page is broken")?,
            readiness: Arc::clone(&readiness),
            metrics: surroundings.metrics,
            can_act,
            shutdown: shutdown.soft().clone(),
        });
        Ok(Self {
            desk,
            readiness,
            jobs,
            clock,
            config,
            http,
            shutdown,
        })
    }

    /// The database.
    pub fn db(&self) -> &Db {
        self.desk.db()
    }

    /// What everybody may reach.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.http))
    }

    /// Serves and works until `asked_to_end`, then ends what is under way, within 10 s.
    ///
    /// # Errors
    /// The database's, at the beginning.
    pub async fn run(
        self,
        public: TcpListener,
        internal: Option<TcpListener>,
        asked_to_end: impl Future<Output = ()>,
    ) -> Result<()> {
        history::begin(self.desk.db(), &self.config, self.clock.now()).await?;
        let soft = || self.shutdown.soft().clone();
        let router = http::router(Arc::clone(&self.http));
        self.shutdown.spawn(listen::serve(public, router, soft()));
        if let Some(internal) = internal {
            let router = http::internal_router(Arc::clone(&self.http));
            self.shutdown.spawn(listen::serve(internal, router, soft()));
        }
        let health = Arc::new(WorkerHealth::new(Arc::clone(&self.readiness)));
        for job in self.jobs {
            let pace = job.pace.clone();
            self.shutdown
                .spawn(run(Arc::new(job), pace, Arc::clone(&health), soft()));
        }
        if let Some(metrics) = self.http.metrics.clone() {
            self.shutdown.spawn(keep_up(metrics, soft()));
        }
        asked_to_end.await;
        tracing::info!("ending");
        if !self.shutdown.drain(PATIENCE).await {
            tracing::warn!(
                "some parts did not end in time; what they did is taken up at the next start"
            );
        }
        if let Err(error) = history::end(self.desk.db(), self.clock.now()).await {
            tracing::warn!(%error, "the end is not in the audit log");
        }
        if let Some(file) = &self.config.audit.anchor_file {
            let anchors = Anchors::new(Arc::clone(&self.desk), file.clone());
            if let Err(error) = anchors.tick().await {
                tracing::warn!(%error, "the end of the audit log is not anchored");
            }
        }
        self.desk.db().close().await;
        Ok(())
    }
}

/// Folds recorded samples into their buckets now and then: what nobody scrapes would pile up.
async fn keep_up(metrics: PrometheusHandle, end: CancellationToken) {
    let mut beats = tokio::time::interval(Duration::from_secs(10));
    while end.run_until_cancelled(beats.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}
