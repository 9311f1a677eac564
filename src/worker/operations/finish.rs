//! The end of an operation: what the server shows now goes to the desk with the outcome, so that
//! the case follows in the same transaction.

use std::num::NonZeroU16;

use chrono::TimeDelta;

use super::probe::{Probe, probe};
use super::{Operations, Run, final_state};
use crate::domain::{Account, AccountId, Outcome, Report, Target};
use crate::mastodon::client::{ClientError, Page, ReportFilter};

/// How many reports of each state are read: Mastodon's most.
const REPORTS: NonZeroU16 = NonZeroU16::new(200).unwrap();

/// When the server cannot be read for so long after an operation was asked for, its outcome is told
/// without; webhooks and reconciliation bring the rest.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// What the server shows after an operation.
#[derive(Debug, Default)]
struct After {
    reports: Vec<Report>,
    account: Option<Account>,
}

impl Operations {
    /// Tells the desk what became of the operation.
    pub(super) async fn finish(&self, mut run: Run, outcome: Outcome) -> anyhow::Result<()> {
        let may_have_changed = outcome.took_effect() || matches!(outcome, Outcome::Partly { .. });
        let after = if may_have_changed {
            match self.read_after(&run).await {
                Ok(after) => after,
                Err(error)
                    if error.is_passing() && self.now() < run.operation.proposed_at + PATIENCE =>
                {
                    let at = match error {
                        ClientError::RateLimited { until } => until,
                        _ => self.now() + TimeDelta::seconds(5),
                    };
                    self.postpone(&mut run, None, at).await?;
                    return Ok(());
                }
                Err(error) => {
                    tracing::warn!(operation.id = %run.operation.id, %error,
                        "the server could not be read after the operation");
                    After::default()
                }
            }
        } else {
            After::default()
        };
        let operation = &mut run.operation;
        operation.state = final_state(&outcome);
        if !matches!(
            outcome,
            Outcome::Applied | Outcome::Partly { .. } | Outcome::Unsettled { .. }
        ) {
            operation.inverse = None;
        }
        let (verb, word) = (operation.request.verb.word(), outcome.word());
        operation.outcome = Some(outcome);
        let account = after.account.as_ref().or(run.account.as_ref());
        let held = self
            .desk
            .outcome(operation, &after.reports, account)
            .await?;
        if held {
            tracing::info!(operation.id = %operation.id, command = verb, outcome = word, "ended");
            metrics::counter!("wardroom_operations_total", "command" => verb, "outcome" => word)
                .increment(1);
        }
        Ok(())
    }

    /// Reads the target's reports and the account, or the single reports that were changed.
    async fn read_after(&self, run: &Run) -> Result<After, ClientError> {
        let bot = self.clients.bot();
        let mut after = After::default();
        let acts_on_account = run
            .operation
            .request
            .calls
            .iter()
            .any(|call| super::account_of(call).is_some());
        if acts_on_account && let Target::Account(id) = &run.operation.request.target {
            after.reports = self.reports_on(id).await?;
            after.account = known(bot.account(id).await)?;
            return Ok(after);
        }
        for call in &run.operation.request.calls {
            if let Probe::Report(id) = probe(call)
                && let Some(report) = known(bot.report(&id).await)?
            {
                after.reports.push(report);
            }
        }
        Ok(after)
    }

    /// The reports on an account, in both states: before 4.6 one list shows one state.
    async fn reports_on(&self, target: &AccountId) -> Result<Vec<Report>, ClientError> {
        let mut reports = Vec::new();
        for resolved in [false, true] {
            let filter = ReportFilter {
                resolved,
                target: Some(target.clone()),
            };
            let page = self
                .clients
                .bot()
                .reports(&filter, &Page::newest(REPORTS))
                .await;
            reports.extend(known(page)?.into_iter().flat_map(|page| page.items));
        }
        Ok(reports)
    }
}

/// What is gone from the server is no error here.
fn known<T>(read: Result<T, ClientError>) -> Result<Option<T>, ClientError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(ClientError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
