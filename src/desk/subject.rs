//! What a command's words point at: from `#42`, `report:8437` or a handle to the account, the case
//! and the reports behind them.

use super::error::{Halted, Refused};
use super::unit::Unit;
use crate::command::Subject;
use crate::domain::operation::AccountRef;
use crate::domain::{Account, Case, CaseId, Report, ReportId, Target};

/// What a subject turned out to be.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The account, as last seen; `None` if it was never seen here.
    pub account: Option<Account>,
    /// How to name the account to the server.
    pub reference: Option<AccountRef>,
    /// The case: the one named, or the unresolved one on the account.
    pub case: Option<Case>,
    /// The case's reports, or the one report named.
    pub reports: Vec<Report>,
    /// The target as people read it.
    pub text: String,
    /// The subject was one report: its siblings are not meant.
    pub is_one_report: bool,
}

impl Found {
    /// What an operation on it is about.
    pub(super) fn target(&self) -> Target {
        match &self.reference {
            Some(AccountRef::Id(id)) => Target::Account(id.clone()),
            Some(AccountRef::Handle(handle)) => Target::Handle(handle.clone()),
            None => self
                .case
                .as_ref()
                .map_or(Target::Reports, |case| case.target.clone()),
        }
    }
}

impl Unit<'_> {
    /// The case of that number, or the hint that a report has it.
    pub(super) async fn need_case(&mut self, id: CaseId) -> Halted<Case> {
        if let Some(case) = self.tx.case(id).await? {
            return Ok(case);
        }
        let report = self.tx.report(&ReportId(id.0.to_string())).await?;
        let text = match report {
            Some((case, report)) if !report.resolved => {
                format!(
                    "There is no case {id}. Did you mean report:{} ({case})?",
                    report.id
                )
            }
            _ => format!("There is no case {id}. `cases` lists the open ones."),
        };
        Err(Refused::new(text).into())
    }

    /// What `subject` points at.
    pub(super) async fn find(&mut self, subject: &Subject) -> Halted<Found> {
        match subject {
            Subject::Case(id) => {
                let case = self.need_case(*id).await?;
                let reports = self.tx.case_reports(case.id).await?;
                self.found_case(case, reports, false).await
            }
            Subject::Report(id) => match self.tx.report(id).await? {
                Some((case, report)) => {
                    let case = self.need_case(case).await?;
                    self.found_case(case, vec![report], true).await
                }
                None => Err(Refused::new(format!(
                    "report:{id} is not known here. It shows up within minutes if it is on the \
                     server; `lookup` finds its account meanwhile."
                ))
                .into()),
            },
            Subject::Account(reference) => self.found_account(reference).await,
        }
    }

    async fn found_case(
        &mut self,
        case: Case,
        reports: Vec<Report>,
        is_one_report: bool,
    ) -> Halted<Found> {
        let (account, reference) = match &case.target {
            Target::Account(id) => (self.tx.account(id).await?, Some(AccountRef::Id(id.clone()))),
            _ => (None, None),
        };
        let text = case.target_text.clone();
        Ok(Found {
            account,
            reference,
            case: Some(case),
            reports,
            text,
            is_one_report,
        })
    }

    async fn found_account(&mut self, reference: &AccountRef) -> Halted<Found> {
        let account = match reference {
            AccountRef::Id(id) => self.tx.account(id).await?,
            AccountRef::Handle(handle) => {
                self.tx.account_by_handle(&self.local_acct(handle)).await?
            }
        };
        let reference = match (&account, reference) {
            (Some(account), _) => AccountRef::Id(account.id.clone()),
            (None, AccountRef::Handle(handle)) => AccountRef::Handle(self.local_acct(handle)),
            (None, id) => id.clone(),
        };
        let case = match &reference {
            AccountRef::Id(id) => {
                self.tx
                    .unresolved_case_on(&Target::Account(id.clone()))
                    .await?
            }
            AccountRef::Handle(_) => None,
        };
        let reports = match &case {
            Some(case) => self.tx.case_reports(case.id).await?,
            None => Vec::new(),
        };
        let text = account
            .as_ref()
            .map_or_else(|| reference.to_string(), Account::handle);
        Ok(Found {
            account,
            reference: Some(reference),
            case,
            reports,
            text,
            is_one_report: false,
        })
    }

    /// `ana@our.domain` is `ana`: the server knows its own accounts without a domain.
    fn local_acct(&self, handle: &str) -> String {
        let handle = super::rules::plain_handle(handle);
        let own = self.rules.own_domain.as_ref().map(|own| format!("@{own}"));
        match own.as_deref().and_then(|own| handle.strip_suffix(own)) {
            Some(local) => local.to_owned(),
            None => handle,
        }
    }
}
