//! Reconciliation: finds what the webhooks missed (invariant 1). It walks the server's unresolved
//! reports, the resolved ones down to the highest number known, and the pending sign-ups, and reads
//! singly what we hold open and the walk did not show.
//!
//! What it finds goes to the desk as events, which count once by the report's id and `updated_at`;
//! so a walk that dies or is cut short by the rate budget is simply taken up again.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::{Tick, Worker};
use crate::db::DbError;
use crate::desk::{Desk, EventSource};
use crate::domain::event::AccountEvent;
use crate::domain::{AccountId, Report, ReportId, ServerEvent};
use crate::mastodon::client::{
    AccountFilter, AccountStatus, Client, ClientError, Origin, Page, Paged, ReportFilter,
};

/// One process walks at a time; the others take over when it is silent for so long.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// What changed less than this long ago may still be under way as a webhook (Mastodon's first
/// retry comes after 15 to 24 s) and is no gap.
const GRACE: TimeDelta = TimeDelta::minutes(1);

/// The setting that holds the highest report number of the first walk: what was resolved before
/// Wardroom came is history and opens no case.
const BASELINE: &str = "reconcile.baseline";

/// The most that Mastodon sends at once.
const PAGE: NonZeroU16 = match NonZeroU16::new(200) {
    Some(limit) => limit,
    None => NonZeroU16::MIN,
};

/// How many open reports and sign-ups of ours are looked at in one walk.
const HELD: i64 = 10_000;

/// Walks, one request a tick.
#[derive(Debug)]
pub struct Reconcile {
    desk: Arc<Desk>,
    client: Client,
    /// Requests that one walk may make before it waits for the next round.
    budget: u32,
    holder: String,
    walk: Mutex<Walk>,
}

/// Where a walk is.
#[derive(Debug, Default)]
struct Walk {
    stage: Stage,
    /// Requests made since the walk began or went on.
    calls: u32,
    /// Reports shown as unresolved so far.
    unresolved: BTreeSet<ReportId>,
    /// Sign-ups shown as pending so far.
    pending: BTreeSet<AccountId>,
    /// Below this number resolved reports are history.
    known: i64,
    /// Events that the webhooks had missed.
    gap: u32,
}

/// What is asked next.
#[derive(Debug, Default)]
enum Stage {
    /// Nothing yet.
    #[default]
    Start,
    /// A page of unresolved reports.
    Unresolved(Page),
    /// A page of resolved reports.
    Resolved(Page),
    /// A page of pending sign-ups.
    Pending(Page),
    /// Reports and sign-ups that we hold open and that the walk did not show.
    Missing(Vec<Missing>),
}

/// What is read singly.
#[derive(Debug)]
enum Missing {
    Report(ReportId),
    SignUp(AccountId),
}

impl Worker for Reconcile {
    fn name(&self) -> &'static str {
        "reconcile"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        if !self.holds_lease().await? {
            return Ok(Tick::Idle);
        }
        let mut walk = self.walk.lock().await;
        if walk.calls >= self.budget {
            tracing::info!(
                calls = walk.calls,
                "reconciliation goes on at the next round"
            );
            walk.calls = 0;
            return Ok(Tick::Idle);
        }
        match self.step(&mut walk).await {
            Ok(tick) => Ok(tick),
            // The budget is used up: the walk goes on from here at the next round.
            Err(error) if is_rate_limit(&error) => {
                walk.calls = 0;
                Ok(Tick::Idle)
            }
            Err(error) => Err(error),
        }
    }
}

impl Reconcile {
    /// A worker that walks through `client`, which should have the priority for it.
    pub fn new(desk: Arc<Desk>, client: Client, budget: u32, holder: String) -> Self {
        Self {
            desk,
            client,
            budget,
            holder,
            walk: Mutex::default(),
        }
    }

    async fn holds_lease(&self) -> Result<bool, DbError> {
        let now = self.desk.clock().now();
        let holder = self.holder.as_str();
        self.desk
            .db()
            .write(|mut tx| async move {
                let fence = tx.take_lease("reconcile", holder, now, LEASE).await?;
                Ok((tx, fence.is_some()))
            })
            .await
    }

