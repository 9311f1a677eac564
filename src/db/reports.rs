//! The reports of a case, each as last seen on the server.

use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::{CaseId, Report, ReportId};

impl Tx {
    /// One report, and the case that it belongs to.
    pub async fn report(&mut self, id: &ReportId) -> Result<Option<(CaseId, Report)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select case_id, report from case_reports where report_id = $1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await)
    }

    /// The reports of a case, newest first.
    pub async fn case_reports(&mut self, case: CaseId) -> Result<Vec<Report>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select report from case_reports where case_id = $1
             order by length(report_id) desc, report_id desc",
        )
        .bind(case)
        .fetch_all(conn)
        .await)
    }

    /// Keeps a report as it is now. False when what we hold is newer: then nothing is written.
    pub async fn save_report(&mut self, case: CaseId, report: &Report) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "insert into case_reports (report_id, case_id, resolved, updated_at, report)
             values ($1, $2, $3, $4, $5)
             on conflict (report_id) do update
             set case_id = excluded.case_id, resolved = excluded.resolved,
               updated_at = excluded.updated_at, report = excluded.report
             where excluded.updated_at >= case_reports.updated_at",
            )
            .bind(&report.id)
            .bind(case)
            .bind(report.resolved)
            .bind(report.updated_at)
            .bind(report)
        )?;
        self.record_change(case);
        Ok(rows == 1)
    }

    /// Forgets a report. False when there is none.
    pub async fn delete_report(&mut self, id: &ReportId) -> Result<bool, DbError> {
        let case: Option<CaseId> = on!(self, conn => sqlx::query_scalar(
            "delete from case_reports where report_id = $1 returning case_id",
        )
        .bind(id)
        .fetch_optional(conn)
        .await)?;
        if let Some(case) = case {
            self.record_change(case);
        }
        Ok(case.is_some())
    }

    /// Gives all reports of one case to another; returns how many.
    pub async fn move_reports(&mut self, from: CaseId, to: CaseId) -> Result<u64, DbError> {
        self.record_change(from);
        self.record_change(to);
        wrote!(
            self,
            sqlx::query("update case_reports set case_id = $2 where case_id = $1")
                .bind(from)
                .bind(to)
        )
    }

    /// The highest report number known: how far back reconciliation has to walk.
    pub async fn highest_report_number(&mut self) -> Result<Option<i64>, DbError> {
        let highest: Option<ReportId> = on!(self, conn => sqlx::query_scalar(
            "select report_id from case_reports
             order by length(report_id) desc, report_id desc limit 1",
        )
        .fetch_optional(conn)
        .await)?;
        Ok(highest.as_ref().and_then(ReportId::number))
    }

    /// Reports that are not resolved, in the order of their numbers, after `after`.
    pub async fn unresolved_reports(
        &mut self,
        after: Option<&ReportId>,
        limit: i64,
    ) -> Result<Vec<(CaseId, ReportId)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select case_id, report_id from case_reports
             where not resolved
               and ($1 is null or (length(report_id), report_id) > (length($1), $1))
             order by length(report_id), report_id limit $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }
}
