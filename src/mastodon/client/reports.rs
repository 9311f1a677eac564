//! Reports (scopes `admin:read:reports`, `admin:write:reports`; role right Manage Reports).

use http::Method;

use super::request::{Page, Paged};
use super::{Client, ClientError, NotSent};
use crate::domain::permission::Permit;
use crate::domain::{AccountId, Category, Report, ReportId};
use crate::mastodon::wire;

const REPORTS: [&str; 4] = ["api", "v1", "admin", "reports"];

/// Which reports to list. Before 4.6 Mastodon lists either state, never both at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// The resolved ones instead of the unresolved ones.
    pub resolved: bool,
    /// Only reports on this account.
    pub target: Option<AccountId>,
}

impl Client {
    /// Lists reports, newest first.
    pub async fn reports(
        &self,
        filter: &ReportFilter,
        page: &Page,
    ) -> Result<Paged<Report>, ClientError> {
        let call = self
            .read(Method::GET, &REPORTS)?
            .page(page)
            .maybe("resolved", filter.resolved.then_some("true"))
            .maybe(
                "target_account_id",
                filter.target.as_ref().map(AccountId::as_str),
            );
        let now = self.server.0.clock.now();
        let answer = self.get(call).await?;
        answer.page(page, |node| wire::report(node, now))
    }

    /// Reads one report.
    pub async fn report(&self, id: &ReportId) -> Result<Report, ClientError> {
        let call = self.read(Method::GET, &path(id, None))?;
        let now = self.server.0.clock.now();
        self.get(call).await?.one(|node| wire::report(node, now))
    }

    /// Assigns a report to the token's owner, silently taking it from anybody else.
    pub async fn assign_report_to_self(
        &self,
        permit: Permit,
        id: &ReportId,
    ) -> Result<Report, ClientError> {
        self.change_report(permit, id, "assign_to_self").await
    }

    /// Takes the assignment away.
    pub async fn unassign_report(
        &self,
        permit: Permit,
        id: &ReportId,
    ) -> Result<Report, ClientError> {
        self.change_report(permit, id, "unassign").await
    }

    /// Resolves a report. Done again it re-stamps who resolved it and when, so read first.
    pub async fn resolve_report(
        &self,
        permit: Permit,
        id: &ReportId,
    ) -> Result<Report, ClientError> {
        self.change_report(permit, id, "resolve").await
    }

    /// Reopens a report.
    pub async fn reopen_report(
        &self,
        permit: Permit,
        id: &ReportId,
    ) -> Result<Report, ClientError> {
        self.change_report(permit, id, "reopen").await
    }

    /// Sets a report's category, and the server's rules that it names (only with `violation`).
    pub async fn categorise_report(
        &self,
        permit: Permit,
        id: &ReportId,
        category: &Category,
        rules: &[String],
    ) -> Result<Report, ClientError> {
        // Mastodon answers a category that it does not know with 500.
        if let Category::Unknown(word) = category {
            return Err(NotSent::UnknownCategory(word.clone()).into());
        }
        let names_rules = *category == Category::Violation;
        if !names_rules && !rules.is_empty() {
            return Err(NotSent::RulesWithoutViolation.into());
        }
        let call = self
            .mutation(Method::PUT, &path(id, None))?
            .field("category", category.word())
            .maybe_field("rule_ids", names_rules.then_some(rules));
        let now = self.server.0.clock.now();
        let answer = self.change(permit, call).await?;
        answer.one(|node| wire::report(node, now))
    }

    async fn change_report(
        &self,
        permit: Permit,
        id: &ReportId,
        what: &str,
    ) -> Result<Report, ClientError> {
        let call = self.mutation(Method::POST, &path(id, Some(what)))?;
        let now = self.server.0.clock.now();
        let answer = self.change(permit, call).await?;
        answer.one(|node| wire::report(node, now))
    }
}

fn path<'a>(id: &'a ReportId, verb: Option<&'a str>) -> Vec<&'a str> {
    REPORTS
        .into_iter()
        .chain([id.as_str()])
        .chain(verb)
        .collect()
}