    async fn step(&self, walk: &mut Walk) -> anyhow::Result<Tick> {
        walk.calls += 1;
        match &mut walk.stage {
            Stage::Start => self.start(walk).await?,
            Stage::Unresolved(page) => {
                let page = page.clone();
                self.unresolved(walk, &page).await?;
            }
            Stage::Resolved(page) => {
                let page = page.clone();
                self.resolved(walk, &page).await?;
            }
            Stage::Pending(page) => {
                let page = page.clone();
                self.pending(walk, &page).await?;
            }
            Stage::Missing(missing) => match missing.pop() {
                Some(one) => {
                    if let Err(error) = self.read_missing(walk, &one).await {
                        // Read again at the next tick; nothing is concluded from silence.
                        if let Stage::Missing(missing) = &mut walk.stage {
                            missing.push(one);
                        }
                        return Err(error);
                    }
                }
                None => return Ok(end(walk)),
            },
        }
        Ok(Tick::Worked)
    }

    /// How far back resolved reports matter. On the first walk ever that is decided by the newest
    /// report there is.
    async fn start(&self, walk: &mut Walk) -> anyhow::Result<()> {
        let (highest, baseline) = self
            .desk
            .db()
            .read(|mut tx| async move {
                let highest = tx.highest_report_number().await?;
                let baseline = tx.setting(BASELINE).await?;
                Ok::<_, DbError>((tx, (highest, baseline)))
            })
            .await?;
        let known = match baseline.and_then(|text| text.parse::<i64>().ok()) {
            Some(baseline) => highest.unwrap_or(0).max(baseline),
            None => self.set_baseline(highest).await?,
        };
        *walk = Walk {
            stage: Stage::Unresolved(Page::newest(PAGE)),
            calls: walk.calls,
            known,
            ..Walk::default()
        };
        Ok(())
    }

    async fn set_baseline(&self, highest: Option<i64>) -> anyhow::Result<i64> {
        let filter = ReportFilter {
            resolved: true,
            target: None,
        };
        let newest = self
            .client
            .reports(&filter, &Page::newest(NonZeroU16::MIN))
            .await
            .context("cannot read the newest resolved report")?;
        let resolved = newest.items.first().and_then(|report| report.id.number());
        let baseline = resolved.unwrap_or(0).max(highest.unwrap_or(0));
        let text = baseline.to_string();
        let text = text.as_str();
        self.desk
            .db()
            .write(|mut tx| async move {
                tx.set_setting(BASELINE, text).await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await?;
        Ok(baseline)
    }

    async fn unresolved(&self, walk: &mut Walk, page: &Page) -> anyhow::Result<()> {
        let reports = self.reports(false, page).await?;
        // Oldest first, so that case numbers follow time.
        for report in reports.items.iter().rev() {
            walk.unresolved.insert(report.id.clone());
            self.take_report(walk, report).await?;
        }
        walk.stage = match reports.next {
            Some(next) => Stage::Unresolved(next),
            None => Stage::Resolved(Page::newest(PAGE)),
        };
        Ok(())
    }

    async fn resolved(&self, walk: &mut Walk, page: &Page) -> anyhow::Result<()> {
        let reports = self.reports(true, page).await?;
        let known = walk.known;
        let is_new = |report: &&Report| report.id.number().is_some_and(|number| number > known);
        let new: Vec<&Report> = reports.items.iter().filter(is_new).collect();
        let all_new = new.len() == reports.items.len();
        for report in new.into_iter().rev() {
            self.take_report(walk, report).await?;
        }
        walk.stage = match reports.next {
            Some(next) if all_new => Stage::Resolved(next),
            _ => Stage::Pending(Page::newest(PAGE)),
        };
        Ok(())
    }

    async fn reports(&self, resolved: bool, page: &Page) -> anyhow::Result<Paged<Report>> {
        let filter = ReportFilter {
            resolved,
            target: None,
        };
        self.client
            .reports(&filter, page)
            .await
            .context("cannot list the server's reports")
    }

    async fn take_report(&self, walk: &mut Walk, report: &Report) -> anyhow::Result<()> {
        let at = report.updated_at;
        let event = ServerEvent::Report(Box::new(report.clone()));
        self.take(walk, &event, at).await
    }

    async fn take(
        &self,
        walk: &mut Walk,
        event: &ServerEvent,
        at: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let changed = self.desk.event(event, EventSource::Reconcile).await?;
        if changed && at + GRACE <= self.desk.clock().now() {
            walk.gap += 1;
        }
        Ok(())
    }

    async fn pending(&self, walk: &mut Walk, page: &Page) -> anyhow::Result<()> {
        let filter = AccountFilter {
            origin: Some(Origin::Local),
            status: Some(AccountStatus::Pending),
            ..AccountFilter::default()
        };
        let accounts = self
            .client
            .accounts(&filter, page)
            .await
            .context("cannot list the server's pending sign-ups")?;
        let now = self.desk.clock().now();
        for account in accounts.items.into_iter().rev() {
            walk.pending.insert(account.id.clone());
            let at = account.created_at.unwrap_or(now);
            let what = AccountEvent::Updated;
            let event = ServerEvent::Account {
                what,
                account: Box::new(account),
                at: now,
            };
            self.take(walk, &event, at).await?;
        }
        walk.stage = match accounts.next {
            Some(next) => Stage::Pending(next),
            None => Stage::Missing(self.missing(walk).await?),
        };
        Ok(())
    }

    /// What we hold open and the complete walk did not show.
    async fn missing(&self, walk: &Walk) -> anyhow::Result<Vec<Missing>> {
        let (reports, sign_ups) = self
            .desk
            .db()
            .read(|mut tx| async move {
                let reports = tx.unresolved_reports(None, HELD).await?;
                let sign_ups = tx.pending_sign_ups(HELD).await?;
                Ok::<_, DbError>((tx, (reports, sign_ups)))
            })
            .await?;
        let reports = reports.into_iter().map(|(_, id)| id);
        let reports = reports
            .filter(|id| !walk.unresolved.contains(id))
            .map(Missing::Report);
        let sign_ups = sign_ups.into_iter().filter(|id| !walk.pending.contains(id));
        Ok(reports.chain(sign_ups.map(Missing::SignUp)).collect())
    }

    async fn read_missing(&self, walk: &mut Walk, missing: &Missing) -> anyhow::Result<()> {
        let now = self.desk.clock().now();
        let event = match missing {
            Missing::Report(id) => match self.client.report(id).await {
                Ok(report) => return self.take_report(walk, &report).await,
                Err(ClientError::NotFound) => ServerEvent::ReportDeleted(id.clone()),
                Err(error) => return Err(error).context("cannot read a report of ours"),
            },
            Missing::SignUp(id) => match self.client.account(id).await {
                Ok(account) => ServerEvent::Account {
                    what: AccountEvent::Updated,
                    account: Box::new(account),
                    at: now,
                },
                Err(ClientError::NotFound) => ServerEvent::AccountDeleted(id.clone()),
                Err(error) => return Err(error).context("cannot read a sign-up of ours"),
            },
        };
        // When it happened is not known; it was before now, and nothing told us.
        self.take(walk, &event, now - GRACE).await
    }
}

/// A complete walk: says how much the webhooks had missed.
fn end(walk: &mut Walk) -> Tick {
    metrics::gauge!("wardroom_reconcile_gap").set(f64::from(walk.gap));
    metrics::counter!("wardroom_reconcile_walks_total").increment(1);
    let shown = walk.unresolved.len();
    if walk.gap > 0 {
        tracing::warn!(
            gap = walk.gap,
            shown,
            "reconciliation found what the webhooks missed"
        );
    } else {
        tracing::debug!(shown, "reconciliation found nothing new");
    }
    *walk = Walk::default();
    Tick::Idle
}

fn is_rate_limit(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ClientError::RateLimited { .. }))
}
